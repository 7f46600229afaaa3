# Made by `make generate` from book/derive/witness.ipynb: edit it there.
"""Random numbers that satisfy the hypotheses of a claim."""

from itertools import product

import numpy as np
import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.arithmetic import STEP, Undefined, World, ctx, grid, reach, value, whole
from mlp.proof.language import any_col, any_row, f

EXACT = ctx.mpf(10) ** -60  # how well numbers satisfy a hypothesis
STYLES = [
    (-2200, 2200),
    (300, 2200),
    (50, 950),
    (20, 300),
]  # thousandths: mixed, positive …
ROOM = 10 * STEP  # what is not equal differs by more than a difference quotient moves
TESTS = {  # of left minus right
    sp.Eq: lambda gap: abs(gap) < EXACT,
    sp.Ne: lambda gap: abs(gap) > ROOM,
    sp.Gt: lambda gap: gap > ROOM,
    sp.Ge: lambda gap: gap > -EXACT,
    sp.Lt: lambda gap: gap < -ROOM,
    sp.Le: lambda gap: gap < EXACT,
}
SIDES = {sp.Gt: 1, sp.Ge: 1, sp.Lt: -1, sp.Le: -1}


def draw(exprs, facts, where, sizes, rng, style=0):
    """Return random values of free names that satisfy the hypotheses.

    Parameters
    ----------
    exprs : iterable of expressions
        The free names in them and in the hypotheses get values.
    facts : sequence of relations
        Hypotheses about any row i and column j.
    where : dict
        Definitions.
    sizes : dict
        A number for each symbolic size.
    rng : random.Random
    style : {0, 1, 2, 3}
        Numbers of both signs, positive ones, between 0 and 1, or between 0 and 0.3.

    Returns
    -------
    dict or None
        For each name a number, or an array of the matrix's shape; None if these
        numbers could not be moved to where the hypotheses hold.
    """
    names = reach(exprs, where) | reach(facts, where) - {any_row, any_col}
    names = sorted(names - {f, *where, *sizes}, key=str)
    world = World(dict(sizes), where)
    rows = lengths([*exprs, *facts, *where.values()], world)
    try:
        for name in names:
            world.values[name] = at_random(name, rows, world, rng, style)
        world = satisfy(world, list(everywhere(facts, world)), names, rng)
    except Undefined:
        return None
    return world and {name: world.values[name] for name in names}


def at_random(name, rows, world, rng, style):
    """Return a random value of a matrix, of an index or of another number."""
    if name.is_Matrix:
        shape = (whole(size, world) for size in name.shape)
        return grid(*shape, lambda *_: thousandths(rng, style))
    if name in rows:
        return ctx.mpf(rng.randrange(max(1, rows[name])))
    return scalar(name, rng, style)


def thousandths(rng, style):
    """Return a random number with three decimals, away from 0."""
    low, high = STYLES[style]
    n = 0
    while abs(n) < min(300, abs(low)):
        n = rng.randint(low, high)
    return ctx.mpf(n) / 1000


def scalar(name, rng, style):
    """Return a random number of the sign and the parity that a scalar must have."""
    for _ in range(20):
        x = ctx.mpf(rng.randint(1, 4)) if name.is_integer else thousandths(rng, style)
        for signed in (x, -x):
            if may_be(name, signed):
                return signed
    raise Undefined(f"no number of the kind of {name} was found")


def may_be(name, x):
    """Tell whether a scalar may be this number, by its sign and parity."""
    kinds = {
        "real": True,
        "zero": x == 0,
        "positive": x > 0,
        "negative": x < 0,
        "nonnegative": x >= 0,
        "nonpositive": x <= 0,
        "even": x % 2 == 0,
    }
    return all(
        getattr(name, f"is_{kind}") in (None, known) for kind, known in kinds.items()
    )


