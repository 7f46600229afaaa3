# Made by `make generate` from book/derive/witness.ipynb: edit it there.
"""Small numbers at which a wrong claim fails, each confirmed by the second witness."""

from contextlib import suppress
from dataclasses import replace
from itertools import islice, product
from random import Random

import numpy as np
from sympy import (
    Dummy,
    Float,
    ImmutableMatrix,
    Integer,
    MatrixSymbol,
    Ne,
    Sum,
    Symbol,
    default_sort_key,
    true,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.arithmetic import CannotCompute, Undefined, World, ctx, grid, value
from mlp.proof.claims import Contradiction, index_pairs
from mlp.proof.definitions import written_out
from mlp.proof.draws import everywhere, satisfied
from mlp.proof.language import add_up, entry, f, is_matrix
from mlp.proof.printing import plain
from mlp.proof.slopes import NoDerivative
from mlp.proof.witness import NoNumbers, find_difference


class Disagreement(Exception):
    """Two ways to a verdict differ: a bug, a step too long, few digits."""


def counterexample(equation):
    """Look for small sizes and numbers at which the two sides of an equation differ.

    Parameters
    ----------
    equation : Equation
        With its definitions and hypotheses, which the numbers must satisfy.

    Returns
    -------
    Counterexample or None
        Sizes, values, and what claim and truth give; None if no difference was found.

    Raises
    ------
    Disagreement
        If the second witness computes other numbers.
    """
    for sizes in small_sizes(equation.size_names()):
        try:
            case = with_example(equation.at(sizes))
            cells = list(every_entry(case))
            sides = [side for *_, left, right in cells for side in (left, right)]
            for values in samples(sides, facts_in_numbers(case)):
                if found := first_difference(case, sizes, cells, values):
                    return found
        except NoDerivative:
            return None
        except (IndexError, Contradiction):  # these sizes lack an entry, or a sign
            continue
    return from_witness(equation)


def first_difference(case, sizes, cells, values):
    """Return the report of the first entry that differs at these values, or None."""
    for pair, place, left, right in cells:
        numbers = left.xreplace(values), right.xreplace(values)
        if differ(*numbers):
            if not confirmed(case, values, pair, place, numbers):
                return None
            used = {name: case.where[name] for name in EXAMPLE if name in case.where}
            used = used if case.names_f() else {}
            return report(sizes | used | place, values, pair, left, right)
    return None


def confirmed(case, values, pair, place, sides):
    """Let the second witness compute both sides at the numbers of a counterexample."""
    letters = {letter: ctx.mpf(int(n)) for letter, n in place.items()}
    try:
        world = World(world_values(case, values), case.where)
        if not all(
            satisfied(fact, world, at) for fact, at in everywhere(case.facts(), world)
        ):
            return False
        again = [
            at_entry(side, pair, world, letters) for side in (case.left, case.right)
        ]
    except (Undefined, CannotCompute):
        return False
    for one, other in zip(sides, again):
        exact = ctx.make_mpf(Float(added_up(one).doit().evalf(30), 30)._mpf_)
        if abs(exact - other) > 1e-20 * max(1, abs(other)):
            raise Disagreement(
                f"{one.evalf(9)} by unfolding, {ctx.nstr(other, 9)} by the "
                f"second witness, at entry {pair} for {values}"
            )
    return True


def world_values(case, values):
    """Return arrays and numbers for all free names; what is not given is 1."""
    names = {s for part in case.parts() for s in part.atoms(Symbol, MatrixSymbol)}
    given = {x: in_digits(number) for x, number in values.items()}
    return {
        name: grid(
            *map(int, name.shape), lambda i, j, M=name: given.get(M[i, j], ctx.one)
        )
        if is_matrix(name)
        else given.get(name, ctx.one)
        for name in names - {*case.where}
    }


def in_digits(number):
    """Return an exact number or a decimal one with 100 digits."""
    return ctx.make_mpf(Float(number, 120)._mpf_)


def at_entry(side, pair, world, letters):
    """Compute one entry of a side; a scalar is its own entry."""
    computed = value(side, world, letters)
    return computed[tuple(map(int, pair))] if is_matrix(side) else computed


def from_witness(equation):
    """Look for a difference at the random numbers of the second witness."""
    try:
        found = find_difference(with_example(equation))
    except (NoNumbers, CannotCompute):
        return None
    if not found or not found.place:
        return None
    sizes = {name: Integer(int(n)) for name, n in found.sizes.items()}
    case = with_example(equation.at(sizes))
    values = {}
    for name, numbers in found.values.items():
        small = name.xreplace(sizes)
        cells = (
            {small[place]: numbers[place] for place in np.ndindex(numbers.shape)}
            if is_matrix(name)
            else {name: numbers}
        )
        values |= {x: Float(ctx.nstr(ctx.mpf(n), 100), 100) for x, n in cells.items()}
    return first_difference(case, sizes, every_entry(case), values)


def with_example(case):
    """Let an abstract f be the square."""
    if any(isinstance(name, f) for name in case.where):
        return case
    return replace(case, where=case.where | EXAMPLE)


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
        for place in places(case.left, case.right, *case.where.values()):
            with suppress(IndexError):  # a sum that goes beyond its matrix
                both = [added_up(side.xreplace(place)) for side in (left, right)]
                yield pair, place, *both


def samples(sides, facts):
    """Return a few small values of all variables that satisfy the hypotheses."""
    rng = Random(5544)  # starts 2, 3, 1, -1, 2
    found = sorted(variables(*sides, *facts), key=default_sort_key)
    tries = dict.fromkeys(
        tuple(rng.choice(allowed(v)) for v in found) for _ in range(200)
    )
    values = (dict(zip(found, numbers)) for numbers in tries)
    return islice(
        (
            these
            for these in values
            if all(fact.xreplace(these) == true for fact in facts)
        ),
        12,
    )


def facts_in_numbers(case):
    """Return the hypotheses at every place, unfolded, and the kinks to avoid."""
    facts = [Ne(u, 0) for u in case.kinks()]
    for fact in case.facts():
        for pair in index_pairs(fact.lhs):
            for place in places(fact):
                sides = [
                    written_out(entry(side, *pair).xreplace(place), case.definitions())
                    for side in fact.args
                ]
                facts.append(fact.func(*sides))
    return [fact for fact in facts if fact != true]


def places(*exprs):
    """Return the numbers to try for free letters that are indices or bounds of sums."""
    ranges = {}
    for expr in exprs:
        bounds = {
            s
            for total in expr.atoms(Sum)
            for _, *ends in total.limits
            for n in ends
            for s in n.free_symbols & expr.free_symbols
            if not isinstance(s, Dummy)
        }
        ranges |= {s: 3 for s in bounds if s not in ranges}
        for e in expr.atoms(MatrixElement):
            for index, size in zip((e.i, e.j), e.parent.shape):
                if index in expr.free_symbols:
                    ranges[index] = min(size, ranges.get(index, size))
    letters = sorted(ranges, key=str)
    numbers = product(
        *[
            [n for n in sorted(allowed(index)) if 0 <= n < ranges[index]]
            for index in letters
        ]
    )
    return [dict(zip(letters, place)) for place in numbers]


def variables(*exprs):
    """Return the matrix entries and the scalars that expressions depend on."""
    parts = {v for expr in exprs for v in expr.atoms(MatrixElement) | expr.free_symbols}
    return {
        v
        for v in parts
        if not is_matrix(v) and not (isinstance(v, MatrixElement) and v.atoms(Dummy))
    }


def allowed(variable):
    """Return the small numbers that have the sign and kind the variable must have."""
    numbers = [Integer(n) for n in (1, 2, 3, -1, -2, 0)]
    kind = variable.assumptions0.items()
    return [
        n
        for n in numbers
        if all(getattr(n, "is_" + key) in (value, None) for key, value in kind)
    ]


def differ(left, right):
    """Tell whether two values are certainly different real numbers."""
    left, right = (added_up(side).doit() for side in (left, right))
    numbers = [value.evalf(20) for value in (left, right)]
    if not all(number.is_Number and number.is_finite for number in numbers):
        return False
    gap = left - right
    return gap != 0 if gap.is_Rational else bool(abs(gap.evalf(20)) > 1e-9)


def added_up(number):
    """Write sums with a known number of terms as additions; one without terms is 0."""
    return number.replace(Sum, lambda body, *limits: add_up(body, limits))


class Counterexample(str):
    """Numbers at which a claim is wrong: one line of text, with its parts.

    Attributes
    ----------
    given : list of pairs
        Sizes, letters and matrices, with their numbers.
    claim, true : number
        What the claim gives, and what is right.
    place : tuple or None
        Row and column of the entry; None for scalars.
    """

    def __new__(cls, given, claim, true, place):
        numbers = ", ".join(f"{plain(x)} = {plain(n)}" for x, n in given) or "always"
        at = f" at {place}" if place else ""
        line = super().__new__(
            cls, f"{numbers}: claim {plain(claim)}, true {plain(true)}{at}"
        )
        line.given, line.claim, line.true, line.place = given, claim, true, place
        return line

    def __getnewargs__(self):
        return self.given, self.claim, self.true, self.place


def report(sizes, values, pair, left, right):
    """Return the counterexample: sizes, values, and both sides."""
    used = variables(left, right)
    matrices = sorted({v.parent for v in used if isinstance(v, MatrixElement)}, key=str)
    given = list(sizes.items())
    given += [(v, short(values[v])) for v in sorted(used, key=str) if v.is_Symbol]
    given += [(M, show(M, values, used)) for M in matrices]
    true, claim = [short(side.xreplace(values)) for side in (left, right)]
    return Counterexample(given, claim, true, pair if matrices else None)


def show(matrix, values, used):
    """Return the entries of a matrix that matter, the others as a dot."""

    def cell(i, j):
        x = matrix[i, j]
        return short(values[x]) if x in used else Symbol("·")

    return ImmutableMatrix(*matrix.shape, cell)


def short(number):
    """Return a fraction as it is, any other number with four digits."""
    number = added_up(number).doit()
    return number if number.is_Rational else number.evalf(4)
