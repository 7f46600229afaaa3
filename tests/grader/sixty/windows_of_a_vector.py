"""All parameters are one vector; `params` are views, kept for good."""
from types import MappingProxyType

import numpy as np


def windows(vector, outline):
    view, at = {}, 0
    for name, shape in outline.items():
        stop = at + int(np.prod(shape))
        view[name] = vector[at:stop].reshape(shape)
        at = stop
    return view


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='relu'):
        self.outline = MappingProxyType({
            'W1': (input_size, hidden_size), 'b1': (hidden_size,),
            'W2': (hidden_size, num_classes), 'b2': (num_classes,)})
        total = sum(int(np.prod(shape)) for shape in self.outline.values())
        self.theta = np.zeros(total)
        self.params = windows(self.theta, self.outline)
        for matrix in 'W1', 'W2':
            self.params[matrix][...] = np.random.normal(size=self.outline[matrix])
            self.params[matrix] *= std
        self.saturating = {'sigmoid': True, 'relu': False}[activation]

    def value_and_slope(self, theta, X, y, reg):
        p, slope = windows(theta, self.outline), np.zeros_like(theta)
        q = windows(slope, self.outline)
        hidden, scores = self.evaluate(p, X)
        scores -= scores.max(axis=1, keepdims=True)
        log_z = np.log(np.exp(scores).sum(axis=1))
        flat = np.arange(len(y)) * scores.shape[1] + y
        value = (log_z.sum() - scores.ravel()[flat].sum()) / len(y)
        delta = np.exp(scores - log_z[:, np.newaxis])
        delta.ravel()[flat] -= 1
        delta *= 1 / len(y)
        np.matmul(hidden.T, delta, out=q['W2'])
        np.sum(delta, axis=0, out=q['b2'])
        delta = delta @ p['W2'].T
        delta *= hidden * (1 - hidden) if self.saturating else hidden != 0
        np.matmul(X.T, delta, out=q['W1'])
        np.sum(delta, axis=0, out=q['b1'])
        decay = windows(np.array(theta), self.outline)
        decay['b1'][:] = decay['b2'][:] = 0
        for part in decay:
            q[part] += reg * decay[part]
            value += reg * np.sum(decay[part] ** 2) / 2
        return value, slope

    def evaluate(self, p, X):
        hidden = X @ p['W1'] + p['b1']
        if self.saturating:
            hidden = (np.tanh(hidden / 2) + 1) / 2
        else:
            hidden[hidden < 0] = 0
        return hidden, hidden @ p['W2'] + p['b2']

    def loss(self, X, y, reg=0.0):
        value, slope = self.value_and_slope(self.theta, X, y, reg)
        return value, windows(slope, self.outline)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        beats = max(len(y) // batch_size, 1)
        prng = np.random.RandomState(1)
        record = np.full((num_epochs, beats, 2), np.nan)
        marks = []
        first = np.prod(self.outline['W1'])
        for epoch, page in enumerate(record):
            walk = prng.permutation(len(y))
            for beat, entry in enumerate(page):
                sample = walk[beat * batch_size:beat * batch_size + batch_size]
                entry[0], slope = self.value_and_slope(self.theta, X[sample], y[sample], reg)
                entry[1] = np.sqrt(slope[:first] @ slope[:first])
                self.theta -= learning_rate * slope
            marks.append([np.mean(self.predict(a) == b)
                          for a, b in ((X[sample], y[sample]), (X_val, y_val))])
            learning_rate *= learning_rate_decay
            if verbose:
                print(f'Epoch {epoch + 1}: loss {entry[0]:f}, train_acc {marks[-1][0]:f}, '
                      f'val_acc {marks[-1][1]:f}')
        losses, norms = record.reshape(-1, 2).T
        return {'loss_history': losses, 'grad_magnitude_history': norms,
                'train_acc_history': [m for m, _ in marks],
                'val_acc_history': [m for _, m in marks]}

    def predict(self, X):
        return self.evaluate(self.params, X)[1].argmax(axis=1)
