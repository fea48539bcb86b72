#!/bin/sh
# SPDX-License-Identifier: MIT
# absent.sh PROGRAM - why there is no GPU: for each thing that can be missing or wrong, a CUDA recipe
# under --device cuda says which it is, with the exact remedy. The driver is tests/cuda/fake_driver.c;
# module, card, device files, WSL and container are in views of the file system, which takes the right
# to mount in a name space of one's own. No device is exit code 77, a driver that fails is 3.
: "${HC_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}" "${HC_BUILD:=$(dirname "$1")/..}"
# shellcheck source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"
program=$1
mkdir "$work/lib" "$work/root" "$work/empty"
cp "$HC_BUILD/tests/fake/libcuda.so.1" "$work/lib" || exit 1
unset CUDA_VISIBLE_DEVICES container LD_LIBRARY_PATH
hint() { grep -qF -- "    hint: $1" "$work/err" || fail "no hint: $1"; }

# ---- Without a view: what the driver and the loader say ----

# with CODE [VARIABLE=VALUE ...] - cuInit of the fake driver answers that.
with() {
    code=$1
    shift
    run env LD_LIBRARY_PATH="$work/lib" FAKE_INIT="$code" "$@" "$program" --device cuda
}
with 0
expect 0
prints 'Fake GPU A'
with 100 CUDA_VISIBLE_DEVICES=7
expect 77
says 'CUDA_ERROR_NO_DEVICE (100): the CUDA driver shows no device: CUDA_VISIBLE_DEVICES="7" allows none'
hint 'unset CUDA_VISIBLE_DEVICES'
with 34
expect 77
says "CUDA_ERROR_STUB_LIBRARY (34): this is no driver but the toolkit's stub"
says "$work/lib/libcuda.so.1"
hint 'take its folder out of LD_LIBRARY_PATH'
with 804
expect 3
says 'CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE (804)'
says 'compatibility library'
with 802
expect 3
hint 'sudo systemctl start nvidia-fabricmanager'
if [ "${HC_SANITIZER:-none}" = none ]; then # which reserve more addresses themselves
    run sh -c "ulimit -v 4000000 && exec env LD_LIBRARY_PATH='$work/lib' FAKE_INIT=2 '$program' --device cuda"
    expect 3
    hint 'ulimit -v unlimited'
fi
with 101 # has nothing to be looked up: the table of codes
expect 3
says 'CUDA_ERROR_INVALID_DEVICE (101)'
with 0 FAKE_DEVICES=0 CUDA_VISIBLE_DEVICES=-1
expect 77
hint 'unset CUDA_VISIBLE_DEVICES'
# Never papered over: without a wish it is shown, too, and not software instead.
run env LD_LIBRARY_PATH="$work/lib" FAKE_INIT=803 "$program"
expect 3
says 'CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)'

mkdir "$work/broken"
echo nonsense >"$work/broken/libcuda.so.1"
run env LD_LIBRARY_PATH="$work/broken" "$program" --device cuda
expect 3
says 'the CUDA driver is there, but cannot be loaded'
hint "reinstall the driver's package"

# ---- Views ----

[ "${HC_SANITIZER:-none}" = none ] ||
    skip "a sanitizer's library would have to be in these views; the rest passed"
unshare -m true 2>/dev/null || skip "no name space of one's own here (it takes root); the rest passed"

