"""What is shown: of theorems a line a definition, of refusals a row a mutant."""

import pickle
import re

import pytest
from sympy import Abs, Eq, Sum, Symbol

from mlp.proof import (
    Counterexample,
    D,
    H,
    J,
    N,
    RealMatrix,
    any_row,
    latex,
    plain,
    prove,
    total,
)

X, W, T = RealMatrix("X", N, D), RealMatrix("W^1", D, H), RealMatrix("T", N, H)
R = RealMatrix("R", N, H)
RULE = prove(
    "squares",
    2 * X.T * R,
    of=J,
    wrt=W,
    where={R: X * W - T, J: total(R.applyfunc(lambda u: u**2))},
)
MUTANTS = {
    "no 2": X.T * R,
    "|R|": 2 * X.T * R.applyfunc(Abs),
    "turned": 2 * X * R,
}


@pytest.fixture(scope="module")
def refusals():
    return RULE.refuse(MUTANTS)


def cells(row):
    """The cells of a row of a Markdown table."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def table(refusals):
    head, rule, *rows = refusals._repr_markdown_().splitlines()
    assert set(rule) <= set("| -")
    return cells(head), [cells(row) for row in rows]


def test_as_text_each_refusal_is_a_line(refusals):
    assert repr(refusals).splitlines() == [
        f"{name:6}  refused: {RULE.refuses(claim)}" for name, claim in MUTANTS.items()
    ]


def test_on_a_page_each_refusal_is_a_row(refusals):
    head, rows = table(refusals)
    assert head[:2] == ["refused", rf"${latex(RULE.equation.left)} \neq$"]
    assert [len(row) for row in rows] == [len(head)] * len(MUTANTS)
    assert [row[0] for row in rows] == ["no 2", r"\|R\|", "turned"]


def test_a_row_has_the_wrong_formula_and_both_sides(refusals):
    _, rows = table(refusals)
    for (name, formula, claim, true, place, numbers), (_, mutant, found) in zip(
        rows[:2], refusals.rows[:2], strict=True
    ):
        assert formula.replace(r"\vert ", "|") == f"${latex(mutant)}$", name
        assert (claim, true) == (f"${latex(found.claim)}$", f"${latex(found.true)}$")
        assert place == f"${found.place}$"
        assert numbers.count(" = ") == len(found.given)
        assert claim != true


def test_of_shapes_that_do_not_fit_a_row_has_no_numbers(refusals):
    _, rows = table(refusals)
    name, _, claim, true, place, why = rows[2]
    assert (claim, true, place) == ("", "", "")
    assert why.startswith("the shapes do not fit")


def test_no_mutants_are_an_error():
    with pytest.raises(ValueError, match="no mutants"):
        RULE.refuse({})


def test_the_parts_of_a_counterexample_are_its_text():
    found = RULE.refuses(MUTANTS["no 2"])
    assert isinstance(found, Counterexample)
    numbers = ", ".join(f"{plain(x)} = {plain(n)}" for x, n in found.given)
    sides = f"claim {plain(found.claim)}, true {plain(found.true)}"
    assert found == f"{numbers}: {sides} at {found.place}"


def test_a_counterexample_survives_pickling():
    found = RULE.refuses(MUTANTS["no 2"])
    again = pickle.loads(pickle.dumps(found))
    assert (again, again.given, again.place) == (found, found.given, found.place)


def test_in_the_small_print_each_definition_has_a_line():
    lines = RULE._repr_markdown_().splitlines()
    assert lines[-3] == "- where"
    equations = [Eq(*pair, evaluate=False) for pair in RULE.equation.where.items()]
    assert lines[-2:] == [rf"  - $\displaystyle {latex(x)}$" for x in equations]


def test_one_hypothesis_stays_on_the_line_of_its_word():
    k = Symbol("k", integer=True)
    given = Eq(Sum(T[any_row, k], (k, 0, H - 1)), 1)
    rule = prove("rows", N, of=total(T), given=[given])
    *_, last = rule._repr_markdown_().splitlines()
    assert last == rf"- if $\displaystyle {latex(given)}$ for every i"
