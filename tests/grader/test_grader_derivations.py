"""The grader on derivations: equivalent forms are accepted, wrong ones refuted.

Every counterexample is computed again here: what the answer gives by evaluating it,
what is right by moving the quantity in question a little and watching J.
"""

import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy
from equivalent_answers import EQUIVALENT, E, back, decay, delta, start
from sympy import (
    Abs,
    MatrixSymbol,
    Max,
    Piecewise,
    Symbol,
    exp,
    log,
    sign,
)

from mlp import proof
from mlp.bugs import BUGS
from mlp.grader import QUESTIONS, Result, bug, check, symbols
from mlp.grader.questions import DERIVATIONS
from mlp.gradient_check import eval_numerical_gradient


@pytest.mark.parametrize("question, answer", EQUIVALENT.values(), ids=EQUIVALENT)
def test_an_equivalent_form_earns_all_points(question, answer):
    result = check(question, answer(symbols(question)))
    assert result == Result(question, QUESTIONS[question].points, True)


# Wrong answers, each with a word of the hint it should get ("" for any).

WRONG = {
    "Q1.1": {
        "sign": (lambda s: s.y - s.h2, "sign"),
        "plus": (lambda s: s.h2 + s.y, "sign"),
        "squared error's": (
            lambda s: s.odot(E(s), s.h2, s.one - s.h2),
            "slope too many",
        ),
        "no slope": (start, "slope of an activation is missing"),
        "a2 for h2": (lambda s: s.a2 - s.y, "input a"),
        "factor 2": (lambda s: 2 * E(s), "constant factor"),
        "half": (lambda s: E(s) / 2, "constant factor"),
        "output alone": (lambda s: s.h2, "right must give 0"),
        "target alone": (lambda s: -s.y, "right must give 0"),
        "f for f'": (lambda s: s.odot(start(s), s.f(s.a2)), "f for f'"),
        "slope at h2": (
            lambda s: s.odot(start(s), s.f_prime(s.h2)),
            "applied too often",
        ),
        "loss": (lambda s: s.h2.applyfunc(log) - s.y, ""),
        "zero": (lambda s: 0, ""),
        "undefined at y = 0": (
            lambda s: E(s) * ((s.y**2 + s.y * s.h2) / (s.y * (s.y + s.h2))),
            "",
        ),
        "too many rows": (back, "by h1"),
    },
    "Q1.2": {
        "sign": (lambda s: s.y - s.h2, "sign"),
        "by h2, as the heading says": (start, "slope of an activation is missing"),
        "times b2": (lambda s: s.odot(E(s), s.b2), "bias"),
        "one": (lambda s: s.one, ""),
        "times h1": (lambda s: E(s) * s.h1.T, "a bias has none"),
        "a2": (lambda s: s.a2 - s.y, "input a"),
        "squared": (lambda s: s.odot(E(s), E(s)), ""),
        "factor 1/3": (lambda s: E(s) / 3, "constant factor"),
        "slope too many": (lambda s: E(s) * s.f_prime(s.a2), "slope too many"),
    },
    "Q1.3": {
        "no transpose": (lambda s: s.h1 * E(s), "transposes"),
        "sign": (lambda s: (s.y - s.h2) * s.h1.T, "sign"),
        "a1 for h1": (lambda s: E(s) * s.a1.T, "input a"),
        "h0 for h1": (lambda s: E(s) * s.h0.T, "another layer"),
        "no input": (E, "input of a weight"),
        "ones for the input": (lambda s: E(s) * s.ones.T, "input of a weight"),
        "weights for the input": (lambda s: E(s) * s.W2, ""),
        "no slope": (lambda s: start(s) * s.h1.T, "slope of an activation is missing"),
        "slope too many": (
            lambda s: E(s) * s.odot(s.h1, s.ones - s.h1).T,
            "slope too many",
        ),
        "squared error": (lambda s: E(s) * s.f_prime(s.a2) * s.h1.T, "slope too many"),
        "sum of the inputs": (lambda s: E(s) * s.h1.T * s.h1, "element-wise"),
        "bias for the input": (lambda s: E(s) * s.b1.T, "bias"),
        "1/3": (lambda s: E(s) * s.h1.T / 3, "constant factor"),
        "sign and column": (lambda s: s.h1 * (s.y - s.h2), "transposes"),
    },
    "Q1.4": {
        "no transpose": (lambda s: E(s) * s.W2, "transposes"),
        "sign": (lambda s: s.W2.T * (s.y - s.h2), "sign"),
        "slope too early": (delta, "stops before"),
        "no weights": (lambda s: s.ones * E(s), "weights"),
        "only the error": (E, "weights"),
        "h1 for the weights": (lambda s: s.h1 * E(s), "other values"),
        "first layer's weights": (lambda s: s.W1.T * back(s), "other values"),
        "bias for the weights": (lambda s: s.b1 * E(s), "bias"),
        "no slope": (lambda s: s.W2.T * start(s), "slope of an activation is missing"),
        "a2 for h2": (lambda s: s.W2.T * (s.a2 - s.y), "input a"),
        "no error": (lambda s: s.W2.T, ""),
        "factor 2": (lambda s: 2 * back(s), "constant factor"),
    },
    "Q1.5 b1": {
        "no slope": (back, "slope of an activation is missing"),
        "sign": (lambda s: -delta(s), "sign"),
        "a for h": (lambda s: s.odot(back(s), s.a1, s.ones - s.a1), "input a"),
        "f for f'": (lambda s: s.odot(back(s), s.f(s.a1)), "f for f'"),
        "half of the slope": (lambda s: s.odot(back(s), s.ones - s.h1), "f for f'"),
        "tanh's slope": (
            lambda s: s.odot(back(s), s.ones - s.odot(s.h1, s.h1)),
            "another activation",
        ),
        "f'(h)": (lambda s: s.odot(back(s), s.f_prime(s.h1)), "applied too often"),
        "ordinary products": (
            lambda s: back(s) * (s.h1.T * (s.ones - s.h1)),
            "element-wise",
        ),
        "ordinary products, other order": (
            lambda s: s.h1 * (s.ones - s.h1).T * back(s),
            "element-wise",
        ),
        "times the input": (lambda s: s.odot(delta(s), s.h0), "a bias has none"),
        "W1's": (lambda s: delta(s) * s.h0.T, "a bias has none"),
        "no transpose": (lambda s: delta(s).T, "transposes"),
        "squared slope": (
            lambda s: s.odot(back(s), s.f_prime(s.a1), s.f_prime(s.a1)),
            "put together",
        ),
        "no weights": (lambda s: s.odot(s.ones * E(s), s.f_prime(s.a1)), "weights"),
        "output's slope too": (lambda s: delta(s) * s.f_prime(s.a2), "slope too many"),
    },
    "Q1.5 W1": {
        "no slope": (lambda s: back(s) * s.h0.T, "slope of an activation is missing"),
        "sign": (lambda s: -delta(s) * s.h0.T, "sign"),
        "order": (lambda s: s.h0 * delta(s).T, "transposes"),
        "h1 for h0": (lambda s: delta(s) * s.h1.T, "another layer"),
        "no input": (delta, "a weight has one"),
        "element-wise": (lambda s: s.odot(delta(s), s.h0), "element-wise"),
        "inner product": (lambda s: delta(s).T * s.h0, "element-wise"),
        "ordinary products": (
            lambda s: back(s) * (s.h1.T * (s.ones - s.h1)) * s.h0.T,
            "element-wise",
        ),
        "1/3": (lambda s: delta(s) * s.h0.T / 3, "constant factor"),
        "bias for the input": (lambda s: delta(s) * s.b1.T, "bias"),
        "f for f'": (lambda s: s.odot(back(s), s.h1) * s.h0.T, "f for f'"),
        "a row of ones": (lambda s: delta(s) * s.ones.T, "a weight has one"),
        "sign and order": (lambda s: -s.h0 * delta(s).T, "transposes"),
    },
}


