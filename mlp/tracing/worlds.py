"""Sizes and random numbers at which programs are run."""

import contextlib

import numpy as np

from mlp.tracing.programs import BadProgram
from mlp.tracing.values import DECLARED, World


def random_worlds(program):
    """Yield pairs (sizes, scale): different sizes, at last spare ones of 3 or more."""
    rng = np.random.RandomState(5)
    names = program.sizes
    for scale in (1.0, 3.0, 1.0, 1.0):
        lengths = list(rng.permutation([2, 3, 4, 5])) + list(rng.randint(2, 5, 20))
        if len(names) > 4:
            lengths = list(rng.permutation([2, 3, 2, 3] + [2] * len(names)))
        sizes = dict(zip(names, map(int, lengths)))
        yield sizes, scale


def drawn(program, sizes, rng, scale=1.0, sign=0):
    """Return a world with random numbers for all arguments, of one sign if asked."""
    axes = {name: shape.axes for name, shape in program.shapes.items()}
    world = World(sizes, {}, axes)
    for name, shape in program.shapes.items():
        lengths = world.shape(shape.axes)
        if shape.labels is None:
            numbers = rng.normal(size=lengths) * scale
            world.arrays[name] = np.asarray(
                sign * (abs(numbers) + 0.1 * scale) if sign else numbers
            )
        else:
            most = world.axis_length(shape.labels)
            world.arrays[name] = np.asarray(rng.randint(0, most, size=lengths))
    return world


def worlds_of(program, numbers):
    """Return a world for each number, all arguments made of it; random for None."""
    sizes, _ = next(iter(random_worlds(program)))
    rng, worlds = np.random.RandomState(11), []
    for number in numbers:
        world = drawn(program, sizes, rng)
        for name, axes in DECLARED.items():
            if name not in world.arrays:
                world.arrays[name] = rng.normal(size=world.shape(axes))
        if number is not None:
            for name in program.asked:
                world.arrays[name] = np.full(world.arrays[name].shape, number)
        world.axes = {**world.axes, **DECLARED}
        worlds.append(world)
    return worlds


def finite_world(program, sizes, scale, rng, sign=0):
    """Return a world, or one of positive numbers, in which all outputs are finite."""
    for only in (0, 1) if sign == 0 else (sign,):
        world = drawn(program, sizes, rng, scale, only)
        base = program.real(world)
        if all(np.isfinite(a).all() for n, a in base.items() if n.startswith("out")):
            break
    return world, base


def finite_at(program, world):
    """Tell whether the real functions return finite numbers."""
    with contextlib.suppress(BadProgram):
        return all(np.isfinite(a).all() for a in program.real(world).values())
    return False


def sizes_text(sizes):
    """Write sizes."""
    return ", ".join(f"{name} = {n}" for name, n in sizes.items()) or "these numbers"
