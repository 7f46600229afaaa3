"""What programs are asked: networks of all sizes, ordinary and far ones."""

from dataclasses import replace

import numpy as np

from mlp.data import toy_data
from mlp.grader.child.requests import Request
from mlp.model import TwoLayerMLP

SIZES = [  # N, D, H, K: the first that shows a mistake is the example that is shown
    (1, 1, 1, 2),
    (2, 1, 1, 2),
    (1, 2, 1, 2),
    (1, 1, 2, 2),
    (2, 2, 2, 2),
    (3, 2, 3, 3),
    (5, 4, 3, 4),
]
WIDE_SIZES = [
    (1, 3, 2, 10),
    (23, 17, 6, 5),
    (7, 2, 33, 7),
    (2, 3, 64, 10),
    (100, 2, 2, 3),
    (200, 2, 3, 4),
    (301, 3, 4, 6),
]
SMALLEST = (1, 1, 1, 2)
SIZES_OF_Z = [10, 14, 20, 25, 30, 40, 60, 100, 250, 500, 720, 745, 800]
FAR = [sign * float(z) for z in SIZES_OF_Z for sign in (1, -1)]
REGS = [0.1, 1.0, 60.0, 1e4]


def rounded_net(sizes, seed=6):
    """Return parameters, X and y of a random net on random examples, of few digits."""
    N, D, H, K = sizes
    rng = np.random.RandomState(seed)
    params = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    params = {name: rng.randn(*shape).round(1) for name, shape in params.items()}
    params["b1"] = (params["b1"] + 0.05).round(2)  # no ReLU is at its kink
    return params, rng.randn(N, D).round(1), np.arange(N) % K


def random_request(sizes, activation, reg=0.0, seed=6, **changes):
    """Request the loss of a random net on random examples, of few digits."""
    params, X, y = rounded_net(sizes, seed)
    request = Request(
        ask="loss",
        seed=0,
        arguments=(sizes[1:], {"std": 1e-1, "activation": activation}),
        params=params,
        X=X,
        y=y,
        reg=reg,
    )
    return replace(request, **changes)


def with_validation_set(request):
    """Return the request of a training with a validation set: three examples more."""
    N, D, _, K = len(request.X), *request.arguments[0]
    _, X, y = rounded_net((N + 3, D, 1, K), seed=7)
    return replace(request, X_val=X, y_val=y)


def with_equal_examples(request):
    """Return the request with the first example in place of all."""
    N = len(request.X)
    return replace(request, X=request.X[:1].repeat(N, 0), y=request.y[:1].repeat(N))


def with_large_scores(request):
    """Return the request with scores of about 1000, 2000, …, the largest last."""
    b2 = 1e3 * np.arange(1, request.arguments[0][2] + 1)
    return replace(request, params={**request.params, "b2": b2})


def sized(sizes):
    """Say the sizes."""
    return ", ".join(f"{n} = {v}" for n, v in zip("NDHK", sizes))


WIDE_TEXTS = [f"with {sized(sizes)}" for sizes in WIDE_SIZES]


def ordinary(activation):
    """Yield texts and requests for nets without a penalty, the smallest first."""
    for sizes in SIZES:
        yield f"with {sized(sizes)}", random_request(sizes, activation)
    for sizes in WIDE_SIZES:  # their sums stay small: no unit is far out
        request = random_request(sizes, activation)
        params = {name: (0.3 * p).round(2) for name, p in request.params.items()}
        params["b1"] += 0.005
        yield f"with {sized(sizes)}", replace(request, params=params)
    yield "of pixels", pixels(activation)


def other_data(activation):
    """Return a request of a loss, and the same with other X and with other labels."""
    request = random_request((5, 4, 3, 3), activation)
    labels = (request.y + 1) % request.arguments[0][2]
    return [request, replace(request, X=request.X / 2), replace(request, y=labels)]


def same_rows(activation):
    """Return requests for nets whose examples differ in their labels alone.

    There the gradient by the scores enters the others as its sum over the rows only,
    which is the gradient by b2.
    """
    requests = [random_request(s, activation) for s in [(4, 3, 6, 3), (3, 4, 5, 4)]]
    return [replace(r, X=np.repeat(r.X[:1], len(r.X), axis=0)) for r in requests]


def same_hidden_values(X, W1, b1):
    """Return requests for a ReLU net and a sigmoid net with the same hidden values.

    Parameters
    ----------
    X, W1, b1 : ndarray
        Of the ReLU net. Its Z, below 1 and not from -0.5 to 0, must be entries of W1
        or of b1, the others 0.
    """
    (N, D), (_, H) = X.shape, W1.shape
    requests = [random_request((N, D, H, 3), name) for name in ["relu", "sigmoid"]]
    first = [{"W1": W1, "b1": b1}, {"W1": preimage(W1), "b1": preimage(b1)}]
    return [
        replace(request, X=X, params={**requests[0].params, **params})
        for request, params in zip(requests, first)
    ]


def preimage(Z):
    """Return where a sigmoid is the ReLU of Z, but for 1e-13; 0 where Z is 0."""
    H = np.where(Z > 0, Z, 0.5)
    return np.where(Z > 0, np.log(H / (1 - H)), 60 * Z)


