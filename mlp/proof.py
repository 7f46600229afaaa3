# Made by `make mlp` from book/derive/trust.ipynb: edit it there.
"""Prove equations between matrices, entry by entry, for every size.

What a reader sees is the LaTeX of an equation; what is compared is each of its entries.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise, permutations, product
from random import Random

import numpy as np
from sympy import (
    Abs,
    Add,
    Dummy,
    Eq,
    Expr,
    Function,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Min,
    Mul,
    Ne,
    Number,
    NumberSymbol,
    Pow,
    Sum,
    Symbol,
    Tuple,
    Wild,
    cancel,
    default_sort_key,
    diff,
    exp,
    expand,
    log,
    preorder_traversal,
    sign,
    simplify,
    symbols,
    sympify,
    tanh,
    true,
)
from sympy.concrete.delta import deltasummation
from sympy.matrices.expressions import (
    HadamardProduct,
    MatAdd,
    MatMul,
    MatrixExpr,
    Transpose,
)
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter


class RealElement(MatrixElement):
    """One entry of a real matrix."""

    is_real = True


class RealMatrix(MatrixSymbol):
    """A matrix of real numbers of which only the name and the shape are known.

    Parameters
    ----------
    name : str
        How it is written, LaTeX allowed: ``"W_1"``.
    n, m : int or Symbol
        The shape, rows and columns, such as ``D, H``.
    """

    def _entry(self, i, j, **kwargs):
        return RealElement(self, i, j)

    def valid_index(self, i, j):
        """Compare numbers with the shape; an index letter runs over the shape."""
        return all(n >= 0 and (not size.is_Integer or n < size)
                   for n, size in zip(map(sympify, (i, j)), self.shape) if n.is_Integer)


class f(Function):
    """Any differentiable function of one number; ``where={f(z): …}`` says which."""

    def fdiff(self, argindex=1):
        return f_prime(self.args[0])


class f_prime(Function):
    """The derivative of ``f``; what it takes is the input z."""


class Softmax(MatrixExpr):
    """exp(S), each row divided by its sum; the argument is a matrix of scores."""

    shape = property(lambda self: self.args[0].shape)

    def _entry(self, i, j, **kwargs):
        S, k = self.args[0], Dummy("k", integer=True)
        return exp(S[i, j]) / Sum(exp(S[i, k]), (k, 0, S.cols - 1))


class Partial(Expr):
    """``Partial(J, z)``: a derivative that is written down, not yet carried out."""

    is_commutative = True


class Gradient(MatrixExpr):
    """``Gradient(J, W)``: the derivatives of a scalar by every entry of a matrix."""

    shape = property(lambda self: self.args[1].shape)

    def _entry(self, i, j, **kwargs):
        return Partial(self.args[0], self.args[1][i, j])


def total(matrix):
    """Sum all entries of a matrix.

    Parameters
    ----------
    matrix : matrix expression
        Of any shape, symbolic or not.

    Returns
    -------
    scalar expression
        A sum over rows and columns, with index letters of its own.
    """
    rows, cols = matrix.shape
    i, j = [0 if size == 1 else Dummy(letter, integer=True)
            for letter, size in (("i", rows), ("j", cols))]
    limits = [(k, 0, size - 1) for k, size in ((j, cols), (i, rows)) if size != 1]
    body = entry(matrix, i, j)
    return Sum(body, *limits) if limits else body


any_row, any_col = symbols("i j", integer=True)
N, D, H, K = symbols("N D H K", integer=True, positive=True)
J = Symbol("J")


class Written:
    """What the two printers share; the patterns are their own."""

    def scalar(self, derivative):
        """Write what is differentiated, in parentheses if it is a sum or a product."""
        return self.parenthesize(derivative.args[0], PRECEDENCE["Mul"])

    def _print_Gradient(self, expr):
        return self.gradient.format(J=self.scalar(expr), W=self._print(expr.args[1]))

    def _print_Partial(self, expr):
        return self.partial.format(J=self.scalar(expr), z=self._print(expr.args[1]))

    def _print_OneMatrix(self, expr):
        return self.ones

    def _print_Identity(self, expr):  # SymPy turns the 1 by 1 matrix of ones into it
        return "1" if expr.rows == 1 else super()._print_Identity(expr)

    def _print_f_prime(self, expr):
        return self.slope.format(z=self._print(expr.args[0]))

    def _print_Softmax(self, expr):
        return self.softmax.format(S=self._print(expr.args[0]))

    def _print_FunctionMatrix(self, expr):
        i, j = map(self._print, expr.lamda.variables)
        return self.entries.format(entry=self._print(expr.lamda.expr), i=i, j=j)


class Latex(Written, LatexPrinter):
    """SymPy's LaTeX with the book's ∇, ⊙, f(Z), f'(Z) and one Σ for each index."""

    gradient = r"\nabla_{{{W}}} {J}"
    partial = r"\frac{{\partial {J}}}{{\partial {z}}}"
    ones = r"\mathbf{1}"
    slope = r"f'\left({z}\right)"
    softmax = r"\operatorname{{softmax}}\left({S}\right)"
    entries = r"\left[{entry}\right]_{{{i},{j}}}"

    def _print_HadamardProduct(self, expr):
        return super()._print_HadamardProduct(expr).replace(r"\circ", r"\odot")

    def _print_ElementwiseApplyFunction(self, expr):
        return self._print(expr.function(Symbol(f"{{{self._print(expr.expr)}}}")))

    def _print_Sum(self, expr):
        signs = [rf"\sum_{{{i}={low}}}^{{{high}}} " for i, low, high in
                 (map(self._print, limit) for limit in reversed(expr.limits))]
        return "".join(signs) + self.parenthesize(expr.function, PRECEDENCE["Mul"])


