# Made by `make generate` from book/build/model.ipynb: edit it there.
from numbers import Integral

import numpy as np

from mlp import training
from mlp.activations import ACTIVATIONS
from mlp.checks import (
    check_choice,
    check_inputs,
    check_labels,
    check_number,
    check_params,
    check_rng,
)
from mlp.losses import OUTPUTS, PENALTIES, UNCHECKED
from mlp.network import backward, forward, initial_parameters


class MLP:
    """A multilayer perceptron of any depth.

    Parameters
    ----------
    sizes : sequence of int
        [D, H1, …, K]: inputs, hidden widths, outputs. The depth l is the number of
        weight matrices.
    activation : str
        Of the hidden layers: a key of `ACTIVATIONS`.
    std : float
        Standard deviation of the initial weights. Biases start at 0.
    penalty : str
        "l2" adds 0.5 · reg · ΣW² to the loss, "l1" adds reg · Σ|W|. Biases are not
        penalized.
    output : str
        "softmax" for K ≥ 2 classes, or "sigmoid" for K = 1: two classes, binary cross-
        entropy (Problem 1).
    rng : numpy Generator, RandomState, or the module np.random
        Draws the weights. None is NumPy's global generator.
    dtype : NumPy dtype
        float64 (the default) or float32, for parameters and all arithmetic.

    Attributes
    ----------
    params : dict
        W1 (D, H1), b1 (H1,) … Wl, bl. Training puts new arrays in place of the old
        ones.
    sizes, activation, penalty, output, dtype
        As given; sizes is a list of int, dtype a NumPy dtype.

    Raises
    ------
    ValueError, TypeError
        For an unknown name, a size below 1, or outputs that do not fit K.
    """

    def __init__(
        self,
        sizes,
        activation="relu",
        std=1e-1,
        penalty="l2",
        output="softmax",
        rng=None,
        dtype=float,
    ):
        if isinstance(sizes, (str, dict, set)) or not np.iterable(sizes):
            raise TypeError(f"sizes must be a sequence of whole numbers; got {sizes!r}")
        self.sizes = [check_number("sizes", size, Integral, least=1) for size in sizes]
        self.activation = check_choice("activation", activation, ACTIVATIONS)
        self.penalty = check_choice("penalty", penalty, PENALTIES)
        self.output = check_choice("output", output, OUTPUTS)
        if dtype not in (float, np.float64, np.float32, "float64", "float32"):
            raise ValueError(f"dtype must be 'float64', 'float32'; got {dtype!r}")
        self.dtype = np.dtype(dtype)
        if len(self.sizes) < 2 or (self.sizes[-1] == 1) != (output == "sigmoid"):
            raise ValueError(
                f"sizes must be [D, …, K], K ≥ 2 or 1 for sigmoid; got {self.sizes}"
            )
        std, rng = check_number("std", std, least=0), check_rng(rng, np.random)
        self.params = initial_parameters(self.sizes, std, rng, self.dtype)

    def __repr__(self):
        return f"<{type(self).__name__} {self.sizes} {self.activation}, {self.output}>"

    def checked(self, X, y, X_name="X", y_name="y"):
        """Check X (N, D), y (N,), params; return X in net's dtype, y as an index."""
        X = self.checked_inputs(X, X_name)
        return X, check_labels(y, len(X), max(self.sizes[-1], 2), y_name)

    def checked_inputs(self, X, name="X"):
        """Check X (N, D) and the shapes of params; return X in the network's dtype."""
        check_params(self.params, self.sizes, self.dtype)
        return check_inputs(X, self.sizes[0], name, self.dtype)

    def scores(self, X):
        """Scores (N, K) of the rows of X (N, D); X is not checked."""
        return forward(self.params, X, ACTIVATIONS[self.activation][0])[0]

    def loss_and_grads(self, X, y, reg):
        """What `loss` returns for X (N, D) and an index y (N,); nothing is checked."""
        f, f_prime_of_h = ACTIVATIONS[self.activation]
        penalty, penalty_grad = PENALTIES[self.penalty]
        scores, hidden = forward(self.params, X, f)
        loss, dscores = UNCHECKED[self.output](scores, y)
        grads = backward(self.params, hidden, dscores, f_prime_of_h)
        if reg == 0:
            return loss, grads
        for k in range(1, len(self.sizes)):
            W = self.params[f"W{k}"]
            loss += reg * penalty(W)
            grads[f"W{k}"] += reg * penalty_grad(W)  # eq:penalized-gradient
        return loss, grads

    def loss(self, X, y=None, reg=0.0):
        """Loss and gradients of a batch, or its scores when there are no labels.

        Parameters
        ----------
        X : array_like, (N, D)
        y : array_like of int, (N,), optional
            Labels 0 … K-1 (0 or 1 for a sigmoid output).
        reg : float
            Weight of the penalty, at least 0.

        Returns
        -------
        scores : ndarray, (N, K)
            When y is None.
        loss, grads : float, dict
            Otherwise: the mean loss plus the penalty, and its gradient by every
            parameter, keyed like params.

        Raises
        ------
        ValueError, TypeError
            For inputs of the wrong shape or type, NaN or infinite inputs, labels
            outside 0 … K-1, a negative reg, or parameters of a wrong shape or dtype.
        """
        reg = check_number("reg", reg, least=0)
        if y is None:
            return self.scores(self.checked_inputs(X))
        return self.loss_and_grads(*self.checked(X, y), reg)

    def classes(self, X):
        """Most probable class (N,) of each row of X (N, D); X is not checked."""
        scores = self.scores(X)
        if self.output == "sigmoid":
            return (scores[:, 0] > 0).astype(np.intp)
        return scores.argmax(axis=1)

    def predict(self, X):
        """Most probable class of each row: X (N, D) gives (N,) integer labels.

        Raises like `loss`.
        """
        return self.classes(self.checked_inputs(X))

    def accuracy(self, X, y):
        """Share of the rows of X (N, D) whose predicted class is the label in y (N,).

        Raises like `loss`.
        """
        return training.accuracy(self, *self.checked(X, y))

    train = training.train


class TwoLayerMLP(MLP):
    """One hidden layer, in the assignment's interface; softmax is the default output.

    Parameters
    ----------
    input_size, hidden_size, num_classes : int
        D, H and K.
    std : float
        Standard deviation of the initial weights.
    activation : str
        Of the hidden layer: a key of `ACTIVATIONS`.
    **options
        penalty, output, rng and dtype, as for `MLP`.
    """

    def __init__(
        self,
        input_size,
        hidden_size,
        num_classes,
        std=1e-1,
        activation="relu",
        **options,
    ):
        super().__init__(
            [input_size, hidden_size, num_classes], activation, std, **options
        )
