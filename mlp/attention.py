# Made by `make generate` from book/today/attention.ipynb: edit it there.
import numpy as np


def softmax_forward(scores):
    """Softmax along the last axis, as a layer.

    Parameters
    ----------
    scores : ndarray, (..., N, M)
        −∞ is a score, too, and has the weight 0; not all of a row may be −∞.

    Returns
    -------
    P : ndarray, (..., N, M)
        Each row sums to 1.
    cache : the same P
    """
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))  # (..., N, M)
    P = powers / powers.sum(axis=-1, keepdims=True)  # (..., N, M)
    return P, P


def softmax_backward(dout, P):
    """The gradient of `softmax_forward` (eq:softmax-backward).

    Parameters
    ----------
    dout : ndarray, (..., N, M)
        The gradient by P.
    P : ndarray, (..., N, M)
        The cache of the forward pass.

    Returns
    -------
    dscores : ndarray, (..., N, M)
        In a tuple of one, as every layer returns a tuple.
    """
    mix = (dout * P).sum(axis=-1, keepdims=True)  # (..., N, 1)
    dscores = P * (dout - mix)  # (..., N, M), eq:softmax-backward
    return (dscores,)


def attention_forward(queries, keys, values, mask=0.0):
    """Mix values by how well their keys fit the queries.

    Parameters
    ----------
    queries : ndarray, (..., N, D)
        One row for each position that asks.
    keys : ndarray, (..., M, D)
    values : ndarray, (..., M, H)
        One row for each position that answers.
    mask : float or ndarray, (N, M)
        Added to the scores: −∞ where a position may not look, 0 elsewhere. No row may
        be all −∞; its output would be nan.

    Returns
    -------
    out : ndarray, (..., N, H)
    cache : tuple
        Its last entry is P, the weights, (..., N, M).

    Notes
    -----
    Vaswani et al., "Attention Is All You Need" (2017).
    """
    scale = queries.shape[-1] ** -0.5
    scores = scale * queries @ keys.mT + mask  # (..., N, M)
    P, _ = softmax_forward(scores)  # (..., N, M)
    return P @ values, (queries, keys, values, P)


def attention_backward(dout, cache):
    """The gradients of `attention_forward`.

    Parameters
    ----------
    dout : ndarray, (..., N, H)
    cache : tuple

    Returns
    -------
    dqueries : ndarray, (..., N, D)
        (eq:attention-queries)
    dkeys : ndarray, (..., M, D)
        (eq:attention-keys)
    dvalues : ndarray, (..., M, H)
        (eq:attention-values)
    dmask : None
        A mask is not learned.
    """
    queries, keys, values, P = cache
    scale = queries.shape[-1] ** -0.5
    dvalues = P.mT @ dout  # (..., M, H), eq:attention-values
    (dscores,) = softmax_backward(dout @ values.mT, P)  # (..., N, M)
    dqueries = scale * dscores @ keys  # (..., N, D), eq:attention-queries
    dkeys = scale * dscores.mT @ queries  # (..., M, D), eq:attention-keys
    return dqueries, dkeys, dvalues, None


def causal_mask(N):
    """The mask with which each position sees itself and the positions before it.

    Parameters
    ----------
    N : int

    Returns
    -------
    mask : ndarray, (N, N)
        0 on and below the diagonal, −∞ above.
    """
    return np.where(np.tri(N), 0.0, -np.inf)  # (N, N)


