"""Ein Netz mit zwei Schichten."""
import numpy as np


def sigmoide(z):
    return np.exp(-np.logaddexp(0., -z))


class Zwischenwerte:
    pass


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        eingang, verdeckt, klassen = input_size, hidden_size, num_classes
        gewichte1 = std * np.random.randn(eingang, verdeckt)
        gewichte2 = std * np.random.randn(verdeckt, klassen)
        self.params = {'W1': gewichte1, 'b1': np.zeros(verdeckt),
                       'W2': gewichte2, 'b2': np.zeros(klassen)}
        self.art = activation

    def vorwaerts(self, X):
        w = Zwischenwerte()
        w.eingabe = X
        w.netz = X @ self.params['W1'] + self.params['b1']
        w.aktiv = sigmoide(w.netz) if self.art == 'sigmoid' else np.fmax(w.netz, 0)
        w.ausgabe = w.aktiv @ self.params['W2'] + self.params['b2']
        return w

    def fehler(self, w, wahrheit):
        w.anzahl = len(wahrheit)
        w.stelle = (np.arange(w.anzahl), wahrheit)
        hoechste = w.ausgabe.max(axis=1)
        w.logsumme = hoechste + np.log(np.exp(w.ausgabe - hoechste[:, None]).sum(axis=1))
        return (w.logsumme - w.ausgabe[w.stelle]).sum() / w.anzahl

    def strafe(self, staerke):
        return staerke * ((self.params['W1'] ** 2).sum() + (self.params['W2'] ** 2).sum())

    def rueckwaerts(self, w, staerke):
        ableitung = np.exp(w.ausgabe - w.logsumme[:, None])
        ableitung[w.stelle] -= 1
        ableitung /= w.anzahl
        ergebnis = {'b2': ableitung.sum(axis=0),
                    'W2': w.aktiv.T @ ableitung + 2 * staerke * self.params['W2']}
        zurueck = ableitung @ self.params['W2'].T
        steigung = w.aktiv * (1 - w.aktiv) if self.art == 'sigmoid' else w.netz > 0
        zurueck = zurueck * steigung
        ergebnis['b1'] = zurueck.sum(axis=0)
        ergebnis['W1'] = w.eingabe.T @ zurueck + 2 * staerke * self.params['W1']
        return ergebnis

    def loss(self, X, y, reg=0.0):
        w = self.vorwaerts(X)
        return self.fehler(w, y) + self.strafe(reg), self.rueckwaerts(w, reg)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        verluste, betraege, lernquote, pruefquote = [], [], [], []
        zufall = np.random.RandomState(1)
        haeufchen = max(len(X) // batch_size, 1)
        for runde in range(num_epochs):
            reihenfolge = zufall.permutation(len(X))
            for nummer in range(haeufchen):
                auswahl = reihenfolge[nummer * batch_size:(nummer + 1) * batch_size]
                verlust, abl = self.loss(X[auswahl], y[auswahl], reg)
                verluste.append(verlust)
                betraege.append(np.linalg.norm(abl['W1']))
                for groesse in abl:
                    self.params[groesse] -= learning_rate * abl[groesse]
            lernquote.append(self.quote(X[auswahl], y[auswahl]))
            pruefquote.append(self.quote(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Runde', runde + 1, verlust, lernquote[-1], pruefquote[-1])
        return {'loss_history': verluste, 'grad_magnitude_history': betraege,
                'train_acc_history': lernquote, 'val_acc_history': pruefquote}

    def quote(self, X, wahrheit):
        return (self.predict(X) == wahrheit).mean()

    def predict(self, X):
        return self.vorwaerts(X).ausgabe.argmax(axis=1)
