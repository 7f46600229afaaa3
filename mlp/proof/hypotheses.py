# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""Hypotheses made ready for use, as rules: triples (kind, expression, value).

The kinds: "not zero", "positive", "not negative" of a number; "sum" and "entry" with a
value.
"""

from functools import lru_cache
from itertools import product

from sympy import (
    Add,
    Eq,
    Ge,
    Gt,
    Integer,
    KroneckerDelta,
    Le,
    Lt,
    Ne,
    Sum,
    Symbol,
    default_sort_key,
)
from sympy.core.facts import InconsistentAssumptions
from sympy.matrices.expressions import MatMul
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.definitions import name_of, stays, written_out
from mlp.proof.language import any_col, any_row, entry
from mlp.proof.masks import Pos
from mlp.proof.printing import plain
from mlp.proof.sums import settle


@lru_cache(maxsize=500)
def suppositions(given, where, kept=frozenset()):
    """Return hypotheses ready for use, as triples (kind, expression, value).

    The value is that of a sum, or the name of a number that is not 0, if it has one.

    Raises
    ------
    ValueError
        If one cannot be used.
    """
    rules = ()
    for fact in given:
        rules += rule(fact, where, kept, rules)
    return rules


def rule(fact, where, kept, rules):
    """Return what one hypothesis says of a number at any row and column."""
    shape = getattr(fact.lhs, "shape", (1, 1))
    i, j = [
        Integer(0) if n == 1 else letter for n, letter in zip(shape, (any_row, any_col))
    ]
    left, right = (entry(side, i, j) for side in fact.args)
    ranges(left, right)
    named = right - left if isinstance(fact, (Lt, Le)) else left - right
    gap = settle(written_out(named, where, kept), rules)
    if not isinstance(fact, Eq):
        kind = KIND[fact.func]
        name = named if stays(Pos(named), kept) else None
        return ((kind, gap, name), *([(kind, name, None)] if name else []))
    if gap == 0:
        return ()
    if gap.is_nonzero:
        raise ValueError(f"given: {plain(fact)} contradicts the hypotheses before it")
    number, whole = known_part(fact, gap)
    if whole is None:
        return ()
    value = with_ranges((number * whole - gap) / number, ranges(whole))
    if unknown := (value.free_symbols - whole.free_symbols) & {any_row, any_col}:
        raise ValueError(f"given: {plain(fact)} has {unknown.pop()} on one side only")
    return (("sum" if isinstance(whole, Sum) else "entry", whole, value),)


def known_part(fact, gap):
    """Return the factor and the sum, or the entry, to which a hypothesis gives a value.

    None for both if the sum has a known length and holds no entry that can be told.
    """
    terms = [term.as_independent(Sum) for term in Add.make_args(gap) if term.has(Sum)]
    if len(terms) == 1 and isinstance(terms[0][1], Sum) and terms[0][0].is_nonzero:
        return terms[0]
    entries = [term.as_coeff_Mul() for term in Add.make_args(gap)]
    entries = [(number, x) for number, x in entries if isinstance(x, MatrixElement)]
    if fact.has(Sum, MatMul) and not gap.has(Sum):  # a sum of known length, written out
        last = max(
            entries, key=lambda term: default_sort_key(term[1]), default=(None, None)
        )
        rest = gap - last[0] * last[1] if entries else gap
        others = rest.atoms(MatrixElement)
        return (None, None) if any(overlap(last[1], x) for x in others) else last
    raise ValueError(
        f"given: {plain(fact)} is no equation between one sum and its value, "
        "such as Eq(Sum(…), value); what a name means belongs in where="
    )


def overlap(one, other):
    """Tell whether two entries can be the same for some row and column."""
    pairs = zip((one.i, one.j), (other.i, other.j)) if one else []
    return (
        one is None
        or one.parent == other.parent
        and not any(a.is_Integer and b.is_Integer and a != b for a, b in pairs)
    )


KIND = {
    Ne: "not zero",
    Gt: "positive",
    Lt: "positive",
    Ge: "not negative",
    Le: "not negative",
}


def ranges(*exprs):
    """Return over how many rows or columns `any_row` and `any_col` run.

    Raises
    ------
    ValueError
        If one of them stands for an index of two different ranges.
    """
    found = {}
    for x in {x for expr in exprs for x in expr.atoms(MatrixElement)}:
        for k, size in zip((x.i, x.j), x.parent.shape):
            if k in (any_row, any_col) and found.setdefault(k, size) != size:
                raise ValueError(
                    f"{k} runs over {found[k]} and over {size} rows or columns"
                )
    return found


def with_ranges(expr, size):
    """Tell each delta with a letter of ``size`` the range that the letter has."""

    def ranged(delta):
        n = [size[k] for k in delta.args[:2] if k in size]
        return KroneckerDelta(*delta.args[:2], (0, n[0] - 1)) if n else delta

    return expr.replace(KroneckerDelta, lambda *args: ranged(KroneckerDelta(*args)))


def half_lines(given):
    """Return a case for each sign that hypotheses leave to their scalars."""
    choices = {}
    for fact in given:
        fact = fact.reversed if fact.lhs == 0 else fact
        real = fact.lhs.is_real or fact.func != Ne  # an order is one of real numbers
        if fact.lhs.is_Symbol and fact.rhs == 0 and fact.func in SIGNS and real:
            choices.setdefault(fact.lhs, SIGNS[fact.func])
    cases = product(
        *[[signed(z, sign) for sign in signs] for z, signs in choices.items()]
    )
    return [dict(zip(choices, case)) for case in cases if None not in case]


SIGNS = {Ne: ("positive", "negative"), Gt: ("positive",), Lt: ("negative",)}


def signed(z, sign):
    """Return the letter z with a sign; None if it cannot have it."""
    kept = [
        kind
        for kind in ("integer", "nonnegative", "nonpositive", "nonzero")
        if getattr(z, f"is_{kind}")
    ]
    try:
        return Symbol(z.name, real=True, **dict.fromkeys([*kept, sign], True))
    except InconsistentAssumptions:
        return None


def nonzero_matrices(given):
    """Return the letters and matrices that are supposed not to be 0, at every entry."""
    sides = [
        x
        for fact in given
        if fact.func in (Ne, Gt, Lt) and 0 in fact.args
        for x in fact.args
    ]
    return [
        name_of(x)
        for x in sides
        if x.is_Symbol or (isinstance(x, MatrixElement) and stands_for_all(x))
    ]


def stands_for_all(x):
    """Tell whether the entry ``x`` is written with ``any_row`` and ``any_col``."""
    free = [k for k, size in zip((x.i, x.j), x.parent.shape) if size != 1]
    return set(free) <= {any_row, any_col} and len(set(free)) == len(free)
