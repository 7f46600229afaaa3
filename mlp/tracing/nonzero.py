"""Whether a number is 0 for all inputs at some size: shown for every size, or not.

A number whose slope by some entry is not 0 for all inputs is none itself. So slopes are
taken until one is a product of what is not 0, or a sum of positive numbers, times a
number made of sizes that is 0 for none of them.
"""

import numpy as np

from mlp.tracing.refusal import CantTell, OutOfTime, clock, refusals
from mlp.tracing.sums import (
    ONE,
    ZERO,
    Poly,
    definitions,
    is_strict,
    is_sum_of_positive,
    opened,
    power_by_rule,
    power_of,
    product_of,
    put,
    rebuild,
    single,
    times,
    total,
)

MOST_SLOPES, DEEPEST, LONG = 80, 5, 200


# numbers made of sizes


def has_inputs(u):
    """Tell whether a number is made of more than sizes and constants."""
    from mlp.tracing.names import names_of_definition, reached
    from mlp.tracing.slopes import names_under

    arrays = {name for one in u.atoms() for name in names_under(one)}
    if arrays <= definitions.keys():
        arrays = {n for name in reached(u) for n in names_of_definition(name)}
    return not arrays <= definitions.keys()


def sign_of_constant(u):
    """Return 1, 0 or -1 for a number without sizes; 0 where 600 digits show none."""
    from mlp.tracing.values import UNDEFINED, Digits, World, value

    try:
        found = np.asarray(value(u, (), World({}, {}, {}, {}, Digits))).item()
        return int(found > 1e-300) - int(found < -1e-300)
    except UNDEFINED:
        return 0


def without_positive_denominators(u):
    """Return a number times a positive one, so that quotients by positive ones go."""
    from mlp.tracing.functions import parts

    for one in sorted(one for one in u.atoms() if one.kind == "root"):
        if one.args[1] == 1 and one.positive:
            highest = max(dict(term).get(one, 0) for term in u.terms)
            u = times(u, power_of(one.args[0], int(highest)))
    if not u or not all(one.positive for one in u.atoms()):
        return u
    c, _, inside = parts(u)
    return inside.scaled(1 if c > 0 else -1)


def decided_of_sizes(u, sign, decide):
    """Compare a number made of sizes with 0 for all of them; None where that is open.

    Parameters
    ----------
    sign : str
        "==" or "<=".
    decide : callable
        From a polynomial in sizes and a sign to a truth, or None.
    """
    if is_sum_of_positive(u):
        return False
    if is_sum_of_positive(-u):
        return sign == "<="
    if not any("size" in one.has for one in u.atoms()):
        found = sign_of_constant(u)
        return (sign == "<=" and found < 0) if found else None
    if sign == "==" and len(u.terms) == 1:
        return False if is_never_zero_product(u, decide) else None
    if are_logs(u):
        return decided_of_sizes(gap_of_powers(u), sign, decide)
    u = without_positive_denominators(u)
    if any(one.kind != "size" for one in u.atoms()):
        return None
    return decide(u, sign)


def are_logs(u):
    """Tell whether a number is a sum of logarithms, each times a small whole number."""
    return all(
        len(term) == 1
        and (term[0][0].kind, term[0][1]) == ("log", 1)
        and abs(c) in range(1, 13)
        for term, c in u.terms.items()
    )


def gap_of_powers(u):
    """Return v^a - w^b, which has the sign of a log(v) - b log(w)."""
    sides = {True: ONE, False: ONE}
    for ((one, _),), c in u.terms.items():
        sides[c > 0] = times(sides[c > 0], power_of(one.args[0], abs(c)))
    return sides[True] - sides[False]


def is_never_zero_product(u, decide):
    """Tell whether a single term made of sizes is 0 for none of them."""
    return all(is_never_zero(one, decide) for term in u.terms for one, _ in term)


def is_never_zero(one, decide):
    """Tell whether an atom made of sizes is 0 for none of them."""
    if is_strict(one) or one.kind == "root":
        return True
    if one.kind == "log":
        return decided_of_sizes(one.args[0] - ONE, "==", decide) is False
    if one.kind in ODD:
        return decided_of_sizes(one.args[0], "==", decide) is False
    return False


def may_vanish(u):
    """Tell whether a number made of sizes is not shown to be 0 for none of them."""
    return decided_of_sizes(u, "==", decided_above_least) is not False


def decided_above_least(u, sign):
    """Compare with 0 for all sizes of a theorem, of which some are 2 or more."""
    from mlp.tracing.axes import bounds, decided

    names = {one.args[0] for one in u.atoms()}
    return decided(u, sign, 2 if names <= bounds.least.keys() else 1)


