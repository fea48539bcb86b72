#!/bin/sh
# SPDX-License-Identifier: MIT
# new.sh - README says that ./cook new makes a recipe that builds, verifies itself and passes its
# tests. Here that is done in a copy of the checkout, as someone would who adds one.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
if [ ! -e "$HC_SOURCE/.git" ] || ! command -v git >/dev/null; then skip "this is not a git checkout"; fi
copy=$work/checkout
mkdir "$copy"
cd "$HC_SOURCE" || exit 1
git -c "safe.directory=*" ls-files -co --exclude-standard | while read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
done | tar -cf - -T - | tar -xf - -C "$copy"
cd "$copy" || exit 1

for bad in 99 probe 99_Probe 99-probe 99_ 9_probe ../99_x 08_taken; do
    run ./cook new $bad
    expect 2
done
run ./cook new
expect 2
run ./cook new 99_probe
expect 0
for file in recipes/99_probe/main.c recipes/99_probe/README.md recipes/99_probe/CMakeLists.txt \
    book/99_probe.md; do
    [ -s "$file" ] || fail "$file was not made"
done
run ./cook new 99_probe # twice is an error, and changes nothing
expect 2
run ./cook list
expect 0
prints "99_probe"

generator="Unix Makefiles"
command -v ninja >/dev/null && generator=Ninja
run cmake -S "$copy" -B "$work/b" -G "$generator" "-DCMAKE_C_COMPILER=$CC" -DHC_WERROR=ON \
    -DHC_CUSIM=OFF # the recipe is one in OpenCL
expect 0
run cmake --build "$work/b"
expect 0
run "$work/b/bin/99_probe"
expect 0
prints "verified   yes"

# Its own tests, and those that look at the tree; README's table waits for the author. What is
# installed is what was just built: install.tree would build it all once more.
run ctest --test-dir "$work/b" -R '99_probe|^readme\.' -E 'readme\.recipes_table|installed$' \
    --output-on-failure --no-tests=error
expect 0
for variant in recipe.99_probe.pocl recipe.99_probe.schema standalone.99_probe.cmake standalone.99_probe.cc; do
    grep -q "$variant .*Passed" "$work/out" || fail "$variant did not pass"
done
run cmake --install "$work/b" --prefix "$work/installed"
expect 0
run env HC_SOURCE="$copy" sh tests/standalone/standalone.sh installed 99_probe "$work/installed"
expect 0
