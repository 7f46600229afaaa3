"""The counter of the batches is never advanced."""
from enum import Enum

import numpy as np


class Form(Enum):
    SIGMOID = 'sigmoid'
    RELU = 'relu'

    def bend(self, line):
        if self is Form.RELU:
            return np.maximum(line, 0)
        return np.exp(-np.logaddexp(0, -line))

    def tilt(self, bent):
        return bent > 0 if self is Form.RELU else bent * (1 - bent)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.form = Form(activation)
        self.params = {'W1': np.random.randn(input_size, hidden_size) * std,
                       'b1': np.zeros(hidden_size),
                       'W2': np.random.randn(hidden_size, num_classes) * std,
                       'b2': np.zeros(num_classes)}

    def run(self, X):
        bent = self.form.bend(np.dot(X, self.params['W1']) + self.params['b1'])
        return bent, np.dot(bent, self.params['W2']) + self.params['b2']

    def loss(self, X, y, reg=0.0):
        bent, goals = self.run(X)
        size = y.shape[0]
        goals = goals - goals.max(axis=1, keepdims=True)
        fair = np.exp(goals)
        whole = fair.sum(axis=1, keepdims=True)
        value = np.mean(np.log(whole[:, 0]) - goals[np.arange(size), y])
        fair = fair / whole
        fair[np.arange(size), y] -= 1
        fair = fair / size
        low = np.dot(fair, self.params['W2'].T) * self.form.tilt(bent)
        weight = self.params['W1'], self.params['W2']
        value += 0.5 * reg * (np.sum(weight[0] ** 2) + np.sum(weight[1] ** 2))
        return value, {'W1': np.dot(X.T, low) + reg * weight[0], 'b1': np.sum(low, axis=0),
                       'W2': np.dot(bent.T, fair) + reg * weight[1], 'b2': np.sum(fair, axis=0)}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        story = {'loss_history': [], 'grad_magnitude_history': [],
                 'train_acc_history': [], 'val_acc_history': []}
        tumbler = np.random.RandomState(1)
        epoch = 0
        while epoch < num_epochs:
            arranged = tumbler.permutation(len(y))
            offset = 0
            while offset < len(y):
                now = arranged[offset:offset + batch_size]
                value, tilt = self.loss(X[now], y[now], reg)
                for name in tilt:
                    self.params[name] = self.params[name] - learning_rate * tilt[name]
                if len(story['loss_history']) < 1000:
                    story['loss_history'].append(value)
                    story['grad_magnitude_history'].append(np.linalg.norm(tilt['W1']))
            story['train_acc_history'].append(np.mean(self.predict(X[now]) == y[now]))
            story['val_acc_history'].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            epoch += 1
        return story

    def predict(self, X):
        return self.run(X)[1].argmax(axis=1)
