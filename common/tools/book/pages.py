#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""pages.py - looks through the finished book: every link inside it leads somewhere, every picture has a
text for those who cannot see it, every kernel of the chapters became a group of tabs. Links to other sites
are not followed but listed, for the one check that may use the network.

    pages.py HTML_FOLDER EPUB_FILE CHAPTERS_FOLDER LIST_FILE

Exit code: 0 nothing found, 1 something is broken, 2 usage.
"""
import posixpath
import re
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.no_text, self.tabs = set(), [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.update(v for k, v in attrs.items() if k in ("id", "name") and v)
        if tag in ("a", "link", "img", "script", "image"):
            target = attrs.get("href") or attrs.get("src") or attrs.get("xlink:href")
            if target:
                self.links.append((self.getpos()[0], target))
        if tag == "img" and not attrs.get("alt", "").strip():
            self.no_text.append(self.getpos()[0])
        self.tabs += "kernel-tabs" in (attrs.get("class") or "").split()


def look(title, files, faults, external):
    """files: path -> text of a page, or None for what is no page."""
    pages = {path: Page(text) for path, text in files.items() if text is not None}
    for path, page in pages.items():
        for line in page.no_text:
            faults.append(f"{title}/{path}:{line}: a picture without a text")
        for line, target in page.links:
            if re.match(r"(https?:)?//", target):
                external.setdefault(target, f"{title}/{path}")
                continue
            if re.match(r"[a-z]+:", target) or target == "#":
                continue
            where, _, anchor = unquote(target).partition("#")
            where = where.partition("?")[0]
            where = posixpath.normpath(posixpath.join(posixpath.dirname(path), where)) if where else path
            if where not in files:
                faults.append(f"{title}/{path}:{line}: {target} leads nowhere")
            elif anchor and where in pages and anchor not in pages[where].ids:
                faults.append(f"{title}/{path}:{line}: {target}: no such place in {where}")
    return pages


def main():
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    html, epub, chapters, listed = map(Path, sys.argv[1:])
    faults, external = [], {}
    files = {p.relative_to(html).as_posix(): p.read_text() if p.suffix == ".html" else None
             for p in html.rglob("*") if p.is_file()}
    pages = look("html", files, faults, external)
    with zipfile.ZipFile(epub) as book:
        files = {n: book.read(n).decode() if n.endswith("html") else None for n in book.namelist()}
    look("epub", files, faults, external)
    for chapter in chapters.glob("*.md"):
        want = len(re.findall(r"^<!-- kernel ", chapter.read_text(), re.M))
        name = f"{chapter.stem}.html"
        if name not in pages:
            faults.append(f"html: there is no page {name}")
        elif pages[name].tabs != want:
            faults.append(f"html/{name}: {pages[name].tabs} groups of tabs, but {want} kernels in {chapter}")
    listed.write_text("".join(f"{target}\t{path}\n" for target, path in sorted(external.items())))
    order = f"{len(pages)} pages: links and pictures are in order; {len(external)} links to other sites"
    print("\n".join(faults) or order)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
