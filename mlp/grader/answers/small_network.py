"""The network of Problem 1: its matrices, and a few of it in numbers."""

from functools import cache

import numpy as np
from sympy import Dummy, OneMatrix, Symbol, ZeroMatrix, exp, lambdify, log
from sympy import HadamardProduct as odot

from mlp import proof
from mlp.proof import RealMatrix, entry, is_matrix, total, written_out

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
