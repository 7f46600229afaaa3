"""What several test files share: small networks and data, and hypothesis's settings."""

import os

import numpy as np
from hypothesis import Phase, settings

from mlp import MLP
from mlp.activations import ACTIVATIONS

ACTIVATION_NAMES = sorted(ACTIVATIONS)

settings.register_profile(
    "book", max_examples=200, derandomize=True, deadline=None, database=None
)
settings.register_profile(  # for wrong code: one counterexample will do, however large
    "mutants", settings.get_profile("book"), max_examples=10, phases=[Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "book"))


def network(sizes, activation="tanh", seed=0, **options):
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
