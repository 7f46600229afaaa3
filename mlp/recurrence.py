# Made by `make generate` from book/today/recurrence.ipynb: edit it there.
import numpy as np

from mlp.activations import sigmoid


def rnn_step_forward(x, h, W, U, b):
    """The next state of a recurrent network, tanh(x W + h U + b).

    Parameters
    ----------
    x : ndarray, (N, D)
    h : ndarray, (N, H)
        The state before.
    W, U, b : ndarrays, (D, H), (H, H) and (H,)

    Returns
    -------
    h_next : ndarray, (N, H)
    cache : tuple
        For `rnn_step_backward`.
    """
    h_next = np.tanh(x @ W + h @ U + b)  # (N, H)
    return h_next, (x, h, W, U, h_next)


def rnn_step_backward(dh_next, cache):
    """Gradients of one step (eq:recurrence-A, eq:affine-W, eq:affine-b).

    Parameters
    ----------
    dh_next : ndarray, (N, H)
        Gradient by the next state, all later steps included.
    cache : tuple
        From `rnn_step_forward`.

    Returns
    -------
    dx, dh, dW, dU, db : ndarrays
    """
    x, h, W, U, h_next = cache
    dz = dh_next * (1 - h_next**2)  # (N, H)
    dx = dz @ W.T  # (N, D)
    dh = dz @ U.T  # (N, H) eq:recurrence-A
    dW = x.T @ dz  # (D, H)
    dU = h.T @ dz  # (H, H)
    return dx, dh, dW, dU, dz.sum(axis=0)


def rnn_forward(X, h, W, U, b):
    """The states of a recurrent network that reads a sequence.

    Parameters
    ----------
    X : ndarray, (T, N, D)
    h : ndarray, (N, H)
        The state before the first step.
    W, U, b : ndarrays, (D, H), (H, H) and (H,)

    Returns
    -------
    states : ndarray, (T, N, H)
    caches : list of T tuples
        For `rnn_backward`.
    """
    states, caches = [], []
    for x in X:
        h, cache = rnn_step_forward(x, h, W, U, b)  # (N, H)
        states.append(h)
        caches.append(cache)
    return np.stack(states), caches


def rnn_backward(dstates, caches):
    """Gradients through time (eq:recurrence-U), from Werbos (1990).

    Parameters
    ----------
    dstates : ndarray, (T, N, H)
        Gradient by each state as the loss reads it, without later steps.
    caches : list of T tuples
        From `rnn_forward`.

    Returns
    -------
    dX, dh, dW, dU, db : ndarrays
        dh is by the state before the first step.
    """
    dX = []
    dh = dW = dU = db = 0.0
    for dstate, cache in zip(dstates[::-1], caches[::-1]):
        dx, dh, dW_t, dU_t, db_t = rnn_step_backward(dstate + dh, cache)
        dX.append(dx)
        dW = dW + dW_t  # (D, H)
        dU = dU + dU_t  # (H, H) eq:recurrence-U
        db = db + db_t  # (H,)
    return np.stack(dX[::-1]), dh, dW, dU, db


def lstm_step_forward(x, state, W, U, b):
    """The next state and cell of an LSTM.

    Parameters
    ----------
    x : ndarray, (N, D)
    state : ndarray, (2, N, H)
        State and cell before.
    W, U, b : ndarrays, (D, 4H), (H, 4H) and (4H,)
        Blocks of columns: input gate, forget gate, output gate, proposal.

    Returns
    -------
    state_next : ndarray, (2, N, H)
    cache : tuple
        For `lstm_step_backward`.
    """
    h, c = state
    z = x @ W + h @ U + b  # (N, 4H)
    i, f, o, v = np.split(z, 4, axis=1)  # (N, H) each
    i, f, o, v = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(v)
    c_next = f * c + i * v  # (N, H)
    t = np.tanh(c_next)  # (N, H)
    return np.stack([o * t, c_next]), (x, h, c, W, U, i, f, o, v, t)


def lstm_step_backward(dstate_next, cache):
    """Gradients of one step of an LSTM (eq:lstm-C), from Gers et al. (2000).

    Parameters
    ----------
    dstate_next : ndarray, (2, N, H)
        Gradients by the next state and the next cell.
    cache : tuple
        From `lstm_step_forward`.

    Returns
    -------
    dx, dstate, dW, dU, db : ndarrays
    """
    x, h, c, W, U, i, f, o, v, t = cache
    dh, dc = dstate_next  # (N, H) each
    dc = dc + dh * o * (1 - t**2)  # (N, H) eq:lstm-C
    di = dc * v * i * (1 - i)  # (N, H)
    df = dc * c * f * (1 - f)  # (N, H)
    do = dh * t * o * (1 - o)  # (N, H)
    dv = dc * i * (1 - v**2)  # (N, H)
    dz = np.hstack([di, df, do, dv])  # (N, 4H)
    dstate = np.stack([dz @ U.T, dc * f])  # (2, N, H)
    return dz @ W.T, dstate, x.T @ dz, h.T @ dz, dz.sum(axis=0)
