"""Right answers to the derivations, in many forms; EQUIVALENT has them all."""

import numpy as np
import sympy
from sympy import (
    Abs,
    DiagMatrix,
    HadamardPower,
    Matrix,
    Piecewise,
    Transpose,
    exp,
    hadamard_product,
    sign,
)

# Answers to Problem 1, as functions of the symbols s. E is what most of them begin
# with.


def E(s):
    """h2 - y."""
    return s.h2 - s.y


def back(s):
    """The gradient by h1."""
    return s.W2.T * E(s)


def delta(s):
    """The gradient by b1."""
    return s.odot(back(s), s.h1, s.ones - s.h1)


def start(s):
    """The gradient by h2."""
    return s.odot(E(s), HadamardPower(s.odot(s.h2, s.one - s.h2), -1))


RIGHT = {
    "Q1.1": {
        "difference": lambda s: s.h2 - s.y,
        "minus the other difference": lambda s: -(s.y - s.h2),
        "sigmoid of a2": lambda s: s.sigmoid(s.a2) - s.y,
        "f of a2": lambda s: s.f(s.a2) - s.y,
        "two terms, before they cancel": lambda s: (
            s.odot(s.one - s.y, s.h2) - s.odot(s.y, s.one - s.h2)
        ),
        "start times slope": lambda s: s.odot(start(s), s.h2, s.one - s.h2),
        "start times f_prime": lambda s: s.odot(start(s), s.f_prime(s.a2)),
        "ordinary products and a quotient": lambda s: (
            (s.h2 - s.y) / (s.h2 * (s.one - s.h2)) * s.f_prime(s.a2)
        ),
        "the affine map written out": lambda s: s.sigmoid(s.b2 + s.W2 * s.h1) - s.y,
        "a number": lambda s: s.h2[0, 0] - s.y[0, 0],
        "a matrix of one entry": lambda s: Matrix([[s.h2[0, 0] - s.y[0, 0]]]),
        "e to the a2": lambda s: (exp(s.a2[0, 0]) / (1 + exp(s.a2[0, 0]))) - s.y[0, 0],
        "y squared, as y is 0 or 1": lambda s: s.h2 - s.odot(s.y, s.y),
        "decimals": lambda s: 0.5 * (2.0 * s.h2 - 2 * s.y),
    },
    "Q1.2": {
        "difference": E,
        "one too many and one too few": lambda s: s.h2 + s.one - s.y - s.one,
        "in a2": lambda s: s.a2.applyfunc(lambda a: 1 / (1 + exp(-a))) - s.y,
        "tanh of half": lambda s: (1 + sympy.tanh(s.a2[0, 0] / 2)) / 2 - s.y[0, 0],
        "1 by 1 inverse": lambda s: E(s) * s.h2 * s.h2**-1,
    },
    "Q1.3": {
        "error times transposed": lambda s: E(s) * s.h1.T,
        "transposed as a whole": lambda s: (s.h1 * E(s)).T,
        "multiplied out": lambda s: s.h2 * s.h1.T - s.y * s.h1.T,
        "a number times a row": lambda s: E(s)[0, 0] * s.h1.T,
        "entry by entry": lambda s: Matrix(1, 3, lambda i, j: E(s)[0, 0] * s.h1[j, 0]),
        "element-wise with ones": lambda s: s.odot(E(s) * s.ones.T, s.h1.T),
        "in a1 and a2": lambda s: (s.f(s.a2) - s.y) * s.sigmoid(s.a1).T,
    },
    "Q1.4": {
        "transposed weights": back,
        "transposed as a whole": lambda s: (E(s) * s.W2).T,
        "multiplied out": lambda s: s.W2.T * s.h2 - s.W2.T * s.y,
        "a number times a column": lambda s: E(s)[0, 0] * Transpose(s.W2),
        "in what a2 is made of": lambda s: s.W2.T * (s.f(s.b2 + s.W2 * s.h1) - s.y),
        "in the parameters alone": lambda s: (
            s.W2.T * (s.f(s.b2 + s.W2 * s.f(s.b1 + s.W1 * s.h0)) - s.y)
        ),
    },
    "Q1.5": {
        "element-wise": lambda s: {"b1": delta(s), "W1": delta(s) * s.h0.T},
        "as a pair": lambda s: (delta(s), delta(s) * s.h0.T),
        "with f_prime": lambda s: (
            s.odot(back(s), s.f_prime(s.a1)),
            s.odot(back(s), s.f_prime(s.a1)) * s.h0.T,
        ),
        "with a diagonal matrix": lambda s: (
            DiagMatrix(s.odot(s.h1, s.ones - s.h1)) * back(s),
            DiagMatrix(s.odot(s.h1, s.ones - s.h1)) * back(s) * s.h0.T,
        ),
        "slope as h - h squared": lambda s: (
            s.odot(s.h1, back(s)) - s.odot(s.h1, s.h1, back(s)),
            (s.h0 * s.odot(s.h1 - HadamardPower(s.h1, 2), back(s)).T).T,
        ),
        "slope by applyfunc": lambda s: (
            hadamard_product(s.h1.applyfunc(lambda h: h * (1 - h)), back(s)),
            hadamard_product(back(s), s.h1.applyfunc(lambda h: h * (1 - h))) * s.h0.T,
        ),
        "f(a) f(-a)": lambda s: (
            s.odot(back(s), s.f(s.a1), s.f(-s.a1)),
            s.odot(back(s), s.f(s.a1), s.f(-s.a1)) * s.h0.T,
        ),
        "both of them entry by entry": lambda s: (
            Matrix(3, 1, lambda i, j: delta(s)[i, 0]),
            Matrix(3, 3, lambda i, j: delta(s)[i, 0] * s.h0[j, 0]),
        ),
    },
}


