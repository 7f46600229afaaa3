"""A copy of a program runs, with our np, math, len, range, float; the program stays.

The functions that a function calls are copied as well, and the objects that it reaches.
So a program that is traced does not change what its user has. What it changed in the
copies is found at the end: a program with a state may compute something else tomorrow.
The user's own functions run, too, some hundred times, when their numbers are compared;
what they change then is changed.
"""

import builtins
import collections
import contextlib
import enum
import functools
import math
import sys
import types

import numpy as np

from mlp.tracing.arrays import as_array
from mlp.tracing.catching import Catching
from mlp.tracing.classes import ClassCopier
from mlp.tracing.libraries import (
    SAFE_MODULES,
    is_of,
    is_plain,
    is_safe_function,
    is_users,
    is_users_module,
    is_written_in,
)
from mlp.tracing.numpy_names import NAMES, full_array
from mlp.tracing.python_names import OURS, our_builtins
from mlp.tracing.refusal import CantTell, line_of, refusals
from mlp.tracing.snapshots import (
    content_of,
    defaults_of,
    facts_of_object,
    snapshot,
    version_of,
)
from mlp.tracing.spies import catches, names_in_code, spied, words_in_code
from mlp.tracing.stand_ins import (
    STANDING_IN,
    LibraryName,
    ModuleName,
    Unknown,
    math_module,
    math_name,
    numpy_function,
    numpy_module,
    numpy_name,
    of_library,
    scipy_module,
    vectorized,
)
from mlp.tracing.states import BYPASSES, State, names_that_differ

BUILTIN_FUNCTIONS = np.ufunc, type(np.sum), types.BuiltinFunctionType
CONTAINERS = list, dict, set, collections.OrderedDict, collections.defaultdict


