"""Checks of what callers hand in: a good value is returned, a bad one is explained."""

from collections.abc import Sequence
from numbers import Complex, Integral, Real

import numpy as np

CONVERTED = (
    "x.detach().cpu().numpy() for PyTorch (of a narrow dtype, .float() before), "
    "x.get() for CuPy, np.array(x) for others"
)
CURES = {  # dtype kind: how to make numbers of it
    "M": "; to count days, (dates - dates.min()) / np.timedelta64(1, 'D')",
    "m": "; to count days, durations / np.timedelta64(1, 'D')",
    "V": "; a narrow type of another library becomes numbers by .astype('float32')",
}


def _is_masked(values):
    """Whether values, or a part of nested lists, are a masked array."""
    if isinstance(values, Sequence) and not isinstance(values, (str, bytes)):
        return any(map(_is_masked, values))
    return isinstance(values, np.ma.MaskedArray)


def as_array(name, values):
    """Return values as an array.

    Raises
    ------
    TypeError
        When values are masked, or an array of another library that NumPy can't read.
    ValueError
        When the rows differ in length.
    """
    masked = f"{name} must not be masked, its mask would be lost; use .filled(…)"
    if _is_masked(values):
        raise TypeError(masked)
    try:
        array = np.asanyarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must have rows of the same length: {error}") from None
    except Exception as error:  # whatever the other library raises
        raise TypeError(
            f"{name} must be an array that NumPy can read; "
            f"got {type(values).__name__}: {error}; convert it first: {CONVERTED}"
        ) from error
    if _is_masked(array):
        raise TypeError(masked)
    return np.asarray(array)


def _array_of_numbers(name, values, noun="numbers"):
    """Return values as an array of numbers; numbers in objects become float64.

    Raises
    ------
    TypeError
        For text, dates, and objects that are no numbers, and as `as_array` does.
    ValueError
        When a number is too large for a float64, and as `as_array` does.
    """
    array = as_array(name, values)
    if array.dtype.kind in "buifc":
        return array
    if array.dtype.kind == "O" and all(isinstance(x, Complex) for x in array.flat):
        real = all(isinstance(x, Real) for x in array.flat)
        try:
            return array.astype(float if real else complex)
        except OverflowError:
            raise ValueError(
                f"{name} must fit in float64; a number is too large"
            ) from None
    raise TypeError(
        f"{name} must hold {noun}; got dtype {array.dtype}{_number_cure(array)}"
    )


def _number_cure(array):
    """What a message adds about an array that does not hold numbers."""
    if array.dtype.names:
        return "; hand over one of its fields"
    if array.dtype.kind in CURES:
        return CURES[array.dtype.kind]
    if any(hasattr(x, "toarray") for x in array.flat):
        return " from a sparse matrix; to fill in the zeros, .toarray()"
    strange = [x for x in array.flat if not isinstance(x, Complex)][:1]
    shown = f" with {strange[0]!r:.40}" if array.dtype.kind == "O" and strange else ""
    try:
        array.astype(float)
    except (TypeError, ValueError, OverflowError):
        return shown
    return f"{shown}; to read numbers from it, .astype(float)"


def as_real(name, values, dtype=float):
    """Return values as a C-contiguous array of the dtype; a copy only if it must be.

    Raises
    ------
    TypeError
        When values are not real numbers.
    ValueError
        When the rows differ in length.
    """
    array = _array_of_numbers(name, values, "real numbers")
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers; got dtype {array.dtype}")
    with np.errstate(over="ignore"):  # too large for the dtype: infinite
        return np.asarray(array, dtype, order="C")


def _check_finite(name, array, given):
    """Return array, made from what was given, when it holds no NaN and no infinity.

    Raises
    ------
    ValueError
        When it does; the message says when entries were only too large for the dtype.
    """
    bad = array.size - np.isfinite(array).sum()
    if bad:
        large = np.isfinite(_array_of_numbers(name, given)).all()
        what = f"too large for {array.dtype}" if large else "NaN or infinite"
        raise ValueError(f"{name} must be finite; {bad} entries are {what}")
    return array


