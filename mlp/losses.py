# Made by `make generate` from book/build/losses.ipynb: edit it there.
import numpy as np

from mlp.activations import cut_float32, log1p, sigmoid, softplus
from mlp.checks import as_numbers, check_labels, check_shape


def softmax(scores):
    """Class probabilities from scores, row by row.

    Parameters
    ----------
    scores : array_like, (N, K)
        One row an example. On paper, adding a constant to a row changes nothing. So
        the row's maximum is subtracted first: the largest exponent is 0, and no power
        overflows.

    Returns
    -------
    P : ndarray, (N, K)
        Entries from 0 to 1; each row sums to 1 (eq:softmax).

    Raises
    ------
    ValueError, TypeError
        When scores are not numbers of the shape (N, K).
    """
    scores = check_shape("scores", as_numbers("scores", scores), ("N", "K"))
    P = np.exp(scores - scores.max(axis=1, keepdims=True))  # (N, K)
    P /= P.sum(axis=1, keepdims=True)  # eq:softmax
    return P


def mean_cross_entropy(scores, y):
    """`softmax_cross_entropy` without its checks, for labels that are an index."""
    N = len(scores)
    rows = np.arange(N)
    top = scores.argmax(axis=1)  # (N,)
    shifted = scores - scores[rows, top][:, None]  # (N, K)
    P = cut_float32(np.exp(shifted), shifted)  # (N, K), not yet normalized
    P[rows, top] = 0
    others = P.sum(axis=1)  # (N,), beside the largest power, which is 1
    P[rows, top] = 1
    loss = (log1p(others) - shifted[rows, y]).sum() / N  # eq:cross-entropy
    P /= N * (1 + others)[:, None]
    P[rows, y] = 0
    P[rows, y] = -P.sum(axis=1)  # eq:softmax-cross-entropy
    return loss.item(), P


def softmax_cross_entropy(scores, y):
    """Mean cross-entropy of the softmax of the scores, and its gradient.

    Parameters
    ----------
    scores : array_like, (N, K)
    y : array_like of int, (N,)
        The correct class of each example, 0 … K-1.

    Returns
    -------
    loss : float
        -(1/N) Σ_i ln P[i, y_i], in nats (eq:cross-entropy). Computed from the
        shifted scores (log-sum-exp), it stays finite where P underflows, and keeps
        its digits in float64 where P[i, y_i] rounds to 1.
    dscores : ndarray, (N, K)
        (P - Y) / N with the one-hot rows Y (eq:softmax-cross-entropy). In float32
        a probability less than e^-30 times the largest counts as 0 (`cut_float32`).

    Raises
    ------
    ValueError, TypeError
        When scores are not numbers of the shape (N, K), or labels are not whole
        numbers 0 … K-1 of the shape (N,).
    """
    scores = check_shape("scores", as_numbers("scores", scores), ("N", "K"))
    return mean_cross_entropy(scores, check_labels(y, *scores.shape))


def mean_binary_cross_entropy(scores, y):
    """`binary_cross_entropy` without its checks, for labels that are an index."""
    sign = (1 - 2 * y)[:, None].astype(scores.dtype)  # (N, 1), 1 for 0 and -1 for 1
    wrong = sign * scores  # (N, 1), by how much the wrong class leads
    loss = softplus(wrong).sum() / len(scores)  # eq:binary-cross-entropy
    dscores = sign * sigmoid(wrong) / len(scores)  # eq:sigmoid-cross-entropy
    return loss.item(), dscores


def binary_cross_entropy(scores, y):
    """Mean cross-entropy of one sigmoid output, and its gradient (Problem 1).

    Parameters
    ----------
    scores : array_like, (N, 1)
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
        (sigmoid(z) - y) / N (eq:sigmoid-cross-entropy). In float32 loss and gradient
        of a right answer are 0 from |z| = 30 on (`cut_float32`).

    Raises
    ------
    ValueError, TypeError
        When scores are not numbers of the shape (N, 1), or labels are not 0 or 1 of
        the shape (N,).
    """
    scores = check_shape("scores", as_numbers("scores", scores), ("N", 1))
    return mean_binary_cross_entropy(scores, check_labels(y, len(scores), 2))


OUTPUTS = {"softmax": softmax_cross_entropy, "sigmoid": binary_cross_entropy}
UNCHECKED = {"softmax": mean_cross_entropy, "sigmoid": mean_binary_cross_entropy}


def l2_penalty(W):
    """Half the sum of the squared weights, ½ ΣW² (a float). W has any shape."""
    W = as_numbers("W", W)
    return 0.5 * np.vdot(W.conj(), W).item()


def l2_penalty_grad(W):
    """Gradient of `l2_penalty`: W, in the shape of W (eq:l2-gradient)."""
    return as_numbers("W", W)  # eq:l2-gradient


def l1_penalty(W):
    """Sum of the absolute weights, Σ|W| (a float). W has any shape."""
    W = as_numbers("W", W)
    return np.sum(np.sign(W.real) * W).item()


def l1_penalty_grad(W):
    """A subgradient of `l1_penalty`, in the shape of W (eq:l1-gradient).

    It is the sign of W, and 0 where W = 0.
    """
    return np.sign(as_numbers("W", W).real)  # eq:l1-gradient


PENALTIES = {"l2": (l2_penalty, l2_penalty_grad), "l1": (l1_penalty, l1_penalty_grad)}
