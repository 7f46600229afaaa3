"""A Sphinx extension: each fold says what it hides, and listings are easier to read.

A cell's label is the `code_prompt_show` of its metadata, if it has one; else it follows
from what the cell holds: text of a file of `mlp/`, wrong variants, a figure. Cells that
only import fold as well. In a listing all but the first line of a long docstring folds
where there is a script, and `parts` in a cell's metadata numbers its functions in the
margin, as the text does. A listing of many lines is marked for print, where it may go
on overleaf.
"""

import ast
import re

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.writers.html5 import HTML5Translator

SHORT = 5  # lines that need no fold
LONG = 20  # lines that one sheet of paper need not hold
NUMBERS = "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
DOCSTRING = re.compile(
    r'(<span class="sd">(?:"|&quot;){3}[^<]*</span>)'
    r'((?:\s*<span class="sd">[^<]*</span>)*?'
    r'\s*<span class="sd">\s*(?:"|&quot;){3}</span>)'
)
DEFINED = r'<span class="k">def</span><span class="w"> </span><span class="\w+">{}<'


def name_folds(app, doctree):
    """Give each folded cell its label, and fold cells that only import."""
    for cell in doctree.findall(is_code_cell):
        source = next(cell.findall(nodes.literal_block)).astext()
        if "hide_mode" not in cell and is_setup(source) and len(cell) == 1:
            cell["hide_mode"] = "input"
        if "hide_mode" in cell:
            prompt = cell["cell_metadata"].get("mystnb", {}).get("code_prompt_show")
            cell["prompt_show"] = prompt or label(cell, source)
            cell["prompt_hide"] = ""
        listing = next(cell.findall(nodes.literal_block))
        listing["parts"] = cell["cell_metadata"].get("parts", {})


def is_code_cell(node):
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "cell_code"
        and node[0].get("nb_element") == "cell_code_source"
    )


def is_setup(source):
    """Whether a cell is longer than a fold and hardly does more than import."""
    body = ast.parse(source).body
    imports = [x for x in body if isinstance(x, (ast.Import, ast.ImportFrom))]
    other = [x for x in body if isinstance(x, (ast.FunctionDef, ast.ClassDef))]
    long = len(source.splitlines()) > SHORT
    return long and not other and 2 * len(imports) >= len(body)


def label(cell, source):
    """Say what a folded cell hides."""
    lines = f"({len(source.splitlines())} lines)"
    files = [c for c in cell["classes"] if c.startswith("tag_mlp/")]
    wrong = sum(map(variants, cell.findall(nodes.table)))
    if files:
        path = files[0].removeprefix("tag_")
        names = defined(source)
        return f"Code of {names} {lines}" if names else f"Top of {path} {lines}"
    if wrong and cell["hide_mode"] == "all":
        return wrong_variants(wrong) + ", and a right one" * (".accepts(" in source)
    if {"image/png", "text/html"} & kinds_of_output(cell):
        return "Code of the figure"
    return f"Setup {lines}" if is_setup(source) else f"Code {lines}"


def variants(table):
    """How many wrong variants a table refuses: its rows without heads and numbers."""
    if "refusals" not in table["classes"]:
        return 0
    rows = [row for row in table.findall(nodes.row) if not row["classes"]]
    return len(rows) - 1


def defined(source):
    """The names of the functions and classes in a cell, three at most."""
    kinds = ast.FunctionDef, ast.ClassDef
    names = [x.name for x in ast.parse(source).body if isinstance(x, kinds)]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def wrong_variants(count):
    """Such as: Four more wrong variants."""
    number = NUMBERS[count - 1] if count <= len(NUMBERS) else str(count)
    return f"{number} more wrong variant{'s' * (count > 1)}"


def kinds_of_output(cell):
    return {part.get("mime_type") for part in cell.findall(nodes.container)}


def open_fold(self, node):
    """One label, open or closed, which is what is read out, too."""
    self.body.append(f'<details class="hide {" ".join(node["classes"])}">\n<summary>')
    self.body.append(f"{self.encode(node['prompt_show'])}</summary>\n")


def close_fold(self, node):
    self.body.append("</details>\n")


def visit_listing(self, node):
    """Write a listing; mark the rest of long docstrings and the functions of parts."""
    try:
        HTML5Translator.visit_literal_block(self, node)
    finally:  # what is highlighted is written at once, and ends in SkipNode
        self.body[-1] = marked(self.body[-1], node.get("parts", {}))


def marked(listing, parts):
    """Return the HTML of a listing with its marks."""
    listing = DOCSTRING.sub(marked_docstring, listing)
    for part, names in parts.items():
        for name in names:
            mark = rf'<span class="listing-part" data-part="{part}"></span>\g<0>'
            listing, count = re.subn(DEFINED.format(name), mark, listing)
            if count != 1:
                raise ValueError(f"{count} functions {name} for part {part}")
    if listing.count("\n") > LONG:
        return listing.replace('<div class="', '<div class="long ', 1)
    return listing


def marked_docstring(match):
    first, rest = match.groups()
    lines = rest.count("\n")
    if lines <= SHORT:
        return match[0]
    return f'{first}<span class="docstring-rest" data-lines="{lines}">{rest}</span>'


def setup(app):
    app.add_node(HideCodeCellNode, override=True, html=(open_fold, close_fold))
    app.add_node(
        nodes.literal_block,
        override=True,
        html=(visit_listing, HTML5Translator.depart_literal_block),
    )
    app.connect("doctree-read", name_folds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
