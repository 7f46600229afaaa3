"""The files of `mlp/` that are made from the chapters' cells.

A code cell tagged with a path, such as `mlp/activations.py`, is text of that file. A
file is its cells in reading order, two blank lines between them, after a header.
"""

from functools import cache
from textwrap import fill

from .chapters import notebooks


@cache
def module_cells():
    """Map each module's path, such as `mlp/losses.py`, to its [(chapter, text), …]."""
    cells = {}
    for chapter in notebooks():
        for path, text in chapter.module_cells:
            cells.setdefault(path, []).append((chapter, text))
    return cells


def made():
    """Map each module's path to the text that its file must have."""
    texts = {}
    for path, cells in module_cells().items():
        sources = " and ".join(dict.fromkeys(chapter.file for chapter, _ in cells))
        header = f"# Made by `make generate` from {sources}: edit it there."
        text = "\n\n\n".join(text for _, text in cells)
        texts[path] = fill(header, 88, subsequent_indent="# ") + f"\n{text}\n"
    return texts
