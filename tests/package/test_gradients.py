"""Gradients of whole networks: against 50 digits, differences, and other arithmetic."""

import mpmath
import numpy as np
import pytest
from exact import EXACT
from helpers import ACTIVATION_NAMES, copies, examples, random_network
from hypothesis import given, reject
from hypothesis import strategies as st

from mlp import MLP, eval_numerical_gradient, rel_error
from mlp.activations import ACTIVATIONS
from mlp.network import forward

each_activation = pytest.mark.parametrize("activation", ACTIVATION_NAMES)
each_objective = pytest.mark.parametrize(
    "output, penalty", [("softmax", "l2"), ("sigmoid", "l1")]
)


def exact_loss(layers, X, y, f, output, penalty, reg):
    """The objective written with loops over numbers; layers is a list of (W, b)."""
    total = mpmath.mpf(0)
    for row, label in zip(X, y, strict=True):
        h = row
        for k, (W, b) in enumerate(layers, start=1):
            z = [
                b[j] + sum(h[i] * W[i][j] for i in range(len(h))) for j in range(len(b))
            ]
            h = [f(s) for s in z] if k < len(layers) else z
        if output == "softmax":
            p = mpmath.exp(h[label]) / sum(mpmath.exp(s) for s in h)
        else:
            p = 1 / (1 + mpmath.exp(-h[0] if label else h[0]))
        total -= mpmath.log(p) / len(y)
    weights = [w for W, _ in layers for row in W for w in row]
    if penalty == "l2":
        return total + reg * sum(w * w for w in weights) / 2
    return total + reg * sum(abs(w) for w in weights)


def exact_loss_and_grads(net, X, y, reg):
    """The same to 50 digits; the derivatives are differences with a step of 1e-17."""
    with mpmath.workdps(50):
        step, reg = mpmath.mpf(10) ** -17, mpmath.mpf(reg)
        exact = {
            name: np.vectorize(mpmath.mpf, otypes=[object])(p)
            for name, p in net.params.items()
        }
        layers = [(exact[f"W{k}"], exact[f"b{k}"]) for k in range(1, len(net.sizes))]
        rows = [[mpmath.mpf(x) for x in row] for row in X]
        f = EXACT[net.activation]

        def loss():
            return exact_loss(layers, rows, y, f, net.output, net.penalty, reg)

        grads = {name: np.empty(p.shape) for name, p in exact.items()}
        for name, p in exact.items():
            for index in np.ndindex(p.shape):
                middle = p[index]
                p[index] = middle + step
                right = loss()
                p[index] = middle - step
                left = loss()
                p[index] = middle
                grads[name][index] = (right - left) / (2 * step)
        return float(loss()), grads


@each_objective
@each_activation
def test_loss_and_gradients_are_those_of_50_digits(activation, output, penalty):
    K = 3 if output == "softmax" else 1
    net = random_network([3, 4, 2, K], activation, output=output, penalty=penalty)
    X, y = examples(net, 3)
    loss, grads = net.loss(X, y, reg=0.1)
    exact, exact_grads = exact_loss_and_grads(net, X, y, reg=0.1)
    assert loss == pytest.approx(exact, rel=1e-14)
    for name in net.params:
        assert rel_error(grads[name], exact_grads[name]) < 1e-12, name


@each_activation
def test_square_layers_where_a_transposed_product_would_fit(activation):
    net = random_network([3, 3, 3, 3], activation)
    X, y = examples(net, 3)
    grads, exact = net.loss(X, y)[1], exact_loss_and_grads(net, X, y, 0)[1]
    for name in net.params:
        assert rel_error(grads[name], exact[name]) < 1e-12, name


def numeric_gradients(net, X, y, reg):
    """Centered differences; examples are rejected whose steps cross a kink.

    Along one parameter a ReLU network is linear as long as no unit switches on or off.
    So if at both ends of every step the same units are on as in the middle, then no
    unit switched in between; likewise the sign of the weight for the L1 penalty.
    """

    def branches():
        hidden = forward(net.params, X, ACTIVATIONS[net.activation][0])[1][1:]
        on = [H > 0 for H in hidden] if net.activation == "relu" else []
        signs = [W > 0 for W in net.params.values()] if net.penalty == "l1" else []
        return b"".join(branch.tobytes() for branch in on + signs)

    def loss(_):
        if branches() != middle:
            reject()
        return net.loss(X, y, reg)[0]

    middle = branches()
    return {name: eval_numerical_gradient(loss, p) for name, p in net.params.items()}


