"""The real functions on trial: by the gradient check that decides, at several sizes."""

import contextlib
from collections import Counter
from itertools import islice, product

import numpy as np

from mlp.tracing.arrays import shape_text
from mlp.tracing.programs import BadProgram
from mlp.tracing.worlds import finite_world, random_worlds, sizes_text
from mlp.verdicts import check_gradient

NO_ONES = "sizes of 1 are left out: "
DIFFER = "not shown: the derivative and the program's formula differ"
DRAWS = 4  # of numbers, until every entry is decided in one of them


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


def where_they_differ(program, found):
    """Compare at more numbers if formulas differ: of other scales, and of one sign."""
    rng = np.random.RandomState(12)
    scales, signs = (0.1, 1.0, 10.0), (0, 1, -1)
    for scale, sign in product(scales, signs):
        for sizes, _ in islice(random_worlds(program), 2):
            if not any(found.doubts.get(name) == DIFFER for name in found.right):
                return
            with contextlib.suppress(BadProgram):
                at_one_world(program, found, sizes, scale, rng, sign)
            found.right -= set(found.wrong)


def at_one_world(program, found, sizes, scale, rng, sign=0):
    """Compare at random numbers; return what is undecided, None without numbers."""
    world, base = finite_world(program, sizes, scale, rng, sign)
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
    for name in grads:
        decided = grads[name].size - sum(place[0] == name for place in undecided)
        counts = found.compared.setdefault(name, {})
        before = counts.get(sizes_text(world.sizes), (0, 0))
        both = before[0] + decided, before[1] + grads[name].size
        counts[sizes_text(world.sizes)] = both
    for slip in slips:
        found.wrong.setdefault(slip.name, slip_text(slip, world))
    for name in found.wrong.keys() - found.inputs.keys():
        found.inputs[name] = {n: a.copy() for n, a in world.arrays.items()}
    return undecided


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


def entries_that_are_wrong(f, x, grads):
    """Compare gradients with a function, by the gradient check that decides.

    Only real numbers are handed to the function: complex ones would break it where it
    compares, or takes absolute values.

    Parameters
    ----------
    f : callable
        Takes a dict of arrays, returns a number.
    x, grads : dict of arrays
        The point, and what is given for the gradient.

    Returns
    -------
    wrong : list of Entry
        What is farthest off comes first.
    undecided : dict
        From pairs (name, index) to the reason.
    """
    if not any(array.size for array in x.values()):
        return [], {}
    x = {name: np.asarray(array, float) for name, array in x.items()}
    grads = {name: np.asarray(grad, float) for name, grad in grads.items()}
    found = check_gradient(f, x, grads, complex_step=False)
    undecided = {(one.name, one.index): one.reason for one in found.undecided}
    return sorted(found.wrong, key=by_gap), undecided


def by_gap(entry):
    """A key that sorts wrong entries alike on each machine: how far off, and where."""
    gap = abs(entry.given - entry.expected)
    return (
        -float(f"{gap:.3g}") if np.isfinite(gap) else -np.inf,
        entry.name,
        entry.index,
    )


def still_open(before, now):
    """Join what is undecided in two draws of numbers: what is so in both of them.

    A reason that is no kink outlives one that is.
    """
    if before is None:
        return now
    return {
        place: before[place] if at_a_kink(now[place]) else now[place]
        for place in before.keys() & now.keys()
    }


def at_a_kink(reason):
    """Tell whether an entry is undecided since the function has a kink there."""
    return reason.startswith("kink")


def open_text(name, where, entries):
    """Say how many entries of a gradient can't be told in numbers; kinks apart.

    Parameters
    ----------
    name, where : str
    entries : dict
        From indices to reasons.
    """
    kinks = sum(map(at_a_kink, entries.values()))
    others = {i: why for i, why in entries.items() if not at_a_kink(why)}
    words = []
    if others:
        index, why = min(others.items())
        place = f"{name}[{', '.join(map(str, index))}]" if index else name
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        words.append(f"{place}{more}: {why}")
    if kinks:
        words.append(
            f"{kinks} {'entry lies' if kinks == 1 else 'entries lie'} at kinks"
        )
    return f"in numbers, at {where}, {'; '.join(words)}"
