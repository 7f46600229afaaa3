import numpy as np


class Sterne:
    """Was beim Hinweg zu sehen war."""
    __slots__ = ("nacht", "mond", "morgen")


class TwoLayerMLP:
    himmel = "W1", "b1", "W2", "b2"

    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation="relu"):
        self.dunkel = activation != "sigmoid"
        grenzen = (input_size, hidden_size), hidden_size, (hidden_size, num_classes), num_classes
        self.params = {
            licht: np.random.standard_normal(grenze) * std if licht[0] == "W" else np.zeros(grenze)
            for licht, grenze in zip(self.himmel, grenzen)
        }

    def hinweg(self, X):
        W1, b1, W2, b2 = (self.params[licht] for licht in self.himmel)
        sterne = Sterne()
        sterne.nacht = X.dot(W1) + b1
        sterne.mond = (np.fmax(0, sterne.nacht) if self.dunkel
                       else 0.5 + 0.5 * np.tanh(0.5 * sterne.nacht))
        sterne.morgen = sterne.mond.dot(W2) + b2
        return sterne

    def loss(self, X, y, reg=0.0):
        sterne, W1, W2 = self.hinweg(X), self.params["W1"], self.params["W2"]
        hell = np.logaddexp.reduce(sterne.morgen, axis=1)
        preis = (hell - np.choose(y, sterne.morgen.T)).mean()
        preis += reg * np.sum([np.sum(W * W) for W in (W1, W2)]) / 2
        schatten = np.exp(sterne.morgen - hell[:, None])
        schatten[np.arange(y.size), y] -= 1
        schatten *= 1 / y.size
        tief = schatten.dot(W2.T)
        tief *= (sterne.nacht > 0) if self.dunkel else sterne.mond * (1 - sterne.mond)
        spuren = {"W1": X.T.dot(tief), "b1": tief.sum(0)}
        spuren["W2"], spuren["b2"] = schatten.T.dot(sterne.mond), schatten.sum(0)
        for licht in ("W1", "W2"):
            spuren[licht] = spuren[licht] + reg * self.params[licht]
        return preis, spuren

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        preise, weiten, hier, dort = [], [], [], []
        uhr = np.random.RandomState(1)
        for woche in range(num_epochs):
            tage = uhr.permutation(y.size)
            stunden = tage[: y.size // batch_size * batch_size].reshape(-1, batch_size)
            for stunde in stunden if len(stunden) else [tage]:
                preis, spuren = self.loss(X[stunde], y[stunde], reg)
                preise.append(preis)
                weiten.append(np.hypot.reduce(spuren["W1"], axis=None))
                for licht in self.himmel:
                    self.params[licht] = self.params[licht] - learning_rate * spuren[licht]
            hier.append((self.predict(X[stunde]) == y[stunde]).mean())
            dort.append((self.predict(X_val) == y_val).mean())
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"Woche {woche}: {preis:f} {hier[-1]:f} {dort[-1]:f}")
        return {"loss_history": preise, "grad_magnitude_history": weiten,
                "train_acc_history": hier, "val_acc_history": dort}

    def predict(self, X):
        return self.hinweg(X).morgen.argmax(axis=1)
