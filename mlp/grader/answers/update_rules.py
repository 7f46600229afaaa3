"""Answers to Q3.1 and Q3.2: the step from theta to the new theta, for one entry."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from numbers import Real
from types import SimpleNamespace

import numpy as np
from sympy import Abs, Basic, Expr, Symbol, expand, nsimplify, sympify

from mlp.grader.answers.reading import readable
from mlp.grader.objections import (
    Counterexample,
    Unreadable,
    told_apart,
    working_with_the_answer,
)
from mlp.proof import J, NotProved, Partial, prove

NAMES = {
    "theta": Symbol("theta", real=True),
    "g": Symbol("g", real=True),
    "eta": Symbol("eta", positive=True),
    "lam": Symbol("lambda", positive=True),
}
POINTS = [  # theta, g, eta, lam; the first ones are the simplest
    (1, 0, 0.5, 0.25),
    (-1, 0, 0.5, 0.25),
    (2, 1, 0.25, 0.5),
    (-2, 1, 0.25, 0.5),
    (0.5, -3, 0.125, 2),
    (-3, 2, 0.5, 0.125),
    (0.25, 1.5, 0.5, 1.5),
    (-0.25, 0.5, 2, 1),
]
AT_ZERO = [(0, 0, 0.5, 0.25), (0, 1, 0.25, 0.5), (0, -3, 0.5, 0.125), (0, 2, 2, 1)]


def step_symbols():
    """Return theta, g, eta and lam by name."""
    return SimpleNamespace(**NAMES)


@dataclass(frozen=True)
class Penalty:
    """A penalty on one entry theta, without its weight.

    Attributes
    ----------
    value : callable
        Takes a number or a symbol.
    slope : callable
        Takes a number.
    slope_at_0 : tuple
        The least and the greatest of the slopes that are right at 0.
    """

    value: Callable
    slope: Callable
    slope_at_0: tuple


def squared(theta):
    """Return the square."""
    return theta**2


def doubled(theta):
    """Return twice theta."""
    return 2 * theta


L2, L1 = Penalty(squared, doubled, (0, 0)), Penalty(Abs, np.sign, (-1, 1))

# The usual mistakes: what is put for the slope of the penalty, and other slips.

NO_ETA = "The rate eta belongs to the whole gradient of J."
NO_LAM = "The weight lam of the penalty is missing."
UNDECIDED = (
    "It agrees with the right step at all numbers tried, but it could not be proved."
)
ZERO = "Away from 0 the step is right. What happens at theta = 0?"
NOT_NEW = "Asked is the new theta, not its change or the gradient."


def soft_threshold(theta, g, eta, lam):
    """Return the proximal step."""
    v = theta - eta * g
    return np.sign(v) * max(abs(v) - eta * lam, 0)


def wrong_steps(penalty, theta, g, eta, lam):
    """Return a dict of hints and of the wrong new thetas that deserve them."""
    s = penalty.slope(theta)
    value = float(penalty.value(theta))
    other = (L1 if penalty == L2 else L2).slope(theta)
    after = theta - eta * g  # where the step without penalty leads

    def step(slope):
        return theta - eta * (g + lam * slope)

    return {
        "A sign is wrong: which way does each part push theta?": [
            theta + eta * (g + lam * s),
            theta - eta * (g - lam * s),
            theta + eta * (g - lam * s),
            -theta - eta * (g + lam * s),
        ],
        "The answer is off by a constant factor in the penalty's part.": [
            step(s / 2),
            step(2 * s),
            step(s / 4),
        ],
        NO_ETA: [
            theta - eta * g - lam * s,
            theta - g - eta * lam * s,
            theta - g - lam * s,
            theta - eta * g - lam * s / 2,
            theta - eta * g + lam * s,
        ],
        NO_LAM: [
            theta - eta * (g + s),
            theta - eta * (g + s / 2),
            theta - eta * (lam * g + s),
        ],
        "The weight lam belongs to the penalty alone.": [
            theta - eta * lam * (g + s),
            (theta - eta * g) * lam,
        ],
        "The penalty is missing.": [step(0)],
        "The gradient g of the loss is missing.": [theta - eta * lam * s],
        NOT_NEW: [g + lam * s, eta * (g + lam * s), -eta * (g + lam * s)],
        "The penalty itself stands where its slope belongs, f for f'.": [step(value)],
        "This is the slope of the other problem's penalty.": [
            step(other),
            step(other / 2),
        ],
        "The slope of the penalty depends on theta; yours is the same everywhere.": [
            step(1),
            step(2),
            step(-1),
        ],
        "Your step pulls the same way for positive and for negative theta, and eta "
        "does not count in the pull.": [theta - eta * g + lam, theta - eta * g - lam],
        "This is the proximal step (soft threshold), a good one; asked is a plain "
        "subgradient step.": [soft_threshold(theta, g, eta, lam)],
        "Take the gradient at theta, not at where the step without penalty leads.": [
            after - eta * lam * penalty.slope(after),
        ],
    }


def hint_about_step(penalty, claimed):
    """Tell the kind of mistake from the numbers at POINTS."""
    known = [wrong_steps(penalty, *point) for point in POINTS]
    for hint in known[0]:
        several = zip(*(steps[hint] for steps in known))  # each at all points
        if any(np.allclose(claimed, wrong) for wrong in several):
            return hint
    return ""


# Reading an answer


class Signed(Symbol):
    """A letter of known sign. Comparisons give 1 or 0, which a rule may multiply."""

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
        raise Unreadable(
            "it must be a SymPy expression or a function of (theta, g, "
            f"eta, lam), for one entry; got {type(answer).__name__}"
        )
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
        raise Unreadable(
            "the function must return the new theta, one number; "
            f"it returned {type(value).__name__}"
        )
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


def grade_step(penalty, answer):
    """Return correct, counterexample and hint for a step with this penalty."""
    with working_with_the_answer():
        rule = as_step(answer)
        claimed, at_zero = (
            [in_numbers(rule, point) for point in points]
            for points in (POINTS, AT_ZERO)
        )
    for point, ours in zip([*POINTS, *AT_ZERO], claimed + at_zero):
        low, high = bounds(penalty, *point)
        if not low - 1e-9 <= ours <= high + 1e-9:
            why = hint_about_step(penalty, claimed) if point[0] else ZERO
            return False, step_counterexample(point, ours, low, high), why
    with working_with_the_answer():
        return prove_step(penalty, rule)


def bounds(penalty, theta, g, eta, lam):
    """Return the least and the greatest right value; they may differ at theta = 0."""
    slopes = [penalty.slope(theta)] * 2 if theta else penalty.slope_at_0
    return sorted(float(theta - eta * (g + lam * slope)) for slope in slopes)


def step_counterexample(point, ours, low, high):
    """Return numbers at which the step is wrong, and what is right there."""
    values = dict(zip(NAMES, point))
    right, word = (
        (low, told_apart(low, ours, 4)[0])
        if low == high
        else ([low, high], f"any number from {low:.4g} to {high:.4g}")
    )
    given = ", ".join(f"{name} = {value:g}" for name, value in values.items())
    gives = "undefined" if np.isnan(ours) else told_apart(ours, low, 4)[0]
    text = f"for {given}: your answer gives {gives}, right is {word}"
    return Counterexample(values, ours, right, text)


def prove_step(penalty, rule):
    """Prove the step for positive and for negative theta, and look at 0."""
    g, eta, lam = list(NAMES.values())[1:]
    try:
        for sign in ("positive", "negative"):
            theta, tried = [kind("theta", **{sign: True}) for kind in (Symbol, Signed)]
            claim = exact(rule(tried, g, eta, lam)).xreplace({tried: theta})
            descent = theta - eta * Partial(J, theta)
            where = {J: g * theta + lam * penalty.value(theta)}
            prove("update rule", claim, of=descent, where=where)
        shown = allowed_at_zero(penalty, exact(rule(Zero(), g, eta, lam)))
    except NotProved as error:
        if error.counterexample:
            return False, str(error.counterexample), ""
        shown = False
    except Exception:  # a function may be unable to work with symbols
        shown = False
    return (True, None, "") if shown else (None, None, UNDECIDED)


def allowed_at_zero(penalty, new):
    """Tell whether the step from theta = 0 was shown to be one of the allowed ones."""
    g, eta, lam = list(NAMES.values())[1:]
    slope = expand(-(new + eta * g) / eta)  # lam times what is put for sign(0)
    low, high = penalty.slope_at_0
    if low == high:
        return slope == low
    return bool(
        (high * lam - slope).is_nonnegative and (slope - low * lam).is_nonnegative
    )
