"""Answers to Q1.1 … Q1.5: gradients of J in the symbols of Problem 1.

In numbers, v has the values of a network by name, and g is the gradient by a1.
"""

from collections import defaultdict
from functools import cache
from types import SimpleNamespace

import numpy as np
from sympy import (
    Dummy,
    Function,
    HadamardPower,
    ImmutableMatrix,
    OneMatrix,
    Symbol,
    ZeroMatrix,
    exp,
    lambdify,
    log,
    sympify,
    tanh,
)
from sympy import HadamardProduct as odot
from sympy.core.expr import Expr
from sympy.matrices import MatrixBase
from sympy.matrices.expressions import Determinant, Inverse, MatPow, MatrixExpr, Trace

from mlp import proof
from mlp.grader.objections import Counterexample, Unreadable, working_with_the_answer
from mlp.grader.reading import readable
from mlp.proof import (
    J,
    NotProved,
    RealMatrix,
    entry,
    is_matrix,
    prove,
    total,
    written_out,
)

SHAPES = {
    "h0": (3, 1),
    "W1": (3, 3),
    "b1": (3, 1),
    "a1": (3, 1),
    "h1": (3, 1),
    "W2": (1, 3),
    "b2": (1, 1),
    "a2": (1, 1),
    "h2": (1, 1),
    "y": (1, 1),
}
MATRICES = {
    name: RealMatrix(f"{name[0]}^{name[1]}" if name != "y" else "y", *shape)
    for name, shape in SHAPES.items()
}
h0, W1, b1, a1, h1, W2, b2, a2, h2, y = MATRICES.values()
one, ones = OneMatrix(1, 1), OneMatrix(3, 1)


def entrywise(function):
    """Return the same function, which also takes a matrix, entry by entry."""

    def of_either(z):
        return z.applyfunc(function) if is_matrix(z) else function(z)

    return of_either


f, f_prime = entrywise(proof.f), entrywise(proof.f_prime)
sigmoid = entrywise(lambda z: 1 / (1 + exp(-z)))

t = Symbol("t", real=True)
SIGMOID = {proof.f(t): 1 / (1 + exp(-t))}
FORWARD = {a1: b1 + W1 * h0, h1: f(a1), a2: b2 + W2 * h1, h2: f(a2)}
CROSS_ENTROPY = -total(
    odot(y, h2.applyfunc(log)) + odot(one - y, (one - h2).applyfunc(log))
)
LABELS = [ZeroMatrix(1, 1), OneMatrix(1, 1)]


def network_symbols():
    """Return the matrices of Problem 1 by name, and what to combine them with."""
    tools = dict(one=one, ones=ones, odot=odot, f=f, f_prime=f_prime, sigmoid=sigmoid)
    return SimpleNamespace(**MATRICES, **tools)


DIFFERENCE = h2 - y
BACK = W2.T * DIFFERENCE
DELTA = odot(BACK, h1, ones - h1)
RIGHT = {
    "a2": DIFFERENCE,
    "b2": DIFFERENCE,
    "W2": DIFFERENCE * h1.T,
    "h1": BACK,
    "b1": DELTA,
    "W1": DELTA * h0.T,
}


@cache
def theorem(asked):
    """Prove the right answer against the derivative of J, once."""
    where = {**SIGMOID, **FORWARD, J: CROSS_ENTROPY}
    return prove(asked, RIGHT[asked], of=J, wrt=MATRICES[asked], where=where)


# Numbers: a few small networks, with all values of their forward pass.


def logistic(z):
    """Compute the sigmoid in numbers."""
    return 1 / (1 + np.exp(-z))


def forward_pass(values):
    """Add a1, h1, a2 and h2 to the values of the input and the parameters."""
    v = dict(values)
    v["a1"] = v["b1"] + v["W1"] @ v["h0"]  # (3, 1)
    v["h1"] = logistic(v["a1"])  # (3, 1)
    v["a2"] = v["b2"] + v["W2"] @ v["h1"]  # (1, 1)
    v["h2"] = logistic(v["a2"])  # (1, 1)
    return v


