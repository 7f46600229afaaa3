"""For which sizes and inputs a theorem holds, in words."""

from itertools import combinations

from mlp.tracing.axes import bounds
from mlp.tracing.masks import hypotheses
from mlp.tracing.maxima import SOURCES
from mlp.tracing.names import polys_of, reached, unfolded
from mlp.tracing.printing import text
from mlp.tracing.slopes import mask_arguments
from mlp.tracing.sums import Poly, all_atoms, put, renamed


def conditions(J, proved):
    """Say for which sizes and inputs the theorem holds, in parts."""
    parts = [f"{name} ≥ {n}" for name, n in sorted(bounds.least.items()) if n > 1]
    formulas = [J, *(p for name in reached(J) for p in polys_of(name))]
    if any(k[1] in SOURCES for u in formulas for k in all_indices(u)):
        parts.append("wherever the place of each maximum stays")
    kinks = [
        u
        for poly in formulas
        for name in proved
        for u in mask_arguments(poly, name)
        if not is_locally_constant(u)
    ]
    kinks = dict.fromkeys(map(short_form, [*hypotheses.nonzero, *kinks]))
    words = sorted({words_for(u) for u in kinks if u}, key=lambda t: (len(t), t))
    if None in kinks or (
        not kinks and any("mask" in o.has for u in formulas for o in u.atoms())
    ):
        parts.append("wherever no two numbers that are compared are the same")
    elif words:
        one, *rest = words[0].split(" for ") if len(words) == 1 else [""]
        single_one = " for ".join([f"{one} is not 0", *rest])
        several = f"none of these is 0: {', '.join(words)}"
        parts.append(f"wherever {single_one if len(words) == 1 else several}")
    return parts


def is_locally_constant(u):
    """Tell a number that stays where it is when the inputs move a little."""
    return all(
        all(is_locally_constant(Poly({((part, 1),): 1})) for part, _ in one.args[1])
        if one.kind == "sum"
        else one.kind in ("mask", "delta", "size", "constant")
        for one in u.atoms()
    )


def words_for(u):
    """Write a number, and for which of its indices it is not the number 0."""
    letters = {}
    words = text(u, letters)
    pairs = [
        f"{letters[a]} ≠ {letters[b]}"
        for a, b in combinations(sorted(u.free, key=letters.get), 2)
        if a[2] == b[2] and not put(u, {b: a})
    ]
    return " for ".join(filter(None, [words, " and ".join(pairs)]))


def short_form(u):
    """Return a number without names and with standard letters; None if it is long."""
    u = unfolded(u, 25)
    return u and renamed(u)


def all_indices(u):
    """Return the labels in a polynomial."""
    found = []
    for part in {part for one in u.atoms() for part in all_atoms(one)}:
        if part.kind in ("entry", "delta"):
            held = part.args[1] if part.kind == "entry" else part.args
            found += [k for k in held if k[0] == "L"]
    return found
