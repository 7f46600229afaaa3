"""A float constant is the fraction that its printed decimal says."""

import math
from fractions import Fraction

from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import atom, number, single, whole

MOST = 2**31  # a coefficient of whole numbers in 64 bits, beside sizes
HIGHEST = 3  # the power of sizes in them


def demand_wide(dtype):
    """Refuse whole numbers that overflow early, or have no sign."""
    if dtype.kind == "u" or (dtype.kind == "i" and dtype.itemsize < 8):
        raise CantTell(f"whole numbers of the dtype {dtype}, which overflow")


def fitting(u):
    """Return a whole number of an array, or refuse one that 64 bits may not hold."""
    for term, c in u.terms.items():
        highest = sum(abs(p) for one, p in term if one.kind in ("size", "sum"))
        if abs(whole(c)) >= (MOST if term else 2**62) or highest > HIGHEST:
            raise CantTell("whole numbers that 64 bits may not hold")
    return u


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
