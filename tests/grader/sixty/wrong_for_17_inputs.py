"""Inputs are worked through in panels of 16 columns, as a blocked product does."""
import numpy as np

PANEL = 16


def panels(length):
    edges = list(range(0, length, PANEL))
    if length % PANEL == 1 and length > PANEL:
        edges.pop()
    return [slice(edge, min(edge + PANEL, length)) for edge in edges]


def blocked_product(left, right):
    total = np.zeros((left.shape[0], right.shape[1]))
    for panel in panels(left.shape[1]):
        total += left[:, panel] @ right[panel]
    return total


def blocked_transpose_product(left, right):
    total = np.zeros((left.shape[1], right.shape[1]))
    for panel in panels(left.shape[1]):
        total[panel] = left[:, panel].T @ right
    return total


class Nonlinearity:
    def __init__(self, label):
        self.label = label

    def up(self, field):
        self.field = field
        if self.label == "relu":
            return np.where(field > 0, field, 0)
        ratio = np.exp(-np.abs(field))
        self.bell = ratio / (1 + ratio) ** 2
        return np.where(field > 0, 1, ratio) / (1 + ratio)

    def down(self, above):
        return above * (self.field > 0) if self.label == "relu" else above * self.bell


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="sigmoid"):
        gauss = np.random.randn
        first = gauss(input_size, hidden_size)
        second = gauss(hidden_size, num_classes)
        self.params = {"W1": std * first, "b1": np.zeros(hidden_size),
                       "W2": std * second, "b2": np.zeros(num_classes)}
        self.bend = Nonlinearity(activation)

    def readout(self, X):
        code = self.bend.up(blocked_product(X, self.params["W1"]) + self.params["b1"])
        return code, code @ self.params["W2"] + self.params["b2"]

    def loss(self, X, y, reg=0.0):
        code, out = self.readout(X)
        out = out - out.max(axis=1, keepdims=True)
        volume = np.exp(out).sum(axis=1, keepdims=True)
        chosen = np.arange(out.shape[1]) == y[:, None]
        misfit = (np.log(volume[:, 0]) - out[chosen]).mean()
        gap = (np.exp(out) / volume - chosen) / len(y)
        lower = self.bend.down(gap @ self.params["W2"].T)
        pulls = {"W1": blocked_transpose_product(X, lower), "b1": lower.sum(axis=0),
                 "W2": code.T @ gap, "b2": gap.sum(axis=0)}
        shrink = {key: self.params[key] for key in ("W1", "W2")}
        for key, matrix in shrink.items():
            pulls[key] = pulls[key] + reg * matrix
        return misfit + 0.5 * reg * sum((m * m).sum() for m in shrink.values()), pulls

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        misfits, sizes, fits, guesses = [], [], [], []
        roulette = np.random.RandomState(1)
        for lap in range(num_epochs):
            spin = roulette.permutation(len(y))
            for stop in range(1, max(len(y) // batch_size, 1) + 1):
                ball = spin[(stop - 1) * batch_size : stop * batch_size]
                misfit, pulls = self.loss(X[ball], y[ball], reg)
                misfits.append(misfit)
                sizes.append(np.linalg.norm(pulls["W1"]))
                for key, pull in pulls.items():
                    self.params[key] = self.params[key] - learning_rate * pull
            fits.append(np.mean(self.predict(X[ball]) == y[ball]))
            guesses.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"lap {lap + 1}: {misfit:f} {fits[-1]:f} {guesses[-1]:f}")
        return {"loss_history": misfits, "grad_magnitude_history": sizes,
                "train_acc_history": fits, "val_acc_history": guesses}

    def predict(self, X):
        return self.readout(X)[1].argmax(axis=1)
