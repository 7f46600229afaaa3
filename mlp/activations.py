# Made by `make mlp` from book/build/activations.ipynb: edit it there.
import numpy as np


def sigmoid(z):
    """Logistic sigmoid 1 / (1 + e^-z), element by element.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations. For z below about -709.8 (float32: -88.7) the exponential is
        infinite, and 1 / inf = 0 is off by less than 6e-309 (float32: 3e-39).

    Returns
    -------
    h : ndarray, same shape (a NumPy number for a number)
        Values from 0 to 1.
    """
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z)))


def sigmoid_prime_of_h(h):
    """Derivative of the sigmoid, written in its *output* h = sigmoid(z).

    Parameters
    ----------
    h : ndarray, any shape
        Outputs of `sigmoid`, from 0 to 1.

    Returns
    -------
    slope : ndarray, same shape
        h (1 - h), at most 1/4 (eq:sigmoid-prime).
    """
    return h * (1 - h)  # eq:sigmoid-prime


def tanh(z):
    """Hyperbolic tangent, element by element: from -1 to 1, and 0 at 0.

    z has any shape.
    """
    return np.tanh(z)


def tanh_prime_of_h(h):
    """Derivative of tanh, written in its *output* h = tanh(z) (eq:tanh-prime).

    It is 1 - h². h has any shape.
    """
    return 1 - h * h  # eq:tanh-prime


def relu(z):
    """Rectified linear unit max(z, 0), element by element.

    z has any shape; NaN stays NaN.
    """
    return np.maximum(z, 0)


def relu_prime_of_h(h):
    """Derivative of ReLU, written in its *output* h = relu(z).

    Parameters
    ----------
    h : ndarray, any shape
        Outputs of `relu`, never negative.

    Returns
    -------
    slope : ndarray of bool, same shape
        True (1) where h > 0, which is where z > 0; False (0) elsewhere. At z = 0,
        where ReLU has no derivative, it is the subgradient 0 (eq:relu-prime).
    """
    return np.greater(h, 0)  # eq:relu-prime


def softplus(z):
    """Softplus ln(1 + e^z), a smooth ReLU, element by element.

    z has any shape; nothing overflows.
    """
    return np.logaddexp(0, z)


def softplus_prime_of_h(h):
    """Derivative of softplus, written in its *output* h (eq:softplus-prime).

    It is 1 - e^-h, which is sigmoid(z). h has any shape.
    """
    return -np.expm1(-h)  # eq:softplus-prime


def identity(z):
    """The identity, h = z: a layer without activation. z has any shape, no copy is made."""
    return np.asarray(z)


def identity_prime_of_h(h):
    """Derivative of the identity: ones in the shape of h (eq:identity-prime)."""
    return np.ones_like(h)  # eq:identity-prime


ACTIVATIONS = {  # name: (the function of z, its derivative written in the output h)
    "sigmoid": (sigmoid, sigmoid_prime_of_h),
    "tanh": (tanh, tanh_prime_of_h),
    "relu": (relu, relu_prime_of_h),
    "softplus": (softplus, softplus_prime_of_h),
    "identity": (identity, identity_prime_of_h),
}
