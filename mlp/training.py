# Made by `make generate` from book/build/training.ipynb: edit it there.
import math
import sys
from numbers import Integral

import numpy as np
from tqdm import tqdm

from mlp.checks import check_number, check_rng


def plain_step(net, X, y, learning_rate, reg):
    """One step of gradient descent, as one would write it on paper.

    Parameters
    ----------
    net : MLP
    X : ndarray, (B, D)
    y : ndarray of int, (B,)
    learning_rate, reg : float

    Returns
    -------
    loss : float
        At the parameters before the step.
    grad_magnitude : float
        Frobenius norm of the gradient by W1, before the step.
    """
    loss, grads = net.loss(X, y, reg)
    for name, grad in grads.items():
        net.params[name] = net.params[name] - learning_rate * grad  # eq:sgd
    return loss, float(np.linalg.norm(grads["W1"]))


def minibatches(X, y, batch_size, rng):
    """Walk the examples once in random order.

    Parameters
    ----------
    X, y : ndarray, (N, D) and (N,)
    batch_size : int
        B, at most N.
    rng : numpy Generator or RandomState
        Draws one permutation.

    Yields
    ------
    X_batch, y_batch : ndarray, (B, D) and (B,)
        N // B times. X_batch is one array, overwritten each time.
    """
    order = rng.permutation(len(X))
    X_batch = np.empty((batch_size, X.shape[1]), X.dtype)
    for start in range(0, len(X) - batch_size + 1, batch_size):
        batch = order[start : start + batch_size]
        X.take(batch, 0, X_batch, mode="clip")
        yield X_batch, y[batch]


def lean_step(net, X, y, learning_rate, reg):
    """The step of `plain_step`, without copies and without any check; y is an index.

    The array of the gradient becomes the new parameter; the old one stays as it was.
    Parameters and return values are those of `plain_step`.
    """
    loss, grads = net.loss_and_grads(X, y, reg)
    grad_magnitude = math.sqrt(np.vdot(grads["W1"], grads["W1"]))
    for name, grad in grads.items():
        grad *= -learning_rate
        grad += net.params[name]  # eq:sgd
        net.params[name] = grad
    return loss, grad_magnitude


def accuracy(net, X, y):
    """Share of rows of X (N, D) whose predicted class is y (N,); X is not checked."""
    return float(np.mean(net.classes(X) == y))


class Diverged(FloatingPointError):
    """The loss or a parameter became NaN, infinite, or too large to be summed.

    Attributes
    ----------
    epoch, step : int
        Where it happened, counted from 1.
    learning_rate : float
        In that epoch.
    stats : dict
        The histories up to there, as `train` would have returned them.
    """

    def __init__(self, epoch, step, learning_rate, stats):
        super().__init__(epoch, step, learning_rate, stats)
        self.epoch, self.step, self.learning_rate, self.stats = self.args

    def __str__(self):
        return (
            f"training diverged in epoch {self.epoch}, step {self.step}, learning "
            f"rate {self.learning_rate:g}. The network keeps the parameters of its "
            "last good step. Try a learning rate ten times smaller, or inputs scaled "
            "to [-1, 1]."
        )


def _all_finite(params, names):
    """Whether the sum of each of the named parameters is finite."""
    return all(math.isfinite(params[name].sum()) for name in names)


def good_steps(net, batches, learning_rate, reg):
    """Take a step on each minibatch; stop at a loss or parameters that are not finite.

    Parameters
    ----------
    net : MLP
    batches : iterable of pairs
        As `minibatches` yields them.
    learning_rate, reg : float

    Yields
    ------
    before : dict
        The parameters before the step. They are finite, and so is their loss.
    loss, grad_magnitude : float
        As `lean_step` returns them.
    batch : pair of ndarrays, (B, D) and (B,)
    """
    unseen = [name for name in net.params if reg == 0 or name.startswith("b")]
    for batch in batches:
        before = dict(net.params)
        loss, grad_magnitude = lean_step(net, *batch, learning_rate, reg)
        if not (math.isfinite(loss) and _all_finite(before, unseen)):
            return
        yield before, loss, grad_magnitude, batch


