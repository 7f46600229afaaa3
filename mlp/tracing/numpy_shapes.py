"""NumPy's functions that give the same entries another shape or dtype."""

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing.arrays import as_array, elementwise, full
from mlp.tracing.axes import Size, axis_of
from mlp.tracing.numpy_entries import copy, laid_out, truth_values
from mlp.tracing.numpy_table import METHODS, axes_of, kind_of, named, precision
from mlp.tracing.refusal import CantTell


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
    x = as_array(x)
    return maybe_copied(x, x.reshaped([-1]))


def maybe_copied(x, result):
    """Refuse writes into what is a view or a copy, as x lies in memory."""
    if result.store is x.store and not x.contiguous:
        x.store.frozen = "a write into an array, or its copy, that may be a view"
    return result


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


@named("copy")
def copy_as_it_lies(x, order="K"):
    return copy(x, order)


METHODS["copy"] = copy


@named("asarray", "asanyarray")
def asarray(x, dtype=None, order=None, *, copy=None):
    return array(x, dtype, copy=copy, order=order)


@named("ascontiguousarray")
def ascontiguousarray(x, dtype=None):
    return array(x, dtype, copy=False, order="C")


@named("array")
def array(x, dtype=None, *, copy=True, order="K", ndmin=0):
    x = as_array(x)
    result = astype(x, dtype, order or "K", copy=bool(copy))
    if result.scalar:
        result = full_array(METHODS["copy"](result))
    lead = ndmin - result.ndim
    return result if lead <= 0 else result.reshaped((1,) * lead + result.shape)


def full_array(x):
    """Return an array that is no scalar."""
    x.scalar = False
    return x


@named("astype", method=True)
def astype(x, dtype, order="K", *, copy=True):
    """Return the numbers in a dtype; None for that which they have."""
    x, mixed = as_array(x), precision.mixed
    if x.kind == (x.kind if dtype is None else kind_of(dtype)):
        if copy:
            return copy_as_it_lies(x, order)
        return same_dtype(x, dtype, order, mixed)
    return laid_out(of_kind(x, kind_of(dtype)), order)


def same_dtype(x, dtype, order, mixed):
    """Return an array itself, or a copy where its dtype or its order is another."""
    is_other = dtype is not None and x.kind == "f" and np.dtype(dtype).itemsize != 8
    if is_other and not mixed:
        return copy_as_it_lies(x, order)
    if is_other or (mixed and dtype is not None and x.kind == "f"):
        return maybe_same(x, copy_as_it_lies(x, order))
    if order in ("K", "A") or (order == "C" and x.contiguous):
        return x
    return maybe_same(x, copy_as_it_lies(x, order))


def maybe_same(x, result):
    """Refuse writes into an array and what may be a view of it or a copy."""
    result.store.frozen = x.store.frozen = (
        "a write into an array, or its copy, that may be a view"
    )
    return result


def of_kind(x, kind):
    """Return booleans, whole numbers or real numbers made of others."""
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
    result = full((), x.poly, x.kind)
    result.is_python = True
    return result


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


def shape_of(shape):
    """Return a shape as a tuple."""
    if isinstance(shape, (Size, int, np.integer)):
        return (shape,)
    return tuple(shape)
