"""From two functions to a verdict: numbers, trace, audit, proof."""

import contextlib
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from numbers import Real

import numpy as np

from mlp.tracing.arrays import ShapesDontFit, shape_text
from mlp.tracing.audit import compared
from mlp.tracing.axes import all_places, bounds, letters_of
from mlp.tracing.domains import where_defined
from mlp.tracing.functions import needed
from mlp.tracing.items import RANGES
from mlp.tracing.masks import hypotheses
from mlp.tracing.matrices import matrix_form
from mlp.tracing.maxima import SOURCES, forget_labels
from mlp.tracing.names import adjoints, is_zero, names, polys_of, reached, unfolded
from mlp.tracing.numbers import entries_that_are_wrong, open_text, still_open
from mlp.tracing.printing import LONGEST, index_text, shown, text
from mlp.tracing.programs import BadProgram, Raised, WrongCall, read_program
from mlp.tracing.refusal import CantTell, OutOfTime, clock
from mlp.tracing.result import (
    CANT_TELL,
    CHECKED,
    PROVED,
    WHERE,
    WRONG,
    ArgumentResult,
    Result,
)
from mlp.tracing.slopes import derivative, mask_arguments
from mlp.tracing.sums import (
    ZERO,
    all_atoms,
    definitions,
    forget,
    renamed,
    times,
    total,
)
from mlp.tracing.values import DECLARED, World

LEFT_OUT = "values at random inputs that are not finite are left out"
NO_ONES = "sizes of 1 are left out: "
DRAWS = 4  # of numbers, until every entry is decided in one of them


