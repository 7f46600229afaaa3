"""The checker itself, `mlp/proof/`: what it must accept, refuse, and leave open."""

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError
from itertools import product

import numpy as np
import pytest
from known_claims import (
    TRUE,
    WRONG,
    A,
    B,
    C,
    G,
    L,
    P,
    R,
    S,
    V,
    W,
    X,
    Y,
    Z,
    absolute,
    affine,
    i,
    j,
    k,
    ones,
    x,
    z,
)
from sympy import (
    Abs,
    HadamardPower,
    Heaviside,
    Integer,
    Inverse,
    MatrixSymbol,
    Max,
    Ne,
    Piecewise,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    exp,
    log,
    sign,
    sqrt,
    tanh,
    true,
)
from sympy import HadamardProduct as Hadamard
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp import proof
from mlp.proof import (
    D,
    H,
    J,
    N,
    NotProved,
    RealMatrix,
    Softmax,
    Theorem,
    definitions,
    f,
    numbers,
    prove,
    total,
)


def proved(claim, **setting):
    return prove("test", claim, **setting)


def verdict(claim, **setting):
    """The NotProved that the claim raises."""
    with pytest.raises(NotProved) as caught:
        prove("test", claim, **setting)
    return caught.value


@pytest.mark.parametrize("setting", TRUE.values(), ids=TRUE)
def test_a_true_claim_is_proved(setting):
    assert isinstance(proved(**setting), Theorem)


@pytest.mark.parametrize("setting", WRONG.values(), ids=WRONG)
def test_a_wrong_claim_is_refused_with_a_counterexample(setting):
    error = verdict(**setting)
    assert error.counterexample and "claim" in error.counterexample
    assert str(error) == f"test is wrong: {error.counterexample}"


def test_of_all_products_of_two_matrices_one_is_the_gradient():
    """Square matrices, so that no shape helps: 36 claims."""
    accepted = []
    for left, right in product([A, A.T, B, B.T, C, C.T], repeat=2):
        try:
            proved(left * right, of=J, wrt=B, where={J: total(Hadamard(C, A * B))})
            accepted.append((left, right))
        except NotProved as error:
            assert error.counterexample, (left, right)
    assert accepted == [(A.T, C)]


# Shapes.

MISFITS = {
    "no transpose": X * G,
    "order": G * X.T,
    "transposed": G.T * X,
    "a sum": X.T * G + X,
    "element-wise": Hadamard(X.T * G, X),
    "inside": (X * G).T * (X * G),
    "a number": x,
}


@pytest.mark.parametrize("claim", MISFITS.values(), ids=MISFITS)
def test_shapes_that_do_not_fit_are_named(claim):
    error = verdict(claim, of=J, wrt=W, where=affine)
    assert error.counterexample.startswith("the shapes do not fit, ")
    assert "is (" in error.counterexample


def test_a_transposed_product_that_fits_when_sizes_agree_is_refused_by_numbers():
    setting = dict(claim=G.T * X, of=J, wrt=W, where=affine)
    assert proved(**setting, sizes={N: 2, D: 1, H: 1})
    assert "claim" in verdict(**setting, sizes={N: 2, D: 2, H: 2}).counterexample
    assert "shapes" in verdict(**setting).counterexample


# Neither proved nor refuted.

OPEN = {
    "f is even, which the f that is tried happens to be": dict(
        claim=f(x) ** 2, of=f(-x) ** 2
    ),
    "a kink of a number": dict(
        claim=Piecewise((1, z > 0), (0, True)), of=L, wrt=z, where={L: Max(0, z)}
    ),
    "a kink of a matrix": dict(claim=W.applyfunc(sign), of=J, wrt=W, where=absolute),
    "a hypothesis about another number": dict(
        claim=sign(z), of=L, wrt=z, where={L: Abs(z)}, given=[Ne(z, 5)]
    ),
    "a hypothesis about other entries": dict(
        claim=W.applyfunc(sign), of=J, wrt=W, where=absolute, given=[Ne(W[i, j], 5)]
    ),
    "a hypothesis about one entry": dict(
        claim=W.applyfunc(sign), of=J, wrt=W, where=absolute, given=[Ne(W[0, 0], 0)]
    ),
    "a hypothesis about the diagonal": dict(
        claim=A.applyfunc(sign),
        of=J,
        wrt=A,
        where={J: total(A.applyfunc(Abs))},
        given=[Ne(A[i, i], 0)],
    ),
    "a norm, also at 0": dict(
        claim=A / sqrt(total(Hadamard(A, A))),
        of=J,
        wrt=A,
        where={J: sqrt(total(Hadamard(A, A)))},
    ),
    "a jump": dict(claim=Integer(0), of=L, wrt=z, where={L: Heaviside(z)}),
    "a step": dict(
        claim=ZeroMatrix(N, N), of=J, wrt=A, where={J: total(A.applyfunc(sign))}
    ),
    "a logarithm of a complex number": dict(claim=x, of=log(exp(x))),
    "two numbers of one name": dict(
        claim=Integer(0), of=L, wrt=Symbol("z"), where={L: z**2}
    ),
    "two matrices of one name": dict(
        claim=ZeroMatrix(N, N), of=J, wrt=MatrixSymbol("A", N, N), where={J: total(A)}
    ),
}


