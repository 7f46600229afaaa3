"""A tape of functions: each operation leaves behind how to undo it."""
import numpy as np


class Tape:
    def __init__(self):
        self.undo = []

    def run(self, operation, *operands):
        product, pullback = operation(*operands)
        self.undo.append(pullback)
        return product

    def rewind(self, cotangent):
        collected = []
        while self.undo:
            cotangent, found = self.undo.pop()(cotangent)
            collected[:0] = found
        return collected


def multiply_add(u, A, c):
    return u.dot(A) + c, lambda bar: (bar.dot(A.T), [u.T.dot(bar), bar.sum(axis=0)])


def hinge(u):
    # a little slope keeps the units alive
    return u.clip(min=0), lambda bar: (np.where(u > 0, bar, 0.01 * bar), [])


def logit_inverse(u):
    half = np.tanh(u * 0.5) * 0.5
    return half + 0.5, lambda bar: (bar * (0.25 - half * half), [])


def negative_log_likelihood(u, labels):
    spot = np.arange(labels.shape[0]), labels
    u = u - u.max(axis=1, keepdims=True)
    mass = np.exp(u)
    norm = mass.sum(axis=1)

    def pullback(bar):
        out = mass / norm[:, None]
        out[spot] -= 1
        return bar * out / labels.shape[0], []

    return (np.log(norm) - u[spot]).mean(), pullback


def ridge(u, matrices, strength):
    extra = sum((A ** 2).sum() for A in matrices)
    return u + strength * extra / 2, lambda bar: (bar, [])


class TwoLayerMLP:
    operations = {"relu": hinge, "sigmoid": logit_inverse}

    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        ends = [(input_size, hidden_size), (hidden_size, num_classes)]
        A1, A2 = [std * np.random.randn(m, n) for m, n in ends]
        c1, c2 = [np.zeros(n) for _, n in ends]
        self.params = {"W1": A1, "b1": c1, "W2": A2, "b2": c2}
        self.squash = self.operations[activation]

    def scores(self, X, tape):
        A1, c1, A2, c2 = (self.params[k] for k in ["W1", "b1", "W2", "b2"])
        return tape.run(multiply_add, tape.run(self.squash, tape.run(
            multiply_add, X, A1, c1)), A2, c2)

    def loss(self, X, y, reg=0.0):
        tape = Tape()
        height = tape.run(negative_log_likelihood, self.scores(X, tape), y)
        matrices = self.params["W1"], self.params["W2"]
        height = tape.run(ridge, height, matrices, reg)
        grads = dict(zip(["W1", "b1", "W2", "b2"], tape.rewind(1.0)))
        for k, A in zip(["W1", "W2"], matrices):
            grads[k] += reg * A
        return height, grads

    def predict(self, X):
        return self.scores(X, Tape()).argmax(axis=1)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        heights, steep, inside, outside = [], [], [], []
        prng = np.random.RandomState(1)
        for epoch in range(num_epochs):
            shuffled = prng.permutation(y.shape[0])
            for b in range(max(y.shape[0] // batch_size, 1)):
                rows = shuffled[b * batch_size : (b + 1) * batch_size]
                height, grads = self.loss(X[rows], y[rows], reg)
                heights.append(height)
                steep.append(np.linalg.norm(grads["W1"]))
                for k, slope in grads.items():
                    self.params[k] -= learning_rate * slope
            inside.append(np.mean(self.predict(X[rows]) == y[rows]))
            outside.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print("Epoch %d: loss %f" % (epoch + 1, height))
        return dict(loss_history=heights, grad_magnitude_history=steep,
                    train_acc_history=inside, val_acc_history=outside)
