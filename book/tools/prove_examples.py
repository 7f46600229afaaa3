"""Code to prove, for the form of "Prove your own": one backward pass is wrong."""

import re
from dataclasses import dataclass

from mlp import prove_backward


@dataclass(frozen=True)
class Example:
    """A forward and a backward function, the shapes of the arguments, the verdict."""

    name: str
    verdict: str
    shapes: str
    code: str

    def proved(self):
        """What `prove_backward` says of the two functions."""
        names = {}
        exec(self.code, names)
        functions = re.findall(r"^def (\w+)", self.code, re.MULTILINE)
        shapes = eval(f"dict({self.shapes})")
        return prove_backward(*map(names.get, functions), **shapes)


AFFINE = """\
def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
"""
LAYER_NORM = """\
import numpy as np


def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=1, keepdims=True)
    std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, std, gamma)


def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=1, keepdims=True)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
"""
SOFTMAX = """\
import numpy as np


def forward(scores, y):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean(), (p, y)


def backward(dout, cache):
    p, y = cache
    ds = p.copy()
    ds[np.arange(len(y)), y] -= 1
    return dout * ds / len(y)
"""
ATTENTION = """\
import numpy as np


def attention_forward(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p @ v, (q, k, v, p)


def attention_backward(dout, cache):
    q, k, v, p = cache
    dp = dout @ v.T
    dscores = p * (dp - (dp * p).sum(axis=1, keepdims=True)) / np.sqrt(q.shape[1])
    return dscores @ k, dscores.T @ q, p.T @ dout
"""
GELU = """\
import numpy as np


def gelu_forward(x):
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3))), x


def gelu_backward(dout, x):
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x**3))
    slope = c * (1 + 3 * 0.044715 * x**2) * (1 - t**2)
    return dout * 0.5 * (1 + t + x * slope)
"""
EXAMPLES = [
    Example("An affine layer", "proved", 'x="N D", w="D K", b="K"', AFFINE),
    Example("Layer norm, wrong", "wrong", 'x="N D", gamma="D", beta="D"', LAYER_NORM),
    Example("Softmax loss", "proved", 'scores="N K", y="N of K"', SOFTMAX),
    Example("Attention", "proved", 'q="N D", k="M D", v="M K"', ATTENTION),
    Example("GELU, rounded", "checked", 'x="N D"', GELU),
]
