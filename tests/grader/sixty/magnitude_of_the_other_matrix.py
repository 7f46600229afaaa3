"""Ett enkelt nat med ett dolt lager."""
import numpy as np

FORMER = 'W1 b1 W2 b2'.split()


class Aktivering:
    def __init__(self, slag):
        self.slag = slag

    def __call__(self, varde):
        if self.slag == 'relu':
            return np.where(varde < 0, 0, varde)
        return np.exp(-np.log1p(np.exp(-np.abs(varde)))) * np.where(
            varde < 0, np.exp(-np.abs(varde)), 1)

    def lutning(self, utslag):
        return utslag > 0 if self.slag == 'relu' else utslag * (1 - utslag)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        matt = {'W1': [input_size, hidden_size], 'b1': [hidden_size],
                'W2': [hidden_size, num_classes], 'b2': [num_classes]}
        self.params = {namn: np.zeros(matt[namn]) for namn in FORMER}
        for namn in FORMER[::2]:
            self.params[namn] += np.random.randn(*matt[namn]) * std
        self.bojning = Aktivering(activation)

    def varden(self, X):
        dolt = self.bojning(X @ self.params['W1'] + self.params['b1'])
        return dolt, dolt @ self.params['W2'] + self.params['b2']

    def loss(self, X, y, reg=0.0):
        dolt, poang = self.varden(X)
        antal = len(poang)
        spets = poang.max(axis=1)
        vikt = np.exp(poang.T - spets).T
        summa = vikt.sum(axis=1)
        ratt = poang[np.arange(antal), y]
        forlust = np.average(spets + np.log(summa) - ratt)
        avvikelse = (vikt.T / summa).T
        avvikelse[np.arange(antal), y] -= 1
        avvikelse = avvikelse / antal
        bakat = (avvikelse @ self.params['W2'].T) * self.bojning.lutning(dolt)
        lutningar = [X.T @ bakat, bakat.sum(axis=0), dolt.T @ avvikelse, avvikelse.sum(axis=0)]
        for plats in 0, 2:
            matris = self.params[FORMER[plats]]
            forlust = forlust + reg * np.sum(matris ** 2) / 2
            lutningar[plats] = lutningar[plats] + reg * matris
        return forlust, dict(zip(FORMER, lutningar))

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        slump = np.random.RandomState(1)
        minnen = {'loss': [], 'grad_magnitude': [], 'train_acc': [], 'val_acc': []}
        takt, knippen = learning_rate, max(len(X) // batch_size, 1)
        for varv in range(num_epochs):
            blandning = slump.permutation(len(X))
            for knippe in range(knippen):
                urval = blandning[knippe * batch_size:(knippe + 1) * batch_size]
                forlust, lutningar = self.loss(X[urval], y[urval], reg)
                for namn in FORMER:
                    storlek = np.linalg.norm(lutningar['W2'])
                    self.params[namn] = self.params[namn] - takt * lutningar[namn]
                minnen['loss'].append(forlust)
                minnen['grad_magnitude'].append(storlek)
            minnen['train_acc'].append(self.traff(X[urval], y[urval]))
            minnen['val_acc'].append(self.traff(X_val, y_val))
            takt *= learning_rate_decay
            if verbose:
                print('varv', varv + 1, 'forlust', forlust)
        return {slag + '_history': minne for slag, minne in minnen.items()}

    def traff(self, X, y):
        return np.count_nonzero(self.predict(X) == y) / len(y)

    def predict(self, X):
        return self.varden(X)[1].argmax(axis=1)
