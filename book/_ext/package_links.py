"""A Sphinx extension: the package's cells, its API page and its equations point to each other.

A cell that is text of a file of `mlp/` wears the file's name, a link to its place on the API
page. There, `[source]` leads to the chapter whose cell holds the function, and a label in a
docstring, such as `eq:affine`, becomes the number of that equation and a link to it.
"""

import re
import sys
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

sys.path.append(str(Path(__file__).parents[1] / "_tools"))
from modules import module_cells


def add_captions(app, doctree):
    """Put the file's name above each cell that carries it as a tag."""
    for container in list(doctree.findall(nodes.container)):
        for name in container.get("classes", []):
            if name.startswith("tag_mlp/"):
                caption = nodes.paragraph(classes=["module-caption"])
                caption += reference_to_api(name.removeprefix("tag_"), app.env.docname)
                container.parent.insert(container.parent.index(container), caption)


def reference_to_api(path, docname):
    """A link from a page to the section of a file of the package on the API page."""
    module = path.removesuffix(".py").replace("/", ".")
    return addnodes.pending_xref(
        "", nodes.literal(path, path), reftype="mod", refdomain="py", reftarget=module,
        refexplicit=True, refwarn=True, refdoc=docname,
    )  # fmt: skip


def linkcode_resolve(domain, info):
    """The chapter that holds a public name, relative to the API page."""
    path = info["module"].replace(".", "/") + ".py"
    name = info["fullname"].split(".")[0]
    for chapter, text in module_cells().get(path, []):
        if re.search(rf"^(def |class )?{name}\b", text, re.MULTILINE):
            return chapter.replace("book/", "../", 1).replace(".ipynb", ".html")
    return None


def link_equations(app, what, name, obj, options, lines):
    """Turn the labels of a docstring into references to numbered equations.

    The bars of an absolute value, as in |x|, are no markup.
    """
    for i, line in enumerate(lines):
        line = re.sub(r"(eq:[\w-]+)", r":eq:`\1`", line.replace("|", r"\|"))
        lines[i] = re.sub(r"\((:eq:`[^`]+`)\)", r"\1", line)  # it brings its own parentheses


def setup(app):
    app.config.linkcode_resolve = linkcode_resolve
    app.connect("doctree-read", add_captions)
    app.connect("autodoc-process-docstring", link_equations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
