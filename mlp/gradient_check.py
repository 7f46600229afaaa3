# Made by `make generate` from book/build/gradient_check.ipynb: edit it there.
from math import comb
from numbers import Integral
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from mlp.checks import as_array, as_numbers, check_number, check_rng, check_shape


def rel_error(x, y):
    """Largest relative difference, max |x - y| / max(1e-8, |x| + |y|).

    Parameters
    ----------
    x, y : array_like, same shape
        Real or complex numbers. Integers are compared as float64.

    Returns
    -------
    error : float
        0 where both are 0. Numbers whose sizes add up to less than 1e-8 are compared on
        the scale of 1e-8.

    Raises
    ------
    TypeError
        When x or y is masked or does not hold numbers.
    ValueError
        When the shapes differ or there is nothing to compare.
    """
    x, y = as_numbers("x", x), as_numbers("y", y)
    if x.shape != y.shape or x.size == 0:
        raise ValueError(
            f"x and y must have one shape, not empty; got {x.shape} and {y.shape}"
        )
    x, y = x / 4, y / 4  # the quotient stays, and no sum overflows
    floor = np.float64(1e-8 / 4)
    return float(np.max(np.abs(x - y) / np.maximum(floor, np.abs(x) + np.abs(y))))


def value_of(f, x):
    """f(x) as a float of its own: f may return a view of x, or use a buffer again."""
    value = f(x)
    number = value.item() if getattr(value, "size", None) == 1 else value
    is_one = hasattr(number, "__float__") and np.ndim(number) == 0
    if not is_one or isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            "f must return one real number, as lambda x: net.loss(X, y)[0] does; "
            f"got {value!r:.60}"
        )
    try:
        return float(number)
    except OverflowError:
        raise ValueError("f must return a number that fits in a float64") from None


def centered_difference(f, x, index, h):
    """Slope of f along one entry of x, which is moved in place and put back.

    Raises
    ------
    TypeError
        When f does not return one real number.
    ValueError
        When x + h and x - h round to one number, or their distance overflows.
    """
    middle = float(x[index])
    right, left = middle + h, middle - h
    moved = right - left  # 2h, but for rounding
    if not 0 < moved < np.inf:
        what = "rounds away" if moved == 0 else "overflows"
        cure = "larger" if moved == 0 else "smaller"
        raise ValueError(
            f"the step {what} at index {index}, x = {middle}, h = {h}: "
            f"choose a {cure} h"
        )
    try:
        x[index] = right
        f_right = value_of(f, x)
        x[index] = left
        f_left = value_of(f, x)
    finally:
        x[index] = middle
    return (f_right - f_left) / moved


def _entries_overlap(x):
    """Whether two entries of x share memory, as after np.broadcast_to."""
    steps = zip(x.strides, np.indices(x.shape, sparse=True))
    starts = sum(stride * index for stride, index in steps)  # in bytes
    return bool(np.any(np.diff(np.sort(starts, axis=None)) < x.itemsize))


def _check_movable(x, name="x"):
    """Raise an error unless each entry of x can be moved by itself."""
    as_array(name, x)  # no mask
    if not isinstance(x, np.ndarray):
        is_pandas = hasattr(x, "to_numpy")
        cure = (
            f"{name}.to_numpy(copy=True)" if is_pandas else f"np.array({name}, float)"
        )
        raise TypeError(
            f"{name} must be a float64 array; got {type(x).__name__}; {cure} makes one"
        )
    if x.dtype != np.float64:
        raise TypeError(f"{name} must be a float64 array; got {x.dtype}")
    if _entries_overlap(x):
        raise ValueError(
            f"{name} must have entries that move one by one; some of them share "
            f"memory, as after np.broadcast_to; {name}.copy() separates them"
        )
    if not x.flags.writeable:
        raise ValueError(
            f"{name} must be writeable; got a read-only array; {name}.copy() can be "
            "moved"
        )
    if not np.isfinite(x).all():
        bad = x.size - np.isfinite(x).sum()
        raise ValueError(f"{name} must be finite; {bad} entries are NaN or infinite")