ODD = ("tanh", "erf", "arctan")


# numbers made of inputs


class Search:
    """How many slopes may still be taken, and which two letters are never the same."""

    def __init__(self, apart):
        self.left, self.apart = MOST_SLOPES, set(apart)

    def is_nonzero(self, u, depth=DEEPEST):
        """Tell whether a number is shown not to be 0 for all inputs, at any size."""
        if is_positive_or_delta(u) or is_positive_or_delta(-u):
            return True
        pair = first_delta(u)
        if pair:
            return depth > 0 and self.is_nonzero_in_both_cases(u, pair, depth)
        if is_nonzero_at_zero(u):
            return True
        if self.is_nonzero_product(u, depth) or self.is_moved(u, depth):
            return True
        shorter = unfolded_once(u)
        return shorter is not None and self.is_nonzero(shorter, depth)

    def is_nonzero_in_both_cases(self, u, pair, depth):
        """Tell it where two indices are the same, and where they are not."""
        if not self.is_nonzero(without_delta(u, pair), depth - 1):
            return False
        if self.apart == set(pair.args):
            return True
        other, letter = pair.args
        return letter[0] == "i" and self.is_nonzero(put(u, {letter: other}), depth - 1)

    def is_nonzero_product(self, u, depth):
        """Tell whether a number is a product of what is not 0."""
        from mlp.tracing.functions import parts

        front, rest = by_sizes(u)
        if rest is None:
            _, rest, inside = parts(u)
            return bool(rest) and (
                self.is_nonzero(inside, depth) and self.are_nonzero(rest, depth)
            )
        return not may_vanish(front) and self.are_nonzero(rest, depth)

    def are_nonzero(self, term, depth):
        """Tell whether no atom of a product is 0 for all inputs, or at a size."""
        return all(
            self.is_nonzero_atom(one, depth)
            if "entry" in one.has
            else is_never_zero(one, decided_above_least)
            for one, _ in term
        )

    def is_nonzero_atom(self, one, depth):
        """Tell whether an atom is not 0 for all inputs."""
        if one.kind == "entry" and one.args[0] not in definitions:
            return True
        if is_strict(one) or one.kind == "root":
            return True
        if one.kind == "sum" and one.positive:
            return self.is_nonzero(opened(one)[1], depth)
        if one.kind in ODD:
            return self.is_nonzero(one.args[0], depth)
        if one.kind in ("sin", "cos", "log"):
            return self.is_moved(one.args[0], depth)
        return False

    def is_moved(self, u, depth):
        """Tell whether the slope by an entry is not 0 for all inputs."""
        from mlp.tracing.slopes import derivative

        for name, place in entries_outside_names(u) if depth else ():
            if self.left <= 0:
                return False
            self.left -= 1
            clock.tick()
            slope = derivative(u, name, place)
            if slope and self.is_nonzero(slope, depth - 1):
                return True
        return False


def by_sizes(u):
    """Return a number of sizes and a product, whose product u is, or (None, None)."""
    fronts = {}
    for term, c in u.terms.items():
        rest = tuple(pair for pair in term if "entry" in pair[0].has)
        front = Poly({tuple(pair for pair in term if pair not in rest): c})
        fronts[rest] = fronts.get(rest, ZERO) + front
    if len(fronts) != 1:
        return None, None
    ((rest, front),) = fronts.items()
    return front, rest


def is_nonzero_at_zero(u):
    """Tell whether a number is not 0, at any size, where all inputs are 0."""
    try:
        return not may_vanish(at_zero(u))
    except OutOfTime:
        raise
    except CantTell as error:  # a name, an index, or what is not defined there
        refusals.remove(error)
        return False


def at_zero(u):
    """Put 0 for all inputs."""
    return sum((at_zero_product(t).scaled(c) for t, c in u.terms.items()), ZERO)


def at_zero_product(term):
    """Put 0 for all inputs in a product."""
    return product_of([power_by_rule[0](at_zero_atom(one), p) for one, p in term])


def at_zero_atom(one):
    """Put 0 for all inputs in an atom."""
    if one.kind in ("size", "constant"):
        return single(one)
    if one.kind == "sum":
        letters, body = opened(one)
        return total(letters, at_zero(body))
    if one.kind == "entry" and one.args[0] not in definitions:
        return ZERO
    if one.kind not in rebuild:
        raise CantTell(f"{one.kind} where all inputs are 0")
    return rebuild[one.kind](at_zero(one.args[0]), *one.args[1:])


