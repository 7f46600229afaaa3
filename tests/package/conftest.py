"""MNIST, read once for all files of tests. Nobody writes into these arrays."""

import pytest

from mlp.data import get_MNIST_data, read_mnist


@pytest.fixture(scope="session")
def mnist_parts():
    """What `read_mnist` returns."""
    return read_mnist()


@pytest.fixture(scope="session")
def mnist():
    """What `get_MNIST_data` returns."""
    return get_MNIST_data()
