#!/bin/sh
# SPDX-License-Identifier: MIT
# standalone.sh cmake|cc|installed RECIPE PREFIX, or install all PREFIX RECIPE... - is each recipe a
# program of its own? With the compiler of this build, in folders outside of the tree.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
way=$1 recipe=$2 prefix=$3
generator="Unix Makefiles"
command -v ninja >/dev/null && generator=Ninja

# build FROM INTO OPTIONS - configure and build with CMake, in INTO.
build() {
    from=$1 into=$2
    shift 2
    run cmake -S "$from" -B "$into" -G "$generator" "-DCMAKE_C_COMPILER=$CC" "$@"
    expect 0
    run cmake --build "$into"
    expect 0
    ! grep -i 'warning:' "$work/out" || fail "the compiler warns"
}

# works PROGRAM - it runs, from another working directory, and does not find its answer wrong.
works() {
    mkdir -p "$work/elsewhere" && cd "$work/elsewhere" || exit 1 # a recipe may leave a picture there
    run "$1" -n "$(shape "$1" 1000)"
    expect 0
    says_nothing
    prints_not "verified   NO"
    cd "$work" || exit 1
}

# uses_kernels_of DIR PROGRAM - spoil the kernel there, see the program notice, and mend it.
uses_kernels_of() {
    cp "$1/vector_sum.cl" "$work/vector_sum.cl"
    sed 's/x\[i\] + y\[i\];/x[i] - y[i];/' "$work/vector_sum.cl" >"$1/vector_sum.cl"
    run "$2" -n 1000
    cp "$work/vector_sum.cl" "$1/vector_sum.cl"
    expect 1
}

cd "$work" || exit 1
case $way in
cmake)
    build "$HC_SOURCE/recipes/$recipe" "$work/b"
    works "$work/b/bin/$recipe"
    ;;
cc)
    readme=$HC_SOURCE/recipes/$recipe/README.md
    [ -f "$readme" ] || fail "$readme is missing"
    line=$(grep '^cc ' "$readme") || fail "$readme has no line that begins with 'cc '"
    [ "$(echo "$line" | wc -l)" -eq 1 ] || fail "$readme has more than one line that begins with 'cc '"
    # The recipe's folder in its place beside common/ and kernels/, so that nothing lands in the
    # tree.
    mkdir -p "$work/tree/recipes" "$work/path"
    cp -r "$HC_SOURCE/recipes/$recipe" "$work/tree/recipes"
    ln -s "$HC_SOURCE/common" "$work/tree/common"
    ln -s "$HC_SOURCE/kernels" "$work/tree/kernels"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$CC" >"$work/path/cc"
    chmod +x "$work/path/cc"
    cd "$work/tree/recipes/$recipe" || exit 1
    run env "PATH=$work/path:$PATH" sh -c "$line"
    expect 0
    says_nothing # no warning either
    program=$(find "$PWD" -type f -perm -u+x -newer "$work/path/cc" | head -n 1)
    [ -n "$program" ] || fail "no program came out of: $line"
    works "$program"
    ;;
install)
    # From a copy that is gone afterwards: what is installed must not need the tree it came from.
    mkdir "$work/copy"
    for part in CMakeLists.txt README.md LICENSE common recipes kernels; do
        [ -e "$HC_SOURCE/$part" ] || fail "$part is missing"
        cp -rL "$HC_SOURCE/$part" "$work/copy/$part"
    done
    # cusim, which takes longest to compile, is installed as this build has it, as a component of its own.
    cusim=OFF
    [ "$HC_SANITIZER" = none ] || cusim=ON
    build "$work/copy" "$work/copy/build" -DHC_TESTS=OFF -DHC_CUSIM=$cusim -DCMAKE_BUILD_TYPE=Release
    rm -rf "$prefix"
    if [ $cusim = OFF ]; then
        run cmake --install "$HC_BUILD" --component cusim --prefix "$prefix"
        expect 0
        [ -n "$(find "$prefix" -name libcuda.so.1)" ] || fail "the component cusim has no libcuda.so.1"
        ! find "$prefix" -type f ! -name 'libcuda.so*' | grep . || fail "the component cusim has more than cusim"
    fi
    run cmake --install "$work/copy/build" --prefix "$prefix"
    expect 0
    rm -rf "$work/copy"
    for file in include/hc/hc.h include/hc/hc_cl.h share/hc/result.schema.json share/hc/kernels/philox.h \
        share/hc/kernels/vector_sum.cl share/hc/kernels/vector_sum.cu; do
        [ -f "$prefix/$file" ] || fail "$file is not installed"
    done
    for file in libhc.a hcConfig.cmake hcConfigVersion.cmake recipe.cmake; do
        [ -n "$(find "$prefix" -name $file)" ] || fail "$file is not installed"
    done
    [ -z "$(find "$prefix/include" -name internal.h)" ] || fail "internal.h is installed, though no recipe may use it"
    shift 3
    for recipe in "$@"; do
        [ -f "$prefix/share/hc/recipes/$recipe/main.c" ] || fail "recipe $recipe is not installed"
        works "$prefix/bin/$recipe"
    done
    program=$prefix/bin/08_opencl_application
    [ ! -x "$program" ] || uses_kernels_of "$prefix/share/hc/kernels" "$program"
    ;;
installed)
    cp -r "$prefix/share/hc/recipes/$recipe" "$work/$recipe"
    build "$work/$recipe" "$work/b" "-DCMAKE_PREFIX_PATH=$prefix"
    works "$work/b/bin/$recipe"
    [ "$recipe" != 08_opencl_application ] || uses_kernels_of "$prefix/share/hc/kernels" "$work/b/bin/$recipe"
    ;;
esac
