#!/bin/sh
# SPDX-License-Identifier: MIT
# list.sh - `./cook list`: the recipes, read from the hc_add_recipe call of each CMakeLists.txt there,
# and from recipes/checked.tsv, which says where each was last checked. Works before any build.
#
#   list.sh ROOT [--json | --markdown]
# --markdown prints the recipe table of README.md.
set -u
root=$1
form=${2-}
if [ $# -gt 2 ]; then form=several; fi
case $form in
'' | --json | --markdown) ;;
*)
    echo "cook: list takes --json or --markdown, or nothing" >&2
    exit 2
    ;;
esac
checked=$root/recipes/checked.tsv
[ -f "$checked" ] || checked=/dev/null

awk -v form="$form" '
function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
function stars(n, star,    text) { while (n-- > 0) text = text star; return text }
# Where recipe r was checked: devices joined for people, those of kind "gpu" apart from the others;
# objects for JSON, all of them.
function where(r, gpu,    i, text, sep) {
    for (i = 1; i <= checks; i++) {
        if (of[i] != r || (form != "--json" && (kind[i] == "gpu") != gpu)) continue
        if (form == "--json")
            text = text sep "{\"device\": " quoted(device[i]) ", \"kind\": " quoted(kind[i]) \
                ", \"date\": " quoted(date[i]) ", \"commit\": " quoted(commit[i]) "}"
        else text = text sep device[i] " (" kind[i] "), " date[i]
        sep = form == "--json" ? ", " : "; "
    }
    return text
}
function value() {
    sub(/^[ \t]*[A-Z]+[ \t]+/, ""); sub(/\)?[ \t]*$/, ""); gsub(/^"|"$/, "")
    return $0
}

function place(r, gpu,    text) { text = where(r, gpu); return text == "" ? "never" : text }

FILENAME ~ /checked\.tsv$/ || FILENAME == "/dev/null" {
    if ($0 ~ /^#/ || split($0, cell, "\t") < 5 || cell[1] == "recipe") next
    checks++; of[checks] = cell[1]; device[checks] = cell[2]; kind[checks] = cell[3]
    date[checks] = cell[4]; commit[checks] = cell[5]
    next
}
/^hc_add_recipe\(/ { n++; name[n] = $1; sub(/.*\(/, "", name[n]); next }
$1 == "TITLE" { title[n] = value() }
$1 == "APIS" { apis[n] = value(); gsub(/ +/, ", ", apis[n]) }
$1 == "DIFFICULTY" { difficulty[n] = value() }
$1 == "MINUTES" { minutes[n] = value() }

END {
    if (form == "--markdown") {
        print "| | recipe | APIs | level | minutes | checked on a GPU | checked without one |"
        print "|---|---|---|---|---|---|---|"
        for (i = 1; i <= n; i++)
            printf "| %d | [%s](recipes/%s/) | %s | %s | %s | %s | %s |\n", name[i] + 0, title[i],
                name[i], apis[i], stars(difficulty[i], "★"), minutes[i], place(name[i], 1),
                place(name[i], 0)
    } else if (form == "--json") {
        printf "["
        for (i = 1; i <= n; i++) {
            split(apis[i], api, ", ")
            list = ""
            for (j = 1; j in api; j++) list = list (j > 1 ? ", " : "") quoted(api[j])
            printf("%s\n  {\"number\": %d, \"name\": %s, \"title\": %s, \"apis\": [%s], ",
                i > 1 ? "," : "", name[i] + 0, quoted(name[i]), quoted(title[i]), list)
            printf("\"difficulty\": %d, \"minutes\": %d, \"checked\": [%s]}",
                difficulty[i], minutes[i], where(name[i], 0))
            split("", api)
        }
        print "\n]"
    } else {
        for (i = 1; i <= n; i++) {
            if (length(name[i]) > wide) wide = length(name[i])
            if (length(title[i]) > broad) broad = length(title[i])
            if (length(apis[i]) > most) most = length(apis[i])
        }
        if (most < 4) most = 4
        line = "%-" wide + 2 "s%-" broad + 2 "s%-" most + 2 "s%-6s%7s  %s\n"
        printf line, "recipe", "title", "APIs", "level", "minutes", "checked on a GPU; without one"
        for (i = 1; i <= n; i++)
            printf line, name[i], title[i], apis[i], stars(difficulty[i], "*"), minutes[i],
                place(name[i], 1) "; " place(name[i], 0)
    }
}' "$checked" "$root"/recipes/[0-9]*_*/CMakeLists.txt
