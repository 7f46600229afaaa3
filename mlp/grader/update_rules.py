"""Answers to Q3.1 and Q3.2: the step from theta to the new theta, for one entry."""

from inspect import signature
from numbers import Real
from types import SimpleNamespace

import numpy as np
from sympy import Abs, Basic, Expr, Symbol, expand, nsimplify, sympify

from mlp.grader.reading import Unreadable, readable
from mlp.grader.result import Counterexample
from mlp.proof import J, NotProved, Partial, prove

NAMES = {
    "theta": Symbol("theta", real=True),
    "g": Symbol("g", real=True),
    "eta": Symbol("eta", positive=True),
    "lam": Symbol("lambda", positive=True),
}
ASKED = {"Q3.1": lambda theta: theta**2, "Q3.2": Abs}  # the penalty
POINTS = [  # theta, g, eta, lam; the first ones are the simplest
    (1, 0, 0.5, 0.25), (-1, 0, 0.5, 0.25), (2, 1, 0.25, 0.5), (-2, 1, 0.25, 0.5),
    (0.5, -3, 0.125, 2), (-3, 2, 0.5, 0.125), (0.25, 1.5, 0.5, 1.5), (-0.25, 0.5, 2, 1),
]  # fmt: skip
AT_ZERO = [(0, 0, 0.5, 0.25), (0, 1, 0.25, 0.5), (0, -3, 0.5, 0.125), (0, 2, 2, 1)]


def symbols():
    """Return theta, g, eta and lam by name."""
    return SimpleNamespace(**NAMES)


# The usual mistakes: what is put for the slope of the penalty, and other slips.


def step(slope):
    """Return the step that takes this for the slope of the penalty."""
    return lambda theta, g, eta, lam: theta - eta * (g + lam * slope(theta))


def soft_threshold(theta, g, eta, lam):
    """Return the proximal step."""
    v = theta - eta * g
    return np.sign(v) * max(abs(v) - eta * lam, 0)


SLOPES = {"Q3.1": lambda theta: 2 * theta, "Q3.2": np.sign}
NO_ETA = "The rate eta belongs to the whole gradient of J."
NO_LAM = "The weight lam of the penalty is missing."
UNDECIDED = "It agrees with the right step at all numbers tried, but it could not be proved."
ZERO = "Away from 0 the step is right. What happens at theta = 0?"
NOT_NEW = "Asked is the new theta, not its change or the gradient."


def mistakes(question):
    """Return a dict of hints and of steps that deserve them."""
    s = SLOPES[question]
    other = {"Q3.1": np.sign, "Q3.2": lambda theta: 2 * theta}[question]
    value = {"Q3.1": np.square, "Q3.2": np.abs}[question]
    return {
        "A sign is wrong: which way does each part push theta?": [
            lambda theta, g, eta, lam: theta + eta * (g + lam * s(theta)),
            lambda theta, g, eta, lam: theta - eta * (g - lam * s(theta)),
            lambda theta, g, eta, lam: theta + eta * (g - lam * s(theta)),
            lambda theta, g, eta, lam: -theta - eta * (g + lam * s(theta)),
        ],
        "The answer is off by a constant factor in the penalty's part.": [
            step(lambda theta: s(theta) / 2), step(lambda theta: 2 * s(theta)),
            step(lambda theta: s(theta) / 4),
        ],
        NO_ETA: [
            lambda theta, g, eta, lam: theta - eta * g - lam * s(theta),
            lambda theta, g, eta, lam: theta - g - eta * lam * s(theta),
            lambda theta, g, eta, lam: theta - g - lam * s(theta),
            lambda theta, g, eta, lam: theta - eta * g - lam * s(theta) / 2,
            lambda theta, g, eta, lam: theta - eta * g + lam * s(theta),
        ],
        NO_LAM: [
            lambda theta, g, eta, lam: theta - eta * (g + s(theta)),
            lambda theta, g, eta, lam: theta - eta * (g + s(theta) / 2),
            lambda theta, g, eta, lam: theta - eta * (lam * g + s(theta)),
        ],
        "The weight lam belongs to the penalty alone.": [
            lambda theta, g, eta, lam: theta - eta * lam * (g + s(theta)),
            lambda theta, g, eta, lam: (theta - eta * g) * lam,
        ],
        "The penalty is missing.": [step(lambda theta: 0)],
        "The gradient g of the loss is missing.": [
            lambda theta, g, eta, lam: theta - eta * lam * s(theta),
        ],
        NOT_NEW: [
            lambda theta, g, eta, lam: g + lam * s(theta),
            lambda theta, g, eta, lam: eta * (g + lam * s(theta)),
            lambda theta, g, eta, lam: -eta * (g + lam * s(theta)),
        ],
        "The penalty itself stands where its slope belongs, f for f'.": [step(value)],
        "This is the slope of the other problem's penalty.": [
            step(other), step(lambda theta: other(theta) / 2),
        ],
        "The slope of the penalty depends on theta; yours is the same everywhere.": [
            step(lambda theta: 1), step(lambda theta: 2), step(lambda theta: -1),
        ],
        "Your step pulls the same way for positive and for negative theta, and eta "
        "does not count in the pull.": [
            lambda theta, g, eta, lam: theta - eta * g + lam,
            lambda theta, g, eta, lam: theta - eta * g - lam,
        ],
        "This is the proximal step (soft threshold), a good one; asked is a plain "
        "subgradient step.": [soft_threshold],
        "Take the gradient at theta, not at where the step without penalty leads.": [
            lambda theta, g, eta, lam: (theta - eta * g) - eta * lam * s(theta - eta * g),
        ],
    }  # fmt: skip


