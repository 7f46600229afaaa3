"""The first line that a training prints, for each slip: computed once, and stored."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from mlp.data import get_MNIST_data, toy_data
from mlp.grader.programs.variants import OF_A_RUN, RIGHT, train
from mlp.published import MNIST_SETTINGS, TOY_SETTINGS

FILE = Path(__file__).with_name("first_lines.json")
SIZES = {"MNIST": (784, 64, 10), "toy": (4, 10, 3)}
# How much rounding moves the loss of the first line: by little; a ReLU's on pixels
ROUNDED, CHAOTIC = 1e-6, 5e-3


def weights_from(kind, rng, sizes):
    """Return initial parameters: right ones, or those of a slip."""
    D, H, K = sizes
    draw = rng.randn
    if kind == "seed 0":
        draw = np.random.RandomState(0).randn
    if kind == "uniform":
        draw = rng.rand
    std = float(kind.split()[1]) if kind.startswith("std") else 0.1
    names = ["W2", "W1"] if kind == "W2 first" else ["W1", "W2"]
    if kind == "biases":
        names = ["W1", "b1", "W2", "b2"]
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    drawn = {name: std * draw(*shapes[name]) for name in names}
    return {name: drawn.get(name, np.zeros(shape)) for name, shape in shapes.items()}


def global_stream(data, activation):
    """Return NumPy's global generator as it is when a network is made."""
    rng = np.random.RandomState(0 if data == "toy" or activation == "sigmoid" else 1)
    lengths = [70000] if activation == "sigmoid" else 20 * [50000]
    for length in lengths if data == "MNIST" else []:
        rng.permutation(length)
    return rng


def first_line(data, activation, name, examples=None):
    """Return the line of the first epoch: "loss train_acc val_acc".

    Parameters
    ----------
    data : str
        "MNIST" or "toy".
    activation : str
    name : str
        A key of OF_A_RUN, or "right".
    examples : tuple of ndarray, optional
        X, y, X_val and y_val; they are read if they are not given.
    """
    slipped = RIGHT if name == "right" else OF_A_RUN[name]
    rng = global_stream(data, activation)
    params = weights_from(slipped.weights, rng, SIZES[data])
    settings = TOY_SETTINGS[activation] if data == "toy" else MNIST_SETTINGS
    settings = {**settings, "num_epochs": 1}
    with np.errstate(all="ignore"):
        _, [line] = train(
            slipped,
            params,
            *(examples or examples_of(data)),
            activation,
            rng,
            **settings,
        )
    return "{:f} {:f} {:f}".format(*line)


def examples_of(data):
    """Return X, y, X_val and y_val."""
    return 2 * toy_data() if data == "toy" else get_MNIST_data()[:4]


def write_first_lines():
    """Compute all first lines, and store them."""
    lines = {}
    for data in SIZES:
        examples = examples_of(data)
        for activation in TOY_SETTINGS:
            lines[f"{data}, {activation}"] = {
                name: first_line(data, activation, name, examples)
                for name in ["right", *OF_A_RUN]
            }
    FILE.write_text(json.dumps(lines, indent=2) + "\n", "utf-8")


@cache
def stored_lines():
    """Return the stored lines, {"MNIST, relu": {slip: line}}."""
    return json.loads(FILE.read_text("utf-8"))


def explain_line(activation, line, data="MNIST"):
    """Return the slip that prints this first line, and what it says; or nothing."""
    given = numbers_in(line)
    lines = stored_lines()[f"{data}, {activation}"]
    for name, slipped in OF_A_RUN.items():
        stored, right = numbers_in(lines[name]), numbers_in(lines["right"])
        if activation == "relu":
            found = is_near(given, stored) and is_far(stored, right)
        else:
            found = is_the_line(given, stored) and lines[name] != lines["right"]
        if found:
            return name, slipped.says
    return "", ""


def numbers_in(line):
    """Return the numbers of a line."""
    return np.array(line.split(), float)


def is_the_line(given, stored):
    """Tell whether two lines agree but for rounding."""
    loss = np.isclose(given[0], stored[0], rtol=ROUNDED, atol=1e-6, equal_nan=True)
    return bool(loss and np.allclose(given[1:], stored[1:], atol=1e-4))


def is_near(given, stored):
    """Tell whether two lines are as near as runs of a ReLU that only round differently.

    Their last minibatch differs by single images.
    """
    loss = np.isclose(given[0], stored[0], rtol=CHAOTIC, equal_nan=True)
    return bool(loss and np.allclose(given[1:], stored[1:], atol=0.05))


def is_far(stored, right):
    """Tell whether a slip moves the loss by more than the rounding of a ReLU's run."""
    return not abs(stored[0] / right[0] - 1) < 4 * CHAOTIC
