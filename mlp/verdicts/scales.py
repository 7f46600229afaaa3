"""How large the terms are that enter each entry of a network's gradient."""

import numpy as np

from mlp.activations import ACTIVATIONS, sigmoid
from mlp.losses import softmax
from mlp.model import MLP
from mlp.network import forward

SLOPE_SCALES = {  # the terms of a slope, written in the output h, as positive numbers
    "sigmoid": lambda h: h * (1 + h),
    "tanh": lambda h: 1 + h * h,
    "relu": lambda h: 1.0 * (h > 0),
    "softplus": lambda h: -np.expm1(-h),
    "identity": np.ones_like,
}


def entry_scales(net, X, y, reg, value):
    """The sizes of the terms of each entry: a backward pass of absolute values.

    Parameters
    ----------
    net : MLP
    X : ndarray, (N, D)
    y : ndarray of int, (N,)
    reg : float
    value : float
        What net.loss says.

    Returns
    -------
    scales, floors : dict
        The keys and shapes of params. The floors say how far off entries may be since
        the float32 functions take numbers below e^-30 for 0 (`cut_float32`). None when
        net is not ours, or its loss is another one.
    """
    ours = _one_of_ours(net)
    if ours is None or not np.isclose(ours.loss(X, y, reg)[0], value):
        return None
    cut = np.exp(-30) if net.dtype == np.float32 else 0.0
    scales, cut_too = (_backward_of_sizes(ours, X, y, reg, off) for off in (0.0, cut))
    return scales, {name: cut_too[name] - scales[name] for name in scales}


def _one_of_ours(net):
    """An `MLP` with the parameters of net, or None when net has not its attributes."""
    names = ["sizes", "activation", "penalty", "output", "dtype"]
    if not all(hasattr(net, name) for name in [*names, "params"]):
        return None
    options = {name: getattr(net, name) for name in names}
    ours = MLP(**options, std=0)
    ours.params = net.params
    return ours


def _backward_of_sizes(net, X, y, reg, off):
    """A backward pass of absolute values, of probabilities and slopes that are off."""
    X, y = net.checked(X, y)
    params = {name: p.astype(float) for name, p in net.params.items()}
    scores, hidden = forward(params, X.astype(float), ACTIVATIONS[net.activation][0])
    if net.output == "softmax":
        dZ = softmax(scores) + np.eye(net.sizes[-1])[y]  # (N, K), P + Y for P - Y
    else:
        dZ = sigmoid(scores) + y[:, None]  # (N, 1)
    dZ, sizes = (dZ + off) / len(X), {}
    for k in range(len(hidden), 0, -1):
        W, H = np.abs(params[f"W{k}"]), hidden[k - 1]
        off_H = off if k > 1 else 0.0
        sizes[f"W{k}"] = (np.abs(H) + off_H).T @ dZ + reg * (
            W if net.penalty == "l2" else 1
        )
        sizes[f"b{k}"] = dZ.sum(axis=0)
        dZ = dZ @ W.T * (SLOPE_SCALES[net.activation](H) + off)  # (N, width of H)
    return sizes