Z_ROWS = np.array([np.roll([0.3, -0.8, 0.6, -0.5, 0.9], n) for n in range(3)])  # (N, H)
SAME_LOSS = [  # by W1, then by b1
    same_hidden_values(np.eye(3), Z_ROWS, np.zeros(5)),
    same_hidden_values(np.zeros((3, 3)), np.zeros((3, 5)), Z_ROWS[0]),
]
SAME_ROWS = same_hidden_values(np.ones((3, 1)), Z_ROWS[:1], np.zeros(5))


def pixels(activation):
    """Request the loss for floats from 0 to 255, whole numbers as pixels are."""
    request = random_request((6, 5, 3, 3), activation)
    X = (37 * np.arange(30).reshape(6, 5)) % 256
    params = {**request.params, "W1": (request.params["W1"] / 200).round(4)}
    return replace(request, X=X.astype(float), params=params)


def without_hidden(activation):
    """Yield texts and requests for nets whose scores are b2: W2 is 0."""
    for sizes in [SMALLEST, (2, 1, 1, 2), (3, 2, 3, 3), (4, 2, 2, 10)]:
        request = random_request(sizes, activation)
        zeros = np.zeros_like(request.params["W2"])
        params = {**request.params, "W2": zeros}
        yield f"with W2 = 0, {sized(sizes)}", replace(request, params=params)
        ties = {**params, "b2": np.full(sizes[3], 0.5)}
        yield f"with equal scores, {sized(sizes)}", replace(request, params=ties)


def large_scores(activation):
    """Yield texts and requests for scores of ±10,000, the correct one and the other."""
    for size in [1e4, 1e3]:
        for labels in [[0], [1], [0, 1]]:
            params = {"W1": [[0.0]], "b1": [0.0], "W2": [[0.0, 0.0]]}
            params = {name: np.array(p) for name, p in params.items()}
            params["b2"] = np.array([size, -size])
            request = random_request((len(labels), 1, 1, 2), activation)
            request = replace(request, params=params, y=np.array(labels))
            yield f"with scores of {size:g} and {-size:g}", request
    rows = {"W1": [[1.0]], "b1": [0.0], "W2": [[1e4, -1e4]], "b2": [0.0, 0.0]}
    rows = {name: np.array(p) for name, p in rows.items()}
    request = random_request((2, 1, 1, 2), activation)
    X, y = np.array([[5.0], [-5.0]]), np.array([0, 1])
    yield "with scores that differ by rows", replace(request, params=rows, X=X, y=y)


def far_units(activation):
    """Yield texts and requests for one unit whose z goes from -800 to 800."""
    weights = [[0.8, -0.4]] if activation == "sigmoid" else [[1e-3, -2e-3]]
    for z in FAR:
        params = {"W1": [[1.0]], "b1": [0.0], "W2": weights, "b2": [0.1, 0.2]}
        params = {name: np.array(p) for name, p in params.items()}
        request = random_request(SMALLEST, activation)
        yield f"with z = {z:g}", replace(request, params=params, X=np.array([[z]]))


def huge_weights(activation):
    """Yield texts and requests for weights of 0 and huge ones."""
    request = random_request((3, 2, 2, 3), activation)
    zeros = {name: np.zeros_like(p) for name, p in request.params.items()}
    zeros["b1"] = zeros["b1"] + 0.5  # no ReLU is at its kink
    yield "with weights of 0", replace(request, params=zeros)
    tiny = {"W1": 1e5 * request.params["W1"], "W2": 1e-6 * request.params["W2"]}
    params = {**request.params, **tiny}
    yield "with huge weights W1", replace(request, params=params)


def at_the_kink():
    """Yield texts and requests for ReLU nets with zeros in X and in b1."""
    for sizes in [(5, 4, 3, 4), (5, 4, 3, 3)]:
        request = random_request(sizes, "relu")
        X, params = request.X.copy(), {**request.params, "b1": np.zeros(3)}
        X[1] = X[3] = 0
        text = f"with zeros in X and in b1, {sized(sizes)}"
        yield text, replace(request, X=X, params=params)


def penalties(activation):
    """Yield texts and requests with penalties, small and large."""
    for sizes in [*SIZES, (7, 17, 3, 4)]:
        request = random_request(sizes, activation, 0.1, ask="penalty")
        yield f"loss(X, y, reg=0.1) with {sized(sizes)}", request
    for reg in REGS[1:]:
        request = random_request(SIZES[5], activation, reg, ask="penalty")
        yield f"loss(X, y, reg={reg:g}) with {sized(SIZES[5])}", request


def toy_request(activation, **changes):
    """Request something of the assignment's toy net, drawn from the seed 0."""
    X, y = toy_data()
    arguments = (4, 10, 3), {"std": 1e-1, "activation": activation}
    request = Request(ask="loss", seed=0, arguments=arguments, X=X, y=y, reg=0.1)
    return replace(request, **changes)


def toy_params():
    """Return the weights of the assignment's toy net."""
    return TwoLayerMLP(4, 10, 3, rng=np.random.RandomState(0)).params
