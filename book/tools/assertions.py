"""The page of what the chapters assert, chapter by chapter.

A chapter is read as sections: a heading, the prose under it, and the cells that stand
there. tests/book/test_claims.py asks of each section whether its cells back what its
prose says.
"""

import ast
import re
import textwrap

from .chapters import notebooks

PAGE = "book/reference/assertions.md"
HEADING = re.compile(r"^(?=#{1,3} )", re.MULTILINE)
FENCED = re.compile(
    r"^( *)(`{3,}|~{3,})(?:\w[^\n]*)?\n.*?^\1\2 *$", re.MULTILINE | re.DOTALL
)


class Section:
    """A heading, the prose under it, and its code cells."""

    def __init__(self, title):
        self.title, self.prose, self.cells = title, [], []


def sections(chapter):
    """The sections of a chapter, in order."""
    found = []
    for cell in chapter.notebook.cells:
        if cell.cell_type == "code":
            found[-1].cells.append(cell)
            continue
        for part in HEADING.split(FENCED.sub(hidden_headings, cell.source)):
            if part.startswith("#"):
                found.append(Section(part.splitlines()[0].lstrip("# ")))
            if part:
                found[-1].prose.append(part)
    return found


def hidden_headings(block):
    """A fenced block of Markdown whose comments no longer look like headings."""
    return re.sub(r"^#", " #", block[0], flags=re.MULTILINE)


def asserted(cell):
    """The text of each `assert` of a code cell."""
    nodes = [
        node
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Assert)
    ]
    nodes.sort(key=lambda node: node.lineno)
    return [ast.get_source_segment(cell.source, node) for node in nodes]


def calls(cells, name):
    """How often the cells call a function or a method of this name."""
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell.source))]
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    return sum(getattr(f, "id", getattr(f, "attr", "")) == name for f in called)


def is_compared(output):
    """Whether nbval compares something of this output: everything but pictures."""
    return output.output_type == "stream" or set(output.get("data", {})) - {"image/png"}


def backed(cell):
    """Whether a cell asserts something, or prints something that a test compares."""
    return bool(asserted(cell)) or any(map(is_compared, cell.outputs))


def row(chapter):
    """The row of the table about one chapter."""
    cells = [cell for section in sections(chapter) for cell in section.cells]
    outputs = sum(
        bool(is_compared(output)) for cell in cells for output in cell.outputs
    )
    counts = [sum(len(asserted(cell)) for cell in cells)]
    counts += [calls(cells, "prove"), calls(cells, "refuse"), outputs]
    return [chapter.link, *counts]


def table(rows):
    """The rows as MyST, with their sum."""
    total = ["together", *(sum(column) for column in list(zip(*rows, strict=True))[1:])]
    return "\n".join("* - " + "\n  - ".join(map(str, row)) for row in [*rows, total])


def listing(chapter):
    """The assertions of a chapter as code, each section's under its title."""
    blocks = []
    for section in sections(chapter):
        lines = [
            textwrap.dedent(text) for cell in section.cells for text in asserted(cell)
        ]
        if lines:
            blocks.append(f"# {section.title.replace('`', '')}\n" + "\n".join(lines))
    if not blocks:
        return ""
    head = f"### {{doc}}`{chapter.title} </{chapter.page}>`"
    return f"{head}\n\n```python\n" + "\n\n".join(blocks) + "\n```\n"


TEXT = """\
% Made by `make generate` from the chapters: edit book/tools/assertions.py.

# What the chapters assert

A sentence of this book that states a bound, a winner or a share stands beside a cell
that would fail if the sentence were false, or beside a printed number that a test
computes again. This page counts what stands there. An *assertion* is an `assert` in a
cell: the chapter cannot be run past it when it is false. A call of `prove` ends with an
error when the equation is not proved, a call of `refuse` when a wrong version is not
refused. An *output* is what a cell prints or shows, other than a picture; running the
tests compares each with what is stored.

Two tests watch over this. One takes each number in the prose of a section and looks for
it among the outputs and the code of that section. The other asks of each section that
says "at most", "never", "the best", "half of" and the like whether one of its cells
prints or asserts something. Neither test understands a sentence: whether the cell
beside it is the right control, only a reader can judge.

```{{list-table}}
:header-rows: 1
:width: 100%
:name: tab-assertions

* - Chapter
  - assertions
  - calls of `prove`
  - calls of `refuse`
  - outputs
{rows}
```

## The assertions, chapter by chapter

{listings}"""


def made():
    """The page: its path and its text."""
    text = TEXT.format(
        rows=table(list(map(row, notebooks()))),
        listings="\n".join(filter(None, map(listing, notebooks()))),
    )
    return {PAGE: text}
