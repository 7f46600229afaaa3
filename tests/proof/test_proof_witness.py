"""The second witness, `mlp/proof/witness.py`: words, derivatives, draws, verdicts."""

from math import erf as math_erf
from random import Random

import numpy as np
import pytest
from known_claims import (
    TRUE,
    WRONG,
    A,
    B,
    G,
    P,
    S,
    W,
    X,
    Y,
    Z,
    affine,
    b,
    c,
    column,
    cross_entropy,
    i,
    j,
    k,
    m,
    one_hot,
    ones,
    t,
    twice,
    x,
    z,
)
from sympy import (
    Abs,
    And,
    Derivative,
    E,
    Eq,
    FunctionMatrix,
    Ge,
    Gt,
    HadamardPower,
    Heaviside,
    Identity,
    ImmutableMatrix,
    Integer,
    Inverse,
    KroneckerDelta,
    Lambda,
    Le,
    Lt,
    Max,
    Min,
    Ne,
    Not,
    OneMatrix,
    Or,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    atan,
    cos,
    cosh,
    erf,
    exp,
    false,
    log,
    oo,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    symbols,
    sympify,
    tanh,
    true,
)
from sympy import Float as SympyFloat
from sympy import Function as SympyFunction
from sympy import HadamardProduct as Hadamard

from mlp.proof import Equation
from mlp.proof.arithmetic import FUNCTIONS, CannotCompute, Undefined, World, ctx, value
from mlp.proof.draws import draw
from mlp.proof.evaluation import evaluate
from mlp.proof.language import (
    D,
    Gradient,
    H,
    J,
    K,
    N,
    Partial,
    RealMatrix,
    Softmax,
    f,
    f_prime,
    total,
)
from mlp.proof.witness import Difference, NoNumbers, find_difference

orthonormal = Eq(Sum(X[i, k] * X[j, k], (k, 0, D - 1)), KroneckerDelta(i, j))


def an_equation(claim, of, wrt=None, where=None, given=()):
    """What the witness takes: the two sides, definitions and hypotheses."""
    slope = Gradient if getattr(wrt, "is_Matrix", False) else Partial
    left = of if wrt is None else slope(of, wrt)
    return Equation(sympify(left), sympify(claim), where or {}, tuple(given))


def verdict(claim, **setting):
    return find_difference(an_equation(claim, **setting))


# Words: each against NumPy.

rng = np.random.default_rng(5)
x_, w_, z_, a_, b_ = (
    rng.standard_normal(shape) for shape in [(2, 3), (3, 4), (2, 4), (2, 2), (2, 2)]
)
ARRAYS = {X: x_, W: w_, Z: z_, A: a_, B: b_, x: 0.7, z: -1.3}
softmax = np.exp(z_) / np.exp(z_).sum(axis=1, keepdims=True)
step = Piecewise((x, z > 0), (2 * x, And(z > -1, x > 0)), (3 * x, True))

MATRIX_WORDS = {
    "a sum": (X + 2 * X, 3 * x_),
    "a product": (X * W, x_ @ w_),
    "a product with scalars": (-x * X * W / N, -0.7 * x_ @ w_ / 2),
    "element-wise": (Hadamard(X, X, X * W * W.T), x_ * x_ * (x_ @ w_ @ w_.T)),
    "element-wise power": (HadamardPower(X, 3), x_**3),
    "transposed": ((X * W).T, (x_ @ w_).T),
    "a power": (A**3, a_ @ a_ @ a_),
    "ones": (OneMatrix(D, N), np.ones((3, 2))),
    "zeros": (ZeroMatrix(D, 2 * N), np.zeros((3, 4))),
    "the identity": (Identity(D), np.eye(3)),
    "written out": (ImmutableMatrix([[x, 2], [pi, z]]), [[0.7, 2], [np.pi, -1.3]]),
    "by its entries": (
        FunctionMatrix(N, D, Lambda((k, m), X[k, m] + 10 * k + m)),
        x_ + np.array([[0, 1, 2], [10, 11, 12]]),
    ),
    "f of each entry": (X.applyfunc(Lambda(t, t**2 + x)), x_**2 + 0.7),
    "a function of each entry": (X.applyfunc(tanh), np.tanh(x_)),
    "softmax": (Softmax(Z), softmax),
    "an empty product": (OneMatrix(N, D - 3) * OneMatrix(D - 3, D), np.zeros((2, 3))),
}

