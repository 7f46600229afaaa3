"""The largest entry of an axis: the entry at a label, where the maximum is.

The label is a name for argmax, of which nothing is used but that it is the same for the
same numbers, and that it stays where it is when the inputs move a little: so it does
for almost all inputs. What is proved for every label is so for this one.
"""

from mlp.tracing import arrays as ar
from mlp.tracing.axes import Ordered, Size, all_places, places
from mlp.tracing.items import RANGES, ways_to
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import ONE, ZERO, all_atoms, delta, put, times

SOURCES = {}  # name of a label: (letters, [(place on the axis, number there)])


class Bounded(Ordered):
    """The least and the largest of labels 0 … K - 1: known only to be in between."""

    def __init__(self, length):
        self.length = length

    def compare(self, other, sign):
        """Compare with what is outside of 0 … K - 1."""
        low, high = 0, self.length - 1
        if sign in ("<", ">="):
            if low >= other:
                return sign == ">="
            if high < other:
                return sign == "<"
        else:
            if low > other:
                return sign == ">"
            if high <= other:
                return sign == "<="
        raise CantTell("a branch on labels")

    def __add__(self, other):
        raise CantTell("a size made of labels")

    __radd__ = __sub__ = __mul__ = __add__


def largest(array, axis, keepdims):
    """Return the maximum over axes, given as numbers."""
    if array.index:
        return bounded_labels(array)
    for n in sorted(axis, reverse=True):
        array = largest_along(array, n)
    return array if keepdims else without(array, axis)


def bounded_labels(array):
    """Return what is known of the largest label."""
    index = array.index(next(iter(all_places(array.axes, 100))))
    if index[0] != "L" or isinstance(RANGES[index[1]], tuple):
        raise CantTell("the largest of positions")
    return Bounded(length_from(RANGES[index[1]]))


def length_from(name):
    """Return a range as a length."""
    from mlp.tracing.sums import size

    return name if isinstance(name, int) else Size(size(name))


def without(array, axis):
    """Drop axes of length 1."""
    result = array.reshaped([n for k, n in enumerate(array.shape) if k not in axis])
    return ar.in_any_order(ar.Array(ar.Store(result.axes, result.reader(), array.kind)))


def largest_along(array, n):
    """Return the maximum along one axis, which stays as one of length 1."""
    axis, read = array.axes[n], array.reader()
    if not axis:
        return array
    label = label_of(array, n)

    def formula(place):
        outer = tuple(k for m, part in enumerate(place) if m != n for k in part)
        index = label(outer)
        value = ZERO
        for condition, here in ways_to(axis, index):
            value = value + times(condition, read((*place[:n], here, *place[n + 1 :])))
        return value

    axes = (*array.axes[:n], (), *array.axes[n + 1 :])
    return ar.in_any_order(ar.Array(ar.Store(axes, formula, array.kind), scalar=False))


def label_of(array, n):
    """Return the function from places to the label of the maximum along an axis."""
    axis, read = array.axes[n], array.reader()
    if len(axis) != 1 or (len(axis[0]) > 1 and set(axis[0]) != {1}):
        raise CantTell("a maximum over an axis of blocks")

    known = {}

    def name_for(segments):
        """One label for each block of the other axes."""
        if segments not in known:
            known[segments] = named(segments)
        return known[segments]

    def named(segments):
        first = [
            ("i", 600 + m, k[2]) if k[0] == "i" else k for m, k in enumerate(segments)
        ]
        letters, outer = [k for k in first if k[0] == "i"], iter(first)
        place = []
        for m, part in enumerate(general):
            place.append(None if m == n else tuple(next(outer) for _ in part))
        source = []
        for here in places(axis, 700):
            place[n] = here
            source.append((here, read(tuple(place))))
        return name_of(tuple(letters), tuple(source), axis)

    general = [None]

    def label(outer):
        kinds = tuple(k if k[0] == "#" else ("i", 0, range_of(k)) for k in outer)
        general[:] = shapes_of(array.axes, n, outer)
        name = name_for(kinds)
        return ("L", name, tuple(k for k in outer if k[0] != "#"))

    return label


