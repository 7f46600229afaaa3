"""What stands in a copy for np, math, scipy, and for modules; or refuses each use.

A program sees of them what it sees of the real ones, or it is refused.
"""

import functools
import math
import types

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing.arrays import Array, as_array
from mlp.tracing.axes import Size
from mlp.tracing.items import Picked, RangeOf
from mlp.tracing.libraries import is_plain, is_plain_class, public
from mlp.tracing.numpy_names import CONSTANTS, NAMES, called
from mlp.tracing.refusal import CantTell, asked_by_program, demand_uncaught


def holds_arrays(x):
    """Tell whether something is, or holds, what the trace follows."""
    if isinstance(x, (list, tuple)):
        return any(map(holds_arrays, x))
    return isinstance(x, (Array, Size, Picked, RangeOf))


class StandIn:
    """What stands for something real; what is asked of it is looked up."""

    __slots__ = ("real", "__weakref__")

    def __getattribute__(self, name):
        if name == "__class__" and not asked_by_program():
            return object.__getattribute__(self, name)
        look_up = type(self).look_up
        return look_up(self, object.__getattribute__(self, "real"), name)

    def __setattr__(self, name, value):
        raise CantTell(f"an assignment to {name_of_real(self)}.{name}")

    def __delattr__(self, name):
        raise CantTell(f"a deletion of {name_of_real(self)}.{name}")

    def __repr__(self):
        if asked_by_program():
            raise CantTell(f"the text of {name_of_real(self)} is asked")
        return f"what stands for {name_of_real(self)}"

    __str__ = __repr__

    def __format__(self, how):
        return repr(self)


def part(stand_in, name):
    """Return what a stand-in keeps."""
    return object.__getattribute__(stand_in, name)


def keep(stand_in, **parts):
    """Keep something in a stand-in."""
    for name, value in parts.items():
        object.__setattr__(stand_in, name, value)


def name_of_real(stand_in):
    """Return the name of what a stand-in stands for."""
    real = part(stand_in, "real")
    home = (getattr(real, "__module__", "") or "").split(".")[0]
    own = isinstance(real, np.ufunc) or home == "numpy"
    return f"np.{real.__name__}" if own else real.__name__


class FunctionName(StandIn):
    """What stands for a function of NumPy, of math or of Python."""

    __slots__ = ("function", "path")

    def __init__(self, function, real, path=None):
        keep(self, function=function, real=real, path=path)

    def __call__(self, *args, **options):
        return part(self, "function")(*args, **options)

    def look_up(self, real, name):
        """Return an attribute: a method such as np.add.at, or a text."""
        value = getattr(real, name)
        path = f"{part(self, 'path')}.{name}"
        if path in NAMES:
            return numpy_function(path)
        if is_plain(value) or name == "__signature__":
            return value
        raise CantTell(f"{name_of_real(self)}.{name} is not known")


@functools.cache
def numpy_function(path, real=None):
    """Return what stands for a function of the table."""

    def function(*args, **options):
        return called(path, args, options)

    return FunctionName(function, real or numpy_part(path), path)


checked_function = functools.cache(FunctionName)


def numpy_part(path):
    """Return the part of NumPy with a path, such as linalg.norm."""
    return functools.reduce(getattr, path.split("."), np)


class NumpyName(StandIn):
    """What stands for numpy in a copy, or for a part of it such as np.linalg."""

    __slots__ = ("path",)

    def __init__(self, path=""):
        keep(self, path=path, real=numpy_part(path) if path else np)

    def look_up(self, real, name):
        """Return what stands for a name of NumPy."""
        own = part(self, "path")
        return numpy_name(f"{own}.{name}" if own else name)


numpy_module = functools.cache(NumpyName)


def numpy_name(path):
    """Return what stands for a name of NumPy."""
    if path in CONSTANTS:
        return ar.full((), CONSTANTS[path]())
    if path in PARTS:
        return numpy_module(path)
    real = numpy_part(path)
    if path in NAMES or path in UFUNCS:
        return numpy_function(path)
    if path in OURS:
        return checked_function(OURS[path], real)
    if path.startswith("random") and not isinstance(real, type):
        raise CantTell(f"np.{path}: random numbers")
    if path in PASSED:
        return checked_function(real, real)
    if is_plain(real) or (isinstance(real, type) and is_plain_class(real)):
        return real
    return Unknown(f"np.{path} is not known", real)


PARTS = {"linalg", "random", "ma", "exceptions", "testing"}
UFUNCS = {"add", "subtract", "multiply", "maximum"}
PASSED = {
    "issubdtype",
    "finfo",
    "iinfo",
    "result_type",
    "iterable",
    "ndindex",
}


def vectorized(function, otypes=None):
    """Return np.vectorize(function)."""

    def entry(u):
        return as_array(function(ar.full((), u))).poly

    def of_array(x):
        return ar.elementwise(entry, x, kind="f")

    return FunctionName(of_array, function)


def error_state(*args, **options):
    """Return np.errstate, which must not raise or call: an exception is a branch."""
    if set(args) | set(options.values()) <= {"ignore", "warn", "print", None}:
        return np.errstate(*args, **options)
    raise CantTell("np.errstate with more than ignore and warn")


OURS = {"vectorize": vectorized, "errstate": error_state}