def eval_numerical_gradient(f, x, verbose=False, h=1e-5):
    """Gradient of f at x by centered differences, one entry at a time.

    Parameters
    ----------
    f : callable
        Takes x, returns a real number, which is taken as a float64. It may ignore its
        argument and read x elsewhere: x is changed in place.
    x : ndarray of float64, any shape
        The point. Each entry is moved by +h and -h, and put back.
    verbose : bool
        Print each index and its derivative.
    h : float
        Half the distance between the two evaluations.

    Returns
    -------
    grad : ndarray, the shape of x
        (f(x + h) - f(x - h)) / 2h for each entry; where x + h and x - h are rounded,
        their distance stands in place of 2h.

    Raises
    ------
    TypeError
        When x is not a float64 array or is masked, when f does not return one real
        number, or when h is not a number.
    ValueError
        When x is read-only, not finite, or has entries that share memory; when h is
        not positive and finite, or so small beside an entry that the step rounds away.
    """
    h = check_number("h", h, above=0)
    _check_movable(x)
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        grad[index] = centered_difference(f, x, index, h)
        if verbose:
            print(index, grad[index])
    return grad


def _indices_to_check(shape, entries, rng):
    """All indices of an array, or as many of them as entries, drawn without repeats."""
    indices = list(np.ndindex(shape))
    if entries is None:
        return indices
    return [indices[i] for i in rng.permutation(len(indices))[:entries]]


def gradient_report(net, X, y, reg=0.0, h=1e-5, entries=None, rng=None):
    """Compare a network's gradients with centered differences, entry by entry.

    An entry takes two calls of `net.loss`: 101,780 calls for 784 inputs, 64 hidden
    units and 10 classes. When they take longer than 10 seconds, a progress bar appears
    on the error stream.

    Parameters
    ----------
    net : MLP
        A network with float64 parameters.
    X : ndarray, (N, D)
    y : array_like of int, (N,)
    reg : float
        Weight of the penalty.
    h : float
        The step of `eval_numerical_gradient`.
    entries : int, optional
        Check so many random entries of each parameter, or all if it has no more. None
        checks all.
    rng : numpy Generator or RandomState
        Draws the entries. None starts a new RandomState(0) at each call: the same
        entries each time.

    Returns
    -------
    report : dict
        For each parameter's name the largest relative error (`rel_error`) of the
        entries that were checked.

    Raises
    ------
    TypeError
        When a parameter is not a float64 array, when h or entries is not a number of
        its kind, rng cannot draw, or y is None.
    ValueError
        When h is not positive and finite, the step rounds away beside a parameter,
        entries is below 1, or a gradient has not its parameter's shape. For bad X, y
        and reg `net.loss` raises its own errors.
    """
    h, rng = check_number("h", h, above=0), check_rng(rng, np.random.RandomState(0))
    if entries is not None:
        entries = check_number("entries", entries, Integral, least=1)
    if y is None:
        raise TypeError("y must hold the labels; without them there is no loss")
    grads, places = net.loss(X, y, reg)[1], []
    for name, p in net.params.items():
        _check_movable(p, f"params[{name!r}]")
        check_shape(f"the gradient by {name}", grads[name], p.shape)
        places += [(name, index) for index in _indices_to_check(p.shape, entries, rng)]
    pairs = {name: [] for name in grads}
    for name, index in tqdm(places, unit="entry", delay=10):
        slope = centered_difference(
            lambda _: net.loss(X, y, reg)[0], net.params[name], index, h
        )
        pairs[name].append((grads[name][index], slope))
    return {name: rel_error(*zip(*pairs[name])) for name in grads}