class Plain(Written, StrPrinter):
    """The same as one line of text."""

    gradient = "∇_{W} {J}"
    partial = "∂{J}/∂{z}"
    ones = "𝟏"
    slope = "f'({z})"
    softmax = "softmax({S})"
    entries = "[{entry}]_{i},{j}"

    def _print_Pow(self, expr, rational=False):
        if isinstance(expr.base, Sum):
            return f"({self._print(expr.base)})**{self.parenthesize(expr.exp, 100)}"
        return super()._print_Pow(expr, rational)

    def _print_HadamardProduct(self, expr):
        return " ⊙ ".join(self.parenthesize(a, PRECEDENCE["Pow"]) for a in expr.args)

    def _print_ElementwiseApplyFunction(self, expr):
        return self._print(expr.function(Symbol(self._print(expr.expr))))

    def _print_Dummy(self, expr):
        return expr.name

    def _print_Sum(self, expr):
        signs = [f"Σ_{self._print(i)} " for i, _, _ in reversed(expr.limits)]
        return "".join(signs) + self.parenthesize(expr.function, PRECEDENCE["Mul"])

    def _print_Relational(self, expr):
        sign = {"==": "=", "!=": "≠"}.get(expr.rel_op, expr.rel_op)
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"


def latex(expr):
    """Write an expression as LaTeX.

    Parameters
    ----------
    expr : SymPy expression

    Returns
    -------
    str
    """
    return Latex().doprint(expr)


def plain(expr):
    """Write an expression as one line of text.

    Parameters
    ----------
    expr : SymPy expression

    Returns
    -------
    str
    """
    return Plain().doprint(expr)


def entry(expr, i, j):
    """Return entry (i, j) of a matrix expression; a scalar is its own entry."""
    if isinstance(expr, MatAdd):
        return Add(*[entry(part, i, j) for part in expr.args])
    if isinstance(expr, HadamardProduct):
        return Mul(*[entry(part, i, j) for part in expr.args])
    if isinstance(expr, Transpose):
        return entry(expr.arg, j, i)
    if isinstance(expr, MatMul):
        return product_entry(*expr.as_coeff_matrices(), i, j)
    return expr[i, j] if is_matrix(expr) else sympify(expr)


