"""Planted bugs: networks whose backward pass is broken, and who knows in which way."""

from numbers import Integral

import numpy as np

from mlp.bugs import BUGS, broken
from mlp.checks import check_number
from mlp.grader.objections import Counterexample
from mlp.grader.result import graded

WIDTHS = [4, 5, 5, 3]
BUG_QUESTIONS = {f"bug {k}": k for k in range(1, len(BUGS) + 1)}


def hidden_name(k):
    """Return the bug of net k: a fixed order that nobody wrote down."""
    if check_number("k", k, Integral, least=1) > len(BUGS):
        raise ValueError(f"k must be a whole number from 1 to {len(BUGS)}; got {k}")
    return list(BUGS)[np.random.RandomState(1986).permutation(len(BUGS))[k - 1]]


def planted(k, name):
    """Return net k with any of the bugs. Its settings are drawn, and tell little."""
    rng = np.random.RandomState(k)
    options = {
        "activation": ["relu", "tanh"][rng.randint(2)],
        "penalty": ["l1", "l2"][rng.randint(2)],
    }
    shown_by = {
        "mask h >= 0": {"activation": "relu"},
        "h for z": {"activation": "tanh"},
    }
    options |= shown_by.get(hidden_name(k), {}) | BUGS[hidden_name(k)][0].options
    net = broken(name, WIDTHS, **options, std=0.5, rng=rng)
    for parameter in net.params.values():
        parameter += 0.1 * rng.standard_normal(parameter.shape)
    return net


def bug(k):
    """Return a network whose gradients are wrong in one of the ways of `mlp.bugs.BUGS`.

    Its loss is right. Find the bug by experiments, then ask ``check("bug 1", name)``.

    Parameters
    ----------
    k : int
        From 1 to the number of bugs, each for another one.

    Returns
    -------
    MLP
        With sizes 4, 5, 5, 3.

    Raises
    ------
    ValueError, TypeError
        For any other k.
    """
    net = planted(k, hidden_name(k))
    net.__class__ = type(
        "PlantedBug", (type(net),), {"__repr__": lambda _: f"<bug {k}>"}
    )
    return net


def check_bug(k, answer):
    """Grade an answer to `bug`.

    Parameters
    ----------
    k : int
        As for `bug`.
    answer : str
        A key of `mlp.bugs.BUGS`.

    Returns
    -------
    Result
        The counterexample to a wrong name is an entry of a gradient in which the net
        differs from one that has the named bug.
    """
    question, name = f"bug {k}", hidden_name(k)
    if not isinstance(answer, str) or answer not in BUGS:
        return graded(question, None, hint=f"Name one of {', '.join(map(repr, BUGS))}.")
    if answer == name:
        return graded(question, True)
    hint = (
        f"You say: {BUGS[answer][1]}. Which gradients are wrong, and which are right?"
    )
    return graded(question, False, difference(k, name, answer), hint)


def difference(k, name, answer):
    """Return where the gradients of net k differ most from those with the named bug."""
    rng = np.random.RandomState(0)
    X, y, reg = rng.standard_normal((6, 4)), rng.randint(3, size=6), 0.1
    claim, true = [planted(k, bug).loss(X, y, reg)[1] for bug in (answer, name)]
    gaps = {p: np.abs(claim[p] - true[p]) for p in true}
    worst = max(gaps, key=lambda p: gaps[p].max())
    cell = np.unravel_index(gaps[worst].argmax(), gaps[worst].shape)
    place = f"{worst}[{', '.join(map(str, cell))}]"
    given = {"X": X.tolist(), "y": y.tolist(), "reg": reg, "place": place}
    text = (
        f"on six random examples the gradient by {place} would be "
        f"{claim[worst][cell]:.4g}, and it is {true[worst][cell]:.4g}"
    )
    return Counterexample(
        given, float(claim[worst][cell]), float(true[worst][cell]), text
    )
