"""Copies of the user's classes, and of the named values that they make."""

import abc
import contextlib
import dataclasses
import enum
import functools
import sys
import types
import typing

from mlp.tracing.libraries import can_be_written, is_plain, is_plain_class, is_users
from mlp.tracing.python_names import OURS
from mlp.tracing.snapshots import facts_of_class
from mlp.tracing.stand_ins import Unknown, numpy_name
from mlp.tracing.states import watch_attributes

BUILTIN_BASES = (int, float, str, list, dict, set, tuple, type)
METACLASSES = (type, abc.ABCMeta)
GETTER = type(typing.NamedTuple("Pair", [("first", int)]).first)
DESCRIPTORS = (
    types.FunctionType,
    property,
    staticmethod,
    classmethod,
    functools.cached_property,
)
SKIPPED = ("__dict__", "__weakref__", "__doc__", "_abc_impl", "__annotations__")
TEXTS = ("__module__", "__qualname__", "__match_args__", "_fields")
DATACLASS = ("__dataclass_params__",)


def no_hook(cls, **options):
    """Do nothing when a class is made."""


WITHOUT_HOOK = [  # bases under which a class is made without the hooks of the others
    type("WithoutHook", (), {"__init_subclass__": no_hook, **slots})
    for slots in ({}, {"__slots__": ()})
]


class ClassCopier:
    """The part of a `Copier` that copies classes."""

    def class_(self, cls):
        """Copy a class of the user's; others stay."""
        if not is_users(cls):
            return self.class_of_library(cls)
        if type(cls) is enum.EnumType:
            return self.enumeration(cls)
        if type(cls).__module__ == "typing" and issubclass(cls, dict):
            return dict  # a TypedDict makes plain dicts
        if type(cls) not in METACLASSES:
            return unknown_class(cls, f"{cls.__name__} has a metaclass")
        bases = tuple(
            base if base in (object, *BUILTIN_BASES) else self.copied(base)
            for base in cls.__bases__
        )
        if any(isinstance(base, Unknown) for base in bases):
            return unknown_class(cls, f"{cls.__name__} is not known")
        try:
            result = new_class(cls, bases)
        except TypeError as error:
            return unknown_class(cls, f"{cls.__name__} is not known: {error}")
        self.memo[id(cls)] = result
        names = {k: v for k, v in vars(cls).items() if k not in SKIPPED}
        for key, value in names.items():
            if isinstance(value, types.MemberDescriptorType):
                return unknown_class(cls, f"{cls.__name__} has __slots__")
            if key != "__slots__":
                setattr(result, key, self.in_class(cls, key, value))
        turn_cells(cls, result)
        watch_attributes(result, self.states)
        self.watch_facts(f"class {cls.__name__}", facts_of_class, result)
        return result

    def class_of_library(self, cls):
        """Return a class that is not the user's, or what stands for it."""
        home = cls.__module__
        if cls in OURS:
            return OURS[cls]
        if home.split(".")[0] == "numpy" and home.count(".") == 0:
            return numpy_name(cls.__name__)
        if not is_plain_class(cls):
            return unknown_class(cls, f"{cls.__name__}: not known")
        if can_be_written(cls):
            self.watch_facts(f"class {cls.__name__}", facts_of_class, cls)
        return cls

    def in_class(self, cls, key, value):
        """Return what the copy of a class holds under a name."""
        if key in TEXTS or key in DATACLASS:
            return value
        if issubclass(cls, tuple) and made_by_namedtuple(value):
            return value
        if key == "__dataclass_fields__":
            return {name: self.field(one) for name, one in value.items()}
        return self.copied(value, f"{cls.__name__}.{key}")

    def field(self, field):
        """Copy a field of a dataclass."""
        result = dataclasses.Field.__new__(dataclasses.Field)
        for name in dataclasses.Field.__slots__:
            with contextlib.suppress(AttributeError):
                setattr(result, name, getattr(field, name))
        for name in ("default", "default_factory"):
            value = getattr(field, name)
            if value is not dataclasses.MISSING:
                setattr(result, name, self.copied(value, f"{field.name}'s {name}"))
        if field.metadata:
            result.metadata = Unknown(f"the metadata of {field.name}")
        return result

    def enumeration(self, cls):
        """Return a class of named values if these are plain, and it has no methods."""
        plain = all(
            is_plain(m.value)
            or (type(m.value) is tuple and all(map(is_plain, m.value)))
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
            return unknown_class(
                cls, f"{cls.__name__} is an Enum with more than plain values"
            )
        self.watch_facts(f"class {cls.__name__}", facts_of_class, cls)
        for member in cls:
            self.watch(f"value {cls.__name__}.{member.name}", member.__dict__)
        return cls


def new_class(cls, bases):
    """Make an empty class with the bases; hooks for new subclasses don't run."""
    own = {"__module__": cls.__module__}
    if vars(cls).get("__slots__") == ():
        own["__slots__"] = ()
    hooked = [base for base in cls.__mro__[1:-1] if "__init_subclass__" in vars(base)]
    if not hooked:
        return type(cls)(cls.__name__, bases, own)
    with_dict = any(base.__dictoffset__ for base in bases)
    result = type(cls)(cls.__name__, (WITHOUT_HOOK[not with_dict], *bases), own)
    result.__bases__ = bases
    return result


def unknown_class(cls, why):
    """Return what refuses each use of a class but isinstance, if that is Python's."""
    own = type(cls) in METACLASSES or not is_users(type(cls))
    return Unknown(why, cls if own else None)


def turn_cells(cls, result):
    """Let the methods of a copied class mean the copy by their __class__."""
    for value in list(vars(result).values()):
        for cell in getattr(value, "__closure__", None) or ():
            with contextlib.suppress(ValueError):
                if cell.cell_contents is cls:
                    cell.cell_contents = result


def made_by_enum(value):
    """Tell whether a function comes from the module enum."""
    value = getattr(value, "__func__", value)
    return getattr(value, "__module__", None) == "enum"


def made_by_namedtuple(value):
    """Tell whether what a class holds was made by namedtuple, without a state."""
    value = getattr(value, "__func__", value)
    if type(value) is not types.FunctionType:
        return type(value) is GETTER
    home = value.__globals__.get("__name__", "")
    own = home.startswith("namedtuple_") or value.__globals__ is vars(
        sys.modules["collections"]
    )
    return own and all(map(is_plain, value.__defaults__ or ()))
