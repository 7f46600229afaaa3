"""Slopes by a complex step, and what rounding and kinks beside the point do to them."""

import numpy as np

EPS = float(np.finfo(float).eps)
DOUBLE, SINGLE = np.dtype(complex), np.dtype(np.complex64)
STEPS = {DOUBLE: 2.0**-100, SINGLE: 2.0**-30}  # their squares are nothing beside 1


def complex_slope(f, x, d, h=STEPS[DOUBLE]):
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


class ComplexSteps:
    """Slopes of f around a point by complex steps.

    Parameters
    ----------
    at : Evaluations
    sizes : ndarray, (n,)
        The size of each entry, which all steps are in proportion to.
    eps : float
        The rounding of the numbers in which the gradient was computed.
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

    def beside(self, i):
        """Slopes (16,) by entry i at points some roundings away, as rounded numbers."""
        kind = DOUBLE if self.eps == EPS else SINGLE
        points = self.at.x + self.eps * self.shifts  # (16, n)
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
        jumps = np.array([self.along(d, self.at.x + EPS * s) for s in self.shifts])
        large = np.abs(jumps - slopes @ d) > 1e-8 * size_of(slopes * d)
        for shift in self.shifts[large][:8]:
            near, far = slopes.copy(), slopes.copy()
            near[chosen] = [self.by_entry(i, self.at.x + EPS * shift) for i in chosen]
            jump = np.abs(near - slopes)
            jump[jump <= 1e-7 * (np.abs(near) + np.abs(slopes))] = 0
            there = np.flatnonzero(jump * ~kinks)
            far[there] = [self.by_entry(i, self.at.x + 2 * EPS * shift) for i in there]
            kinks[there] = (np.abs(far - near) < 0.1 * jump)[there]
        return kinks


def size_of(x):
    """The Euclidean norm of x, without overflow."""
    largest = np.max(np.abs(x), initial=0)
    return largest * np.linalg.norm(x / largest) if 0 < largest < np.inf else largest
