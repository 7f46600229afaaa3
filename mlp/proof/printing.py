# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""Two printers, LaTeX for the page and one line of text for messages.

What is read is what was proved. Two rules besides the usual ones: Σ and ∇ reach to the
end of their product, so they stand in parentheses where a factor follows; and in a
formula for every entry the matrix stands for the entry, as in 1 - Z, exp(Z), Z ⊙ Z.
"""

from functools import lru_cache
from itertools import count

from sympy import (
    Dummy,
    HadamardPower,
    MatMul,
    Mul,
    OneMatrix,
    Piecewise,
    Pow,
    S,
    Sum,
    fraction,
)
from sympy.matrices.expressions import FunctionMatrix
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE, precedence_traditional
from sympy.printing.str import StrPrinter

from mlp.proof.language import Gradient, Partial, f, f_prime

ADD, MUL, POW = [PRECEDENCE[name] for name in ("Add", "Mul", "Pow")]
ENTRYWISE = ElementwiseApplyFunction, HadamardPower


class AnyEntry(Dummy):
    """A number that is written as the matrix of which it is any entry."""

    def __new__(cls, matrix, **kind):
        entry = super().__new__(cls, plain(matrix), **kind)
        entry.matrix = matrix
        return entry

    @property
    def free_symbols(self):
        """The entry, and the symbols that are read where it stands."""
        return {self} | self.matrix.free_symbols


@lru_cache(maxsize=5000)
def by_entry(expr):
    """Return the formula for any entry of an element-wise function or power."""
    if isinstance(expr, HadamardPower):
        return Pow(
            *[AnyEntry(x) if x.is_Matrix else x for x in expr.args], evaluate=False
        )
    (letter,) = getattr(expr.function, "variables", [Dummy()])
    formula = expr.function(AnyEntry(expr.expr, **letter.assumptions0))
    return formula if formula.has(AnyEntry) else MatMul(formula, OneMatrix(*expr.shape))


def own_name(letter, scope):
    """Return the letter, numbered if another symbol of ``scope`` is written like it."""
    taken = {symbol.name for symbol in scope.free_symbols - {letter}}
    if letter.name not in taken:
        return letter
    names = (f"{letter.name}_{n}" for n in count(1))
    return Dummy(next(name for name in names if name not in taken), integer=True)


def covers_range(body, index, low, high):
    """Tell whether an index runs over all rows or columns of the matrices in a sum."""
    ranges = {
        (place, 0, size - 1)
        for e in body.atoms(MatrixElement)
        for place, size in zip((e.i, e.j), e.parent.shape)
        if place.has(index)
    }
    again = any(index in inner.variables for inner in body.atoms(Sum))
    return ranges == {(index, low, high)} and not again


class Written:
    """What the two printers share; the patterns are their own."""

    def strength(self, expr):
        """Return how strongly the written parts hold together, on SymPy's scale."""
        if isinstance(expr, AnyEntry):
            return self.strength(expr.matrix)
        if isinstance(expr, ENTRYWISE):
            return self.strength(by_entry(expr))
        if isinstance(expr, Pow) and expr.base.has(AnyEntry):
            return MUL if expr.exp.is_negative else self.entry_power_strength
        if isinstance(expr, (Sum, Gradient, Partial, FunctionMatrix)):
            return MUL - 1  # no factor without parentheses, but a term
        if expr.is_Mul and expr.could_extract_minus_sign():
            return ADD
        if isinstance(expr, OneMatrix) and expr.rows == 1:
            return POW  # there is a transpose in it
        return ADD if isinstance(expr, Piecewise) else precedence_traditional(expr)

    def parenthesize(self, item, level, is_neg=False, strict=False):
        """Write a part, in parentheses if it holds together less than ``level``."""
        weak = self.strength(item) < level + (not strict)
        return self.group.format(self._print(item)) if weak else self._print(item)

    def end(self, item, strict=False):
        """Write the end of a product; Σ and ∇ need no parentheses there."""
        is_open = isinstance(item, (Sum, Gradient))
        return (
            self._print(item)
            if is_open
            else self.parenthesize(item, MUL, strict=strict)
        )

    def chain(self, factors, sign, is_end=True):
        """Write a product that is, or is not, the end of all that is multiplied."""
        *front, last = factors
        parts = [self.parenthesize(x, MUL) for x in front]
        return sign.join(
            [*parts, self.end(last) if is_end else self.parenthesize(last, MUL)]
        )

    def product(self, numbers, is_end=True):
        """Write a product of numbers, with ⊙ between those written as matrices."""
        factors = sorted(Mul.make_args(numbers), key=lambda x: x.sort_key())
        if is_end and len(factors) == 1:
            return self.end(*factors, strict=True)
        entries = [x for x in factors if x.has(AnyEntry)]
        if not entries:
            return self.chain(factors, self.times, is_end)
        parts = [self.parenthesize(x, MUL) for x in factors if x not in entries]
        return self.times.join([*parts, self.chain(entries, self.odot)])

    def added(self, terms):
        """Write a sum of terms, with the minus of a term as the sign before it."""
        terms = [by_entry(x) if isinstance(x, ENTRYWISE) else x for x in terms]
        parts = [
            self._print(x) if x.is_Number or x.is_Mul else self.parenthesize(x, ADD)
            for x in terms
        ]
        signed = [
            f" - {part[1:].lstrip()}" if part.startswith("-") else f" + {part}"
            for part in parts[1:]
        ]
        return parts[0] + "".join(signed)

    def _print_Add(self, expr, order=None):
        return self.added(self._as_ordered_terms(expr, order=order))

    def _print_Mul(self, expr):
        number, rest = expr.as_coeff_Mul()
        size = [x for x in (abs(number), *Mul.make_args(rest)) if x != 1]
        sign = self.minus if number < 0 else ""
        return sign + self.ratio(*fraction(Mul(*size, evaluate=False), exact=True))

    def _print_MatMul(self, expr):
        number, matrices = expr.as_coeff_matrices()
        negative = number.could_extract_minus_sign() and not number.is_Add
        number = -number if negative else number
        front = [] if number == 1 else [self.coefficient(number)]
        sign = self.minus if negative else ""
        return sign + self.times.join([*front, self.chain(matrices, self.times)])

    def _print_HadamardProduct(self, expr):
        return self.chain(expr.args, self.odot)

    def _print_Pow(self, expr, rational=False):
        base, power = expr.args
        if not base.has(AnyEntry) or power == S.Half:
            return super()._print_Pow(expr)
        if power.is_Rational and power < 0:
            return self._print_Mul(expr)
        return self.entry_power(base, power)

    def _print_AnyEntry(self, expr):
        return self._print(expr.matrix)

    def _print_ElementwiseApplyFunction(self, expr):
        return self._print(by_entry(expr))

    _print_HadamardPower = _print_ElementwiseApplyFunction

    def _print_Sum(self, expr):
        *inner, (index, low, high) = expr.limits
        body = Sum(expr.function, *inner) if inner else expr.function
        letter = own_name(index, expr)
        sign = self.sigma(
            covers_range(body, index, low, high), *map(self._print, (letter, low, high))
        )
        return sign + self.end(body.xreplace({index: letter}))

    def _print_Gradient(self, expr):
        J, W = self.parenthesize(expr.args[0], POW), self._print(expr.args[1])
        return self.gradient.format(J=J, W=W)

    def _print_Partial(self, expr):
        J, z = self.parenthesize(expr.args[0], POW), self._print(expr.args[1])
        return self.partial.format(J=J, z=z)

    def _print_OneMatrix(self, expr):
        rows, cols = expr.shape
        if rows == cols == 1:
            return "1"
        if 1 in (rows, cols):
            return self.ones.format(self.size(rows * cols)) + self.transposed * bool(
                rows == 1
            )
        sizes = [self.parenthesize(n, MUL) for n in (rows, cols)]
        return self.ones.format(self.rectangle.format(*sizes))

    def _print_Pos(self, expr):
        return f"[{self._print(expr.args[0])} > 0]"

    def _print_Identity(self, expr):  # SymPy turns the 1 by 1 matrix of ones into it
        return "1" if expr.rows == 1 else f"I_{self.size(expr.rows)}"

    def _print_f_prime(self, expr):
        return self.slope.format(z=self._print(expr.args[0]))

    def _print_Softmax(self, expr):
        return self.softmax.format(S=self._print(expr.args[0]))

    def _print_FunctionMatrix(self, expr):
        i, j = map(self._print, expr.lamda.variables)
        return self.entries.format(entry=self._print(expr.lamda.expr), i=i, j=j)


