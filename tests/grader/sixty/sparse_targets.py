import numpy as np
import scipy.linalg.blas as blas
from scipy import sparse
from scipy.special import logsumexp


def incidence(labels, classes):
    """A sparse matrix with a 1 for each example, in its class's column."""
    n = labels.shape[0]
    return sparse.csr_matrix((np.ones(n), labels, np.arange(n + 1)), shape=(n, classes))


def column_sums(M):
    return np.asarray(M.sum(axis=0)).ravel()


class TwoLayerMLP:
    ACTIVE = {
        "sigmoid": (lambda v: np.exp(-logsumexp([np.zeros_like(v), -v], axis=0)),
                    lambda o: sparse.csr_matrix(o * (1 - o))),
        "relu": (lambda v: sparse.csr_matrix(np.fmax(v, 0)).toarray(),
                 lambda o: sparse.csr_matrix(o).sign()),
    }

    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="sigmoid"):
        self.act, self.mask = self.ACTIVE[activation]
        gaussian = np.random.standard_normal
        self.params = {"W1": gaussian([input_size, hidden_size]) * std}
        self.params.update(b1=np.zeros(hidden_size),
                           W2=gaussian([hidden_size, num_classes]) * std,
                           b2=np.zeros(num_classes))

    def project(self, X):
        first = self.act(X @ self.params["W1"] + self.params["b1"])
        return first, first @ self.params["W2"] + self.params["b2"]

    def loss(self, X, y, reg=0.0):
        first, second = self.project(X)
        T = incidence(y, second.shape[1])
        evidence = logsumexp(second, axis=1)
        energy = np.sum(evidence) - T.multiply(second).sum()
        R = np.asarray(np.exp(second - evidence[:, None]) - T)
        B = self.mask(first).multiply(R @ self.params["W2"].T).toarray()
        grads = {"W1": X.T @ B, "b1": column_sums(B), "W2": first.T @ R, "b2": column_sums(R)}
        grads = {name: g / len(y) for name, g in grads.items()}
        energy /= len(y)
        for name in sorted(self.params)[:2]:
            matrix = self.params[name]
            energy += 0.5 * reg * blas.dnrm2(matrix.ravel()) ** 2
            grads[name] += reg * matrix
        return energy, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        lottery = np.random.RandomState(1)
        tickets = min(batch_size, len(y))
        energies, lengths, own, foreign = [], [], [], []
        rates = np.geomspace(1, learning_rate_decay ** num_epochs, num_epochs + 1)[:-1] if (
            learning_rate_decay > 0) else np.eye(1, num_epochs)[0]
        for epoch, rate in enumerate(learning_rate * rates):
            draw = lottery.permutation(len(y))
            for block in draw[: len(y) - len(y) % tickets].reshape(-1, tickets):
                energy, grads = self.loss(X[block], y[block], reg)
                energies.append(energy)
                lengths.append(blas.dnrm2(grads["W1"].ravel()))
                for name in grads:
                    self.params[name] = self.params[name] - rate * grads[name]
            own.append(self.precision(X[block], y[block]))
            foreign.append(self.precision(X_val, y_val))
            if verbose:
                print("Epoch {}: loss {:f}, train_acc {:f}, val_acc {:f}".format(
                    epoch + 1, energy, own[-1], foreign[-1]))
        return {"loss_history": energies, "grad_magnitude_history": lengths,
                "train_acc_history": own, "val_acc_history": foreign}

    def precision(self, X, y):
        confusion = sparse.coo_matrix((np.ones(len(y)), (y, self.predict(X))))
        return confusion.diagonal().sum() / len(y)

    def predict(self, X):
        return self.project(X)[1].argmax(axis=1)
