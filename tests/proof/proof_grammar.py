"""Random claims for `prove`, and a judge of its verdicts that only computes with
numbers.

A claim is true by construction (a gradient by the rule of each operation, then
rewritten), and every second one is changed once. `numbers_say` evaluates both sides in
NumPy at random sizes. ``python tests/proof/proof_grammar.py --seconds 600`` makes
claims until the time is up.

The letters: N, D, H, K sizes; A, B matrices; Z a defined matrix; Y one under a
hypothesis; c, d, r scalars; t what a function takes; p, q, k indices; G the gradient by
what is at hand.
"""

import argparse
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from random import Random

import numpy as np
from sympy import (
    Abs,
    Add,
    And,
    Dummy,
    Eq,
    FunctionMatrix,
    Heaviside,
    Identity,
    Integer,
    KroneckerDelta,
    Lambda,
    MatrixBase,
    Max,
    Min,
    Mul,
    Ne,
    Number,
    OneMatrix,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
    ZeroMatrix,
    cos,
    exp,
    log,
    sign,
    sin,
    symbols,
    tanh,
)
from sympy.core.relational import Relational
from sympy.matrices.expressions import (
    HadamardPower,
    HadamardProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    Transpose,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.repr import ReprPrinter

from mlp.proof import (
    D,
    Gradient,
    H,
    J,
    K,
    N,
    NotProved,
    Partial,
    Pos,
    RealMatrix,
    Softmax,
    any_col,
    any_row,
    entry,
    f,
    f_prime,
    prove,
    total,
)

SIZES = (N, D, H, K, Integer(1))
c, d, r, t = symbols("c d r t", real=True)
p, q, k = symbols("p q k", integer=True)

SMOOTH = [  # ways to write a function, and ways to write its derivative
    ([exp(t)], [exp(t)]),
    ([t**2], [2 * t]),
    ([t**3 / 3], [t**2]),
    ([sin(t)], [cos(t)]),
    (
        [tanh(t), 1 - 2 / (1 + exp(2 * t))],
        [1 - tanh(t) ** 2, 4 / (exp(t) + exp(-t)) ** 2],
    ),
    (
        [1 / (1 + exp(-t)), exp(t) / (1 + exp(t))],
        [exp(-t) / (1 + exp(-t)) ** 2, exp(t) / (1 + exp(t)) ** 2],
    ),
    (
        [log(1 + exp(t)), t + log(1 + exp(-t))],
        [1 / (1 + exp(-t)), exp(t) / (1 + exp(t))],
    ),
    ([log(1 + t**2)], [2 * t / (1 + t**2)]),
    ([c * t**2 - t], [2 * c * t - 1]),
    ([f(t)], [f_prime(t)]),
]
KINKED = [
    (
        [Max(0, t), Piecewise((t, t > 0), (0, True)), (t + Abs(t)) / 2],
        [
            Piecewise((1, t > 0), (0, True)),
            (1 + sign(t)) / 2,
            Heaviside(t),
            Piecewise((1, t >= 0), (0, True)),
        ],
    ),
    ([Abs(t), Max(t, -t)], [sign(t), Piecewise((1, t > 0), (-1, True))]),
    (
        [Max(t, t / 4), Piecewise((t, t > 0), (t / 4, True))],
        [Piecewise((1, t > 0), (Rational(1, 4), True)), (5 + 3 * sign(t)) / 8],
    ),
]
SLOPES = {body: slopes for bodies, slopes in SMOOTH + KINKED for body in bodies}


@dataclass
class Claim:
    """What `prove` is asked, and how it was made; ``places``: the shape of free i and
    j.
    """

    claim: object
    of: object
    wrt: object = None
    where: dict = field(default_factory=dict)
    given: list = field(default_factory=list)
    sizes: dict = field(default_factory=dict)
    places: tuple = (Integer(1), Integer(1))
    made: str = "true"

    def question(self):
        """What `prove` takes besides the label."""
        return {
            x: getattr(self, x)
            for x in ("claim", "of", "wrt", "where", "given", "sizes")
        }

    def __str__(self):
        """Write a call; paste it below ``import *`` from sympy and from
        proof_grammar.
        """
        paste = Paste().doprint
        return (
            f"prove('{self.made}', "
            + ", ".join(f"{x}={paste(value)}" for x, value in self.question().items())
            + ")"
        )


class Paste(ReprPrinter):
    """SymPy's `srepr` with short names for the letters."""

    names = {any_row: "any_row", any_col: "any_col"} | {
        x: str(x) for x in (N, D, H, K, J, c, d, r, t, p, q, k)
    }

    def _print_Symbol(self, e):
        return self.names.get(e) or super()._print_Symbol(e)

    def _print_Dummy(self, e):
        return f'Symbol("{e.name}{e.dummy_index}", integer=True)'

    def _print_ExprCondPair(self, e):
        return "({}, {})".format(*map(self._print, e.args))

    def _print_Integer(self, e):
        return str(e)

    def _print_RealMatrix(self, e):
        return f'RealMatrix("{e.name}", {self._print(e.rows)}, {self._print(e.cols)})'

    def _print_RealElement(self, e):
        return "{}[{}, {}]".format(*map(self._print, e.args))

    def _print_ElementwiseApplyFunction(self, e):
        return f"{self._print(e.expr)}.applyfunc({self._print(e.function)})"


def is_matrix(e):
    """Tell a matrix expression from a scalar."""
    return getattr(e, "is_Matrix", False)


def ones(rows, cols):
    """A matrix of ones."""
    return OneMatrix(rows, cols)


def by_entries(A, body):
    """A matrix of the shape of A by its entries; body takes row and column."""
    return FunctionMatrix(A.rows, A.cols, Lambda((p, q), body(p, q)))


def applied(A, body):
    """A function of t at every entry."""
    return A.applyfunc(Lambda(t, body))


# True claims: how a gradient flows back through each operation


def product_back(e, G, rng):
    """Factors, each with the gradient by it; r is one where it is in the
    coefficient.
    """
    number, A = e.as_coeff_matrices()
    for n, factor in enumerate(A):
        left, right = ([B.T for B in reversed(part)] for part in (A[:n], A[n + 1 :]))
        yield factor, MatMul(number, *left, G, *right)
    if number.has(r):
        slope = number.as_powers_dict()[r] * number / r
        yield r, MatMul(slope, HadamardProduct(G, MatMul(*A)))


def softmax_back(e, G, rng):
    """The scores: P ⊙ (G - (G ⊙ P) 𝟏 𝟏ᵀ)."""
    inner = MatMul(HadamardProduct(G, e), ones(e.cols, e.cols))
    yield e.args[0], HadamardProduct(e, MatAdd(G, -inner))


BACKWARD = {  # pairs (operand, gradient by it), from the gradient G by the result e
    MatAdd: lambda e, G, rng: ((A, G) for A in e.args),
    MatMul: product_back,
    Transpose: lambda e, G, rng: [(e.arg, G.T)],
    HadamardProduct: lambda e, G, rng: (
        (A, HadamardProduct(G, *e.args[:n], *e.args[n + 1 :]))
        for n, A in enumerate(e.args)
    ),
    ElementwiseApplyFunction: lambda e, G, rng: [
        (
            e.expr,
            HadamardProduct(G, applied(e.expr, rng.choice(SLOPES[e.function.expr]))),
        )
    ],
    Softmax: softmax_back,
}


class Author:
    """Makes one claim and keeps its definitions and hypotheses."""

    def __init__(self, rng):
        self.rng, self.where, self.given = rng, {}, []

    def letter(self, rows, cols):
        """A matrix without definition."""
        return RealMatrix(f"{self.rng.choice('AB')}_{rows}{cols}", rows, cols)

    def name(self, A):
        """A new letter, defined as A."""
        Z = RealMatrix(f"Z_{len(self.where)}", A.rows, A.cols)
        self.where[Z] = A
        return Z

    def size(self):
        """A size: a letter or 1."""
        return self.rng.choice(SIZES)

    def matrix(self, rows, cols, depth):
        """A random matrix expression of a shape."""
        if not depth:
            return self.letter(rows, cols)
        return self.rng.choice(GROW)(self, rows, cols, depth - 1)

    def multiply(self, rows, cols, depth):
        """A product over a random size."""
        inner = self.size()
        return MatMul(self.matrix(rows, inner, depth), self.matrix(inner, cols, depth))

    def apply(self, rows, cols, depth):
        """A function of every entry; a hypothesis keeps a kinked one away from 0."""
        A = self.matrix(rows, cols, depth)
        if A.shape == (
            1,
            1,
        ):  # to which SymPy applies the function itself, as to a number
            return A
        table = self.rng.choice([SMOOTH, SMOOTH, KINKED])
        if table is KINKED:
            A = A if isinstance(A, MatrixSymbol) else self.name(A)
            self.given.append(Ne(A[any_row, any_col], 0))
        return applied(A, self.rng.choice(self.rng.choice(table)[0]))

    def total(self, A):
        """The sum of all entries, written in one of several ways."""
        rows, cols = (p, 0, A.rows - 1), (q, 0, A.cols - 1)
        body = entry(A, p, q)
        return self.rng.choice(
            [
                total(A),
                total(A),
                total(A.T),
                Sum(body, rows, cols),
                Sum(body, cols, rows),
                MatMul(ones(1, A.rows), A, ones(A.cols, 1))[0, 0],
                Sum(body.xreplace({p: p - 1}), (p, 1, A.rows), cols),
                Sum(body, (p, 0, A.rows - 2), cols)
                + Sum(entry(A, A.rows - 1, q), cols),
            ]
        )

    def pull(self, e, G, wrt):
        """The terms of the gradient by ``wrt``, if G is the gradient by e."""
        if e == wrt:
            return [G]
        parts = (
            [(self.where[e], G)]
            if e in self.where
            else BACKWARD.get(type(e), lambda *_: ())(e, G, self.rng)
        )
        return [term for A, G_A in parts for term in self.pull(A, G_A, wrt)]

    def loss(self):
        """A scalar, and the pairs (matrix, gradient by it) that it is made of."""
        terms, pairs = [], []
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            A = self.matrix(self.size(), self.size(), self.rng.choice([1, 1, 2, 2]))
            number = self.rng.choice([1, 1, 1 / N, Rational(1, 2)])
            bodies, slopes = self.rng.choice([([t], [Integer(1)])] * 20 + SMOOTH[1:])
            terms.append(number * self.rng.choice(bodies).xreplace({t: self.total(A)}))
            slope = number * self.rng.choice(slopes).xreplace({t: total(A)})
            pairs.append((A, MatMul(slope, ones(*A.shape))))
        return Add(*terms), pairs

    def gradient(self):
        """A gradient by a letter of the loss."""
        loss, pairs = self.loss()
        parts = [A for A, _ in pairs] + list(self.where.values())
        letters = {
            e for A in parts for e in A.atoms(MatrixSymbol) | A.free_symbols & {r}
        }
        wrt = self.rng.choice(sorted(letters, key=str))
        terms = [term for A, G in pairs for term in self.pull(A, G, wrt)]
        if self.rng.random() < 0.6:
            self.where[J], loss = loss, J
        if not is_matrix(wrt):
            return Claim(None, loss, wrt), terms, self.total
        return Claim(None, loss, wrt), [added(terms, wrt)], lambda A: A

    def chain(self):
        """∇_A J by ∇_Z J, where J knows of A by Z alone."""
        B, A = self.letter(N, D), RealMatrix("A", D, H)
        Z = self.name(MatAdd(MatMul(B, A), self.matrix(N, H, 1)))
        P = self.rng.choice([Softmax(Z), applied(Z, tanh(t))])
        self.where[J] = self.total(HadamardProduct(self.matrix(N, H, 1), P))
        return Claim(None, J, A), [MatMul(B.T, Gradient(J, Z))], lambda A: A

    def same(self, A, B):
        """A claim that A is B: as matrices, in their sums, or at free indices."""
        form = self.rng.choice(
            [lambda A: A, self.total, lambda A: entry(A, any_row, any_col)]
        )
        return Claim(None, form(A), places=A.shape), [B], form

    def identity(self):
        """A matrix is itself."""
        A = self.matrix(self.size(), self.size(), self.rng.choice([1, 2, 2]))
        return self.same(A, A)

    def counted(self):
        """Equal terms are counted; where N is 1, a Σ from 2 to N - 1 is empty, not
        negative.
        """
        A, low = self.matrix(self.size(), self.size(), 1), self.rng.choice([0, 1, 2, 2])
        repeated = by_entries(A, lambda p, q: Sum(entry(A, p, q), (k, low, N - 1)))
        claim, parts, form = self.same(repeated, MatMul(N - low, A))
        claim.made = "true" if low < 2 else "empty sums"
        return claim, parts, form

    def hypothesis(self):
        """What follows from rows that sum to 1 or to a column, or are orthonormal."""
        rows, cols = self.size(), self.size()
        Y, i = RealMatrix("Y", rows, cols), self.rng.choice([any_row, any_row, any_col])
        column = self.rng.choice([ones(rows, 1), self.letter(rows, 1)])
        fact = Eq(Sum(Y[i, k], (k, 0, cols - 1)), entry(column, i, 0))
        A, B = ones(cols, 1), column
        if self.rng.random() < 0.25:
            fact = Eq(
                Sum(Y[any_row, k] * Y[any_col, k], (k, 0, cols - 1)),
                KroneckerDelta(any_row, any_col),
            )
            A, B = Y.T, Identity(rows)
        self.given.append(fact)
        C = self.rng.choice([Identity(A.cols), self.matrix(A.cols, self.size(), 1)])
        return self.same(MatMul(Y, A, C), MatMul(B, C))

    def cross_entropy(self):
        """∇_A of -Σ Y log softmax(A), where the rows of Y sum to 1 or to a column."""
        A, Y = self.letter(N, K), RealMatrix("Y", N, K)
        column = self.rng.choice([ones(N, 1), self.letter(N, 1)])
        self.given.append(
            Eq(Sum(Y[any_row, k], (k, 0, K - 1)), entry(column, any_row, 0))
        )
        body = -Y[p, q] * log(entry(Softmax(A), p, q))
        self.where[J] = Sum(body, (q, 0, K - 1), (p, 0, N - 1))
        P = HadamardProduct(Softmax(A), MatMul(column, ones(1, K)))
        return Claim(None, J, A), [MatAdd(P, -Y)], lambda A: A


def added(terms, wrt):
    """The sum of the terms of a gradient."""
    return (
        MatAdd(*terms)
        if len(terms) > 1
        else terms[0]
        if terms
        else ZeroMatrix(*wrt.shape)
    )


KINDS = (
    8 * [Author.gradient]
    + 3 * [Author.identity]
    + 2 * [Author.hypothesis]
    + [Author.chain, Author.cross_entropy, Author.counted]
)
GROW = 2 * [Author.multiply, Author.apply, lambda s, *how: s.name(s.matrix(*how))] + [
    lambda s, *how: MatAdd(s.matrix(*how), s.matrix(*how)),
    lambda s, *how: HadamardProduct(s.matrix(*how), s.matrix(*how)),
    lambda s, *how: MatMul(
        s.rng.choice([2, -1, Rational(1, 3), r, r**2, c, 1 / N, D]), s.matrix(*how)
    ),
    lambda s, rows, cols, depth: Transpose(s.matrix(cols, rows, depth)),
    lambda s, rows, cols, depth: MatMul(ones(rows, 1), s.matrix(1, cols, depth)),
    lambda s, rows, cols, depth: MatMul(s.matrix(rows, 1, depth), ones(1, cols)),
    lambda s, *how: Softmax(s.matrix(*how)),
]


# The same in other words, and something else

INNER = (MatAdd, MatMul, HadamardProduct, Transpose, ElementwiseApplyFunction, Softmax)


def somewhere(A, rng, change):
    """Apply ``change`` to a random part of a matrix expression."""
    parts = (
        [n for n, B in enumerate(A.args) if is_matrix(B)]
        if isinstance(A, INNER)
        else []
    )
    if not parts or rng.random() < 0.35:
        return change(A)
    n, args = rng.choice(parts), list(A.args)
    args[n] = somewhere(args[n], rng, change)
    return A.func(*args)


def distributed(author, A):
    """(B + C) D as B D + C D."""
    sums = [
        n
        for n, B in enumerate(A.args)
        if isinstance(A, MatMul) and isinstance(B, MatAdd)
    ]
    for n in sums[:1]:
        A = MatAdd(*[MatMul(*A.args[:n], B, *A.args[n + 1 :]) for B in A.args[n].args])
    return A


def transposed(author, A):
    """B C as (Cᵀ Bᵀ)ᵀ."""
    number, factors = A.as_coeff_matrices() if isinstance(A, MatMul) else (1, [A])
    return MatMul(number, Transpose(MatMul(*[B.T for B in reversed(factors)])))


def regrouped(author, A):
    """Terms backwards, B C D as B (C D), 𝟏 as a product, the softmax by its sums."""
    if isinstance(A, (MatAdd, HadamardProduct)):
        return A.func(*reversed(A.args))
    if isinstance(A, MatMul) and len(A.args) > 2:
        return MatMul(A.args[0], MatMul(*A.args[1:]))
    if isinstance(A, OneMatrix):
        return MatMul(ones(A.rows, 1), ones(1, A.cols))
    if isinstance(A, Softmax):
        S = A.args[0]
        return by_entries(
            A,
            lambda p, q: (
                exp(entry(S, p, q)) / Sum(exp(entry(S, p, k)), (k, 0, S.cols - 1))
            ),
        )
    return A


REWRITINGS = [
    distributed,
    transposed,
    regrouped,
    regrouped,
    lambda author, A: MatAdd(MatMul(2, A), MatMul(-1, A)),
    lambda author, A: HadamardProduct(A, ones(*A.shape)),
    lambda author, A: MatMul(A, Identity(A.cols)),
    lambda author, A: by_entries(A, lambda p, q: entry(A, p, q)),
    lambda author, A: author.name(A),
]


def without_one(author, A):
    """One term or factor left out."""
    if not isinstance(A, (MatAdd, HadamardProduct)):
        return MatMul(-1, A)
    args = list(A.args)
    args.pop(author.rng.randrange(len(args)))
    return A.func(*args) if len(args) > 1 else args[0]


def shorter_sum(author, A):
    """A product without its first or its last term."""
    if not isinstance(A, MatMul) or len(A.as_coeff_matrices()[1]) < 2:
        return MatMul(2, A)
    number, (B, *rest) = A.as_coeff_matrices()
    C, (low, high) = (
        MatMul(*rest),
        author.rng.choice([(1, B.cols - 1), (0, B.cols - 2)]),
    )
    return by_entries(
        A, lambda p, q: number * Sum(entry(B, p, k) * entry(C, k, q), (k, low, high))
    )


def other_function(author, A):
    """Another function of every entry."""
    if not isinstance(A, ElementwiseApplyFunction):
        return HadamardProduct(A, A)
    return applied(
        A.expr,
        author.rng.choice(
            [body for row in SMOOTH + KINKED for side in row for body in side]
        ),
    )


CHANGES = {
    "sign": lambda author, A: MatMul(-1, A),
    "factor": lambda author, A: MatMul(author.rng.choice([2, 1 / N, D / N, H, r]), A),
    "zero": lambda author, A: ZeroMatrix(*A.shape),
    "term": lambda author, A: MatAdd(A, ones(*A.shape)),
    "letter": lambda author, A: author.letter(*A.shape),
    "transposed": lambda author, A: A.T if A.rows == A.cols else MatMul(2, A),
    "fixed row": lambda author, A: by_entries(A, lambda p, q: entry(A, 0, q)),
    "indices swapped": lambda author, A: by_entries(
        A, lambda p, q: entry(A, q, p) if A.rows == A.cols else entry(A, p, 0)
    ),
    "left out": without_one,
    "shorter sum": shorter_sum,
    "function": other_function,
}


def random_claim(rng):
    """A claim that is true, or one that was changed once and is probably false."""
    author = Author(rng)
    claim, parts, form = rng.choice(KINDS)(author)

    def turn(change):
        for n in parts and [rng.randrange(len(parts))]:
            parts[n] = somewhere(parts[n], rng, lambda A: change(author, A))

    for _ in range(rng.choice([0, 1, 1, 2])):
        turn(rng.choice(REWRITINGS))
    if claim.made == "true" and rng.random() < 0.5:
        claim.made = rng.choice(list(CHANGES))
        turn(CHANGES[claim.made])
    claim.claim = form(parts[0]) if len(parts) == 1 else Add(*map(form, parts))
    claim.where, claim.given = author.where, author.given
    return complete(claim, rng)


def complete(claim, rng):
    """Define f and c, define a matrix by entries, put a size, drop a hypothesis."""
    if rng.random() < 0.4:
        claim.where[f(t)] = rng.choice(
            [c * t**2, *[bodies[0] for bodies, _ in SMOOTH[:-1]]]
        )
    if rng.random() < 0.4:
        claim.where[c] = rng.choice([Integer(2), 2 * d, d**2])
    for Z in [Z for Z in claim.where if is_matrix(Z) and rng.random() < 0.1]:
        claim.where[Z[any_row, any_col]] = entry(claim.where.pop(Z), any_row, any_col)
    parts = [claim.claim, claim.of, *claim.where.values()]
    sizes = [
        size for size in SIZES[:4] if any(size in part.free_symbols for part in parts)
    ]
    if sizes and rng.random() < 0.15:
        claim.sizes = {rng.choice(sizes): Integer(rng.randint(1, 3))}
    if claim.given and rng.random() < 0.15:
        claim.given.pop(rng.randrange(len(claim.given)))
        claim.made += ", a hypothesis dropped"
    return claim


# Numbers


class Undecided(Exception):
    """These numbers say nothing: near a kink, not finite, or against a hypothesis."""


class Numbers:
    """Values at B points side by side: a matrix is (B, n, m), a scalar (B, 1, 1)."""

    def __init__(self, claim, sizes, rng, whole):
        self.rng, self.whole, self.free, self.held = rng, whole, {}, {}
        self.letters = {size: scalar(n) for size, n in sizes.items()}
        self.where = dict(map(by_matrix, claim.where.items()))
        for fact in claim.given:
            self.obey(fact)

    def obey(self, fact):
        """Choose values that satisfy a hypothesis, or give up."""
        if isinstance(fact, Ne):
            if np.any(np.abs(self.value(fact.lhs.parent)) < 1e-2):
                raise Undecided
            return
        y = self.value(fact.lhs.function.atoms(MatrixSymbol).pop())[0]
        if fact.rhs.has(KroneckerDelta):
            if y.shape[0] > y.shape[1]:
                raise Undecided
            y[:] = np.linalg.qr(y.T + np.eye(*y.T.shape) / 3)[0].T
            return
        for n, row in enumerate(y):
            row[-1] += (self.at(fact.lhs.function.i, n, fact.rhs) - row.sum()).item()

    def value(self, e):
        """Compute an expression."""
        for known in (self.letters, self.held):
            if known.get(e) is not None:
                return known[e]
        if isinstance(e, (Symbol, MatrixSymbol)):
            self.held[e] = (
                self.value(self.where[e]) if e in self.where else self.drawn(e)
            )
            return self.held[e]
        rule = next((rule for kind, rule in RULES.items() if isinstance(e, kind)), None)
        if rule is None:
            raise TypeError(f"no rule for {type(e)}")
        return rule(self, e)

    def drawn(self, e):
        """Random values away from 0, or small integers, for a letter without
        definition.
        """
        if isinstance(e, Dummy):  # SymPy let an index out of its sum
            raise Undecided
        if e not in self.free:
            shape, rng = (
                (1, *map(self.int, e.shape)) if is_matrix(e) else (1, 1, 1),
                self.rng,
            )
            away = rng.uniform(0.3, 1.4, shape) * rng.choice([-1, 1], shape)
            self.free[e] = 0j + (rng.integers(-2, 3, shape) if self.whole else away)
        return self.free[e]

    def at(self, letter, value, *body, compute=None):
        """Compute a body where a letter has a value."""
        before = self.letters.pop(letter, None)
        self.letters[letter] = value if isinstance(value, np.ndarray) else scalar(value)
        result = (compute or self.value)(*body)
        self.letters[letter] = before
        return result

    def int(self, e):
        """Compute a size or an index."""
        return round(self.value(e).item().real)

    def moved(self, e, by, J):
        """Compute J where e, free or defined, has something added to it."""
        before, self.held = self.held, {e: self.value(e) + by}
        result = self.value(J)
        self.held = before
        return result

    def slope(self, J, e):
        """Differentiate J by every entry of e: an imaginary step, or real ones both
        ways.
        """
        shape, h = self.value(e).shape, 1e-6
        E = np.eye(np.prod(shape)).reshape(-1, *shape[1:])

        def change(step):
            return (
                (self.moved(e, step * E, J) - self.value(J))
                / step
                * np.ones((len(E), 1, 1))
            ).reshape(shape)

        if not self.whole:
            return change(1e-30j).real
        up, down = change(h), change(-h)
        kink = np.abs(up - down) > 1e-2 * (1 + np.abs(up) + np.abs(down))
        return np.where(kink, np.inf, (up + down) / 2)

    def partial(self, J, x):
        """Differentiate J by an entry of a matrix, or by a scalar."""
        if not isinstance(x, MatrixElement):
            return self.slope(J, x)
        i, j = self.int(x.i), self.int(x.j)
        return self.slope(J, x.parent)[:, i : i + 1, j : j + 1]

    def sum(self, body, limits):
        """Σ over indices, the last one outermost; an empty sum is 0."""
        if not limits:
            return self.value(body)
        *inner, (index, low, high) = limits
        return sum(
            (
                self.at(index, n, body, inner, compute=self.sum)
                for n in range(self.int(low), self.int(high) + 1)
            ),
            scalar(0),
        )

    def table(self, e):
        """A matrix that is given by its entries."""
        i, j = e.lamda.variables
        rows = [
            [
                self.at(i, n, j, m, e.lamda.expr, compute=self.at)
                for m in range(self.int(e.cols))
            ]
            for n in range(self.int(e.rows))
        ]
        return np.concatenate([np.concatenate(row, 2) for row in rows], 1)

    def cases(self, e):
        """The first piece whose condition holds."""
        pieces = [
            (self.value(body), self.holds(condition)) for body, condition in e.args
        ]
        return reduce(
            lambda rest, piece: np.where(piece[1], piece[0], rest),
            reversed(pieces),
            scalar(np.nan),
        )

    def holds(self, condition):
        """Tell whether a condition holds at each point."""
        if isinstance(condition, And):
            return reduce(np.logical_and, map(self.holds, condition.args))
        if not isinstance(condition, Relational):
            return bool(condition)
        gap = decided(self.value(condition.lhs) - self.value(condition.rhs))
        return COMPARE[condition.rel_op](gap, 0)

    def f(self, z):
        """The defined f, or one that stands for any."""
        for key, body in self.where.items():
            if isinstance(key, f):
                return self.at(key.args[0], z, body)
        return np.sin(z) + z**2 / 3

    def f_prime(self, z):
        """The slope of f, by four values around z."""
        h = 1e-3
        near, far = (self.f(z + s) - self.f(z - s) for s in (h, 2 * h))
        return (8 * near - far) / (12 * h)


def scalar(number):
    """One number in the shape of scalars."""
    return np.full((1, 1, 1), number, complex)


def decided(value):
    """The real part, of which the sign matters: not near 0 unless at 0."""
    if np.any((np.abs(value.real) > 0) & (np.abs(value.real) < 1e-3)):
        raise Undecided
    return value.real


def greater(a, b):
    """The greater of two values."""
    return np.where(decided(a - b) >= 0, a, b)


def by_matrix(pair):
    """Turn a definition by entries, Z[i, j] = …, into one of Z."""
    Z, meaning = pair
    if not isinstance(Z, MatrixElement):
        return pair
    letters = tuple(k if k.is_Symbol else Dummy() for k in (Z.i, Z.j))
    return Z.parent, FunctionMatrix(*Z.parent.shape, Lambda(letters, meaning))


def element(numbers, e):
    """One entry of a matrix."""
    i, j = numbers.int(e.i), numbers.int(e.j)
    return numbers.value(e.parent)[:, i : i + 1, j : j + 1]


def product(numbers, e):
    """A product of scalars and matrices."""
    values = [numbers.value(A) for A in sorted(e.args, key=is_matrix)]
    scalars = sum(not is_matrix(A) for A in e.args)
    return reduce(np.multiply, values[:scalars], 1) * reduce(
        np.matmul, values[scalars:]
    )


def constant(fill):
    """A rule for a matrix of which only the shape must be known."""
    return lambda numbers, e: fill(*map(numbers.int, e.shape))[None] + 0j


def fold(operation, first=lambda value: value):
    """A rule that computes all arguments and combines them."""
    return lambda numbers, e: reduce(
        operation, [first(numbers.value(A)) for A in e.args]
    )


def apply(function):
    """A rule for a function of one argument."""
    return lambda numbers, e: function(numbers.value(e.args[0]))


COMPARE = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
RULES = {
    Number: lambda numbers, e: scalar(complex(e)),
    MatMul: product,
    (Add, MatAdd): fold(np.add),
    (Mul, HadamardProduct): fold(np.multiply),
    MatPow: lambda numbers, e: np.linalg.matrix_power(
        numbers.value(e.base), int(e.exp)
    ),
    (Pow, HadamardPower): fold(np.power),
    Transpose: apply(lambda A: A.swapaxes(1, 2)),
    OneMatrix: constant(lambda n, m: np.ones((n, m))),
    ZeroMatrix: constant(lambda n, m: np.zeros((n, m))),
    Identity: constant(np.eye),
    FunctionMatrix: Numbers.table,
    MatrixBase: lambda numbers, e: np.block(
        [[*map(numbers.value, x)] for x in e.tolist()]
    ),
    ElementwiseApplyFunction: lambda numbers, e: numbers.at(
        e.function.variables[0], numbers.value(e.expr), e.function.expr
    ),
    Softmax: apply(lambda S: np.exp(S) / np.exp(S).sum(axis=2, keepdims=True)),
    MatrixElement: element,
    Gradient: lambda numbers, e: numbers.slope(*e.args),
    Partial: lambda numbers, e: numbers.partial(*e.args),
    Sum: lambda numbers, e: numbers.sum(e.function, e.limits),
    KroneckerDelta: lambda numbers, e: scalar(
        len({*map(numbers.int, e.args[:2])}) == 1
    ),
    Piecewise: Numbers.cases,
    Max: fold(greater),
    Min: lambda numbers, e: -fold(greater, np.negative)(numbers, e),
    Abs: apply(lambda z: z * np.sign(decided(z))),
    sign: apply(lambda z: np.sign(decided(z))),
    Heaviside: apply(lambda z: np.heaviside(decided(z), 0.5)),
    Pos: apply(lambda z: np.heaviside(decided(z), 0)),
    exp: apply(np.exp),
    log: apply(np.log),
    tanh: apply(np.tanh),
    sin: apply(np.sin),
    cos: apply(np.cos),
    f: lambda numbers, e: numbers.f(numbers.value(e.args[0])),
    f_prime: lambda numbers, e: numbers.f_prime(numbers.value(e.args[0])),
}


def compare(claim, rng, whole, ones_only):
    """Compare both sides at one point: "equal" or "different"; Undecided if neither."""
    sizes = [1] * 4 if ones_only else rng.permutation([1, 2, 3, 4])
    sizes = dict(zip(SIZES, sizes)) | {size: int(n) for size, n in claim.sizes.items()}
    numbers = Numbers(claim, sizes, rng, whole)
    for letter, size in zip((any_row, any_col), claim.places):
        numbers.letters[letter] = scalar(rng.integers(numbers.int(size)))
    left = (
        numbers.value(claim.of)
        if claim.wrt is None
        else numbers.slope(claim.of, claim.wrt)
    )
    right = numbers.value(claim.claim)
    if np.isinf(left).any() and np.isfinite(right).all():
        return "different"  # J has no derivative there
    gap = np.max(np.abs(left - right) / (1 + np.abs(left) + np.abs(right)))
    rough = 1e-2 if whole and claim.wrt is not None else 1e-6
    if gap > rough:
        return "different"
    if gap <= 1e-9:
        return "equal"
    raise Undecided


def numbers_say(claim, seed=0, points=8):
    """Say "equal" (at every point tried), "different", or "undecided"."""
    rng, found = np.random.default_rng(seed), set()
    for n in range(points):
        try:
            with np.errstate(all="ignore"):
                found.add(compare(claim, rng, whole=n % 3 == 2, ones_only=n % 4 == 1))
        except Undecided:
            continue
        if "different" in found:
            return "different"
    return "equal" if found else "undecided"


# Verdicts


def verdict(claim):
    """What `prove` says, and its words."""
    try:
        prove("fuzz", **claim.question())
        return "proved", ""
    except NotProved as error:
        kind = (
            "wrong"
            if error.counterexample
            else "refused"
            if isinstance(error, ValueError)
            else "not shown"
        )
        return kind, error.counterexample or str(error)
    except TimeoutError:
        return "slow", ""
    except Exception:
        return "crashed", traceback.format_exc(limit=-2)


def disagreement(claim, said, words, numbers):
    """Say what is wrong with a verdict, or return None."""
    if said == "crashed":
        return f"crashed: {words}"
    if said == "proved" and numbers == "different":
        return "proved, but different in numbers"
    if said == "wrong" and numbers == "equal" and numbers_say(claim, 1, 80) == "equal":
        return f"called wrong, but equal in numbers: {words}"
    if said == "wrong" and " = " not in words and "always" not in words:
        return f"a counterexample without numbers: {words}"
    if claim.made == "true" and numbers == "different":
        return "true by construction, but different in numbers"
    return None


def judge(claim):
    """Return what `prove` says, what numbers say, and a disagreement or None."""
    with time_limit(60):
        said, words = verdict(claim)
    numbers = numbers_say(claim)
    return said, numbers, disagreement(claim, said, words, numbers)


@contextmanager
def time_limit(seconds):
    """Raise TimeoutError inside after so many seconds, where there is an alarm."""

    def stop(*_):
        raise TimeoutError

    has_alarm = hasattr(signal, "SIGALRM") and hasattr(signal, "alarm")
    if has_alarm:
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(seconds)
    yield
    if has_alarm:
        signal.alarm(0)


def fuzz(seconds, seed):
    """Judge claims until the time is up; print each disagreement and the counts."""
    counts, start, failures = Counter(), time.time(), 0
    while time.time() - start < seconds:
        claim = random_claim(Random(seed))
        said, numbers, problem = judge(claim)
        counts[said, numbers] += 1
        if problem:
            failures += 1
            print(f"seed {seed}: {problem}\n{claim}\n", flush=True)
        seed += 1
    for (said, numbers), count in sorted(counts.items()):
        print(f"{count:6} {said}, in numbers {numbers}")
    print(
        f"{counts.total()} claims, {failures} disagreements, "
        f"{time.time() - start:.0f} s"
    )
    return failures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0, help="of the first claim")
    arguments = parser.parse_args()
    sys.exit(bool(fuzz(arguments.seconds, arguments.seed)))
