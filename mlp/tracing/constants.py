"""A float constant is the fraction that its printed decimal says; 64 bits of an int."""

import math
from fractions import Fraction

import numpy as np

from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import atom, definitions, number, single

LONGEST = 2**27  # a size: an axis of a gigabyte
COUNTED = 2**45  # terms of one sum, which take hours


def demand_wide(dtype):
    """Refuse numbers that overflow early, or have no sign.

    An index counts as wide: it has 64 bits, but where the memory needs no more than 32.
    """
    if dtype == np.intp:
        return
    if dtype.kind == "u" or (dtype.kind == "i" and dtype.itemsize < 8):
        raise CantTell(f"whole numbers of the dtype {dtype}, which overflow")
    if dtype.kind == "f" and dtype.itemsize < 4:
        raise CantTell(f"numbers of the dtype {dtype}, which overflow")


def fitting(u):
    """Return a whole number of an array, or refuse one that 64 bits may not hold."""
    if bound(u) >= 2**63:
        raise CantTell("whole numbers that 64 bits may not hold")
    return u


def bound(u):
    """Return what a whole number does not exceed, for sizes that a memory holds."""
    return sum(abs(c) * bound_of_product(term) for term, c in u.terms.items())


def bound_of_product(term):
    """Return what a product does not exceed."""
    return math.prod(bound_of(one) ** math.ceil(abs(p)) for one, p in term)


def bound_of(one):
    """Return what an atom does not exceed."""
    if one.kind in ("mask", "delta"):
        return 1
    if one.kind == "sum":
        lengths = [k[2] if isinstance(k[2], int) else LONGEST for k in one.args[0]]
        return min(math.prod(lengths), COUNTED) * bound_of_product(one.args[1])
    if one.kind == "entry" and one.args[0] in definitions:
        from mlp.tracing.names import polys_of

        return max(map(bound, polys_of(one.args[0])))
    return LONGEST


def constant(x):
    """Return a float as a number: 0.1 is 1/10, not the nearest binary fraction."""
    if not math.isfinite(x):
        raise CantTell(f"the number {x}")
    if x == int(x) and abs(x) < 1e15:
        return number(int(x))
    return number(Fraction(repr(float(x))))


def pi():
    """Return π."""
    return single(atom("constant", "pi", positive=True))
