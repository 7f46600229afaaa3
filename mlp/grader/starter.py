"""Make the starter from the solutions, never the reverse.

It is a notebook, `mlp.py`, and the module `utils` that the assignment's cells import
from.
"""

import argparse
import ast
import inspect
import json
import sys
from collections import defaultdict
from pathlib import Path

from mlp import activations, checks, gradient_check, losses, model, network, training
from mlp.grader import utils
from mlp.grader.questions import QUESTIONS, OpenQuestion, Program

HEADER = '''\
"""Problem 2: a multilayer perceptron in NumPy. Write what raises NotImplementedError.

The grader asks for TwoLayerMLP, as `python -m mlp.grader problem_set.ipynb` finds it.
All else is a suggestion how to get there: keep it, change it, or delete it.
"""

from pkgutil import extend_path

__path__ = extend_path([], __name__)  # beside this file, mlp.grader is still the book's
'''
MODULES = [checks, activations, losses, network, gradient_check, training, model]
FOR_THE_READER = {  # what has a formula of an answer in its docstring is left out
    "sigmoid",
    "relu",
    "initial_parameters",
    "forward",
    "backward",
    "eval_numerical_gradient",
    "minibatches",
    "train",
    "MLP",
    "TwoLayerMLP",
}
METHODS = {"__init__", "loss", "predict"}


# mlp.py


def statements(module):
    """Return the source of a module and its statements."""
    text = inspect.getsource(module)
    return text, ast.parse(text).body


def imports():
    """Return the lines that import what the modules need of others.

    Raises
    ------
    ValueError
        When they need another module of the book.
    """
    own = {"mlp", *(module.__name__ for module in MODULES)}
    whole, parts = set(), defaultdict(set)
    for module in MODULES:
        for node in statements(module)[1]:
            names = {ast.unparse(name) for name in getattr(node, "names", [])}
            source = getattr(node, "module", "")
            if isinstance(node, ast.Import):
                whole |= names
            elif source.partition(".")[0] != "mlp":
                parts[source] |= names
            elif source not in own:
                raise ValueError(
                    f"MODULES in mlp/grader/starter.py lack {source}, which "
                    f"{module.__name__} imports"
                )
    lines = [(name, f"import {name}") for name in sorted(whole)]
    for source in sorted(parts.keys() - {""}):
        lines.append(
            (source, f"from {source} import {', '.join(sorted(parts[source]))}")
        )
    groups = {True: [], False: []}  # the standard library first
    for source, line in lines:
        groups[source.partition(".")[0] in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(group) for group in groups.values())


def heading():
    """Return the docstring of `mlp.py`, and its imports."""
    return f"{HEADER}\n{imports()}"


def own_text(module):
    """Return the text of a module without its docstring and its imports."""
    text, body = statements(module)
    lines = text.splitlines()
    kept = [node for node in body if not is_heading(node)]
    return "\n".join(lines[first_line(kept[0]) - 1 :])


def is_heading(node):
    """Tell a docstring or an import."""
    return isinstance(node, ast.Import | ast.ImportFrom) or is_docstring(node)


def is_docstring(node):
    """Tell a text that stands for itself."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def first_line(node):
    """Return the line at which a statement begins, its decorators included."""
    return min(part.lineno for part in [node, *getattr(node, "decorator_list", [])])


def solution_module():
    """Return the text of a `mlp.py` with all answers: modules of the book in a row."""
    text = "\n\n\n".join([heading(), *map(own_text, MODULES)])
    return without_module_names(text) + "\n"


def without_module_names(text):
    """Return a text in which `training.train`, say, is `train`: all is one module."""
    names = {module.__name__.rpartition(".")[2] for module in MODULES}
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) in names:
            line, prefix = lines[node.lineno - 1], f"{node.value.id}."
            lines[node.lineno - 1] = line.replace(f"{prefix}{node.attr}", node.attr)
    return "\n".join(lines)


def outline(lines, node):
    """Return the head of a function, with its docstring, and a body to be written."""
    first = node.body[0]
    last = first.end_lineno if is_docstring(first) else first.lineno - 1
    body = " " * first.col_offset + "raise NotImplementedError"
    return [*lines[node.lineno - 1 : last], body]


def class_outline(lines, node):
    """Return a class with its values and the outlines of METHODS."""
    kept = lines[node.lineno - 1 : node.body[0].end_lineno]
    for part in node.body[1:]:
        if isinstance(part, ast.Assign):  # train = train
            kept += ["", *lines[part.lineno - 1 : part.end_lineno]]
        elif part.name in METHODS:
            kept += ["", *outline(lines, part)]
    return kept


def stub_module():
    """Return the text of the starter's `mlp.py`."""
    solution = solution_module()
    lines, parts = solution.splitlines(), [heading()]
    for node in ast.parse(solution).body:
        if getattr(node, "name", None) in FOR_THE_READER:
            make = class_outline if isinstance(node, ast.ClassDef) else outline
            parts.append("\n".join(make(lines, node)))
    return "\n\n\n".join(parts) + "\n"


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

from mlp.grader import check, rubric, symbols

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
