"""A workspace that is allocated once, for batches as long as the course has them."""
import numpy as np

CAPACITY = 300


class Workspace:
    def __init__(self, hidden, classes):
        self.scratch1 = np.empty((CAPACITY, hidden))
        self.scratch2 = np.empty((CAPACITY, classes))
        self.scratch3 = np.empty((CAPACITY, hidden))
        self.column = np.empty((CAPACITY, 1))

    def cut(self, length):
        return (buffer[:length] for buffer in (
            self.scratch1, self.scratch2, self.scratch3, self.column))


class TwoLayerMLP:
    __slots__ = 'params', 'workspace', 'logistic'

    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='relu'):
        self.logistic = activation == 'sigmoid'
        self.params = {
            'W1': np.random.randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
            'W2': np.random.randn(hidden_size, num_classes), 'b2': np.zeros(num_classes)}
        np.multiply(self.params['W1'], std, out=self.params['W1'])
        np.multiply(self.params['W2'], std, out=self.params['W2'])
        self.workspace = Workspace(hidden_size, num_classes)

    def fill(self, X, A, S):
        np.dot(X, self.params['W1'], out=A)
        A += self.params['b1']
        if self.logistic:
            np.divide(A, -1, out=A)
            np.minimum(A, 709, out=A)
            np.exp(A, out=A)
            A += 1
            np.divide(1, A, out=A)
        else:
            A[A < 0] = 0
        np.dot(A, self.params['W2'], out=S)
        S += self.params['b2']

    def loss(self, X, y, reg=0.0):
        X, y = np.ascontiguousarray(X[:CAPACITY], dtype=float), y[:CAPACITY]
        length = len(y)
        A, S, B, c = self.workspace.cut(length)
        self.fill(X, A, S)
        np.max(S, axis=1, keepdims=True, out=c)
        S -= c
        objective = -S[np.arange(length), y].sum()
        np.exp(S, out=S)
        np.sum(S, axis=1, keepdims=True, out=c)
        S /= c
        np.log(c, out=c)
        objective = (objective + c.sum()) / length
        S[np.arange(length), y] -= 1
        S /= length
        np.dot(S, self.params['W2'].T, out=B)
        if self.logistic:
            B *= A
            A -= 1
            B *= A
            A += 1
            np.negative(B, out=B)
        else:
            B[A == 0] = 0
        result = {'W1': np.dot(X.T, B), 'b1': np.sum(B, axis=0),
                  'W2': np.dot(A.T, S), 'b2': np.sum(S, axis=0)}
        for heavy in 'W1', 'W2':
            objective += reg / 2 * np.dot(self.params[heavy].flat, self.params[heavy].flat)
            result[heavy] += reg * self.params[heavy]
        return objective, result

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        loops = max(len(y) // batch_size, 1)
        curve = np.empty(num_epochs * loops)
        steep = np.empty(num_epochs * loops)
        known, unknown = np.empty(num_epochs), np.empty(num_epochs)
        feed = np.random.RandomState(1)
        position = 0
        for e in range(num_epochs):
            lineup = feed.permutation(len(y))
            for loop in range(loops):
                pick = lineup[loop * batch_size:(loop + 1) * batch_size]
                curve[position], result = self.loss(X[pick], y[pick], reg)
                steep[position] = np.linalg.norm(result['W1'])
                position += 1
                for heavy in result:
                    result[heavy] *= learning_rate
                    self.params[heavy] -= result[heavy]
            known[e] = np.equal(self.predict(X[pick]), y[pick]).mean()
            unknown[e] = np.equal(self.predict(X_val), y_val).mean()
            learning_rate *= learning_rate_decay
            if verbose:
                print('Epoch %d: loss %f, train_acc %f, val_acc %f' % (
                    e + 1, curve[position - 1], known[e], unknown[e]))
        return {'loss_history': curve, 'grad_magnitude_history': steep,
                'train_acc_history': known, 'val_acc_history': unknown}

    def predict(self, X):
        A = np.empty((len(X), self.params['b1'].size))
        S = np.empty((len(X), self.params['b2'].size))
        self.fill(X, A, S)
        return S.argmax(axis=1)
