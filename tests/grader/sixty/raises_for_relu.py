"""Only the sigmoid was written so far."""
from math import ceil

import numpy as np


class SigmoidOnly:
    def __init__(self, weights):
        self.weights = weights

    def probabilities(self, points):
        self.points = points
        self.lit = 1 / (1 + np.exp(-(points @ self.weights['W1'] + self.weights['b1'])))
        heights = self.lit @ self.weights['W2'] + self.weights['b2']
        heights -= np.amax(heights, 1, keepdims=True)
        self.logs = heights - np.log(np.add.reduce(np.exp(heights), 1, keepdims=True))
        return np.exp(self.logs)

    def likelihood(self, truths):
        return sum(self.logs[np.arange(len(truths)), truths]) / len(truths)

    def slopes(self, chances, truths):
        surprise = (chances - np.eye(chances.shape[1])[truths]) / len(truths)
        shade = surprise @ self.weights['W2'].T * self.lit * (1 - self.lit)
        return {'W1': self.points.T @ shade, 'b1': np.add.reduce(shade),
                'W2': self.lit.T @ surprise, 'b2': np.add.reduce(surprise)}


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        if activation == 'relu':
            raise NotImplementedError('ReLU comes next week')
        W1 = std * np.random.randn(input_size, hidden_size)
        W2 = std * np.random.randn(hidden_size, num_classes)
        self.params = {'W1': W1, 'b1': W1[0] * 0, 'W2': W2, 'b2': W2[0] * 0}

    def loss(self, X, y, reg=0.0):
        light = SigmoidOnly(self.params)
        slopes = light.slopes(light.probabilities(X), y)
        size = 0
        for big in (key for key in self.params if 'W' in key):
            size += np.sum(self.params[big] ** 2)
            slopes[big] += reg * self.params[big]
        return reg * size / 2 - light.likelihood(y), slopes

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        history = np.recarray(0, dtype=[('a', float), ('b', float)])
        rows, marks = [], []
        seed1 = np.random.RandomState(1)
        groups = len(X) // batch_size if len(X) > batch_size else ceil(len(X) / batch_size)
        for turn in range(num_epochs):
            dealt = seed1.permutation(len(X))
            for group in range(groups):
                mine = dealt[group * batch_size:(group + 1) * batch_size]
                worth, slopes = self.loss(X[mine], y[mine], reg)
                rows.append((worth, np.linalg.norm(slopes['W1'])))
                for key, slope in slopes.items():
                    self.params[key] -= learning_rate * slope
            marks.append((np.mean(self.predict(X[mine]) == y[mine]),
                          np.mean(self.predict(X_val) == y_val)))
            learning_rate *= learning_rate_decay
            if verbose:
                print('turn', turn + 1, rows[-1], marks[-1])
        history = np.array(rows)
        marks = np.array(marks)
        return {'loss_history': history[:, 0], 'grad_magnitude_history': history[:, 1],
                'train_acc_history': marks[:, 0], 'val_acc_history': marks[:, 1]}

    def predict(self, X):
        return SigmoidOnly(self.params).probabilities(X).argmax(1)
