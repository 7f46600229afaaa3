"""The checker itself, `mlp/proof/`: what it must accept, refuse, and leave open."""

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError
from itertools import product

import numpy as np
import pytest
from sympy import (
    Abs,
    Eq,
    HadamardPower,
    Heaviside,
    Identity,
    Integer,
    Inverse,
    MatrixSymbol,
    Max,
    Ne,
    OneMatrix,
    Piecewise,
    Rational,
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
    Gradient,
    H,
    J,
    K,
    N,
    NotProved,
    RealMatrix,
    Softmax,
    Theorem,
    any_col,
    any_row,
    definitions,
    f,
    f_prime,
    numbers,
    prove,
    total,
)

X, W, b = RealMatrix("X", N, D), RealMatrix("W", D, H), RealMatrix("b", 1, H)
Z, G, ones = RealMatrix("Z", N, H), RealMatrix("G", N, H), OneMatrix(N, 1)
V, T, R = RealMatrix("V", H, K), RealMatrix("T", N, K), RealMatrix("R", N, K)
S, Y, P, c = (RealMatrix("S", N, K), RealMatrix("Y", N, K), RealMatrix("P", N, K),
              RealMatrix("c", N, 1))  # fmt: skip
A, B, C = (RealMatrix(name, N, N) for name in "ABC")
pairs, column, twice = RealMatrix("A", N, 2), RealMatrix("a", N, 1), RealMatrix("a", 2 * N, 1)
z, t, x, L = Symbol("z", real=True), Symbol("t", real=True), Symbol("x"), Symbol("L")
i, j, k, m = any_row, any_col, Symbol("k", integer=True), Symbol("m", integer=True)
every = ones * ones.T  # (N, N)
trace = Sum(A[k, k], (k, 0, N - 1))
affine = {Z: X * W + ones * b, J: total(Hadamard(G, Z))}
one_hot = Eq(Sum(Y[i, k], (k, 0, K - 1)), 1)
cross_entropy = {J: -total(Hadamard(Y, P.applyfunc(log))) / N, P: Softmax(S)}
squares = {R: X * W * V - T, J: total(Hadamard(R, R))}
absolute = {J: total(W.applyfunc(Abs))}


def proved(claim, **setting):
    return prove("test", claim, **setting)


def verdict(claim, **setting):
    """The NotProved that the claim raises."""
    with pytest.raises(NotProved) as caught:
        prove("test", claim, **setting)
    return caught.value


# Claims that are true, some of them hard.

TRUE = {
    "affine, by W": dict(claim=X.T * G, of=J, wrt=W, where=affine),
    "affine, by b": dict(claim=ones.T * G, of=J, wrt=b, where=affine),
    "affine, by X": dict(claim=G * W.T, of=J, wrt=X, where=affine),
    "element-wise": dict(claim=Hadamard(G, Z.applyfunc(f_prime)), of=J, wrt=Z,
                         where={J: total(Hadamard(G, Z.applyfunc(f)))}),
    "softmax with cross-entropy": dict(claim=(P - Y) / N, of=J, wrt=S, where=cross_entropy,
                                       given=[one_hot]),
    "softmax, any shift": dict(claim=Softmax(S), of=Softmax(S + c * OneMatrix(1, K))),
    "softmax rows": dict(claim=ones, of=Softmax(S) * OneMatrix(K, 1)),
    "squared error, by the first W": dict(claim=2 * X.T * R * V.T, of=J, wrt=W, where=squares),
    "squared error, by the second": dict(claim=2 * (X * W).T * R, of=J, wrt=V, where=squares),
    "trace": dict(claim=Identity(N), of=J, wrt=A, where={J: trace}),
    "log of the trace": dict(claim=Identity(N) / trace, of=J, wrt=A, where={J: log(trace)}),
    "squares": dict(claim=2 * A, of=J, wrt=A, where={J: total(Hadamard(A, A))}),
    "trace of A A": dict(claim=2 * A.T, of=J, wrt=A,
                         where={J: Sum(A[i, k] * A[k, i], (k, 0, N - 1), (i, 0, N - 1))}),
    "sum of A A A": dict(claim=every * (A * A).T + A.T * every * A.T + (A * A).T * every,
                         of=J, wrt=A, where={J: total(A * A * A)}),
    "square of a sum": dict(claim=2 * total(A) * every, of=J, wrt=A, where={J: total(A) ** 2}),
    "norm": dict(claim=A / sqrt(total(Hadamard(A, A))), of=J, wrt=A,
                 where={J: sqrt(total(Hadamard(A, A)))}, given=[Ne(total(Hadamard(A, A)), 0)]),
    "product of sums": dict(claim=total(A) * total(B),
                            of=Sum(A[i, k] * total(B), (k, 0, N - 1), (i, 0, N - 1))),
    "associative": dict(claim=A * B * C, of=(A * B) * C),
    "one entry": dict(claim=Integer(6), of=J, wrt=A[0, 0], where={J: 6 * A[0, 0] + A[0, 1]}),
    "a known size beside a symbolic one": dict(claim=OneMatrix(N, 2), of=J, wrt=pairs,
                                               where={J: total(pairs)}),
    "|W| away from 0": dict(claim=W.applyfunc(sign), of=J, wrt=W, where=absolute,
                            given=[Ne(W[i, j], 0)]),
    "max(0, z) away from 0": dict(claim=Piecewise((1, z > 0), (0, True)), of=L, wrt=z,
                                  where={L: Max(0, z)}, given=[Ne(z, 0)]),
    "sigmoid": dict(claim=x * (1 - x), of=x, wrt=z, where={x: 1 / (1 + exp(-z))}),
    "two names in a chain": dict(claim=1 - tanh(2 * z) ** 2, of=L, wrt=x,
                                 where={L: tanh(x), x: 2 * z}),
    "gradient step": dict(claim=W - t * X.T * G, of=W - t * Gradient(J, W), where=affine),
}  # fmt: skip


