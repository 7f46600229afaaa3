"""Losses: values where numbers are huge, gradients, the two penalties."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.gradient_check import eval_numerical_gradient
from mlp.losses import (
    OUTPUTS,
    PENALTIES,
    binary_cross_entropy,
    l1_penalty_grad,
    l2_penalty_grad,
    softmax,
    softmax_cross_entropy,
)

HUGE = np.array(
    [[1e4, -1e4, 0], [800, 799, -1e300], [-1e300, -1e300, -1e300], [3, 1, 2]]
)
LABELS = np.array([1, 0, 2, 2])

pytestmark = pytest.mark.filterwarnings("error")


def exact_softmax(row):
    terms = [mpmath.exp(mpmath.mpf(s)) for s in row]
    return [term / sum(terms) for term in terms]


@st.composite
def scores_and_labels(draw, max_classes=5):
    N, K = draw(st.integers(1, 6)), draw(st.integers(2, max_classes))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.sampled_from([1e-3, 1, 30, 1e4]))
    return size * rng.standard_normal((N, K)), rng.integers(K, size=N)


@given(scores_and_labels())
def test_gradient_of_the_cross_entropy_sums_to_zero_in_each_row(case):
    np.testing.assert_allclose(
        softmax_cross_entropy(*case)[1].sum(axis=1), 0, atol=1e-15
    )


@given(scores_and_labels(), st.floats(-1e4, 1e4))
def test_adding_a_constant_to_a_row_changes_nothing(case, shift):
    scores, y = case
    loss, dscores = softmax_cross_entropy(scores, y)
    shifted_loss, shifted_dscores = softmax_cross_entropy(scores + shift, y)
    assert shifted_loss == pytest.approx(loss, rel=1e-9, abs=1e-10)
    np.testing.assert_allclose(shifted_dscores, dscores, atol=1e-10)
    np.testing.assert_allclose(softmax(scores + shift), softmax(scores), atol=1e-10)


@given(scores_and_labels(max_classes=2))
def test_binary_cross_entropy_is_the_softmax_of_two_classes(case):
    scores, y = case
    z = scores[:, 1:] - scores[:, :1]  # (N, 1)
    loss, dz = binary_cross_entropy(z, y)
    two_loss, two_dscores = softmax_cross_entropy(scores, y)
    assert loss == pytest.approx(two_loss, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(dz[:, 0], two_dscores[:, 1], atol=1e-12)


@given(scores_and_labels())
def test_cross_entropy_is_minus_the_mean_log_probability(case):
    scores, y = case
    P = softmax(scores)[np.arange(len(y)), y]
    loss = softmax_cross_entropy(scores, y)[0]
    assert loss >= 0
    if (P > 1e-300).all():  # the logarithm of the probability itself is no use below
        assert loss == pytest.approx(-np.log(P).mean(), rel=1e-12, abs=1e-12)


def test_softmax_and_cross_entropy_are_exact_for_huge_scores():
    loss, dscores = softmax_cross_entropy(HUGE, LABELS)
    with mpmath.workdps(50):
        P = [exact_softmax(row) for row in HUGE]
        exact = -sum(mpmath.log(row[k]) for row, k in zip(P, LABELS, strict=True)) / 4
        gradient = [
            [(p - (k == label)) / 4 for k, p in enumerate(row)]
            for row, label in zip(P, LABELS, strict=True)
        ]
        assert loss == pytest.approx(float(exact), rel=1e-14)
        np.testing.assert_allclose(softmax(HUGE), np.array(P, float), atol=1e-15)
        np.testing.assert_allclose(dscores, np.array(gradient, float), atol=1e-15)


def test_rows_of_softmax_are_probabilities():
    P = softmax(HUGE)
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_array_equal(P[2], [1 / 3, 1 / 3, 1 / 3])


def test_cross_entropy_at_chance_is_the_log_of_the_number_of_classes():
    for K in [2, 3, 10, 1000]:
        loss, _ = softmax_cross_entropy(np.full((4, K), 7.0), [0, 1, K - 1, K - 2])
        assert loss == pytest.approx(np.log(K), rel=1e-14)
    assert binary_cross_entropy(np.zeros((2, 1)), [0, 1])[0] == pytest.approx(np.log(2))


@pytest.mark.parametrize("K, output", [(1, "sigmoid"), (2, "softmax"), (4, "softmax")])
def test_gradient_by_the_scores_agrees_with_centered_differences(K, output):
    scores = np.random.default_rng(0).standard_normal((3, K))
    y = np.array([1, 0, 1])
    numeric = eval_numerical_gradient(lambda s: OUTPUTS[output](s, y)[0], scores)
    np.testing.assert_allclose(OUTPUTS[output](scores, y)[1], numeric, atol=1e-10)


def test_binary_cross_entropy_is_the_formula_of_problem_1():
    z, y = np.array([[-3.0], [-0.1], [0.4], [5.0]]), np.array([0, 1, 0, 1])
    loss, dz = binary_cross_entropy(z, y)
    with mpmath.workdps(50):
        h = [1 / (1 + mpmath.exp(-mpmath.mpf(t))) for t in z[:, 0]]
        terms = [
            mpmath.log(p if label else 1 - p) for p, label in zip(h, y, strict=True)
        ]
        exact = [float((p - int(label)) / 4) for p, label in zip(h, y, strict=True)]
        assert loss == pytest.approx(float(-sum(terms) / 4), rel=1e-14)
    np.testing.assert_allclose(dz[:, 0], exact, rtol=1e-14)


@pytest.mark.parametrize("gap", [1, 20, 30, 40, 300, 700])
@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_a_confident_right_answer_keeps_the_digits_of_loss_and_gradient(output, gap):
    scores, y = ([[gap, 0, -1]], [0]) if output == "softmax" else ([[gap]], [1])
    loss, dscores = OUTPUTS[output](scores, y)
    with mpmath.workdps(400):
        others = mpmath.exp(-gap) + (mpmath.exp(-gap - 1) if output == "softmax" else 0)
        assert loss == pytest.approx(float(mpmath.log1p(others)), rel=1e-14, abs=0)
        assert dscores[0, 0] == pytest.approx(
            float(-others / (1 + others)), rel=1e-14, abs=0
        )


@pytest.mark.parametrize("shape", [(), (3,), (1, 3), (3, 2), (3, 1, 1)])
def test_the_binary_loss_takes_one_score_an_example(shape):
    with pytest.raises(ValueError, match=r"scores must have shape \(N, 1\)"):
        binary_cross_entropy(np.zeros(shape), [0, 1, 1])


@pytest.mark.parametrize("shape", [(), (3,), (3, 0), (3, 2, 1)])
@pytest.mark.parametrize("f", [softmax, lambda s: softmax_cross_entropy(s, [0, 1, 1])])
def test_softmax_takes_a_row_an_example(f, shape):
    with pytest.raises(ValueError, match=r"scores must have shape \(N, K\)"):
        f(np.zeros(shape))


def test_binary_cross_entropy_is_finite_where_the_probability_rounds_to_0_or_1():
    loss, dz = binary_cross_entropy(np.array([[1e4], [-1e4]]), [0, 1])
    assert loss == 1e4
    np.testing.assert_array_equal(dz, [[0.5], [-0.5]])


@pytest.mark.parametrize("K, output", [(1, "sigmoid"), (3, "softmax")])
def test_losses_keep_float32_and_leave_their_inputs_alone(K, output):
    scores, y = np.full((2, K), 0.5, np.float32), np.array([0, 1])
    loss, dscores = OUTPUTS[output](scores, y)
    assert type(loss) is float and dscores.dtype == np.float32
    np.testing.assert_array_equal(scores, np.full((2, K), 0.5))
    np.testing.assert_array_equal(y, [0, 1])


def test_penalties_have_the_values_and_gradients_of_their_definition():
    W = np.array([[3.0, -4.0], [0.0, 1.0]])
    assert {name: value(W) for name, (value, _) in PENALTIES.items()} == {
        "l2": 13,
        "l1": 8,
    }
    np.testing.assert_array_equal(l2_penalty_grad(W), W)
    np.testing.assert_array_equal(l1_penalty_grad(W), [[1, -1], [0, 1]])


@pytest.mark.parametrize("name", PENALTIES)
def test_gradients_of_penalties_agree_with_centered_differences(name):
    penalty, penalty_grad = PENALTIES[name]
    W = np.random.default_rng(0).standard_normal((3, 4))
    assert np.abs(W).min() > 1e-3  # the steps cross no kink of |W|
    np.testing.assert_allclose(
        penalty_grad(W), eval_numerical_gradient(penalty, W), atol=1e-9
    )


@pytest.mark.parametrize(
    "y, error, message",
    [
        ([0, 1], ValueError, r"y .* each of 3 rows; got \(2,\)"),
        ([[0], [1], [1]], ValueError, r"y .* each of 3 rows; got \(3, 1\)"),
        ([0, 1, 2], ValueError, r"y .* 0 … 1; got 0 … 2"),
        ([0, -1, 1], ValueError, r"y .* 0 … 1; got -1 … 1"),
        ([0.0, 1.0, 1.0], TypeError, "y .* integer labels 0 … 1; got dtype float64"),
        ([True, False, True], TypeError, "y .* integer labels 0 … 1; got dtype bool"),
    ],
)
@pytest.mark.parametrize("K, output", [(1, "sigmoid"), (2, "softmax")])
def test_bad_labels_are_explained(K, output, y, error, message):
    with pytest.raises(error, match=message):
        OUTPUTS[output](np.zeros((3, K)), y)


@pytest.mark.parametrize("K, output", [(1, "sigmoid"), (2, "softmax")])
def test_no_rows_are_refused(K, output):
    with pytest.raises(ValueError, match="y must be a label"):
        OUTPUTS[output](np.zeros((0, K)), np.zeros(0, int))


def test_float32_counts_a_probability_far_below_the_largest_as_0():
    gaps = np.linspace(0, 104, 209)
    scores = np.stack([0 * gaps, -gaps, -0.5 * gaps], axis=1)
    exact = softmax_cross_entropy(scores, np.zeros(209, int))[1]
    dscores = softmax_cross_entropy(scores.astype(np.float32), np.zeros(209, int))[1]
    far = gaps >= 30
    assert (dscores[far, 1] == 0).all() and (
        np.abs(dscores[~far]) > 9e-14 / 209 / 3
    ).all()
    np.testing.assert_allclose(dscores, exact, rtol=1e-5, atol=1e-15)
