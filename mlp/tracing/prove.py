"""From two functions to a verdict: numbers, trace, audit, proof."""

import contextlib
import re
from numbers import Real

import numpy as np

from mlp.tracing.arrays import ShapesDontFit, shape_text
from mlp.tracing.audit import audit
from mlp.tracing.axes import all_places, bounds, letters_of
from mlp.tracing.conditions import conditions
from mlp.tracing.domains import FINITE, demand_forward_domain, open_parts, where_defined
from mlp.tracing.findings import Findings
from mlp.tracing.functions import needed
from mlp.tracing.items import RANGES
from mlp.tracing.masks import hypotheses
from mlp.tracing.maxima import forget_labels
from mlp.tracing.names import adjoints, is_zero, names
from mlp.tracing.programs import BadProgram, Raised, WrongCall, read_program
from mlp.tracing.refusal import CantTell, OutOfTime, clock
from mlp.tracing.result import (
    CANT_TELL,
    CHECKED,
    PROVED,
    WRONG,
    ArgumentResult,
    Result,
)
from mlp.tracing.slopes import derivative
from mlp.tracing.statements import statement
from mlp.tracing.sums import (
    ZERO,
    forget,
    times,
    total,
)
from mlp.tracing.trial import DIFFER, NO_ONES, at_size_1, by_numbers, where_they_differ
from mlp.tracing.values import UNDEFINED, value
from mlp.tracing.worlds import drawn, finite_at, random_worlds, worlds_of

ROUNDED = "not shown: equal but for the rounding of constants"


def prove_backward(forward, backward, /, *, sizes=None, time_limit=20, **arguments):
    """Prove that a backward pass computes the gradient of its forward pass.

    The verdict is *proved*: right for all sizes and inputs that ``.theorem`` names;
    *wrong*: not right at numbers that ``result["x"].inputs`` holds; *checked*: no error
    was found at random numbers, which is no proof: an error that is small, or rare,
    passes; or *can't tell*.
    ``.require()`` raises unless all that the program returns is proved.

    Parameters
    ----------
    forward : callable
        Returns out, or out and a cache; several outputs come before the cache.
    backward : callable
        Takes dout and the cache; without a cache, dout and the arguments. Returns
        the gradients in the order of the arguments, or a dict by name. One that is
        None, or missing in the dict, is not asked: a line says so, and the verdict in
        all does not speak of it.
    sizes : dict, optional
        Numbers for sizes, so that loops over them run: {"T": 4}. The theorem holds
        for these.
    time_limit : float or None
        Seconds for the proof; None for as long as it takes.
    **arguments
        For each argument of forward its shape, "N D", "N 3", "4H", "N of K" for
        labels, "" for a scalar; or a value, which is passed on. The theorem holds for
        this value, and for those of defaults that are kept; it names them.

    Returns
    -------
    Result
        ``.verdict`` in all and ``["x"].verdict`` by argument; ``.theorem``, what is
        proved; ``.notes``, what else was seen; ``.require()``.

    Raises
    ------
    TypeError, ValueError
        When shapes and arguments don't fit the functions.
    """
    seconds = read_limit(time_limit)
    sizes = {} if sizes is None else sizes
    return decide(read_program(forward, backward, False, arguments, sizes), seconds)


def prove_gradient(loss, gradient, /, *, sizes=None, time_limit=20, **arguments):
    """Prove that a function computes the gradient of a scalar function.

    Parameters
    ----------
    loss : callable
        Returns one number.
    gradient : callable
        Takes the same arguments; returns the gradients in their order, or a dict. One
        that is None, or missing in the dict, is not asked; a line says so.
    sizes, time_limit, **arguments
        As for `prove_backward`.

    Returns
    -------
    Result
        As of `prove_backward`: proved, wrong, checked (no proof) or can't tell;
        ``.theorem``, ``.notes``, ``.require()``.

    Raises
    ------
    TypeError, ValueError
        When shapes and arguments don't fit the functions.
    """
    seconds = read_limit(time_limit)
    sizes = {} if sizes is None else sizes
    return decide(read_program(loss, gradient, True, arguments, sizes), seconds)


def read_limit(seconds):
    """Return a time limit, or raise for what is none."""
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, Real):
        raise TypeError(
            f"time_limit: a number of seconds, or None; got {seconds!r:.40}"
        )
    if not seconds > 0:
        raise ValueError(f"time_limit: more than 0 seconds; got {seconds!r}")
    return seconds


