# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""The derivative of a number by a number, and the question where there is one."""

from sympy import (
    Add,
    Heaviside,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Mul,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    Tuple,
    atan,
    cos,
    erf,
    exp,
    log,
    preorder_traversal,
    sign,
    sin,
    tanh,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.language import f, own_letters, the_only_one
from mlp.proof.masks import IN_MASKS, Pos, in_masks
from mlp.proof.printing import plain

SMOOTH = (exp, log, tanh, sin, cos, atan, erf, f)


class NoDerivative(Exception):
    """There is none, or none is known; the message says of what."""


def derivative(u, x):
    """Differentiate a number by a number, away from kinks and jumps.

    Parameters
    ----------
    u : scalar expression
        Without names that have definitions.
    x : Symbol or MatrixElement

    Raises
    ------
    NoDerivative
        If u holds a word that is not on the list.
    """
    u = own_letters(in_masks(u))
    if isinstance(u, Symbol) or isinstance(getattr(u, "parent", None), MatrixSymbol):
        return same(u, x)
    if not depends(u, x) or isinstance(u, Pos):
        return Integer(0)
    if isinstance(u, Add):
        return Add(*[derivative(term, x) for term in u.args])
    if isinstance(u, Mul):
        first, rest = u.as_two_terms()
        return derivative(first, x) * rest + first * derivative(rest, x)
    if isinstance(u, Sum):
        return Sum(derivative(u.function, x), *u.limits)
    if isinstance(u, Pow) and not depends(u.exp, x):
        return u.exp * u.base ** (u.exp - 1) * derivative(u.base, x)
    if isinstance(u, SMOOTH):
        return u.fdiff() * derivative(u.args[0], x)
    raise NoDerivative(unknown(u))


def same(u, x):
    """Return 1 if two letters or entries are the same, else 0, as Kronecker deltas."""
    if not (isinstance(u, MatrixElement) and isinstance(x, MatrixElement)):
        return Integer(u == x)
    if u.parent != x.parent:
        return Integer(0)
    u, x = the_only_one(u), the_only_one(x)
    pairs = zip((u.i, u.j), (x.i, x.j), u.parent.shape)
    return Mul(*[KroneckerDelta(a, b, (0, size - 1)) for a, b, size in pairs])


def depends(u, x):
    """Tell whether x, or the matrix of which x is an entry, occurs in u."""
    return u.has(x.parent if isinstance(x, MatrixElement) else x)


def first_kink(u, x, nonzero):
    """Say which part of u may lack a derivative by x, or return None.

    ``nonzero`` tells of a number whether it is known, or supposed, not to be 0.
    """
    walk = preorder_traversal(u)
    for part in walk:
        if isinstance(part, (MatrixElement, Tuple)) or not depends(part, x):
            walk.skip()
        elif isinstance(part, Pow):
            if not smooth_power(part, x, nonzero):
                return f"{plain(part)} may have no derivative at 0, add a hypothesis"
        elif isinstance(part, (*IN_MASKS, Pos)):
            if not all(nonzero(mask.args[0]) for mask in in_masks(part).atoms(Pos)):
                return f"{plain(part)} has a {corner_word(part)}, add a hypothesis"
        elif not isinstance(part, (Add, Mul, Sum, Symbol, *SMOOTH)):
            return unknown(part)
    return None


def smooth_power(power, x, nonzero):
    """Tell whether a power has a derivative by x wherever it is defined."""
    whole = power.exp.is_integer
    return not depends(power.exp, x) and (whole or nonzero(power.base))


def corner_word(part):
    """Return the word for a corner at 0: the value jumps, or only the slope."""
    if isinstance(part, Piecewise):
        return "kink or a jump"
    return "jump" if isinstance(part, (sign, Heaviside, Pos)) else "kink"


def unknown(part):
    """Say that a word is not on the list."""
    known = ", ".join(sorted(function.__name__ for function in SMOOTH))
    return (
        f"{plain(part)}: {part.func.__name__} is not on the list of smooth functions, "
        f"{known}"
    )