class Latex(Written, LatexPrinter):
    """SymPy's LaTeX with the book's ∇, ⊙, f(Z), f'(Z) and one Σ for each index."""

    entry_power_strength = POW
    group = r"\left({}\right)"
    minus, times, odot, transposed = "- ", " ", r" \odot ", "^{T}"
    ones = r"\mathbf{{1}}_{}"
    rectangle = r"{{{} \times {}}}"
    gradient = r"\nabla_{{{W}}} {J}"
    partial = r"\frac{{\partial {J}}}{{\partial {z}}}"
    slope = r"f'\left({z}\right)"
    softmax = r"\operatorname{{softmax}}\left({S}\right)"
    entries = r"\left[{entry}\right]_{{{i},{j}}}"

    def size(self, n):
        """Write a size as a subscript."""
        return f"{{{self._print(n)}}}"

    def sigma(self, is_whole, index, low, high):
        """Write Σ with its limits."""
        return rf"\sum_{{{index}={low}}}^{{{high}}} "

    def coefficient(self, number):
        """Write the number before a product of matrices."""
        return self.parenthesize(number, MUL, strict=not number.has(Sum))

    def ratio(self, top, bottom):
        """Write a fraction."""
        if bottom == 1:
            return self.product(top)
        parts = [self.product(x) if x.is_Mul else self._print(x) for x in (top, bottom)]
        return r"\frac{{{}}}{{{}}}".format(*parts)

    def entry_power(self, base, power):
        """Write the power of every entry."""
        text = self.parenthesize(base, POW)
        text = (
            self.group.format(text)
            if "^" in text and self.strength(base) > POW
            else text
        )
        return rf"{text}^{{\circ {self.parenthesize(power, MUL, strict=True)}}}"

    def _print_ZeroMatrix(self, expr):
        return r"\mathbf{0}"

    def _print_Pow(self, expr):
        if isinstance(expr.base, (f, f_prime, Piecewise)) and not expr.has(AnyEntry):
            return self._helper_print_standard_power(expr, "%s^{%s}")
        return super()._print_Pow(expr)