def decide(program, time_limit, with_numbers=True):
    """Return the verdict on a program."""
    found = Findings(asked=program.asked)
    try:
        if with_numbers:
            by_numbers(program, found)
    except WrongCall:
        raise
    except BadProgram as error:
        found.right.clear()
        misfit = shapes_error(program) if isinstance(error, Raised) else None
        return result_of(program, found, misfit or str(error))
    try:
        by_proof(program, found, time_limit)
        if with_numbers and found.least:
            at_size_1(program, found)
        if with_numbers:
            where_they_differ(program, found)
        if found.least and set(found.asked) <= set(found.proved):  # the theorem says so
            found.notes = [n for n in found.notes if not n.startswith(NO_ONES)]
    except BadProgram as error:
        found.reason = str(error)
    except ShapesDontFit as error:
        found.reason = program.cannot_fit(error)
    except CantTell as error:
        found.reason = str(error)
    except RecursionError:
        found.reason = "the program, or its formulas, are nested too deeply"
    except IndexError as error:  # one that a trace with letters does not see
        found.reason = f"an entry that small arrays don't have: {error}"
    except Exception as error:  # a fault of the engine must not stop its user
        found.reason = f"the engine stops with {type(error).__name__}: {error}"
    finally:
        clock.start(None)
    return result_of(program, found)


# proof


def by_proof(program, found, time_limit):
    """Prove the gradients: with names first, unfolded as the fallback."""
    share = None if time_limit is None else time_limit / 2
    attempt(program, found, share, True, time_limit)
    if set(found.asked) - set(found.proved) - set(found.wrong):
        attempt(program, found, share, False, time_limit)


def attempt(program, found, seconds, named, limit=None):
    """Trace the program, compare the trace with it, and prove its gradients.

    What is not decided in so many seconds stays open.
    """
    begin_anew(named)
    clock.start(seconds, limit)
    try:
        outputs, weights, grads = program.trace()
        found.asked = [name for name in program.asked if name in grads]
        out = outputs["out"]
        program.check_results(out.shape, 1 if not any(out.axes) else 0, found.asked)
        if found.seen and found.asked != found.seen:
            found.asked = found.seen
            raise CantTell("the trace returns gradients of other arguments")
        fitting = fitting_gradients(program, found, grads)
        before = dict(needed)  # formulas are made when they are first read
        J = weighed_sum(outputs, weights)
        forward = {u: how for u, how in needed.items() if before.get(u) != how}
        audit(program, found, outputs, fitting)
        asked = dict(needed)
        slope = slopes_of(J, program)
    except OutOfTime as error:
        found.reason = str(error)
        return
    todo = {name: grad for name, grad in fitting.items() if name not in found.proved}
    worlds = worlds_of(program, [None] * 3)
    doubts = {name: doubt_of(slope, name, grad, worlds) for name, grad in todo.items()}
    found.doubts |= {name: doubt for name, doubt in doubts.items() if doubt}
    proved = [name for name, doubt in doubts.items() if not doubt]
    if proved:
        demand_forward_domain(asked, {**forward, **open_parts([J])})
        given = conditions(J, proved)
        formulas = [
            grad.at(place)
            for grad in (todo[name] for name in proved)
            for place in all_places(grad.axes, 1)
        ]
        divided = where_defined([J, *formulas], asked)
        zeros = worlds_of(program, [0.0, 1.0])
        if not divided and not all(finite_at(program, world) for world in zeros):
            divided = [FINITE]
        lines = {name: statement(name, todo[name]) for name in proved}
        found.proved |= lines  # now that all its hypotheses are known
        for name in proved:
            found.doubts.pop(name, None)
        found.least |= bounds.least
        found.given = list(dict.fromkeys([*found.given, *given, *divided]))
        if any(part.startswith("wherever") for part in given):
            found.notes += [note for note in jumps(program) if note not in found.notes]


def begin_anew(named):
    """Forget what another program left."""
    forget()
    forget_labels()
    RANGES.clear()
    names.clear()
    names.active = named
    bounds.least.clear()
    hypotheses.nonzero.clear()
    needed.clear()


def fitting_gradients(program, found, grads):
    """Return the gradients that have the shapes of their arguments."""
    fitting = {}
    for name, grad in grads.items():
        axes = program.shapes[name].axes
        if grad.axes == axes:
            fitting[name] = grad
        elif name not in found.wrong:
            found.doubts[name] = (
                f"the gradient has shape {shape_text(grad.shape)}, {name} has "
                f"{shape_text(given_shape(axes))}"
            )
    return fitting


def weighed_sum(outputs, weights):
    """Return the sum of the outputs, each entry times its dout."""
    J = ZERO
    for name, out in outputs.items():
        for place in all_places(out.axes, 1):
            body = out.at(place)
            if weights[name] is not None:
                body = times(body, weights[name].at(place))
            J = J + total(letters_of(place), body)
    return J


