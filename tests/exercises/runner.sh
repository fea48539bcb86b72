#!/bin/sh
# SPDX-License-Identifier: MIT
# runner.sh CASE - what the exercise runner does for a learner and for a teacher: copies, hints, limits,
# words, grades. A kernel that loops, crashes or prints without end must end with a sentence.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$HC_SOURCE/tests/lib.sh"

cd "$work" || exit 1
first=08_complete_the_kernel
second=08_find_the_defect
given=$HC_SOURCE/recipes/08_opencl_application/exercises

exercise() { run "$HC_RUNNER" --root "$HC_SOURCE" --build "$HC_BUILD" "$@"; }

# write_kernel BODY - the first exercise's kernel with this body.
write_kernel() {
    printf '__kernel void vector_sum(__global T *z, __global const T *x, __global const T *y, ulong n) {\n'
    printf '    size_t i = get_global_id(0);\n    %s\n}\n' "$1"
}

# kernel BODY - start the first exercise anew, in $work/exercises, with it.
kernel() {
    rm -rf "exercises/$first"
    exercise start "$first"
    expect 0
    write_kernel "$1" >"exercises/$first/vector_sum.cl"
}
right='if (i < n) z[i] = x[i] + y[i];'

need_oclgrind() { command -v oclgrind >/dev/null || skip "oclgrind is not installed"; }

runner_list() {
    exercise list
    expect 0
    for name in 07_predict_the_limits $first $second 08_off_by_one; do prints "$name"; done
    exercise show off_by
    expect 0
    prints "The kernel that seems to work"
    exercise --help
    expect 0
    prints "Usage: ./cook exercise"
}

# wait_for TEXT - until the watch that runs in the background has printed it.
wait_for() {
    tries=0
    until grep -qF -e "$1" "$work/out"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || fail "no '$1'"
        sleep 0.2
    done
}

# Saved wrong, it is checked again; saved right, the watch goes on to the next; the last one ends it.
runner_watch() {
    exercise start $first
    exercise start 07_predict
    timeout 200 "$HC_RUNNER" --root "$HC_SOURCE" --build "$HC_BUILD" watch >"$work/out" 2>"$work/err" &
    pid=$!
    ran="watch"
    wait_for "Watching exercises/07_predict_the_limits/"
    cp "$HC_SOURCE/recipes/07_opencl_device_query/exercises/07_predict_the_limits/solution/"* \
        exercises/07_predict_the_limits/
    wait_for "Watching exercises/$first/"
    prints "07_predict_the_limits: PASSED"
    prints_not "look at the guard"
    write_kernel 'if (i + 1 < n) z[i] = x[i] + y[i];' >"exercises/$first/new"
    mv "exercises/$first/new" "exercises/$first/vector_sum.cl" # as editors do
    wait_for "look at the guard"
    cp "$given/$first/solution/vector_sum.cl" "exercises/$first/"
    wait $pid || rc=$?
    expect 0
    prints "$first: PASSED"
    exercise watch
    expect 2
    says "nothing in exercises is started and not passed yet"
}

runner_watch_ends() {
    exercise watch 07_predict
    expect 2
    says "not started"
    exercise start 07_predict
    exercise watch 07_predict --json
    expect 2
    says "a report is made by check"
    timeout 200 "$HC_RUNNER" --root "$HC_SOURCE" --build "$HC_BUILD" watch 07_predict \
        >"$work/out" 2>"$work/err" &
    pid=$!
    ran="watch, interrupted"
    wait_for "Watching exercises/07_predict_the_limits/"
    kill -INT $pid
    wait $pid || rc=$?
    expect 130
}

runner_progress() {
    exercise progress
    expect 0
    prints "0 of "
    prints "Next: ./cook exercise start 01_"
    exercise start 07_predict --dir ada
    cp "$HC_SOURCE/recipes/07_opencl_device_query/exercises/07_predict_the_limits/solution/"* \
        ada/07_predict_the_limits/
    exercise check --dir ada
    expect 0
    exercise start $first --dir ada
    exercise hint $first --dir ada
    exercise progress --dir ada
    expect 0
    prints "1 of 1"
    prints "1 of "
    prints "Go on with: ./cook exercise watch $first"
    mkdir bob
    exercise progress ada bob
    expect 0
    grep -Eq '^ada +1 +1 +1 +1 +15$' "$work/out" || fail "not ada's line"
    grep -Eq '^bob +0 +0 +0 +0 +0$' "$work/out" || fail "not bob's line"
    exercise progress ada carol
    expect 2
    says "there is no folder carol"
    need_validator
    exercise progress ada bob --json
    expect 0
    [ "$(wc -l <"$work/out")" -eq 1 ] || fail "not one line"
    prints '{"name":"07_predict_the_limits","state":"passed","checks":1,"hints":0}'
    validate "$work/out" common/tools/exercise/progress.schema.json || fail "$(cat "$work/valid")"
}

