"""Names for intermediate results, so that formulas stay short.

What goes into a matrix product and what comes out of it gets a name with a definition;
the same definition is the same name. The derivative goes backwards through the names:
∂J/∂v for each of them, as a new name, or as one of the program's own if the two are
proved equal. Equal means: the difference is 0, at the latest when all is unfolded.
"""

from dataclasses import dataclass

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing.axes import all_places, letters_of
from mlp.tracing.masks import almost_zero
from mlp.tracing.printing import length
from mlp.tracing.refusal import clock
from mlp.tracing.slopes import derivative, names_under
from mlp.tracing.sums import (
    ZERO,
    Poly,
    definitions,
    entry,
    opened,
    power_by_rule,
    rebuild,
    settled,
    single,
    times,
    total,
)
from mlp.tracing.values import array_value, value

SHORT = 3  # atoms in a formula that needs no name


class Names:
    """The names of one trace, in the order in which they were defined."""

    def __init__(self):
        self.active = False
        self.clear()

    def clear(self):
        """Forget all names."""
        definitions.clear()
        self.order, self.by_key = [], {}

    def named(self, array, prefix="@"):
        """Return an array whose entries are names, if their formulas are long."""
        if not self.active or array.index or array.kind == "b":
            return array
        held = array.store.version  # views of one array share its name
        polys = tuple(held.at(place) for place in all_places(held.axes, 1))
        if max(map(length, polys)) <= SHORT:
            return array
        key = held.axes, polys
        if key not in self.by_key:
            name = f"{prefix}{len(self.order) + 1}"
            self.by_key[key] = name
            kinds = frozenset().union(*[one.has for p in polys for one in p.atoms()])
            definitions[name] = Definition(held.axes, held.at, kinds)
            self.order.append(name)
        return array_of_name(self.by_key[key], array)


@dataclass
class Definition:
    """What a name stands for: a number at every place."""

    axes: tuple
    at: object
    kinds: frozenset


names = Names()


def array_of_name(name, like):
    """Return the array whose entries are those of a name."""

    def formula(place):
        return entry(name, tuple(k for part in place for k in part))

    store = ar.Store(like.store.axes, formula, like.kind)
    result = ar.Array(store, like.axes, like.down, like.up, like.scalar)
    result.contiguous = like.contiguous
    return result


def place_of(flat, axes):
    """Return the indices of an entry, cut into places on the axes."""
    rest, result = list(flat), []
    for axis in axes:
        part = []
        for factor in axis:
            segment = factor[0]
            if len(factor) > 1:
                part.append(rest.pop(0))
                segment = factor[part[-1][1]]
            if segment != 1:
                part.append(rest.pop(0))
        result.append(tuple(part))
    return tuple(result)


# unfolding


def unfold(u, name):
    """Put its definition for a name."""
    value = ZERO
    for term, c in u.terms.items():
        clock.tick()
        part = Poly({(): c})
        for one, p in term:
            part = times(part, unfolded_power(one, p, name))
        value = value + part
    return value


def unfolded_power(one, p, name):
    """Put the definition of a name in a power of an atom."""
    if name not in names_under(one):
        return settled(((one, p),))
    if one.kind == "entry":
        held = definitions[name]
        value = held.at(place_of(one.args[1], held.axes))
    elif one.kind == "sum":
        letters, body = opened(one)
        value = total(letters, unfold(body, name))
    else:
        value = rebuild[one.kind](unfold(one.args[0], name), *one.args[1:])
    return settled(((one, p),)) if value == single(one) else power_by_rule[0](value, p)


def unfolded(u, longest):
    """Return a number without names, or None if that is longer than so many atoms."""
    while length(u) <= longest:
        name = newest(u)
        if name is None:
            return u
        u = unfold(u, name)
    return None


def newest(u):
    """Return the name in a polynomial that was defined last, or None."""
    held = {n for one in u.atoms() for n in names_under(one) if n in definitions}
    return max(held, key=names.order.index, default=None)


def is_zero(u, world=None):
    """Tell whether a number is 0, at the latest when all names are unfolded."""
    if world is not None and not small_in_numbers(u, world):
        return False
    while True:
        if almost_zero(u):
            return True
        name = newest(u)
        if name is None:
            return False
        u = unfold(u, name)


def small_in_numbers(u, world):
    """Tell whether a number is about 0 at random inputs."""
    letters = tuple(sorted(u.free, key=repr))
    with np.errstate(all="ignore"):
        numbers = value(u, letters, world)
    return bool(np.all(abs(numbers) < 1e-6))


# adjoints


def adjoints(J, program_names, world):
    """Return the function from a name of an array to its adjoint, entry by entry.

    Parameters
    ----------
    J : Poly
    program_names : list of str
        The names that the program itself made, of which some may be adjoints.
    world : World
        Numbers in which equal arrays are looked for.
    """
    forward = reached(J)
    by_value = {}
    for name in program_names:
        held = definitions[name]
        by_value.setdefault(held.axes, []).append((name, numbers_of(held, world)))
    known = {}

    def adjoint(name, flat):
        result = derivative(J, name, flat)
        for user in forward:
            if user in known and name in names_of_definition(user):
                result = result + through(user, known[user], name, flat)
        return result

    for name in reversed(forward):
        clock.tick()
        held = definitions[name]

        def formula(place, name=name):
            return adjoint(name, tuple(k for part in place for k in part))

        array = ar.Array(ar.Store(held.axes, formula), scalar=False)
        known[name] = merged(array, by_value.get(held.axes, []), world).at
    return adjoint


def reached(J):
    """Return the names that J depends on, in their order."""
    found, todo = set(), [newest_all(J)]
    while todo:
        for name in todo.pop():
            if name in definitions and name not in found:
                found.add(name)
                todo.append(names_of_definition(name))
    return sorted(found, key=names.order.index)


def newest_all(u):
    """Return all names in a polynomial."""
    return {n for one in u.atoms() for n in names_under(one) if n in definitions}


def polys_of(name):
    """Return the formulas of a definition, one for each block."""
    held = definitions[name]
    return [held.at(place) for place in all_places(held.axes, 1)]


def names_of_definition(name):
    """Return the names, and the arrays, in the definition of a name."""
    held = definitions[name]
    if not hasattr(held, "inside"):
        held.inside = {
            n
            for place in all_places(held.axes, 1)
            for one in held.at(place).atoms()
            for n in names_under(one)
        }
    return held.inside


def through(user, adjoint, name, flat):
    """Return Σ ∂J/∂u ∂u/∂v over the entries of u."""
    held, result = definitions[user], ZERO
    for place in all_places(held.axes, 850):
        slope = derivative(held.at(place), name, flat)
        if slope:
            body = times(adjoint(place), slope)
            result = result + total(letters_of(place), body)
    return result


def merged(array, candidates, world):
    """Return an adjoint as the program's own array, if the two are proved equal."""
    polys = [array.at(place) for place in all_places(array.axes, 1)]
    if max(map(length, polys)) <= SHORT:
        return array
    numbers = numbers_of(array, world)
    scale = 1e-9 * (1 + np.max(abs(numbers), initial=0))
    for name, others in candidates:
        if np.all(abs(numbers - others) < scale):
            held = definitions[name]
            gaps = [array.at(p) - held.at(p) for p in all_places(array.axes, 1)]
            if all(is_zero(gap) for gap in gaps):
                return array_of_name(name, array)
    return names.named(array, "∂")


def numbers_of(array, world):
    """Return the numbers of an array that remembers."""
    with np.errstate(all="ignore"):
        return array_value(array, world)
