"""Read an answer: what it may be made of."""

from sympy import (
    Derivative,
    Float,
    Integer,
    Integral,
    MatrixSymbol,
    Symbol,
    nsimplify,
    preorder_traversal,
)
from sympy.core.function import AppliedUndef

from mlp.grader.objections import Unreadable
from mlp.proof import Gradient, J, Partial

NOT_CARRIED_OUT = (Derivative, Integral, Gradient, Partial, J)


def readable(expr, names):
    """Return an expression, its decimals as fractions, or say why it can't be read.

    Parameters
    ----------
    expr : SymPy expression
        The answer.
    names : dict
        The symbols that it may contain, by name.

    Raises
    ------
    Unreadable
        For other symbols, derivatives not carried out, and what is too long to prove.
    """
    expr = with_own_symbols(expr, names)
    foreign = expr.free_symbols - set(names.values()) | expr.atoms(AppliedUndef)
    if expr.has(*NOT_CARRIED_OUT):
        raise Unreadable("a derivative is only written down; carry it out")
    if foreign:
        raise Unreadable(
            f"{min(map(str, foreign))} is not among the symbols of this "
            f"question; those are {', '.join(names)}"
        )
    if is_long(expr):
        raise Unreadable("it is too long, or has numbers above 100 in it")
    return expr.xreplace({x: nsimplify(x, rational=True) for x in expr.atoms(Float)})


def with_own_symbols(expr, names):
    """Return an expression in which a symbol of a known name is the question's own.

    Two symbols of one name and other assumptions are two symbols for SymPy, but a
    reader who writes ``theta, eta = sympy.symbols("theta eta")`` means those.
    """
    twins = {
        symbol: names[symbol.name]
        for symbol in expr.free_symbols - set(names.values())
        if isinstance(symbol, Symbol | MatrixSymbol)
        and are_alike(symbol, names.get(symbol.name))
    }
    return expr.xreplace(twins) if twins else expr


def are_alike(symbol, other):
    """Tell whether one symbol may stand for the other: numbers, or one shape."""
    if isinstance(symbol, Symbol):
        return isinstance(other, Symbol)
    return isinstance(other, MatrixSymbol) and symbol.shape == other.shape


def is_long(expr):
    """Tell whether a proof could take for ever."""
    return (
        any(abs(n) > 100 for n in expr.atoms(Integer))
        or sum(1 for _ in preorder_traversal(expr)) > 3000
    )
