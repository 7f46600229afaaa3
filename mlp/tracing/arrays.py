"""Arrays that remember: a function from places to numbers, and views that share it.

A *store* holds what NumPy keeps in memory; an array looks at a store through two maps,
``down`` from its places to the store's and ``up`` back, which gives a condition, too.
Who writes into an array changes the store, so every other array that looks at it sees
the change; what was computed before keeps the values of its time.
"""

import sys

import numpy as np

from mlp.tracing import functions as fn
from mlp.tracing.axes import (
    Size,
    all_places,
    axis_of,
    bounds,
    divided,
    length_of,
    letters_of,
    plain,
    poly_of,
    regrouped,
    reshaped_place,
    total_length,
)
from mlp.tracing.constants import constant
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import (
    ONE,
    ZERO,
    delta,
    number,
    product_of,
    put,
    times,
    total,
)

DTYPES = {"f": np.dtype(float), "b": np.dtype(bool), "i": np.dtype(int)}


class Version:
    """What a store holds at one time: a formula, computed once for each block."""

    def __init__(self, axes, formula):
        self.axes, self.formula, self.known = axes, formula, {}

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
            self.known[general] = self.formula(general)
        return put(self.known[general], there)


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
        return truth(self)

    def __float__(self):
        raise CantTell("a float is made outside of the copied program")

    __int__ = __complex__ = __float__

    def __index__(self):
        raise CantTell("a value is used as an index")

    def __hash__(self):
        return id(self)

    def __repr__(self):
        return f"array of shape ({', '.join(map(str, self.shape))})"

    def __format__(self, how):
        return repr(self)

    def __array__(self, *args, **kwargs):
        raise CantTell("a function outside of the program asks for the numbers")

    def __setattr__(self, name, value):
        if name in ("shape", "dtype", "T", "flat", "real", "strides", "data"):
            raise CantTell(f"an assignment to .{name}")
        object.__setattr__(self, name, value)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        from mlp.tracing.numpy_names import METHODS

        if name in METHODS:
            return lambda *args, **options: METHODS[name](self, *args, **options)
        if hasattr(np.ndarray, name):
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


def refuse(why):
    """Raise."""
    raise CantTell(why)


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
    if isinstance(x, Size):
        return full((), x.poly, "i")
    if isinstance(x, (bool, np.bool_)):
        return full((), number(int(x)), "b")
    if isinstance(x, (int, np.integer)):
        return full((), number(int(x)), "i")
    if isinstance(x, (float, np.floating)):
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
    return Array(Store((first, *axes), formula, kind), scalar=False, index=index)


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
    return result


def sum_over(array, axis, keepdims=False):
    """Sum over axes, given as numbers."""
    axes, read = array.axes, array.reader()
    kept = [n for n in range(len(axes)) if n not in axis]
    shape = [axes[n] if n in kept else () for n in range(len(axes))]
    result_axes = tuple(shape if keepdims else [axes[n] for n in kept])
    summed = [axes[n] for n in axis]

    def formula(place):
        outer = [place[n] for n in kept] if keepdims else place
        value = ZERO
        for inner in all_places(summed, 200):
            whole_place = [None] * len(axes)
            for n, k in zip(kept, outer):
                whole_place[n] = k
            for n, k in zip(axis, inner):
                whole_place[n] = k
            value = value + total(letters_of(inner), read(tuple(whole_place)))
        return value

    kind = "i" if array.kind == "b" else array.kind
    result = Array(Store(result_axes, formula, kind))
    result.contiguous = array.contiguous
    return result


