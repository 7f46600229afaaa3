"""The tools of the gradient check: from rel_error to extrapolated differences."""

import itertools

import numpy as np
import pytest
from helpers import assert_same, copies, examples, random_network
from hypothesis import given
from hypothesis import strategies as st

from mlp import MLP, eval_numerical_gradient, gradient_report, rel_error
from mlp.gradient_check import (
    complex_slope,
    extrapolated,
    neville,
    noise_of,
    value_of,
)

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
        (3 + 4j, -3 - 4j, 1),
        (1j, 0.5j, 1 / 3),
    ],
)
def test_rel_error_is_the_largest_difference_over_the_sum_of_sizes(x, y, error):
    assert rel_error(x, y) == pytest.approx(error, rel=1e-12)
    assert rel_error(y, x) == rel_error(x, y)
    assert type(rel_error(x, y)) is float


def test_rel_error_of_nan_is_nan_and_passes_no_threshold():
    assert not rel_error([1.0, np.nan], [1.0, 1.0]) < 1e6


@pytest.mark.parametrize(
    "x, y", [([1.0], [1.0, 1.0]), ([[1.0]], [1.0]), ([], []), (1, [1])]
)
def test_rel_error_compares_one_shape_only(x, y):
    with pytest.raises(
        ValueError, match=r"x and y must have one shape, not empty; got \("
    ):
        rel_error(x, y)


@pytest.mark.parametrize(
    "dtype, x, y, error",
    [
        ("uint8", 1, 2, 1 / 3),  # 1 - 2 would wrap to 255
        ("uint64", 1, 2, 1 / 3),
        ("int8", 100, -100, 1),  # 100 + 100 would wrap to -56
        ("int8", -128, 127, 1),  # |-128| would stay -128
        ("bool", True, False, 1),
        ("float16", 6e4, -6e4, 1),
        ("float16", 0, 0, 0),  # 1e-8 would be 0 in float16, and the quotient 0 / 0
        ("float32", 3e38, 2e38, 0.2),
        ("float64", 1.5e308, 1e308, 0.2),  # |x| + |y| would be inf
        ("float64", 1.7e308, -1.7e308, 1),
        ("complex128", 1.7e308 + 1.7e308j, -1.7e308 - 1.7e308j, 1),
        ("complex128", 0, 0, 0),
        ("object", 1, 2, 1 / 3),
    ],
)
def test_rel_error_neither_wraps_nor_overflows(dtype, x, y, error):
    x, y = np.array([x], dtype), np.array([y], dtype)
    assert rel_error(x, y) == pytest.approx(
        error, rel=1e-3 if dtype == "float16" else 1e-6
    )
    assert rel_error(y, x) == rel_error(x, y)


@pytest.mark.parametrize(
    "x, message",
    [
        (np.ma.array([1.0], mask=[True]), "x must not be masked"),
        (["1"], "x must hold numbers; got dtype <U1"),
        ([None], "x must hold numbers; got dtype object with None"),
    ],
    ids=["masked", "text", "None"],
)
def test_rel_error_compares_numbers_only(x, message):
    with pytest.raises(TypeError, match=message):
        rel_error(x, [1.0])
    with pytest.raises(TypeError, match=message.replace("x must", "y must")):
        rel_error([1.0], x)


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
    np.testing.assert_allclose(
        eval_numerical_gradient(lambda _: x @ x, x), [2, 4], rtol=1e-9
    )


def test_x_is_put_back_bit_for_bit():
    x = np.array([[0.1, 1e9], [-0.0, 1e-300]])
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
        (np.array([1.0], ">f8"), ">f8"),
        (np.array([True]), "bool"),
        ([1.0, 2.0], r"list; np.array\(x, float\) makes one"),
        (1.0, r"float; np.array\(x, float\) makes one"),
        (None, "NoneType"),
    ],
)
def test_anything_but_a_float64_array_is_refused(x, given):
    with pytest.raises(TypeError, match=f"x must be a float64 array; got {given}"):
        eval_numerical_gradient(lambda x: 0.0, x)


