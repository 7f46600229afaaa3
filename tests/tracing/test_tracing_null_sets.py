"""Null sets that are none at one size, and hypotheses that leave out too much.

A number that is 0 for all inputs at N = 7 alone has no null set of zeros there, and
what the backward pass needs beyond the forward pass must be so almost everywhere.
"""

import numpy as np
import pytest

from mlp.tracing import prove_backward, prove_gradient


def square(x):
    return x * x


# 1. numbers that are 0 at one size


LOST = {
    "products in two forms": lambda x: (len(x) * (x @ x.T) - 3.5 * (x @ (2 * x).T)).sum(
        axis=1, keepdims=True
    ),
    "a root of a square": lambda x: (
        len(x) * np.sqrt((1 + x * x) ** 2) - 7 * (1 + x * x)
    ),
    "tanh and exp": lambda x: len(x) * np.tanh(x) - 7 * (1 - 2 / (1 + np.exp(2 * x))),
    "sin² + cos²": lambda x: len(x) * np.sin(x) ** 2 - 7 + 7 * np.cos(x) ** 2,
    "cos of a double": lambda x: np.cos(2 * len(x) * x) - 1 + 2 * np.sin(7 * x) ** 2,
    "sin of a double": lambda x: len(x) * np.sin(2 * x) - 14 * np.sin(x) * np.cos(x),
    "a power": lambda x: (1 / (1 + x * x)) ** len(x) - 1 / (1 + x * x) ** 7,
    "two angles": lambda x: (
        len(x) * (np.arctan(x) + np.pi / 2) - 14 * np.arctan(x + np.sqrt(1 + x * x))
    ),
    "a mean and a sum": lambda x: (x @ x.T).mean() * 98 - (x @ (2 * x).T).sum() + 0 * x,
    "terms that add up to N": lambda x: (
        (np.sin(x[:, 0]) ** 2 + np.cos(x[:, 0]) ** 2).sum() - 7 + 0 * x
    ),
    "sizes inside": lambda x: np.tanh(x * (len(x) - 7)) + 0 * x,
    "a product of two sums": lambda x: (x.sum() ** 2 * len(x) - 7 * x.sum() ** 2) * x,
}


@pytest.mark.parametrize("name", LOST)
def test_what_is_0_at_one_size_has_no_null_set_of_zeros(name):
    u = LOST[name]

    def forward(x):
        return x * (u(x) > 0)

    def backward(dout, x):
        return dout * (u(x) >= 0)

    assert prove_backward(forward, backward, x="N D").verdict == "checked"


@pytest.mark.parametrize("name", LOST)
def test_what_is_0_at_one_size_has_a_sign_of_0_there(name):
    u = LOST[name]

    def backward(dout, x):
        return 2 * x * dout * (np.sign(u(x).sum()) ** 2)

    def by_branch(dout, x):
        return 2 * x * dout * (1 if u(x).sum() != 0 else 2)

    assert prove_backward(square, backward, x="N D").verdict != "proved"
    assert prove_backward(square, by_branch, x="N D").verdict != "proved"


def stacked(x, w):
    return np.stack([len(x) * (x @ w), 3.5 * (x @ (2 * w))])


def test_two_numbers_that_are_the_same_at_one_size_have_no_larger_one():
    def backward(dout, x, w):
        z = stacked(x, w)
        top = z == z.max(axis=0)
        e = dout * (top[0] * len(x) + 7 * top[1])
        return e @ w.T, x.T @ e

    def forward(x, w):
        return stacked(x, w).max(axis=0)

    assert prove_backward(forward, backward, x="N D", w="D K").verdict != "proved"


def test_a_coefficient_of_two_sizes_may_vanish():
    def u(x, w):
        return (x.shape[0] + x.shape[1]) * (x @ w) - 9 * (x @ (2 * w)) / 2

    def loss(x, w, z):
        return (z * (u(x, w) > 0)).sum()

    def gradient(x, w, z):
        return None, None, (u(x, w) >= 0) * 1.0

    assert prove_gradient(loss, gradient, x="N D", w="D K", z="N K").verdict != "proved"


USUAL = {
    "an affine layer without bias": lambda x, w, v, b: x @ w @ v,
    "terms with means, and a bias": lambda x, w, v, b: (
        (x @ w).mean(axis=0) @ v - np.tanh(x) @ w @ v / x.shape[1] + b
    ),
    "two layers of tanh": lambda x, w, v, b: np.tanh(x @ w) @ v,
    "a layer less twice its mean": lambda x, w, v, b: (
        x @ w @ v - 2 * (np.tanh(x) @ w @ v).mean(axis=0)
    ),
    "two layers by a root": lambda x, w, v, b: (
        (1 / (1 + np.exp(-x @ w))) @ v / np.sqrt(v.shape[0])
    ),
    "attention": lambda x, w, v, b: (
        np.exp(x @ x.T / np.sqrt(x.shape[1])) @ (x @ w @ v) / len(x) - 3 * (x @ w @ v)
    ),
}


