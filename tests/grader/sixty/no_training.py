"""Loss and gradients are done; train is still as the template had it."""
import numpy as np


class Gate:
    @staticmethod
    def sigmoid(q):
        r = np.exp(-np.abs(q))
        r = np.where(q >= 0, 1, r) / (1 + r)
        return r, r - r * r

    @staticmethod
    def relu(q):
        live = np.array(q > 0, dtype=float)
        return q * live, live


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.gate = vars(Gate)[activation].__func__
        W1 = np.random.randn(input_size, hidden_size)
        W2 = np.random.randn(hidden_size, num_classes)
        self.params = {'W1': W1 * std, 'b1': np.zeros(hidden_size),
                       'W2': W2 * std, 'b2': np.zeros(num_classes)}

    def score_matrix(self, X):
        q = np.dot(X, self.params['W1']) + self.params['b1']
        h, slope = self.gate(q)
        return h, slope, np.dot(h, self.params['W2']) + self.params['b2']

    def loss(self, X, y, reg=0.0):
        h, slope, F = self.score_matrix(X)
        F -= np.max(F, axis=1)[:, np.newaxis]
        summed = np.sum(np.exp(F), axis=1)[:, np.newaxis]
        L_i = np.log(summed).T[0] - F[np.arange(X.shape[0]), y]
        L = np.mean(L_i) + 0.5 * reg * (
            np.sum(self.params['W1'] * self.params['W1'])
            + np.sum(self.params['W2'] * self.params['W2']))
        dF = np.exp(F) / summed
        dF[np.arange(X.shape[0]), y] -= 1
        dF /= X.shape[0]
        dq = np.dot(dF, self.params['W2'].T) * slope
        return L, {
            'W2': np.dot(h.T, dF) + reg * self.params['W2'], 'b2': np.sum(dF, axis=0),
            'W1': np.dot(X.T, dq) + reg * self.params['W1'], 'b1': np.sum(dq, axis=0)}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        # TODO: create a random minibatch of training data and labels
        # TODO: update the parameters
        pass

    def predict(self, X):
        *_, F = self.score_matrix(X)
        return np.argmax(F, axis=1)