def is_positive_or_delta(u):
    """Tell whether a sum, of which the deltas may be 0, is positive everywhere."""
    return all(
        c > 0
        and all(one.positive or one.kind == "delta" or p % 2 == 0 for one, p in term)
        for term, c in u.terms.items()
    ) and any(all(is_strict(one) for one, _ in term) for term in u.terms)


def first_delta(u):
    """Return a delta of the terms, or None."""
    return min((one for one in u.atoms() if one.kind == "delta"), default=None)


def without_delta(u, pair):
    """Return a number where two indices are not the same."""
    return Poly({t: c for t, c in u.terms.items() if all(o is not pair for o, _ in t)})


def unfolded_once(u):
    """Return a number with the definition of its newest name, or None without one."""
    from mlp.tracing.names import newest, unfold
    from mlp.tracing.printing import length

    name = newest(u)
    return None if name is None or length(u) > LONG else unfold(u, name)


def entries_outside_names(u):
    """Return the entries that a number holds itself, and no name in it.

    Returns
    -------
    list of (str, tuple)
        Name of an array and indices, those first that are in few terms.
    """
    from mlp.tracing.names import names_of_definition, reached

    inside = {n for name in reached(u) for n in names_of_definition(name)}
    counts = {}
    for term in u.terms:
        for found in {k for one, _ in term for k in entries_of(one)}:
            counts[found] = counts.get(found, 0) + 1
    held = [k for k in counts if k[0] not in inside and k[0] not in definitions]
    return sorted(held, key=lambda k: (counts[k], repr(k)))


def entries_of(one):
    """Return the entries in an atom, with letters for those that sums bind."""
    if one.kind == "entry":
        return {one.args}
    if one.kind == "sum":
        _, body = opened(one)
        return {found for part in body.atoms() for found in entries_of(part)}
    if one.kind in ("size", "constant", "delta", "mask"):
        return set()
    return {found for part in one.args[0].atoms() for found in entries_of(part)}


# numbers that hold no size


def holds_no_size(u):
    """Tell whether a number with N = 1 is the one with any N where other inputs are 0.

    So it is if no size is in it, but in front of all, and what a sum adds up is 0 where
    the inputs at its index are. Such a number is not 0 for all inputs at any size if it
    is not at the smallest sizes in which its indices differ.
    """
    from mlp.tracing.functions import parts
    from mlp.tracing.names import unfolded

    u = unfolded(u, LONG)
    if not u:
        return False
    _, outside, inside = parts(u)
    apart = [one for one, _ in outside if "entry" not in one.has]
    if not all(is_never_zero(one, decided_above_least) for one in apart):
        return False
    held = {one for one, _ in outside} | inside.atoms()
    held -= set(apart)
    return few_letters(u) and all(map(is_sum_of_what_fades, held))


def few_letters(u):
    """Tell whether small sizes show all ways in which the indices may differ."""
    ranges = [letter[2] for letter in u.free]
    several = {name for name in ranges if ranges.count(name) > 1}
    return len(several) <= 1 and all(ranges.count(name) <= 3 for name in several)


def is_sum_of_what_fades(one):
    """Tell whether no size is in an atom, and sums add what is 0 for inputs of 0."""
    if one.kind == "size":
        return False
    if one.kind in ("entry", "constant", "delta"):
        return True
    if one.kind != "sum":
        return all(map(is_sum_of_what_fades, one.args[0].atoms()))
    letters, body = opened(one)
    return all(map(is_sum_of_what_fades, body.atoms())) and all(
        fades(term, letter) for term in body.terms for letter in letters
    )


def fades(term, letter):
    """Tell whether a product is 0 where the inputs at an index are 0."""
    return any(p > 0 and fades_alone(one, letter) for one, p in term)


def fades_alone(one, letter):
    """Tell whether an atom is 0 where the inputs at an index are 0."""
    if one.kind == "entry":
        return letter in one.args[1]
    if one.kind == "sum":
        terms = opened(one)[1].terms
        return letter in one.free and all(fades(term, letter) for term in terms)
    return one.kind in (*ODD, "sin") and all(
        fades(term, letter) for term in one.args[0].terms
    )


def is_nonzero_at_all_sizes(u, apart=()):
    """Tell whether a number that is not 0 at small sizes is so at all of them.

    Parameters
    ----------
    u : Poly
    apart : tuple
        Two letters that are never the same index.
    """
    return holds_no_size(u) or Search(apart).is_nonzero(u)