def soft_threshold(theta, g, eta, lam):
    v = theta - eta * g
    return np.sign(v) * max(abs(v) - eta * lam, 0)


WRONG_STEPS = {
    "Q3.1": {
        "no 2": (
            lambda s: s.theta - s.eta * (s.g + s.lam * s.theta),
            "constant factor",
        ),
        "grows": (lambda s: (1 + 2 * s.eta * s.lam) * s.theta - s.eta * s.g, "sign"),
        "uphill": (lambda s: s.theta + s.eta * (s.g + 2 * s.lam * s.theta), "sign"),
        "no lambda": (lambda s: (1 - 2 * s.eta) * s.theta - s.eta * s.g, "lam"),
        "no eta": (lambda s: (1 - 2 * s.lam) * s.theta - s.eta * s.g, "eta"),
        "no eta at all": (lambda s: s.theta - s.g - 2 * s.lam * s.theta, "eta"),
        "no penalty": (lambda s: s.theta - s.eta * s.g, "penalty is missing"),
        "no loss": (lambda s: (1 - 2 * s.eta * s.lam) * s.theta, "gradient g"),
        "the gradient": (lambda s: s.g + 2 * s.lam * s.theta, "new theta"),
        "the change": (lambda s: -s.eta * (s.g + 2 * s.lam * s.theta), "new theta"),
        "the penalty itself": (
            lambda s: s.theta - s.eta * (s.g + s.lam * s.theta**2),
            "f for f'",
        ),
        "L1's": (
            lambda s: s.theta - s.eta * (s.g + s.lam * sign(s.theta)),
            "other problem",
        ),
        "no theta": (lambda s: s.theta - s.eta * (s.g + 2 * s.lam), "same everywhere"),
        "after the step": (
            lambda s: (s.theta - s.eta * s.g) * (1 - 2 * s.eta * s.lam),
            "at theta",
        ),
        "a function without 2": (
            lambda s: lambda theta, g, eta, lam: theta - eta * (g + lam * theta),
            "factor",
        ),
    },
    "Q3.2": {
        "published": (lambda s: s.theta - s.eta * s.g + s.lam, "same way"),
        "minus back": (lambda s: s.theta - s.eta * s.g - s.lam, "same way"),
        "and eta": (lambda s: s.theta - s.eta * (s.g + s.lam), "same everywhere"),
        "sign, no eta": (
            lambda s: s.theta - s.eta * s.g - s.lam * sign(s.theta),
            "eta",
        ),
        "sign of lambda": (
            lambda s: s.theta - s.eta * (s.g - s.lam * sign(s.theta)),
            "sign",
        ),
        "theta for its sign": (
            lambda s: s.theta - s.eta * (s.g + s.lam * s.theta),
            "other problem",
        ),
        "|theta|": (
            lambda s: s.theta - s.eta * (s.g + s.lam * Abs(s.theta)),
            "f for f'",
        ),
        "no lambda": (lambda s: s.theta - s.eta * (s.g + sign(s.theta)), "lam"),
        "no penalty": (lambda s: s.theta - s.eta * s.g, "penalty is missing"),
        "the subgradient": (lambda s: s.g + s.lam * sign(s.theta), "new theta"),
        "factor 2": (
            lambda s: s.theta - s.eta * (s.g + 2 * s.lam * sign(s.theta)),
            "factor",
        ),
        "undefined at 0": (
            lambda s: s.theta - s.eta * (s.g + s.lam * s.theta / Abs(s.theta)),
            "theta = 0",
        ),
        "too far at 0": (
            lambda s: (
                s.theta
                - s.eta
                * (
                    s.g
                    + s.lam
                    * Piecewise((sign(s.theta), sympy.Ne(s.theta, 0)), (2, True))
                )
            ),
            "theta = 0",
        ),
        "proximal": (lambda s: soft_threshold, "proximal"),
        "proximal, in SymPy": (
            lambda s: (
                sign(s.theta - s.eta * s.g)
                * Max(Abs(s.theta - s.eta * s.g) - s.eta * s.lam, 0)
            ),
            "proximal",
        ),
        "a division by zero": (
            lambda s: (
                lambda theta, g, eta, lam: (
                    theta
                    - eta
                    * (g + lam * Fraction(float(theta)) / abs(Fraction(float(theta))))
                )
            ),
            "theta = 0",
        ),
    },
}


