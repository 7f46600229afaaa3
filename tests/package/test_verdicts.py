"""A gradient check that decides: right, wrong, or can't tell and why."""

import math
from fractions import Fraction

import numpy as np
import pytest

from mlp import MLP, check_gradient, check_gradients
from mlp.activations import ACTIVATIONS

x = np.array([0.3, -1.2, 2.0])


def softplus(x):
    return np.logaddexp(0, x).sum()


def batch_norm_loss(x):
    return np.sum(np.array([1, 2, 3]) * (x - x.mean()) / np.sqrt(x.var() + 1e-5))


def batch_norm_grad(x):
    c, m, s = np.array([1.0, 2, 3]), x - x.mean(), np.sqrt(x.var() + 1e-5)
    return (c - c.mean()) / s - m * (c @ m) / (len(x) * s**3)


FUNCTIONS = {  # name: (a function, its gradient)
    "sum of squares": (lambda x: (x**2).sum(), lambda x: 2 * x),
    "log-sum-exp": (lambda x: np.log(np.exp(x).sum()), lambda x: np.exp(x - lse(x))),
    "fast sine": (lambda x: np.sin(50 * x).sum(), lambda x: 50 * np.cos(50 * x)),
    "rational": (lambda x: (1 / (1 + x**2)).sum(), lambda x: -2 * x / (1 + x**2) ** 2),
    "abs": (lambda x: np.abs(x).sum(), np.sign),
    "norm": (lambda x: np.linalg.norm(x), lambda x: x / np.linalg.norm(x)),
    "vdot": (lambda x: np.vdot(x, x), lambda x: 2 * x),
    "conj": (lambda x: (x * np.conj(x)).real.sum(), lambda x: 2 * x),
    "var": (lambda x: x.var(), lambda x: 2 * (x - x.mean()) / len(x)),
    "batch norm": (batch_norm_loss, batch_norm_grad),
    "logaddexp": (softplus, lambda x: 1 / (1 + np.exp(-x))),
    "math": (
        lambda x: math.exp(x[0]) + math.sin(x[1]) * x[2],
        lambda x: np.array([np.exp(x[0]), np.cos(x[1]) * x[2], np.sin(x[1])], x.dtype),
    ),
    "max": (lambda x: np.max(x) + x.sum(), lambda x: 1 + (x == x.max())),
    "relu pair": (
        lambda x: (np.maximum(x, 0) - np.maximum(-x, 0)).sum(),
        np.ones_like,
    ),
    "offset": (lambda x: 1e6 + (x**2).sum(), lambda x: 2 * x),
    "fraction": (lambda x: Fraction(float((x**2).sum())), lambda x: 2 * x),
    "array of one": (lambda x: (x**2).sum(keepdims=True), lambda x: 2 * x),
}


def lse(x):
    return np.log(np.exp(x).sum())


def places(entries):
    return [(entry.name, entry.index) for entry in entries]


@pytest.mark.parametrize("complex_step", [True, False])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_right_gradient_is_right_and_a_slip_is_wrong_where_it_is(name, complex_step):
    f, gradient = FUNCTIONS[name]
    grad = np.asarray(gradient(x), float)
    result = check_gradient(f, x, grad, complex_step=complex_step)
    assert result and result.checked == 3 and not result.wrong + result.undecided
    grad[1] *= 1.001
    result = check_gradient(f, x, grad, complex_step=complex_step)
    assert places(result.wrong) == [("x", (1,))] and not result.undecided
    (entry,) = result.wrong
    assert entry.given == grad[1] and entry.reason == ""
    assert entry.expected == pytest.approx(grad[1] / 1.001, rel=1e-6)
    assert entry.exceeded == abs(entry.given - entry.expected) / entry.bound > 3


@pytest.mark.parametrize("name", ["sum of squares", "log-sum-exp", "rational", "norm"])
def test_float32_is_held_to_the_precision_of_float32(name):
    f, gradient = FUNCTIONS[name]
    single = x.astype(np.float32)
    grad = gradient(single).astype(np.float32)
    assert check_gradient(f, single, grad)
    grad[2] *= np.float32(1.001)
    assert places(check_gradient(f, single, grad).wrong) == [("x", (2,))]


