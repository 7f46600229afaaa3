"""x[key] and x[key] = value: slices are views; masks and labels choose entries."""

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing.axes import Size, all_places, bounds, length_of, letters_of, poly_of
from mlp.tracing.contractions import in_64_bits
from mlp.tracing.operators import OPERATORS
from mlp.tracing.refusal import CantTell, asked_by_program
from mlp.tracing.sums import (
    ONE,
    ZERO,
    delta,
    number,
    product_of,
    size,
    times,
    total,
)


class RangeOf:
    """range(N): it can be an index, and it can't be walked through."""

    def __init__(self, n):
        self.n = n

    def __getattribute__(self, name):
        if asked_by_program():
            raise CantTell(f".{name} of a range")
        return object.__getattribute__(self, name)

    def __iter__(self):
        raise CantTell(f"a loop over {self.n}")

    def __len__(self):
        raise CantTell(f"a loop over {self.n}")

    def as_array(self):
        """Return the positions as an array."""
        return arange(self.n)


def arange(n):
    """Return the array of the positions 0 … n - 1."""
    from mlp.tracing.axes import axis_of

    axis = axis_of(n)
    numeric = axis and set(axis[0]) == {1}
    if len(axis) > 1 or (axis and len(axis[0]) > 1 and not numeric):
        raise CantTell(f"arange({n})")

    def formula(place):
        index = place[0][0] if place[0] else ("#", 0)
        if index[0] != "#":
            raise CantTell("a position as a number")
        return number(index[1])

    store = ar.Store((axis,), formula, "i")
    return ar.Array(store, scalar=False, index=lambda p: p[0][0] if p[0] else ("#", 0))


def index_reader(array):
    """Return the function from places to indices of an array of indices."""
    if array.index:
        return array.index
    if array.ndim == 0 and array.poly.constant is not None:
        n = array.poly.constant
        if n != int(n) or n < 0:
            raise CantTell(f"the index {n}")
        return lambda place: ("#", int(n))
    raise CantTell("values are used as indices")


def expand(array, key):
    """Return a key as a list: … written out, and all axes named."""
    key = list(key) if isinstance(key, tuple) else [key]
    key = [k.as_array() if isinstance(k, RangeOf) else k for k in key]
    key = [
        ar.as_array(np.array(k)) if isinstance(k, (list, np.ndarray)) else k
        for k in key
    ]
    used = sum(key_axes(k) for k in key)
    if used > array.ndim:
        raise IndexError("too many indices for array")
    rest = [slice(None)] * (array.ndim - used)
    for n, k in enumerate(key):
        if k is Ellipsis:
            return key[:n] + rest + key[n + 1 :]
    return key + rest


def key_axes(k):
    """Return how many axes a part of a key takes."""
    if k is None or k is Ellipsis:
        return 0
    return k.ndim if isinstance(k, ar.Array) and k.kind == "b" else 1


def is_basic(k):
    """Tell a part of a key that makes a view."""
    return (
        k is None
        or isinstance(k, (slice, int, np.integer, Size))
        and not isinstance(k, bool)
    )


def get_item(array, key):
    """Return x[key]."""
    key = expand(array, key)
    if all(map(is_basic, key)):
        view = basic_view(array, key)
        return view if view.axes else frozen_scalar(view)
    if any(isinstance(k, ar.Array) and k.kind == "b" for k in key):
        return Picked(array, mask_of_key(array, key))
    return chosen(array, key)


def set_item(array, key, value):
    """Do x[key] = value."""
    key = expand(array, key)
    if all(map(is_basic, key)):
        basic_view(array, key).assign(value)
    elif any(isinstance(k, ar.Array) and k.kind == "b" for k in key):
        write_masked(array, mask_of_key(array, key), value)
    else:
        write_chosen(array, key, value)


# slices and positions: views


def basic_view(array, key):
    """Return the view for slices, positions and new axes."""
    axes, inward, outward, n = [], [], [], 0
    for k in key:
        if k is None:
            axes.append(())
            outward.append(None)
            continue
        axis = array.axes[n]
        if is_first(axis, k):
            inward.append((n, None, position(axis, 0), axis, None))
            axes.append(())
        elif isinstance(k, slice):
            segments = selected(axis, k)
            new = axis if segments is None else cut(axis, segments)
            inward.append((n, len(axes), segments, axis, new))
            axes.append(new)
            outward.append(n)
        else:
            inward.append((n, None, position(axis, k), axis, None))
        n += 1
    whole = all(step[2] is None for step in inward)

    def down(place):
        return tuple(
            step[2] if step[1] is None else into(place[step[1]], *step[2:])
            for step in inward
        )

    def up(place):
        condition, result = ONE, [()] * len(axes)
        for (_, target, chosen_part, axis, new), here in zip(inward, place):
            if target is None:
                condition = times(condition, same_place(here, chosen_part))
            else:
                back = out_of(here, chosen_part, axis, new)
                if back is None:
                    return ZERO, None
                result[target] = back
            if not condition:
                return ZERO, None
        return condition, tuple(result)

    return array.view(tuple(axes), down, up, contiguous=whole)


