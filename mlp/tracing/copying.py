"""A copy of a program runs, with our np, math, len, range, float; the program stays.

The functions that a function calls are copied as well, and the objects that it reaches.
So a program cannot change what its user has. What it changed in the copies is found at
the end: a program with a state may compute something else tomorrow.
"""

import builtins
import copy
import enum
import functools
import math
import sys
import types

import numpy as np

from mlp.tracing import arrays as ar
from mlp.tracing.arrays import Array, as_array
from mlp.tracing.axes import Size, length_of, ordered, plain
from mlp.tracing.items import Picked, RangeOf
from mlp.tracing.numpy_names import CONSTANTS, NAMES, called, full_array
from mlp.tracing.refusal import CantTell, refusals
from mlp.tracing.states import BYPASSES, State, names_that_differ, watch_attributes

PLAIN = (
    int,
    float,
    complex,
    str,
    bytes,
    bool,
    type(None),
    type(...),
    np.dtype,
    np.generic,
)
SAFE_MODULES = {
    "functools",
    "itertools",
    "operator",
    "typing",
    "collections",
    "dataclasses",
    "warnings",
    "abc",
    "copy",
    "enum",
    "numbers",
    "types",
    "contextlib",
    "__future__",
}
REFUSED = (
    "open",
    "input",
    "exec",
    "eval",
    "compile",
    "globals",
    "locals",
    "vars",
    "id",
    "hash",
)


def holds_arrays(x):
    """Tell whether something is, or holds, what the trace follows."""
    if isinstance(x, (list, tuple)):
        return any(map(holds_arrays, x))
    return isinstance(x, (Array, Size, Picked, RangeOf))


class NumpyName:
    """What stands for numpy in a copy, or for a part of it such as np.linalg."""

    def __init__(self, path=""):
        object.__setattr__(self, "path", path)

    def __getattr__(self, name):
        path = f"{self.path}.{name}" if self.path else name
        if path in CONSTANTS:
            return ar.full((), CONSTANTS[path]())
        if path in PARTS:
            return NumpyName(path)
        if path in NAMES:
            return numpy_function(path)
        if path == "vectorize":
            return vectorized
        real = np
        for part in path.split("."):
            real = getattr(real, part)
        if isinstance(real, type) and path != "vectorize" or path in PASSED:
            return real
        if path.startswith("random"):
            raise CantTell(f"np.{path}: random numbers")
        return Unknown(f"np.{path} is not known")

    def __setattr__(self, name, value):
        raise CantTell(f"an assignment to np.{name}")

    def __call__(self, *args, **options):
        if not self.path:
            raise TypeError("'module' object is not callable")
        return called(self.path, args, options)


PARTS = {
    "linalg",
    "random",
    "ma",
    "add",
    "subtract",
    "multiply",
    "maximum",
    "exceptions",
    "testing",
}
PASSED = {
    "newaxis",
    "inf",
    "nan",
    "issubdtype",
    "errstate",
    "seterr",
    "finfo",
    "iinfo",
    "result_type",
    "iterable",
    "ndindex",
    "printoptions",
    "set_printoptions",
}


def numpy_function(name):
    """Return a function of the table."""

    def function(*args, **options):
        return called(name, args, options)

    function.__name__ = name
    return function


def vectorized(function, otypes=None):
    """Return np.vectorize(function)."""

    def entry(u):
        return as_array(function(ar.full((), u))).poly

    return lambda x: ar.elementwise(entry, x, kind="f")


class ScipyName:
    """What stands in a copy for scipy.special, and for scipy, which holds it."""

    def __init__(self, module):
        self.module = module

    def __getattr__(self, name):
        real = getattr(self.module, name)
        whole = self.module.__name__
        if whole == "scipy" and name == "special":
            return ScipyName(real)
        if whole == "scipy.special" and name in NAMES:
            return numpy_function(name)
        return Unknown(f"{whole}.{name} is not known")


