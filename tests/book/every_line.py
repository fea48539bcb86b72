#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""every_line.py - takes each line of each region that the book shows, and each line of each whole file
that it shows, out of its source, one at a time, and demands that the comparison then fails. This is what
"text that cannot drift from code" means. The sources are changed in memory only."""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "common/tools/book"))
import sync  # noqa: E402


def faults(overlay, chapters=None):
    """What the comparison finds. With chapters, only these are compared, and only sources that they show
    are read: the rest was in step before, and is as it was."""
    book = sync.Book(root, overlay=overlay)
    if chapters:
        book.chapters, book.scan_sources = chapters, lambda: [book.read_regions(path) for path in overlay]
    return [x for x in book.check() if "is shown by no chapter" not in x]


def shown_files():
    """Each source that a chapter shows, with its regions that stand there and the chapters."""
    book = sync.Book(root)
    files = {}

    def show(path, region, chapter):
        regions, chapters = files.setdefault(path, ([], []))
        regions.append(region)
        if chapter not in chapters:
            chapters.append(chapter)

    for chapter in book.chapters:
        for block in book.parse(chapter):
            if block.kind == "code":
                show(block.args[0], block.args[1] if len(block.args) > 1 else None, chapter)
            if block.kind == "kernel":
                for suffix in ("cu", "cl"):
                    show(f"kernels/{block.args[0]}.{suffix}", None, chapter)
                if len(block.args) == 3:
                    show(block.args[1], block.args[2], chapter)
    return files


def main():
    sync.Book.list_recipes = lambda self, found={}: found.setdefault(0, original(self))  # ask once
    if faults({}):
        print("the book is not in step as it is; see book.sync")
        return 1
    tried = 0
    for path, (regions, chapters) in shown_files().items():
        lines = (root / path).read_text().splitlines()
        inside = []
        for number, line in enumerate(lines):
            mark = line.strip()
            if mark.startswith("//> "):
                inside.append(mark[4:])
            elif mark.startswith("//< "):
                inside.remove(mark[4:])
            elif (set(inside) & set(regions) or None in regions) and "SPDX-License" not in line:
                if not line.strip() and not (lines[number - 1].strip() and lines[number + 1].strip()):
                    continue
                tried += 1
                if not faults({path: "\n".join(lines[:number] + lines[number + 1:])}, chapters):
                    print(f"{path}:{number + 1}: without this line the book is still said to be in step: {line}")
                    return 1
    print(f"{tried} lines taken out, one at a time; each was missed")
    return 0 if tried > 20 else 1


original = sync.Book.list_recipes
sys.exit(main())