def test_a_tiny_entry_is_decided_by_a_complex_step_and_left_open_by_differences():
    f = lambda x: x[0] + 1e-20 * x[1] ** 2  # noqa: E731
    point, right = np.array([1.0, 3.0]), np.array([1.0, 6e-20])
    wrong = right * [1, 2]
    assert check_gradient(f, point, right)
    assert places(check_gradient(f, point, wrong).wrong) == [("x", (1,))]
    for grad in (right, wrong):
        result = check_gradient(f, point, grad, complex_step=False)
        assert not result.wrong and places(result.undecided) == [("x", (1,))]
        assert result.undecided[0].reason.startswith("rounding: ")


@pytest.mark.parametrize("name", ["abs", "norm"])
def test_a_gradient_is_not_right_because_a_complex_step_says_the_same(name):
    f = FUNCTIONS[name][0]  # its complex step says 0 everywhere
    assert len(check_gradient(f, x, np.zeros(3)).wrong) == 3


def test_a_variance_that_is_taken_for_a_constant_is_found():
    detached = (np.array([1.0, 2, 3]) - 2) / np.sqrt(x.var() + 1e-5)
    assert len(check_gradient(batch_norm_loss, x, detached).wrong) == 3


@pytest.mark.parametrize("weight", [1e-3, 1e-6])
def test_a_small_part_that_a_complex_step_does_not_see_is_found(weight):
    f = lambda x: x[0] ** 2 + weight * abs(x[1]) + 1e3 * x[2] ** 2  # noqa: E731
    grad = np.array([0.6, -weight, 4e3])
    assert not check_gradient(f, x, grad).wrong
    grad[1] = 0
    assert places(check_gradient(f, x, grad).wrong) == [("x", (1,))]


@pytest.mark.parametrize("power", [2, 3, 4])
def test_a_gradient_of_0_is_right_where_the_function_is_flat(power):
    f, zeros = lambda x: (x**power).sum(), np.zeros(3)
    assert check_gradient(f, zeros, zeros)
    assert check_gradient(f, zeros, np.array([0, 0.1, 0])).wrong


def in_float32(f):
    """A function that takes any numbers and computes in float32, as JAX does."""

    def single(x):
        return f(np.asarray(x).astype(np.complex64 if np.iscomplexobj(x) else "f4"))

    return single


