#!/bin/sh
# SPDX-License-Identifier: MIT
# selftest.sh JIT_CORPUS - the comparison with Numba must be able to fail: in a corpus of six
# calls, each is spoilt in turn, and has to be reported.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
compare=$1

cat >"$work/small.py" <<'END'
from numba import guvectorize, njit, vectorize


@njit
def half(a):
    return a / 2


@njit
def floor(a, b):
    return a // b


@njit
def bump(x):
    x[0] += 1


@vectorize
def twice(x):
    return x + x


@guvectorize(["int8[:], int8[:], int16[:]"], "(n)->(n),()")
def copy_and_sum(x, y, s):
    s[0] = 0
    for i in range(len(x)):
        y[i] = x[i]
        s[0] += x[i]
END
cat >"$work/good.json" <<'END'
{"cases": [
{"function":"half","args":["int64:3"],"results":["float64:3ff8000000000000"]},
{"function":"floor","args":["int64:7","int64:0"],"raises":"ZeroDivisionError"},
{"function":"bump","args":["int64:7"],"refused":true},
{"function":"bump","args":[{"kind":"int8","shape":[2],"order":"C","data":"0102"}],"results":[],
"after":["0202"]},
{"function":"twice","args":[{"kind":"float32","shape":[1,2],"order":"C","data":"0000803f00000040"}],
"arrays":[{"kind":"float32","shape":[1,2],"order":"C","data":"0000004000008040"}]},
{"function":"copy_and_sum","args":[{"kind":"int8","shape":[2,2],"order":"C","data":"01020304"}],
"arrays":[{"kind":"int8","shape":[2,2],"order":"C","data":"01020304"},{"kind":"int16","shape":[2],"order":"C","data":"03000700"}]}
]}
END

# spoil PATTERN - the corpus with one thing changed is reported once.
spoil() {
    sed "$1" "$work/good.json" >"$work/small.json"
    ! cmp -s "$work/good.json" "$work/small.json" || fail "nothing matches $1"
    run "$compare" "$work" small
    [ "$rc" -ne 77 ] || skip "no LLVM in this build"
    expect 1
    prints "6 compared, 1 wrong"
}

spoil 's/3ff8/3ff9/'                          # another value
spoil 's/"float64:3ff8000000000000"/"int64:1"/' # another type
spoil 's/:\["float64:3ff8000000000000"\]/:[]/'  # no result
spoil 's/ZeroDivision/Value/'                 # another exception
spoil 's/"raises":"ZeroDivisionError"/"results":["int64:0"]/'
spoil 's/"refused":true/"results":[]/'
spoil 's/"after":\["0202"\]/"after":["0201"]/' # another array
spoil 's/"after":\["0202"\]/"other":1/'
spoil 's/8040"/4040"/'                         # another element
spoil '/"arrays"/s/\[1,2\]/[2,1]/'               # another shape
spoil '/"arrays"/s/float32/int32/'
spoil 's/03000700/03000600/'                    # an element of a second result
spoil 's/"int16","shape":\[2\]/"int16","shape":[1,2]/'
spoil 's/,{"kind":"int16".*}\]/]/'              # a result less than there are
cp "$work/good.json" "$work/small.json"
run "$compare" "$work" small
expect 0
prints "6 compared, 0 wrong"