class Plain(Written, StrPrinter):
    """The same as one line of text."""

    entry_power_strength = MUL
    group = "({})"
    minus, times, odot, transposed = "-", "*", " ⊙ ", ".T"
    ones = "𝟏_{}"
    rectangle = "({}×{})"
    gradient = "∇_{W} {J}"
    partial = "∂{J}/∂{z}"
    slope = "f'({z})"
    softmax = "softmax({S})"
    entries = "[{entry}]_{i},{j}"

    def size(self, n):
        """Write a size behind an underscore."""
        return self._print(n) if n.is_Atom else f"({self._print(n)})"

    def sigma(self, is_whole, index, low, high):
        """Write Σ, with its limits unless it runs over whole rows or columns."""
        return f"Σ_{index} " if is_whole else f"Σ_({index}={low}..{high}) "

    def coefficient(self, number):
        """Write the number before a product of matrices."""
        return self.parenthesize(number, MUL)

    def ratio(self, top, bottom):
        """Write a quotient; Σ above has no parentheses if there is a size below."""
        if bottom == 1:
            return self.product(top)
        sizes = all(x.is_positive for x in bottom.free_symbols)
        several = bottom.is_Mul
        below = self.group.format(self.product(bottom)) if several else self.end(bottom)
        return f"{self.product(top, is_end=sizes)}/{below}"

    def entry_power(self, base, power):
        """Write the power of every entry; a square and a cube as products."""
        if power in (2, 3):
            return self.chain([base] * int(power), self.odot)
        return f"{self.parenthesize(base, POW)}.**{self.parenthesize(power, POW)}"

    def _print_ImmutableDenseMatrix(self, expr):
        cells = [[self._print(x) for x in row] for row in expr.tolist()]
        rows = [" ".join(f"({x})" if " " in x else x for x in row) for row in cells]
        return f"[{'; '.join(rows)}]"

    _print_MutableDenseMatrix = _print_ImmutableDenseMatrix

    def _print_Dummy(self, expr):
        return expr.name

    def _print_KroneckerDelta(self, expr):
        return f"δ({self._print(expr.args[0])}, {self._print(expr.args[1])})"

    def _print_Relational(self, expr):
        sign = {"==": "=", "!=": "≠"}.get(expr.rel_op, expr.rel_op)
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"

    def _print_And(self, expr):
        return " & ".join(f"({self._print(part)})" for part in expr.args)

    def _print_Or(self, expr):
        return " | ".join(f"({self._print(part)})" for part in expr.args)


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