@pytest.mark.parametrize("setting", TRUE.values(), ids=TRUE)
def test_a_true_claim_is_proved(setting):
    assert isinstance(proved(**setting), Theorem)


# Claims that are wrong: the verdict must be "wrong", with a counterexample.

WRONG = {
    "the diagonal is not a row": dict(claim=Integer(1), of=trace,
                                      given=[Eq(Sum(A[i, k], (k, 0, N - 1)), 1)]),
    "columns are not rows": dict(claim=OneMatrix(1, K), of=ones.T * Y, given=[one_hot]),
    "trace, ones": dict(claim=every, of=J, wrt=A, where={J: trace}),
    "trace of A A, not transposed": dict(
        claim=2 * A, of=J, wrt=A,
        where={J: Sum(A[i, k] * A[k, i], (k, 0, N - 1), (i, 0, N - 1))}),
    "sum of A A A, one order": dict(
        claim=every * (A * A).T + A.T * every * A.T + every * (A * A).T,
        of=J, wrt=A, where={J: total(A * A * A)}),
    "square of a sum, sum of squares": dict(claim=total(Hadamard(A, A)), of=total(A) ** 2),
    "product of sums, sum of products": dict(claim=total(Hadamard(A, B)),
                                             of=total(A) * total(B)),
    "products commute": dict(claim=B * A, of=A * B),
    "symmetric": dict(claim=A.T, of=A),
    "element-wise is a product": dict(claim=A * B, of=Hadamard(A, B)),
    "softmax twice": dict(claim=Softmax(S), of=Softmax(Softmax(S))),
    "softmax, columns": dict(claim=OneMatrix(1, K), of=ones.T * Softmax(S)),
    "softmax, one shift for each class": dict(
        claim=Softmax(S), of=Softmax(S + ones * RealMatrix("d", 1, K))),
    "soft labels that do not sum to 1": dict(claim=(P - Y) / N, of=J, wrt=S,
                                             where=cross_entropy),
    "squared error, 1/N": dict(claim=2 * X.T * R * V.T / N, of=J, wrt=W, where=squares),
    "squared error, SymPy's order": dict(claim=ZeroMatrix(D, H), of=J, wrt=W, where=squares),
    "a sum up to N - 2": dict(claim=ones, of=J, wrt=column,
                              where={J: Sum(column[k, 0], (k, 0, N - 2))}),
    "every other entry": dict(claim=OneMatrix(2 * N, 1), of=J, wrt=twice,
                              where={J: Sum(twice[2 * k, 0], (k, 0, N - 1))}),
    "a triangle is the square": dict(claim=every, of=J, wrt=A,
                                     where={J: Sum(A[k, m], (m, 0, k), (k, 0, N - 1))}),
    "a triangle is the other one": dict(claim=Sum(A[m, k], (m, 0, k), (k, 0, N - 1)),
                                        of=Sum(A[k, m], (m, 0, k), (k, 0, N - 1))),
    "a known size counted twice": dict(
        claim=2 * Sum(pairs[k, 0] + pairs[k, 1], (k, 0, N - 1)), of=total(pairs)),
    "the same gradient counted twice": dict(claim=2 * OneMatrix(N, 2), of=J, wrt=pairs,
                                            where={J: total(pairs)}),
    "a path through a definition": dict(claim=every, of=J, wrt=A,
                                        where={B: A * A, J: total(A) + total(B)}),
    "a product of numbers": dict(claim=ones, of=J, wrt=column,
                                 where={J: column[0, 0] * column[N - 1, 0]}),
    "root of a square": dict(claim=Integer(1), of=L, wrt=z, where={L: sqrt(z**2)}),
    "wrong by one millionth": dict(claim=(1 + Rational(1, 10**6)) * X.T * G, of=J, wrt=W,
                                   where=affine),
    "right at size 1 only": dict(claim=N * X.T * G, of=J, wrt=W, where=affine),
    "right for square layers only": dict(claim=D * X.T * G / H, of=J, wrt=W, where=affine),
    "sigmoid, of the input": dict(claim=z * (1 - z), of=x, wrt=z,
                                  where={x: 1 / (1 + exp(-z))}),
    "max(0, z), sign": dict(claim=Piecewise((0, z > 0), (1, True)), of=L, wrt=z,
                            where={L: Max(0, z)}, given=[Ne(z, 0)]),
}  # fmt: skip


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
    "no transpose": X * G, "order": G * X.T, "transposed": G.T * X, "a sum": X.T * G + X,
    "element-wise": Hadamard(X.T * G, X), "inside": (X * G).T * (X * G), "a number": x,
}  # fmt: skip


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
    "f is even, which the f that is tried happens to be": dict(claim=f(x) ** 2, of=f(-x) ** 2),
    "a kink of a number": dict(claim=Piecewise((1, z > 0), (0, True)), of=L, wrt=z,
                               where={L: Max(0, z)}),
    "a kink of a matrix": dict(claim=W.applyfunc(sign), of=J, wrt=W, where=absolute),
    "a hypothesis about another number": dict(claim=sign(z), of=L, wrt=z, where={L: Abs(z)},
                                              given=[Ne(z, 5)]),
    "a hypothesis about other entries": dict(claim=W.applyfunc(sign), of=J, wrt=W,
                                             where=absolute, given=[Ne(W[i, j], 5)]),
    "a hypothesis about one entry": dict(claim=W.applyfunc(sign), of=J, wrt=W,
                                         where=absolute, given=[Ne(W[0, 0], 0)]),
    "a hypothesis about the diagonal": dict(
        claim=A.applyfunc(sign), of=J, wrt=A, where={J: total(A.applyfunc(Abs))},
        given=[Ne(A[i, i], 0)]),
    "a norm, also at 0": dict(claim=A / sqrt(total(Hadamard(A, A))), of=J, wrt=A,
                              where={J: sqrt(total(Hadamard(A, A)))}),
    "a jump": dict(claim=Integer(0), of=L, wrt=z, where={L: Heaviside(z)}),
    "a step": dict(claim=ZeroMatrix(N, N), of=J, wrt=A, where={J: total(A.applyfunc(sign))}),
    "a logarithm of a complex number": dict(claim=x, of=log(exp(x))),
    "two numbers of one name": dict(claim=Integer(0), of=L, wrt=Symbol("z"),
                                    where={L: z**2}),
    "two matrices of one name": dict(claim=ZeroMatrix(N, N), of=J, wrt=MatrixSymbol("A", N, N),
                                     where={J: total(A)}),
}  # fmt: skip


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


