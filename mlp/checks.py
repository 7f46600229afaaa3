"""Checks of what callers hand in: a good value is returned, a bad one is explained."""

from numbers import Integral, Real

import numpy as np


def as_array(name, values):
    """Return values as an array, or raise a ValueError when its rows differ in length."""
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must have rows of the same length; got ragged ones") from None


def check_inputs(X, D, name="X", dtype=float):
    """Return X as an array of the dtype and shape (N, D), N ≥ 1, with finite entries.

    Raises
    ------
    TypeError
        When the entries are not real numbers.
    ValueError
        When the shape is not (N, D), there are no rows, or an entry is NaN or infinite.
    """
    X = as_array(name, X)
    if X.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers; got dtype {X.dtype}")
    if X.ndim != 2 or X.shape[1] != D or len(X) == 0:
        raise ValueError(f"{name} must have shape (N, {D}) with N ≥ 1; got {X.shape}")
    with np.errstate(over="ignore"):
        X = X.astype(dtype, copy=False)
    if not np.isfinite(X).all():
        bad = np.sum(~np.isfinite(X))
        raise ValueError(f"{name} must be finite; {bad} entries are NaN or infinite")
    return X


def check_choice(name, value, allowed):
    """Return value when it is allowed, else raise a ValueError that lists the names."""
    if value not in list(allowed):
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
        When value is NaN, infinite, not greater than `above`, or less than `least`.
    """
    noun = "a whole number" if kind is Integral else "a number"
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{name} must be {noun}; got {value!r}")
    if (
        not np.isfinite(value)
        or (above is not None and value <= above)
        or (least is not None and value < least)
    ):
        limit = f"greater than {above}" if above is not None else f"at least {least}"
        raise ValueError(f"{name} must be {noun}, finite and {limit}; got {value!r}")
    return int(value) if kind is Integral else float(value)


def check_labels(y, N, K, name="y"):
    """Return y as an integer array of shape (N,) with values 0 … K-1.

    Raises
    ------
    TypeError
        When the labels are not integers.
    ValueError
        When the shape is not (N,) or a label lies outside 0 … K-1.
    """
    y = as_array(name, y)
    if y.shape != (N,) or N == 0:
        raise ValueError(f"{name} must be a label for each of {N} rows; got {y.shape}")
    if not np.issubdtype(y.dtype, np.integer):
        raise TypeError(
            f"{name} must hold integer labels 0 … {K - 1}; got dtype {y.dtype}"
        )
    if y.min() < 0 or y.max() >= K:
        raise ValueError(
            f"{name} must hold labels 0 … {K - 1}; got {y.min()} … {y.max()}"
        )
    return y


def check_rng(rng, default):
    """Return rng, or the default when it is None; raise a TypeError when it cannot draw."""
    if rng is None:
        return default
    if not (hasattr(rng, "standard_normal") and hasattr(rng, "permutation")):
        raise TypeError(f"rng must be a numpy Generator or RandomState; got {rng!r}")
    return rng
