"""A gradient check that decides: right, wrong, or can't tell and why.

Each file holds one idea: how a function is called (evaluations), slopes by differences
and by complex steps (differences, complex_step), what is known around the point
(surroundings), how large the terms of an entry are (scales), the verdicts (judging,
by_differences, by_complex_step), and what is returned (result).
"""

import warnings
from contextlib import redirect_stdout
from io import StringIO
from numbers import Integral

import numpy as np

from mlp.checks import check_number, check_rng
from mlp.model import MLP
from mlp.verdicts.by_complex_step import ByComplexStep
from mlp.verdicts.evaluations import Evaluations, by_name
from mlp.verdicts.result import Entry, GradientCheck
from mlp.verdicts.scales import entry_scales
from mlp.verdicts.surroundings import Surroundings

LOSSES = ("loss", "loss_and_grads")  # methods whose overriding makes another loss

__all__ = ["Entry", "GradientCheck", "check_gradient", "check_gradients"]


def check_gradient(f, x, grad, *, complex_step=True, entries=None, rng=None):
    """Decide for each entry of a gradient: right, wrong, or can't tell and why.

    Parameters
    ----------
    f : callable
        Takes an array like x, or a dict of arrays, and returns one real number. It
        gets copies, real or complex ones. A function that does not look at its
        argument, but at the array x itself, is noticed: x is moved in place then, and
        put back.
    x : ndarray of float64 or float32, any shape; or a dict of such arrays
        The point.
    grad : the same as x
        The gradient to check.
    complex_step : bool
        False: only call f with real numbers.
    entries : int, optional
        Check so many random entries of each array, or all if it has no more. None
        checks all.
    rng : numpy Generator or RandomState
        Draws the entries. None starts a new RandomState(0) at each call.

    Returns
    -------
    result : GradientCheck
        True when all entries are right.

    Raises
    ------
    TypeError
        When x or grad holds no float64 or float32 numbers, the two differ in dtype, f
        is not callable, or returns something other than one number.
    ValueError
        When shapes or names differ, x is not finite or has no entry, or entries is
        below 1. What f raises is passed on, with the entry that was moved.
    """
    return _check(f, x, grad, complex_step, entries, rng)


def check_gradients(net, X, y, reg=0.0, *, complex_step=True, entries=None, rng=None):
    """Decide for each entry of a network's gradients: right, wrong, or can't tell.

    Parameters
    ----------
    net : MLP
        Or another object with a dict `params` and a method `loss(X, y, reg)` that
        returns loss and gradients. Its params are left as they are found.
    X : ndarray, (N, D)
    y : array_like of int, (N,)
    reg : float
        Weight of the penalty.
    complex_step, entries, rng
        As for `check_gradient`.

    Returns
    -------
    result : GradientCheck

    Raises
    ------
    TypeError, ValueError
        As `check_gradient` does, and when y is None. For bad X, y and reg `net.loss`
        raises its own errors.
    """
    if y is None:
        raise TypeError("y must hold the labels; without them there is no loss")
    params = net.params

    def loss(moved):
        net.params = moved
        return net.loss(X, y, reg)[0]

    try:
        net.params = {name: p.copy() for name, p in params.items()}
        value, grads = net.loss(X, y, reg)
        net.params = params
        terms = entry_scales(net, X, y, reg, value)
        methods = [(getattr(type(net), m, 0), getattr(MLP, m)) for m in LOSSES]
        analytic = terms is not None and all(own is ours for own, ours in methods)
        return _check(loss, params, grads, complex_step, entries, rng, terms, analytic)
    finally:
        net.params = params


def _check(f, x, grad, complex_step, entries, rng, terms=None, analytic=False):
    if not callable(f):
        raise TypeError(f"f must be a function of x; got {f!r:.60}")
    rng = check_rng(rng, np.random.RandomState(0))
    if entries is not None:
        entries = check_number("entries", entries, Integral, least=1)
    at = Evaluations(f, x)
    given, chosen = _flat_gradient(at, grad), np.array(at.chosen(entries, rng))
    scales = floors = np.zeros(len(given))
    if terms is not None:
        scales, floors = (
            np.concatenate([part[name].ravel() for name in at.arrays]) for part in terms
        )
    near = Surroundings(at)
    near.value = at(at.x)  # whatever f prints is seen once
    judge = ByComplexStep(near, given, scales, floors, chosen, analytic)
    with redirect_stdout(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with np.errstate(all="ignore"):
            found = _verdicts(judge, complex_step)
    wrong = sorted((e for e in found if not e.reason), key=lambda e: -e.exceeded)
    undecided = [entry for entry in found if entry.reason]
    still = "f has the same value wherever x is moved: does it look at its argument?"
    note = still if found and not at.is_moved else ""
    return GradientCheck(wrong, undecided, len(chosen), at.count, note)


def _verdicts(judge, complex_step):
    """The entries, of those that are chosen, that are not right."""
    if why := judge.near.whim():
        return [judge.entry(i, np.nan, np.nan, why) for i in judge.chosen]
    judge.near.get_ready()
    believed = complex_step and judge.can_be_believed()
    decide = judge.by_complex_step if believed else judge.by_differences
    return [entry for entry in map(decide, judge.chosen) if entry]


def _flat_gradient(at, grad):
    """All entries of the gradient as a vector (n,) of float64.

    Raises
    ------
    TypeError, ValueError
        When names, shapes or dtypes are not those of x.
    """
    grads = by_name("grad", grad)
    if grads.keys() != at.arrays.keys():
        raise ValueError(
            f"grad must have the keys {list(at.arrays)}; got {list(grads)}"
        )
    for name, x in at.arrays.items():
        if grads[name].shape != x.shape:
            raise ValueError(
                f"grad must have the shape of {name}, {x.shape}; "
                f"got {grads[name].shape}"
            )
        if grads[name].dtype != x.dtype:
            raise TypeError(
                f"grad must have the dtype of {name}, {x.dtype}; got "
                f"{grads[name].dtype}; .astype('{x.dtype}') converts"
            )
    return np.concatenate([grads[name].ravel() for name in at.arrays]).astype(float)