@pytest.mark.parametrize("name", ["sum of squares", "log-sum-exp", "rational"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_function_that_rounds_to_float32_inside_is_never_held_to_more(name, dtype):
    f, gradient = FUNCTIONS[name]
    grad = gradient(x).astype(dtype)
    assert not check_gradient(in_float32(f), x.astype(dtype), grad).wrong
    grad[0] *= 1.01
    assert places(check_gradient(in_float32(f), x.astype(dtype), grad).wrong) == [
        ("x", (0,))
    ]


# Kinks


def relu_sum(x):
    return np.maximum(x, 0).sum()


@pytest.mark.parametrize("complex_step", [True, False])
def test_a_kink_that_is_hit_leaves_each_value_between_its_slopes_open(complex_step):
    for given, where in [(0, "the left one"), (1, "the right one"), (0.5, "between")]:
        grad = np.array([float(given), 1.0])
        result = check_gradient(
            relu_sum, np.array([0.0, 2.0]), grad, complex_step=complex_step
        )
        assert places(result.undecided) == [("x", (0,))] and not result.wrong
        reason = result.undecided[0].reason
        assert reason.startswith("kink: ") and where in reason
        assert "0 to the left" in reason and "1 to the right" in reason


def test_a_value_outside_of_both_slopes_is_wrong():
    grad = np.array([-1.0, 1.0])
    result = check_gradient(relu_sum, np.array([0.0, 2.0]), grad)
    assert places(result.wrong) == [("x", (0,))]


@pytest.mark.parametrize("complex_step", [True, False])
def test_equal_slopes_on_both_sides_of_a_kink_decide(complex_step):
    f, zeros = FUNCTIONS["relu pair"][0], np.zeros(2)
    assert check_gradient(f, zeros, np.ones(2), complex_step=complex_step)
    result = check_gradient(f, zeros, np.zeros(2), complex_step=complex_step)
    assert places(result.wrong) == [("x", (0,)), ("x", (1,))]
    assert [entry.expected for entry in result.wrong] == pytest.approx([1, 1])


@pytest.mark.parametrize("distance", [1e-12, 1e-9, 1e-6, 1e-3])
def test_a_kink_that_is_near_but_not_hit_leaves_nothing_open(distance):
    point = np.array([distance, -distance, 1.0])
    assert check_gradient(relu_sum, point, np.array([1.0, 0.0, 1.0]))
    result = check_gradient(relu_sum, point, np.array([1.0, 0.2, 0.7]))
    assert sorted(places(result.wrong)) == [("x", (1,)), ("x", (2,))]


def test_differences_shrink_their_steps_beside_a_kink():
    point, grad = np.array([1e-6, 1.0]), np.array([1.0, 1.0])
    assert check_gradient(relu_sum, point, grad, complex_step=False)


@pytest.mark.parametrize("complex_step", [True, False])
def test_a_right_net_with_dead_layers_is_never_wrong(complex_step):
    net = MLP([3, 4, 4, 2], "relu", std=0.5, rng=np.random.RandomState(1))
    X = np.vstack([np.zeros(3), np.ones(3)])  # the first row hits every kink
    result = check_gradients(net, X, [0, 1], complex_step=complex_step)
    assert not result.wrong and result.undecided
    assert all(entry.reason.startswith("kink: ") for entry in result.undecided)
    assert {entry.name[0] for entry in result.undecided} == {"b"}


def test_a_weight_of_0_under_an_l1_penalty_stands_at_a_kink():
    rng = np.random.RandomState(0)
    net = MLP([3, 4, 2], "tanh", penalty="l1", rng=rng)
    net.params["W1"][1, 2] = 0
    result = check_gradients(net, rng.standard_normal((5, 3)), [0, 1, 0, 1, 1], 0.1)
    assert places(result.undecided) == [("W1", (1, 2))] and not result.wrong
    assert result.undecided[0].reason.startswith("kink: ")


def test_an_entry_that_cancels_is_never_wrong():
    rng = np.random.default_rng(8)
    for N in (50, 500):
        A, w = rng.normal(size=(N, 3)), rng.normal(size=N)
        point = rng.normal(size=3)
        f = lambda x: w @ (A @ x)  # noqa: E731, B023
        assert not check_gradient(f, point, A.T @ w).wrong
    for point in (0.0065053435862, 1e-3, 3e-5):
        f = lambda x: (np.exp(x) - 1) / x  # noqa: E731
        exact = sum(k * point ** (k - 1) / math.factorial(k + 1) for k in range(1, 9))
        assert not check_gradient(f, point, exact).wrong


# Functions that can't be checked, or misbehave


def test_a_random_function_is_said_to_be_random_after_two_values():
    rng, calls = np.random.default_rng(0), []

    def noisy(x):
        calls.append(1)
        return x.sum() + rng.standard_normal()

    result = check_gradient(noisy, x, np.ones(3))
    assert len(result.undecided) == 3 and len(calls) <= 3
    assert "not deterministic" in result.undecided[0].reason


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_function_that_is_not_finite_can_not_be_told(value):
    result = check_gradient(lambda x: value, x, np.ones(3))
    assert not result and "not finite" in result.undecided[0].reason


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_is_wrong_where_the_function_has_a_slope(value):
    result = check_gradient(np.sum, x, np.array([1.0, value, 1.0]))
    assert places(result.wrong) == [("x", (1,))]
    assert result.wrong[0].exceeded == np.inf


def test_the_edge_of_a_domain_is_not_finite():
    f, point = lambda x: np.sqrt(x).sum(), np.array([0.0, 4.0])
    result = check_gradient(f, point, np.array([0.0, 0.25]), complex_step=False)
    assert places(result.undecided) == [("x", (0,))]
    assert result.undecided[0].reason.startswith("not finite: ")


def test_an_error_says_which_entry_was_moved():
    def breaks(x):
        if x[1] != -1.2:
            raise KeyError("broken")
        return x.sum()

    with pytest.raises(KeyError) as caught:
        check_gradient(breaks, x, np.ones(3))
    assert caught.value.__notes__ == ["This happened when x[1] was moved."]


def test_what_a_function_prints_is_seen_once(capsys):
    check_gradient(lambda x: print("hello") or x.sum(), x, np.ones(3))
    assert capsys.readouterr().out == "hello\n"


def test_a_function_may_change_its_argument():
    def wasteful(x):
        value = x.sum()
        x *= 2
        return value

    point = x.copy()
    assert check_gradient(wasteful, point, np.ones(3))
    np.testing.assert_array_equal(point, x)


def test_a_read_only_point_can_be_checked():
    point = x.copy()
    point.flags.writeable = False
    assert check_gradient(np.sum, point, np.ones(3))


def test_a_function_that_looks_at_the_array_itself_is_noticed():
    point = x.copy()
    assert check_gradient(lambda _: (point**2).sum(), point, 2 * x)
    assert not check_gradient(lambda _: (point**2).sum(), point, 3 * x)
    np.testing.assert_array_equal(point, x)


def test_a_function_that_feels_nothing_is_told_so():
    result = check_gradient(lambda _: 5.0, x, np.ones(3))
    assert not result.wrong and "does it look at its argument" in result.note
    assert result.note in repr(result)
    assert check_gradient(lambda _: 5.0, x, np.zeros(3))


def test_rounding_to_six_digits_leaves_six_digits_open():
    f = lambda x: np.round(np.sin(x).sum(), 6)  # noqa: E731
    result = check_gradient(f, x, np.cos(x))
    assert not result.wrong and len(result.undecided) == 3
    assert all(entry.reason.startswith("rounding: ") for entry in result.undecided)
    assert check_gradient(f, x, 2 * np.cos(x)).wrong


# Bad input


@pytest.mark.parametrize(
    ("point", "grad", "error", "message"),
    [
        (np.array([1, 2]), np.ones(2), TypeError, "x must be an array of float64"),
        (x, np.array([1, 1, 1]), TypeError, "grad must be an array of float64"),
        (x, np.ones(3, np.float32), TypeError, "grad must have the dtype of x"),
        (x, np.ones((3, 1)), ValueError, r"shape of x, \(3,\); got \(3, 1\)"),
        (x, np.ones(2), ValueError, "grad must have the shape of x"),
        (x, {"x": np.ones(2)}, ValueError, "grad must have the shape of x"),
        ({"a": x}, x, ValueError, r"keys \['a'\]; got \['x'\]"),
        ({"a": x}, {"b": x}, ValueError, r"keys \['a'\]; got \['b'\]"),
        ({}, {}, ValueError, "empty dict"),
        ({"a": x, "b": x.astype("f4")}, {"a": x, "b": x}, TypeError, "of one dtype"),
        (np.zeros(0), np.zeros(0), ValueError, "it is empty"),
        (np.array([1.0, np.nan]), np.ones(2), ValueError, "NaN or infinite: 1 of 2"),
        (np.ma.masked_array(x, [0, 1, 0]), x, TypeError, "x must not be masked"),
        (x + 0j, x, TypeError, "got complex128"),
        (["a"], x, TypeError, "x must be an array of float64"),
    ],
)
def test_bad_arrays_are_refused_by_name(point, grad, error, message):
    with pytest.raises(error, match=message):
        check_gradient(lambda x: 0.0, point, grad)


@pytest.mark.parametrize("value", [x, None, "text", 1 + 1j, (1.0, 2.0), np.ma.masked])
def test_a_function_returns_one_real_number(value):
    with pytest.raises(TypeError, match="f must return"):
        check_gradient(lambda _: value, x, np.ones(3))


def test_options_are_checked():
    with pytest.raises(TypeError, match="f must be a function"):
        check_gradient(5, x, x)
    with pytest.raises(ValueError, match="entries must be a whole number"):
        check_gradient(np.sum, x, x, entries=0)
    with pytest.raises(TypeError, match="rng must be a numpy Generator"):
        check_gradient(np.sum, x, x, rng=3)
    with pytest.raises(TypeError, match="y must hold the labels"):
        check_gradients(MLP([2, 2]), np.ones((1, 2)), None)


# Forms of x


def test_numbers_lists_and_dicts_can_be_checked():
    assert check_gradient(lambda x: x * x, 3.0, 6.0)
    assert check_gradient(np.sum, [1.0, 2.0], [1.0, 1.0])
    f = lambda p: (p["W"] ** 2).sum() + p["b"]  # noqa: E731
    point = {"W": np.ones((2, 2)), "b": np.array(3.0)}
    grad = {"W": 2 * np.ones((2, 2)), "b": np.array(1.0)}
    assert check_gradient(f, point, grad)
    grad["W"][1, 0] = 7
    (entry,) = check_gradient(f, point, grad).wrong
    assert (entry.name, entry.index, entry.place) == ("W", (1, 0), "W[1, 0]")
    assert type(entry.index[0]) is int
    grad["b"] = np.array(2.0)
    assert ("b", ()) in places(check_gradient(f, point, grad).wrong)


def test_the_random_numbers_and_warnings_of_others_are_left_alone(recwarn):
    state = np.random.get_state()[1].copy()
    with np.errstate(all="warn"):
        check_gradient(lambda x: np.log(x - 0.79).sum(), x + 2, np.ones(3))
        assert np.geterr()["over"] == "warn"
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    assert not recwarn.list


def test_a_sample_of_the_entries_can_be_checked():
    grad = np.ones(500)
    result = check_gradient(np.sum, np.arange(500.0), grad, entries=7)
    assert result and result.checked == 7 and result.evaluations < 200
    grad[:] = 2
    again = [
        places(check_gradient(np.sum, np.arange(500.0), grad, entries=3, rng=rng).wrong)
        for rng in (None, None, np.random.default_rng(8))
    ]
    assert again[0] == again[1] != again[2]


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e100])
def test_points_of_any_size_can_be_checked(scale):
    f = lambda x: np.sin(x / scale).sum()  # noqa: E731
    grad = np.cos(x) / scale
    assert check_gradient(f, x * scale, grad)
    assert len(check_gradient(f, x * scale, -grad).wrong) == 3


