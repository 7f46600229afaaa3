"""Gradients whose truth is known to 40 digits: what a gradient check is measured on.

`network_cases` draws random networks of `mlp` and works out their gradients a second
time, by a backward pass of its own in mpmath numbers; `function_cases` draws functions
that are no networks, whose truth is a difference with 100 digits. A case knows the
scale of each entry, which entries stand at a kink, and both one-sided slopes there.
`slip` plants a small error where it is larger than rounding, `mutants` larger ones.
`make bench-verdicts` runs gradient checks over them.
"""

import copy
import math
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from types import SimpleNamespace

import mpmath
import numpy as np

from mlp.activations import ACTIVATIONS
from mlp.losses import OUTPUTS, PENALTIES
from mlp.model import MLP
from mlp.network import backward, forward
from mlp.verdicts import check_gradient, check_gradients

ROUNDINGS = 20  # below so many roundings of its scale, right and wrong are one number
SMALL = 1e-5  # and below so much of the entry

ctx = mpmath.mp.clone()  # the global precision stays as it is
ctx.dps = 40

_exp = np.frompyfunc(ctx.exp, 1, 1)


def _exact(array):
    """The same numbers as mpmath numbers, in an object array."""
    numbers = [ctx.mpf(number) for number in np.asarray(array, float).ravel().tolist()]
    exact = np.empty(len(numbers), object)
    exact[:] = numbers
    return exact.reshape(np.shape(array))


def _floats(exact):
    """mpmath numbers rounded to float64; too small ones become 0."""
    return np.asarray(exact).astype(float)


@dataclass
class Case:
    """A gradient to check, and what is known about it.

    Every dict has the keys and shapes of `given`; a function of one array has the key
    "x".

    Attributes
    ----------
    kind : str
        What was drawn.
    dtype : NumPy dtype
        float64 or float32.
    given : dict
        The gradient, as a right program computes it.
    truth : dict
        The gradient from the same numbers, in float64. At a kink it is the slope that
        the subgradient 0 gives.
    sides : dict of pairs
        The slopes to the left and to the right.
    scale : dict
        The size of the terms that enter an entry.
    at_kink : dict
        Where the two sides differ, or rounding decides which one is taken.
    """

    kind: str
    dtype: np.dtype
    given: dict
    truth: dict
    sides: dict
    scale: dict
    at_kink: dict

    def rounding_of_differences(self, name, index):
        """20 roundings of the function, divided by a step as long as x itself."""
        f, x = values_and_point(self)
        eps = np.finfo(float if isinstance(self, NetworkCase) else self.dtype).eps
        length = abs(float(x[name][index])) or float(np.abs(x[name]).max()) or 1.0
        return ROUNDINGS * eps * abs(f(x)) / length

    def is_wrong(self, name, given):
        """Which entries of given are wrong, and not at a kink.

        They are off by more than 20 roundings of their scale, 1e-5 of the entry, and
        twice what the program itself is off by.
        """
        truth, eps = self.truth[name], np.finfo(self.dtype).eps
        off, own = (np.abs(g.astype(float) - truth) for g in (given, self.given[name]))
        least = np.maximum(ROUNDINGS * eps * self.scale[name], SMALL * np.abs(truth))
        return (off > np.maximum(least, 2 * own)) & ~self.at_kink[name]

    def has_wrong(self, given):
        """Whether an entry of given is wrong."""
        return any(self.is_wrong(name, given[name]).any() for name in given)

    def entries(self):
        """All pairs (name, index)."""
        for name, grad in self.given.items():
            for index in np.ndindex(grad.shape):
                yield name, index


@dataclass
class NetworkCase(Case):
    """A `Case` with net, X (N, D), y (N,) and reg: given is `net.loss`'s gradient.

    hits is True where every unit near its kink is exactly at it, in float64.
    """

    net: MLP = None
    X: np.ndarray = None
    y: np.ndarray = None
    reg: float = 0.0
    hits: bool = True


@dataclass
class FunctionCase(Case):
    """A `Case` with the function f of x, an array or a dict of arrays.

    complex_step is "exact"; or "refused", when f raises an error for complex numbers;
    or "misleading", when f takes them and loses the derivative. noise is the relative
    size of f's own rounding, where it is not that of the dtype. faulty is a gradient
    that backpropagation computes and that is wrong, where there is one.
    """

    f: object = None
    x: object = None
    complex_step: str = "exact"
    noise: float = 0.0
    faulty: dict = None


def slip(case, rng):
    """A copy of the gradient with one entry moved, where that makes it wrong.

    The entry is multiplied by 1 + r, |r| from 1e-4 to 1, log-uniform, of either sign.
    One that is 0 is moved by r times the largest of its array, or of all.

    Returns
    -------
    given : dict or None
        None when the drawn entry stands at a kink, or the slip is within rounding.
    name, index
        The entry.
    """
    entries = list(case.entries())
    name, index = entries[rng.integers(len(entries))]
    given = {key: grad.copy() for key, grad in case.given.items()}
    size = float(given[name][index]) or float(np.abs(given[name]).max())
    size = size or max(float(np.abs(grad).max()) for grad in given.values())
    r = 10 ** rng.uniform(-4, 0) * rng.choice([-1, 1])
    given[name][index] += given[name].dtype.type(r * size)
    is_wrong = case.is_wrong(name, given[name])[index]
    return (given if is_wrong else None), name, index


# Networks.

_SIGMOID = np.frompyfunc(lambda z: 1 / (1 + ctx.exp(-z)), 1, 1)


def _bell(z):
    """Derivative of the sigmoid by z: no digit is lost far from 0."""
    power = ctx.exp(-abs(z))
    return power / (1 + power) ** 2


