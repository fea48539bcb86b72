#!/bin/sh
# SPDX-License-Identifier: MIT
# sim.sh - `./cook sim -- CMD ARGS`: run any program that uses the CUDA driver on cusim, the
# software device, without changing or rebuilding it: the loader finds cusim's libcuda.so.1 first.
# With --check a launch's accesses are looked at one by one, and the exit code says what was found.
#
#   sim.sh BUILD [OPTIONS] [--] CMD ARGS     BUILD: the build tree, whose lib/cusim has the library
set -u
build=$1
shift
checks=memory # those of common/cusim/observer.c

usage() {
    cat <<TEXT
Usage: ./cook sim [--check[=LIST]] [--stats[=FILE]] [--json[=FILE]] [--] COMMAND [ARGUMENTS]

Runs a command on cusim, the software CUDA device: any program that links libcuda.so.1 or loads it
at run time, as it is.

  --check[=LIST]  watch what kernels do, one block after the other; LIST is separated by commas:
                  $checks. Without LIST: all there are. The exit code is 1 if anything was found
                  although the command itself ended with 0
  --stats[=FILE]  count what kernels do, and show it at the end on stderr, or append it to FILE
  --json[=FILE]   the same as one JSON object in one line

The exit code is the command's own, else 2 for wrong usage and 3 if the command cannot be run.
TEXT
}

say() { printf 'cusim: %s\n' "$*" >&2; }

refuse() {
    say "$*"
    usage >&2
    exit 2
}

check='' stats='' stats_file=''
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        usage
        exit 0
        ;;
    --check) check=$checks ;;
    --check=*)
        check=${1#*=}
        names=$(printf '%s' "$check" | tr , ' ')
        [ -n "${names## }" ] || refuse "--check= names no check; there are: $checks"
        for name in $names; do
            case ",$checks," in
            *",$name,"*) ;;
            *) refuse "no check is called '$name'; there are: $checks" ;;
            esac
        done
        ;;
    --stats | --stats=*) stats=text ;;
    --json | --json=*) stats=json ;;
    --)
        shift
        break
        ;;
    -*) refuse "unknown option '$1'" ;;
    *) break ;;
    esac
    case $1 in --stats=* | --json=*) stats_file=${1#*=} ;; esac
    shift
done
[ $# -gt 0 ] || refuse "sim takes a command: ./cook sim -- ./my_program"

lib=$build/lib/cusim
[ -e "$lib/libcuda.so.1" ] || {
    say "there is no $lib/libcuda.so.1; remedy: ./cook setup run, then ./cook sim again"
    exit 3
}
command -v -- "$1" >/dev/null || {
    say "cannot run '$1': no such command, or no program; remedy: build it, or give its path"
    exit 3
}
LD_LIBRARY_PATH=$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
HC_CUSIM_DIR=$lib
NUMBA_CUDA_DRIVER=$lib/libcuda.so.1 # Numba looks in system folders first
export LD_LIBRARY_PATH HC_CUSIM_DIR NUMBA_CUDA_DRIVER
if [ -n "$stats" ]; then
    export CUSIM_STATS="$stats"
    [ -z "$stats_file" ] || export CUSIM_STATS_FILE="$stats_file"
fi
[ -n "$check" ] || exec "$@"

CUSIM_CHECK=$check
CUSIM_CHECK_FILE=$(mktemp "$build/check.XXXXXX") || exit 3
: "${CUSIM_SCHEDULE:=inorder}" # the same report each time
export CUSIM_CHECK CUSIM_CHECK_FILE CUSIM_SCHEDULE
trap 'rm -f "$CUSIM_CHECK_FILE"' EXIT
trap : INT # the command gets Ctrl-C, too, and this script ends after it
"$@"
status=$?

# The library adds a line for each check that begins, and one for each report.
for name in $(printf '%s' "$check" | tr , ' '); do
    awk -v name="$name" '
        $1 == name && $2 == "active" { active = 1 }
        $1 == name && $2 == "error" { errors++ }
        $1 == name && $2 != "active" { accesses += $3 }
        END {
            if (!active) print "cusim: check " name ": the command never used CUDA"
            else if (!errors) print "cusim: check " name ": no errors"
            else printf "cusim: check %s: %d error%s, in %d accesses\n", name, errors,
                errors == 1 ? "" : "s", accesses
            exit errors > 0
        }' "$CUSIM_CHECK_FILE" >&2 || [ $status -ne 0 ] || status=1
done
exit $status