def is_first(axis, k):
    """Tell a slice of the first entry alone, [:1], on an axis of symbolic length."""
    return (
        isinstance(k, slice)
        and k.start in (None, 0)
        and k.step in (None, 1)
        and type(k.stop) is int
        and k.stop == 1
        and len(axis) == 1
        and set(axis[0]) != {1}
    )


def frozen_scalar(view):
    """Return one number as NumPy does, which is no view."""
    read, index = view.reader(), view.index
    return ar.Array(ar.Store((), lambda p: read(p), view.kind), index=index)


def same_place(here, there):
    """Return 1 where two places on an axis are the same."""
    if len(here) != len(there):
        return ZERO  # in segments of different kind
    return product_of(map(delta, here, there))


def position(axis, k):
    """Return the place of a position on an axis."""
    if isinstance(k, Size):
        raise CantTell(f"the position {k}")
    k = int(k)
    if not axis:
        if k not in (0, -1):
            raise IndexError(f"index {k} is out of bounds for axis with size 1")
        return ()
    if len(axis) > 1:
        raise CantTell("a position on an axis that reshape made")
    factor = axis[0]
    if set(factor) == {1}:
        if not -len(factor) <= k < len(factor):
            raise IndexError(
                f"index {k} is out of bounds for axis with size {len(factor)}"
            )
        return (("#", k % len(factor)),)
    if k < 0:
        raise CantTell(f"the position {k} on an axis of length {length_of(axis)}")
    segment = factor[0]
    if segment == 1:
        if k:
            raise CantTell(f"the position {k} on an axis of several blocks")
        return (("#", 0),)
    if isinstance(segment, str) and k:
        bounds.demand(segment, k + 1)
    return ((("#", 0),) if len(factor) > 1 else ()) + (("#", k),)


def selected(axis, k):
    """Return the numbers of the segments that a slice selects, None for all."""
    if k.start in (None, 0) and k.stop is None and k.step in (None, 1):
        return None
    if not axis:
        n = len(range(*k.indices(1)))
        return None if n else refuse_empty()
    n = length_of(axis)
    if k.step in (None, 1) and k.start in (None, 0) and same_length(k.stop, n):
        return None
    if len(axis) > 1:
        raise CantTell("a slice of an axis that reshape made")
    factor = axis[0]
    if set(factor) == {1}:
        chosen_ones = list(
            range(
                *slice(*map(plain_int, (k.start, k.stop, k.step))).indices(len(factor))
            )
        )
        return chosen_ones if chosen_ones else refuse_empty()
    if k.step not in (None, 1):
        raise CantTell(f"a slice with step {k.step} of an axis of length {n}")
    ends = [number(0)]
    for segment in factor:
        ends.append(ends[-1] + size(segment))
    start = boundary(0 if k.start is None else k.start, ends)
    stop = boundary(n if k.stop is None else k.stop, ends)
    return list(range(start, stop)) if start < stop else refuse_empty()


def plain_int(k):
    """Return an int of a slice; None stays."""
    if isinstance(k, Size):
        raise CantTell(f"the slice end {k}")
    return k if k is None else int(k)


def same_length(k, n):
    """Tell whether a slice ends where the axis does."""
    if k is None:
        return True
    gap = poly_of(k) - poly_of(n) if isinstance(k, (int, np.integer, Size)) else ONE
    return not gap


def refuse_empty():
    """Raise."""
    raise CantTell("an empty slice")


def boundary(k, ends):
    """Return the number of the segment that begins at a position."""
    k = poly_of(k)
    for end in (k, ends[-1] + k):
        if end in ends:
            return ends.index(end)
    raise CantTell(f"a slice at {k!r} of an axis of length {ends[-1]!r}")


def cut(axis, segments):
    """Return an axis of some segments of another."""
    factor = tuple(axis[0][s] for s in segments)
    return () if factor == (1,) else (factor,)


def into(here, segments, axis, new):
    """Return the place in the whole axis of a place in its slice."""
    if segments is None:
        return here
    if len(segments) == 1:
        chosen_one, rest = segments[0], here
    else:
        if here[0][0] != "#":
            raise CantTell("a label on an axis that is sliced")
        chosen_one, rest = segments[here[0][1]], here[1:]
    return (("#", chosen_one), *rest) if len(axis[0]) > 1 else rest


