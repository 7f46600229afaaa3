"""A right program gets its marks however its numbers are rounded, and at kinks."""

import re
from contextlib import nullcontext
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from asked_here import Here, marking_here, results_here
from right_programs import (
    IN_DOUBLE,
    IN_SINGLE,
    MASK,
    NOT_A_SLOPE,
    RIGHT,
    edited,
)
from test_grader_programs import WRONG, passes, refusal, write

from mlp.grader.objections import Refused
from mlp.grader.programs import bounds, checks
from mlp.grader.programs.bounds import DOUBLE, SINGLE
from mlp.grader.programs.comparing import Case, reference
from mlp.grader.programs.gradients import judge_all_arrays
from mlp.grader.programs.inputs import random_request
from mlp.grader.programs.losses import judge_loss

JUDGES = judge_loss, judge_all_arrays


@pytest.fixture(autouse=True)
def unspoiled():
    """Set NumPy's generator back after the test, and let nothing warn."""
    state = np.random.get_state()
    with np.errstate(all="ignore"):
        yield
    np.random.set_state(state)


@cache
def program(*edits):
    """The class of the solution with these edits."""
    names = {}
    exec(edited(edits), names)
    return names["TwoLayerMLP"]


def answer_of(make, request):
    """The answer of a class, as it comes from the child, asked in this process."""
    return Here(make).line(request)


def judge(question, make):
    """Judge a harmless class in this process; Refused says why not."""
    result = results_here(make, [question])[question]
    if not result.correct:
        raise Refused(result.hint, result.counterexample)


def rounding_of(make, activation):
    """The rounding that is found in a class's answers about the loss."""
    return marking_here(make).precision(activation)


# Programs, as they are graded


@pytest.mark.parametrize("style", RIGHT)
def test_a_right_program_passes_in_any_style(style):
    results = results_here(program(*RIGHT[style]))
    assert all(result.correct for result in results.values()), results


@pytest.mark.parametrize("question", ["Q2.1", "Q2.2", "Q2.3", "Q2.4"])
def test_float32_and_real_numbers_alone_pass_in_a_process_of_their_own(
    question, tmp_path
):
    styles = (
        RIGHT["all of the arithmetic in float32"],
        RIGHT["real numbers only"] + RIGHT["half a slope at 0"],
    )
    for edits in styles:
        assert passes(write(tmp_path / "mlp.py", edited(edits)), question)


@pytest.mark.parametrize(
    "part, eps, passes",
    [(1e-7, DOUBLE, False), (1e-7, SINGLE, True), (1e-3, SINGLE, False)],
)
def test_the_published_log_of_the_sigmoid_may_be_rounded_in_float32(part, eps, passes):
    [case] = checks.log_cases("sigmoid", full=False)
    stats = {
        "loss_history": np.repeat([78.980750 * (1 + part)], 500).tolist(),
        "grad_magnitude_history": [0.0] * 500,
        "train_acc_history": [0.28],
        "val_acc_history": [0.2583],
    }
    refused = nullcontext() if passes else pytest.raises(Refused, match="epoch 1")
    with refused:
        case.judge(case, {"stats": stats, "labels": None}, eps)


# Nets at kinks, with tiny entries


def nets(activation):
    """Requests for nets with units exactly at their kink, or far from 0."""
    usual = random_request((5, 4, 3, 4), activation, 0.1)

    def net(X=usual.X, reg=0.1, **params):
        return replace(usual, X=X, reg=reg, params={**usual.params, **params})

    zeros, some = np.zeros(3), usual.X.copy()
    some[1] = some[3] = 0
    return {
        "rows of zeros, biases of 0": net(X=some, b1=zeros),
        "rows of zeros, no penalty": net(X=some, reg=0.0, b1=zeros),
        "zeros alone": net(X=0 * some, b1=zeros),
        "one unit at 0": net(X=some, b1=np.array([0.3, 0, -0.3])),
        "weights of 0": net(W1=np.zeros((4, 3)), b1=zeros),
        "sums that cancel": net(
            X=np.array([[0.1, 0.2, -0.3, 0.0]] * 5), W1=np.ones((4, 3)), b1=zeros
        ),
        "a dead layer": net(b1=zeros - 100),
        "units far on the right": net(b1=zeros + 25),
        "units far on the left": net(b1=zeros - 45, reg=0.0),
        "units on both sides": net(b1=np.array([40.0, -40.0, 20.0])),
        "sure of the class": net(W2=20 * usual.params["W2"], reg=0.0),
    }


NETS = list(nets("relu"))


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("style", RIGHT)
def test_a_right_program_passes_at_kinks_and_with_tiny_entries(style, activation):
    make = program(*RIGHT[style])
    eps = rounding_of(make, activation)
    for net, request in nets(activation).items():
        answer = answer_of(make, request)["answer"]
        for judge_answer in JUDGES:
            judge_answer(Case(net, request, None), answer, eps)


@pytest.mark.parametrize("mask", NOT_A_SLOPE)
def test_what_is_no_slope_at_0_is_refused_there(mask):
    make = program((MASK, NOT_A_SLOPE[mask]))
    request = nets("relu")["rows of zeros, biases of 0"]
    answer = answer_of(make, request)["answer"]
    for eps in (DOUBLE, SINGLE):
        with pytest.raises(Refused, match=r'grads\["b1"\]\[\d\] is .* is right'):
            judge_all_arrays(Case("loss", request, None), answer, eps)
    with pytest.raises(Refused):
        judge("Q2.4", make)