SCALAR_WORDS = {
    "a fraction": (Rational(1, 3), 1 / 3),
    "constants": (pi + E, np.pi + np.e),
    "a float": (SympyFloat("0.1"), 0.1),
    "arithmetic": ((x + z) * x / z - x**3, (0.7 - 1.3) * 0.7 / -1.3 - 0.343),
    "a root": (sqrt(x), 0.7**0.5),
    "an entry": (X[1, 2], x_[1, 2]),
    "an entry of a product": ((X * W)[1, 2], (x_ @ w_)[1, 2]),
    "a sum": (Sum(X[0, k] * k, (k, 0, D - 1)), x_[0] @ [0, 1, 2]),
    "a double sum": (
        Sum(X[m, k], (k, 0, m), (m, 0, N - 1)),
        x_[0, 0] + x_[1, :2].sum(),
    ),
    "a sum over nothing": (Sum(k, (k, 3, 1)), 0),
    "all entries": (total(X), x_.sum()),
    "a Kronecker delta": (Sum(KroneckerDelta(k, 1) * X[0, k], (k, 0, D - 1)), x_[0, 1]),
    "cases": (step, 2.1),
    "or, not": (Piecewise((1, Or(x < 0, Not(z > 0))), (0, True)), 1),
    "equal, unequal": (
        Piecewise((1, And(Eq(k, 1), Ne(k, 2))), (0, True)).subs(k, N),
        0,
    ),
    "absolute value": (Abs(z), 1.3),
    "sign": (sign(z), -1),
    "max, min": (Max(x, z) + Min(x, z, -2), -1.3),
    "Heaviside": (
        Heaviside(x) + Heaviside(z) + Heaviside(x - Rational(7, 10) + z - z),
        1.5,
    ),
    "exp, log": (exp(z) + log(x), np.exp(-1.3) + np.log(0.7)),
    "tanh, atan, erf": (
        tanh(z) * atan(x) * erf(z),
        np.tanh(-1.3) * np.arctan(0.7) * math_erf(-1.3),
    ),
    "sin, cos, sinh, cosh": (
        sin(z) * cos(z) * sinh(z) * cosh(z),
        np.sin(-1.3) * np.cos(-1.3) * np.sinh(-1.3) * np.cosh(-1.3),
    ),
    "a trace": (Trace(A * B), np.trace(a_ @ b_)),
    "true and false": (Piecewise((1, false), (2, true), evaluate=False), 2),
}


@pytest.mark.parametrize("expr, known", MATRIX_WORDS.values(), ids=MATRIX_WORDS)
def test_a_matrix_is_what_numpy_computes(expr, known):
    np.testing.assert_allclose(evaluate(expr, {}, ARRAYS), known, rtol=1e-13)


@pytest.mark.parametrize("expr, known", SCALAR_WORDS.values(), ids=SCALAR_WORDS)
def test_a_scalar_is_what_python_computes(expr, known):
    values = {**ARRAYS, x: Rational(7, 10)}
    np.testing.assert_allclose(evaluate(expr, {}, values), known, rtol=1e-13)


def test_a_definition_is_used_and_a_value_beats_it():
    where = {Z: X * W, J: total(Z)}
    assert evaluate(J, where, {X: x_, W: w_}) == pytest.approx(
        (x_ @ w_).sum(), rel=1e-13
    )
    assert value(x + 1, World({x: ctx.mpf(1)}, {x: Integer(5)})) == 2


def test_a_one_by_one_matrix_counts_as_a_number():
    where = {J: OneMatrix(1, N) * X * OneMatrix(D, 1)}
    assert evaluate(J + 1, where, {X: x_}) == pytest.approx(x_.sum() + 1, rel=1e-13)
    with pytest.raises(CannotCompute, match=r"matrix of shape \(2, 3\)"):
        evaluate(J + 1, {J: X}, {X: x_})


c2 = Symbol("c2")


def test_f_is_its_formula_whatever_its_letter_is_called():
    where = {f(z): c2 * z, c2: Integer(3)}
    assert evaluate(f(x) + z, where, {x: 2, z: 10}) == 16
    assert evaluate(f_prime(x), where, {x: 2}) == pytest.approx(3, rel=1e-13)
    assert evaluate(f(f(x)), {}, {x: 2, f(t): t**2 + t}) == 42