def slopes_of(J, program):
    """Return the function from an argument's name and a place to the derivative."""
    if not names.order:
        return lambda name, flat: derivative(J, name, flat)
    [world] = worlds_of(program, [None])
    return adjoints(J, list(names.order), world)


def given_shape(axes):
    """Return a shape."""
    from mlp.tracing.axes import length_of

    return tuple(map(length_of, axes))


def doubt_of(slope, name, grad, worlds):
    """Say why a gradient is not shown to be right, or return an empty text."""
    try:
        for place in all_places(grad.axes, 800):
            flat = tuple(k for part in place for k in part)
            gap = slope(name, flat) - grad.at(place)
            if not is_zero(gap):
                return ROUNDED if rounding_only(gap, grad.at(place), worlds) else DIFFER
    except CantTell as error:
        return str(error)
    return ""


def rounding_only(gap, formula, worlds):
    """Tell whether a difference is as small as the rounding of constants everywhere."""
    letters, seen = tuple(sorted(gap.free | formula.free, key=repr)), False
    for world in worlds:
        try:
            wrong, size = (
                abs(value(u, letters, world.exact())) for u in (gap, formula)
            )
        except UNDEFINED:
            continue
        if not np.all(wrong <= 1e-14 * size):
            return False
        seen = seen or np.any(size > 0)
    return seen


def jumps(program):
    """Say that the function jumps, where it does along a line through random inputs."""
    rng = np.random.RandomState(8)
    sizes, _ = next(iter(random_worlds(program)))
    one, other = (drawn(program, sizes, rng, 2.0) for _ in range(2))
    names = program.asked
    with contextlib.suppress(BadProgram):
        program.real(one)
        J = program.weighed(one)

        def at(t):
            return J({n: one.arrays[n] * (1 - t) + other.arrays[n] * t for n in names})

        points = np.linspace(0, 1, 60)
        values = [at(t) for t in points]
        step = np.median(abs(np.diff(values)))
        order = np.argsort(-abs(np.diff(values)))[:8]
        for k in order:
            left, right = points[k], points[k + 1]
            for _ in range(45):
                middle = (left + right) / 2
                gaps = abs(at(middle) - at(left)), abs(at(right) - at(middle))
                left, right = (left, middle) if gaps[0] > gaps[1] else (middle, right)
            if abs(at(right) - at(left)) > 1e-6 * step + 1e-9:
                return ["the function jumps; this is its derivative between the jumps"]
    return []


# result


LETTERS = re.compile(
    "an axis of length|a loop over|as a number|depends on the sizes|size is a letter"
)


def with_hint(program, reason):
    """Add to a reason which size may be given as a number, where that may help."""
    if not LETTERS.search(reason) or not program.sizes:
        return reason
    held = [n for n in program.sizes if re.search(rf"\b{re.escape(n)}\b", reason)]
    held = held or program.sizes[: len(program.sizes) == 1]
    if held:
        return f'{reason}; a number for it may help: sizes={{"{held[0]}": 6}}'
    told = f"sizes={{…: 6}} with one of {', '.join(program.sizes)}"
    return f"{reason}; a number for the size may help: {told}"


def shapes_error(program):
    """Return the error of a trace about shapes that don't fit, if there is one."""
    try:
        clock.start(2)
        program.trace()
    except ShapesDontFit as error:
        return program.cannot_fit(error)
    except (BadProgram, CantTell):
        return None
    finally:
        clock.start(None)


def result_of(program, found, reason=None):
    """Return what was found as a result."""
    rows = {}
    found.reason = reason or found.reason
    if found.wrong and program.outputs > 1:
        found.notes.append(
            f"{program.outputs} outputs and a cache are read here; if there is one "
            "output, put what the cache holds into one tuple"
        )
    for name in found.asked:
        if name in found.wrong and name in found.proved:
            reason = f"proved, but in numbers {found.wrong[name]}"
            rows[name] = ArgumentResult(name, CANT_TELL, reason)
        elif name in found.wrong:
            at = found.inputs.get(name, {})
            rows[name] = ArgumentResult(name, WRONG, found.wrong[name], inputs=at)
        elif name in found.proved:
            rows[name] = ArgumentResult(name, PROVED, "", found.proved[name])
        else:
            reason = with_hint(program, found.doubts.get(name) or found.reason)
            verdict = CHECKED if name in found.right else CANT_TELL
            if name in found.unsure:
                reason = "; ".join(filter(None, [reason, found.unsure[name]]))
            entries = found.compared.get(name, {})
            rows[name] = ArgumentResult(name, verdict, reason, entries=entries)
    return Result(
        rows,
        program.sizes,
        ", ".join(found.given),
        found.notes,
        found.largest,
        program.settings(),
        [name for name in program.asked if name not in rows],
    )
