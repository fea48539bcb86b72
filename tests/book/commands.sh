#!/bin/sh
# SPDX-License-Identifier: MIT
# commands.sh - types what chapter 8 says, literally and nothing else, in an empty folder: from a clone to a
# solved exercise. Then it takes the solution back, and the same check must fail.
# shellcheck source=tests/lib.sh
. "$HC_SOURCE/tests/lib.sh"
tools=$HC_SOURCE/common/tools/book
command -v git >/dev/null || skip "no git on this machine"
command -v python3 >/dev/null || skip "no python3 on this machine"

# A repository to clone, of the files as they are here, committed or not.
origin=$work/origin
mkdir "$origin"
if (cd "$HC_SOURCE" && git rev-parse --git-dir) >/dev/null 2>&1; then
    (cd "$HC_SOURCE" && git -c core.quotepath=off ls-files -co --exclude-standard | while read -r file; do
        if [ -e "$file" ]; then printf '%s\n' "$file"; fi
    done | tar cf - -T -) | tar xf - -C "$origin" || fail "cannot copy the checkout"
else
    (cd "$HC_SOURCE" && tar cf - --exclude=./build .) | tar xf - -C "$origin" || fail "cannot copy the checkout"
fi
(cd "$origin" && git init -q && git add -A && git -c user.name=test -c user.email=test@example.org commit -q -m test) ||
    fail "cannot make a repository"

python3 -B "$tools/sync.py" --commands first_exercise --root "$HC_SOURCE" >"$work/typed.sh" ||
    fail "chapter 8 has no commands"
for word in 'git clone' './cook run' 'exercise start' 'exercise check'; do
    grep -qF "$word" "$work/typed.sh" || fail "chapter 8 does not type: $word"
done

# As a learner's shell is: nothing is set but what chapter 8 says.
COOKBOOK=$origin
export COOKBOOK
unset HC_BIN HC_LIB HC_SOURCE HC_BUILD HC_SANITIZER CC
cd "$work" || exit 1
run sh typed.sh
expect 0
prints "verified   yes"

cd cookbook || exit 1
run ./cook exercise reset 08_complete_the_kernel
expect 0
run ./cook exercise check 08_complete_the_kernel
expect 1
