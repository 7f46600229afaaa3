"""float32: no array that enters a product leaves the normal numbers."""

import numpy as np
import pytest

from mlp import MLP, network
from mlp.training import lean_step


@pytest.fixture(scope="module")
def mnist_batches(mnist_parts):
    """200 batches of 100 images in float32, as the training loop would draw them."""
    images, labels = mnist_parts[0]
    order = np.random.RandomState(1).permutation(20000).reshape(200, 100)
    X = images[:20000].astype(np.float32)
    X -= X.mean(axis=0)
    return [(X[batch], labels[batch].astype(np.intp)) for batch in order]


def subnormal(array):
    return np.count_nonzero((array != 0) & (np.abs(array) < np.finfo(array.dtype).tiny))


@pytest.mark.parametrize("scale", [1, 255], ids=["raw pixels", "scaled pixels"])
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "softplus"])
def test_no_array_that_enters_a_product_holds_a_subnormal_float32(
    activation, scale, mnist_batches, monkeypatch
):
    counts = dict.fromkeys(["X", "W1", "H", "W2", "dscores", "dZ"], 0)

    def count(name, array):
        counts[name] += subnormal(array)
        return array

    def watched(params, hidden, dscores, f_prime_of_h):
        for name, array in zip(["X", "H"], hidden, strict=True):
            count(name, array)
        count("W1", params["W1"])
        count("W2", params["W2"])
        dH = count("dscores", dscores) @ params["W2"].T
        count("dZ", dH * f_prime_of_h(hidden[1]))
        return network.backward(params, hidden, dscores, f_prime_of_h)

    monkeypatch.setattr("mlp.model.backward", watched)
    rng = np.random.RandomState(0)
    net = MLP([784, 64, 10], activation, rng=rng, dtype=np.float32)
    for X, y in mnist_batches:
        lean_step(net, X / np.float32(scale), y, 1e-3, 0.5)
    assert counts == dict.fromkeys(counts, 0)
