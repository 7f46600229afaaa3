# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""An equation, with the definitions and hypotheses under which it is claimed."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from sympy import (
    Dummy,
    Ge,
    Gt,
    Le,
    Lt,
    Ne,
    Pow,
    default_sort_key,
    false,
    symbols,
    sympify,
    true,
)
from sympy.matrices.expressions import MatrixExpr

from mlp.proof.definitions import held, unfold, written_out
from mlp.proof.hypotheses import half_lines, nonzero_matrices
from mlp.proof.language import (
    Gradient,
    Partial,
    any_col,
    any_row,
    entry,
    f,
    f_prime,
    is_matrix,
    rebuilt,
)
from mlp.proof.masks import IN_MASKS, Pos, in_masks
from mlp.proof.printing import plain


class Contradiction(ValueError):
    """Hypotheses that cannot all hold."""


@dataclass(frozen=True)
class Equation:
    """left = right, under definitions ``where`` and hypotheses ``given``."""

    left: object
    right: object
    where: dict
    given: tuple

    def at(self, values):
        """Return the same equation with ``values`` (sizes, or signs) put in."""
        where = {
            put(name, values): put(meaning, values)
            for name, meaning in self.where.items()
        }
        given = tuple(put(fact, values) for fact in self.given)
        if false in given:
            raise Contradiction(
                "no numbers satisfy " + ", ".join(map(plain, self.given))
            )
        given = tuple(fact for fact in given if fact != true)
        return Equation(put(self.left, values), put(self.right, values), where, given)

    def cases(self):
        """Yield the equation for each sign of the scalars that hypotheses speak of."""
        for signs in half_lines(self.given):
            with suppress(Contradiction):
                yield self.at(signs)

    def sides(self, i, j, kept=frozenset()):
        """Return entry (i, j) of both sides: names unfolded, derivatives taken."""
        return [
            written_out(entry(side, i, j), self.definitions(), kept)
            for side in (self.left, self.right)
        ]

    def kept(self):
        """Return the defined names that are supposed not to be 0, at every entry."""
        return frozenset(nonzero_matrices(self.given)) & frozenset(self.where)

    def derivatives(self):
        """Return the pairs (J, x) of which the equation writes down a derivative."""
        nodes = {d for part in self.parts() for d in part.atoms(Gradient, Partial)}
        p, q = symbols("p q", cls=Dummy, integer=True)
        return [
            (J, x[p, q] if is_matrix(x) else x)
            for J, x in sorted((node.args for node in nodes), key=default_sort_key)
        ]

    def facts(self):
        """Return the hypotheses, and what is assumed of the sign of defined letters."""
        return (*self.given, *[fact for name in self.where for fact in sign_of(name)])

    def kinks(self):
        """Return the numbers that must not be 0 where a derivative is taken."""
        found = [
            u
            for J, x in self.derivatives()
            for u in corners(held(J, x, self.definitions()))
        ]
        for name, formula in self.where.items():
            if isinstance(name, f) and corners(formula):
                at_t = unfold(formula, self.definitions())
                found += [
                    u.xreplace({name.args[0]: z})
                    for u in corners(at_t)
                    for z in self.arguments_of_f_prime()
                ]
        return found

    def arguments_of_f_prime(self):
        """Return what stands in f'(…) when all but f and what is kept is unfolded."""
        rest = tuple(
            pair
            for pair in self.where.items()
            if not isinstance(pair[0], f) and pair[0] not in self.kept()
        )
        sides = [
            written_out(entry(side, *pair), rest)
            for pair in index_pairs(self.left)
            for side in (self.left, self.right)
        ]
        return {slope.args[0] for side in sides for slope in side.atoms(f_prime)}

    def definitions(self):
        """Return the pairs (name, meaning)."""
        return tuple(self.where.items())

    def parts(self):
        """Return all expressions that the equation is made of."""
        return [self.left, self.right, *self.where, *self.where.values(), *self.given]

    def names_f(self):
        """Tell whether f or f' occurs."""
        parts = [self.left, self.right, *self.where.values(), *self.given]
        return any(part.has(f, f_prime) for part in parts)

    def letters(self):
        """Return the free letters for numbers, without sizes, rows and columns."""
        free = {
            s
            for part in (self.left, self.right, *self.given)
            for s in part.free_symbols
        }
        for name, meaning in self.where.items():
            free |= meaning.free_symbols - (
                name.free_symbols if isinstance(name, f) else set()
            )
        free -= {*self.size_names(), any_row, any_col}
        return sorted((s for s in free if s.is_Symbol), key=str)

    def size_names(self):
        """Return the symbolic sizes: N, D, H, K, the others in alphabetical order."""
        shapes = [M.shape for part in self.parts() for M in part.atoms(MatrixExpr)]
        names = {
            s for shape in shapes for size in shape for s in sympify(size).free_symbols
        }
        return sorted(names, key=lambda s: ("NDHK".find(s.name) % 5, s.name))


def corners(expr):
    """Return the numbers at whose 0 an expression has a kink, a jump or a root."""
    masks = {
        mask for part in expr.atoms(*IN_MASKS) for mask in in_masks(part).atoms(Pos)
    }
    roots = [power.base for power in expr.atoms(Pow) if not power.exp.is_integer]
    return [mask.args[0] for mask in masks] + roots


def sign_of(letter):
    """Return what is assumed of the sign of a letter, as hypotheses."""
    kinds = {
        "positive": Gt,
        "negative": Lt,
        "nonnegative": Ge,
        "nonpositive": Le,
        "nonzero": Ne,
    }
    found = [
        kinds[kind](letter, 0, evaluate=False)
        for kind in kinds
        if letter.is_Symbol and getattr(letter, f"is_{kind}")
    ]
    return found[:1]


def index_pairs(expr):
    """Return the entries to compare; a letter stands for any row or column."""
    shape = expr.shape if is_matrix(expr) else (1, 1)
    letters = symbols("p q", cls=Dummy, integer=True)
    return list(
        product(
            *[
                range(size) if sympify(size).is_Integer else [letter]
                for size, letter in zip(shape, letters)
            ]
        )
    )


def put(expr, values):
    """Put values for letters, also inside element-wise functions."""
    if expr in values:
        return values[expr]
    return rebuilt(expr, [put(arg, values) for arg in expr.args]) if expr.args else expr
