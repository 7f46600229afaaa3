"""Slopes by differences, each with an estimate of its error."""

from math import comb
from typing import NamedTuple

import numpy as np

RATIO = 8  # from a step to the next smaller one


class Slope(NamedTuple):
    """A measured slope, how far off it may be, and how much of that is rounding."""

    value: float
    error: float
    rounding: float


UNKNOWN = Slope(np.nan, np.inf, 0.0)


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
        Of the size of one standard deviation.
    """
    for _ in range(4):
        values = np.array([value, *(phi(k * step) for k in range(1, 9))])  # (9,)
        if not np.isfinite(values).all():
            return 0.0
        if len(set(values)) > 4:
            break
        step *= 2.0**9
    levels, d, size = [], values, np.abs(values).max() or 1.0
    for k in range(1, 7):
        d = np.diff(d)  # (9 - k,), of variance (2k)! / (k!)² for noise of variance 1
        levels.append(
            np.linalg.norm(d / size) * size / np.sqrt(len(d) * comb(2 * k, k))
        )
    return min(levels[3:])


def extrapolated(steps, quotients, noises):
    """Limit of difference quotients for a step of 0: Neville's polynomials.

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
    """
    M, table, found = len(steps), [list(quotients)], []
    for j in range(1, M):
        before, row = table[-1], []
        for i in range(M - j):
            s, t = steps[i], steps[i + j]
            row.append((s * before[i + 1] - t * before[i]) / (s - t))
            spread = max(abs(row[i] - before[i + 1]), abs(row[i] - before[i]))
            found.append((spread + 2 * noises[i + j], row[i], i + j))
        table.append(row)
    for i in range(1, M):
        ways = np.abs(np.diff(quotients[max(i - 2, 0) : i + 1])) * steps[i]
        spread = max(ways / steps[max(i - 1, 1) : i + 1])
        found.append((spread + 2 * noises[i], quotients[i], i))
    for error, value, last in sorted(found):
        finer = slice(last + 1, None)
        curve = abs(quotients[last] - value) * steps[finer] / steps[last]
        gaps = np.abs(quotients[finer] - value)
        if np.all(gaps <= 2 * (error + noises[finer]) + curve):
            return Slope(float(value), float(error), float(2 * noises[last]))
    return UNKNOWN


class Sides(NamedTuple):
    """Slopes to the left and to the right of a point, and through it."""

    left: Slope
    right: Slope
    center: Slope

    @property
    def differ(self):
        """Whether left and right can't be the same number: a kink within reach."""
        (a, a_error, _), (b, b_error, _) = self.left, self.right
        return abs(a - b) > 3 * (a_error + b_error)


class Measured:
    """Values of a function of one number around 0, and the slopes they show.

    Parameters
    ----------
    phi : callable
    value : float
        phi(0).
    noise : float
        Of its values, as `noise_of` finds it.
    eps : float
        The rounding of its values.
    moved : callable, optional
        The distance really moved for a step t, when adding t is rounded.
    """

    def __init__(self, phi, value, noise, eps, moved=lambda t: t):
        self.phi, self.value, self.moved = phi, value, moved
        self.noise, self.eps = noise, eps
        self.points = {}  # step: (to the left, phi there, to the right, phi there)

    def add(self, steps):
        """Evaluate phi at ± each step that is not lost by rounding."""
        for t in steps:
            left, right = -self.moved(-t), self.moved(t)
            if t not in self.points and min(left, right) > 0:
                self.points[t] = (left, self.phi(-t), right, self.phi(t))

    def _one_side(self, steps, values):
        good = np.isfinite(values) & np.isfinite(steps)
        t, f = steps[good], values[good]
        rounding = 3 * self.noise + self.eps * np.abs(f)
        with np.errstate(all="ignore"):
            return extrapolated(t, (f - self.value) / t, rounding / abs(t))

    def sides(self):
        """Left, right and centered slope from all points."""
        rows = np.array([self.points[t] for t in sorted(self.points)[::-1]])
        t, f_left, s, f_right = rows.reshape(-1, 4).T
        good = np.isfinite(f_left) & np.isfinite(f_right)
        way = (t + s)[good]
        sizes = np.maximum(np.abs(f_left), np.abs(f_right))[good]
        rounding = 3 * self.noise + self.eps * sizes
        with np.errstate(all="ignore"):
            quotients = (f_right - f_left)[good] / way
            center = extrapolated(
                (way / max(way, default=1)) ** 2, quotients, rounding / way
            )
        return Sides(self._one_side(-t, f_left), self._one_side(s, f_right), center)

    @property
    def finite(self):
        """Whether phi is finite at all points."""
        return np.isfinite(list(self.points.values())).all()

    @property
    def unchanged(self):
        """Whether phi has the same value at all points."""
        return all(
            f == self.value and g == self.value for _, f, _, g in self.points.values()
        )


def falling(largest, count):
    """Steps (count,), each an eighth of the one before."""
    return largest * float(RATIO) ** -np.arange(count)
