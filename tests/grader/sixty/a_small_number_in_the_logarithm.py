"""Probabilities first; a small number keeps the logarithm finite."""
from numbers import Number
from typing import Callable, Iterator, Mapping, NamedTuple

import numpy as np

TINY: float = 1e-8
Array = np.ndarray


class Curve(NamedTuple):
    height: Callable[[Array], Array]
    steepness: Callable[[Array], Array]


CURVES: Mapping[str, Curve] = {
    "sigmoid": Curve(lambda t: 1 / (1 + np.exp(-t)), lambda s: np.multiply(s, 1 - s)),
    "relu": Curve(lambda t: np.maximum(t, 0), lambda s: np.heaviside(s, 0)),
}


class Forward(NamedTuple):
    middle: Array
    chances: Array


class TwoLayerMLP:
    params: dict[str, Array]

    def __init__(self, input_size: int, hidden_size: int, num_classes: int,
                 std: float = 1e-1, activation: str = "sigmoid") -> None:
        self.curve = CURVES[activation]
        self.params = {}
        for digit, extent in zip("12", [(input_size, hidden_size), (hidden_size, num_classes)]):
            self.params[f"W{digit}"] = np.random.normal(scale=std, size=extent)
            self.params[f"b{digit}"] = np.zeros(extent[1])

    def look(self, pixels: Array) -> Forward:
        middle = self.curve.height(pixels @ self.params["W1"] + self.params["b1"])
        ratings = middle @ self.params["W2"] + self.params["b2"]
        odds = np.exp(ratings - ratings.max(axis=1, keepdims=True))
        return Forward(middle, odds / odds.sum(axis=1, keepdims=True))

    def penalty(self, reg: Number) -> float:
        matrices = (p for name, p in self.params.items() if name.startswith("W"))
        return reg / 2 * sum(np.sum(m**2) for m in matrices)

    def loss(self, X: Array, y: Array, reg: Number = 0.0) -> tuple[float, dict[str, Array]]:
        middle, chances = self.look(X)
        rows = np.arange(len(y))
        doubt = -np.log(chances[rows, y] + TINY).mean()
        surplus = chances.copy()
        surplus[rows, y] -= 1
        surplus /= len(y)
        inward = surplus @ self.params["W2"].T * self.curve.steepness(middle)
        answer = {"b1": inward.sum(axis=0), "b2": surplus.sum(axis=0)}
        answer["W1"] = X.T @ inward + reg * self.params["W1"]
        answer["W2"] = middle.T @ surplus + reg * self.params["W2"]
        return doubt + self.penalty(reg), answer

    def batches(self, total: int, size: int, lots: np.random.RandomState) -> Iterator[Array]:
        lot = lots.permutation(total)
        for nth in range(total // size if total > size else 1):
            yield lot[nth * size : nth * size + size]

    def train(self, X: Array, y: Array, X_val: Array, y_val: Array,
              learning_rate: float = 1e-3, learning_rate_decay: float = 0.95,
              reg: float = 1e-5, num_epochs: int = 10, batch_size: int = 200,
              verbose: bool = False) -> dict[str, list[float]]:
        lots = np.random.RandomState(1)
        doubts: list[float] = []
        strengths: list[float] = []
        home: list[float] = []
        away: list[float] = []
        for nth in range(num_epochs):
            for batch in self.batches(len(y), batch_size, lots):
                doubt, answer = self.loss(X[batch], y[batch], reg)
                doubts.append(doubt)
                strengths.append(float(np.linalg.norm(answer["W1"])))
                for name, slope in answer.items():
                    self.params[name] -= learning_rate * slope
            home.append(float(np.mean(self.predict(X[batch]) == y[batch])))
            away.append(float(np.mean(self.predict(X_val) == y_val)))
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"Epoch {nth + 1}: loss {doubt:f}, {home[-1]:f}, {away[-1]:f}")
        return {"loss_history": doubts, "grad_magnitude_history": strengths,
                "train_acc_history": home, "val_acc_history": away}

    def predict(self, X: Array) -> Array:
        return self.look(X).chances.argmax(axis=1)
