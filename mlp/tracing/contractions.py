"""Sums over axes, and products of arrays that are summed over what they share."""

from mlp.tracing.arrays import Array, Store, as_array, mismatch
from mlp.tracing.axes import all_places, letters_of
from mlp.tracing.constants import fitting
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import ZERO, times, total


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
    result = Array(Store(result_axes, in_64_bits(formula, kind), kind))
    result.contiguous = array.contiguous
    return result


def in_64_bits(formula, kind):
    """Return a formula that refuses whole numbers which overflow."""
    return formula if kind == "f" else lambda place: fitting(formula(place))


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
    if kind == "b":
        raise CantTell("a product of two arrays of booleans")
    formula = in_64_bits(formula, kind)
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