class MathName:
    """What stands for math in a copy."""

    def __getattr__(self, name):
        if name in CONSTANTS:
            return ar.full((), CONSTANTS[name]())
        same = {"fabs": "abs", "pow": "power", "atan": "arctan", "fsum": "sum"}
        if same.get(name, name) in NAMES and name in MATH:
            return numpy_function(same.get(name, name))
        if name == "prod":
            return numpy_function("prod")
        if name in ("inf", "nan"):
            return getattr(math, name)
        return of_numbers(getattr(math, name), f"math.{name} is not known")


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
    """Something that may have a state, or does what is not known; each use refuses."""

    def __init__(self, why):
        object.__setattr__(self, "why", why)

    def refuse(self, *args, **options):
        """Raise."""
        raise CantTell(object.__getattribute__(self, "why"))

    def __getattr__(self, name):
        raise CantTell(object.__getattribute__(self, "why"))

    __setattr__ = __call__ = __iter__ = __next__ = __getitem__ = __setitem__ = refuse
    __len__ = __bool__ = __enter__ = __add__ = __radd__ = __mul__ = __rmul__ = refuse
    __contains__ = __float__ = __int__ = __index__ = __matmul__ = __rmatmul__ = refuse
    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = __pow__ = __neg__ = refuse
    __array_ufunc__ = None


class ModuleName:
    """What stands for a module of the user's in a copy."""

    def __init__(self, module, copier):
        object.__setattr__(self, "module", module)
        object.__setattr__(self, "copier", copier)

    def __getattr__(self, name):
        return self.copier.copied(
            getattr(self.module, name), f"{self.module.__name__}.{name}"
        )

    def __setattr__(self, name, value):
        raise CantTell(f"an assignment to {self.module.__name__}.{name}")


STANDING_IN = Array, Size, NumpyName, ScipyName, MathName, Unknown, ModuleName


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
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    flat = [k for kind in kinds for k in (kind if isinstance(kind, tuple) else (kind,))]
    flat = [{OurFloat: float, OurInt: int}.get(k, k) for k in flat]
    if isinstance(x, Array):
        own = np.float64 if x.kind == "f" else np.int64 if x.kind == "i" else np.bool_
        own = own if x.scalar else np.ndarray
        return (
            any(issubclass(own, k) for k in flat if isinstance(k, type))
            or Array in flat
        )
    if isinstance(x, Size):
        return any(issubclass(int, k) for k in flat if isinstance(k, type))
    return builtins.isinstance(x, tuple(k for k in flat if not isinstance(k, Unknown)))


class OurFloat(float):
    """float as a function; as a dtype it is float."""

    def __new__(cls, x=0.0):
        if isinstance(x, (Array, Size)):
            x = as_array(x)
            return ar.full((), x.poly)
        return builtins.float(x)


class OurInt(int):
    """int as a function: of a size it is the size; as a dtype it is int."""

    def __new__(cls, x=0, *args):
        if isinstance(x, Size):
            return x
        if isinstance(x, Array):
            n = x.poly.constant
            if x.kind == "f" and (n is None or n != int(n)):
                raise CantTell("a conversion to whole numbers")
            return plain(x.poly)
        return builtins.int(x, *args)


def our_max(*args, **options):
    """max of numbers."""
    return extreme(builtins.max, "maximum", args, options)


def our_min(*args, **options):
    """min of numbers."""
    return extreme(builtins.min, "minimum", args, options)


def extreme(function, name, args, options):
    """Return the largest or the smallest of numbers, some of which remember."""
    values = args[0] if len(args) == 1 else args
    if isinstance(values, Array):
        values = list(values)
    if not holds_arrays(list(values)) or options:
        return function(*args, **options)
    if any(isinstance(v, Array) and v.ndim for v in values):
        raise CantTell(f"{function.__name__} of arrays")
    end = -1 if name == "maximum" else 0

    def of_two(a, b):
        lengths = all(type(v) in (Size, int) for v in (a, b))
        in_order = ordered(a, b) if lengths else None
        return in_order[end] if in_order else NAMES[name](a, b)

    return functools.reduce(of_two, values)