def split_heads(X, heads):
    """Cut the columns into blocks of equal width, and put the blocks in front.

    Parameters
    ----------
    X : ndarray, (..., N, heads * D)
    heads : int

    Returns
    -------
    blocks : ndarray, (..., heads, N, D)
    """
    *front, N, width = X.shape
    return X.reshape(*front, N, heads, width // heads).swapaxes(-2, -3)


def join_heads(blocks):
    """Set blocks side by side, the inverse of `split_heads`.

    Parameters
    ----------
    blocks : ndarray, (..., heads, N, D)

    Returns
    -------
    X : ndarray, (..., N, heads * D)
    """
    *front, heads, N, D = blocks.shape
    return blocks.swapaxes(-2, -3).reshape(*front, N, heads * D)


def multi_head_forward(queries, keys, values, heads, mask=0.0):
    """Attention on each block of columns by itself.

    Parameters
    ----------
    queries : ndarray, (..., N, heads * D)
    keys : ndarray, (..., M, heads * D)
    values : ndarray, (..., M, heads * H)
    heads : int
    mask : float or ndarray, (N, M)
        As for `attention_forward`, the same for all heads.

    Returns
    -------
    out : ndarray, (..., N, heads * H)
    cache : tuple
    """
    blocks = [split_heads(X, heads) for X in (queries, keys, values)]
    out, cache = attention_forward(*blocks, mask)  # (..., heads, N, H)
    return join_heads(out), (heads, cache)


def multi_head_backward(dout, cache):
    """The gradients of `multi_head_forward`: by queries, keys and values.

    Parameters
    ----------
    dout : ndarray, (..., N, heads * H)
    cache : tuple

    Returns
    -------
    dqueries, dkeys, dvalues : ndarray
        In the shapes of the arguments.
    dheads, dmask : None
    """
    heads, cache = cache
    *grads, _ = attention_backward(split_heads(dout, heads), cache)
    dqueries, dkeys, dvalues = [join_heads(grad) for grad in grads]
    return dqueries, dkeys, dvalues, None, None


def self_attention_forward(X, Wq, Wk, Wv, heads=1, mask=0.0):
    """Attention of rows to each other: queries, keys and values are made of X.

    Parameters
    ----------
    X : ndarray, (..., N, D)
    Wq, Wk : ndarray, (D, heads * E)
    Wv : ndarray, (D, heads * H)
    heads : int
    mask : float or ndarray, (N, N)

    Returns
    -------
    out : ndarray, (..., N, heads * H)
    cache : tuple
    """
    weights = (Wq, Wk, Wv)
    made = [X @ W for W in weights]  # (..., N, heads * E), the last one heads * H
    out, cache = multi_head_forward(*made, heads, mask)
    return out, (X, weights, cache)


def self_attention_backward(dout, cache):
    """The gradients of `self_attention_forward`.

    Parameters
    ----------
    dout : ndarray, (..., N, heads * H)
    cache : tuple

    Returns
    -------
    dX, dWq, dWk, dWv : ndarray
        In the shapes of the arguments.
    dheads, dmask : None
    """
    X, weights, cache = cache
    *grads, _, _ = multi_head_backward(dout, cache)
    dX = sum(grad @ W.T for grad, W in zip(grads, weights))  # (..., N, D)
    rows = X.reshape(-1, X.shape[-1])  # all rows of all sequences, (N, D)
    dweights = [rows.T @ grad.reshape(-1, grad.shape[-1]) for grad in grads]
    return dX, *dweights, None, None


def embedding_forward(tokens, table):
    """Look up the vectors of words.

    Parameters
    ----------
    tokens : ndarray of int, (..., N)
        Words, 0 … K-1.
    table : ndarray, (K, D)
        The vector of each word.

    Returns
    -------
    X : ndarray, (..., N, D)
    cache : tuple
    """
    return table[tokens], (tokens, table.shape)


def scatter_add(rows, tokens, shape):
    """Add each row to the row of its word, in an array of zeros.

    Parameters
    ----------
    rows : ndarray, (..., N, D)
    tokens : ndarray of int, (..., N)
    shape : tuple
        (K, D)

    Returns
    -------
    sums : ndarray, (K, D)
    """
    sums = np.zeros(shape)  # (K, D)
    np.add.at(sums, tokens, rows)
    return sums


def embedding_backward(dout, cache):
    """The gradient of `embedding_forward` (eq:embedding-table).

    Parameters
    ----------
    dout : ndarray, (..., N, D)
    cache : tuple

    Returns
    -------
    dtokens : None
        Words are no real numbers.
    dtable : ndarray, (K, D)
    """
    tokens, shape = cache
    dtable = scatter_add(dout, tokens, shape)  # (K, D), eq:embedding-table
    return None, dtable
