"""NumPy's names, each with its formula for an entry; a name that is missing refuses."""

from fractions import Fraction

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing import functions as fn
from mlp.tracing.arrays import Array, Store, as_array, elementwise, full, sum_over
from mlp.tracing.axes import Size, axis_of, length_of, normal, plain, poly_of
from mlp.tracing.constants import pi
from mlp.tracing.items import Picked, RangeOf, add_at, arange
from mlp.tracing.maxima import argmax, largest
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import ONE, ZERO, number, times

NAMES, METHODS = {}, {}
FLOATS = (
    float,
    "float",
    "float64",
    "float32",
    "f8",
    "f4",
    "d",
    "f",
    np.float64,
    np.float32,
)
INTS = (int, "int", "int64", "int32", np.int64, np.int32, np.intp, np.uint8)


def named(*names, method=False):
    """Enter a function in the table, and among the methods of arrays."""

    def enter(function):
        for name in names:
            NAMES[name] = function
            if method:
                METHODS[name] = function
        return function

    return enter


def called(name, args, options):
    """Call a function of the table; out= is written."""
    if name not in NAMES:
        raise CantTell(f"np.{name} is not known")
    out = options.pop("out", None)
    for option, allowed in (("where", True), ("casting", "same_kind"), ("order", "K")):
        if options.get(option, allowed) == allowed or option == "order":
            options.pop(option, None)
    if any(isinstance(x, Picked) for x in args):
        return with_picked(name, args, options)
    try:
        value = NAMES[name](*args, **options)
    except TypeError as error:
        if "argument" not in str(error):
            raise
        raise CantTell(f"np.{name}: {error}") from None
    if out is None:
        return value
    out = out[0] if isinstance(out, tuple) else out
    if not isinstance(out, Array) or out.scalar:
        raise CantTell(f"np.{name} with out=")
    if as_array(value).axes != out.axes:
        raise ar.mismatch(as_array(value).shape, out.shape)
    out.assign(value)
    return out


def with_picked(name, args, options):
    """Apply an elementwise function to entries that a mask picked."""
    if len(args) != 1 or options:
        raise CantTell(f"np.{name} of x[mask]")
    return Picked(NAMES[name](args[0].full), args[0].mask)


def kind_of(dtype):
    """Return the kind of a dtype, f, b or i."""
    if dtype is None or dtype in FLOATS or str(dtype) in ("float64", "float32"):
        return "f"
    if isinstance(dtype, type) and issubclass(dtype, (float, np.floating)):
        return "f"
    if (
        isinstance(dtype, type)
        and issubclass(dtype, (int, np.integer))
        and dtype is not bool
    ):
        return "i"
    if dtype in (bool, np.bool_, "bool") or str(dtype) == "bool":
        return "b"
    if dtype in INTS or str(dtype).startswith(("int", "uint")):
        return "i"
    raise CantTell(f"the dtype {dtype}")


# one entry from one entry


def smooth(function):
    """Return the elementwise function of a number."""
    return lambda x: elementwise(function, x, kind="f")


def with_exp(function):
    """Return the elementwise function of a number, made of its exponential."""
    return smooth(lambda u: function(fn.exp(u)))


half = Fraction(1, 2)
SMOOTH = {
    "exp": fn.exp,
    "log": fn.log,
    "log1p": lambda u: fn.log(ONE + u),
    "log2": lambda u: times(fn.log(u), fn.inverse(fn.log(number(2)))),
    "log10": lambda u: times(fn.log(u), fn.inverse(fn.log(number(10)))),
    "exp2": lambda u: fn.exp(times(u, fn.log(number(2)))),
    "expm1": lambda u: fn.exp(u) - ONE,
    "tanh": fn.tanh,
    "erf": fn.erf,
    "sin": fn.sin,
    "cos": fn.cos,
    "arctan": fn.arctan,
    "sqrt": lambda u: fn.power(u, half),
    "cbrt": lambda u: times(fn.sign(u), fn.power(fn.absolute(u), Fraction(1, 3))),
    "reciprocal": fn.inverse,
    "sinh": lambda u: (fn.exp(u) - fn.exp(-u)).scaled(half),
    "cosh": lambda u: (fn.exp(u) + fn.exp(-u)).scaled(half),
    "expit": lambda u: fn.inverse(ONE + fn.exp(-u)),
}
for name, formula in SMOOTH.items():
    NAMES[name] = smooth(formula)