SETTINGS = {  # what `check_number` asks of each
    "learning_rate": {"above": 0},
    "learning_rate_decay": {"above": 0},
    "reg": {"least": 0},
    "num_epochs": {"kind": Integral, "least": 1},
    "batch_size": {"kind": Integral, "least": 1},
}


def _log_line(epoch, stats):
    """The assignment's line after an epoch, counted from 1."""
    line = f"Epoch {epoch}: loss {stats['loss_history'][-1]:f}"
    for name in ("train_acc", "val_acc"):
        if stats[f"{name}_history"]:
            line += f", {name} {stats[f'{name}_history'][-1]:f}"
    return line


HISTORIES = [
    "loss_history",
    "grad_magnitude_history",
    "train_acc_history",
    "val_acc_history",
]


@np.errstate(over="ignore", invalid="ignore")
def train(
    net,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=1e-5,
    num_epochs=10,
    batch_size=200,
    verbose=False,
    rng=None,
    progress=False,
):
    """Minibatch gradient descent; a method of every `MLP`.

    Each epoch draws one permutation of the examples and walks it in consecutive
    minibatches, N // batch_size of them and at least one; after it, the learning rate
    is multiplied by the decay.

    Parameters
    ----------
    net : MLP
        Its `params` get new arrays.
    X, y : array_like, (N, D) and (N,)
        The training set: inputs and integer labels. X is copied once when it has
        another dtype than net, or does not lie in memory row by row.
    X_val, y_val : array_like, (M, D) and (M,), or None
        The validation set. None for both trains without one.
    learning_rate, learning_rate_decay : float
        Greater than 0.
    reg : float
        Weight of the penalty, at least 0.
    num_epochs, batch_size : int
        At least 1. A batch larger than the training set is the whole set.
    verbose : bool
        Print a line after each epoch, above the bar if there is one.
    rng : numpy Generator or RandomState
        Draws the permutations. None starts a new RandomState(1) at each call, the
        assignment's choice.
    progress : bool
        Show a tqdm bar over the epochs.

    Returns
    -------
    stats : dict of lists of float
        loss_history and grad_magnitude_history (the Frobenius norm of the gradient by
        W1) have an entry for each minibatch, taken before its update. train_acc_history
        (on the epoch's last minibatch, after its update) and val_acc_history have one
        for each epoch; without a validation set val_acc_history is empty.

    Raises
    ------
    ValueError, TypeError
        For bad inputs, labels or settings.
    Diverged
        When the loss or a parameter becomes NaN or infinite; a FloatingPointError.
    """
    X, y = net.checked(X, y)
    validates = X_val is not None or y_val is not None
    if validates:
        X_val, y_val = net.checked(X_val, y_val, "X_val", "y_val")
    given = (learning_rate, learning_rate_decay, reg, num_epochs, batch_size)
    learning_rate, learning_rate_decay, reg, num_epochs, batch_size = (
        check_number(name, value, **SETTINGS[name])
        for name, value in zip(SETTINGS, given, strict=True)
    )
    batch_size = min(batch_size, len(X))
    rng = check_rng(rng, np.random.RandomState(1))
    stats, last_good = {name: [] for name in HISTORIES}, dict(net.params)
    for epoch in tqdm(range(1, num_epochs + 1), disable=not progress, unit="epoch"):
        batches = minibatches(X, y, batch_size, rng)
        steps = 0
        for step in good_steps(net, batches, learning_rate, reg):
            last_good, loss, grad_magnitude, batch = step
            stats["loss_history"].append(loss)
            stats["grad_magnitude_history"].append(grad_magnitude)
            steps += 1
        if steps < len(X) // batch_size or not _all_finite(net.params, net.params):
            net.params.update(last_good)
            step = min(steps + 1, len(X) // batch_size)
            raise Diverged(epoch, step, learning_rate, stats)
        stats["train_acc_history"].append(accuracy(net, *batch))
        if validates:
            stats["val_acc_history"].append(accuracy(net, X_val, y_val))
        learning_rate *= learning_rate_decay
        if verbose:
            tqdm.write(_log_line(epoch, stats), file=sys.stdout)
    return stats