def test_the_message_for_a_pandas_series_names_the_conversion():
    class Series:
        dtype = np.dtype(float)

        def to_numpy(self, copy=False):
            return np.ones(2)

        def __array__(self, dtype=None, copy=None):
            return np.ones(2)

    with pytest.raises(
        TypeError, match=r"got Series; x.to_numpy\(copy=True\) makes one"
    ):
        eval_numerical_gradient(np.sum, Series())
    grad = eval_numerical_gradient(np.sum, Series().to_numpy(copy=True))
    np.testing.assert_allclose(grad, 1, rtol=1e-9)


def read_only(x):
    x.flags.writeable = False
    return x


def shared(x, shape, strides):
    return np.lib.stride_tricks.as_strided(x, shape, strides)


@pytest.mark.parametrize(
    "x, error, message",
    [
        (np.ma.array([1.0, 2.0]), TypeError, "x must not be masked"),
        (
            read_only(np.ones(2)),
            ValueError,
            r"writeable; got a read-only .*x.copy\(\) can be",
        ),
        (np.broadcast_to(1.0, (2,)), ValueError, r"share memory.*x.copy\(\) separates"),
        (shared(np.zeros(1), (2,), (0,)), ValueError, "share memory"),
        (shared(np.zeros(4), (2, 3), (8, 8)), ValueError, "share memory"),
        (shared(np.zeros(4), (3,), (4,)), ValueError, "share memory"),  # half an entry
        (shared(np.zeros(8)[4:], (2, 2), (-8, 8)), ValueError, "share memory"),
        (
            np.array([1.0, np.nan]),
            ValueError,
            "x must be finite; 1 entries are NaN or inf",
        ),
        (np.array([-np.inf, np.nan]), ValueError, "x must be finite; 2 entries"),
    ],
    ids=[
        "masked",
        "read-only",
        "broadcast",
        "stride 0",
        "rows overlap",
        "half an entry",
        "negative stride",
        "NaN",
        "infinite",
    ],
)
def test_an_x_whose_entries_cannot_be_moved_one_by_one_is_refused(x, error, message):
    before = x.tobytes()
    with pytest.raises(error, match=message):
        eval_numerical_gradient(np.sum, x)
    assert x.tobytes() == before


@pytest.mark.parametrize(
    "x",
    [
        np.ones(()),
        np.ones((0, 3)),
        np.ones((3, 4)).T,
        np.ones((4, 6))[::-2, ::3],
        np.ones((2, 1, 3))[:, :, 1:],
        shared(np.ones(9), (2, 2), (24, 16)),  # the gaps of one row hold the next
    ],
    ids=["a number", "empty", "transposed", "every other", "part", "interleaved"],
)
def test_views_whose_entries_are_apart_are_moved(x):
    grad = eval_numerical_gradient(np.sum, x)
    assert grad.shape == x.shape
    np.testing.assert_allclose(grad, 1, rtol=1e-9)


@pytest.mark.parametrize(
    "h, error, message",
    [
        (0, ValueError, "finite and greater than 0; got 0"),
        (-1e-5, ValueError, "finite and greater than 0; got -1e-05"),
        (np.nan, ValueError, "finite and greater than 0; got nan"),
        (np.inf, ValueError, "finite and greater than 0; got inf"),
        ("1e-5", TypeError, "h must be a number; got '1e-5'"),
        (None, TypeError, "h must be a number; got None"),
        (1e-5j, TypeError, "h must be a number; got 1e-05j"),
    ],
)
def test_the_step_is_a_positive_finite_number(h, error, message):
    with pytest.raises(error, match=message):
        eval_numerical_gradient(lambda x: 0.0, np.zeros(2), h=h)


@pytest.mark.parametrize("x", [1.0, 100.0, 1e4, 1e6, 1e10, -12345.678, 2.0**30])
def test_the_difference_is_divided_by_the_distance_really_moved(x):
    assert eval_numerical_gradient(lambda x: x[0], np.array([x])) == 1
    assert eval_numerical_gradient(lambda x: -2 * x[0], np.array([x])) == -2


