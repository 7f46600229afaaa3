"""Everything is a matrix but the targets, whose rows are filled one by one."""
from numpy import argmax, exp, log, maximum, mean, ones, random, sqrt, zeros


def encode(labels, classes):
    table = zeros((len(labels), classes))
    for row, label in enumerate(labels):
        table[row, label] = 1
    return table


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=.1, activation='relu'):
        self.params = {}
        self.params['W1'] = random.normal(0, std, (input_size, hidden_size))
        self.params['W2'] = random.normal(0, std, (hidden_size, num_classes))
        self.params['b1'] = zeros((hidden_size,))
        self.params['b2'] = zeros((num_classes,))
        self.sigmoidal = activation == 'sigmoid'

    def up(self, inputs):
        inner = inputs.dot(self.params['W1']) + self.params['b1']
        if self.sigmoidal:
            # e^z over (1 + e^z) for the negative ones
            small = exp(-abs(inner))
            outer = (1 - (inner < 0) * (1 - small)) / (1 + small)
        else:
            outer = maximum(inner, 0)
        return inner, outer, outer.dot(self.params['W2']) + self.params['b2']

    def loss(self, X, y, reg=0.0):
        target = encode(y, len(self.params['b2']))
        inner, outer, s = self.up(X)
        s = (s.T - s.max(1)).T
        e = exp(s)
        Z = e.sum(1).reshape(-1, 1)
        data = mean((target * (log(Z) - s)).sum(1))
        weights = [self.params['W1'], self.params['W2']]
        cost = data + sum((w * w).sum() for w in weights) * reg / 2
        top = (e / Z - target) / len(X)
        slope = outer - outer ** 2 if self.sigmoidal else (inner > 0) * 1.
        low = slope * top.dot(self.params['W2'].T)
        unit = ones(len(X))
        return cost, {
            'b2': unit.dot(top), 'W2': outer.T.dot(top) + reg * self.params['W2'],
            'b1': unit.dot(low), 'W1': X.T.dot(low) + reg * self.params['W1'],
        }

    def predict(self, X):
        return argmax(self.up(X)[-1], 1)

    def score(self, inputs, labels):
        return (self.predict(inputs) == labels).mean()

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        keys = ('loss_history', 'grad_magnitude_history',
                'train_acc_history', 'val_acc_history')
        book = {key: [] for key in keys}
        dice = random.RandomState(1)
        rounds = len(X) // batch_size or 1
        while num_epochs:
            num_epochs -= 1
            shuffled = dice.permutation(len(X))
            for part in range(rounds):
                chosen = shuffled[part * batch_size:][:batch_size]
                cost, slopes = self.loss(X[chosen], y[chosen], reg)
                for key, slope in slopes.items():
                    self.params[key] -= learning_rate * slope
                book[keys[0]] += [cost]
                book[keys[1]] += [sqrt((slopes['W1'] ** 2).sum())]
            book[keys[2]] += [self.score(X[chosen], y[chosen])]
            book[keys[3]] += [self.score(X_val, y_val)]
            learning_rate = learning_rate * learning_rate_decay
            if verbose:
                print('loss', cost, *(book[key][-1] for key in keys[2:]))
        return book
