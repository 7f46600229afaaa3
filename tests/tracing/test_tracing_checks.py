"""Programs that check what they are given, and what is said of those that stop."""

import copy

import numpy as np
import pytest
import scipy.special
from scipy.special import gammaln

from mlp import prove_backward, prove_gradient
from mlp.model import MLP, TwoLayerMLP


def proved(result, small_print):
    """Assert that all is proved, in these words and no others."""
    assert result.verdict == "proved", result
    assert result.small_print().removesuffix("; for real numbers") == small_print
    assert result.notes == []


# The book's own network, with its checks

DEEP = {"W1": "D H", "b1": "H", "W2": "H M", "b2": "M", "W3": "M K", "b3": "K"}
ONE_OUTPUT = {"W1": "D H", "b1": "H", "W2": "H 1", "b2": "1"}
TWO_LAYERS = {"W1": "D H", "b1": "H", "W2": "H K", "b2": "K"}


def as_functions(net, names):
    """The loss, and the gradients, of a network as functions of its parameters."""

    def ask(X, y, reg, given):
        one = copy.copy(net)
        one.params = {name: given[name] for name in names}
        weights = list(one.params.values())[::2]
        one.sizes = [weights[0].shape[0], *[W.shape[1] for W in weights]]
        return one.loss(X, y, reg=reg)

    def loss(X, y, reg, **given):
        return ask(X, y, reg, given)[0]

    def gradients(X, y, reg, **given):
        return ask(X, y, reg, given)[1]

    return loss, gradients


NETS = {
    "three layers": (MLP([101, 102, 103, 104], "tanh"), DEEP, "K"),
    "sigmoid output": (MLP([101, 102, 1], "tanh", output="sigmoid"), ONE_OUTPUT, "2"),
    "two layers": (TwoLayerMLP(101, 102, 103, activation="tanh"), TWO_LAYERS, "K"),
}


@pytest.mark.parametrize("which", NETS)
def test_the_books_network_is_proved_with_all_its_checks(which):
    net, shapes, labels = NETS[which]
    loss, gradients = as_functions(net, list(shapes))
    given = {"X": "N D", "y": f"N of {labels}", **shapes}
    result = prove_gradient(loss, gradients, time_limit=60, reg=0.1, **given)
    assert result.verdict == "proved" and set(result.arguments) == set(shapes), result
    assert ("K ≥ 2" in result.given) == (labels == "K")


def test_a_slip_in_the_books_network_is_seen():
    loss, gradients = as_functions(NETS["two layers"][0], list(TWO_LAYERS))

    def wrong(X, y, reg, **given):
        return {**gradients(X, y, reg, **given), "b1": 0 * given["b1"]}

    given = {"X": "N D", "y": "N of K", **TWO_LAYERS}
    result = prove_gradient(loss, wrong, reg=0.1, **given)
    assert result["b1"].verdict == "wrong" and result["W2"].verdict == "proved"


def check(right):
    if not right:
        raise ValueError


def checked_loss(W, X, y, root):
    reg = root**2
    check(reg >= 0 and not reg < 0 and np.isfinite(float(reg)))
    check(isinstance(reg, (int, float)) and not isinstance(reg, bool))
    K = max(2, W.shape[1])
    check(K == max(W.shape[1], 2) and min(K, 2) == 2 == min(2, K))
    check(X.ndim == 2 and X.shape[1] == len(W) and np.isfinite(X).all())
    check(y.shape == (len(X),) and y.min() >= 0 and y.max() < K)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    right = s[np.arange(len(y)), y]
    return (np.log(np.exp(s).sum(axis=1)) - right).mean() + reg * (W**2).sum()


def its_gradient(W, X, y, root):
    s = X @ W
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return {"W": X.T @ p / len(y) + 2 * root**2 * W}


def test_checks_of_a_square_and_of_the_larger_size_hold():
    shapes = {"W": "D K", "X": "N D", "y": "N of K", "root": ""}
    result = prove_gradient(checked_loss, its_gradient, **shapes)
    proved(result, "W: proved for every D, K, N, K ≥ 2")


def test_the_larger_of_two_sizes_is_no_size():
    def forward(x):
        return x * max(x.shape) / min(x.shape)

    def backward(dout, x):
        return dout * max(x.shape) / min(x.shape)

    result = prove_backward(forward, backward, x="N D")
    assert result.verdict == "proved" and "N ≥ 2" not in result.given, result


def test_a_large_array_stops_only_a_program_that_uses_it():
    class Layer:
        def __init__(self):
            self.W = np.random.RandomState(0).normal(size=(101, 102))
            self.unused = self.W.copy()

    layer = Layer()

    def forward(x):
        return 2 * x, layer.unused is None

    def using(x):
        return x * layer.W[0, 0], None

    result = prove_backward(forward, lambda dout, cache: 2 * dout, x="N D")
    proved(result, "proved for every N, D")
    result = prove_backward(using, lambda dout, cache: dout * layer.W[0, 0], x="N")
    assert result.verdict == "checked"
    assert ".W is an array of shape (101, 102)" in result["x"].reason