@pytest.mark.parametrize(
    "x, h, message",
    [
        (
            [0.0, 1e12],
            1e-5,
            r"rounds away at index \(1,\), x = 1000000000000.0, h = 1e-05",
        ),
        (
            [1.0],
            1e-20,
            r"rounds away at index \(0,\), x = 1.0, h = 1e-20: choose a larger h",
        ),
        ([[-1e12]], 1e-5, r"rounds away at index \(0, 0\), x = -1000000000000.0"),
        ([1e308], 1e308, r"overflows at index \(0,\), .*: choose a smaller h"),
        ([0.0], 1e308, "overflows"),  # the two points are finite, their distance is not
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_step_that_moves_nothing_or_overflows_is_named(x, h, message):
    point = np.array(x)
    with pytest.raises(ValueError, match=message):
        eval_numerical_gradient(np.sum, point, h=h)
    assert point.tolist() == x


def test_a_step_that_moves_one_side_only_gives_the_slope():
    x = 2.0**53  # the next floats are x - 1 and x + 2
    assert eval_numerical_gradient(np.sum, np.array([x]), h=1.0) == 1


@pytest.mark.parametrize(
    "value",
    [
        2.5,
        np.float32(2.5),
        np.float64(2.5),
        np.array(2.5),
        np.array([[2.5]]),
        np.longdouble(2.5),
    ],
)
def test_a_value_of_f_is_one_number_in_any_form(value):
    assert value_of(lambda x: value, None) == 2.5
    assert type(value_of(lambda x: value, None)) is float


@pytest.mark.parametrize("shape", [(), (1,)], ids=str)
def test_f_may_use_its_buffer_again(shape):
    buffer, x = np.empty(shape), np.array([1.0, 2.0])
    grad = eval_numerical_gradient(lambda x: np.square(x[0], out=buffer), x)
    np.testing.assert_allclose(grad, [2, 0], atol=1e-9)


@pytest.mark.parametrize(
    "view", [lambda x: x[:1], lambda x: x[0, ...]], ids=["one entry", "no axis"]
)
def test_f_may_return_a_view_of_x(view):
    grad = eval_numerical_gradient(view, np.array([1.0, 2.0]))
    np.testing.assert_allclose(grad, [1, 0], atol=1e-9)


@pytest.mark.parametrize(
    "value, given",
    [
        ((1.5, {"W1": np.ones(2)}), r"\(1.5, {'W1': array"),
        ([1.5], r"\[1.5\]"),
        (np.ones(2), r"array\(\[1., 1.\]\)"),
        (np.ones(0), "array"),
        (None, "None"),
        ("1.5", "'1.5'"),
        (np.str_("1.5"), "np.str_"),
        (1j, "1j"),
        (np.complex128(1j), "np.complex128"),
        (np.array([1j]), "array"),
        (np.array([None]), "array"),
        (np.ma.masked, "masked"),
        (np.ma.array([1.5], mask=[True]), "masked_array"),
    ],
)
def test_f_must_return_one_real_number(value, given):
    x = np.array([1.0, -0.0])
    before = x.tobytes()
    with pytest.raises(
        TypeError, match=f"f must return one real number, .*; got {given}"
    ):
        eval_numerical_gradient(lambda x: value, x)
    assert x.tobytes() == before


def test_verbose_prints_each_index_and_its_derivative(capsys):
    eval_numerical_gradient(lambda x: x[0, 0], np.zeros((1, 2)), verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0].startswith("(0, 0)") and lines[1] == "(0, 1) 0.0" and len(lines) == 2
    )
    eval_numerical_gradient(lambda x: x[0, 0], np.zeros((1, 2)))
    assert capsys.readouterr().out == ""


# gradient_report


def test_the_report_has_a_small_error_for_each_parameter_and_moves_none():
    net = random_network([4, 5, 5, 3])
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
    net = random_network([4, 3], dtype=np.float32)
    with pytest.raises(TypeError, match="float64 array; got float32"):
        gradient_report(net, *examples(net, 6))


def calls_of(net):
    """Count the calls of net.loss in a list."""
    calls, loss = [], net.loss
    net.loss = lambda *args: calls.append(1) or loss(*args)
    return calls


def test_a_report_on_all_entries_takes_two_losses_for_each():
    net = random_network([4, 5, 3])
    X_y, calls = examples(net, 6), calls_of(net)
    gradient_report(net, *X_y)
    assert len(calls) == 1 + 2 * (20 + 5 + 15 + 3)


def test_a_report_on_some_entries_takes_two_losses_for_each_of_them():
    net = random_network([4, 5, 3])
    X_y, calls = examples(net, 6), calls_of(net)
    before = copies(net.params)
    report = gradient_report(net, *X_y, entries=4)
    assert len(calls) == 1 + 2 * (4 + 4 + 4 + 3)
    assert report.keys() == net.params.keys()
    assert all(error < 1e-6 for error in report.values())
    assert_same(net.params, before)


class OneEntryWrong(MLP):
    def loss_and_grads(self, X, y, reg):
        loss, grads = super().loss_and_grads(X, y, reg)
        grads["W1"][1, 2] += 1
        return loss, grads


def found(net, **options):
    return gradient_report(net, *examples(net, 6), **options)["W1"] > 1e-3


def test_a_sample_as_large_as_the_array_is_the_whole_array():
    net = OneEntryWrong([4, 5, 3], rng=np.random.default_rng(0))
    assert found(net, entries=20)
    assert found(net, entries=10**6)


def test_the_generator_draws_which_entries_are_checked():
    net = OneEntryWrong([4, 5, 3], rng=np.random.default_rng(0))

    def draws():
        rng = np.random.default_rng(3)
        return [found(net, entries=10, rng=rng) for _ in range(40)]

    first = draws()
    assert draws() == first
    assert 8 < sum(first) < 32  # half of the entries each time


def test_the_default_draws_the_same_entries_each_time_and_leaves_the_global_state():
    net = OneEntryWrong([4, 5, 3], rng=np.random.default_rng(0))
    state = np.random.get_state()[1].tolist()
    results = {found(net, entries=10) for _ in range(10)}
    assert results == {found(net, entries=10, rng=np.random.RandomState(0))}
    assert np.random.get_state()[1].tolist() == state


@pytest.mark.parametrize(
    "options, error, message",
    [
        (
            {"entries": 0},
            ValueError,
            "entries must be a whole number, .* at least 1; got 0",
        ),
        ({"entries": 2.5}, TypeError, "entries must be a whole number; got 2.5"),
        ({"entries": "all"}, TypeError, "entries must be a whole number; got 'all'"),
        (
            {"rng": 0, "entries": 3},
            TypeError,
            "rng must be a numpy Generator or RandomState",
        ),
        (
            {"h": np.inf},
            ValueError,
            "h must be a number, finite and greater than 0; got inf",
        ),
        ({"h": 1e-30}, ValueError, "the step rounds away at index"),
        ({"reg": -1}, ValueError, "reg must be a number"),
    ],
)
def test_a_bad_setting_of_the_report_is_named(options, error, message):
    net = random_network([4, 3])
    before = copies(net.params)
    with pytest.raises(error, match=message):
        gradient_report(net, *examples(net, 6), **options)
    assert_same(net.params, before)


def test_a_gradient_of_another_shape_is_named():
    class Row(MLP):
        def loss_and_grads(self, X, y, reg):
            loss, grads = super().loss_and_grads(X, y, reg)
            return loss, grads | {"b1": grads["b1"][None]}

    net = Row([4, 5, 3])
    message = r"the gradient by b1 must have shape \(5,\); got \(1, 5\)"
    with pytest.raises(ValueError, match=message):
        gradient_report(net, *examples(net, 6))


def test_a_report_that_is_quick_shows_no_bar(capsys):
    net = random_network([4, 3])
    gradient_report(net, *examples(net, 6))
    assert capsys.readouterr() == ("", "")


def test_a_report_that_is_slow_counts_the_entries_on_the_error_stream(
    capsys, monkeypatch
):
    clock = itertools.count()  # a second later at every look
    monkeypatch.setattr("tqdm.std.time", lambda: float(next(clock)))
    net = random_network([4, 3])
    gradient_report(net, *examples(net, 6))
    shown = capsys.readouterr()
    assert "15/15" in shown.err and "entry" in shown.err and shown.out == ""


# Complex steps, noise, extrapolation


def rational(x):
    return np.sum(x[0] / (1 + x[1] ** 2) * np.exp(x[2]))


def test_a_complex_step_is_the_slope_along_a_direction():
    x, d = np.array([0.5, -2.0, 1.0]), np.array([1.0, 2.0, -1.0])
    power = np.exp(1.0)
    grad = np.array([power / 5, 0.5 * 4 / 25 * power, 0.5 / 5 * power])
    assert complex_slope(rational, x, d) == pytest.approx(grad @ d, rel=1e-15)
    assert type(complex_slope(rational, x, d)) is float


@pytest.mark.parametrize("h", [1e-3, 1e-2])
def test_the_error_of_a_complex_step_is_the_third_term_of_the_series(h):
    error = complex_slope(np.exp, 1.0, 1.0, h) / np.e - 1
    assert error == pytest.approx(-(h**2) / 6, rel=1e-3)


@pytest.mark.parametrize("k", [8, 30, 100, 300])
def test_a_tiny_complex_step_loses_nothing(k):
    slope = complex_slope(lambda x: np.sin(x) ** 2, 0.7, 1.0, 10.0**-k)
    assert slope == pytest.approx(np.sin(1.4), rel=1e-15)


@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e-3])
def test_noise_of_finds_the_size_of_the_noise_and_not_the_function(size):
    rng = np.random.default_rng(0)
    found = [
        noise_of(
            lambda t: np.sin(1 + t) + size * rng.standard_normal(), np.sin(1), 1e-9
        )
        for _ in range(30)
    ]
    assert size / 2 < np.median(found) < size
    assert max(found) < 3 * size


