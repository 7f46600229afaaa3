"""Rete con uno strato nascosto."""
from dataclasses import dataclass

import numpy as np


@dataclass
class Strato:
    rete: object
    indice: int
    curva: object = None

    def avanti(self, ingresso):
        self.ingresso = ingresso
        somma = ingresso.dot(self.rete.params['W%d' % self.indice])
        somma = somma + self.rete.params['b%d' % self.indice]
        self.uscita = somma if self.curva is None else self.curva.valore(somma)
        return self.uscita

    def indietro(self, errore, forza):
        if self.curva is not None:
            errore = self.curva.corretto(errore, self.uscita)
        pesi = self.rete.params['W%d' % self.indice]
        self.rete.derivate['W%d' % self.indice] = self.ingresso.T.dot(errore) + forza * pesi
        self.rete.derivate['b%d' % self.indice] = errore.sum(axis=0)
        return errore.dot(pesi.T)


class Logistica:
    def valore(self, somma):
        meta = somma / 2
        return 0.5 + 0.5 * np.tanh(meta)

    def corretto(self, errore, uscita):
        return errore * uscita * (1.0 - uscita)


class Rampa:
    def valore(self, somma):
        return np.maximum(0.0, somma)

    def corretto(self, errore, uscita):
        errore = np.array(errore)
        errore[uscita == 0] = 0.0
        return errore


class TwoLayerMLP:
    CURVE = {'sigmoid': Logistica, 'relu': Rampa}

    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.params, self.derivate = {}, {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, num_classes)
        self.params['b2'] = np.zeros(num_classes)
        self.strati = [Strato(self, 1, self.CURVE[activation]()), Strato(self, 2)]

    def percorri(self, X):
        for strato in self.strati:
            X = strato.avanti(X)
        return X

    def loss(self, X, y, reg=0.0):
        voti = self.percorri(X)
        voti = voti - voti.max(axis=1, keepdims=True)
        logaritmi = voti - np.log(np.exp(voti).sum(axis=1, keepdims=True))
        righe = np.arange(len(y))
        perdita = -logaritmi[righe, y].sum()
        errore = np.exp(logaritmi)
        errore[righe, y] -= 1.0
        errore /= len(y)
        self.derivate = {}
        for strato in reversed(self.strati):
            errore = strato.indietro(errore, reg)
        quadrati = np.sum(self.params['W1'] ** 2) + np.sum(self.params['W2'] ** 2)
        return perdita + 0.5 * reg * quadrati, self.derivate

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        perdite, ampiezze, bravura, verifica = [], [], [], []
        caso = np.random.RandomState(1)
        for giro in range(num_epochs):
            ordine = caso.permutation(len(y))
            gruppi = [ordine[g * batch_size:(g + 1) * batch_size]
                      for g in range(max(1, len(y) // batch_size))]
            for gruppo in gruppi:
                perdita, derivate = self.loss(X[gruppo], y[gruppo], reg)
                perdite.append(perdita)
                ampiezze.append(np.linalg.norm(derivate['W1']))
                for chiave in self.params:
                    self.params[chiave] -= learning_rate * derivate[chiave]
            bravura.append((self.predict(X[gruppo]) == y[gruppo]).mean())
            verifica.append((self.predict(X_val) == y_val).mean())
            learning_rate *= learning_rate_decay
            if verbose:
                print('giro %d: perdita %f' % (giro + 1, perdita))
        return {'loss_history': perdite, 'grad_magnitude_history': ampiezze,
                'train_acc_history': bravura, 'val_acc_history': verifica}

    def predict(self, X):
        return np.argmax(self.percorri(X), axis=1)
