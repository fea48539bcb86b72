#!/bin/sh
# SPDX-License-Identifier: MIT
# driver.sh CASE - which CUDA driver a program gets, and what it is told where there is none. A GPU's
# driver is played by a fake libcuda.so.1 (fake_driver.c), which LD_LIBRARY_PATH puts before others;
# why there is none in words is absent.sh's matter. Each case is a function driver_CASE, which CMake
# finds by its name.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
probe=$HC_BUILD/tests/bin/98_cuda_probe
forward=$HC_BUILD/tests/bin/test_cuda_forward
fake=$HC_BUILD/tests/fake
cusim=$HC_BUILD/lib/cusim
unset CUDA_VISIBLE_DEVICES

# with_fake VARIABLES... PROGRAM ARGS - run with the fake driver installed.
with_fake() { run env "LD_LIBRARY_PATH=$fake" "$@"; }

# need_no_driver - these cases say what happens without a driver.
need_no_driver() {
    run "$probe" --device cuda
    [ "$rc" -eq 77 ] || skip "this machine has a CUDA driver"
}

# --- nobody asked for a device ---

driver_absent() {
    need_no_driver
    run "$probe"
    expect 0
    prints "device     sim:0  cusim"
    run "$forward" first
    expect 0
    prints "cusim"
    run "$probe" --device cuda
    expect 77
    says "libcuda.so.1 was not found"
    says "hint: "
    says "--device sim"
    prints_nothing
    run "$probe" --device cuda:0 --json
    expect 77
    prints_one_object
    prints '"status":"skip"'
}

driver_real_first() {
    with_fake "$forward" first
    expect 0
    prints "Fake GPU A"
    with_fake "$probe" # it goes to the fake, which cannot compute
    expect 4
    prints "device     cuda:0  Fake GPU A (CUDA 12.4, compute capability 9.0)"
    says "CUDA_ERROR_NO_BINARY_FOR_GPU (209)"
}

# Only a library without a device, or a stub, makes room for cusim.
driver_without_device() {
    for code in 100 34; do
        with_fake FAKE_INIT=$code "$probe"
        expect 0
        prints "device     sim:0  cusim"
        with_fake FAKE_INIT=$code "$forward" first
        expect 0
        prints "cusim"
        with_fake FAKE_INIT=$code "$probe" --device cuda
        expect 77
        says "($code): "
        says "hint: "
        prints_nothing
    done
    with_fake FAKE_DEVICES=0 "$probe"
    expect 0
    prints "device     sim:0"
    with_fake FAKE_DEVICES=0 "$probe" --device cuda:0
    expect 77
    says "CUDA_ERROR_NO_DEVICE (100): "
}

# Any other trouble is shown, with its remedy.
driver_broken() {
    for code in 999 803 804 46 2 4711; do
        for device in "" "--device cuda" "--device cuda:0"; do
            # shellcheck disable=SC2086  # no word or two
            with_fake FAKE_INIT=$code "$probe" $device
            expect 3
            says "($code): "
            says "hint: "
            prints_nothing
        done
        with_fake FAKE_INIT=$code "$forward" first
        expect 0
        prints "status 3, code $code, "
        with_fake FAKE_INIT=$code "$probe" --device sim # what was asked for is not concerned
        expect 0
        prints "verified   yes"
    done
    with_fake FAKE_INIT=803 "$probe" --json
    expect 3
    prints_one_object
    prints '"name":"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"'
    prints '"hint":"'
}

# A library that is no driver, or cannot be loaded.
driver_unloadable() {
    mkdir "$work/bad"
    echo "no library" >"$work/bad/libcuda.so.1"
    run env "LD_LIBRARY_PATH=$work/bad" "$probe"
    expect 3
    says "the CUDA driver is there, but cannot be loaded: "
    says "hint: "
    prints_nothing
    run env "LD_LIBRARY_PATH=$work/bad" "$probe" --device sim
    expect 0
    echo 'int nothing;' >"$work/empty.c"
    run "$CC" -shared -fPIC -o "$work/bad/libcuda.so.1" "$work/empty.c"
    expect 0
    run env "LD_LIBRARY_PATH=$work/bad" "$probe"
    expect 3
    says "CUDA_ERROR_NOT_FOUND (500): the driver has no cuInit"
}

# --- asked for ---

driver_numbers() {
    with_fake FAKE_DEVICES=2 "$probe" --device cuda:1
    prints "device     cuda:1  Fake GPU B"
    with_fake FAKE_DEVICES=2 "$probe" --device "gpu b"
    prints "device     cuda:1  Fake GPU B"
    for wish in cuda:2 sim:7; do
        with_fake FAKE_DEVICES=2 "$probe" --device $wish
        expect 2
        says "device '$wish': matches no device"
        prints_nothing
    done
    with_fake FAKE_DEVICES=2 "$probe" --device "fake gpu"
    expect 2
    says "matches several devices"
    says "cuda:0  Fake GPU A"
    says "cuda:1  Fake GPU B"
    says "sim:0  cusim"
    for wish in cuda:0:0 cuda: cuda:x sim:-1 cpu:0; do
        with_fake "$probe" --device $wish
        expect 2
        says "not a device number"
        says "cuda:DEVICE"
    done
    for wish in opencl opencl:0; do
        with_fake "$probe" --device $wish
        expect 2
        says "this recipe does not use opencl"
    done
}

