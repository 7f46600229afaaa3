"""Training: the walk through the examples, the step, the histories, divergence."""

import sys
import tracemalloc

import numpy as np
import pytest
from helpers import ACTIVATION_NAMES, assert_same, copies, examples, random_network
from hypothesis import given
from hypothesis import strategies as st

from mlp import MLP, Diverged
from mlp.training import lean_step, minibatches, plain_step, train

HISTORIES = [
    "grad_magnitude_history",
    "loss_history",
    "train_acc_history",
    "val_acc_history",
]

pytestmark = pytest.mark.filterwarnings("error")


class Walk(np.random.RandomState):
    """A generator that remembers its permutations."""

    def __init__(self, seed):
        super().__init__(seed)
        self.orders = []

    def permutation(self, x):
        self.orders.append(super().permutation(x))
        return self.orders[-1]


def replay(net, X, y, rng, epochs, batch_size, learning_rate, decay=1.0, reg=0.0):
    """Train as the assignment describes it; yield loss, gradients and batch of each
    step.

    When a step is yielded its update is already done.
    """
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for i in range(max(len(X) // batch_size, 1)):
            batch = order[i * batch_size : (i + 1) * batch_size]
            loss, grads = net.loss(X[batch], y[batch], reg)
            for name in net.params:
                net.params[name] = net.params[name] - learning_rate * grads[name]
            yield loss, grads, batch
        learning_rate *= decay


# The walk


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_walk_takes_full_batches_and_no_example_twice(N, batch_size, seed):
    batch_size = min(N, batch_size)
    X, y = np.arange(2.0 * N).reshape(N, 2), np.arange(N)
    walk = [
        (X_batch.copy(), y_batch)
        for X_batch, y_batch in minibatches(
            X, y, batch_size, np.random.RandomState(seed)
        )
    ]
    assert [len(y_batch) for _, y_batch in walk] == N // batch_size * [batch_size]
    seen = np.concatenate([y_batch for _, y_batch in walk])
    order = np.random.RandomState(seed).permutation(N)
    np.testing.assert_array_equal(seen, order[: len(seen)])
    np.testing.assert_array_equal(
        np.concatenate([X_batch for X_batch, _ in walk]), X[seen]
    )


@pytest.mark.parametrize(
    "N, batch_size, steps",
    [(10, 5, 2), (10, 4, 2), (10, 10, 1), (10, 200, 1), (10, 1, 10)],
)
def test_an_epoch_has_N_over_batch_size_steps_and_at_least_one(N, batch_size, steps):
    net = random_network([4, 5, 3])
    X, y = examples(net, N)
    stats = net.train(X, y, X, y, num_epochs=3, batch_size=batch_size)
    assert len(stats["loss_history"]) == 3 * steps


def test_a_batch_larger_than_the_set_is_the_whole_set():
    net = random_network([4, 5, 3])
    X, y = examples(net, 10)
    loss = net.loss(X, y, 0.1)[0]
    stats = net.train(X, y, X, y, reg=0.1, num_epochs=1, batch_size=200)
    assert stats["loss_history"] == [pytest.approx(loss, rel=1e-13)]


def test_each_epoch_draws_one_permutation_from_rng():
    net, walk = random_network([4, 5, 3]), Walk(3)
    X, y = examples(net, 10)
    net.train(X, y, X, y, num_epochs=4, batch_size=3, rng=walk)
    assert [sorted(order) for order in walk.orders] == 4 * [list(range(10))]
    assert len({tuple(order) for order in walk.orders}) == 4


def test_without_rng_each_call_starts_a_new_stream_of_randomstate_1():
    nets = [random_network([4, 5, 3]) for _ in range(3)]
    X, y = examples(nets[0], 10)
    settings = {"num_epochs": 2, "batch_size": 3, "learning_rate": 0.1}
    default = nets[0].train(X, y, X, y, **settings)
    named = nets[1].train(X, y, X, y, **settings, rng=np.random.RandomState(1))
    other = nets[2].train(X, y, X, y, **settings, rng=np.random.default_rng(1))
    assert default == named != other
    nets[0].params = copies(random_network([4, 5, 3]).params)
    assert nets[0].train(X, y, X, y, **settings) == default


# The step


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_lean_step_is_plain_step_to_rounding(activation, penalty, depth):
    sizes = [4, *(depth - 1) * [5], 3]
    lean, plain = (random_network(sizes, activation, penalty=penalty) for _ in range(2))
    X, y = examples(lean, 6)
    for _ in range(3):
        assert lean_step(lean, X, y, 0.1, 0.2) == pytest.approx(
            plain_step(plain, X, y, 0.1, 0.2), rel=1e-13
        )
        for name in lean.params:
            np.testing.assert_allclose(
                lean.params[name], plain.params[name], atol=1e-14
            )


@pytest.mark.parametrize("step", [lean_step, plain_step])
def test_a_step_goes_against_the_gradient(step):
    net = random_network([4, 5, 3])
    X, y = examples(net, 6)
    before, (loss, grads) = copies(net.params), net.loss(X, y, 0.2)
    assert step(net, X, y, 0.1, 0.2) == (
        pytest.approx(loss),
        pytest.approx(np.sqrt((grads["W1"] ** 2).sum())),
    )
    for name in net.params:
        expected = before[name] - 0.1 * grads[name]
        np.testing.assert_allclose(net.params[name], expected, atol=1e-15)
    assert net.loss(X, y, 0.2)[0] < loss


@pytest.mark.parametrize("output, K", [("softmax", 3), ("sigmoid", 1)])
@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_float32_stays_float32_through_training(penalty, output, K):
    net = random_network(
        [4, 5, K], "relu", penalty=penalty, output=output, dtype=np.float32
    )
    X, y = examples(net, 10)
    net.train(X, y, X, y, learning_rate=0.1, reg=0.1, num_epochs=2, batch_size=3)
    assert {p.dtype for p in net.params.values()} == {np.dtype(np.float32)}


# The histories


def test_train_is_a_method_and_returns_four_histories_of_floats():
    net = random_network([4, 5, 3])
    X, y = examples(net, 10)
    stats = net.train(X, y, X[:4], y[:4], num_epochs=3, batch_size=4)
    assert MLP.train is train
    assert sorted(stats) == HISTORIES
    assert [len(stats[name]) for name in HISTORIES] == [6, 6, 3, 3]
    assert all(type(entry) is float for name in HISTORIES for entry in stats[name])


@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("output, K", [("softmax", 3), ("sigmoid", 1)])
def test_histories_hold_what_a_replay_finds(output, K, penalty):
    net, other = (
        random_network([4, 5, K], output=output, penalty=penalty) for _ in range(2)
    )
    X, y = examples(net, 23)
    X_val, y_val = examples(net, 9, seed=2)
    stats = net.train(
        X,
        y,
        X_val,
        y_val,
        learning_rate=0.3,
        learning_rate_decay=0.5,
        reg=0.01,
        num_epochs=4,
        batch_size=7,
    )
    rng = np.random.RandomState(1)
    expected = {name: [] for name in HISTORIES}
    steps = replay(other, X, y, rng, 4, 7, learning_rate=0.3, decay=0.5, reg=0.01)
    for i, (loss, grads, batch) in enumerate(steps, start=1):
        expected["loss_history"].append(loss)
        expected["grad_magnitude_history"].append(np.sqrt((grads["W1"] ** 2).sum()))
        if i % 3 == 0:  # 23 // 7 steps make an epoch
            right = other.predict(X[batch]) == y[batch]
            expected["train_acc_history"].append(right.mean())
            right = other.predict(X_val) == y_val
            expected["val_acc_history"].append(right.mean())
    assert sorted(stats) == sorted(expected)
    for name in expected:
        np.testing.assert_allclose(
            stats[name], expected[name], rtol=1e-12, err_msg=name
        )
    for name in net.params:
        np.testing.assert_allclose(net.params[name], other.params[name], rtol=1e-11)


def test_the_learning_rate_decays_after_each_epoch():
    X, y = examples(random_network([4, 3]), 5)
    moved = []
    for epochs in [1, 2, 3]:
        net = random_network([4, 3])
        net.train(
            X,
            y,
            X,
            y,
            learning_rate=1e-6,
            learning_rate_decay=0.5,
            num_epochs=epochs,
            reg=0,
        )
        moved.append(
            np.linalg.norm(net.params["W1"] - random_network([4, 3]).params["W1"])
        )
    np.testing.assert_allclose(np.divide(moved, moved[0]), [1, 1.5, 1.75], rtol=1e-4)


def test_verbose_prints_the_assignments_line_for_each_epoch(capsys):
    net = random_network([4, 5, 3])
    X, y = examples(net, 10)
    stats = net.train(X, y, X[:3], y[:3], num_epochs=2, batch_size=5, verbose=True)
    rows = zip(
        stats["loss_history"][1::2],
        stats["train_acc_history"],
        stats["val_acc_history"],
        strict=True,
    )
    lines = [
        f"Epoch {epoch}: loss {loss:f}, train_acc {train_acc:f}, val_acc {val_acc:f}"
        for epoch, (loss, train_acc, val_acc) in enumerate(rows, start=1)
    ]
    assert capsys.readouterr() == ("\n".join(lines) + "\n", "")


def test_training_is_silent_unless_asked(capsys):
    net = random_network([4, 5, 3])
    X, y = examples(net, 10)
    net.train(X, y, X, y, num_epochs=2)
    assert capsys.readouterr() == ("", "")


def test_progress_shows_a_bar_on_stderr(capsys):
    net = random_network([4, 5, 3])
    X, y = examples(net, 10)
    net.train(X, y, X, y, num_epochs=3, progress=True)
    out, err = capsys.readouterr()
    assert out == "" and "3/3" in err and "100%" in err


def test_on_one_screen_each_line_of_the_log_stands_alone_above_the_bar(
    capsys, monkeypatch
):
    monkeypatch.setattr(sys, "stderr", sys.stdout)  # a terminal shows both
    net = random_network([4, 5, 3])
    X, y = examples(net, 10)
    net.train(X, y, X, y, num_epochs=3, progress=True, verbose=True)
    screen = capsys.readouterr().out
    log = [line.split("\r")[-1] for line in screen.split("\n") if "Epoch" in line]
    assert [line[:8] for line in log] == ["Epoch 1:", "Epoch 2:", "Epoch 3:"]


def test_without_a_validation_set_only_its_history_is_empty(capsys):
    nets = [random_network([4, 5, 3]) for _ in range(2)]
    X, y = examples(nets[0], 10)
    stats = nets[0].train(X, y, None, None, num_epochs=3, batch_size=5, verbose=True)
    lines = capsys.readouterr().out.splitlines()
    full = nets[1].train(X, y, X, y, num_epochs=3, batch_size=5)
    assert stats == {**full, "val_acc_history": []}
    assert_same(nets[0].params, nets[1].params)
    assert len(lines) == 3 and not any("val_acc" in line for line in lines)


@pytest.mark.parametrize("given", ["X_val", "y_val"])
def test_half_a_validation_set_is_refused(given):
    net = random_network([4, 5, 3])
    X, y = examples(net, 10)
    half = {"X_val": None, "y_val": None, given: X if given == "X_val" else y}
    with pytest.raises((TypeError, ValueError), match="X_val must|y_val must"):
        net.train(X, y, **half)


ORDERS = {
    "by columns": np.asfortranarray,
    "every second row": lambda X: np.repeat(X, 2, axis=0)[::2],
    "every second column": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "backward": lambda X: X[::-1].copy()[::-1],
    "float32": lambda X: X.astype(np.float32),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_X_is_copied_at_most_once_in_whatever_order_it_lies_in_memory(order):
    X = (
        np.random.RandomState(0)
        .standard_normal((2000, 200))
        .astype(np.float32)
        .astype(float)
    )
    y, given = np.arange(2000) % 3, order(X)
    settings = {"num_epochs": 1, "batch_size": 10}
    expected = random_network([200, 4, 3]).train(X, y, None, None, **settings)
    tracemalloc.start()
    stats = random_network([200, 4, 3]).train(given, y, None, None, **settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * X.nbytes
    assert stats == expected


def test_X_that_lies_row_by_row_is_not_copied():
    X, y = np.random.RandomState(0).standard_normal((2000, 200)), np.arange(2000) % 3
    tracemalloc.start()
    random_network([200, 4, 3]).train(X, y, None, None, num_epochs=1, batch_size=10)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * X.nbytes


# What training reaches


NONLINEAR = [name for name in ACTIVATION_NAMES if name != "identity"]


@pytest.mark.slow
@pytest.mark.parametrize("activation", NONLINEAR)
def test_twenty_samples_are_overfitted_to_nothing(activation):
    net = random_network([5, 60, 3], activation)
    X, y = examples(net, 20)
    y = np.random.default_rng(5).permutation(y)  # labels without a rule
    stats = net.train(
        X, y, X, y, learning_rate=1.0, learning_rate_decay=1.0, reg=0, num_epochs=2000
    )
    assert stats["loss_history"][-1] < 0.01
    assert stats["val_acc_history"][-1] == 1


# Divergence


def diverging(learning_rate=1e3, seed=0):
    """A network on raw large numbers, and settings far too bold for it."""
    net = random_network([4, 8, 3], "relu", seed=seed)
    X, y = examples(net, 30)
    settings = {
        "learning_rate": learning_rate,
        "num_epochs": 50,
        "batch_size": 7,
        "reg": 0.1,
    }
    return net, 100 * X, y, settings


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("learning_rate", [1e2, 1e4, 1e30, 1e150])
def test_divergence_keeps_the_parameters_of_the_last_step_with_a_finite_loss(
    learning_rate, seed
):
    net, X, y, settings = diverging(learning_rate, seed)
    other = diverging(learning_rate, seed)[0]
    with pytest.raises(Diverged) as caught:
        net.train(X, y, X, y, **settings)
    losses, before = [], []
    params = copies(other.params)
    with np.errstate(all="ignore"):
        for loss, _, _ in replay(
            other, X, y, np.random.RandomState(1), 50, 7, learning_rate, 0.95, reg=0.1
        ):
            losses.append(loss)
            before.append(params)  # the parameters at which this loss was computed
            params = copies(other.params)
            if not np.isfinite(loss):
                break
    np.testing.assert_allclose(
        caught.value.stats["loss_history"], losses[:-1], rtol=1e-6
    )
    for name, p in net.params.items():
        assert np.isfinite(p).all()
        np.testing.assert_allclose(p, before[-2][name], rtol=1e-6)
    assert (caught.value.epoch - 1) * 4 + caught.value.step == len(losses)


def test_divergence_is_a_floating_point_error_that_says_where_and_what_to_try():
    net, X, y, settings = diverging()
    with pytest.raises(FloatingPointError) as caught:
        net.train(X, y, X, y, **settings)
    error = caught.value
    assert type(error) is Diverged
    message = str(error)
    assert f"epoch {error.epoch}, step {error.step}" in message
    assert "learning rate" in message and "Try" in message
    assert "keeps the parameters of its last good step" in message


def test_histories_of_a_diverged_run_are_kept():
    net, X, y, settings = diverging(learning_rate=10)
    with pytest.raises(Diverged) as caught:
        net.train(X, y, X, y, **settings)
    error = caught.value
    assert sorted(error.stats) == HISTORIES
    assert (
        len(error.stats["loss_history"]) == 4 * (error.epoch - 1) + error.step - 1 > 0
    )
    assert len(error.stats["val_acc_history"]) == error.epoch - 1
    assert np.isfinite(error.stats["loss_history"]).all()


def test_divergence_in_the_first_step_keeps_the_initial_parameters():
    net = random_network([2, 2], "identity")
    net.params["W1"] *= 1e308
    before = copies(net.params)
    X, y = 100 * np.ones((3, 2)), np.array([0, 1, 1])
    with pytest.raises(Diverged) as caught:
        net.train(X, y, X, y)
    assert (caught.value.epoch, caught.value.step) == (1, 1)
    assert caught.value.stats == {name: [] for name in HISTORIES}
    assert_same(net.params, before)


def test_a_parameter_that_overflows_in_the_last_update_of_an_epoch_is_caught():
    net = MLP([1, 2], std=0)
    X, y = (
        np.array([[8.0]]),
        np.array([0]),
    )  # the loss is ln 2, the gradient of W1 is ∓4
    with pytest.raises(Diverged) as caught:
        net.train(X, y, X, y, learning_rate=1e308, reg=0, num_epochs=1)
    assert (caught.value.epoch, caught.value.step) == (1, 1)
    assert_same(net.params, MLP([1, 2], std=0).params)


@pytest.mark.parametrize("dtype, huge", [(np.float64, 1e160), (np.float32, 1e20)])
def test_weights_whose_squares_overflow_have_a_finite_loss_without_a_penalty(
    dtype, huge
):
    net = random_network([4, 5, 3], dtype=dtype)
    X, y = examples(net, 10)
    net.params["W1"][0, 0] = huge
    with np.errstate(over="ignore"):
        assert np.isfinite(net.loss(X, y)[0])
        assert net.loss(X, y, reg=1.0)[0] == np.inf


def test_a_weight_that_overflows_while_the_loss_stays_finite_is_not_kept():
    net = random_network([1, 1, 2], "sigmoid")
    net.params["W1"][:] = np.inf  # its unit is 1, and all scores are finite
    X, y = np.ones((2, 1)), np.array([1, 1])
    with pytest.raises(Diverged) as caught:
        net.train(X, y, None, None, reg=0, num_epochs=1, batch_size=1)
    assert (caught.value.epoch, caught.value.step) == (1, 1)


def test_a_bias_that_overflows_while_the_loss_stays_finite_is_not_kept():
    net = MLP([1, 1, 2], "sigmoid", penalty="l1", std=0)
    net.params["W2"][:] = [[8.0, -8.0]]
    X, y = np.zeros((2, 1)), np.array([1, 1])
    with pytest.raises(
        Diverged
    ):  # b1 becomes -inf, its unit 0, and all scores are finite
        net.train(X, y, X, y, learning_rate=5e307, reg=0, num_epochs=1, batch_size=1)
    assert all(np.isfinite(p).all() for p in net.params.values())