@pytest.mark.parametrize("setting", OPEN.values(), ids=OPEN)
def test_what_is_neither_proved_nor_refuted_is_called_not_shown(setting):
    error = verdict(**setting)
    assert error.counterexample is None
    assert str(error).startswith("test is not shown: ") and "wrong" not in str(error)


def test_a_mutant_that_is_not_refuted_does_not_count_as_refused():
    rule = proved(f(x) ** 2, of=f(x) ** 2)
    with pytest.raises(NotProved, match="not shown"):
        rule.refuses(f(-x) ** 2)


# SymPy's derivative by a whole matrix is not used: it is silently wrong.

SYMPY_SAYS_ZERO = {
    "one entry squared": (lambda M: M[0, 0] ** 2, ZeroMatrix(N, N)),
    "log of the trace": (lambda M: log(Trace(M)), ZeroMatrix(N, N)),
    "sum of an entry": (lambda M: Sum(M[0, 0], (k, 0, N - 1)), ZeroMatrix(N, N)),
}


@pytest.mark.parametrize("of, zero", SYMPY_SAYS_ZERO.values(), ids=SYMPY_SAYS_ZERO)
def test_where_sympy_says_zero_the_checker_does_not(of, zero):
    assert verdict(zero, of=J, wrt=A, where={J: of(A)})


@pytest.mark.parametrize(
    "name",
    [
        "affine, by W",
        "squared error, by the first W",
        "sigmoid",
        "softmax with cross-entropy",
        "sum of A A A",
    ],
)
def test_every_derivative_is_taken_of_a_number_by_a_number(name, monkeypatch):
    asked, derivative = [], definitions.derivative

    def watched(expr, variable):
        asked.append(expr)
        assert not getattr(expr, "is_Matrix", False) and not hasattr(expr, "shape")
        assert isinstance(variable, (MatrixElement, Symbol))
        return derivative(expr, variable)

    for function in (proof.unfold, proof.partial, proof.written_out):
        function.cache_clear()
    monkeypatch.setattr(definitions, "derivative", watched)
    assert proved(**TRUE[name]) and asked


def test_other_matrix_functions_do_not_slip_through():
    for J_of_A in [
        total(Inverse(A)),
        total(HadamardPower(A, 3)),
        Trace(A),
        Trace(A * A),
    ]:
        verdict(ZeroMatrix(N, N), of=J, wrt=A, where={J: J_of_A})


# A counterexample is what it says: both sides at its numbers, by another path.

COUNTERED = [
    ("affine, by W", 2 * X.T * G),
    ("affine, by W", X.T * G + W),
    ("affine, by b", ones.T * G / N),
    ("affine, by X", Hadamard(G * W.T, X)),
    ("softmax with cross-entropy", P - Y),
    ("softmax with cross-entropy", (Y - P) / N),
    ("softmax, any shift", Softmax(2 * S)),
    ("squared error, by the first W", X.T * R * V.T),
    ("squares", A),
    ("sum of A A A", A),
    ("norm", A),
    ("|W| away from 0", W),
]


@pytest.mark.parametrize("name, claim", COUNTERED)
def test_a_counterexample_holds_when_both_sides_are_evaluated(name, claim, monkeypatch):
    rule, said = proved(**TRUE[name]), []
    write = numbers.report

    def noted(sizes, values, pair, left, right):
        said.append((sizes, values, pair, left, right))
        return write(sizes, values, pair, left, right)

    monkeypatch.setattr(numbers, "report", noted)
    text = rule.refuses(claim)
    [(sizes, values, pair, left, right)] = said
    equation = rule.equation
    parts = [
        equation.left,
        equation.right,
        claim,
        *equation.where.values(),
        *equation.where,
    ]
    rng = np.random.default_rng(0)  # numbers that the counterexample does not mention
    arrays = {}
    for matrix in {M for part in parts for M in part.atoms(RealMatrix)} - set(
        equation.where
    ):
        small = matrix.xreplace(sizes)
        arrays[matrix] = np.empty(small.shape)
        for index in np.ndindex(*map(int, small.shape)):
            arrays[matrix][index] = values.get(small[index], rng.standard_normal())
    index = tuple(map(int, pair))
    truth, claimed = (
        side.evaluate(arrays)[index]
        for side in (rule, Theorem("mutant", *replaced(rule, claim)))
    )
    assert truth == pytest.approx(float(left.xreplace(values).doit()), rel=1e-12)
    assert claimed == pytest.approx(float(right.xreplace(values).doit()), rel=1e-12)
    assert abs(truth - claimed) > 1e-9
    for fact in (fact.xreplace(sizes) for fact in equation.given):
        for place in proof.places(fact):  # each row and column
            assert fact.xreplace(place).doit().xreplace(values) is true
    for value in (left, right):
        assert proof.plain(proof.short(value.xreplace(values))) in text


