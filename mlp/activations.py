# Made by `make generate` from book/build/activations.ipynb: edit it there.
import numpy as np

from mlp.checks import as_numbers


def cut_float32(powers, z):
    """Powers of e, or the like, with 0 where float32 numbers z are -30 or less.

    There e^z is less than 1e-13, a millionth of a rounding beside 1. Products of such
    numbers can leave the normal numbers of float32. Other dtypes stay as they are.
    """
    return powers * (z > -30) if z.dtype == np.float32 else powers


def sigmoid(z):
    """Logistic sigmoid 1 / (1 + e^-z), element by element.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations. For z below about -709.8 the exponential is infinite, and
        1 / inf = 0 is off by less than 6e-309. In float32 h is 0 from z = -30 down
        (see `cut_float32`).

    Returns
    -------
    h : ndarray, same shape (a NumPy number for a number)
        Values from 0 to 1.

    Raises
    ------
    TypeError
        When z does not hold numbers.
    """
    z = as_numbers("z", z)
    with np.errstate(over="ignore"):
        return cut_float32(1 / (1 + np.exp(-z)), z)


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
    h = as_numbers("h", h)
    return h * (1 - h)  # eq:sigmoid-prime


def tanh(z):
    """Hyperbolic tangent, element by element: from -1 to 1, and 0 at 0.

    z has any shape.
    """
    return np.tanh(as_numbers("z", z))


def tanh_prime_of_h(h):
    """Derivative of tanh, written in its *output* h = tanh(z) (eq:tanh-prime).

    It is 1 - h². h has any shape.
    """
    h = as_numbers("h", h)
    return 1 - h * h  # eq:tanh-prime


def relu(z):
    """Rectified linear unit max(z, 0), element by element.

    z has any shape; NaN stays NaN. Of complex numbers the real part decides.
    """
    z = as_numbers("z", z)
    return np.where(z.real <= 0, 0, z) if z.dtype.kind == "c" else np.maximum(z, 0)


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
    return np.greater(as_numbers("h", h), 0)  # eq:relu-prime


def log1p(x):
    """Logarithm of 1 + x, good for small x. NumPy's own rounds 1 + x for complex x."""
    return 2 * np.arctanh(x / (2 + x)) if x.dtype.kind == "c" else np.log1p(x)


def softplus(z):
    """Softplus ln(1 + e^z), a smooth ReLU, element by element.

    z has any shape; nothing overflows. In float32 it is 0 from z = -30 down.
    """
    z = as_numbers("z", z)
    below = np.where(z.real > 0, -z, z)  # -|z|
    return np.where(z.real > 0, z, 0) + log1p(cut_float32(np.exp(below), below))


def softplus_prime_of_h(h):
    """Derivative of softplus, written in its *output* h (eq:softplus-prime).

    It is 1 - e^-h, which is sigmoid(z). h has any shape.
    """
    return -np.expm1(-as_numbers("h", h))  # eq:softplus-prime


def identity(z):
    """The identity, h = z: a layer without activation. z has any shape.

    Floating-point numbers are not copied.
    """
    return as_numbers("z", z)


def identity_prime_of_h(h):
    """Derivative of the identity: ones in the shape of h (eq:identity-prime)."""
    return np.ones_like(as_numbers("h", h))  # eq:identity-prime


ACTIVATIONS = {  # name: (the function of z, its derivative written in the output h)
    "sigmoid": (sigmoid, sigmoid_prime_of_h),
    "tanh": (tanh, tanh_prime_of_h),
    "relu": (relu, relu_prime_of_h),
    "softplus": (softplus, softplus_prime_of_h),
    "identity": (identity, identity_prime_of_h),
}
