"""The derivative of a number by an entry, with every mask held where it is."""

from fractions import Fraction

from mlp.tracing.functions import power
from mlp.tracing.refusal import CantTell, clock
from mlp.tracing.sums import (
    ONE,
    ZERO,
    atom,
    delta,
    kept,
    letters_in,
    opened,
    product_of,
    settled,
    single,
    times,
    total,
    whole,
)


def depends(one, name):
    """Tell whether an atom depends on an array, its masks and labels apart."""
    return name in names_in(one)


@kept(100_000)
def names_in(one):
    """Return the names of the arrays that an atom depends on."""
    if one.kind == "entry":
        return frozenset([one.args[0]])
    if one.kind in ("size", "constant", "delta", "mask"):
        return frozenset()
    inside = (
        (part for part, _ in one.args[1]) if one.kind == "sum" else one.args[0].atoms()
    )
    return frozenset().union(*map(names_in, inside))


@kept(50_000)
def derivative(u, name, place):
    """Differentiate a polynomial by the entry of an array at a place."""
    value = ZERO
    for term, c in u.terms.items():
        for one, p in term:
            if depends(one, name):
                clock.tick()
                powers = dict(term)
                powers[one] = whole(p - 1)
                rest = settled(tuple((a, n) for a, n in powers.items() if n))
                slope = slope_of_atom(one, name, place)
                value = value + times(rest, slope).scaled(c * p)
    return value


@kept(50_000)
def slope_of_atom(one, name, place):
    """Differentiate an atom."""
    if one.kind == "entry":
        return product_of(map(delta, one.args[1], place))
    if one.kind == "sum":
        letters, body = opened(one, letters_in(place))
        return total(letters, derivative(body, name, place))
    if one.kind not in SLOPES:
        raise CantTell(f"the derivative of {one.kind} is not known")
    u = one.args[0]
    return times(SLOPES[one.kind](one, u), derivative(u, name, place))


SLOPES = {  # kind of an atom f(u): f'(u)
    "exp": lambda one, u: single(one),
    "log": lambda one, u: power(u, -1),
    "tanh": lambda one, u: ONE - settled(((one, 2),)),
    "sin": lambda one, u: single(atom("cos", u)),
    "cos": lambda one, u: -single(atom("sin", u)),
    "arctan": lambda one, u: power(ONE + times(u, u), -1),
    "erf": lambda one, u: times(two_over_root_pi(), exp_of(-times(u, u))),
    "root": lambda one, u: settled(((one, one.args[1] + 1),)).scaled(
        Fraction(-1, one.args[1])
    ),
}


def two_over_root_pi():
    """Return 2 / √π."""
    return settled(((atom("constant", "pi", positive=True), Fraction(-1, 2)),)).scaled(
        2
    )


def exp_of(u):
    """Return exp(u)."""
    from mlp.tracing.functions import exp

    return exp(u)


def mask_arguments(u, name):
    """Return the numbers whose sign decides between formulas, if they hold an array."""
    from mlp.tracing.sums import all_atoms

    found = {
        part for one in u.atoms() for part in all_atoms(one) if part.kind == "mask"
    }
    masks = sorted(one for one in found if name in names_under(one))
    return [one.args[0] for one in masks]


@kept(100_000)
def names_under(one):
    """Return the names of the arrays in an atom, also those inside of masks."""
    from mlp.tracing.sums import all_atoms

    return frozenset(part.args[0] for part in all_atoms(one) if part.kind == "entry")
