import numpy as np
from numpy.linalg import norm


def homogeneous(M):
    return np.c_[np.ones(M.shape[0]), M]


class Split(dict):
    """Looks like the four arrays; lives in two matrices with the biases on top."""

    def __init__(self, *thetas):
        self.thetas = thetas
        for l, T in enumerate(thetas, 1):
            super().__setitem__('W%d' % l, T[1:])
            super().__setitem__('b%d' % l, T[0])

    def __setitem__(self, key, new):
        self[key][...] = new

    def update(self, *others, **more):
        for key, new in dict(*others, **more).items():
            self[key] = new


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1,
                 activation='sigmoid'):
        Theta1 = np.vstack([np.zeros(hidden_size),
                            std * np.random.randn(input_size, hidden_size)])
        Theta2 = np.vstack([np.zeros(num_classes),
                            std * np.random.randn(hidden_size, num_classes)])
        self.params = Split(Theta1, Theta2)
        self.rectified = activation == 'relu'

    def forwardProp(self, X):
        Theta1, Theta2 = self.params.thetas
        a1 = homogeneous(X)
        z2 = a1 @ Theta1
        g = z2 * (z2 > 0) if self.rectified else 0.5 + 0.5 * np.tanh(0.5 * z2)
        a2 = homogeneous(g)
        return a1, a2, a2 @ Theta2

    def costFunction(self, X, y, lam):
        Theta1, Theta2 = self.params.thetas
        m = X.shape[0]
        a1, a2, z3 = self.forwardProp(X)
        hi = z3.max(axis=1, keepdims=True)
        ex = np.exp(z3 - hi)
        h = ex / ex.sum(axis=1, keepdims=True)
        lse = np.squeeze(hi, 1) + np.log(ex.sum(axis=1))
        J = (lse - np.choose(y, z3.T)).sum() / m
        Y = np.eye(z3.shape[1])[y]
        delta3 = h - Y
        delta2 = (delta3 @ Theta2.T)[:, 1:]
        delta2 = delta2 * ((a2[:, 1:] > 0) if self.rectified
                           else a2[:, 1:] * (1 - a2[:, 1:]))
        J += lam / 2 * (norm(Theta1[1:]) ** 2 + norm(Theta2[1:]) ** 2)
        Delta = [a1.T @ delta2 / m, a2.T @ delta3 / m]
        for D, T in zip(Delta, (Theta1, Theta2)):
            D[1:] += lam * T[1:]
        return J, Delta

    def loss(self, X, y, reg=0.0):
        J, Delta = self.costFunction(X, y, reg)
        return J, dict(Split(*Delta))

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        alpha, m = learning_rate, len(X)
        J_history, norms, acc = [], [], []
        prng = np.random.RandomState(1)
        for _ in range(num_epochs):
            P = prng.permutation(m)
            batches = [P] if batch_size >= m else [
                P[a:a + batch_size] for a in range(0, m - batch_size + 1, batch_size)]
            for B in batches:
                J, Delta = self.costFunction(X[B], y[B], reg)
                for T, D in zip(self.params.thetas, Delta):
                    T -= alpha * D
                J_history.append(J)
                norms.append(norm(Delta[0][1:]))
            acc.append([(self.predict(u) == v).mean() for u, v in
                        ((X[B], y[B]), (X_val, y_val))])
            alpha = alpha * learning_rate_decay
        if verbose:
            print('cost went from', J_history[0], 'to', J_history[-1])
        both = list(map(list, zip(*acc)))
        return {'loss_history': J_history, 'grad_magnitude_history': norms,
                'train_acc_history': both[0], 'val_acc_history': both[1]}

    def predict(self, X):
        return self.forwardProp(X)[2].argmax(axis=1)