_EXACT = {  # name: (function of z, derivative by z), on arrays of mpmath numbers
    "sigmoid": (_SIGMOID, np.frompyfunc(_bell, 1, 1)),
    "tanh": (
        np.frompyfunc(ctx.tanh, 1, 1),
        np.frompyfunc(lambda z: 4 * _bell(2 * z), 1, 1),
    ),
    "relu": (
        np.frompyfunc(lambda z: max(z, ctx.zero), 1, 1),
        np.frompyfunc(lambda z: ctx.mpf(z > 0), 1, 1),
    ),
    "softplus": (np.frompyfunc(lambda z: ctx.log1p(ctx.exp(z)), 1, 1), _SIGMOID),
    "identity": (lambda z: z, np.frompyfunc(lambda z: ctx.one, 1, 1)),
}
_ABSOLUTE = {  # the slope in h, with + in place of −
    "sigmoid": lambda h, slope: h * (1 + h),
    "tanh": lambda h, slope: 1 + h**2,
}


class _Exact:
    """Forward and backward pass of a network in mpmath numbers.

    Z[k] and H[k] belong to layer k; H[0] is X. near[k] is True where a unit of layer k
    is within 20 roundings of a kink.
    """

    def __init__(self, net, X, y):
        self.net, self.depth = net, len(net.sizes) - 1
        self.W = {k: _exact(net.params[f"W{k}"]) for k in range(1, self.depth + 1)}
        self.b = {k: _exact(net.params[f"b{k}"]) for k in range(1, self.depth + 1)}
        self.f, self.slope_of = _EXACT[net.activation]
        self.Z, self.H, self.near = {}, {0: _exact(X)}, {}
        error = np.zeros(X.shape)  # of H[k - 1], in roundings
        for k in range(1, self.depth + 1):
            self.Z[k] = self.H[k - 1] @ self.W[k] + self.b[k]
            error = self._error(k, error)
            if k < self.depth:
                self.H[k] = self.f(self.Z[k])
        self.dscores, self.dscores_scale = self._output(self.Z[self.depth], y)

    def _error(self, k, error):
        """Roundings of Z[k], when those of H[k - 1] are known; notes what is near."""
        absolute = np.abs(self.net.params[f"W{k}"].astype(float))
        b = np.abs(self.net.params[f"b{k}"].astype(float))
        error = (np.abs(_floats(self.H[k - 1])) + error) @ absolute + b
        within = ROUNDINGS * np.finfo(self.net.dtype).eps * error
        is_near = np.abs(_floats(self.Z[k])) <= within
        self.near[k] = is_near & (self.net.activation == "relu")
        return error

    def _output(self, scores, y):
        """Gradient of the mean loss by the scores, and its scale."""
        N, rows = len(y), np.arange(len(y))
        if self.net.output == "sigmoid":
            sign = 1 - 2 * y[:, None]
            exact = sign * _SIGMOID(sign * scores) / N
            scale = _floats(_SIGMOID(scores)) + y[:, None]
            return exact, scale / N
        P = _exp(scores - scores.max(axis=1, keepdims=True))
        P = P / P.sum(axis=1, keepdims=True)
        scale = _floats(P)
        scale[rows, y] += 1
        P[rows, y] = 0
        P[rows, y] = -P.sum(axis=1)  # P - 1, and no digit is lost
        return P / N, scale / N

    def grads(self, side):
        """Gradient of the data loss; a unit near a kink has the slope side, 0 or 1."""
        grads, dZ = {}, self.dscores
        for k in range(self.depth, 0, -1):
            grads[f"W{k}"] = self.H[k - 1].T @ dZ
            grads[f"b{k}"] = dZ.sum(axis=0)
            if k > 1:
                slope = self.slope_of(self.Z[k - 1])
                slope[self.near[k - 1]] = ctx.mpf(side)
                dZ = (dZ @ self.W[k].T) * slope
        return {name: _floats(grads[name]) for name in self.net.params}

    def scales(self, side):
        """The backward pass of absolute values, in float64."""
        scales, dZ = {}, self.dscores_scale
        for k in range(self.depth, 0, -1):
            scales[f"W{k}"] = np.abs(_floats(self.H[k - 1])).T @ dZ
            scales[f"b{k}"] = dZ.sum(axis=0)
            if k > 1:
                slope = _floats(self.slope_of(self.Z[k - 1]))
                slope[self.near[k - 1]] = side
                if change := _ABSOLUTE.get(self.net.activation):
                    slope = change(np.abs(_floats(self.H[k - 1])), slope)
                dZ = (dZ @ np.abs(_floats(self.W[k])).T) * slope
        return {name: scales[name] for name in self.net.params}

    def one_sided(self, name, index, sign):
        """Slope of the data loss along one parameter, to the right (1) or left (-1).

        A unit near a kink counts as at the kink: it follows where the step takes it.
        """
        first, place = int(name[1:]), index
        dZ = np.zeros(self.Z[first].shape)
        H = _floats(self.H[first - 1])
        if first > 1:
            H[self.near[first - 1]] = 0
        dZ[:, place[-1]] = sign * (H[:, place[0]] if name[0] == "W" else 1)
        for k in range(first, self.depth):
            slope = _floats(self.slope_of(self.Z[k]))
            dH = np.where(self.near[k], np.maximum(dZ, 0), slope * dZ)
            dZ = dH @ _floats(self.W[k + 1])
        return sign * float((_floats(self.dscores) * dZ).sum())


def network_truth(net, X, y, reg=0.0):
    """What is known about the gradient of a network of `mlp`.

    Parameters
    ----------
    net : MLP
    X : ndarray, (N, D), of the network's dtype
    y : ndarray of int, (N,)
    reg : float

    Returns
    -------
    truth, sides, scale, at_kink : dicts
        As in `Case`, with the keys of `net.params`.
    """
    exact, eps = _Exact(net, X, y), np.finfo(net.dtype).eps
    truth, scale = exact.grads(0), exact.scales(1)
    at_kink = {
        name: scale[name] - low > eps * low for name, low in exact.scales(0).items()
    }
    sides = {name: (grad.copy(), grad.copy()) for name, grad in truth.items()}
    for name, kinks in at_kink.items():
        for index in zip(*np.nonzero(kinks)):
            for side, sign in zip(sides[name], [-1, 1]):
                side[index] = exact.one_sided(name, index, sign)
    for name in [name for name in truth if name[0] == "W" and reg > 0]:
        W = net.params[name].astype(float)
        is_zero = (W == 0) & (net.penalty == "l1")
        slope = reg * (W if net.penalty == "l2" else np.sign(W))
        truth[name] = truth[name] + slope
        left, right = sides[name]
        sides[name] = (left + slope - reg * is_zero, right + slope + reg * is_zero)
        scale[name] = scale[name] + (np.abs(slope) + reg * is_zero)
        at_kink[name] |= is_zero
    return truth, sides, scale, at_kink


