# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# diff.sh - `./cook diff NAME`: the twins of a kernel, CUDA C to the left and OpenCL C beside it, and
# the C reference of the recipe that checks it, so that the lines that differ are the lesson. Read by
# cook, whose functions and variables it uses.
# shellcheck disable=SC2154

# kernels NAME - the kernel of that name, or the kernels that a recipe loads.
kernels() {
    if [ -f "$root/kernels/$1.cl" ] && [ -f "$root/kernels/$1.cu" ]; then
        printf '%s\n' "$1"
        return
    fi
    folder=$(recipe "$1" 2>/dev/null) || return
    sed -n 's|.*hc_load_kernel("\([a-z0-9_]*\)\.c[lu]".*|\1|p' "$root/recipes/$folder"/*.c |
        awk '!seen[$0]++'
}

[ $# -eq 1 ] || die 2 "diff takes one name: a kernel, or a recipe that has kernels"
names=$(kernels "$1")
[ -n "$names" ] || {
    say "no kernel, and no recipe with a kernel, is called '$1'. Kernels:"
    for file in "$root"/kernels/*.cu; do
        [ -f "$file" ] && basename "$file" .cu | sed 's/^/    /' >&2
    done
    exit 2
}
width=${COLUMNS:-$({ stty size </dev/tty; } 2>/dev/null | cut -d ' ' -f 2)}
[ "${width:-0}" -ge 40 ] 2>/dev/null || width=200 # no terminal: wide enough for two columns of 100
for name in $names; do
    # The reference: region "reference" of the recipe that computes the same, by a function of that name.
    reference=
    for file in "$root"/recipes/*/main.c; do
        region=$(sed -n '/^ *\/\/> reference/,/^ *\/\/< reference/{/^ *\/\/[<>]/d;p;}' "$file" | grep -v '^/\*.*\*/$')
        case $region in *" $name("*) reference=$region ;; esac
    done
    case $reference in
    *" $name("*) set -- "CUDA C: $name.cu|OpenCL C: $name.cl|C: the reference" - ;;
    *) set -- "CUDA C: $name.cu|OpenCL C: $name.cl" ;;
    esac
    printf '%s\n' "$reference" | awk -v width="$width" -v titles="$1" -f "$tools/columns.awk" \
        "$root/kernels/$name.cu" "$root/kernels/$name.cl" ${2:+"$2"}
done
