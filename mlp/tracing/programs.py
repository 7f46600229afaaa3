"""A pair of functions and its arguments: how they are called, in numbers and traced."""

import contextlib
import copy
import inspect
import io
import warnings
from dataclasses import dataclass, field

import numpy as np

from mlp.tracing.arrays import Array, Store, as_array
from mlp.tracing.copying import Copier, run, traced_line
from mlp.tracing.items import RANGES
from mlp.tracing.numpy_names import full_array
from mlp.tracing.refusal import CantTell, refusals
from mlp.tracing.shapes import Shape, names_of_sizes, read_shape
from mlp.tracing.sums import entry
from mlp.tracing.values import DECLARED, World


class BadProgram(Exception):
    """What the functions return, or raise, can't be compared; the message says how."""


@dataclass
class Program:
    """Two functions, the shapes of arguments, and other arguments as they are.

    Attributes
    ----------
    scalar : bool
        Whether the first function is a loss, of which the second is the gradient.
    shapes : dict of Shape
        Of arguments that get arrays.
    others : dict
        Arguments that are passed on.
    """

    first: object
    second: object
    scalar: bool
    shapes: dict
    others: dict
    changed: set = field(default_factory=set)

    @property
    def asked(self):
        """The arguments that have a gradient, in their order."""
        return [name for name, shape in self.shapes.items() if shape.labels is None]

    @property
    def sizes(self):
        """The names of the sizes."""
        return names_of_sizes(self.shapes.values())

    # calls

    def forward(self, function, values):
        """Call the first function, or its copy."""
        return call_by_name(function, self.first, {**self.fresh(), **values})

    def fresh(self):
        """Return the arguments that are passed on; each call may change its own."""
        return {
            name: copy.copy(value) if type(value) in (dict, list) else value
            for name, value in self.others.items()
        }

    def parts(self, returned):
        """Return the outputs of a forward pass and its cache, as tuples."""
        if returned is None:
            raise BadProgram(f"{name_of(self.first)} returns None")
        if not isinstance(returned, tuple):
            return (returned,), ()
        least, most = counts(self.second)
        n = len(returned)
        if n >= 2 and least <= n <= most:
            return returned[:-1], returned[-1:]
        if n >= 2 and most >= n + len(self.asked) >= least:
            return returned, ()
        raise BadProgram(
            f"{name_of(self.first)} returns {n} values, {name_of(self.second)} takes "
            f"{least} arguments: expected are the outputs and one cache"
        )

    def backward(self, function, douts, cache, values):
        """Call the second function, or its copy."""
        if cache:
            return function(*douts, *cache)
        values = {**self.fresh(), **values}
        return call_in_order(function, self.second, douts, values)

    def gradients(self, returned):
        """Return what the second function returned, by name."""
        who = name_of(self.second)
        if returned is None:
            raise BadProgram(f"{who} returns None for {', '.join(self.asked)}")
        if isinstance(returned, dict):
            return self.by_name(returned, who)
        values = list(returned) if isinstance(returned, (tuple, list)) else [returned]
        if len(values) < len(self.asked):
            raise BadProgram(
                f"{who} returns {len(values)} gradients for {len(self.asked)} "
                f"arguments: {', '.join(self.asked)}; None for one that is not asked"
            )
        if any(value is not None for value in values[len(self.asked) :]):
            raise BadProgram(
                f"{who} returns {len(values)} gradients; with a shape there are only "
                f"{', '.join(self.asked)}"
            )
        pairs = zip(self.asked, values)
        return {name: value for name, value in pairs if value is not None}

    def by_name(self, returned, who):
        """Return gradients that come in a dict with the arguments' names."""
        result = {}
        for key, value in returned.items():
            name = key if key in self.shapes else str(key).removeprefix("d")
            if name not in self.asked:
                raise BadProgram(
                    f"{who} returns a gradient for {key!r}; the arguments with a shape "
                    f"are {', '.join(self.asked)}"
                )
            if value is not None:
                result[name] = value
        return result

    # numbers

    def real_arguments(self, world):
        """Return copies of the numbers of all arguments."""
        return {
            name: world.arrays[name].copy()
            if self.shapes[name].axes
            else world.arrays[name][()]
            for name in self.shapes
        }

    def real_outputs(self, world):
        """Return outputs, as arrays, and the cache of the real first function."""
        values = self.real_arguments(world)
        with quiet(self.first):
            returned = self.forward(self.first, values)
        if self.scalar:
            return (as_numbers(returned, name_of(self.first)),), (), values
        outs, cache = self.parts(returned)
        return (
            tuple(as_numbers(out, name_of(self.first)) for out in outs),
            cache,
            values,
        )

    def real(self, world):
        """Return outputs and gradients of the real functions, by name."""
        outs, cache, values = self.real_outputs(world)
        result = {out_name(k): out.copy() for k, out in enumerate(outs)}
        for name, value in values.items():
            if not np.array_equal(value, world.arrays[name], equal_nan=True):
                self.changed.add(f"{name_of(self.first)} changes {name}")
        douts = [self.dout(world, k, out) for k, out in enumerate(outs)]
        with quiet(self.second):
            if self.scalar:
                returned = call_by_name(
                    self.second,
                    self.first,
                    {**self.fresh(), **self.real_arguments(world)},
                )
            else:
                returned = self.backward(
                    self.second,
                    [d.copy()[()] if d.ndim == 0 else d.copy() for d in douts],
                    cache,
                    values,
                )
        for name, grad in self.gradients(returned).items():
            result[f"d {name}"] = as_numbers(grad, name_of(self.second))
        return result

    def dout(self, world, k, out):
        """Return the numbers by which an output is weighed."""
        name = weight_name(out_name(k), self.shapes)
        if self.scalar:
            return np.ones(())
        if name not in world.arrays:
            rng = np.random.RandomState(k + 17)
            world.arrays[name] = rng.normal(size=out.shape)
        if world.arrays[name].shape != out.shape:
            raise BadProgram(f"the output changes its shape to {out.shape}")
        return world.arrays[name]

    def weighed(self, world):
        """Return the function of arrays whose gradient is asked."""

        def J(arrays):
            moved = World(world.sizes, {**world.arrays, **arrays}, world.axes)
            outs, _, _ = self.real_outputs(moved)
            return float(
                sum(
                    np.sum(out * self.dout(moved, k, out)) for k, out in enumerate(outs)
                )
            )

        return J

    # traced

    def trace(self):
        """Run copies of the functions on arrays that remember.

        Returns
        -------
        outputs : dict of Array
        weights : dict of Array
            Of each output, the dout.
        grads : dict of Array
        """
        DECLARED.clear()
        DECLARED.update({name: shape.axes for name, shape in self.shapes.items()})
        for name, shape in self.shapes.items():
            if shape.labels is not None:
                RANGES[name] = range_of_labels(name, shape)
        refusals.clear()
        copier = Copier()
        first, second = copier.copied(self.first), copier.copied(self.second)
        others = {
            key: copier.argument(value, key) for key, value in self.others.items()
        }
        values = {name: given(name, shape) for name, shape in self.shapes.items()}
        traced = Program(self.first, self.second, self.scalar, self.shapes, others)
        returned = run(traced.forward, (first, values), {})
        outs, cache = ((returned,), ()) if self.scalar else self.parts(returned)
        outs = {out_name(k): traced_array(out) for k, out in enumerate(outs)}
        kept = {name: frozen_copy(out) for name, out in outs.items()}
        if self.scalar:
            weights = {"out": None}
            values = {name: given(name, shape) for name, shape in self.shapes.items()}
            options = {**traced.fresh(), **values}
            returned = run(call_by_name, (second, self.first, options), {})
        else:
            names = {name: weight_name(name, self.shapes) for name in outs}
            weights = {n: given(names[n], Shape(out.axes)) for n, out in outs.items()}
            DECLARED.update({names[n]: out.axes for n, out in outs.items()})
            douts = [given(names[n], Shape(out.axes)) for n, out in outs.items()]
            returned = run(traced.backward, (second, douts, cache, values), {})
        grads = {n: traced_array(g) for n, g in traced.gradients(returned).items()}
        if refusals:  # a bare ``except:`` of the program caught it
            refusals[0].line = refusals[0].line or traced_line(refusals[0])
            raise refusals[0]
        if name := copier.changed():
            raise CantTell(f"the program changes the {name}")
        return kept, weights, {n: frozen_copy(g) for n, g in grads.items()}


