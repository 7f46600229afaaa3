# Made by `make mlp` from book/build/losses.ipynb: edit it there.
import numpy as np

from mlp.activations import sigmoid, softplus
from mlp.checks import check_labels


def softmax(scores):
    """Class probabilities from scores, row by row.

    Parameters
    ----------
    scores : ndarray, (N, K)
        One row an example. On paper, adding a constant to a row changes nothing. So
        the row's maximum is subtracted first: the largest exponent is 0, and no power
        overflows.

    Returns
    -------
    P : ndarray, (N, K)
        Entries from 0 to 1; each row sums to 1 (eq:softmax).
    """
    P = np.exp(scores - scores.max(axis=1, keepdims=True))  # (N, K)
    P /= P.sum(axis=1, keepdims=True)  # eq:softmax
    return P


def softmax_cross_entropy(scores, y):
    """Mean cross-entropy of the softmax of the scores, and its gradient.

    Parameters
    ----------
    scores : ndarray, (N, K)
    y : array_like of int, (N,)
        The correct class of each example, 0 … K-1.

    Returns
    -------
    loss : float
        -(1/N) Σ_i ln P[i, y_i], in nats (eq:cross-entropy). Computed from the
        shifted scores (log-sum-exp), it stays finite where P underflows.
    dscores : ndarray, (N, K)
        (P - Y) / N with the one-hot rows Y (eq:softmax-cross-entropy).

    Raises
    ------
    ValueError, TypeError
        For labels of the wrong shape, type or range (see `check_labels`).
    """
    N, K = scores.shape
    y = check_labels(y, N, K)
    rows = np.arange(N)
    shifted = scores - scores.max(axis=1, keepdims=True)  # (N, K)
    P = np.exp(shifted)  # (N, K), not yet normalized
    total = P.sum(axis=1, keepdims=True)  # (N, 1)
    loss = (np.log(total).sum() - shifted[rows, y].sum()) / N  # eq:cross-entropy
    P /= total
    P[rows, y] -= 1
    P /= N  # (N, K) eq:softmax-cross-entropy
    return float(loss), P


def binary_cross_entropy(scores, y):
    """Mean cross-entropy of one sigmoid output, and its gradient (Problem 1).

    Parameters
    ----------
    scores : ndarray, (N, 1)
        The output's pre-activation z; the predicted probability of class 1 is
        sigmoid(z).
    y : array_like of int, (N,)
        Labels 0 or 1.

    Returns
    -------
    loss : float
        Mean of softplus(z) - y z, in nats (eq:binary-cross-entropy). With h =
        sigmoid(z) it equals -y ln h - (1 - y) ln(1 - h), but stays finite where h
        rounds to 0 or 1.
    dscores : ndarray, (N, 1)
        (sigmoid(z) - y) / N (eq:sigmoid-cross-entropy).

    Raises
    ------
    ValueError, TypeError
        For labels of the wrong shape, type or range (see `check_labels`).
    """
    N = len(scores)
    y = check_labels(y, N, 2)[:, None].astype(scores.dtype)  # (N, 1)
    loss = (softplus(scores) - y * scores).sum() / N  # eq:binary-cross-entropy
    return float(loss), (sigmoid(scores) - y) / N  # eq:sigmoid-cross-entropy


OUTPUTS = {"softmax": softmax_cross_entropy, "sigmoid": binary_cross_entropy}


def l2_penalty(W):
    """Half the sum of the squared weights, ½ ΣW² (a float). W has any shape."""
    return 0.5 * float(np.vdot(W, W))


def l2_penalty_grad(W):
    """Gradient of `l2_penalty`: W, in the shape of W (eq:l2-gradient)."""
    return W  # eq:l2-gradient


def l1_penalty(W):
    """Sum of the absolute weights, Σ|W| (a float). W has any shape."""
    return float(np.abs(W).sum())


def l1_penalty_grad(W):
    """A subgradient of `l1_penalty`, in the shape of W (eq:l1-gradient).

    It is the sign of W, and 0 where W = 0.
    """
    return np.sign(W)  # eq:l1-gradient


PENALTIES = {"l2": (l2_penalty, l2_penalty_grad), "l1": (l1_penalty, l1_penalty_grad)}
