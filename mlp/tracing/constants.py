"""A float constant is the fraction that its printed decimal says."""

import math
from fractions import Fraction

from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import atom, number, single


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
