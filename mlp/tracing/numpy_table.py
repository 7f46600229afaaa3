"""The table of NumPy's names, how they are entered, and how they are called."""

import inspect

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing import functions as fn
from mlp.tracing.arrays import Array, as_array
from mlp.tracing.constants import demand_wide, pi
from mlp.tracing.items import Picked
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import ONE

NAMES, METHODS = {}, {}


class Precision:
    """Whether a trace has met other real numbers than those of 64 bits."""

    def __init__(self):
        self.begin()

    def begin(self):
        """Forget another trace."""
        self.mixed = False


precision = Precision()


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
    for option, allowed in (("where", True), ("casting", "same_kind")):
        if options.get(option, allowed) == allowed:
            options.pop(option, None)
    if any(isinstance(x, Picked) for x in args):
        return with_picked(name, args, options)
    value = with_known_options(name, NAMES[name], args, options)
    if out is None:
        return value
    out = out[0] if isinstance(out, tuple) else out
    if not isinstance(out, Array) or out.scalar:
        raise CantTell(f"np.{name} with out=")
    if as_array(value).axes != out.axes:
        raise ar.mismatch(as_array(value).shape, out.shape)
    out.assign(value)
    return out


def with_known_options(name, function, args, options):
    """Call a function, or refuse arguments that it does not know."""
    if options.get("order") == "C" and "order" not in parameters_of(function):
        options = {key: value for key, value in options.items() if key != "order"}
    try:
        inspect.signature(function).bind(*args, **options)
    except TypeError as error:
        raise CantTell(f"np.{name}: {error}") from None
    return function(*args, **options)


def parameters_of(function):
    """Return the names of a function's parameters."""
    return inspect.signature(function).parameters


def with_picked(name, args, options):
    """Apply an elementwise function to entries that a mask picked."""
    if len(args) != 1 or options:
        raise CantTell(f"np.{name} of x[mask]")
    return Picked(NAMES[name](args[0].full), args[0].mask)


def kind_of(dtype):
    """Return the kind of a dtype, f, b or i."""
    if dtype is None or (isinstance(dtype, type) and issubclass(dtype, float)):
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
    if real.kind not in "bif":
        raise CantTell(f"the dtype {dtype}")
    precision.mixed |= real.kind == "f" and real.itemsize != 8
    return real.kind


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
