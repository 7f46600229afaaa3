"""Control of a plant: the softmax is led to the one-hot target by squared error."""
import numpy as np
from numpy import matmul


class Controller:
    def __init__(self, saturates):
        self.saturates = saturates

    def actuate(self, command):
        if self.saturates:
            return 0.5 * np.tanh(0.5 * command) + 0.5
        return command * np.greater(command, 0)

    def feedback(self, actuation):
        return actuation - actuation**2 if self.saturates else np.greater(actuation, 0)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        gains = lambda *order: np.random.normal(0, std, order)
        self.params = {"W1": gains(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": gains(hidden_size, num_classes), "b2": np.zeros(num_classes)}
        self.controller = Controller(activation == "sigmoid")

    def plant(self, X):
        actuation = self.controller.actuate(matmul(X, self.params["W1"]) + self.params["b1"])
        response = matmul(actuation, self.params["W2"]) + self.params["b2"]
        response = np.exp(response - np.max(response, axis=1, keepdims=True))
        return actuation, response / np.sum(response, axis=1, keepdims=True)

    def loss(self, X, y, reg=0.0):
        actuation, response = self.plant(X)
        setpoint = np.equal(y[:, None], np.arange(response.shape[1])).astype(float)
        deviation = response - setpoint
        J = 0.5 * np.sum(deviation**2) / len(setpoint)
        projection = np.sum(deviation * response, axis=1, keepdims=True)
        correction = response * (deviation - projection) / len(setpoint)
        upstream = matmul(correction, self.params["W2"].T)
        upstream = upstream * self.controller.feedback(actuation)
        sensitivities = {
            "W1": matmul(X.T, upstream) + reg * self.params["W1"],
            "W2": matmul(actuation.T, correction) + reg * self.params["W2"],
            "b1": np.sum(upstream, axis=0),
            "b2": np.sum(correction, axis=0),
        }
        effort = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
        return J + 0.5 * reg * effort, sensitivities

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        disturbance = np.random.RandomState(1)
        signal, slew, tracking, validation = [], [], [], []
        ticks = max(len(y) // batch_size, 1)
        for cycle in range(num_epochs):
            schedule = disturbance.permutation(len(y))
            for tick in range(ticks):
                window = schedule[tick * batch_size : (tick + 1) * batch_size]
                J, sensitivities = self.loss(X[window], y[window], reg)
                signal.append(J)
                slew.append(np.linalg.norm(sensitivities["W1"]))
                for gain, sensitivity in sensitivities.items():
                    self.params[gain] -= learning_rate * sensitivity
            tracking.append(np.mean(self.predict(X[window]) == y[window]))
            validation.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print("cycle", cycle + 1, "J", J)
        return {"loss_history": signal, "grad_magnitude_history": slew,
                "train_acc_history": tracking, "val_acc_history": validation}

    def predict(self, X):
        return np.argmax(self.plant(X)[1], axis=1)
