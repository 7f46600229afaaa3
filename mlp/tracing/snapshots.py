"""What containers, functions and classes hold, before and after a program ran."""

import types


def snapshot(container):
    """Return what a container holds, in order, by identity; equal numbers are same."""
    if isinstance(container, (dict, types.MappingProxyType)):
        return [(identity(key), identity(value)) for key, value in container.items()]
    if isinstance(container, set):
        return sorted(map(repr, map(identity, container)))
    return [identity(value) for value in container]


def identity(value):
    """Return what tells a value from another."""
    if type(value) in (int, float, str, bytes, bool):
        return type(value), value
    return id(value)


def defaults_of(function):
    """Return what tells whether a function got other defaults, names or code."""
    parts = function.__code__, function.__defaults__, function.__kwdefaults__
    texts = function.__name__, function.__qualname__, function.__doc__
    dicts = function.__kwdefaults__ or {}, function.__annotations__
    return [*map(identity, (*parts, *texts)), *map(snapshot, dicts)]


def facts_of_class(cls):
    """Return what tells whether a class got other attributes, names or bases."""
    names = cls.__name__, cls.__qualname__, id(type(cls)), *map(id, cls.__bases__)
    return [*names, *snapshot(vars(cls))]


def facts_of_object(value):
    """Return what tells whether an object became one of another class."""
    return id(type(value))


def content_of(cell):
    """Return what tells whether a cell holds something else."""
    try:
        return identity(cell.cell_contents)
    except ValueError:
        return None


def version_of(store):
    """Return what an array holds now."""
    return store.version