def product_entry(number, matrices, i, j):
    """Return entry (i, j) of a product: Σ over k of A[i, k] B[k, j], with a new k."""
    first, *rest = matrices
    if not rest:
        return number * entry(first, i, j)
    k = Dummy("k", integer=True)
    body = entry(first, i, k) * entry(MatMul(*rest), k, j)
    return number * add_up(body, [(k, Integer(0), sympify(first.cols - 1))])


def is_matrix(expr):
    """Tell a matrix expression from a scalar."""
    return getattr(expr, "is_Matrix", False)


def add_up(body, limits):
    """Return Σ body, as an addition where the number of terms is known."""
    if not limits:
        return body
    *inner, (index, low, high) = limits
    if not (low.is_Integer and high.is_Integer):
        return Sum(add_up(body, inner), (index, low, high))
    values = [{index: Integer(n)} for n in range(low, high + 1)]
    return Add(*[add_up(body.xreplace(n), [limit.xreplace(n) for limit in inner])
                 for n in values])


@lru_cache(maxsize=5000)
def unfold(expr, where):
    """Carry out the derivatives, then replace every name by its definition.

    ``where`` holds pairs (name, meaning).
    """
    expr = expr.replace(Partial, lambda J, x: partial(J, x, where))
    return expr.replace(lambda e: isinstance(e, (MatrixElement, Symbol, f, f_prime)),
                        lambda e: look_up(e, where))


def look_up(name, where):
    """Return the meaning of a matrix entry, a symbol, f(…) or f'(…); itself if none."""
    key = name.parent if isinstance(name, MatrixElement) else name
    for defined, meaning in where:
        if isinstance(name, MatrixElement) and defined == key:
            return unfold(entry(meaning, name.i, name.j), where)
        if isinstance(name, (f, f_prime)) and isinstance(defined, f):
            z = defined.args[0]
            formula = diff(meaning, z) if isinstance(name, f_prime) else meaning
            return formula.xreplace({z: name.args[0]})
        if defined == name:
            return unfold(sympify(meaning), where)
    return name


@lru_cache(maxsize=5000)
def partial(J, x, where):
    """Differentiate J by x; x counts as a free variable even if it has a definition."""
    held = x.parent if isinstance(x, MatrixElement) else x
    rest = tuple((name, meaning) for name, meaning in where if name != held)
    return diff(written_out(J, rest), x)


@lru_cache(maxsize=5000)
def written_out(expr, where):
    """Unfold, and write sums over a known number of terms as additions."""
    return unfold(expr, where).replace(Sum, lambda body, *ls: add_up(body, ls))


def settle(expr, given=()):
    """Carry out every sum as far as possible; write equal sums the same way."""
    if not expr.has(Sum):
        return expr
    expr = expr.replace(Sum, lambda body, *ls: carry_out(body, ls, given))
    return spread(expr.replace(Sum, rename))


def carry_out(body, limits, given):
    """Sum ``body`` over one index after the other, term by term."""
    for old, low, high in limits:
        index = Dummy("i", integer=True)
        terms = Add.make_args(spread(body.xreplace({old: index})))
        body = Add(*[sum_term(term, (index, low, high), given) for term in terms])
    return body


def spread(expr):
    """Multiply out, and write exp(a + b) as exp(a) exp(b)."""
    def split(power):
        return Mul(*[exp(term) for term in Add.make_args(power)])
    return expand(expr, power_exp=False).replace(exp, split)


def sum_term(term, limit, given):
    """Sum one product: what does not depend on the index comes out in front."""
    index, low, high = limit
    outside, inside = term.as_independent(index, as_Add=False)
    factors = Mul.make_args(inside)
    if inside == 1:
        return outside * (high - low + 1)
    if any(isinstance(factor, KroneckerDelta) for factor in factors):
        return outside * deltasummation(inside, limit)
    if inside.free_symbols == {index}:
        return outside * Sum(inside, limit).doit()
    known = supposed(inside, limit, given)
    return outside * (merge(factors, limit) if known is None else known)