def out_of(here, segments, axis, new):
    """Return the place in the slice of a place on the axis; None outside of it."""
    if segments is None:
        return here
    if len(axis[0]) == 1:
        return here
    if here[0][1] not in segments:
        return None
    if len(segments) == 1:
        return here[1:]
    return (("#", segments.index(here[0][1])), *here[1:])


# masks


class Picked:
    """x[mask]: as many entries as the mask says, to be written where they came from."""

    __array_priority__ = 2000
    __array_ufunc__ = None

    def __init__(self, full, mask):
        self.full, self.mask = full.copy() if full.ndim else full, mask

    def __getattribute__(self, name):
        if asked_by_program():
            raise CantTell("the shape of x[mask] depends on the data")
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        raise CantTell("the shape of x[mask] depends on the data")

    def with_other(self, function, other):
        """Compute with a number, or with what the same mask picked."""
        if isinstance(other, Picked):
            if not same_mask(other.mask, self.mask):
                raise CantTell("entries that two masks picked")
            other = other.full
        elif not isinstance(other, Size) and ar.as_array(other).ndim:
            raise CantTell("x[mask] with an array")
        return Picked(function(self.full, other), self.mask)


def picked_operator(name):
    """Return the method of an operator."""
    return lambda self, other: self.with_other(
        lambda a, b: getattr(ar.Array, name)(a, ar.as_array(b)), other
    )


for short in OPERATORS:
    for prefix in ("", "r"):
        method = f"__{prefix}{short}__"
        setattr(Picked, method, picked_operator(method))
Picked.__neg__ = lambda self: Picked(-self.full, self.mask)


def same_mask(a, b):
    """Tell whether two masks are the same, entry by entry."""
    return a.axes == b.axes and all(a.at(p) == b.at(p) for p in all_places(a.axes, 100))


def mask_of_key(array, key):
    """Return a mask of the array's shape; only a mask of the first axes is known."""
    mask, *rest = key
    if (
        not isinstance(mask, ar.Array)
        or mask.kind != "b"
        or any(k != slice(None) for k in rest)
    ):
        raise CantTell("a mask beside other indices")
    if mask.axes != array.axes[: mask.ndim]:
        raise ar.mismatch(array.shape, mask.shape)
    read, n = mask.reader(), mask.ndim
    return ar.Array(ar.Store(array.axes, lambda p: read(p[:n]), "b"), scalar=False)


def write_masked(array, mask, value):
    """Do x[mask] = value."""
    if isinstance(value, Picked):
        if not same_mask(value.mask, mask):
            raise CantTell("entries that another mask picked")
        value = value.full
    elif (value := ar.as_array(value)).ndim:
        raise CantTell("x[mask] = an array")
    old, new, m = array.reader(), value.broadcast(array.axes).reader(), mask.reader()

    def formula(place):
        return times(m(place), new(place)) + times(ONE - m(place), old(place))

    kind = max(value.kind, array.kind, key="bif".index)
    kind = array.kind if value.kind == "i" and array.kind == "f" else kind
    array.assign(ar.Array(ar.Store(array.axes, formula, kind), scalar=False))


# labels and positions in arrays


def choice(array, key):
    """Return the axes of x[key] and how its places lead to the array's.

    Returns
    -------
    common : tuple of axes
        Of the arrays of indices, broadcast together.
    front : int
        Which axis of the result is their first one.
    pairs : list of pairs (axis, reader of its index, or None for all of it)
    """
    if any(k is None or k is Ellipsis for k in key):
        raise CantTell("a new axis beside arrays of indices")
    pairs, found = [], [n for n, k in enumerate(key) if not isinstance(k, slice)]
    arrays = {n: ar.as_array(key[n]) for n in found}
    common = ar.common_axes(*arrays.values())
    for n, k in enumerate(key):
        if isinstance(k, slice):
            if selected(array.axes[n], k) is not None:
                raise CantTell("a slice beside arrays of indices")
            pairs.append((n, None))
        else:
            one = arrays[n]
            pairs.append((n, index_reader(one.broadcast(common) if one.ndim else one)))
    together = found == list(range(found[0], found[-1] + 1))
    return common, found[0] if together else 0, pairs


