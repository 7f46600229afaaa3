"""No array at all until the end: rows are lists, sums are written out."""
import math
import random

import numpy


def dot(u, v):
    return sum(a * b for a, b in zip(u, v))


def times(A, B):
    columns = list(zip(*B))
    return [[dot(row, column) for column in columns] for row in A]


def turn(A):
    return [list(column) for column in zip(*A)]


def shift(A, b):
    return [[a + c for a, c in zip(row, b)] for row in A]


def each(f, *matrices):
    return [[f(*entries) for entries in zip(*rows)] for rows in zip(*matrices)]


def squeeze(a):
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    return math.exp(a) / (1 + math.exp(a))


def largest(row):
    return max(range(len(row)), key=row.__getitem__)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.kind = activation
        self.params = {'W1': std * numpy.random.randn(input_size, hidden_size),
                       'b1': numpy.zeros(hidden_size),
                       'W2': std * numpy.random.randn(hidden_size, num_classes),
                       'b2': numpy.zeros(num_classes)}

    def lists(self):
        return [self.params[name].tolist() for name in ['W1', 'b1', 'W2', 'b2']]

    def forward(self, rows):
        W1, b1, W2, b2 = self.lists()
        bend = squeeze if self.kind == 'sigmoid' else lambda a: max(a, 0.0)
        hidden = each(bend, shift(times(rows, W1), b1))
        return hidden, shift(times(hidden, W2), b2)

    def loss(self, X, y, reg=0.0):
        W1, b1, W2, b2 = self.lists()
        rows, labels = X.tolist(), y.tolist()
        hidden, scores = self.forward(rows)
        bits, error = [], []
        for row, label in zip(scores, labels):
            m = max(row)
            powers = [math.exp(entry - m) for entry in row]
            total = math.fsum(powers)
            bits.append(m + math.log(total) - row[label])
            error.append([(p / total - (c == label)) / len(labels)
                          for c, p in enumerate(powers)])
        back = times(error, turn(W2))
        if self.kind == 'sigmoid':
            back = each(lambda e, h: e * h * (1 - h), back, hidden)
        else:
            back = each(lambda e, h: e if h > 0 else 0.0, back, hidden)
        squares = dot(sum(W1, []), sum(W1, [])) + dot(sum(W2, []), sum(W2, []))
        grow = lambda G, W: each(lambda g, w: g + reg * w, G, W)
        grads = {'W1': grow(times(turn(rows), back), W1), 'b1': list(map(sum, zip(*back))),
                 'W2': grow(times(turn(hidden), error), W2),
                 'b2': list(map(sum, zip(*error)))}
        grads = {name: numpy.array(g) for name, g in grads.items()}
        return math.fsum(bits) / len(bits) + 0.5 * reg * squares, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        wheel = numpy.random.RandomState(1)
        stats = {'loss_history': [], 'grad_magnitude_history': [],
                 'train_acc_history': [], 'val_acc_history': []}
        for epoch in range(num_epochs):
            pile = wheel.permutation(len(y)).tolist()
            for _ in range(max(len(y) // batch_size, 1)):
                batch = [pile.pop(0) for _ in range(min(batch_size, len(pile)))]
                value, grads = self.loss(X[batch], y[batch], reg)
                stats['loss_history'].append(value)
                steep = math.sqrt(sum(dot(g, g) for g in grads['W1'].tolist()))
                stats['grad_magnitude_history'].append(steep)
                for name, g in grads.items():
                    self.params[name] = self.params[name] - learning_rate * g
            stats['train_acc_history'].append(self.share(X[batch], y[batch]))
            stats['val_acc_history'].append(self.share(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Epoch', epoch + 1, value)
        return stats

    def share(self, X, y):
        guesses = self.predict(X).tolist()
        return sum(g == t for g, t in zip(guesses, y.tolist())) / len(guesses)

    def predict(self, X):
        return numpy.array([largest(row) for row in self.forward(X.tolist())[1]])