def lengths(exprs, world):
    """Return, for each index letter, over how many rows or columns it runs."""
    found = {}
    for x in {x for expr in exprs for x in sp.sympify(expr).atoms(MatrixElement)}:
        for k, size in zip((x.i, x.j), x.parent.shape):
            if k.is_Symbol:
                found[k] = min(whole(sp.sympify(size), world), found.get(k, 100))
    return found


def everywhere(facts, world):
    """Yield each hypothesis with each row i and column j that it speaks about."""
    for fact in facts:
        letters = sorted({any_row, any_col} & fact.free_symbols, key=str)
        rows = lengths([fact], world)
        for place in product(*[range(rows.get(letter, 1)) for letter in letters]):
            yield fact, dict(zip(letters, map(ctx.mpf, place)))


def gaps(fact, world, letters):
    """Return left minus right of an equation, as a list of numbers."""
    left, right = (value(side, world, letters) for side in (fact.lhs, fact.rhs))
    return list(np.array(left - right, object).flat)


def satisfied(fact, world, letters):
    """Tell whether a hypothesis holds: =, ≥, ≤ to 60 decimals, others by `ROOM`."""
    if type(fact) in TESTS:
        return all(map(TESTS[type(fact)], gaps(fact, world, letters)))
    return bool(value(fact, world, letters))


def satisfy(world, facts, names, rng):
    """Move random numbers until all hypotheses hold; None if that was not reached.

    A broken inequality becomes an equation, left = right ± a small random number.
    """
    free = movable(world, reach([fact for fact, _ in facts], world.where) & set(names))
    goals = [(*fact, 0) for fact in facts if isinstance(fact[0], sp.Eq)]
    for _ in range(4):
        world = solve(world, goals, free)
        if world is None:
            return None
        broken = [fact for fact in facts if not satisfied(fact[0], world, fact[1])]
        if not broken:
            scalars = [name for name in names if name.is_Symbol]
            return world if all(may_be(x, world[x]) for x in scalars) else None
        goals += [
            (*fact, shift(fact[0], rng)) for fact in broken if type(fact[0]) in TESTS
        ]
    return None


def shift(fact, rng):
    """Return what left minus right may be, so that an inequality holds."""
    return SIDES.get(type(fact), rng.choice([1, -1])) * thousandths(rng, 2) / 8


def movable(world, names):
    """Return the numbers that may be moved, all but whole ones, as (name, place)."""
    names = [
        name for name in sorted(names, key=str) if name.is_Matrix or not name.is_integer
    ]
    return [
        (name, place)
        for name in names
        for place in (np.ndindex(world[name].shape) if name.is_Matrix else [None])
    ]


def solve(world, goals, free):
    """Move the free numbers until left − right is as wanted in every goal.

    Newton's method; where more numbers are free than goals are set, each step is the
    shortest one. None if it does not converge.
    """
    last = ctx.inf
    for step in range(30):
        miss = misses(world, goals)
        worst = max(map(abs, miss), default=0)
        if worst < EXACT / 10:
            return world
        if not free or step > 5 and worst > last / 2:
            return None
        last, changes = worst, shortest_step(world, goals, free, miss)
        for x, by in zip(free, changes / max(1, *map(abs, changes))):
            world = world.moved(*x, by)
    return None


def shortest_step(world, goals, free, miss):
    """Return the smallest changes of free numbers that mend a miss, to first order."""
    rates = np.array(
        [(misses(world.moved(*x, STEP), goals) - miss) / STEP for x in free]
    )
    square = ctx.matrix((rates.T @ rates).tolist()) + ctx.eye(len(miss)) * STEP**2
    try:
        return -rates @ np.array(list(ctx.lu_solve(square, ctx.matrix(list(miss)))))
    except ZeroDivisionError:
        raise Undefined("no step is determined") from None


def misses(world, goals):
    """Return by how much each goal is missed, shape (goals,)."""
    return np.array(
        [
            gap - aim
            for fact, letters, aim in goals
            for gap in gaps(fact, world, letters)
        ],
        object,
    )
