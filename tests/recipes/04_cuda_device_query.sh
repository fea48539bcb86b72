#!/bin/sh
# SPDX-License-Identifier: MIT
# 04_cuda_device_query.sh PROGRAM - what the device query promises: every view, one or several devices,
# on cusim and on a driver made for tests (tests/cuda/fake_driver.c) whose answers are known: those of a
# big GPU, questions that fail, questions that are too new for it, and one that is too new for us.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
program=$1
unset HC_CUDA_LAYERS HC_CUSIM_DIR CUSIM_DEVICES CUSIM_CC CUDA_VISIBLE_DEVICES LD_LIBRARY_PATH
fake=$HC_BUILD/tests/fake

# gpu [VARIABLE=VALUE ...] [-- ARGUMENTS] - the program with that driver.
gpu() {
    variables=
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        variables="$variables $1"
        shift
    done
    [ $# -eq 0 ] || shift
    # shellcheck disable=SC2086 # words
    run env LD_LIBRARY_PATH="$fake" $variables "$program" "$@"
}
# row LABEL TEXT - the tree or the table has that line; both are extended regular expressions.
row() { grep -qE -- "^[ |\`-]*$1  +$2\$" "$work/out" || fail "no row: $1  $2"; }

# ---- The header's attributes: each has exactly one row, under a name that the header has ----

run "$program" --meanings --json
expect 0
sed 's/.*"attributes":\[//; s/},{/\n/g' "$work/out" |
    sed -n 's/.*"constant":"\(CU_[A-Z0-9_]*\)","number":\([0-9]*\).*/\2 \1/p' | sort >"$work/table"
[ "$(wc -l <"$work/table")" -gt 100 ] || fail "--meanings --json has hardly any attribute"
# compare FILE - the numbers of a cuda.h and those of the table; what it has and we do not is listed.
compare() {
    sed -n 's/^ *\(CU_DEVICE_ATTRIBUTE_[A-Z0-9_]*\) *= *\([0-9][0-9]*\).*/\2 \1/p' "$1" | sort -u >"$work/header"
    cut -d' ' -f1 "$work/header" | sort -u >"$work/there"
    cut -d' ' -f1 "$work/table" | sort >"$work/here"
    [ -s "$work/there" ] || fail "$1 has no attribute"
    sort -u "$work/here" | cmp -s - "$work/here" || fail "two rows of the table have one number"
    missing=$(comm -23 "$work/there" "$work/here")
    [ -z "$missing" ] || {
        echo "attributes.def has no line for these numbers of $1:" && echo "$missing"
        return 1
    }
}
compare "$HC_SOURCE/common/cuda/include/cuda.h" || fail "our cuda.h and the table differ"
foreign=$(comm -23 "$work/table" "$work/header")
[ -z "$foreign" ] || fail "the table has what our cuda.h has not: $foreign"
# This test can fail: it notices one attribute more, and one that stands twice.
{ cat "$HC_SOURCE/common/cuda/include/cuda.h" && echo "    CU_DEVICE_ATTRIBUTE_NEW = 999,"; } >"$work/newer.h"
compare "$work/newer.h" >/dev/null && fail "an attribute without a line is not noticed"
toolkit=${CUDA_HOME:-/usr/local/cuda}/include/cuda.h
[ ! -f "$toolkit" ] || compare "$toolkit" || fail "the toolkit's cuda.h knows more"

# ---- A driver whose answers are known ----

gpu
expect 0
says_nothing
prints 'device     cuda:0  Fake GPU A'
prints 'driver     CUDA 12.4'
prints 'devices    1'
prints 'cuda:0  Fake GPU A'
row 'compute capability' 9.0
row memory '85899345920 \(80 GiB\)'
row 'memory free now' '84825604096 \(79 GiB\)'
row UUID GPU-f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfe00
row 'PCI address' 0000:65:00.0
row 'multiprocessor count' 132
row 'clock rate' '1980 MHz'
row 'global memory bus width' '5120 bits'
row 'l2 cache size' '52428800 \(50 MiB\)'
row 'ecc enabled' yes
row 'compute mode' 'for one process at a time'
row 'max blocks per multiprocessor' 'not supported'
# 132 x 128 cores, two operations in each period of 1.98 GHz; 2 x 2.619 GHz x 640 bytes.
row cores '16896  = .*'
row 'float arithmetic, at most' '66908 GFLOP/s  = .*'
row 'memory bandwidth, at most' '3352 GB/s  = .*'
row 'threads resident at once' '270336  = .*'
row 'registers per thread then' '32  = .*'
prints_not 'peer access'
prints_not 'no GPU'
! grep -q ' $' "$work/out" || fail "a line ends in a space"

# An older one, one that fails at one question, a GPU newer than this program, one in use by another.
gpu FAKE_KNOWS=105 FAKE_VERSION=11040
expect 0
prints 'driver     CUDA 11.4, older than the 12.0 that these recipes are written for'
row 'max blocks per multiprocessor' 'n/a \(this driver does not know the question\)'
gpu FAKE_FAILS=10
expect 0
row 'warp size' 'query failed \(CUDA_ERROR_UNKNOWN, 999\)'
row 'multiprocessor count' 132
gpu FAKE_CC=990
expect 0
row 'compute capability' 99.0
row cores 'n/a \(not known for this device\)'
row 'float arithmetic, at most' 'n/a \(not known for this device\)'
gpu FAKE_BUSY=46
expect 0
row 'memory free now' 'query failed \(CUDA_ERROR_DEVICE_UNAVAILABLE, 46\)'
row memory '85899345920 \(80 GiB\)'
gpu FAKE_FAILS=36
expect 0
row 'memory bandwidth, at most' 'n/a \(not known for this device\)'

# Two devices: all, one of them, and who may use whose memory.
gpu FAKE_DEVICES=2
expect 0
prints 'devices    2'
prints 'cuda:1  Fake GPU B'
grep -qE '^    cuda:0 +- +yes$' "$work/out" || fail "cuda:0 may use the memory of cuda:1"
grep -qE '^    cuda:1 +no +-$' "$work/out" || fail "cuda:1 may not use that of cuda:0"
for device in cuda:1 'gpu b'; do
    run env LD_LIBRARY_PATH="$fake" FAKE_DEVICES=2 "$program" --device "$device"
    expect 0
    prints 'device     cuda:1  Fake GPU B'
    prints_not 'cuda:0'
done
gpu FAKE_DEVICES=2 HC_DEVICE=cuda:1 -- --table
expect 0
prints_not 'cuda:0'

# The table has every attribute and both devices; the bare numbers have what no header knows.
gpu FAKE_DEVICES=2 -- --table
expect 0
! grep -q ' $' "$work/out" || fail "a line ends in a space"
grep -qE '^attribute +cuda:0 +cuda:1$' "$work/out" || fail "no heading"
grep -qE '^name +Fake GPU A +Fake GPU B$' "$work/out" || fail "no names"
row 'PCI address' '0000:65:00.0 +0000:66:00.0'
row 'mempool supported handle types' '(file descriptor, fabric handle, 0x10 \(unknown here\) *){2}'
row 'host numa id' '(n/a \(none\) *){2}'
row 'maximum texture2d width' '(not supported *){2}'
while read -r _ constant; do
    label=$(echo "${constant#CU_DEVICE_ATTRIBUTE_}" | tr 'A-Z_' 'a-z ')
    grep -qE "^  $label  " "$work/out" || fail "--table has no row: $label"
done <"$work/table"
gpu -- --all
expect 0
grep -qE '^ *10 WARP_SIZE +0$' "$work/out" || fail "--all has no WARP_SIZE"
grep -qE '^200 \(unknown here\) +7$' "$work/out" || fail "--all does not show what no header knows"
prints_not '201'
gpu FAKE_KNOWS=105 -- --all
grep -qE '^106 MAX_BLOCKS_PER_MULTIPROCESSOR +CUDA_ERROR_INVALID_VALUE$' "$work/out" ||
    fail "--all hides what the driver does not know"

gpu FAKE_DEVICES=2 FAKE_FAILS=10 FAKE_KNOWS=130 FAKE_BUSY=46 -- --json --all
expect 0
prints_one_object
for text in '"driver_version":"12.4"' '"software":false,"no_gpu":null' '"device":{"api":"cuda","name":"Fake GPU A"' \
    '"verified":null' '"spec":"cuda:1","name":"Fake GPU B","compute_capability":"9.0","memory_bytes":85899345919,' \
    '"memory_free_bytes":{"error":46,"name":"CUDA_ERROR_DEVICE_UNAVAILABLE"}' \
    '"warp_size":{"error":999,"name":"CUDA_ERROR_UNKNOWN"}' '"max_blocks_per_multiprocessor":"not supported"' \
    '"numa_id":null' '"compute_mode":"CU_COMPUTEMODE_EXCLUSIVE_PROCESS"' '"l2_cache_size_bytes":52428800' \
    '"mempool_supported_handle_types":["CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR","CU_MEM_HANDLE_TYPE_FABRIC",16]' \
    '"cores":16896,' '"all":{"1":0,' '"peer_access":[[null,true],[false,null]]'; do
    prints "$text"
done

# ---- cusim ----

run "$program" --device sim
expect 0
says_nothing
prints 'driver     CUDA 13.0, by cusim, the software device'
prints 'sim:0  cusim software device'
row 'compute capability' 8.6
row 'warp size' 32
row 'max threads per block' 1024
row cores 'n/a \(a software device has none\)'
row 'threads resident at once' '[1-9][0-9]*  = .*'
run env CUSIM_DEVICES=2 CUSIM_CC=7.5 "$program" --device sim:1 --json
expect 0
prints_one_object
prints '"software":true'
prints '"spec":"sim:1"'
prints '"compute_capability":"7.5"'
prints '"bandwidth_gbps":null'
prints_not '"spec":"sim:0"'

run env HC_NVRTC_LIBRARY=/nonexistent "$program" --device sim
expect 0
prints 'NVRTC      none: HC_NVRTC_LIBRARY=/nonexistent is no NVRTC'

# Without a GPU the software device is shown, and why. (Where there is one, this says nothing.)
run "$program" --device cuda
if [ $rc -eq 77 ]; then
    why=$(sed -n 2p "$work/err" | sed 's/^ *//')
    run "$program"
    expect 0
    prints "no GPU     $why"
    prints '           hint: '
    run "$program" --json
    prints '"no_gpu":{"message":"'
fi

# A second opinion, where there is a GPU: nvidia-smi, which does not ask the driver library.
run "$program" --device cuda --json
if [ $rc -eq 0 ] && command -v nvidia-smi >/dev/null && [ -z "${CUDA_VISIBLE_DEVICES-}" ]; then
    cp "$work/out" "$work/gpu.json"
    run nvidia-smi -i 0 --query-gpu=name,uuid,pci.bus_id,compute_cap --format=csv,noheader
    expect 0
    IFS=, read -r name uuid pci capability <"$work/out"
    cp "$work/gpu.json" "$work/out"
    prints "\"name\":\"$name\""
    prints "\"uuid\":\"${uuid# }\""
    # Eight digits of domain there, four here.
    grep -qiF "${pci# 0000}" "$work/out" || fail "another PCI address than $pci"
    prints "\"compute_capability\":\"${capability# }\""
    run "$program" --device cuda
    expect 0
    prints_not 'query failed'
else
    echo "not checked against nvidia-smi: no GPU, or no nvidia-smi"
fi

# ---- Nothing to show, and the rest ----

run "$program" --device opencl
expect 2
run "$program" --device nosuchdevice
expect 2
says 'sim:0  cusim software device'
run "$program" --device sim:7
expect 2
run "$program" --quiet
expect 0
prints_nothing
run env LD_LIBRARY_PATH="$fake" FAKE_INIT=100 HC_CUSIM_DIR=/nonexistent "$program" --json
expect 77
prints_one_object
prints '"status":"skip"'

# One table, many readers: the README's is the program's.
run env HC_CUSIM_DIR=/nonexistent "$program" --meanings
expect 0
sed -n '/^<!-- meanings/,/^<!-- end/{/^<!--/d;p;}' \
    "$HC_SOURCE/recipes/04_cuda_device_query/README.md" >"$work/readme"
cmp -s "$work/out" "$work/readme" || fail "the table in README.md is not what --meanings prints"