def contracted(a, b, names_a, names_b, names_out):
    """Multiply two arrays and sum over what is not in the result, as einsum does."""
    from mlp.tracing.names import names as defined

    a, b = defined.named(as_array(a)), defined.named(as_array(b))
    axes = {}
    for array, names in ((a, names_a), (b, names_b)):
        if len(names) != array.ndim:
            raise mismatch(a.shape, b.shape)
        for name, axis in zip(names, array.axes):
            if axis and axes.get(name) and axes[name] != axis:
                raise mismatch(a.shape, b.shape)
            axes[name] = axis or axes.get(name, ())
    summed = [name for name in axes if name not in names_out]
    read_a, read_b = a.reader(), b.reader()

    def formula(place):
        at = dict(zip(names_out, place))
        value = ZERO
        for inner in all_places([axes[name] for name in summed], 200):
            at.update(zip(summed, inner))
            left = tuple(at[n] if x else () for n, x in zip(names_a, a.axes))
            right = tuple(at[n] if x else () for n, x in zip(names_b, b.axes))
            body = times(read_a(left), read_b(right))
            value = value + total(letters_of(inner), body)
        return value

    kind = max(a.kind, b.kind, key="bif".index)
    kind = "i" if kind == "b" else kind
    result = Array(Store(tuple(axes[n] for n in names_out), formula, kind))
    return defined.named(result)


def matmul(a, b):
    """Return a @ b: matrices, vectors, batches of matrices."""
    a, b = as_array(a), as_array(b)
    if not (a.ndim and b.ndim):
        raise ValueError("matmul: Input operand does not have enough dimensions")
    if "b" in (a.kind, b.kind) and a.kind == b.kind:
        raise CantTell("@ of two arrays of booleans")
    names_a = ["x", "k"][2 - min(a.ndim, 2) :]
    names_b = ["k", "y"][: min(b.ndim, 2)]
    batch = max(a.ndim, b.ndim) - 2
    lead_a = [f"batch{n}" for n in range(batch)][batch - max(a.ndim - 2, 0) :]
    lead_b = [f"batch{n}" for n in range(batch)][batch - max(b.ndim - 2, 0) :]
    inner_a, inner_b = a.axes[-1], b.axes[-2 if b.ndim > 1 else -1]
    if inner_a != inner_b:
        raise mismatch(a.shape, b.shape)
    out = [f"batch{n}" for n in range(batch)] if batch > 0 else []
    out += [n for n in (*names_a, *names_b) if n != "k"]
    return contracted(a, b, lead_a + names_a, lead_b + names_b, out)


# comparisons and branches


def truth(array):
    """Return the truth of a condition that holds, or fails, for all inputs."""
    if array.size != 1:
        raise CantTell("a branch on an array's values")
    value = array.poly if array.kind == "b" else nonzero(array.poly)
    if value.constant is not None:
        return bool(value.constant)
    from mlp.tracing.masks import almost_surely

    return almost_surely(value)


def nonzero(u):
    """Return [u is not 0]."""
    return fn.mask(u) + fn.mask(-u)


COMPARED = {
    "greater": lambda u, v: fn.mask(u - v),
    "less": lambda u, v: fn.mask(v - u),
    "greater_equal": lambda u, v: ONE - fn.mask(v - u),
    "less_equal": lambda u, v: ONE - fn.mask(u - v),
    "not_equal": lambda u, v: nonzero(u - v),
    "equal": lambda u, v: ONE - nonzero(u - v),
}


def compare(name, a, b):
    """Return a mask."""
    if a is None or b is None or isinstance(a, str) or isinstance(b, str):
        return name == "not_equal"
    a, b = as_array(a), as_array(b)
    if a.index or b.index:
        return compare_indices(name, a, b)
    return elementwise(lambda u, v: compared_numbers(name, u, v), a, b, kind="b")


TURNED = {
    "greater": "less",
    "less": "greater",
    "greater_equal": "less_equal",
    "less_equal": "greater_equal",
    "equal": "equal",
    "not_equal": "not_equal",
}


def compared_numbers(name, u, v):
    """Return a mask; an entry is compared with the largest by their places."""
    from mlp.tracing.maxima import at_top

    for order, top, one in ((name, v, u), (TURNED[name], u, v)):
        same = at_top(one, top)
        if same is not None:
            return {
                "greater": ZERO,
                "less_equal": ONE,
                "equal": same,
                "greater_equal": same,
                "less": ONE - same,
                "not_equal": ONE - same,
            }[order]
    return COMPARED[name](u, v)


