# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""One function, [u > 0], for everything that jumps or has a corner.

|u|, sign(u), max, min, cases and steps are polynomials in the masks [u > 0] and [-u >
0].
"""

from functools import reduce

from sympy import (
    Abs,
    And,
    Eq,
    Function,
    Ge,
    Gt,
    Heaviside,
    Integer,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Ne,
    Not,
    Or,
    Piecewise,
    Sum,
    expand,
    false,
    sign,
    true,
)
from sympy.matrices.expressions.matexpr import MatrixElement


class Pos(Function):
    """The mask [u > 0]: 1 where u is positive, 0 elsewhere."""

    is_real = True

    @classmethod
    def eval(cls, u):
        """Return 1 or 0 where the sign of u is known."""
        if u.is_positive:
            return Integer(1)
        if u.is_nonpositive:
            return Integer(0)

    def _eval_power(self, exponent):
        return self if exponent.is_Integer and exponent > 0 else None


def cases(*branches):
    """Return cases, tried in their order, as a sum of masks times values."""
    value, rest = Integer(0), Integer(1)
    for branch, condition in branches:
        value += rest * mask(condition) * branch
        rest *= 1 - mask(condition)
    return value


def without_cases(expr):
    """Write cases as masks: SymPy would move them out of a sum, past its index."""
    return expr.replace(Piecewise, cases)


def mask(condition):
    """Return 1 where a condition holds and 0 elsewhere."""
    if condition in (true, false):
        return Integer(condition == true)
    if isinstance(condition, And):
        return Mul(*map(mask, condition.args))
    if isinstance(condition, Or):
        return 1 - Mul(*[1 - mask(part) for part in condition.args])
    if isinstance(condition, Not):
        return 1 - mask(condition.args[0])
    a, b = condition.args
    return {
        Gt: lambda: Pos(a - b),
        Lt: lambda: Pos(b - a),
        Ge: lambda: 1 - Pos(b - a),
        Le: lambda: 1 - Pos(a - b),
        Ne: lambda: Pos(a - b) + Pos(b - a),
        Eq: lambda: 1 - Pos(a - b) - Pos(b - a),
    }[condition.func]()


def step(u, at_0):
    """Return the step function: 0 below 0, 1 above, and a value at 0."""
    return Pos(u) + at_0 * (1 - Pos(u) - Pos(-u))


def larger(*values):
    """Return the maximum of numbers."""
    return reduce(larger_of_two, values)


def larger_of_two(a, b):
    """Return the maximum of two numbers, by the mask whose u has no leading minus."""
    a, b = (b, a) if expand(a - b).could_extract_minus_sign() else (a, b)
    return b + (a - b) * Pos(a - b)


BY_MASKS = {
    Max: larger,
    Min: lambda *values: -larger(*[-value for value in values]),
    Heaviside: step,
    Piecewise: cases,
    Abs: lambda u: larger_of_two(u, -u),
    sign: lambda u: Pos(u) - Pos(-u),
}
IN_MASKS = tuple(BY_MASKS)


def in_masks(expr):
    """Write a maximum, a step, cases, |u| and sign(u) by masks; |u| for real u only."""
    write = BY_MASKS.get(expr.func)
    real = expr.func not in (Abs, sign) or is_real(expr.args[0])
    return write(*expr.args) if write and real else expr


def is_real(expr):
    """Tell whether an expression is made of real letters and entries."""
    entries = [x for x in expr.atoms(MatrixElement) if x.is_real]
    inside = {s for e in entries for s in e.free_symbols}
    return all(s.is_real for s in expr.free_symbols - inside)


def split(function, u):
    """Return function(u) as a sum over the values 0 and 1 of the masks in u."""
    found = masks_of(u)
    if not found:
        return function(u)
    on, off = (split(function, u.xreplace({found[0]: Integer(n)})) for n in (1, 0))
    return found[0] * on + (1 - found[0]) * off


def masks_of(expr):
    """Return the masks in ``expr`` of which no sum inside ``expr`` binds a letter."""
    bound = {index for part in expr.atoms(Sum) for index in part.bound_symbols}
    found = [m for m in expr.atoms(Pos) if not m.free_symbols & bound]
    return sorted(found, key=lambda m: (len(m.atoms(Pos)), str(m)))
