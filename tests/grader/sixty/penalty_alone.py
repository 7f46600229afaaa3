"""Only the penalty was written; the term of the data is still to come."""
import numpy as np

ROCKS, SOILS = ("W1", "W2"), ("b1", "b2")


class Ground:
    """Everything under the surface: heavy rocks, light soils."""

    def __init__(self, strata, std):
        self.layers = {}
        for depth, (rock, soil) in enumerate(zip(ROCKS, SOILS)):
            above, below = strata[depth : depth + 2]
            self.layers[rock] = std * np.random.randn(above, below)
            self.layers[soil] = np.zeros(below)

    def pressure(self, gravity):
        return gravity / 2 * sum(np.square(self.layers[rock]).sum() for rock in ROCKS)

    def erosion(self, gravity):
        wear = {soil: np.zeros_like(self.layers[soil]) for soil in SOILS}
        wear.update({rock: gravity * self.layers[rock] for rock in ROCKS})
        return wear


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation="relu"):
        self.ground = Ground([input_size, hidden_size, num_classes], std)
        self.params = self.ground.layers

    def loss(self, X, y, reg=0.0):
        # TODO: the loss of the data
        return self.ground.pressure(reg), self.ground.erosion(reg)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        ages = []
        weather = np.random.RandomState(1)
        for era in range(num_epochs):
            drift = weather.permutation(X.shape[0])
            for season in range(max(X.shape[0] // batch_size, 1)):
                grains = drift[season * batch_size : (season + 1) * batch_size]
                pressure, wear = self.loss(X[grains], y[grains], reg)
                ages.append((pressure, np.sqrt(np.square(wear["W1"]).sum())))
                for stratum in wear:
                    self.params[stratum] -= learning_rate * wear[stratum]
            learning_rate *= learning_rate_decay
            if verbose:
                print("era", era + 1, "pressure", pressure)
        pressures, slopes = (list(column) for column in zip(*ages))
        surveyed = [self.survey(X, y)] * num_epochs, [self.survey(X_val, y_val)] * num_epochs
        return {"loss_history": pressures, "grad_magnitude_history": slopes,
                "train_acc_history": surveyed[0], "val_acc_history": surveyed[1]}

    def survey(self, X, y):
        return np.mean(self.predict(X) == y)

    def predict(self, X):
        return np.zeros(X.shape[0], int)
