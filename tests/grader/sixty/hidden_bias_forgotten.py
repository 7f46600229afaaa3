"""Sieć jako lista ogniw; każde ogniwo pamięta, co przez nie przeszło."""
import numpy


class Ogniwo:
    wklad = None

    def naprzod(self, sygnal):
        self.wklad = sygnal
        self.wynik = self.licz(sygnal)
        return self.wynik


class Sigma(Ogniwo):
    def licz(self, sygnal):
        return (1 + numpy.tanh(sygnal / 2)) / 2

    def wstecz(self, blad):
        return blad * self.wynik * (1 - self.wynik)


class Prog(Ogniwo):
    def licz(self, sygnal):
        return sygnal * (sygnal > 0)

    def wstecz(self, blad):
        return numpy.where(self.wklad > 0, blad, 0)


class Macierz(Ogniwo):
    def __init__(self, siec, waga, przesuniecie):
        self.siec, self.waga, self.przesuniecie = siec, waga, przesuniecie

    def licz(self, sygnal):
        return sygnal.dot(self.siec.params[self.waga])

    def wstecz(self, blad):
        pochodne = self.siec.pochodne
        pochodne[self.waga] = self.wklad.T.dot(blad)
        pochodne[self.przesuniecie] = blad.sum(axis=0)
        return blad.dot(self.siec.params[self.waga].T)


class Afiniczne(Macierz):
    def licz(self, sygnal):
        return super().licz(sygnal) + self.siec.params[self.przesuniecie]


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        losuj = numpy.random.randn
        self.params = {"W1": losuj(input_size, hidden_size), "b1": numpy.zeros(hidden_size),
                       "W2": losuj(hidden_size, num_classes), "b2": numpy.zeros(num_classes)}
        self.params["W1"] *= std
        self.params["W2"] *= std
        srodek = Sigma() if activation == "sigmoid" else Prog()
        self.ogniwa = [Macierz(self, "W1", "b1"), srodek, Afiniczne(self, "W2", "b2")]

    def punkty(self, X):
        for ogniwo in self.ogniwa:
            X = ogniwo.naprzod(X)
        return X

    def loss(self, X, y, reg=0.0):
        self.pochodne = {}
        ile, punkty = len(y), self.punkty(X)
        punkty = punkty - numpy.amax(punkty, 1, keepdims=True)
        szanse = numpy.exp(punkty)
        suma = szanse.sum(1, keepdims=True)
        strata = (numpy.log(suma[:, 0]) - punkty[range(ile), y]).mean()
        blad = szanse / suma
        blad[range(ile), y] -= 1
        blad = blad / ile
        for ogniwo in reversed(self.ogniwa):
            blad = ogniwo.wstecz(blad)
        for waga in ("W1", "W2"):
            strata += reg * (self.params[waga] ** 2).sum() / 2
            self.pochodne[waga] += reg * self.params[waga]
        return strata, self.pochodne

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        kronika = {f"{co}_history": [] for co in
                   ("loss", "grad_magnitude", "train_acc", "val_acc")}
        tasowanie = numpy.random.RandomState(1)
        for runda in range(num_epochs):
            talia = tasowanie.permutation(len(y))
            porcje = [talia[od:od + batch_size] for od in range(0, len(y), batch_size)]
            if len(porcje) > 1 and len(porcje[-1]) < batch_size:
                porcje.pop()
            for porcja in porcje:
                strata, pochodne = self.loss(X[porcja], y[porcja], reg)
                kronika["loss_history"].append(strata)
                kronika["grad_magnitude_history"].append(numpy.linalg.norm(pochodne["W1"]))
                for co, ile in pochodne.items():
                    self.params[co] = self.params[co] - learning_rate * ile
            for kto, (A, b) in dict(train=(X[porcja], y[porcja]), val=(X_val, y_val)).items():
                kronika[f"{kto}_acc_history"].append(float((self.predict(A) == b).mean()))
            learning_rate *= learning_rate_decay
            if verbose:
                print("runda", runda, "strata", strata)
        return kronika

    def predict(self, X):
        return self.punkty(X).argmax(1)