class Copier(ClassCopier):
    """Copies functions and what they reach, each once; knows what they changed."""

    def __init__(self, handed=()):
        self.memo, self.kept, self.watched, self.states = {}, [], [], {}
        self.may_bypass, self.catching = False, Catching()
        self.handed = set(map(code_of, handed))
        self.sets, self.names = [], set()
        self.builtins = our_builtins() | {"__import__": self.imported}
        self.makers = {
            types.FunctionType: self.function_or_name,
            types.MethodType: self.method,
            types.ModuleType: lambda value, name: self.module(value),
            np.vectorize: self.vectorized,
            functools.partial: self.partial,
            staticmethod: self.bound_later,
            classmethod: self.bound_later,
            property: self.property_,
            frozenset: self.frozenset_,
            slice: self.slice_,
            np.ndarray: self.array,
            **dict.fromkeys(BUILTIN_FUNCTIONS, self.builtin),
            **dict.fromkeys(CONTAINERS, self.container),
        }

    def imported(self, name, *args, **options):
        """Do an import in a function."""
        module = __import__(name, *args, **options)
        return self.copied(module, name)

    def copied(self, value, name="a value"):
        """Return what stands for a value in the copy."""
        if isinstance(value, STANDING_IN) or is_plain(value):
            return value
        if id(value) not in self.memo:
            self.kept.append(value)
            self.memo[id(value)] = Unknown(f"{name}, which is made of itself")
            self.memo[id(value)] = self.make(value, name)
        return self.memo[id(value)]

    def argument(self, value, name):
        """Return what stands for an argument, whose own dict or list is no state."""
        if type(value) is dict:
            parts = {key: f"{name}[{key!r}]" for key in value}
            keys = {key: self.copied(key, f"a key of {name}") for key in value}
            return {keys[k]: self.copied(value[k], parts[k]) for k in value}
        if type(value) is list:
            return [self.copied(part, name) for part in value]
        return self.copied(value, name)

    def make(self, value, name):
        """Return what stands for a function, a module, a class or an object."""
        if type(value) in self.makers:
            return self.makers[type(value)](value, name)
        if isinstance(value, type):
            return self.class_(value)
        if isinstance(value, tuple):
            return self.tuple_(value, name)
        if isinstance(value, enum.Enum):
            known = self.copied(type(value), name)
            return known if isinstance(known, Unknown) else value
        if is_users(type(value)) and hasattr(value, "__dict__"):
            return self.object_(value, name)
        return Unknown(f"{name} is a {type(value).__name__}, which is not known")

    # functions

    def function_or_name(self, value, name):
        """Copy a function, unless it is one of a known library."""
        if is_written_in(("numpy", "scipy"), value):
            return of_library(value)
        safe = value in OURS or is_safe_function(value)
        return self.known(value) if safe else self.function(value)

    def known(self, value):
        """Return a function of a known library, or what stands for it."""
        return OURS.get(value, value)

    def method(self, value, name):
        """Copy a method of an object."""
        function, owner = self.copied(value.__func__), self.copied(value.__self__, name)
        return types.MethodType(function, owner)

    def vectorized(self, value, name):
        """Return what stands for np.vectorize(function)."""
        if vars(value).keys() - vars(np.vectorize(abs)).keys() - {"__name__"}:
            return Unknown(f"{name} has attributes")
        return vectorized(self.copied(value.pyfunc, name))

    def partial(self, value, name):
        """Copy a function with some of its arguments."""
        args = [self.copied(arg, name) for arg in value.args]
        options = {k: self.copied(v, name) for k, v in value.keywords.items()}
        result = functools.partial(self.copied(value.func, name), *args, **options)
        for key, held in vars(value).items():
            setattr(result, key, self.copied(held, f"{name}.{key}"))
        self.watch(f"attribute of {name}", vars(result))
        return result

    def bound_later(self, value, name):
        """Copy a static method, or one of a class."""
        return type(value)(self.copied(value.__func__, name))

    def property_(self, value, name):
        """Copy a property."""
        return property(
            *[self.copied(f, name) for f in (value.fget, value.fset, value.fdel)]
        )

    def builtin(self, value, name):
        """Return what stands for a function that is not written in Python."""
        if is_of(math, value):
            return math_name(value.__name__)
        if is_of(np.linalg, value):
            return numpy_name(f"linalg.{value.__name__}")
        if is_of(np, value):
            return numpy_name(value.__name__)
        if is_of(builtins, value):
            return self.builtins[value.__name__]
        special = sys.modules.get("scipy.special")
        if special and is_of(special, value) and value.__name__ in NAMES:
            return numpy_function(value.__name__, value)
        return value if is_safe_function(value) else Unknown(f"{name} is not known")

    def module(self, module):
        """Return what stands for a module."""
        name = module.__name__
        if name.split(".")[0] == "numpy":
            return numpy_module(name.removeprefix("numpy").removeprefix("."))
        if name == "math":
            return math_module()
        if name in ("scipy", "scipy.special"):
            return scipy_module(module)
        if name.split(".")[0] in SAFE_MODULES:
            return LibraryName(module, self)
        if is_users_module(name):
            return ModuleName(module, self)
        return Unknown(f"the module {name} is not known")

    def function(self, function):
        """Copy a function: its code with other globals."""
        code, name = function.__code__, function.__name__
        if spy := spied(code):
            return Unknown(f"{name} uses {spy}")
        own = {
            "__builtins__": self.builtins,
            "__name__": function.__globals__.get("__name__", "copy"),
            "__traced__": "" if code in self.handed else name,
        }
        cells = tuple(self.cell(cell, function) for cell in function.__closure__ or ())
        result = types.FunctionType(code, own, name, None, cells)
        self.memo[id(function)] = result
        self.note_names(code)
        for one in names_in_code(code):
            if one in function.__globals__ and one not in own:
                own[one] = self.copied(function.__globals__[one], one)
        self.watch(f"global name of {name}", own)
        self.give_defaults(function, result)
        self.give_attributes(function, result)
        self.watch_facts(f"defaults of {name}", defaults_of, result)
        return result

    def note_names(self, code):
        """Note what the code of a function may do."""
        names = names_in_code(code)
        self.names |= names
        self.may_bypass |= bool((names | words_in_code(code)) & BYPASSES)
        if catches(code):
            self.catching.needed()

    def give_defaults(self, function, result):
        """Copy the defaults of a function."""
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
        self.kept += [result.__defaults__, result.__kwdefaults__]

    def give_attributes(self, function, result):
        """Copy the attributes of a function."""
        result.__qualname__, result.__doc__ = function.__qualname__, function.__doc__
        for key, value in function.__dict__.items():
            if key != "__wrapped__":
                whole = f"{function.__name__}.{key}"
                result.__dict__[key] = self.copied(value, whole)
        self.watch(f"attribute of {function.__name__}", result.__dict__)

    def cell(self, cell, function):
        """Copy a name that a function has from the function around it."""
        if id(cell) not in self.memo:
            self.kept.append(cell)
            result = self.memo[id(cell)] = types.CellType()
            name = f"name around {function.__name__}"
            with contextlib.suppress(ValueError):
                result.cell_contents = self.copied(cell.cell_contents, f"a {name}")
            self.watch_facts(name, content_of, result)
        return self.memo[id(cell)]

    # what holds values

    def frozenset_(self, value, name):
        """Copy a set that stays as it is."""
        parts = [self.copied(one, name) for one in value]
        unknown = any(isinstance(one, Unknown) for one in parts)
        return Unknown(f"{name} is not known") if unknown else frozenset(parts)

    def slice_(self, value, name):
        """Copy a slice."""
        ends = (value.start, value.stop, value.step)
        return slice(*[self.copied(end, name) for end in ends])

    def array(self, value, name):
        """Return the numbers of an array as one that remembers."""
        try:
            result = full_array(as_array(value))
        except CantTell as error:  # it may be one that the program does not use
            refusals.remove(error)
            return Unknown(f"{name} is {error.why}")
        self.watch_facts(f"array {name}", version_of, result.store)
        return result

    def tuple_(self, value, name):
        """Copy a tuple, or one with names."""
        parts, cls = [self.copied(part, name) for part in value], type(value)
        if cls is tuple:
            return tuple(parts)
        ours = self.copied(cls) if hasattr(cls, "_fields") else Unknown("")
        if isinstance(ours, Unknown) or getattr(value, "__dict__", None):
            return Unknown(f"{name} is a {cls.__name__}, which is not known")
        result = tuple.__new__(ours, parts)
        if hasattr(result, "__dict__"):
            self.watch(f"attribute of {name}", vars(result))
        return result

    def container(self, value, name):
        """Copy a list, a dict or a set."""
        result = self.memo[id(value)] = type(value)()
        if isinstance(value, list):
            result += [self.copied(part, name) for part in value]
        elif isinstance(value, dict):
            if not self.fill(result, value, name):
                return Unknown(f"a key of {name} is not known")
        else:
            parts = self.frozenset_(value, name)
            if isinstance(parts, Unknown):
                return parts
            result |= parts
            self.sets.append(name)
        self.watch(f"{type(value).__name__} {name}", result)
        return result

    def fill(self, result, value, name):
        """Copy the items of a dict; tell whether its keys are known."""
        for key, part in value.items():
            ours = self.copied(key, f"a key of {name}")
            if isinstance(ours, Unknown):
                return False
            result[ours] = self.copied(part, f"{name}[{key!r}]")
        if isinstance(value, collections.defaultdict):
            result.default_factory = self.copied(value.default_factory, name)
        return True

    def object_(self, value, name):
        """Copy an object of a class of the user's."""
        ours = self.copied(type(value))
        try:
            result = object.__new__(ours)
        except TypeError:  # a list or a dict with more, an exception
            return Unknown(f"{name} is a {type(value).__name__}, not known")
        self.memo[id(value)] = result
        held = object.__getattribute__(result, "__dict__")
        for key, part in vars(value).items():
            held[key] = self.copied(part, f"{name}.{key}")
        whose = type(value).__name__ if name == "a value" else name
        self.states[id(held)] = self.states[id(result)] = State(result)
        self.watch(f"attribute {{}} of {whose}", held)
        self.watch_facts(f"class of {whose}", facts_of_object, result)
        return result

    # what a program changed

    def watch(self, name, container):
        """Remember what a container holds."""
        self.watch_facts(name, snapshot, container)

    def watch_facts(self, name, facts, thing):
        """Remember what some facts of a thing are."""
        self.watched.append((name, facts, thing, facts(thing)))

    def changed(self):
        """Return the name of something that the copy changed, or None."""
        if self.sets and "pop" in self.names:
            return f"set {self.sets[0]}, or may do so by pop()"
        for name, facts, thing, before in self.watched:
            now = facts(thing)
            if now != before and (told := self.told(name, facts, thing, before, now)):
                return told
        return None

    def told(self, name, facts, thing, before, now):
        """Return the name of what changed, or None if it does no harm."""
        state = self.states.get(id(thing)) if facts is snapshot else None
        if not state:
            return name
        differ = {key for _, key in names_that_differ(dict(before), dict(now))}
        if self.may_bypass:
            return name.replace("{}", ", ".join(sorted(differ)), 1)
        told = state.read_before(differ)
        return name.replace("{}", ", ".join(sorted(told)), 1) if told else None


def code_of(function):
    """Return the code of a function or of a method."""
    while isinstance(function, functools.partial):
        function = function.func
    return getattr(getattr(function, "__func__", function), "__code__", None)


def traced_line(error):
    """Return the last line of the program in the traceback of an error."""
    line, step = None, error.__traceback__
    while step:
        if "__traced__" in step.tb_frame.f_globals:
            line = line_of(step.tb_frame, step.tb_lineno)
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