def out_name(k):
    """Return the name of an output."""
    return "out" if k == 0 else f"out{k + 1}"


def weight_name(name, taken):
    """Return the name of an output's dout."""
    name = f"d{name}"
    while name in taken:
        name += "_"
    return name


def given(name, shape):
    """Return an argument as an array that remembers."""

    def formula(place):
        return entry(name, tuple(k for part in place for k in part))

    if shape.labels is None:
        return Array(Store(shape.axes, formula, name=name))

    def label(place):
        return ("L", name, tuple(k for part in place for k in part))

    return Array(Store(shape.axes, formula, "i", name), index=label)


def range_of_labels(name, shape):
    """Return the range of labels."""
    axis = shape.labels
    if len(axis) > 1 or (len(axis) == 1 and len(axis[0]) > 1 and set(axis[0]) != {1}):
        raise ValueError(f"{name}: labels of an axis of blocks")
    if not axis:
        return 1
    return len(axis[0]) if len(axis[0]) > 1 else axis[0][0]


def traced_array(x):
    """Return what a copy returned as an array."""
    if isinstance(x, (bool, int, float, np.generic, np.ndarray, list)):
        return full_array(as_array(x))
    return as_array(x)


def frozen_copy(array):
    """Return an array as it is now."""
    read = array.reader()
    return Array(Store(array.axes, lambda place: read(place), array.kind), scalar=False)


