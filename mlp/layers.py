# Made by `make generate` from book/today/normalization.ipynb and
# book/today/dropout.ipynb and book/today/residual.ipynb: edit it there.
import numpy as np


def batch_norm_forward(Z, gain, shift, eps=1e-5):
    """Batch norm in training: each column gets mean 0 and mean square 1, nearly.

    Parameters
    ----------
    Z : ndarray, (N, H)
        One row an example. With N = 1 the output is the shift.
    gain, shift : ndarray, (H,)
        What each column is multiplied by at the end, and what is added.
    eps : float
        Added to the variance, so that a constant column divides by no 0.

    Returns
    -------
    out : ndarray, (N, H)
    cache : tuple
        For `batch_norm_backward` (Ioffe and Szegedy 2015).
    """
    centered = Z - Z.mean(axis=0)  # (N, H)
    scale = 1 / np.sqrt((centered**2).mean(axis=0) + eps)  # (H,)
    V = scale * centered  # (N, H)
    return gain * V + shift, (V, scale, gain)


def batch_norm_backward(dout, cache):
    """Gradients of `batch_norm_forward` (eq:batch-norm-Z, eq:norm-gain).

    Parameters
    ----------
    dout : ndarray, (N, H)
        Gradient by the output.
    cache : tuple
        As `batch_norm_forward` returned it.

    Returns
    -------
    dZ : ndarray, (N, H)
    dgain, dshift : ndarray, (H,)
    """
    V, scale, gain = cache
    dgain = (dout * V).sum(axis=0)  # (H,) eq:norm-gain
    dshift = dout.sum(axis=0)  # (H,) eq:norm-shift
    dV = gain * dout  # (N, H)
    along = V * (dV * V).mean(axis=0)  # (N, H)
    dZ = scale * (dV - dV.mean(axis=0) - along)  # (N, H) eq:batch-norm-Z
    return dZ, dgain, dshift


def layer_norm_forward(Z, gain, shift, eps=1e-5):
    """Layer norm: each row gets mean 0 and mean square 1, nearly.

    Parameters
    ----------
    Z : ndarray, (N, H)
        One row an example; rows do not see each other.
    gain, shift : ndarray, (H,)
        What each column is multiplied by at the end, and what is added.
    eps : float
        Added to the variance of a row.

    Returns
    -------
    out : ndarray, (N, H)
    cache : tuple
        For `layer_norm_backward` (Ba, Kiros and Hinton 2016).
    """
    centered = Z - Z.mean(axis=1, keepdims=True)  # (N, H)
    square = (centered**2).mean(axis=1, keepdims=True)  # (N, 1)
    scale = 1 / np.sqrt(square + eps)  # (N, 1)
    V = scale * centered  # (N, H)
    return gain * V + shift, (V, scale, gain)


def layer_norm_backward(dout, cache):
    """Gradients of `layer_norm_forward` (eq:layer-norm-Z, eq:norm-gain).

    Parameters
    ----------
    dout : ndarray, (N, H)
        Gradient by the output.
    cache : tuple
        As `layer_norm_forward` returned it.

    Returns
    -------
    dZ : ndarray, (N, H)
    dgain, dshift : ndarray, (H,)
    """
    V, scale, gain = cache
    dgain = (dout * V).sum(axis=0)  # (H,) eq:norm-gain
    dshift = dout.sum(axis=0)  # (H,) eq:norm-shift
    dV = gain * dout  # (N, H)
    mean = dV.mean(axis=1, keepdims=True)  # (N, 1)
    along = V * (dV * V).mean(axis=1, keepdims=True)  # (N, H)
    dZ = scale * (dV - mean - along)  # (N, H) eq:layer-norm-Z
    return dZ, dgain, dshift


def rms_norm_forward(Z, gain, eps=1e-5):
    """RMS norm: each row gets mean square 1, nearly; it is not centered.

    Parameters
    ----------
    Z : ndarray, (N, H)
        One row an example; rows do not see each other.
    gain : ndarray, (H,)
        What each column is multiplied by at the end.
    eps : float
        Added to the mean square of a row.

    Returns
    -------
    out : ndarray, (N, H)
    cache : tuple
        For `rms_norm_backward` (Zhang and Sennrich 2019).
    """
    square = (Z**2).mean(axis=1, keepdims=True)  # (N, 1)
    scale = 1 / np.sqrt(square + eps)  # (N, 1)
    V = scale * Z  # (N, H)
    return gain * V, (V, scale, gain)


