"""What is known of values, modules and classes that are not the user's."""

import builtins
import functools
import operator
import sys
import types

import numpy as np

PLAIN = {int, float, complex, str, bytes, bool, range, type(None)}
PLAIN |= {type(...), type(NotImplemented)}
PLAIN |= set(np.sctypeDict.values()) - {np.void, np.object_}
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
HOMES = {"_operator": operator, "_functools": functools}
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
IMMUTABLE = 1 << 8  # the flag of a class whose attributes can't be written


def is_plain(value):
    """Tell whether a value is a number, a text or a dtype, without a state."""
    if isinstance(value, np.dtype):
        return value.metadata is None and value.fields is None
    return type(value) in PLAIN


def is_of(module, value):
    """Tell whether a module holds a value under the name that the value has."""
    name = getattr(value, "__name__", None)
    return isinstance(name, str) and getattr(module, name, None) is value


def is_written_in(libraries, function):
    """Tell whether a function's own globals are those of a module of some libraries."""
    name = function.__globals__.get("__name__")
    module = sys.modules.get(name)
    own = isinstance(name, str) and name.split(".")[0] in libraries
    return own and vars(module) is function.__globals__ if module else False


def is_safe_function(value):
    """Tell whether a function of Python's own has no state."""
    home = getattr(value, "__module__", None) or ""
    module = HOMES.get(home) or sys.modules.get(home)
    safe = home in HOMES or home.split(".")[0] in SAFE_MODULES
    return safe and is_of(module, value) and value.__name__ in public(module.__name__)


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
        return cls in (np.ndarray, np.dtype) or (
            issubclass(cls, np.generic) and not issubclass(cls, other)
        )
    if module == "types":
        return cls is types.SimpleNamespace
    if cls is np.ma.MaskedArray:  # it is asked for; to make one of arrays refuses
        return True
    return module.split(".")[0] in SAFE_MODULES - {"types", "warnings"}


def can_be_written(cls):
    """Tell whether a program can write attributes of a class."""
    return not cls.__flags__ & IMMUTABLE


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
