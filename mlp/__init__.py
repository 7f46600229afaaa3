"""A multilayer perceptron in NumPy, made from the cells of the book's chapters."""

from mlp.activations import ACTIVATIONS, identity, relu, sigmoid, softplus, tanh
from mlp.data import get_MNIST_data, read_idx, toy_data
from mlp.gradient_check import eval_numerical_gradient, gradient_report, rel_error
from mlp.losses import binary_cross_entropy, softmax, softmax_cross_entropy
from mlp.model import MLP, TwoLayerMLP
from mlp.plots import draw_graph, plot_stats, show_net_weights, visualize_grid
from mlp.training import Diverged
from mlp.verdicts import check_gradient, check_gradients

PROVERS = ("prove_backward", "prove_gradient")  # of mlp.tracing, imported when used


def __getattr__(name):
    """Import the functions that prove code when they are asked for."""
    if name in PROVERS:
        from mlp import tracing

        return getattr(tracing, name)
    raise AttributeError(f"module 'mlp' has no attribute {name!r}")


__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Diverged",
    "TwoLayerMLP",
    "binary_cross_entropy",
    "check_gradient",
    "check_gradients",
    "draw_graph",
    "eval_numerical_gradient",
    "get_MNIST_data",
    "gradient_report",
    "identity",
    "plot_stats",
    "prove_backward",
    "prove_gradient",
    "read_idx",
    "rel_error",
    "relu",
    "show_net_weights",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "tanh",
    "toy_data",
    "visualize_grid",
]
