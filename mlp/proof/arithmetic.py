# Made by `make generate` from book/derive/witness.ipynb: edit it there.
"""The words of a claim in numbers, by a path of its own.

SymPy only holds the tree of a formula here; each word of it is computed by NumPy on
numbers of 100 digits, and a derivative is a central difference. With the proof it
shares the names of the words: no entries, no unfolding, no rules for sums or
derivatives.

The letters: a `World` holds the values of all free names, the sizes among them, and the
definitions of the others; ``letters`` are the numbers that bound letters stand for, k
in Σ_k or z in f(z) = …; ``at`` is such a pair (world, letters); a place is (row,
column).
"""

import operator
from dataclasses import dataclass, field, replace
from functools import reduce

import mpmath
import numpy as np
import sympy as sp
from sympy.matrices.expressions import DiagMatrix
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.language import Gradient, Partial, Softmax, f, f_prime
from mlp.proof.masks import Pos
from mlp.proof.printing import plain

ctx = mpmath.mp.clone()
ctx.dps = 100
STEP = ctx.mpf(10) ** -20  # a difference of differences still has more than 30 digits


class CannotCompute(Exception):
    """A word that the witness does not know."""

    def __init__(self, word):
        super().__init__(word)
        self.word = word

    def __str__(self):
        return f"numbers cannot be computed for {self.word}"


class Undefined(ArithmeticError):
    """No real number, or one that may be astronomically far from 1."""


@dataclass
class World:
    """Values of free names, definitions of the others; a value beats a definition."""

    values: dict
    where: dict
    step: object = field(default_factory=lambda: STEP)
    cache: dict = field(default_factory=dict)
    behind: dict = None

    def __post_init__(self):
        """Note which names each definition depends on."""
        if self.behind is None:
            self.behind = {name: reach([name], self.where) for name in self.where}

    def __getitem__(self, name):
        """Return the value of a name, computed from its definition if it has one."""
        if name in self.values:
            return self.values[name]
        if name not in self.cache:
            if name not in self.where:
                raise CannotCompute(f"{name}, which has no value")
            self.cache[name] = value(sp.sympify(self.where[name]), self)
        return self.cache[name]

    def moved(self, name, place, by):
        """Return the world with one number moved; what is not affected is kept."""
        new = self[name] + (0 if place else by)
        if place:
            new[place] += by
        kept = {
            key: known
            for key, known in self.cache.items()
            if name not in self.behind[key]
        }
        return replace(self, values={**self.values, name: new}, cache=kept)

    def f(self, z):
        """Return f(z) by the formula that the definitions hold."""
        for key, formula in self.where.items():
            if isinstance(key, f):
                return number(sp.sympify(formula), self, {key.args[0]: z})
        raise CannotCompute("f, which has no formula")


def reach(exprs, where):
    """Return all names that expressions depend on, through the definitions."""
    found, new = set(), {name for expr in exprs for name in names_in(expr, where)}
    while new:
        found |= new
        new = {n for name in new & set(where) for n in behind(name, where)} - found
    return found


def behind(name, where):
    """Return the names in the definition of a name; z in f(z) = … is none of them."""
    bound = name.free_symbols if isinstance(name, f) else set()
    return names_in(sp.sympify(where[name]), where) - bound


def names_in(expr, where):
    """Return the names that stand free in an expression; f counts by its definition."""
    key = next((key for key in where if isinstance(key, f)), f)
    return expr.free_symbols | ({key} if expr.has(f, f_prime) else set())


def value(expr, world, letters=None):
    """Compute an expression.

    Parameters
    ----------
    expr : SymPy expression
        A scalar, a relation or a matrix (n, m).
    world : World
        What its names mean.
    letters : dict, optional
        The numbers that bound letters stand for.

    Returns
    -------
    mpf or ndarray of mpf, shape (n, m)
        A relation is 1 where it holds, and 0 elsewhere.

    Raises
    ------
    CannotCompute
        If a word of it is not known here.
    Undefined
        If it is not a real number.
    """
    letters = letters or {}
    if type(expr) in FUNCTIONS:
        return real(
            FUNCTIONS[type(expr)], *[number(u, world, letters) for u in expr.args]
        )
    for kind in type(expr).__mro__:
        if kind in WORDS:
            return WORDS[kind](expr, world, letters)
    raise CannotCompute(type(expr).__name__)


def knows(kind):
    """Tell whether numbers can be computed for a kind of expression."""
    return kind in FUNCTIONS or any(base in WORDS for base in kind.__mro__)


def number(expr, *at):
    """Compute a scalar."""
    return single(value(expr, *at))


def single(result):
    """Return a number; a 1 by 1 matrix counts as one."""
    if not isinstance(result, np.ndarray):
        return ctx.convert(result)
    if result.size != 1:
        raise CannotCompute(f"a matrix of shape {result.shape} in place of a number")
    return result.item()


