import numpy as np


class Schedule:
    """The rate falls a little after each update."""

    def __init__(self, initial, factor):
        self.current, self.factor = initial, factor

    def tick(self):
        self.current *= self.factor


class Optimizer:
    def __init__(self, variables, schedule):
        self.variables, self.schedule = variables, schedule

    def apply(self, changes):
        for name, change in changes.items():
            self.variables[name] = self.variables[name] - self.schedule.current * change
        self.schedule.tick()


class Meter:
    def __init__(self):
        self.readings = []

    def read(self, number):
        self.readings.append(float(number))


class Sampler:
    def __init__(self, population, size):
        self.population = population
        self.size = min(size, population)
        self.bits = np.random.RandomState(1)

    def epoch(self):
        line = self.bits.permutation(self.population)
        usable = self.population - self.population % self.size
        return line[:usable].reshape(-1, self.size)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.params = {}
        for layer, dims in (('1', (input_size, hidden_size)), ('2', (hidden_size, num_classes))):
            self.params['W' + layer] = std * np.random.randn(*dims)
            self.params['b' + layer] = np.zeros(dims[-1])
        self.is_relu = activation == 'relu'

    def signals(self, X):
        drive = np.dot(X, self.params['W1']) + self.params['b1'][None]
        if self.is_relu:
            rate = (drive > 0) * drive
            gain = (drive > 0).astype(drive.dtype)
        else:
            rate = np.exp(np.where(drive < 0, drive, 0)) / (1 + np.exp(-abs(drive)))
            gain = rate - np.square(rate)
        return rate, gain, np.dot(rate, self.params['W2']) + self.params['b2'][None]

    def loss(self, X, y, reg=0.0):
        rate, gain, readout = self.signals(X)
        readout = readout - readout.max(axis=1, keepdims=True)
        surprise = np.log(np.sum(np.exp(readout), axis=1))
        expected = np.exp(readout - surprise[:, None])
        hit = y[:, None] == np.arange(readout.shape[1])[None]
        cost = np.mean(surprise - readout[hit])
        top = (expected - hit) / y.shape[0]
        bottom = np.dot(top, self.params['W2'].T) * gain
        changes = {'W1': np.dot(X.T, bottom), 'b1': bottom.sum(0),
                   'W2': np.dot(rate.T, top), 'b2': top.sum(0)}
        for name in changes:
            if self.params[name].ndim > 1:
                changes[name] += reg * self.params[name]
                cost += reg * 0.5 * np.sum(self.params[name] ** 2)
        return cost, changes

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        optimizer = Optimizer(self.params, Schedule(learning_rate, learning_rate_decay))
        sampler = Sampler(len(y), batch_size)
        meters = {key: Meter() for key in ('loss', 'grad_magnitude', 'train_acc', 'val_acc')}
        for number in range(num_epochs):
            for group in sampler.epoch():
                cost, changes = self.loss(X[group], y[group], reg)
                meters['loss'].read(cost)
                meters['grad_magnitude'].read(np.linalg.norm(changes['W1']))
                optimizer.apply(changes)
            meters['train_acc'].read(np.mean(self.predict(X[group]) == y[group]))
            meters['val_acc'].read(np.mean(self.predict(X_val) == y_val))
            if verbose:
                print(number + 1, {key: meter.readings[-1] for key, meter in meters.items()})
        return {key + '_history': meter.readings for key, meter in meters.items()}

    def predict(self, X):
        return self.signals(X)[-1].argmax(axis=1)
