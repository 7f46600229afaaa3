"""The real functions on real numbers: which entries of a gradient are wrong."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Slip:
    """An entry that is wrong: its place, what was given and what is right."""

    name: str
    index: tuple
    given: float
    right: float


def entries_that_are_wrong(f, x, grads):
    """Compare gradients with slopes of a function.

    Parameters
    ----------
    f : callable
        Takes a dict of arrays, returns a number.
    x, grads : dict of arrays
        The point, and what is given for the gradient.

    Returns
    -------
    wrong : list of Slip
    undecided : set of pairs (name, index)
    """
    wrong, undecided = [], set()
    noise = noise_of(f, x)
    for name, grad in grads.items():
        floor = 1e-13 * max(np.max(abs(grad), initial=0), 1.0)
        for index in np.ndindex(grad.shape):
            given = float(grad[index])
            slope, error = slope_at(f, x, name, index, noise)
            error += floor
            gap = abs(given - slope)
            if not np.isfinite(slope):
                undecided.add((name, index))
            elif not np.isfinite(given):
                wrong.append(Slip(name, index, given, slope))
            elif gap <= 20 * error + 1e-9 * (abs(given) + abs(slope)) and (
                error <= 1e-4 * abs(slope) + 100 * noise + 1e4 * floor
            ):
                continue
            elif gap > 50 * error + 1e-6 * (abs(given) + abs(slope)):
                wrong.append(Slip(name, index, given, slope))
            else:
                undecided.add((name, index))
    return wrong, undecided


def noise_of(f, x):
    """Return how much a function's value changes by rounding (Moré and Wild 2011)."""
    rng = np.random.RandomState(3)
    ways = {name: rng.choice([-1, 1], a.shape) for name, a in x.items()}
    largest = 0.0
    for step in (1e-9, 1e-6):
        values = [
            f({name: a * (1 + k * step * ways[name]) for name, a in x.items()})
            for k in range(8)
        ]
        for order, scale in ((3, 20), (4, 70)):  # what is smooth, cancels
            rough = np.diff(values, order)
            largest = max(largest, np.sqrt(np.mean(rough**2) / scale))
    return 2 * largest + 1e-15 * max(map(abs, values)) + 1e-300


def slope_at(f, x, name, index, noise):
    """Return a slope by extrapolated differences, and its error; NaN at a kink."""
    x = {key: a.copy() for key, a in x.items()}
    middle = x[name][index]

    def at(h):
        x[name][index] = middle + h
        return f(x)

    best = np.nan, np.inf
    here = at(0.0)
    scale = max(abs(middle), 1e-3)
    for h in (scale * 0.02, scale * 2e-3, scale * 2e-4):
        rights = [(at(h / k) - here) / (h / k) for k in (1, 2, 4)]
        lefts = [(here - at(-h / k)) / (h / k) for k in (1, 2, 4)]
        middles = [(a + b) / 2 for a, b in zip(rights, lefts)]
        first = [(4 * middles[1] - middles[0]) / 3, (4 * middles[2] - middles[1]) / 3]
        slope = (16 * first[1] - first[0]) / 15
        rounding = 8 * noise / h
        error = abs(slope - first[1]) + abs(first[1] - first[0]) / 4 + rounding
        sides = [(8 * s[2] - 6 * s[1] + s[0]) / 3 for s in (rights, lefts)]
        jump = abs(sides[0] - sides[1])
        if jump > 1e-3 * (abs(sides[0]) + abs(sides[1])) + 100 * rounding:
            continue
        if error < best[1]:
            best = slope, error
    x[name][index] = middle
    return best