def whole(expr, *at):
    """Compute a size or an index."""
    if expr.is_Integer:
        return int(expr)
    result = number(expr, *at)
    if result != int(result):
        raise Undefined(f"{plain(expr)} is not a whole number")
    return int(result)


def parts(expr, *at):
    """Compute the parts of an expression."""
    return [value(part, *at) for part in expr.args]


def real(function, *u):
    """Apply a function to numbers; only a real number counts as a result."""
    if any(ctx.mag(x) > 10_000 for x in u):
        raise Undefined("a number is too large")
    try:
        result = ctx.convert(function(*u))
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise Undefined(str(error)) from None
    if not isinstance(result, ctx.mpf) or not ctx.isfinite(result):
        raise Undefined("not a real number")
    return result


def power(base, exponent):
    """Return base to the exponent, unless that may be astronomically far from 1."""
    if base and abs(exponent * ctx.mag(base)) > 10**6:
        raise Undefined("a power is too large")
    return base**exponent


def exponential(u):
    """Return e to the u, unless it is astronomically large or small."""
    if abs(u) > 10**6:
        raise Undefined("an exponential is too large")
    return ctx.exp(u)


def grid(rows, cols, entry):
    """Return the matrix of which entry(i, j) is the entry in row i and column j."""
    if min(rows, cols) < 0:
        raise Undefined(f"a matrix cannot be {rows} by {cols}")
    matrix = np.empty((rows, cols), object)
    for place in np.ndindex(rows, cols):
        matrix[place] = entry(*place)
    return matrix


def constant(entry):
    """Return the word for a matrix whose entry (i, j) is a fixed number."""

    def word(expr, *at):
        rows, cols = (whole(sp.sympify(size), *at) for size in expr.shape)
        return grid(rows, cols, lambda i, j: ctx.mpf(entry(i, j)))

    return word


def each(function, *matrices):
    """Apply a function of numbers entry by entry."""
    return np.frompyfunc(lambda *x: real(function, *x), len(matrices), 1)(*matrices)


def times(left, right):
    """Multiply two matrices, or a matrix by a scalar."""
    both = isinstance(left, np.ndarray) and isinstance(right, np.ndarray)
    return left @ right + ctx.zero if both else left * right


def softmax(expr, *at):
    """exp(S), each row divided by its sum."""
    powers = each(exponential, value(expr.args[0], *at))
    return powers / powers.sum(axis=1, keepdims=True)


def matrix_power(expr, *at):
    """A product of equal matrices; any power of a 1 by 1 matrix."""
    if expr.shape == (1, 1):
        return each(power, value(expr.base, *at), number(expr.exp, *at))
    if not (expr.exp.is_Integer and expr.exp > 0):
        raise CannotCompute(f"a matrix to the power {expr.exp}")
    return reduce(operator.matmul, [value(expr.base, *at)] * int(expr.exp))


def element_wise(expr, world, letters):
    """A function of one number, applied to each entry."""
    [z], body = expr.function.variables, expr.function.expr
    return each(
        lambda x: number(body, world, {**letters, z: x}),
        value(expr.expr, world, letters),
    )


def by_formula(expr, world, letters):
    """A matrix of which the entry (i, j) has a formula."""
    rows, cols = (whole(size, world, letters) for size in expr.shape)
    i, j = expr.lamda.variables
    return grid(
        rows,
        cols,
        lambda *ij: number(
            expr.lamda.expr, world, {**letters, **dict(zip((i, j), map(ctx.mpf, ij)))}
        ),
    )


def explicit(expr, *at):
    """A matrix written out."""
    return grid(*expr.shape, lambda i, j: number(sp.sympify(expr[i, j]), *at))


def element(expr, *at):
    """An entry of a matrix."""
    matrix = value(expr.parent, *at)
    return matrix[place_of(expr, matrix, *at)]


def place_of(expr, matrix, *at):
    """Return row and column of an entry, if the matrix has them."""
    place = whole(expr.i, *at), whole(expr.j, *at)
    if not all(0 <= k < size for k, size in zip(place, matrix.shape)):
        raise Undefined(f"{plain(expr.parent)} has no entry {place}")
    return place


def symbol(expr, world, letters):
    """A name, or a bound letter."""
    return letters[expr] if expr in letters else single(world[expr])


def summation(expr, world, letters):
    """A sum: term after term; 0 if there is none."""
    return add_terms(expr.function, expr.limits, world, letters)


def add_terms(body, limits, world, letters):
    """Add over the last index, the outermost; inside it, over the others."""
    if not limits:
        return number(body, world, letters)
    *inner, (k, low, high) = limits
    bounds = range(whole(low, world, letters), whole(high, world, letters) + 1)
    terms = (add_terms(body, inner, world, {**letters, k: ctx.mpf(n)}) for n in bounds)
    return sum(terms, ctx.zero)


