# Made by `make generate` from book/build/forward.ipynb and book/build/backward.ipynb:
# edit it there.
import numpy as np


def initial_parameters(sizes, std=1e-1, rng=np.random, dtype=float):
    """Small random weights and zero biases for a network of the given layer sizes.

    Parameters
    ----------
    sizes : sequence of int
        [D, H1, …, K]: inputs, the width of each hidden layer, outputs.
    std : float
        Standard deviation of the weights.
    rng : numpy Generator, RandomState, or the module np.random
        Draws W1, then W2, and so on. The default is NumPy's global generator,
        which the assignment seeds.
    dtype : NumPy dtype
        float64 or float32. Draws are made in float64 and rounded.

    Returns
    -------
    params : dict
        W1 (D, H1), b1 (H1,), W2 (H1, H2), b2 (H2,), …
    """
    params = {}
    for k, (fan_in, fan_out) in enumerate(
        zip(sizes[:-1], sizes[1:], strict=True), start=1
    ):
        params[f"W{k}"] = (std * rng.standard_normal((fan_in, fan_out))).astype(dtype)
        params[f"b{k}"] = np.zeros(fan_out, dtype)
    return params


def forward(params, X, f):
    """Scores of a network for a batch of rows, and what the backward pass needs.

    Parameters
    ----------
    params : dict
        W1, b1 … Wl, bl.
    X : ndarray, (N, D)
    f : callable
        The activation of the hidden layers, element by element. The last layer
        has none.

    Returns
    -------
    scores : ndarray, (N, K)
    hidden : list of l ndarrays
        [X, H1, …]: the input of each layer, the outputs of the hidden ones.
    """
    depth = len(params) // 2
    hidden = [X]
    for k in range(1, depth + 1):
        Z = hidden[-1] @ params[f"W{k}"]  # (N, width of layer k) eq:affine
        Z += params[f"b{k}"]
        if k < depth:
            hidden.append(f(Z))
    return Z, hidden


def backward(params, hidden, dscores, f_prime_of_h):
    """Gradients of the data loss by every parameter, last layer first.

    Parameters
    ----------
    params : dict
        W1, b1 … Wl, bl.
    hidden : list of l ndarrays
        [X, H1, …] as `forward` returned it.
    dscores : ndarray, (N, K)
        Gradient of the loss by the scores.
    f_prime_of_h : callable
        Derivative of the activation, written in its output h.

    Returns
    -------
    grads : dict
        The keys and shapes of params: eq:affine-W, eq:affine-b, eq:affine-X,
        eq:elementwise-Z.
    """
    grads = {}
    dZ = dscores  # (N, K)
    for k in range(len(hidden), 0, -1):
        H = hidden[k - 1]  # the input of layer k
        grads[f"W{k}"] = H.T @ dZ  # (width of H, width of layer k) eq:affine-W
        grads[f"b{k}"] = dZ.sum(axis=0)  # (width of layer k,) eq:affine-b
        if k > 1:
            dZ = dZ @ params[f"W{k}"].T  # (N, width of H) eq:affine-X
            dZ *= f_prime_of_h(H)  # eq:elementwise-Z
    return grads