def rms_norm_backward(dout, cache):
    """Gradients of `rms_norm_forward` (eq:rms-norm-Z, eq:norm-gain).

    Parameters
    ----------
    dout : ndarray, (N, H)
        Gradient by the output.
    cache : tuple
        As `rms_norm_forward` returned it.

    Returns
    -------
    dZ : ndarray, (N, H)
    dgain : ndarray, (H,)
    """
    V, scale, gain = cache
    dgain = (dout * V).sum(axis=0)  # (H,) eq:norm-gain
    dV = gain * dout  # (N, H)
    along = V * (dV * V).mean(axis=1, keepdims=True)  # (N, H)
    dZ = scale * (dV - along)  # (N, H) eq:rms-norm-Z
    return dZ, dgain


def batch_norm_inference(Z, gain, shift, mean, variance, eps=1e-5):
    """Batch norm in use: mean and variance are constants, measured before.

    Parameters
    ----------
    Z : ndarray, (N, H)
        One row an example; rows do not see each other.
    gain, shift, mean, variance : ndarray, (H,)
        Of each column; no variance is below 0.
    eps : float
        As in training.

    Returns
    -------
    out : ndarray, (N, H)
    cache : tuple
        For `batch_norm_inference_backward`.
    """
    scale = 1 / np.sqrt(variance + eps)  # (H,)
    V = scale * (Z - mean)  # (N, H)
    return gain * V + shift, (V, scale, gain)


def batch_norm_inference_backward(dout, cache):
    """Gradients of `batch_norm_inference` (eq:norm-gain, eq:norm-shift).

    Parameters
    ----------
    dout : ndarray, (N, H)
        Gradient by the output.
    cache : tuple
        As `batch_norm_inference` returned it.

    Returns
    -------
    dZ : ndarray, (N, H)
    dgain, dshift : ndarray, (H,)
    dmean, dvariance : None
        Constants have no gradient.
    """
    V, scale, gain = cache
    dgain = (dout * V).sum(axis=0)  # (H,) eq:norm-gain
    dshift = dout.sum(axis=0)  # (H,) eq:norm-shift
    dZ = scale * gain * dout  # (N, H)
    return dZ, dgain, dshift, None, None


def dropout_mask(shape, keep, rng):
    """A mask for `dropout_forward`: 0 with probability 1 - keep, else 1 / keep.

    Parameters
    ----------
    shape : tuple
        That of the array to be dropped.
    keep : float
        Probability of keeping an entry, above 0 and at most 1.
    rng : numpy Generator or RandomState
        Draws one uniform number for each entry.

    Returns
    -------
    mask : ndarray
        Its mean over all draws is 1 (Srivastava and others 2014).

    Raises
    ------
    ValueError
        When keep is not above 0 and at most 1.
    """
    if not 0 < keep <= 1:
        raise ValueError(f"keep must be above 0 and at most 1; got {keep}")
    return (rng.uniform(size=shape) < keep) / keep


def dropout_forward(Z, mask):
    """Inverted dropout in training; in use the layer is left out.

    Parameters
    ----------
    Z : ndarray, (N, H)
        Any shape will do.
    mask : ndarray, (N, H)
        As `dropout_mask` drew it, for this step.

    Returns
    -------
    out : ndarray, (N, H)
    cache : ndarray
        The mask, for `dropout_backward`.
    """
    return mask * Z, mask


def dropout_backward(dout, mask):
    """Gradient of `dropout_forward`: the same mask again (eq:dropout-Z).

    Parameters
    ----------
    dout : ndarray, (N, H)
        Gradient by the output.
    mask : ndarray, (N, H)
        The cache.

    Returns
    -------
    dZ : ndarray, (N, H)
    dmask : None
        The mask is drawn, not learned.
    """
    dZ = mask * dout  # (N, H) eq:dropout-Z
    return dZ, None


def residual_forward(x, branch, *params):
    """A skip connection around any layer: x + branch(x).

    Parameters
    ----------
    x : ndarray, (N, D)
    branch : pair of functions
        ``forward(x, *params)`` returns out, of the shape of x, and a cache;
        ``backward(dout, cache)`` returns the gradients by x and params.
    *params : ndarrays
        The branch's parameters.

    Returns
    -------
    out : ndarray, (N, D)
    cache : tuple
        For `residual_backward`.
    """
    out, branch_cache = branch[0](x, *params)  # (N, D)
    return x + out, (branch, branch_cache)


def residual_backward(dout, cache):
    """Gradients of a skip connection (eq:residual-X), from He et al. (2016).

    Parameters
    ----------
    dout : ndarray, (N, D)
    cache : tuple
        From `residual_forward`.

    Returns
    -------
    dx : ndarray, (N, D)
    dbranch : None
        The pair of functions has no gradient.
    *dparams : ndarrays
        By the branch's parameters.
    """
    branch, branch_cache = cache
    dx, *dparams = branch[1](dout, branch_cache)
    dx = dout + dx  # (N, D) eq:residual-X
    return dx, None, *dparams
