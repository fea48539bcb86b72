#!/bin/sh
# SPDX-License-Identifier: MIT
# tree.sh recipes_table|twins|folders|sizes|selftest - does the tree keep its own rules? The table in
# README is what ./cook list prints; each kernel has its twin in the other language; each recipe has
# its files and its chapter; and nothing has grown beyond what a reader takes in.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
tree=$HC_SOURCE
cd "$tree" || exit 1

# files PATTERN - the files of the checkout that git would keep; without git, those outside build/.
files() {
    if [ -e "$tree/.git" ] && command -v git >/dev/null; then
        git -C "$tree" -c "safe.directory=*" ls-files -co --exclude-standard
    else
        (cd "$tree" && find . -type f ! -path './build/*' | sed 's|^\./||')
    fi | grep -E "$1" | while read -r file; do if [ -f "$tree/$file" ]; then echo "$file"; fi; done
}

recipes_table() {
    run "$tree/cook" list --markdown
    expect 0
    sed -n '/^<!-- recipes -->$/,/^<!-- \/recipes -->$/p' "$tree/README.md" | sed '1d;$d' >"$work/table"
    [ -s "$work/table" ] || fail "README.md has no table between <!-- recipes --> and <!-- /recipes -->"
    cmp -s "$work/out" "$work/table" || {
        diff "$work/table" "$work/out" >"$work/err"
        fail "README.md has another table than: ./cook list --markdown"
    }
    for folder in "$tree"/recipes/[0-9]*/; do
        grep -qF "(recipes/$(basename "$folder")/)" "$work/table" || fail "$folder is not in the table"
    done
}

# entries FILE - the names of its kernels, in order.
entries() { sed -n 's/.*\(__kernel\|__global__\) void \([A-Za-z0-9_]*\)(.*/\2/p' "$1"; }

# names FILE - the names of the arguments of its kernels, in order. A list may take several lines.
names() {
    tr '\n' ' ' <"$1" | sed 's/\(__kernel\|__global__\) void/\n&/g' |
        sed -n 's/^\(__kernel\|__global__\) void [A-Za-z0-9_]*(\([^)]*\)).*/\2/p' |
        tr ',' '\n' | sed 's/.*[ *]\([A-Za-z0-9_]*\) *$/\1/'
}

twins() {
    count=0
    for file in "$tree"/kernels/*.cl "$tree"/kernels/*.cu; do
        [ -f "$file" ] || continue
        case $file in
        *.cl) twin=${file%.cl}.cu ;;
        *) twin=${file%.cu}.cl ;;
        esac
        [ -f "$twin" ] || fail "$file has no twin ${twin##*/}"
        count=$((count + 1))
        [ -n "$(entries "$file")" ] || fail "$file has no kernel"
        [ "$(entries "$file")" = "$(entries "$twin")" ] || fail "$file and its twin name kernels differently"
        [ "$(names "$file")" = "$(names "$twin")" ] || fail "$file and its twin have other arguments"
        [ "$(wc -l <"$file")" -eq "$(wc -l <"$twin")" ] ||
            fail "$file and its twin have other numbers of lines, so diff -y does not align them"
    done
    [ $count -gt 0 ] || fail "no kernels in $tree/kernels"
}

