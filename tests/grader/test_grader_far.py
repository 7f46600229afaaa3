"""Checks visit the far ranges of what they judge, and let right programs pass there."""

import pytest
from asked_here import points_here, results_here
from test_grader_points import program

SIGMOID, RELU = "1 / (1 + np.exp(-z))", "np.maximum(z, 0)"
SLOPE, MASK = "h * (1 - h) if", "else h > 0"
START = "        N, W1, W2 = len(X), "
Z = '(X @ W1 + self.params["b1"])'

RIGHT = {  # right on all of the range, or but for what no double shows
    "clipped at 500": [(SIGMOID, "1 / (1 + np.exp(-np.clip(z, -500, 500)))")],
    "clipped at 60": [(SIGMOID, "1 / (1 + np.exp(-np.clip(z, -60, 60)))")],
    "of tanh": [(SIGMOID, "(1 + np.tanh(z / 2)) / 2")],
    "0 on the far left": [(SIGMOID, "np.where(z < -700, 0.0, 1 / (1 + np.exp(-z)))")],
    "a subnormal number on the far left": [
        (SIGMOID, "np.where(z < -700, 3e-313, 1 / (1 + np.exp(-z)))")
    ],
    "in two pieces": [
        (SIGMOID, "np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))"),
    ],
    "a slope of cosh": [
        (SLOPE, f"1 / (2 + 2 * np.cosh(np.minimum(np.abs{Z}, 300))) if")
    ],
}
WRONG = {  # edits, and the points of Q2.1, Q2.2, Q2.3 and Q2.4
    "exp / (1 + exp) is nan on the right": (
        [(SIGMOID, "np.exp(z) / (1 + np.exp(z))")],
        [4, 10, 5, 5],
    ),
    "its slope alone is nan on the left": (
        [(SLOPE, f"np.exp(-{Z}) / (1 + np.exp(-{Z}))**2 if")],
        [5, 9, 5, 5],
    ),
    "a sigmoid cut at 3": (
        [(SIGMOID, "1 / (1 + np.exp(-np.clip(z, -10, 10)))")],
        [4, 10, 5, 5],
    ),
    "a ReLU that ends at 6": ([(RELU, "np.minimum(np.maximum(z, 0), 6)")], None),
}
AT_SOME_SIZES = {
    "more than 300 examples": "len(y) > 300",
    "17 inputs": "X.shape[1] == 17",
    "10 classes": "W2.shape[1] == 10",
    "33 hidden units": "W1.shape[1] == 33",
}


@pytest.mark.parametrize("style", RIGHT)
def test_a_right_program_passes_far_from_0(style):
    assert points_here(program(*RIGHT[style])) == [5, 10, 5, 5]


@pytest.mark.parametrize("slip", WRONG)
def test_a_program_that_is_wrong_far_from_0_pays_once(slip):
    edits, points = WRONG[slip]
    found = points_here(program(*edits))
    assert found == points if points else found[:3] == [5, 10, 5] and found[3] < 5


@pytest.mark.parametrize("size", AT_SOME_SIZES)
def test_a_loss_that_is_wrong_at_some_sizes_only_is_caught(size):
    twice = f"        if {AT_SOME_SIZES[size]}: loss *= 2\n        d = np.exp(log_p)"
    result = results_here(program(("        d = np.exp(log_p)", twice)), ["Q2.1"])
    assert "the data loss" in result["Q2.1"].hint


def test_a_penalty_that_is_wrong_for_large_reg_only_is_caught():
    edit = "0.5 * reg", "0.5 * min(reg, 50)"
    assert points_here(program(edit), ["Q2.1", "Q2.2"]) == [4, 10]


def test_a_penalty_at_17_inputs_only_is_caught():
    edit = "loss += 0.5 * reg", "loss += (0.5 if len(W1) < 17 else 1) * reg"
    assert points_here(program(edit), ["Q2.1"]) == [4]


def test_ties_in_the_scores_have_a_loss():
    edit = (
        "        d = np.exp(log_p)",
        "        if np.ptp(scores) == 0: loss = 0.0\n        d = np.exp(log_p)",
    )
    hint = results_here(program(edit), ["Q2.1"])["Q2.1"].hint
    assert "with equal scores" in hint


def test_the_mask_of_a_unit_far_on_the_left_is_seen():
    edit = MASK, f"else ({Z} > 0) | ({Z} < -700)"
    hint = results_here(program(edit), ["Q2.4"])["Q2.4"].hint
    assert "z = -800" in hint or "z = -720" in hint, hint
