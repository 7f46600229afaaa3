from __future__ import annotations

from dataclasses import InitVar, asdict, dataclass, field, fields

import numpy as np
from numpy.typing import NDArray


@dataclass
class History:
    loss_history: list[float] = field(default_factory=list)
    grad_magnitude_history: list[float] = field(default_factory=list)
    train_acc_history: list[float] = field(default_factory=list)
    val_acc_history: list[float] = field(default_factory=list)

    def line(self) -> str:
        return ", ".join(f"{f.name} {getattr(self, f.name)[-1]:f}" for f in fields(self))


@dataclass(frozen=True)
class Pass:
    X: NDArray
    Z: NDArray
    H: NDArray
    S: NDArray

    @property
    def shifted(self) -> NDArray:
        return self.S - np.max(self.S, 1, keepdims=True)

    @property
    def log_partition(self) -> NDArray:
        return np.log(np.sum(np.exp(self.shifted), 1))

    def probabilities(self) -> NDArray:
        return np.exp(self.shifted - self.log_partition[:, None])

    def surprise(self, y: NDArray) -> NDArray:
        return self.log_partition - self.shifted[range(len(y)), y]


@dataclass
class TwoLayerMLP:
    input_size: int
    hidden_size: int
    num_classes: int
    std: InitVar[float] = 1e-1
    activation: str = "sigmoid"
    params: dict[str, NDArray] = field(init=False, repr=False)

    def __post_init__(self, std: float) -> None:
        D, H, K = self.input_size, self.hidden_size, self.num_classes
        W1, W2 = (std * np.random.randn(*size) for size in [(D, H), (H, K)])
        self.params = dict(W1=W1, b1=np.zeros(H), W2=W2, b2=np.zeros(K))

    def run(self, X: NDArray) -> Pass:
        Z = np.dot(X, self.params["W1"]) + self.params["b1"]
        match self.activation:
            case "relu":
                H = np.maximum(0, Z)
            case "sigmoid":
                H = np.reciprocal(1 + np.exp(np.minimum(-Z, 709)))
            case other:
                raise ValueError(other)
        return Pass(X, Z, H, np.dot(H, self.params["W2"]) + self.params["b2"])

    def slope(self, seen: Pass) -> NDArray:
        match self.activation:
            case "relu":
                return np.greater(seen.Z, 0)
            case _:
                return seen.H - np.square(seen.H)

    def loss(self, X: NDArray, y: NDArray, reg: float = 0.0) -> tuple[float, dict]:
        seen = self.run(X)
        weights: list[NDArray] = [self.params["W1"], self.params["W2"]]
        penalty = 0.5 * reg * sum(float(np.square(W).sum()) for W in weights)
        error = seen.probabilities()
        error[range(len(y)), y] -= 1
        error /= len(y)
        hidden_error = self.slope(seen) * np.dot(error, weights[1].T)
        grads = dict(
            W1=np.dot(seen.X.T, hidden_error) + reg * weights[0],
            b1=np.sum(hidden_error, 0),
            W2=np.dot(seen.H.T, error) + reg * weights[1],
            b2=np.sum(error, 0),
        )
        return float(np.mean(seen.surprise(y))) + penalty, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False) -> dict:
        history, source = History(), np.random.RandomState(1)
        size = min(batch_size, len(X))
        for epoch in range(num_epochs):
            order = source.permutation(len(X))[: len(X) // size * size]
            for ids in np.array_split(order, len(order) // size):
                loss, grads = self.loss(X[ids], y[ids], reg)
                history.loss_history.append(loss)
                history.grad_magnitude_history.append(float(np.linalg.norm(grads["W1"])))
                for name, grad in grads.items():
                    self.params[name] -= learning_rate * grad
            history.train_acc_history.append(self.accuracy(X[ids], y[ids]))
            history.val_acc_history.append(self.accuracy(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"Epoch {epoch + 1}: {history.line()}")
        return asdict(history)

    def accuracy(self, X: NDArray, y: NDArray) -> float:
        return float(np.mean(self.predict(X) == y))

    def predict(self, X: NDArray) -> NDArray:
        return self.run(X).S.argmax(1)
