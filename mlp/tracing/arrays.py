"""Arrays that remember: a function from places to numbers, and views that share it.

A *store* holds what NumPy keeps in memory; an array looks at a store through two maps,
``down`` from its places to the store's and ``up`` back, which gives a condition, too.
Who writes into an array changes the store, so every other array that looks at it sees
the change; what was computed before keeps the values of its time.
"""

import numpy as np

from mlp.tracing.axes import (
    Size,
    axis_of,
    bounds,
    divided,
    length_of,
    plain,
    poly_of,
    regrouped,
    reshaped_place,
    total_length,
)
from mlp.tracing.constants import constant, demand_wide
from mlp.tracing.refusal import (
    CantTell,
    asked_by_program,
    clock,
    demand_real_name,
    line_now,
)
from mlp.tracing.sums import ONE, ZERO, number, product_of, put, times

REAL = np.ndarray, np.float64, np.int64, np.bool_, float, int  # what arrays stand for
DIGITS = 4096
DTYPES = {"f": np.dtype(float), "b": np.dtype(bool), "i": np.dtype(int)}


class Version:
    """What a store holds at one time: a formula, computed once for each block."""

    def __init__(self, axes, formula):
        self.axes, self.formula, self.known = axes, formula, {}
        self.line = line_now()

    def at(self, place):
        """Return the number at a place."""
        general, there = [], {}
        for n, part in enumerate(place):
            here = []
            for m, (index, segment) in enumerate(zip(part, slots(self.axes[n], part))):
                if segment is None:
                    here.append(index)
                else:
                    letter = ("i", 1 + 10 * n + m, segment)
                    here.append(letter)
                    there[letter] = index
            general.append(tuple(here))
        general = tuple(general)
        if general not in self.known:
            try:
                self.known[general] = not_too_long(self.formula(general))
            except CantTell as error:
                error.comes_from(self.line)
                raise
        return put(self.known[general], there)


def not_too_long(u):
    """Return a number; refuse digits that no float has: the exact ones never end."""
    n = u.constant
    if n is not None and max(map(int.bit_length, n.as_integer_ratio())) > DIGITS:
        raise CantTell(f"a fraction of more than {DIGITS} binary digits")
    return u


def slots(axis, part):
    """Return for each index of a place on an axis its range, None for a segment."""
    result, rest = [], list(part)
    for factor in axis:
        segment = factor[0]
        if len(factor) > 1:
            chosen = rest.pop(0)
            if chosen[0] != "#":
                raise CantTell("a label on an axis that is written out")
            result.append(None)
            segment = factor[chosen[1]]
        if segment != 1:
            rest.pop(0)
            result.append(segment)
    return result


class Store:
    """The memory of an array; ``frozen`` says why it must not be written any more."""

    def __init__(self, axes, formula, kind="f", name=None):
        clock.tick()
        self.axes, self.kind, self.name = axes, kind, name
        self.version = Version(axes, formula)
        self.frozen, self.changed = None, False

    def write(self, formula):
        """Put new values for the old ones: formula(place, old)."""
        if self.frozen:
            raise CantTell(self.frozen)
        old = self.version.at
        self.version = Version(self.axes, lambda place: formula(place, old))
        self.changed = True


