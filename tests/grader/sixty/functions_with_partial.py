from functools import partial, reduce
from operator import itemgetter, methodcaller

import numpy as np

weights_of, biases_of = itemgetter("W1", "W2"), itemgetter("b1", "b2")
best = methodcaller("argmax", axis=1)


def compose(*functions):
    return reduce(lambda f, g: lambda t: g(f(t)), functions)


def sigmoid_and_slope(t):
    s = np.true_divide(1, 1 + np.exp(-np.clip(t, -709.0, None)))
    return s, s * (1 - s)


def relu_and_slope(t):
    return np.maximum(t, 0), np.where(t > 0, 1, 0)


def affine(t, W, b):
    return t @ W + b


def log_normalize(t):
    return compose(
        lambda u: u - u.max(axis=1, keepdims=True),
        lambda u: u - np.log(np.exp(u).sum(axis=1, keepdims=True)),
    )(t)


def objective(bend, params, X, y, reg):
    (W1, W2), (b1, b2) = weights_of(params), biases_of(params)
    h, slope = bend(affine(X, W1, b1))
    log_p = log_normalize(affine(h, W2, b2))
    truth = np.identity(W2.shape[1])[y]
    fit, ridge = -np.tensordot(truth, log_p) / len(y), sum(map(np.vdot, (W1, W2), (W1, W2)))
    outer = (np.exp(log_p) - truth) / len(y)
    inner = outer @ W2.T * slope
    return fit + reg * ridge / 2, {
        "W1": X.T @ inner + reg * W1,
        "b1": inner.sum(axis=0),
        "W2": h.T @ outer + reg * W2,
        "b2": outer.sum(axis=0),
    }


def classify(bend, params, X):
    (W1, W2), (b1, b2) = weights_of(params), biases_of(params)
    return compose(partial(affine, W=W1, b=b1), bend, itemgetter(0),
                   partial(affine, W=W2, b=b2), best)(X)


def moved(params, grads, rate):
    return {name: params[name] - rate * grads[name] for name in params}


def one_batch(state, rows, *, objective, X, y, reg):
    params, rate, trail, _ = state
    value, grads = objective(params, X[rows], y[rows], reg)
    mark = value, np.sqrt(np.vdot(grads["W1"], grads["W1"]))
    return moved(params, grads, rate), rate, (*trail, mark) if len(trail) < 9 else [
        *trail, mark], rows


def accuracy(classify, params, X, y):
    return np.mean(classify(params, X) == y)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation="relu"):
        bend = {"relu": relu_and_slope, "sigmoid": sigmoid_and_slope}[activation]
        self.objective, self.classify = partial(objective, bend), partial(classify, bend)
        W1 = std * np.random.randn(input_size, hidden_size)
        W2 = std * np.random.randn(hidden_size, num_classes)
        self.params = {"W1": W1, "b1": np.zeros(hidden_size), "W2": W2,
                       "b2": np.zeros(num_classes)}

    def loss(self, X, y, reg=0.0):
        return self.objective(self.params, X, y, reg)

    def predict(self, X):
        return self.classify(self.params, X)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        take = partial(one_batch, objective=self.objective, X=X, y=y, reg=reg)
        permute = partial(np.random.RandomState(1).permutation, len(y))
        whole = max(len(y) // batch_size, 1)
        marks, shares = [], []
        for epoch in range(num_epochs):
            rate = learning_rate * learning_rate_decay**epoch
            order = permute()
            parts = [order[n * batch_size :][:batch_size] for n in range(whole)]
            self.params, _, trail, rows = reduce(take, parts, (self.params, rate, (), None))
            marks.extend(trail)
            judge = partial(accuracy, self.classify, self.params)
            shares.append((judge(X[rows], y[rows]), judge(X_val, y_val)))
            if verbose:
                print("Epoch", epoch + 1, marks[-1], shares[-1])
        columns = [*zip(*marks), *zip(*shares)]
        return dict(zip(["loss_history", "grad_magnitude_history", "train_acc_history",
                         "val_acc_history"], map(list, columns)))