def listed(answers):
    """The wrong answers as cases: question, the quantity asked for, answer, word."""
    return {
        f"{asked}: {name}": (asked.split()[0], asked.split()[-1], *case)
        for asked, group in answers.items()
        for name, case in group.items()
    }


def hand_in(asked, answer, s):
    """The answer; to Q1.5 with a right one to the other half."""
    right = {"b1": delta(s), "W1": delta(s) * s.h0.T}
    return {**right, asked: answer(s)} if asked in right else answer(s)


def loss_with(values, name, held):
    """J of the network where one quantity is held at an array."""
    v = {key: np.array(value) for key, value in values.items() if key[0] not in "ah"}
    v |= {"h0": np.array(values["h0"]), name: held}
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    v.setdefault("a1", v["b1"] + v["W1"] @ v["h0"])
    v.setdefault("h1", sigmoid(v["a1"]))
    v.setdefault("a2", v["b2"] + v["W2"] @ v["h1"])
    h2 = sigmoid(v["a2"])
    return (-v["y"] * np.log(h2) - (1 - v["y"]) * np.log(1 - h2)).item()


def true_gradient(values, name):
    """The gradient of J by a quantity, measured."""
    held = np.array(values[name], float)
    return eval_numerical_gradient(lambda x: loss_with(values, name, x), held)


