from itertools import count, islice, takewhile

import numpy as np


def shuffled_forever(n, seed):
    urn = np.random.RandomState(seed)
    while True:
        yield urn.permutation(n)


def chunks(indices, size):
    yield indices[:size]
    yield from takewhile(lambda c: len(c) == size,
                         (indices[k:k + size] for k in count(size, size)))


def falling(start, factor):
    while True:
        yield start
        start *= factor


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=.1, activation='sigmoid'):
        sizes = iter([(input_size, hidden_size), (hidden_size, num_classes)])
        weights = (np.random.randn(*size) * std for size in sizes)
        self.params = dict(zip(('W1', 'W2'), weights))
        self.params['b1'] = np.zeros(hidden_size)
        self.params['b2'] = np.zeros(num_classes)
        self.gate = {'relu': self.rectifier, 'sigmoid': self.squeezer}[activation]

    @staticmethod
    def rectifier(z):
        """A coroutine: give the output, take the error, give the error back."""
        active = np.flatnonzero(z.ravel() > 0)
        out = np.zeros(z.size)
        out[active] = z.ravel()[active]
        error = yield out.reshape(z.shape)
        through = np.zeros(z.size)
        through[active] = error.ravel()[active]
        yield through.reshape(z.shape)

    @staticmethod
    def squeezer(z):
        decay = np.exp(-np.absolute(z))
        out = np.where(np.signbit(z), decay, 1.0) / (1.0 + decay)
        error = yield out
        yield error * decay / (1.0 + decay) ** 2

    def loss(self, X, y, reg=0.0):
        P = self.params
        gate = self.gate(X @ P['W1'] + P['b1'])
        out = next(gate)
        raw = out @ P['W2'] + P['b2']
        raw -= np.max(raw, axis=1).reshape(-1, 1)
        weight = np.exp(raw)
        share = weight / np.sum(weight, axis=1).reshape(-1, 1)
        which = (np.arange(y.size), y)
        nats = np.log(np.sum(weight, axis=1)) - raw[which]
        share[which] -= 1
        share /= y.size
        hidden = gate.send(share @ P['W2'].T)
        grads = {'W2': out.T @ share, 'b2': share.sum(axis=0),
                 'W1': X.T @ hidden, 'b1': hidden.sum(axis=0)}
        ridge = 0
        for key in filter(lambda name: name.startswith('W'), P):
            ridge += np.sum(P[key] * P[key])
            grads[key] += reg * P[key]
        return nats.mean() + .5 * reg * ridge, grads

    def steps(self, X, y, order, size, rate, reg):
        for chunk in chunks(order, size):
            value, grads = self.loss(X[chunk], y[chunk], reg)
            for key in P if (P := self.params) else ():
                P[key] -= rate * grads[key]
            yield value, np.linalg.norm(grads['W1']), chunk

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        values, norms, seen, unseen = [], [], [], []
        plan = zip(shuffled_forever(y.size, 1), falling(learning_rate, learning_rate_decay))
        for order, rate in islice(plan, num_epochs):
            for value, norm, chunk in self.steps(X, y, order, batch_size, rate, reg):
                values.append(value)
                norms.append(norm)
            seen.append(np.average(self.predict(X[chunk]) == y[chunk]))
            unseen.append(np.average(self.predict(X_val) == y_val))
            if verbose:
                print('loss %f, train_acc %f, val_acc %f' % (value, seen[-1], unseen[-1]))
        return {'loss_history': values, 'grad_magnitude_history': norms,
                'train_acc_history': seen, 'val_acc_history': unseen}

    def predict(self, X):
        P = self.params
        out = next(self.gate(X @ P['W1'] + P['b1']))
        return np.argmax(out @ P['W2'] + P['b2'], axis=1)
