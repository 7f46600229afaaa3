"""What tests hand in: notebooks, and a right program in two parts."""

import json

HEAD = """\
import numpy as np


class TwoLayerMLP:
    def __init__(
        self, input_size, hidden_size, num_classes, std=1e-1, activation="relu"
    ):
        self.activation = activation
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, num_classes),
            "b2": np.zeros(num_classes),
        }

    def train(self, X, y, X_val, y_val, **settings):
        raise NotImplementedError

    def predict(self, X):
        raise NotImplementedError
"""
LOSS = """\
def loss(self, X, y, reg=0.0):
    N, W1, W2 = len(X), self.params["W1"], self.params["W2"]
    z = X @ W1 + self.params["b1"]
    if self.activation == "sigmoid":
        h = np.exp(-np.logaddexp(0, -z))
    else:
        h = np.maximum(z, 0)
    scores = h @ W2 + self.params["b2"]
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    total = -log_p[np.arange(N), y].mean()
    total += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d /= N
    slope = h * (1 - h) if self.activation == "sigmoid" else h > 0
    dz = d @ W2.T * slope
    grads = {"W1": X.T @ dz + reg * W1, "b1": dz.sum(axis=0)}
    grads["W2"] = h.T @ d + reg * W2
    grads["b2"] = d.sum(axis=0)
    return total, grads
"""


def indented(code, by="    "):
    """The code as the body of a class."""
    return "".join(by + line if line.strip() else line for line in code.splitlines(1))


PROGRAM = HEAD + "\n" + indented(LOSS)


def notebook_text(*cells, **more):
    """The file of a notebook with these code cells."""
    made = [{"cell_type": "markdown", "source": ["# Hand-in"]}]
    made += [{"cell_type": "code", "source": cell.splitlines(True)} for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4, **more})


def write_notebook(folder, *cells, name="hand_in.ipynb"):
    """Write a notebook with these code cells; return its path."""
    path = folder / name
    path.write_text(notebook_text(*cells), "utf-8")
    return path
