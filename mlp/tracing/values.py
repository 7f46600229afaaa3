"""Numbers for a polynomial at given sizes, as directly as can be: one axis a letter.

They are floats, or numbers of mpmath with 600 digits, of which cancelled terms leave
enough.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import erf

import mpmath
import numpy as np

from mlp.tracing.maxima import SOURCES
from mlp.tracing.sums import definitions


class Floats:
    """Arrays of float64."""

    functions = {
        "exp": np.exp,
        "log": np.log,
        "tanh": np.tanh,
        "sin": np.sin,
        "cos": np.cos,
        "arctan": np.arctan,
        "erf": np.vectorize(erf, otypes=[float]),
        "mask": lambda u: (u > 0).astype(float),
    }
    pi = np.pi

    @staticmethod
    def array(numbers):
        """Return numbers as an array of this arithmetic."""
        return np.asarray(numbers, float)

    @staticmethod
    def fraction(c):
        """Return a fraction."""
        return float(c)


class Digits:
    """Arrays of mpmath numbers with 600 digits."""

    ctx = mpmath.mp.clone()  # the global precision stays as it is
    ctx.dps = 600
    functions = {
        "exp": np.frompyfunc(ctx.exp, 1, 1),
        "log": np.frompyfunc(ctx.log, 1, 1),
        "tanh": np.frompyfunc(ctx.tanh, 1, 1),
        "sin": np.frompyfunc(ctx.sin, 1, 1),
        "cos": np.frompyfunc(ctx.cos, 1, 1),
        "arctan": np.frompyfunc(ctx.atan, 1, 1),
        "erf": np.frompyfunc(ctx.erf, 1, 1),
        "mask": np.frompyfunc(lambda u: Digits.ctx.mpf(u > 0), 1, 1),
    }
    pi = ctx.pi * 1
    array = staticmethod(np.frompyfunc(ctx.mpf, 1, 1))

    @staticmethod
    def fraction(c):
        """Return a fraction."""
        return Digits.ctx.mpf(c.numerator) / c.denominator


UNDEFINED = ZeroDivisionError, TypeError, ValueError  # of Digits: infinite, or complex


@dataclass
class World:
    """Sizes, arrays and labels in numbers; ``axes`` says how the arrays are cut."""

    sizes: dict
    arrays: dict
    axes: dict
    known: dict = field(default_factory=dict)
    arithmetic: type = Floats

    def exact(self):
        """Return the same numbers, to be worked with in 600 digits."""
        given = {n: a for n, a in self.arrays.items() if n not in definitions}
        return World(self.sizes, given, self.axes, {}, Digits)

    def length(self, segment):
        """Return the length of a segment."""
        return segment if isinstance(segment, int) else self.sizes[segment]

    def axis_length(self, axis):
        """Return the length of an axis."""
        return int(
            np.prod([sum(map(self.length, factor)) for factor in axis], dtype=int)
        )

    def shape(self, axes):
        """Return a shape in numbers."""
        return tuple(self.axis_length(axis) for axis in axes)


def value(poly, letters, world):
    """Return the array of a polynomial's values; its axis n is the letter n."""
    total = world.arithmetic.array(np.zeros((1,) * len(letters)))
    for term, c in poly.terms.items():
        factor = world.arithmetic.fraction(c)
        total = total + factor * product_value(term, letters, world)
    return total


def product_value(term, letters, world):
    """Return the values of a product: 0 where a mask is 0, whatever the rest is."""
    part, off = world.arithmetic.array(np.ones((1,) * len(letters))), False
    for one, power in term:
        if one.kind == "root":  # P^(-1/q)
            numbers = value(one.args[0], letters, world)
            power = Fraction(-power, one.args[1])
        else:
            numbers = value_of_atom(one, letters, world)
        part = part * numbers ** world.arithmetic.fraction(power)
        if one.kind in ("mask", "delta"):
            off = off | (numbers == 0)
    return np.where(off, 0.0, part) if np.any(off) else part


def value_of_atom(one, letters, world):
    """Return the values of an atom."""
    key = one, letters
    if key not in world.known:
        world.known[key] = computed(one, letters, world)
    return world.known[key]


def computed(one, letters, world):
    """Compute the values of an atom."""
    flat, arithmetic = (1,) * len(letters), world.arithmetic
    if one.kind == "size":
        return arithmetic.array(np.full(flat, world.sizes[one.args[0]]))
    if one.kind == "constant":
        is_pi = one.args[0] == "pi"
        return np.full(flat, arithmetic.pi if is_pi else float(one.args[0]))
    if one.kind == "delta":
        a, b = (index_value(k, letters, world) for k in one.args)
        return arithmetic.array(a == b)
    if one.kind == "entry":
        name, indices = one.args
        if name in definitions and name not in world.arrays:
            world.arrays[name] = array_value(definitions[name], world)
            world.axes = {**world.axes, name: definitions[name].axes}
        places = positions(world.axes[name], indices, letters, world)
        return arithmetic.array(world.arrays[name][places]) + np.zeros(flat)
    if one.kind == "sum":
        names, body = one.args
        inner = (*letters, *names)
        part = product_value(body, inner, world)
        n = len(letters)
        part = np.broadcast_to(
            part, part.shape[:n] + tuple(world.length(k[2]) for k in names)
        )
        return part.sum(axis=tuple(range(n, len(inner))))
    u = value(one.args[0], letters, world)
    if one.kind == "root":
        return u ** arithmetic.fraction(Fraction(-1, one.args[1]))
    return arithmetic.functions[one.kind](u)