def as_numbers(x, who):
    """Return what a real function returned as an array of numbers."""
    if x is None:
        raise BadProgram(f"{who} returns None")
    try:
        array = np.asarray(x)
        array = array if array.dtype == bool else array.astype(float)
    except (TypeError, ValueError):
        raise BadProgram(
            f"{who} returns {type(x).__name__} where numbers are expected"
        ) from None
    return np.array(array, float)


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


def call_in_order(function, like, douts, values):
    """Call backward(dout, *arguments): the arguments by their names where they fit."""
    parameters = list(inspect.signature(like).parameters.values())[len(douts) :]
    if any(p.kind == p.VAR_POSITIONAL for p in parameters):
        return function(*douts, *values.values())
    names = [p.name for p in parameters]
    if set(values) <= set(names):
        return function(*douts, **values)
    return function(*douts, *list(values.values())[: len(names)])


@contextlib.contextmanager
def quiet(function):
    """Let nothing be printed, and tell where a function raises."""
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        line = last_line(error, function)
        where = f", line {line}" if line else ""
        raise BadProgram(
            f"{name_of(function)} raises {type(error).__name__}{where}: {error}"
        ) from error


def last_line(error, function):
    """Return the last line in the file of a function where an error passed."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    line, step = None, error.__traceback__
    while step:
        if code and step.tb_frame.f_code.co_filename == code.co_filename:
            line = step.tb_lineno
        step = step.tb_next
    return line


def read_program(first, second, scalar, arguments, sizes):
    """Return a program, or raise for arguments that don't fit its functions."""
    for function in (first, second):
        if not callable(function):
            raise TypeError(f"a function is expected; got {function!r:.60}")
    try:
        parameters = inspect.signature(first).parameters
    except (TypeError, ValueError):
        raise TypeError(
            f"{name_of(first)} has no signature that Python knows"
        ) from None
    some = any(p.kind == p.VAR_KEYWORD for p in parameters.values())
    unknown = [name for name in arguments if name not in parameters]
    if unknown and not some:
        raise TypeError(
            f"{name_of(first)} has no argument {unknown[0]!r}; it has "
            f"{', '.join(parameters) or 'none'}"
        )
    shapes, others = {}, {}
    for p in parameters.values():
        if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL):
            continue
        if p.name not in arguments:
            if p.default is p.empty:
                raise TypeError(
                    f"{p.name}: an argument of {name_of(first)} without a shape, a "
                    f'value or a default; {p.name}="N D" gives it a shape'
                )
            continue
        value = arguments[p.name]
        if isinstance(value, str):
            shapes[p.name] = read_shape(p.name, value, sizes)
        else:
            others[p.name] = value
    for name in unknown:
        value = arguments[name]
        if isinstance(value, str):
            shapes[name] = read_shape(name, value, sizes)
        else:
            others[name] = value
    if not any(shape.labels is None for shape in shapes.values()):
        raise TypeError('no argument has a shape; a shape is a string such as "N D"')
    return Program(first, second, scalar, shapes, others)
