"""The trace against the real run: random numbers, several sizes, 1 among them.

What is allowed is rounding: how far the results of both move when all inputs move by
1e-15 of themselves, many times over.
"""

from dataclasses import dataclass

import numpy as np

from mlp.tracing.axes import bounds
from mlp.tracing.programs import BadProgram
from mlp.tracing.refusal import CantTell, clock
from mlp.tracing.values import DECLARED, UNDEFINED, World, array_value
from mlp.tracing.worlds import drawn, sizes_text

MANY = 1e3
LEFT_OUT = "values at random inputs that are not finite are left out"


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


def exact_numbers(traced, world):
    """Return the numbers of arrays that remember, worked out in 600 digits, or None."""
    try:
        numbers = traced_numbers(traced, world.exact())
        return {name: a.astype(float) for name, a in numbers.items()}
    except UNDEFINED:
        return None


def all_finite(numbers):
    """Tell whether all numbers of all arrays are finite."""
    return all(np.isfinite(a).all() for a in numbers.values())


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
    if not all_finite(real):
        return None
    for name, array in traced.items():
        shapes = world.shape(array.axes), real[name].shape
        if shapes[0] != shapes[1]:
            return Comparison(np.inf, Difference(name, world.sizes, *shapes), True)
    noise = spread(real, run, world)
    ours = traced_numbers(traced, world)
    if all_finite(ours):
        own_noise = spread(ours, lambda w: traced_numbers(traced, w), world)
        seen = differences(ours, real, noise, own_noise, world)
        if seen.sharp and not seen.found:
            return seen
    exact = exact_numbers(traced, world)  # terms of the trace may cancel
    if exact is not None and all_finite(exact):
        return differences(exact, real, noise, dict.fromkeys(noise, 0.0), world)
    return seen if all_finite(ours) else None


def differences(ours, real, noise, own_noise, world):
    """Compare numbers, of which it is known how far rounding moves them."""
    largest, found, sharp = 0.0, None, True
    everything = [*real.values(), *ours.values(), *world.arrays.values()]
    rounding = 1e-14 * max(np.max(abs(a), initial=0) for a in everything)
    for name, a in ours.items():
        size = np.max(abs(real[name]), initial=0)
        allowed = MANY * (noise[name] + own_noise[name]) + 1e-12 * size + rounding
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


def audit(program, found, outputs, grads):
    """Compare the trace with the real functions at several sizes, or raise."""
    traced = {**outputs, **{f"d {name}": grad for name, grad in grads.items()}}
    sharp = 0
    for k, (sizes, scale) in enumerate(audited_sizes(program.sizes)):
        clock.tick()
        ones = small_names(sizes)
        for other in (scale, 0.3, 3.0) if ones else (scale,):
            seen = compared_somewhere(program, traced, sizes, other, k)
            if seen is not None:
                break
        if seen is None:
            if ones:
                demand_one_of(ones)
            elif scale == 1 and LEFT_OUT not in found.notes:
                found.notes.append(LEFT_OUT)
            continue
        if seen.found and ones:
            demand_one_of(ones)
        elif seen.found and not ones:
            raise CantTell(
                f"the trace is not the program: {seen.found.name} at "
                f"{sizes_text(sizes)} is {seen.found.run} by the program, "
                f"{seen.found.traced} by the trace"
            )
        elif not seen.found:
            found.largest = max(found.largest, seen.part)
            sharp += seen.sharp
    if sharp < (2 if program.sizes else 1):
        raise CantTell(
            "the trace was not compared: too few values are finite, or sharp"
        )


def demand_one_of(ones):
    """Leave sizes out of the theorem that are all 1, unless one of them is."""
    if not set(ones) & set(bounds.least):
        for name in ones:
            bounds.demand(name, 2)


def compared_somewhere(program, traced, sizes, scale, seed):
    """Compare at random numbers, or at positive, large ones if those are not finite."""
    for more in (None, 0, 3, 30):
        rng = np.random.RandomState(100 + seed)
        world = drawn(program, sizes, rng, scale, sign=more is not None)
        for name in program.asked if more else ():
            world.arrays[name] = world.arrays[name] + more
        world.axes = {**world.axes, **DECLARED}

        def run(there):
            results = program.real(there)
            if missing := [name for name in traced if name not in results]:
                name, where = missing[0].removeprefix("d "), sizes_text(there.sizes)
                raise CantTell(f"there is no gradient by {name} at {where}")
            return {name: results[name] for name in traced}

        try:
            seen = compared(traced, run, world)
        except BadProgram:
            if 1 in sizes.values():
                return None
            raise
        if seen is not None:
            return seen
    return None


def small_names(sizes):
    """Return the names of sizes that are 1."""
    return [name for name, n in sizes.items() if n == 1]


def audited_sizes(names):
    """Yield pairs (sizes, scale): different sizes, other scales, each size 1, all 1."""
    large = [2, 3, 4] if len(names) <= 4 else [2, 3]
    turns = [
        dict(zip(names, [large[(i + k) % len(large)] for i in range(99)]))
        for k in (0, 1)
    ]
    yield turns[0], 1.0
    yield turns[1], 1.0
    if names:
        yield turns[0], 1e-2
        yield turns[1], 1e2
    for name in names:
        yield {**turns[0], name: 1}, 1.0
    if len(names) > 1:
        yield dict.fromkeys(names, 1), 1.0
