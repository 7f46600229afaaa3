import numpy as np
from scipy.special import expit, log_softmax

SIGNS = dict(sigmoid=(expit, lambda a: expit(a) * expit(-a)),
             relu=(lambda a: a.clip(0), lambda a: np.heaviside(a, 0)))


class TwoLayerMLP:

    def __init__(self, input_size, hidden_size, num_classes, std=1e-1,
                 activation='sigmoid'):
        self.f, self.df = SIGNS[activation]
        shape = [(input_size, hidden_size), (hidden_size, num_classes)]
        self.params = {f'W{i}': std * np.random.standard_normal(s)
                       for i, s in enumerate(shape, 1)}
        self.params |= {f'b{i}': np.zeros(s[1]) for i, s in enumerate(shape, 1)}

    def logits(self, X, a=None):
        q = self.params
        a = np.matmul(X, q['W1']) + q['b1'] if a is None else a
        return np.matmul(self.f(a), q['W2']) + q['b2']

    def loss(self, X, y, reg=0.):
        q = self.params
        count = y.size
        a = np.matmul(X, q['W1']) + q['b1']
        logp = log_softmax(self.logits(X, a), axis=-1)
        picked = np.take_along_axis(logp, y[:, np.newaxis], axis=-1)
        penalty = reg / 2 * (np.vdot(q['W1'], q['W1']) + np.vdot(q['W2'], q['W2']))
        delta = np.exp(logp)
        np.put_along_axis(delta, y[:, np.newaxis], np.expm1(picked), axis=-1)
        delta /= count
        back = np.matmul(delta, q['W2'].T) * self.df(a)
        out = {}
        for i, (left, right) in {1: (X, back), 2: (self.f(a), delta)}.items():
            out[f'W{i}'] = np.matmul(left.T, right) + reg * q[f'W{i}']
            out[f'b{i}'] = np.add.reduce(right)
        return -picked.mean() + penalty, out

    def predict(self, X):
        return self.logits(X).argmax(-1)

    def train(self, X, y, X_val, y_val, *, learning_rate=1e-3,
              learning_rate_decay=.95, reg=1e-5, num_epochs=10, batch_size=200,
              verbose=False):
        generator = np.random.RandomState(seed=1)
        size = min(batch_size, y.size)
        curves = np.empty((2, num_epochs, y.size // size))
        accuracies = np.empty((2, num_epochs))
        for epoch, rate in enumerate(
                learning_rate * learning_rate_decay ** np.arange(num_epochs)):
            picks = generator.permutation(y.size)[:curves.shape[2] * size]
            for step, pick in enumerate(picks.reshape(-1, size)):
                value, slope = self.loss(X[pick], y[pick], reg)
                curves[:, epoch, step] = value, np.sqrt(np.vdot(slope['W1'], slope['W1']))
                self.params = {n: v - rate * slope[n] for n, v in self.params.items()}
            accuracies[:, epoch] = [
                np.equal(self.predict(inputs), labels).mean()
                for inputs, labels in [(X[pick], y[pick]), (X_val, y_val)]]
            if verbose:
                print(f'Epoch {epoch + 1}: loss {value:f}, train_acc '
                      f'{accuracies[0, epoch]:f}, val_acc {accuracies[1, epoch]:f}')
        losses, norms = curves.reshape(2, -1).tolist()
        seen, unseen = accuracies.tolist()
        return dict(loss_history=losses, grad_magnitude_history=norms,
                    train_acc_history=seen, val_acc_history=unseen)
