# SPDX-License-Identifier: MIT
"""conf.py - how Sphinx makes the book of the Markdown in book/: as HTML and as EPUB. The chapters know
nothing of this file; ./cook book runs Sphinx with `-c common/tools/book`."""
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
root = Path(__file__).resolve().parents[3]

project = "Heterogeneous Computing Cookbook"
author = "The Heterogeneous Computing Cookbook authors"
copyright = f"2026 {author}. Text and figures: CC BY 4.0; code: MIT"  # noqa: A001  (Sphinx's name for it)
version = release = re.search(r"VERSION (\d+\.\d+\.\d+)", (root / "CMakeLists.txt").read_text()).group(1)

extensions = ["myst_parser", "sphinx_copybutton", "kernel_tabs"]
root_doc = "index"
exclude_patterns = ["LICENSE"]
myst_heading_anchors = 3
nitpicky = True
highlight_language = "text"
repository = os.environ.get("COOKBOOK_URL", "")  # where the files of the checkout are shown, if anywhere

html_theme = "furo"
html_title = project
html_static_path = [str(Path(__file__).parent / "static")]
html_theme_options = {"navigation_with_keys": True}
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

epub_title = project
epub_basename = "heterogeneous_computing_cookbook"
epub_identifier = epub_uid = "heterogeneous-computing-cookbook"
epub_show_urls = "no"
epub_language = language = "en"
epub_description = "Learn to program GPUs and other accelerators, in C"
epub_exclude_files = [".nojekyll", "_static/book.css", "_static/kernel_tabs.js"]  # for browsers only


def setup(app):
    # GitHub would show a toctree as code, so index.md has none; Sphinx is given it here.
    def add_toctree(_, name, source):
        if name == root_doc:
            source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\npreface\nsetting_up\n[0-9]*\na_gpu_in_software\nglossary\n```\n"

    app.connect("source-read", add_toctree)
