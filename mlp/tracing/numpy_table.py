"""The table of NumPy's names, how they are entered, and how they are called."""

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing import functions as fn
from mlp.tracing.arrays import Array, as_array
from mlp.tracing.constants import demand_wide, pi
from mlp.tracing.items import Picked
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import ONE

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
    if dtype in (bool, np.bool_, "bool") or str(dtype) == "bool":
        return "b"
    if isinstance(dtype, type) and issubclass(dtype, int):
        return "i"
    try:
        real = np.dtype(dtype)
    except TypeError:
        raise CantTell(f"the dtype {dtype}") from None
    demand_wide(real)
    if real.kind != "i":
        raise CantTell(f"the dtype {dtype}")
    return "i"


def axes_of(x, axis):
    """Return a list of axis numbers."""
    if axis is None:
        return list(range(x.ndim))
    if not x.ndim and isinstance(axis, int) and axis in (0, -1):
        return []  # NumPy allows it for one number
    axis = list(axis) if isinstance(axis, (tuple, list)) else [axis]
    if any(not -x.ndim <= n < x.ndim for n in axis):
        raise np.exceptions.AxisError(
            f"axis {axis} is out of bounds for array of dimension {x.ndim}"
        )
    axis = [n % x.ndim for n in axis]
    if len(set(axis)) < len(axis):
        raise ValueError("duplicate value in 'axis'")
    return axis


CONSTANTS = {"pi": pi, "e": lambda: fn.exp(ONE)}