def supposed(inside, limit, given):
    """Return the value that a hypothesis gives to this sum, or None."""
    index, *bounds = limit
    row = Wild("i", exclude=[index])  # any row, but not the index itself
    sums = [fact for fact in given if isinstance(fact, Eq) and fact.lhs.func == Sum]
    for fact in sums:
        (k, *known), *more = fact.lhs.limits
        pattern = fact.lhs.function.xreplace({k: index, any_row: row})
        if not more and known == bounds and inside.match(pattern):
            return fact.rhs
    return None


def merge(factors, limit):
    """Return Σ over a product that may hold sums, as one sum over several indices."""
    sums = [own_letters(factor) for factor in factors if isinstance(factor, Sum)]
    rest = [factor for factor in factors if not isinstance(factor, Sum)]
    limits = [inner for each in sums for inner in each.limits] + [limit]
    return Sum(Mul(*rest, *[each.function for each in sums]), *limits)


def own_letters(expr):
    """Give every sum inside ``expr`` index letters that no other sum has."""
    def renew(body, *limits):
        names = {index: Dummy(index.name, integer=True) for index, *_ in limits}
        return Sum(body, *limits).xreplace(names)
    return expr.replace(Sum, renew) if expr.has(Sum) else expr


STANDARD = [Dummy(f"i_{n}", integer=True) for n in range(20)]


def rename(body, *limits):
    """Give the indices of a sum standard names and a standard order."""
    free = [name for name in STANDARD if name not in body.atoms(Dummy)]
    bounds = [bound for _, *pair in limits for bound in pair]
    nested = any(bound.has(index) for bound in bounds for index, *_ in limits)
    choices = []
    for order in [limits] if nested else permutations(limits):
        names = dict(zip([index for index, *_ in order], free))
        choices.append(Sum(body, *order).xreplace(names))
    return min(choices, key=default_sort_key)


def index_pairs(expr):
    """Return the entries to compare; a letter stands for any row or column."""
    shape = expr.shape if is_matrix(expr) else (1, 1)
    letters = symbols("p q", cls=Dummy, integer=True)
    return list(product(*[range(size) if sympify(size).is_Integer else [letter]
                          for size, letter in zip(shape, letters)]))


def vanishes(expr):
    """Tell whether ``expr`` was shown to be zero.

    First as a fraction of polynomials, in which functions and sums are unknowns about
    which nothing else is used; for plain numbers also by SymPy's simplify.
    """
    if cancel(unknowns(expr)) == 0:
        return True
    return not expr.atoms(MatrixElement) and simplify(expr) == 0


def unknowns(expr):
    """Put letters for the outermost functions and sums; exp(-2u) is exp(u)^-2."""
    letter = defaultdict(Dummy)
    parts = {part: letter[part] for part in expr.atoms(Function, Sum)}
    for power in expr.atoms(exp):
        times, u = power.args[0].primitive()
        times, u = (-times, -u) if u.could_extract_minus_sign() else (times, u)
        parts[power] = letter[exp(u)] ** times if times.is_Integer else letter[power]
    return expr.xreplace(parts)


@dataclass(frozen=True)
class Equation:
    """left = right, under definitions ``where`` and hypotheses ``given``."""

    left: object
    right: object
    where: dict
    given: tuple

    def at(self, values):
        """Return the same equation with ``values`` (sizes, or signs) put in."""
        def put(expr):
            return own_letters(sympify(expr).xreplace(values))
        where = {put(name): put(meaning) for name, meaning in self.where.items()}
        given = tuple(map(put, self.given))
        return Equation(put(self.left), put(self.right), where, given)

    def sides(self, i, j):
        """Return entry (i, j) of both sides: names unfolded, derivatives taken."""
        return [written_out(entry(side, i, j), tuple(self.where.items()))
                for side in (self.left, self.right)]

    def parts(self):
        """Return all expressions that the equation is made of."""
        parts = [self.left, self.right, *self.where, *self.where.values()]
        return list(map(sympify, parts))

    def names_f(self):
        """Tell whether f or f' occurs."""
        return any(part.has(f, f_prime) for part in self.parts())

    def size_names(self):
        """Return the symbolic sizes, such as D and N, in alphabetical order."""
        shapes = [M.shape for part in self.parts() for M in part.atoms(MatrixSymbol)]
        names = {s for shape in shapes for size in shape for s in size.free_symbols}
        return sorted(names, key=lambda s: ("NDHK".find(s.name) % 5, s.name))


