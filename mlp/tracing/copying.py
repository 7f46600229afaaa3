"""A copy of a program runs, with our np, math, len, range, float; the program stays.

The functions that a function calls are copied as well, and the objects that it reaches.
So a program cannot change what its user has. What it changed in the copies is found at
the end: a program with a state may compute something else tomorrow.
"""

import builtins
import copy
import dis
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
    "dir",
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
        if path.startswith("random") and not isinstance(real, type):
            raise CantTell(f"np.{path}: random numbers")
        if path in PASSED or (isinstance(real, type) and is_plain_class(real)):
            return real
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
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = refuse
    __repr__ = __str__ = __format__ = __delattr__ = __delitem__ = __rpow__ = refuse
    __and__ = __rand__ = __or__ = __ror__ = __mod__ = __rmod__ = __divmod__ = refuse
    __floordiv__ = __rfloordiv__ = __abs__ = __pos__ = __invert__ = __exit__ = refuse
    __xor__ = __rxor__ = __lshift__ = __rshift__ = __rlshift__ = __rrshift__ = refuse
    __rdivmod__ = __round__ = __complex__ = __reversed__ = refuse
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


class LibraryName:
    """What stands in a copy for a module of Python's own without a state."""

    def __init__(self, module, copier):
        object.__setattr__(self, "module", module)
        object.__setattr__(self, "copier", copier)

    def __getattr__(self, name):
        value, whole = getattr(self.module, name), self.module.__name__
        if isinstance(value, types.ModuleType):
            own = value.__name__.startswith(f"{whole}.")
            return self.copier.module(value) if own else Unknown(f"{whole}.{name}")
        if isinstance(value, type):
            return self.copier.class_(value)
        if isinstance(value, PLAIN) or (callable(value) and name in public(whole)):
            return value
        return Unknown(f"{whole}.{name} is not known")

    def __setattr__(self, name, value):
        raise CantTell(f"an assignment to {self.module.__name__}.{name}")


def public(name):
    """Return the names that a module of Python's own offers."""
    module = sys.modules[name]
    return getattr(module, "__all__", None) or [n for n in vars(module) if n[0] != "_"]


def is_plain_class(cls):
    """Tell whether a class, not the user's, has no state: an allow list."""
    module, name = cls.__module__, cls.__name__
    if issubclass(cls, BaseException):
        return True
    if module == "builtins":
        return getattr(builtins, name, None) is cls or cls is types.MappingProxyType
    if module == "numpy":
        other = (np.datetime64, np.timedelta64, np.void, np.object_)
        return cls in (np.ndarray, np.dtype, np.errstate) or (
            issubclass(cls, np.generic) and not issubclass(cls, other)
        )
    if module == "types":
        return cls is types.SimpleNamespace
    if cls is np.ma.MaskedArray:  # it is asked for; to make one of arrays refuses
        return True
    return module.split(".")[0] in SAFE_MODULES - {"types", "warnings"}


STANDING_IN = (
    Array,
    Size,
    NumpyName,
    ScipyName,
    MathName,
    Unknown,
    ModuleName,
    LibraryName,
)


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
    flat = [real_class(k) for k in flat]
    if isinstance(x, (Array, Size)):
        return any(k is Array for k in flat) or only_answer(
            [
                any(issubclass(own, k) for k in flat if isinstance(k, type))
                for own in real_types(x)
            ],
            "the type of a value",
        )
    if isinstance(x, Unknown):
        x.refuse()
    return builtins.isinstance(x, tuple(k for k in flat if not isinstance(k, Unknown)))


def real_class(cls):
    """Return the class of Python for which ours stands."""
    for ours, real in ((OurFloat, float), (OurInt, int), (our_type, type)):
        if cls is ours:
            return real
    return cls


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
    elif isinstance(x, (*STANDING_IN, Picked, RangeOf)):
        raise CantTell("the type of something that is not known is asked")
    else:
        own = builtins.type(x)
    return {float: OurFloat, int: OurInt}.get(own, own)


def our_hasattr(x, name):
    """hasattr: what stands for an array or a size has the names of that."""
    if isinstance(x, (Array, Size)):
        has = [builtins.hasattr(own, name) for own in real_types(x)]
        return only_answer(has, f"hasattr(…, {name!r})")
    if isinstance(x, (Picked, RangeOf)):
        raise CantTell(f"hasattr(…, {name!r}) is asked")
    return builtins.hasattr(x, name)


