"""Rete neurale, sed Latine scriptum."""
import numpy as np
from numpy import float64, zeros


def curva_sigma(x):
    y = zeros(x.shape)
    magnum = x > 0
    y[magnum] = 1 / (1 + np.exp(-x[magnum]))
    parvum = np.exp(x[~magnum])
    y[~magnum] = parvum / (1 + parvum)
    return y


def curva_recta(x):
    return np.where(np.greater(x, 0), x, 0)


class TwoLayerMLP:
    def __init__(ego, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        ego.curva = curva_sigma if activation == "sigmoid" else curva_recta
        ego.params = {}
        numeri = input_size, hidden_size, num_classes
        for ordo in (1, 2):
            ante, post = numeri[ordo - 1], numeri[ordo]
            ego.params["W" + str(ordo)] = np.random.standard_normal((ante, post)) * std
            ego.params["b" + str(ordo)] = zeros(post)

    def clivus(ego, altitudo):
        if ego.curva is curva_sigma:
            return altitudo * (1 - altitudo)
        return float64(altitudo > 0)

    def iudicia(ego, X):
        altitudo = ego.curva(X.dot(ego.params["W1"]) + ego.params["b1"])
        return altitudo, altitudo.dot(ego.params["W2"]) + ego.params["b2"]

    def loss(ego, X, y, reg=0.0):
        altitudo, iudicium = ego.iudicia(X)
        summum = iudicium.max(axis=1).reshape(len(y), 1)
        partes = np.exp(iudicium - summum)
        totum = partes.sum(axis=1).reshape(len(y), 1)
        verum = np.eye(iudicium.shape[1])[y]
        dolor = ((summum + np.log(totum)).sum() - (iudicium * verum).sum()) / len(y)
        error = (partes / totum - verum) / len(y)
        retro = error.dot(ego.params["W2"].T) * ego.clivus(altitudo)
        fluxus = {1: (X, retro), 2: (altitudo, error)}
        gradus = {}
        for ordo, (sinistrum, dextrum) in fluxus.items():
            pondus = ego.params[f"W{ordo}"]
            dolor += (pondus**2).sum() * reg / 2
            gradus[f"W{ordo}"] = sinistrum.T.dot(dextrum) + pondus * reg
            gradus[f"b{ordo}"] = dextrum.sum(axis=0)
        return dolor, gradus

    def train(ego, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        sors = np.random.RandomState(1)
        annales = dict.fromkeys(["loss_history", "grad_magnitude_history",
                                 "train_acc_history", "val_acc_history"], ())
        turmae = max(len(y) // batch_size, 1)
        for aetas in range(num_epochs):
            mixtum = sors.permutation(len(y))
            for turma in range(turmae):
                lecti = mixtum[turma * batch_size : (turma + 1) * batch_size]
                dolor, gradus = ego.loss(X[lecti], y[lecti], reg)
                annales["loss_history"] += (dolor,)
                annales["grad_magnitude_history"] += (np.linalg.norm(gradus["W1"]),)
                for nomen in gradus:
                    ego.params[nomen] = ego.params[nomen] - learning_rate * gradus[nomen]
            annales["train_acc_history"] += ((ego.predict(X[lecti]) == y[lecti]).mean(),)
            annales["val_acc_history"] += ((ego.predict(X_val) == y_val).mean(),)
            learning_rate *= learning_rate_decay
            if verbose:
                print("aetas", aetas + 1, "dolor", dolor)
        return annales

    def predict(ego, X):
        _, iudicium = ego.iudicia(X)
        return iudicium.argmax(axis=1).astype(float64)
