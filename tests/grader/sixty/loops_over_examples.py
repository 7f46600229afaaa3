"""One example at a time, as the course's notes write it for a single x."""
import math

import numpy as np


class TwoLayerMLP(object):
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1,
                 activation='sigmoid'):
        assert activation in ('sigmoid', 'relu')
        self.act = activation
        self.K = num_classes
        w1 = np.random.randn(input_size, hidden_size) * std
        w2 = np.random.randn(hidden_size, num_classes) * std
        self.params = dict(W1=w1, b1=np.zeros(hidden_size),
                           W2=w2, b2=np.zeros(num_classes))

    def one(self, x):
        p = self.params
        a1 = np.dot(x, p['W1']) + p['b1']
        if self.act == 'relu':
            h = np.maximum(0, a1)
        else:
            h = np.array([1 / (1 + math.exp(-t)) if t > -700 else 0.0 for t in a1])
        return h, np.dot(h, p['W2']) + p['b2']

    def loss(self, X, y=None, reg=0.0):
        p = self.params
        N = X.shape[0]
        if y is None:
            return np.array([self.one(x)[1] for x in X])
        grads = {k: np.zeros_like(v) for k, v in p.items()}
        J = 0.0
        for i in range(N):
            h, o = self.one(X[i])
            m = max(o)
            total = sum(math.exp(v - m) for v in o)
            J += math.log(total) + m - o[y[i]]
            g = np.exp(o - m) / total
            g[y[i]] -= 1
            grads['b2'] += g
            grads['W2'] += np.outer(h, g)
            g = np.dot(p['W2'], g)
            if self.act == 'relu':
                g[h <= 0] = 0
            else:
                g = g * h * (1 - h)
            grads['b1'] += g
            grads['W1'] += np.outer(X[i], g)
        for k in grads:
            grads[k] /= N
        J /= N
        for k in ('W1', 'W2'):
            J += reg / 2 * np.linalg.norm(p[k]) ** 2
            grads[k] += reg * p[k]
        return J, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        rs = np.random.RandomState(1)
        N = X.shape[0]
        L, G, ta, va = [], [], [], []
        for ep in range(num_epochs):
            perm = rs.permutation(N)
            for s in range(max(1, N // batch_size)):
                idx = perm[s * batch_size:s * batch_size + batch_size]
                xb = X[idx]
                yb = y[idx]
                J, grads = self.loss(xb, yb, reg=reg)
                L.append(J)
                G.append(np.linalg.norm(grads['W1']))
                for k in grads:
                    self.params[k] = self.params[k] - learning_rate * grads[k]
            ta.append(np.mean(self.predict(xb) == yb))
            va.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Epoch %d: loss %f, train_acc %f, val_acc %f'
                      % (ep + 1, J, ta[-1], va[-1]))
        return {'loss_history': L, 'grad_magnitude_history': G,
                'train_acc_history': ta, 'val_acc_history': va}

    def predict(self, X):
        return np.array([np.argmax(self.one(x)[1]) for x in X])
