#!/bin/sh
# SPDX-License-Identifier: MIT
# faults.sh CASE - what can go wrong on a reader's machine, made to go wrong: no driver, no such
# device, a kernel file that is missing or broken, too little memory, a full disk, a kernel that
# never ends. Each case is a function fault_CASE, which CMake finds by its name, and demands exit
# code and message.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$HC_BIN/08_opencl_application

fault_no_platform() {
    run env OCL_ICD_VENDORS=/nonexistent "$program"
    expect 77
    says "CL_PLATFORM_NOT_FOUND_KHR (-1001)"
    says "no OpenCL platform"
    says "hint: install PoCL"
    prints_nothing
    run env OCL_ICD_VENDORS=/nonexistent "$program" --json
    expect 77
    prints_one_object
    prints '"status":"skip"'
    prints '"code":-1001'
    for device in opencl cpu opencl:0 somename; do
        run env OCL_ICD_VENDORS=/nonexistent "$program" --device $device
        if [ $device = somename ]; then expect 2; else expect 77; fi
    done
    run env OCL_ICD_VENDORS=/nonexistent "$program" --list-devices
    expect 77
    says "no OpenCL platform"
}

fault_no_device() {
    run env POCL_DEVICES=nosuch "$program"
    expect 77
    says "CL_DEVICE_NOT_FOUND (-1)"
    says "none has a device"
    says "POCL_DEVICES"
    prints_nothing
}

