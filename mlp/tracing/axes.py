"""Sizes that stay letters, and axes that are cut in blocks.

A *factor* is a tuple of segments, each 1 or a *range*, the name of a size: (H, H, H, H)
is an axis 4H, (1, 1, 1) one of 3. An axis is a tuple of factors, () if its length is 1:
(N)(D) is the axis of N D entries that reshape makes. The place on an axis is a tuple:
for each factor the number of the segment, where there are several, and an index in it.
"""

import math
from fractions import Fraction
from itertools import product

import numpy as np

from mlp.tracing.refusal import CantTell, asked_by_program, demand_real_name
from mlp.tracing.sums import number, size, times, whole

SMALL = 16  # axes up to this length are written out entry by entry


class Bounds:
    """Sizes that have to be more than 1 for what was decided."""

    def __init__(self):
        self.least = {}

    def demand(self, name, n):
        """Say that a size is at least n."""
        self.least[name] = max(n, self.least.get(name, 1))


bounds = Bounds()


class Ordered:
    """What is compared by its method `compare(other, sign)`."""

    def __lt__(self, other):
        return self.compare(other, "<")

    def __le__(self, other):
        return self.compare(other, "<=")

    def __gt__(self, other):
        return self.compare(other, ">")

    def __ge__(self, other):
        return self.compare(other, ">=")


class Size(Ordered):
    """A length: it compares with nothing that is not so for all sizes."""

    __slots__ = ("poly",)
    __array_priority__ = 200
    __array_ufunc__ = None

    def __init__(self, poly):
        self.poly = poly

    def __repr__(self):
        if asked_by_program():
            raise CantTell("the digits of a size are asked")
        return repr(self.poly)

    def __str__(self):
        if asked_by_program():
            raise CantTell("the digits of a size are asked")
        return repr(self.poly)

    def __hash__(self):
        if asked_by_program():
            raise CantTell("a size is looked up in a set or a dict")
        return hash(self.poly)

    def __format__(self, how):
        if asked_by_program():
            raise CantTell("the digits of a size are asked")
        return repr(self.poly)

    @property
    def __class__(self):
        if not asked_by_program():
            return Size
        from mlp.tracing.copying import our_type

        return our_type(self)

    def __getattribute__(self, name):
        if asked_by_program():
            demand_real_name(name, int)
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        if asked_by_program():
            raise AttributeError(f"'int' object has no attribute {name!r}")
        object.__setattr__(self, name, value)

    def __getattr__(self, name):
        if hasattr(int, name) and asked_by_program():
            raise CantTell(f".{name} of a size")
        raise AttributeError(f"'int' object has no attribute {name!r}")

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def with_size(self, other, function):
        """Return a size made of two, or leave it to arrays."""
        if isinstance(other, SEQUENCES):
            raise CantTell(f"an operator of a size and a {type(other).__name__}")
        if isinstance(other, (Size, int)) and not isinstance(other, bool):
            return function(self.poly, poly_of(other))
        return NotImplemented

    def __add__(self, other):
        value = self.with_size(other, lambda a, b: a + b)
        return value if value is NotImplemented else plain(value)

    def __mul__(self, other):
        value = self.with_size(other, times)
        return value if value is NotImplemented else plain(value)

    def __sub__(self, other):
        value = self.with_size(other, lambda a, b: a - b)
        return value if value is NotImplemented else plain(value)

    def __rsub__(self, other):
        value = self.with_size(other, lambda a, b: b - a)
        return value if value is NotImplemented else plain(value)

    __radd__, __rmul__ = __add__, __mul__

    def __floordiv__(self, other):
        value = self.with_size(other, divided)
        return value if value is NotImplemented else plain(value)

    def __mod__(self, other):
        if self.with_size(other, divided) is NotImplemented:
            return NotImplemented
        return 0

    def __eq__(self, other):
        return self.compare(other, "==")

    def __ne__(self, other):
        value = self.compare(other, "==")
        return value if value is NotImplemented else not value

    def __bool__(self):
        return self.compare(0, ">")

    def __index__(self):
        raise CantTell(f"{self} is needed as a number: a loop over {self}?")

    def __float__(self):
        raise CantTell(f"{self} is needed as a number")

    __int__ = __index__

    def compare(self, other, sign):
        """Decide a comparison that has one answer for all sizes, else refuse."""
        if hasattr(type(other), "permuted"):  # an array that remembers
            value = None if any(other.axes) else other.poly.constant
            if value is None or value != int(value):
                return NotImplemented
            other = int(value)
        if isinstance(other, (np.bool_, np.integer, np.floating)):
            other = other.item()
        if not isinstance(other, (Size, int, float, Fraction)):
            if sign == "==" and isinstance(other, NO_NUMBERS):
                return False
            raise CantTell(f"{self} is compared with a {type(other).__name__}")
        if isinstance(other, float) and not math.isfinite(other):
            return sign in ("<", "<=") if other > 0 else sign[0] == ">" and other < 0
        if not isinstance(other, Size):
            if other != int(other):
                raise CantTell(f"{self} is compared with {other}")
            other = int(other)
        answer = decided_for_most(self.poly - poly_of(other), sign)
        if answer is None:
            raise CantTell(f"{self} {sign} {other} depends on the sizes")
        return answer


