"""Gates and skip connections: values by hand, far numbers, and the gradient check."""

import math

import numpy as np
import pytest

from mlp import gates, layers
from mlp.activations import sigmoid
from mlp.layer_checks import check_layer

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(5, 4))
PARAMS = {
    "W1": RNG.normal(size=(4, 3)),
    "b1": RNG.normal(size=3),
    "W2": RNG.normal(size=(3, 4)),
    "b2": RNG.normal(size=4),
}
BRANCH = gates.branch_forward, gates.branch_backward
each_gate = pytest.mark.parametrize("gate", gates.GATES)

pytestmark = pytest.mark.filterwarnings("error")


def value(gate, z):
    return gates.GATES[gate][0](np.array([[z]]))[0].item()


@each_gate
def test_a_gate_is_0_at_0_with_the_slope_one_half(gate):
    forward, backward = gates.GATES[gate]
    out, cache = forward(np.zeros((2, 3)))
    assert (out == 0).all() and (backward(np.ones((2, 3)), cache)[0] == 0.5).all()


def test_gates_at_1():
    assert math.isclose(value("gelu", 1.0), 0.8413447460685429)  # Φ(1)
    assert math.isclose(value("gelu_tanh", 1.0), 0.8413447460685429, abs_tol=2e-4)
    assert math.isclose(value("silu", 1.0), float(sigmoid(1.0)))


@each_gate
@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1e6, 1e90])
def test_far_numbers_pass_or_are_shut_out(gate, scale):
    forward, backward = gates.GATES[gate]
    out, cache = forward(scale * Z)
    (dz,) = backward(np.ones_like(Z), cache)
    assert np.isfinite(out).all() and np.isfinite(dz).all()
    if scale > 1:
        np.testing.assert_allclose(out, np.maximum(scale * Z, 0), atol=1e-300)
        np.testing.assert_allclose(dz, Z > 0, atol=1e-300)


@each_gate
def test_the_check_finds_a_gate_right(gate):
    assert check_layer(*gates.GATES[gate], z=Z)


def test_the_check_finds_a_branch_and_a_block_right():
    def block_forward(x, W1, b1, W2, b2):
        return layers.residual_forward(x, BRANCH, W1, b1, W2, b2)

    def block_backward(dout, cache):
        dx, dbranch, *dparams = layers.residual_backward(dout, cache)
        assert dbranch is None
        return dx, *dparams

    assert check_layer(*BRANCH, x=Z, **PARAMS)
    assert check_layer(block_forward, block_backward, x=Z, **PARAMS)


def test_a_skip_around_nothing_hands_on_what_it_gets():
    nothing = (lambda x: (0 * x, None)), (lambda dout, cache: (0 * dout,))
    out, cache = layers.residual_forward(Z, nothing)
    assert np.array_equal(out, Z)
    assert np.array_equal(layers.residual_backward(Z, cache)[0], Z)
