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
from modules import ROOT

from mlp import TwoLayerMLP, gradient_report, toy_data
from mlp.grader.starter import solution, write

HANDOUT_RELU_LOSS = 1.320973

SIGMOID_LOG = """\
Epoch 1: loss 78.980750, train_acc 0.280000, val_acc 0.258300
Epoch 2: loss 49.838630, train_acc 0.430000, val_acc 0.459300
Epoch 3: loss 32.431795, train_acc 0.540000, val_acc 0.563200
Epoch 4: loss 21.732892, train_acc 0.710000, val_acc 0.640700
Epoch 5: loss 15.111877, train_acc 0.730000, val_acc 0.688400
Epoch 6: loss 10.906376, train_acc 0.680000, val_acc 0.718700
Epoch 7: loss 8.077669, train_acc 0.740000, val_acc 0.746200
Epoch 8: loss 6.229287, train_acc 0.760000, val_acc 0.766000
Epoch 9: loss 4.979639, train_acc 0.760000, val_acc 0.777300
Epoch 10: loss 4.108814, train_acc 0.780000, val_acc 0.791700
Epoch 11: loss 3.480617, train_acc 0.850000, val_acc 0.802500
Epoch 12: loss 3.065671, train_acc 0.800000, val_acc 0.816400
Epoch 13: loss 2.673266, train_acc 0.870000, val_acc 0.828100
Epoch 14: loss 2.496009, train_acc 0.880000, val_acc 0.837300
Epoch 15: loss 2.355747, train_acc 0.790000, val_acc 0.845900
Epoch 16: loss 2.138493, train_acc 0.840000, val_acc 0.852900
Epoch 17: loss 2.090350, train_acc 0.860000, val_acc 0.856900
Epoch 18: loss 1.974509, train_acc 0.900000, val_acc 0.861900
Epoch 19: loss 1.952709, train_acc 0.870000, val_acc 0.865300
Epoch 20: loss 1.859285, train_acc 0.900000, val_acc 0.868600
"""

# The assignment's cells, with names and arguments as it writes them; only the set sizes and
# the number of epochs are smaller.
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

toy_stats = net.train(X, y, X, y, learning_rate=0.5, reg=1e-5, num_epochs=100, verbose=False)

X_train, y_train, X_val, y_val, X_test, y_test = get_MNIST_data()
X_train, y_train = X_train[:600], y_train[:600]
X_val, y_val = X_val[:200], y_val[:200]
net = TwoLayerMLP(28 * 28, 64, 10, activation='relu')
stats = net.train(X_train, y_train, X_val, y_val, learning_rate=1e-3,
                  learning_rate_decay=0.95, reg=0.5, num_epochs=2, batch_size=100, verbose=True)
val_acc = (net.predict(X_val) == y_val).mean()

W1 = net.params['W1']
grid = visualize_grid(W1.T.reshape(-1, 28, 28), padding=3)
plt.imshow(grid.astype('uint8'))
plot_stats(stats)
show_net_weights(net)
"""


def toy_net(activation):
    return TwoLayerMLP(4, 10, 3, std=1e-1, activation=activation, rng=np.random.RandomState(0))


def toy_loss(activation, reg=0.1):
    return toy_net(activation).loss(*toy_data(), reg=reg)[0]


def last_toy_loss(activation, learning_rate, num_epochs):
    X, y = toy_data()
    stats = toy_net(activation).train(
        X, y, X, y, learning_rate=learning_rate, reg=1e-5, num_epochs=num_epochs
    )
    assert len(stats["loss_history"]) == num_epochs
    return stats["loss_history"][-1]


# --- the toy network -------------------------------------------------------------------


def test_sigmoid_toy_loss_is_the_published_one():
    assert toy_loss("sigmoid") == pytest.approx(1.1822479803941373, abs=1e-12, rel=0)


def test_relu_toy_loss_is_the_published_one():
    assert toy_loss("relu") == pytest.approx(1.3037878913298206, abs=1e-12, rel=0)


def test_trained_sigmoid_toy_loss_is_the_published_one():
    last = last_toy_loss("sigmoid", learning_rate=0.5, num_epochs=100)
    assert last == pytest.approx(0.10926794610680679, abs=1e-12, rel=0)


def test_trained_relu_toy_loss_is_the_published_one():
    last = last_toy_loss("relu", learning_rate=0.1, num_epochs=50)
    assert last == pytest.approx(0.0178562204869839, abs=1e-12, rel=0)


def test_the_handouts_relu_loss_belongs_to_softplus_alone():
    names = ["sigmoid", "tanh", "relu", "softplus", "identity"]
    matching = [name for name in names if abs(toy_loss(name) - HANDOUT_RELU_LOSS) < 5e-7]
    assert matching == ["softplus"]
    assert toy_loss("softplus") == pytest.approx(1.3209729331, abs=5e-11, rel=0)


@pytest.mark.parametrize("name, bound", [("W1", 1e-7), ("W2", 1e-8), ("b2", 1e-9)])
def test_sigmoid_toy_gradient_agrees_with_centered_differences(name, bound):
    assert gradient_report(toy_net("sigmoid"), *toy_data(), reg=0.1)[name] < bound


def test_sigmoid_toy_b1_is_right_but_misses_the_promised_1e_8():
    """Its smallest entry, 3.0e-6, lies between two multiples of the difference's step."""
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
    nearly = TwoLayerMLP(6, 8, K, std=1e-3, activation=activation, rng=rng).loss(X, y)[0]
    assert exactly == pytest.approx(np.log(K), abs=1e-12, rel=0)
    assert nearly == pytest.approx(np.log(K), abs=1e-2, rel=0)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_loss_rises_with_reg_by_half_the_sum_of_squared_weights(activation):
    params = toy_net(activation).params
    half_squares = 0.5 * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    regs = [0, 1e-5, 0.1, 1, 10]
    losses = [toy_loss(activation, reg) for reg in regs]
    assert losses == sorted(set(losses))
    np.testing.assert_allclose(losses, losses[0] + np.array(regs) * half_squares, rtol=1e-13)


