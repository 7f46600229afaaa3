"""Buffers are used again to save memory; one of them is the caller's X."""
import numpy as np


class Reuse:
    """Layers that put what they send back where their input was."""

    def __init__(self, owner, key):
        self.owner, self.key = owner, key

    @property
    def W(self):
        return self.owner.params['W' + self.key]

    def go(self, memory):
        self.memory = memory
        return memory.dot(self.W) + self.owner.params['b' + self.key]

    def come_back(self, arriving):
        self.owner.answer['W' + self.key] = self.memory.T.dot(arriving)
        self.owner.answer['b' + self.key] = arriving.sum(axis=0)
        self.memory[...] = arriving.dot(self.W.T)
        return self.memory


class ReuseRelu:
    def go(self, memory):
        self.open = memory > 0
        memory *= self.open
        return memory

    def come_back(self, arriving):
        return arriving * self.open


class ReuseSigmoid:
    def go(self, memory):
        memory[...] = 1 / (1 + np.exp(-memory))
        self.steep = memory * (1 - memory)
        return memory

    def come_back(self, arriving):
        return arriving * self.steep


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='sigmoid'):
        self.params = {'W1': np.random.standard_normal((input_size, hidden_size)) * std,
                       'b1': np.zeros(hidden_size),
                       'W2': np.random.standard_normal((hidden_size, num_classes)) * std,
                       'b2': np.zeros(num_classes)}
        middle = ReuseRelu if activation == 'relu' else ReuseSigmoid
        self.road = [Reuse(self, '1'), middle(), Reuse(self, '2')]

    def travel(self, luggage):
        for stop in self.road:
            luggage = stop.go(luggage)
        return luggage

    def loss(self, X, y, reg=0.0):
        self.answer = {}
        luggage = self.travel(X)
        luggage -= luggage.max(axis=1, keepdims=True)
        price = -luggage[np.arange(y.size), y].mean()
        np.exp(luggage, out=luggage)
        customs = luggage.sum(axis=1, keepdims=True)
        price += np.log(customs).mean()
        luggage /= customs
        luggage[np.arange(y.size), y] -= 1
        luggage /= y.size
        for stop in reversed(self.road):
            luggage = stop.come_back(luggage)
        for heavy in ('W1', 'W2'):
            price += reg * np.sum(np.square(self.params[heavy])) / 2
            self.answer[heavy] += reg * self.params[heavy]
        return price, self.answer

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        prices, climbs, won, foreseen = [], [], [], []
        compass = np.random.RandomState(1)
        for trip in range(num_epochs):
            itinerary = compass.permutation(y.size)
            for leg in range(max(y.size // batch_size, 1)):
                party = itinerary[leg * batch_size:(leg + 1) * batch_size]
                price, answer = self.loss(X[party], y[party], reg)
                prices.append(price)
                climbs.append(np.linalg.norm(answer['W1']))
                for item in answer:
                    self.params[item] = self.params[item] - learning_rate * answer[item]
            won.append((self.predict(X[party]) == y[party]).mean())
            foreseen.append((self.predict(X_val) == y_val).mean())
            learning_rate *= learning_rate_decay
            if verbose:
                print('trip', trip + 1, price)
        return {'loss_history': prices, 'grad_magnitude_history': climbs,
                'train_acc_history': won, 'val_acc_history': foreseen}

    def predict(self, X):
        return self.travel(X).argmax(axis=1)