# Two devices of PoCL have names that differ only in their beginning; version 6 has other names than 3.
fault_ambiguous_device() {
    run env POCL_DEVICES="basic pthread" "$program" --list-devices
    expect 0
    first=$(sed -n 's/^opencl:0:0  \([^ ]*\) .*/\1/p' "$work/out")
    second=$(sed -n 's/^opencl:0:1  \([^ ]*\) .*/\1/p' "$work/out")
    part=${first##*-}
    if [ -z "$part" ] || [ "$part" != "${second##*-}" ] || [ "$first" = "$second" ]; then
        fail "the two devices are not alike: '$first', '$second'"
    fi
    run env POCL_DEVICES="basic pthread" "$program" --device "$part"
    expect 2
    says "device '$part': matches several devices"
    says "opencl:0:0  $first"
    says "opencl:0:1  $second"
    prints_nothing
    run env POCL_DEVICES="basic pthread" "HC_DEVICE=$part" "$program" --json
    expect 2
    says "matches several devices"
    prints_nothing
    for device in opencl:0:1 "$(printf '%s' "$second" | tr '[:lower:]' '[:upper:]')"; do
        run env POCL_DEVICES="basic pthread" "$program" -n 33 --device "$device"
        expect 0
        prints "device     opencl:0:1  $second"
    done
}

fault_unmatched_device() {
    for device in nosuchdevice opencl:7 opencl:0:9; do
        run "$program" --device $device
        expect 2
        says "device '$device': matches no device"
        says "opencl:0:0  "
        prints_nothing
    done
}

# The variable is a wish like the flag's, the flag beats it, and empty means unset.
fault_device_variable() {
    run env HC_DEVICE=nosuchdevice "$program" -n 33
    expect 2
    says "device 'nosuchdevice': matches no device"
    says "opencl:0:0  "
    prints_nothing
    run env HC_DEVICE=nosuchdevice "$program" -n 33 --device opencl
    expect 0
    run env HC_DEVICE= "$program" -n 33
    expect 0
}

fault_device_of_other_api() {
    for device in cuda cuda:1 sim; do
        run "$program" --device $device
        expect 2
        says "device '$device': this recipe does not use ${device%:*}"
        says "opencl:0:0  "
        prints_nothing
    done
}

fault_device_malformed() {
    for device in opencl:x opencl: opencl:0: opencl:0:0:0 opencl:-1 opencl:99999999999 cpu:0; do
        run "$program" --device $device
        expect 2
        says "device '$device': not a device number"
        prints_nothing
    done
}

fault_kernel_missing() {
    mkdir "$work/empty"
    run "$program" -n 33 --kernel-dir "$work/empty"
    expect 2
    says "kernel file vector_sum.cl not found in: $work/empty"
    says "hint: name the folder with --kernel-dir"
    run env HC_KERNEL_DIR="$work/nosuch" "$program" -n 33 --json
    expect 2
    says "kernel file vector_sum.cl not found in: $work/nosuch"
    prints_nothing
    run env HC_KERNEL_DIR="$work/nosuch" "$program" -n 33 --kernel-dir "$kernels" # the flag wins
    expect 0
}

fault_kernel_directory() {
    mkdir -p "$work/k/vector_sum.cl"
    run "$program" -n 33 --kernel-dir "$work/k"
    expect 2
    says "$work/k/vector_sum.cl: not a regular file"
}

# root may read every file, so root runs this case as nobody.
fault_kernel_unreadable() {
    kernel_dir k
    chmod 000 "$work/k/vector_sum.cl"
    chmod 755 "$work"
    as_reader=
    if [ "$(id -u)" -eq 0 ]; then
        as_reader="setpriv --reuid 65534 --regid 65534 --clear-groups"
        $as_reader true 2>/dev/null || skip "needs setpriv, or a user who is not root"
        $as_reader test -x "$program" || skip "user nobody cannot reach the build folder"
        mkdir -m 777 "$work/cache"
        POCL_CACHE_DIR=$work/cache
        export POCL_CACHE_DIR
    fi
    # shellcheck disable=SC2086  # several words, or none
    run $as_reader "$program" -n 33 --kernel-dir "$work/k"
    expect 2
    says "$work/k/vector_sum.cl: Permission denied"
    says "hint: "
}

fault_kernel_empty() {
    kernel_dir k
    : >"$work/k/vector_sum.cl"
    run "$program" -n 33 --kernel-dir "$work/k"
    expect 4
    says "CL_INVALID_KERNEL_NAME (-46)"
    says "no kernel 'vector_sum' in the program; kernels found: none"
}

fault_kernel_name() {
    kernel_dir k
    printf '__kernel void first(void) {}\n__kernel void second(void) {}\n' >"$work/k/vector_sum.cl"
    run "$program" -n 33 --kernel-dir "$work/k"
    expect 4
    says "no kernel 'vector_sum' in the program; kernels found: "
    for name in first second; do
        grep -q "kernels found: .*$name" "$work/err" || fail "kernel $name is not named"
    done
    says "main.c:"
    says "hc_cl_kernel(program, \"vector_sum\", &kernel)"
}

fault_kernel_syntax() {
    kernel_dir k
    sed -i 's/x\[i\] + y\[i\];/x[i] + y[j];/' "$work/k/vector_sum.cl"
    line=$(grep -n 'y\[j\]' "$work/k/vector_sum.cl" | cut -d: -f1)
    run "$program" -n 33 --kernel-dir "$work/k"
    expect 4
    says "CL_BUILD_PROGRAM_FAILURE (-11): vector_sum.cl did not compile for "
    says "options '-DT=float'"
    says "use of undeclared identifier 'j'"
    grep -q "> *$line |.*y\[j\]" "$work/err" || fail "the source line $line is not shown"
    prints_not "verified"
    run "$program" -n 33 --kernel-dir "$work/k" --json
    expect 4
    prints_one_object
    prints '"status":"error"'
    prints "undeclared identifier"
}

# With the random generator in front of the kernel, lines still count from the reader's own first.
fault_kernel_syntax_after_prepended() {
    kernel_dir k
    printf '// hc_random_u32\n__kernel void vector_sum(void) {\n    nonsense here;\n}\n' \
        >"$work/k/vector_sum.cl"
    run "$program" -n 33 --kernel-dir "$work/k"
    expect 4
    grep -q '> *3 |     nonsense here;' "$work/err" || fail "line 3 is not shown"
}

# POCL_MEMORY_LIMIT is in GiB; PoCL allows a quarter of it for one buffer.
fault_buffer_too_large() {
    run env POCL_MEMORY_LIMIT=1 "$program" -n 100000000
    expect 3
    says "main.c:"
    says "CL_INVALID_BUFFER_SIZE (-61)"
    says "asked for a buffer of 400000000 (381.5 MiB)"
    says "the device allows 268435456 (256 MiB) for one buffer"
    says "hint: take a smaller --size"
    prints_not "verified"
}

# 2^64 - 1 elements, and 2^62 + 1, whose bytes are 4 if the multiplication wraps around.
fault_size_overflow() {
    for n in 18446744073709551615 4611686018427387905; do
        run "$program" -n $n
        expect 3
        says "hint: take a smaller --size"
        prints_not "verified"
        run "$program" -n $n --json
        expect 3
        prints_one_object
    done
    run "$program" -n 18446744073709551616
    expect 2
    says "not a size"
}

fault_cache_unwritable() {
    run env POCL_CACHE_DIR=/proc/x/y "$program"
    expect 3
    says "cannot write its kernel cache /proc/x/y"
    says "hint: set POCL_CACHE_DIR"
    run env -u POCL_CACHE_DIR XDG_CACHE_HOME=/proc/x "$program" --json
    expect 3
    says "cannot write its kernel cache /proc/x/pocl/kcache"
    prints_one_object
}

fault_stdout_full() {
    [ -c /dev/full ] || skip "this system has no /dev/full"
    for option in --json --help --version --list-devices --mapped; do
        ran="$program -n 33 $option >/dev/full" rc=0
        "$program" -n 33 $option >/dev/full 2>"$work/err" || rc=$?
        expect 3
        says "stdout: could not write the result"
        says "hint: is the disk full?"
    done
}

endless_kernel() {
    kernel_dir k
    cat >"$work/k/vector_sum.cl" <<'END'
__kernel void vector_sum(__global T *z, __global const T *x, __global const T *y, ulong n) {
    volatile __global T *never = z;
    for (;;) *never = x[0] + y[0];
}
END
}

fault_timeout() {
    endless_kernel
    run "$program" -n 33 --timeout 1.5 --kernel-dir "$work/k"
    expect 124
    says "--timeout reached before the work was done"
    says "hint: give more time"
    prints_not "verified"
}

fault_timeout_json() {
    endless_kernel
    run "$program" -n 33 --timeout 1.5 --kernel-dir "$work/k" --json
    expect 124
    prints_one_object
    prints '"status":"error"'
    prints '"name":"TIMEOUT"'
    prints '"verified":null'
}

fault_timeout_not_reached() {
    run "$program" -n 33 --timeout 50
    expect 0
}

interrupt() {
    [ "$HC_SANITIZER" != thread ] || skip "the thread sanitizer holds signals back during a kernel"
    endless_kernel
    ran="$program $* & kill -INT" rc=0
    "$program" -n 33 --timeout 50 --kernel-dir "$work/k" "$@" \
        >"$work/out" 2>"$work/err" </dev/null &
    wait_until_catching $!
    kill -INT $!
    wait $! || rc=$?
    expect 130
    says "interrupted"
}

fault_interrupt() {
    interrupt
    prints_not "verified"
}

fault_interrupt_json() {
    interrupt --json
    prints_one_object
    prints '"name":"SIGINT"'
}

# A write far outside: without a sanitizer, whose own report says more, the program explains it.
fault_crash() {
    [ "$HC_SANITIZER" = none ] || skip "the $HC_SANITIZER sanitizer reports crashes itself"
    kernel_dir k
    sed -i 's/z\[i\] =/z[i + ((ulong)1 << 44)] =/' "$work/k/vector_sum.cl"
    run "$program" -n 33 --kernel-dir "$work/k"
    expect 3
    says "SIGSEGV"
    says "memory outside an array was touched"
    says "hint: run it under oclgrind"
    run "$program" -n 33 --kernel-dir "$work/k" --json
    expect 3
    prints_one_object
}

fault_wrong_answer() {
    kernel_dir k
    sed -i 's/x\[i\] + y\[i\];/x[i] - y[i];/' "$work/k/vector_sum.cl"
    run "$program" -n 33 --kernel-dir "$work/k"
    expect 1
    says "WRONG: z: 33 of 33 elements differ"
    says "    [0] got "
    prints "verified   NO"
    prints_not "GB/s"
    prints_not "time in ms"
}

fault_usage() {
    while read -r message args; do
        # shellcheck disable=SC2086
        run "$program" $args
        expect 2
        grep -q -e "$message" "$work/err" || fail "stderr does not say: $message"
        says "--help lists the options"
        prints_nothing
    done <<'END'
not.a.size -n 12x
not.a.size -n -1
not.a.size -n 1e3
not.a.size -n 8x8
not.a.size --size=0x10
not.a.seed --seed -1
not.a.number.of.repetitions --repeat 0
not.a.finite.number --timeout 1e9999
not.a.finite.number --timeout nan
must.be.over.0 --timeout -1
must.be.over.0 --timeout 0
must.be.one.of.f32|i32 --type f64
--nosuch:.unknown.option --nosuch
-z:.unknown.option -z
--device:.needs.a.value --device
unexpected.argument 1000
END
}

[ $# -eq 1 ] || { echo "usage: faults.sh CASE"; exit 2; }
"fault_$1"
