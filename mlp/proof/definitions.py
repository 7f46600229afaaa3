# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""From names to what they mean: definitions unfolded, derivatives carried out.

``where`` holds pairs (name, meaning). ``kept`` holds names that are supposed not to be
0: inside a mask, as in [Z > 0], they stay names.
"""

from functools import lru_cache

from sympy import Dummy, Integer, Piecewise, Sum, Symbol, Trace, sympify
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.language import Partial, add_up, entry, f, f_prime, own_letters
from mlp.proof.masks import IN_MASKS, Pos, in_masks, without_cases
from mlp.proof.slopes import derivative


@lru_cache(maxsize=5000)
def unfold(expr, where, kept=frozenset()):
    """Replace every name by its definition and carry out the derivatives."""
    if isinstance(expr, Partial):
        return partial(*expr.args, where, kept)
    if isinstance(expr, (MatrixElement, Symbol)):
        return look_up(expr, where, kept)
    if isinstance(expr, (f, f_prime)):
        return of_formula(expr, where, kept)
    if isinstance(expr, Trace):
        k = Dummy("k", integer=True)
        rows = (k, Integer(0), expr.arg.rows - 1)
        return unfold(add_up(entry(expr.arg, k, k), [rows]), where, kept)
    if isinstance(expr, Piecewise):
        return unfold(without_cases(expr), where, kept)
    if isinstance(expr, IN_MASKS) and any(
        stays(m, kept) for m in in_masks(expr).atoms(Pos)
    ):
        return unfold(in_masks(expr), where, kept)
    if stays(expr, kept) or not expr.args:
        return expr
    return expr.func(*[unfold(arg, where, kept) for arg in expr.args])


def stays(expr, kept):
    """Tell a mask of a name that is kept."""
    u = expr.args[0].as_coeff_Mul()[1] if isinstance(expr, Pos) else None
    return name_of(u) in kept


def name_of(x):
    """Return the matrix of which x is an entry, or x itself."""
    return x.parent if isinstance(x, MatrixElement) else x


def look_up(name, where, kept):
    """Return the meaning of a matrix entry or a letter; itself if it has none."""
    meaning = dict(where).get(name_of(name))
    if meaning is None:
        return name
    place = (name.i, name.j) if isinstance(name, MatrixElement) else (0, 0)
    return unfold(entry(meaning, *place), where, kept)


def of_formula(value, where, kept):
    """Put what stands in f(…) or f'(…) into the formula of f or its derivative."""
    u = unfold(value.args[0], where, kept)
    for name, formula in where:
        if isinstance(name, f):
            z = Dummy("z", real=True)
            at_z = unfold(sympify(formula).xreplace({name.args[0]: z}), where, kept)
            at_z = derivative(at_z, z) if isinstance(value, f_prime) else at_z
            masks = {
                m: m.xreplace({z: value.args[0]}) for m in in_masks(at_z).atoms(Pos)
            }
            masks = {m: named for m, named in masks.items() if stays(named, kept)}
            at_z = in_masks(at_z).xreplace(masks) if masks else at_z
            return own_letters(at_z).xreplace({z: u})
    return value.func(u)


@lru_cache(maxsize=5000)
def partial(J, x, where, kept=frozenset()):
    """Differentiate J by x, and unfold what is left."""
    return unfold(derivative(held(J, x, where, kept), x), where, kept)


def held(J, x, where, kept=frozenset()):
    """Unfold J; x counts as a free variable even if it has a definition."""
    rest = tuple(pair for pair in where if pair[0] != name_of(x))
    return written_out(entry(J, 0, 0), rest, kept - {name_of(x)})


@lru_cache(maxsize=5000)
def written_out(expr, where, kept=frozenset()):
    """Unfold, and write sums whose bounds are numbers as additions."""
    return unfold(expr, where, kept).replace(Sum, lambda body, *ls: add_up(body, ls))
