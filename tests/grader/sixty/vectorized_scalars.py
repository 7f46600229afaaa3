"""Functions of one number, which np.vectorize lets loose on matrices."""
import math
from collections import defaultdict

import numpy as np

logistic = np.vectorize(lambda a: 0.5 * (math.tanh(a / 2) + 1), otypes=[float])
positive = np.vectorize(lambda a: a if a > 0 else 0.0, otypes=[float])
gate = np.vectorize(lambda h: float(h > 0), otypes=[float])
bump = np.vectorize(lambda h: h * (1 - h), otypes=[float])
entropy = np.vectorize(
    lambda row, label: math.log(math.fsum(map(math.exp, row - row.max())))
    + row.max() - row[label],
    signature='(k),()->()')
belief = np.vectorize(
    lambda row: np.exp(row - row.max()) / np.exp(row - row.max()).sum(),
    signature='(k)->(k)')
one_if = np.vectorize(lambda label, k: float(label == k), otypes=[float])


class TwoLayerMLP:
    pair = {'sigmoid': (logistic, bump), 'relu': (positive, gate)}

    def __init__(self, input_size, hidden_size, num_classes, std=0.1,
                 activation='sigmoid'):
        self.phi, self.phi_prime = self.pair[activation]
        self.params = {
            'W1': np.random.standard_normal((input_size, hidden_size)) * std,
            'b1': np.zeros(hidden_size)}
        self.params.update({
            'W2': np.random.standard_normal((hidden_size, num_classes)) * std,
            'b2': np.zeros(num_classes)})

    def levels(self, X):
        W1, b1, W2, b2 = (self.params[k] for k in ('W1', 'b1', 'W2', 'b2'))
        yield X
        h = self.phi(X @ W1 + b1)
        yield h
        yield h @ W2 + b2

    def loss(self, X, y, reg=0.0):
        x, h, s = self.levels(X)
        W = self.params['W1'], self.params['W2']
        risk = entropy(s, y).mean() + reg / 2 * sum(np.sum(w ** 2) for w in W)
        u = (belief(s) - one_if(y[:, None], np.arange(s.shape[1]))) / y.shape[0]
        v = u @ W[1].T * self.phi_prime(h)
        return risk, dict(W1=x.T @ v + reg * W[0], b1=v.sum(0),
                          W2=h.T @ u + reg * W[1], b2=u.sum(0))

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        log = defaultdict(list)
        prng = np.random.RandomState(1)
        n_batches = int(max(math.floor(y.shape[0] / batch_size), 1))
        for e in range(num_epochs):
            p = prng.permutation(y.shape[0])
            eta = learning_rate * math.pow(learning_rate_decay, e)
            for j in range(n_batches):
                take = p[j * batch_size: j * batch_size + batch_size]
                risk, g = self.loss(X.take(take, 0), y.take(take), reg)
                log['loss_history'].append(risk)
                log['grad_magnitude_history'].append(math.sqrt((g['W1'] ** 2).sum()))
                for k in g:
                    self.params[k] = self.params[k] - eta * g[k]
            log['train_acc_history'].append(self.rate(X.take(take, 0), y.take(take)))
            log['val_acc_history'].append(self.rate(X_val, y_val))
            if verbose:
                print('%d. %s' % (e, {k: v[-1] for k, v in log.items()}))
        return dict(log)

    def rate(self, X, y):
        return (self.predict(X) == y).sum() / y.shape[0]

    def predict(self, X):
        *_, s = self.levels(X)
        return s.argmax(1)
