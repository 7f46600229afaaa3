"""A pair of functions and its arguments: how they are called, in numbers and traced."""

import contextlib
import copy
import inspect
from dataclasses import dataclass, field, replace

import numpy as np

from mlp.tracing.arrays import Array, Store, as_array, in_any_order, shape_text
from mlp.tracing.axes import length_of
from mlp.tracing.calls import (
    call_by_name,
    call_in_order,
    counts,
    how_called,
    name_of,
    parameters_of,
    undisturbed,
)
from mlp.tracing.comparisons import comparisons
from mlp.tracing.copying import Copier, run, traced_line
from mlp.tracing.items import RANGES
from mlp.tracing.numpy_names import full_array
from mlp.tracing.numpy_table import precision
from mlp.tracing.refusal import CantTell, refusals
from mlp.tracing.shapes import (
    Shape,
    check_sizes,
    names_of_sizes,
    read_shape,
    words_of_sizes,
)
from mlp.tracing.sums import entry
from mlp.tracing.values import DECLARED, World


class BadProgram(Exception):
    """What the functions return, or raise, can't be compared; the message says how."""


class Raised(BadProgram):
    """One of the functions raises."""


class WrongCall(BadProgram, TypeError):
    """The second function can't be called with what the first one returns."""


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
    fixed : dict
        Sizes that are numbers.
    """

    first: object
    second: object
    scalar: bool
    shapes: dict
    others: dict
    fixed: dict = field(default_factory=dict)
    changed: set = field(default_factory=set)
    outputs: int = 1

    @property
    def asked(self):
        """The arguments that have a gradient, in their order."""
        return [name for name, shape in self.shapes.items() if shape.labels is None]

    @property
    def sizes(self):
        """The names of the sizes."""
        return names_of_sizes(self.shapes.values())

    @property
    def in_order(self):
        """The arguments that are given, in the order of the first function."""
        names = [*inspect.signature(self.first).parameters, *self.shapes, *self.others]
        return [n for n in dict.fromkeys(names) if n in self.shapes or n in self.others]

    def settings(self):
        """Say what has one value: sizes, arguments that are passed on, and defaults."""
        passed = {n: self.others[n] for n in self.in_order if n in self.others}
        values = {**self.fixed, **passed}
        texts = {name: setting_text(name, value) for name, value in values.items()}
        for function in (self.first, self.second):
            for p in parameters_of(function):
                if p.default is p.empty or p.name in self.shapes or p.name in values:
                    continue
                new = setting_text(p.name, p.default)
                if texts.setdefault(p.name, new) != new:
                    texts[p.name] += f" (in {name_of(function)} {new})"
        return ", ".join(texts.values())

    def cannot_fit(self, error):
        """Return the text of an error about shapes, with the arguments' own."""
        words = str(error)
        told = {name: argument_text(shape) for name, shape in self.shapes.items()}
        held = {
            name: line
            for name, line in told.items()
            if shape_in_words(self.shapes[name]) in words
        }
        lines = [f"{name} is {line}" for name, line in (held or told).items()]
        lines += [
            f"{name} is {told[name]}"
            for name, shape in self.shapes.items()
            if held and shape.labels is not None and "indices" in words
        ]
        return f"{words}; {', '.join(dict.fromkeys(lines))}"

    def hint(self, error):
        """Say which argument may be the reason for an error of one of the functions."""
        words = str(error)
        labels = {n: s for n, s in self.shapes.items() if s.labels is not None}
        if isinstance(error, IndexError) and "integer" in words:
            rows = [n for n in self.asked if len(self.shapes[n].axes) == 1]
            return f'; are there labels? {rows[0] if rows else "y"}="N of K" makes them'
        if isinstance(error, IndexError) and labels:
            lines = [f"{name} is {argument_text(s)}" for name, s in labels.items()]
            return f"; {', '.join(lines)}"
        nones = [name for name, value in self.others.items() if value is None]
        if nones:
            return (
                f"; {nones[0]} is None, which is passed on as it is: a shape is a "
                'string such as "N D"'
            )
        words = [
            f'{name}="{length_of(shape.axes[0])}"'
            for name, shape in self.shapes.items()
            if is_a_word(shape)
        ]
        if words:
            return (
                f"; {words[0]} is read as a shape: if it is a setting, hand it over by "
                "functools.partial"
            )
        return ""

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
            f"{plural(least, 'argument')}: expected are the outputs and one cache"
        )

    def backward(self, function, douts, cache, values):
        """Call the second function, or its copy."""
        if cache:
            return function(*douts, *cache)
        values = {**self.fresh(), **values}
        values = {name: values[name] for name in self.in_order}
        return call_in_order(function, self.second, douts, values, self.shapes)

    def check_call(self, outputs):
        """Raise if the second function takes no douts and arguments."""
        values = dict.fromkeys(self.in_order)
        if how_called(self.second, outputs, values, self.shapes) is not None:
            return
        own = [p.name for p in parameters_of(self.second)]
        douts = [f"d{out_name(k)}" for k in range(outputs)]
        expected = [*douts, *(values if set(self.others) & set(own) else self.shapes)]
        mixed = len(own) in (len(values), len(self.shapes))
        raise WrongCall(
            f"{name_of(self.second)} takes {plural(len(own), 'argument')} "
            f"({', '.join(own)}); {name_of(self.first)} returns no cache, so "
            f"{' and '.join(filter(None, [', '.join(expected[:-1]), expected[-1]]))} "
            "are expected"
            + (
                "; are they a loss and its gradient? use prove_gradient"
                if mixed
                else ""
            )
        )

    def gradients(self, returned):
        """Return what the second function returned, by name."""
        who = name_of(self.second)
        if returned is None:
            raise BadProgram(f"{who} returns None for {', '.join(self.asked)}")
        if isinstance(returned, dict):
            result = self.by_name(returned, who)
        else:
            several = isinstance(returned, (tuple, list))
            result = self.by_order(list(returned) if several else [returned], who)
        return result

    def by_order(self, values, who):
        """Return gradients that come in the order of the arguments.

        That is the order of those with a gradient, or of all that are given.
        """
        every = self.in_order
        named = [name for name in every if name in self.others or name in self.asked]
        if all(value is None for value in values[len(self.asked) :]):
            order = self.asked
        elif len(values) in (len(every), len(named)):
            order = every if len(values) == len(every) else named
        else:
            apart = [name for name in every if name not in self.asked]
            raise BadProgram(
                f"{who} returns {plural(len(values), 'gradient')}; with a shape there "
                f"{'is' if len(self.asked) == 1 else 'are'} only "
                f"{', '.join(self.asked)}"
                + (f"; None for {', '.join(apart)}" if apart else "")
            )
        if len(values) < len(self.asked):
            raise BadProgram(
                f"{who} returns {plural(len(values), 'gradient')} for "
                f"{plural(len(self.asked), 'argument')}: {', '.join(self.asked)}; "
                "None for one that is not asked"
            )
        found = {n: value for n, value in zip(order, values) if value is not None}
        if labels := [n for n in found if n in self.shapes and n not in self.asked]:
            raise BadProgram(f"{who} returns a gradient for the labels {labels[0]}")
        return {name: value for name, value in found.items() if name in self.asked}

    def by_name(self, returned, who):
        """Return gradients that come in a dict with the arguments' names."""
        result = {}
        for key, value in returned.items():
            known = key in self.shapes or key in self.others
            name = key if known else str(key).removeprefix("d")
            if name not in self.asked:
                if name in self.others or (value is None and name in self.shapes):
                    continue
                raise BadProgram(
                    f"{who} returns a gradient for {key!r}; the arguments with a shape "
                    f"are {', '.join(self.asked)}"
                )
            if value is not None and name in result:
                raise BadProgram(f"{who} returns two gradients for {name}")
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
        with quiet(self.first, self.hint):
            returned = self.forward(self.first, values)
        if self.scalar:
            self.no_tuple(returned)
            return (as_numbers(returned, name_of(self.first)),), (), values
        outs, cache = self.parts(returned)
        return (
            tuple(as_numbers(out, name_of(self.first)) for out in outs),
            cache,
            values,
        )

    def no_tuple(self, returned):
        """Raise if a loss returned several values."""
        if isinstance(returned, tuple):
            raise BadProgram(
                f"{name_of(self.first)} returns {plural(len(returned), 'value')}, a "
                "loss returns one number; are they a forward and a backward pass? use "
                "prove_backward"
            )

    def check_results(self, shape, size, grads, where=""):
        """Raise if a loss is no number, or if there are no gradients."""
        if self.scalar and size != 1:
            raise BadProgram(
                f"{name_of(self.first)} returns an array of shape {shape_text(shape)}"
                f"{where}; a loss returns one number"
            )
        if not grads:
            who = name_of(self.second)
            raise BadProgram(f"{who} returns no gradient for {', '.join(self.asked)}")

    def real(self, world):
        """Return outputs and gradients of the real functions, by name."""
        outs, cache, values = self.real_outputs(world)
        if not self.scalar and not cache:
            self.check_call(len(outs))
        self.outputs = len(outs)
        result = {out_name(k): out.copy() for k, out in enumerate(outs)}
        self.note_changes(self.first, values, world.arrays)
        douts = [self.dout(world, k, out) for k, out in enumerate(outs)]
        douts = [d.copy()[()] if d.ndim == 0 else d.copy() for d in douts]
        values = self.real_arguments(world) if self.scalar else values
        names = [weight_name(out_name(k), self.shapes) for k in range(len(douts))]
        handed = {**values, **dict(zip(names, douts))}
        before = copy.deepcopy(handed)
        with quiet(self.second, self.hint):
            if self.scalar:
                options = {**self.fresh(), **values}
                returned = call_by_name(self.second, self.first, options)
            else:
                returned = self.backward(self.second, douts, cache, values)
        self.note_changes(self.second, handed, before)
        for name, grad in self.gradients(returned).items():
            result[f"d {name}"] = as_numbers(grad, name_of(self.second))
        return result

    def note_changes(self, function, values, before):
        """Note which arrays a function has changed."""
        for name, value in values.items():
            if not np.array_equal(value, before[name], equal_nan=True):
                self.changed.add(f"{name_of(function)} changes {name}")

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
        comparisons.begin()
        precision.begin()
        copier = Copier([self.first, self.second])
        first, second = copier.copied(self.first), copier.copied(self.second)
        others = {
            key: copier.argument(value, key) for key, value in self.others.items()
        }
        values = {name: given(name, shape) for name, shape in self.shapes.items()}
        traced = replace(self, others=others)
        with undisturbed(), copier.catching:
            returned = run(traced.forward, (first, values), {})
        unchanged(copier)
        if self.scalar:
            self.no_tuple(returned)
        outs, cache = ((returned,), ()) if self.scalar else self.parts(returned)
        outs = {out_name(k): traced_array(out) for k, out in enumerate(outs)}
        kept = {name: frozen_copy(out) for name, out in outs.items()}
        comparisons.forward_returns(list(kept.values()))
        if self.scalar:
            weights = {"out": None}
            values = {name: given(name, shape) for name, shape in self.shapes.items()}
            options = {**traced.fresh(), **values}
            with undisturbed(), copier.catching:
                returned = run(call_by_name, (second, self.first, options), {})
        else:
            names = {name: weight_name(name, self.shapes) for name in outs}
            weights = {n: given(names[n], Shape(out.axes)) for n, out in outs.items()}
            DECLARED.update({names[n]: out.axes for n, out in outs.items()})
            douts = [given(names[n], Shape(out.axes)) for n, out in outs.items()]
            with undisturbed(), copier.catching:
                returned = run(traced.backward, (second, douts, cache, values), {})
        grads = {n: traced_array(g) for n, g in traced.gradients(returned).items()}
        if refusals:  # a bare ``except:`` of the program caught it
            refusals[0].line = refusals[0].line or traced_line(refusals[0])
            raise refusals[0]
        unchanged(copier)
        comparisons.finish()
        return kept, weights, {n: frozen_copy(g) for n, g in grads.items()}


