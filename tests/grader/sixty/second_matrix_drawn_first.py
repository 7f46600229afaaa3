"""Bir gizli katmanli ag; katmanlar yukaridan asagiya kurulur."""
import numpy as np
from numpy.linalg import norm as uzunluk


class Katman:
    def __init__(self, sira, girdi, cikti, sapma):
        self.agirlik_adi, self.esik_adi = 'W%d' % sira, 'b%d' % sira
        self.agirlik = np.random.randn(girdi, cikti) * sapma
        self.esik = np.zeros(cikti)

    def defter(self):
        return {self.agirlik_adi: self.agirlik, self.esik_adi: self.esik}


def kirp(deger):
    return np.maximum(deger, 0), np.where(deger > 0, 1, 0)


def yumusat(deger):
    sonuc = 1 / (1 + np.exp(np.clip(-deger, -709, 709)))
    return sonuc, sonuc * (1 - sonuc)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.egri = kirp if activation == 'relu' else yumusat
        ust = Katman(2, hidden_size, num_classes, std)
        alt = Katman(1, input_size, hidden_size, std)
        self.params = {**alt.defter(), **ust.defter()}

    def cik(self, X):
        P = self.params
        gizli, egim = self.egri(np.dot(X, P['W1']) + P['b1'])
        return gizli, egim, np.dot(gizli, P['W2']) + P['b2']

    def olasilik(self, puan):
        puan = puan - puan.max(axis=1).reshape((-1, 1))
        toplam = np.exp(puan).sum(axis=1).reshape((-1, 1))
        return puan - np.log(toplam)

    def loss(self, X, y, reg=0.0):
        P, ornek = self.params, len(y)
        gizli, egim, puan = self.cik(X)
        log_olasilik = self.olasilik(puan)
        kayip = 0.0 - log_olasilik[np.arange(ornek), y].sum() / ornek
        kayip += reg * (uzunluk(P['W1']) ** 2 + uzunluk(P['W2']) ** 2) / 2
        fark = np.exp(log_olasilik)
        fark[np.arange(ornek), y] -= 1
        fark = fark / ornek
        geri = np.dot(fark, P['W2'].T) * egim
        turev = {}
        turev['W1'], turev['b1'] = np.dot(X.T, geri) + reg * P['W1'], geri.sum(axis=0)
        turev['W2'], turev['b2'] = np.dot(gizli.T, fark) + reg * P['W2'], fark.sum(axis=0)
        return kayip, turev

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        kayiplar, buyuklukler, egitim, sinama = [], [], [], []
        sans = np.random.RandomState(1)
        adim = max(len(y) // batch_size, 1)
        for devir in range(num_epochs):
            karisik = sans.permutation(len(y))
            for k in range(adim):
                parca = karisik[k * batch_size:(k + 1) * batch_size]
                kayip, turev = self.loss(X[parca], y[parca], reg)
                kayiplar.append(kayip)
                buyuklukler.append(uzunluk(turev['W1']))
                for ad in turev:
                    self.params[ad] = self.params[ad] - learning_rate * turev[ad]
            egitim.append(self.dogru(X[parca], y[parca]))
            sinama.append(self.dogru(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('devir', devir + 1, kayip, egitim[-1], sinama[-1])
        return {'loss_history': kayiplar, 'grad_magnitude_history': buyuklukler,
                'train_acc_history': egitim, 'val_acc_history': sinama}

    def dogru(self, X, y):
        return np.mean(self.predict(X) == y)

    def predict(self, X):
        return np.argmax(self.cik(X)[2], axis=1)
