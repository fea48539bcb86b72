# SPDX-License-Identifier: MIT
# junit.awk - read CTest's JUnit file, name each skipped test with its reason, and end with the line
# "N passed, N failed, N skipped". The reason is the last line that the test printed. Ends with
# status 77 if nothing ran at all: tests that are all skipped prove nothing.

function attribute(line, name,    text) {
    text = line
    if (!sub(".*[ \t]" name "=\"", "", text)) return ""
    sub(/".*/, "", text)
    return text
}

function plain(text) {
    gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text)
    gsub(/&apos;/, "'", text); gsub(/&amp;/, "\\&", text)
    return text
}

function finish() {
    if (test == "") return
    if (state == "run") passed++
    else if (state == "fail") failed++
    else {
        skipped++
        sub(/^skipped: /, "", reason)
        printf "skipped  %s: %s\n", test, reason == "" ? "not run" : plain(reason)
    }
    test = ""
}

/<testcase / {
    finish()
    test = attribute($0, "name")
    state = attribute($0, "status")
    reason = ""
}
/<system-out>/ { inside = 1; sub(/.*<system-out>/, "") }
inside {
    text = $0
    if (sub(/<\/system-out>.*/, "", text)) inside = 0
    if (text ~ /[^ \t]/) reason = text
}
END {
    finish()
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    if (passed + failed == 0) exit 77
}
