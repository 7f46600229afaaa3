"""The tools of the gradient check: rel_error, centered differences, the report."""

import numpy as np
import pytest
from helpers import assert_same, copies, examples, network
from hypothesis import given
from hypothesis import strategies as st

from mlp import MLP, eval_numerical_gradient, gradient_report, rel_error

# rel_error


@pytest.mark.parametrize(
    "x, y, error",
    [
        ([1.0, 2.0], [1.0, 2.0], 0),
        ([1.0, 3.0], [1.0, 1.0], 0.5),  # |3 - 1| / (3 + 1)
        ([0.0], [0.0], 0),
        ([0.0], [1.0], 1),
        ([2.0], [-2.0], 1),
        ([1e-9], [0.0], 0.1),  # below 1e-8 on the scale of 1e-8
        ([1e-12, 5.0], [2e-12, 5.0], 1e-4),
        (3, 1, 0.5),
    ],
)
def test_rel_error_is_the_largest_difference_over_the_sum_of_sizes(x, y, error):
    assert rel_error(x, y) == pytest.approx(error, rel=1e-12)
    assert rel_error(y, x) == rel_error(x, y)
    assert type(rel_error(x, y)) is float


def test_rel_error_of_nan_is_nan_and_passes_no_threshold():
    assert not rel_error([1.0, np.nan], [1.0, 1.0]) < 1e6


@pytest.mark.parametrize("x, y", [([1.0], [1.0, 1.0]), ([[1.0]], [1.0]), ([], []), (1, [1])])
def test_rel_error_compares_one_shape_only(x, y):
    with pytest.raises(ValueError, match=r"x and y must have one shape, not empty; got \("):
        rel_error(x, y)


# eval_numerical_gradient


@given(st.integers(0, 2**32 - 1), st.sampled_from([(), (1,), (4,), (2, 3), (2, 1, 2)]))
def test_centered_differences_are_exact_for_quadratics_to_rounding(seed, shape):
    rng = np.random.default_rng(seed)
    a, b, x = rng.standard_normal((3, *shape))
    x = np.asarray(x)
    grad = eval_numerical_gradient(lambda x: (a * x * x + b * x).sum(), x, h=0.125)
    assert grad.shape == shape
    np.testing.assert_allclose(grad, 2 * a * x + b, atol=1e-13)


def test_the_error_for_a_cube_is_the_square_of_the_step():
    for h in [0.1, 0.01, 0.001]:
        grad = eval_numerical_gradient(lambda x: (x**3).sum(), np.array([2.0]), h=h)
        assert grad[0] - 12 == pytest.approx(h**2, rel=1e-3)


def test_the_default_step_is_1e_minus_5():
    seen = []
    eval_numerical_gradient(lambda x: seen.append(x[0]) or 0.0, np.zeros(1))
    assert sorted(seen) == [-1e-5, 1e-5]


def test_the_function_may_ignore_its_argument_since_x_moves_in_place():
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(eval_numerical_gradient(lambda _: x @ x, x), [2, 4], rtol=1e-9)


def test_x_is_put_back_bit_for_bit():
    x = np.array([[0.1, 1e300], [-0.0, 1e-300]])
    before = x.tobytes()
    eval_numerical_gradient(lambda x: 0.0, x)
    assert x.tobytes() == before


@pytest.mark.parametrize("calls", range(4))
def test_x_is_put_back_when_the_function_raises(calls):
    x = np.array([1.0, 2.0])
    countdown = iter(range(calls))

    def f(x):
        next(countdown)  # StopIteration at the end
        return 0.0

    with pytest.raises(StopIteration):
        eval_numerical_gradient(f, x)
    assert x.tolist() == [1.0, 2.0]


def test_views_are_moved_in_their_base():
    base = np.arange(6.0).reshape(2, 3)
    grad = eval_numerical_gradient(lambda _: (base**2).sum(), base[:, ::2])
    np.testing.assert_allclose(grad, 2 * base[:, ::2], atol=1e-9)


@pytest.mark.parametrize(
    "x, given",
    [
        (np.array([1, 2]), "int64"),
        (np.array([1, 2], np.float32), "float32"),
        (np.array([True]), "bool"),
        ([1.0, 2.0], "list"),
        (1.0, "float"),
        (None, "NoneType"),
    ],
)
def test_anything_but_a_float64_array_is_refused(x, given):
    with pytest.raises(TypeError, match=f"x must be a float64 array; got {given}"):
        eval_numerical_gradient(lambda x: 0.0, x)


@pytest.mark.parametrize("h", [0, -1e-5, np.nan])
def test_the_step_must_be_positive(h):
    with pytest.raises(ValueError, match=f"h must be positive; got {h}"):
        eval_numerical_gradient(lambda x: 0.0, np.zeros(2), h=h)


def test_verbose_prints_each_index_and_its_derivative(capsys):
    eval_numerical_gradient(lambda x: x[0, 0], np.zeros((1, 2)), verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("(0, 0)") and lines[1] == "(0, 1) 0.0" and len(lines) == 2
    eval_numerical_gradient(lambda x: x[0, 0], np.zeros((1, 2)))
    assert capsys.readouterr().out == ""


# gradient_report


def test_the_report_has_a_small_error_for_each_parameter_and_moves_none():
    net = network([4, 5, 5, 3])
    before = copies(net.params)
    report = gradient_report(net, *examples(net, 6), reg=0.1)
    assert report.keys() == net.params.keys()
    assert all(type(error) is float and error < 1e-6 for error in report.values())
    assert_same(net.params, before)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_the_report_finds_a_bug_planted_in_one_entry(name):
    class Wrong(MLP):
        def loss_and_grads(self, X, y, reg):
            loss, grads = super().loss_and_grads(X, y, reg)
            grads[name].flat[-1] *= 1.01
            return loss, grads

    net = Wrong([4, 5, 3], "tanh", std=0.5, rng=np.random.default_rng(0))
    report = gradient_report(net, *examples(net, 6), reg=0.1)
    assert {other for other, error in report.items() if error > 1e-3} == {name}


def test_the_report_needs_float64():
    net = network([4, 3], dtype=np.float32)
    with pytest.raises(TypeError, match="float64 array; got float32"):
        gradient_report(net, *examples(net, 6))