runner_usage() {
    exercise start nothing_like_it
    expect 2
    says "no exercise is called 'nothing_like_it'. There are:"
    says $first
    exercise start 08_
    expect 2
    says "'08_' means several exercises:"
    says $second
    says_not 07_predict
    exercise
    expect 2
    says "Usage:"
    exercise jump
    expect 2
    says "no command is called 'jump'"
    exercise check --seed 12x $first
    expect 2
    says "--seed: '12x'"
    exercise check
    expect 2
    says "no exercise is started in exercises"
    exercise hint $first
    expect 2
    says "not started"
}

runner_start() {
    exercise start 08_complete
    expect 0
    prints "Started: exercises/$first/"
    cmp "exercises/$first/vector_sum.cl" "$given/$first/starter/vector_sum.cl" || fail "no copy"
    echo "my work" >>"exercises/$first/vector_sum.cl"
    exercise start 08_complete
    expect 2
    says "is there already"
    grep -q "my work" "exercises/$first/vector_sum.cl" || fail "start overwrote the learner's work"
    for folder in "$HC_SOURCE/recipes" "$HC_SOURCE/recipes/08_opencl_application/mine" "$HC_SOURCE" \
        "$HC_SOURCE/kernels"; do
        exercise start 08_complete --dir "$folder"
        expect 2
        says "belongs to the cookbook"
    done
    [ ! -e "$HC_SOURCE/recipes/08_opencl_application/mine" ] || fail "a folder was made in recipes/"
}

runner_unwritable() {
    exercise start 08_complete --dir /proc/self/learner
    expect 3
    says "cannot make the folder /proc/self/learner"
    echo file >plain
    exercise start 08_complete --dir plain
    expect 3
    says "plain"
}

runner_elsewhere() {
    mkdir -p "a place with spaces" deeper
    cd deeper || exit 1
    HC_EXERCISES="../a place with spaces/mine"
    export HC_EXERCISES
    exercise start 08_complete
    expect 0
    cp "$given/$first/solution/vector_sum.cl" "$HC_EXERCISES/$first/"
    exercise check 08_complete
    expect 0
    prints "$first: PASSED"
    exercise start 08_find
    cp "$given/$second/solution/"* "$HC_EXERCISES/$second/"
    exercise check 08_find
    expect 0
    exercise list
    prints passed
}

runner_first_failure() {
    exercise start $first
    exercise check $first
    expect 1
    prints "it is meant to fail: nothing is broken on your machine"
    echo "// looked at" >>"exercises/$first/vector_sum.cl"
    exercise check $first
    expect 1
    prints_not "meant to fail"
    prints "Stuck? ./cook exercise hint $first"
}

runner_seed() {
    kernel 'if (i < n) z[i] = x[i];'
    exercise check $first
    expect 1
    seed=$(sed -n 's/.*--seed \([0-9]*\) gives.*/\1/p' "$work/out")
    shown=$(grep 'n = 257' "$work/out")
    exercise check $first
    prints_not "--seed $seed gives"
    prints_not "$shown"
    exercise check $first --seed "$seed"
    prints "--seed $seed gives"
    prints "$shown"
}

runner_hints() {
    exercise start $first
    for number in 1 2 3; do
        exercise hint $first
        expect 0
        prints "Hint $number of 3:"
    done
    exercise hint $first
    prints "Hint 3 of 3:"
    prints "That was the last one."
}

runner_reset() {
    kernel "$right"
    for number in 1 2; do
        exercise reset $first
        expect 0
        prints "Your work so far: exercises/$first.backup-$number/"
        cmp "exercises/$first/vector_sum.cl" "$given/$first/starter/vector_sum.cl" || fail "not reset"
    done
    grep -q "z\[i\] = x\[i\] + y\[i\]" "exercises/$first.backup-1/vector_sum.cl" || fail "no backup"
}

runner_solution() {
    kernel "$right"
    exercise solution $first
    expect 1
    says "shown after you have passed"
    prints_nothing
    exercise solution $first --yes
    expect 0
    prints "z[i] = x[i] + y[i]"
    exercise check $first
    expect 0
    exercise solution $first
    expect 0
    prints "==> vector_sum.cl <=="
}