def keeps_kind(function):
    """Return the elementwise function of a number that keeps the dtype."""

    def call(x):
        x = as_array(x)
        return elementwise(function, x, kind="i" if x.kind == "b" else x.kind)

    return call


for names, formula in {
    ("abs", "absolute", "fabs"): fn.absolute,
    ("sign",): fn.sign,
    ("square",): lambda u: times(u, u),
}.items():
    for name in names:
        NAMES[name] = keeps_kind(formula)


@named("negative")
def negative(x):
    x = as_array(x)
    if x.kind == "b":
        raise TypeError(
            "The numpy boolean negative, the `-` operator, is not supported"
        )
    return elementwise(lambda u: -u, x)


@named("positive")
def positive(x):
    return copy(x)


@named("isfinite")
def isfinite(x):
    """Real numbers are meant."""
    return full(as_array(x).axes, ONE, "b")


@named("isnan", "isinf")
def isnan(x):
    """Real numbers are meant."""
    return full(as_array(x).axes, ZERO, "b")


@named("nan_to_num", "real", "conj", "conjugate", "real_if_close")
def unchanged(x):
    return copy(x)


METHODS["conj"] = METHODS["conjugate"] = unchanged


@named("iscomplexobj", "isscalar_array")
def iscomplexobj(x):
    return False


# one entry from two


def arithmetic(name, function):
    """Enter an operation on numbers; booleans count as 0 and 1 beside numbers."""

    def call(a, b, *, dtype=None):
        a, b = as_array(a), as_array(b)
        if a.kind == b.kind == "b" and name != "multiply":
            raise CantTell(f"np.{name} of two arrays of booleans")
        kind = "f" if name == "divide" or kind_of(dtype) != "f" else None
        return elementwise(function, a, b, kind=kind)

    NAMES[name] = call


arithmetic("add", lambda u, v: u + v)
arithmetic("subtract", lambda u, v: u - v)
arithmetic("multiply", times)
arithmetic("divide", lambda u, v: times(u, fn.inverse(v)))
NAMES["true_divide"] = NAMES["divide"]


@named("floor_divide", "mod", "remainder")
def floor_divide(a, b):
    raise CantTell("// or % of an array's values")


@named("power", "float_power")
def power(a, b):
    if isinstance(b, Fraction):
        raise CantTell("a fraction as a power")
    a, b = as_array(a), as_array(b)
    kind = "i" if a.kind == b.kind == "i" else "f"
    if kind == "i" and not (b.ndim == 0 and (b.poly.constant or 0) >= 0):
        raise CantTell("a power of whole numbers")

    def entry(u, v):
        n = v.constant
        if n is not None:
            return fn.power(u, n)
        if (
            u.constant is not None
            and u.constant > 0
            or all(one.positive for one in u.atoms())
            and len(u.terms) == 1
        ):
            return fn.exp(times(v, fn.log(u)))
        raise CantTell("a power with a power that is not a number")

    return elementwise(entry, a, b, kind=kind)


@named("maximum", "fmax")
def maximum(a, b):
    return elementwise(fn.larger, a, b)


@named("minimum", "fmin")
def minimum(a, b):
    return elementwise(lambda u, v: -fn.larger(-u, -v), a, b)


@named("clip", method=True)
def clip(x, a_min=None, a_max=None, *, min=None, max=None):
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    x = x if low is None else maximum(x, low)
    return x if high is None else minimum(x, high)


@named("logaddexp")
def logaddexp(a, b):
    return elementwise(lambda u, v: u + fn.log(ONE + fn.exp(v - u)), a, b, kind="f")