def piecewise(expr, *at):
    """The first case whose condition holds."""
    for case, condition in expr.args:
        if value(condition, *at):
            return number(case, *at)
    raise Undefined("no case holds")


def slope(J, name, place, world, letters):
    """Return the derivative of J by a number, as a central difference."""

    def moved(by):
        if name in letters:
            return number(J, world, {**letters, name: letters[name] + by})
        return number(J, world.moved(name, place, by), letters)

    number(J, world, letters)  # fills the cache from which the moved worlds start
    return (moved(world.step) - moved(-world.step)) / (2 * world.step)


def slope_by(expr, *at):
    """The derivative by a scalar or by an entry of a matrix."""
    J, x = expr.args
    if isinstance(x, MatrixElement):
        return slope(J, x.parent, place_of(x, value(x.parent, *at), *at), *at)
    return slope(J, x, None, *at)


def gradient(expr, *at):
    """The derivatives by all entries of a matrix."""
    J, W = expr.args
    return grid(*value(W, *at).shape, lambda *place: slope(J, W, place, *at))


def slope_of_f(expr, world, letters):
    """f'(z), as a central difference."""
    z, h = number(expr.args[0], world, letters), world.step
    return (world.f(z + h) - world.f(z - h)) / (2 * h)


FUNCTIONS = {  # of numbers; a relation gives true or false
    sp.Pow: power,
    sp.exp: exponential,
    sp.log: ctx.log,
    sp.tanh: ctx.tanh,
    sp.sin: ctx.sin,
    sp.cos: ctx.cos,
    sp.atan: ctx.atan,
    sp.erf: ctx.erf,
    sp.sinh: lambda u: (exponential(u) - exponential(-u)) / 2,
    sp.cosh: lambda u: (exponential(u) + exponential(-u)) / 2,
    Pos: lambda u: u > 0,
    sp.Abs: abs,
    sp.sign: ctx.sign,
    sp.Max: max,
    sp.Min: min,
    sp.Heaviside: lambda u, middle: (u > 0) + middle * (u == 0),
    sp.Eq: operator.eq,
    sp.Ne: operator.ne,
    sp.Gt: operator.gt,
    sp.Ge: operator.ge,
    sp.Lt: operator.lt,
    sp.Le: operator.le,
    sp.And: lambda *u: all(u),
    sp.Or: lambda *u: any(u),
    sp.Not: operator.not_,
}

WORDS = {  # of everything else: word(expr, world, letters)
    sp.Symbol: symbol,
    sp.Rational: lambda e, *_: ctx.mpf(int(e.p)) / int(e.q),
    sp.Float: lambda e, *_: ctx.make_mpf(e._mpf_),
    type(sp.pi): lambda *_: +ctx.pi,
    type(sp.E): lambda *_: +ctx.e,
    type(sp.true): lambda *_: ctx.one,
    type(sp.false): lambda *_: ctx.zero,
    sp.Add: lambda e, *at: sum((number(part, *at) for part in e.args), ctx.zero),
    sp.Mul: lambda e, *at: reduce(operator.mul, (number(part, *at) for part in e.args)),
    sp.Sum: summation,
    sp.Piecewise: piecewise,
    sp.KroneckerDelta: lambda e, *at: ctx.mpf(
        number(e.args[0], *at) == number(e.args[1], *at)
    ),
    f: lambda e, world, letters: world.f(number(e.args[0], world, letters)),
    f_prime: slope_of_f,
    Partial: slope_by,
    sp.MatrixSymbol: lambda e, world, _: world[e],
    MatrixElement: element,
    sp.MatrixBase: explicit,
    sp.FunctionMatrix: by_formula,
    sp.OneMatrix: constant(lambda i, j: 1),
    sp.ZeroMatrix: constant(lambda i, j: 0),
    sp.Identity: constant(lambda i, j: i == j),
    sp.MatAdd: lambda e, *at: reduce(operator.add, parts(e, *at)),
    sp.MatMul: lambda e, *at: reduce(times, parts(e, *at)),
    sp.MatPow: matrix_power,
    sp.HadamardProduct: lambda e, *at: reduce(operator.mul, parts(e, *at)),
    sp.HadamardPower: lambda e, *at: each(power, *parts(e, *at)),
    sp.Transpose: lambda e, *at: value(e.arg, *at).T,
    DiagMatrix: lambda e, *at: np.diag(value(e.args[0], *at).ravel()) + ctx.zero,
    sp.Trace: lambda e, *at: value(e.arg, *at).trace(),
    ElementwiseApplyFunction: element_wise,
    Softmax: softmax,
    Gradient: gradient,
}