def test_a_smooth_function_shows_no_more_noise_than_its_rounding():
    for f in (np.exp, np.sin, np.log, np.tanh):
        noise = noise_of(lambda t: f(1.3 + t), f(1.3), 2.0**-36)  # noqa: B023
        assert noise < 2 * np.finfo(float).eps * abs(f(1.3))


def test_noise_of_takes_a_larger_step_when_nothing_changes():
    steps = []

    def phi(t):
        steps.append(t)
        return float(np.sin(np.float32(1 + t)))

    assert 1e-9 < noise_of(phi, phi(0), 2.0**-36) < 1e-7
    assert max(steps) > 2.0**-20


def test_noise_of_a_constant_is_0():
    assert noise_of(lambda t: 2.0, 2.0, 1e-9) == 0


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_noise_of_values_that_are_not_finite_is_0(value):
    assert noise_of(lambda t: value, 1.0, 1e-9) == 0


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_noise_neither_overflows_nor_underflows(scale):
    noise = noise_of(lambda t: scale * np.sin(1 + t), scale * np.sin(1), 2.0**-36)
    assert 0 < noise < 1e-15 * scale


def test_nevilles_table_is_exact_for_polynomials():
    steps = np.array([1.0, 0.5, 0.25, 0.125])
    table = neville(steps, 3 + 2 * steps - steps**2 + 5 * steps**3)
    assert [len(row) for row in table] == [4, 3, 2, 1]
    assert table[3][0] == pytest.approx(3, rel=1e-14)
    assert table[1][0] == pytest.approx(2 * table[0][1] - table[0][0], rel=1e-14)


