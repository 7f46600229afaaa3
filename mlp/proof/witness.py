# Made by `make generate` from book/derive/witness.ipynb: edit it there.
"""The second witness: both sides of an equation at random sizes and numbers."""

from dataclasses import dataclass
from random import Random

import numpy as np
import sympy as sp

from mlp.proof.arithmetic import STEP, Undefined, World, ctx, grid, reach, slope, value
from mlp.proof.draws import STYLES, draw
from mlp.proof.language import Gradient, f
from mlp.proof.printing import plain

AGREE = ctx.mpf(10) ** -30


class Unsatisfied(Undefined):
    """Random numbers that could not be moved to satisfy the hypotheses."""


class NoNumbers(Exception):
    """No numbers were found at which both sides can be computed."""


t = sp.Symbol("t")
FORMULAS = [
    1 + 2 * t - t**2 / 3,  # of f in each round, if it has no definition
    sp.sin(t) + t / 2 + 1 / (1 + t**2),
    sp.tanh(t) - t / 3 + sp.cos(t) / 2,
]
SMALL = {
    0: lambda n: [1] * n,
    1: lambda n: range(1, max(n + 1, 4)),
    2: lambda n: range(2, max(n + 2, 6)),
}  # the sizes of each round, for n names
TRIES = 12


@dataclass
class Difference:
    """Numbers at which the two sides of an equation are not equal.

    Attributes
    ----------
    sizes, values : dict
        The number of each size; the number or array of each free name.
    f : expression in t, or None
        What f(t) was, if it has no definition.
    place : tuple
        Row and column of the entry.
    left, right : mpf
        The two sides there; their shapes if these differ.
    """

    sizes: dict
    values: dict
    f: object
    place: tuple
    left: object
    right: object

    def __str__(self):
        given = [f"{name} = {n}" for name, n in self.sizes.items()]
        given += [f"f(t) = {self.f}"] if self.f else []
        given += [f"{name} = {rounded(x)}" for name, x in self.values.items()]
        left, right = map(rounded, (self.left, self.right))
        return f"{left} and {right} at {self.place}, for {', '.join(given)}"


def find_difference(equation):
    """Compute both sides of an equation at random sizes and numbers, in three rounds.

    First all sizes are 1; then they differ from each other, counted from 1 and then
    from 2.

    Parameters
    ----------
    equation : object
        With ``left``, ``right``, definitions ``where`` and hypotheses ``given``.

    Returns
    -------
    None or Difference
        None if the two sides agree to 30 digits, or differ by less than 1e-35; of a
        gradient of more than 6 entries, 6 random ones are compared.

    Raises
    ------
    NoNumbers
        If no numbers were found that satisfy the hypotheses and make both sides real.
    CannotCompute
        If a word of the equation is not known here.
    """
    rng, compared, reasons = Random(5544), 0, []
    for round_ in range(3):
        for attempt in range(TRIES):
            try:
                found = trial(equation, round_, attempt % len(STYLES), rng)
            except Undefined as reason:
                reasons.append(reason)
                continue
            if found:
                return found
            compared += 1
            break
    if compared:
        return None
    undefined = [
        str(reason) for reason in reasons if not isinstance(reason, Unsatisfied)
    ]
    raise NoNumbers(
        "no numbers were found "
        + (
            f"at which both sides are real numbers: {undefined[0]}"
            if undefined
            else f"that satisfy {', '.join(map(plain, equation.facts()))}"
        )
    )


def trial(equation, round_, style, rng):
    """Draw sizes and numbers, and return where the two sides differ, or None."""
    sides, facts = [equation.left, equation.right], equation.facts()
    where = dict(equation.where)
    needed = reach([*sides, *facts], where)
    formula = FORMULAS[round_] if f in needed else None
    if formula:
        where[f(t)] = formula
    names = size_names([*sides, *facts, *where.values(), *needed - {f}])
    several = rng.sample(SMALL[round_](len(names)), len(names))
    sizes = dict(zip(names, several))
    values = draw(sides, facts, where, sizes, rng, style)
    if values is None:
        raise Unsatisfied("the hypotheses are not satisfied")
    found = compare(sides, World(sizes | values, where), rng)
    return found and Difference(sizes, values, formula, *found)


def rounded(x):
    """Write a number, or a matrix, with four digits."""
    if isinstance(x, np.ndarray):
        return "[" + "; ".join(" ".join(map(rounded, row)) for row in x) + "]"
    return ctx.nstr(x, 4) if isinstance(x, ctx.mpf) else str(x)


def size_names(exprs):
    """Return the symbols in the shapes of matrices, in alphabetical order."""
    shapes = {M.shape for expr in exprs for M in sp.sympify(expr).atoms(sp.MatrixExpr)}
    return sorted(
        {
            n
            for shape in shapes
            for size in shape
            for n in sp.sympify(size).free_symbols
        },
        key=str,
    )


def compare(sides, world, rng):
    """Return (place, left, right) where two sides differ, or None.

    A difference is computed again with twice as many digits and a smaller step.
    """
    (shape, left), (other, right) = [entries(side, world) for side in sides]
    if shape != other:
        return (), shape, other
    places = list(np.ndindex(shape))
    if any(isinstance(side, Gradient) for side in sides):
        places = rng.sample(places, min(6, len(places)))
    for place in places:
        if disagree(left(place), right(place)):
            with ctx.workdps(2 * ctx.dps):
                finer = World(world.values, world.where, STEP**2)
                both = [entries(side, finer)[1](place) for side in sides]
            if disagree(*both):
                return place, *both
    return None


def entries(side, world):
    """Return the shape of a side and a function from a place to the entry there."""
    if isinstance(side, Gradient):
        J, W = side.args
        return world[W].shape, lambda place: slope(J, W, place, world, {})
    matrix = value(side, world)
    if not isinstance(matrix, np.ndarray):
        matrix = grid(1, 1, lambda *_, number=matrix: number)
    return matrix.shape, matrix.__getitem__


def disagree(left, right):
    """Tell whether two numbers differ in the first 30 digits, by more than 1e-35."""
    return abs(left - right) > AGREE * max(abs(left), abs(right), 1e-5)
