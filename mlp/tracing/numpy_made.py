"""NumPy's new arrays, whose sizes may be letters."""

import numpy as np

from mlp.tracing.arrays import Array, Store, as_array, full
from mlp.tracing.axes import Size, axis_of
from mlp.tracing.items import RangeOf, arange
from mlp.tracing.numpy_entries import copy, laid_out
from mlp.tracing.numpy_shapes import astype, full_array, shape_of
from mlp.tracing.numpy_table import NAMES, kind_of, named
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import ONE, ZERO


def filled(value):
    """Return the function that makes an array of one number."""

    def make(shape, dtype=None, order="C"):
        axes = map(axis_of, shape_of(shape))
        return laid_out(full(axes, value, kind_of(dtype), scalar=False), order)

    return make


def filled_like(value):
    """Return the function that makes an array of one number in the shape of another."""

    def make(x, dtype=None, order="K", subok=True, shape=None):
        x = as_array(x)
        axes = x.axes if shape is None else tuple(map(axis_of, shape_of(shape)))
        kind = x.kind if dtype is None else kind_of(dtype)
        return as_like(x, full(axes, value, kind, scalar=False), order)

    return make


def as_like(x, result, order):
    """Return a new array that lies in memory as another, unless order= says how."""
    result.contiguous = x.contiguous
    return laid_out(result, order)


NAMES["zeros"], NAMES["ones"] = filled(ZERO), filled(ONE)

NAMES["zeros_like"], NAMES["ones_like"] = filled_like(ZERO), filled_like(ONE)


@named("empty")
def empty(shape, dtype=None, order="C"):
    """Return an array that must be written before it is read."""

    def unknown(place):
        raise CantTell("np.empty is read before it is written")

    axes = tuple(map(axis_of, shape_of(shape)))
    return laid_out(Array(Store(axes, unknown, kind_of(dtype)), scalar=False), order)


@named("empty_like")
def empty_like(x, dtype=None, order="K"):
    x = as_array(x)
    result = empty(x.shape, x.dtype if dtype is None else dtype)
    return as_like(x, result, order)


@named("full")
def full_(shape, value, dtype=None, order="C"):
    value = as_array(value)
    axes = tuple(map(axis_of, shape_of(shape)))
    value = copy(value.broadcast(axes))
    return full_array(laid_out(astype(value, dtype), order))


@named("full_like")
def full_like(x, value, dtype=None, order="K"):
    x = as_array(x)
    result = full_(x.shape, value, x.dtype if dtype is None else dtype)
    return as_like(x, result, order)


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

        result = Array(Store(x.axes, entry, x.kind), scalar=False)
        result.contiguous = x.contiguous
        return result

    return call


NAMES["tril"] = triangular(lambda gap, k: gap <= k)

NAMES["triu"] = triangular(lambda gap, k: gap >= k)


@named("arange")
def arange_(n, stop=None, step=1, dtype=None):
    if dtype is not None and kind_of(dtype) == "b":
        raise CantTell("np.arange of booleans")
    if stop is not None or step != 1:
        if any(isinstance(k, Size) for k in (n, stop, step)):
            raise CantTell("np.arange with a start or a step")
        return as_array(np.arange(n, *(() if stop is None else (stop, step))))
    if isinstance(n, RangeOf):
        n = n.n
    return arange(n)
