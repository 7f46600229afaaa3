"""Notebooks of the tests, written as text: a line `# %%` begins a cell."""

import json

CELL = "# %%\n"


def is_notebook(text):
    """Tell whether a text begins with a cell."""
    return text.startswith(CELL)


def notebook(text):
    """Return the notebook, as its file has it, of the cells of a text."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source.strip("\n").splitlines(keepends=True),
        }
        for source in text.split(CELL)[1:]
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
