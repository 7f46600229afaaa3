"""What stands in a copy for Python's own len, range, isinstance, float, max …"""

import builtins
import contextlib
import functools
import operator
import types
import warnings

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing.arrays import Array, as_array
from mlp.tracing.axes import Size, length_of, made_of_sizes, ordered, plain
from mlp.tracing.items import Picked, RangeOf
from mlp.tracing.numpy_names import NAMES
from mlp.tracing.refusal import CantTell
from mlp.tracing.spies import SPIES
from mlp.tracing.stand_ins import (
    FunctionName,
    Unknown,
    holds_arrays,
    of_numbers,
    part,
    real_of,
)
from mlp.tracing.states import BYPASSES

REFUSED = (
    "breakpoint",
    "help",
    "quit",
    "exit",
    "copyright",
    "credits",
    "license",
    "memoryview",
    "open",
    "input",
    "exec",
    "eval",
    "compile",
    "globals",
    "locals",
    "vars",
    "dir",
    "id",
    "hash",
)


WORDS = {"None", "True", "False", "Ellipsis", "NotImplemented", "__debug__"}


def our_len(x):
    """len of an array may be a letter."""
    if isinstance(x, Array):
        if not x.axes:
            raise TypeError("len() of unsized object")
        return length_of(x.axes[0])
    return x.n if isinstance(x, RangeOf) else builtins.len(x)


def our_range(*args):
    """range(N) can be an index."""
    if any(isinstance(k, Size) for k in args):
        if len(args) == 1:
            return RangeOf(args[0])
        if len(args) == 2 and args[0] == 0:
            return RangeOf(args[1])
        raise CantTell(f"a loop over range{args}")
    return builtins.range(*args)


def our_isinstance(x, kinds):
    """An array that remembers passes for an ndarray, a size for an int."""
    flat = [real_class(kind) for kind in flattened(kinds)]
    if isinstance(x, (Array, Size)):
        answers = [any(issubclass(own, k) for k in flat) for own in real_types(x)]
        return only_answer(answers, "the type of a value")
    if isinstance(x, Unknown):
        x.refuse()
    if isinstance(x, (Picked, RangeOf)):
        raise CantTell("the type of something that is not known is asked")
    return builtins.isinstance(real_of(x), tuple(flat))


def flattened(kinds):
    """Return the classes in a class, or in a tuple of such tuples."""
    if isinstance(kinds, tuple):
        return [one for kind in kinds for one in flattened(kind)]
    return [kinds]


def real_class(cls):
    """Return the class of Python for which ours stands."""
    for ours, real in ((OurFloat, float), (OurInt, int)):
        if cls is ours:
            return real
    if isinstance(cls, Unknown):
        return part(cls, "real") or cls.refuse()
    return real_of(cls)


def real_types(x):
    """Return the types that the real function may have here."""
    if isinstance(x, Size):
        return (int,)
    if not x.scalar:
        return (np.ndarray,)
    return {"f": (np.float64, float), "i": (np.int64, int), "b": (np.bool_, bool)}[
        x.kind
    ]


def only_answer(answers, what):
    """Return the answer if there is only one, else refuse."""
    if len(set(answers)) > 1:
        raise CantTell(f"{what} is asked")
    return answers[0]


def our_type(x, *rest):
    """Return the type that the real function sees."""
    if rest:
        return builtins.type(x, *rest)
    if isinstance(x, (Array, Size)):
        own = only_answer(real_types(x), "the type of a value")
    elif isinstance(x, (Unknown, Picked, RangeOf)):
        raise CantTell("the type of something that is not known is asked")
    else:
        own = builtins.type(real_of(x))
    return OURS.get(own, own)


def our_hasattr(x, name):
    """hasattr: what stands for an array or a size has the names of that."""
    demand_known(name)
    if isinstance(x, (Array, Size)):
        has = [builtins.hasattr(own, name) for own in real_types(x)]
        return only_answer(has, f"hasattr(…, {name!r})")
    if isinstance(x, (Picked, RangeOf, Unknown)):
        raise CantTell(f"hasattr(…, {name!r}) is asked")
    if "__getattr__" in getattr(real_of(x), "__dict__", ()):
        raise CantTell(f"hasattr(…, {name!r}) of what has a __getattr__")
    return builtins.hasattr(real_of(x), name)


def our_getattr(x, name, *default):
    """getattr, which knows the names of arrays and sizes."""
    demand_known(name)
    if name == "__class__":
        return our_type(x)
    if isinstance(x, (Array, Size)):
        if our_hasattr(x, name):
            if not builtins.hasattr(x, name):
                raise CantTell(f".{name} of an array or a size")
        elif default:
            return default[0]
        else:
            raise AttributeError(name)
    if isinstance(x, (Picked, RangeOf, Unknown)):
        raise CantTell(f"getattr(…, {name!r}) is asked")
    return builtins.getattr(x, name, *default)


def demand_known(name):
    """Refuse a name that spies on the trace, or writes around what watches it."""
    if set(str(name).split(".")) & (SPIES | BYPASSES):
        raise CantTell(f"{name} is asked by its name")


def our_setattr(x, name, value):
    """setattr, of names that are not Python's own."""
    if str(name).startswith("__"):
        raise CantTell(f"an assignment to {name}")
    builtins.setattr(x, name, value)


