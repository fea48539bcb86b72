#!/bin/sh
# SPDX-License-Identifier: MIT
# progress.sh FAKE - a step of over a second shows on a terminal, and nowhere else. The terminal is
# made by script(1), which writes down all that appears on it.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
fake=$1
command -v script >/dev/null || skip "script is not installed (Debian: bsdutils)"
unset NO_COLOR

# on_terminal NAME VARIABLES... - an endless step, ended by --timeout, on a terminal; in $work/NAME.
on_terminal() {
    name=$1
    shift
    script -qec "env $* '$fake' --end loop --timeout 2.3" "$work/$name" </dev/null >/dev/null 2>&1 &
}
on_terminal colour TERM=xterm
on_terminal plain TERM=xterm NO_COLOR=1
on_terminal dumb TERM=dumb
wait

faint=$(printf '\033[2m')
shows() { grep -qF -- "$2" "$work/$1" || fail "$1: the terminal does not show: $2"; }
shows colour "${faint}waiting ... "
shows colour "--timeout reached"
shows plain "waiting ... "
! grep -qF "$faint" "$work/plain" || fail "colour in spite of NO_COLOR"
! grep -q "waiting" "$work/dumb" || fail "a dumb terminal cannot wipe its line"
shows dumb "--timeout reached"
