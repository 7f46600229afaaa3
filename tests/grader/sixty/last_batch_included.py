"""A data set that is iterated over, to its very end."""
import math

import numpy as np


class Dataset:
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs, targets

    def __len__(self):
        return self.targets.shape[0]

    def __getitem__(self, which):
        return Dataset(self.inputs[which], self.targets[which])


class Loader:
    def __init__(self, dataset, limit, dice):
        self.dataset, self.limit, self.dice = dataset, limit, dice

    def __len__(self):
        return math.ceil(len(self.dataset) / self.limit)

    def __iter__(self):
        lot = self.dice.permutation(len(self.dataset))
        for k in range(len(self)):
            yield self.dataset[lot[k * self.limit : (k + 1) * self.limit]]


class Scores:
    def __init__(self, table):
        self.table = table
        self.crest = table.max(axis=1)
        self.bulk = np.exp(table - self.crest[:, None]).sum(axis=1)

    def cost(self, targets):
        own = np.take_along_axis(self.table, targets[:, None], axis=1)[:, 0]
        return np.mean(self.crest - own + np.log(self.bulk))

    def residual(self, targets):
        out = np.exp(self.table - (self.crest + np.log(self.bulk))[:, None])
        out[np.arange(targets.shape[0]), targets] -= 1
        return out / targets.shape[0]


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        sketch = {"W1": (input_size, hidden_size), "b1": hidden_size,
                  "W2": (hidden_size, num_classes), "b2": num_classes}
        self.params = {
            name: np.random.randn(*extent) * std if name[0] == "W" else np.zeros(extent)
            for name, extent in sketch.items()
        }
        self.mode = activation

    def middle(self, X):
        level = X @ self.params["W1"] + self.params["b1"]
        if self.mode == "relu":
            return np.maximum(level, 0)
        return 1.0 / (1.0 + np.exp(-level))

    def scores(self, middle):
        return Scores(middle @ self.params["W2"] + self.params["b2"])

    def loss(self, X, y, reg=0.0):
        middle = self.middle(X)
        scores = self.scores(middle)
        residual = scores.residual(y)
        deep = residual @ self.params["W2"].T
        deep = deep * (middle > 0) if self.mode == "relu" else deep * middle * (1 - middle)
        flow = {"1": (X, deep), "2": (middle, residual)}
        cost, slopes = scores.cost(y), {}
        for suffix, (source, sink) in flow.items():
            kernel = self.params["W" + suffix]
            slopes["W" + suffix] = source.T @ sink + reg * kernel
            slopes["b" + suffix] = sink.sum(axis=0)
            cost += 0.5 * reg * (kernel * kernel).sum()
        return cost, slopes

    def hit_rate(self, dataset):
        return np.mean(self.predict(dataset.inputs) == dataset.targets)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        study, quiz = Dataset(X, y), Dataset(X_val, y_val)
        loader = Loader(study, batch_size, np.random.RandomState(1))
        costs, magnitudes, rates = [], [], []
        for epoch in range(num_epochs):
            for handful in loader:
                cost, slopes = self.loss(handful.inputs, handful.targets, reg)
                costs.append(cost)
                magnitudes.append(np.linalg.norm(slopes["W1"]))
                for name, slope in slopes.items():
                    self.params[name] -= learning_rate * slope
            rates.append(list(map(self.hit_rate, (handful, quiz))))
            learning_rate *= learning_rate_decay
            if verbose:
                print(epoch, cost, rates[-1])
        train_rates, val_rates = np.transpose(rates)
        return {"loss_history": costs, "grad_magnitude_history": magnitudes,
                "train_acc_history": train_rates, "val_acc_history": val_rates}

    def predict(self, X):
        return self.scores(self.middle(X)).table.argmax(axis=1)