# The kernel deleted, emptied, or without its name: none of them may pass.
runner_kernel_gone() {
    exercise start $first
    rm "exercises/$first/vector_sum.cl"
    exercise check $first
    expect 1
    prints "The file vector_sum.cl is missing"
    : >"exercises/$first/vector_sum.cl"
    exercise check $first
    expect 4
    prints "no kernel 'vector_sum' in the program"
    exercise start $second
    rm "exercises/$second/main.c"
    exercise check $second
    expect 1
    prints "The file main.c is missing"
}

runner_kernel_log() {
    kernel 'if (i < n) z[i] = x[i] + y[j];'
    exercise check $first
    expect 4
    prints "The kernel does not compile"
    prints "vector_sum.cl:3:"
    prints_not tempfile
}

runner_compiler_log() {
    exercise start $second
    printf 'int broken(void) { return nothing; }\n' >>"exercises/$second/main.c"
    exercise check $second
    expect 4
    prints "The program does not compile"
    line=$(grep -n broken "exercises/$second/main.c" | cut -d : -f 1)
    prints "main.c:$line:"
    prints "undeclared" # gcc: 'nothing' undeclared; clang: undeclared identifier 'nothing'
    prints "'nothing'"
    prints_not "FAILED:"
}

runner_printf_is_allowed() {
    kernel "$right"' if (i == 0) printf("x[0] = %%d {\\n", (int)x[0]);'
    sed -i 's/%%/%/' "exercises/$first/vector_sum.cl"
    exercise check $first
    expect 0
}

runner_looping_kernel() {
    # shellcheck disable=SC2016
    kernel "$right"' for (volatile int k = 0;;) k++;'
    exercise check $first --seconds 3
    expect 1
    prints "it did not end within 3 s and was stopped: does every loop come to an end?"
    exercise check $first --seconds 3 --json
    expect 1
    prints '"status":"timeout"'
    prints '"status":"not run"'
}

