"""The log of training is one structured array, with a record an epoch."""
import numpy as np

RECORD = np.dtype([('loss_history', 'f8'), ('grad_magnitude_history', 'f8'),
                   ('train_acc_history', 'f8'), ('val_acc_history', 'f8')])


def activate(name, field):
    if name == 'relu':
        return field * (field > 0)
    with np.errstate(over='ignore'):
        return np.float64(1) / (np.float64(1) + np.exp(-field))


def differentiate(name, image):
    return np.where(image > 0, 1, 0) if name == 'relu' else image * (1 - image)


def potentials(params, name, X):
    image = activate(name, X.dot(params['W1']) + params['b1'])
    return image, image.dot(params['W2']) + params['b2']


def free_energy(potential):
    ground = np.max(potential, axis=1, keepdims=True)
    return np.log(np.sum(np.exp(potential - ground), axis=1, keepdims=True)) + ground


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=.1, activation='sigmoid'):
        self.name = activation
        self.params = dict(W1=(input_size, hidden_size), b1=hidden_size,
                           W2=(hidden_size, num_classes), b2=num_classes)
        for key, size in self.params.items():
            weight = isinstance(size, tuple)
            self.params[key] = std * np.random.randn(*size) if weight else np.zeros(size)

    def loss(self, X, y, reg=0.):
        image, potential = potentials(self.params, self.name, X)
        energy = free_energy(potential)
        state = np.arange(potential.shape[1]) == y[:, None]
        occupation = np.exp(potential - energy)
        force = (occupation - state) / X.shape[0]
        inner_force = force.dot(self.params['W2'].T) * differentiate(self.name, image)
        total = (energy[:, 0] - potential[state]).sum() / X.shape[0]
        spring = (self.params['W1'] ** 2).sum() + (self.params['W2'] ** 2).sum()
        return total + reg * spring / 2, {
            'W1': X.T.dot(inner_force) + reg * self.params['W1'],
            'W2': image.T.dot(force) + reg * self.params['W2'],
            'b1': inner_force.sum(0), 'b2': force.sum(0)}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        log = np.zeros(num_epochs, RECORD)
        ensemble = np.random.RandomState(1)
        for record in log:
            particles = ensemble.permutation(X.shape[0])
            collisions = max(X.shape[0] // batch_size, 1)
            for k in range(collisions):
                few = particles[k * batch_size:k * batch_size + batch_size]
                total, forces = self.loss(X[few], y[few], reg)
                record['loss_history'] += total / collisions
                record['grad_magnitude_history'] += np.linalg.norm(forces['W1']) / collisions
                for key, force in forces.items():
                    self.params[key] -= learning_rate * force
            record['train_acc_history'] = (self.predict(X[few]) == y[few]).mean()
            record['val_acc_history'] = (self.predict(X_val) == y_val).mean()
            learning_rate *= learning_rate_decay
            if verbose:
                print('loss, gradient, train_acc, val_acc:', record)
        return {column: log[column].tolist() for column in RECORD.names}

    def predict(self, X):
        return potentials(self.params, self.name, X)[1].argmax(1)