@cache
def networks():
    """Return six small networks of whole numbers, none of them saturated."""
    rng, found = np.random.RandomState(2), []
    while len(found) < 6:
        values = {
            name: rng.choice([-2.0, -1, 1, 2], SHAPES[name])
            for name in ("h0", "W1", "b1", "W2", "b2")
        }
        values = forward_pass({**values, "y": np.full((1, 1), len(found) % 2.0)})
        if max(np.abs(values["a1"]).max(), np.abs(values["a2"]).max()) <= 3:
            found.append(values)
    return found


def numbers(expr):
    """Compute an expression at all networks, (6, rows, columns); NaN if not real."""
    shape = expr.shape if is_matrix(expr) else (1, 1)
    where = tuple(SIGMOID.items())
    cells = [written_out(entry(expr, i, j), where) for i, j in np.ndindex(shape)]
    letters = {
        M[i, j]: Dummy() for M in MATRICES.values() for i, j in np.ndindex(M.shape)
    }
    values = [
        [v[name][cell] for name, shape in SHAPES.items() for cell in np.ndindex(shape)]
        for v in networks()
    ]
    compute = lambdify(
        letters.values(), [cell.xreplace(letters) for cell in cells], "numpy"
    )
    with np.errstate(all="ignore"):
        found = np.array([compute(*map(np.float64, row)) for row in values], complex)
    return np.where(np.isreal(found), found.real, np.nan).reshape(-1, *shape)


# The usual mistakes: one pass backwards, with one piece of it replaced.


def backward_pass(v, error=None, weights=None, slope=None, hidden=None, x=None):
    """Compute the gradients at a network, or what comes out with other pieces."""

    def piece(other, default):
        return default if other is None else other

    error = piece(error, v.h2 - v.y)
    back = piece(weights, v.W2.T) @ error
    g = back * piece(slope, v.h1 * (1 - v.h1))
    return {
        "a2": error,
        "b2": error,
        "W2": error @ piece(hidden, v.h1).T,
        "h1": back,
        "b1": g,
        "W1": g @ piece(x, v.h0).T,
    }


def wrong_gradients(v):
    """Return a dict of hints and of the wrong answers that deserve them, in numbers."""
    error, ones = v.h2 - v.y, np.ones((3, 1))
    slope, slope_2 = v.h1 * (1 - v.h1), v.h2 * (1 - v.h2)
    start, back, g = error / slope_2, v.W2.T @ error, (v.W2.T @ error) * slope
    a_slope, f = v.a1 * (1 - v.a1), logistic
    inner, outer = back @ v.h1.T @ (1 - v.h1), v.h1 @ (1 - v.h1).T @ back

    def passes(piece, *values):
        return [backward_pass(v, **{piece: value}) for value in values]

    return {
        SIGN: passes("error", v.h2 + v.y) + passes("slope", v.h1 * (v.h1 + 1)),
        "The slope of an activation is missing.": [
            *passes("slope", ones),
            *passes("error", start),
            backward_pass(v, start, slope=ones),
        ],
        "There is a slope too many: think again how J depends on a2.": [
            *passes("error", error * slope_2),
            backward_pass(v, error * slope_2, slope=ones),
        ],
        "There is a slope too many: the question stops before that activation.": [
            {"h1": g, "a2": g, "W2": error * slope.T},
        ],
        "The activation stands where its slope belongs, f for f', or a part of the "
        "slope.": [
            *passes("slope", v.h1, 1 - v.h1),
            *passes("error", start * v.h2, start * (1 - v.h2)),
            *passes("error", error * v.h2, error * (1 - v.h2)),
        ],
        "This is the slope of another activation.": [
            *passes("slope", 1 - v.h1**2, v.a1 > 0, v.h1 > 0.5),
            *passes("error", start * (1 - v.h2**2)),
        ],
        "The slope of the sigmoid is put together wrongly.": [
            *passes("slope", v.h1**2, (1 - v.h1) ** 2, v.h1 - 1, slope**2),
            *passes("error", start * v.h2**2, start * (1 - v.h2) ** 2),
        ],
        "An input a of an activation stands where its output h belongs.": [
            *passes("error", v.a2 - v.y, (v.a2 - v.y) * slope_2),
            *passes("hidden", v.a1),
            *passes("slope", a_slope, v.a1, 1 - v.a1),
            backward_pass(v, v.a2 - v.y, slope=a_slope),
        ],
        "Count the activations on the way: one is applied too often.": [
            *passes("error", f(v.h2) - v.y, start * f(v.h2) * (1 - f(v.h2))),
            *passes("slope", f(v.h1) * (1 - f(v.h1))),
            *passes("hidden", f(v.h1)),
        ],
        "An answer of the network that is right must give 0; yours does not.": [
            *passes("error", v.h2, v.y, 1 - v.y, 1 - v.h2),
        ],
        "The values of another layer stand in your answer.": [
            *passes("hidden", v.h0),
            *passes("x", v.h1, v.a1),
            *passes("slope", v.h0 * (1 - v.h0), slope_2),
        ],
        "A bias stands where it does not belong.": [
            *passes("error", error * v.b2),
            *passes("x", v.b1),
            *passes("hidden", v.b1),
            *passes("weights", v.b1),
            {"b1": g * v.b1},
        ],
        "Does the input of a weight belong here? A weight has one, a bias has none.": [
            *passes("hidden", ones),
            *passes("x", ones),
            {"W1": g, "b1": g * v.h0, "W2": error},
            {"b2": error @ v.h1.T, "b1": g @ v.h0.T},
        ],
        "The way back through the weights is missing, or goes through other values.": [
            *passes("weights", ones, v.h1),
            {"h1": error, "b1": error * slope.T},
            {"h1": v.W1.T @ back, "b1": v.W1.T @ g},
            {"h1": v.W1 @ back},
        ],
        "Check which products are element-wise and which are matrix products.": [
            {"b1": inner, "W1": inner @ v.h0.T, "h1": back @ v.W2},
            {"b1": outer, "W1": outer @ v.h0.T},
            {"W1": g * v.h0},
            {"W1": g @ ones.T * v.h0},
            {"W1": (g.T @ v.h0)},
            {"W2": error @ (v.h1.T @ v.h1)},
        ],
    }


