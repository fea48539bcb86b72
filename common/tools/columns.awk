# SPDX-License-Identifier: MIT
# columns.awk - files side by side, line by line, long lines folded within their column, so that nothing
# is cut off on a narrow terminal. A bar marks the lines in which the first two files differ. The third
# file, a C reference, is set so that its function stands beside theirs.
#
#   awk -v width=COLUMNS -v titles='A|B|C' -f columns.awk FILE FILE [FILE]

# Take from text[c, row] what fits, at a space if there is one; the rest stays, indented.
function take(c, row,    t, cut) {
    t = text[c, row]
    if (length(t) <= room) { text[c, row] = ""; return t }
    for (cut = room; cut > room / 2 && substr(t, cut, 1) != " "; cut--);
    if (cut <= room / 2) cut = room
    text[c, row] = "        " substr(t, cut + 1)
    return substr(t, 1, cut)
}

FNR == 1 { files++ }
{ text[files, FNR] = $0; if (FNR > rows) rows = FNR }
/__global__|__kernel/ && !start { start = FNR }
files == 3 && /^static/ && !c_start { c_start = FNR }

END {
    room = int((width - 3 * (files - 1)) / files)
    if (files == 3) { # move the reference down to the kernels' first line
        shift = start > c_start ? start - c_start : 0
        for (row = rows; row >= 1; row--) text[3, row + shift] = text[3, row]
        for (row = 1; row <= shift; row++) text[3, row] = ""
        rows += shift
    }
    n = split(titles, title, "|")
    for (c = 1; c <= n; c++) printf "%-*.*s%s", room, room, title[c], c < n ? "   " : "\n"
    for (row = 1; row <= rows; row++) {
        mark = text[1, row] == text[2, row] ? " " : "|"
        do {
            line = sprintf("%-*s %s %-*s", room, take(1, row), mark, room, take(2, row))
            if (files == 3) line = line "   " take(3, row)
            sub(/ +$/, "", line)
            if (line != "" || row < rows) print line
            more = text[1, row] text[2, row] text[3, row]
        } while (more ~ /[^ ]/)
    }
}