@named("hypot")
def hypot(a, b):
    return elementwise(
        lambda u, v: fn.power(times(u, u) + times(v, v), half), a, b, kind="f"
    )


@named("heaviside")
def heaviside(x, middle):
    def entry(u, m):
        return fn.mask(u) + times(m, ONE - fn.mask(u) - fn.mask(-u))

    return elementwise(entry, x, middle, kind="f")


for name in ar.COMPARED:
    NAMES[name] = lambda a, b, name=name: ar.compare(name, a, b)


def truth_values(x):
    """Return an array of booleans: whether each number is not 0."""
    x = as_array(x)
    return x if x.kind == "b" else elementwise(ar.nonzero, x, kind="b")


@named("logical_not", "invert", "bitwise_not")
def logical_not(x):
    return elementwise(lambda m: ONE - m, truth_values(x), kind="b")


@named("logical_and", "bitwise_and")
def logical_and(a, b):
    return elementwise(times, truth_values(a), truth_values(b), kind="b")


@named("logical_or", "bitwise_or")
def logical_or(a, b):
    return logical_not(logical_and(logical_not(a), logical_not(b)))


@named("logical_xor", "bitwise_xor")
def logical_xor(a, b):
    return elementwise(
        lambda m, n: m + n - times(m, n).scaled(2),
        truth_values(a),
        truth_values(b),
        kind="b",
    )


@named("where")
def where(condition, *values):
    if len(values) != 2:
        raise CantTell("np.where with a condition alone")
    kind = max((as_array(v).kind for v in values), key="bif".index)

    def entry(m, u, v):
        return times(m, u) + times(ONE - m, v)

    return elementwise(entry, truth_values(condition), *values, kind=kind)


@named("select")
def select(conditions, values, default=0):
    result = as_array(default)
    for condition, value in list(zip(conditions, values))[::-1]:
        result = where(condition, value, result)
    return result


# sums


def axes_of(x, axis):
    """Return a list of axis numbers."""
    if axis is None:
        return list(range(x.ndim))
    axis = list(axis) if isinstance(axis, (tuple, list)) else [axis]
    if any(not -x.ndim <= n < x.ndim for n in axis):
        raise np.exceptions.AxisError(
            f"axis {axis} is out of bounds for array of dimension {x.ndim}"
        )
    axis = [n % x.ndim for n in axis]
    if len(set(axis)) < len(axis):
        raise ValueError("duplicate value in 'axis'")
    return axis


@named("sum", method=True)
def sum_(x, axis=None, dtype=None, out=None, keepdims=False, initial=0):
    x = as_array(x)
    value = sum_over(x, axes_of(x, axis), bool(keepdims))
    if initial != 0:
        raise CantTell("np.sum with initial=")
    demand_real(dtype)
    return into_out(value, out)


NAMES["nansum"] = sum_


def demand_real(dtype):
    """Refuse a dtype that is not one of real numbers."""
    if kind_of(dtype) != "f":
        raise CantTell(f"a sum in the dtype {dtype}")


def into_out(value, out):
    """Write a value where out= says."""
    if out is None:
        return value
    if not isinstance(out, Array) or out.axes != value.axes:
        raise CantTell("out= of another shape")
    out.assign(value)
    return out


def count_along(x, axis):
    """Return how many numbers are summed."""
    n = number(1)
    for k in axes_of(x, axis):
        n = times(n, poly_of(length_of(x.axes[k])))
    return n


@named("mean", "average", method=True)
def mean(x, axis=None, dtype=None, out=None, keepdims=False):
    x = as_array(x)
    demand_real(dtype)
    n = count_along(x, axis)
    value = sum_over(x, axes_of(x, axis), bool(keepdims))
    value = elementwise(lambda u: times(u, fn.inverse(n)), value, kind="f")
    return into_out(value, out)


