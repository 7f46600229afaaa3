"""The class of a later semester, with its default of 1e-4 for std."""
import numpy as np


class Cache(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


class TwoLayerMLP(object):
    def __init__(self, input_size, hidden_size, num_classes, std=1e-4, activation='relu'):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_classes = num_classes
        self.nonlinearity = activation
        self.reset(std)

    def reset(self, std):
        self.params = Cache()
        self.params.W1 = np.random.randn(self.input_size, self.hidden_size) * std
        self.params.W2 = np.random.randn(self.hidden_size, self.num_classes) * std
        self.params.b1 = np.zeros(self.hidden_size)
        self.params.b2 = np.zeros(self.num_classes)
        self.params = dict(self.params)

    def _hidden_layer(self, cache):
        cache.preact = cache.X.dot(self.params['W1']) + self.params['b1']
        if self.nonlinearity == 'relu':
            cache.act = np.maximum(cache.preact, 0)
        if self.nonlinearity == 'sigmoid':
            cache.act = 1 / (1 + np.exp(-cache.preact))

    def _output_layer(self, cache):
        cache.logits = cache.act.dot(self.params['W2']) + self.params['b2']

    def _softmax_layer(self, cache):
        cache.logits = cache.logits - cache.logits.max(axis=1, keepdims=True)
        cache.z = np.exp(cache.logits).sum(axis=1, keepdims=True)
        cache.prob = np.exp(cache.logits) / cache.z

    def _data_loss(self, cache):
        chosen = cache.logits[cache.ix, cache.y]
        return np.log(cache.z).mean() - chosen.mean()

    def _reg_loss(self, reg):
        return 0.5 * reg * sum(np.sum(self.params[w] ** 2) for w in ('W1', 'W2'))

    def _backward(self, cache, reg):
        cache.dlogits = cache.prob.copy()
        cache.dlogits[cache.ix, cache.y] -= 1
        cache.dlogits /= len(cache.y)
        cache.dact = cache.dlogits.dot(self.params['W2'].T)
        if self.nonlinearity == 'relu':
            cache.dpreact = cache.dact * (cache.preact > 0)
        if self.nonlinearity == 'sigmoid':
            cache.dpreact = cache.dact * cache.act * (1 - cache.act)
        return {
            'W1': cache.X.T.dot(cache.dpreact) + reg * self.params['W1'],
            'b1': cache.dpreact.sum(axis=0),
            'W2': cache.act.T.dot(cache.dlogits) + reg * self.params['W2'],
            'b2': cache.dlogits.sum(axis=0),
        }

    def loss(self, X, y=None, reg=0.0):
        cache = Cache(X=X, y=y)
        self._hidden_layer(cache)
        self._output_layer(cache)
        if y is None:
            return cache.logits
        cache.ix = np.arange(len(y))
        self._softmax_layer(cache)
        return self._data_loss(cache) + self._reg_loss(reg), self._backward(cache, reg)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        mt19937 = np.random.RandomState(1)
        n = X.shape[0]
        curve, magnitude, train_curve, val_curve = [], [], [], []
        for ep in range(num_epochs):
            p = mt19937.permutation(n)
            last = max(n // batch_size, 1)
            for j in range(last):
                mb = p[j * batch_size:(j + 1) * batch_size]
                objective, deriv = self.loss(X[mb], y[mb], reg=reg)
                curve.append(objective)
                magnitude.append(np.sqrt(np.sum(deriv['W1'] ** 2)))
                for w in deriv:
                    self.params[w] = self.params[w] - learning_rate * deriv[w]
            train_curve.append(np.mean(self.predict(X[mb]) == y[mb]))
            val_curve.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Epoch %d: loss %f, train_acc %f, val_acc %f'
                      % (ep + 1, objective, train_curve[-1], val_curve[-1]))
        return {'loss_history': curve, 'grad_magnitude_history': magnitude,
                'train_acc_history': train_curve, 'val_acc_history': val_curve}

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)