def _hits_exactly(net, X):
    """Whether each unit near a kink is at 0 in float64, from the network's numbers."""
    exact, H = _Exact(net, X, np.zeros(len(X), int)), X.astype(float)
    for k in range(1, exact.depth):
        W, b = (net.params[f"{letter}{k}"].astype(float) for letter in "Wb")
        Z = H @ W + b
        if (Z[exact.near[k]] != 0).any():
            return False
        H = ACTIVATIONS[net.activation][0](Z)
    return True


KINDS = {  # what is done to a random network, and how often
    "plain": 6,
    "at a kink": 2,
    "near a kink": 3,
    "zero inputs": 1,
    "layer off": 1,
    "saturated": 3,
}


def _random_network(rng, dtype, activation):
    """A network of depth 1 … 8 with random weights, biases, penalty and output."""
    output = rng.choice(["softmax", "softmax", "sigmoid"])
    K = int(rng.integers(2, 11)) if output == "softmax" else 1
    widest = rng.integers(2, 9)
    sizes = [*rng.integers(1, widest + 1, size=rng.integers(1, 9)).tolist(), K]
    std, penalty = 10 ** rng.uniform(-3, np.log10(3)), rng.choice(list(PENALTIES))
    net = MLP(sizes, activation, std, str(penalty), str(output), rng, dtype)
    if rng.random() < 0.7:
        for name in [name for name in net.params if name[0] == "b"]:
            b = net.params[name]
            b[:] = std * rng.standard_normal(b.shape)
    return net


def _place_units(net, X, rng, distance):
    """Set a bias of each hidden layer so that a unit is at a distance from its kink."""
    H = X
    for k in range(1, len(net.sizes) - 1):
        W, b = net.params[f"W{k}"], net.params[f"b{k}"]
        i, j = rng.integers(len(X)), rng.integers(len(b))
        b[j] = -(H[i] @ W[:, j])
        if distance:
            b[j] += distance * rng.choice([-1, 1])
        H = ACTIVATIONS[net.activation][0](H @ W + b)


def _apply(kind, net, X, rng):
    """Do to a network and its inputs what the kind says."""
    if kind == "at a kink":
        _place_units(net, X, rng, 0)
    elif kind == "near a kink":
        _place_units(net, X, rng, 10 ** rng.uniform(-12, -3))
    elif kind == "saturated":
        for name in [name for name in net.params if name[0] == "b"]:
            net.params[name] += rng.choice([-30, -10, 0, 10, 30])
    elif kind == "zero inputs":
        X[rng.random(len(X)) < 0.7] = 0
        X[0] = 0
    elif kind == "layer off":
        np.abs(X, out=X)
        np.negative(np.abs(net.params["W1"]), out=net.params["W1"])
    if kind in ("zero inputs", "layer off"):
        for name in [name for name in net.params if name[0] == "b"]:
            net.params[name][:] = 0


def network_case(rng, dtype=np.float64):
    """One random network; see `network_cases`."""
    weights = np.array(list(KINDS.values())) / sum(KINDS.values())
    kind = str(rng.choice(list(KINDS), p=weights))
    activation = str(rng.choice(list(ACTIVATIONS)))
    if "kink" in kind or kind == "layer off":
        activation = "relu"
    net = _random_network(rng, dtype, activation)
    N = int(rng.integers(1, 9))
    X = rng.standard_normal((N, net.sizes[0])).astype(dtype)
    X[rng.random(X.shape) < 0.05] = 0
    y = rng.integers(max(net.sizes[-1], 2), size=N)
    reg = float(rng.choice([0, 10 ** rng.uniform(-4, 0)], p=[1 / 3, 2 / 3]))
    if net.penalty == "l1":
        for W in [p for p in net.params.values() if p.ndim == 2]:
            W[rng.random(W.shape) < 0.05] = 0
    _apply(kind, net, X, rng)
    given = net.loss(X, y, reg)[1]
    known = network_truth(net, X, y, reg)
    hits = _hits_exactly(net, X)
    return NetworkCase(kind, net.dtype, given, *known, net, X, y, reg, hits)


def network_cases(rng, count=700, dtypes=(np.float64, np.float32)):
    """Random networks of `mlp`, the dtypes in turn.

    Depth 1 … 8, widths 1 … 8, N 1 … 8, K 2 … 10 or one sigmoid output, every
    activation, standard deviations of the weights from 1e-3 to 3, drawn biases and zero
    biases, penalties none, L2, L1 with weights that are 0. Some have ReLU units at
    their kink or 1e-12 to 1e-3 away from it, inputs that are 0, layers that are off, or
    saturated units (`KINDS`).

    Parameters
    ----------
    rng : numpy Generator
    count : int
    dtypes : sequence of NumPy dtypes

    Yields
    ------
    case : NetworkCase
    """
    for child, dtype in zip(rng.spawn(count), cycle(dtypes)):
        yield network_case(child, np.dtype(dtype))


