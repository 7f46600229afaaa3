"""Entries of SymPy's matrices in the normal form of `sums`: one zero test for both.

A size is a positive whole letter; an index is one that stands in an entry, or one that
a sum binds from 0 to a size less 1.
"""

from fractions import Fraction

import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.tracing import functions as fn
from mlp.tracing.masks import without_quotients
from mlp.tracing.sums import (
    ZERO,
    delta,
    entry,
    number,
    power_of,
    product_of,
    put,
    size,
    total,
)


class NotRead(Exception):
    """An expression that has no such form, or is not known."""


def vanishes(expr):
    """Tell whether an expression without hypotheses was shown to be zero.

    Raises
    ------
    NotRead
    """
    u = read(sp.sympify(expr), {})
    return not u or not without_quotients(u)


def read(expr, indices):
    """Return an expression as a polynomial; ``indices`` maps letters to indices."""
    if isinstance(expr, sp.Rational):
        return number(Fraction(int(expr.p), int(expr.q)))
    if isinstance(expr, MatrixElement):
        return read_entry(expr, indices)
    if isinstance(expr, sp.Symbol):
        known = expr.is_integer and expr.is_positive
        return size(expr.name) if known else entry(expr.name, ())
    if isinstance(expr, sp.Sum):
        return read_sum(expr, indices)
    if isinstance(expr, sp.KroneckerDelta):
        return delta(*[read_index(k, indices, None) for k in expr.args[:2]])
    if isinstance(expr, sp.Add):
        return sum((read(part, indices) for part in expr.args), ZERO)
    if isinstance(expr, sp.Mul):
        return product_of(read(part, indices) for part in expr.args)
    if isinstance(expr, sp.Pow) and isinstance(expr.exp, sp.Rational):
        n = Fraction(int(expr.exp.p), int(expr.exp.q))
        base = read(expr.base, indices)
        whole = n.denominator == 1 and n > 0
        return power_of(base, int(n)) if whole else fn.power(base, n)
    if expr.func in FUNCTIONS:
        return FUNCTIONS[expr.func](*[read(part, indices) for part in expr.args])
    raise NotRead(f"{expr.func.__name__}: {expr}")


FUNCTIONS = {
    sp.exp: fn.exp,
    sp.log: fn.log,
    sp.tanh: fn.tanh,
    sp.Abs: fn.absolute,
    sp.sign: fn.sign,
    sp.Max: fn.larger,
}


def read_entry(x, indices):
    """Return an entry of a matrix symbol."""
    if not isinstance(x.parent, sp.MatrixSymbol):
        raise NotRead(str(x))
    pairs = [(k, n) for k, n in zip((x.i, x.j), x.parent.shape) if n != 1]
    return entry(x.parent.name, tuple(read_index(k, indices, n) for k, n in pairs))


def read_index(k, indices, length):
    """Return an index; one that is not bound runs over the axis where it stands."""
    if isinstance(k, sp.Integer) and k >= 0:
        return ("#", int(k))
    if not isinstance(k, sp.Symbol):
        raise NotRead(f"the index {k}")
    if k not in indices:
        if length is None:
            raise NotRead(f"the index {k}")
        indices[k] = ("i", 1 + len(indices), range_name(length))
    if length is not None and indices[k][2] != range_name(length):
        raise NotRead(f"the index {k} runs over two ranges")
    return indices[k]


def range_name(length):
    """Return the range of an axis."""
    if isinstance(length, sp.Symbol):
        return length.name
    raise NotRead(f"an axis of length {length}")


def read_sum(expr, indices):
    """Return a sum over whole axes."""
    body, letters, inner = expr.function, [], dict(indices)
    for k, low, high in expr.limits:
        if low != 0 or k in inner:
            raise NotRead(str(expr))
        inner[k] = ("i", 500 + len(inner), range_name(high + 1))
        letters.append(inner[k])
    value = read(body, inner)
    for k, index in inner.items():
        if index not in letters:
            indices.setdefault(k, index)
    return total(tuple(letters), put(value, {}))
