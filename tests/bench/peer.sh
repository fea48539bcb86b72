#!/bin/sh
# SPDX-License-Identifier: MIT
# peer.sh BENCH - the PyOpenCL peer without a network: what is said when its environment cannot be
# made, and, with stand-ins for Python, that a wrong or failing peer is never timed. The stand-ins
# answer at once, so that no figure here means anything.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$1
[ -x "$HC_BIN/08_opencl_application" ] || skip "recipe 08 is not built"

measure() {
    run "$bench" opencl --json --case opencl.whole_process --size 1000 --rounds 15 \
        --work-dir "$work/bench" --python "$work/python"
}
# stand_in VENV PIP PEER: a Python that makes an environment holding itself; each is a line of shell
stand_in() {
    rm -rf "$work/bench"
    cat >"$work/python" <<EOF
#!/bin/sh
case "\$*" in
*"-m venv"*) for last; do :; done; mkdir -p "\$last/bin"; cp "\$0" "\$last/bin/python"; $1 ;;
*"-m pip"*) $2 ;;
*peer_pyopencl.py*) $3 ;;
*) exit 99 ;;
esac
EOF
    chmod +x "$work/python"
}
device=$("$HC_BIN/08_opencl_application" -n 1 --json |
    sed 's/.*"api":"opencl","name":"\([^"]*\)".*/\1/')
answer="echo '{\"device\": \"$device\", \"pyopencl\": \"1\", \"numpy\": \"2\", \"python\": \"3\"}'"

stand_in 'echo "ensurepip is not available" >&2; exit 1' true "$answer"
measure
expect 77
says "python3 -m venv failed; is python3-venv installed?: ensurepip is not available"

stand_in true 'echo "ERROR: no network" >&2; exit 1' "$answer"
measure
expect 77
says "pip install failed: ERROR: no network"
measure # an unfinished environment is not taken for a finished one
expect 77
says "pip install failed"

stand_in true true "echo 'wrong result' >&2; exit 9"
measure
expect 1 # a peer whose answer is wrong is not skipped
prints '"cases":[]'
says "wrong result"

stand_in true true "echo 'ImportError: no module' >&2; exit 1"
measure
expect 77
says "the PyOpenCL peer failed: ImportError: no module"

stand_in true true "echo '{\"device\": \"another\"}'"
measure
expect 77
says "PyOpenCL has another device at 0:0: 'another', not '$device'"

stand_in true true "$answer"
measure
expect 0
prints '"name":"opencl.whole_process"'
prints '"rounds":15'
prints '"PyOpenCL":"1"'
says "hc_bench: making"
measure # the second time the environment is there
expect 0
says_not "hc_bench: making"

# One that is right when asked, and fails when timed.
stand_in true true "if [ -e '$work/asked' ]; then exit 9; fi; : >'$work/asked'; $answer"
measure
expect 1
says "bin/python ended with exit code 9"