def mutants(case):
    """Gradients of a network with a larger fault, by name.

    What is wrong in them is what `case.is_wrong` says: a fault can leave entries, or
    all of them, as they were.

    Yields
    ------
    name : str
    given : dict
    """
    given, net, N = case.given, case.net, case.dtype.type(len(case.X))
    yield "sign", {name: -grad for name, grad in given.items()}
    yield "factor N", {name: N * grad for name, grad in given.items()}
    yield (
        "transposed",
        {
            name: grad.T.copy() if grad.shape == grad.T.shape else grad
            for name, grad in given.items()
        },
    )
    yield "no penalty", net.loss(case.X, case.y, 0.0)[1]
    name = list(given)[len(given) // 2]
    yield "an array of 0", given | {name: 0 * given[name]}
    yield (
        "double bias",
        {name: 2 * grad if name[0] == "b" else grad for name, grad in given.items()},
    )
    yield "other slope", _other_slope(case)


def _other_slope(case):
    """The gradient when the derivative of another activation is taken."""
    net, other = case.net, "sigmoid" if case.net.activation == "tanh" else "tanh"
    scores, hidden = forward(net.params, case.X, ACTIVATIONS[net.activation][0])
    dscores = OUTPUTS[net.output](scores, case.y)[1]
    grads = backward(net.params, hidden, dscores, ACTIVATIONS[other][1])
    for name in [name for name in grads if name[0] == "W" and case.reg > 0]:
        grads[name] += case.reg * PENALTIES[net.penalty][1](net.params[name])
    return grads


# Functions.

wide = mpmath.mp.clone()
wide.dps = 110  # a difference over 1e-30 keeps more than 40 of the digits


def _each(function):
    """A function of one or two numbers, on arrays of them."""
    return np.frompyfunc(function, function.__code__.co_argcount, 1)


EXACT = SimpleNamespace(  # in place of NumPy, for arrays of mpmath numbers
    sin=_each(lambda t: wide.sin(t)),
    exp=_each(lambda t: wide.exp(t)),
    log=_each(lambda t: wide.log(t)),
    tanh=_each(lambda t: wide.tanh(t)),
    arcsin=_each(lambda t: wide.asin(t)),
    sqrt=_each(lambda t: wide.sqrt(t)),
    abs=_each(lambda t: abs(t)),
    maximum=_each(lambda s, t: max(s, t)),
    logaddexp=_each(lambda s, t: wide.log(wide.exp(s) + wide.exp(t))),
    erf=_each(lambda t: wide.erf(t)),
    hypot=_each(lambda s, t: wide.sqrt(s * s + t * t)),
    max=np.max,
    sum=np.sum,
    prod=np.prod,
    norm=lambda x: EXACT.sqrt((x * x).sum()),
    dot=lambda x, y: (x * y).sum(),
    var=lambda x, axis=None: ((x - x.mean(axis)) ** 2).mean(axis),
    logdet=lambda A: wide.log(wide.det(wide.matrix(A.tolist()))),
    noisy=lambda value, x, size: value,
    rounded=lambda x: x,
)


def _noisy(value, x, size):
    """value times 1 + size·u, where u, from -1 to 1, hangs on every bit of Re x."""
    bits = zlib.crc32(np.ascontiguousarray(np.real(x)).tobytes())
    return value * (1 + size * (bits / 2**31 - 1))


NUMPY = SimpleNamespace(
    **{name: getattr(np, name) for name in vars(EXACT) if hasattr(np, name)},
)
NUMPY.erf = np.vectorize(math.erf, otypes=[float])
NUMPY.hypot = np.vectorize(math.hypot, otypes=[float])
NUMPY.norm, NUMPY.dot = np.linalg.norm, np.vdot
NUMPY.logdet = lambda A: np.linalg.slogdet(A)[1]
NUMPY.noisy, NUMPY.rounded = _noisy, np.float32

FAMILIES = {}  # name: a function of (rng, dtype); `function_case` completes its dict


def _family(draw):
    """Enter a function of (rng, dtype) under its own name."""
    FAMILIES[draw.__name__[1:].replace("_", " ")] = draw
    return draw


def _simple(name, f, grad, point, complex_step="exact"):
    """Enter a family from f(x, m), the gradient grad(x), and what draws x."""

    def draw(rng, dtype):
        x = np.asarray(point(rng), dtype)
        return {"x": x, "f": f, "grad": grad(x), "complex_step": complex_step}

    FAMILIES[name] = draw


def normal(rng, size=4):
    return rng.standard_normal(size)


def positive(rng, size=4):
    return np.exp(rng.standard_normal(size))


# Rational, oscillating, saturated, with a pole nearby.
_simple(
    "rational",
    lambda x, m: (x / (1 + x * x)).sum(),
    lambda x: (1 - x * x) / (1 + x * x) ** 2,
    normal,
)
_simple(
    "pole",
    lambda x, m: (1 / (x - 2)).sum(),
    lambda x: -1 / (x - 2) ** 2,
    lambda rng: 2 + 10 ** rng.uniform(-4, 0, 4) * rng.choice([-1, 1], 4),
)
_simple("sine", lambda x, m: m.sin(10 * x).sum(), lambda x: 10 * np.cos(10 * x), normal)
_simple(
    "fast sine",
    lambda x, m: m.sin(1000 * x).sum(),
    lambda x: 1000 * np.cos(1000 * x),
    normal,
)
_simple(
    "chirp",
    lambda x, m: m.sin(50 * x * x).sum(),
    lambda x: 100 * x * np.cos(50 * x * x),
    normal,
)
_simple(
    "saturated",
    lambda x, m: m.tanh(x).sum(),
    lambda x: 4 * np.exp(-2 * np.abs(x)) / (1 + np.exp(-2 * np.abs(x))) ** 2,
    lambda rng: rng.uniform(4, 12, 4) * rng.choice([-1, 1], 4),
)
_simple(
    "bell",
    lambda x, m: m.exp(-x * x).sum(),
    lambda x: -2 * x * np.exp(-x * x),
    lambda rng: rng.uniform(-6, 6, 4),
)
_simple("power", lambda x, m: (x**1.5).sum(), lambda x: 1.5 * np.sqrt(x), positive)

# Nearly constant, and with a large offset.
_simple(
    "nearly constant",
    lambda x, m: 1 + 1e-8 * m.sin(x).sum(),
    lambda x: x.dtype.type(1e-8) * np.cos(x),
    normal,
)
_simple(
    "small part",
    lambda x, m: 5 + 1e-3 * (x * x).sum(),
    lambda x: x.dtype.type(2e-3) * x,
    normal,
)


@_family
def _offset(rng, dtype):
    """Squares beside 1e6 … 1e12."""
    offset, x = 10 ** rng.uniform(6, 12), normal(rng).astype(dtype)
    return {"x": x, "f": lambda x, m: offset + (x * x).sum(), "grad": 2 * x}


@_family
def _large_terms(rng, dtype):
    """A difference of large numbers."""
    offset, x = 10 ** rng.uniform(4, 8), normal(rng).astype(dtype)

    def f(x, m):
        return ((x + offset) ** 2 - offset**2).sum()

    # x + offset is rounded: a right program takes the same rounded number
    return {"x": x, "f": f, "grad": 2 * (x + dtype.type(offset))}


# Tiny and huge scales, of f and of x.
def _limits(dtype):
    return 1e-200 if dtype == np.float64 else 1e-20


@_family
def _tiny_values(rng, dtype):
    c, x = _limits(dtype), normal(rng).astype(dtype)
    return {"x": x, "f": lambda x, m: c * m.sin(x).sum(), "grad": c * np.cos(x)}


@_family
def _huge_values(rng, dtype):
    c, x = 1 / _limits(dtype), normal(rng).astype(dtype)
    return {"x": x, "f": lambda x, m: c * m.sin(x).sum(), "grad": c * np.cos(x)}


@_family
def _tiny_arguments(rng, dtype):
    c = _limits(dtype)
    x = (c * normal(rng)).astype(dtype)
    return {"x": x, "f": lambda x, m: m.sin(x / c).sum(), "grad": np.cos(x / c) / c}


@_family
def _huge_arguments(rng, dtype):
    x = (positive(rng) / _limits(dtype)).astype(dtype)
    return {"x": x, "f": lambda x, m: m.log(x).sum(), "grad": 1 / x}


_simple(
    "mixed scales",
    lambda x, m: m.log(1 + x * x).sum(),
    lambda x: 2 * x / (1 + x * x),
    lambda rng: 10 ** rng.uniform(-8, 8, 4) * rng.choice([-1, 1], 4),
)

# The edge of a domain.
_simple(
    "square root",
    lambda x, m: m.sqrt(x).sum(),
    lambda x: 0.5 / np.sqrt(x),
    lambda rng: 10 ** rng.uniform(-10, 0, 4),
)
_simple(
    "logarithm",
    lambda x, m: m.log(x).sum(),
    lambda x: 1 / x,
    lambda rng: 10 ** rng.uniform(-10, 0, 4),
)
_simple(
    "arcsine",
    lambda x, m: m.arcsin(x).sum(),
    lambda x: 1 / np.sqrt((1 - x) * (1 + x)),
    lambda rng: 1 - 10 ** rng.uniform(-6, 0, 4),
)


# Kinks: away from them, near, and at them.
def _with_zeros(rng):
    return normal(rng, 5) * (rng.random(5) < 0.6)


def _near_zero(rng):
    return 10 ** rng.uniform(-12, -3, 5) * rng.choice([-1, 1], 5)


for _where, _point in (("away", normal), ("near", _near_zero), ("at 0", _with_zeros)):
    _simple(f"|x| {_where}", lambda x, m: m.abs(x).sum(), np.sign, _point, "misleading")
    _simple(
        f"x + relu {_where}",
        lambda x, m: (x + m.maximum(x, 0)).sum(),
        lambda x: 1 + (x > 0).astype(x.dtype),
        _point,
    )
_simple(
    "relu squared",
    lambda x, m: (m.maximum(x, 0) ** 2).sum(),
    lambda x: 2 * np.maximum(x, 0),
    _with_zeros,
)
_simple("max", lambda x, m: m.max(x), lambda x: (x == x.max()).astype(x.dtype), normal)
_simple(
    "max of ties",
    lambda x, m: m.max(x) + (x * x).sum(),
    lambda x: 2 * x + (np.arange(x.size) == x.argmax()).astype(x.dtype),
    lambda rng: np.minimum(normal(rng, 5), 0),
)


@_family
def _opposite_branches(rng, dtype):
    """relu(t) − relu(−t) is t, at 0 too, where backpropagation says the slope is 0."""
    x, c = _with_zeros(rng).astype(dtype), normal(rng, 5).astype(dtype)
    return {
        "x": x,
        "f": lambda x, m: (c * (m.maximum(x, 0) - m.maximum(-x, 0))).sum(),
        "grad": c,
        "faulty": c * (x != 0),
    }


# Norms, log-sum-exp, products, quadratic forms, entropies.
_simple(
    "norm",
    lambda x, m: m.norm(x),
    lambda x: x / np.linalg.norm(x),
    normal,
    "misleading",
)
_simple(
    "norm near 0",
    lambda x, m: m.norm(x),
    lambda x: 0 * x if not x.any() else x / np.linalg.norm(x),
    lambda rng: normal(rng) * rng.choice([0, 1e-9, 1e-4]),
    "misleading",
)
_simple(
    "root of squares",
    lambda x, m: m.sqrt((x * x).sum()),
    lambda x: x / np.sqrt((x * x).sum()),
    normal,
)
_simple("vdot", lambda x, m: m.dot(x, x), lambda x: 2 * x, normal, "misleading")


def _softmax(x):
    powers = np.exp(x - x.max())
    return powers / powers.sum()


_simple(
    "log-sum-exp",
    lambda x, m: m.max(x) + m.log(m.sum(m.exp(x - m.max(x)))),
    _softmax,
    lambda rng: normal(rng) * rng.choice([1, 10, 100]),
)
_simple(
    "plain log-sum-exp",
    lambda x, m: m.log(m.sum(m.exp(x))),
    _softmax,
    lambda rng: 5 * normal(rng),
)
_simple("product", lambda x, m: m.prod(x), lambda x: np.prod(x) / x, normal)
_simple(
    "product with 0",
    lambda x, m: m.prod(x),
    lambda x: np.array([np.delete(x, i).prod() for i in range(x.size)]),
    lambda rng: normal(rng) * [1, 1, 1, 0],
)


@_family
def _quadratic(rng, dtype):
    A, x = normal(rng, (4, 4)).astype(dtype), normal(rng).astype(dtype)
    return {"x": x, "f": lambda x, m: x @ A @ x, "grad": (A + A.T) @ x}


@_family
def _minimum(rng, dtype):
    """The minimum of a quadratic form: the gradient is nothing but rounding."""
    A, b = normal(rng, (4, 4)).astype(dtype), normal(rng).astype(dtype)
    x = np.linalg.solve(A.T @ A + np.eye(4, dtype=dtype), b)

    def f(x, m):
        return ((A @ x) ** 2).sum() / 2 + (x * x).sum() / 2 - b @ x

    return {"x": x, "f": f, "grad": A.T @ (A @ x) + x - b}


@_family
def _rosenbrock(rng, dtype):
    """The test function of optimizers, at its minimum or elsewhere."""
    x = np.array(rng.choice([1, 1.5]) * np.ones(4), dtype)

    def f(x, m):
        return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()

    grad = np.zeros_like(x)
    grad[1:] += 200 * (x[1:] - x[:-1] ** 2)
    grad[:-1] += -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    return {"x": x, "f": f, "grad": grad}


_simple(
    "entropy",
    lambda x, m: -(x * m.log(x)).sum(),
    lambda x: -np.log(x) - 1,
    lambda rng: rng.dirichlet(np.ones(5)),
)
_simple(
    "power with slope",
    lambda x, m: ((x - 1) ** 5).sum() - 1e-3 * x.sum(),
    lambda x: 5 * (x - 1) ** 4 - x.dtype.type(1e-3),
    lambda rng: 1 + normal(rng),
)
_simple(
    "expanded power",
    lambda x, m: (x**5 - 5 * x**4 + 10 * x**3 - 10 * x**2 + 5 * x).sum(),
    lambda x: 5 * (x - 1) ** 4,
    lambda rng: 1 + rng.uniform(0.05, 1, 3),
)

# Statistics and matrices.
_simple(
    "variance",
    lambda x, m: m.var(x),
    lambda x: 2 * (x - x.mean()) / x.size,
    normal,
    "misleading",
)


def _batch_norm(name, var, complex_step):
    """A weighted sum of batch-normalized numbers; var computes the variance."""

    def draw(rng, dtype):
        X, C = normal(rng, (5, 2)).astype(dtype), normal(rng, (5, 2)).astype(dtype)

        def f(X, m):
            return (C * (X - X.mean(0)) / m.sqrt(var(X, m) + 1e-5)).sum()

        std = np.sqrt(X.var(0) + dtype.type(1e-5))
        normalized = (X - X.mean(0)) / std
        grad = (C - C.mean(0) - normalized * (C * normalized).mean(0)) / std
        return {"x": X, "f": f, "grad": grad, "complex_step": complex_step}

    FAMILIES[name] = draw


_batch_norm("batch norm, var", lambda X, m: m.var(X, 0), "misleading")
_batch_norm("batch norm", lambda X, m: ((X - X.mean(0)) ** 2).mean(0), "exact")


@_family
def _log_determinant(rng, dtype):
    A = (normal(rng, (3, 3)) + 4 * np.eye(3)).astype(dtype)
    grad = np.linalg.inv(A).T
    return {
        "x": A,
        "f": lambda A, m: m.logdet(A),
        "grad": grad,
        "complex_step": "misleading",
    }


@_family
def _two_arrays(rng, dtype):
    """A function of a dict."""
    x = {"A": normal(rng, (2, 3)).astype(dtype), "b": normal(rng, 3).astype(dtype)}
    grad = {"A": 2 * np.outer(x["A"] @ x["b"], x["b"])}
    grad["b"] = 2 * x["A"].T @ (x["A"] @ x["b"])
    return {"x": x, "f": lambda x, m: ((x["A"] @ x["b"]) ** 2).sum(), "grad": grad}


_simple(
    "scalar",
    lambda x, m: m.sin(x) * m.exp(-x),
    lambda x: np.asarray(np.exp(-x) * (np.cos(x) - np.sin(x))),
    lambda rng: normal(rng, ()),
)

# Functions that refuse complex numbers.
_simple(
    "logaddexp",
    lambda x, m: m.logaddexp(0 * x, x).sum(),
    lambda x: 1 / (1 + np.exp(-x)),
    lambda rng: 5 * normal(rng),
    "refused",
)
_simple(
    "erf",
    lambda x, m: m.erf(x).sum(),
    lambda x: x.dtype.type(2 / math.sqrt(math.pi)) * np.exp(-x * x),
    normal,
    "refused",
)
_simple(
    "hypot",
    lambda x, m: m.hypot(x[0], x[1]) * x[2],
    lambda x: (
        np.array([x[0] * x[2], x[1] * x[2], x[0] ** 2 + x[1] ** 2], x.dtype)
        / np.hypot(x[0], x[1])
    ),
    lambda rng: normal(rng, 3),
    "misleading",
)


# Noise, the same at each call.
def _noise(name, size, f, grad):
    def draw(rng, dtype):
        x = positive(rng).astype(dtype)

        def noisy(x, m):
            return m.noisy(f(x, m), x, size)

        return {"x": x, "f": noisy, "grad": grad(x), "noise": size}

    FAMILIES[name] = draw


for _size in 1e-9, 1e-6:
    _noise(f"sine, noise {_size}", _size, lambda x, m: m.sin(x).sum(), np.cos)
    _noise(
        f"logarithm, noise {_size}", _size, lambda x, m: m.log(x).sum(), lambda x: 1 / x
    )


@_family
def _cast_inside(rng, dtype):
    """Numbers that are rounded to float32 on the way."""
    x = normal(rng).astype(np.float32).astype(dtype)
    return {
        "x": x,
        "f": lambda x, m: (m.rounded(x) ** 2).sum(),
        "grad": 2 * x,
        "complex_step": "misleading",
        "noise": 6e-8,
    }


def _as_dict(x):
    return x if isinstance(x, dict) else {"x": x}


def _one_sided(f, x, name, index, step):
    """Slopes to the left and to the right, over a step that is an mpmath number."""
    middle, values = x[name][index], []
    for moved in middle - step, middle, middle + step:
        x[name][index] = moved
        values.append(f(x))
    x[name][index] = middle
    left, value, right = values
    return (value - left) / step, (right - value) / step, abs(value) / step


def _slopes(f, x, name, index, size):
    """Both slopes to more than 20 digits, and whether they differ.

    Their difference shrinks with the step where f is smooth, and stays at a kink.
    """
    step = wide.mpf(size) * wide.mpf(10) ** -30
    left, right, _ = _one_sided(f, x, name, index, step)
    closer_left, closer_right, noise = _one_sided(f, x, name, index, step / 1024)
    jump, closer = abs(right - left), abs(closer_right - closer_left)
    is_kink = closer > jump / 2 and closer > noise * wide.mpf(10) ** -80
    if not is_kink:  # extrapolated to a step of 0
        closer = (closer_left + closer_right) / 2
        slope = closer + (closer - (left + right) / 2) / 1023
        tiny = abs(slope) < (abs(left) + abs(right)) * wide.mpf(10) ** -28
        left = right = 0 if tiny else slope
    return float(left), float(right), is_kink


def function_truth(f, x):
    """Both slopes of f along each entry of x, by differences with 110 digits.

    Parameters
    ----------
    f : callable
        Takes an array or a dict of arrays, and the functions of `EXACT`.
    x : ndarray or dict of ndarrays

    Returns
    -------
    sides, at_kink : dicts
        As in `Case`.
    """
    arrays = _as_dict(x)
    exact = {name: _wide(array) for name, array in arrays.items()}

    def value(exact):
        result = f(exact if isinstance(x, dict) else exact["x"], EXACT)
        return result.item() if isinstance(result, np.ndarray) else result

    sides, at_kink = {}, {}
    for name, array in arrays.items():
        sides[name] = np.zeros(array.shape), np.zeros(array.shape)
        at_kink[name] = np.zeros(array.shape, bool)
        typical = float(np.abs(array).max()) or 1.0
        for index in np.ndindex(array.shape):
            size = min(abs(float(array[index])) or typical, typical)
            left, right, is_kink = _slopes(value, exact, name, index, size)
            sides[name][0][index], sides[name][1][index] = left, right
            at_kink[name][index] = is_kink
    return sides, at_kink


def _wide(array):
    exact = np.empty(array.shape, object)
    for index in np.ndindex(array.shape):
        exact[index] = wide.mpf(float(array[index]))
    return exact


def function_case(name, rng, dtype=np.float64):
    """One random function of the family of this name; see `function_cases`."""
    dtype = np.dtype(dtype)
    drawn = {"complex_step": "exact", "noise": 0.0, "faulty": None}
    drawn |= FAMILIES[name](rng, dtype)
    f, x, grad = drawn["f"], drawn["x"], _as_dict(drawn["grad"])
    sides, at_kink = function_truth(f, x)
    given = {name: np.asarray(array, dtype) for name, array in grad.items()}
    truth = {
        name: np.where(at_kink[name], given[name], left)
        for name, (left, right) in sides.items()
    }
    scale = {name: np.abs(slope) for name, slope in truth.items()}
    return FunctionCase(
        name,
        dtype,
        given,
        truth,
        sides,
        scale,
        at_kink,
        f=lambda x: f(x, NUMPY),
        x=x,
        complex_step=drawn["complex_step"],
        noise=drawn["noise"],
        faulty=None if drawn["faulty"] is None else {"x": drawn["faulty"]},
    )


def function_cases(rng, count=200, dtype=np.float64):
    """Random functions that are no networks, the families in turn.

    They are rational, oscillating, nearly constant, large beside what changes, tiny or
    huge, near the edge of their domain, have kinks (|x|, max, relu(t) − relu(−t)), or
    are norms, log-sum-exps, products, quadratic forms, entropies, variances, batch
    norms and determinants. Some refuse complex numbers, some take them and lose the
    derivative, some are noisy.

    Parameters
    ----------
    rng : numpy Generator
    count : int
    dtype : NumPy dtype

    Yields
    ------
    case : FunctionCase
    """
    for child, name in zip(rng.spawn(count), cycle(FAMILIES)):
        yield function_case(name, child, dtype)


# Contestants: functions of a case and a gradient that return what they call not right,
# a dict from (name, index) to "wrong" or to the reason why they can't tell, and the
# number of evaluations.


def _with_gradient(net, given):
    """A network like net whose loss returns the given gradient."""

    class Given(type(net)):
        def loss(self, X, y=None, reg=0.0):
            result = super().loss(X, y, reg)
            return result if y is None else (result[0], given)

    other = copy.copy(net)
    other.__class__ = Given
    return other


def verdicts(case, given, complex_step=True):
    """Those of `check_gradients` and `check_gradient`."""
    options = {"complex_step": complex_step}
    if isinstance(case, NetworkCase):
        net = _with_gradient(case.net, given)
        result = check_gradients(net, case.X, case.y, case.reg, **options)
    else:
        grad = given if isinstance(case.x, dict) else given["x"]
        result = check_gradient(case.f, case.x, grad, **options)
    found = {(e.name, tuple(e.index)): "wrong" for e in result.wrong}
    found |= {(e.name, tuple(e.index)): e.reason for e in result.undecided}
    return found, result.evaluations


def verdicts_by_differences(case, given):
    """Those of `check_gradients` and `check_gradient` without complex steps."""
    return verdicts(case, given, complex_step=False)


def values_and_point(case):
    """The function of a case, taking a dict of arrays, and the dict where to start."""
    if isinstance(case, FunctionCase):
        is_dict = isinstance(case.x, dict)
        return lambda x: float(case.f(x if is_dict else x["x"])), _as_dict(case.x)
    net = copy.copy(case.net)

    def loss(params):
        net.params = params
        return net.loss(case.X, case.y, case.reg)[0]

    return loss, case.net.params


def centered_slopes(case, h=1e-5):
    """Centered differences (f(x + h) - f(x - h)) / 2h, as float64 arrays."""
    f, point = values_and_point(case)
    x = {name: array.copy() for name, array in point.items()}
    slopes = {name: np.empty(array.shape) for name, array in x.items()}
    for name, index in case.entries():
        middle = x[name][index]
        x[name][index] = middle + h
        right = f(x)
        x[name][index] = middle - h
        slopes[name][index] = (right - f(x)) / (2 * h)
        x[name][index] = middle
    return slopes


def relative_errors(case, given, slopes=None):
    """The rule of CS231n: below 1e-7 right, above 1e-4 wrong, else undecided.

    The relative error is that of `rel_error`, of each entry and its centered
    difference.
    """
    with np.errstate(all="ignore"):
        slopes = slopes or centered_slopes(case)
        found = {}
        for name, index in case.entries():
            g, slope = float(given[name][index]), slopes[name][index]
            error = abs(g - slope) / max(1e-8, abs(g) + abs(slope))
            if not error < 1e-7:
                is_wrong = error > 1e-4 or np.isnan(error)
                found[name, index] = "wrong" if is_wrong else "in between: undecided"
    return found, 2 * sum(slope.size for slope in slopes.values())


# The count of what they call right and wrong.


@dataclass
class Tally:
    """What a contestant said, counted.

    Attributes
    ----------
    complex_step : bool
        Whether the contestant takes complex steps.
    counts : Counter
        Of gradients: "right gradients", "alarms" (an entry of a right gradient is
        called wrong), "wrong gradients", "missed" (no complaint about a wrong one). Of
        entries: "right", "slips", "at a kink", and "slips within rounding": those that
        are called right, and are smaller than 20 roundings of f over a step as long as
        x. Each also with " called right", " called wrong", " called undecided", and
        " failed", when that is false. Besides "entries" and "evaluations".
    reasons : Counter
        The kinds of reason why right entries are undecided.
    failures : list of tuples
        (what, case, name, index, given value, what was said), of what failed or is
        undecided.
    seconds : float
        Of CPU time.
    """

    complex_step: bool = False
    counts: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    failures: list = field(default_factory=list)
    seconds: float = 0.0

    def ask(self, contestant, case, given):
        """Let a contestant check a gradient of a case, and count."""
        start = time.process_time()
        found, evaluations = contestant(case, given)
        self.seconds += time.process_time() - start
        self.counts["evaluations"] += evaluations
        if case.has_wrong(given):
            self.counts["wrong gradients"] += 1
            self.counts["missed"] += not found
        else:
            self.counts["right gradients"] += 1
            self.counts["alarms"] += "wrong" in found.values()
        wrong = {name: case.is_wrong(name, grad) for name, grad in given.items()}
        for name, index in case.entries():
            said = found.get((name, index), "right")
            self._count(case, given, name, index, said, wrong[name][index])

    def _count(self, case, given, name, index, said, is_wrong):
        called, failed = said if said in ("right", "wrong") else "undecided", None
        if case.at_kink[name][index]:
            kind, blur = "at a kink", self._blur(case, name, index)
            failed = _fails_at_kink(case, given, name, index, called, blur)
        elif is_wrong:
            kind, failed = "slips", called == "right"
            off = abs(float(given[name][index]) - case.truth[name][index])
            if failed and off <= self._blur(case, name, index):
                kind, failed = "slips within rounding", False
        elif given[name][index] == case.given[name][index]:
            kind, failed = "right", called == "wrong"
        else:
            return  # a fault within rounding
        self.counts["entries"] += 1
        self.counts[kind] += 1
        self.counts[f"{kind} called {called}"] += 1
        self.counts[f"{kind} failed"] += bool(failed)
        if kind == "right" and called == "undecided":
            self.reasons[said.split(":")[0]] += 1
        if failed or called == "undecided":
            what = f"{kind} called {called}"
            self.failures.append((what, case, name, index, given[name][index], said))

    def _blur(self, case, name, index):
        """How much of a slope the function's rounding hides: 0 for complex steps."""
        exact = getattr(case, "complex_step", "exact") == "exact"
        if self.complex_step and exact:
            return 0.0
        return case.rounding_of_differences(name, index)


def _fails_at_kink(case, given, name, index, called, blur):
    """Whether a verdict at a kink is false: slopes that are equal decide, others don't.

    Where rounding decides which branch is taken, what the program gives is not wrong.
    """
    g, own = float(given[name][index]), float(case.given[name][index])
    slopes = [float(side[index]) for side in case.sides[name]]
    tight = ROUNDINGS * np.finfo(case.dtype).eps * case.scale[name][index]
    loose, hits = tight + SMALL * abs(g) + blur, getattr(case, "hits", True)
    if called == "wrong":
        inside = min(slopes) - tight <= g <= max(slopes) + tight
        return inside if hits else g == own
    if called == "undecided" or g == own and not hits:
        return False
    if hits and abs(slopes[1] - slopes[0]) > 2 * loose:
        return True
    return min(abs(g - slope) for slope in slopes) > 3 * loose


def planted(case, rng, tries=20):
    """A wrong gradient: the first slip of so many that is not within rounding."""
    for _ in range(tries):
        given = slip(case, rng)[0]
        if given:
            return given
    return None


def contest(cases, contestants, rng, faults=lambda case: ()):
    """Let contestants check each case's gradient, the same with a slip, and faults.

    Parameters
    ----------
    cases : iterable of Case
    contestants : dict of callables
        Such as `verdicts` and `relative_errors`.
    rng : numpy Generator
        Draws the slips.
    faults : callable
        Gives further faulty gradients of a case, such as those of `mutants`.

    Returns
    -------
    tallies : dict of Tally
        Keyed like the contestants.
    """
    tallies = {name: Tally(asked is verdicts) for name, asked in contestants.items()}
    for case in cases:
        drawn = [planted(case, rng.spawn(1)[0]), *faults(case)]
        wrong = [given for given in drawn if given and case.has_wrong(given)]
        for name, contestant in contestants.items():
            tallies[name].ask(contestant, case, case.given)
            for given in wrong:
                tallies[name].ask(contestant, case, given)
    return tallies
