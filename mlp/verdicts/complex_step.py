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
        rng, signs = np.random.default_rng(0), np.repeat([[-1.0], [1.0]], 8, axis=0)
        signs = rng.permuted(np.tile(signs, len(sizes)), axis=0)  # (16, n), half left
        draws = signs * rng.uniform(8, 16, signs.shape)
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

    def rounding(self, i):
        """How far slopes by entry i are apart that differ in the length of the step."""
        d, kind = np.zeros(len(self.sizes)), DOUBLE if self.eps == EPS else SINGLE
        lengths = self.sizes[i] * np.array([1.0, 1.0371, 1.1459, 1.3183, 1.7321])
        slopes = []
        for length in lengths:
            d[i] = length
            slopes.append(self.along(d, kind=kind) / length)
        return max(slopes) - min(slopes)

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
            The sizes of all terms of a slope added up, where they are known.

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
                found = [
                    i for i in chosen if self._jumps(i, slopes[i], shift, scales[i])
                ]
                kinks[found] = True
        for i in chosen[(self.at.x[chosen] == 0) & ~kinks[chosen]]:
            step = np.zeros(len(slopes))
            step[i] = self.sizes[i]
            for shift in (-16 * step, 16 * step):
                kinks[i] |= self._jumps(i, slopes[i], shift, scales[i])
        return kinks

    def _jumps(self, i, slope, shift, scale):
        """Whether the slope of entry i jumps when x is moved by some roundings.

        Twice as far it is the same again, or the jump is far above all rounding.
        """
        near = self.by_entry(i, self.at.x + EPS * shift)
        gap, size = abs(near - slope), abs(near) + abs(slope)
        if gap <= 1e-7 * size:
            return False
        if scale and gap > 1e-4 * size + 1e4 * EPS * scale:
            return True
        far = self.by_entry(i, self.at.x + 2 * EPS * shift)
        return abs(far - near) < 0.1 * gap


def size_of(x):
    """The Euclidean norm of x, without overflow."""
    largest = np.max(np.abs(x), initial=0)
    return largest * np.linalg.norm(x / largest) if 0 < largest < np.inf else largest
