"""The trace against the real run: random numbers, several sizes, 1 among them."""

from dataclasses import dataclass

import numpy as np

from mlp.tracing.values import array_value


@dataclass
class Difference:
    """Where a trace and a run disagree, and how much."""

    name: str
    sizes: dict
    traced: float
    run: float


def tolerance(run, world, of):
    """Return for each result how far it moves when the inputs move by 1e-15."""
    base = run(world)
    moved = [run(shaken(world, k)) for k in (1, 2, 3)]
    result = {}
    for name, numbers in base.items():
        gaps = [np.max(abs(np.asarray(m[name]) - numbers), initial=0) for m in moved]
        size = np.max(abs(numbers), initial=0)
        result[name] = 1e3 * max(gaps) + 1e-11 * size
    return base, result


def shaken(world, seed):
    """Move all inputs by 1e-15 of themselves."""
    rng = np.random.RandomState(seed)
    arrays = {
        name: a * (1 + 1e-15 * rng.choice([-1, 1], a.shape)) if a.dtype.kind == "f" else a
        for name, a in world.arrays.items()
    }
    return type(world)(world.sizes, arrays, world.axes)


def differences(traced, run, world):
    """Compare arrays that remember with what the real functions return.

    Parameters
    ----------
    traced : dict of Array
    run : callable
        From a world to a dict of ndarrays.
    world : World

    Returns
    -------
    largest : float
        The largest difference, as a part of what is allowed.
    found : Difference or None
    """
    base, allowed = tolerance(run, world, traced)
    largest, found = 0.0, None
    if not all(np.isfinite(a).all() for a in base.values()):
        return None, None
    for name, array in traced.items():
        with np.errstate(all="ignore"):
            numbers = array_value(array, world)
        real = np.asarray(base[name], float)
        if real.shape != numbers.shape:
            return np.inf, Difference(name, world.sizes, numbers.shape, real.shape)
        if not numbers.size:
            continue
        gap = np.where(np.isfinite(numbers), abs(numbers - real), np.inf)
        worst = np.unravel_index(gap.argmax(), gap.shape)
        part = gap[worst] / (allowed[name] + 1e-300)
        if part > largest:
            largest = part
            if part > 1:
                found = Difference(name, world.sizes, numbers[worst], real[worst])
    return largest, found