@pytest.mark.parametrize("name", USUAL)
def test_usual_numbers_have_a_null_set_of_zeros(name):
    z = USUAL[name]

    def loss(g, x, w, v, b):
        return (g * (z(x, w, v, b) > 0)).sum()

    def gradient(g, x, w, v, b):
        return {"g": (z(x, w, v, b) >= 0) * 1.0}

    shapes = {"x": "N D", "w": "D H", "v": "H K", "b": "K"}
    assert prove_gradient(loss, gradient, g="N K", **shapes)


# 2. divisions by 0


SIZES_ALONE = {
    "a quotient": lambda n, d: 8 / (n + 1) - 1,
    "a power of 2": lambda n, d: 2.0**n - 128,
    "a difference of logs": lambda n, d: np.log(n) - np.log(8),
    "a difference of angles": lambda n, d: np.arctan(n) - np.arctan(7.0),
    "a part": lambda n, d: n / (n + 1) - 0.875,
    "two quotients": lambda n, d: 1 / (n + 1) - 1 / (d + 6),
    "exponentials": lambda n, d: np.exp(-n) - np.exp(-7),
    "a sine alone": lambda n, d: np.sin(np.pi * n / 7),
    "a root of a quotient": lambda n, d: np.sqrt(50 / (n + 1) - 1),
    "an angle of a difference": lambda n, d: np.arctan(n - 7),
}


@pytest.mark.parametrize("name", SIZES_ALONE)
def test_no_division_by_what_is_0_at_one_size(name):
    def backward(dout, x):
        c = SIZES_ALONE[name](*x.shape)
        return 2 * x * dout / c * c

    assert prove_backward(square, backward, x="N D").verdict == "checked"


@pytest.mark.parametrize("name", LOST)
def test_no_division_by_what_is_0_for_all_inputs_at_one_size(name):
    def backward(dout, x):
        total = LOST[name](x).sum()
        return 2 * x * dout * total / total

    assert prove_backward(square, backward, x="N D").verdict == "checked"


NEVER_0 = {
    "1 + 1 / n": (lambda n, d: 1 + 1 / n, ""),
    "n + exp(d)": (lambda n, d: n + np.exp(d), ""),
    "a root": (lambda n, d: np.sqrt(n * d), ""),
    "2 - 1 / n": (lambda n, d: 2 - 1 / n, ""),
    "tanh(n)": (lambda n, d: np.tanh(n), ""),
    "log(2 n)": (lambda n, d: np.log(2 * n), ""),
    "log(2) - log(3)": (lambda n, d: np.log(2) - np.log(3), ""),
    "n - 1": (lambda n, d: n - 1, "N ≥ 2"),
    "log(n)": (lambda n, d: np.log(n), "N ≥ 2"),
    "1 - 1 / n": (lambda n, d: 1 - 1 / n, "N ≥ 2"),
}


@pytest.mark.parametrize("name", NEVER_0)
def test_numbers_made_of_sizes_that_divide(name):
    c, given = NEVER_0[name]

    def forward(x):
        return x * x / c(*x.shape)

    def backward(dout, x):
        return 2 * x * dout / c(*x.shape)

    result = prove_backward(forward, backward, x="N D")
    assert result and result.given == given, result


# 3. what the backward pass needs and the forward pass does not


def ridge(x):
    return np.sqrt(x**2 - 200 * x + 10000) - (x - 100)  # 0 for all x > 100


def weighted(z):
    return z + z / (1 + np.exp(z))


NEEDS_MORE = {
    "a quotient of what is 0 far away": lambda d, x: 2 * x * d * ridge(x) / ridge(x),
    "a root": lambda d, x: 2 * x * d * np.sqrt(x + 50) / np.sqrt(x + 50),
    "a logarithm times 0": lambda d, x: 2 * x * d + 0 * np.log(x + 50),
    "a power": lambda d, x: 2 * x * d * (x + 50) ** 0.5 / (x + 50) ** 0.5,
    "a root of a sum of quotients": lambda d, x: (
        2 * x * d * np.sqrt(weighted(x + 50)) / np.sqrt(weighted(x + 50))
    ),
    "a third root": lambda d, x: 2 * x * d * (x + 50) ** (1 / 3) / (x + 50) ** (1 / 3),
    "a norm of half": lambda d, x: (
        2 * x * d * np.sqrt(x.sum() + 100) / np.sqrt(x.sum() + 100)
    ),
}