# kernels_running - is a program running with the kernels of this test's check?
kernels_running() {
    owner=$(grep -lx "$(pwd -P)/exercises/$first" "$HC_BUILD"/exercise/work/*/learner 2>/dev/null) || return 1
    for process in /proc/[0-9]*; do
        tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -qF "bin/08_opencl_application" &&
            tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -qF "${owner%/learner}/kernels" && return
    done 2>/dev/null
    return 1
}

# Ctrl-C in a check: 130, and nothing goes on running.
runner_interrupted() {
    kernel 'for (volatile int k = 0;;) k++;'
    "$HC_RUNNER" --root "$HC_SOURCE" --build "$HC_BUILD" check $first --seconds 100 >"$work/out" 2>"$work/err" &
    pid=$!
    ran="check, interrupted" tries=0
    until kernels_running; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || fail "the check did not start"
        sleep 0.2
    done
    kill -INT $pid
    wait $pid || rc=$?
    expect 130
    tries=0
    while kernels_running; do
        tries=$((tries + 1))
        [ $tries -lt 25 ] || fail "the kernel goes on running"
        sleep 0.2
    done
}

runner_looping_program() {
    exercise start $second
    printf '#include <stdio.h>\nint main(void) { for (;;) { } }\n' >"exercises/$second/main.c"
    exercise check $second --seconds 2
    expect 1
    prints "it did not end within 2 s"
}

runner_crashing_kernel() {
    kernel "$right"' z[i * 100000000] = 0;'
    exercise check $first
    expect 1
    prints "it crashed: memory outside an array was touched"
    command -v oclgrind >/dev/null || return 0
    prints "oclgrind: work-item 1 writes outside every array, in line 3 of vector_sum.cl"
}

runner_crashing_program() {
    exercise start $second
    printf '#include <stdlib.h>\nint main(void) { abort(); }\n' >"exercises/$second/main.c"
    exercise check $second
    expect 1
    prints "it crashed (Aborted)"
}

runner_flood() {
    exercise start $second
    printf '#include <stdio.h>\nint main(void) { for (;;) puts("a line that never ends"); }\n' \
        >"exercises/$second/main.c"
    exercise check $second
    expect 1
    prints "it printed more than 1 MiB and was stopped"
    prints "[...]"
    [ "$(wc -c <"$work/out")" -lt 4000 ] || fail "the flood was not truncated"
}

# A program that writes no result, or says it is right, is not believed.
runner_nothing_done() {
    exercise start $second
    printf 'int main(void) { return 0; }\n' >"exercises/$second/main.c"
    exercise check $second
    expect 1
    prints "no result was written"
}

runner_races() {
    need_oclgrind
    kernel 'if (i < n) { z[0] = x[i]; z[i] = x[i] + y[i]; }'
    exercise check $first
    expect 1
    prints "oclgrind: work-item"
    prints "A data race: the result depends on who comes"
}

runner_uninitialised() {
    need_oclgrind
    kernel 'T a; if (i == n) a = 0; if (i < n) z[i] = a;'
    exercise check $first
    expect 1
    prints "uses a value that was never set, in line 3 of vector_sum.cl"
}

runner_divergence() {
    need_oclgrind
    kernel "$right"' if (i < 3) barrier(CLK_LOCAL_MEM_FENCE);'
    exercise check $first
    expect 1
    prints "must reach a barrier"
}

# A kernel in CUDA C, compiled by clang alone: right, then with a write outside that spoils nothing, then with
# a name that is not declared.
runner_cuda() {
    command -v clang >/dev/null || skip "clang is not installed"
    HC_CUDA_COMPILER=clang
    export HC_CUDA_COMPILER
    name=05_find_the_defect
    exercise start $name
    expect 0
    cp "$HC_SOURCE/recipes/05_cuda_program/exercises/$name/solution/double_matrix.cu" exercises/$name/
    exercise check $name
    expect 0
    prints "$name: PASSED"
    prints_not "left out"
    sed -i 's/i < m && j < n/j < n/' exercises/$name/double_matrix.cu
    exercise check $name
    expect 1
    prints "cusim: invalid global read of 4 bytes, at kernel double_matrix, double_matrix.cu:8"
    prints "by thread (0,5,0) of block (0,0,0)"
    prints_not "(1,5,0)"
    sed -i 's/\*= 2;/*= two;/' exercises/$name/double_matrix.cu
    exercise check $name
    expect 4
    prints "The kernel does not compile"
    prints "double_matrix.cu:8:"
    prints "'two'"
}

# With a PATH that has what a check needs, but not oclgrind.
runner_without_oclgrind() {
    mkdir programs
    for program in cmake ctest ninja cc gcc c++ ld as ar ranlib sh uname git env rm ccache; do
        path=$(command -v $program) && ln -s "$path" programs/
    done
    kernel "$right"
    exercise start 08_off_by_one
    cp "$given/08_off_by_one/solution/vector_sum.cl" exercises/08_off_by_one/
    exercise check $first # prepares what is shared, with all programs
    expect 0
    blind() { run env "PATH=$work/programs" "$HC_RUNNER" --root "$HC_SOURCE" --build "$HC_BUILD" "$@"; }
    blind check $first
    expect 0
    prints "Note: 6 of 30 cases were left out: oclgrind is not installed."
    blind check 08_off_by_one
    expect 77
    prints "This cannot be checked here: oclgrind is not installed"
    kernel 'if (i < n) z[i] = x[i];' # what is wrong without it is still wrong
    blind check $first
    expect 1
}

runner_answers() {
    exercise start 07_predict
    file=exercises/07_predict_the_limits/answers.txt
    sed -i 's/^groups = .*/groups = sixteen/; /^idle/d; s/^work_items = ?/  work_items=1024/' $file
    exercise check 07_predict
    expect 1
    prints "groups = sixteen is not a whole number"
    prints "idle has no line in the file"
    prints "global_id is not answered yet"
    prints_not "work_items"
    exercise check 07_predict --junit /nowhere/grades.xml
    expect 3
    says "cannot write /nowhere/grades.xml"
}

runner_json() {
    need_validator
    kernel 'if (i + 1 < n) z[i] = x[i] + y[i];'
    exercise start $second
    exercise start 07_predict
    exercise check --json --junit grades.xml
    expect 1
    prints "look at the guard"
    cp "$work/out" all.json
    printf 'int main(void) { return nothing; }\n' >"exercises/$second/main.c"
    exercise check 08_find --json --junit broken.xml
    expect 4
    for file in all.json "$work/out"; do
        [ "$(wc -l <"$file")" -eq 1 ] || fail "not one line"
        validate "$file" common/tools/exercise/check.schema.json || fail "$(cat "$work/valid")"
    done
    for file in grades.xml broken.xml; do
        /usr/bin/python3 - $file >xml 2>&1 <<'END' || fail "$(cat xml)"
import sys
import xml.etree.ElementTree as tree
for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
    cases = list(suite.iter("testcase"))
    assert int(suite.get("tests")) == len(cases), "tests"
    for kind in ("failure", "error", "skipped"):
        count = len([case for case in cases if case.find(kind) is not None])
        name = {"failure": "failures", "error": "errors", "skipped": "skipped"}[kind]
        assert int(suite.get(name)) == count, (name, suite.get(name), count)
    assert cases[0].get("name") == "verdict" and cases[0].find("failure").get("message")
END
    done
    grep -q 'testsuite name="07_predict_the_limits"' grades.xml || fail "an exercise is missing"
}

# The students' archive: complete, usable, and without anything that gives the answer away.
runner_archive() {
    kernel "$right"
    exercise archive "$work/class.tar.gz"
    expect 0
    exercise archive /nowhere/class.tar.gz
    expect 2
    tar -tzf class.tar.gz >names || fail "not an archive"
    top=heterogeneous_computing_cookbook
    for name in cook recipes/08_opencl_application/exercises/$first/starter/vector_sum.cl; do
        grep -qx "$top/$name" names || fail "$name is missing"
    done
    if grep -nE '/exercises/[^/]*/(solution|wrong)|/\.git/|/build/|/tests/exercises/' names; then
        fail "the archive gives away more than it should"
    fi
    tar -xzf class.tar.gz
    run "$HC_RUNNER" --root "$work/$top" --build "$work/build" solution $first --yes
    expect 77
    says "came without solutions"
    run "$HC_RUNNER" --root "$work/$top" --build "$work/build" check $first
    expect 0
}

# An exercise that does not bring its proof is refused, whatever is missing.
runner_unproven() {
    home=$work/root/recipes/99_fixture/exercises
    mkdir -p "$home"
    cp -r "$given/$first" "$home/99_fixture"
    json=$home/99_fixture/exercise.json
    sed -i "s/$first/99_fixture/" "$json"
    cp -r "$home/99_fixture" "$work/whole"
    proof() { run "$HC_RUNNER" --root "$work/root" --build "$HC_BUILD" prove 99_fixture complete; }
    proof
    expect 0
    again() { rm -rf "$home/99_fixture" && cp -r "$work/whole" "$home/99_fixture"; }
    refused() {
        proof
        expect 1
        says "99_fixture is not proven: $1"
        again
    }
    rm -r "$home/99_fixture/solution"
    refused "a file is missing from solution/"
    rm -r "$home/99_fixture/wrong/2_one_input_twice"
    refused "the folder wrong/2_one_input_twice is missing"
    mkdir "$home/99_fixture/wrong/9_new"
    refused "wrong/9_new has no entry in exercise.json"
    sed -i '/one_case_only/d; s/enough bits",/enough bits"/' "$json"
    refused "no wrong solution is marked one_case_only"
    sed -i 's/"wrong": \[/"ignored": [/' "$json"
    refused "it has less than three wrong solutions"
    rm "$home/99_fixture/task.md"
    refused "task.md is missing"
    sed -i '/starter_fails_because/d' "$json"
    proof
    expect 2
    says "exercise.json: starter_fails_because"
}

# The proof itself can fail: a starter that passes, a solution that does not, a wrong one that is right,
# and one that fails for another reason than stated.
runner_unsolved_starter() {
    mkdir tree
    (cd "$HC_SOURCE" && tar -cf - --exclude=./build --exclude=./.git common recipes kernels) | tar -xf - -C tree
    there=$work/tree/recipes/08_opencl_application/exercises/$first
    proof() { run "$HC_RUNNER" --root "$work/tree" --build "$work/build" prove $first "$1"; }
    cp "$there/starter/vector_sum.cl" kept.cl
    cp "$there/solution/vector_sum.cl" "$there/starter/"
    proof starter
    expect 1
    says "$first, starter: expected it to fail"
    cp kept.cl "$there/starter/vector_sum.cl"
    cp "$there/solution/vector_sum.cl" "$there/wrong/2_one_input_twice/"
    proof wrong_2_one_input_twice
    expect 1
    says "wrong_2_one_input_twice: expected it to fail"
    cp "$there/wrong/1_no_last_element/vector_sum.cl" "$there/wrong/3_short_index/"
    proof wrong_3_short_index
    expect 1
    says "expected Right up to n ="
    cp "$there/wrong/1_no_last_element/vector_sum.cl" "$there/solution/"
    proof solution
    expect 1
    says "expected the solution to pass"
}

"runner_$1"
