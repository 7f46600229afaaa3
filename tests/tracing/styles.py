"""Forward and backward passes as people write them, right ones and wrong ones.

Each is a row of `RIGHT` or `WRONG`: a name, the two functions, the shapes, and what
else is passed to `prove_backward` or `prove_gradient`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy import exp, tanh

RIGHT, WRONG = [], []


def backward_pair(name, forward, backward, right=True, **arguments):
    """Enter a forward pass and its backward pass."""
    (RIGHT if right else WRONG).append((name, "backward", forward, backward, arguments))


def gradient_pair(name, loss, gradient, right=True, **arguments):
    """Enter a loss and its gradient."""
    (RIGHT if right else WRONG).append((name, "gradient", loss, gradient, arguments))


# affine layers


def affine_forward(x, w, b):
    out = x @ w + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


backward_pair("affine", affine_forward, affine_backward, x="N D", w="D M", b="M")


def affine_flat_forward(x, w, b):
    N = x.shape[0]
    D = np.prod(x.shape[1:])
    out = np.dot(x.reshape(N, D), w) + b
    return out, (x, w, b)


def affine_flat_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape((x.shape[0], -1))
    dx = np.dot(dout, w.T).reshape(x.shape)
    dw = np.dot(flat.T, dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


backward_pair(
    "affine, images flattened",
    affine_flat_forward,
    affine_flat_backward,
    x="N C H W",
    w="C*H*W M",
    b="M",
)


def affine_without_cache(x, w, b):
    return np.einsum("nd,dm->nm", x, w) + b[None, :]


def affine_without_cache_backward(dout, x, w, b):
    return {
        "x": np.einsum("nm,dm->nd", dout, w),
        "w": np.einsum("nd,nm->dm", x, dout),
        "b": np.einsum("nm->m", dout),
    }


backward_pair(
    "affine, einsum and no cache",
    affine_without_cache,
    affine_without_cache_backward,
    x="N D",
    w="D M",
    b="M",
)


def columns_forward(W, x, b):
    z = np.matmul(W, x) + b
    return z, {"W": W, "x": x}


def columns_backward(dz, cache):
    dW = np.outer(dz, cache["x"])
    dx = cache["W"].T.dot(dz)
    return dW, dx, dz


backward_pair(
    "affine, one column vector",
    columns_forward,
    columns_backward,
    W="H D",
    x="D",
    b="H",
)


def affine_swapped(dout, cache):
    x, w, b = cache
    return dout @ w.T, dout.T @ x, dout.sum(axis=0)


backward_pair(
    "affine, dw transposed",
    affine_forward,
    affine_swapped,
    False,
    x="N D",
    w="D D",
    b="D",
)


def affine_mean(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


backward_pair(
    "affine, mean for sum", affine_forward, affine_mean, False, x="N D", w="D M", b="M"
)


def affine_kept(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0, keepdims=True)


backward_pair(
    "affine, db of another shape",
    affine_forward,
    affine_kept,
    False,
    x="N D",
    w="D M",
    b="M",
)


# activations


def relu_forward(x):
    out = np.maximum(0, x)
    return out, x


def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)


backward_pair("relu", relu_forward, relu_backward, x="N D")


def relu_in_place_backward(dout, x):
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


backward_pair("relu, by a mask", relu_forward, relu_in_place_backward, x="N D")


def relu_where_forward(x):
    return np.where(x > 0, x, 0.0), x > 0


def relu_where_backward(dout, mask):
    return np.where(mask, dout, np.zeros_like(dout))


backward_pair("relu, where", relu_where_forward, relu_where_backward, x="N C H W")


def relu_out_forward(x):
    out = x * (x > 0)
    return out, out


def relu_out_backward(dout, out):
    return dout * (out > 0).astype(float)


backward_pair(
    "relu, mask from the output", relu_out_forward, relu_out_backward, x="N D"
)


def relu_ge_backward(dout, out):
    return dout * (out >= 0)


backward_pair("relu, out >= 0", relu_out_forward, relu_ge_backward, False, x="N D")


def leaky_forward(x, alpha=0.1):
    out = x.copy()
    out[x < 0] *= alpha
    return out, (x, alpha)


def leaky_backward(dout, cache):
    x, alpha = cache
    dx = np.array(dout, copy=True)
    dx[x < 0] = alpha * dout[x < 0]
    return dx


backward_pair("leaky relu, in place", leaky_forward, leaky_backward, x="N D")
backward_pair(
    "leaky relu, alpha given", leaky_forward, leaky_backward, x="N D", alpha=0.25
)


def leaky_max_forward(x):
    return np.maximum(0.01 * x, x), x


def leaky_max_backward(dout, x):
    slope = np.ones_like(x)
    slope[x < 0] = 0.01
    return dout * slope


backward_pair("leaky relu, maximum", leaky_max_forward, leaky_max_backward, x="N D")


def leaky_wrong_backward(dout, x):
    slope = np.ones_like(x)
    slope[x < 0] = 0.1
    return dout * slope


backward_pair(
    "leaky relu, other slope", leaky_max_forward, leaky_wrong_backward, False, x="N D"
)


def sigmoid_forward(x):
    out = 1.0 / (1.0 + np.exp(-x))
    return out, out


def sigmoid_backward(dout, out):
    return dout * out * (1 - out)


backward_pair("sigmoid", sigmoid_forward, sigmoid_backward, x="N D")


def stable_sigmoid_forward(x):
    out = np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))
    return out, out


backward_pair("sigmoid, stable", stable_sigmoid_forward, sigmoid_backward, x="N D")


def sigmoid_in_tanh_forward(x):
    return 0.5 * (np.tanh(x / 2) + 1), x


def sigmoid_of_x_backward(dout, x):
    s = 1 / (1 + np.exp(-x))
    return dout * s * (1 - s)


backward_pair(
    "sigmoid by tanh", sigmoid_in_tanh_forward, sigmoid_of_x_backward, x="N D"
)


def sigmoid_wrong_backward(dout, out):
    return dout * out * (1 + out)


backward_pair("sigmoid, sign", sigmoid_forward, sigmoid_wrong_backward, False, x="N D")


def tanh_forward(x):
    out = tanh(x)
    return out, out


def tanh_backward(dout, out):
    return dout * (1 - out**2)


backward_pair("tanh", tanh_forward, tanh_backward, x="N D")


def tanh_wrong_backward(dout, out):
    return dout * (1 - out)


backward_pair(
    "tanh, square forgotten", tanh_forward, tanh_wrong_backward, False, x="N D"
)


def swish_forward(x, beta):
    s = 1 / (1 + exp(-beta * x))
    return x * s, (x, s, beta)


def swish_backward(dout, cache):
    x, s, beta = cache
    dx = dout * (s + beta * x * s * (1 - s))
    dbeta = np.sum(dout * x * x * s * (1 - s))
    return dx, dbeta


backward_pair("swish, learned", swish_forward, swish_backward, x="N D", beta="")

C = math.sqrt(2 / math.pi)


def gelu_forward(x):
    t = np.tanh(C * (x + 0.044715 * x**3))
    return 0.5 * x * (1 + t), (x, t)


def gelu_backward(dout, cache):
    x, t = cache
    slope = 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * C * (
        1 + 3 * 0.044715 * np.square(x)
    )
    return dout * slope


backward_pair("gelu by tanh", gelu_forward, gelu_backward, x="N D")


def erf_of_array(x):
    return np.vectorize(math.erf)(x)


def gelu_exact_forward(x):
    return 0.5 * x * (1 + erf_of_array(x / np.sqrt(2))), x


def gelu_exact_backward(dout, x):
    phi = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return dout * (0.5 * (1 + erf_of_array(x / math.sqrt(2))) + x * phi)


backward_pair("gelu by erf", gelu_exact_forward, gelu_exact_backward, x="N D")


def elu_forward(x, alpha=1.0):
    out = np.where(x > 0, x, alpha * np.expm1(x))
    return out, (x, out, alpha)


def elu_backward(dout, cache):
    x, out, alpha = cache
    return dout * np.where(x > 0, 1.0, out + alpha)


backward_pair("elu", elu_forward, elu_backward, x="N D", alpha=0.5)


def softplus_forward(x):
    return np.logaddexp(0, x), x


backward_pair(
    "softplus", softplus_forward, lambda dout, x: dout / (1 + np.exp(-x)), x="N D"
)


def hard_tanh_forward(x):
    return np.clip(x, -1, 1), x


def hard_tanh_backward(dout, x):
    return dout * (np.abs(x) < 1)


backward_pair("hard tanh", hard_tanh_forward, hard_tanh_backward, x="N D")


def hard_tanh_wrong_backward(dout, x):
    return dout * (x < 1)


backward_pair(
    "hard tanh, one side", hard_tanh_forward, hard_tanh_wrong_backward, False, x="N D"
)


# normalization


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    N, D = x.shape
    mu = 1.0 / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu**2
    var = 1.0 / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    out = gamma * xhat + beta
    return out, (xhat, gamma, xmu, ivar, sqrtvar, var, eps)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D)) * dmu
    return dx1 + dx2, dgamma, dbeta


backward_pair(
    "batch norm, step by step",
    batchnorm_forward,
    batchnorm_backward,
    x="N D",
    gamma="D",
    beta="D",
)


def batchnorm_short_forward(x, gamma, beta, settings):
    eps = settings.get("eps", 1e-5)
    mean, var = x.mean(axis=0), x.var(axis=0)
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma * xhat + beta, {"xhat": xhat, "var": var, "gamma": gamma, "eps": eps}


def batchnorm_short_backward(dout, cache):
    xhat, gamma = cache["xhat"], cache["gamma"]
    N = len(dout)
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dx = (gamma / np.sqrt(cache["var"] + cache["eps"]) / N) * (
        N * dout - dbeta - xhat * dgamma
    )
    return dx, dgamma, dbeta


backward_pair(
    "batch norm, short, settings in a dict",
    batchnorm_short_forward,
    batchnorm_short_backward,
    x="N D",
    gamma="D",
    beta="D",
    settings={"eps": 1e-3},
)


def batchnorm_wrong_backward(dout, cache):
    xhat, gamma = cache["xhat"], cache["gamma"]
    N = len(dout)
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dx = (gamma / np.sqrt(cache["var"] + cache["eps"]) / N) * (N * dout - dbeta)
    return dx, dgamma, dbeta


backward_pair(
    "batch norm, variance held",
    batchnorm_short_forward,
    batchnorm_wrong_backward,
    False,
    x="N D",
    gamma="D",
    beta="D",
    settings={},
)


def spatial_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=(0, 2, 3), keepdims=True)
    std = np.sqrt(x.var(axis=(0, 2, 3), keepdims=True) + eps)
    xhat = (x - mu) / std
    return gamma[None, :, None, None] * xhat + beta.reshape(1, -1, 1, 1), (
        xhat,
        std,
        gamma,
    )


def spatial_backward(dout, cache):
    xhat, std, gamma = cache
    axes = (0, 2, 3)
    dgamma = (dout * xhat).sum(axis=axes)
    dbeta = dout.sum(axis=axes)
    dxhat = dout * gamma[None, :, None, None]
    dx = dxhat - dxhat.mean(axis=axes, keepdims=True)
    dx -= xhat * (dxhat * xhat).mean(axis=axes, keepdims=True)
    return dx / std, dgamma, dbeta


backward_pair(
    "batch norm of images",
    spatial_forward,
    spatial_backward,
    x="N C H W",
    gamma="C",
    beta="C",
)


def layernorm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=1, keepdims=True)
    var = ((x - mu) ** 2).mean(axis=1, keepdims=True)
    std = (var + eps) ** 0.5
    xhat = (x - mu) / std
    return xhat * gamma + beta, (xhat, std, gamma)


def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    D = dout.shape[1]
    dgamma = (xhat * dout).sum(0)
    dbeta = dout.sum(0)
    dxhat = dout * gamma
    dx = (
        D * dxhat
        - dxhat.sum(axis=1, keepdims=True)
        - xhat * (dxhat * xhat).sum(axis=1, keepdims=True)
    ) / (D * std)
    return dx, dgamma, dbeta


backward_pair(
    "layer norm", layernorm_forward, layernorm_backward, x="N D", gamma="D", beta="D"
)


def layernorm_by_transpose_forward(x, gamma, beta, eps=1e-8):
    z = x.T
    mu, var = np.mean(z, axis=0), np.var(z, axis=0)
    zhat = ((z - mu) / np.sqrt(var + eps)).T
    return gamma * zhat + beta, (zhat, gamma, var + eps)


def layernorm_by_transpose_backward(dout, cache):
    zhat, gamma, v = cache
    dz = (dout * gamma).T
    h = zhat.T
    D = h.shape[0]
    dx = (dz - np.sum(dz, axis=0) / D - h * np.sum(dz * h, axis=0) / D) / np.sqrt(v)
    return dx.T, np.sum(dout * zhat, axis=0), np.sum(dout, axis=0)


backward_pair(
    "layer norm on the transpose",
    layernorm_by_transpose_forward,
    layernorm_by_transpose_backward,
    x="N D",
    gamma="D",
    beta="D",
)


def layernorm_wrong_backward(dout, cache):
    dx, dgamma, dbeta = layernorm_backward(dout, cache)
    return dx, dgamma.sum() * np.ones_like(dgamma), dbeta


backward_pair(
    "layer norm, dgamma summed",
    layernorm_forward,
    layernorm_wrong_backward,
    False,
    x="N D",
    gamma="D",
    beta="D",
)


@dataclass
class NormCache:
    x: np.ndarray
    rms: np.ndarray
    gain: np.ndarray


def rmsnorm_forward(x: np.ndarray, gain: np.ndarray, eps: float = 1e-6):
    rms = np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + eps)
    return x / rms * gain, NormCache(x=x, rms=rms, gain=gain)


def rmsnorm_backward(dout: np.ndarray, cache: NormCache):
    xhat = cache.x / cache.rms
    dxhat = dout * cache.gain
    dx = (dxhat - xhat * np.mean(dxhat * xhat, axis=-1, keepdims=True)) / cache.rms
    return dx, np.sum(dout * xhat, axis=0)


backward_pair(
    "rms norm, a dataclass", rmsnorm_forward, rmsnorm_backward, x="N D", gain="D"
)


def groupnorm_forward(x, G, eps=1e-5):
    N, C = x.shape
    z = x.reshape(N, G, C // G)
    mu = z.mean(axis=2, keepdims=True)
    std = np.sqrt(z.var(axis=2, keepdims=True) + eps)
    zhat = (z - mu) / std
    return zhat.reshape(N, C), (zhat, std)


def groupnorm_backward(dout, cache):
    zhat, std = cache
    dz = dout.reshape(zhat.shape)
    dz = (
        dz
        - dz.mean(axis=2, keepdims=True)
        - zhat * (dz * zhat).mean(axis=2, keepdims=True)
    )
    return (dz / std).reshape(dout.shape)


backward_pair(
    "group norm, two groups", groupnorm_forward, groupnorm_backward, x="N 2C", G=2
)


def normalize_forward(x):
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    return x / norm, (x, norm)


def normalize_backward(dout, cache):
    x, norm = cache
    return dout / norm - x * np.sum(dout * x, axis=1, keepdims=True) / norm**3


backward_pair("rows of length 1", normalize_forward, normalize_backward, x="N D")


# softmax and losses


def softmax_forward(s):
    e = np.exp(s - np.max(s, axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return p, p


def softmax_backward(dout, p):
    return p * (dout - np.sum(dout * p, axis=-1, keepdims=True))


backward_pair("softmax", softmax_forward, softmax_backward, s="N K")


def softmax_wrong_backward(dout, p):
    return p * (1 - p) * dout


backward_pair(
    "softmax, the diagonal alone",
    softmax_forward,
    softmax_wrong_backward,
    False,
    s="N K",
)


def log_softmax_forward(s):
    shifted = s - s.max(axis=1, keepdims=True)
    out = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return out, out


def log_softmax_backward(dout, out):
    return dout - np.exp(out) * dout.sum(axis=1, keepdims=True)


backward_pair("log softmax", log_softmax_forward, log_softmax_backward, s="N K")


def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


gradient_pair(
    "softmax loss",
    lambda x, y: softmax_loss(x, y)[0],
    lambda x, y: softmax_loss(x, y)[1],
    x="N K",
    y="N of K",
)


def one_hot_loss(s, y):
    K = s.shape[1]
    Y = np.eye(K)[y]
    p = np.exp(s) / np.exp(s).sum(axis=1)[:, np.newaxis]
    return -(Y * np.log(p)).sum() / len(s)


def one_hot_gradient(s, y):
    N, K = s.shape
    p = np.exp(s) / np.exp(s).sum(axis=1)[:, np.newaxis]
    Y = np.zeros((N, K))
    Y[np.arange(N), y] = 1.0
    return (p - Y) / N


gradient_pair(
    "softmax loss, one-hot", one_hot_loss, one_hot_gradient, s="N K", y="N of K"
)


def one_hot_wrong(s, y):
    N, K = s.shape
    p = np.exp(s) / np.exp(s).sum(axis=1)[:, np.newaxis]
    return p - np.eye(K)[y]


gradient_pair(
    "softmax loss, 1/N forgotten",
    one_hot_loss,
    one_hot_wrong,
    False,
    s="N K",
    y="N of K",
)


def smoothed_loss(s, y):
    K = s.shape[1]
    target = 0.9 * (np.arange(K) == y[:, None]) + 0.1 / K
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.mean(np.sum(target * logp, axis=1))


def smoothed_gradient(s, y):
    N, K = s.shape
    target = 0.9 * (np.arange(K) == y[:, None]) + 0.1 / K
    p = np.exp(s)
    p /= p.sum(axis=1, keepdims=True)
    return (p - target) / N


gradient_pair("label smoothing", smoothed_loss, smoothed_gradient, s="N K", y="N of K")


def svm_loss(x, y):
    N = x.shape[0]
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


def svm_gradient(x, y):
    N = x.shape[0]
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    return dx / N


gradient_pair("hinge loss", svm_loss, svm_gradient, x="N K", y="N of K")


def svm_wrong(x, y):
    N = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(N), y][:, None] + 1.0)
    dx = (margins > 0).astype(float)
    dx[np.arange(N), y] = -np.sum(margins > 0, axis=1)
    return dx / N


gradient_pair(
    "hinge loss, its own class counted", svm_loss, svm_wrong, False, x="N K", y="N of K"
)


def bce_loss(z, t):
    return np.mean(np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z))))


def bce_gradient(z, t):
    p = 1 / (1 + np.exp(-z))
    return (p - t) / z.size, -z / z.size


gradient_pair("binary cross-entropy with logits", bce_loss, bce_gradient, z="N", t="N")


def mse_loss(X, W, b, T, reg):
    E = X.dot(W) + b - T
    return 0.5 * np.mean(np.sum(E * E, axis=1)) + 0.5 * reg * np.sum(W**2)


def mse_gradient(X, W, b, T, reg):
    N = X.shape[0]
    E = X.dot(W) + b - T
    return {
        "dW": X.T.dot(E) / N + reg * W,
        "db": E.sum(axis=0) / N,
        "dreg": 0.5 * np.sum(W * W),
    }


gradient_pair(
    "squared error with a penalty",
    mse_loss,
    mse_gradient,
    X="N D",
    W="D K",
    b="K",
    T="N K",
    reg="",
)


def huber_loss(r, delta=1.0):
    a = np.abs(r)
    return np.sum(np.where(a <= delta, 0.5 * r**2, delta * (a - 0.5 * delta)))


gradient_pair(
    "Huber", huber_loss, lambda r, delta=1.0: np.clip(r, -delta, delta), r="N"
)


def cosine_loss(a, b):
    return 1 - a @ b / (np.sqrt(a @ a) * np.sqrt(b @ b))


def cosine_gradient(a, b):
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    c = np.dot(a, b) / (na * nb)
    return c * a / na**2 - b / (na * nb), c * b / nb**2 - a / (na * nb)


gradient_pair("cosine", cosine_loss, cosine_gradient, a="D", b="D")


def contrastive_loss(a, b):
    s = a @ b.T
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - np.diag(s))


def contrastive_gradient(a, b):
    N = a.shape[0]
    s = a @ b.T
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    ds = (p - np.eye(N)) / N
    return ds @ b, ds.T @ a


gradient_pair("contrastive", contrastive_loss, contrastive_gradient, a="N D", b="N D")


def l1_loss(w, lam):
    return lam * np.abs(w).sum()


gradient_pair(
    "l1 penalty",
    l1_loss,
    lambda w, lam: (lam * np.sign(w), np.abs(w).sum()),
    w="D K",
    lam="",
)


# recurrence


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


RNN = dict(x="N D", prev_h="N H", Wx="D H", Wh="H H", b="H")
backward_pair("rnn step", rnn_step_forward, rnn_step_backward, **RNN)


def rnn_step_wrong(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    return da @ Wx.T, da @ Wh, x.T @ da, prev_h.T @ da, da.sum(axis=0)


backward_pair(
    "rnn step, Wh not transposed", rnn_step_forward, rnn_step_wrong, False, **RNN
)


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    caches, prev = [], h0
    for t in range(T):
        prev, cache = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        h[:, t, :] = prev
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    D = caches[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in reversed(range(T)):
        dx[:, t, :], dprev, a, c, e = rnn_step_backward(dh[:, t, :] + dprev, caches[t])
        dWx += a
        dWh += c
        db += e
    return dx, dprev, dWx, dWh, db


backward_pair(
    "rnn through 3 steps",
    rnn_forward,
    rnn_backward,
    x="N T D",
    h0="N H",
    Wx="D H",
    Wh="H H",
    b="H",
    sizes={"T": 3},
)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    df, di, dg, dprev_c = dc * prev_c, dc * g, dc * i, dc * f
    da = np.hstack(
        (di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2))
    )
    return (
        da.dot(Wx.T),
        da.dot(Wh.T),
        dprev_c,
        x.T.dot(da),
        prev_h.T.dot(da),
        da.sum(axis=0),
    )


LSTM = dict(x="N D", prev_h="N H", prev_c="N H", Wx="D 4H", Wh="H 4H", b="4H")
backward_pair("lstm step, slices", lstm_step_forward, lstm_step_backward, **LSTM)


def lstm_split_forward(x, prev_h, prev_c, Wx, Wh, b):
    ai, af, ao, ag = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    c = f * prev_c + i * g
    return o * np.tanh(c), c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, c)


def lstm_split_backward(dh, dc, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, c = cache
    t = np.tanh(c)
    dc = dc + dh * o * (1 - t * t)
    N, H = prev_h.shape
    da = np.zeros((N, 4 * H))
    da[:, :H] = dc * g * i * (1 - i)
    da[:, H : 2 * H] = dc * prev_c * f * (1 - f)
    da[:, 2 * H : 3 * H] = dh * t * o * (1 - o)
    da[:, 3 * H : 4 * H] = dc * i * (1 - g * g)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, np.sum(da, axis=0)


backward_pair("lstm step, np.split", lstm_split_forward, lstm_split_backward, **LSTM)


def lstm_swapped_backward(dh, dc, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, c = cache
    t = np.tanh(c)
    dc = dc + dh * o * (1 - t * t)
    da = np.concatenate(
        [
            dc * prev_c * f * (1 - f),
            dc * g * i * (1 - i),
            dh * t * o * (1 - o),
            dc * i * (1 - g * g),
        ],
        axis=1,
    )
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, np.sum(da, axis=0)


backward_pair(
    "lstm step, two gates swapped",
    lstm_split_forward,
    lstm_swapped_backward,
    False,
    **LSTM,
)


def gru_forward(x, h, Wz, Uz, Wr, Ur, Wn, Un):
    z = sigmoid(x @ Wz + h @ Uz)
    r = sigmoid(x @ Wr + h @ Ur)
    n = np.tanh(x @ Wn + (r * h) @ Un)
    return (1 - z) * n + z * h, (x, h, Wz, Uz, Wr, Ur, Wn, Un, z, r, n)


def gru_backward(dout, cache):
    x, h, Wz, Uz, Wr, Ur, Wn, Un, z, r, n = cache
    dan = dout * (1 - z) * (1 - n**2)
    daz = dout * (h - n) * z * (1 - z)
    drh = dan @ Un.T
    dar = drh * h * r * (1 - r)
    dx = daz @ Wz.T + dar @ Wr.T + dan @ Wn.T
    dh = dout * z + daz @ Uz.T + dar @ Ur.T + drh * r
    return (
        dx,
        dh,
        x.T @ daz,
        h.T @ daz,
        x.T @ dar,
        h.T @ dar,
        x.T @ dan,
        (r * h).T @ dan,
    )


backward_pair(
    "gru step",
    gru_forward,
    gru_backward,
    x="N D",
    h="N H",
    Wz="D H",
    Uz="H H",
    Wr="D H",
    Ur="H H",
    Wn="D H",
    Un="H H",
)


# attention, embedding, convolution, and other layers


def attention_forward(Q, K, V):
    d = Q.shape[-1]
    scores = Q @ K.T / np.sqrt(d)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ V, (Q, K, V, weights)


def attention_backward(dout, cache):
    Q, K, V, A = cache
    scale = 1 / math.sqrt(Q.shape[-1])
    dA = dout @ V.T
    dS = A * (dA - (dA * A).sum(axis=-1, keepdims=True)) * scale
    return dS @ K, dS.T @ Q, A.T @ dout


backward_pair(
    "attention", attention_forward, attention_backward, Q="N D", K="M D", V="M E"
)


def attention_wrong(dout, cache):
    Q, K, V, A = cache
    dA = dout @ V.T
    dS = A * (dA - (dA * A).sum(axis=-1, keepdims=True))
    return dS @ K, dS.T @ Q, A.T @ dout


backward_pair(
    "attention, scale forgotten",
    attention_forward,
    attention_wrong,
    False,
    Q="N D",
    K="M D",
    V="M E",
)


def batched_attention_forward(q, k, v):
    s = np.einsum("bnd,bmd->bnm", q, k) / q.shape[2] ** 0.5
    e = np.exp(s)
    a = e / e.sum(axis=2, keepdims=True)
    return np.matmul(a, v), (q, k, v, a)


def batched_attention_backward(dout, cache):
    q, k, v, a = cache
    da = dout @ v.transpose(0, 2, 1)
    ds = a * (da - np.einsum("bnm,bnm->bn", da, a)[:, :, None]) / q.shape[2] ** 0.5
    return ds @ k, np.swapaxes(ds, 1, 2) @ q, a.transpose((0, 2, 1)) @ dout


backward_pair(
    "attention in batches",
    batched_attention_forward,
    batched_attention_backward,
    q="B N D",
    k="B M D",
    v="B M E",
)


def heads_forward(x, Wq, Wk, Wv, heads=2):
    N, D = x.shape
    d = D // heads

    def parted(z):
        return z.reshape(N, heads, d).transpose(1, 0, 2)

    q, k, v = parted(x @ Wq), parted(x @ Wk), parted(x @ Wv)
    e = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(d))
    a = e / e.sum(axis=-1, keepdims=True)
    out = (a @ v).transpose(1, 0, 2).reshape(N, D)
    return out, (x, Wq, Wk, Wv, q, k, v, a, heads, d)


def heads_backward(dout, cache):
    x, Wq, Wk, Wv, q, k, v, a, heads, d = cache
    N, D = x.shape
    do = dout.reshape(N, heads, d).transpose(1, 0, 2)
    da = do @ v.transpose(0, 2, 1)
    dv = a.transpose(0, 2, 1) @ do
    ds = a * (da - (da * a).sum(-1, keepdims=True)) / np.sqrt(d)
    dq, dk = ds @ k, ds.transpose(0, 2, 1) @ q
    dq, dk, dv = (z.transpose(1, 0, 2).reshape(N, D) for z in (dq, dk, dv))
    return dq @ Wq.T + dk @ Wk.T + dv @ Wv.T, x.T @ dq, x.T @ dk, x.T @ dv


backward_pair(
    "self-attention with two heads",
    heads_forward,
    heads_backward,
    x="N 2D",
    Wq="2D 2D",
    Wk="2D 2D",
    Wv="2D 2D",
)


def embedding_forward(W, y):
    return W[y], (W.shape, y)


def embedding_backward(dout, cache):
    shape, y = cache
    dW = np.zeros(shape)
    np.add.at(dW, y, dout)
    return dW


backward_pair(
    "embedding, add.at", embedding_forward, embedding_backward, W="V D", y="N of V"
)


def one_hot_embedding_forward(W, y):
    Y = np.eye(W.shape[0])[y]
    return Y @ W, Y


backward_pair(
    "embedding, one-hot",
    one_hot_embedding_forward,
    lambda dout, Y: Y.T @ dout,
    W="V D",
    y="N of V",
)


def embedding_wrong(dout, cache):
    shape, y = cache
    dW = np.zeros(shape)
    dW[y] += dout
    return dW


backward_pair(
    "embedding, += at labels",
    embedding_forward,
    embedding_wrong,
    False,
    W="V D",
    y="N of V",
)


def dropout_forward(x, mask, p=0.5):
    return x * mask / (1 - p), (mask, p)


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * mask / (1 - p), None


backward_pair(
    "dropout with a given mask", dropout_forward, dropout_backward, x="N D", mask="N D"
)


def residual_forward(x, W1, b1, W2, b2):
    a, cache_a = affine_forward(x, W1, b1)
    h, cache_h = relu_forward(a)
    z, cache_z = affine_forward(h, W2, b2)
    return x + z, (cache_a, cache_h, cache_z)


def residual_backward(dout, cache):
    cache_a, cache_h, cache_z = cache
    dh, dW2, db2 = affine_backward(dout, cache_z)
    dx, dW1, db1 = affine_backward(relu_backward(dh, cache_h), cache_a)
    return dx + dout, dW1, db1, dW2, db2


RESIDUAL = dict(x="N D", W1="D H", b1="H", W2="H D", b2="D")
backward_pair("residual block", residual_forward, residual_backward, **RESIDUAL)


def residual_wrong(dout, cache):
    dx, dW1, db1, dW2, db2 = residual_backward(dout, cache)
    return dx - dout, dW1, db1, dW2, db2


backward_pair(
    "residual, skip forgotten", residual_forward, residual_wrong, False, **RESIDUAL
)


def conv_forward(x, w):
    N, C, T = x.shape
    F, _, k = w.shape
    out = np.zeros((N, F, T - k + 1))
    for t in range(T - k + 1):
        out[:, :, t] = np.einsum("nck,fck->nf", x[:, :, t : t + k], w)
    return out, (x, w)


def conv_backward(dout, cache):
    x, w = cache
    k = w.shape[2]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for t in range(dout.shape[2]):
        dx[:, :, t : t + k] += np.einsum("nf,fck->nck", dout[:, :, t], w)
        dw += np.einsum("nf,nck->fck", dout[:, :, t], x[:, :, t : t + k])
    return dx, dw


backward_pair("convolution in time", conv_forward, conv_backward, x="N C 5", w="F C 3")


def pointwise_forward(x, w):
    return np.einsum("nchw,fc->nfhw", x, w), (x, w)


def pointwise_backward(dout, cache):
    x, w = cache
    dx = np.tensordot(w, dout, axes=([0], [1])).transpose(1, 0, 2, 3)
    return dx, np.einsum("nfhw,nchw->fc", dout, x)


backward_pair(
    "1x1 convolution", pointwise_forward, pointwise_backward, x="N C H W", w="F C"
)


def pool_forward(x):
    N, H, W = x.shape
    return x.reshape(N, H // 2, 2, W // 2, 2).mean(axis=(2, 4)), x.shape


def pool_backward(dout, shape):
    N, H, W = shape
    dx = np.zeros((N, H // 2, 2, W // 2, 2))
    dx += dout[:, :, None, :, None] / 4
    return dx.reshape(shape)


backward_pair("mean pooling", pool_forward, pool_backward, x="N 4 6")


def glu_forward(x, W, V):
    a, b = x @ W, sigmoid(x @ V)
    return a * b, (x, W, V, a, b)


def glu_backward(dout, cache):
    x, W, V, a, b = cache
    da, db = dout * b, dout * a * b * (1 - b)
    return da @ W.T + db @ V.T, x.T @ da, x.T @ db


backward_pair("gated linear unit", glu_forward, glu_backward, x="N D", W="D H", V="D H")


def gram_loss(x):
    G = x @ x.T
    return 0.25 * np.vdot(G, G)


gradient_pair("gram", gram_loss, lambda x: x @ x.T @ x, x="N D")


def bilinear_forward(x, A, y):
    return np.sum((x @ A) * y, axis=1), (x, A, y)


def bilinear_backward(dout, cache):
    x, A, y = cache
    d = dout.reshape(-1, 1)
    return d * (y @ A.T), x.T @ (d * y), d * (x @ A)


backward_pair(
    "bilinear", bilinear_forward, bilinear_backward, x="N D", A="D E", y="N E"
)


def weight_norm_forward(v, g):
    norm = np.sqrt((v * v).sum(axis=0))
    return g * v / norm, (v, g, norm)


def weight_norm_backward(dw, cache):
    v, g, norm = cache
    dg = (dw * v).sum(axis=0) / norm
    return g / norm * dw - g * dg / norm**2 * v, dg


backward_pair("weight norm", weight_norm_forward, weight_norm_backward, v="D K", g="K")


def max_row_loss(x):
    return np.max(x, axis=1).sum()


def max_row_gradient(x):
    dx = np.zeros_like(x)
    dx[np.arange(len(x)), np.argmax(x, axis=1)] = 1
    return dx


gradient_pair("row maximum", max_row_loss, max_row_gradient, x="N D")


def max_shift_forward(x):
    return x - x.max(axis=1, keepdims=True), None


backward_pair(
    "shifted rows, shift forgotten",
    lambda x: max_shift_forward(x)[0],
    lambda dout, x: dout,
    False,
    x="N D",
)


class Layer:
    def __init__(self, slope):
        self.slope = slope
        self.cache = None

    def forward(self, x, w):
        z = x @ w
        return np.where(z > 0, z, self.slope * z), (x, w, z)

    def backward(self, dout, cache):
        x, w, z = cache
        dz = dout * np.where(z > 0, 1, self.slope)
        return dz @ w.T, x.T @ dz


layer = Layer(0.2)
backward_pair("methods of a class", layer.forward, layer.backward, x="N D", w="D H")


def two_layer_loss(X, y, W1, b1, W2, b2, reg):
    scores = np.maximum(0, X.dot(W1) + b1).dot(W2) + b2
    N = X.shape[0]
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = np.sum(-np.log(p[range(N), y])) / N
    return loss + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))


def two_layer_gradient(X, y, W1, b1, W2, b2, reg):
    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = hidden.dot(W2) + b2
    N = X.shape[0]
    p = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    p /= np.sum(p, axis=1, keepdims=True)
    p[range(N), y] -= 1
    p /= N
    grads = {"W2": hidden.T.dot(p) + 2 * reg * W2, "b2": p.sum(axis=0)}
    dhidden = p.dot(W2.T)
    dhidden[hidden <= 0] = 0
    grads["W1"] = X.T.dot(dhidden) + 2 * reg * W1
    grads["b1"] = dhidden.sum(axis=0)
    return grads


TWO_LAYERS = dict(X="N D", y="N of K", W1="D H", b1="H", W2="H K", b2="K", reg="")
gradient_pair(
    "two-layer net, loss and penalty", two_layer_loss, two_layer_gradient, **TWO_LAYERS
)


def two_layer_wrong(X, y, W1, b1, W2, b2, reg):
    grads = two_layer_gradient(X, y, W1, b1, W2, b2, reg)
    grads["W1"] = grads["W1"] - reg * W1
    return grads


gradient_pair(
    "two-layer net, penalty halved",
    two_layer_loss,
    two_layer_wrong,
    False,
    **TWO_LAYERS,
)


def loop_over_classes(W, X, y):
    s = X @ W
    e = np.exp(s)
    loss = 0
    for k in range(W.shape[1]):
        loss += -np.sum((y == k) * (s[:, k] - np.log(e.sum(axis=1))))
    return loss / len(X)


def loop_over_classes_gradient(W, X, y):
    e = np.exp(X @ W)
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(X)), y] -= 1
    return X.T @ p / len(X), None


gradient_pair(
    "softmax loss, a loop over three classes",
    loop_over_classes,
    loop_over_classes_gradient,
    W="D 3",
    X="N D",
    y="N of 3",
)


def bn_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    if mode != "train":
        raise ValueError(f"unknown mode {mode}")
    mean, var = np.mean(x, axis=0), np.var(x, axis=0)
    xhat = (x - mean) / np.sqrt(var + 1e-5)
    bn_param["running_mean"] = 0.9 * running_mean + 0.1 * mean
    return gamma * xhat + beta, (x, mean, var, xhat, gamma)


def bn_backward(dout, cache):
    x, mean, var, xhat, gamma = cache
    N = x.shape[0]
    dxhat = dout * gamma
    ivar = (var + 1e-5) ** -0.5
    dvar = np.sum(dxhat * (x - mean) * -0.5 * (var + 1e-5) ** (-1.5), axis=0)
    dmean = np.sum(dxhat * -ivar, axis=0) + dvar * np.sum(-2 * (x - mean), axis=0) / N
    dx = dxhat * ivar + dvar * 2 * (x - mean) / N + dmean / N
    return dx, np.sum(xhat * dout, axis=0), dout.sum(axis=0)


backward_pair(
    "batch norm that keeps a running mean in a dict",
    bn_forward,
    bn_backward,
    x="N D",
    gamma="D",
    beta="D",
    bn_param={"mode": "train"},
)


def block_forward(x, g, b, Wq, Wk, Wv, Wo, W1, c1, W2):
    n, cache_n = layernorm_forward(x, g, b)
    a, cache_a = attention_forward(n @ Wq, n @ Wk, n @ Wv)
    h = x + a @ Wo
    z, cache_z = affine_forward(h, W1, c1)
    r, cache_r = relu_forward(z)
    return h + r @ W2, (cache_n, cache_a, cache_z, cache_r, n, a, r, Wq, Wk, Wv, Wo, W2)


def block_backward(dout, cache):
    cache_n, cache_a, cache_z, cache_r, n, a, r, Wq, Wk, Wv, Wo, W2 = cache
    dh, dW1, dc1 = affine_backward(relu_backward(dout @ W2.T, cache_r), cache_z)
    dh = dh + dout
    dq, dk, dv = attention_backward(dh @ Wo.T, cache_a)
    dn = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    dx, dg, db = layernorm_backward(dn, cache_n)
    return dx + dh, dg, db, n.T @ dq, n.T @ dk, n.T @ dv, a.T @ dh, dW1, dc1, r.T @ dout


backward_pair(
    "transformer block",
    block_forward,
    block_backward,
    x="N D",
    g="D",
    b="D",
    Wq="D E",
    Wk="D E",
    Wv="D E",
    Wo="E D",
    W1="D H",
    c1="H",
    W2="H D",
)


def prelu_forward(x, a):
    return np.where(x > 0, x, a[:, None, None] * x), (x, a)


def prelu_backward(dout, cache):
    x, a = cache
    dx = np.where(x > 0, dout, a[:, None, None] * dout)
    return dx, np.sum(dout * x * (x <= 0), axis=(0, 2, 3))


backward_pair("prelu by channel", prelu_forward, prelu_backward, x="N C H W", a="C")


def mish_forward(x):
    t = np.tanh(np.log1p(np.exp(x)))
    return x * t, (x, t)


def mish_backward(dout, cache):
    x, t = cache
    return dout * (t + x * (1 - t * t) / (1 + np.exp(-x)))


backward_pair("mish", mish_forward, mish_backward, x="N D")
