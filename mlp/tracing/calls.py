"""How the two functions of a program are called: by name, in an order, undisturbed."""

import contextlib
import inspect
import io
import warnings

import numpy as np

from mlp.tracing.libraries import is_users


def name_of(function):
    """Return the name of a function."""
    return getattr(function, "__name__", repr(function))


def counts(function):
    """Return the least and the largest number of positional arguments."""
    kinds = inspect.Parameter
    places = [
        p
        for p in inspect.signature(function).parameters.values()
        if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
    ]
    least = sum(p.default is kinds.empty for p in places)
    some = any(
        p.kind == kinds.VAR_POSITIONAL
        for p in inspect.signature(function).parameters.values()
    )
    return least, 99 if some else len(places)


def call_by_name(function, like, values):
    """Call a function with arguments named as in the signature of ``like``."""
    args, options = [], dict(values)
    parameters = inspect.signature(like).parameters.values()
    for p in parameters:
        if p.kind == p.POSITIONAL_ONLY and p.name in options:
            args.append(options.pop(p.name))
    own = inspect.signature(function).parameters.values()
    by_name = {
        p.name for p in own if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    }
    if all(p.kind != p.VAR_KEYWORD for p in own) and not set(options) <= by_name:
        return function(*args, *options.values())
    return function(*args, **options)


def call_in_order(function, like, douts, values, shapes):
    """Call backward(dout, *arguments): the arguments by their names where they fit."""
    how = how_called(like, len(douts), values, shapes)
    names, by_name = how or (list(values), False)
    if by_name:
        return function(*douts, **{name: values[name] for name in names})
    return function(*douts, *[values[name] for name in names])


def how_called(function, outputs, values, shapes):
    """Return which arguments go into backward(dout, *arguments), and if by name.

    Returns
    -------
    tuple or None
        None if they don't fit.
    """
    parameters = list(inspect.signature(function).parameters.values())
    if any(p.kind == p.VAR_POSITIONAL for p in parameters[: outputs + 1]):
        return list(values), False
    front, rest = parameters[:outputs], parameters[outputs:]
    if len(front) == outputs and not rest and reaches_an_object(function):
        return [], False
    if len(front) < outputs or (not rest and values):
        return None
    by_name = [p for p in rest if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    names = {p.name for p in by_name}
    if any(p.kind == p.VAR_KEYWORD for p in rest):
        names |= set(values)
    needed = {p.name for p in by_name if p.default is p.empty}
    mixed = any(p.name in values for p in front)  # so the first ones are no douts
    fits = needed <= set(values) and names & set(values) and not mixed
    if len(by_name) == len(rest) and fits:
        return [name for name in values if name in names], True
    if any(p.kind == p.VAR_POSITIONAL for p in rest):
        return list(values), False
    places = [p for p in rest if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    least = sum(p.default is p.empty for p in places)
    for names in (list(values), [n for n in values if n in shapes and not mixed]):
        if names and least <= len(names) <= len(places):
            return names, False
    return None


def reaches_an_object(function):
    """Tell whether a function may find its cache in an object, as a method does."""
    if inspect.ismethod(function):
        return True
    found = inspect.getclosurevars(function) if inspect.isfunction(function) else None
    reached = [*found.nonlocals.values(), *found.globals.values()] if found else []
    return any(is_users(type(one)) for one in reached)


def parameters_of(function):
    """Return the parameters of a function but for *args and **options."""
    return [
        p
        for p in inspect.signature(function).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


@contextlib.contextmanager
def undisturbed():
    """Let a program print nothing, and leave the settings of NumPy and warnings."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(record=True),
        np.errstate(all="ignore"),
        np.printoptions(),
    ):
        warnings.simplefilter("ignore")
        yield
