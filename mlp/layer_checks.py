# Made by `make generate` from book/today/normalization.ipynb: edit it there.
import numpy as np

from mlp.verdicts import check_gradient


def check_layer(forward, backward, **arguments):
    """Check the gradients of a layer: of the sum of its outputs, each times a number.

    Parameters
    ----------
    forward : callable
        Takes the arguments and returns the output, of any shape, and a cache.
    backward : callable
        Takes dout, of the output's shape, and the cache; returns a tuple of gradients
        in the order of the arguments, None where there is none.
    **arguments : ndarray
        The arrays at which the layer is checked; what has no gradient may be anything.

    Returns
    -------
    result : GradientCheck
    """
    out, cache = forward(**arguments)
    dout = np.random.RandomState(0).normal(size=out.shape)
    pairs = zip(arguments, backward(dout, cache), strict=True)
    grads = {name: grad for name, grad in pairs if grad is not None}

    def weighed(moved):
        return np.sum(dout * forward(**{**arguments, **moved})[0])

    return check_gradient(weighed, {name: arguments[name] for name in grads}, grads)
