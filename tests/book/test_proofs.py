"""Part I: what its chapters prove and refuse, and the code beside the proved equations.

The chapters are executed once, in this process. `pytest -s` prints the counts, and so
does `python tests/book/part_one.py`.
"""

import ast
import importlib
import inspect
import re

import numpy as np
import part_one
import pytest
from bridge import BRIDGE
from part_one import ANSWERS, CHAPTERS, of, theorem
from sympy import FunctionMatrix, Lambda, Symbol, symbols

from book.tools import labels
from book.tools.formulas import on_the_sheet, shapes
from mlp.proof import entry, plain

SEEDS = range(3)


@pytest.fixture(scope="module", autouse=True)
def executed():
    """Execute Part I before its first test, which then shows the time as its setup."""
    part_one.run_part_one()


def compare(label, seed):
    """Fail unless code and proved equation agree to 1e-12, in shape as well."""
    rule = theorem(label)
    proved, computed = map(np.asarray, BRIDGE[label](rule, np.random.default_rng(seed)))
    assert proved.shape == computed.shape
    np.testing.assert_allclose(
        np.asarray(computed, float), proved, rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("label", BRIDGE)
def test_code_computes_what_is_proved(label, seed):
    compare(label, seed)


@pytest.mark.parametrize("label", [shown.label for shown in on_the_sheet()])
def test_the_sheet_of_formulas_has_formula_and_shapes_of_the_theorem(label):
    rule, shown = theorem(label), labels.formulas()[label]
    arrays = {x for x in part_one.names(rule) if x.is_Matrix}
    told = {x.name: ", ".join(map(plain, x.shape)) for x in arrays}
    assert (shown.tex, shapes(shown)) == (rule.latex, told)


# The labeled line, changed by one millionth: the comparison must fail, or it compares
# something else.


def nudged(node):
    """The same value times 1.000001; of several values, the last one."""
    if isinstance(node, ast.Tuple):
        return ast.Tuple([*node.elts[:-1], nudged(node.elts[-1])], ast.Load())
    return ast.BinOp(node, ast.Mult(), ast.Constant(1 + 1e-6))


class Nudge(ast.NodeTransformer):
    """Change the value that the statement on one line of a module makes."""

    def __init__(self, line):
        self.line = line

    def visit(self, node):
        if isinstance(node, (ast.Assign, ast.Return)) and node.end_lineno == self.line:
            node.value = nudged(node.value)
        elif isinstance(node, ast.AugAssign) and node.end_lineno == self.line:
            whole = ast.AugAssign(node.target, ast.Mult(), ast.Constant(1 + 1e-6))
            return [node, whole]
        return self.generic_visit(node)


def nudged_function(path, line, name):
    """The function `name` of the file, with the value made on that line nudged."""
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    tree = Nudge(line).visit(ast.parse(inspect.getsource(module)))
    namespace = dict(vars(module))
    exec(compile(ast.fix_missing_locations(tree), path, "exec"), namespace)
    found, original = namespace[name.split(".")[0]], getattr(module, name.split(".")[0])
    for part in name.split(".")[1:]:
        found, original = getattr(found, part), getattr(original, part)
    return original, found


LINES = {
    f"{label} in {name}": (label, path, line, name)
    for label, path, line, name, _ in labels.code_lines()
}


@pytest.mark.parametrize("label, path, line, name", LINES.values(), ids=LINES)
def test_the_comparison_notices_a_change_of_the_labeled_line(
    label, path, line, name, monkeypatch
):
    original, changed = nudged_function(path, line, name)
    assert original.__code__ != changed.__code__
    monkeypatch.setattr(original, "__code__", changed.__code__)
    with pytest.raises(AssertionError, match="Mismatched elements"):
        compare(label, seed=0)


# The chapters: each rule is proved once, refuses its mutants and accepts rewritings.

each_rule = pytest.mark.parametrize("label", [*BRIDGE, *ANSWERS])


def test_every_chapter_proves_something():
    print(part_one.summary())  # pytest -s shows it
    assert {event.chapter for event in of("theorem")} == {
        chapter.name for chapter in CHAPTERS
    }


@each_rule
def test_a_rule_is_proved_once(label):
    assert len(of("theorem", label)) == 1


@each_rule
def test_a_rule_refuses_three_mutants_with_a_counterexample(label):
    refused = {plain(event.claim): event.result for event in of("refused", label)}
    assert len(refused) >= 3, sorted(refused)


@each_rule
def test_a_rule_accepts_a_rewriting_in_its_chapter(label):
    assert of("accepted", label)


def rewritten(right):
    """The same number or matrix, entry by entry, as (1 + u)² r - (u² + 2 u) r."""
    u = Symbol("u", real=True)

    def other(r):
        return (1 + u) ** 2 * r - (u**2 + 2 * u) * r

    if not hasattr(right, "shape"):
        return other(right)
    i, j = symbols("p q", integer=True)
    return FunctionMatrix(*right.shape, Lambda((i, j), other(entry(right, i, j))))


@each_rule
def test_a_rule_accepts_a_rewriting_that_sympy_does_not_see_through(label):
    rule = theorem(label)
    other = rewritten(rule.equation.right)
    assert plain(other) != plain(rule.equation.right)
    assert rule.accepts(other)


COUNTEREXAMPLE = re.compile(
    r"(\S+ = \S.*|always): claim \S.*, true \S.*"
    r"|the shapes do not fit, \S.* is \(.+, .+\) but \S.* is (\(.+, .+\)|a number)"
)


def test_every_counterexample_gives_sizes_and_values_or_shapes():
    assert of("refused")
    for event in of("refused"):
        assert COUNTEREXAMPLE.fullmatch(event.result), event


def test_no_equation_has_a_number_that_no_code_computes():
    numbered = {event.label for event in of("theorem") if event.label.startswith("eq:")}
    assert numbered == set(BRIDGE)