@named("var", method=True)
def var(x, axis=None, dtype=None, out=None, ddof=0, keepdims=False, mean=None):
    x = as_array(x)
    m = NAMES["mean"](x, axis, keepdims=True) if mean is None else mean
    gaps = x - m
    n = count_along(x, axis) - as_array(ddof).poly
    demand_positive(n)
    value = sum_over(gaps * gaps, axes_of(x, axis), bool(keepdims))
    value = elementwise(lambda u: times(u, fn.inverse(n)), value, kind="f")
    return into_out(value, out)


def demand_positive(n):
    """Suppose that a number of degrees of freedom is positive."""
    length = plain(n)
    if not length > 0:
        raise CantTell(f"a variance with {length} degrees of freedom")


@named("std", method=True)
def std(x, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    return into_out(NAMES["sqrt"](var(x, axis, ddof=ddof, keepdims=keepdims)), out)


@named("prod", method=True)
def prod(x, axis=None, *, keepdims=False):
    if isinstance(x, (list, tuple)):
        value = 1
        for part in x:
            value = part * value
        return value
    x = as_array(x)
    if axis is None and x.ndim == 1:
        axis = 0
    if not isinstance(axis, (int, np.integer)) or keepdims:
        raise CantTell("np.prod of a whole array")
    n = length_of(x.axes[axis % x.ndim])
    if isinstance(n, Size):
        raise CantTell("a product of as many factors as a size says")
    value = 1
    for k in range(n):
        value = x[(slice(None),) * (axis % x.ndim) + (k,)] * value
    return value


@named("max", "amax", "nanmax", method=True)
def max_(x, axis=None, out=None, keepdims=False):
    x = as_array(x)
    return into_out(largest(x, axes_of(x, axis), bool(keepdims)), out)


@named("min", "amin", method=True)
def min_(x, axis=None, out=None, keepdims=False):
    x = as_array(x)
    if x.kind == "i" and x.index:
        return largest(x, axes_of(x, axis), False)
    return into_out(
        negative(largest(negative(x), axes_of(x, axis), bool(keepdims))), out
    )


NAMES["argmax"] = METHODS["argmax"] = argmax


@named("argmin", method=True)
def argmin(x, axis=None):
    return argmax(negative(x), axis)


@named("all", method=True)
def all_(x, axis=None, *, keepdims=False):
    return known_for_all(truth_values(x), axis, keepdims, ONE)


@named("any", method=True)
def any_(x, axis=None, *, keepdims=False):
    return known_for_all(truth_values(x), axis, keepdims, ZERO)


def known_for_all(m, axis, keepdims, value):
    """Return the value that a mask has at every place, or refuse."""
    from mlp.tracing.axes import all_places

    if axis is not None or keepdims:
        raise CantTell("np.all or np.any along an axis")
    if all(m.at(place) == value for place in all_places(m.axes, 100)):
        return full((), value, "b")
    raise CantTell("np.all or np.any of values")


@named("count_nonzero")
def count_nonzero(x, axis=None, keepdims=False):
    m = elementwise(lambda u: u, truth_values(x), kind="i")
    return sum_(m, axis, keepdims=keepdims)


@named("linalg.norm")
def norm(x, ord=None, axis=None, keepdims=False):
    x = as_array(x)
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and x.ndim > 1):
        raise CantTell(f"np.linalg.norm with ord={ord}")
    return NAMES["sqrt"](sum_(x * x, axis, keepdims=keepdims))


@named("trace", method=True)
def trace(x):
    x = as_array(x)
    if x.ndim != 2 or x.axes[0] != x.axes[1]:
        raise CantTell("np.trace of an array that is no square matrix")
    return sum_(diagonal(x))


@named("diagonal", method=True)
def diagonal(x):
    x = as_array(x)
    if x.ndim != 2 or x.axes[0] != x.axes[1]:
        raise CantTell("np.diagonal of an array that is no square matrix")
    read = x.reader()
    return Array(Store(x.axes[:1], lambda p: read((p[0], p[0])), x.kind))


