"""Where the formulas of a proof are defined: no denominator 0, roots and logs of > 0.

A denominator that is positive as it is written, such as a sum of exponentials, needs no
hypothesis. For another one, numbers tell whether it can be 0: where all inputs are 0 or
1, or where it has both signs at random inputs.
"""

from fractions import Fraction

import numpy as np

from mlp.tracing.names import polys_of, reached, unfolded
from mlp.tracing.printing import text
from mlp.tracing.sums import is_strict, is_sum_of_positive, single
from mlp.tracing.values import value

LONG = 25  # atoms in a denominator that is shown
NONE, POSITIVE = "is not 0", "is positive"


def where_defined(formulas, worlds):
    """Say where formulas, and the definitions of the names in them, are defined.

    Parameters
    ----------
    formulas : list of Poly
    worlds : list of World
        Numbers at which denominators are looked at.

    Returns
    -------
    list of str
        Hypotheses; empty if there is none.
    """
    names = dict.fromkeys(name for u in formulas for name in reached(u))
    found = {}
    for u in [*formulas, *(part for name in names for part in polys_of(name))]:
        for part, positive in denominators(u):
            found[part] = found.get(part, False) or positive
    needs = {NONE: [], POSITIVE: []}
    for part, positive in found.items():
        least, most = reach(part, worlds)
        if positive and least < 0:
            needs[POSITIVE].append(part)
        elif least <= 0 <= most:
            needs[NONE].append(part)
    words = {how: {words_for(u) for u in held} for how, held in needs.items()}
    words[NONE] -= words[POSITIVE]
    return [sentence(how, held) for how, held in words.items() if held]


def words_for(u):
    """Write a number without names, or return an empty text if that is long."""
    short = unfolded(u, LONG)
    return "" if short is None else text(short)


def sentence(how, words):
    """Write the hypothesis for some denominators."""
    words = sorted(words, key=lambda t: (len(t), t))
    if "" in words:
        what = "root and logarithm" if how == POSITIVE else "denominator and root"
        return f"wherever each {what} is defined"
    if len(words) == 1:
        return f"wherever {words[0]} {how}"
    front = "all of these are positive" if how == POSITIVE else "none of these is 0"
    return f"wherever {front}: {', '.join(words)}"


def denominators(u):
    """Yield what divides in a formula, or is under a root or a logarithm.

    Yields
    ------
    part : Poly
    positive : bool
        Whether it must be positive; else it must not be 0.
    """
    seen, todo = set(), list(u.terms)
    while todo:
        for one, p in todo.pop():
            if p < 0 or (p < 1 and Fraction(p).denominator > 1):
                if one.kind not in ("size", "constant", "root") and not is_strict(one):
                    yield single(one), False
            if one in seen:
                continue
            seen.add(one)
            if one.kind == "sum":
                todo.append(one.args[1])
            elif one.kind not in ("size", "constant", "entry", "delta"):
                inside = one.args[0]
                todo += inside.terms
                even = one.kind == "root" and one.args[1] % 2 == 0
                if one.kind in ("root", "log") and not is_sum_of_positive(inside):
                    if any(a.kind not in ("size", "constant") for a in inside.atoms()):
                        yield inside, even or one.kind == "log"


def reach(u, worlds):
    """Return the least and the largest value at some numbers; about 0 counts as 0."""
    letters, seen = tuple(sorted(u.free, key=repr)), []
    for world in worlds:
        with np.errstate(all="ignore"):
            numbers = np.asarray(value(u, letters, world), float)
        numbers = numbers[np.isfinite(numbers)]
        seen.append(np.where(abs(numbers) < 1e-12, 0.0, numbers).ravel())
    seen = np.concatenate([*seen, np.empty(0)])
    return (seen.min(), seen.max()) if seen.size else (1.0, 1.0)
