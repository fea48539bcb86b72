#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sync.py - keeps the chapters in book/ equal to the files and the program output that they show.

    sync.py --check  [--root CHECKOUT] [--build BUILD_TREE]    lists every difference
    sync.py --update [--root CHECKOUT] [--build BUILD_TREE]    writes the blocks anew
    sync.py --commands NAME [--root CHECKOUT]                  prints the lines of a commands block

A block stands between a marker and `<!-- end -->`, and GitHub shows the block but not the marker:

    <!-- code FILE [REGION] -->           a file, or a region of it
    <!-- kernel NAME [FILE REGION] -->    kernels/NAME.cu and .cl, and the C reference in that region
    <!-- output NAME -->                  what a command of tests/book/outputs.txt printed
    <!-- measured FILE -->                a table from a result of `./cook bench --json`
    <!-- exercises RECIPE -->             the exercises of a recipe, or of cusim
    <!-- chapters -->                     the chapters, with minutes and where they were checked
    <!-- commands NAME -->                what the reader types; a test types it, nothing rewrites it

A region stands in its source between the lines `//> name` and `//< name`. Regions may lie in each
other but not overlap, and each must be shown by some chapter. Output is compared after
tests/book/masks.txt has hidden what differs from machine to machine.
Needs Python 3 and nothing else. Exit code: 0 in step; 1 not; 2 usage.
"""
import argparse
import difflib
import json
import math
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import outputs  # noqa: E402  (beside this file)

UPDATE = "to write it anew: ./cook book --update"
ARGUMENTS = {"code": (1, 2), "kernel": (1, 3), "output": (1, 1), "measured": (1, 1), "exercises": (1, 1),
             "chapters": (0, 0), "commands": (1, 1)}
LANGUAGES = {".c": "c", ".h": "c", ".cl": "c", ".cu": "cuda", ".py": "python", ".sh": "sh", ".json": "json"}
SOURCES = {".c", ".h", ".cl", ".cu"}
NOT_SCANNED = re.compile(r"^common/tools/new/|/exercises/|^recipes/[^/]*/build/")


class Fault(Exception):
    """Something to mend: where, what, and how."""

    def __init__(self, where, line, what, remedy):
        super().__init__(f"{where}:{line}: {what}; {remedy}")


class Block:
    """A marker with what stands between it and its end. Lines count from 1."""

    def __init__(self, kind, args, line):
        self.kind, self.args, self.line, self.body = kind, args, line, []

    def __str__(self):
        return " ".join([self.kind, *self.args])


def fenced(lines, language=""):
    """A fenced block, with a fence that is longer than any in the text."""
    ticks = max([2] + [len(m.group()) for line in lines for m in re.finditer("`+", line)]) + 1
    return ["`" * ticks + language, *lines, "`" * ticks]


def dedent(lines):
    depth = min((len(x) - len(x.lstrip(" ")) for x in lines if x.strip()), default=0)
    return [x[depth:].rstrip() for x in lines]


class Book:
    def __init__(self, root, build=None, overlay=None):
        self.root, self.build = Path(root).resolve(), build and Path(build).resolve()
        self.overlay = overlay or {}  # path: text, for tests
        self.faults, self.notes, self.regions, self.shown = [], [], {}, set()
        self.masks = outputs.read_masks(self.root)
        self.outputs = outputs.read_list(self.root)
        self.recipes = self.list_recipes()
        self.chapters = sorted(p.relative_to(self.root).as_posix() for p in (self.root / "book").glob("*.md"))

    def fault(self, where, line, what, remedy):
        self.faults.append(str(Fault(where, line, what, remedy)))

    def read(self, path):
        if path in self.overlay:
            return self.overlay[path].splitlines()
        return (self.root / path).read_text().splitlines()

    def list_recipes(self):
        script = self.root / "common/tools/list.sh"
        text = subprocess.run(["sh", script, self.root, "--json"], capture_output=True, text=True, check=True).stdout
        return {recipe["name"]: recipe for recipe in json.loads(text)}

    # ---- Regions of sources ----

    def read_regions(self, path):
        """All regions of a file: name -> (line of its mark, its text)."""
        if path in self.regions:
            return self.regions[path]
        found, opened = {}, []
        for number, line in enumerate(self.read(path), 1):
            mark = re.match(r"\s*//([<>])(.*)$", line)
            if not mark:
                for name in opened:
                    found[name][1].append(line)
                continue
            name = mark.group(2).strip()
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or mark.group(2) != f" {name}":
                self.fault(path, number, f"'{line.strip()}' is no mark of a region",
                           "write '//> name' or '//< name': small letters, digits, '_'")
            elif mark.group(1) == ">":
                if name in found:
                    self.fault(path, number, f"region '{name}' is there twice (line {found[name][0]})",
                               "give one of them another name")
                else:
                    found[name] = (number, [])
                    opened.append(name)
            elif name not in opened:
                self.fault(path, number, f"'//< {name}' ends a region that is not open", f"put '//> {name}' above it")
            else:
                if opened[-1] != name:
                    self.fault(path, number, f"region '{name}' ends inside region '{opened[-1]}'",
                               "end the inner one first")
                opened.remove(name)
        for name in opened:
            self.fault(path, found[name][0], f"region '{name}' is not closed", f"put '//< {name}' after its last line")
        self.regions[path] = {name: (line, dedent(text)) for name, (line, text) in found.items()}
        return self.regions[path]

    def scan_sources(self):
        for top in ("recipes", "kernels", "common"):
            for file in sorted((self.root / top).glob("**/*")):
                path = file.relative_to(self.root).as_posix()
                if file.suffix in SOURCES and not NOT_SCANNED.search(path):
                    self.read_regions(path)

    # ---- Chapters ----

    def parse(self, chapter):
        """The blocks of a chapter. Markers inside fenced code are text, not markers."""
        blocks, block, fence = [], None, None
        for number, line in enumerate(self.read(chapter), 1):
            ticks = re.match(r"\s*(`{3,}|~{3,})", line)
            if ticks:
                if fence is None:
                    fence = ticks.group(1)
                elif line.strip() == fence:
                    fence = None
            marker = None if fence or ticks else re.match(r"<!--\s*(.*?)\s*-->\s*$|<!--", line)
            if marker and marker.group(1) == "end":
                if block is None:
                    self.fault(chapter, number, "an end without a beginning", "remove it, or put its marker above it")
                block = None
            elif marker:
                kind, *args = (marker.group(1) or "").split() or [""]
                least, most = ARGUMENTS.get(kind, (9, 0))
                if block is not None:
                    self.fault(chapter, block.line, f"the block '{block}' has no end before line {number}",
                               "put '<!-- end -->' after it")
                    block = None
                if not least <= len(args) <= most or (kind == "kernel" and len(args) == 2):
                    self.fault(chapter, number, f"'{line.strip()}' is no marker",
                               "the markers are: " + ", ".join(ARGUMENTS) + "; see common/tools/book/sync.py")
                    continue
                block = Block(kind, args, number)
                blocks.append(block)
            elif block is not None:
                block.body.append(line)
        if block is not None:
            self.fault(chapter, block.line, f"the block '{block}' has no end", "put '<!-- end -->' after it")
            blocks.remove(block)
        return blocks

    def text_of(self, chapter, block, path, region=None):
        """A file without its licence line, or a region of it, as a list of lines."""
        if path not in self.overlay and not (self.root / path).is_file():
            raise Fault(chapter, block.line, f"there is no file {path}", "mend the name in the marker")
        if region is None:
            lines = [line.rstrip() for line in self.read(path) if not re.match(r"\s*//[<>]", line)]
            return lines[1:] if lines and "SPDX-License-Identifier" in lines[0] else lines
        regions = self.read_regions(path)
        if region not in regions:
            raise Fault(chapter, block.line, f"{path} has no region '{region}'",
                        f"mark it there ('//> {region}'), or name one of: {', '.join(regions) or 'none'}")
        self.shown.add((path, region))
        return regions[region][1]

    def render(self, chapter, block):
        """What should stand in the block, or None if it is right as it is."""
        kind, args = block.kind, block.args
        if kind == "code":
            return fenced(self.text_of(chapter, block, *args), LANGUAGES.get(Path(args[0]).suffix, ""))
        if kind == "kernel":
            parts = [("CUDA C", f"kernels/{args[0]}.cu", None), ("OpenCL C", f"kernels/{args[0]}.cl", None)]
            parts += [("C", args[1], args[2])] if len(args) == 3 else []
            lines = []
            for label, path, region in parts:
                listing = fenced(self.text_of(chapter, block, path, region), LANGUAGES[Path(path).suffix])
                lines += ["", f"**{label}** (`{path}`)", "", *listing]
            return lines[1:]
        return getattr(self, f"render_{kind}")(chapter, block)

    def render_output(self, chapter, block):
        name = block.args[0]
        if name not in self.outputs:
            raise Fault(chapter, block.line, f"{outputs.LIST} lists no output '{name}'",
                        "add it there, or name one of: " + ", ".join(self.outputs))
        self.shown.add(name)
        if not self.build:
            return None
        lines, why = outputs.read_kept(name, self.outputs[name][0], self.root, self.build)
        if lines is None:
            raise Fault(chapter, block.line, f"output '{name}': {why}", "then look again")
        if not lines:
            self.notes.append(f"{chapter}:{block.line}: output '{name}' was not compared: {why}")
            return None
        new = fenced(lines)
        same = [outputs.mask(x, self.masks) for x in new] == [outputs.mask(x, self.masks) for x in block.body]
        return None if same else new

    def render_measured(self, chapter, block):
        path = block.args[0]
        if not (self.root / path).is_file():
            raise Fault(chapter, block.line, f"there is no file {path}", "make it: ./cook bench --json")
        result = json.loads("\n".join(self.read(path)))
        rows = ["| measured | median | middle half of the rounds | compared with | ratio |", "|---|---|---|---|---|"]

        def number(x):  # three digits that count
            return f"{x:.{max(0, 2 - math.floor(math.log10(x)))}f}"

        for case in result["cases"]:
            if case["skipped"]:
                rows.append(f"| {case['what']} | not measured: {case['skipped']} | | | |")
                continue
            low, high = case["iqr"]
            against, ratio = case["reference"], case["ratio"]
            unit = case["unit"]
            cells = [case["what"], f"{number(case['median'])} {unit}", f"{number(low)} to {number(high)}",
                     f"{against['what'].removeprefix(f'{unit} ')}: {number(against['median'])} {unit}"
                     if against else "", number(ratio["median"]) if ratio else ""]
            rows.append("| " + " | ".join(cells) + " |")
        machine, versions = result["machine"], result["versions"]
        memory = machine["memory_bytes"] / 2**30
        return [*rows, "", f"Measured on {result['date'][:10]}: {result['device']}; {machine['cpu']}, "
                f"{machine['cores']} cores, {memory:.0f} GiB, load {machine['load_at_start']:.1f} at the start; "
                f"{versions['kernel']}; {versions['compiler']}; cookbook {versions['cookbook']}."]

    def render_exercises(self, chapter, block):
        recipe = block.args[0]
        if recipe not in self.recipes and recipe != "cusim":
            raise Fault(chapter, block.line, f"there is no recipe '{recipe}'", "mend the name in the marker")
        folder = self.root / ("common" if recipe == "cusim" else "recipes") / recipe / "exercises"
        found = []
        for file in sorted(folder.glob("*/exercise.json")):
            item = json.loads(file.read_text())
            found.append((item["minutes"], item["name"], item["title"]))
        if not found:
            raise Fault(chapter, block.line, f"recipe {recipe} has no exercises",
                        f"make recipes/{recipe}/exercises/NAME/exercise.json, or remove the marker")
        return ["| exercise | minutes | begin with |", "|---|---|---|",
                *(f"| {title} | {minutes} | `./cook exercise start {name}` |"
                  for minutes, name, title in sorted(found))]

    def render_chapters(self, chapter, block):
        rows = ["| chapter | uses | level | minutes | checked on a GPU | checked without one |", "|---|---|---|---|---|---|"]
        for name, recipe in self.recipes.items():
            if f"book/{name}.md" in self.chapters:
                title = self.read(f"book/{name}.md")[0].lstrip("# ")
                where = ["; ".join(f"{c['device']} ({c['kind']}), {c['date']}" for c in recipe["checked"]
                                   if (c["kind"] == "gpu") == gpu) or "never" for gpu in (True, False)]
                rows.append(f"| [{title}]({name}.md) | {', '.join(recipe['apis'])} | {recipe['difficulty']} "
                            f"| {recipe['minutes']} | {where[0]} | {where[1]} |")
        return rows

    def render_commands(self, chapter, block):
        if len([x for x in block.body if x.startswith("```")]) != 2:
            raise Fault(chapter, block.line, "a commands block is one fenced block",
                        "put the commands into ```sh ... ```")
        return None

    # ---- Check and update ----

    def compare(self, chapter, block, want):
        """One fault for a block that differs, with all lines that do."""
        first = next((i for i, (a, b) in enumerate(zip(block.body, want)) if a != b), min(len(block.body), len(want)))
        lines = list(difflib.unified_diff(block.body, want, lineterm="", n=0))[2:]
        shown = "".join(f"\n    {x}" for x in lines if not x.startswith("@@"))
        self.fault(chapter, block.line + 1 + first, f"'{block}' differs (- the book, + what it shows)", UPDATE + shown)

    def check_chapter(self, chapter):
        """What is to be written anew: pairs of a block and its lines. Reports faults on the way."""
        stale, lines = [], self.read(chapter)
        blocks = self.parse(chapter)
        for block in blocks:
            try:
                want = self.render(chapter, block)
            except Fault as fault:
                self.faults.append(str(fault))
                continue
            if want is not None and want != block.body:
                stale.append((block, want))
        recipe = self.recipes.get(Path(chapter).stem)
        head = next((i for i, line in enumerate(lines) if re.search(r"\d+ minutes", line)), None)
        if recipe and (head is None or f"{recipe['minutes']} minutes" not in lines[head]):
            self.fault(chapter, (head or 0) + 1, f"the recipe's CMakeLists.txt says {recipe['minutes']} minutes",
                       "say the same in both")
        self.check_links(chapter, lines)
        return stale

    def anchors(self, chapter):
        """The headings of a chapter as GitHub names them."""
        names, fence = set(), False
        for line in self.read(chapter):
            fence ^= line.startswith("```")
            if line.startswith("#") and not fence:
                text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line.lstrip("#").strip().lower())
                names.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
        return names

    def check_links(self, chapter, lines):
        for number, line in enumerate(lines, 1):
            for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
                if re.match(r"[a-z]+:", target):
                    continue
                path, _, anchor = target.partition("#")
                file = (self.root / chapter).parent / path if path else self.root / chapter
                if not file.exists():
                    self.fault(chapter, number, f"the link {target} leads nowhere", "mend it")
                elif anchor and anchor not in self.anchors(file.resolve().relative_to(self.root).as_posix()):
                    self.fault(chapter, number, f"{path or 'this chapter'} has no heading '#{anchor}'", "mend the link")

    def check_all_shown(self):
        for path, regions in self.regions.items():
            for name, (line, _) in regions.items():
                if (path, name) not in self.shown:
                    self.fault(path, line, f"region '{name}' is shown by no chapter",
                               f"show it (<!-- code {path} {name} -->), or remove its marks")
        for name, (_, line) in self.outputs.items():
            if name not in self.shown:
                self.fault(outputs.LIST, line, f"output '{name}' is shown by no chapter",
                           f"show it (<!-- output {name} -->), or remove it")

    def check(self):
        self.scan_sources()
        for chapter in self.chapters:
            for block, want in self.check_chapter(chapter):
                self.compare(chapter, block, want)
        self.check_all_shown()
        return self.faults

    def update(self):
        """Write every block that can be written; the count of those that changed."""
        count = 0
        for chapter in self.chapters:
            lines, stale = self.read(chapter), self.check_chapter(chapter)
            for block, want in reversed(stale):
                lines[block.line:block.line + len(block.body)] = want
            if stale:
                new = self.root / f"{chapter}.new"
                new.write_text("\n".join(lines) + "\n")
                new.replace(self.root / chapter)
                print(f"{chapter}: {len(stale)} written anew: " + "; ".join(str(block) for block, _ in stale))
            count += len(stale)
        return count


def main():
    parser = argparse.ArgumentParser(description="keeps the book equal to the files and output that it shows")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true")
    what.add_argument("--update", action="store_true")
    what.add_argument("--commands", metavar="NAME")
    parser.add_argument("--root", default=Path(__file__).resolve().parents[3])
    parser.add_argument("--build", help="build tree whose outputs to compare; none: outputs are not compared")
    args = parser.parse_args()
    try:
        book = Book(args.root, args.build)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if args.commands:
        for chapter in book.chapters:
            for block in book.parse(chapter):
                if (block.kind, block.args) == ("commands", [args.commands]):
                    print("\n".join(x for x in block.body if not x.startswith("```")))
                    return 0
        print(f"no chapter has a block <!-- commands {args.commands} -->", file=sys.stderr)
        return 2
    if args.update:
        book.update()
        book = Book(args.root, args.build)
    faults = book.check()
    for text in book.notes + faults:
        print(text)
    if faults:
        print(f"\nthe book is not in step: {len(faults)} to mend")
    else:
        print(f"in step: {len(book.chapters)} chapters, {len(book.shown)} regions and outputs")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
