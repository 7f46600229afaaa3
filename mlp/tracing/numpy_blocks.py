"""NumPy's functions that put arrays beside each other, or cut them."""

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing.arrays import Array, Store, as_array
from mlp.tracing.axes import Size, axis_of, length_of, normal
from mlp.tracing.numpy_entries import copy
from mlp.tracing.numpy_shapes import atleast_1d, atleast_2d, moveaxis, shape_of
from mlp.tracing.numpy_table import axes_of, named
from mlp.tracing.refusal import CantTell


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
    result = Array(Store(axes, entry, kind), scalar=False)
    result.contiguous = all(x.contiguous for x in arrays if x.ndim > 1)
    return result


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
    return ar.in_any_order(copy(moveaxis(result, 0, axis)))


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
    axes = tuple(axis_of(r) if not a else a for r, a in zip(reps, x.axes))
    lengths, x = x.axes, copy(x.broadcast(axes), order="K")
    for n, r in enumerate(reps):
        if r != 1 and lengths[n]:
            x = concatenate([x] * as_count(r), axis=n)
    return x


def as_count(n):
    """Return a number of copies that is no letter."""
    if isinstance(n, Size):
        raise CantTell(f"{n} as a number of copies")
    return int(n)


@named("repeat", method=True)
def repeat(x, repeats, axis=None):
    x = as_array(x)
    x, axis = (x.reshaped([-1]), 0) if axis is None else (x, axis % x.ndim)
    lengths = list(x.shape)
    lengths[axis] = lengths[axis] * repeats
    x = x[(slice(None),) * (axis + 1) + (None,)]
    axes = (*x.axes[: axis + 1], axis_of(repeats), *x.axes[axis + 2 :])
    return copy(x.broadcast(axes)).reshaped(lengths)


@named("flip")
def flip(x, axis=None):
    x = as_array(x)
    key = [slice(None)] * x.ndim
    for n in axes_of(x, axis):
        if isinstance(x.shape[n], Size):
            raise CantTell(f"np.flip along an axis of length {x.shape[n]}")
        key[n] = slice(None, None, -1)
    return x[tuple(key)]
