# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# install.sh - how cook installs packages: what apt-get is asked, what the reader is shown before,
# and what is said where there is no apt-get or no root. cook reads this file only when something is
# missing; the variables and functions that are not made here are cook's.
# shellcheck disable=SC2154

# no_apt GROUP... - on a system without apt-get, go on if a build is at all possible.
no_apt() {
    for tool in cc cmake ninja; do
        command -v $tool >/dev/null && continue
        packages "$@" | sed 's/^/    /' >&2
        say "$tool is not here, and neither is apt-get to bring it. Install the packages above, by"
        die 3 "your system's own names; or use the container: docker build -t cookbook . (README)"
    done
    say "no apt-get here: assuming that OpenCL, cJSON and Random123 are installed, too"
}

# without_candidate NAME... - those of the packages that apt knows no version of.
without_candidate() {
    LC_ALL=C apt-cache policy "$@" 2>/dev/null |
        awk -v names="$*" '/^[^ ]/ { p = $1; sub(/:$/, "", p) }
            $1 == "Candidate:" && $2 != "(none)" { known[p] }
            END { n = split(names, name)
                  for (i = 1; i <= n; i++) if (!(name[i] in known)) print name[i] }'
}

# install GROUPS NAME... - install packages with apt-get, after showing which, how much and why.
install() {
    asked=$1
    shift
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        say "packages are missing, and installing them takes root or sudo. Have this run as root:"
        printf '    apt-get update && apt-get install -y --no-install-recommends %s\n' "$*" >&2
        die 3 "then try again. Or use the container: docker build -t cookbook . (README)"
    fi
    fresh=$(find /var/lib/apt/lists -maxdepth 0 -mtime -1) # within a day
    if [ -n "$(without_candidate "$@")" ] || [ -z "$fresh" ]; then
        say "packages are missing; fetching the lists of what there is (apt-get update)"
        # shellcheck disable=SC2086 # as_root is one word or none
        step "apt-get update" $as_root apt-get -q -o DPkg::Lock::Timeout=120 update ||
            say "apt-get update failed, see $log; going on with the lists as they are"
    fi
    [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*')" ] ||
        die 3 "apt-get knows no packages at all: is the network there? $log has its words"
    unknown=$(without_candidate "$@")
    chosen=
    for package; do
        case "$optional|$(printf '%s\n' "$unknown" | grep -xF "$package")" in
        *'|') chosen="$chosen $package" ;;
        *" $package "*)
            say "this distribution has no package $package: what needs it is skipped by name"
            printf '%s\n' "$package" >>"$lacking"
            ;;
        *) die 3 "apt-get knows no package $package: has it main (Debian), universe (Ubuntu)?" ;;
        esac
    done
    [ -n "$chosen" ] || return 0
    say "needed from your distribution, for $asked:"
    # shellcheck disable=SC2086
    packages $asked | awk -v chosen="$chosen " '{ sub(/\?$/, "", $1) }
        index(chosen, " " $1 " ") { name = $1; $1 = ""; printf "    %-22s%s\n", name, $0 }' >&2
    # shellcheck disable=SC2086
    LC_ALL=C apt-get install --assume-no -o Debug::NoLocking=1 --no-install-recommends \
        $chosen 2>/dev/null |
        sed -n 's/^[0-9]* upgraded, \([0-9]*\) newly installed.*/with what they need: \1 packages/p
            s|^Need to get \(.*/\)\{0,1\}\(.*\) of archives.*|\2 to download|p
            s/^After this operation, \(.*\) of additional disk space.*/\1 on disk/p' |
        awk '{ line = line (NR > 1 ? ", " : "") $0 } END { print "cook: " line }' >&2
    if [ "$yes" = no ] && [ -t 0 ] && [ -t 2 ]; then
        printf 'cook: install them with apt-get? [Y/n] ' >&2
        read -r answer || answer=n
        case $answer in
        '' | [Yy]*) ;;
        *) die 3 "nothing installed; by hand: apt-get install --no-install-recommends$chosen" ;;
        esac
    fi
    # shellcheck disable=SC2086
    need_step "installing packages" "is there a network? For use without one: ./cook setup all" \
        $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -y -q -o DPkg::Lock::Timeout=120 install --no-install-recommends $chosen
}
