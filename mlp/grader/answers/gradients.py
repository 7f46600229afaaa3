"""Answers to Q1.1 … Q1.5: gradients of J in the symbols of Problem 1."""

from functools import cache
from types import SimpleNamespace

import numpy as np
from sympy import Function, HadamardPower, ImmutableMatrix, exp, sympify, tanh
from sympy import HadamardProduct as odot
from sympy.core.expr import Expr
from sympy.matrices import MatrixBase
from sympy.matrices.expressions import Determinant, Inverse, MatPow, MatrixExpr, Trace

from mlp.grader.answers.reading import readable
from mlp.grader.answers.small_network import (
    CROSS_ENTROPY,
    FORWARD,
    LABELS,
    MATRICES,
    SHAPES,
    SIGMOID,
    W2,
    f,
    f_prime,
    h0,
    h1,
    h2,
    networks,
    numbers,
    one,
    ones,
    sigmoid,
    y,
)
from mlp.grader.answers.usual_mistakes import agree, hint_about_gradient, right_numbers
from mlp.grader.objections import (
    Counterexample,
    Unreadable,
    told_apart,
    working_with_the_answer,
)
from mlp.proof import J, NotProved, is_matrix, prove


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
            return False, str(error.counterexample), ""
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
    gives, right = told_apart(ours[cell], true[cell], 4)
    if np.isnan(ours[cell]):
        gives = "undefined"
    text = (
        f"gradient by {asked}{place}, for {given}: your answer gives {gives}, right "
        f"is {right}"
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