def our_getattr(x, name, *default):
    """getattr, which knows the names of arrays and sizes."""
    if isinstance(x, (Array, Size)):
        if our_hasattr(x, name):
            if not builtins.hasattr(x, name):
                raise CantTell(f".{name} of an array or a size")
        elif default:
            return default[0]
        else:
            raise AttributeError(name)
    return builtins.getattr(x, name, *default)


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
            x = as_array(x)
            return ar.full((), x.poly)
        return builtins.float(x)


class OurInt(int, metaclass=OurKind):
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
        self.may_bypass, self.catching = False, Catching()
        self.builtins = dict(vars(builtins))
        self.builtins.update(
            len=our_len,
            range=our_range,
            isinstance=our_isinstance,
            type=our_type,
            hasattr=our_hasattr,
            getattr=our_getattr,
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
        if value is float or value is int or value is type:
            return {float: OurFloat, int: OurInt, type: our_type}[value]
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
            self.watched.append((f"array {name}", result.store, result.store.version))
            return result
        return self.container(value, name)

    def container(self, value, name):
        """Copy lists, dicts, sets and objects of the user's classes."""
        if isinstance(value, tuple):
            parts, cls = [self.copied(part, name) for part in value], type(value)
            if cls is tuple:
                return tuple(parts)
            ours = self.copied(cls) if hasattr(cls, "_fields") else Unknown("")
            if isinstance(ours, Unknown):
                return Unknown(f"{name} is a {cls.__name__}, which is not known")
            return ours(*parts)
        if isinstance(value, enum.Enum):
            known = self.copied(type(value), name)
            return known if isinstance(known, Unknown) else value
        if type(value) in (frozenset, range, slice):
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
            ours = self.copied(type(value))
            try:
                result = object.__new__(ours)
            except TypeError:  # a list or a dict with more, an exception
                return Unknown(f"{name} is a {type(value).__name__}, not known")
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
            elif isinstance(container, types.FunctionType):
                if defaults_of(container) != before:
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
        name = function.__globals__.get("__name__", "copy")
        own = {"__builtins__": self.builtins, "__name__": name, "__traced__": True}
        result = types.FunctionType(
            function.__code__,
            own,
            function.__name__,
            None,
            tuple(self.cell(cell, function) for cell in function.__closure__ or ()),
        )
        self.memo[id(function)] = result
        names = names_in_code(function.__code__)
        if spied := names & SPIES:
            return Unknown(f"{function.__name__} uses {sorted(spied)[0]}")
        if catches(function.__code__):
            self.catching.needed()
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
        self.kept += [result.__defaults__, result.__kwdefaults__]
        self.watched.append(
            (f"defaults of {function.__name__}", result, defaults_of(result))
        )
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
            return LibraryName(module, self)
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
        if not is_users(cls):
            if cls.__module__ == "builtins":
                return self.builtins.get(cls.__name__, cls)
            return cls if is_plain_class(cls) else Unknown(f"{cls.__name__}: not known")
        if issubclass(cls, enum.Enum):
            return self.enumeration(cls)
        bases = tuple(cls.__bases__)
        bases = tuple(
            base if base in (object, *BUILTIN_BASES) else self.copied(base)
            for base in bases
        )
        if any(isinstance(base, Unknown) for base in bases):
            return Unknown(f"{cls.__name__} is not known")
        skipped = ("__dict__", "__weakref__", "__doc__", "_abc_impl")
        names = {k: v for k, v in vars(cls).items() if k not in skipped}
        own = {"__module__": cls.__module__}
        if names.get("__slots__") == ():
            own["__slots__"] = names.pop("__slots__")
        result = type(cls)(cls.__name__, bases, own)
        self.memo[id(cls)] = result
        for key, value in names.items():
            if isinstance(value, types.MemberDescriptorType):
                return Unknown(f"{cls.__name__} has __slots__")
            kept = (
                key in ("__module__", "__qualname__", "__annotations__")
                or key.startswith("__dataclass")
                or (issubclass(cls, tuple) and made_by_namedtuple(value))
            )
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

    def enumeration(self, cls):
        """Return a class of named values if these are plain, and it has no methods."""
        plain = all(
            isinstance(m.value, PLAIN)
            or (type(m.value) is tuple and all(isinstance(v, PLAIN) for v in m.value))
            for m in cls
        )
        methods = [
            key
            for base in cls.__mro__
            if is_users(base)
            for key, value in vars(base).items()
            if isinstance(value, DESCRIPTORS) and not made_by_enum(value)
        ]
        if not plain or methods:
            return Unknown(f"{cls.__name__} is an Enum with more than plain values")
        self.watch(f"class {cls.__name__}", vars(cls))
        for member in cls:
            self.watch(f"value {cls.__name__}.{member.name}", member.__dict__)
        return cls


BUILTIN_BASES = (int, float, str, list, dict, set, tuple, type)
DESCRIPTORS = (
    types.FunctionType,
    property,
    staticmethod,
    classmethod,
    functools.cached_property,
)
SPIES = {
    "__traced__",
    "__globals__",
    "__code__",
    "__closure__",
    "__subclasses__",
    "__builtins__",
    "__traceback__",
    "tb_frame",
    "f_back",
    "f_globals",
    "f_locals",
    "gi_frame",
    "__hash__",
    "__repr__",
    "__str__",
    "__format__",
    "__dir__",
    "__sizeof__",
    "__reduce__",
    "__reduce_ex__",
    # names that our arrays and sizes have, and NumPy's have not
    "store",
    "contiguous",
    "permuted",
    "reshaped",
    "in_place",
    "readonly",
    "poly",
    "with_size",
}


def made_by_enum(value):
    """Tell whether a function comes from the module enum."""
    value = getattr(value, "__func__", value)
    return getattr(value, "__module__", None) == "enum"


def made_by_namedtuple(value):
    """Tell whether what a class holds was made by namedtuple."""
    value = getattr(value, "__func__", value)
    home = getattr(value, "__globals__", {}).get("__name__", "")
    return not isinstance(value, DESCRIPTORS) or home.startswith(
        ("namedtuple_", "collections")
    )


def defaults_of(function):
    """Return what tells whether a function got other defaults or other code."""
    values = function.__kwdefaults__
    parts = function.__code__, function.__defaults__, values
    return *map(id, parts), [identity(v) for v in (values or {}).values()]


def catches(code):
    """Tell whether code may catch an exception."""
    own = any(op.opname == "PUSH_EXC_INFO" for op in dis.get_instructions(code))
    return own or any(
        catches(constant)
        for constant in code.co_consts
        if isinstance(constant, types.CodeType)
    )


class Catching:
    """While it is entered, notes exceptions that the real function may not raise.

    A program may catch them, and go another way than with numbers.
    """

    def __init__(self):
        self.is_needed = self.is_entered = False

    def needed(self):
        """Say that a function is copied that may catch an exception."""
        self.is_needed = True
        if self.is_entered:
            sys.settrace(self.called)

    def __enter__(self):
        self.before, self.is_entered = sys.gettrace(), True
        if self.is_needed:
            sys.settrace(self.called)

    def __exit__(self, *args):
        self.is_entered = False
        if self.is_needed:
            sys.settrace(self.before)

    def called(self, frame, event, arg):
        """Follow the frames of the program."""
        if "__traced__" not in frame.f_globals:
            return None
        frame.f_trace_lines = False
        return self.followed

    def followed(self, frame, event, arg):
        """Look at an exception."""
        if event == "exception" and isinstance(arg[1], Exception):
            if not same_in_numbers(arg[1], arg[2]):
                CantTell(  # noted in refusals
                    f"on arrays of symbolic size the program raises "
                    f"{type(arg[1]).__name__}: {arg[1]}",
                    frame.f_lineno,
                )
        return self.followed


def same_in_numbers(error, step):
    """Tell whether the real function raises the same exception here."""
    while step.tb_next:
        step = step.tb_next
    frame = step.tb_frame
    if "__traced__" in frame.f_globals:
        code = frame.f_code.co_code[step.tb_lasti]
        own = dis.opname[code] in ("RAISE_VARARGS", "RERAISE")
        return own or not isinstance(error, TypeError)
    names = ("note_read", "note_deleted", "__getattr__", "our_getattr")
    return isinstance(error, (AttributeError, StopIteration)) and (
        frame.f_code.co_name in names
    )


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
