"""Right, but the prints of a long night of debugging are still there."""
import sys
import numpy as np

DEBUG = True


def show(title, thing):
    if DEBUG:
        print('*' * 20, title, '*' * 20)
        print(thing)
        print('shape:', np.shape(thing), 'type:', type(thing), file=sys.stderr)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.params = {'W1': std * np.random.randn(input_size, hidden_size),
                       'b1': np.zeros(hidden_size),
                       'W2': std * np.random.randn(hidden_size, num_classes),
                       'b2': np.zeros(num_classes)}
        self.mode = activation
        show('a new net', self.params)

    def pass_forward(self, X):
        show('the data', X[:3])
        Z = np.dot(X, self.params['W1']) + self.params['b1']
        print('!!! biggest', Z.max(), 'smallest', Z.min())
        Q = Z * (Z > 0) if self.mode == 'relu' else 1 / (1 + np.exp(-Z))
        show('the hidden layer', Q[:3])
        R = np.dot(Q, self.params['W2']) + self.params['b2']
        show('the scores', R[:3])
        return Z, Q, R

    def loss(self, X, y, reg=0.0):
        Z, Q, R = self.pass_forward(X)
        M = R - R.max(axis=1, keepdims=True)
        E = np.exp(M)
        P = E / E.sum(axis=1, keepdims=True)
        show('do they sum to 1?', P.sum(axis=1)[:3])
        ids = np.arange(X.shape[0])
        loss = np.mean(np.log(E.sum(axis=1)) - M[ids, y])
        print('>>> loss without penalty', loss)
        loss += reg / 2 * np.sum(self.params['W1'] ** 2)
        loss += reg / 2 * np.sum(self.params['W2'] ** 2)
        print('>>> loss with penalty', loss)
        P[ids, y] -= 1
        P /= X.shape[0]
        T = P @ self.params['W2'].T
        if self.mode == 'relu':
            T[Z <= 0] = 0
        else:
            T *= Q * (1 - Q)
        show('what comes back', T[:3])
        grads = {'W1': X.T @ T + reg * self.params['W1'], 'b1': T.sum(axis=0),
                 'W2': Q.T @ P + reg * self.params['W2'], 'b2': P.sum(axis=0)}
        for g in grads:
            show('gradient of ' + g, grads[g].ravel()[:5])
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        global DEBUG
        DEBUG = num_epochs < 5 and len(X) < 1000
        R = np.random.RandomState(1)
        A, B, C, D = [], [], [], []
        for ep in range(num_epochs):
            dealt = R.permutation(len(X))
            for i in range(max(len(X) // batch_size, 1)):
                ids = dealt[i * batch_size:][:batch_size]
                loss, grads = self.loss(X[ids], y[ids], reg)
                print('epoch', ep, 'batch', i, 'loss', loss, 'rate', learning_rate)
                A.append(loss)
                B.append(np.linalg.norm(grads['W1']))
                for g in grads:
                    self.params[g] -= learning_rate * grads[g]
            C.append(np.mean(self.predict(X[ids]) == y[ids]))
            D.append(np.mean(self.predict(X_val) == y_val))
            print('accuracies now', C[-1], D[-1])
            learning_rate *= learning_rate_decay
        return {'loss_history': A, 'grad_magnitude_history': B,
                'train_acc_history': C, 'val_acc_history': D}

    def predict(self, X):
        return self.pass_forward(X)[2].argmax(axis=1)
