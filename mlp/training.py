# Made by `make mlp` from book/build/training.ipynb: edit it there.
import math
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
    """The step of `plain_step`, without copies and without a check of X and reg.

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
    """The loss or a parameter became NaN or infinite during training.

    Attributes
    ----------
    epoch, step : int
        Where it happened, counted from 1.
    stats : dict
        The histories up to there, as `train` would have returned them.
    """

    def __init__(self, epoch, step, learning_rate, stats):
        super().__init__(
            f"training diverged in epoch {epoch}, step {step}, learning rate "
            f"{learning_rate:g}. The network keeps the parameters of its last good "
            "step. Try a learning rate ten times smaller, or inputs scaled to [-1, 1]."
        )
        self.epoch, self.step, self.stats = epoch, step, stats


HISTORIES = [
    "loss_history",
    "grad_magnitude_history",
    "train_acc_history",
    "val_acc_history",
]


def run_epoch(net, batches, epoch, learning_rate, reg, stats, last_good):
    """Take a step on each minibatch of an epoch, and record it.

    Parameters
    ----------
    net : MLP
    batches : iterable of pairs
        As `minibatches` yields them.
    epoch : int
        Counted from 1; for the error message.
    learning_rate, reg : float
    stats : dict of lists of float
        loss_history and grad_magnitude_history grow by an entry for each step.
    last_good : dict
        The newest finite parameters whose loss was finite; kept up to date. An
        infinite weight shows in the loss through the penalty, an infinite bias may not.

    Returns
    -------
    X_batch, y_batch : ndarray, (B, D) and (B,)
        The last minibatch.

    Raises
    ------
    Diverged
        When a loss, a bias or, after the last step, any parameter is NaN or infinite. The
        network has the parameters of last_good then.
    """
    step, biases = 0, [name for name in net.params if name.startswith("b")]
    for X_batch, y_batch in batches:
        step += 1
        before = dict(net.params)
        loss, grad_magnitude = lean_step(net, X_batch, y_batch, learning_rate, reg)
        finite = all(math.isfinite(before[name].sum()) for name in biases)
        if not (math.isfinite(loss) and finite):
            break
        last_good.update(before)
        stats["loss_history"].append(loss)
        stats["grad_magnitude_history"].append(grad_magnitude)
    finite = all(np.isfinite(p).all() for p in net.params.values())
    if not (math.isfinite(loss) and finite):
        net.params.update(last_good)
        raise Diverged(epoch, step, learning_rate, stats)
    return X_batch, y_batch


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
        The training set: inputs and integer labels.
    X_val, y_val : array_like, (M, D) and (M,)
        The validation set.
    learning_rate, learning_rate_decay : float
        Greater than 0.
    reg : float
        Weight of the penalty, at least 0.
    num_epochs, batch_size : int
        At least 1. A batch larger than the training set is the whole set.
    verbose : bool
        Print a line after each epoch.
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
        for each epoch.

    Raises
    ------
    ValueError, TypeError
        For bad inputs, labels or settings.
    Diverged
        When the loss or a parameter becomes NaN or infinite; a FloatingPointError.
    """
    X, y = net.checked(X, y)
    X_val, y_val = net.checked(X_val, y_val, "X_val", "y_val")
    learning_rate = check_number("learning_rate", learning_rate, above=0)
    learning_rate_decay = check_number(
        "learning_rate_decay", learning_rate_decay, above=0
    )
    reg = check_number("reg", reg, least=0)
    num_epochs = check_number("num_epochs", num_epochs, Integral, least=1)
    batch_size = min(check_number("batch_size", batch_size, Integral, least=1), len(X))
    rng = check_rng(rng, np.random.RandomState(1))
    stats = {name: [] for name in HISTORIES}
    last_good = dict(net.params)
    for epoch in tqdm(range(1, num_epochs + 1), disable=not progress, unit="epoch"):
        batches = minibatches(X, y, batch_size, rng)
        X_batch, y_batch = run_epoch(
            net, batches, epoch, learning_rate, reg, stats, last_good
        )
        train_acc = accuracy(net, X_batch, y_batch)
        val_acc = accuracy(net, X_val, y_val)
        stats["train_acc_history"].append(train_acc)
        stats["val_acc_history"].append(val_acc)
        learning_rate *= learning_rate_decay
        if verbose:
            line = "Epoch %d: loss %f, train_acc %f, val_acc %f"
            print(line % (epoch, stats["loss_history"][-1], train_acc, val_acc))
    return stats
