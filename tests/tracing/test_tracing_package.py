"""The package's own functions, proved as they are."""

import copy

import numpy as np
import pytest

from mlp import ACTIVATIONS, MLP
from mlp.losses import (
    PENALTIES,
    binary_cross_entropy,
    softmax,
    softmax_cross_entropy,
)
from mlp.network import backward, forward
from mlp.tracing import prove_backward, prove_gradient


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    f, f_prime_of_h = ACTIVATIONS[name]

    def layer(z):
        h = f(z)
        return h, h

    result = prove_backward(layer, lambda dh, h: dh * f_prime_of_h(h), z="N H")
    assert result, result


def test_softmax():
    def layer(scores):
        P = softmax(scores)
        return P, P

    def layer_backward(dP, P):
        return P * (dP - np.sum(dP * P, axis=1, keepdims=True))

    assert prove_backward(layer, layer_backward, scores="N K")


@pytest.mark.parametrize(
    "loss, shapes",
    [
        (softmax_cross_entropy, dict(scores="N K", y="N of K")),
        (binary_cross_entropy, dict(scores="N 1", y="N of 2")),
    ],
)
def test_losses(loss, shapes):
    result = prove_gradient(
        lambda scores, y: loss(scores, y)[0],
        lambda scores, y: loss(scores, y)[1],
        **shapes,
    )
    assert result, result
    wrong = prove_gradient(
        lambda scores, y: loss(scores, y)[0],
        lambda scores, y: -loss(scores, y)[1],
        **shapes,
    )
    assert wrong.verdict == "wrong"


@pytest.mark.parametrize("name", PENALTIES)
def test_penalties(name):
    penalty, penalty_grad = PENALTIES[name]
    assert prove_gradient(penalty, penalty_grad, W="D H")
    assert prove_gradient(penalty, penalty_grad, W="A B C")


def layer_shapes(layers):
    """Return the shapes of the parameters of a network."""
    sizes = ["D", "H", "M", "L"][:layers] + ["K"]
    shapes = {}
    for k in range(layers):
        shapes |= {f"W{k + 1}": f"{sizes[k]} {sizes[k + 1]}", f"b{k + 1}": sizes[k + 1]}
    return shapes


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_forward_and_backward(name, layers):
    f, f_prime_of_h = ACTIVATIONS[name]

    def network(X, **params):
        scores, hidden = forward(params, X, f)
        return scores, (params, hidden)

    def network_backward(dscores, cache):
        params, hidden = cache
        return backward(params, hidden, dscores, f_prime_of_h)

    result = prove_backward(network, network_backward, X="N D", **layer_shapes(layers))
    assert result and len(result.arguments) == 2 * layers, result


def network_functions(activation, penalty):
    """Return a network's loss and gradients as functions without a state."""
    net = MLP([2, 2, 2], activation, penalty=penalty)

    def with_params(params):
        other = copy.copy(net)
        other.params = params
        return other

    return (
        lambda X, y, reg, **params: with_params(params).loss_and_grads(X, y, reg)[0],
        lambda X, y, reg, **params: with_params(params).loss_and_grads(X, y, reg)[1],
    )


@pytest.mark.parametrize("activation, penalty", [("tanh", "l2"), ("relu", "l1")])
def test_the_whole_loss(activation, penalty):
    loss, grads = network_functions(activation, penalty)
    result = prove_gradient(loss, grads, X="N D", y="N of K", reg="", **layer_shapes(2))
    assert result, result
    assert "reg" in result.given
