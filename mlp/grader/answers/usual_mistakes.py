"""The usual mistakes in Q1.1 … Q1.5: a pass backwards with a piece of it replaced.

v has the values of a network by name, and g is the gradient by a1.
"""

from collections import defaultdict
from functools import cache
from types import SimpleNamespace

import numpy as np

from mlp.grader.answers.small_network import logistic, networks


def backward_pass(v, error=None, weights=None, slope=None, hidden=None, x=None):
    """Compute the gradients at a network, or what comes out with other pieces."""

    def piece(other, default):
        return default if other is None else other

    error = piece(error, v.h2 - v.y)
    back = piece(weights, v.W2.T) @ error
    g = back * piece(slope, v.h1 * (1 - v.h1))
    return {
        "a2": error,
        "b2": error,
        "W2": error @ piece(hidden, v.h1).T,
        "h1": back,
        "b1": g,
        "W1": g @ piece(x, v.h0).T,
    }


def wrong_gradients(v):
    """Return a dict of hints and of the wrong answers that deserve them, in numbers."""
    error, ones = v.h2 - v.y, np.ones((3, 1))
    slope, slope_2 = v.h1 * (1 - v.h1), v.h2 * (1 - v.h2)
    start, back, g = error / slope_2, v.W2.T @ error, (v.W2.T @ error) * slope
    a_slope, f = v.a1 * (1 - v.a1), logistic
    inner, outer = back @ v.h1.T @ (1 - v.h1), v.h1 @ (1 - v.h1).T @ back

    def passes(piece, *values):
        return [backward_pass(v, **{piece: value}) for value in values]

    return {
        SIGN: passes("error", v.h2 + v.y) + passes("slope", v.h1 * (v.h1 + 1)),
        "The slope of an activation is missing.": [
            *passes("slope", ones),
            *passes("error", start),
            backward_pass(v, start, slope=ones),
        ],
        "There is a slope too many: think again how J depends on a2.": [
            *passes("error", error * slope_2),
            backward_pass(v, error * slope_2, slope=ones),
        ],
        "There is a slope too many: the question stops before that activation.": [
            {"h1": g, "a2": g, "W2": error * slope.T},
        ],
        "The activation stands where its slope belongs, f for f', or a part of the "
        "slope.": [
            *passes("slope", v.h1, 1 - v.h1),
            *passes("error", start * v.h2, start * (1 - v.h2)),
            *passes("error", error * v.h2, error * (1 - v.h2)),
        ],
        "This is the slope of another activation.": [
            *passes("slope", 1 - v.h1**2, v.a1 > 0, v.h1 > 0.5),
            *passes("error", start * (1 - v.h2**2)),
        ],
        "The slope of the sigmoid is put together wrongly.": [
            *passes("slope", v.h1**2, (1 - v.h1) ** 2, v.h1 - 1, slope**2),
            *passes("error", start * v.h2**2, start * (1 - v.h2) ** 2),
        ],
        "An input a of an activation stands where its output h belongs.": [
            *passes("error", v.a2 - v.y, (v.a2 - v.y) * slope_2),
            *passes("hidden", v.a1),
            *passes("slope", a_slope, v.a1, 1 - v.a1),
            backward_pass(v, v.a2 - v.y, slope=a_slope),
        ],
        "Count the activations on the way: one is applied too often.": [
            *passes("error", f(v.h2) - v.y, start * f(v.h2) * (1 - f(v.h2))),
            *passes("slope", f(v.h1) * (1 - f(v.h1))),
            *passes("hidden", f(v.h1)),
        ],
        "An answer of the network that is right must give 0; yours does not.": [
            *passes("error", v.h2, v.y, 1 - v.y, 1 - v.h2),
        ],
        "The values of another layer stand in your answer.": [
            *passes("hidden", v.h0),
            *passes("x", v.h1, v.a1),
            *passes("slope", v.h0 * (1 - v.h0), slope_2),
        ],
        "A bias stands where it does not belong.": [
            *passes("error", error * v.b2),
            *passes("x", v.b1),
            *passes("hidden", v.b1),
            *passes("weights", v.b1),
            {"b1": g * v.b1},
        ],
        "Does the input of a weight belong here? A weight has one, a bias has none.": [
            *passes("hidden", ones),
            *passes("x", ones),
            {"W1": g, "b1": g * v.h0, "W2": error},
            {"b2": error @ v.h1.T, "b1": g @ v.h0.T},
        ],
        "The way back through the weights is missing, or goes through other values.": [
            *passes("weights", ones, v.h1),
            {"h1": error, "b1": error * slope.T},
            {"h1": v.W1.T @ back, "b1": v.W1.T @ g},
            {"h1": v.W1 @ back},
        ],
        "Check which products are element-wise and which are matrix products.": [
            {"b1": inner, "W1": inner @ v.h0.T, "h1": back @ v.W2},
            {"b1": outer, "W1": outer @ v.h0.T},
            {"W1": g * v.h0},
            {"W1": g @ ones.T * v.h0},
            {"W1": (g.T @ v.h0)},
            {"W2": error @ (v.h1.T @ v.h1)},
        ],
    }


SIGN = "A sign is wrong."
TRANSPOSE = "Check the order of the factors and the transposes."
FACTOR = "The answer is off by a constant factor."
SHAPE = "A gradient has the shape of what it is the gradient of. Check each product."


@cache
def known_mistakes(asked):
    """Return the usual wrong answers at all six networks, with the hint to each."""
    found = defaultdict(list)
    for v in (SimpleNamespace(**values) for values in networks()):
        for hint, several in wrong_gradients(v).items():
            for i, answers in enumerate(several):
                if asked in answers:
                    found[hint, i].append(answers[asked])
        others = {**backward_pass(v), "h2": (v.h2 - v.y) / (v.h2 * (1 - v.h2))}
        for name, value in others.items():
            found[
                f"This is the gradient by {name}; the question is another.", 0
            ].append(value)
    return [(hint, np.array(values, float)) for (hint, _), values in found.items()]


@cache
def right_numbers(asked):
    """Compute the right answer at all six networks."""
    return np.array(
        [backward_pass(SimpleNamespace(**values))[asked] for values in networks()]
    )


def agree(one, other):
    """Tell whether two arrays of numbers agree, in shape as well."""
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-9, atol=1e-9)


def hint_about_gradient(asked, claimed):
    """Tell the kind of mistake where it can be told from the numbers."""
    right, turned = right_numbers(asked), claimed.swapaxes(1, 2)  # (6, …)
    if agree(-claimed, right):
        return SIGN
    if agree(turned, right) or agree(-turned, right):
        return TRANSPOSE
    if claimed.any() and agree(claimed, right * (claimed.flat[0] / right.flat[0])):
        return FACTOR
    for before, ours in (
        ("", claimed),
        (f"{SIGN} ", -claimed),
        (f"{TRANSPOSE} ", turned),
    ):
        for text, wrong in known_mistakes(asked):
            if agree(ours, wrong):
                return before + text
    return SHAPE if claimed.shape != right.shape else ""