# A root without /.dockerenv, whose /dev, /proc/driver, /proc/version and list of PCI devices are ours.
cat >"$work/enter" <<'SH'
set -e
cd "$1" && mount -t tmpfs tmpfs root && mkdir root/dev
for path in /*; do
    case $path in /dev | /.dockerenv) continue ;; esac
    if [ -L "$path" ]; then
        cp -P "$path" "root$path"
    elif [ -d "$path" ]; then
        mkdir "root$path" && mount --rbind "$path" "root$path"
    fi
done
mount -t tmpfs -o mode=755 tmpfs root/dev && mknod -m 666 root/dev/null c 1 3
mount -t tmpfs tmpfs root/proc/driver && mkdir root/proc/driver/nvidia
mount --bind empty root/sys/bus/pci/devices
echo "Linux version 6.1.0" >root/dev/version && mount --bind root/dev/version root/proc/version
SH
unshare -m sh "$work/enter" "$work" 2>"$work/err" || skip "no such views here: $(cat "$work/err")"

# view COMMANDS [VARIABLE=VALUE ...] - the program after these commands, in $work.
view() {
    commands=$1
    shift
    run unshare -m sh -c "sh '$work/enter' '$work' && cd '$work' && { $commands; } &&
        exec chroot root env $* '$program' --device cuda"
}
module='echo "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22" >root/proc/driver/nvidia/version'
mkdir -p "$work/pci/0000:65:00.0"
echo 0x10de >"$work/pci/0000:65:00.0/vendor"
echo 0x030200 >"$work/pci/0000:65:00.0/class"
card='mount --bind pci root/sys/bus/pci/devices'
docker=': >root/.dockerenv'
wsl='echo "Linux version 5.15-microsoft-standard-WSL2" >root/dev/version'
node='mknod -m 666 root/dev/nvidiactl c 195 255; mknod -m 666 root/dev/nvidia0 c 195 0;
      mknod -m 666 root/dev/nvidia-uvm c 240 0'
driver="LD_LIBRARY_PATH='$work/lib'"

# The driver's library is not there.
view true
expect 77
says 'no CUDA driver: libcuda.so.1 was not found, and no NVIDIA GPU is seen'
hint 'the CUDA recipes run in software without one: --device sim'
view "$docker"
expect 77
says 'no NVIDIA GPU is seen in this container'
hint 'the CUDA recipes run in software without one: --device sim; if the host has a GPU: start the container with --gpus all'
view "$docker && $card"
expect 77
says 'this container was started without the GPU that its host has'
hint 'start the container with --gpus all'
view "$card" container=podman
expect 77
says 'this container was started without the GPU'
view "$module"
expect 77
says "NVIDIA's kernel module 550.54.14 is loaded, but libcuda.so.1 was not found"
hint 'install the library of the same version: sudo apt-get install libcuda1'
view "$card"
expect 77
says 'there is an NVIDIA GPU, but libcuda.so.1 was not found'
says "then restart"
view "$wsl"
expect 77
says 'this WSL sees no GPU (/dev/dxg is absent'
view "$wsl && : >root/dev/dxg"
expect 77
says 'Windows shares its GPU with this WSL, but has no NVIDIA driver'
hint "install NVIDIA's driver in Windows, not here; then in Windows: wsl --update, and wsl --shutdown"

# The library is there, and cuInit finds no device.
view true "$driver" FAKE_INIT=100
expect 77
says 'the CUDA driver is installed, but there is no NVIDIA GPU'
view "$card" "$driver" FAKE_INIT=100
expect 77
says "NVIDIA's kernel module is not loaded"
hint 'sudo modprobe nvidia; if that fails'
view "$docker && $card" "$driver" FAKE_INIT=100
expect 77
says 'this container was started without a GPU'
view "$docker && $module" "$driver" FAKE_INIT=100
expect 77
hint 'start the container with --gpus all'
view "$module && $node" "$driver" FAKE_INIT=100
expect 77
says 'the CUDA driver (kernel module 550.54.14) finds no GPU'
hint 'what does this say? nvidia-smi'
view "$wsl" "$driver" FAKE_INIT=100
expect 77
says 'Windows shares no NVIDIA GPU'

# It fails.
cp "$work/lib/libcuda.so.1" "$work/lib/libcuda.so.535.104.05"
mkdir "$work/old" && ln -s ../lib/libcuda.so.535.104.05 "$work/old/libcuda.so.1"
view "$module && $node" "LD_LIBRARY_PATH='$work/old'" FAKE_INIT=803
expect 3
says 'the CUDA library is of version 535.104.05'
says "NVIDIA's kernel module of version 550.54.14"
hint 'restart the machine: the driver was updated'
view "$docker && $module && $node" "LD_LIBRARY_PATH='$work/old'" FAKE_INIT=803
expect 3
hint 'take the folder of another libcuda.so.1, such as cuda/compat, out of LD_LIBRARY_PATH'
view true "$driver" FAKE_INIT=999
expect 3
says "NVIDIA's kernel module is not loaded"
hint 'sudo modprobe nvidia'
view "$module" "$driver" FAKE_INIT=999
expect 3
says '/dev/nvidia-uvm is absent'
hint 'sudo nvidia-modprobe -u -c 0'
view "$module && $node" "$driver" FAKE_INIT=999
expect 3
hint 'sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm'

# A device file that the user may not open.
command -v setpriv >/dev/null || skip "no setpriv: a user without rights was not tried, the rest passed"
public=$(mktemp -d) && chmod 777 "$public" && cp -r "$program" "$work/lib" "$public" || exit 1
program="setpriv' --reuid=65534 --regid=65534 --clear-groups '$public/$(basename "$program")"
view "$module && $node && chmod 660 root/dev/nvidiactl && chgrp video root/dev/nvidiactl" \
    "LD_LIBRARY_PATH='$public/lib'" FAKE_INIT=100
expect 77
says '/dev/nvidiactl may not be opened by this user'
hint "sudo usermod -aG video \$USER, then log out and in again"
rm -rf "$public"