SEQUENCES = list, tuple, str, bytes
NO_NUMBERS = (str, bytes, type(None), tuple, list, dict, set)

NOT_KNOWN = """abs and ceil divmod floor invert lshift pos rand rdivmod rlshift rmod ror
round rrshift rshift rxor trunc xor or"""


def not_known(name):
    """Return a method of a size that refuses."""

    def method(self, *args):
        raise CantTell(f"{name} of a size")

    return method


for short in NOT_KNOWN.split():
    if f"__{short}__" not in vars(Size):
        setattr(Size, f"__{short}__", not_known(short))


def made_of_sizes(poly):
    """Tell whether a polynomial has no letters but sizes, which are 1 or more."""
    return all(one.kind == "size" for one in poly.atoms())


def decided_for_most(gap, sign):
    """Compare with 0 for all sizes, or for those above 1, which are noted; or None."""
    if not made_of_sizes(gap):
        return None
    for least in (1, 2):
        answer = decided(gap, sign, least)
        if answer is not None:
            if least > 1:
                for one in gap.atoms():
                    bounds.demand(one.args[0], least)
            return answer
    return None


def ordered(a, b):
    """Return two lengths, the smaller first; None where that depends on the sizes."""
    gap = poly_of(a) - poly_of(b)
    if decided_for_most(gap, "<="):
        return a, b
    return (b, a) if decided_for_most(gap, ">=") else None


def decided(gap, sign, least):
    """Compare a polynomial in sizes, each of them ``least`` or more, with 0."""
    low = high = gap.constant
    if low is None:
        moved_up = in_excess(gap, least)
        values = [moved_up.get((), 0)]
        rest = [c for term, c in moved_up.items() if term]
        low = values[0] if all(c > 0 for c in rest) else None
        high = values[0] if all(c < 0 for c in rest) else None
    above = low is not None and low > 0
    below = high is not None and high < 0
    answers = {
        "==": True if low == high == 0 else False if above or below else None,
        ">": True if above else False if high is not None and high <= 0 else None,
        ">=": True if low is not None and low >= 0 else False if below else None,
        "<": True if below else False if low is not None and low >= 0 else None,
        "<=": True if high is not None and high <= 0 else False if above else None,
    }
    return answers[sign]


UNDECIDED = {("?",): 1, ("!",): -1}


def in_excess(gap, least):
    """Return the coefficients of a polynomial in N - least, D - least …"""
    result = {}
    if not made_of_sizes(gap):
        return UNDECIDED
    for term, c in gap.terms.items():
        names = [one.args[0] for one, p in term for _ in range(int(p))]
        if any(p != int(p) or p < 0 for _, p in term):
            return UNDECIDED
        for kept in product((0, 1), repeat=len(names)):
            left = tuple(sorted(n for n, k in zip(names, kept) if k))
            result[left] = result.get(left, 0) + c * least ** (len(names) - sum(kept))
    return {term: c for term, c in result.items() if c or not term}


def divided(a, b):
    """Divide sizes without remainder."""
    from mlp.tracing.functions import power

    value = times(a, power(b, -1))
    for term, c in value.terms.items():
        if whole(c) != int(c) or any(p < 0 or p != int(p) for _, p in term):
            raise CantTell(f"{a!r} // {b!r} depends on the sizes")
    return value


def poly_of(n):
    """Return a length as a polynomial."""
    return n.poly if isinstance(n, Size) else number(int(n))


def plain(poly):
    """Return a polynomial in sizes as a Size, or as an int."""
    n = poly.constant
    if not made_of_sizes(poly):
        raise CantTell("a length that depends on the data")
    return int(n) if n is not None else Size(poly)


def axis_of(length):
    """Return the axis of a length."""
    if not isinstance(length, Size):
        n = int(length)
        if n < 1:
            raise CantTell(f"an axis of length {n}")
        return () if n == 1 else ((1,) * n,) if n <= SMALL else ((n,),)
    terms = length.poly.terms
    if len(terms) == 1:
        return product_axis(*next(iter(terms.items())))
    segments = []
    for term, c in terms.items():
        if c < 1 or len(term) > 1 or whole(c) != int(c) or any(p != 1 for _, p in term):
            raise CantTell(f"an axis of length {length}")
        segments += [term[0][0].args[0] if term else 1] * int(c)
    return (tuple(segments),)