def replaced(rule, claim):
    """The fields of a theorem after its label, with another right-hand side."""
    names = [name for name in rule.__dataclass_fields__ if name != "label"]
    fields = {name: getattr(rule, name) for name in names}
    equation = rule.equation
    fields["equation"] = type(equation)(
        equation.left, claim, equation.where, equation.given
    )
    return [fields[name] for name in names]


# Theorems.


def test_a_theorem_cannot_be_changed():
    rule = proved(**TRUE["affine, by W"])
    with pytest.raises(FrozenInstanceError):
        rule.label = "another"


def test_a_rewriting_is_accepted_and_a_mutant_is_not():
    rule = proved(**TRUE["affine, by W"])
    assert isinstance(rule.accepts((G.T * X).T), Theorem)
    with pytest.raises(NotProved):
        rule.accepts(-X.T * G)


def test_refusing_a_right_claim_fails():
    with pytest.raises(AssertionError, match="accepts"):
        proved(**TRUE["affine, by W"]).refuses((G.T * X).T)


def test_refuse_has_a_line_for_each_mutant():
    rule = proved(**TRUE["affine, by W"])
    refusals = rule.refuse({"sign": -X.T * G, "no transpose": X * G})
    first, second = repr(refusals).splitlines()
    assert first == (
        "sign          refused: N = 1, D = 1, H = 1, G = [2], X = [3]: "
        "claim -6, true 6 at (0, 0)"
    )
    assert second.startswith(
        "no transpose  refused: the shapes do not fit, X is (N, D)"
    )


@pytest.mark.parametrize("label", ["eq:test", "Q1.1", "layer, by W"])
def test_a_theorem_shows_its_formula_sizes_definitions_and_hypotheses(label):
    rule = prove(label, **TRUE["softmax with cross-entropy"])
    shown = rule._repr_markdown_()
    _, formula, small_print = shown.split("$$")
    assert formula.strip() == rule.latex
    assert (f"$$ ({label})" in shown) == label.startswith("eq:")
    assert label in shown
    for part in ["proved for every", "where", "if", r"\operatorname{softmax}", r"\sum"]:
        assert part in shown if "sum" in part else part in small_print
    assert repr(rule).splitlines()[0].endswith(f"({label})")


def test_a_theorem_about_known_sizes_does_not_claim_every_size():
    rule = proved(X.T * G, of=J, wrt=W, where=affine, sizes={N: 2, D: 3, H: 2})
    assert "every" not in repr(rule) and "every" not in rule._repr_markdown_()


@pytest.mark.parametrize("seed", range(3))
def test_evaluate_is_what_numpy_computes(seed):
    rng = np.random.default_rng(seed)
    n, d, h = rng.permutation([2, 3, 4])
    x_, w, g = (rng.standard_normal(shape) for shape in [(n, d), (d, h), (n, h)])
    rule = proved(**TRUE["affine, by X"])
    np.testing.assert_allclose(rule.evaluate({G: g, W: w}), g @ w.T, rtol=1e-12)
    rule = proved(**TRUE["element-wise"])
    values = rule.evaluate({G: g, Z: x_ @ w, f(Symbol("u")): tanh(Symbol("u"))})
    np.testing.assert_allclose(values, g * (1 - np.tanh(x_ @ w) ** 2), rtol=1e-12)
    same = proved(W, of=2 * W - W)
    np.testing.assert_array_equal(same.evaluate({W: w}), w)
    assert proved(x**2, of=x * x).evaluate({x: 1.5}) == 2.25


# Another process with other hashes writes the same.

SHOW = """
from sympy import *
from sympy import HadamardProduct as Hadamard
from mlp.proof import *
X, W, b = RealMatrix("X", N, D), RealMatrix("W", D, H), RealMatrix("b", 1, H)
Z, G, Y = RealMatrix("Z", N, H), RealMatrix("G", N, H), RealMatrix("Y", N, H)
k, z, h = Symbol("k", integer=True), Symbol("z", real=True), Symbol("h")
P = RealMatrix("P", N, H)
g = Hadamard(G, Z.applyfunc(f_prime))
layer = {Z: X * W + OneMatrix(N, 1) * b, J: total(Hadamard(G, Z.applyfunc(f)))}
soft = {J: -total(Hadamard(Y, P.applyfunc(log))) / N, P: Softmax(Z)}
rows = [Eq(Sum(Y[any_row, k], (k, 0, H - 1)), 1)]
for rule, mutant in [
    (prove("eq:one", X.T * g, of=J, wrt=W, where=layer), X.T * G),
    (prove("eq:two", g * W.T, of=J, wrt=X, where=layer), -g * W.T),
    (prove("eq:three", (P - Y) / N, of=J, wrt=Z, where=soft, given=rows), P - Y),
    (prove("four", h * (1 - h), of=h, wrt=z, where={h: 1 / (1 + exp(-z))}), h),
]:
    shown = rule, rule._repr_markdown_(), rule._repr_latex_(), rule.refuses(mutant)
    print(*shown, sep="\\n")
"""


def test_display_and_counterexamples_do_not_depend_on_hashes():
    shown = [
        subprocess.run(
            [sys.executable, "-c", SHOW],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ["0", "7"]
    ]
    assert shown[0] == shown[1] and shown[0].count("proved for every") == 6
