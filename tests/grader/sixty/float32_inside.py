"""Weights stay in double for the gradient check; all arithmetic is in single."""
import numpy as np

F = np.float32
EPS = F(0)


def single(fn):
    def wrapped(*arrays):
        return fn(*[np.asarray(a, dtype=F) for a in arrays])
    return wrapped


@single
def affine(A, W, b):
    return np.add(A @ W, b, dtype=F)


@single
def squash(Z):
    return np.divide(F(1), F(1) + np.exp(-np.clip(Z, F(-87), F(88))))


@single
def rectify(Z):
    return np.where(Z > EPS, Z, EPS)


@single
def normalized(S):
    S = S - np.amax(S, axis=1, keepdims=True)
    return S - np.log(np.sum(np.exp(S), axis=1, keepdims=True))


@single
def product(A, B):
    return A.T @ B


class TwoLayerMLP:
    dtype = F

    def __init__(self, input_size, hidden_size, num_classes, std=0.1,
                 activation='sigmoid'):
        self.params = {'W1': std * np.random.randn(input_size, hidden_size)}
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, num_classes)
        self.params['b2'] = np.zeros(num_classes)
        self.kind = activation

    def hidden(self, X):
        Z = affine(X, self.params['W1'], self.params['b1'])
        return squash(Z) if self.kind == 'sigmoid' else rectify(Z)

    def loss(self, X, y, reg=0.0):
        n = F(len(y))
        A = self.hidden(X)
        logs = normalized(affine(A, self.params['W2'], self.params['b2']))
        mask = np.arange(logs.shape[1])[None, :] == y[:, None]
        value = -np.mean(logs[mask], dtype=F)
        E = (np.exp(logs) - mask.astype(F)) / n
        D = product(self.params['W2'].T, E.T).T
        D = D * A * (F(1) - A) if self.kind == 'sigmoid' else np.where(A > EPS, D, EPS)
        grads = {'W1': product(X, D), 'b1': D.sum(0), 'W2': product(A, E),
                 'b2': E.sum(0)}
        for name in ('W1', 'W2'):
            W = self.params[name].astype(F)
            value += F(reg) * F(0.5) * np.sum(np.square(W))
            grads[name] += F(reg) * W
        return float(value), {name: g.astype(float) for name, g in grads.items()}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        X, X_val = F(X), F(X_val)
        mt = np.random.RandomState(1)
        report = dict(loss_history=[], grad_magnitude_history=[],
                      train_acc_history=[], val_acc_history=[])
        for epoch in range(1, num_epochs + 1):
            for rows in np.split(order := mt.permutation(len(y)), range(
                    batch_size, len(y), batch_size))[:max(len(order) // batch_size, 1)]:
                value, grads = self.loss(X[rows], y[rows], reg)
                report['loss_history'].append(value)
                report['grad_magnitude_history'].append(
                    float(np.sqrt(np.sum(np.square(grads['W1'])))))
                for name, g in grads.items():
                    self.params[name] -= learning_rate * g
            report['train_acc_history'].append(self.agree(X[rows], y[rows]))
            report['val_acc_history'].append(self.agree(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(epoch, {key: values[-1] for key, values in report.items()})
        return report

    def agree(self, X, y):
        return np.count_nonzero(self.predict(X) == y) / len(y)

    def predict(self, X):
        top = affine(self.hidden(X), self.params['W2'], self.params['b2'])
        return np.argmax(top, axis=1)