def compare_indices(name, a, b):
    """Compare labels and positions: only whether they are equal."""
    from mlp.tracing.items import index_reader

    if name not in ("equal", "not_equal"):
        raise CantTell("an order of labels or positions")
    axes = common_axes(a, b)
    left, right = (index_reader(x.broadcast(axes) if x.ndim else x) for x in (a, b))

    def formula(place):
        same = delta(left(place), right(place))
        return same if name == "equal" else ONE - same

    return Array(Store(axes, formula, "b"))


def line_of_program():
    """Return the line, in a file that is no part of this package, that is running."""
    frame = sys._getframe(1)
    while frame and not frame.f_globals.get("__traced__"):
        frame = frame.f_back
    return frame.f_lineno if frame else None


def binary(name, swap=False):
    """Return the method for an operator."""

    def method(self, other):
        from mlp.tracing.numpy_names import NAMES

        if not is_operand(other):
            return NotImplemented
        args = (other, self) if swap else (self, other)
        return NAMES[name](*args)

    return method


def is_operand(x):
    """Tell what can stand beside an array in an operation."""
    return isinstance(
        x, (Array, Size, bool, int, float, np.ndarray, np.generic, list, tuple)
    ) or (hasattr(x, "as_array"))


def in_place_operator(name):
    """Return the method for an operator such as +=."""
    function = binary(name)
    return lambda self, other: self.in_place(function, other)


OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
    "matmul": "matmul",
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
    "floordiv": "floor_divide",
    "mod": "mod",
}
for short, long in OPERATORS.items():
    setattr(Array, f"__{short}__", binary(long))
    setattr(Array, f"__r{short}__", binary(long, swap=True))
    setattr(Array, f"__i{short}__", in_place_operator(long))
for short, long in {
    "gt": "greater",
    "lt": "less",
    "ge": "greater_equal",
    "le": "less_equal",
    "eq": "equal",
    "ne": "not_equal",
}.items():
    setattr(
        Array, f"__{short}__", lambda self, other, name=long: compare(name, self, other)
    )
for short, long in {
    "neg": "negative",
    "abs": "absolute",
    "invert": "logical_not",
}.items():

    def unary(self, name=long):
        from mlp.tracing.numpy_names import NAMES

        return NAMES[name](self)

    setattr(Array, f"__{short}__", unary)
Array.__pos__ = Array.__copy__ = lambda self: self.copy()
Array.__deepcopy__ = lambda self, memo: self.copy()


def size_operator(name, swap=False):
    """Return the method for an operator between a size and a number that is no size."""

    def method(self, other):
        from mlp.tracing.numpy_names import NAMES

        if not is_operand(other):
            return NotImplemented
        args = (other, self) if swap else (self, other)
        return NAMES[name](*map(as_array, args))

    return method


def with_fallback(first, second):
    """Return a method that asks the second where the first does not know."""

    def method(self, other):
        value = first(self, other)
        return second(self, other) if value is NotImplemented else value

    return method


for short in ("add", "sub", "mul", "floordiv"):
    for prefix in ("", "r"):
        name = f"__{prefix}{short}__"
        second = size_operator(OPERATORS[short], swap=prefix == "r")
        first = getattr(Size, name, None)
        setattr(Size, name, with_fallback(first, second) if first else second)
for short in ("truediv", "pow"):
    setattr(Size, f"__{short}__", size_operator(OPERATORS[short]))
    setattr(Size, f"__r{short}__", size_operator(OPERATORS[short], swap=True))
Size.__neg__ = lambda self: NAMES_of("negative")(as_array(self))
Size.item = lambda self: self


def NAMES_of(name):
    """Return a function of the table of names."""
    from mlp.tracing.numpy_names import NAMES

    return NAMES[name]


def demand_more_than_one(array):
    """Say that no axis with a symbolic length has length 1."""
    for axis in array.axes:
        for factor in axis:
            for segment in factor if len(factor) == 1 else ():
                if isinstance(segment, str):
                    bounds.demand(segment, 2)