def test_a_function_can_be_added(monkeypatch):
    class Pos(SympyFunction):
        """1 where the argument is positive."""

    with pytest.raises(CannotCompute, match="Pos"):
        evaluate(Pos(x), {}, {x: 2})
    monkeypatch.setitem(FUNCTIONS, Pos, lambda u: u > 0)
    assert evaluate(Pos(x) + Pos(-x), {}, {x: 2}) == 1


@pytest.mark.parametrize(
    "expr, word",
    [
        (Inverse(A), "power -1"),
        (Derivative(f(x), x), "Derivative"),
        (SympyFunction("g")(x), "g"),
        (Sum(1 / m**2, (m, 1, oo)), "Infinity"),
    ],
)
def test_a_word_that_cannot_be_computed_is_named(expr, word):
    with pytest.raises(CannotCompute, match=word):
        evaluate(expr, {}, {**ARRAYS, f(t): t})


@pytest.mark.parametrize(
    "expr",
    [
        log(z),
        log(x - 2),
        sqrt(z),
        z ** (1 / x),
        1 / (x - 2),
        exp(exp(20 * x)),
        cosh(exp(99 * x)),
        exp(-exp(50 * x)),
        x ** (x**99),
        X[N, 0],
        Sum(X[k - 1, 0], (k, 0, 1)),
        Sum(X[0, k], (k, 0, D)),
        X[k / x, 0].subs(k, 1),
        Piecewise((1, z > 0)),
    ],
    ids=str,
)
def test_what_is_no_real_number_is_undefined(expr):
    with pytest.raises(Undefined):
        value(
            expr,
            World(
                {
                    N: 2,
                    D: 3,
                    X: np.full((2, 3), ctx.one),
                    x: ctx.mpf(2),
                    z: ctx.mpf(-1),
                },
                {},
            ),
        )


# Derivatives.

g_, y_ = rng.standard_normal((2, 4)), rng.random((2, 4))
y_ /= y_.sum(axis=1, keepdims=True)
B2 = RealMatrix("B", N, H)
SLOPES = {
    "affine, by W": (Gradient(J, W), {Z: X * W, J: total(Hadamard(G, Z))}, x_.T @ g_),
    "affine, by the defined Z": (
        Gradient(J, Z),
        {Z: X * W, J: total(Hadamard(G, Z))},
        g_,
    ),
    "tanh": (Gradient(J, Z), {J: total(Z.applyfunc(tanh))}, 1 - np.tanh(z_) ** 2),
    "f": (
        Gradient(J, Z),
        {f(z): tanh(z), J: total(Hadamard(G, Z.applyfunc(f)))},
        g_ * (1 - np.tanh(z_) ** 2),
    ),
    "f'": (Z.applyfunc(f_prime), {f(z): exp(2 * z)}, 2 * np.exp(2 * z_)),
    "by one entry": (
        Partial(J, Z[1, 2]),
        {J: total(HadamardPower(Z, 3))},
        3 * z_[1, 2] ** 2,
    ),
    "an entry of a gradient": (
        Gradient(J, Z)[1, 2],
        {J: total(HadamardPower(Z, 3))},
        3 * z_[1, 2] ** 2,
    ),
    "by a scalar": (Partial(sin(x) * x, x), {}, np.cos(0.7) * 0.7 + np.sin(0.7)),
    "by a defined scalar": (Partial(J, x), {J: x**2 * z, x: z + 2}, 2 * 0.7 * -1.3),
    "by a letter": (Sum(Partial(x**2, x), (x, 1, 3)), {}, 12),
    "softmax with cross-entropy": (
        Gradient(J, Z),
        {J: -total(Hadamard(G, P.applyfunc(log))), P: Softmax(Z)},
        g_.sum(axis=1, keepdims=True) * softmax - g_,
    ),
    "in a formula": (
        2 * W - x * Gradient(J, W),
        {Z: X * W, J: total(Hadamard(G, Z))},
        2 * w_ - 0.7 * x_.T @ g_,
    ),
    "of a gradient": (
        Gradient(total(HadamardPower(Gradient(J, Z), 2)), Z),
        {J: total(HadamardPower(Z, 3))},
        36 * z_**3,
    ),
    "defined by a gradient": (
        X.T * B2,
        {J: total(Z.applyfunc(exp)), B2: Gradient(J, Z)},
        x_.T @ np.exp(z_),
    ),
}


