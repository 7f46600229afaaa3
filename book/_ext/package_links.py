"""A Sphinx extension: cells of the package, its API page and its equations are linked.

A cell that is text of a file of `mlp/` wears the file's name, a link to its place on
the API page. There, `[source]` leads to the chapter whose cell holds the function, and
a label in a docstring, such as `eq:affine`, becomes the number of that equation and a
link to it. Of a subpackage that page shows what `__all__` lists.
"""

import re
import sys

from docutils import nodes
from sphinx import addnodes

import mlp
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
    return addnodes.pending_xref(
        "",
        nodes.literal(path, path),
        reftype="mod",
        refdomain="py",
        reftarget=module,
        refexplicit=True,
        refwarn=True,
        refdoc=docname,
    )


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
    app.connect("autodoc-process-docstring", link_equations)
    app.connect("autodoc-skip-member", skip_internal)
    app.connect("config-inited", name_what_mlp_brings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