def shape_error(equation):
    """Say which two shapes do not fit, or return None."""
    pairs = [(equation.left, equation.right), *equation.where.items()]
    for a, b in pairs:
        inside = misfit(sympify(a)) or misfit(sympify(b))
        shapes = [getattr(side, "shape", "a number") for side in (a, b)]
        if inside or shapes[0] != shapes[1]:
            return inside or f"{plain(a)} is {shapes[0]} but {plain(b)} is {shapes[1]}"
    return None


def misfit(expr):
    """Return the first two shapes inside ``expr`` that do not fit, as text, or None."""
    for part in preorder_traversal(expr):
        factors = [factor for factor in part.args if is_matrix(factor)]
        for A, B in pairwise(factors):
            inner = isinstance(part, MatMul) and A.cols != B.rows
            outer = isinstance(part, (MatAdd, HadamardProduct)) and A.shape != B.shape
            if inner or outer:
                return f"{plain(A)} is {A.shape} but {plain(B)} is {B.shape}"
    return None


def shared_name(equation):
    """Return a name that two different letters, or two matrices, have; else None."""
    for kind in (Symbol, MatrixSymbol):
        found = {x for part in equation.parts() for x in part.atoms(kind)}
        names = sorted(x.name for x in found if not isinstance(x, Dummy))
        for one, other in pairwise(names):
            if one == other:
                return one
    return None


SMOOTH = (Add, Mul, Pow, Number, NumberSymbol, Symbol, Sum, Tuple, KroneckerDelta,
          exp, log, tanh, f, f_prime)


def corner(equation):
    """Return a part that is differentiated and not known to be smooth, or None."""
    where, away = tuple(equation.where.items()), nonzero_matrices(equation.given)
    for part in equation.parts():
        for derivative in part.atoms(Gradient, Partial, f_prime):
            inner = derivative.args[0]
            J = f(inner) if isinstance(derivative, f_prime) else inner
            kink = first_kink(unfold(J, where), away)
            if kink is not None:
                return kink
    return None


def first_kink(J, away):
    """Return the first part of J that may have a kink; |u| has none away from u = 0."""
    walk = preorder_traversal(J)
    for part in walk:
        if isinstance(part, MatrixElement):
            walk.skip()
        elif isinstance(part, (Abs, sign, Max, Min)):
            rest = [u for u in part.args if u != 0]
            if len(rest) > 1 or getattr(rest[0], "parent", None) not in away:
                return part
        elif not isinstance(part, SMOOTH):
            return part
    return None


def nonzero_matrices(given):
    """Return the matrices of which every entry is supposed not to be zero."""
    entries = [fact.lhs for fact in given
               if isinstance(fact, Ne) and isinstance(fact.lhs, MatrixElement)
               and fact.rhs == 0]
    return [x.parent for x in entries if stands_for_all(x)]


def stands_for_all(x):
    """Tell whether the entry ``x`` is written with ``any_row`` and ``any_col``."""
    free = [k for k, size in zip((x.i, x.j), x.parent.shape) if size != 1]
    return set(free) <= {any_row, any_col} and len(set(free)) == len(free)


def half_lines(given):
    """Return a case for each sign of the scalars that are supposed not to be zero."""
    scalars = [fact.lhs for fact in given
               if isinstance(fact, Ne) and fact.lhs.is_Symbol and fact.rhs == 0]
    signs = product(["positive", "negative"], repeat=len(scalars))
    return [{z: Symbol(z.name, **{sign: True}) for z, sign in zip(scalars, case)}
            for case in signs]


