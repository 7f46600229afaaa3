"""The chain rule with full Jacobians of a small batch, by np.tensordot."""
import numpy as np

ORDER = ('W1', 'b1', 'W2', 'b2')


def jacobian_of_softmax(P):
    """dP[n, i] / ds[n, j] for all n: diag(p) minus its outer square."""
    n, k = P.shape
    J = np.zeros((n, k, k))
    J[:, np.arange(k), np.arange(k)] = P
    return J - P[:, :, None] * P[:, None, :]


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1,
                 activation='relu'):
        shapes = [(input_size, hidden_size), (hidden_size,),
                  (hidden_size, num_classes), (num_classes,)]
        self.params = {}
        for name, shape in zip(ORDER, shapes):
            zero = np.zeros(shape)
            self.params[name] = std * np.random.randn(*shape) if zero.ndim == 2 else zero
        self.activation = activation

    def f(self, a):
        if self.activation == 'relu':
            return np.max(np.stack([a, np.zeros_like(a)]), axis=0)
        b = np.stack([np.zeros_like(a), -a])
        c = b.max(axis=0)
        return np.exp(-c - np.log(np.exp(b - c).sum(axis=0)))

    def df(self, h):
        return np.heaviside(h, 0.0) if self.activation == 'relu' else h - h * h

    def evaluate(self, X):
        W1, b1, W2, b2 = map(self.params.get, ORDER)
        h = self.f(np.tensordot(X, W1, axes=(1, 0)) + b1)
        return h, np.tensordot(h, W2, axes=(1, 0)) + b2

    def loss(self, X, y, reg=0.0):
        W1, b1, W2, b2 = map(self.params.get, ORDER)
        N, K = len(X), len(b2)
        h, s = self.evaluate(X)
        s = s - s.max(axis=1, keepdims=True)
        lse = np.log(np.exp(s).sum(axis=1))
        P = np.exp(s - lse[:, None])
        Y = np.zeros((N, K))
        Y.flat[np.arange(N) * K + y] = 1
        J = np.tensordot(Y, lse[:, None] - s, axes=2) / N
        # where a probability is 0, -Y / P is not a number; so its limit is taken
        dJds = np.empty((N, K))
        safe = P[Y == 1] > 1e-12
        M = jacobian_of_softmax(P[safe])
        dJdp = -Y[safe] / np.where(Y[safe] == 1, P[safe], 1)
        dJds[safe] = np.squeeze(np.matmul(dJdp[:, None, :], M), axis=1)
        dJds[~safe] = P[~safe] - Y[~safe]
        dJds = dJds / N
        dJda = np.tensordot(dJds, W2, axes=(1, 1)) * self.df(h)
        ones = np.ones(N)
        grads = dict(zip(ORDER, [
            np.tensordot(X, dJda, axes=(0, 0)) + reg * W1,
            np.tensordot(ones, dJda, axes=1),
            np.tensordot(h, dJds, axes=(0, 0)) + reg * W2,
            np.tensordot(ones, dJds, axes=1)]))
        R = np.tensordot(W1, W1, axes=2) + np.tensordot(W2, W2, axes=2)
        return float(J + reg * R / 2), grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        state = np.random.get_state()
        np.random.seed(1)
        orders = [np.random.permutation(len(X)) for _ in range(num_epochs)]
        np.random.set_state(state)
        J, norm, acc, acc_val = [], [], [], []
        for e, order in enumerate(orders):
            starts = np.arange(0, len(X), batch_size)
            if len(starts) > 1 and starts[-1] + batch_size > len(X):
                starts = starts[:-1]
            for a in starts:
                B = order[a:a + batch_size]
                value, grads = self.loss(X[B], y[B], reg)
                J.append(value)
                norm.append(np.sqrt(np.tensordot(grads['W1'], grads['W1'], axes=2)))
                for name in ORDER:
                    self.params[name] = self.params[name] - learning_rate * grads[name]
            acc.append(1 - np.mean(self.predict(X[B]) != y[B]))
            acc_val.append(1 - np.mean(self.predict(X_val) != y_val))
            learning_rate = learning_rate_decay * learning_rate
            if verbose:
                print(f'Epoch {e + 1}: loss {value:f}, {acc[-1]:f}, {acc_val[-1]:f}')
        return {'loss_history': J, 'grad_magnitude_history': norm,
                'train_acc_history': acc, 'val_acc_history': acc_val}

    def predict(self, X):
        return np.argmax(self.evaluate(X)[1], axis=1)