def shapes_of(axes, n, outer):
    """Cut the indices of the other axes into their places."""
    result, rest = [], list(outer)
    for m, axis in enumerate(axes):
        if m == n:
            result.append(())
            continue
        part = []
        for factor in axis:
            segment = factor[0]
            if len(factor) > 1:
                c = rest.pop(0)
                part.append(c)
                segment = factor[c[1]]
            if segment != 1:
                part.append(rest.pop(0))
        result.append(tuple(part))
    return result


def range_of(index):
    """Return the range of an index that is not a segment."""
    return index[2] if index[0] == "i" else RANGES[index[1]]


NAMES_OF_LABELS = {}


def name_of(letters, source, axis):
    """Return the name of the label for the maximum of these numbers."""
    key = (letters, source)
    if key not in NAMES_OF_LABELS:
        name = f"top{len(NAMES_OF_LABELS) + 1}"
        NAMES_OF_LABELS[key] = name
        SOURCES[name] = key
        RANGES[name] = len(axis[0]) if len(axis[0]) > 1 else axis[0][0]
    return NAMES_OF_LABELS[key]


def argmax(array, axis=None, keepdims=False):
    """Return the labels of the maxima along an axis."""
    array = ar.as_array(array)
    if axis is None and array.ndim == 1:
        axis = 0
    if not isinstance(axis, int) or keepdims:
        raise CantTell("argmax of a whole array")
    n = axis % array.ndim
    axes = (*array.axes[:n], *array.axes[n + 1 :])
    if not array.axes[n]:
        return ar.Array(ar.Store(axes, lambda p: ZERO, "i"), index=lambda p: ("#", 0))
    label = label_of(array, n)

    def refuse(place):
        raise CantTell("a label as a number")

    def index(place):
        return label(tuple(k for part in place for k in part))

    return ar.Array(ar.Store(axes, refuse, "i"), index=index, scalar=False)


def at_top(u, top):
    """Return [u is at the place of the maximum], if top is one, and u beside it.

    None where that is not seen, or where two entries may be the same on more than a
    null set.
    """
    for label in labels_in(top):
        letters, source = SOURCES[label[1]]
        there = dict(zip(letters, label[2]))
        options = [(here, put(poly, there)) for here, poly in source]
        value = ZERO
        for here, poly in options:
            ways = [(delta(label, here[0]), poly)]
            if here[0][0] == "i":
                ways = [(ONE, put(poly, {here[0]: label}))]
            value = value + sum((times(c, p) for c, p in ways), ZERO)
        if value != top or not distinct(letters, source):
            continue
        for here, poly in options:
            spots = [here[0]]
            if here[0][0] == "i":
                spots = [k for k in u.free if k[2] == here[0][2]]
            for spot in spots:
                if put(poly, {here[0]: spot}) == u:
                    return delta(spot, label)
    return None


def labels_in(u):
    """Return the labels of maxima in a polynomial."""
    found = []
    for part in {
        part for one in u.atoms() if "label" in one.has for part in all_atoms(one)
    }:
        if part.kind == "entry":
            found += [k for k in part.args[1] if k[0] == "L" and k[1] in SOURCES]
        elif part.kind == "delta":
            found += [k for k in part.args if k[0] == "L" and k[1] in SOURCES]
    return sorted(set(found), key=repr)


def distinct(letters, source):
    """Tell whether no two of the numbers are the same but on a null set."""
    from mlp.tracing.masks import is_one_piece
    from mlp.tracing.values import never_the_same

    kinds = frozenset().union(*[one.has for _, poly in source for one in poly.atoms()])
    if kinds & {"mask", "label", "delta"} or not never_the_same(letters, source):
        return False
    return all(is_one_piece(gap, apart) for gap, apart in gaps(source))


def gaps(source):
    """Yield the differences of two numbers, with the letters that are not the same."""
    for n, (here, poly) in enumerate(source):
        if here[-1][0] == "i":
            other = ("i", 790, here[-1][2])
            yield poly - put(poly, {here[-1]: other}), (here[-1], other)
        for _, other in source[:n]:
            yield poly - other, ()


def forget_labels():
    """Begin anew."""
    NAMES_OF_LABELS.clear()
    for name in SOURCES:
        RANGES.pop(name, None)
    SOURCES.clear()