@st.composite
def problems(draw):
    """A network of depth 1 … 4, examples for it, and reg."""
    output = draw(st.sampled_from(["softmax", "sigmoid"]))
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    sizes.append(draw(st.integers(2, 5)) if output == "softmax" else 1)
    net = random_network(
        sizes,
        draw(st.sampled_from(ACTIVATION_NAMES)),
        seed=draw(st.integers(0, 2**32 - 1)),
        output=output,
        penalty=draw(st.sampled_from(["l2", "l1"])),
    )
    X, y = examples(net, draw(st.integers(1, 6)), seed=draw(st.integers(0, 2**32 - 1)))
    return net, X, y, draw(st.sampled_from([0, 0.1, 2]))


@given(problems())
def test_gradients_agree_with_centered_differences(problem):
    net, X, y, reg = problem
    loss, grads = net.loss(X, y, reg)
    numeric = numeric_gradients(net, X, y, reg)
    assert grads.keys() == numeric.keys()
    for name, grad in grads.items():
        assert grad.shape == net.params[name].shape
        np.testing.assert_allclose(  # rounding of the loss over the step, and h²
            grad, numeric[name], rtol=1e-7, atol=1e-9 * (1 + loss), err_msg=name
        )


@given(problems())
def test_float32_agrees_with_float64_and_stays_float32(problem):
    net, X, y, reg = problem
    single = MLP(
        net.sizes, net.activation, 0, net.penalty, net.output, dtype=np.float32
    )
    single.params = {name: p.astype(np.float32) for name, p in net.params.items()}
    double = MLP(net.sizes, net.activation, 0, net.penalty, net.output)
    double.params = {name: p.astype(float) for name, p in single.params.items()}
    X = X.astype(np.float32)
    loss, grads = single.loss(X, y, reg)
    double_loss, double_grads = double.loss(X, y, reg)
    assert loss == pytest.approx(double_loss, rel=1e-5)
    for name, grad in grads.items():
        assert grad.dtype == np.float32, name
        np.testing.assert_allclose(grad, double_grads[name], rtol=1e-4, atol=1e-5)


@given(problems())
def test_repeating_every_example_changes_neither_loss_nor_gradients(problem):
    net, X, y, reg = problem
    loss, grads = net.loss(X, y, reg)
    twice, twice_grads = net.loss(np.tile(X, (2, 1)), np.tile(y, 2), reg)
    assert twice == pytest.approx(loss, rel=1e-12, abs=1e-12)
    for name in grads:
        np.testing.assert_allclose(twice_grads[name], grads[name], atol=1e-12)


@given(problems())
def test_the_penalty_adds_its_own_gradient_to_weights_and_nothing_to_biases(problem):
    net, X, y, reg = problem
    data_loss, data_grads = net.loss(X, y)
    loss, grads = net.loss(X, y, reg)
    weights = [W for name, W in net.params.items() if name.startswith("W")]
    if net.penalty == "l2":
        penalty = reg * sum((W**2).sum() for W in weights) / 2
    else:
        penalty = reg * sum(np.abs(W).sum() for W in weights)
    assert loss == pytest.approx(data_loss + penalty, rel=1e-12)
    for name, p in net.params.items():
        slope = 0 * p
        if name.startswith("W"):
            slope = reg * (p if net.penalty == "l2" else np.sign(p))
        np.testing.assert_allclose(grads[name], data_grads[name] + slope, atol=1e-14)


@pytest.mark.parametrize("K, output", [(3, "softmax"), (1, "sigmoid")])
def test_gradients_still_agree_after_some_training(K, output):
    net = random_network([3, 6, K], "tanh", output=output)
    X, y = examples(net, 20)
    before = copies(net.params)
    net.train(X, y, X, y, learning_rate=0.3, reg=0.01, num_epochs=20, batch_size=5)
    assert np.abs(net.params["W1"] - before["W1"]).max() > 0.1
    grads, numeric = net.loss(X, y, 0.01)[1], numeric_gradients(net, X, y, 0.01)
    for name in grads:
        np.testing.assert_allclose(grads[name], numeric[name], atol=1e-9)
