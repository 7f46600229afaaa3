"""The trace against the real run: random numbers, several sizes, 1 among them.

What is allowed is rounding: how far the results of both move when all inputs move by
1e-15 of themselves, many times over.
"""

from dataclasses import dataclass

import numpy as np

from mlp.tracing.values import World, array_value

MANY = 1e3


@dataclass
class Difference:
    """Where a trace and a run disagree, and how much."""

    name: str
    sizes: dict
    traced: object
    run: object


@dataclass
class Comparison:
    """How a trace and a run compare: ``part`` of what rounding allows."""

    part: float
    found: Difference | None
    sharp: bool


def shaken(world, seed):
    """Move all inputs by 1e-15 of themselves."""
    rng = np.random.RandomState(seed)
    arrays = {
        name: a * (1 + 1e-15 * rng.choice([-1, 1], a.shape))
        if a.dtype.kind == "f"
        else a
        for name, a in world.arrays.items()
    }
    return World(world.sizes, arrays, world.axes)


def traced_numbers(traced, world):
    """Return the numbers of arrays that remember."""
    with np.errstate(all="ignore"):
        return {name: array_value(array, world) for name, array in traced.items()}


def spread(numbers, function, world):
    """Return for each array how far its entries move with the inputs."""
    moved = [function(shaken(world, k)) for k in (1, 2, 3)]
    return {
        name: max(np.max(abs(m[name] - a), initial=0) for m in moved)
        for name, a in numbers.items()
    }


def compared(traced, run, world):
    """Compare arrays that remember with what the real functions return.

    Parameters
    ----------
    traced : dict of Array
    run : callable
        From a world to a dict of ndarrays.
    world : World

    Returns
    -------
    Comparison or None
        None where the numbers of one of them are not finite.
    """
    real = run(world)
    if not all(np.isfinite(a).all() for a in real.values()):
        return None
    for name, array in traced.items():
        shapes = world.shape(array.axes), real[name].shape
        if shapes[0] != shapes[1]:
            return Comparison(np.inf, Difference(name, world.sizes, *shapes), True)
    ours = traced_numbers(traced, world)
    if not all(np.isfinite(a).all() for a in ours.values()):
        return None
    noise = spread(real, run, world)
    noise_of_ours = spread(ours, lambda w: traced_numbers(traced, w), world)
    largest, found, sharp = 0.0, None, True
    everything = [*real.values(), *ours.values(), *world.arrays.values()]
    rounding = 1e-14 * max(np.max(abs(a), initial=0) for a in everything)
    for name, a in ours.items():
        size = np.max(abs(real[name]), initial=0)
        allowed = MANY * (noise[name] + noise_of_ours[name]) + 1e-12 * size + rounding
        sharp = sharp and allowed <= 1e-6 * max(size, 1e-3)
        gap = abs(a - real[name])
        if not gap.size:
            continue
        worst = np.unravel_index(gap.argmax(), gap.shape)
        most = 1e-7 * rounding / 1e-14 if 1 in world.sizes.values() else 0.0
        if allowed < gap[worst] < max(1e-8 * size, most):  # rounding: it shows nothing
            sharp = False
            continue
        if gap[worst] / allowed > largest:
            largest = gap[worst] / allowed
            if largest > 1:
                found = Difference(name, world.sizes, a[worst], real[name][worst])
    return Comparison(largest, found, sharp)