class Array:
    """What a traced program holds in place of an ndarray."""

    __array_priority__ = 1000
    is_python = False  # whether it stands for a float, not for an array of NumPy's

    def __init__(self, store, axes=None, down=None, up=None, scalar=None, index=None):
        self.store = store
        self.axes = store.axes if axes is None else axes
        self.down = down or (lambda place: place)
        self.up = up or (lambda place: (ONE, place))
        self.contiguous = down is None
        self.readonly = None
        self.scalar = (not self.axes and down is None) if scalar is None else scalar
        self.index = index  # of an array of indices: from a place to an index

    # what an array is asked

    @property
    def kind(self):
        """Of the dtype: f, b or i."""
        return self.store.kind

    shape = property(lambda self: tuple(map(length_of, self.axes)))
    ndim = property(lambda self: len(self.axes))
    size = property(lambda self: total_length(self.axes))
    dtype = property(lambda self: DTYPES[self.kind])
    real = property(lambda self: self)
    nbytes = property(lambda self: refuse("nbytes"))

    @property
    def T(self):
        """The transpose, a view."""
        return self.permuted(range(self.ndim)[::-1])

    @property
    def mT(self):
        """The transpose of the matrices in the last two axes, a view."""
        if self.ndim < 2:
            raise ValueError("matrix transpose with ndim < 2 is undefined")
        *front, rows, columns = range(self.ndim)
        return self.permuted([*front, columns, rows])

    def reader(self):
        """Return the function from places to numbers, as they are now."""
        at, down = self.store.version.at, self.down
        return lambda place: at(down(place))

    def at(self, place):
        """Return the number at a place."""
        return self.store.version.at(self.down(place))

    @property
    def poly(self):
        """The number of an array without axes of length more than 1."""
        if any(self.axes):
            raise CantTell("an array is used as one number")
        return self.at(((),) * self.ndim)

    def __len__(self):
        if not self.axes:
            raise TypeError("len() of unsized object")
        return length_of(self.axes[0]).__index__()

    def __iter__(self):
        if not self.axes:
            raise TypeError("iteration over a 0-d array")
        n = length_of(self.axes[0])
        if isinstance(n, Size):
            raise CantTell(f"a loop over {n}")
        return iter([self[k] for k in range(n)])

    def __bool__(self):
        from mlp.tracing.operators import truth

        return truth(self)

    def __float__(self):
        raise CantTell("a float is made outside of the copied program")

    __int__ = __complex__ = __float__

    def __index__(self):
        raise CantTell("a value is used as an index")

    def __hash__(self):
        if asked_by_program():
            raise CantTell("a value is looked up in a set or a dict")
        return id(self)

    def __repr__(self):
        if asked_by_program():
            raise CantTell("the digits of a value are asked")
        return f"array of shape ({', '.join(map(str, self.shape))})"

    def __str__(self):
        if asked_by_program():
            raise CantTell("the digits of a value are asked")
        return repr(self)

    def __format__(self, how):
        if asked_by_program():
            raise CantTell("the digits of a value are asked")
        return repr(self)

    @property
    def __class__(self):
        if not asked_by_program():
            return Array
        from mlp.tracing.copying import our_type

        return our_type(self)

    def __array__(self, *args, **kwargs):
        raise CantTell("a function outside of the program asks for the numbers")

    def __setattr__(self, name, value):
        if name in ("shape", "dtype", "T", "mT", "flat", "real", "strides", "data"):
            raise CantTell(f"an assignment to .{name}")
        if asked_by_program():
            raise CantTell(f"an assignment to .{name}")
        object.__setattr__(self, name, value)

    def __getattribute__(self, name):
        if asked_by_program():
            own = object.__getattribute__
            demand_real_name(name, np.float64 if own(self, "scalar") else np.ndarray)
            python = own(self, "scalar") and own(self, "is_python")
            if python and not hasattr(float, name):
                raise CantTell(f".{name} of a float")
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        if name.startswith("__"):
            if asked_by_program() and any(hasattr(cls, name) for cls in REAL):
                raise CantTell(f".{name} of an array")
            raise AttributeError(name)
        from mlp.tracing.numpy_names import METHODS, with_known_options

        if name in METHODS:
            return lambda *args, **options: with_known_options(
                f"ndarray.{name}", METHODS[name], (self, *args), options
            )
        if any(hasattr(cls, name) for cls in REAL):
            raise CantTell(f"the method {name} of an array is not known")
        raise AttributeError(f"'numpy.ndarray' object has no attribute {name!r}")

    def __array_ufunc__(self, ufunc, method, *args, **options):
        from mlp.tracing.numpy_names import called

        return called(
            ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}",
            args,
            options,
        )

    def __array_function__(self, function, types, args, options):
        from mlp.tracing.numpy_names import called

        return called(function.__name__, args, options)

    # views

    def view(self, axes, down, up, contiguous=False):
        """Return an array that looks at the same store."""
        my_down, my_up = self.down, self.up

        def up_to_view(place):
            here, mine = my_up(place)
            if not here:
                return ZERO, None
            there, view_place = up(mine)
            return times(here, there), view_place

        result = Array(self.store, axes, lambda p: my_down(down(p)), up_to_view, False)
        result.contiguous = self.contiguous and contiguous
        result.readonly = self.readonly
        if self.index:
            result.index = lambda p, index=self.index: index(down(p))
        return result

    def permuted(self, order):
        """Return a transpose: its axis n is axis order[n]."""
        order = [n % self.ndim for n in order]
        if sorted(order) != list(range(self.ndim)):
            raise ValueError("axes don't match array")
        back = [order.index(n) for n in range(self.ndim)]
        return self.view(
            tuple(self.axes[n] for n in order),
            lambda p: tuple(p[n] for n in back),
            lambda p: (ONE, tuple(p[n] for n in order)),
            contiguous=order == sorted(order),
        )

    def reshaped(self, lengths):
        """Return the array in another shape: a view, or a copy where NumPy copies."""
        lengths = list(lengths)
        rest = [
            n
            for n, k in enumerate(lengths)
            if isinstance(k, (int, np.integer)) and k == -1
        ]
        if rest:
            others = number(1)
            for k in lengths[: rest[0]] + lengths[rest[0] + 1 :]:
                others = times(others, poly_of(k))
            lengths[rest[0]] = plain(divided(poly_of(self.size), others))
        if plain(poly_of(self.size) - product_of(map(poly_of, lengths))) != 0:
            raise ValueError(
                f"cannot reshape array of shape {self.shape} into {lengths}"
            )
        old = self.axes
        new = regrouped(old, lengths)
        if self.contiguous or [a for a in old if a] == [a for a in new if a]:
            return self.view(
                new,
                lambda p: reshaped_place(p, new, old),
                lambda p: (ONE, reshaped_place(p, old, new)),
                contiguous=True,
            )
        read = self.reader()
        result = Array(
            Store(new, lambda p: read(reshaped_place(p, new, old)), self.kind),
            scalar=False,
        )
        self.store.frozen = result.store.frozen = (
            "a write into an array, or its reshape, that may be a view or a copy"
        )
        if self.index:
            result.index = lambda p, index=self.index: index(
                reshaped_place(p, new, old)
            )
        return result

    def broadcast(self, axes):
        """Return the array with the axes of a larger shape; it can't be written."""
        mine, extra = self.axes, len(axes) - self.ndim
        if extra < 0 or any(a != b and a for a, b in zip(mine, axes[extra:])):
            raise mismatch(self.shape, tuple(map(length_of, axes)))

        def down(place):
            return tuple(k if a else () for k, a in zip(place[extra:], mine))

        result = self.view(
            axes, down, lambda p: refuse("a write into a broadcast array")
        )
        result.readonly = "a write into a broadcast array"
        return result

    # items

    def __getitem__(self, key):
        from mlp.tracing.items import get_item

        return get_item(self, key)

    def __setitem__(self, key, value):
        from mlp.tracing.items import set_item

        set_item(self, key, value)

    def assign(self, value, where=ONE):
        """Write an array that fits, or one number, into this one."""
        if self.readonly:
            raise ValueError(f"assignment destination is read-only: {self.readonly}")
        value = as_array(value)
        if value.ndim > self.ndim:
            lead = value.ndim - self.ndim
            if any(value.axes[:lead]):
                raise mismatch(value.shape, self.shape)
            value = value.reshaped(value.shape[lead:])
        value = value.broadcast(self.axes)
        if "bif".index(value.kind) > "bif".index(self.kind):
            raise CantTell(
                f"numbers of kind {value.kind} in an array of kind {self.kind}"
            )
        if self.index:
            raise CantTell("a write into an array of indices")
        read, up = value.reader(), self.up

        def formula(place, old):
            here, mine = up(place)
            if not here:
                return old(place)
            if here == ONE:
                return read(mine)
            return times(here, read(mine)) + times(ONE - here, old(place))

        self.store.write(formula)

    def in_place(self, function, other):
        """Compute and write back, as += does; a scalar is a new number."""
        value = function(self, other)
        if value is NotImplemented or self.scalar:
            return value
        if value.ndim > self.ndim or value.axes != self.axes:
            raise mismatch(value.shape, self.shape)
        if value.kind != self.kind and self.kind != "f":
            raise TypeError("Cannot cast the result to the dtype of the array")
        self.assign(value)
        return self


