"""Activations: values, no overflow, and derivatives written in the output h."""

import mpmath
import numpy as np
import pytest
from exact import EXACT
from helpers import ACTIVATION_NAMES

import mlp
from mlp.activations import ACTIVATIONS, relu, relu_prime_of_h, sigmoid

POINTS = np.array([-30, -3, -0.7, -1e-3, 1e-3, 0.4, 2, 30])  # no kink among them
HUGE = [-1e4, -800, -100, 0, 100, 800, 1e4]

pytestmark = pytest.mark.filterwarnings("error")
each_activation = pytest.mark.parametrize("name", ACTIVATION_NAMES)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def test_the_table_names_each_activation_and_its_derivative():
    for name, (f, f_prime_of_h) in ACTIVATIONS.items():
        assert (f.__name__, f_prime_of_h.__name__) == (name, f"{name}_prime_of_h")
        assert getattr(mlp, name) is f


def test_each_activation_has_a_formula_of_50_digits_to_be_compared_with():
    assert set(EXACT) == set(ACTIVATIONS), "tests/exact.py lists a formula for each"


@each_activation
def test_values_are_exact_to_rounding(name):
    with mpmath.workdps(50):
        exact = [float(EXACT[name](mpmath.mpf(z))) for z in POINTS]
    np.testing.assert_allclose(ACTIVATIONS[name][0](POINTS), exact, rtol=5e-15)


@each_activation
def test_derivative_in_h_is_the_derivative_by_z(name):
    f, f_prime_of_h = ACTIVATIONS[name]
    with mpmath.workdps(50):
        exact = [float(mpmath.diff(EXACT[name], mpmath.mpf(z))) for z in POINTS]
    slope = f_prime_of_h(f(POINTS))
    np.testing.assert_allclose(slope, exact, rtol=1e-12, atol=1e-15)


@each_activation
def test_derivative_agrees_with_centered_differences(name):
    f, f_prime_of_h = ACTIVATIONS[name]
    z, step = np.linspace(-3, 3, 50), 1e-5  # an even number of points: none at the kink
    numeric = (f(z + step) - f(z - step)) / (2 * step)
    np.testing.assert_allclose(f_prime_of_h(f(z)), numeric, atol=1e-9)


@each_dtype
@each_activation
def test_huge_inputs_give_finite_values_of_the_same_dtype(name, dtype):
    z = np.array(HUGE, dtype)
    f, f_prime_of_h = ACTIVATIONS[name]
    h = f(z)
    slope = f_prime_of_h(h)
    assert h.dtype == dtype and slope.dtype in (dtype, bool)
    assert np.isfinite(h).all() and np.isfinite(slope).all()
    assert (0 <= slope).all() and (slope <= 1).all()
    assert (np.diff(h) >= 0).all()


@each_dtype
@pytest.mark.parametrize(
    "name, left, right",
    [("sigmoid", 0, 1), ("tanh", -1, 1), ("relu", 0, 1e4), ("softplus", 0, 1e4)],
)
def test_limits_are_reached_exactly(name, left, right, dtype):
    h = ACTIVATIONS[name][0](np.array([-1e4, 1e4], dtype))
    np.testing.assert_array_equal(h, np.array([left, right], dtype))


@each_activation
def test_any_shape_is_kept_and_the_input_stays_as_it_was(name):
    f, f_prime_of_h = ACTIVATIONS[name]
    for shape in [(), (3,), (2, 3), (2, 0, 3)]:
        z = np.full(shape, 0.3)
        h = f(z)
        assert np.shape(h) == np.shape(f_prime_of_h(h)) == shape
        np.testing.assert_array_equal(z, np.full(shape, 0.3))


@each_activation
def test_value_at_zero(name):
    exact = pytest.approx(float(EXACT[name](mpmath.mpf(0))), rel=1e-15, abs=0)
    assert ACTIVATIONS[name][0](np.zeros(1)) == exact


def test_sigmoid_is_symmetric_about_one_half():
    z = np.linspace(0, 30, 61)
    np.testing.assert_allclose(sigmoid(-z), 1 - sigmoid(z), atol=1e-15)


def test_slope_of_relu_is_a_mask_that_is_false_at_zero():
    mask = relu_prime_of_h(relu(np.array([-2.0, -0.0, 0.0, 1e-300, 2.0])))
    assert mask.dtype == bool
    assert mask.tolist() == [False, False, False, True, True]


@each_activation
def test_nan_stays_nan(name):
    with np.errstate(invalid="ignore"):  # NumPy's logaddexp says so aloud
        assert np.isnan(ACTIVATIONS[name][0](np.array([np.nan]))).all()


@pytest.mark.parametrize("name", ["sigmoid", "softplus"])
def test_float32_goes_to_0_where_products_would_leave_its_normal_numbers(name):
    z = np.linspace(-104, 0, 2081, dtype=np.float32)
    f, f_prime_of_h = ACTIVATIONS[name]
    h = f(z)
    assert (h[z <= -30] == 0).all() and (h[z > -30] > 9e-14).all()
    np.testing.assert_allclose(h[z > -30], f(z.astype(float))[z > -30], rtol=1e-5)
    assert ((f_prime_of_h(h) == 0) | (f_prime_of_h(h) > 9e-14)).all()
    assert (f(z.astype(float)) > 0).all()  # float64 stays as it is
