#!/bin/sh
# SPDX-License-Identifier: MIT
# new.sh - `./cook new NN_name`: begin a recipe. Makes the program, its kernel in both languages,
# and its chapter, from the texts under new/. What it makes builds, verifies itself and has its
# tests at once; then it is changed, one thing at a time, into what it is to teach.
#
#   new.sh ROOT NN_name
set -u
root=$1
shift

refuse() {
    echo "cook: $*" >&2
    exit 2
}

[ $# -eq 1 ] || refuse "new takes one name, as in: ./cook new 90_my_idea"
name=$1
case $name in
*[!a-z0-9_]* | *__* | *_) bad=yes ;;
[0-9][0-9]_[a-z]*) bad= ;;
*) bad=yes ;;
esac
[ -z "$bad" ] || refuse "'$name' is no recipe name: two digits, _, small letters, digits, single _"
number=${name%%_*}
for other in "$root/recipes/${number}"_*; do
    [ ! -e "$other" ] || refuse "number $number is taken: recipes/$(basename "$other")"
done

# The kernel is called as the recipe is; a single word could be a word of OpenCL C, as "max" is.
kernel=${name#*_}
case $kernel in *_*) ;; *) kernel=${kernel}_kernel ;; esac
words=$(printf '%s' "${name#*_}" | tr _ ' ')
first=$(printf '%s' "$words" | cut -c 1 | tr '[:lower:]' '[:upper:]')
title=$first${words#?}
for file in "kernels/$kernel.cl" "kernels/$kernel.cu" "book/$name.md"; do
    [ ! -e "$root/$file" ] || refuse "$file is there already"
done

# make TEMPLATE FILE - write a file from its template.
make() {
    sed -e "s/@NAME@/$name/g" -e "s/@NUMBER@/${number#0}/g" -e "s/@KERNEL@/$kernel/g" \
        -e "s/@TITLE@/$title/g" "$root/common/tools/new/$1" | fill_in >"$root/$2" || exit 3
    echo "$2"
}

# fill_in - put the code into a chapter that its marks name: a whole file, or a region of one, which
# stands between "//> region" and "//< region" and loses its indentation.
fill_in() {
    awk -v root="$root/" '
        { print }
        /^<!-- code / {
            print "```c"
            whole = $4 == "-->"
            inside = whole
            while ((getline line < (root $3)) > 0) {
                if (!whole && line ~ "^ *//< " $4 "$") inside = 0
                if (inside && !(whole && line ~ /SPDX-License-Identifier/)) print substr(line, indent + 1)
                if (!whole && line ~ "^ *//> " $4 "$") { inside = 1; indent = index(line, "/") - 1 }
            }
            close(root $3)
            indent = 0
            print "```"
        }'
}
mkdir -p "$root/recipes/$name" "$root/book" || exit 3
make main.c "recipes/$name/main.c"
make README.md "recipes/$name/README.md"
make CMakeLists.txt "recipes/$name/CMakeLists.txt"
make kernel.cl "kernels/$kernel.cl"
make kernel.cu "kernels/$kernel.cu"
! command -v clang >/dev/null || sh "$root/common/cuda/ptx.sh" --update "$kernel" || exit 3
make chapter.md "book/$name.md"
cat >&2 <<TEXT
cook: made. Now: ./cook run $number, and ./cook test -R $name
cook: then change main.c and the kernels, and put the recipe into README.md: ./cook list --markdown,
cook: and into the book's lists: ./cook book --update
TEXT
