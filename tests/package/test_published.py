"""The figures that the assignment and its published solution print, computed again."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys

import matplotlib
import nbformat
import numpy as np
import pytest

from book.tools import ROOT
from mlp import ACTIVATIONS, TwoLayerMLP, gradient_report, toy_data
from mlp.grader.starter import solution, write_files
from mlp.published import (
    HANDOUT_RELU_LOSS,
    RELU_FIGURES,
    SIGMOID_ACCURACIES,
    SIGMOID_LOG,
    TOY_LOSSES,
    TOY_SETTINGS,
)

# The assignment's cells, with names and arguments as it writes them; only the set sizes
# and the number of epochs are smaller.
ASSIGNMENT = """
import matplotlib.pyplot as plt
import numpy as np
from mlp import TwoLayerMLP, eval_numerical_gradient, get_MNIST_data
from mlp import plot_stats, rel_error, show_net_weights, visualize_grid

np.random.seed(0)
net = TwoLayerMLP(4, 10, 3, std=1e-1, activation='sigmoid')
np.random.seed(1)
X = 10 * np.random.randn(5, 4)
y = np.array([0, 1, 2, 2, 1])

loss, grads = net.loss(X, y, reg=0.1)
toy_loss = loss
errors = {}
for param_name in grads:
    f = lambda W: net.loss(X, y, reg=0.1)[0]
    numeric = eval_numerical_gradient(f, net.params[param_name], verbose=False)
    errors[param_name] = rel_error(numeric, grads[param_name])

toy_stats = net.train(X, y, X, y, learning_rate=0.5, reg=1e-5,
                      num_epochs=100, verbose=False)

X_train, y_train, X_val, y_val, X_test, y_test = get_MNIST_data()
X_train, y_train = X_train[:600], y_train[:600]
X_val, y_val = X_val[:200], y_val[:200]
net = TwoLayerMLP(28 * 28, 64, 10, activation='relu')
stats = net.train(X_train, y_train, X_val, y_val, learning_rate=1e-3,
                  learning_rate_decay=0.95, reg=0.5, num_epochs=2, batch_size=100,
                  verbose=True)
val_acc = (net.predict(X_val) == y_val).mean()

W1 = net.params['W1']
grid = visualize_grid(W1.T.reshape(-1, 28, 28), padding=3)
plt.imshow(grid.astype('uint8'))
plot_stats(stats)
show_net_weights(net)
"""


def exactly(figure):
    """The figure, to twelve decimals."""
    return pytest.approx(figure, abs=1e-12, rel=0)


def toy_net(activation):
    return TwoLayerMLP(
        4, 10, 3, std=1e-1, activation=activation, rng=np.random.RandomState(0)
    )


def toy_loss(activation, reg=0.1):
    return toy_net(activation).loss(*toy_data(), reg=reg)[0]


def last_toy_loss(activation):
    (X, y), settings = toy_data(), TOY_SETTINGS[activation]
    losses = toy_net(activation).train(X, y, X, y, **settings)["loss_history"]
    assert len(losses) == settings["num_epochs"]
    return losses[-1]


# The toy network


def test_sigmoid_toy_loss_is_the_published_one():
    assert toy_loss("sigmoid") == exactly(TOY_LOSSES["sigmoid"]["loss"])


def test_relu_toy_loss_is_the_published_one():
    assert toy_loss("relu") == exactly(TOY_LOSSES["relu"]["loss"])


def test_trained_sigmoid_toy_loss_is_the_published_one():
    assert last_toy_loss("sigmoid") == exactly(TOY_LOSSES["sigmoid"]["trained"])


def test_trained_relu_toy_loss_is_the_published_one():
    assert last_toy_loss("relu") == exactly(TOY_LOSSES["relu"]["trained"])


def test_the_handouts_relu_loss_belongs_to_softplus_alone():
    matching = [
        name for name in ACTIVATIONS if abs(toy_loss(name) - HANDOUT_RELU_LOSS) < 5e-7
    ]
    assert matching == ["softplus"]
    assert toy_loss("softplus") == pytest.approx(1.3209729331, abs=5e-11, rel=0)


@pytest.mark.parametrize("name, bound", [("W1", 1e-7), ("W2", 1e-8), ("b2", 1e-9)])
def test_sigmoid_toy_gradient_agrees_with_centered_differences(name, bound):
    assert gradient_report(toy_net("sigmoid"), *toy_data(), reg=0.1)[name] < bound


def test_sigmoid_toy_b1_is_right_but_misses_the_promised_1e_8():
    """Its smallest entry, 3.0e-6, lies between two multiples of a difference's step."""
    net, (X, y) = toy_net("sigmoid"), toy_data()
    assert 1e-7 < gradient_report(net, X, y, reg=0.1)["b1"] < 1e-5
    assert np.abs(net.loss(X, y, reg=0.1)[1]["b1"]).min() == pytest.approx(
        3.0121782349917e-06, rel=1e-10
    )  # computed with 50 digits


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_relu_toy_gradient_agrees_with_centered_differences(name):
    assert gradient_report(toy_net("relu"), *toy_data(), reg=0.1)[name] < 1e-7


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("K", [2, 3, 10])
def test_loss_is_ln_K_at_chance(activation, K):
    rng = np.random.default_rng(K)
    X, y = rng.standard_normal((50, 6)), rng.integers(0, K, 50)
    exactly = TwoLayerMLP(6, 8, K, std=0, activation=activation).loss(X, y)[0]
    nearly = TwoLayerMLP(6, 8, K, std=1e-3, activation=activation, rng=rng).loss(X, y)[
        0
    ]
    assert exactly == pytest.approx(np.log(K), abs=1e-12, rel=0)
    assert nearly == pytest.approx(np.log(K), abs=1e-2, rel=0)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_loss_rises_with_reg_by_half_the_sum_of_squared_weights(activation):
    params = toy_net(activation).params
    half_squares = 0.5 * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    regs = [0, 1e-5, 0.1, 1, 10]
    losses = [toy_loss(activation, reg) for reg in regs]
    assert losses == sorted(set(losses))
    np.testing.assert_allclose(
        losses, losses[0] + np.array(regs) * half_squares, rtol=1e-13
    )