def unchanged(copier):
    """Raise if the program changed what it reached."""
    if name := copier.changed():
        raise CantTell(f"the program changes the {name}")


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
        return in_any_order(Array(Store(shape.axes, formula, name=name)))

    def label(place):
        return ("L", name, tuple(k for part in place for k in part))

    return in_any_order(Array(Store(shape.axes, formula, "i", name), index=label))


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


def plural(n, word):
    """Return a number with its noun."""
    return f"{n} {word}{'' if n == 1 else 's'}"


def setting_text(name, value):
    """Write a setting and its value, if that is short."""
    if isinstance(value, np.generic):
        value = value.item()
    known = inspect.isroutine(value) or isinstance(value, type)
    told = name_of(value) if known else repr(value)
    short = len(told) <= 40 and not set("\n<") & set(told)
    return f"{name} = {told}" if short else f"{name} as given"


def shape_in_words(shape):
    """Return the shape of an argument as an error of a trace says it."""
    return shape_text(tuple(map(length_of, shape.axes)))


def is_a_word(shape):
    """Tell a shape that may be meant as a setting, such as "mean"."""
    return len(shape.axes) == 1 and str(length_of(shape.axes[0])).islower()


def argument_text(shape):
    """Say what an argument is."""
    told = shape_in_words(shape)
    if shape.labels is None:
        return told
    return f"{told}, labels 0 … {length_of(shape.labels)} - 1"


