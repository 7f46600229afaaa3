"""Columns are examples, as in Problem 1; `params` shows it the other way round."""
import numpy as np


class Storage:
    def __init__(this, n, std):
        this.layers = []
        for fan_in, fan_out in zip(n, n[1:]):
            M = np.random.randn(fan_in, fan_out).T * std
            this.layers.append([M, np.zeros((fan_out, 1))])

    def keys(this):
        return ['W1', 'b1', 'W2', 'b2']

    __iter__ = lambda this: iter(this.keys())
    __len__ = lambda this: 4
    __contains__ = lambda this, key: key in this.keys()

    def place(this, key):
        return this.layers[int(key[1]) - 1], 'Wb'.index(key[0])

    def __getitem__(this, key):
        layer, which = this.place(key)
        return layer[which].T if which == 0 else layer[which][:, 0]

    def __setitem__(this, key, array):
        layer, which = this.place(key)
        array = np.asarray(array)
        layer[which] = array.T.copy() if which == 0 else array.reshape(-1, 1).copy()

    def items(this):
        return [(key, this[key]) for key in this]

    def values(this):
        return [array for _, array in this.items()]


class TwoLayerMLP:
    def __init__(this, input_size, hidden_size, num_classes, std=1e-1,
                 activation='relu'):
        this.storage = Storage([input_size, hidden_size, num_classes], std)
        this.activation = activation

    @property
    def params(this):
        return this.storage

    def columns(this, x):
        (M1, c1), (M2, c2) = this.storage.layers
        a = c1 + np.dot(M1, x)
        if this.activation == 'relu':
            h, dh = np.fmax(a, 0), np.sign(np.fmax(a, 0))
        else:
            e = np.exp(-np.abs(a))
            h, dh = np.where(a < 0, e, 1) / (1 + e), e / (1 + e) ** 2
        return h, dh, c2 + np.dot(M2, h)

    def loss(this, X, y, reg=0.0):
        (M1, _), (M2, _) = this.storage.layers
        x, N = X.T, X.shape[0]
        h, dh, o = this.columns(x)
        o = o - o.max(axis=0)
        Z = np.exp(o).sum(axis=0)
        J = np.sum(np.log(Z) - o[y, np.arange(N)]) / N
        J = J + reg * 0.5 * (np.trace(M1 @ M1.T) + np.trace(M2 @ M2.T))
        g2 = np.exp(o) / Z
        g2[y, np.arange(N)] -= 1.0
        g1 = np.dot(M2.T, g2) * dh
        G2, G1 = np.dot(g2, h.T) / N + reg * M2, np.dot(g1, x.T) / N + reg * M1
        return J, {'W1': G1.T, 'b1': g1.mean(axis=1), 'W2': G2.T, 'b2': g2.mean(axis=1)}

    def step(this, grads, size):
        for key in grads:
            this.params[key] = this.params[key] - size * grads[key]

    def train(this, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        stats = {'loss_history': [], 'grad_magnitude_history': []}
        stats['train_acc_history'], stats['val_acc_history'] = [], []
        np.random.seed(1)
        per_epoch = max(y.shape[0] // batch_size, 1)
        for it in range(per_epoch * num_epochs):
            k = it % per_epoch
            if k == 0:
                shuffle = np.random.permutation(y.shape[0])
            part = shuffle[k * batch_size:(k + 1) * batch_size]
            J, grads = this.loss(X[part], y[part], reg=reg)
            stats['loss_history'].append(J)
            stats['grad_magnitude_history'].append(np.linalg.norm(grads['W1'], 'fro'))
            this.step(grads, learning_rate)
            if k == per_epoch - 1:
                learning_rate *= learning_rate_decay
                for kind, A, b in [('train', X[part], y[part]), ('val', X_val, y_val)]:
                    stats[kind + '_acc_history'].append((this.predict(A) == b).mean())
                if verbose:
                    print('Epoch', it // per_epoch + 1, 'loss', J)
        return stats

    def predict(this, X):
        return np.argmax(this.columns(X.T)[2], axis=0)