@named("diag")
def diag(x):
    x = as_array(x)
    if x.ndim == 2:
        return diagonal(x)
    read = x.reader()

    def entry(place):
        from mlp.tracing.items import same_place

        return times(same_place(place[0], place[1]), read(place[:1]))

    return Array(Store(x.axes * 2, entry, x.kind))


NAMES["diagflat"] = diag


# products


@named("matmul")
def matmul(a, b):
    return ar.matmul(a, b)


@named("dot", method=True)
def dot(a, b):
    a, b = as_array(a), as_array(b)
    if not a.ndim or not b.ndim:
        return a * b
    if b.ndim > 2:
        raise CantTell("np.dot with more than two axes")
    return ar.matmul(a, b)


@named("vdot", "inner")
def vdot(a, b):
    a, b = as_array(a), as_array(b)
    if a.axes != b.axes:
        raise ar.mismatch(a.shape, b.shape)
    return sum_(a * b)


@named("inner")
def inner(a, b):
    a, b = as_array(a), as_array(b)
    if a.ndim == b.ndim == 1:
        return vdot(a, b)
    return ar.matmul(a, transpose(b))


@named("outer")
def outer(a, b):
    a, b = ravel(a), ravel(b)
    return a[:, None] * b[None, :]


@named("einsum")
def einsum(how, *arrays, optimize=False):
    if not isinstance(how, str) or "..." in how or len(arrays) > 2:
        raise CantTell("np.einsum of more than two arrays, or with …")
    how = how.replace(" ", "")
    inputs, arrow, out = how.partition("->")
    parts = inputs.split(",")
    if not arrow:
        out = "".join(sorted(k for k in set(inputs) - {","} if inputs.count(k) == 1))
    if len(parts) != len(arrays):
        raise ValueError("einsum: as many subscripts as arrays are needed")
    if any(len(set(part)) < len(part) for part in parts):
        raise CantTell("np.einsum with an index twice in one array")
    if len(arrays) == 1:
        arrays, parts = (*arrays, 1.0), [*parts, ""]
    return in_any_order(
        ar.contracted(*arrays, list(parts[0]), list(parts[1]), list(out))
    )


def in_any_order(x):
    """Return an array of which it is not known how it lies in memory."""
    x.contiguous = False
    return x


@named("tensordot")
def tensordot(a, b, axes=2):
    a, b = as_array(a), as_array(b)
    if isinstance(axes, int):
        axes = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    left, right = ([k] if isinstance(k, int) else list(k) for k in axes)
    names_a = [f"a{n}" for n in range(a.ndim)]
    names_b = [f"b{n}" for n in range(b.ndim)]
    for n, m in zip(left, right):
        names_b[m % b.ndim] = names_a[n % a.ndim]
    out = [n for n in names_a if n not in names_b] + [n for n in names_b if n[0] == "b"]
    return in_any_order(ar.contracted(a, b, names_a, names_b, out))


# shapes


@named("transpose", method=True)
def transpose(x, *axes):
    x = as_array(x)
    axes = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
    return x.permuted(axes or range(x.ndim)[::-1])


@named("swapaxes", method=True)
def swapaxes(x, a, b):
    x = as_array(x)
    order = list(range(x.ndim))
    order[a], order[b] = order[b], order[a]
    return x.permuted(order)


@named("moveaxis")
def moveaxis(x, source, destination):
    x = as_array(x)
    order = [n for n in range(x.ndim) if n != source % x.ndim]
    order.insert(destination % x.ndim, source % x.ndim)
    return x.permuted(order)


@named("reshape", method=True)
def reshape(x, *shape, order="C"):
    if order != "C":
        raise CantTell(f"reshape with order={order!r}")
    shape = (
        shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    )
    return as_array(x).reshaped(shape)


@named("flatten", method=True)
def flatten(x):
    return copy(as_array(x).reshaped([-1]))


@named("ravel", method=True)
def ravel(x):
    return as_array(x).reshaped([-1])