def in_any_order(x):
    """Return an array of which it is not known how it lies in memory."""
    x.contiguous = False
    return x


def refuse(why):
    """Raise."""
    raise CantTell(why)


def not_known(name):
    """Return a method of an array that refuses."""

    def method(self, *args):
        raise CantTell(f"{name} of a value")

    return method


for short in """ceil divmod floor ilshift irshift lshift rdivmod rlshift round rrshift
rshift trunc""".split():
    setattr(Array, f"__{short}__", not_known(short))


class ShapesDontFit(CantTell):
    """Two shapes that NumPy can't broadcast or multiply for all sizes."""


def mismatch(a, b):
    """Return the error for two shapes that don't fit."""
    pairs = [(poly_of(n), poly_of(m)) for n, m in zip(a[::-1], b[::-1])]
    if all(ONE in pair or pair[0] == pair[1] for pair in pairs):
        return CantTell("two axes of one length that are cut in different ways")
    return ShapesDontFit(f"the shapes {shape_text(a)} and {shape_text(b)} don't fit")


def shape_text(shape):
    """Write a shape as NumPy does."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def full(axes, value, kind="f", scalar=None):
    """Return a new array of one number."""
    return Array(Store(tuple(axes), lambda place: value, kind), scalar=scalar)


def as_array(x):
    """Return numbers, sizes and lists of them as an array that remembers."""
    if isinstance(x, Array):
        return x
    result = array_of(x)
    result.is_python = isinstance(x, (Size, bool, int)) or type(x) is float
    return result


def array_of(x):
    """Return what is no array as a new one."""
    if isinstance(x, Size):
        return full((), x.poly, "i")
    if isinstance(x, (bool, np.bool_)):
        return full((), number(int(x)), "b")
    if isinstance(x, (int, np.integer)):
        if isinstance(x, np.integer):
            demand_wide(x.dtype)
        return full((), number(int(x)), "i")
    if isinstance(x, (float, np.floating)):
        demand_wide(np.asarray(x).dtype)
        return full((), constant(float(x)))
    if isinstance(x, np.ndarray):
        return array_of_numbers(x)
    if isinstance(x, (list, tuple)):
        return stacked([as_array(part) for part in x])
    if hasattr(x, "as_array"):
        return x.as_array()
    raise CantTell(f"{type(x).__name__} {x!r:.40} is not known as an array")


def array_of_numbers(x):
    """Return a small ndarray, entry by entry."""
    if x.dtype.kind not in "bifu" or x.size > 400:
        raise CantTell(f"an array of shape {x.shape} and dtype {x.dtype} from outside")
    demand_wide(x.dtype)
    if x.ndim == 0:
        return as_array(x.item())
    axes = tuple(map(axis_of, x.shape))
    if any(set(factor) != {1} for axis in axes for factor in axis):
        if (x == x.flat[0]).all():
            return full(axes, as_array(x.flat[0]).poly, x.dtype.kind)
        raise CantTell(f"an array of shape {x.shape} from outside")
    kind = "i" if x.dtype.kind == "u" else x.dtype.kind

    def position(place):
        return tuple(part[0][1] if part else 0 for part in place)

    def formula(place):
        return as_array(x[position(place)].item()).poly

    index = (lambda p: ("#", int(x[position(p)]))) if kind == "i" else None
    x = x.copy()
    return Array(Store(axes, formula, kind), scalar=False, index=index)


def stacked(parts):
    """Return a list of arrays of one shape as an array with a new first axis."""
    if not parts:
        raise CantTell("an empty list as an array")
    axes = parts[0].axes
    if any(part.axes != axes for part in parts):
        raise mismatch(parts[0].shape, next(p.shape for p in parts if p.axes != axes))
    first = axis_of(len(parts))
    if first and set(first[0]) != {1}:
        raise CantTell(f"a list of {len(parts)} numbers")
    readers = [part.reader() for part in parts]

    def formula(place):
        return readers[place[0][0][1] if place[0] else 0](place[1:])

    index = None
    if all(part.ndim == 0 and part.kind == "i" for part in parts):
        values = [part.poly.constant for part in parts]
        if None not in values:
            index = lambda p: ("#", int(values[p[0][0][1] if p[0] else 0]))  # noqa: E731
    kind = max((part.kind for part in parts), key="bif".index)
    result = Array(Store((first, *axes), formula, kind), scalar=False, index=index)
    result.contiguous = all(part.contiguous for part in parts if part.ndim > 1)
    return result


def common_axes(*arrays):
    """Return the axes of arrays that are broadcast together."""
    n = max(array.ndim for array in arrays)
    result = [()] * n
    for array in arrays:
        for k, axis in enumerate(array.axes, start=n - array.ndim):
            if axis and result[k] and axis != result[k]:
                raise mismatch(arrays[0].shape, arrays[-1].shape)
            result[k] = axis or result[k]
    return tuple(result)


def elementwise(function, *args, kind=None):
    """Compute a new array, entry by entry, from arrays that are broadcast."""
    arrays = [as_array(x) for x in args]
    axes = common_axes(*arrays)
    readers = [array.broadcast(axes).reader() for array in arrays]
    kind = kind or max((array.kind for array in arrays), key="bif".index)
    result = Array(
        Store(axes, lambda p: function(*[read(p) for read in readers]), kind)
    )
    result.contiguous = all(array.contiguous for array in arrays if array.ndim > 1)
    result.is_python = all(array.is_python for array in arrays)
    return result


def demand_more_than_one(array):
    """Say that no axis with a symbolic length has length 1."""
    for axis in array.axes:
        for factor in axis:
            for segment in factor if len(factor) == 1 else ():
                if isinstance(segment, str):
                    bounds.demand(segment, 2)