# The assignment's cells


@pytest.fixture(scope="module")
def assignment():
    """Names that the assignment's cells define, and what they print."""
    names, printed = {}, io.StringIO()
    state = np.random.get_state()
    backend = matplotlib.get_backend()
    matplotlib.use("Agg")
    try:
        with contextlib.redirect_stdout(printed):
            exec(ASSIGNMENT, names)
        yield names, printed.getvalue()
    finally:
        names["plt"].close("all")
        matplotlib.use(backend)
        np.random.set_state(state)


def test_the_assignments_seeds_give_the_published_toy_figures(assignment):
    names, _ = assignment
    published = TOY_LOSSES["sigmoid"]
    assert names["toy_loss"] == exactly(published["loss"])
    assert names["toy_stats"]["loss_history"][-1] == exactly(published["trained"])
    assert set(names["errors"]) == {"W1", "b1", "W2", "b2"}
    assert max(names["errors"].values()) < 1e-5


def test_params_have_the_assignments_names_and_shapes(assignment):
    params = assignment[0]["net"].params
    assert {name: value.shape for name, value in params.items()} == {
        "W1": (784, 64),
        "b1": (64,),
        "W2": (64, 10),
        "b2": (10,),
    }


def test_histories_have_an_entry_for_each_minibatch_or_each_epoch(assignment):
    stats = assignment[0]["stats"]
    assert {name: len(history) for name, history in stats.items()} == {
        "loss_history": 2 * 6,
        "grad_magnitude_history": 2 * 6,
        "train_acc_history": 2,
        "val_acc_history": 2,
    }
    assert stats["val_acc_history"][-1] == assignment[0]["val_acc"]


def test_verbose_training_prints_the_assignments_line_for_each_epoch(assignment):
    names, printed = assignment
    stats = names["stats"]
    rows = [
        (1, stats["loss_history"][5]),
        (2, stats["loss_history"][11]),
    ]
    assert printed == "".join(
        f"Epoch {epoch}: loss {loss:f}, "
        f"train_acc {stats['train_acc_history'][epoch - 1]:f}, "
        f"val_acc {stats['val_acc_history'][epoch - 1]:f}\n"
        for epoch, loss in rows
    )


def test_weight_images_make_one_picture_of_the_full_range(assignment):
    grid = assignment[0]["grid"]
    assert grid.shape == (8 * 31 - 3, 8 * 31 - 3)
    assert (grid.min(), grid.max()) == pytest.approx((0, 255), abs=1e-9)


def test_predictions_are_integer_labels(assignment):
    names, _ = assignment
    labels = names["net"].predict(names["X_val"])
    assert labels.shape == (200,) and np.issubdtype(labels.dtype, np.integer)
    assert set(labels) <= set(range(10))


# The handout's cells, as printed