def product_axis(term, c):
    """Return the axis of a length such as N, 4 H or N D."""
    names = [one.args[0] for one, p in term for _ in range(int(p))]
    if whole(c) != int(c) or c < 1 or any(p < 0 or p != int(p) for _, p in term):
        raise CantTell("an axis of a length that is no whole number")
    factors = [(1,) * int(c)] if c > 1 else []
    return normal([*factors, *[(name,) for name in names]])


def normal(factors):
    """Write the factors of an axis in one way: (1, 1)(H) as (H, H)."""
    result = []
    for factor in factors:
        if factor == (1,):
            continue
        last = result[-1] if result else ()
        if last and set(last) == {1} and len(set(factor)) == 1:
            result[-1] = factor * len(last)
        else:
            result.append(factor)
    return tuple(result)


def length_of(axis):
    """Return the length of an axis."""
    poly = number(1)
    for factor in axis:
        poly = times(poly, sum((size(s) for s in factor), number(0)))
    return plain(poly)


def places(axis, first):
    """Yield the places on an axis: for every choice of segments one with letters.

    The letters get numbers from ``first`` on.
    """
    options = []
    for number_of, factor in enumerate(axis):
        here = []
        for c, segment in enumerate(factor):
            place = [("#", c)] if len(factor) > 1 else []
            place += [("i", first + number_of, segment)] if segment != 1 else []
            here.append(tuple(place))
        options.append(here)
    for parts in product(*options):
        yield tuple(k for part in parts for k in part)


def all_places(axes, first):
    """Yield the places of an array, a tuple of places on its axes each."""
    firsts = [first + sum(map(len, axes[:n])) for n in range(len(axes))]
    yield from product(*[list(places(axis, n)) for axis, n in zip(axes, firsts)])


def letters_of(place):
    """Return the letters of a place of an array, in order."""
    return tuple(k for part in place for k in part if k[0] == "i")


def fine_of(axes):
    """Return the factors of all axes, (H, H) cut into (1, 1)(H)."""
    fine = []
    for axis in axes:
        for factor in axis:
            if len(set(factor)) > 1:
                raise CantTell("reshape of an axis that is made of different blocks")
            if len(factor) > 1 and factor[0] != 1:
                fine += [(1,) * len(factor), factor[:1]]
            else:
                fine.append(factor)
    return fine


def regrouped(axes, lengths):
    """Return the axes of a reshaped array."""
    todo, groups = fine_of(axes), []
    for length in lengths:
        want, group = poly_of(length), []
        while want != number(1):
            if not todo:
                raise CantTell("reshape to a shape that does not fit")
            factor = todo.pop(0)
            n = len(factor)
            if factor[0] == 1 and (most := coefficient(want)) % n:
                if most == 1 or n % most:
                    raise CantTell("reshape to a shape that does not fit")
                todo.insert(0, (1,) * (n // most))
                factor = (1,) * most
            group.append(factor)
            want = divided(want, sum((size(s) for s in factor), number(0)))
        groups.append(group)
    if todo:
        raise CantTell("reshape to a shape that does not fit")
    return tuple(normal(group) for group in groups)


def coefficient(poly):
    """Return the number in a product of sizes."""
    if len(poly.terms) != 1:
        raise CantTell("reshape to a shape that does not fit")
    return int(next(iter(poly.terms.values())))


def reshaped_place(place, old, new):
    """Return the place in an array with axes ``new`` of a place in one with ``old``."""
    flat = [k for part in place for k in part]
    flat = translate(flat, fine_of(old), fine_of(new))
    result = []
    for axis in new:
        n = len(fine_of([axis]))
        result.append(tuple(flat[:n]))
        flat = flat[n:]
    return tuple(result)


def flat_number(values, factors):
    """Return one number for the positions on several small factors."""
    n = 0
    for value, factor in zip(values, factors):
        n = n * len(factor) + value
    return n


def split_number(n, factors):
    """Return the positions on several small factors for one number."""
    values = []
    for factor in reversed(factors):
        n, value = divmod(n, len(factor))
        values.append(value)
    return values[::-1]


def runs(factors):
    """Yield the runs of neighboring factors that are small, and the others alone."""
    run = []
    for factor in factors:
        if set(factor) == {1}:
            run.append(factor)
            continue
        if run:
            yield run
        yield [factor]
        run = []
    if run:
        yield run


def translate(indices, old, new):
    """Write the indices on factors ``old`` as indices on factors ``new``."""
    result, indices = [], list(indices)
    for before, after in zip(runs(old), runs(new)):
        if set(before[0]) != {1}:
            result.append(indices.pop(0))
            continue
        here = [indices.pop(0) for _ in before]
        if any(k[0] != "#" for k in here):
            if len(before) == len(after) and before == after:
                result += here
                continue
            raise CantTell("a label on an axis that is reshaped")
        n = flat_number([k[1] for k in here], before)
        result += [("#", k) for k in split_number(n, after)]
    return result


def total_length(axes):
    """Return the number of entries."""
    value = 1
    for axis in axes:
        value = length_of(axis) * value
    return value