class ScipyName(StandIn):
    """What stands in a copy for scipy.special, and for scipy, which holds it."""

    __slots__ = ()

    def __init__(self, module):
        keep(self, real=module)

    def look_up(self, module, name):
        """Return what stands for a name of SciPy."""
        real, whole = getattr(module, name), module.__name__
        if whole == "scipy" and name == "special":
            return scipy_module(real)
        if whole == "scipy.special" and name in NAMES:
            return numpy_function(name, real)
        return Unknown(f"{whole}.{name} is not known")


scipy_module = functools.cache(ScipyName)


class MathName(StandIn):
    """What stands for math in a copy."""

    __slots__ = ()

    def __init__(self):
        keep(self, real=math)

    def look_up(self, module, name):
        """Return what stands for a name of math."""
        return math_name(name)


math_module = functools.cache(MathName)


def math_name(name):
    """Return what stands for a name of math."""
    if name in CONSTANTS:
        return ar.full((), CONSTANTS[name]())
    real = getattr(math, name)
    path = {"fabs": "abs", "pow": "power", "atan": "arctan", "fsum": "sum"}.get(name)
    if (path or name) in NAMES and name in {*MATH, "prod"}:
        return raising_function(path or name, real)
    return real if is_plain(real) else unknown_of_values(real)


@functools.cache
def raising_function(path, real):
    """Return what stands for a function of math, which raises where NumPy's is inf."""

    def function(*args, **options):
        demand_uncaught(f"math.{real.__name__}")
        return called(path, args, options)

    return FunctionName(function, real, path)


@functools.cache
def unknown_of_values(real):
    """Return what stands for a function of math that knows only numbers."""
    return FunctionName(of_numbers(real, f"math.{real.__name__} is not known"), real)


MATH = {
    "sqrt",
    "exp",
    "log",
    "tanh",
    "sin",
    "cos",
    "sinh",
    "cosh",
    "erf",
    "fabs",
    "pow",
    "atan",
    "log1p",
    "expm1",
    "log2",
    "log10",
    "hypot",
    "fsum",
}


def of_numbers(function, why):
    """Return a function that refuses arrays that remember."""

    def call(*args, **options):
        if holds_arrays(args) or holds_arrays(tuple(options.values())):
            raise CantTell(why)
        return function(*args, **options)

    return call


class Unknown:
    """Something that may have a state, or does what is not known; each use refuses.

    A class of which objects of Python's own can be told is ``real``.
    """

    def __init__(self, why, real=None):
        keep(self, why=why, real=real)

    def refuse(self, *args, **options):
        """Raise."""
        raise CantTell(part(self, "why"))

    def __getattribute__(self, name):
        if asked_by_program():
            raise CantTell(part(self, "why"))
        return part(self, name)

    __setattr__ = __call__ = __iter__ = __next__ = __getitem__ = __setitem__ = refuse
    __len__ = __bool__ = __enter__ = __add__ = __radd__ = __mul__ = __rmul__ = refuse
    __contains__ = __float__ = __int__ = __index__ = __matmul__ = __rmatmul__ = refuse
    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = __pow__ = __neg__ = refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = refuse
    __repr__ = __str__ = __format__ = __delattr__ = __delitem__ = __rpow__ = refuse
    __and__ = __rand__ = __or__ = __ror__ = __mod__ = __rmod__ = __divmod__ = refuse
    __floordiv__ = __rfloordiv__ = __abs__ = __pos__ = __invert__ = __exit__ = refuse
    __xor__ = __rxor__ = __lshift__ = __rshift__ = __rlshift__ = __rrshift__ = refuse
    __rdivmod__ = __round__ = __complex__ = __reversed__ = refuse
    __array_ufunc__ = None


class ModuleName(StandIn):
    """What stands for a module of the user's in a copy."""

    __slots__ = ("copier",)

    def __init__(self, module, copier):
        keep(self, real=module, copier=copier)

    def look_up(self, module, name):
        """Return what stands for a name of the module."""
        whole = f"{module.__name__}.{name}"
        if name not in vars(module) and "__getattr__" in vars(module):
            return Unknown(f"{whole}, which the module's __getattr__ makes")
        return part(self, "copier").copied(getattr(module, name), whole)


class LibraryName(StandIn):
    """What stands in a copy for a module of Python's own without a state."""

    __slots__ = ("copier",)

    def __init__(self, module, copier):
        keep(self, real=module, copier=copier)

    def look_up(self, module, name):
        """Return what stands for a name of the module."""
        value, whole = getattr(module, name), module.__name__
        if isinstance(value, types.ModuleType):
            own = value.__name__.startswith(f"{whole}.")
            known = own and part(self, "copier").copied(value)
            return known or Unknown(f"{whole}.{name}")
        if isinstance(value, type):
            return part(self, "copier").copied(value)
        if is_plain(value) or (callable(value) and name in public(whole)):
            return part(self, "copier").known(value)
        return Unknown(f"{whole}.{name} is not known")


STANDING_IN = (Array, Size, StandIn, Unknown)


def real_of(x):
    """Return what something stands for, or itself."""
    return part(x, "real") if isinstance(x, StandIn) else x


def of_library(function):
    """Return what stands for a function of NumPy or SciPy that is written in Python."""
    name, home = function.__name__, function.__globals__["__name__"].split(".")[0]
    if name in NAMES and home == "scipy":
        return numpy_function(name, function)
    if getattr(np, name, None) is function:
        return numpy_name(name)
    return Unknown(f"{home}.{name} is not known")