def holds(equation):
    """Tell whether the two sides were shown to be equal, entry by entry."""
    pairs = (equation.sides(*indices) for indices in index_pairs(equation.left))
    return all(vanishes(settle(left - right, equation.given)) for left, right in pairs)


def counterexample(equation):
    """Look for small sizes and numbers at which the two sides of an equation differ.

    Parameters
    ----------
    equation : Equation
        With its definitions and hypotheses, which the numbers must satisfy.

    Returns
    -------
    str or None
        Sizes, values, and what claim and truth give; None if no difference was found.
    """
    for sizes in small_sizes(equation.size_names()):
        case = equation.at(sizes)
        example = {} if any(isinstance(name, f) for name in case.where) else EXAMPLE
        case.where.update(example)
        cells = list(every_entry(case))
        sides = [side for *_, left, right in cells for side in (left, right)]
        for values in samples(sides, case.given):
            for pair, place, left, right in cells:
                if differ(left.xreplace(values), right.xreplace(values)):
                    used = example if equation.names_f() else {}
                    return report(sizes | used | place, values, pair, left, right)
    return None


EXAMPLE = {f(Symbol("z")): Symbol("z") ** 2}  # in numbers, an abstract f is this one


def small_sizes(names):
    """Return sizes to try, smallest first: ones and twos, then 2, 3, 4 …"""
    tries = sorted(product([1, 2], repeat=len(names)), key=sum)
    tries.append(tuple(range(2, 2 + len(names))))
    return [dict(zip(names, map(Integer, sizes))) for sizes in tries]


def every_entry(case):
    """Yield the two sides at every entry and every place of free index letters."""
    for pair in index_pairs(case.left):
        left, right = case.sides(*pair)
        for place in places(*case.parts()):
            yield pair, place, left.xreplace(place), right.xreplace(place)


def samples(sides, given):
    """Return a few small values of all variables that satisfy the hypotheses."""
    rng = Random(5544)  # starts 2, 3, 1, -1, 2
    facts = [fact.xreplace(place).doit() for fact in given for place in places(fact)]
    found = sorted(variables(*sides, *facts), key=default_sort_key)
    tries = ({v: rng.choice(allowed(v)) for v in found} for _ in range(200))
    return islice((values for values in tries
                   if all(fact.xreplace(values) is true for fact in facts)), 5)


def places(*exprs):
    """Return all numbers that the free index letters of expressions can be."""
    ranges = {}
    for expr in exprs:
        for e in expr.atoms(MatrixElement):
            for index, size in zip((e.i, e.j), e.parent.shape):
                if index in expr.free_symbols:
                    ranges[index] = min(size, ranges.get(index, size))
    letters = sorted(ranges, key=str)
    numbers = product(*[map(Integer, range(ranges[index])) for index in letters])
    return [dict(zip(letters, place)) for place in numbers]


def variables(*exprs):
    """Return the matrix entries and the scalars that expressions depend on."""
    return {v for expr in exprs for v in expr.atoms(MatrixElement) | expr.free_symbols
            if not is_matrix(v)}


def allowed(variable):
    """Return the small numbers that have the sign and kind the variable must have."""
    numbers = [Integer(n) for n in (1, 2, 3, -1, -2, 0)]
    kind = variable.assumptions0.items()
    return [n for n in numbers
            if all(getattr(n, "is_" + key) in (value, None) for key, value in kind)]


def differ(left, right):
    """Tell whether two values are certainly different real numbers."""
    left, right = left.doit(), right.doit()
    numbers = [value.evalf(20) for value in (left, right)]
    if not all(number.is_Number and number.is_finite for number in numbers):
        return False
    gap = left - right
    return gap != 0 if gap.is_Rational else bool(abs(gap.evalf(20)) > 1e-9)


