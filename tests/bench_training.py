"""Time epochs of the MNIST net, 784 - 64 - 10, batch 100, beside its floor and its
peers.

Run by `make bench`, on one BLAS thread. All contestants take turns in one run, in an
order drawn anew for each round, so that a change of the machine's speed and what the
one before left in the caches hit them alike; the ratios are medians of the ratios of
each round. The floor is the step's five matrix products and the gather of the batch,
into arrays made beforehand. PyTorch and JAX take part when they are installed.
"""

import os
import platform
import sys
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_info, threadpool_limits

from mlp import TwoLayerMLP, get_MNIST_data, training

D, H, K = 784, 64, 10
BATCH, EPOCHS, ROUNDS = 100, 4, 7
SETTINGS = {"learning_rate": 1e-3, "learning_rate_decay": 0.95, "reg": 0.5}


def floor(X, y):
    """The five products and the gather, with nothing between them."""
    net = network(X.dtype)
    W1, W2 = net.params["W1"], net.params["W2"]
    X_batch = np.empty((BATCH, D), X.dtype)
    Z1, dZ1 = np.empty((2, BATCH, H), X.dtype)
    scores, dW1, dW2 = (
        np.empty(shape, X.dtype) for shape in [(BATCH, K), W1.shape, W2.shape]
    )

    def run():
        for _ in range(EPOCHS):
            order = np.random.RandomState(1).permutation(len(X))
            for start in range(0, len(X), BATCH):
                X.take(order[start : start + BATCH], 0, X_batch, mode="clip")
                np.dot(X_batch, W1, out=Z1)
                np.dot(Z1, W2, out=scores)
                np.dot(Z1.T, scores, out=dW2)
                np.dot(scores, W2.T, out=dZ1)
                np.dot(X_batch.T, dZ1, out=dW1)

    return run


def network(dtype, activation="sigmoid"):
    rng = np.random.RandomState(0)
    return TwoLayerMLP(D, H, K, activation=activation, rng=rng, dtype=dtype)


def this_book(X, y, X_val, y_val, activation="sigmoid", step=training.lean_step):
    """`train` with all four histories."""

    def run():
        net = network(X.dtype, activation)
        lean, training.lean_step = training.lean_step, step
        try:
            net.train(
                X, y, X_val, y_val, num_epochs=EPOCHS, batch_size=BATCH, **SETTINGS
            )
        finally:
            training.lean_step = lean

    return run


def scikit_learn(X, y):
    """MLPClassifier without momentum; its alpha is divided by the batch size."""
    peer = MLPClassifier(
        (H,),
        activation="logistic",
        solver="sgd",
        momentum=0,
        nesterovs_momentum=False,
        alpha=SETTINGS["reg"] * BATCH,
        batch_size=BATCH,
        learning_rate_init=1e-3,
        max_iter=EPOCHS,
        random_state=0,
    )

    def run():
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it stops before it converges, as it should here
            peer.fit(X, y)

    return run


def pytorch(X, y):
    """Eager PyTorch without histories."""
    import torch

    torch.set_num_threads(1)
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    layers = [torch.nn.Linear(D, H), torch.nn.Sigmoid(), torch.nn.Linear(H, K)]
    net = torch.nn.Sequential(*layers).to(X.dtype)
    weights, biases = [net[0].weight, net[2].weight], [net[0].bias, net[2].bias]
    groups = [{"params": weights, "weight_decay": SETTINGS["reg"]}, {"params": biases}]
    optimizer = torch.optim.SGD(groups, lr=SETTINGS["learning_rate"])

    def run():
        for _ in range(EPOCHS):
            order = torch.randperm(len(X))
            for start in range(0, len(X), BATCH):
                batch = order[start : start + BATCH]
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(net(X[batch]), y[batch]).backward()
                optimizer.step()

    return run


def jax_scan(X, y):
    """An epoch as one compiled scan, with the histories of loss and gradient."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, y = jnp.asarray(X), jnp.asarray(y)
    params = {name: jnp.asarray(p) for name, p in network(X.dtype).params.items()}
    reg, rate = SETTINGS["reg"], SETTINGS["learning_rate"]

    def loss(params, X, y):
        hidden = jax.nn.sigmoid(X @ params["W1"] + params["b1"])
        log_p = jax.nn.log_softmax(hidden @ params["W2"] + params["b2"])
        squares = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
        return -jnp.take_along_axis(log_p, y[:, None], 1).mean() + 0.5 * reg * squares

    def step(params, batch):
        value, grads = jax.value_and_grad(loss)(params, X[batch], y[batch])
        new = {
            name: p - (rate * grads[name]).astype(p.dtype) for name, p in params.items()
        }
        return new, (value, jnp.linalg.norm(grads["W1"]))

    epoch = jax.jit(lambda params, order: jax.lax.scan(step, params, order))
    order = np.random.RandomState(1).permutation(len(X)).reshape(-1, BATCH)
    jax.block_until_ready(epoch(params, order))

    def run():
        trained = params
        for _ in range(EPOCHS):
            order = np.random.RandomState(1).permutation(len(X)).reshape(-1, BATCH)
            trained, histories = jax.block_until_ready(epoch(trained, order))

    return run


def contestants(X, y, X_val, y_val):
    yield "floor", floor(X, y)
    yield "mlp, sigmoid", this_book(X, y, X_val, y_val)
    yield "mlp, sigmoid, 1 validation row", this_book(X, y, X_val[:1], y_val[:1])
    yield "mlp, ReLU", this_book(X, y, X_val, y_val, "relu")
    yield (
        "mlp, sigmoid, plain step",
        this_book(X, y, X_val, y_val, step=training.plain_step),
    )
    yield "scikit-learn", scikit_learn(X, y)
    if find_spec("torch"):
        yield "PyTorch eager, no histories", pytorch(X, y)
    if find_spec("jax"):
        yield "JAX compiled scan", jax_scan(X, y)


def machine():
    """The processor, the features of it that NumPy uses, and the kernel of its BLAS."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    features = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    yield f"CPU: {names[0] if names else platform.processor() or platform.machine()}"
    yield f"features that NumPy uses: {', '.join(features) or 'those of its baseline'}"
    for blas in threadpool_info():
        if blas["user_api"] == "blas":
            name, kernel = blas["internal_api"], blas["architecture"]
            yield f"{name} {blas['version']}, kernel {kernel}"
    if kernel := os.environ.get("OPENBLAS_CORETYPE"):
        yield f"OPENBLAS_CORETYPE={kernel} is set: not the kernel made for this CPU"


def timed(run):
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) / EPOCHS


def main():
    print(*machine(), sep="\n", flush=True)
    data, rng = get_MNIST_data(), np.random.RandomState(0)
    for dtype in [np.float64, np.float32]:
        X, y, X_val, y_val = (
            data[0].astype(dtype),
            data[1],
            data[2].astype(dtype),
            data[3],
        )
        runs = dict(contestants(X, y, X_val, y_val))
        seconds = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name in rng.permutation(list(runs)):
                seconds[name].append(timed(runs[name]))
        print(
            f"\n{np.dtype(dtype).name}: s per epoch (medians of {ROUNDS}), ratio to "
            "floor"
        )
        for name, times in seconds.items():
            ratio = np.median(np.divide(times, seconds["floor"]))
            print(f"{name:32} {np.median(times):.3f}  {ratio:.2f}", flush=True)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity") and hasattr(os, "sched_getaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # JAX has threads
    with threadpool_limits(1):
        sys.exit(main())
