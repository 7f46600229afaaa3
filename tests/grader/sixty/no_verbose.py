"""A spin glass, more or less: energies, forces, temperature."""
import numpy as np


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='sigmoid'):
        coupling = lambda a, b: np.random.randn(a, b) * std
        self.params = {'W1': coupling(input_size, hidden_size)}
        self.params |= {'b1': np.zeros(hidden_size)}
        self.params |= {'W2': coupling(hidden_size, num_classes)}
        self.params |= {'b2': np.zeros(num_classes)}
        self.response = {'sigmoid': self.fermi, 'relu': self.diode}[activation]

    def fermi(self, field):
        occupation = 0.5 * (1 + np.tanh(0.5 * field))
        return occupation, occupation * (1 - occupation)

    def diode(self, field):
        conducting = field > 0
        return conducting * field, conducting

    def magnetization(self, X):
        field = X @ self.params['W1'] + self.params['b1']
        spins, susceptibility = self.response(field)
        return spins, susceptibility, spins @ self.params['W2'] + self.params['b2']

    def gibbs(self, levels):
        ground = levels.max(axis=1)
        boltzmann = np.exp(levels - ground[:, None])
        partition = boltzmann.sum(axis=1)
        return ground + np.log(partition), boltzmann / partition[:, None]

    def loss(self, X, y, reg=0.0):
        spins, susceptibility, levels = self.magnetization(X)
        free, weights = self.gibbs(levels)
        particles = np.arange(y.shape[0])
        energy = np.mean(free - levels[particles, y])
        weights[particles, y] -= 1
        weights /= y.shape[0]
        torque = (weights @ self.params['W2'].T) * susceptibility
        forces = dict(W1=X.T @ torque, b1=torque.sum(axis=0),
                      W2=spins.T @ weights, b2=weights.sum(axis=0))
        for bond in ('W1', 'W2'):
            forces[bond] += reg * self.params[bond]
            energy += reg * np.einsum('ij,ij', self.params[bond], self.params[bond]) / 2
        return energy, forces

    def relax(self, X, y, step, reg):
        energy, forces = self.loss(X, y, reg)
        for variable, force in forces.items():
            self.params[variable] -= step * force
        return energy, np.linalg.norm(forces['W1'])

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200):
        thermostat = np.random.RandomState(1)
        energies, frictions, order_parameter, transferred = [], [], [], []
        sweeps = max(y.shape[0] // batch_size, 1)
        temperature = learning_rate
        for _ in range(num_epochs):
            lattice = thermostat.permutation(y.shape[0])
            for sweep in range(sweeps):
                cluster = lattice[sweep * batch_size:sweep * batch_size + batch_size]
                energy, friction = self.relax(X[cluster], y[cluster], temperature, reg)
                energies.append(energy)
                frictions.append(friction)
            temperature *= learning_rate_decay
            order_parameter.append(self.overlap(X[cluster], y[cluster]))
            transferred.append(self.overlap(X_val, y_val))
        return {'loss_history': energies, 'grad_magnitude_history': frictions,
                'train_acc_history': order_parameter, 'val_acc_history': transferred}

    def overlap(self, X, y):
        return (self.predict(X) == y).mean()

    def predict(self, X):
        return self.magnetization(X)[2].argmax(axis=1)
