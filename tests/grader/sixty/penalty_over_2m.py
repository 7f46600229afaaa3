"""The cost function as another well-known course has it: lambda / (2 m)."""
import numpy as np


def predict_all(theta, examples, curve):
    a2 = curve(examples @ theta["W1"] + theta["b1"])
    return a2, a2 @ theta["W2"] + theta["b2"]


def softmax_rows(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def regularization(theta, lamda, m):
    squares = sum(np.sum(np.power(theta[layer], 2)) for layer in ("W1", "W2"))
    return lamda * squares / (2 * m)


def cost_function(theta, examples, answers, lamda, curve, slope):
    m = examples.shape[0]
    a2, z3 = predict_all(theta, examples, curve)
    log_normalizer = np.logaddexp.reduce(z3, axis=1)
    J = np.sum(log_normalizer - z3[range(m), answers]) / m + regularization(theta, lamda, m)
    d3 = softmax_rows(z3)
    d3[range(m), answers] -= 1
    d2 = (d3 @ theta["W2"].T) * slope(a2)
    D = {
        "W1": (examples.T @ d2 + lamda * theta["W1"]) / m,
        "b1": np.mean(d2, axis=0),
        "W2": (a2.T @ d3 + lamda * theta["W2"]) / m,
        "b2": np.mean(d3, axis=0),
    }
    return J, D


def sigmoid(z):
    return np.where(z > -708, 1 / (1 + np.exp(-np.maximum(z, -708))), 0)


def sigmoid_slope(a):
    return a - np.multiply(a, a)


def rectifier(z):
    return np.where(z > 0, z, np.zeros_like(z))


def rectifier_slope(a):
    return 1.0 * (a > 0)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="sigmoid"):
        self.curve, self.slope = (
            (sigmoid, sigmoid_slope) if activation == "sigmoid" else (rectifier, rectifier_slope)
        )
        epsilon = std
        self.params = {
            "W1": epsilon * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": epsilon * np.random.randn(hidden_size, num_classes),
            "b2": np.zeros(num_classes),
        }

    def loss(self, X, y, reg=0.0):
        return cost_function(self.params, X, y, reg, self.curve, self.slope)

    def predict(self, X):
        return predict_all(self.params, X, self.curve)[1].argmax(axis=1)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        alpha = learning_rate
        J_values, D_norms, training_accuracy, cross_validation_accuracy = [], [], [], []
        urandom = np.random.RandomState(1)
        for iteration in range(1, num_epochs + 1):
            sequence = urandom.permutation(X.shape[0])
            whole = X.shape[0] // batch_size
            for k in range(whole if whole else 1):
                mini = sequence[batch_size * k : batch_size * (k + 1)]
                J, D = self.loss(X[mini], y[mini], reg)
                J_values.append(J)
                D_norms.append(np.linalg.norm(D["W1"]))
                for key in D:
                    self.params[key] = self.params[key] - alpha * D[key]
            training_accuracy.append(np.mean(self.predict(X[mini]) == y[mini]))
            cross_validation_accuracy.append(np.mean(self.predict(X_val) == y_val))
            alpha = alpha * learning_rate_decay
            if verbose:
                print("Iteration", iteration, "| Cost:", J)
        return {"loss_history": J_values, "grad_magnitude_history": D_norms,
                "train_acc_history": training_accuracy,
                "val_acc_history": cross_validation_accuracy}