def our_delattr(x, name):
    """delattr, of names that are not Python's own."""
    if str(name).startswith("__"):
        raise CantTell(f"a deletion of {name}")
    builtins.delattr(x, name)


def our_attrgetter(*names):
    """operator.attrgetter, by our getattr."""

    def one(x, name):
        return functools.reduce(our_getattr, name.split("."), x)

    def get(x):
        found = tuple(one(x, name) for name in names)
        return found if len(names) > 1 else found[0]

    return get


def our_methodcaller(name, *args, **options):
    """operator.methodcaller, by our getattr."""
    return lambda x: our_getattr(x, name)(*args, **options)


def our_iter(x, *rest):
    """iter, of what has one order in every run of Python."""
    if isinstance(x, (set, frozenset)) and not all(map(is_number, x)):
        raise CantTell("the order of a set of strings is random")
    return builtins.iter(x, *rest)


def our_filter(function):
    """Return a function that sets a filter of warnings, which makes no errors."""

    def set_filter(action, *args, **options):
        if action != "ignore":
            raise CantTell(f"a filter of warnings that is {action!r}")
        return function(action, *args, **options)

    return set_filter


class OurSuppress(contextlib.suppress):
    """contextlib.suppress, which is a branch where something raises."""

    def __init__(self, *exceptions):
        raise CantTell("contextlib.suppress")


def is_number(x):
    """Tell whether something is hashed in the same way in every run of Python."""
    return isinstance(x, (int, float))


class OurKind(type):
    """Of our float and int: what is a float is one of ours."""

    def __instancecheck__(cls, x):
        return our_isinstance(x, real_class(cls))

    def __subclasscheck__(cls, other):
        return issubclass(real_class(other), real_class(cls))


class OurFloat(float, metaclass=OurKind):
    """float as a function; as a dtype it is float."""

    def __new__(cls, x=0.0):
        if isinstance(x, (Array, Size)):
            result = ar.full((), as_array(x).poly)
            result.is_python = True
            return result
        return builtins.float(x)


class OurInt(int, metaclass=OurKind):
    """int as a function: of a size it is the size; as a dtype it is int."""

    def __new__(cls, x=0, *args):
        if isinstance(x, Array):
            return whole_number(x)
        return x if isinstance(x, Size) else builtins.int(x, *args)


for ours, real in ((OurFloat, float), (OurInt, int)):
    ours.__name__ = ours.__qualname__ = real.__name__
    ours.__module__, ours.__doc__ = real.__module__, real.__doc__


def whole_number(x):
    """Return int(x) of an array: a size only if it is made of sizes alone."""
    u, n = x.poly, x.poly.constant
    if n is not None and (x.kind != "f" or n == builtins.int(n)):
        return builtins.int(n)
    if x.kind == "f":
        raise CantTell("a conversion to whole numbers")
    if made_of_sizes(u):
        return plain(u)
    result = ar.full((), u, "i")
    result.is_python = True
    if x.index:
        result.index = lambda place: x.index(((),) * x.ndim)
    return result


def our_max(*args, **options):
    """max of numbers."""
    return extreme(builtins.max, "fmax", args, options)


def our_min(*args, **options):
    """min of numbers."""
    return extreme(builtins.min, "fmin", args, options)


def extreme(function, name, args, options):
    """Return the largest or the smallest of numbers, some of which remember."""
    values = list(args[0]) if len(args) == 1 else args
    if not holds_arrays(list(values)) or options:
        return function(values, **options)
    if any(isinstance(v, Array) and v.ndim for v in values):
        raise CantTell(f"{function.__name__} of arrays")
    end = -1 if name == "fmax" else 0

    def of_two(a, b):
        lengths = all(type(v) in (Size, int) for v in (a, b))
        in_order = ordered(a, b) if lengths else None
        return in_order[end] if in_order else NAMES[name](a, b)

    return functools.reduce(of_two, values)


def nothing(*args, **options):
    """Print nothing."""


def stand_in_of(real, function):
    """Return what stands for a function or a class of Python."""
    return function if isinstance(function, type) else FunctionName(function, real)


TYPE = stand_in_of(type, our_type)
OURS = {
    len: our_len,
    range: our_range,
    isinstance: our_isinstance,
    type: TYPE,
    hasattr: our_hasattr,
    getattr: our_getattr,
    setattr: our_setattr,
    delattr: our_delattr,
    iter: our_iter,
    float: OurFloat,
    int: OurInt,
    max: our_max,
    min: our_min,
    print: nothing,
    round: of_numbers(round, "round of a value"),
    warnings.filterwarnings: our_filter(warnings.filterwarnings),
    warnings.simplefilter: our_filter(warnings.simplefilter),
    contextlib.suppress: OurSuppress,
    operator.attrgetter: our_attrgetter,
    operator.methodcaller: our_methodcaller,
}
OURS = {
    real: ours if ours is TYPE else stand_in_of(real, ours)
    for real, ours in OURS.items()
}


def our_builtins():
    """Return what stands in a copy for the builtins."""
    result = {}
    for name, value in vars(builtins).items():
        known = isinstance(value, (type, types.BuiltinFunctionType)) or name in WORDS
        if name in REFUSED or not known:
            result[name] = Unknown(f"{name}() is not known")
        else:
            result[name] = OURS.get(value, value)
    return result