@pytest.mark.parametrize("expr, where, known", SLOPES.values(), ids=SLOPES)
def test_a_derivative_is_its_closed_form(expr, where, known):
    values = {key: a for key, a in (ARRAYS | {G: g_}).items() if key not in where}
    np.testing.assert_allclose(evaluate(expr, where, values), known, rtol=1e-13)


def test_derivatives_have_thirty_digits_up_to_the_third():
    slope, world = tanh(x), World({x: ctx.mpf("0.7")}, {})
    for known in (
        lambda h: 1 - h**2,
        lambda h: -2 * h * (1 - h**2),
        lambda h: (6 * h**2 - 2) * (1 - h**2),
    ):
        slope = Partial(slope, x)
        assert ctx.almosteq(value(slope, world), known(ctx.tanh(ctx.mpf("0.7"))), 1e-30)


def test_a_small_change_leaves_what_does_not_depend_on_it():
    """Counts how often the softmax is computed for all derivatives by U."""
    calls = []
    counted = SympyFunction("counted")
    FUNCTIONS[counted] = lambda u: calls.append(u) or u
    U = RealMatrix("U", N, K)
    where = {P: S.applyfunc(Lambda(t, counted(t))), J: total(Hadamard(U, P))}
    evaluate(Gradient(J, U), where, {S: np.ones((2, 3)), U: np.ones((2, 3))})
    del FUNCTIONS[counted]
    assert len(calls) == 6


# Draws: they satisfy their hypotheses.

row_sums = Eq(Sum(Y[i, k], (k, 0, K - 1)), c[i, 0])
l, r, q = (
    symbols("l", integer=True, positive=True),
    symbols("r", positive=True),
    symbols("q"),
)
positive_Z = {Z: X * W}
DRAWS = {
    "rows sum to 1": ([one_hot], {}, lambda v: np.allclose(v[Y].sum(1), 1)),
    "rows of labels": (
        [one_hot, Y[i, j] > 0],
        {},
        lambda v: np.allclose(v[Y].sum(1), 1) and (v[Y] > 0).all(),
    ),
    "rows sum to t": ([row_sums], {}, lambda v: np.allclose(v[Y].sum(1), v[c][:, 0])),
    "a matrix equation": (
        [Eq(Y * OneMatrix(K, 1), ones)],
        {},
        lambda v: np.allclose(v[Y].sum(1), 1),
    ),
    "orthonormal rows": (
        [orthonormal],
        {},
        lambda v: np.allclose(v[X] @ v[X].T, np.eye(2)),
    ),
    "symmetric": ([Eq(A[i, j], A[j, i])], {}, lambda v: np.allclose(v[A], v[A].T)),
    "a defined softmax": (
        [Eq(P[i, 0], Rational(1, 5))],
        {P: Softmax(S)},
        lambda v: np.allclose(np.exp(v[S])[:, 0] / np.exp(v[S]).sum(1), 0.2),
    ),
    "a defined matrix is not 0": (
        [Ne(Z[i, j], 0)],
        positive_Z,
        lambda v: (v[X] @ v[W] != 0).all(),
    ),
    "a defined matrix is positive": (
        [Gt(Z[i, j], 0)],
        positive_Z,
        lambda v: (v[X] @ v[W] > 0).all(),
    ),
    "between 0 and 1": (
        [Gt(W[i, j], 0), Lt(W[i, j], 1)],
        {},
        lambda v: ((0 < v[W]) & (v[W] < 1)).all(),
    ),
    "at most -1": ([Le(W[i, j], -1)], {}, lambda v: (v[W] <= -1).all()),
    "one entry": ([Eq(W[1, 0], 3)], {}, lambda v: np.isclose(v[W][1, 0], 3)),
    "scalars": (
        [Ge(r * q, 2), Eq(q, r + 1)],
        {},
        lambda v: v[r] > 0 and v[r] * v[q] >= 2 and np.isclose(v[q], v[r] + 1),
    ),
    "a whole number": ([Ge(l, 2)], {}, lambda v: v[l] in (2, 3, 4)),
    "a size": ([Ge(D, N), Gt(W[i, j], 0)], {}, lambda v: (v[W] > 0).all()),
    "both or": ([Or(Gt(x, 1), Lt(x, -1))], {}, lambda v: abs(v[x]) > 1),
}


