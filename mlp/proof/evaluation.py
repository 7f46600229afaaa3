# Made by `make generate` from book/derive/witness.ipynb: edit it there.
"""A formula at the numbers that a reader gives."""

import numpy as np
import sympy as sp

from mlp.proof.arithmetic import (
    CannotCompute,
    Undefined,
    World,
    ctx,
    each,
    grid,
    number,
    reach,
    value,
    whole,
)
from mlp.proof.language import entry, f, is_matrix
from mlp.proof.printing import plain


def evaluate(expr, where, values):
    """Compute an expression at given numbers.

    Parameters
    ----------
    expr : matrix expression or scalar
        What to compute.
    where : dict
        Definitions it needs.
    values : dict
        An array for each free matrix, a number for each free scalar, and a formula
        for f(z) where f has no definition.

    Returns
    -------
    ndarray of float
        In the shape of ``expr``; NaN where `value` finds no real number.

    Raises
    ------
    ValueError
        If a value is missing, is given for a defined name, or has a shape that does
        not fit.
    CannotCompute, Undefined
        As `value`.
    """
    check_names(values, where)
    formulas = {
        name: sp.sympify(x) for name, x in values.items() if isinstance(name, f)
    }
    scalars = {name: scalar_of(name, x) for name, x in values.items() if name.is_Symbol}
    matrices = {M: floats(M, A) for M, A in values.items() if M.is_Matrix}
    arrays = {M: each(ctx.mpf, A) for M, A in matrices.items()}
    world = World(read_sizes(matrices, scalars) | arrays, {**where, **formulas})
    expr = sp.sympify(expr)
    for name in sorted(reach([expr], world.where), key=str):
        if name not in world.values and name not in world.where:
            raise ValueError(missing(name))
    try:
        return np.array(value(expr, world), float)
    except Undefined:
        return entry_by_entry(expr, world)


def entry_by_entry(expr, world):
    """Compute the entries one at a time; one that is no real number is NaN."""

    def number_or_nan(i, j):
        try:
            return number(entry(expr, i, j), world)
        except Undefined:
            return ctx.nan

    if not is_matrix(expr):
        return np.array(float("nan"))
    return np.array(grid(*(whole(n, world) for n in expr.shape), number_or_nan), float)


def check_names(values, where):
    """Refuse what is no name, and values for what is defined."""
    defined = {f if isinstance(name, f) else name for name in where}
    for name in values:
        if not isinstance(name, (sp.Symbol, sp.MatrixSymbol, f)):
            raise ValueError(f"{name!r} is not a matrix, a number or f(z)")
        if (f if isinstance(name, f) else name) in defined:
            raise ValueError(f"{plain(name)} is defined here: leave it out")


def scalar_of(name, x):
    """Return the number that was given for a scalar."""
    try:
        return number(sp.sympify(x), World({}, {}))
    except (CannotCompute, sp.SympifyError):
        raise ValueError(f"{name} must be a number, not {x!r}") from None


def floats(M, A):
    """Return the array that was given for a matrix, if it can be one."""
    A = np.asarray(A, float)
    if A.ndim != 2:
        raise ValueError(wrong_shape(M, A.shape))
    if not np.isfinite(A).all():
        raise ValueError(f"{M} holds a number that is not finite")
    return A


def read_sizes(arrays, scalars):
    """Return the scalars, and the sizes that the arrays have, if they agree."""
    known, holder = dict(scalars), {}
    for M, A in arrays.items():
        for size, n, axis in zip(M.shape, A.shape, ("rows", "columns")):
            if size.is_Symbol and size not in known:
                known[size], holder[size] = n, (M, axis)
            elif size in holder and known[size] != n:
                raise ValueError(quarrel(size, *holder[size], M, axis, arrays))
    for M, A in arrays.items():
        for size, n in zip(M.shape, A.shape):
            if size.free_symbols <= set(known) and whole(size, World(known, {})) != n:
                raise ValueError(wrong_shape(M, A.shape))
    return known


def quarrel(size, M, axis, other, other_axis, arrays):
    """Say that two arrays disagree about a size."""
    has = (
        f"both have {size} {axis}"
        if axis == other_axis
        else f"{M} has {size} {axis} and {other} has {size} {other_axis}"
    )
    return f"{M} is {arrays[M].shape} and {other} is {arrays[other].shape}, but {has}"


def wrong_shape(M, shape):
    """Say that an array does not have the shape of its matrix."""
    rows, cols = map(plain, M.shape)
    return f"the array for {M} has the shape {shape}, but {M} is ({rows}, {cols})"


def missing(name):
    """Say what has to be given for a name."""
    if name is f:
        return "f is missing: give its formula, such as f(z): tanh(z)"
    if name.is_Matrix:
        rows, cols = map(plain, name.shape)
        return f"{name} is missing: give an array of shape ({rows}, {cols})"
    return f"{name} is missing: give a number"