def report(sizes, values, pair, left, right):
    """Write a counterexample in one line: sizes, values, and both sides."""
    used = variables(left, right)
    matrices = sorted({v.parent for v in used if isinstance(v, MatrixElement)}, key=str)
    given = [f"{name} = {size}" for name, size in sizes.items()]
    given += [f"{v} = {values[v]}" for v in sorted(used, key=str) if v.is_Symbol]
    given += [f"{M.name} = {show(M, values, used)}" for M in matrices]
    place = f" at {pair}" if matrices else ""
    truth, claim = [short(side.xreplace(values)) for side in (left, right)]
    return f"{', '.join(given) or 'always'}: claim {claim}, true {truth}{place}"


def show(matrix, values, used):
    """Write the entries of a matrix that matter, the others as a dot."""
    rows = [[short(values[matrix[i, j]]) if matrix[i, j] in used else "·"
             for j in range(matrix.cols)] for i in range(matrix.rows)]
    return "[" + "; ".join(" ".join(row) for row in rows) + "]"


def short(number):
    """Write a number: a fraction as it is, any other with four digits."""
    number = number.doit()
    return str(number if number.is_Rational else number.evalf(4))


class NotProved(Exception):
    """A claim that is wrong, or that was neither shown nor refuted.

    Attributes
    ----------
    counterexample : str or None
        Numbers for which the claim is wrong; None if it was only not shown.
    """

    def __init__(self, label, counterexample=None, why="SymPy cannot decide"):
        verdict = f"wrong: {counterexample}" if counterexample else f"not shown: {why}"
        super().__init__(f"{label} is {verdict}")
        self.counterexample = counterexample


def prove(label, claim, of, wrt=None, where=None, given=(), sizes=None):
    """Prove that ``claim`` is the gradient of ``of``, entry by entry.

    Parameters
    ----------
    label : str
        The equation's label, such as ``"eq:affine-W"``.
    claim : matrix expression or scalar
        The right-hand side.
    of : matrix expression or scalar
        What is differentiated; without ``wrt``, the left-hand side itself.
    wrt : matrix or scalar symbol, optional
        By what to differentiate. It counts as a free variable of ``of`` even where
        it has a definition.
    where : dict, optional
        Definitions: the meaning of a matrix, a number or a function such as f(z).
    given : sequence of Eq and Ne, optional
        Hypotheses, about any row i and column j.
    sizes : dict, optional
        Numbers for the symbolic sizes: proves one concrete network.

    Returns
    -------
    Theorem

    Raises
    ------
    NotProved
        With a counterexample if the claim is wrong; without one if it was not shown.
    """
    left = of if wrt is None else (Gradient if is_matrix(wrt) else Partial)(of, wrt)
    equation = Equation(sympify(left), claim, where or {}, tuple(given))
    return check(label, equation, sizes or {})


def check(label, equation, sizes):
    """Return the theorem, or raise NotProved."""
    equation = equation.at(sizes) if sizes else equation
    error, name = shape_error(equation), shared_name(equation)
    if error:
        raise NotProved(label, f"the shapes do not fit, {error}")
    if name:
        raise NotProved(label, why=f"two different things are called {name}")
    cases = [equation.at(signs) for signs in half_lines(equation.given)]
    kink = next(filter(None, map(corner, cases)), None)
    if not kink and all(map(holds, cases)):
        return Theorem(label, equation, sizes)
    kinked = kink and f"{plain(kink)} has a kink, add a hypothesis"
    raise NotProved(label, counterexample(equation), kinked or "SymPy cannot decide")


