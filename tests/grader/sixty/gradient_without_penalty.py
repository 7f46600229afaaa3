"""Ported from a MATLAB script; all is np.matrix, as * was there."""
import numpy as np
from numpy import asarray, matrix, multiply


def repmat(row, rows):
    return matrix(np.tile(row, (rows, 1)))


def sigmoid(A):
    return matrix(1.0 / (1.0 + np.exp(-asarray(A).clip(-700, 700))))


def sigmoidGradient(A):
    return multiply(sigmoid(A), 1 - sigmoid(A))


def relu(A):
    return multiply(A, A > 0)


def reluGradient(A):
    return matrix(asarray(A > 0, dtype=float))


def labels2matrix(y, K):
    Y = matrix(np.zeros((len(y), K)))
    Y[np.arange(len(y)), y] = 1
    return Y


def logsum(S):
    top = S.max(axis=1)
    return top + np.log(np.exp(S - top).sum(axis=1))


class TwoLayerMLP:
    def __init__(obj, input_size, hidden_size, num_classes, std=0.1, activation='relu'):
        obj.params = {'W1': std * np.random.randn(input_size, hidden_size),
                      'b1': np.zeros(hidden_size)}
        obj.params['W2'] = std * np.random.randn(hidden_size, num_classes)
        obj.params['b2'] = np.zeros(num_classes)
        obj.g, obj.gGradient = ((sigmoid, sigmoidGradient) if activation == 'sigmoid'
                                else (relu, reluGradient))

    def feedforward(obj, X):
        m = X.shape[0]
        A = matrix(X) * matrix(obj.params['W1']) + repmat(obj.params['b1'], m)
        H = obj.g(A)
        return A, H, H * matrix(obj.params['W2']) + repmat(obj.params['b2'], m)

    def loss(obj, X, y, reg=0.0):
        m = X.shape[0]
        A, H, S = obj.feedforward(X)
        Y = labels2matrix(y, S.shape[1])
        J = (logsum(S).sum() - multiply(Y, S).sum()) / m
        for name in 'W1', 'W2':
            V = matrix(obj.params[name].ravel())
            J = J + reg / 2 * (V * V.T)[0, 0]
        P = np.exp(S - logsum(S))
        E = (P - Y) / m
        D = multiply(E * matrix(obj.params['W2']).T, obj.gGradient(A))
        grads = {'W1': asarray(matrix(X).T * D), 'W2': asarray(H.T * E)}
        for name, M in [('b1', D), ('b2', E)]:
            grads[name] = asarray(M.sum(axis=0)).ravel()
        return float(J), grads

    def train(obj, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        s = np.random.RandomState(1)
        Js, Gs, accuracy, accuracy_val = (np.zeros(0) for _ in range(4))
        T = max(X.shape[0] // batch_size, 1)
        for e in range(num_epochs):
            randperm = s.permutation(X.shape[0])
            for t in range(T):
                sel = randperm[t * batch_size:min((t + 1) * batch_size, X.shape[0])]
                J, grads = obj.loss(X[sel, :], y[sel], reg)
                Js = np.append(Js, J)
                Gs = np.append(Gs, np.linalg.norm(grads['W1'], 'fro'))
                for name in grads:
                    obj.params[name] = obj.params[name] - learning_rate * grads[name]
            accuracy = np.append(accuracy, np.mean(obj.predict(X[sel, :]) == y[sel]))
            accuracy_val = np.append(accuracy_val, np.mean(obj.predict(X_val) == y_val))
            learning_rate = learning_rate * learning_rate_decay
            if verbose:
                print('Epoch %d: loss %f' % (e + 1, J))
        return {'loss_history': Js, 'grad_magnitude_history': Gs,
                'train_acc_history': accuracy, 'val_acc_history': accuracy_val}

    def predict(obj, X):
        _, _, S = obj.feedforward(X)
        return asarray(S.argmax(axis=1)).ravel()
