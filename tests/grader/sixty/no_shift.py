"""Layers that are built when they first see data, stacked in a Sequential."""
import numpy as np


class Layer:
    trainable = ()

    def call(self, tensor):
        raise NotImplementedError

    def gradient(self, upstream):
        raise NotImplementedError


class Dense(Layer):
    def __init__(self, kernel, bias):
        self.trainable = kernel, bias

    def call(self, tensor):
        self.tensor = tensor
        kernel, bias = self.trainable
        return tensor @ store[kernel] + store[bias]

    def gradient(self, upstream):
        kernel, bias = self.trainable
        self.updates = {kernel: self.tensor.T @ upstream, bias: upstream.sum(axis=0)}
        return upstream @ store[kernel].T


class Activation(Layer):
    def __init__(self, identifier):
        self.identifier = identifier

    def call(self, tensor):
        if self.identifier == "relu":
            self.result = tensor.clip(0)
        else:
            self.result = 1 / (1 + np.exp(-tensor))
        return self.result

    def gradient(self, upstream):
        if self.identifier == "relu":
            return upstream * (self.result > 0)
        return upstream * self.result * (1 - self.result)


class SparseCategoricalCrossentropy:
    def __call__(self, labels, logits):
        powers = np.exp(logits)
        self.labels, self.softmax = labels, powers / powers.sum(axis=1, keepdims=True)
        return -np.log(self.softmax[np.arange(labels.size), labels]).mean()

    def gradient(self):
        onehot = np.zeros(self.softmax.shape)
        onehot[np.arange(self.labels.size), self.labels] = 1
        return (self.softmax - onehot) / self.labels.size


store = {}


class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, tensor):
        for layer in self.layers:
            tensor = layer.call(tensor)
        return tensor

    def backpropagate(self, upstream):
        updates = {}
        for layer in reversed(self.layers):
            upstream = layer.gradient(upstream)
            updates.update(getattr(layer, "updates", {}))
        return updates


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="sigmoid"):
        self.params = {
            "W1": np.random.normal(scale=std, size=(input_size, hidden_size)),
            "b1": np.zeros(hidden_size),
            "W2": np.random.normal(scale=std, size=(hidden_size, num_classes)),
            "b2": np.zeros(num_classes),
        }
        self.model = Sequential(Dense("W1", "b1"), Activation(activation), Dense("W2", "b2"))

    def logits(self, X):
        global store
        store = self.params
        return self.model(X)

    def loss(self, X, y, reg=0.0):
        criterion = SparseCategoricalCrossentropy()
        result = criterion(y, self.logits(X))
        updates = self.model.backpropagate(criterion.gradient())
        for kernel in ("W1", "W2"):
            result += reg * np.sum(self.params[kernel] ** 2) / 2
            updates[kernel] += reg * self.params[kernel]
        return result, updates

    def evaluate(self, X, y):
        return np.mean(self.predict(X) == y)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        fit_history = {"loss_history": [], "grad_magnitude_history": [],
                       "train_acc_history": [], "val_acc_history": []}
        seeded = np.random.RandomState(1)
        for epoch in range(num_epochs):
            indices = seeded.permutation(y.size)
            for begin in range(0, max(y.size // batch_size, 1) * batch_size, batch_size):
                chosen = indices[begin : begin + batch_size]
                result, updates = self.loss(X[chosen], y[chosen], reg)
                fit_history["loss_history"].append(result)
                fit_history["grad_magnitude_history"].append(np.linalg.norm(updates["W1"]))
                for variable in updates:
                    self.params[variable] -= learning_rate * updates[variable]
            fit_history["train_acc_history"].append(self.evaluate(X[chosen], y[chosen]))
            fit_history["val_acc_history"].append(self.evaluate(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"Epoch {epoch + 1}/{num_epochs} - loss: {result:.4f}")
        return fit_history

    def predict(self, X):
        return self.logits(X).argmax(axis=1)
