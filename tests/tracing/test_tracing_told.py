"""What a result tells: theorems, the inputs of a refutation, what was changed."""

import numpy as np
import pytest

from mlp import check_gradient, prove_backward, prove_gradient

SLOPES = {  # of which the formulas cancel where the numbers of the program do not
    "sigmoid": (
        lambda x: 1 / (1 + np.exp(-x)),
        lambda d, x: d * np.exp(-x) / (1 + np.exp(-x)) ** 2,
    ),
    "log-sigmoid": (
        lambda x: -np.log(1 + np.exp(-x)),
        lambda d, x: d * np.exp(-x) / (1 + np.exp(-x)),
    ),
    "swish": (
        lambda x: x / (1 + np.exp(-x)),
        lambda d, x: d / (1 + np.exp(-x)) + d * x * np.exp(-x) / (1 + np.exp(-x)) ** 2,
    ),
}


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("shape", ["N D", "N", "N 3"])
def test_formulas_that_cancel_pass_the_audit(name, shape):
    assert prove_backward(*SLOPES[name], x=shape)


def test_a_root_of_many_digits_is_audited_and_no_power_of_a_rounded_root():
    result = prove_backward(
        lambda x: (1 + x * x) ** (1 / 3),
        lambda d, x: d * 2 / 3 * x * (1 + x * x) ** (-2 / 3),
        x="N D",
    )
    assert result["x"].reason == "not shown: equal but for the rounding of constants"


def test_a_refutation_holds_at_its_inputs():
    def cube(x, c):
        return c * x**3, (x, c)

    def wrong(dout, cache):
        x, c = cache
        return 2 * c * x**2 * dout, (x**3 * dout).sum()

    result = prove_backward(cube, wrong, x="N D", c="")
    at = result["x"].inputs
    given = wrong(at["dout"], (at["x"], at["c"]))[0]
    found = check_gradient(
        lambda x: (at["c"] * x**3 * at["dout"]).sum(), at["x"], given
    )
    assert found.wrong and not found
    assert result["c"].inputs == {}


def test_what_the_backward_pass_changes_is_told():
    def backward(dout, x):
        dout *= 2 * x
        return dout

    result = prove_backward(lambda x: x * x, backward, x="N D")
    assert result and result.notes == ["backward changes dout"]

    def gradient(w):
        w *= 2
        return w

    assert prove_gradient(lambda w: np.sum(w * w), gradient, w="N").notes == [
        "gradient changes w"
    ]


THEOREMS = {  # arguments of prove_backward, and lines of the theorem
    "a row": (
        lambda x, b: x + b,
        lambda d, x, b: (d, d.sum(0, keepdims=True)),
        {"x": "N M", "b": "1 M"},
        ["dx = dout", "db = dout.sum(axis=0, keepdims=True)"],
    ),
    "a column": (
        lambda x, b: x + b,
        lambda d, x, b: (d, d.sum(1, keepdims=True)),
        {"x": "H M", "b": "H 1"},
        ["db = dout.sum(axis=1, keepdims=True)"],
    ),
    "a mean": (
        lambda x: x.mean(0),
        lambda d, x: np.ones_like(x) * d / len(x),
        {"x": "N D"},
        ["dx[i, p] = dout[p] / N"],
    ),
    "a maximum": (
        lambda x: x.max(axis=1),
        lambda d, x: d[:, None] * (x == x.max(axis=1, keepdims=True)),
        {"x": "N D"},
        ["where top1[i] is the p of the largest x[i, p]"],
    ),
}


@pytest.mark.parametrize("name", THEOREMS)
def test_a_theorem_has_the_shape_of_the_gradient_and_tells_its_names(name):
    forward, backward, shapes, lines = THEOREMS[name]
    theorem = prove_backward(forward, backward, **shapes).theorem.splitlines()
    assert set(lines) <= set(theorem)


def huber(r, delta):
    a = np.abs(r)
    q = np.minimum(a, delta)
    return np.sum(0.5 * q**2 + delta * (a - q))


def huber_gradient(r, delta):
    slope = np.sum(np.maximum(np.abs(r) - delta, 0))
    return np.clip(r, -delta, delta), slope  # right for a positive delta


RARE = {  # wrong where random numbers seldom are
    "a negative delta": (huber, huber_gradient, {"r": "N", "delta": ""}),
    "rows of negative scores": (
        lambda s: np.maximum(s, 0).max(1).sum(),
        lambda s: 1.0 * (s == s.max(1, keepdims=True)),
        {"s": "N K"},
    ),
    "a far kink": (
        lambda x: np.maximum(x, -2).sum(),
        lambda x: np.ones_like(x),
        {"x": "N"},
    ),
}


@pytest.mark.parametrize("name", RARE)
def test_where_formulas_differ_more_numbers_are_tried(name):
    loss, gradient, shapes = RARE[name]
    assert prove_gradient(loss, gradient, **shapes).verdict == "wrong"


def test_a_report_counts_the_entries_of_what_is_only_checked():
    def forward(x, w):
        return (0.1 * x) ** 2 + w, x

    def backward(dout, x):
        return dout * x * (0.02 if len(x) < 99 else 1), dout.sum(axis=0)

    of_x, of_w = (
        prove_backward(forward, backward, x="N D", w="D").report().splitlines()[-2:]
    )
    assert of_x.startswith("x, entries that are right in numbers: 6 of 6 at N = 2")
    assert of_w.endswith("; 1 of 1 at N = 1, D = 1")


def test_a_report_of_what_is_proved_or_wrong_counts_no_entries():
    for factor in [2, 3]:
        result = prove_gradient(
            lambda x: np.sum(x**2), lambda x, f=factor: f * x, x="N"
        )
        assert result.report() == repr(result)