def decay(theta, g, eta, lam):
    shrunk = (1 - 2 * eta * lam) * theta
    return shrunk - eta * g


def branches(theta, g, eta, lam):
    if theta > 0:
        return theta - eta * (g + lam)
    if theta < 0:
        return theta - eta * (g - lam)
    return -eta * g


def right_end(theta, g, eta, lam):
    return theta - eta * (g + (lam if theta >= 0 else -lam))


STEPS = {
    "Q3.1": {
        "gradient of both": lambda s: s.theta - s.eta * (s.g + 2 * s.lam * s.theta),
        "decay": lambda s: (1 - 2 * s.eta * s.lam) * s.theta - s.eta * s.g,
        "multiplied out": lambda s: s.theta - s.eta * s.g - 2 * s.eta * s.lam * s.theta,
        "decimals": lambda s: s.theta - s.eta * (s.g + 2.0 * s.lam * s.theta),
        "SymPy's derivative": lambda s: (
            s.theta - s.eta * (s.g + sympy.diff(s.lam * s.theta**2, s.theta))
        ),
        "a function": lambda s: decay,
        "a lambda": lambda s: (
            lambda theta, g, eta, lam: theta - eta * (g + 2 * lam * theta)
        ),
        "the names in another spelling": lambda s: (
            lambda t, d, r, k: t - r * (d + 2 * k * t)
        ),
    },
    "Q3.2": {
        "sign": lambda s: s.theta - s.eta * (s.g + s.lam * sign(s.theta)),
        "multiplied out": lambda s: (
            s.theta - s.eta * s.g - s.eta * s.lam * sign(s.theta)
        ),
        "SymPy's derivative": lambda s: (
            s.theta - s.eta * (s.g + sympy.diff(s.lam * Abs(s.theta), s.theta))
        ),
        "cases, 0 at 0": lambda s: (
            s.theta
            - s.eta * s.g
            - s.eta * s.lam * Piecewise((1, s.theta > 0), (-1, s.theta < 0), (0, True))
        ),
        "cases, 1 at 0": lambda s: (
            s.theta - s.eta * (s.g + s.lam * Piecewise((1, s.theta >= 0), (-1, True)))
        ),
        "a third at 0": lambda s: (
            s.theta
            - s.eta
            * (
                s.g
                + s.lam
                * Piecewise(
                    (sign(s.theta), s.theta > 0),
                    (sign(s.theta), s.theta < 0),
                    (sympy.Rational(1, 3), True),
                )
            )
        ),
        "NumPy's sign": lambda s: (
            lambda theta, g, eta, lam: theta - eta * (g + lam * np.sign(theta))
        ),
        "NumPy's where": lambda s: (
            lambda theta, g, eta, lam: (
                theta - eta * (g + lam * np.where(theta > 0, 1, -1))
            )
        ),
        "a difference of truth values": lambda s: (
            lambda theta, g, eta, lam: (
                theta - eta * (g + lam * ((theta > 0) - (theta < 0)))
            )
        ),
        "lam times a truth value": lambda s: (
            lambda theta, g, eta, lam: (
                theta - eta * (g + lam * (theta > 0) - lam * (theta < 0))
            )
        ),
        "a function with branches": lambda s: branches,
        "a function, lam at 0": lambda s: right_end,
    },
}
EQUIVALENT = {
    f"{question}: {name}": (question, answer)
    for question, group in {**RIGHT, **STEPS}.items()
    for name, answer in group.items()
}
