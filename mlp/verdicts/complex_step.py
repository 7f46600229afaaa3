"""Slopes by a complex step, and what rounding and kinks beside the point do to them."""

import numpy as np

from mlp.gradient_check import complex_slope

EPS = float(np.finfo(float).eps)
DOUBLE, SINGLE = np.dtype(complex), np.dtype(np.complex64)
STEPS = {DOUBLE: 2.0**-100, SINGLE: 2.0**-30}  # their squares are nothing beside 1


class ComplexSteps:
    """Slopes of f around a point by complex steps.

    Parameters
    ----------
    at : Evaluations
    sizes : ndarray, (n,)
        The size of each entry, which all steps are in proportion to.
    eps : float
        The rounding of the numbers in which the gradient was computed.

    Attributes
    ----------
    calm : bool
        Whether no slope jumps a rounding away, as far as is known.
    """

    def __init__(self, at, sizes, eps):
        self.at, self.sizes, self.eps = at, sizes, eps
        draws = np.repeat([[-16], [-12], [-10], [-8], [8], [10], [12], [16]], 2, axis=0)
        draws = np.tile(draws, len(sizes))  # (16, n), as often to the left as right
        draws = np.random.default_rng(0).permuted(draws, axis=0)
        shifts = draws * sizes  # (16, n), in roundings
        self.shifts = shifts[[np.isfinite(at(at.x + eps * s)) for s in shifts]]

    def along(self, d, x=None, kind=DOUBLE):
        """Slope along a direction d (n,), at x or elsewhere."""
        with self.at.numbers(kind):
            return complex_slope(
                self.at.complex, self.at.x if x is None else x, d, STEPS[kind]
            )

    def by_entry(self, i, x=None, kind=DOUBLE):
        """Slope by entry i."""
        d = np.zeros(len(self.sizes))
        d[i] = self.sizes[i]
        return self.along(d, x, kind) / d[i]

    def beside(self, i, more=False):
        """Slopes (16,) by entry i at points some roundings away, or more of them (96,).

        f computes them in numbers that are rounded as those of the gradient are.
        """
        kind = DOUBLE if self.eps == EPS else SINGLE
        shifts = self.shifts
        if more:
            draws = np.random.default_rng(1).uniform(-32, 32, (96, len(self.sizes)))
            shifts = draws * self.sizes
        points = self.at.x + self.eps * shifts  # (16 or 96, n)
        return np.array([self.by_entry(i, x, kind) for x in points])

    def sides(self, i):
        """Slopes by entry i a few roundings to the left and to the right."""
        step = np.zeros(len(self.sizes))
        step[i] = 16 * EPS * self.sizes[i]
        return self.by_entry(i, self.at.x - step), self.by_entry(i, self.at.x + step)

    def kinks(self, chosen, slopes, scales):
        """Whether the slopes of the chosen entries jump a rounding away: a kink is hit.

        Parameters
        ----------
        chosen : ndarray of int, (m,)
        slopes : ndarray, (n,)
            By complex steps at x.
        scales : ndarray, (n,)
            The largest terms in the slopes, where they are known.

        Returns
        -------
        kinks : ndarray of bool, (n,)
            A jump is the same at twice the distance; a bend or rounding is not.
        """
        d, kinks = np.zeros(len(slopes)), np.zeros(len(slopes), bool)
        weights = np.abs(slopes) + 1e-6 * scales + 1e-12 * np.abs(slopes).max()
        weights[weights == 0] = 1
        draws = np.random.RandomState(1).uniform(0.5, 1, len(chosen))
        d[chosen] = draws / weights[chosen]  # all entries count alike
        self.calm = self.eps == EPS
        for shift in self.shifts:
            left = d * ~kinks  # what is not yet found
            jump = self.along(left, self.at.x + EPS * shift) - slopes @ left
            if abs(jump) > 1e-8 * size_of(slopes * left):
                self.calm = False
                found = [i for i in chosen if self._jumps(i, slopes[i], shift)]
                kinks[found] = True
        for i in chosen[(self.at.x[chosen] == 0) & ~kinks[chosen]]:
            step = np.zeros(len(slopes))
            step[i] = self.sizes[i]
            kinks[i] = any(self._jumps(i, slopes[i], s * step) for s in (-16, 16))
        return kinks

    def _jumps(self, i, slope, shift):
        """Whether the slope of entry i is another one beside x, but no further one."""
        near = self.by_entry(i, self.at.x + EPS * shift)
        if abs(near - slope) <= 1e-7 * (abs(near) + abs(slope)):
            return False
        far = self.by_entry(i, self.at.x + 2 * EPS * shift)
        return abs(far - near) < 0.1 * abs(near - slope)


def size_of(x):
    """The Euclidean norm of x, without overflow."""
    largest = np.max(np.abs(x), initial=0)
    return largest * np.linalg.norm(x / largest) if 0 < largest < np.inf else largest
