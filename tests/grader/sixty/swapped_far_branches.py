"""Siec neuronowa z jedna warstwa ukryta."""
import math

import numpy as np

GRANICA = 20


def sigmoida(suma):
    """Daleko od zera wynik jest staly, wiec nie trzeba liczyc exp."""
    wynik = np.zeros(suma.shape)
    blisko = np.logical_and(suma <= GRANICA, suma >= -GRANICA)
    wynik[blisko] = 1 / (1 + np.exp(-suma[blisko]))
    wynik[suma > GRANICA] = 0
    wynik[suma < -GRANICA] = 1
    return wynik


def prostownik(suma):
    return np.maximum(suma, 0)


class TwoLayerMLP(object):
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='sigmoid'):
        wejscie, ukryta, klasy = input_size, hidden_size, num_classes
        self.czy_sigmoida = activation == 'sigmoid'
        self.params = {
            'W1': np.random.randn(wejscie, ukryta) * std, 'b1': np.zeros((ukryta,)),
            'W2': np.random.randn(ukryta, klasy) * std, 'b2': np.zeros((klasy,)),
        }

    def przod(self, X):
        wagi1, prog1 = self.params['W1'], self.params['b1']
        wagi2, prog2 = self.params['W2'], self.params['b2']
        suma = np.dot(X, wagi1) + prog1
        stan = sigmoida(suma) if self.czy_sigmoida else prostownik(suma)
        return stan, np.dot(stan, wagi2) + prog2

    def loss(self, X, y, reg=0.0):
        ile = y.shape[0]
        stan, oceny = self.przod(X)
        oceny = oceny - np.max(oceny, axis=1, keepdims=True)
        potegi = np.exp(oceny)
        razem = np.sum(potegi, axis=1)
        koszt = np.mean(np.log(razem) - oceny[np.arange(ile), y])
        kara = np.sum(self.params['W1'] ** 2) + np.sum(self.params['W2'] ** 2)
        koszt += 0.5 * reg * kara

        blad = potegi / razem[:, None]
        blad[np.arange(ile), y] -= 1
        blad /= ile
        wstecz = np.dot(blad, self.params['W2'].T)
        if self.czy_sigmoida:
            wstecz *= stan * (1 - stan)
        else:
            wstecz[stan <= 0] = 0
        pochodne = {}
        pochodne['W2'] = np.dot(stan.T, blad) + reg * self.params['W2']
        pochodne['b2'] = np.sum(blad, axis=0)
        pochodne['W1'] = np.dot(X.T, wstecz) + reg * self.params['W1']
        pochodne['b1'] = np.sum(wstecz, axis=0)
        return koszt, pochodne

    def krok(self, X, y, reg, tempo):
        koszt, pochodne = self.loss(X, y, reg)
        for nazwa, pochodna in pochodne.items():
            self.params[nazwa] -= tempo * pochodna
        dlugosc = math.sqrt(np.sum(pochodne['W1'] ** 2))
        return koszt, dlugosc

    def trafnosc(self, X, y):
        return np.mean(self.predict(X) == y)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        losowy = np.random.RandomState(1)
        kroki, proby = [], []
        porcje = max(y.shape[0] // batch_size, 1)
        for epoka in range(num_epochs):
            kolejnosc = losowy.permutation(y.shape[0])
            tempo = learning_rate * learning_rate_decay ** epoka
            for porcja in range(porcje):
                wybor = kolejnosc[porcja * batch_size:(porcja + 1) * batch_size]
                kroki.append(self.krok(X[wybor], y[wybor], reg, tempo))
            proby.append((self.trafnosc(X[wybor], y[wybor]), self.trafnosc(X_val, y_val)))
            if verbose:
                print('Epoka', epoka + 1, kroki[-1], proby[-1])
        return {'loss_history': [k[0] for k in kroki],
                'grad_magnitude_history': [k[1] for k in kroki],
                'train_acc_history': [p[0] for p in proby],
                'val_acc_history': [p[1] for p in proby]}

    def predict(self, X):
        return np.argmax(self.przod(X)[1], axis=1)
