#!/bin/sh
# SPDX-License-Identifier: MIT
# nvrtc.sh ROOT yes|no - `./cook setup nvrtc`: NVIDIA's compiler for CUDA C, from NVIDIA's own
# package on PyPI, into build/nvrtc, where the recipes look for it. It is not free software, so its
# licence is named and must be accepted ("yes" if it was on the command line), and nothing but this
# command ever fetches it.
#
# The version is not the newest: PTX of 12.2 is loaded by every driver since 535, which Debian 12
# has; a newer one's is refused. (For arm64, 12.4 is the first.) pip compares the file with the hash
# that stands here.
set -u
root=$1 yes=$2
say() { printf 'cook: %s\n' "$*" >&2; }
die() {
    status=$1
    shift
    say "$*"
    exit "$status"
}

case $(uname -m) in
x86_64)
    version=12.2.140 megabytes=23
    hash=b1cdcae6443cb7cdcfb5d1bf51896a148c9f82f9e65b27db9ab095eaed689aa7
    ;;
aarch64)
    version=12.4.127 megabytes=24
    hash=0eedf14185e04b76aa05b1fea04133e59f465b6f960c0cbf4e37c3cb6b0ea198
    ;;
*) die 77 "NVIDIA has no NVRTC for $(uname -m) on PyPI; kernels are compiled by clang" ;;
esac
place=$root/build/nvrtc
if [ "$(cat "$place/version" 2>/dev/null)" = "$version" ]; then
    say "NVRTC $version is in $place"
    exit 0
fi
say "NVRTC $version is NVIDIA's, not free software. Its licence, the CUDA Toolkit End User License"
say "Agreement: https://docs.nvidia.com/cuda/eula/. $megabytes MB come from PyPI into $place."
if [ "$yes" != yes ]; then
    [ -t 0 ] || die 3 "to accept the licence without a terminal: ./cook --yes setup nvrtc"
    printf 'cook: do you accept the licence? [y/N] ' >&2
    read -r answer
    case $answer in
    [yY]*) ;;
    *) die 3 "nothing was fetched; kernels are compiled by clang" ;;
    esac
fi
python=$(command -v /usr/bin/python3 || command -v python3) || die 3 "python3 is not in PATH"
rm -rf "$place"
mkdir -p "$place/new" || die 3 "cannot write to $place"
printf 'nvidia-cuda-nvrtc-cu12==%s --hash=sha256:%s\n' "$version" "$hash" >"$place/new/pinned"
"$python" -m venv "$place/new/venv" >&2 || die 3 "remedy: ./cook setup nvrtc installs python3-venv"
"$place/new/venv/bin/python" -m pip -q --disable-pip-version-check download --no-deps \
    --only-binary=:all: --require-hashes -r "$place/new/pinned" -d "$place/new" >&2 ||
    die 3 "NVRTC was not fetched: is the network there? (A file with another hash is refused.)"
"$python" -m zipfile -e "$place"/new/nvidia_cuda_nvrtc_cu12-*.whl "$place" >&2 ||
    die 3 "NVRTC was not unpacked: is the disk full?"
rm -rf "$place/new"
echo "$version" >"$place/version"
say "NVRTC $version is in $place, with NVIDIA's licence beside it"