# Networks


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_our_networks_are_right(activation, penalty, dtype):
    rng = np.random.RandomState(4)
    net = MLP([4, 6, 5, 3], activation, 0.5, penalty, "softmax", rng=rng, dtype=dtype)
    X, y = rng.standard_normal((5, 4)), rng.randint(3, size=5)
    for name in ("b1", "b2", "b3"):
        net.params[name] += rng.standard_normal(net.params[name].shape).astype(dtype)
    assert check_gradients(net, X, y, reg=0.1).require().checked == 30 + 35 + 18
    assert not check_gradients(net, X, y, 0.1, complex_step=False).wrong


class Doubled(MLP):
    def loss_and_grads(self, X, y, reg):
        loss, grads = super().loss_and_grads(X, y, reg)
        grads["W1"][0] *= 2
        return loss, grads


class Scaled(MLP):
    def loss(self, X, y=None, reg=0.0):
        loss, grads = super().loss(X, y, reg)
        return 1e-9 * loss, {name: 1e-9 * grad for name, grad in grads.items()}


def test_overridden_methods_are_what_is_checked():
    rng = np.random.RandomState(0)
    X, y = rng.standard_normal((5, 3)), rng.randint(2, size=5)
    net = Doubled([3, 4, 2], "tanh", std=0.5, rng=rng)
    result = check_gradients(net, X, y)
    assert sorted(places(result.wrong)) == [("W1", (0, j)) for j in range(4)]
    ratios = [entry.given / entry.expected for entry in result.wrong]
    assert ratios == pytest.approx([2] * 4)
    assert check_gradients(Scaled([3, 4, 2], "tanh", rng=rng), X, y)


