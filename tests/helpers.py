"""What several test files share: small networks and data."""

import numpy as np

from mlp import MLP
from mlp.activations import ACTIVATIONS

ACTIVATION_NAMES = sorted(ACTIVATIONS)


def random_network(sizes, activation="tanh", seed=0, **options):
    """An MLP whose weights and biases are random and of moderate size."""
    rng = np.random.default_rng(seed)
    net = MLP(sizes, activation, std=0.5, rng=rng, **options)
    for name, p in net.params.items():
        if name.startswith("b"):
            p[:] = 0.5 * rng.standard_normal(p.shape)
    return net


def examples(net, N, seed=1):
    """N random rows and labels that fit the network."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, net.sizes[0]))
    return X, rng.integers(max(net.sizes[-1], 2), size=N)


def copies(params):
    return {name: p.copy() for name, p in params.items()}


def assert_same(params, expected):
    """Same keys, same bits."""
    assert params.keys() == expected.keys()
    for name in params:
        np.testing.assert_array_equal(params[name], expected[name], err_msg=name)