@pytest.mark.parametrize("facts, where, satisfied", DRAWS.values(), ids=DRAWS)
def test_drawn_numbers_satisfy_the_hypotheses(facts, where, satisfied):
    tries = [
        draw([], facts, where, {N: 2, D: 3, H: 4, K: 3}, Random(seed), seed % 3)
        for seed in range(12)
    ]
    found = [
        {name: np.array(v, float) for name, v in values.items()}
        for values in tries
        if values
    ]
    assert len(found) >= 3 and all(map(satisfied, found))
    assert len({str(values) for values in found}) >= 3


def test_equations_hold_to_sixty_digits():
    values = draw([], [one_hot, orthonormal], {}, {N: 2, D: 3, K: 4}, Random(1))
    assert max(abs(row.sum() - 1) for row in values[Y]) < 1e-60
    assert np.abs(values[X] @ values[X].T - np.eye(2).astype(int)).max() < 1e-60


def test_drawn_scalars_are_what_is_assumed_of_them():
    kinds = {
        "positive": lambda v: v > 0,
        "negative": lambda v: v < 0,
        "nonnegative": lambda v: v >= 0,
        "nonzero": lambda v: v != 0,
        "integer": lambda v: v == int(v),
        "even": lambda v: v % 2 == 0,
    }
    names = {kind: Symbol(kind, **{kind: True}) for kind in kinds}
    for seed in range(9):
        values = draw(names.values(), [], {}, {}, Random(seed), seed % 3)
        assert all(kinds[kind](values[name]) for kind, name in names.items())


CONTRADICTIONS = {
    "two sums": [one_hot, Eq(Sum(Y[i, k], (k, 0, K - 1)), 2)],
    "signs": [Gt(x, 1), Lt(x, 0)],
    "a square": [Eq(x**2, -1)],
    "an assumption": [Lt(r, -(x**2))],
    "not equal": [Ne(x, q), Eq(x, q)],
    "sizes": [Gt(N, D), Gt(D, N)],
    "equal, and greater": [Gt(x, q), Eq(x, q)],
    "more orthonormal rows than columns": [orthonormal, Gt(N, D)],
}


