"""A Sphinx extension: cells of the package, its API page and its equations are linked.

A cell that is text of a file of `mlp/` wears the file's name, a link to its place on
the API page. There, `[source]` leads to the chapter whose cell holds the function, and
a label in a docstring, such as `eq:affine`, becomes the number of that equation and a
link to it. Of a subpackage that page shows what `__all__` lists. The box of an equation
that the package computes says that formula and code are proved, with links.
"""

import re
import sys

from docutils import nodes
from sphinx import addnodes

import mlp
from book.tools import labels
from book.tools.modules import module_cells


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
    return link(nodes.literal(path, path), docname, "py", "mod", module)


def link(shown, docname, domain, kind, target):
    """A link from a page to what has a name, which Sphinx finds later."""
    return addnodes.pending_xref(
        "",
        shown,
        refdomain=domain,
        reftype=kind,
        reftarget=target,
        refexplicit=True,
        refwarn=True,
        refdoc=docname,
    )


def add_verdicts(app, doctree):
    """Say in the box of each label what is proved: the formula, and its code."""
    known = {label for label, *_ in labels.code_lines()}
    for container in list(doctree.findall(nodes.container)):
        if "tag_theorem" in container.get("classes", []):
            for equation in list(container.findall(nodes.math_block)):
                if equation.get("label") in known:
                    box = box_of(equation)
                    box += verdicts(equation["label"], app.env.docname)


def box_of(node):
    """The box of the theorem that a node is part of."""
    while "theorem" not in node.get("classes", []):
        node = node.parent
    return node


def verdicts(label, docname):
    """The line about an equation: what is proved, with links."""
    parts = [("formula proved", f"/{labels.PAGE.removesuffix('.md')}")]
    if proof := labels.code_proved_in(label):
        parts.append(("code proved", f"/{proof}"))
    line = nodes.paragraph(classes=["label-verdicts"])
    for k, (text, page) in enumerate(parts):
        line += nodes.Text(" · " if k else "")
        line += link(nodes.inline(text, text), docname, "std", "doc", page)
    return line


def linkcode_resolve(domain, info):
    """The chapter that holds a public name, relative to the API page."""
    path = info["module"].replace(".", "/") + ".py"
    name = info["fullname"].split(".")[0]
    for chapter, text in module_cells().get(path, []):
        if re.search(rf"^(def |class )?{name}\b", text, re.MULTILINE):
            return f"../{chapter.part}/{chapter.name}.html"
    return None


def skip_internal(app, what, name, obj, skip, options):
    """Leave out what a file of a subpackage defines and the latter does not list."""
    package, _, _ = (getattr(obj, "__module__", None) or "").rpartition(".")
    while package.startswith("mlp.") and not hasattr(sys.modules[package], "__all__"):
        package, _, _ = package.rpartition(".")  # a room of a subpackage lists nothing
    if what == "module" and package.startswith("mlp."):
        return name not in sys.modules[package].__all__ or None
    return None


def name_what_mlp_brings(app, config):
    """Let the page say, as `{{ names_of_mlp }}`, which names `import mlp` brings."""
    homes = {n: getattr(getattr(mlp, n), "__module__", None) for n in mlp.__all__}
    links = [f"{{py:obj}}`{n} <{m}.{n}>`" if m else f"`{n}`" for n, m in homes.items()]
    config.myst_substitutions = {"names_of_mlp": ", ".join(links)}


def link_equations(app, what, name, obj, options, lines):
    """Turn the labels of a docstring into references to numbered equations.

    The bars of an absolute value, as in |x|, are no markup.
    """
    for i, line in enumerate(lines):
        line = re.sub(r"(eq:[\w-]+)", r":eq:`\1`", line.replace("|", r"\|"))
        # a reference brings its own parentheses
        lines[i] = re.sub(r"\((:eq:`[^`]+`)\)", r"\1", line)


def setup(app):
    app.config.linkcode_resolve = linkcode_resolve
    app.connect("doctree-read", add_captions)
    app.connect("doctree-read", add_verdicts)
    app.connect("autodoc-process-docstring", link_equations)
    app.connect("autodoc-skip-member", skip_internal)
    app.connect("config-inited", name_what_mlp_brings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