def prove_backward(forward, backward, /, *, sizes=None, time_limit=20, **arguments):
    """Prove that a backward pass computes the gradient of its forward pass.

    The verdict is *proved*: right for all sizes and inputs that ``.theorem`` names;
    *wrong*: not right at the numbers that are shown; *checked*: no error was found at
    random numbers, which is no proof, since a small error passes; or *can't tell*.
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


@dataclass
class Findings:
    """What is known of a program so far; reasons by argument."""

    wrong: dict = field(default_factory=dict)
    right: set = field(default_factory=set)
    unsure: dict = field(default_factory=dict)
    proved: dict = field(default_factory=dict)
    doubts: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    seen: list = field(default_factory=list)  # asked, by the numbers
    reason: str = ""
    notes: list = field(default_factory=list)
    largest: float = 0.0
    least: dict = field(default_factory=dict)
    at_ones: set = field(default_factory=set)
    given: list = field(default_factory=list)


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


# numbers


def random_worlds(program):
    """Yield pairs (sizes, scale): different sizes, at last spare ones of 3 or more."""
    rng = np.random.RandomState(5)
    names = program.sizes
    for scale in (1.0, 3.0, 1.0, 1.0):
        lengths = list(rng.permutation([2, 3, 4, 5])) + list(rng.randint(2, 5, 20))
        if len(names) > 4:
            lengths = list(rng.permutation([2, 3, 2, 3] + [2] * len(names)))
        sizes = dict(zip(names, map(int, lengths)))
        yield sizes, scale


def drawn(program, sizes, rng, scale=1.0, positive=False):
    """Return a world with random numbers for all arguments."""
    axes = {name: shape.axes for name, shape in program.shapes.items()}
    world = World(sizes, {}, axes)
    for name, shape in program.shapes.items():
        lengths = world.shape(shape.axes)
        if shape.labels is None:
            numbers = rng.normal(size=lengths) * scale
            world.arrays[name] = np.asarray(
                abs(numbers) + 0.1 * scale if positive else numbers
            )
        else:
            most = world.axis_length(shape.labels)
            world.arrays[name] = np.asarray(rng.randint(0, most, size=lengths))
    return world


def finite_world(program, sizes, scale, rng):
    """Return a world, or one of positive numbers, in which all outputs are finite."""
    for positive in (False, True):
        world = drawn(program, sizes, rng, scale, positive)
        base = program.real(world)
        if all(np.isfinite(a).all() for n, a in base.items() if n.startswith("out")):
            break
    return world, base


def by_numbers(program, found):
    """Compare the real functions with slopes at two sizes or more, and at sizes 1."""
    rng, settled = np.random.RandomState(6), Counter()
    worlds = random_worlds(program)
    for sizes, scale in worlds:
        open_entries = at_one_size(program, found, sizes, scale, rng)
        if open_entries is None:
            settled.clear()
            break
        settled.update(set(found.asked) - open_entries.keys())
        found.unsure.update(open_entries)
        sure = [settled[name] >= 2 or name in found.wrong for name in found.asked]
        if all(sure) and settled:
            break
    found.right = {name for name in found.asked if settled[name] >= 2}
    if program.sizes:
        with_ones(program, found, rng)
    found.right &= set(found.asked)
    found.right -= set(found.wrong)
    found.notes += sorted(program.changed)


def with_ones(program, found, rng):
    """Compare where all sizes are 1, if the functions run there."""
    before, sizes = set(found.wrong), dict.fromkeys(program.sizes, 1)
    try:
        open_entries = at_one_size(program, found, sizes, 1.0, rng)
    except BadProgram:
        found.notes.append(f"{NO_ONES}the functions raise there")
        return
    found.at_ones = set(found.wrong) - before
    if open_entries is None:
        found.notes.append(f"{NO_ONES}the values are not finite there")
    else:
        found.right -= open_entries.keys()
        found.unsure.update(open_entries)


def at_one_size(program, found, sizes, scale, rng):
    """Compare at random numbers, drawn until each entry is decided in one of them.

    Returns
    -------
    dict or None
        The arguments with entries that are not, and why; None without numbers.
    """
    open_entries = None
    for _ in range(DRAWS):
        undecided = at_one_world(program, found, sizes, scale, rng)
        if undecided is not None:
            open_entries = still_open(open_entries, undecided)
        if not open_entries:
            break
    if open_entries is None:
        return None
    by_name = {}
    for (name, index), why in open_entries.items():
        by_name.setdefault(name, {})[index] = why
    where = sizes_text(sizes)
    return {name: open_text(name, where, entries) for name, entries in by_name.items()}


def at_size_1(program, found):
    """Compare at the sizes that a theorem leaves out, where the functions run there."""
    sizes, scale = next(iter(random_worlds(program)))
    before, rng = set(found.wrong) - found.at_ones, np.random.RandomState(7)
    for name in found.least:
        with contextlib.suppress(BadProgram):
            at_one_world(program, found, {**sizes, name: 1}, scale, rng)
    for name in set(found.wrong) - before:
        found.proved.pop(name, None)


def at_one_world(program, found, sizes, scale, rng):
    """Compare at random numbers; return what is undecided, None without numbers."""
    world, base = finite_world(program, sizes, scale, rng)
    again = program.real(world)
    if any(not np.array_equal(base[n], again[n], equal_nan=True) for n in base):
        raise BadProgram("the functions return other numbers when called again")
    if not all(np.isfinite(a).all() for n, a in base.items() if n.startswith("out")):
        return None
    asked = [n for n in program.asked if f"d {n}" in base]
    where = f" at {sizes_text(world.sizes)}" if world.sizes else ""
    program.check_results(base["out"].shape, base["out"].size, asked, where)
    if found.seen and asked != found.seen:
        raise BadProgram(f"gradients of other arguments are returned{where}")
    found.asked = found.seen = asked
    grads = {}
    for name in found.asked:
        grad, shape = base[f"d {name}"], world.arrays[name].shape
        if grad.shape != shape:
            found.wrong.setdefault(
                name,
                f"at {sizes_text(world.sizes)} the gradient has shape "
                f"{shape_text(grad.shape)}, {name} has {shape_text(shape)}",
            )
        elif name not in found.wrong:
            grads[name] = grad
    x = {n: world.arrays[n].astype(float) for n in grads}
    slips, undecided = entries_that_are_wrong(program.weighed(world), x, grads)
    for slip in slips:
        found.wrong.setdefault(slip.name, slip_text(slip, world))
    return undecided


def sizes_text(sizes):
    """Write sizes."""
    return ", ".join(f"{name} = {n}" for name, n in sizes.items()) or "these numbers"


def slip_text(slip, world):
    """Say which entry is wrong, in as many digits as show it."""
    place = f"[{', '.join(map(str, slip.index))}]" if slip.index else ""
    for digits in range(6, 18):
        given, right = f"{slip.given:.{digits}g}", f"{slip.expected:.{digits}g}"
        if given != right:
            break
    return (
        f"at {sizes_text(world.sizes)} the entry {slip.name}{place} of the gradient is "
        f"{given}, right is {right}"
    )


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
        audit(program, found, outputs, fitting)
        J = weighed_sum(outputs, weights)
        slope = slopes_of(J, program)
    except OutOfTime as error:
        found.reason = str(error)
        return
    todo = {name: grad for name, grad in fitting.items() if name not in found.proved}
    doubts = {name: doubt_of(slope, name, grad) for name, grad in todo.items()}
    found.doubts |= {name: doubt for name, doubt in doubts.items() if doubt}
    proved = [name for name, doubt in doubts.items() if not doubt]
    if proved:
        given = conditions(J, proved)
        formulas = [
            grad.at(place)
            for grad in (todo[name] for name in proved)
            for place in all_places(grad.axes, 1)
        ]
        worlds = worlds_at_zeros(program)
        divided = where_defined([J, *formulas])
        if not divided and not all(finite_at(program, world) for world in worlds[:2]):
            divided = ["wherever the program returns finite values"]
        lines = {name: statement(name, todo[name]) for name in proved}
        found.proved |= lines  # now that all its hypotheses are known
        for name in proved:
            found.doubts.pop(name, None)
        found.least |= bounds.least
        new = [part for part in [*given, *divided] if part not in found.given]
        found.given += new
        if any(part.startswith("wherever") for part in given):
            found.notes += [note for note in jumps(program) if note not in found.notes]


def finite_at(program, world):
    """Tell whether the real functions return finite numbers."""
    with contextlib.suppress(BadProgram):
        return all(np.isfinite(a).all() for a in program.real(world).values())
    return False


def worlds_at_zeros(program):
    """Return numbers at which denominators may be 0: all are 0, all are 1, random."""
    sizes, _ = next(iter(random_worlds(program)))
    rng, worlds = np.random.RandomState(11), []
    for number in (0.0, 1.0, None, None, None):
        world = drawn(program, sizes, rng)
        for name, axes in DECLARED.items():
            if name not in world.arrays:
                world.arrays[name] = rng.normal(size=world.shape(axes))
        if number is not None:
            for name in program.asked:
                world.arrays[name] = np.full(world.arrays[name].shape, number)
        world.axes = {**world.axes, **DECLARED}
        worlds.append(world)
    return worlds


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
    sizes, _ = next(iter(random_worlds(program)))
    world = drawn(program, sizes, np.random.RandomState(9))
    rng = np.random.RandomState(10)
    for name, axes in DECLARED.items():
        if name not in world.arrays:
            world.arrays[name] = rng.normal(size=world.shape(axes))
    world.axes = {**world.axes, **DECLARED}
    return adjoints(J, list(names.order), world)


def given_shape(axes):
    """Return a shape."""
    from mlp.tracing.axes import length_of

    return tuple(map(length_of, axes))


def doubt_of(slope, name, grad):
    """Say why a gradient is not shown to be right, or return an empty text."""
    try:
        for place in all_places(grad.axes, 800):
            flat = tuple(k for part in place for k in part)
            gap = slope(name, flat) - grad.at(place)
            if not is_zero(gap):
                if rounding_only(gap):
                    return "not shown: equal but for the rounding of constants"
                return "not shown: the derivative and the program's formula differ"
    except CantTell as error:
        return str(error)
    return ""


def rounding_only(gap):
    """Tell whether all coefficients of a difference look like rounding."""
    return all(0 < abs(float(c)) < 1e-12 for c in gap.terms.values())


def statement(name, grad):
    """Return the formula that was proved, entry by entry, when it is asked."""
    places = list(islice(all_places(grad.axes, 1), 6))
    values = [unfolded(grad.at(place), LONGEST) or grad.at(place) for place in places]
    inner = [
        (part, [(p, held.at(p)) for p in all_places(held.axes, 1)])
        for part, held in [(part, definitions[part]) for part in names_in(values)]
    ]

    def lines():
        defined = [
            f"{WHERE}{left} = {right}"
            for part, formulas in inner
            for left, right in entries_text(part, formulas)
        ]
        return [*own_lines(), *defined]

    def own_lines():
        if len(values) == 1 and (whole := matrix_form(values[0], places[0])):
            return [f"d{name} = {whole}"]
        pairs = entries_text(f"d{name}", list(zip(places, values)))
        return [f"{left} = {right}" for left, right in pairs]

    return lines


def entries_text(name, formulas):
    """Yield the two sides of a formula for each block of an array."""
    for place, formula in formulas:
        letters = {}
        flat = [k for part in place for k in part]
        at = ", ".join(index_text(k, letters) for k in flat)
        yield f"{name}[{at}]" if flat else name, shown(formula, letters)


def names_in(formulas):
    """Return the names that formulas hold, and those of their definitions, in order."""
    found = set().union(*[reached(u) for u in formulas])
    return sorted(found, key=names.order.index)


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


def conditions(J, proved):
    """Say for which sizes and inputs the theorem holds, in parts."""
    parts = [f"{name} ≥ {n}" for name, n in sorted(bounds.least.items()) if n > 1]
    formulas = [J, *(p for name in reached(J) for p in polys_of(name))]
    if any(k[1] in SOURCES for u in formulas for k in all_indices(u)):
        parts.append("wherever the place of each maximum stays")
    kinks = [
        u for poly in formulas for name in proved for u in mask_arguments(poly, name)
    ]
    kinks = dict.fromkeys(map(short_form, [*hypotheses.nonzero, *kinks]))
    words = sorted({text(u) for u in kinks if u}, key=lambda t: (len(t), t))
    if None in kinks or (
        not kinks and any("mask" in o.has for u in formulas for o in u.atoms())
    ):
        parts.append("wherever no two numbers that are compared are the same")
    elif words:
        one = f"{words[0]} is not 0" if len(words) == 1 else "none of these is 0: "
        parts.append(f"wherever {one}{', '.join(words) if len(words) > 1 else ''}")
    return parts


def short_form(u):
    """Return a number without names and with standard letters; None if it is long."""
    u = unfolded(u, 25)
    return u and renamed(u)


def all_indices(u):
    """Return the labels in a polynomial."""
    found = []
    for part in {part for one in u.atoms() for part in all_atoms(one)}:
        if part.kind in ("entry", "delta"):
            held = part.args[1] if part.kind == "entry" else part.args
            found += [k for k in held if k[0] == "L"]
    return found


# audit


def audit(program, found, outputs, grads):
    """Compare the trace with the real functions at several sizes, or raise."""
    traced = {**outputs, **{f"d {name}": grad for name, grad in grads.items()}}
    sharp = 0
    for k, (sizes, scale) in enumerate(audited_sizes(program.sizes)):
        clock.tick()
        ones = small_names(sizes)
        for other in (scale, 0.3, 3.0) if ones else (scale,):
            seen = compared_somewhere(program, traced, sizes, other, k)
            if seen is not None:
                break
        if seen is None:
            if ones:
                demand_one_of(ones)
            elif scale == 1 and LEFT_OUT not in found.notes:
                found.notes.append(LEFT_OUT)
            continue
        if seen.found and ones:
            demand_one_of(ones)
        elif seen.found and not ones:
            raise CantTell(
                f"the trace is not the program: {seen.found.name} at "
                f"{sizes_text(sizes)} is {seen.found.run} by the program, "
                f"{seen.found.traced} by the trace"
            )
        elif not seen.found:
            found.largest = max(found.largest, seen.part)
            sharp += seen.sharp
    if sharp < (2 if program.sizes else 1):
        raise CantTell(
            "the trace was not compared: too few values are finite, or sharp"
        )


def demand_one_of(ones):
    """Leave sizes out of the theorem that are all 1, unless one of them is."""
    if not set(ones) & set(bounds.least):
        for name in ones:
            bounds.demand(name, 2)


def compared_somewhere(program, traced, sizes, scale, seed):
    """Compare at random numbers, or at positive ones where those are not finite."""
    for positive in (False, True):
        world = drawn(
            program, sizes, np.random.RandomState(100 + seed), scale, positive
        )
        world.axes = {**world.axes, **DECLARED}

        def run(there):
            results = program.real(there)
            if missing := [name for name in traced if name not in results]:
                name, where = missing[0].removeprefix("d "), sizes_text(there.sizes)
                raise CantTell(f"there is no gradient by {name} at {where}")
            return {name: results[name] for name in traced}

        try:
            seen = compared(traced, run, world)
        except BadProgram:
            if 1 in sizes.values():
                return None
            raise
        if seen is not None:
            return seen
    return None


def small_names(sizes):
    """Return the names of sizes that are 1."""
    return [name for name, n in sizes.items() if n == 1]


def audited_sizes(names):
    """Yield pairs (sizes, scale): different sizes, other scales, each size 1, all 1."""
    large = [2, 3, 4] if len(names) <= 4 else [2, 3]
    turns = [
        dict(zip(names, [large[(i + k) % len(large)] for i in range(99)]))
        for k in (0, 1)
    ]
    yield turns[0], 1.0
    yield turns[1], 1.0
    if names:
        yield turns[0], 1e-2
        yield turns[1], 1e2
    for name in names:
        yield {**turns[0], name: 1}, 1.0
    if len(names) > 1:
        yield dict.fromkeys(names, 1), 1.0


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
    for name in found.asked:
        if name in found.wrong and name in found.proved:
            reason = f"proved, but in numbers {found.wrong[name]}"
            rows[name] = ArgumentResult(name, CANT_TELL, reason)
        elif name in found.wrong:
            rows[name] = ArgumentResult(name, WRONG, found.wrong[name])
        elif name in found.proved:
            rows[name] = ArgumentResult(name, PROVED, "", found.proved[name])
        else:
            reason = with_hint(program, found.doubts.get(name) or found.reason)
            verdict = CHECKED if name in found.right else CANT_TELL
            if name in found.unsure:
                reason = "; ".join(filter(None, [reason, found.unsure[name]]))
            rows[name] = ArgumentResult(name, verdict, reason)
    return Result(
        rows,
        program.sizes,
        ", ".join(found.given),
        found.notes,
        found.largest,
        program.settings(),
        [name for name in program.asked if name not in rows],
    )
