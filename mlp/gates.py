# Made by `make generate` from book/today/residual.ipynb: edit it there.
import math

import numpy as np

from mlp.activations import sigmoid

erf = np.vectorize(math.erf, otypes=[float])
SCALE = 2 * math.sqrt(2 / math.pi)  # of the approximation of GELU: 2c
CUBE = 0.044715  # k


def gelu_forward(z):
    """GELU, z times the probability that a normal number is below z.

    Parameters
    ----------
    z : ndarray, (N, H)

    Returns
    -------
    out : ndarray, (N, H)
    cache : tuple
        For `gelu_backward`.
    """
    p = (1 + erf(z / np.sqrt(2))) / 2  # (N, H)
    return z * p, (z, p)


def gelu_backward(dout, cache):
    """Gradient of GELU (eq:gelu-Z), from Hendrycks and Gimpel (2016).

    Parameters
    ----------
    dout : ndarray, (N, H)
    cache : tuple
        From `gelu_forward`.

    Returns
    -------
    dz : ndarray, (N, H)
        Alone in a tuple.
    """
    z, p = cache
    bell = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)  # (N, H)
    dz = dout * (p + z * bell)  # (N, H) eq:gelu-Z
    return (dz,)


def gelu_tanh_forward(z):
    """The common approximation of GELU: its probability is a sigmoid.

    Parameters
    ----------
    z : ndarray, (N, H)

    Returns
    -------
    out : ndarray, (N, H)
    cache : tuple
        For `gelu_tanh_backward`.
    """
    p = sigmoid(SCALE * (z + CUBE * z**3))  # (N, H)
    return z * p, (z, p)


def gelu_tanh_backward(dout, cache):
    """Gradient of the approximation (eq:gelu-tanh-Z), from Hendrycks and Gimpel (2016).

    Parameters
    ----------
    dout : ndarray, (N, H)
    cache : tuple
        From `gelu_tanh_forward`.

    Returns
    -------
    dz : ndarray, (N, H)
        Alone in a tuple.
    """
    z, p = cache
    slope = SCALE * (1 + 3 * CUBE * z**2)  # (N, H)
    dz = dout * p * (1 + z * (1 - p) * slope)  # (N, H) eq:gelu-tanh-Z
    return (dz,)


def silu_forward(z):
    """SiLU, or swish: z times sigmoid(z).

    Parameters
    ----------
    z : ndarray, (N, H)

    Returns
    -------
    out : ndarray, (N, H)
    cache : tuple
        For `silu_backward`.
    """
    p = sigmoid(z)  # (N, H)
    return z * p, (z, p)


def silu_backward(dout, cache):
    """Gradient of SiLU (eq:silu-Z), from Elfwing et al. (2018).

    Parameters
    ----------
    dout : ndarray, (N, H)
    cache : tuple
        From `silu_forward`.

    Returns
    -------
    dz : ndarray, (N, H)
        Alone in a tuple.
    """
    z, p = cache
    dz = dout * p * (1 + z * (1 - p))  # (N, H) eq:silu-Z
    return (dz,)


GATES = {
    "gelu": (gelu_forward, gelu_backward),
    "gelu_tanh": (gelu_tanh_forward, gelu_tanh_backward),
    "silu": (silu_forward, silu_backward),
}


def branch_forward(x, W1, b1, W2, b2):
    """Two affine maps with a GELU between them, as beside a skip connection.

    Parameters
    ----------
    x : ndarray, (N, D)
    W1, b1 : ndarrays, (D, H) and (H,)
    W2, b2 : ndarrays, (H, D) and (D,)

    Returns
    -------
    out : ndarray, (N, D)
    cache : tuple
        For `branch_backward`.
    """
    z = x @ W1 + b1  # (N, H)
    h, gate_cache = gelu_forward(z)  # (N, H)
    out = h @ W2 + b2  # (N, D)
    return out, (x, W1, h, W2, gate_cache)


def branch_backward(dout, cache):
    """Gradients of the branch: eq:affine-W, eq:affine-b, eq:affine-X, eq:gelu-Z.

    Parameters
    ----------
    dout : ndarray, (N, D)
    cache : tuple
        From `branch_forward`.

    Returns
    -------
    dx, dW1, db1, dW2, db2 : ndarrays
    """
    x, W1, h, W2, gate_cache = cache
    dh = dout @ W2.T  # (N, H)
    (dz,) = gelu_backward(dh, gate_cache)  # (N, H)
    dx = dz @ W1.T  # (N, D)
    dW1 = x.T @ dz  # (D, H)
    dW2 = h.T @ dout  # (H, D)
    return dx, dW1, dz.sum(axis=0), dW2, dout.sum(axis=0)