STEPS = 2.0**-7 * 8.0 ** -np.arange(4)


@pytest.mark.parametrize(
    "f, slope",
    [(np.exp, np.e), (np.sin, np.cos(1)), (np.log, 1), (lambda x: 1 / x, -1)],
    ids=["exp", "sin", "log", "1/x"],
)
def test_the_error_of_an_extrapolated_slope_is_within_its_estimate(f, slope):
    quotients = (f(1 + STEPS) - f(1 - STEPS)) / (2 * STEPS)
    found = extrapolated(STEPS**2, quotients, 1e-15 / STEPS)
    assert abs(found.value - slope) <= found.error < 1e-9
    assert 0 < found.rounding <= found.error


def test_noise_widens_the_estimate():
    rng = np.random.default_rng(0)
    for noise in (1e-10, 1e-6, 1e-3):
        rounding = noise / STEPS
        for _ in range(50):
            quotients = 2 + 3 * STEPS**2 + rounding * rng.uniform(-1, 1, 4)
            found = extrapolated(STEPS**2, quotients, rounding)
            assert abs(found.value - 2) <= found.error


def test_values_that_agree_by_accident_give_way_to_smaller_steps():
    quotients = np.array([5.0, 5.0, 5.0, 1.01, 1.001, 1.0001])  # a bump far out
    steps = 8.0 ** -np.arange(6)
    found = extrapolated(steps, quotients, np.full(6, 1e-12))
    assert abs(found.value - 1) < 0.01


def test_quotients_that_nothing_settles_have_an_infinite_error():
    found = extrapolated(np.array([1.0]), np.array([2.0]), np.array([0.0]))
    assert np.isnan(found.value) and found.error == np.inf