# Sizes that are 1


def unit_forward(x):
    c = x - x.mean(axis=0)
    length = np.sqrt((c**2).sum(axis=0))
    return c / length, (c, length)


def unit_backward(dout, cache):
    c, length = cache
    d = dout / length - c * (dout * c).sum(axis=0) / length**3
    return d - d.mean(axis=0)


def test_a_size_at_which_the_values_are_not_finite_is_left_out():
    result = prove_backward(unit_forward, unit_backward, x="N D")
    assert result.verdict == "proved" and result.notes == [], result
    assert "proved for every N, D, N ≥ 2, wherever" in result.theorem


def test_a_size_at_which_some_values_are_finite_is_not_left_out():
    def forward(x):
        return np.sqrt(1 - x**2), x

    def backward(dout, x):
        return -dout * x / np.sqrt(1 - x**2)

    result = prove_backward(forward, backward, x="N D")
    assert "≥ 2" not in result.theorem, result


def test_a_size_at_which_the_program_raises_is_left_out():
    def forward(x):
        if x.shape[1] == 1:
            raise ValueError
        return x - x.mean(axis=1, keepdims=True)

    def backward(dout, x):
        return dout - dout.mean(axis=1, keepdims=True)

    result = prove_backward(forward, backward, x="N D")
    proved(result, "proved for every N, D, D ≥ 2")


def test_a_note_is_told_once():
    def forward(x):
        return np.log(x[0] - 9) * x[0], x

    result = prove_backward(forward, lambda dout, x: dout * x, x="N")
    assert len(set(result.notes)) == len(result.notes), result.notes


# What is said


@pytest.mark.parametrize("shape", ["N", "N 1", "1", "N D", "1 1"])
def test_squeeze_before_a_sum_does_not_stop_the_engine(shape):
    def forward(x):
        return x.squeeze().sum(axis=0), x

    def backward(dout, x):
        return np.ones(x.shape) * dout

    result = prove_backward(forward, backward, x=shape)
    small = {"N D": " every N, D, D ≥ 2, N ≥ 2", "1": " these sizes"}
    small["1 1"] = small["1"]
    proved(result, f"proved for{small.get(shape, ' every N, N ≥ 2')}")


@pytest.mark.parametrize(
    "function, name",
    [
        (lambda x: scipy.special.gammaln(x), "scipy.special.gammaln"),
        (lambda x: gammaln(x), "gammaln"),
        (lambda x: scipy.special.softmax(x * scipy.linalg.norm(0)), "scipy.linalg"),
    ],
)
def test_a_function_of_scipy_that_is_not_known_is_named(function, name):
    slope = scipy.special.digamma if "gamma" in name else scipy.special.softmax

    def backward(dout, x):
        return dout * slope(x) * ("gamma" in name)

    result = prove_backward(lambda x: function(x), backward, x="N D")
    assert result.verdict == "checked", result
    assert result["x"].reason.endswith(f"{name} is not known")


def test_a_function_of_scipy_that_is_known_is_proved():
    def forward(x):
        return scipy.special.expit(x)

    def backward(dout, x):
        return dout * scipy.special.expit(x) * scipy.special.expit(-x)

    proved(prove_backward(forward, backward, x="N D"), "proved for every N, D")


def test_arctanh_is_proved_and_its_domain_is_told():
    def backward(dout, x):
        return dout / (1 - x**2)

    result = prove_backward(lambda x: np.arctanh(x), backward, x="N D")
    assert result.verdict == "proved", result
    told = "all of these are positive: 1 + x[i, p], 1 - x[i, p]"
    assert told in result.given and "≥ 2" not in result.given, result.given

    def log1p(x):
        u = np.exp(-(x**2))
        return 2 * np.arctanh(u / (2 + u))

    def its_backward(dout, x):
        u = np.exp(-(x**2))
        return -2 * dout * x * u / (1 + u)

    proved(prove_backward(log1p, its_backward, x="N D"), "proved for every N, D")


class Counting:
    """A layer that keeps its input, which does no harm, and counts its calls."""

    def __init__(self):
        self.count, self.x = 0, None

    def forward(self, x):
        self.x = x
        self.count += 1
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout


def test_the_attribute_that_a_program_changes_is_named():
    layer = Counting()
    result = prove_backward(layer.forward, layer.backward, x="N D")
    assert result["x"].reason == "the program changes the attribute count of Counting"


def test_one_of_a_thing_is_said_in_the_singular():
    def forward(x):
        return x, x

    result = prove_backward(forward, lambda dout, x: (dout, dout, dout), x="N")
    assert "3 gradients; with a shape there is only x" in result["x"].reason
    result = prove_backward(lambda x: (x, x, x, x), lambda dout: dout, x="N")
    assert "takes 1 argument: expected" in result["x"].reason