MEASURED = {"Q1.1": "a2", "Q1.2": "b2", "Q1.3": "W2", "Q1.4": "h1"}
z = Symbol("z", real=True)


def claimed(s, answer, values):
    """What the answer gives, evaluated by the proof engine."""
    where = {proof.f(z): 1 / (1 + exp(-z))}
    given = {getattr(s, name): np.array(value) for name, value in values.items()}
    try:
        return np.atleast_2d(proof.evaluate(sympy.sympify(answer), where, given))
    except TypeError:  # undefined
        return np.array([[np.nan]])


def assert_gradient_refuted(s, asked, answer, shown):
    """The counterexample is a network's forward pass, and what both give there."""
    name = MEASURED.get(asked, asked)
    if not shown.values:
        assert shown.claim == getattr(answer, "shape", "a number") != shown.true
        assert shown.true == getattr(s, name).shape
        return
    true = true_gradient(shown.values, name)
    np.testing.assert_allclose(shown.true, true, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(shown.claim, claimed(s, answer, shown.values), rtol=1e-9)
    assert not np.allclose(shown.claim, shown.true, rtol=1e-6, atol=1e-6)


GRADIENTS, UPDATES = listed(WRONG), listed(WRONG_STEPS)


@pytest.mark.parametrize(
    "question, asked, answer, word", GRADIENTS.values(), ids=GRADIENTS
)
def test_a_wrong_gradient_gets_a_counterexample_and_a_hint(
    question, asked, answer, word
):
    s = symbols(question)
    result = check(question, hand_in(asked, answer, s))
    assert (result.correct, result.points) == (False, 0)
    assert_gradient_refuted(s, asked, answer(s), result.counterexample)
    assert word.lower() in result.hint.lower()


@pytest.mark.parametrize("question, asked, answer, word", UPDATES.values(), ids=UPDATES)
def test_a_wrong_step_gets_a_counterexample_and_a_hint(question, asked, answer, word):
    s = symbols(question)
    result = check(question, answer(s))
    assert (result.correct, result.points) == (False, 0)
    assert word.lower() in result.hint.lower()
    shown = result.counterexample
    theta, g, eta, lam = shown.values.values()
    low, high = measured_step(question, theta, g, eta, lam)
    np.testing.assert_allclose(np.ravel(shown.true), [low, high][: np.size(shown.true)])
    np.testing.assert_allclose(shown.claim, computed_step(answer(s), shown.values, s))
    assert not low - 1e-6 <= shown.claim <= high + 1e-6


def measured_step(question, theta, g, eta, lam):
    """The new theta, from penalties a little to the left and to the right of theta."""
    penalty = {"Q3.1": lambda x: lam * x**2, "Q3.2": lambda x: lam * abs(x)}[question]
    sides = [(penalty(theta + h) - penalty(theta)) / h for h in (2e-9, -2e-9)]
    return sorted(np.round(theta - eta * (g + slope), 6) for slope in sides)


def computed_step(answer, values, s):
    """What an update rule gives in numbers."""
    try:
        if callable(answer) and not isinstance(answer, sympy.Basic):
            return answer(*map(np.float64, values.values()))
        return float(answer.subs({getattr(s, name): x for name, x in values.items()}))
    except (TypeError, ZeroDivisionError):
        return np.nan


# Neither right nor wrong.


def test_what_agrees_in_numbers_but_is_not_shown_earns_no_points_and_no_blame():
    s = symbols("Q1.1")
    hidden = Max(0, s.W2[0, 0] - 100)
    result = check("Q1.1", s.h2[0, 0] - s.y[0, 0] + hidden)
    assert (result.correct, result.points, result.counterexample) == (None, 0, None)
    assert "could not be proved" in result.hint


def test_a_step_that_works_for_numbers_only_is_not_decided():
    def step(theta, g, eta, lam):
        return theta - eta * (g + lam * np.copysign(1.0, theta))

    result = check("Q3.2", step)
    assert (result.correct, result.points) == (None, 0)
    assert "could not be proved" in result.hint


def test_a_step_written_for_arrays_is_not_decided_if_it_is_right_and_refuted_if_wrong():
    def step(theta, g, eta, lam, factor=2):
        return theta.copy() - eta * (g + factor * lam * theta)

    assert check("Q3.1", step).correct is None
    assert check("Q3.1", lambda *values: step(*values, factor=1)).correct is False


class Hostile:
    """Every method raises."""

    def __getattribute__(self, name):
        raise RuntimeError("no")


class HostileDict(dict):
    def __iter__(self):
        raise RuntimeError("no")

    __getitem__ = __len__ = keys = __iter__


class HostileSymbol(sympy.Symbol):
    free_symbols = property(lambda self: 1 / 0)


def leaves(*args):
    raise SystemExit(3)


def returns_nothing(theta, g, eta, lam):
    theta = theta - eta * g


own = MatrixSymbol("h^2", 1, 1)
UNREADABLE = {
    "nothing": ("Q1.1", None, "SymPy expression; got NoneType"),
    "text": ("Q1.1", "h2 - y", "SymPy expression; got str"),
    "a truth value": ("Q1.1", True, "got bool"),
    "an array": ("Q1.1", np.eye(1), "got ndarray"),
    "a function for a gradient": ("Q1.1", decay, "got function"),
    "a symbol of one's own": ("Q1.1", own - symbols("Q1.1").y, "h0, W1, b1"),
    "another question's symbol": ("Q1.1", symbols("Q3.1").theta, "theta is not among"),
    "an unknown function": (
        "Q1.1",
        sympy.Function("u")(symbols("Q1.1").y[0, 0]),
        "not among",
    ),
    "a derivative not carried out": (
        "Q1.3",
        proof.Gradient(proof.J, symbols("Q1.3").W2),
        "carry it out",
    ),
    "a function of a whole matrix": ("Q1.1", exp(symbols("Q1.1").a2), "entry by entry"),
    "too long": ("Q1.1", symbols("Q1.1").y[0, 0] ** 1000, "too long"),
    "one of two": ("Q1.5", delta(symbols("Q1.5")), "two answers are asked for"),
    "one of two in a dict": ("Q1.5", {"b1": delta(symbols("Q1.5"))}, "two answers"),
    "an object whose methods raise": ("Q1.1", Hostile(), "raises RuntimeError"),
    "a dict whose methods raise": (
        "Q1.5",
        HostileDict(b1=1, W1=2),
        "raises RuntimeError",
    ),
    "a symbol whose properties raise": (
        "Q3.1",
        HostileSymbol("x"),
        "raises ZeroDivisionError",
    ),
    "a relation": (
        "Q3.1",
        sympy.Eq(symbols("Q3.1").theta, 1),
        "expression or a function",
    ),
    "text for a step": ("Q3.1", "theta", "expression or a function"),
    "another name": ("Q3.1", Symbol("alpha"), "theta, g, eta, lam"),
    "a step of three": ("Q3.1", lambda theta, g, eta: theta, "must take"),
    "a step that returns nothing": ("Q3.1", returns_nothing, "it returned NoneType"),
    "a step that raises": ("Q3.1", lambda *values: [][0], "raises IndexError"),
    "a step that exits": ("Q3.1", leaves, "raises SystemExit"),
}


@pytest.mark.parametrize(
    "question, answer, message", UNREADABLE.values(), ids=UNREADABLE
)
def test_what_cannot_be_read_as_an_answer_is_told_what_is_allowed(
    question, answer, message
):
    result = check(question, answer)
    assert (result.correct, result.points, result.counterexample) == (None, 0, None)
    assert result.hint.startswith("This can't be read as an answer: ")
    assert message in result.hint


# What a result looks like, and the way to it.


def test_no_hint_contains_a_solution():
    from mlp.grader.answers import gradients, update_rules, usual_mistakes

    hints = {
        hint
        for name in gradients.RIGHT
        for hint, _ in usual_mistakes.known_mistakes(name)
    }
    for penalty in (update_rules.L2, update_rules.L1):
        hints |= set(update_rules.wrong_steps(penalty, *update_rules.POINTS[0]))
    assert len(hints) > 20
    assert not any(
        form in hint for hint in hints for form in ("h2 - y", "1 - h1", "sign(")
    )


def test_a_wrong_answer_reads_as_two_lines():
    s = symbols("Q1.1")
    assert repr(check("Q1.1", s.y - s.h2)).splitlines() == [
        "✗ Q1.1: wrong, 0 of 5 points; gradient by a2, for h2 = 0.1755, y = 0: "
        "your answer gives -0.1755, right is 0.1755",
        "  A sign is wrong.",
    ]


def test_a_right_answer_reads_as_one_line():
    s = symbols("Q1.1")
    result = check("Q1.1", s.h2 - s.y)
    assert repr(result) == "✓ Q1.1: right, 5 of 5 points (proved)"
    assert result._repr_markdown_() == "**✓ Q1.1: right, 5 of 5 points (proved)**"


def test_a_result_can_be_sent_to_another_process():
    s = symbols("Q1.3")
    result = check("Q1.3", s.h1 * E(s))
    assert pickle.loads(pickle.dumps(result)) == result


@pytest.mark.parametrize("question", DERIVATIONS)
def test_symbols_come_by_name(question):
    s = symbols(question)
    assert {"h0", "W1", "b1", "a1", "h1", "W2", "b2", "a2", "h2", "y"} <= set(
        vars(s)
    ) or (list(vars(s)) == ["theta", "g", "eta", "lam"])


def test_points_add_up_to_one_hundred():
    points = [question.points for question in QUESTIONS.values()]
    assert sum(points) == 100, "mlp/grader/questions.py, and the pages that say 100"


@pytest.mark.parametrize("question", ["Q9", "Q1", "bug 0", "bug 11", ""])
def test_an_unknown_question_is_refused_with_the_names(question):
    with pytest.raises(ValueError, match=r"question must be one of 'Q1.1', .*'bug 10'"):
        check(question, 0)


def test_symbols_are_for_derivations():
    with pytest.raises(
        ValueError, match="question must be one of 'Q1.1'.*; got 'Q2.1'"
    ):
        symbols("Q2.1")


# Planted bugs.

NUMBERS = range(1, 11)


def verdicts(k):
    """What the grader says to each name a bug can have."""
    return {name: check(f"bug {k}", name) for name in BUGS}


def test_each_bug_is_planted_once():
    found = [
        name for k in NUMBERS for name, result in verdicts(k).items() if result.correct
    ]
    assert sorted(found) == sorted(BUGS)
    assert found != list(BUGS)


@pytest.mark.parametrize("k", NUMBERS)
def test_a_planted_bug_shows_in_the_gradients(k):
    rng, net = np.random.RandomState(0), bug(k)
    X, y = rng.standard_normal((6, 4)), rng.randint(3, size=6)
    _, grads = net.loss(X, y, 0.1)
    worst = max(
        np.abs(
            eval_numerical_gradient(lambda _: net.loss(X, y, 0.1)[0], p) - grads[name]
        ).max()
        for name, p in net.params.items()
    )
    assert worst > 1e-3


@pytest.mark.parametrize("k", NUMBERS)
def test_a_planted_bug_does_not_give_itself_away(k):
    assert repr(bug(k)) == f"<bug {k}>"
    assert type(bug(k)).__name__ == "PlantedBug"


@pytest.mark.parametrize("k", NUMBERS)
def test_a_wrong_name_is_refused_by_a_gradient_of_the_net(k):
    for result in verdicts(k).values():
        if not result.correct:
            shown = result.counterexample
            given = shown.values
            grads = bug(k).loss(
                np.array(given["X"]), np.array(given["y"]), given["reg"]
            )[1]
            parameter, _, index = given["place"].rstrip("]").partition("[")
            cell = tuple(map(int, index.split(", ")))
            assert grads[parameter][cell] == shown.true
            assert abs(shown.claim - shown.true) > 1e-4


def test_a_name_that_no_bug_has_is_not_decided():
    result = check("bug 1", "typo")
    assert result.correct is None
    assert "'flipped sign'" in result.hint


@pytest.mark.parametrize("k", [0, 11, -1])
def test_there_are_ten_bugs(k):
    with pytest.raises(ValueError, match="k must be a whole number"):
        bug(k)
