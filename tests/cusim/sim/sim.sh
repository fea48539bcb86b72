#!/bin/sh
# SPDX-License-Identifier: MIT
# ./cook sim: runs programs as they are on cusim, passes on what they return, and says by its own
# exit code what a check has found.
#
#   sim.sh CASE LOAD COUNTS COUNTS_PTX FAULTS FAULTS_PTX     CASE: a function sim_CASE below
# shellcheck source-path=SCRIPTDIR source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
case_name=$1 load=$2 counts=$3 counts_ptx=$4 faults=$5 faults_ptx=$6
unset CUSIM_STATS CUSIM_STATS_FILE CUSIM_CHECK CUSIM_CHECK_FILE CUSIM_SCHEDULE LD_LIBRARY_PATH

sim() { run sh "$HC_SOURCE/common/tools/sim.sh" "$HC_BUILD" "$@"; }

sim_usage() {
    sim
    expect 2
    says "sim takes a command"
    says "Usage: ./cook sim"
    sim --check
    expect 2
    sim --
    expect 2
    sim --nosuch -- true
    expect 2
    says "unknown option '--nosuch'"
    for list in nosuch memory,nosuch nosuch,memory; do
        sim --check=$list -- true
        expect 2
        says "no check is called 'nosuch'; there are: memory"
    done
    sim --check= -- true
    expect 2
    sim --help
    expect 0
    prints "Usage: ./cook sim"
    says_nothing
}

# The command's own affairs: arguments with spaces, its input and output, its exit code.
sim_passes_on() {
    sim -- printf '%s|' 'a b' '' '*'
    expect 0
    [ "$(cat "$work/out")" = 'a b||*|' ] || fail "arguments are changed"
    says_nothing
    sim sh -c 'echo out; echo err >&2; exit 7'
    expect 7
    prints out
    says err
    sim --check -- sh -c 'exit 7'
    expect 7
    says "cusim: check memory: the command never used CUDA"
    sim --check -- true
    expect 0
    says "never used CUDA"
    sim -- /nonexistent/program
    expect 3
    says "cannot run '/nonexistent/program'"
    sim -- sh -c 'kill -9 $$'
    expect 137
}

sim_without_build() {
    run sh "$HC_SOURCE/common/tools/sim.sh" "$work" -- true
    expect 3
    says "there is no $work/lib/cusim/libcuda.so.1"
}

# A program that loads the library by name, and one that is linked with it.
sim_loads() {
    [ "$HC_SANITIZER" = none ] || skip "a sanitizer's run-time library must come first"
    sim -- "$load"
    expect 0
    prints "cusim"
    sim --check=memory -- "$load"
    expect 0
    says "cusim: check memory: no errors"
    # shellcheck disable=SC2016 # the command reads it
    sim -- sh -c 'echo "$HC_CUSIM_DIR"'
    prints "$HC_BUILD/lib/cusim"
}

sim_stats() {
    sim --stats -- "$counts" "$counts_ptx" coalesced
    expect 0
    says "cusim: load: launches 1, blocks 1, warps 1"
    sim --json -- "$counts" "$counts_ptx" coalesced
    expect 0
    prints_nothing
    says '{"schema": 1, "kernels": [{"name": "load", "launches": 1, '
    sim "--json=$work/a file" -- "$counts" "$counts_ptx" coalesced
    expect 0
    says_nothing
    grep -q '"global_load_sectors": 4,' "$work/a file" || fail "no numbers in the file"
}

# What a check finds beats a program that does not care, and only that: the program's own code
# stays.
sim_check() {
    sim --check -- "$faults" "$faults_ptx" past_end
    expect 1
    says "cusim: check memory: 1 error, in 3 accesses"
    sim --check=memory -- "$faults" "$faults_ptx" good
    expect 0
    says "cusim: check memory: no errors"
    sim --check --json -- "$faults" "$faults_ptx" good
    expect 0
    says '"name": "store_global"'
    sim --check -- sh -c '"$@"; exit 5' sh "$faults" "$faults_ptx" past_end
    expect 5
    says "1 error"
    sim --check -- sh -c '"$@"; "$@"' sh "$faults" "$faults_ptx" past_end
    expect 1
    says "cusim: check memory: 2 errors, in 6 accesses"
}

"sim_$case_name"
