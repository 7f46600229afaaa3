# Made by `make generate` from book/train/draw.ipynb: edit it there.
from numbers import Integral

import numpy as np

from mlp.checks import as_finite, check_number, check_shape


def quantize(W, bits=8):
    """Whole numbers times one step, as close to the weights as they get.

    Parameters
    ----------
    W : array_like
        Finite, and not all 0.
    bits : int
        From 2 to 8, for a number and its sign.

    Returns
    -------
    whole : ndarray of int8, same shape
        From -(2^(bits-1) - 1) to 2^(bits-1) - 1.
    step : float
        whole * step is W, up to half a step.

    Raises
    ------
    TypeError
        When W holds no real numbers, or bits is not a whole number.
    ValueError
        When W holds NaN or infinite entries, is all 0 or so small that the step is
        below the normal numbers, or when bits is not in 2 … 8.
    """
    W = as_finite("W", W)
    bits = check_number("bits", bits, Integral, least=2)
    if bits > 8:
        raise ValueError(f"bits must be at most 8, for int8; got {bits}")
    largest = np.abs(W).max(initial=0)
    step = largest / (2 ** (bits - 1) - 1)
    if step < np.finfo(float).tiny:
        raise ValueError(f"W must not be all 0, or nearly; its largest is {largest}")
    return np.rint(W / step).astype(np.int8), step


def averaging(n, m):
    """Matrix (m, n) that makes m pixels of n: each is the mean of what it covers.

    Raises
    ------
    TypeError, ValueError
        When n or m is not a whole number, or is less than 1.
    """
    n = check_number("n", n, Integral, least=1)
    m = check_number("m", m, Integral, least=1)
    edges = np.arange(m + 1) * n / m  # (m+1,) of the new pixels, in old ones
    low = np.maximum(edges[:-1, None], np.arange(n))  # (m, n)
    high = np.minimum(edges[1:, None], np.arange(1, n + 1))  # (m, n)
    return np.maximum(high - low, 0) * m / n  # (m, n), rows of sum 1


def center(ink, box=20, side=28):
    """Scale and move a drawing as MNIST's digits were.

    Parameters
    ----------
    ink : array_like, (rows, columns)
        0 for paper, larger for ink.
    box : int
        Pixels of the longer side of the digit; the proportions stay.
    side : int
        Pixels of each side of the result; at least box.

    Returns
    -------
    field : ndarray, (side, side)
        The center of mass is pixel (side/2, side/2), up to half a pixel, unless the
        digit would stick out. Without ink it is all 0.

    Raises
    ------
    TypeError
        When ink holds no real numbers, or box or side is not a whole number.
    ValueError
        When ink has another shape, or holds negative, NaN or infinite entries, when box
        is less than 1, or side less than box.
    """
    ink = check_shape("ink", as_finite("ink", ink), ("rows", "columns"))
    if (ink < 0).any():
        raise ValueError(f"ink must be 0 for paper or larger; got {ink.min()}")
    box = check_number("box", box, Integral, least=1)
    side = check_number("side", side, Integral, least=box)
    field = np.zeros((side, side))
    rows, columns = np.nonzero(ink)
    if len(rows) == 0:
        return field
    crop = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    n, m = crop.shape
    h, w = (max(1, int(box * k / max(n, m) + 0.5)) for k in (n, m))
    digit = averaging(n, h) @ crop @ averaging(m, w).T  # (h, w)
    middle_row = digit.sum(axis=1) @ np.arange(h) / digit.sum()
    middle_column = digit.sum(axis=0) @ np.arange(w) / digit.sum()
    top = int(np.clip(np.floor(side / 2 - middle_row + 0.5), 0, side - h))
    left = int(np.clip(np.floor(side / 2 - middle_column + 0.5), 0, side - w))
    field[top : top + h, left : left + w] = digit
    return field