@dataclass(frozen=True)
class Theorem:
    """A proved equation; it displays as its formula and its hypotheses.

    Only `prove` and ``accepts`` make one.

    Attributes
    ----------
    label : str
        Its name; the equation gets a number if it begins with ``eq:``.
    equation : Equation
        What was proved.
    sizes : dict
        The numbers that were put for symbolic sizes, if any.
    """

    label: str
    equation: Equation
    sizes: dict

    def refuses(self, claim):
        """Return the counterexample to a wrong right-hand side.

        Parameters
        ----------
        claim : matrix expression or scalar
            It takes the place of the right-hand side.

        Returns
        -------
        str

        Raises
        ------
        AssertionError
            If the claim is proved as well.
        NotProved
            If it is neither proved nor refuted.
        """
        try:
            self.accepts(claim)
        except NotProved as error:
            if error.counterexample:
                return error.counterexample
            raise
        raise AssertionError(f"{self.label} accepts {plain(claim)}")

    def refuse(self, mutants):
        """Print the counterexample to each wrong right-hand side.

        Parameters
        ----------
        mutants : dict
            Names and claims.

        Raises
        ------
        AssertionError, NotProved
            As `refuses`.
        """
        width = max(map(len, mutants))
        for name, claim in mutants.items():
            print(f"{name:{width}}  refused: {self.refuses(claim)}")

    def accepts(self, claim):
        """Prove another right-hand side.

        Parameters
        ----------
        claim : matrix expression or scalar
            It takes the place of the right-hand side.

        Returns
        -------
        Theorem

        Raises
        ------
        NotProved
            As `prove`.
        """
        return check(self.label, replace(self.equation, right=claim), self.sizes)

    def evaluate(self, values):
        """Compute the right-hand side in numbers.

        Parameters
        ----------
        values : dict
            As for the function `evaluate`.

        Returns
        -------
        ndarray
        """
        return evaluate(self.equation.right, self.equation.where, values)

    @property
    def latex(self):
        """The formula alone, as LaTeX."""
        return f"{latex(self.equation.left)} = {latex(self.equation.right)}"

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex}$"

    def _repr_markdown_(self):
        proved = "; ".join(word + ", ".join(f"${latex(fact)}$" for fact in facts)
                           for word, facts in self.small_print())
        number = f" ({self.label})" if self.label.startswith("eq:") else ""
        name = "" if number else f"{self.label}: "
        return f"$$\n{self.latex}\n$${number}\n\n*{name}{proved}.*"

    def __repr__(self):
        equation = self.equation
        lines = [f"{plain(equation.left)} = {plain(equation.right)}   ({self.label})"]
        lines += [word + ", ".join(map(plain, facts))
                  for word, facts in self.small_print()]
        return "\n".join(lines)

    def small_print(self):
        """Return what stands below the formula: for which sizes, where, and if."""
        equation = self.equation
        where = [Eq(*pair, evaluate=False) for pair in equation.where.items()]
        every = equation.size_names()
        sizes = [Eq(*pair, evaluate=False) for pair in self.sizes.items()]
        proved = "proved for every " if every else "proved for " if sizes else "proved"
        rows = [("with ", sizes if every else []), ("where ", where),
                ("if ", equation.given)]
        return [(proved, every or sizes)] + [row for row in rows if row[1]]


def evaluate(expr, where, values):
    """Compute an expression in numbers.

    Parameters
    ----------
    expr : matrix expression
        What to evaluate.
    where : dict
        Definitions it needs.
    values : dict
        An array for each free matrix, a number for each free scalar, and a formula
        for f(z) where f is abstract.

    Returns
    -------
    ndarray
        Floats in the shape of ``expr``.
    """
    matrices = {M: np.asarray(A, float) for M, A in values.items() if is_matrix(M)}
    sizes = {s: Integer(n) for M, A in matrices.items()
             for s, n in zip(M.shape, A.shape) if s.is_Symbol}
    numbers = {M.xreplace(sizes)[index]: sympify(A[index])
               for M, A in matrices.items() for index in np.ndindex(A.shape)}
    scalars = {x: meaning for x, meaning in values.items() if x not in matrices}
    right = Equation(expr, expr, {**where, **scalars}, ()).at(sizes)
    cells = [right.sides(*pair)[0].xreplace(numbers).evalf()
             for pair in index_pairs(right.left)]
    return np.array(cells, float).reshape(getattr(right.left, "shape", ()))