@contextlib.contextmanager
def quiet(function, hint=lambda error: ""):
    """Let nothing be printed, and tell where a function raises."""
    try:
        with undisturbed():
            yield
    except Exception as error:
        line = last_line(error, function)
        where = f", line {line}" if line else ""
        raise Raised(
            f"{name_of(function)} raises {type(error).__name__}{where}: {error}"
            f"{hint(error)}"
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
    roles = ("loss", "gradient") if scalar else ("forward", "backward")
    for role, function in zip(roles, (first, second)):
        if not callable(function):
            raise TypeError(f"{role}: a function is expected; got {function!r:.60}")
    sizes = check_sizes(sizes)
    for function in (second, first):
        try:
            parameters = inspect.signature(function).parameters
        except (TypeError, ValueError):
            raise TypeError(
                f"{name_of(function)} has no signature that Python knows"
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
    for name, value in others.items():
        if (
            isinstance(value, (tuple, list))
            and value
            and set(map(type, value)) == {str}
        ):
            raise TypeError(
                f'{name}: a shape is one string, "{" ".join(value)}"; got {value!r:.60}'
            )
    known = {w for name in shapes for w in words_of_sizes(arguments[name])}
    for name in sizes:
        if name not in known:
            raise ValueError(
                f"sizes: no shape has a size {name!r}; there are "
                f"{', '.join(sorted(known)) or 'none'}"
            )
    if not any(shape.labels is None for shape in shapes.values()):
        raise TypeError('no argument has a shape; a shape is a string such as "N D"')
    return Program(first, second, scalar, shapes, others, sizes)