# --- the assignment's cells ------------------------------------------------------------


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
    assert names["toy_loss"] == pytest.approx(1.1822479803941373, abs=1e-12, rel=0)
    assert names["toy_stats"]["loss_history"][-1] == pytest.approx(
        0.10926794610680679, abs=1e-12, rel=0
    )
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
        f"Epoch {epoch}: loss {loss:f}, train_acc {stats['train_acc_history'][epoch - 1]:f}, "
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


# --- the handout's cells, as printed ---------------------------------------------------

# The handout's calls, in its order and with its arguments; the loop over the activations and
# the JSON are ours, and of the 20 epochs on MNIST this is the first.
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
WITHOUT_A_STARTER = 'import sys, mlp.grader.utils; sys.modules["utils"] = mlp.grader.utils\n'


def printed_by(cells, folder):
    """Lines that cells print in a fresh process that works in the folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-c", cells]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def as_printed(tmp_path_factory):
    """What the handout's cells print beside the starter's files, its mlp.py filled in."""
    folder = tmp_path_factory.mktemp("starter")
    write(solution(), folder)
    toy, *log = printed_by(PRINTED, folder)
    return json.loads(toy), log


@pytest.mark.parametrize(
    "activation, first, last",
    [
        ("sigmoid", 1.1822479803941373, 0.10926794610680679),
        ("relu", 1.3037878913298206, 0.0178562204869839),
    ],
    ids=["sigmoid", "relu"],
)
def test_the_handouts_cells_as_printed_give_the_toy_figures(
    as_printed, activation, first, last
):
    loss, trained, errors = as_printed[0][activation]
    assert (loss, trained) == pytest.approx((first, last), abs=1e-12, rel=0)
    assert errors.keys() == {"W1", "b1", "W2", "b2"} and max(errors.values()) < 1e-5


def test_the_handouts_cells_as_printed_give_the_first_line_of_the_mnist_log(as_printed):
    assert as_printed[1] == SIGMOID_LOG.splitlines()[:1]


def test_without_a_starter_one_line_makes_the_handouts_utils_known(tmp_path):
    cells = "from utils import get_MNIST_data\nprint(get_MNIST_data.__module__)"
    assert printed_by(WITHOUT_A_STARTER + cells, tmp_path) == ["mlp.grader.utils"]


# --- MNIST with the sigmoid network ----------------------------------------------------

SIGMOID_CHAPTER = ROOT / "book/train/mnist_sigmoid.ipynb"
REPLAYED = re.compile(r"^ *(\d+) +\S+ \S+ \S+ +(\S+) (\S+) (\S+)  [✓✗]$", re.MULTILINE)
ACCURACY = re.compile(r"(train|val|test): published \S+, ours (\S+)")


@pytest.fixture(scope="module")
def sigmoid_run():
    """The published run of 20 epochs as its chapter stores it: log and accuracies.

    `make test` executes the chapter and compares it with what it stores.
    """
    cells = nbformat.read(SIGMOID_CHAPTER, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    text = "".join(output.text for output in outputs if output.output_type == "stream")
    line = "Epoch %s: loss %s, train_acc %s, val_acc %s\n"
    log = "".join(line % row for row in REPLAYED.findall(text))
    return log, {part: float(share) for part, share in ACCURACY.findall(text)}


def test_sigmoid_log_on_mnist_is_the_published_one_to_every_digit(sigmoid_run):
    assert sigmoid_run[0].splitlines() == SIGMOID_LOG.splitlines()


@pytest.mark.parametrize(
    "part, published", [("train", 0.87384), ("val", 0.8686), ("test", 0.8676)]
)
def test_sigmoid_accuracy_on_mnist_is_the_published_one(sigmoid_run, part, published):
    assert sigmoid_run[1][part] == pytest.approx(published, abs=1e-9, rel=0)