SIGN = "A sign is wrong."
TRANSPOSE = "Check the order of the factors and the transposes."
FACTOR = "The answer is off by a constant factor."
SHAPE = "A gradient has the shape of what it is the gradient of. Check each product."


@cache
def known_mistakes(asked):
    """Return the usual wrong answers at all six networks, with the hint to each."""
    found = defaultdict(list)
    for v in (SimpleNamespace(**values) for values in networks()):
        for hint, several in wrong_gradients(v).items():
            for i, answers in enumerate(several):
                if asked in answers:
                    found[hint, i].append(answers[asked])
        others = {**backward_pass(v), "h2": (v.h2 - v.y) / (v.h2 * (1 - v.h2))}
        for name, value in others.items():
            found[
                f"This is the gradient by {name}; the question is another.", 0
            ].append(value)
    return [(hint, np.array(values, float)) for (hint, _), values in found.items()]


@cache
def right_numbers(asked):
    """Compute the right answer at all six networks."""
    return np.array(
        [backward_pass(SimpleNamespace(**values))[asked] for values in networks()]
    )


def agree(one, other):
    """Tell whether two arrays of numbers agree, in shape as well."""
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-9, atol=1e-9)


def hint_about_gradient(asked, claimed):
    """Tell the kind of mistake where it can be told from the numbers."""
    right, turned = right_numbers(asked), claimed.swapaxes(1, 2)  # (6, …)
    if agree(-claimed, right):
        return SIGN
    if agree(turned, right) or agree(-turned, right):
        return TRANSPOSE
    if claimed.any() and agree(claimed, right * (claimed.flat[0] / right.flat[0])):
        return FACTOR
    for before, ours in (
        ("", claimed),
        (f"{SIGN} ", -claimed),
        (f"{TRANSPOSE} ", turned),
    ):
        for text, wrong in known_mistakes(asked):
            if agree(ours, wrong):
                return before + text
    return SHAPE if claimed.shape != right.shape else ""


# Reading an answer


def by_name(names, answer):
    """Return a dict of the answers to what is asked, by name."""
    if len(names) == 1:
        return {names[0]: answer}
    if isinstance(answer, dict) and set(answer) == set(names):
        return {name: answer[name] for name in names}
    if isinstance(answer, (tuple, list)) and len(answer) == len(names):
        return dict(zip(names, answer))
    raise Unreadable(
        "two answers are asked for: {'b1': …, 'W1': …} or the pair (b1, W1)"
    )


