"""Nothing is changed: each step makes a new net; examples are sorted by class."""
from collections import namedtuple

import numpy as np

Weights = namedtuple('Weights', 'W1 b1 W2 b2')
Trace = namedtuple('Trace', 'entry bent exit')
Batch = namedtuple('Batch', 'images digits')


def bent_by(name):
    if name == 'relu':
        return lambda e: np.fmax(e, 0)
    return lambda e: np.power(1 + np.exp(np.fmin(-e, 700)), -1)


def slope_by(name):
    return {'relu': lambda b: np.ceil(np.minimum(b, 1)),
            'sigmoid': lambda b: b - np.power(b, 2)}[name]


def trace_of(w, bend, images):
    entry = images.dot(w.W1) + w.b1
    bent = bend(entry)
    return Trace(entry, bent, bent.dot(w.W2) + w.b2)


def surplus(exit_, digits):
    """Cross-entropy of each example, sorted by class, and its derivative."""
    by_class = np.argsort(digits, kind='stable')
    e = exit_[by_class] - exit_[by_class].max(axis=1)[:, None]
    z = np.exp(e).sum(axis=1)
    edges = np.searchsorted(digits[by_class], np.arange(exit_.shape[1] + 1))
    proper, slope = np.empty(len(digits)), np.exp(e) / z[:, None]
    for c, (lo, hi) in enumerate(zip(edges, edges[1:])):
        proper[lo:hi] = e[lo:hi, c]
        slope[lo:hi, c] -= 1
    return np.log(z) - proper, slope[np.argsort(by_class)]


def moved(w, g, pace):
    return Weights._make(np.subtract(a, pace * d) for a, d in zip(w, g))


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.bend, self.slope = bent_by(activation), slope_by(activation)
        np_normal = np.random.normal
        self.params = Weights(
            np_normal(0, std, [input_size, hidden_size]), np.zeros([hidden_size]),
            np_normal(0, std, [hidden_size, num_classes]), np.zeros([num_classes]))._asdict()

    @property
    def weights(self):
        return Weights(**self.params)

    def loss(self, X, y, reg=0.0):
        w = self.weights
        t = trace_of(w, self.bend, X)
        nats, exit_slope = surplus(t.exit, y)
        exit_slope = np.true_divide(exit_slope, nats.size)
        entry_slope = np.dot(exit_slope, w.W2.T) * self.slope(t.bent)
        g = Weights(X.T.dot(entry_slope) + reg * w.W1, entry_slope.sum(axis=0),
                    t.bent.T.dot(exit_slope) + reg * w.W2, exit_slope.sum(axis=0))
        ridge = sum(np.sum(np.power(m, 2)) for m in (w.W1, w.W2))
        return nats.sum() / nats.size + np.ldexp(reg * ridge, -1), g._asdict()

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        Entry = namedtuple('Entry', 'loss grad_magnitude')
        Exam = namedtuple('Exam', 'train_acc val_acc')
        diary, exams, fate = [], [], np.random.RandomState(1)
        for stage in range(num_epochs):
            sequence = fate.permutation(len(X))
            pieces = np.split(sequence, np.arange(batch_size, len(X), batch_size))
            if len(pieces) > 1 and len(pieces[-1]) < batch_size:
                del pieces[-1]
            for piece in pieces:
                batch = Batch(X[piece], y[piece])
                value, g = self.loss(*batch, reg)
                diary.append(Entry(value, np.linalg.norm(g['W1'])))
                pace = learning_rate * learning_rate_decay ** stage
                self.params = moved(self.weights, Weights(**g), pace)._asdict()
            exams.append(Exam(*map(self.mark, (batch, Batch(X_val, y_val)))))
            if verbose:
                print(stage + 1, diary[-1], exams[-1])
        return {field + '_history': [getattr(line, field) for line in lines]
                for lines, kind in ((diary, Entry), (exams, Exam)) for field in kind._fields}

    def mark(self, batch):
        return np.mean(self.predict(batch.images) == batch.digits)

    def predict(self, X):
        return trace_of(self.weights, self.bend, X).exit.argmax(axis=1)