@pytest.mark.parametrize("given", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictory_hypotheses_have_no_numbers(given):
    with pytest.raises(NoNumbers, match="no numbers were found that satisfy .*[=<>≠]"):
        verdict(total(X), of=total(X), given=given)


def test_sides_without_a_real_value_have_no_numbers():
    with pytest.raises(
        NoNumbers, match="both sides are real numbers: not a real number"
    ):
        verdict(log(-1 - x**2), of=log(-1 - x**2))


# Verdicts.


@pytest.mark.parametrize("setting", TRUE.values(), ids=TRUE)
def test_both_sides_of_a_true_equation_agree(setting):
    assert verdict(**setting) is None


@pytest.mark.parametrize("setting", WRONG.values(), ids=WRONG)
def test_a_wrong_equation_is_told_by_numbers(setting):
    difference = verdict(**setting)
    assert isinstance(difference, Difference) and difference.left != difference.right


hold_sums = dict(of=total(Y), given=[row_sums])
line = {f(t): c2 * t}
FOUND = {  # verdicts that the proof once missed, true and false
    "the row of a hypothesis": (True, dict(claim=total(c), **hold_sums)),
    "another row": (False, dict(claim=N * c[i, 0], **hold_sums)),
    "orthonormal": (True, dict(claim=Identity(N), of=X * X.T, given=[orthonormal])),
    "orthonormal columns": (
        False,
        dict(claim=Identity(D), of=X.T * X, given=[orthonormal]),
    ),
    "a slope that is defined": (
        True,
        dict(claim=2 * z, of=f(z), where={**line, c2: 2}),
    ),
    "a slope that moves": (
        False,
        dict(claim=c2, of=J, wrt=z, where={J: f(z), **line, c2: z}),
    ),
    "a hypothesis on a defined matrix": (
        True,
        dict(
            claim=OneMatrix(N, H),
            of=HadamardPower(Z.applyfunc(sign), 2),
            where={Z: X * W},
            given=[Ne(Z[i, j], 0)],
        ),
    ),
    "an empty sum": (
        False,
        dict(claim=(N - 2) * total(X), of=Sum(total(X), (k, 2, N - 1))),
    ),
    "a rounded third": (False, dict(claim=0.3333333333333333 * W, of=W / 3)),
    "f is even": (False, dict(claim=f(x) ** 2, of=f(-x) ** 2)),
    "f' of an even f": (False, dict(claim=f_prime(x), of=-f_prime(-x))),
    "ReLU, by W": (
        True,
        dict(
            claim=X.T
            * Hadamard(G, Z.applyfunc(Lambda(t, Piecewise((1, t > 0), (0, True))))),
            of=J,
            wrt=W,
            where={Z: X * W, J: total(Hadamard(G, Z.applyfunc(Lambda(t, Max(0, t)))))},
            given=[Ne(Z[i, j], 0)],
        ),
    ),
    "an entry": (True, dict(claim=(X.T * G)[i, j], of=J, wrt=W[i, j], where=affine)),
    "another entry": (
        False,
        dict(claim=(X.T * G)[i, 0], of=J, wrt=W[i, j], where=affine),
    ),
    "shapes": (False, dict(claim=X, of=X.T)),
    "a number is a 1 by 1 matrix": (
        True,
        dict(claim=total(column), of=ones.T * column),
    ),
}


@pytest.mark.parametrize("true, setting", FOUND.values(), ids=FOUND)
def test_a_hard_equation_is_judged(true, setting):
    assert (verdict(**setting) is None) == true


def three_layers():
    """A net of three layers with an abstract f: definitions and the claim for each
    W.
    """
    sizes = [D, *symbols("H1 H2", integer=True, positive=True), K]
    Ws = [RealMatrix(f"W{n}", *sizes[n - 1 : n + 1]) for n in (1, 2, 3)]
    Zs = [RealMatrix(f"Z{n}", N, sizes[n]) for n in (1, 2, 3)]
    inputs = [X, *(each.applyfunc(f) for each in Zs[:2])]
    where = {
        **{z_n: h * w_n for z_n, h, w_n in zip(Zs, inputs, Ws)},
        P: Softmax(Zs[2]),
        J: cross_entropy[J],
    }
    G3 = (P - Y) / N
    G2 = Hadamard(G3 * Ws[2].T, Zs[1].applyfunc(f_prime))
    G1 = Hadamard(G2 * Ws[1].T, Zs[0].applyfunc(f_prime))
    return where, [(w_n, h.T * g) for w_n, h, g in zip(Ws, inputs, (G1, G2, G3))]


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_three_layers_are_computed(layer):
    where, claims = three_layers()
    w_n, claim = claims[layer]
    setting = dict(of=J, wrt=w_n, where=where, given=[one_hot])
    assert verdict(claim, **setting) is None
    assert verdict(2 * claim, **setting)


def test_a_difference_tells_its_numbers():
    found = verdict(X.T * G * 2, of=J, wrt=W, where=affine)
    assert set(found.sizes) == {N, D, H} and set(found.sizes.values()) == {1}
    assert set(found.values) == {X, W, b, G} and found.f is None
    values = {name: np.array(v, float) for name, v in found.values.items()}
    assert float(found.left) == pytest.approx((values[X].T @ values[G])[found.place])
    assert float(found.right) == pytest.approx(2 * float(found.left))
    assert verdict(f(x) + 1, of=f(x)).f.free_symbols == {Symbol("t")}


def test_sizes_differ_after_the_first_round():
    found = verdict(N * X.T * G, of=X.T * G)
    assert sorted(found.sizes.values()) in ([1, 2, 3], [2, 3, 4])
    assert sorted(verdict(X * D, of=X, given=[Gt(D, 1), Gt(N, 1)]).sizes.values()) == [
        2,
        3,
    ]


def test_a_difference_in_the_last_of_thirty_digits_is_seen():
    assert verdict(x * (1 + Rational(1, 10**29)), of=x)
    assert verdict(x * (1 + Rational(1, 10**32)), of=x) is None


def test_a_difference_that_a_smaller_step_removes_is_none():
    fast = 10**8 * x
    assert verdict(10**8 * cos(fast), of=J, wrt=x, where={J: sin(fast)}) is None


def test_all_sizes_are_1_in_the_first_round():
    assert verdict((N - 2) * total(X), of=Sum(total(X), (k, 2, N - 1))).sizes == {
        N: 1,
        D: 1,
    }


def test_the_same_numbers_are_drawn_again():
    first, second = (verdict(2 * X, of=X) for _ in range(2))
    assert first.place == second.place and first.left == second.left


# Numbers that a reader gives.

ERRORS = {
    "a missing matrix": (
        X * W,
        {X: x_},
        r"W is missing: give an array of shape \(D, H\)",
    ),
    "a missing scalar": (x * X, {X: x_}, "x is missing: give a number"),
    "a missing size": (OneMatrix(K, 1), {X: x_}, "K is missing: give a number"),
    "a missing f": (
        X.applyfunc(f),
        {X: x_},
        r"f is missing: give its formula, such as f\(z\)",
    ),
    "two numbers of rows": (
        X.T * G,
        {X: np.ones((5, 3)), G: np.ones((4, 2))},
        r"X is \(5, 3\) and G is \(4, 2\), but both have N rows",
    ),
    "rows and columns": (
        X * W,
        {X: np.ones((5, 3)), W: np.ones((4, 2))},
        r"but X has D columns and W has D rows",
    ),
    "one dimension": (
        ones * b,
        {b: np.ones(3), N: 2},
        r"the array for b has the shape \(3,\), but b is \(1, H\)",
    ),
    "a row that is two": (
        ones * b,
        {b: np.ones((2, 3)), N: 2},
        r"shape \(2, 3\), but b is",
    ),
    "twice the size": (twice, {twice: np.ones((3, 1)), N: 2}, r"but a is \(2\*N, 1\)"),
    "another size": (X, {X: x_, N: 5}, r"the shape \(2, 3\), but X is \(N, D\)"),
    "a defined matrix": (P, {P: z_}, "P is defined here: leave it out"),
    "a defined f": (X, {X: x_, f(t): t}, r"f\(t\) is defined here: leave it out"),
    "a string": (X, {"X": x_}, "'X' is not a matrix, a number or"),
    "an array for a number": (x * X, {X: x_, x: np.ones(2)}, "x must be a number, not"),
    "not finite": (X, {X: x_ * np.nan}, "X holds a number that is not finite"),
    "no number": (x, {x: float("nan")}, "x must be a number, not nan"),
}


@pytest.mark.parametrize("expr, values, message", ERRORS.values(), ids=ERRORS)
def test_numbers_that_do_not_fit_are_named(expr, values, message):
    where = {P: Softmax(S)} | ({f(z): z} if f(t) in values else {})
    with pytest.raises(ValueError, match=message):
        evaluate(expr, where, values)


def test_numbers_are_those_of_numpy_for_a_net():
    where, claims = three_layers()
    shapes = [(5, 4), (4, 3), (3, 6)]
    Ws = [rng.standard_normal(shape) for shape in shapes]
    batch, labels = rng.standard_normal((6, 5)), np.eye(6)
    values = {
        X: batch,
        Y: labels,
        f(z): tanh(z),
        **dict(zip([w_n for w_n, _ in claims], Ws)),
    }
    h1 = np.tanh(batch @ Ws[0])
    h2 = np.tanh(h1 @ Ws[1])
    scores = np.exp(h2 @ Ws[2])
    g3 = (scores / scores.sum(axis=1, keepdims=True) - labels) / 6
    g2 = g3 @ Ws[2].T * (1 - h2**2)
    g1 = g2 @ Ws[1].T * (1 - h1**2)
    for (_, claim), known in zip(claims, [batch.T @ g1, h1.T @ g2, h2.T @ g3]):
        computed = evaluate(claim, where, values)
        assert computed.dtype == float
        np.testing.assert_allclose(computed, known, rtol=1e-12, atol=1e-14)


def test_a_scalar_is_an_array_without_dimensions():
    assert (
        evaluate(x**2, {}, {x: 1.5}).shape == ()
        and evaluate(x**2, {}, {x: 1.5}) == 2.25
    )
