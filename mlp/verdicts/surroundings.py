"""What is known of a function around a point: its values, their rounding, its steps."""

from functools import cached_property

import numpy as np

from mlp.gradient_check import noise_of
from mlp.verdicts.complex_step import EPS, size_of
from mlp.verdicts.differences import Measured, falling

USUAL, FINER = falling(2.0**-7, 3), falling(2.0**-16, 4)  # steps beside 1
WIDER = 2.0 ** -np.arange(-1, 5)
SINGLE_EPS = float(np.finfo(np.float32).eps)


class Surroundings:
    """A function around x, once it is known how to call it.

    Parameters
    ----------
    at : Evaluations

    Attributes
    ----------
    eps : float
        The rounding of the numbers in x, in which the gradient was computed.
    sizes : ndarray, (n,)
        The size of each entry, which its steps are in proportion to.
    value : float
        f(x).
    noise : float
        How much the values of f are rounded.
    eps_of_f, blur : float
        The rounding of the numbers in which f computes; blur is that of float32 when f
        takes float64 numbers and rounds inside, else 0.
    """

    def __init__(self, at):
        self.at, self.sizes = at, typical_sizes(at)
        single = all(a.dtype == np.float32 for a in at.arrays.values())
        self.eps = SINGLE_EPS if single else EPS

    def whim(self):
        """Why f can't be checked at all, or "": its second value at x says."""
        again = self.at(self.at.x)
        if not np.isfinite([self.value, again]).all():
            return f"not finite: f(x) is {self.value}"
        if again != self.value:
            return f"not deterministic: f(x) was {self.value!r}, then {again!r}"
        return ""

    def get_ready(self):
        """Find out how to call f, and how much its values are rounded."""
        signs = np.random.RandomState(0).choice([-1.0, 1.0], len(self.sizes))
        points = self.at.x + np.outer([0.0123, 0.0237, 0.0371], self.sizes * signs)
        self.at.find_what_moves(self.value, self.sizes)
        if self.eps > EPS:
            tolerance = 1e4 * self.eps * abs(self.value)
            self.at.find_wider_numbers(self.value, tolerance, points)
        self.value = self.at(self.at.x)
        self.eps_of_f = EPS if self.at.has_many_digits(points) else SINGLE_EPS
        try:
            phi = self.along(self.sizes * signs)
            steps = (2.0**-36, 2.0**-24, 2.0**-15)
            self.noise = max(noise_of(phi, self.value, step) for step in steps)
            self.noise = self.noise or self._stair(phi)
        except Exception:  # it will be raised again where one entry is moved
            self.noise = 0.0
        is_noisy = self.noise > 64 * EPS * abs(self.value)
        self.blur = SINGLE_EPS if is_noisy or self.eps_of_f > EPS else 0.0
        self.noise = max(self.noise, self.eps_of_f * abs(self.value) / 2)

    def _stair(self, phi):
        """Half the step of a function that is flat near x and changes farther away."""
        if any(phi(t) != self.value for t in (-(2.0**-6), 2.0**-6)):
            return 0.0
        changes = np.abs([phi(t) - self.value for t in (-1.0, 1.0)])
        return (
            np.min(changes[changes > 0], initial=np.inf) / 2 if changes.any() else 0.0
        )

    @cached_property
    def is_stairs(self):
        """Whether f has few values beside x: where it stays, it may still slope."""
        signs = np.random.RandomState(1).choice([-1.0, 1.0], len(self.sizes))
        phi = self.along(self.sizes * signs)
        return len({phi(k * 2.0**-9) for k in range(9)}) <= 4

    def along(self, d, x=None):
        """f as a function of the distance along d (n,), from x or elsewhere."""
        start = self.at.x if x is None else x
        return lambda t: self.at(start + t * d)

    def measured(self, i):
        """Values of f for steps of entry i."""
        x, dtype = self.at.x, self.at.dtype or self.at.dtype_of(i)
        d = np.zeros(len(x))
        d[i] = 1

        def moved(t):
            return float((x[i] + t).astype(dtype).real - x[i])

        phi = self.at.naming(i, self.along(d))
        measured = Measured(phi, self.value, self.noise, self.eps_of_f, moved)
        measured.add(USUAL * self.sizes[i])
        return measured

    def stays(self, i):
        """Whether f has the same value when entry i is moved."""
        point = self.at.x.copy()
        point[i] += self.sizes[i] / 4
        return self.at(point) == self.value


def typical_sizes(at):
    """The size of each entry (n,), which its steps are in proportion to.

    Of an entry that is 0, the root mean square of its array's other entries, or of
    all arrays', or 1.
    """
    usual, parts = mean_size(at.x, 1.0), []
    for array in at.arrays.values():
        size = np.abs(array, dtype=float).ravel()
        parts.append(np.where(size > 0, size, mean_size(size, usual)))
    return np.concatenate(parts)


def mean_size(x, default):
    """Root mean square of what is not 0 in x; the default where all is 0."""
    return size_of(x) / np.sqrt(np.count_nonzero(x)) if x.any() else default