@named("squeeze", method=True)
def squeeze(x, axis=None):
    x = as_array(x)
    if axis is None:
        ar.demand_more_than_one(x)
        drop = [n for n, axis_here in enumerate(x.axes) if not axis_here]
    else:
        drop = axes_of(x, axis)
    if any(x.axes[n] for n in drop):
        raise ValueError(
            "cannot select an axis to squeeze out which has size not equal to one"
        )
    return x.reshaped([n for k, n in enumerate(x.shape) if k not in drop])


@named("expand_dims")
def expand_dims(x, axis):
    x = as_array(x)
    axis = [axis] if isinstance(axis, int) else list(axis)
    n = x.ndim + len(axis)
    new = {k % n for k in axis}
    return x[tuple(None if k in new else slice(None) for k in range(n))]


@named("atleast_2d")
def atleast_2d(x):
    x = as_array(x)
    return x if x.ndim >= 2 else x[None, :] if x.ndim else x.reshaped([1, 1])


@named("atleast_1d")
def atleast_1d(x):
    x = as_array(x)
    return x if x.ndim else x.reshaped([1])


@named("broadcast_to")
def broadcast_to(x, shape):
    return as_array(x).broadcast(tuple(map(axis_of, shape_of(shape))))


def copy(x, order="C"):
    x = as_array(x)
    read = x.reader()
    return Array(
        Store(x.axes, lambda p: read(p), x.kind), index=x.index, scalar=x.scalar
    )


@named("copy")
def copy_as_it_lies(x, order="K"):
    result = copy(x)
    result.contiguous = as_array(x).contiguous
    return result


METHODS["copy"] = copy


@named("asarray", "asanyarray", "ascontiguousarray", "asfarray")
def asarray(x, dtype=None, *, copy=None, order=None):
    x = as_array(x)
    return x if dtype is None else astype(x, dtype, copy=False)


@named("array")
def array(x, dtype=None, copy=True, ndmin=0):
    x = as_array(x)
    result = astype(x, x.dtype if dtype is None else dtype)
    return full_array(result)


def full_array(x):
    """Return an array that is no scalar."""
    x.scalar = False
    return x


@named("astype", method=True)
def astype(x, dtype, *, copy=True):
    x = as_array(x)
    kind = kind_of(dtype)
    if kind == x.kind:
        return NAMES["copy"](x) if copy else x
    if kind == "b":
        return truth_values(x)
    if kind == "i" and x.kind == "f":
        raise CantTell("a conversion to whole numbers")
    return elementwise(lambda u: u, x, kind=kind)


@named("item", method=True)
def item(x, *index):
    x = as_array(x)
    if index:
        return x[index]
    return full((), x.poly, x.kind)


@named("fill", method=True)
def fill(x, value):
    x.assign(value)


def not_listed(x):
    raise CantTell("a list of an array's values")


METHODS["tolist"] = not_listed


@named("shape")
def shape(x):
    return as_array(x).shape


@named("ndim")
def ndim(x):
    return as_array(x).ndim if not isinstance(x, (int, float)) else 0


@named("size")
def size(x, axis=None):
    x = as_array(x)
    return x.size if axis is None else x.shape[axis]


# new arrays


def shape_of(shape):
    """Return a shape as a tuple."""
    if isinstance(shape, (Size, int, np.integer)):
        return (shape,)
    return tuple(shape)


def filled(value):
    """Return the function that makes an array of one number."""

    def make(shape, dtype=None, order="C"):
        return full(map(axis_of, shape_of(shape)), value, kind_of(dtype), scalar=False)

    return make


def filled_like(value):
    """Return the function that makes an array of one number in the shape of another."""

    def make(x, dtype=None, order="K", subok=True, shape=None):
        x = as_array(x)
        axes = x.axes if shape is None else tuple(map(axis_of, shape_of(shape)))
        kind = x.kind if dtype is None else kind_of(dtype)
        result = full(axes, value, kind, scalar=False)
        result.contiguous = x.contiguous
        return result

    return make


NAMES["zeros"], NAMES["ones"] = filled(ZERO), filled(ONE)
NAMES["zeros_like"], NAMES["ones_like"] = filled_like(ZERO), filled_like(ONE)