def hint(question, claimed):
    """Tell the kind of mistake from the numbers at POINTS."""
    for text, steps in mistakes(question).items():
        if any(np.allclose(claimed, [rule(*point) for point in POINTS]) for rule in steps):
            return text
    return ""


# Reading an answer


class Signed(Symbol):
    """A letter of known sign. Its comparisons give 1 or 0, which a rule may multiply."""

    def __gt__(self, other):
        return int(bool(super().__gt__(other)))

    def __lt__(self, other):
        return int(bool(super().__lt__(other)))

    def __ge__(self, other):
        return int(bool(super().__ge__(other)))

    def __le__(self, other):
        return int(bool(super().__le__(other)))


class Zero(float):
    """The number 0, with comparisons like those of `Signed`."""

    def __gt__(self, other):
        return int(bool(0 > other))

    def __lt__(self, other):
        return int(bool(0 < other))

    def __ge__(self, other):
        return int(bool(0 >= other))

    def __le__(self, other):
        return int(bool(0 <= other))


def as_step(answer):
    """Return the answer as a function of (theta, g, eta, lam)."""
    if isinstance(answer, (Expr, int, float)) and not isinstance(answer, bool):
        expr = readable(sympify(answer), NAMES)
        return lambda *values: expr.subs(dict(zip(NAMES.values(), map(exact, values))))
    if isinstance(answer, Basic) or not callable(answer):
        raise Unreadable("it must be a SymPy expression or a function of (theta, g, eta, "
                         f"lam), for one entry; got {type(answer).__name__}")  # fmt: skip
    try:
        signature(answer).bind(*NAMES)
    except (TypeError, ValueError):
        raise Unreadable("the function must take (theta, g, eta, lam)") from None
    return lambda *values: one_number(answer(*values))


def exact(value):
    """Return a number or an expression with fractions for decimals."""
    return nsimplify(value, rational=True)


def one_number(value):
    """Return what an update rule returned, if it is a number or an expression."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if not isinstance(value, (Real, Expr)) or isinstance(value, bool):
        raise Unreadable("the function must return the new theta, one number; "
                         f"it returned {type(value).__name__}")  # fmt: skip
    return value


def in_numbers(rule, point):
    """Compute a step at a point, with Python's numbers or NumPy's; NaN if not real."""
    try:
        return real(rule, map(float, point))
    except (AttributeError, TypeError):
        return real(rule, map(np.float64, point))


def real(rule, numbers):
    """Compute a step; NaN where it has no real value."""
    try:
        with np.errstate(all="ignore"):
            value = sympify(rule(*numbers))
    except ZeroDivisionError:
        return np.nan
    return float(value) if value.is_real else np.nan


# The verdict


def grade(question, answer):
    """Return correct, counterexample and hint for an answer to Q3.1 or Q3.2."""
    rule = as_step(answer)
    claimed = [in_numbers(rule, point) for point in POINTS]
    for point, ours in zip([*POINTS, *AT_ZERO], claimed + at_zero(rule)):
        low, high = bounds(question, *point)
        if not low - 1e-9 <= ours <= high + 1e-9:
            why = hint(question, claimed) if point[0] else ZERO
            return False, counterexample(point, ours, low, high), why
    return proved(question, rule)


def at_zero(rule):
    """Compute a step where theta is 0."""
    return [in_numbers(rule, point) for point in AT_ZERO]


def bounds(question, theta, g, eta, lam):
    """Return the least and the greatest right value: one, but for Q3.2 at theta = 0."""
    slopes = (-1, 1) if question == "Q3.2" and theta == 0 else [SLOPES[question](theta)] * 2
    return sorted(float(theta - eta * (g + lam * slope)) for slope in slopes)


def counterexample(point, ours, low, high):
    """Return numbers at which the step is wrong, and what is right there."""
    values = dict(zip(NAMES, point))
    right, word = (low, f"{low:.4g}") if low == high else (
        [low, high], f"any number from {low:.4g} to {high:.4g}")  # fmt: skip
    given = ", ".join(f"{name} = {value:g}" for name, value in values.items())
    gives = "undefined" if np.isnan(ours) else f"{ours:.4g}"
    text = f"for {given}: your answer gives {gives}, right is {word}"
    return Counterexample(values, ours, right, text)


def proved(question, rule):
    """Prove the step for positive and for negative theta, and look at 0."""
    g, eta, lam = list(NAMES.values())[1:]
    try:
        for sign in ("positive", "negative"):
            theta, tried = [kind("theta", **{sign: True}) for kind in (Symbol, Signed)]
            claim = exact(rule(tried, g, eta, lam)).xreplace({tried: theta})
            descent = theta - eta * Partial(J, theta)
            where = {J: g * theta + lam * ASKED[question](theta)}
            prove(question, claim, of=descent, where=where)
        shown = allowed_at_zero(question, exact(rule(Zero(), g, eta, lam)))
    except NotProved as error:
        if error.counterexample:
            return False, error.counterexample, ""
        shown = False
    except Exception:  # a function may be unable to work with symbols
        shown = False
    return (True, None, "") if shown else (None, None, UNDECIDED)


def allowed_at_zero(question, new):
    """Tell whether the step from theta = 0 was shown to be one of the allowed ones."""
    g, eta, lam = list(NAMES.values())[1:]
    slope = expand(-(new + eta * g) / eta)  # lam times what is put for sign(0)
    if question == "Q3.1":
        return slope == 0
    return bool((lam - slope).is_nonnegative and (lam + slope).is_nonnegative)