folders() {
    count=0
    for folder in "$tree"/recipes/*/; do
        name=$(basename "$folder")
        echo "$name" | grep -qE '^[0-9]{2}_[a-z][a-z0-9_]*$' || fail "recipes/$name: not NN_name"
        for file in main.c README.md CMakeLists.txt; do
            [ -f "$folder/$file" ] || fail "recipes/$name has no $file"
        done
        [ -f "$tree/book/$name.md" ] || fail "recipe $name has no chapter book/$name.md"
        grep -q "^hc_add_recipe($name\$" "$folder/CMakeLists.txt" || fail "recipes/$name: no hc_add_recipe($name"
        [ "$(grep -c '^cc ' "$folder/README.md")" -eq 1 ] || fail "recipes/$name/README.md: not one cc line"
        count=$((count + 1))
    done
    [ $count -gt 0 ] || fail "no recipes in $tree/recipes"
}

# at_most LIMIT FILE - how long a file may be.
at_most() { [ "$(wc -l <"$tree/$2")" -le "$1" ] || fail "$2 has more than $1 lines"; }

sizes() {
    files '^recipes/[^/]*/main\.c$' >"$work/main"
    [ -s "$work/main" ] || fail "no main.c of any recipe"
    while read -r file; do at_most 150 "$file"; done <"$work/main"
    at_most 300 cook
    files '^common/hc/.*\.[ch]$' >"$work/hc" # error tables (*.def) aside
    total=0
    while read -r file; do total=$((total + $(wc -l <"$tree/$file"))); done <"$work/hc"
    echo "common/hc: $total lines"
    if [ $total -eq 0 ] || [ $total -gt 2000 ]; then fail "common/hc has $total lines, not 1 to 2000"; fi
    files '\.(c|h|cl|cu|py|sh|cmake|def)$' >"$work/all"
    while read -r file; do at_most 1500 "$file"; done <"$work/all"
}

# Each rule is broken in a small tree of its own, and must be reported.
selftest() {
    sample() {
        rm -rf "$work/tree"
        mkdir -p "$work/tree/recipes/12_idea" "$work/tree/kernels" "$work/tree/book" "$work/tree/common/hc"
        tree=$work/tree
        echo '__kernel void a(__global T *z, ulong n) {}' >"$tree/kernels/a.cl"
        echo 'extern "C" __global__ void a(T *z, unsigned long n) {}' >"$tree/kernels/a.cu"
        echo "hc_add_recipe(12_idea" >"$tree/recipes/12_idea/CMakeLists.txt"
        echo "cc main.c" >"$tree/recipes/12_idea/README.md"
        : >"$tree/book/12_idea.md"
        echo "int main(void);" | tee "$tree/recipes/12_idea/main.c" >"$tree/common/hc/hc.h"
        printf '#!/bin/sh\necho "[x](recipes/12_idea/)"\n' >"$tree/cook"
        chmod +x "$tree/cook"
        printf '<!-- recipes -->\n[x](recipes/12_idea/)\n<!-- /recipes -->\n' >"$tree/README.md"
    }
    long() { seq "$1" >"$tree/$2"; }
    breaks() {
        ! (trap - EXIT && "$1") >"$work/report" || { echo "$1 does not report: $2"; exit 1; }
        grep -qF -- "$2" "$work/report" || { echo "$1 does not say: $2" && cat "$work/report"; exit 1; }
        sample
    }
    sample
    for rule in recipes_table twins folders sizes; do $rule; done
    rm "$tree/kernels/a.cu"; breaks twins "has no twin a.cu"
    rm "$tree/kernels/a.cl"; breaks twins "has no twin a.cl"
    sed -i 's/void a/void b/' "$tree/kernels/a.cu"; breaks twins "name kernels differently"
    sed -i 's/long n/long m/' "$tree/kernels/a.cu"; breaks twins "other arguments"
    echo >>"$tree/kernels/a.cu"; breaks twins "other numbers of lines"
    sed -i 's/12/13/' "$tree/README.md"; breaks recipes_table "another table"
    : >"$tree/README.md"; breaks recipes_table "no table"
    mkdir "$tree/recipes/13_new"; breaks recipes_table "13_new/ is not in the table"
    mkdir "$tree/recipes/thirteen"; breaks folders "thirteen: not NN_name"
    rm "$tree/recipes/12_idea/main.c"; breaks folders "12_idea has no main.c"
    rm "$tree/book/12_idea.md"; breaks folders "no chapter"
    : >"$tree/recipes/12_idea/README.md"; breaks folders "not one cc line"
    long 151 recipes/12_idea/main.c; breaks sizes "main.c has more than 150 lines"
    long 2001 common/hc/hc.h; breaks sizes "common/hc has 2001 lines"
    long 1501 kernels/a.cl; breaks sizes "a.cl has more than 1500 lines"
    long 301 cook; breaks sizes "cook has more than 300 lines"
}

"$1"
