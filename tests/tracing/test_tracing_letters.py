"""What a formula is does not depend on the names of its indices."""

import numpy as np
import pytest

from mlp import prove_backward, prove_gradient

KERNELS = {  # of which another term leads when the indices change places
    "tanh": lambda x: 1 / (3 + np.tanh(x[:, None]) - np.tanh(x[None])),
    "tanh, twice": lambda x: 1 / (5 + np.tanh(x[:, None]) - 2 * np.tanh(x[None])),
    "squares": lambda x: 1 / (1 + 2 * x[:, None] ** 2 + x[None] ** 2),
    "exponentials": lambda x: 1 / (2 * np.exp(x[:, None]) + np.exp(x[None])),
    "distances": lambda x: 1 / (1 + np.abs(x[:, None] - x[None])),
    "a root": lambda x: 1 / np.sqrt(1 + (x[:, None] - x[None]) ** 2),
    "t-SNE": lambda x: 1 / (1 + (x[:, None] - x[None]) ** 2),
}


def weighed(kernel, axis):
    def loss(v, x):
        return (kernel(x).sum(axis=axis) * v).sum()

    return loss


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", KERNELS)
def test_a_sum_of_quotients_is_proved(name, axis):
    kernel = KERNELS[name]

    def gradient(v, x):
        return {"v": kernel(x).sum(axis=axis)}

    assert prove_gradient(weighed(kernel, axis), gradient, v="N", x="N")


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("factor", [-1, -0.5, 2])
@pytest.mark.parametrize("name", KERNELS)
def test_a_factor_is_not_lost_where_numbers_do_not_come(name, factor, axis):
    kernel = KERNELS[name]

    def loss(w, v, x):
        return weighed(kernel, axis)(v, x) * w * (w > 1e6)

    def gradient(w, v, x):
        return {"v": factor * kernel(x).sum(axis=axis) * w * (w > 1e6)}

    assert not prove_gradient(loss, gradient, w="", v="N", x="N")


def test_distances_of_points_keep_their_factor():
    def kernel(x):
        return 1 / (1 + ((x[:, None] - x[None]) ** 2).sum(axis=-1))

    def forward(x, w):
        return kernel(x).sum(axis=1) * w

    result = prove_backward(
        forward, lambda d, x, w: {"w": d * kernel(x).sum(axis=1)}, x="N D", w="N"
    )
    assert result


LOGARITHMS = {  # functions of x that have no value where x is negative
    "a mask": (lambda x: (x > 0) * np.log(x), lambda d, x: d * (x > 0) / x),
    "a difference": (
        lambda x: np.log(2 * x) - np.log(x) + 1 / x,
        lambda d, x: -d / x**2,
    ),
    "times 0": (lambda x: 0 * np.log(x) + 1 / x, lambda d, x: -d / x**2),
    "undone": (lambda x: np.exp(np.log(x)) + 1 / x, lambda d, x: d - d / x**2),
}


@pytest.mark.parametrize("name", LOGARITHMS)
def test_the_domain_of_a_logarithm_that_has_cancelled_is_told(name):
    result = prove_backward(*LOGARITHMS[name], x="N D")
    assert "wherever both functions return finite values" in result.given


def test_a_count_is_no_kink():
    def masked_mean(x):
        m = x > 0
        return (x * m).sum() / max(m.sum(), 1)

    def backward(dout, x):
        m = x > 0
        return dout * m / max(m.sum(), 1)

    result = prove_backward(masked_mean, backward, x="N D")
    assert result and "- 1 is not 0" not in result.given