def as_finite(name, values):
    """Return values as a C-contiguous array of finite float64.

    Raises
    ------
    TypeError
        When values are not real numbers.
    ValueError
        When the rows differ in length, or an entry is NaN, infinite or too large.
    """
    return _check_finite(name, as_real(name, values), values)


def _brings_protocols(values):
    """Whether values are of another array class that answers NumPy's functions."""
    kind = type(values)
    if isinstance(values, (np.ndarray, np.generic)):
        return False
    return callable(getattr(kind, "__array_ufunc__", None)) and hasattr(
        kind, "__array_function__"
    )


def as_numbers(name, values):
    """Return values as an array of floating-point numbers: the rule of all functions.

    Integers, bool and float16, whose products overflow, become float64; other
    floating-point and complex numbers stay as they are. An array of a class that brings
    NumPy's protocols (`__array_ufunc__` and `__array_function__`) keeps its class.

    Raises
    ------
    TypeError
        For masked arrays, text, dates, and objects that are no numbers.
    ValueError
        When the rows differ in length, or a number is too large for a float64.
    """
    array = values if _brings_protocols(values) else _array_of_numbers(name, values)
    if isinstance(values, np.ndarray) and not isinstance(values, np.matrix):
        array = array if values.dtype.kind == "O" else values  # of whatever subclass
    kind = getattr(getattr(array, "dtype", None), "kind", "f")
    if kind not in "buifc":
        raise TypeError(f"{name} must hold numbers; got dtype {array.dtype}")
    narrow = kind in "bui" or getattr(array, "dtype", None) == np.float16
    return array.astype(float) if narrow else array


def check_shape(name, array, shape):
    """Return array when it has the shape; a letter stands for any size.

    Raises
    ------
    ValueError
        For another shape; the message shows both.
    """
    fits = [
        isinstance(asked, str) or asked == size
        for asked, size in zip(shape, array.shape)
    ]
    if array.ndim != len(shape) or not all(fits) or 0 in array.shape[1:]:
        asked = (
            "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
        )
        cure = ""
        if array.ndim == 1 and len(shape) == 2:
            column, row = (
                f"one column is {name}[:, None]",
                f"one row is {name}[None, :]",
            )
            cure = f"; {column if shape[1] == 1 else row}"
        raise ValueError(f"{name} must have shape {asked}; got {array.shape}{cure}")
    return array


def check_inputs(X, D, name="X", dtype=float):
    """Return X as a C-contiguous array of the dtype and shape (N, D), N ≥ 1, finite.

    It is a copy only where X has another dtype or another order in memory.

    Raises
    ------
    TypeError
        When the entries are not real numbers.
    ValueError
        When the shape is not (N, D), there are no rows, or an entry is NaN, infinite or
        too large for the dtype.
    """
    array = as_real(name, X, dtype)
    if array.ndim != 2 or array.shape[1] != D or len(array) == 0:
        raise ValueError(
            f"{name} must have shape (N, {D}) with N ≥ 1; got {array.shape}"
        )
    return _check_finite(name, array, X)


def check_choice(name, value, allowed):
    """Return value when it is allowed, else raise a ValueError that lists the names."""
    try:
        known = value in set(allowed)
    except TypeError:  # a list or an array can't be looked up
        known = False
    if not known:
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, allowed))}; got {value!r}"
        )
    return value


def check_number(name, value, kind=Real, above=None, least=None):
    """Return value when it is a finite number of the kind and in the range.

    Raises
    ------
    TypeError
        When value is not of the kind (Real, or Integral for whole numbers).
    ValueError
        When value is NaN, not finite as a float64, not greater than `above`, or less
        than `least`.
    """
    noun = "a whole number" if kind is Integral else "a number"
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{name} must be {noun}; got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    limits = ["finite"]
    limits += [f"greater than {above}"] if above is not None else []
    limits += [f"at least {least}"] if least is not None else []
    if (
        not np.isfinite(number)
        or (above is not None and value <= above)
        or (least is not None and value < least)
    ):
        raise ValueError(
            f"{name} must be {noun}, {' and '.join(limits)}; got {value!r:.60}"
        )
    return int(value) if kind is Integral else number


