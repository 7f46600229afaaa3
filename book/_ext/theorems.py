"""A Sphinx extension: what is proved stands in a green box, what is refused in a red.

`Theorem` and `Refusals` of `mlp.proof` show themselves as plain Markdown: an equation
with a list below it, and a table. On a page each gets its box. The numbers that refute
a claim are folded, and so are definitions that the page has shown before. The box of a
theorem has its LaTeX and the line of `mlp` that computes it, for theorems.js.
"""

from docutils import nodes

from book.tools import labels

REFUSED = "refused"  # the first head of the table that `Refusals` writes
FEW = 2  # definitions that are shown again, however often the page has them


class Box(nodes.General, nodes.Element):
    """A theorem, with its `latex` and its `numpy`, if a line of `mlp` computes it."""


def open_box(self, node):
    data = {f"data-{kind}": node[kind] for kind in ("latex", "numpy") if node[kind]}
    self.body.append(self.starttag(node, "div", **data))


def close_box(self, node):
    self.body.append("</div>\n")


class Fold(nodes.General, nodes.Element):
    """A part of the page that opens on demand; `label` says what it hides.

    Its formulas are many: they are written as MathML alone, a sixth of the text.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for formula in self.findall(nodes.math):
            formula["light"] = True


def open_fold(self, node):
    self.body.append(f"<details><summary>{node['label']}</summary>\n")


def close_fold(self, node):
    self.body.append("</details>\n")


def add_boxes(app, doctree):
    """Give the outputs of a page that are theorems or refusals their looks."""
    shown = set()
    for output in doctree.findall(is_markdown_output):
        if is_theorem(output):
            equation = next(output.findall(nodes.math_block))
            box = Box("", *output.children, classes=["theorem"])
            box["latex"] = equation.astext().strip()
            box["numpy"] = line_of_code(equation.get("label"))
            output[:] = [box]
            for rows in list(box.findall(nodes.bullet_list))[1:]:
                fold_what_was_shown(rows, shown)
        for table in output.findall(nodes.table):
            if head_of(table) == REFUSED:
                table["classes"].append("refusals")
                name_second_head(table)
                for row in list(table.findall(nodes.row)):
                    fold_numbers(row)
                drop_last_column(table)


def line_of_code(label):
    """The first line of `mlp` that computes an equation, or an empty text."""
    return next((line for line, *_ in labels.lines_of(label)), "")


def is_markdown_output(node):
    return getattr(node, "attributes", {}).get("mime_type") == "text/markdown"


def is_theorem(output):
    """Whether an output is an equation with an emphasized line, its small print."""
    parts = [part for part in output.children if not isinstance(part, nodes.target)]
    return (
        len(parts) > 1
        and isinstance(parts[0], nodes.math_block)
        and isinstance(parts[1], nodes.paragraph)
        and isinstance(parts[1][0], nodes.emphasis)
    )


def head_of(table):
    return next(table.findall(nodes.entry)).astext()


def name_second_head(table):
    """Give the head that is only a formula words for screen readers."""
    _, second, *_ = table.findall(nodes.entry)
    words = "wrong right-hand side of "
    second[0].insert(0, nodes.inline("", words, classes=["visually-hidden"]))


def fold_what_was_shown(rows, shown):
    """Fold those definitions of a list that the page has shown before."""
    old = [row for row in rows if row.astext() in shown]
    shown.update(row.astext() for row in rows)
    if len(old) > FEW:
        for row in old:
            rows.remove(row)
        label = f"{len(old)} definitions as above"
        rows += nodes.list_item("", Fold("", nodes.bullet_list("", *old), label=label))


def fold_numbers(row):
    """Fold the last cell into a row of its own, below; where it is words, show them."""
    *before, claim, true, place, numbers = row.children
    if isinstance(row.parent, nodes.thead):
        row.remove(numbers)
    elif claim.astext():
        for comma in list(numbers[0].findall(nodes.Text)):
            if comma == ", ":
                comma.parent.replace(comma, nodes.Text(" "))
        row.remove(numbers)
        fold = Fold("", *numbers.children, label="numbers")
        wide = nodes.entry("", fold, morecols=len(row) - 1)
        below = row.parent.index(row) + 1
        row.parent.insert(below, nodes.row("", wide, classes=["numbers"]))
    else:
        row[:] = [*before, numbers]
        numbers["morecols"] = 2


def drop_last_column(table):
    """Take away the column whose cells have gone."""
    [group] = table.findall(nodes.tgroup)
    group["cols"] -= 1
    group.remove(list(group.findall(nodes.colspec))[-1])


def setup(app):
    app.add_node(Box, html=(open_box, close_box))
    app.add_node(Fold, html=(open_fold, close_fold))
    app.connect("doctree-read", add_boxes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