# The handout's calls, in its order and with its arguments; the loop over the
# activations and the JSON are ours, and of the 20 epochs on MNIST this is the first.
PRINTED = """
import json
import numpy as np
from mlp import TwoLayerMLP
from utils import eval_numerical_gradient, get_MNIST_data, rel_error

toy = {}
for activation, rate, epochs in [('sigmoid', 0.5, 100), ('relu', 0.1, 50)]:
    np.random.seed(0)
    net = TwoLayerMLP(4, 10, 3, std=1e-1, activation=activation)
    if activation == 'sigmoid':
        np.random.seed(1)
        X = 10 * np.random.randn(5, 4)
        y = np.array([0, 1, 2, 2, 1])
    loss, grads = net.loss(X, y, reg=0.1)
    f = lambda W: net.loss(X, y, reg=0.1)[0]
    numeric = {name: eval_numerical_gradient(f, net.params[name], verbose=False)
               for name in grads}
    errors = {name: rel_error(numeric[name], grads[name]) for name in grads}
    stats = net.train(X, y, X, y, learning_rate=rate, reg=1e-5,
                      num_epochs=epochs, verbose=False)
    toy[activation] = loss, stats['loss_history'][-1], errors
print(json.dumps(toy))

X_train, y_train, X_val, y_val, X_test, y_test = get_MNIST_data()
net = TwoLayerMLP(28 * 28, 64, 10, activation='sigmoid')
stats = net.train(X_train, y_train, X_val, y_val, learning_rate=1e-3,
                  learning_rate_decay=0.95, reg=0.5, num_epochs=1, batch_size=100,
                  verbose=True)
"""
WITHOUT_A_STARTER = (
    'import sys, mlp.grader.utils; sys.modules["utils"] = mlp.grader.utils\n'
)


def printed_by(cells, folder):
    """Lines that cells print in a fresh process that works in the folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-c", cells]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def as_printed(tmp_path_factory):
    """What the handout's cells print beside the starter's files, mlp.py filled in."""
    folder = tmp_path_factory.mktemp("starter")
    write_files(solution(), folder)
    toy, *log = printed_by(PRINTED, folder)
    return json.loads(toy), log


@pytest.mark.parametrize("activation", TOY_LOSSES)
def test_the_handouts_cells_as_printed_give_the_toy_figures(as_printed, activation):
    loss, trained, errors = as_printed[0][activation]
    assert {"loss": loss, "trained": trained} == exactly(TOY_LOSSES[activation])
    assert errors.keys() == {"W1", "b1", "W2", "b2"} and max(errors.values()) < 1e-5


def test_the_handouts_cells_as_printed_give_the_first_line_of_the_mnist_log(as_printed):
    assert as_printed[1] == printed_log(SIGMOID_LOG)[:1]


def test_without_a_starter_one_line_makes_the_handouts_utils_known(tmp_path):
    cells = "from utils import get_MNIST_data\nprint(get_MNIST_data.__module__)"
    assert printed_by(WITHOUT_A_STARTER + cells, tmp_path) == ["mlp.grader.utils"]


# MNIST with the sigmoid network

REPLAYED = re.compile(r"^ *(\d+) +\S+ \S+ \S+ +(\S+) (\S+) (\S+)  [✓✗]$", re.MULTILINE)
ACCURACY = re.compile(r"(train|val|test): published \S+, ours (\S+)")


def stored(chapter):
    """What the cells of a chapter print. `make test` executes it and compares."""
    cells = nbformat.read(ROOT / f"book/{chapter}.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream")


def printed_log(log):
    """The lines of a log as the assignment prints them."""
    line = "Epoch {}: loss {}, train_acc {}, val_acc {}"
    return [line.format(*row.split()) for row in log.splitlines()]


def test_sigmoid_log_on_mnist_is_the_published_one_to_every_digit():
    rows = REPLAYED.findall(stored("train/mnist_sigmoid"))
    assert [" ".join(row) for row in rows] == SIGMOID_LOG.splitlines()


def test_sigmoid_accuracy_on_mnist_is_the_published_one():
    found = ACCURACY.findall(stored("train/mnist_sigmoid"))
    shares = {part: float(share) for part, share in found}
    assert shares == pytest.approx(SIGMOID_ACCURACIES, abs=1e-9, rel=0)


# The one place of the published figures, and the pages


def test_the_published_figures_are_those_that_the_chapters_print():
    toy, errata, relu = map(
        stored, ["train/toy", "reference/errata", "train/mnist_relu"]
    )
    for losses in TOY_LOSSES.values():
        for figure in losses.values():
            assert f"(published {figure})" in toy
    printed = re.findall(
        r"^(\w+) +(\S+) +the handout's, as printed: (\w+)$", errata, re.M
    )
    shown = {name: (float(loss), same) for name, loss, same in printed}
    assert shown["relu"] == (round(TOY_LOSSES["relu"]["loss"], 10), "False")
    assert shown["softplus"] == (pytest.approx(HANDOUT_RELU_LOSS, abs=5e-7), "True")
    for name, (published, low, high) in RELU_FIGURES.items():
        numbers = re.search(
            rf"^{name} +(\S+) +(\S+) … (\S+)", relu, re.MULTILINE
        ).groups()
        assert tuple(map(float, numbers)) == (published, low, high)
