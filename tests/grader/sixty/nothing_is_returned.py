"""All is computed and kept in the object; only the return was forgotten."""
import numpy as np


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.params = {'W1': std * np.random.randn(input_size, hidden_size)}
        self.params['W2'] = std * np.random.randn(hidden_size, num_classes)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['b2'] = np.zeros(num_classes)
        self.activation = activation
        self.current_loss = None
        self.current_grads = {}

    def compute_hidden(self, X):
        self.weighted = X.dot(self.params['W1']) + self.params['b1']
        if self.activation == 'sigmoid':
            self.activated = 1. / (1. + np.exp(-self.weighted))
        else:
            self.activated = np.maximum(self.weighted, 0.)

    def compute_output(self):
        self.final = self.activated.dot(self.params['W2']) + self.params['b2']
        self.final = self.final - np.max(self.final, axis=1, keepdims=True)
        self.softmaxed = np.exp(self.final) / np.sum(np.exp(self.final), axis=1, keepdims=True)

    def loss(self, X, y, reg=0.0):
        self.compute_hidden(X)
        self.compute_output()
        picked = self.softmaxed[np.arange(len(y)), y]
        self.current_loss = -np.sum(np.log(picked)) / len(y)
        for matrix in ('W1', 'W2'):
            self.current_loss += 0.5 * reg * np.sum(self.params[matrix] ** 2)
        self.output_delta = self.softmaxed
        self.output_delta[np.arange(len(y)), y] -= 1
        self.output_delta /= len(y)
        self.hidden_delta = self.output_delta.dot(self.params['W2'].T)
        if self.activation == 'sigmoid':
            self.hidden_delta *= self.activated * (1 - self.activated)
        else:
            self.hidden_delta[self.weighted <= 0] = 0
        self.current_grads['W2'] = self.activated.T.dot(self.output_delta)
        self.current_grads['b2'] = self.output_delta.sum(axis=0)
        self.current_grads['W1'] = X.T.dot(self.hidden_delta)
        self.current_grads['b1'] = self.hidden_delta.sum(axis=0)
        for matrix in ('W1', 'W2'):
            self.current_grads[matrix] += reg * self.params[matrix]

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        self.all_losses, self.all_magnitudes = [], []
        self.all_train, self.all_val = [], []
        state = np.random.RandomState(1)
        for current_epoch in range(num_epochs):
            everyone = state.permutation(len(y))
            for current_batch in range(max(len(y) // batch_size, 1)):
                begin = current_batch * batch_size
                members = everyone[begin:begin + batch_size]
                self.loss(X[members], y[members], reg)
                self.all_losses.append(self.current_loss)
                self.all_magnitudes.append(np.linalg.norm(self.current_grads['W1']))
                for every in self.params:
                    self.params[every] -= learning_rate * self.current_grads[every]
            learning_rate *= learning_rate_decay
            if verbose:
                print('epoch', current_epoch, 'has the loss', self.current_loss)

    def predict(self, X):
        self.compute_hidden(X)
        self.compute_output()
        self.predicted = np.argmax(self.softmaxed, axis=1)