@pytest.mark.parametrize("name", ["affine, by W", "squared error, by the first W", "sigmoid",
                                  "softmax with cross-entropy", "sum of A A A"])  # fmt: skip
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
    for J_of_A in [total(Inverse(A)), total(HadamardPower(A, 3)), Trace(A), Trace(A * A)]:
        verdict(ZeroMatrix(N, N), of=J, wrt=A, where={J: J_of_A})


# A counterexample is what it says: the two sides at its numbers, computed by another path.

COUNTERED = [
    ("affine, by W", 2 * X.T * G), ("affine, by W", X.T * G + W),
    ("affine, by b", ones.T * G / N), ("affine, by X", Hadamard(G * W.T, X)),
    ("softmax with cross-entropy", P - Y),
    ("softmax with cross-entropy", (Y - P) / N), ("softmax, any shift", Softmax(2 * S)),
    ("squared error, by the first W", X.T * R * V.T), ("squares", A), ("sum of A A A", A),
    ("norm", A), ("|W| away from 0", W),
]  # fmt: skip


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
    parts = [equation.left, equation.right, claim, *equation.where.values(), *equation.where]
    rng = np.random.default_rng(0)  # numbers that the counterexample does not mention
    arrays = {}
    for matrix in {M for part in parts for M in part.atoms(RealMatrix)} - set(equation.where):
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
        assert proof.short(value.xreplace(values)) in text


def replaced(rule, claim):
    """The fields of a theorem after its label, with another right-hand side."""
    names = [name for name in rule.__dataclass_fields__ if name != "label"]
    fields = {name: getattr(rule, name) for name in names}
    equation = rule.equation
    fields["equation"] = type(equation)(equation.left, claim, equation.where, equation.given)
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


def test_refuse_prints_a_line_for_each_mutant(capsys):
    proved(**TRUE["affine, by W"]).refuse({"sign": -X.T * G, "no transpose": X * G})
    first, second = capsys.readouterr().out.splitlines()
    assert first == ("sign          refused: N = 1, D = 1, H = 1, G = [2], X = [3]: "
                     "claim -6, true 6 at (0, 0)")  # fmt: skip
    assert second.startswith("no transpose  refused: the shapes do not fit, X is (N, D)")


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
    print(rule, rule._repr_markdown_(), rule._repr_latex_(), rule.refuses(mutant), sep="\\n")
"""


def test_display_and_counterexamples_do_not_depend_on_hashes():
    shown = [
        subprocess.run(
            [sys.executable, "-c", SHOW], check=True, capture_output=True, encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ["0", "7"]
    ]  # fmt: skip
    assert shown[0] == shown[1] and shown[0].count("proved for every") == 6
