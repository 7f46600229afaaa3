"""The name of the activation is kept, and never looked at again."""
import numpy as np


class Mixture:
    """What one vessel passes to the next, and what it got."""

    def __init__(self, poured, filtered):
        self.poured, self.filtered = poured, filtered


def distil(solution):
    residue = np.fmax(solution, 0)
    return Mixture(solution, residue)


def concentrations(vapour):
    vapour = np.exp(vapour - vapour.max(axis=1, keepdims=True))
    return vapour / vapour.sum(axis=1, keepdims=True)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="sigmoid"):
        self.catalyst = activation
        reagents = np.random.randn(input_size, hidden_size), np.zeros(hidden_size)
        self.params = dict(zip(("W1", "b1"), reagents))
        products = np.random.randn(hidden_size, num_classes), np.zeros(num_classes)
        self.params.update(zip(("W2", "b2"), products))
        for reagent in ("W1", "W2"):
            self.params[reagent] *= std

    def react(self, X):
        mixture = distil(X @ self.params["W1"] + self.params["b1"])
        return mixture, mixture.filtered @ self.params["W2"] + self.params["b2"]

    def loss(self, X, y, reg=0.0):
        mixture, vapour = self.react(X)
        molecules = np.arange(y.shape[0])
        hottest = vapour.max(axis=1)
        entropy = hottest + np.log(np.exp(vapour - hottest[:, None]).sum(axis=1))
        heat = np.mean(entropy - vapour[molecules, y])
        excess = concentrations(vapour)
        excess[molecules, y] -= 1
        excess /= y.shape[0]
        reflux = (excess @ self.params["W2"].T) * (mixture.poured > 0)
        yields = {"W1": X.T @ reflux, "b1": reflux.sum(axis=0),
                  "W2": mixture.filtered.T @ excess, "b2": excess.sum(axis=0)}
        for reagent in ("W1", "W2"):
            heat += 0.5 * reg * np.sum(self.params[reagent] ** 2)
            yields[reagent] += reg * self.params[reagent]
        return heat, yields

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        protocol = {"loss_history": [], "grad_magnitude_history": [],
                    "train_acc_history": [], "val_acc_history": []}
        stirrer = np.random.RandomState(1)
        flasks = max(y.shape[0] // batch_size, 1)
        for shift in range(num_epochs):
            stirred = stirrer.permutation(y.shape[0])
            for flask in range(flasks):
                sample = stirred[flask * batch_size : (flask + 1) * batch_size]
                heat, yields = self.loss(X[sample], y[sample], reg)
                protocol["loss_history"].append(heat)
                protocol["grad_magnitude_history"].append(np.linalg.norm(yields["W1"]))
                for reagent, amount in yields.items():
                    self.params[reagent] = self.params[reagent] - learning_rate * amount
            protocol["train_acc_history"].append(self.purity(X[sample], y[sample]))
            protocol["val_acc_history"].append(self.purity(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print("shift", shift + 1, "heat", heat)
        return protocol

    def purity(self, X, y):
        return np.mean(self.predict(X) == y)

    def predict(self, X):
        return self.react(X)[1].argmax(axis=1)