def test_params_are_left_as_they_were_found_also_after_an_error():
    class Breaks(MLP):
        calls = 0

        def loss(self, X, y=None, reg=0.0):
            self.calls += 1
            if self.calls == 40:
                raise RuntimeError("broken")
            return super().loss(X, y, reg)

    net = Breaks([3, 4, 3], rng=np.random.RandomState(0))
    params, before = net.params, {k: (p, p.copy()) for k, p in net.params.items()}
    with pytest.raises(RuntimeError, match="broken"):
        check_gradients(net, np.ones((2, 3)), [0, 1], complex_step=False)
    assert check_gradients(net, np.ones((2, 3)), [0, 1]).checked == 31
    assert net.params is params
    for name, (array, values) in before.items():
        assert net.params[name] is array
        np.testing.assert_array_equal(array, values)


class Line:
    """A network that is not ours: it keeps the arrays, and never looks at the dict."""

    def __init__(self, w, factor=2.0):
        self.w, self.factor = w, factor
        self.params = {"w": w}

    def loss(self, X, y, reg):
        error = X @ self.w - y
        return (error**2).mean(), {"w": self.factor * X.T @ error / len(X)}


def test_a_network_that_is_not_ours_can_be_checked():
    rng = np.random.RandomState(0)
    X, y, w = rng.standard_normal((4, 2)), rng.standard_normal(4), np.ones(2)
    assert check_gradients(Line(w), X, y)
    assert len(check_gradients(Line(w, 1.0), X, y).wrong) == 2
    np.testing.assert_array_equal(w, 1)


