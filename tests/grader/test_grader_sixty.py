"""Programs of many styles get the marks that a fair teacher gives.

They are the files of the folder sixty, their marks stand in sixty_marks.py. With
SIXTY=all in the environment all of them are marked on MNIST, too, which takes a while.
"""

import io
import os
import tokenize
from collections import Counter
from contextlib import suppress
from itertools import combinations
from keyword import kwlist
from pathlib import Path

import pytest
from cells import is_notebook, notebook
from sixty_marks import (
    BROKEN,
    NEVER_ENDING,
    ON_MNIST,
    PARTLY,
    PROGRAMS,
    QUESTIONS,
    RIGHT,
)
from test_grader_programs import SOLUTION

from mlp.grader.programs.asking import check_programs
from mlp.grader.questions import QUESTIONS as RECORDS

FOLDER = Path(__file__).parent / "sixty"
ON_TOY_DATA = QUESTIONS[:4]
INTERFACE = """
    TwoLayerMLP input_size hidden_size num_classes std activation params loss train
    predict X y reg X_val y_val learning_rate learning_rate_decay num_epochs batch_size
    verbose loss_history grad_magnitude_history train_acc_history val_acc_history
    W1 b1 W2 b2 sigmoid relu __init__ self numpy np as
""".split()
LAYOUT = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def source_of(name):
    """The text of a program."""
    return (FOLDER / f"{name}.py").read_text("utf-8")


def handed_in(name, folder):
    """The program as a student hands it in: `mlp.py`, or a notebook."""
    text = source_of(name)
    if is_notebook(text):
        path = folder / "problem_set.ipynb"
        path.write_text(notebook(text), "utf-8")
    else:
        path = folder / "mlp.py"
        path.write_text(text, "utf-8")
    return path


def is_marked_on_mnist(name):
    """Whether this run of the tests marks the program on MNIST."""
    return name in ON_MNIST or os.environ.get("SIXTY") == "all"


def bounds(mark):
    """The lowest and the highest fair mark."""
    return mark if isinstance(mark, tuple) else (mark, mark)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gets_the_marks_that_a_fair_teacher_gives(name, tmp_path):
    asked = QUESTIONS if is_marked_on_mnist(name) else ON_TOY_DATA
    limit = 3 if name in NEVER_ENDING else 60
    results = check_programs(asked, handed_in(name, tmp_path), limit)
    fair = dict(zip(QUESTIONS, map(bounds, PROGRAMS[name].points)))
    unfair = {
        result.question: (result.points, fair[result.question], result.hint)
        for result in results
        if not fair[result.question][0] <= result.points <= fair[result.question][1]
    }
    assert not unfair, PROGRAMS[name].why


# The programs themselves


def test_each_program_has_its_marks_and_a_reason():
    files = {path.stem for path in FOLDER.glob("*.py")}
    assert files == set(PROGRAMS)
    assert len(PROGRAMS) == len(RIGHT) + len(PARTLY) + len(BROKEN) >= 60
    assert len(RIGHT) >= 20 and len(PARTLY) >= 20
    assert all(marks.why.endswith(".") for marks in PROGRAMS.values())


@pytest.mark.parametrize("name", PROGRAMS)
def test_marks_are_among_those_that_can_be_had(name):
    for question, mark in zip(QUESTIONS, PROGRAMS[name].points, strict=True):
        low, high = bounds(mark)
        assert 0 <= low <= high <= RECORDS[question].points


def readable(tokens):
    """The tokens up to the end, or to an error of syntax."""
    with suppress(tokenize.TokenError):
        yield from tokens


def tokens(text):
    """The tokens of a program without comments, docstrings and layout."""
    found, is_statement = [], True
    lines = io.StringIO(text.replace("%matplotlib", "#"))
    for token in readable(tokenize.generate_tokens(lines.readline)):
        is_docstring = is_statement and token.type == tokenize.STRING
        if token.type not in LAYOUT and not is_docstring:
            found.append(token)
        if token.type not in {tokenize.COMMENT, tokenize.NL}:
            is_statement = token.type in LAYOUT
    return found


def words_of_choice(text):
    """The words of a program that its author chose, and how often.

    Names, numbers and texts; not Python's own words, and not those of the assignment.
    """
    words = [token.string for token in tokens(text) if token.type != tokenize.OP]
    return Counter(
        word for word in words if word.strip("\"'") not in {*kwlist, *INTERFACE}
    )


def runs_of_three(text):
    """All runs of three tokens, signs included, and how often."""
    strings = [token.string for token in tokens(text)]
    return Counter(zip(strings, strings[1:], strings[2:]))


def share(one, other):
    """What two counts have in common, as a part of the smaller."""
    return (one & other).total() / min(one.total(), other.total())


@pytest.mark.parametrize("count", [words_of_choice, runs_of_three])
def test_no_two_programs_share_half_of_their_tokens(count):
    counts = {name: count(source_of(name)) for name in PROGRAMS}
    alike = {
        (one, other): round(share(counts[one], counts[other]), 2)
        for one, other in combinations(counts, 2)
        if share(counts[one], counts[other]) >= 0.5
    }
    assert not alike


def test_no_program_looks_like_the_plain_solution():
    plain = runs_of_three(SOLUTION)
    alike = {name: share(runs_of_three(source_of(name)), plain) for name in PROGRAMS}
    assert max(alike.values()) < 0.5, alike


@pytest.mark.parametrize("count", [words_of_choice, runs_of_three])
def test_an_edit_of_a_program_shares_most_of_its_tokens(count):
    edit = SOLUTION.replace("0.5 * reg", "reg").replace("h * (1 - h)", "(h - h**2)")
    assert share(count(edit), count(SOLUTION)) > 0.9
