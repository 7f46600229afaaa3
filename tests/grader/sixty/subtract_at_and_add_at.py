import numpy as np
from numpy import add, exp, log, subtract


class Bundle:
    """One vector of all numbers; the four arrays are windows of it."""

    def __init__(self, D, H, K):
        cut = add.accumulate([0, D * H, H, H * K, K])
        self.flat = np.zeros(cut[-1])
        windows = (self.flat[i:j] for i, j in zip(cut, cut[1:]))
        self.W1, self.b1, self.W2, self.b2 = (
            w.reshape(s) for w, s in zip(windows, [(D, H), H, (H, K), K]))

    def table(self):
        return {k: v for k, v in vars(self).items() if k != 'flat'}


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=.1, activation='sigmoid'):
        self.dims = input_size, hidden_size, num_classes
        start = Bundle(*self.dims)
        for w in (start.W1, start.W2):
            w += std * np.random.randn(*w.shape)
        self.params = start.table()
        self.smooth = activation != 'relu'

    def gathered(self):
        now = Bundle(*self.dims)
        for k, v in now.table().items():
            v[...] = self.params[k]
        return now

    def scores(self, X, now):
        H = X.dot(now.W1)
        add(H, now.b1, out=H)
        if self.smooth:
            np.negative(H, out=H)
            np.clip(H, None, 700, out=H)
            exp(H, out=H)
            add(H, 1, out=H)
            np.reciprocal(H, out=H)
        else:
            np.maximum(H, 0, out=H)
        S = H.dot(now.W2)
        add(S, now.b2, out=S)
        return H, S

    def loss(self, X, y, reg=0.):
        now, slope = self.gathered(), Bundle(*self.dims)
        H, S = self.scores(X, now)
        every = range(y.size)
        subtract(S, S.max(1, keepdims=True), out=S)
        value = -add.reduce(S[every, y])
        exp(S, out=S)
        totals = add.reduce(S, 1, keepdims=True)
        value = (value + log(totals).sum()) / y.size
        np.divide(S, totals, out=S)
        subtract.at(S, (every, y), 1)
        np.divide(S, y.size, out=S)
        slope.W2 += H.T.dot(S)
        add.at(slope.b2, np.tile(np.arange(S.shape[1]), y.size), S.ravel())
        B = S.dot(now.W2.T)
        if self.smooth:
            B *= H
            B -= B * H
        else:
            np.multiply.at(B, np.nonzero(H == 0), 0)
        slope.W1 += X.T.dot(B)
        add.at(slope.b1, np.tile(np.arange(B.shape[1]), y.size), B.ravel())
        for w, d in ((now.W1, slope.W1), (now.W2, slope.W2)):
            value += reg / 2 * add.reduce(w * w, axis=None)
            add(d, reg * w, out=d)
        return value, slope.table()

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        T = max(y.size // batch_size, 1)
        paths = np.zeros((num_epochs * T, 2))
        quality = np.zeros((num_epochs, 2))
        twister = np.random.RandomState(1)
        for e in range(num_epochs):
            mix = twister.permutation(y.size)
            for t in range(T):
                use = mix[batch_size * t:batch_size * (t + 1)]
                value, d = self.loss(X[use], y[use], reg)
                paths[e * T + t] = value, np.linalg.norm(d['W1'])
                for k in d:
                    subtract(self.params[k], learning_rate * d[k], out=self.params[k])
            for c, (A, b) in enumerate([(X[use], y[use]), (X_val, y_val)]):
                quality[e, c] = (self.predict(A) == b).sum() / b.size
            learning_rate *= learning_rate_decay
            verbose and print(f'Epoch {e + 1}:', value, *quality[e])
        return {'loss_history': paths[:, 0], 'grad_magnitude_history': paths[:, 1],
                'train_acc_history': quality[:, 0], 'val_acc_history': quality[:, 1]}

    def predict(self, X):
        return self.scores(X, self.gathered())[1].argmax(1)
