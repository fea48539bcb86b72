#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""doctor.py - the chapter on setting up must have every reason and every remedy that ./cook doctor can
give, and why there is no GPU. They are taken from the sources: the texts in each call of
doctor_advise(why, remedy, ...), the remedies in its table of hardware makers, and every text of more
than three words in common/cuda/absent.c. A %s in them stands for any text in the chapter.

    doctor.py           compare the chapter with the doctor, after a test of this comparison itself
    doctor.py --list    print what the doctor can say
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "book/setting_up.md"


def arguments(source, begin):
    """The top-level arguments of the call whose '(' is at begin - 1."""
    depth, found, i, start = 1, [], begin, begin
    while depth:
        if source[i] == '"':
            i = re.compile(r'"(?:\\.|[^"\\])*"').match(source, i).end()
            continue
        depth += (source[i] in "([{") - (source[i] in ")]}")
        if (source[i] == "," and depth == 1) or depth == 0:
            found.append(source[start:i])
            start = i + 1
        i += 1
    return found


def texts(code):
    """String literals in a piece of C, neighbours put together; conditions compare with none of them."""
    code = re.sub(r'"\s*\n\s*"', "", code)
    return [t.replace('\\"', '"') for t in re.findall(r'"((?:\\.|[^"\\])*)"', code) if t.strip("%s") and t]


def blank_comment(match):
    return match.group() if match.group()[0] == '"' else re.sub(r"[^\n]", " ", match.group())


def advice(sources):
    """Pairs (where, text) of all that the doctor can say as a reason or as a remedy."""
    found = []
    for path, source in sources.items():
        source = re.sub(r'"(?:\\.|[^"\\])*"|/\*.*?\*/', blank_comment, source, flags=re.S)
        for call in re.finditer(r"\bdoctor_advise\(", source):
            if source[:call.start()].rstrip().endswith("void"):
                continue
            line = source.count("\n", 0, call.start()) + 1
            for argument in arguments(source, call.end()):
                found += [(f"{path}:{line}", text) for text in texts(argument)]
        for row in re.finditer(r'\{0x[0-9a-f]{4}, "\w+",\s*((?:"(?:\\.|[^"\\])*"\s*)+)\}', source):
            line = source.count("\n", 0, row.start()) + 1
            found += [(f"{path}:{line}", text) for text in texts(row.group(1))]
        if path.endswith("absent.c"):
            for text in texts(source):
                text = text.removesuffix(": %s")
                if text.count(" ") > 2:
                    found.append((path, text.strip()))
    return found


def missing(sources, chapter):
    plain = re.sub(r"\s+", " ", chapter.replace("`", "").replace("\\", "").replace("*", ""))
    lacks = []
    for where, text in advice(sources):
        pattern = r".{1,60}?".join(re.escape(part.replace("*", "")) for part in re.split(r"%[a-z.*0-9]+", text))
        if not re.search(pattern, plain):
            lacks.append(f"{where}: {CHAPTER} does not have: {text}")
    return lacks


def main():
    files = sorted((ROOT / "common/tools").glob("doctor*.c"))
    files.append(ROOT / "common/cuda/absent.c")
    sources = {p.relative_to(ROOT).as_posix(): p.read_text() for p in files}
    if sys.argv[1:] == ["--list"]:
        for where, text in advice(sources):
            print(f"{where}: {text}")
        return 0
    # First the comparison itself: it must miss what is not there, in each of the forms that it reads.
    probe = {"x.c": 'glob("/*"); /* "no" */ doctor_advise(a ? "one" : "two, (2)", "do %s "\n    "now",\n b);\n{0x10de, "N", "buy"\n "it"},\n'}
    assert [t for _, t in advice(probe)] == ["one", "two, (2)", "do %s now", "buyit"], advice(probe)
    assert advice({"absent.c": 'f("a b c d: %s", "%s", "/a b")'}) == [("absent.c", "a b c d")]
    assert len(missing(probe, "")) == 4 and not missing(probe, "| one | two, (2) | `do that`\nnow | buyit |")
    assert missing(probe, "one two, (2) do now buyit")[0].startswith("x.c:1: ")
    said = len(advice(sources))
    if said < 20:
        print(f"only {said} reasons and remedies found in the doctor's sources; this test no longer reads them")
        return 1
    lacks = missing(sources, (ROOT / CHAPTER).read_text())
    print("\n".join(lacks) or f"all {said} reasons and remedies are in {CHAPTER}")
    return 1 if lacks else 0


if __name__ == "__main__":
    sys.exit(main())
