"""Make the starter from the solutions, never the reverse.

It is a notebook, `mlp.py`, and the module `utils` that the assignment's cells import
from.
"""

import argparse
import inspect
import json
import re
import sys
from pathlib import Path

from mlp.grader import short_solution, utils
from mlp.grader.questions import QUESTIONS, OpenQuestion, Program

BLANK = re.compile(
    r"(?P<todo>^ *# TODO: .+\n(?: *# .+\n)*)"
    r"(?:.*\n)+?"  # the answer
    r"(?P<margin> *)# In the starter: (?P<instead>.+)",
    re.MULTILINE,
)


# mlp.py


def solution_module():
    """Return the text of a `mlp.py` with all answers."""
    return inspect.getsource(short_solution)


def stub_module():
    """Return the text of the starter's `mlp.py`: the solution with its blanks."""
    return BLANK.sub(r"\g<todo>\g<margin>\g<instead>", solution_module())


# problem_set.ipynb

TITLE = """\
# Problem set

Replace each `...` by your answer, and write the programs in `mlp.py`, beside this
notebook. A `check` tells you at once whether an answer is right, and if not, why. The
table of all points:

    python -m mlp.grader problem_set.ipynb

**Problem 1.** A network with three inputs, three hidden nodes and one output:
`a1 = b1 + W1 * h0`, `h1 = sigmoid(a1)`, `a2 = b2 + W2 * h1`, `h2 = sigmoid(a2)`. Its
loss J is the cross-entropy of h2 and the label y, which is 0 or 1. Columns are
matrices: `*` is the matrix product, `s.odot(A, B)` the element-wise one, `A.T` the
transpose."""
SETUP = """\
import sympy

from mlp.grader import check
from mlp.grader import rubric
from mlp.grader import symbols

answers = {}
s = symbols("Q1.1")
r = symbols("Q3.1")"""


def question_cells(question, *, solved):
    """Return the cells of a question: text, then code; `...` is the answer to come."""
    name = question.name
    yield from question.introduction
    yield "markdown", f"**{name}** ({question.points} points). {question.asks}"
    if isinstance(question, Program):
        yield "code", f'check("{name}", "mlp.py")'
        return
    if isinstance(question, OpenQuestion):
        before, answer = "", list(range(1, len(question.rubric) + 1))
        yield (
            "markdown",
            "Write your answer here. Then run the next cell, and tick by number.",
        )
        yield "code", f'rubric("{name}")'
    else:
        before, answer = question.before, question.answer
    if not solved:
        before, answer = "", "..."
    yield (
        "code",
        f'{before}answers["{name}"] = {answer}\ncheck("{name}", answers["{name}"])',
    )


def all_cells(*, solved):
    """Return the cells of the notebook, pairs of kind and text."""
    yield from [("markdown", TITLE), ("code", SETUP)]
    for question in QUESTIONS.values():
        yield from question_cells(question, solved=solved)


def as_notebook(cells):
    """Return the text of a notebook file."""
    made = []
    for number, (kind, source) in enumerate(cells, start=1):
        cell = {
            "cell_type": kind,
            "id": f"cell-{number:02}",
            "metadata": {},
            "source": source,
        }
        code = {"execution_count": None, "outputs": []} if kind == "code" else {}
        made.append({**cell, **code})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    return (
        json.dumps({**notebook, "nbformat_minor": 5}, indent=1, ensure_ascii=False)
        + "\n"
    )


def folder_of(cells, module):
    """Return the files of a folder to work in, {name: text}."""
    notebook = as_notebook(cells)
    return {
        "problem_set.ipynb": notebook,
        "mlp.py": module,
        "utils.py": inspect.getsource(utils),
    }


def solution():
    """Return the files of the solution, {name: text}."""
    return folder_of(all_cells(solved=True), solution_module())


def starter():
    """Return the files of the starter, {name: text}."""
    return folder_of(all_cells(solved=False), stub_module())


def write_files(files, folder):
    """Write the files into a folder.

    Raises
    ------
    FileExistsError
        When one of them is there already; nothing is written then.
    """
    folder = Path(folder)
    for name in files:
        if (folder / name).exists():
            raise FileExistsError(f"folder must not have a {name} yet; got {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments=None):
    """Write the starter into a folder."""
    parser = argparse.ArgumentParser(
        prog="python -m mlp.grader.starter", description=__doc__
    )
    parser.add_argument("folder", nargs="?", default="starter", help="default: starter")
    options = parser.parse_args(arguments)
    try:
        write_files(starter(), options.folder)
    except OSError as error:
        parser.error(str(error))
    print(f"wrote {', '.join(starter())} into {options.folder}")


if __name__ == "__main__":
    sys.exit(main())
