"""NumPy's sums, means, maxima and products over axes."""

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing import contractions
from mlp.tracing import functions as fn
from mlp.tracing.arrays import Array, Store, as_array, elementwise, full, in_any_order
from mlp.tracing.axes import Size, length_of, plain, poly_of
from mlp.tracing.maxima import argmax, largest
from mlp.tracing.numpy_entries import demand_numbers, negative, truth_values
from mlp.tracing.numpy_shapes import ravel, transpose
from mlp.tracing.numpy_table import METHODS, NAMES, axes_of, kind_of, named
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import ONE, ZERO, number, times


@named("sum", method=True)
def sum_(x, axis=None, dtype=None, out=None, keepdims=False, initial=0):
    x = as_array(x)
    value = contractions.sum_over(x, axes_of(x, axis), bool(keepdims))
    if initial != 0:
        raise CantTell("np.sum with initial=")
    if dtype is not None and value.kind == kind_of(dtype) == "i":
        return into_out(value, out)
    demand_real(dtype)
    return into_out(value, out)


@named("nansum")
def nansum(x, axis=None, *, keepdims=False):
    return sum_(NAMES["nan_to_num"](x), axis, keepdims=keepdims)


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
    value = contractions.sum_over(x, axes_of(x, axis), bool(keepdims))
    value = elementwise(lambda u: times(u, fn.inverse(n)), value, kind="f")
    return into_out(value, out)


@named("var", method=True)
def var(x, axis=None, dtype=None, out=None, ddof=0, keepdims=False, mean=None):
    x = as_array(x)
    m = NAMES["mean"](x, axis, keepdims=True) if mean is None else mean
    gaps = x - m
    n = count_along(x, axis) - as_array(ddof).poly
    demand_positive(n)
    value = contractions.sum_over(gaps * gaps, axes_of(x, axis), bool(keepdims))
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


@named("max", "amax", method=True)
def max_(x, axis=None, out=None, keepdims=False):
    x = as_array(x)
    return into_out(largest(x, axes_of(x, axis), bool(keepdims)), out)


@named("min", "amin", method=True)
def min_(x, axis=None, out=None, keepdims=False):
    x = as_array(x)
    if x.kind == "i" and x.index:
        return largest(x, axes_of(x, axis), False)
    demand_numbers("min", x)
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
    result = x.view(x.axes[:1], lambda p: (p[0], p[0]), lambda p: (ONE, p))
    result.readonly = "a diagonal"
    return result


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
    return contractions.matmul(a, b)


@named("dot", method=True)
def dot(a, b):
    a, b = as_array(a), as_array(b)
    if not a.ndim or not b.ndim:
        return a * b
    if b.ndim > 2:
        raise CantTell("np.dot with more than two axes")
    return contractions.matmul(a, b)


@named("vdot")
def vdot(a, b):
    a, b = as_array(a), as_array(b)
    demand_numbers("vdot or np.inner", a, b)
    if a.axes != b.axes:
        raise ar.mismatch(a.shape, b.shape)
    return sum_(a * b)


@named("inner")
def inner(a, b):
    a, b = as_array(a), as_array(b)
    if a.ndim == b.ndim == 1:
        return vdot(a, b)
    return contractions.matmul(a, transpose(b))


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
        if sorted(parts[0]) == sorted(out):
            return as_array(arrays[0]).permuted([parts[0].index(k) for k in out])
        demand_numbers("einsum", arrays[0])
        arrays, parts = (*arrays, 1), [*parts, ""]
    return in_any_order(
        contractions.contracted(*arrays, list(parts[0]), list(parts[1]), list(out))
    )


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
    return in_any_order(contractions.contracted(a, b, names_a, names_b, out))
