"""A parenthesis is missing in the penalty."""
import numpy as np


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.params = {}
        self.params['W1'] = np.random.randn(input_size, hidden_size) * std
        self.params['W2'] = np.random.randn(hidden_size, num_classes) * std
        self.params['b1'], self.params['b2'] = np.zeros(hidden_size), np.zeros(num_classes)
        self.isrelu = activation == 'relu'

    def loss(self, X, y, reg=0.0):
        ntrain = X.shape[0]
        fwd = X.dot(self.params['W1']) + self.params['b1']
        nl = np.maximum(fwd, 0) if self.isrelu else 1 / (1 + np.exp(-fwd))
        clf = nl.dot(self.params['W2']) + self.params['b2']
        clf -= clf.max(axis=1, keepdims=True)
        prb = np.exp(clf)
        prb /= prb.sum(axis=1, keepdims=True)
        ce = -np.log(prb[range(ntrain), y]).mean()
        ce += 0.5 * reg * (np.sum(self.params['W1'] ** 2) + np.sum(self.params['W2'] ** 2)
        prb[range(ntrain), y] -= 1
        prb /= ntrain
        bwd = prb.dot(self.params['W2'].T)
        bwd *= (nl > 0) if self.isrelu else nl * (1 - nl)
        dW2 = nl.T.dot(prb) + reg * self.params['W2']
        dW1 = X.T.dot(bwd) + reg * self.params['W1']
        return ce, {'W1': dW1, 'b1': bwd.sum(axis=0), 'W2': dW2, 'b2': prb.sum(axis=0)}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        columns = 'loss', 'grad_magnitude', 'train_acc', 'val_acc'
        sheet = {column + '_history': np.array([]) for column in columns}

        def write(column, cell):
            sheet[column + '_history'] = np.append(sheet[column + '_history'], cell)

        rnd = np.random.RandomState(1)
        for ee in range(num_epochs):
            remaining = rnd.permutation(X.shape[0])
            while True:
                cur, remaining = np.split(remaining, [min(batch_size, remaining.size)])
                ce, dd = self.loss(X[cur], y[cur], reg=reg)
                write('loss', ce)
                write('grad_magnitude', np.sqrt(np.sum(dd['W1'] ** 2)))
                self.params = {pp: vv - learning_rate * dd[pp] for pp, vv in self.params.items()}
                if remaining.size < batch_size:
                    break
            write('train_acc', np.equal(self.predict(X[cur]), y[cur]).mean())
            write('val_acc', np.equal(self.predict(X_val), y_val).mean())
            learning_rate *= learning_rate_decay
        return sheet

    def predict(self, X):
        fwd = X.dot(self.params['W1']) + self.params['b1']
        nl = np.maximum(fwd, 0) if self.isrelu else 1 / (1 + np.exp(-fwd))
        return (nl.dot(self.params['W2']) + self.params['b2']).argmax(axis=1)
