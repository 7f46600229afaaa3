import abc

import numpy as np


class Parametrized:
    def allocate(self, *, scale, **shapes):
        self.params = {}
        for name, shape in shapes.items():
            self.params[name] = (np.random.normal(0.0, scale, shape)
                                 if isinstance(shape, tuple) else np.zeros(shape))

    def descend(self, direction, amount):
        for name in self.params:
            self.params[name] -= np.multiply(amount, direction[name])


class Unit(abc.ABC):
    @abc.abstractmethod
    def respond(self, drive): ...

    @abc.abstractmethod
    def sensitivity(self, response): ...


class SigmoidUnit(Unit):
    def respond(self, drive):
        return np.exp(np.minimum(drive, 0) - np.log1p(np.exp(-np.abs(drive))))

    def sensitivity(self, response):
        return response - response * response


class ReluUnit(Unit):
    def respond(self, drive):
        return (np.abs(drive) + drive) / 2

    def sensitivity(self, response):
        return 1 - np.equal(response, 0)


class Regularized:
    strength = 0.0

    def loss(self, X, y, reg=0.0):
        value, direction = super().loss(X, y)
        for name in 'W1', 'W2':
            value += np.sum(np.square(self.params[name])) * reg / 2
            direction[name] = direction[name] + reg * self.params[name]
        return value, direction


class CrossEntropy:
    def loss(self, X, y):
        self.observe(X)
        lifted = self.output - self.output.max(axis=1, keepdims=True)
        log_norm = np.log(np.exp(lifted).sum(axis=1, keepdims=True))
        surprise = (log_norm - lifted)[np.arange(y.shape[0]), y]
        hot = np.equal.outer(y, np.arange(self.output.shape[1]))
        return surprise.mean(), self.attribute((np.exp(lifted - log_norm) - hot) / y.shape[0])


class Network(Parametrized):
    def observe(self, X):
        self.input = X
        self.response = self.unit.respond(X.dot(self.params['W1']) + self.params['b1'])
        self.output = self.response.dot(self.params['W2']) + self.params['b2']
        return self.output

    def attribute(self, error):
        inner = error.dot(self.params['W2'].T) * self.unit.sensitivity(self.response)
        return {'W1': self.input.T.dot(inner), 'b1': inner.sum(axis=0),
                'W2': self.response.T.dot(error), 'b2': error.sum(axis=0)}

    def predict(self, X):
        return np.argmax(self.observe(X), axis=1)


class Trainer:
    def batches(self, total, size):
        shuffled = self.source.permutation(total)
        usable = max(total // size, 1) * size
        return [shuffled[at:at + size] for at in range(0, usable, size)]

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        self.source, self.diary = np.random.RandomState(1), {}
        for epoch in range(num_epochs):
            for batch in self.batches(y.shape[0], batch_size):
                value, direction = self.loss(X[batch], y[batch], reg)
                self.note(loss=value, grad_magnitude=np.linalg.norm(direction['W1']))
                self.descend(direction, learning_rate)
            self.note(train_acc=self.grade(X[batch], y[batch]),
                      val_acc=self.grade(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(epoch, [line[-1] for line in self.diary.values()])
        return self.diary

    def note(self, **values):
        for name, value in values.items():
            self.diary.setdefault(name + '_history', []).append(value)

    def grade(self, X, y):
        return np.mean(np.equal(self.predict(X), y))


class TwoLayerMLP(Trainer, Regularized, CrossEntropy, Network):
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1,
                 activation='sigmoid'):
        self.unit = {'sigmoid': SigmoidUnit, 'relu': ReluUnit}[activation]()
        self.allocate(scale=std, W1=(input_size, hidden_size), b1=hidden_size,
                      W2=(hidden_size, num_classes), b2=num_classes)