@pytest.mark.parametrize("name", NEEDS_MORE)
def test_the_backward_pass_is_defined_where_the_forward_pass_is(name):
    result = prove_backward(square, NEEDS_MORE[name], x="N D")
    assert result.verdict == "checked" and "forward" in result["x"].reason, result


def divergence(p, q):
    return (p * np.log(p / q)).sum()


def divergence_gradient(p, q):
    return np.log(p / q) + 1, -p / q


def cosine(x, y):
    return (x * y).sum() / (np.linalg.norm(x) * np.linalg.norm(y))


def cosine_gradient(x, y):
    a, b = np.sqrt((x * x).sum()), np.sqrt((y * y).sum())
    c = (x * y).sum() / (a * b)
    return y / (a * b) - c * x / a**2, x / (a * b) - c * y / b**2


def entropy_of_labels(p, y):
    return -np.log(p[np.arange(len(p)), y]).mean()


def entropy_of_labels_gradient(p, y):
    grad = np.zeros_like(p)
    rows = np.arange(len(p))
    grad[rows, y] = -1 / p[rows, y] / len(p)
    return grad


def entropy_of_labels_by_all(p, y):
    return -np.eye(p.shape[1])[y] / p / len(p)


SAME_DOMAIN = {
    "a divergence": (divergence, divergence_gradient, {"p": "N", "q": "N"}),
    "a cosine": (cosine, cosine_gradient, {"x": "N", "y": "N"}),
    "a log at labels": (
        entropy_of_labels,
        entropy_of_labels_gradient,
        {"p": "N K", "y": "N of K"},
    ),
    "a log at labels, by all": (
        entropy_of_labels,
        entropy_of_labels_by_all,
        {"p": "N K", "y": "N of K"},
    ),
    "arctanh": (
        lambda x: np.arctanh(x).sum(),
        lambda x: 1 / (1 - x * x),
        {"x": "N"},
    ),
    "a product by its factors": (
        lambda x, y: (x * y).sum(),
        lambda x, y: (x * y / x, x * y / y),
        {"x": "N", "y": "N"},
    ),
    "by its outputs": (
        lambda x, w: (x @ w).sum(),
        lambda x, w: ((x @ w) / (x @ w) @ w.T, x.T @ ((x @ w) / (x @ w))),
        {"x": "N D", "w": "D K"},
    ),
    "a root by itself": (
        lambda x: np.sqrt(x).sum(),
        lambda x: 0.5 / np.sqrt(x),
        {"x": "N"},
    ),
    "a deviation": (
        lambda x: x.std(),
        lambda x: (x - x.mean()) / (len(x) * x.std()),
        {"x": "N"},
    ),
}


@pytest.mark.parametrize("name", SAME_DOMAIN)
def test_what_both_passes_need_is_a_hypothesis(name):
    loss, gradient, shapes = SAME_DOMAIN[name]
    assert prove_gradient(loss, gradient, **shapes)


# 4. the words of the hypotheses


def differences(x):
    return x[:, :, None] - x[:, None, :]


def differences_gradient(dout, x):
    z = differences(x) > 0
    return dout * (z.sum(2) * 1.0 - z.sum(1))


def test_a_hypothesis_on_pairs_leaves_out_equal_indices():
    result = prove_backward(
        lambda x: np.maximum(differences(x), 0).sum(), differences_gradient, x="N D"
    )
    assert result.given == "wherever x[i, p] - x[i, q] is not 0 for p ≠ q"


def softsign_gradient(dout, x):
    return dout / (1 + np.abs(x)) ** 2


WORDS = {
    "log2": (np.log2, lambda d, x: d / (x * np.log(2)), "wherever x[i] is positive"),
    "log10": (np.log10, lambda d, x: d / (x * np.log(10)), "wherever x[i] is positive"),
    "softsign": (
        lambda x: x / (1 + np.abs(x)),
        softsign_gradient,
        "wherever x[i] is not 0",
    ),
    "log of 1 + |x|": (
        lambda x: np.log(1 + np.abs(x)),
        lambda d, x: d * np.sign(x) / (1 + np.abs(x)),
        "wherever x[i] is not 0",
    ),
    "one less a sigmoid": (
        lambda x: np.log(1 - 1 / (1 + np.exp(x))),
        lambda d, x: d / (1 + np.exp(x)),
        "",
    ),
    "a log of what is mostly negative": (
        lambda x: np.log(x - 5),
        lambda d, x: d / (x - 5),
        "wherever x[i] - 5 is positive",
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_no_hypothesis_that_nobody_needs(name):
    forward, backward, given = WORDS[name]
    result = prove_backward(forward, backward, x="N")
    assert result and result.given == given, result