@named("empty")
def empty(shape, dtype=None):
    """Return an array that must be written before it is read."""

    def unknown(place):
        raise CantTell("np.empty is read before it is written")

    axes = tuple(map(axis_of, shape_of(shape)))
    return Array(Store(axes, unknown, kind_of(dtype)), scalar=False)


@named("empty_like")
def empty_like(x, dtype=None):
    x = as_array(x)
    return empty(x.shape, x.dtype if dtype is None else dtype)


@named("full")
def full_(shape, value, dtype=None):
    value = as_array(value)
    axes = tuple(map(axis_of, shape_of(shape)))
    value = copy(value.broadcast(axes))
    return full_array(astype(value, value.dtype if dtype is None else dtype))


@named("full_like")
def full_like(x, value, dtype=None):
    x = as_array(x)
    return full_(x.shape, value, x.dtype if dtype is None else dtype)


@named("identity")
def identity(n, dtype=None):
    return eye(n, dtype=dtype)


@named("eye")
def eye(n, m=None, k=0, dtype=None):
    if k:
        raise CantTell("np.eye with k=")
    axes = (axis_of(n), axis_of(n if m is None else m))
    if axes[0] != axes[1]:
        raise CantTell("np.eye that is not square")

    def entry(place):
        from mlp.tracing.items import same_place

        return same_place(place[0], place[1])

    return Array(Store(axes, entry, kind_of(dtype)), scalar=False)


def triangular(keep):
    """Return np.tril or np.triu, for a fixed size."""

    def call(x, k=0):
        x = as_array(x)
        read = x.reader()

        def entry(place):
            i, j = (part[0] if part else ("#", 0) for part in place[-2:])
            if i[0] != "#" or j[0] != "#":
                raise CantTell("a triangle of a matrix whose size is a letter")
            return read(place) if keep(j[1] - i[1], k) else ZERO

        return Array(Store(x.axes, entry, x.kind), scalar=False)

    return call


NAMES["tril"] = triangular(lambda gap, k: gap <= k)
NAMES["triu"] = triangular(lambda gap, k: gap >= k)


@named("arange")
def arange_(n, stop=None, step=1, dtype=None):
    if stop is not None or step != 1:
        if any(isinstance(k, Size) for k in (n, stop, step)):
            raise CantTell("np.arange with a start or a step")
        return as_array(np.arange(n, *(() if stop is None else (stop, step))))
    if isinstance(n, RangeOf):
        n = n.n
    return arange(n)


# blocks


@named("concatenate", "concat")
def concatenate(arrays, axis=0):
    arrays = [as_array(x) for x in arrays]
    n = axes_of(arrays[0], axis)[0]
    factors, starts = [], []
    for x in arrays:
        if [a for k, a in enumerate(x.axes) if k != n] != [
            a for k, a in enumerate(arrays[0].axes) if k != n
        ]:
            raise ar.mismatch(arrays[0].shape, x.shape)
        if len(x.axes[n]) > 1:
            raise CantTell("blocks of an axis that reshape made")
        starts.append(len(factors))
        factors += x.axes[n][0] if x.axes[n] else (1,)
    new = normal([tuple(factors)]) if len(factors) > 1 else arrays[0].axes[n]
    axes = (*arrays[0].axes[:n], new, *arrays[0].axes[n + 1 :])
    readers = [x.reader() for x in arrays]

    def entry(place):
        here = place[n]
        if len(factors) == 1:
            return readers[0](place)
        c = here[0][1]
        m = max(k for k, start in enumerate(starts) if start <= c)
        own = arrays[m].axes[n]
        inside = here[1:]
        if own and len(own[0]) > 1:
            inside = (("#", c - starts[m]), *inside)
        return readers[m]((*place[:n], inside, *place[n + 1 :]))

    kind = max((x.kind for x in arrays), key="bif".index)
    return Array(Store(axes, entry, kind), scalar=False)


