"""Gradients of whole networks beside a complex step, which has no rounding to speak
of.
"""

import numpy as np
import pytest
from helpers import ACTIVATION_NAMES

from mlp import MLP, relu, softplus


def complex_step(net, X, y, reg, name, index):
    """The slope of the loss by one parameter: the imaginary part of a step of
    1e-30i.
    """
    params = net.params
    net.params = {other: p.astype(complex) for other, p in params.items()}
    net.params[name][index] += 1e-30j
    try:
        return net.loss(X, y, reg)[0].imag / 1e-30
    finally:
        net.params = params


@pytest.mark.parametrize("scale", [1, 30])
@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("output, K", [("softmax", 3), ("sigmoid", 1)])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_gradients_are_a_complex_step_to_1e_minus_12(
    activation, output, K, penalty, scale
):
    rng = np.random.RandomState(0)
    net = MLP([8, 5, 4, K], activation, 0.5, penalty, output, rng)
    X = scale * rng.standard_normal((12, 8))
    y = rng.randint(max(K, 2), size=12)
    for name, grad in net.loss(X, y, 0.1)[1].items():
        expected = np.empty_like(grad)
        for index in np.ndindex(grad.shape):
            expected[index] = complex_step(net, X, y, 0.1, name, index)
        assert np.abs(grad - expected).max() <= 1e-12 * np.abs(grad).max(), name


def test_relu_of_complex_numbers_looks_at_the_real_part_also_at_the_kink():
    z = np.array([-1, 0, 1, np.nan]) + 1e-30j
    np.testing.assert_array_equal(relu(z)[:3].imag, [0, 0, 1e-30])
    assert np.isnan(relu(z)[3])


@pytest.mark.parametrize("z", [-40.0, -20.0, -3.0, 0.5, 30.0])
def test_softplus_of_complex_numbers_keeps_its_digits(z):
    assert softplus(np.array(z + 0j)).real == pytest.approx(softplus(z), rel=1e-15)
