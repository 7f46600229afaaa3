"""Két réteg, és egy táblázat a hajlításokról."""
import numpy as np

HAJLITAS = {
    "sigmoid": (lambda be: np.exp(-np.log1p(np.exp(-np.abs(be))) + np.minimum(be, 0)),
                lambda ki: ki * (1 - ki)),
}
EGYENES = (lambda be: be, np.ones_like)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        self.hajlit, self.meredekseg = HAJLITAS.get(activation, EGYENES)
        elso, masodik = ((m, n, np.random.randn(m, n)) for m, n in
                         [(input_size, hidden_size), (hidden_size, num_classes)])
        self.params = {"W1": elso[2] * std, "b1": np.zeros(elso[1]),
                       "W2": masodik[2] * std, "b2": np.zeros(masodik[1])}

    def vegig(self, X):
        sulyok = self.params
        rejtett = self.hajlit(X @ sulyok["W1"] + sulyok["b1"])
        return rejtett, rejtett @ sulyok["W2"] + sulyok["b2"]

    def loss(self, X, y, reg=0.0):
        sulyok, darab = self.params, y.shape[0]
        rejtett, kimenet = self.vegig(X)
        valoszinuseg = np.exp(kimenet - kimenet.max(-1)[:, None])
        nevezo = valoszinuseg.sum(-1)
        helyes = kimenet[np.arange(darab), y] - kimenet.max(-1)
        veszteseg = np.sum(np.log(nevezo) - helyes) / darab
        veszteseg += .5 * reg * sum((sulyok[m] * sulyok[m]).sum() for m in ("W1", "W2"))
        valoszinuseg /= nevezo[:, None]
        valoszinuseg[np.arange(darab), y] -= 1.
        jel = valoszinuseg / darab
        irany = {"W2": rejtett.T @ jel + reg * sulyok["W2"], "b2": jel.sum(0)}
        jel = self.meredekseg(rejtett) * (jel @ sulyok["W2"].T)
        irany.update({"W1": X.T @ jel + reg * sulyok["W1"], "b1": jel.sum(0)})
        return veszteseg, irany

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        naplo = [[], [], [], []]
        kocka = np.random.RandomState(1)
        for kor in range(num_epochs):
            sorrend, kezdet = kocka.permutation(len(X)), 0
            while kezdet == 0 or kezdet + batch_size <= len(X):
                csoport = sorrend[kezdet:kezdet + batch_size]
                kezdet += batch_size
                veszteseg, irany = self.loss(X[csoport], y[csoport], reg=reg)
                naplo[0].append(veszteseg)
                naplo[1].append(np.linalg.norm(irany["W1"], "fro"))
                for m, lejto in irany.items():
                    self.params[m] = self.params[m] - learning_rate * lejto
            for hova, (pelda, cimke) in zip(naplo[2:], [(X[csoport], y[csoport]), (X_val, y_val)]):
                hova.append(np.mean(self.predict(pelda) == cimke))
            learning_rate *= learning_rate_decay
            if verbose:
                print(kor, veszteseg, naplo[2][-1], naplo[3][-1])
        oszlopok = "loss", "grad_magnitude", "train_acc", "val_acc"
        return {oszlop + "_history": ertekek for oszlop, ertekek in zip(oszlopok, naplo)}

    def predict(self, X):
        return self.vegig(X)[1].argmax(-1)