def our_bool(x=False):
    """bool of a condition."""
    return builtins.bool(x)


def of_library(function):
    """Return what stands for a function of NumPy or SciPy that is written in Python."""
    if function.__name__ in NAMES:
        return numpy_function(function.__name__)
    return Unknown(f"{function.__module__}.{function.__name__} is not known")


def nothing(*args, **options):
    """Print nothing."""


class Copier:
    """Copies functions and what they reach, each once; knows what they changed."""

    def __init__(self):
        self.memo, self.kept, self.watched, self.states = {}, [], [], {}
        self.may_bypass = False
        self.builtins = dict(vars(builtins))
        self.builtins.update(
            len=our_len,
            range=our_range,
            isinstance=our_isinstance,
            float=OurFloat,
            int=OurInt,
            max=our_max,
            min=our_min,
            print=nothing,
            round=of_numbers(round, "round of a value"),
            __import__=self.imported,
        )
        for name in REFUSED:
            self.builtins[name] = Unknown(f"{name}() is not known")

    def imported(self, name, *args, **options):
        """Do an import in a function."""
        module = __import__(name, *args, **options)
        return self.copied(module, name)

    def copied(self, value, name="a value"):
        """Return what stands for a value in the copy."""
        if isinstance(value, STANDING_IN):
            return value
        if value is float or value is int:
            return OurFloat if value is float else OurInt
        if isinstance(value, PLAIN):
            return value
        if id(value) not in self.memo:
            self.kept.append(value)
            self.memo[id(value)] = None  # found again while it is made
            self.memo[id(value)] = self.make(value, name)
        return self.memo[id(value)]

    def argument(self, value, name):
        """Return what stands for an argument, whose own dict or list is no state."""
        if type(value) is dict:
            return {
                key: self.copied(part, f"{name}[{key!r}]")
                for key, part in value.items()
            }
        if type(value) is list:
            return [self.copied(part, name) for part in value]
        return self.copied(value, name)

    def make(self, value, name):
        """Return what stands for a function, a module, a class or an object."""
        if isinstance(value, types.FunctionType):
            library = (value.__module__ or "").split(".")[0] in ("numpy", "scipy")
            return of_library(value) if library else self.function(value)
        if isinstance(value, types.MethodType):
            return types.MethodType(
                self.copied(value.__func__), self.copied(value.__self__, name)
            )
        if isinstance(value, types.ModuleType):
            return self.module(value)
        if isinstance(value, np.ufunc):
            if value.__name__ in NAMES or hasattr(np, value.__name__):
                return numpy_function(value.__name__)
            return Unknown(f"{value.__name__} is not known")
        if isinstance(value, np.vectorize):
            return vectorized(self.copied(value.pyfunc, name))
        if isinstance(value, functools.partial):
            args = [self.copied(arg, name) for arg in value.args]
            options = {k: self.copied(v, name) for k, v in value.keywords.items()}
            return functools.partial(self.copied(value.func, name), *args, **options)
        if isinstance(value, (types.BuiltinFunctionType, type(np.sum))):
            return self.builtin(value, name)
        if isinstance(value, (staticmethod, classmethod)):
            return type(value)(self.copied(value.__func__, name))
        if isinstance(value, property):
            return property(
                *[self.copied(f, name) for f in (value.fget, value.fset, value.fdel)]
            )
        if isinstance(value, type):
            return self.class_(value)
        if isinstance(value, np.ndarray):
            if type(value) is not np.ndarray:
                return Unknown(f"{name} is a {type(value).__name__}")
            try:
                result = full_array(as_array(value))
            except CantTell as error:  # it may be one that the program does not use
                refusals.remove(error)
                return Unknown(f"{name} is {error.why}")
            self.watched.append(
                (f"the array {name}", result.store, result.store.version)
            )
            return result
        return self.container(value, name)

    def container(self, value, name):
        """Copy lists, dicts, sets and objects of the user's classes."""
        if isinstance(value, tuple):
            parts = [self.copied(part, name) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        if isinstance(value, (frozenset, range, slice, enum.Enum)):
            return value
        if type(value) in (list, dict, set) or type(value).__name__ in (
            "OrderedDict",
            "defaultdict",
        ):
            result = copy.copy(value)
            self.memo[id(value)] = result
            if isinstance(value, list):
                result[:] = [self.copied(part, name) for part in value]
            elif isinstance(value, dict):
                for key, part in value.items():
                    result[key] = self.copied(part, f"{name}[{key!r}]")
            self.watch(f"{type(value).__name__} {name}", result)
            return result
        if is_users(type(value)) and hasattr(value, "__dict__"):
            result = object.__new__(self.copied(type(value)))
            self.memo[id(value)] = result
            for key, part in vars(value).items():
                result.__dict__[key] = self.copied(part, f"{name}.{key}")
            whose = type(value).__name__ if name == "a value" else name
            self.watch(f"attribute {{}} of {whose}", result.__dict__)
            self.states[id(result.__dict__)] = self.states[id(result)] = State(result)
            return result
        return Unknown(f"{name} is a {type(value).__name__}, which is not known")

    def watch(self, name, container):
        """Remember what a container holds."""
        self.watched.append((name, container, snapshot(container)))

    def changed(self):
        """Return the name of something that the copy changed, or None."""
        for name, container, before in self.watched:
            if isinstance(container, ar.Store):
                if container.version is not before:
                    return name
            elif isinstance(container, types.CellType):
                if container.cell_contents is not before:
                    return name
            elif (now := snapshot(container)) != before:
                state = self.states.get(id(container))
                if not state:
                    return name
                differ = names_that_differ(before, now)
                told = differ if self.may_bypass else state.read_before(differ)
                if told:
                    return name.replace("{}", ", ".join(sorted(told)), 1)
        return None

    def function(self, function):
        """Copy a function: its code with other globals."""
        own = {"__builtins__": self.builtins, "__name__": "copy", "__traced__": True}
        result = types.FunctionType(
            function.__code__,
            own,
            function.__name__,
            None,
            tuple(self.cell(cell, function) for cell in function.__closure__ or ()),
        )
        self.memo[id(function)] = result
        names = names_in_code(function.__code__)
        self.may_bypass |= bool(names & BYPASSES)
        for name in names:
            if name in function.__globals__ and name not in own:
                own[name] = self.copied(function.__globals__[name], name)
        self.watch(f"global name of {function.__name__}", own)
        if function.__defaults__:
            result.__defaults__ = tuple(
                self.copied(value, f"a default of {function.__name__}")
                for value in function.__defaults__
            )
        if function.__kwdefaults__:
            result.__kwdefaults__ = {
                key: self.copied(value, key)
                for key, value in function.__kwdefaults__.items()
            }
        result.__dict__.update(
            {
                key: self.copied(value, f"{function.__name__}.{key}")
                for key, value in function.__dict__.items()
                if key != "__wrapped__"
            }
        )
        self.watch(f"attribute of {function.__name__}", result.__dict__)
        return result

    def cell(self, cell, function):
        """Copy a name that a function has from the function around it."""
        if id(cell) not in self.memo:
            self.kept.append(cell)
            result = self.memo[id(cell)] = types.CellType()
            try:
                value = cell.cell_contents
            except ValueError:
                return result
            result.cell_contents = self.copied(
                value, f"a name around {function.__name__}"
            )
            self.watched.append(
                (f"name around {function.__name__}", result, result.cell_contents)
            )
        return self.memo[id(cell)]

    def module(self, module):
        """Return what stands for a module."""
        name = module.__name__
        if name == "numpy":
            return NumpyName()
        if name.startswith("numpy."):
            return NumpyName(name.removeprefix("numpy."))
        if name == "math":
            return MathName()
        if name in ("scipy", "scipy.special"):
            return ScipyName(module)
        if name.split(".")[0] in SAFE_MODULES:
            return module
        if is_users_module(name):
            return ModuleName(module, self)
        return Unknown(f"the module {name} is not known")

    def builtin(self, value, name):
        """Return what stands for a function that is not written in Python."""
        module = getattr(value, "__module__", "") or ""
        short = getattr(value, "__name__", name)
        if module == "math":
            return getattr(MathName(), short)
        if module.startswith("numpy.linalg"):
            return getattr(NumpyName("linalg"), short)
        if module.startswith("numpy") and hasattr(np, short):
            return getattr(NumpyName(), short)
        if module == "builtins":
            return self.builtins.get(short, value)
        if module.split(".")[0] in SAFE_MODULES | {"_operator", "_functools"}:
            return value
        return Unknown(f"{name} is not known")

    def class_(self, cls):
        """Copy a class of the user's; others stay."""
        if not is_users(cls) or issubclass(cls, (BaseException, tuple, enum.Enum)):
            return cls
        bases = tuple(self.copied(base) for base in cls.__bases__)
        skipped = ("__dict__", "__weakref__", "__doc__")
        names = {k: v for k, v in vars(cls).items() if k not in skipped}
        result = type(cls)(cls.__name__, bases, {"__module__": cls.__module__})
        self.memo[id(cls)] = result
        for key, value in names.items():
            if isinstance(value, types.MemberDescriptorType):
                return Unknown(f"{cls.__name__} has __slots__")
            kept = key in (
                "__module__",
                "__qualname__",
                "__annotations__",
            ) or key.startswith("__dataclass")
            setattr(
                result,
                key,
                value if kept else self.copied(value, f"{cls.__name__}.{key}"),
            )
        for value in list(vars(result).values()):
            for cell in getattr(value, "__closure__", None) or ():
                try:
                    if cell.cell_contents is cls:
                        cell.cell_contents = result
                except ValueError:
                    pass
        watch_attributes(result, self.states)
        self.watched.append(
            (f"class {cls.__name__}", vars(result), snapshot(dict(vars(result))))
        )
        return result


def snapshot(container):
    """Return what a container holds, by identity; equal numbers are the same."""
    if isinstance(container, (dict, types.MappingProxyType)):
        return {key: identity(value) for key, value in container.items()}
    return (
        sorted(map(repr, container))
        if isinstance(container, set)
        else [identity(value) for value in container]
    )


def identity(value):
    """Return what tells a value from another."""
    if isinstance(value, (int, float, str, bytes, bool)):
        return type(value), value
    return id(value)


def names_in_code(code):
    """Return the names in a function's code, and in that of the functions inside it."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= names_in_code(constant)
    return names


def is_users(cls):
    """Tell whether a class is written by the user, or in a package of theirs."""
    return is_users_module(cls.__module__)


def is_users_module(name):
    """Tell whether a module is neither Python's own nor of a known library."""
    first = name.split(".")[0]
    if first == "__main__":
        return True
    if name.startswith(("mlp.tracing", "mlp.proof")):
        return False
    return first not in sys.stdlib_module_names and first not in LIBRARIES


LIBRARIES = {
    "numpy",
    "scipy",
    "sympy",
    "torch",
    "jax",
    "tensorflow",
    "cupy",
    "pandas",
    "matplotlib",
    "sklearn",
    "numba",
    "autograd",
    "mpmath",
    "tqdm",
    "builtins",
}


def traced_line(error):
    """Return the last line of the program in the traceback of an error."""
    line, step = None, error.__traceback__
    while step:
        if step.tb_frame.f_globals.get("__traced__"):
            line = step.tb_lineno
        step = step.tb_next
    return line


def run(function, args, options):
    """Call a copy; a refusal gets the line of the program."""
    try:
        return function(*args, **options)
    except CantTell as error:
        error.line = error.line or traced_line(error)
        raise
    except RecursionError:
        raise CantTell("the program calls itself too often") from None
    except Exception as error:
        line = traced_line(error)
        what = f"{type(error).__name__}: {error}"
        raise CantTell(
            f"on arrays of symbolic size the program raises {what}", line
        ) from error
