"""Slopes by differences, each with an estimate of its error."""

from typing import NamedTuple

import numpy as np

from mlp.gradient_check import Slope, extrapolated

RATIO = 8  # from a step to the next smaller one


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
    def bend(self):
        """At least how large phi's second derivative is, at some distance."""
        left, f_left, right, f_right = np.array(list(self.points.values())).T
        slopes = (self.value - f_left) / left, (f_right - self.value) / right
        bends = 2 * np.abs(slopes[1] - slopes[0]) / (left + right)
        return max(0.0, np.nanmax(bends - 8 * self.noise / np.square(left + right)))

    @property
    def rise(self):
        """How steeply phi rises or falls on the longest way."""
        left, f_left, right, f_right = self.points[max(self.points)]
        rises = (self.value - f_left) / left, (f_right - self.value) / right
        return float(np.nanmax(np.abs(rises), initial=0))

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
