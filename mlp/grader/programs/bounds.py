"""How far a right program's numbers may be from the book's.

A number is rounded in proportion to the largest terms that enter it, however small it
is itself; and at a kink of the ReLU every slope from 0 to 1 is right. A stranger's code
is only called with real numbers here.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mlp.activations import ACTIVATIONS
from mlp.losses import mean_cross_entropy
from mlp.network import forward
from mlp.training import HISTORIES

DOUBLE, SINGLE = (float(np.finfo(kind).eps) for kind in (np.float64, np.float32))
# Right runs in float32 part from the book's by up to 3e-6: measured on the toy data.
DRIFT = {DOUBLE: 1e-8, SINGLE: 1e-4}  # of a training's histories
ROUNDINGS = 10  # so many roundings of its scale a right number may be off
NEIGHBORS = 2.0**-22 * np.array([0, 1, -1, 2.3, -2.3, 3.6, -3.6, 5.2, -5.2])


def allowed(true, scale, eps):
    """How far off a right number may be: a billionth of it, or some roundings.

    The billionth, and 1e-12, are for programs that keep a logarithm or a division from
    0 by a tiny number.
    """
    return 1e-9 * np.abs(true) + 1e-12 + ROUNDINGS * eps * scale


class Scales(NamedTuple):
    """The largest terms in the numbers of a network with one hidden layer."""

    Z: np.ndarray  # (N, H), of the inputs of the hidden units
    loss: float
    grads: dict


def scales_of(params, X, reg, activation):
    """Scales: a pass forward and one backward, of absolute values.

    An error of z goes on to h, to the scores, to P and to the loss. Values between 0
    and 1, such as P or a sigmoid, are rounded like 1: some right formulas for them are
    differences of larger numbers.
    """
    W1, b1, W2, b2 = (np.abs(params[name]) for name in ["W1", "b1", "W2", "b2"])
    X = np.abs(X)
    Z = X @ W1 + b1  # (N, H)
    H = 1 + Z  # (N, H)
    scores = H @ W2 + b2  # (N, K)
    rows = 1 + 2 * scores.max(axis=1, keepdims=True)  # (N, 1), of a row's loss
    dscores = np.broadcast_to(rows / len(X), scores.shape)  # (N, K)
    dZ = dscores @ W2.T  # (N, H)
    dZ = dZ if activation == "relu" else dZ * H
    grads = {
        "W1": X.T @ dZ + reg * W1,
        "b1": dZ.sum(axis=0),
        "W2": H.T @ dscores + reg * W2,
        "b2": dscores.sum(axis=0),
    }
    loss = rows.mean() + reg / 2 * (np.sum(W1**2) + np.sum(W2**2))
    return Scales(Z, float(loss), grads)


class Range(NamedTuple):
    """The least and the greatest right gradient, and the bound of their rounding."""

    low: np.ndarray
    high: np.ndarray
    bound: np.ndarray

    def excess(self, grad):
        """How far an array is beyond the range: at most 1 where it is right."""
        gap = np.maximum(self.low - grad, grad - self.high)
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(gap / self.bound, nan=np.inf, posinf=np.inf)

    def nearest(self, grad):
        """The right numbers that are nearest."""
        return np.clip(np.where(np.isnan(grad), self.low, grad), self.low, self.high)


def ranges_of_gradients(request, true, eps=DOUBLE):
    """Range of each gradient.

    Parameters
    ----------
    request : Request
    true : dict of ndarray
        The book's gradients.
    eps : float
        The rounding of the program's numbers.

    Returns
    -------
    ranges : dict of Range
    """
    params, activation = request.params, request.arguments[1]["activation"]
    scales = scales_of(params, request.X, request.reg, activation)
    low, high = ({**true} for _ in range(2))
    if activation == "relu":
        beyond = beyond_the_kinks(request, scales.Z, eps)
        for name, parts in beyond.items():
            low[name], high[name] = (true[name] + part for part in parts)
    return {
        name: Range(low[name], high[name], allowed(grad, scales.grads[name], eps))
        for name, grad in true.items()
    }


def beyond_the_kinks(request, sizes, eps):
    """How far other slopes at kinks move the gradients of a ReLU net, down and up.

    Parameters
    ----------
    request : Request
    sizes : ndarray, (N, H)
        The largest terms in Z: a unit is at its kink where Z is 0 but for rounding.
    eps : float

    Returns
    -------
    moves : dict of pairs
        For W1 and b1: the lowest and the highest sum of what the units at kinks can
        add to the book's gradient.
    """
    params, X, y = request.params, request.X, request.y
    Z = X @ params["W1"] + params["b1"]  # (N, H)
    dscores = mean_cross_entropy(forward(params, X, ACTIVATIONS["relu"][0])[0], y)[1]
    dH = dscores @ params["W2"].T  # (N, H)
    dZ = dH * (np.abs(Z) <= ROUNDINGS * eps * sizes)  # (N, H), 0 where there is no kink
    with_slope_0, with_slope_1 = -dZ * (Z > 0), dZ * (Z <= 0)  # less, and more
    moves = {}
    for name, terms in {"W1": X[:, :, None], "b1": np.ones((len(X), 1, 1))}.items():
        parts = [terms * part[:, None] for part in (with_slope_0, with_slope_1)]
        ends = np.minimum(*parts).sum(axis=0), np.maximum(*parts).sum(axis=0)
        moves[name] = [end.reshape(params[name].shape) for end in ends]
    return moves


# The numbers a program computes with


def neighbors(request):
    """Return the request at a few points that are apart by roundings of float32."""
    return [replace(request, X=request.X * (1 + shift)) for shift in NEIGHBORS]


def is_single(requests, answers, reference):
    """Tell whether a program computes with float32.

    A mistake is the same at points that are close together; the rounding of float32 is
    another one at each. So the differences from the book's numbers are small, and jump.
    The parameters may also be kept in float32.

    Parameters
    ----------
    requests : list of Request
        As `neighbors` makes them, of a loss or a training.
    answers : list
        The program's.
    reference : callable
        Returns the book's answer to a request.
    """
    ours, errors = [], []
    for request, answer in zip(requests, answers):
        params = request.params or answer["params"]
        if any(p.dtype == np.float32 for p in params.values()):
            return True
        ours.append(numbers(reference(replace(request, params=params))))
        errors.append(numbers(answer) - ours[-1])
    true, errors = np.abs(ours[0]), np.array(errors)  # (n,), (points, n)
    with np.errstate(invalid="ignore"):
        first, jumps = np.abs(errors[0]), np.abs(errors - errors[0]).max(axis=0)
    small = np.abs(errors).max(axis=0) <= DRIFT[SINGLE] * true.max()
    seen = first > allowed(true, 0, DOUBLE)
    return bool(np.any(small & seen & (jumps > first / 10)))


def numbers(answer):
    """Return the loss and the gradients, or the histories of a training: (n,)."""
    if "stats" in answer:
        parts = [answer["stats"][name] for name in HISTORIES[:2]]
    else:
        loss, grads = answer["result"]
        parts = [loss, *(grads[name] for name in sorted(grads))]
    return np.concatenate([np.ravel(part) for part in parts]).astype(float)
