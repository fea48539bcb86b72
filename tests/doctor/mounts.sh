#!/bin/sh
# SPDX-License-Identifier: MIT
# mounts.sh DOCTOR - what only another view of the file system shows: no loader, no drivers, no /sys, a
# cache on a full disk or on one mounted noexec, graphics hardware without a driver, and a device file
# that the user may not open. Needs the right to mount in a name space of its own.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
doctor=$1
[ "${HC_SANITIZER:-none}" = none ] || skip "a sanitizer needs /proc and more memory than these views have"
mkdir "$work/disk" "$work/empty"
unshare -m sh -c "mount -t tmpfs tmpfs '$work/disk'" 2>/dev/null ||
    skip "mounting in a name space of one's own is not allowed here (it takes root)"
[ -f /etc/OpenCL/vendors/pocl.icd ] || skip "PoCL is not installed here"
last() { tail -n 1 "$work/out" | grep -qF -- "$1" || fail "the last line does not say: $1"; }
finds() { grep -qE -- "^  $1" "$work/out" || fail "no finding: $1"; }
# view COMMANDS - the doctor in a name space where these mounts were made.
view() { run unshare -m sh -c "cd '$work' && $1 && exec '$doctor'"; }

: >"$work/nothing"
loader=$("$doctor" | sed -n 's/^  ok  *loader  *\(\/[^:]*\).*/\1/p' | head -n 1)
view "mount --bind nothing '$(readlink -f "$loader")'"
expect 3
finds 'problem +loader +.*libOpenCL.so.1: file too short'
last '1 problem; first remedy: ./cook setup run (installs ocl-icd-opencl-dev)'

view 'unset OCL_ICD_VENDORS && mount --bind empty /etc/OpenCL'
expect 3
finds 'problem +drivers +no driver: /etc/OpenCL/vendors is not there'
last '1 problem; first remedy: ./cook setup run (installs PoCL'

view "mount -t tmpfs -o noexec tmpfs disk && export POCL_CACHE_DIR='$work/disk'"
expect 3
finds "problem +PoCL's cache +.*mounted noexec"
finds 'problem +device +opencl:0:0 .*cannot run a kernel: crashed \(Aborted\)'
last 'first remedy: export POCL_CACHE_DIR to a folder on a disk mounted without noexec'

view "mount -t tmpfs -o size=64k tmpfs disk && export POCL_CACHE_DIR='$work/disk'"
expect 3
finds "problem +PoCL's cache +.*64 KiB free"
finds 'problem +device +opencl:0:0 .*No space left on device'
last 'first remedy: make room'

view 'umount -l /sys'
expect 3
finds 'problem +/sys +not mounted'
last 'first remedy: as root: mount -t sysfs sysfs /sys'

card() { # ADDRESS VENDOR CLASS
    mkdir -p "$work/pci/$1"
    echo "$2" >"$work/pci/$1/vendor"
    echo "$3" >"$work/pci/$1/class"
    echo 0x1234 >"$work/pci/$1/device"
}
card 0000:65:00.0 0x10de 0x030200
card 0000:03:00.0 0x1002 0x030000
card 0000:00:02.0 0x8086 0x030000
card 0000:00:1f.0 0x8086 0x060100 # a bridge: no GPU
view 'mount --bind pci /sys/bus/pci/devices'
expect 0
finds 'note +GPU +NVIDIA 10de:1234 at 0000:65:00.0, but no OpenCL driver offers it'
finds 'note +GPU +AMD 1002:1234'
finds 'note +GPU +Intel 8086:1234 at 0000:00:02.0'
prints 'sudo apt-get install intel-opencl-icd'
prints_not 0000:00:1f.0

# /dev/dri/renderD128 of the group video, and a user who is not in it.
command -v setpriv >/dev/null || skip "no setpriv: a user without rights was not tried, the rest passed"
public=$(mktemp -d) && chmod 777 "$public" && cp "$doctor" "$public/doctor" || exit 1
cp -r "$HC_BUILD/lib/cusim" "$public" 2>/dev/null
view "mount -t tmpfs tmpfs /dev && chmod 755 /dev && mknod -m 666 /dev/null c 1 3 && mkdir /dev/dri &&
    mknod -m 660 /dev/dri/renderD128 c 226 128 && chgrp video /dev/dri/renderD128 &&
    export POCL_CACHE_DIR=$public/cache HC_CUSIM_DIR=$public/cusim && cd / &&
    exec setpriv --reuid=65534 --regid=65534 --clear-groups $public/doctor"
rm -rf "$public"
expect 0
finds 'note +permission +/dev/dri/renderD128 may not be opened; it belongs to the group video'
prints "sudo usermod -aG video \$USER"