def test_away_from_the_kink_no_other_slope_is_right():
    make = program((MASK, "else np.where(h > 0, 1.0, 1e-6)"))
    with pytest.raises(Refused, match="H = 2"):
        judge("Q2.4", make)


@pytest.mark.parametrize("net", NETS)
def test_the_slopes_to_the_left_and_to_the_right_are_in_the_range(net):
    request = nets("relu")[net]
    true = reference(request)["result"][1]
    ranges = bounds.ranges_of_gradients(request, true)

    def loss(name, index, step):
        params = {key: p.copy() for key, p in request.params.items()}
        params[name][index] += step
        moved = replace(request, params=params)
        return reference(moved)["result"][0]

    for name, p in request.params.items():
        for index in np.ndindex(p.shape):
            for step in (1e-6, -1e-6):
                slope = (loss(name, index, step) - loss(name, index, 0)) / step
                right = ranges[name]
                assert right.low[index] - 1e-4 <= slope <= right.high[index] + 1e-4


def test_the_range_ends_at_slope_0_and_at_slope_1():
    request = nets("relu")["rows of zeros, biases of 0"]
    X = request.X.copy()
    X[3] = 1.0
    request = replace(request, X=X)  # one row of zeros
    closed, open_ = (
        answer_of(program(*RIGHT[f"the mask is z {sign} 0"]), request)["answer"]
        for sign in (">", ">=")
    )
    ranges = bounds.ranges_of_gradients(request, closed["result"][1])
    for name, right in ranges.items():
        ends = closed["result"][1][name], open_["result"][1][name]
        np.testing.assert_allclose(right.low, np.minimum(*ends), atol=1e-12)
        np.testing.assert_allclose(right.high, np.maximum(*ends), atol=1e-12)
    assert (ranges["b1"].high > ranges["b1"].low).all()


def test_only_a_kink_widens_the_range():
    for net in NETS:
        request = nets("relu")[net]
        true = reference(request)["result"][1]
        ranges = bounds.ranges_of_gradients(request, true)
        hidden = request.X @ request.params["W1"] + request.params["b1"]
        is_wide = any(np.any(r.high > r.low) for r in ranges.values())
        assert is_wide == bool(np.any(np.abs(hidden) < 1e-15)), net


# Wrong programs


@pytest.mark.parametrize(
    "slip", [name for name, (question, *_) in WRONG.items() if len(question) == 4]
)
def test_float32_excuses_no_mistake(slip):
    question, *edit, _ = WRONG[slip]
    with pytest.raises(Refused):
        judge(question, program(tuple(edit), *IN_SINGLE["hidden values in float32"]))


@pytest.mark.parametrize("name", ["loss", "W1", "W2"])
@pytest.mark.parametrize("size", [1e-2, 1e-4, 1e-8])
def test_a_slip_is_refused_unless_it_is_the_rounding_of_float32(name, size):
    question, old = {
        "loss": ("Q2.1", "y].mean()"),
        "W1": ("Q2.2", "X.T @ dz"),
        "W2": ("Q2.2", "h.T @ d "),
    }[name]
    edit = old, f"{old} * (1 + {size}) "
    words = "is right"
    with pytest.raises(Refused, match=words):
        judge(question, program(edit))
    if size >= 1e-4:
        with pytest.raises(Refused, match=words):
            judge(question, program(edit, *IN_SINGLE["inputs in float32"]))


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_float32_is_told_from_mistakes_of_any_size(activation):
    for style, edits in IN_DOUBLE.items():
        assert rounding_of(program(*edits), activation) == DOUBLE, style
    for size in 10.0 ** np.arange(-14, 1):
        for old in ["X.T @ dz", "h.T @ d ", "y].mean()", "z = X @ "]:
            new = old.replace("X @", f"X * (1 + {size}) @")
            new = new if new != old else f"{old} * (1 + {size})"
            assert rounding_of(program((old, new)), activation) == DOUBLE, (old, size)
    noise = "y] -= 1", "y] -= 1\n        d += np.random.default_rng().random(d.shape)"
    assert rounding_of(program(noise), activation) == DOUBLE
    for style in set(IN_SINGLE) - {"minibatches in float32"}:  # not in the loss
        assert rounding_of(program(*IN_SINGLE[style]), activation) == SINGLE, style


def test_the_entry_that_is_wrong_is_named_with_both_values(tmp_path):
    edit = "dz + reg * W1", "dz + reg * W1 + 0.25 * (np.arange(len(W1)) == 1)[:, None]"
    hint = refusal("Q2.2", write(tmp_path / "mlp.py", edited([edit])))
    assert 'gives a wrong grads["W1"]: grads["W1"][1, 0] is ' in hint
    given, right = re.search(r"is ([^ ]+); ([^ ]+) is right", hint).groups()
    assert abs(float(given) - float(right) - 0.25) < 1e-8


def test_all_of_a_wrong_gradient_is_shown_with_what_is_right():
    make = program((MASK, NOT_A_SLOPE["twice"]))
    request = nets("relu")["rows of zeros, biases of 0"]
    with pytest.raises(Refused) as refused:
        answer = answer_of(make, request)["answer"]
        judge_all_arrays(Case("loss", request, None), answer)
    example = refused.value.counterexample
    claim, true = np.array(example.claim), np.array(example.true)
    ranges = bounds.ranges_of_gradients(request, reference(request)["result"][1])
    assert (ranges["b1"].excess(claim) > 1).any()
    assert (ranges["b1"].excess(true) <= 1).all()
