"""A classifier with fit, coef_ and the rest, wrapped for the assignment."""
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score, log_loss
from sklearn.preprocessing import label_binarize
from sklearn.utils import gen_batches, shuffle
from sklearn.utils.extmath import safe_sparse_dot, softmax


class Classifier(ClassifierMixin, BaseEstimator):
    def __init__(self, hidden='relu', alpha=1e-5):
        self.hidden = hidden
        self.alpha = alpha

    def initialize(self, layer_units, spread):
        self.coefs_, self.intercepts_ = [], []
        for n_in, n_out in zip(layer_units, layer_units[1:]):
            self.coefs_.append(spread * np.random.randn(n_in, n_out))
            self.intercepts_.append(np.zeros(n_out))
        self.classes_ = np.arange(layer_units[-1])

    def forward_pass(self, data):
        pre = safe_sparse_dot(data, self.coefs_[0]) + self.intercepts_[0]
        if self.hidden == 'relu':
            mid = np.where(pre > 0, pre, 0)
        else:
            mid = 1 / (1 + np.exp(-pre))
        return mid, safe_sparse_dot(mid, self.coefs_[1]) + self.intercepts_[1]

    def binarize(self, target):
        hot = label_binarize(target, classes=self.classes_)
        return np.hstack([1 - hot, hot]) if hot.shape[1] == 1 else hot

    def backprop(self, data, target):
        mid, out = self.forward_pass(data)
        top = out.max(axis=1)
        log_total = top + np.log(np.exp(out - top[:, None]).sum(axis=1))
        hot = self.binarize(target)
        objective = (log_total - (out * hot).sum(axis=1)).mean()
        objective += 0.5 * self.alpha * sum(np.dot(c.ravel(), c.ravel()) for c in self.coefs_)
        deltas = (softmax(out.copy()) - hot) / len(target)
        inner = safe_sparse_dot(deltas, self.coefs_[1].T)
        inner *= (mid > 0) if self.hidden == 'relu' else mid * (1 - mid)
        coef_grads = [safe_sparse_dot(a.T, d) + self.alpha * c for a, d, c in
                      zip((data, mid), (inner, deltas), self.coefs_)]
        return objective, coef_grads, [inner.sum(axis=0), deltas.sum(axis=0)]

    def predict(self, data):
        return self.classes_[self.forward_pass(data)[1].argmax(axis=1)]


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.estimator = Classifier(hidden=activation)
        self.estimator.initialize((input_size, hidden_size, num_classes), std)
        self.params = self.named(self.estimator.coefs_, self.estimator.intercepts_)

    @staticmethod
    def named(coefs, intercepts):
        return {'W1': coefs[0], 'b1': intercepts[0], 'W2': coefs[1], 'b2': intercepts[1]}

    def synchronized(self, reg=0.0):
        self.estimator.set_params(alpha=reg)
        self.estimator.coefs_ = [self.params['W1'], self.params['W2']]
        self.estimator.intercepts_ = [self.params['b1'], self.params['b2']]
        return self.estimator

    def loss(self, X, y, reg=0.0):
        objective, *both = self.synchronized(reg).backprop(X, y)
        return objective, self.named(*both)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        out = {'loss_history': [], 'grad_magnitude_history': [],
               'train_acc_history': [], 'val_acc_history': []}
        size = min(batch_size, len(X))
        for iteration in range(num_epochs):
            data, target = shuffle(X, y, random_state=iteration)
            for window in gen_batches(len(X) - len(X) % size, size):
                objective, update = self.loss(data[window], target[window], reg)
                out['loss_history'].append(objective)
                out['grad_magnitude_history'].append(np.linalg.norm(update['W1']))
                for name in update:
                    self.params[name] = self.params[name] - learning_rate * update[name]
            out['train_acc_history'].append(
                accuracy_score(target[window], self.predict(data[window])))
            out['val_acc_history'].append(accuracy_score(y_val, self.predict(X_val)))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Iteration %d, loss = %.8f' % (iteration, objective))
        return out

    def predict(self, X):
        return self.synchronized().predict(X)
