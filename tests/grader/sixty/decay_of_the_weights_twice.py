"""SGD with weight decay, though the gradients already have the penalty's."""
import numpy as np


class Neuron:
    RELU, SIGMOID = range(2)

    def __init__(self, word):
        self.species = {'relu': self.RELU, 'sigmoid': self.SIGMOID}[word]

    def fire(self, potential):
        if self.species == self.RELU:
            return np.fmax(potential, 0.0)
        return np.reciprocal(np.exp(np.fmin(-potential, 600.0)) + 1.0)

    def excitability(self, firing):
        if self.species == self.RELU:
            return np.not_equal(firing, 0)
        return firing * np.subtract(1.0, firing)


class Brain:
    """Synapses and thresholds of two populations."""

    def __init__(self, counts, scatter):
        self.synapses = [scatter * np.random.randn(pre, post)
                         for pre, post in zip(counts[:-1], counts[1:])]
        self.thresholds = [np.zeros(post) for post in counts[1:]]

    def as_params(self):
        (W1, W2), (b1, b2) = self.synapses, self.thresholds
        return {'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2}


class WeightDecaySGD:
    def __init__(self, params, pace, decay):
        self.params, self.pace, self.decay = params, pace, decay

    def update(self, grads):
        for which in grads:
            direction = grads[which]
            if which.startswith('W'):
                direction = direction + self.decay * self.params[which]
            self.params[which] -= self.pace * direction


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.neuron = Neuron(activation)
        self.params = Brain([input_size, hidden_size, num_classes], std).as_params()

    def think(self, X):
        firing = self.neuron.fire(X.dot(self.params['W1']) + self.params['b1'])
        return firing, firing.dot(self.params['W2']) + self.params['b2']

    def loss(self, X, y, reg=0.0):
        firing, opinion = self.think(X)
        opinion = opinion - opinion.max(axis=1, keepdims=True)
        votes = np.exp(opinion)
        turnout = votes.sum(axis=1, keepdims=True)
        n = np.arange(len(y))
        regret = (np.log(turnout).ravel() - opinion[n, y]).mean()
        regret += reg * np.square(self.params['W1']).sum() / 2
        regret += reg * np.square(self.params['W2']).sum() / 2

        blame = votes / turnout
        blame[n, y] -= 1
        blame /= len(y)
        earlier = blame.dot(self.params['W2'].T) * self.neuron.excitability(firing)
        return regret, dict(
            W1=X.T.dot(earlier) + reg * self.params['W1'], b1=earlier.sum(axis=0),
            W2=firing.T.dot(blame) + reg * self.params['W2'], b2=blame.sum(axis=0))

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        sgd = WeightDecaySGD(self.params, learning_rate, reg)
        noise = np.random.RandomState(1)
        memory = {'loss_history': [], 'grad_magnitude_history': [],
                  'train_acc_history': [], 'val_acc_history': []}
        sessions = max(len(y) // batch_size, 1)
        for day in range(num_epochs):
            stimuli = noise.permutation(len(y))
            for session in range(sessions):
                shown = stimuli[session * batch_size:(session + 1) * batch_size]
                regret, grads = self.loss(X[shown], y[shown], reg)
                memory['loss_history'].append(regret)
                memory['grad_magnitude_history'].append(np.linalg.norm(grads['W1']))
                sgd.update(grads)
            sgd.pace *= learning_rate_decay
            memory['train_acc_history'].append(self.recall(X[shown], y[shown]))
            memory['val_acc_history'].append(self.recall(X_val, y_val))
            if verbose:
                print('day', day + 1, regret)
        return memory

    def recall(self, X, y):
        return np.mean(self.predict(X) == y)

    def predict(self, X):
        return self.think(X)[1].argmax(axis=1)