# The flag beats the variable; the host is taken only where it is asked for.
driver_variable() {
    with_fake HC_DEVICE=sim "$probe"
    expect 0
    prints "device     sim:0"
    with_fake HC_DEVICE=cuda "$probe" --device sim
    expect 0
    prints "device     sim:0"
    with_fake HC_DEVICE=cpu "$probe"
    expect 0
    prints "device     cpu  "
    prints "verified   yes"
    with_fake HC_CUSIM_DIR=/nonexistent FAKE_INIT=100 "$probe"
    expect 77
    says "cusim, the software CUDA device, was not found: it is not /nonexistent/libcuda.so.1"
    says "hint: correct or unset HC_CUSIM_DIR"
    with_fake HC_CUSIM_DIR=/nonexistent FAKE_INIT=100 "$probe" --device cpu
    expect 0
}

driver_list() {
    with_fake FAKE_DEVICES=2 "$probe" --list-devices
    expect 0
    says_nothing
    [ "$(sed 1d "$work/out" | cut -d ' ' -f 1 | tr '\n' ' ')" = "cuda:0 cuda:1 sim:0 cpu " ] ||
        fail "another list"
    with_fake FAKE_DEVICES=2 "$probe" --list-devices --json
    expect 0
    prints_one_object
    prints '"spec":"cuda:1"'
    prints '"spec":"cpu"'
    for code in crash 803; do # what is broken is said, after the devices of the others
        with_fake FAKE_INIT=$code "$probe" --list-devices
        expect 3
        prints "sim:0"
        prints_not "cuda:"
        says "hint: "
        with_fake FAKE_INIT=$code "$probe" --device cusim
        expect 0
    done
    says_nothing
    with_fake FAKE_INIT=crash "$probe" --list-devices # a child's end is not ours
    says "the CUDA driver ended the process that asked for its devices"
    with_fake FAKE_INIT=803 "$probe" --list-devices --json
    expect 3
    prints_one_object
}

# --- one driver in a process ---

driver_both() {
    with_fake FAKE_DEVICES=2 "$forward" both
    expect 0
    [ "$HC_SANITIZER" = none ] || return 0 # its runtime does not bear a second namespace
    with_fake FAKE_DEVICES=2 "$forward" sim_first
    expect 0
}

driver_missing_symbol() {
    with_fake "$forward" missing
    expect 0
    prints "CUDA_ERROR_NOT_FOUND (500): the driver has no cuMemAllocPitch_v2; it speaks CUDA 12.4; update"
}

driver_forked() {
    for device in fake cusim; do
        run env "LD_LIBRARY_PATH=$(eval echo "\$$device")" "$forward" forked
        expect 0
        prints "CUDA_ERROR_NOT_INITIALIZED (3): cuDeviceGetCount in a child of fork(): the driver stays"
    done
}

driver_threads() {
    run "$forward" threads
    expect 0
    with_fake "$forward" threads
    expect 0
}

driver_never_closed() {
    with_fake "FAKE_LOG=$work/log" "$forward" first
    expect 0
    [ "$(cut -d ' ' -f 1 "$work/log" | tr '\n' ' ')" = "loaded end closed " ] || fail "$(cat "$work/log")"
}

# What is loaded later must not find the forwarders, or a driver would call itself through them.
driver_hidden() {
    for program in "$probe" "$forward"; do
        run nm -D --defined-only "$program"
        expect 0
        ! grep -E ' (cu[A-Z]|nvrtc)' "$work/out" || fail "$program exports CUDA's calls"
    done
    run nm "$probe"
    grep -q ' t cuMemAlloc_v2$' "$work/out" || fail "this test looks for the wrong thing"
}

# Under ./cook sim the library by that name is cusim.
driver_under_cook_sim() {
    run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" -- "$probe"
    expect 0
    prints "device     sim:0"
    run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" -- "$probe" --device cuda
    expect 77
    says "no CUDA driver here: libcuda.so.1 is cusim"
    run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" --check -- "$probe"
    expect 0
    says "cusim: check memory: no errors"
    run env "LD_LIBRARY_PATH=$cusim" HC_CUSIM_DIR= "$probe" --list-devices
    expect 0
    prints_not "cuda:"
    prints "sim:0"
}

# cusim lies where the program was built or installed; not where anybody could have put it.
driver_finds_cusim() {
    need_no_driver
    mkdir -p "$work/p/bin" "$work/p/lib/multi-arch/cusim" "$work/q/bin" "$work/q/lib/cusim"
    cp "$forward" "$work/p/bin/first"
    cp "$forward" "$work/q/bin/first"
    cp "$cusim/libcuda.so.1" "$work/p/lib/multi-arch/cusim"
    cp "$cusim/libcuda.so.1" "$work/q/lib/cusim"
    for place in p q; do
        run "$work/$place/bin/first" first
        expect 0
        prints cusim
    done
    away=$(mktemp -d /tmp/hc.XXXXXX) || exit 1
    trap 'rm -rf "$work" "$away"' EXIT
    mkdir -p "$away/bin" "$away/lib/cusim"
    cp "$forward" "$away/bin/first"
    run "$away/bin/first" first
    expect 0
    prints "status 77, code 100, "
    prints "cusim, the software CUDA device, was not found; build it"
    cp "$cusim/libcuda.so.1" "$away/lib/cusim"
    run "$away/bin/first" first
    prints "cusim software device"
    chmod o+w "$away"
    run "$away/bin/first" first
    prints "was not found"
}

"driver_$1"
