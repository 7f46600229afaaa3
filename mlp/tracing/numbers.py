"""The real functions on real numbers: which entries of a gradient are wrong."""

import numpy as np

from mlp.verdicts import check_gradient


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
        The worst comes first.
    undecided : dict
        From pairs (name, index) to the reason.
    """
    if not any(array.size for array in x.values()):
        return [], {}
    x = {name: np.asarray(array, float) for name, array in x.items()}
    grads = {name: np.asarray(grad, float) for name, grad in grads.items()}
    found = check_gradient(f, x, grads, complex_step=False)
    undecided = {(one.name, one.index): one.reason for one in found.undecided}
    return found.wrong, undecided


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
