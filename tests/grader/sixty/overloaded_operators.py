"""net = Affine >> Bend >> Affine, and loss = (net | Targets)."""
import numpy as np


class Stage:
    __array_ufunc__ = None  # so that an array on the left leaves | to the stage

    def __rshift__(self, after):
        return Chain(self, after)

    def __ror__(self, data):
        return self.push(data)

    def __neg__(self):
        return self.pull


class Chain(Stage):
    def __init__(self, before, after):
        self.before, self.after = before, after

    def push(self, data):
        return (data | self.before) | self.after

    def pull(self, error):
        return (-self.before)((-self.after)(error))


class Affine(Stage):
    def __init__(self, home, number):
        self.home, self.names = home, (f"W{number}", f"b{number}")

    def push(self, data):
        self.data = data
        weights, offsets = map(self.home.params.get, self.names)
        return np.add(np.matmul(data, weights), offsets)

    def pull(self, error):
        self.home.slopes |= dict(
            zip(self.names, (np.matmul(self.data.T, error), error.sum(axis=0)))
        )
        return np.matmul(error, self.home.params[self.names[0]].T)


class Bend(Stage):
    def __init__(self, kind):
        self.kind = kind

    def push(self, data):
        if self.kind == "sigmoid":
            with np.errstate(all="ignore"):
                out = 1 / (1 + np.exp(-data))
            self.slope = out * (1 - out)
        elif self.kind == "relu":
            out = np.where(data < 0, 0, data)
            self.slope = np.where(data <= 0, 0, 1)
        return out

    def pull(self, error):
        return np.multiply(self.slope, error)


class Targets(Stage):
    def __init__(self, labels):
        self.cells = tuple(enumerate(labels))
        self.at = np.arange(len(labels)), labels

    def push(self, data):
        tower = np.exp(data.T - data.max(axis=-1))
        base = tower.sum(axis=0)
        self.share = (tower / base).T
        return np.mean(np.log(base) + data.max(axis=-1) - data[self.at])

    def pull(self, weight):
        error = self.share.copy()
        error[self.at] -= 1
        return error * (weight / len(error))


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        self.params = {}
        for number, size in ((1, (input_size, hidden_size)), (2, (hidden_size, num_classes))):
            self.params[f"W{number}"] = std * np.random.randn(*size)
            self.params[f"b{number}"] = np.zeros(size[1])
        self.slopes = {}
        self.body = Affine(self, 1) >> Bend(activation) >> Affine(self, 2)

    def loss(self, X, y, reg=0.0):
        self.slopes = {}
        graph = self.body >> Targets(y)
        value = X | graph
        (-graph)(1.0)
        for name in "W1", "W2":
            matrix = self.params[name]
            value += reg * 0.5 * np.linalg.norm(matrix) ** 2
            self.slopes[name] = self.slopes[name] + reg * matrix
        return value, self.slopes

    def __isub__(self, change):
        for name in change:
            self.params[name] = self.params[name] - change[name]
        return self

    def __floordiv__(self, pair):
        images, truth = pair
        return np.equal(self.predict(images), truth).mean()

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        numbers, net = np.random.RandomState(1), self
        kept = {f"{word}_history": [] for word in
                "loss grad_magnitude train_acc val_acc".split()}
        for epoch in range(num_epochs):
            queue = numbers.permutation(X.shape[0])
            for turn in range(max(X.shape[0] // batch_size, 1)):
                draw = queue[turn * batch_size : turn * batch_size + batch_size]
                value, slopes = self.loss(X[draw], y[draw], reg)
                kept["loss_history"] += (value,)
                kept["grad_magnitude_history"] += (np.linalg.norm(slopes["W1"]),)
                net -= {name: learning_rate * slope for name, slope in slopes.items()}
            kept["train_acc_history"] += (net // (X[draw], y[draw]),)
            kept["val_acc_history"] += (net // (X_val, y_val),)
            learning_rate *= learning_rate_decay
            if verbose:
                print("Epoch", epoch + 1, *(f"{word}: {kept[word][-1]:f}" for word in kept))
        return kept

    def predict(self, X):
        return np.argmax(X | self.body, axis=-1)