def chosen(array, key):
    """Return x[labels] and the like, a copy."""
    common, front, pairs = choice(array, key)
    kept = [array.axes[n] for n, index in pairs if index is None]
    axes = (*kept[:front], *common, *kept[front:])
    read = array.reader()

    def formula(place):
        here = place[front : front + len(common)]
        others = iter([*place[:front], *place[front + len(common) :]])
        options = [(ONE, ())]
        for n, index in pairs:
            if index is None:
                part = next(others)
                options = [(c, (*p, part)) for c, p in options]
            else:
                ways = ways_to(array.axes[n], index(here))
                options = [(times(c, d), (*p, q)) for c, p in options for d, q in ways]
        return sum((times(c, read(p)) for c, p in options), ZERO)

    index = None
    if array.index and all(len(array.axes[n]) <= 1 for n, _ in pairs):
        raise CantTell("labels of labels")
    scalar = None if axes else True
    store = ar.Store(axes, formula, array.kind)
    return ar.in_any_order(ar.Array(store, scalar=scalar, index=index))


def ways_to(axis, index):
    """Return pairs (condition, place) for an index on an axis."""
    if not axis:
        return [(ONE, ())]
    if len(axis) > 1:
        raise CantTell("an index on an axis that reshape made")
    factor = axis[0]
    if len(factor) == 1:
        check_label(index, factor[0])
        return [(ONE, (index,))]
    if set(factor) != {1}:
        raise CantTell("an index on an axis of blocks")
    check_label(index, len(factor))
    if index[0] == "#":
        return [(ONE, (index,))] if index[1] < len(factor) else refuse_index(index)
    return [(delta(index, ("#", c)), (("#", c),)) for c in range(len(factor))]


def refuse_index(index):
    """Raise."""
    raise IndexError(f"index {index[1]} is out of bounds")


def check_label(index, segment):
    """Refuse an index that runs over another range than its axis."""
    own = label_range(index)
    if own is not None and own != segment:
        raise ar.ShapesDontFit(f"indices 0 … {own} - 1 on an axis of length {segment}")


RANGES = {}  # name of a label: the range of its values


def label_range(index):
    """Return the range of an index; None for a position."""
    return (
        index[2] if index[0] == "i" else RANGES[index[1]] if index[0] == "L" else None
    )


def write_chosen(array, key, value):
    """Do x[arange(N), y] = value, where no place is written twice."""
    common, front, pairs = choice(array, key)
    kept = [array.axes[n] for n, index in pairs if index is None]
    value = ar.as_array(value).broadcast((*kept[:front], *common, *kept[front:]))
    read, old = value.reader(), array.reader()
    general = next(iter(all_places(common, 400)))
    solved = solvable(common, pairs, general)

    def formula(place):
        condition, here, others = ONE, {}, []
        for n, index in pairs:
            if index is None:
                others.append(place[n])
            elif n in solved:
                here[solved[n]] = place[n]
        spot = tuple(here.get(m, general[m]) for m in range(len(common)))
        for n, index in pairs:
            if index is not None and n not in solved:
                condition = times(
                    condition, condition_of(array.axes[n], index(spot), place[n])
                )
        target = (*others[:front], *spot, *others[front:])
        if not condition:
            return old(place)
        return times(condition, read(target)) + times(ONE - condition, old(place))

    kind = array.kind if value.kind == "i" else value.kind
    array.assign(ar.Array(ar.Store(array.axes, formula, kind), scalar=False))


def condition_of(axis, index, place):
    """Return 1 where an index is the place on an axis."""
    return sum((times(c, same_place(q, place)) for c, q in ways_to(axis, index)), ZERO)


def solvable(common, pairs, general):
    """Map array axes to the axis of the indices that alone decides where on it one is.

    Raises
    ------
    CantTell
        If one place might be written twice.
    """
    solved = {}
    for m, axis in enumerate(common):
        if not axis:
            continue
        for n, index in pairs:
            if (
                index is not None
                and n not in solved
                and index(general) == general[m][0]
                and len(general[m]) == 1
            ):
                solved[n] = m
                break
        else:
            raise CantTell("a write at labels, of which two may be the same")
    return solved


def add_at(array, key, value):
    """Do np.add.at(x, key, value), which adds as often as an index occurs."""
    key = expand(array, key)
    common, front, pairs = choice(array, key)
    kept = [array.axes[n] for n, index in pairs if index is None]
    value = ar.as_array(value).broadcast((*kept[:front], *common, *kept[front:]))
    read, old = value.reader(), array.reader()

    def formula(place):
        others = [place[n] for n, index in pairs if index is None]
        result = old(place)
        for spot in all_places(common, 300):
            condition = ONE
            for n, index in pairs:
                if index is not None:
                    here = condition_of(array.axes[n], index(spot), place[n])
                    condition = times(condition, here)
            body = times(condition, read((*others[:front], *spot, *others[front:])))
            result = result + total(letters_of(spot), body)
        return result

    formula = in_64_bits(formula, array.kind)
    array.assign(ar.Array(ar.Store(array.axes, formula, array.kind), scalar=False))