def complex_slope(f, x, d, h=2.0**-100):
    """Slope of f at x along a direction d: the imaginary part of f(x + i h d) / h.

    It is exact but for rounding when f is made of analytic operations
    (eq:complex-step; Squire and Trapp 1998).

    Parameters
    ----------
    f : callable
        Takes an array of complex numbers.
    x, d : ndarrays of one shape
    h : float
        So small that its square is nothing beside 1. A power of two divides exactly.

    Returns
    -------
    slope : float
    """
    return float(np.imag(f(x + 1j * h * d))) / h


def noise_of(phi, value, step):
    """Size of the rounding in phi's values near 0, from the differences of nine values.

    Differences of high order wipe out a smooth function and leave its noise (Moré and
    Wild 2011). A step within which phi hardly changes its value shows none: it grows.

    Parameters
    ----------
    phi : callable
        A function of one number.
    value : float
        phi(0).
    step : float
        The distance of the nine points to begin with.

    Returns
    -------
    noise : float
        Of the size of one standard deviation; 0 where a value is not finite.
    """
    for _ in range(4):
        values = np.array([value, *(phi(k * step) for k in range(1, 9))])  # (9,)
        if not np.isfinite(values).all():
            return 0.0
        if len(set(values)) > 4:
            break
        step *= 2.0**9
    levels, size = [], np.abs(values).max() or 1.0
    for k in range(1, 7):
        values = np.diff(values)  # (9 - k,)
        total = np.linalg.norm(values / size) * size  # no square overflows
        factor = comb(2 * k, k)  # noise of variance 1 has differences of this variance
        levels.append(total / np.sqrt(len(values) * factor))
    return min(levels[3:])


class Slope(NamedTuple):
    """A measured slope, how far off it may be, and how much of that is rounding."""

    value: float
    error: float
    rounding: float


def neville(steps, quotients):
    """Rows of values at 0 of polynomials through neighboring points: Neville's table.

    Row j belongs to degree j: entry i is of the points i to i + j.
    """
    table = [list(quotients)]
    for j in range(1, len(steps)):
        row = []
        for left, right, s, t in zip(table[-1], table[-1][1:], steps, steps[j:]):
            row.append((s * right - t * left) / (s - t))
        table.append(row)
    return table


def _candidates(steps, quotients, noises):
    """All (error, value, number of its smallest step) in Neville's table but the first.

    The error is how far the value is from those it was made of, and the rounding. A
    quotient itself is judged by how fast those of larger steps moved.
    """
    table = neville(steps, quotients)
    for j, row in enumerate(table[1:], 1):
        for i, value in enumerate(row):
            left, right = table[j - 1][i : i + 2]
            spread = max(abs(value - right), abs(value - left))
            yield spread + 2 * noises[i + j], value, i + j
    for i in range(1, len(steps)):
        ways = np.abs(np.diff(quotients[max(i - 2, 0) : i + 1])) * steps[i]
        spread = max(ways / steps[max(i - 1, 1) : i + 1])
        yield spread + 2 * noises[i], quotients[i], i


def extrapolated(steps, quotients, noises):
    """Limit of difference quotients for a step of 0.

    Of all polynomials through neighboring quotients the one with the smallest error is
    chosen, among those that agree with what smaller steps say (Ridders 1982).

    Parameters
    ----------
    steps : ndarray, (M,)
        Falling; for centered differences their squares.
    quotients : ndarray, (M,)
    noises : ndarray, (M,)
        Error of each quotient by rounding.

    Returns
    -------
    slope : Slope
        With an infinite error when no polynomial agrees.
    """
    for error, value, last in sorted(_candidates(steps, quotients, noises)):
        finer = slice(last + 1, None)
        curve = abs(quotients[last] - value) * steps[finer] / steps[last]
        gaps = np.abs(quotients[finer] - value)
        if np.all(gaps <= 2 * (error + noises[finer]) + curve):
            return Slope(float(value), float(error), float(2 * noises[last]))
    return Slope(np.nan, np.inf, 0.0)
