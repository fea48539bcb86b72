#!/bin/sh
# SPDX-License-Identifier: MIT
# book.sh - `./cook book`: makes the book of the Markdown in book/, as HTML and EPUB, in build/book.
#
#   book.sh ROOT BUILD_TREE [--update]
#
# First the tests that write the book's output run, and the chapters are compared with sources and output;
# a book that differs is not made. --update writes the blocks that differ anew instead, and makes nothing.
# Sphinx comes from PyPI, pinned, into build/book/venv; or else from the distribution's packages.
# Exit code: 0 made; 1 the chapters differ, or a page is broken; 2 usage; 3 a step failed; 77 no Sphinx.
set -u
root=$1 build=$2
shift 2
tools=$root/common/tools/book
out=$root/build/book
log=$out/book.log
python=/usr/bin/python3
[ -x $python ] || python=python3

say() { printf 'cook: %s\n' "$*" >&2; }

die() { # STATUS MESSAGE
    status=$1
    shift
    say "$*"
    exit "$status"
}

# step WHAT COMMAND... - run it with its output in the log; show the end of that if it fails.
step() {
    what=$1
    shift
    "$@" >"$log" 2>&1 && return
    failed=$?
    tail -n 40 "$log" | sed 's/^/    /' >&2
    say "$what failed (status $failed); the whole output is in $log"
    return $failed
}

mode=--check
case $#/${1-} in
0/) ;;
1/--update) mode=--update ;;
*) die 2 "book takes --update, or nothing" ;;
esac
mkdir -p "$out" || exit 3
command -v "$python" >/dev/null || die 3 "the book needs python3; remedy: ./cook setup book"

# One after the other, since the book shows times.
step "running what the book shows" ctest --test-dir "$build" -R '^book\.output\.' -j 1 --output-on-failure ||
    die 1 "mend that first"
"$python" "$tools/sync.py" $mode --root "$root" --build "$build" || exit 1
[ $mode = --check ] || exit 0

# The pinned Sphinx; made once, and again when requirements.txt changes.
venv=$out/venv
if ! cmp -s "$tools/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    say "making build/book/venv for Sphinx, once"
    if "$python" -m venv "$venv" >"$log" 2>&1 &&
        "$venv/bin/pip" install -q --disable-pip-version-check -r "$tools/requirements.txt" >>"$log" 2>&1; then
        cp "$tools/requirements.txt" "$venv/requirements.txt"
    else
        rm -rf "$venv"
    fi
fi
if [ -x "$venv/bin/python" ]; then
    python=$venv/bin/python
elif ! "$python" -c 'import sphinx, myst_parser, furo, sphinx_copybutton' 2>/dev/null; then
    echo "skipped: no Sphinx: PyPI cannot be reached (see $log), and the packages are missing; remedy: ./cook setup book"
    exit 77
fi

# Warnings are errors. Each format has its own folder for what it has read, since they read differently.
for format in html epub; do
    rm -rf "${out:?}/$format"
    PYTHONDONTWRITEBYTECODE=1 step "making the $format" "$python" -m sphinx -b $format -n -W --keep-going -q -E \
        -d "$out/read-$format" -c "$tools" "$root/book" "$out/$format" || exit 3
done
epub=$out/epub/heterogeneous_computing_cookbook.epub
"$python" "$tools/pages.py" "$out/html" "$epub" "$root/book" "$out/external-links.txt" || exit 1
jar=/usr/share/java/epubcheck.jar
if [ -f $jar ] && command -v java >/dev/null; then
    step "epubcheck" java -jar $jar -q "$epub" || exit 1
    echo "epubcheck: the EPUB is valid"
else
    echo "epubcheck is not installed: the EPUB was not checked (./cook setup book)"
fi
echo "the book: $out/html/index.html"
echo "          $epub"
