# Made by `make mlp` from book/build/gradient_check.ipynb: edit it there.
import numpy as np


def rel_error(x, y):
    """Largest relative difference, max |x - y| / max(1e-8, |x| + |y|).

    Parameters
    ----------
    x, y : array_like, same shape

    Returns
    -------
    error : float
        0 where both are 0. Numbers whose sizes add up to less than 1e-8 are compared on
        the scale of 1e-8.

    Raises
    ------
    ValueError
        When the shapes differ or there is nothing to compare.
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.shape != y.shape or x.size == 0:
        raise ValueError(
            f"x and y must have one shape, not empty; got {x.shape} and {y.shape}"
        )
    return float(np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y))))


def eval_numerical_gradient(f, x, verbose=False, h=1e-5):
    """Gradient of f at x by centered differences, one entry at a time.

    Parameters
    ----------
    f : callable
        Takes x, returns a float. It may ignore its argument and read x elsewhere:
        x is changed in place.
    x : ndarray of float64, any shape
        The point. Each entry is moved by +h and -h, and put back.
    verbose : bool
        Print each index and its derivative.
    h : float
        Half the distance between the two evaluations.

    Returns
    -------
    grad : ndarray, the shape of x
        (f(x + h) - f(x - h)) / 2h for each entry.

    Raises
    ------
    TypeError
        When x is not a float64 array: the steps would round away.
    ValueError
        When h is not positive.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise TypeError(
            f"x must be a float64 array; got {getattr(x, 'dtype', type(x).__name__)}"
        )
    if not h > 0:
        raise ValueError(f"h must be positive; got {h}")
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        middle = x[index]
        try:
            x[index] = middle + h
            right = f(x)
            x[index] = middle - h
            left = f(x)
        finally:
            x[index] = middle
        grad[index] = (right - left) / (2 * h)
        if verbose:
            print(index, grad[index])
    return grad


def gradient_report(net, X, y, reg=0.0, h=1e-5):
    """Compare every entry of a network's gradients with centered differences.

    Parameters
    ----------
    net : MLP
        A network with float64 parameters.
    X : ndarray, (N, D)
    y : array_like of int, (N,)
    reg : float
        Weight of the penalty.
    h : float
        The step of `eval_numerical_gradient`.

    Returns
    -------
    report : dict
        For each parameter's name the largest relative error (`rel_error`).
    """
    grads = net.loss(X, y, reg)[1]
    numeric = {
        name: eval_numerical_gradient(lambda _: net.loss(X, y, reg)[0], p, h=h)
        for name, p in net.params.items()
    }
    return {name: rel_error(grads[name], numeric[name]) for name in grads}
