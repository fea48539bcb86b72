# SPDX-License-Identifier: MIT
"""kernel_tabs - a Sphinx extension: what a chapter shows between `<!-- kernel NAME ... -->` and
`<!-- end -->`, listings of one kernel under labels such as **CUDA C**, becomes a group that
static/kernel_tabs.js turns into tabs. Without JavaScript, in the EPUB and on GitHub it stays what it is in
the Markdown: labelled blocks, one below the other. It also leads links that leave the book, to files of the
checkout, to where those files are."""
import posixpath
import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class KernelTabs(SphinxPostTransform):
    default_priority = 5
    formats = ("html",)

    def run(self, **kwargs):
        if self.app.builder.name == "epub":
            return
        for begin in list(self.document.findall(nodes.raw)):
            words = begin.astext().split()
            if words[:2] == ["<!--", "kernel"]:
                self.group(begin, words[2])

    def group(self, begin, name):
        parent = begin.parent
        group, panel = nodes.container(classes=["kernel-tabs"]), None
        group["names"] = [f"kernel-{name}"]
        at = parent.index(begin) + 1
        while parent[at].astext().strip() != "<!-- end -->":
            node = parent[at]
            parent.remove(node)
            if isinstance(node, nodes.paragraph):  # a label: it begins the next panel
                panel = nodes.container(classes=["kernel-panel"])
                group += panel
            panel += node
        parent.insert(at, group)


def links_out(app, docname, source):
    """Links to files outside the book: to the repository if its address is known, else plain text."""
    def lead(match):
        text, target = match.groups()
        path = posixpath.normpath(posixpath.join("book", target))
        return f"[{text}]({app.config.repository}/{path})" if app.config.repository else text

    source[0] = re.sub(r"\[([^\]\n]*)\]\((\.\./[^)\s]*|LICENSE)\)", lead, source[0])


def add_files(app):
    if app.builder.name != "epub":
        app.add_css_file("book.css")
        app.add_js_file("kernel_tabs.js", loading_method="defer")


def setup(app):
    app.add_config_value("repository", "", "env")
    app.add_post_transform(KernelTabs)
    app.connect("source-read", links_out)
    app.connect("builder-inited", add_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