def check_labels(y, N, K, name="y"):
    """Return y as an index: an array of np.intp, shape (N,), values 0 … K-1.

    Raises
    ------
    TypeError
        When the labels are not integers.
    ValueError
        When the shape is not (N,) or a label lies outside 0 … K-1.
    """
    given, y = y, as_array(name, y)
    how = f"{name}.to_numpy()" if hasattr(given, "to_numpy") else f"np.array({name})"
    if y.shape != (N,) or N == 0:
        cures = {
            (N, 1): f"; {how}.ravel() is flat",
            (N, K): f"; {how}.argmax(axis=1) is flat",
        }
        cure = cures.get(y.shape, _number_cure(y) if y.dtype.kind == "O" else "")
        raise ValueError(
            f"{name} must be a label for each of {N} rows; got {y.shape}{cure}"
        )
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must hold integer labels 0 … {K - 1}; got dtype {y.dtype}"
            + _label_cure(y, how)
        )
    if y.min() < 0 or y.max() >= K:
        raise ValueError(
            f"{name} must hold labels 0 … {K - 1}; got {y.min()} … {y.max()}"
        )
    return y.astype(np.intp, copy=False)


def _label_cure(y, how):
    """What a message adds about labels (N,) that are no integers."""
    if y.dtype.kind in "mMcV":
        return ""
    try:
        numbers = y.astype(float)
    except (TypeError, ValueError, OverflowError):
        if all(isinstance(label, str) for label in y.tolist()):
            return (
                f"; with names = np.unique(all labels), np.searchsorted(names, {how})"
            )
        strange = next(x for x in y.tolist() if not isinstance(x, (str, Real)))
        return f" with {strange!r:.40}"
    if np.isnan(numbers).any():
        return "; a label is missing"
    if (numbers == np.rint(numbers)).all():
        return f"; {how}.astype(int) converts whole numbers"
    return f" with {y[numbers != np.rint(numbers)][0]!r:.40}"


def check_rng(rng, default):
    """Return rng, or the default for None; raise a TypeError when it cannot draw."""
    if rng is None:
        return default
    able = hasattr(rng, "standard_normal") and hasattr(rng, "permutation")
    if not able or isinstance(rng, type):
        cure = (
            f"; a seed is np.random.RandomState({rng})"
            if isinstance(rng, Integral)
            else ""
        )
        cure = "; call it, to make one" if isinstance(rng, type) else cure
        raise TypeError(
            f"rng must be a numpy Generator or RandomState; got {rng!r}{cure}"
        )
    return rng


def check_params(params, sizes, dtype):
    """Raise an error unless params are W1 (D, H1), b1 (H1,) … for these sizes.

    Raises
    ------
    TypeError
        When params is no dict, or a parameter is no array of the dtype. (Complex
        numbers pass: a derivative by a complex step needs them.)
    ValueError
        When a name is missing or unknown, or a shape is another one.
    """
    if not isinstance(params, dict):
        raise TypeError(
            f"params must be a dict, as dict(…) makes one; got {params!r:.60}"
        )
    shapes = {}
    for k, (fan_in, fan_out) in enumerate(
        zip(sizes[:-1], sizes[1:], strict=True), start=1
    ):
        shapes |= {f"W{k}": (fan_in, fan_out), f"b{k}": (fan_out,)}
    if params.keys() != shapes.keys():
        raise ValueError(
            f"params must have the keys {list(shapes)}; got {list(params)}"
        )
    for name, shape in shapes.items():
        p, where = params[name], f"params[{name!r}]"
        if not isinstance(p, np.ndarray) or isinstance(p, np.ma.MaskedArray):
            raise TypeError(f"{where} must be a NumPy array; got {type(p).__name__}")
        if p.dtype != dtype and p.dtype.kind != "c":
            raise TypeError(
                f"{where} must have the network's dtype {dtype}; got {p.dtype}; "
                f".astype({str(dtype)!r}) converts"
            )
        check_shape(where, p, shape)
