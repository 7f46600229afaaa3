"""The loss is returned for each example, as the formula of Problem 1 has it."""
import numpy as np


def H(activation, A):
    if activation == 'relu':
        return np.where(A > 0.0, A, 0.0)
    B = np.exp(-np.abs(A))
    return np.where(A < 0.0, B / (1.0 + B), 1.0 / (1.0 + B))


def Hprime(activation, V):
    return np.where(V > 0.0, 1.0, 0.0) if activation == 'relu' else V * (1.0 - V)


def L(O, labels):
    C = O.max(axis=1)
    return C + np.log(np.exp(O - C[:, None]).sum(axis=1)) - O[np.arange(len(labels)), labels]


def Omega(params):
    return 0.5 * ((params['W1'] ** 2).sum() + (params['W2'] ** 2).sum())


def dL(O, labels):
    Q = np.exp(O - O.max(axis=1)[:, None])
    Q = Q / Q.sum(axis=1)[:, None]
    Q[np.arange(len(labels)), labels] -= 1.0
    return Q


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.params = dict(
            W1=std * np.random.randn(input_size, hidden_size), b1=np.zeros(hidden_size),
            W2=std * np.random.randn(hidden_size, num_classes), b2=np.zeros(num_classes))
        self.which = activation

    def up(self, X):
        V = H(self.which, X @ self.params['W1'] + self.params['b1'])
        return V, V @ self.params['W2'] + self.params['b2']

    def loss(self, X, y, reg=0.0):
        V, O = self.up(X)
        J = L(O, y) + reg * Omega(self.params)
        G = dL(O, y) / len(y)
        gradient = {'W2': V.T @ G + reg * self.params['W2'], 'b2': G.sum(axis=0)}
        G = G @ self.params['W2'].T * Hprime(self.which, V)
        gradient.update({'W1': X.T @ G + reg * self.params['W1'], 'b1': G.sum(axis=0)})
        return J, gradient

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        Js, Gs, T, V = [], [], [], []
        random = np.random.RandomState(1)
        for k in range(num_epochs):
            pi = random.permutation(len(y))
            for j in range(max(len(y) // batch_size, 1)):
                S = pi[j * batch_size:(j + 1) * batch_size]
                J, gradient = self.loss(X[S], y[S], reg)
                Js.append(J)
                Gs.append(np.linalg.norm(gradient['W1']))
                for theta in gradient:
                    self.params[theta] = self.params[theta] - learning_rate * gradient[theta]
            T.append(np.mean(self.predict(X[S]) == y[S]))
            V.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Epoch', k + 1, 'loss', J)
        return {'loss_history': Js, 'grad_magnitude_history': Gs,
                'train_acc_history': T, 'val_acc_history': V}

    def predict(self, X):
        return np.argmax(self.up(X)[1], axis=1)
