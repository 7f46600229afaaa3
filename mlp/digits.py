# Made by `make mlp` from book/train/draw.ipynb: edit it there.
import numpy as np


def quantize(W, bits=8):
    """Whole numbers times one step, as close to the weights as they get.

    Parameters
    ----------
    W : ndarray
        Not all 0.
    bits : int
        From 2 to 8, for a number and its sign.

    Returns
    -------
    whole : ndarray of int8, same shape
        From -(2^(bits-1) - 1) to 2^(bits-1) - 1.
    step : float
        whole * step is W, up to half a step.
    """
    step = np.abs(W).max() / (2 ** (bits - 1) - 1)
    return np.rint(W / step).astype(np.int8), step


def averaging(n, m):
    """Matrix (m, n) that makes m pixels of n: each is the mean of what it covers."""
    edges = np.arange(m + 1) * n / m  # (m+1,) of the new pixels, in old ones
    low = np.maximum(edges[:-1, None], np.arange(n))  # (m, n)
    high = np.minimum(edges[1:, None], np.arange(1, n + 1))  # (m, n)
    return np.maximum(high - low, 0) * m / n  # (m, n), rows of sum 1


def center(ink, box=20, side=28):
    """Scale and move a drawing as MNIST's digits were.

    Parameters
    ----------
    ink : ndarray, (rows, columns)
        0 for paper, larger for ink.
    box : int
        Pixels of the longer side of the digit; the proportions stay.
    side : int
        Pixels of each side of the result.

    Returns
    -------
    field : ndarray, (side, side)
        The center of mass is pixel (side/2, side/2), up to half a pixel, unless the
        digit would stick out. Without ink it is all 0.
    """
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