def test_an_entry_costs_one_evaluation_by_complex_steps_and_six_by_differences():
    net = MLP([30, 20, 5], "tanh", rng=np.random.RandomState(0))
    X, y = np.random.RandomState(1).standard_normal((3, 30)), [0, 1, 2]
    result = check_gradients(net, X, y)
    assert result and result.evaluations < result.checked + 200
    result = check_gradients(net, X, y, complex_step=False)
    assert not result.wrong and result.evaluations < 7 * result.checked


# The result


def test_a_result_reads_well():
    right = check_gradient(np.sum, x, np.ones(3))
    assert repr(right) == right.verdict == "3 entries: 3 right"
    assert right.require() is right and right._repr_html_() == f"<p>{right.verdict}</p>"
    wrong = check_gradient(relu_sum, np.array([0.0, 1.0, 2.0]), np.array([0, 3.0, 1]))
    assert wrong.verdict == "3 entries: 1 right, 1 wrong, 1 can't tell"
    assert "wrong: x[1]: given 3, expected 1, bound" in repr(wrong)
    assert "can't tell: x[0]: given 0" in repr(wrong)
    table = wrong._repr_html_()
    assert table.count("<tr>") == 3 and '<th scope="col">' in table
    with pytest.raises(AssertionError, match=r"wrong: x\[1\]: given 3"):
        wrong.require()


def test_the_worst_entry_comes_first_and_html_is_escaped():
    point = {"<b>": x}
    result = check_gradient(lambda p: p["<b>"].sum(), point, {"<b>": x})
    gaps = [entry.exceeded for entry in result.wrong]
    assert gaps == sorted(gaps, reverse=True) and len(gaps) == 3
    assert "<b>" not in result._repr_html_() and "&lt;b&gt;[0]" in result._repr_html_()


def saturated(rng, scale):
    """Attention with queries that are so large, the point, and its gradients."""
    q, k = scale * rng.normal(size=(3, 2)), rng.normal(size=(4, 2))
    v, dout = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))

    def weights(q, k):
        scores = q @ k.T
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def f(x):
        return np.sum(dout * (weights(x["q"], x["k"]) @ x["v"]))

    P, dP = weights(q, k), dout @ v.T
    dS = P * (dP - (P * dP).sum(axis=1, keepdims=True))
    return f, {"q": q, "k": k, "v": v}, {"q": dS @ k, "k": dS.T @ q, "v": P.T @ dout}


@pytest.mark.parametrize("scale", [1, 6, 20, 50])
def test_entries_that_drown_in_the_rounding_of_larger_terms_are_not_called_wrong(scale):
    for seed in range(20):
        f, x, grad = saturated(np.random.RandomState(seed), scale)
        assert not check_gradient(f, x, grad).wrong
        wrong = check_gradient(f, x, grad | {"q": grad["q"] * 1.001}).wrong
        large = np.argwhere(np.abs(grad["q"]) > 1e-6)
        assert {(e.name, *e.index) for e in wrong} >= {("q", *at) for at in large}