def index_value(index, letters, world):
    """Return the values of an index along the axes of the letters."""
    flat = [1] * len(letters)
    if index[0] == "#":
        return np.full(flat, index[1])
    if index[0] == "i":
        flat[letters.index(index)] = world.length(index[2])
        return np.arange(world.length(index[2])).reshape(flat)
    return label_value(index, letters, world)


def label_value(index, letters, world):
    """Return the values of a label: as it was drawn, or where a maximum is."""
    _, name, indices = index
    if name not in SOURCES:
        places = positions(world.axes[name], indices, letters, world)
        return world.arrays[name][places]
    own, source = SOURCES[name]
    table = table_of(own, source, world).argmax(axis=-1)
    return (
        table[tuple(index_value(k, letters, world) for k in indices)]
        if own
        else (np.full([1] * len(letters), table))
    )


def table_of(letters, source, world):
    """Return the numbers of which a label is the largest: its axis is the last."""
    options = []
    for here, poly in source:
        inner = tuple(k for k in here if k[0] == "i")
        found = value(poly, (*letters, *inner), world)
        shape = [world.length(k[2]) for k in (*letters, *inner)]
        options.append(
            np.broadcast_to(found, shape).reshape(*shape[: len(letters)], -1)
        )
    return np.concatenate(options, axis=-1)


def positions(axes, indices, letters, world):
    """Return the positions in an array that indices mean, one for each axis."""
    rest, result = list(indices), []
    for axis in axes:
        position = 0
        for factor in axis:
            lengths = [world.length(segment) for segment in factor]
            c = rest.pop(0)[1] if len(factor) > 1 else 0
            inside = index_value(rest.pop(0), letters, world) if factor[c] != 1 else 0
            position = position * sum(lengths) + sum(lengths[:c]) + inside
        result.append(position if axis else 0)
    return tuple(np.asarray(k) + np.zeros([1] * len(letters), int) for k in result)


def array_value(array, world):
    """Return the numbers of an array that remembers."""
    result = world.arithmetic.array(np.zeros(world.shape(array.axes)))
    from mlp.tracing.axes import all_places, letters_of

    for place in all_places(array.axes, 1):
        letters = letters_of(place)
        flat = tuple(k for part in place for k in part)
        numbers = value(array.at(place), letters, world)
        where = positions(array.axes, flat, letters, world)
        shape = tuple(world.length(k[2]) for k in letters)
        result[tuple(np.broadcast_to(w, shape) for w in where)] = np.broadcast_to(
            numbers, shape
        )
    return result


DECLARED = {}  # name: axes, of the arrays that are given


def draw(sizes, rng, axes=None, positive=False):
    """Return a world with normal numbers in all arrays."""
    axes = DECLARED if axes is None else axes
    world = World(sizes, {}, axes)
    for name, cut in axes.items():
        numbers = rng.normal(size=world.shape(cut))
        world.arrays[name] = abs(numbers) + 0.1 if positive else numbers
    return world


def never_identically_zero(u):
    """Tell whether a number is nowhere 0 at random inputs, for any small sizes."""
    rng = np.random.RandomState(1)
    names = sorted({one.args[0] for one in all_sizes(u)} | range_names(u))
    letters = tuple(sorted(u.free, key=repr))
    for lengths in islice_product(names):
        seen = False
        for k in range(6):
            world = draw(dict(zip(names, lengths)), rng, positive=k > 3)
            with np.errstate(all="ignore"):
                numbers = value(u, letters, world)
            if np.any(abs(numbers) < 1e-11):
                return False
            seen = seen or np.all(np.isfinite(numbers))
        if not seen:
            return False
    return True


def never_the_same(letters, source):
    """Tell whether no two numbers of a source are the same at random inputs."""
    rng = np.random.RandomState(4)
    names = sorted({n for _, poly in source for n in range_names(poly)})
    for lengths in islice_product(names):
        for k in range(4):
            world = draw(dict(zip(names, lengths)), rng, positive=k > 2)
            with np.errstate(all="ignore"):
                table = np.sort(table_of(letters, source, world), axis=-1)
            if not np.all(np.diff(table, axis=-1) > 1e-11):
                return False
    return True


def islice_product(names):
    """Return sizes to try: all of 1, 2 and 3 for up to 3 names, else some."""
    if len(names) <= 3:
        return list(product((1, 2, 3), repeat=len(names)))
    rng = np.random.RandomState(2)
    some = [tuple(rng.randint(1, 4, len(names))) for _ in range(12)]
    return [(1,) * len(names), (2,) * len(names), *some]


def all_sizes(u):
    """Return the sizes in a polynomial."""
    from mlp.tracing.sums import all_atoms

    return {part for one in u.atoms() for part in all_atoms(one) if part.kind == "size"}


def range_names(u):
    """Return the names of the ranges of all letters, and of the arrays' axes."""
    names = {k[2] for k in u.free if isinstance(k[2], str)}
    for axes in DECLARED.values():
        names |= {
            s for axis in axes for factor in axis for s in factor if isinstance(s, str)
        }
    return names