def read_gradient(asked, answer):
    """Return one answer as an expression that can be evaluated and unfolded."""
    number = isinstance(answer, (int, float)) and not isinstance(answer, bool)
    if not (number or isinstance(answer, (Expr, MatrixExpr, MatrixBase))):
        raise Unreadable(f"it must be a SymPy expression; got {type(answer).__name__}")
    expr = readable(sympify(answer), MATRICES)
    if any(map(takes_a_matrix, expr.atoms(Function))):
        raise Unreadable(
            "a function works entry by entry; write sigmoid(a1), or "
            "a1.applyfunc(exp) for any other"
        )
    expr = expr.replace(is_power_of_number, lambda e: HadamardPower(e.base, e.exp))
    expr = expr.replace(tanh, lambda z: 1 - 2 / (1 + exp(2 * z)))
    if expr.has(Trace, Determinant, MatPow, Inverse):
        raise Unreadable(
            "traces, determinants and powers of matrices are not understood"
        )
    is_number = SHAPES[asked] == (1, 1) and not is_matrix(expr)
    return ImmutableMatrix([[expr]]) if is_number else expr


def takes_a_matrix(function):
    """Tell a function of a whole matrix, which SymPy does not refuse."""
    return any(map(is_matrix, function.args))


def is_power_of_number(expr):
    """Tell a power, or the inverse, of a 1 by 1 matrix."""
    return isinstance(expr, (MatPow, Inverse)) and expr.shape == (1, 1)


# The verdict


def grade_gradients(names, answer):
    """Return correct, counterexample and hint for gradients by what has these names."""
    with working_with_the_answer():
        claims = {
            name: read_gradient(name, c) for name, c in by_name(names, answer).items()
        }
    verdicts = [grade_one(asked, claim) for asked, claim in claims.items()]
    worst = [
        found for correct in (False, None) for found in verdicts if found[0] is correct
    ]
    return worst[0] if worst else (True, None, "")


def grade_one(asked, claim):
    """Return correct, counterexample and hint for one gradient."""
    with working_with_the_answer():
        claimed, letters = numbers(claim), claim.free_symbols
    right = right_numbers(asked)
    if claimed.shape != right.shape:
        return False, wrong_shape(asked, claim), hint_about_gradient(asked, claimed)
    for values, ours, true in zip(networks(), claimed, right):
        if not agree(ours, true):
            shown = wrong_numbers(asked, letters, values, ours, true)
            return False, shown, hint_about_gradient(asked, claimed)
    with working_with_the_answer():
        return prove_gradient(asked, claim)


def prove_gradient(asked, claim):
    """Prove the claim equal to the right answer, for each of the two labels."""
    try:
        for label in LABELS:
            where = {**SIGMOID, **FORWARD, y: label}
            prove(asked, claim, of=theorem(asked).equation.right, where=where)
    except NotProved as error:
        if error.counterexample:
            return False, error.counterexample, ""
        return None, None, "It agrees at all numbers tried, but it could not be proved."
    return True, None, ""


def wrong_shape(asked, claim):
    """Return the two shapes as a counterexample."""
    shape = claim.shape if is_matrix(claim) else "a number"
    text = f"the gradient by {asked} is {SHAPES[asked]}, your answer is {shape}"
    return Counterexample({}, shape, SHAPES[asked], text)


def wrong_numbers(asked, letters, values, ours, true):
    """Return a network at which the claim is wrong, and both values."""
    gaps = np.nan_to_num(np.abs(ours - true), nan=np.inf)
    cell = np.unravel_index(gaps.argmax(), gaps.shape)
    used = [name for name, M in MATRICES.items() if M in letters | {h2, y}]
    given = ", ".join(f"{name} = {matrix_in_a_line(values[name])}" for name in used)
    place = f" at {tuple(map(int, cell))}" if true.size > 1 else ""
    text = (
        f"gradient by {asked}{place}, for {given}: your answer gives "
        f"{four_digits(ours[cell])}, right is {four_digits(true[cell])}"
    )
    lists = {name: value.tolist() for name, value in values.items()}
    return Counterexample(lists, ours.tolist(), true.tolist(), text)


def four_digits(number):
    """Write a number with four digits."""
    return "undefined" if np.isnan(number) else f"{number:.4g}"


def matrix_in_a_line(matrix):
    """Write a matrix in one line, its rows apart by semicolons."""
    rows = "; ".join(" ".join(map(four_digits, row)) for row in matrix)
    return rows if matrix.size == 1 else f"[{rows}]"