@named("hstack")
def hstack(arrays):
    arrays = [atleast_1d(x) for x in arrays]
    return concatenate(arrays, axis=0 if arrays[0].ndim == 1 else 1)


@named("vstack", "row_stack")
def vstack(arrays):
    return concatenate([atleast_2d(x) for x in arrays], axis=0)


@named("column_stack")
def column_stack(arrays):
    arrays = [as_array(x) for x in arrays]
    return concatenate([x[:, None] if x.ndim == 1 else x for x in arrays], axis=1)


@named("append")
def append(x, values, axis=None):
    if axis is None:
        raise CantTell("np.append without axis=")
    return concatenate([x, values], axis)


@named("stack")
def stack(arrays, axis=0):
    arrays = [as_array(x) for x in arrays]
    result = ar.stacked(arrays)
    return copy(moveaxis(result, 0, axis))


@named("split", "array_split")
def split(x, parts, axis=0):
    x = as_array(x)
    n = axes_of(x, axis)[0]
    length = length_of(x.axes[n])
    if isinstance(parts, (int, np.integer)):
        step = length // parts
        ends = [step * k for k in range(parts + 1)]
    else:
        ends = [0, *parts, length]
    return [x[(slice(None),) * n + (slice(a, b),)] for a, b in zip(ends[:-1], ends[1:])]


@named("hsplit")
def hsplit(x, parts):
    return split(x, parts, axis=1 if as_array(x).ndim > 1 else 0)


@named("vsplit")
def vsplit(x, parts):
    return split(x, parts, axis=0)


@named("tile")
def tile(x, reps):
    x = as_array(x)
    reps = shape_of(reps)
    x = x.reshaped((1,) * (len(reps) - x.ndim) + x.shape)
    if any(r != 1 and x.axes[n] for n, r in enumerate(reps)):
        raise CantTell("np.tile along an axis longer than 1")
    axes = tuple(axis_of(r) if not a else a for r, a in zip(reps, x.axes))
    return copy(x.broadcast(axes))


@named("repeat", method=True)
def repeat(x, repeats, axis=None):
    x = as_array(x)
    if axis is None or x.axes[axis]:
        raise CantTell("np.repeat along an axis longer than 1")
    axes = list(x.axes)
    axes[axis] = axis_of(repeats)
    return copy(x.broadcast(tuple(axes)))


@named("flip")
def flip(x, axis=None):
    x = as_array(x)
    key = [slice(None)] * x.ndim
    for n in axes_of(x, axis):
        if isinstance(x.shape[n], Size):
            raise CantTell("np.flip along an axis whose length is a letter")
        key[n] = slice(None, None, -1)
    return x[tuple(key)]


@named("add.at")
def add_at_(x, key, value):
    add_at(x, key, value)


@named("subtract.at")
def subtract_at(x, key, value):
    add_at(x, key, negative(value))


for ufunc in ("add", "multiply", "maximum"):

    def reduced(x, axis=0, keepdims=False, ufunc=ufunc):
        if ufunc == "multiply":
            return prod(x, axis, keepdims)
        return (sum_ if ufunc == "add" else max_)(x, axis, keepdims=keepdims)

    NAMES[f"{ufunc}.reduce"] = reduced


def outer_of(a, b):
    return outer(a, b)


NAMES["multiply.outer"] = outer_of


@named("allclose", "array_equal", "isclose")
def allclose(a, b, **options):
    """Return True for numbers that are the same for all inputs."""
    if all_(NAMES["equal"](a, b)).poly == ONE:
        return True


@named("softmax")
def softmax(x, axis=None):
    e = NAMES["exp"](x)
    return e / sum_(e, axis, keepdims=True)


@named("logsumexp")
def logsumexp(x, axis=None, *, keepdims=False):
    return NAMES["log"](sum_(NAMES["exp"](x), axis, keepdims=keepdims))


@named("log_softmax")
def log_softmax(x, axis=None):
    return as_array(x) - logsumexp(x, axis, keepdims=True)


CONSTANTS = {"pi": pi, "e": lambda: fn.exp(ONE)}
