"""Réseau à une couche cachée."""
import numpy as np

COUCHES = (1, 2)


class TwoLayerMLP:
    def __init__(moi, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        tailles = [input_size, hidden_size, num_classes]
        moi.params = {}
        for c in COUCHES:
            moi.params[f"W{c}"] = np.random.standard_normal(tailles[c - 1 : c + 1]) * std
            moi.params[f"b{c}"] = np.zeros(tailles[c])
        moi.fonction, moi.pente = {
            "relu": (lambda v: np.where(v > 0, v, 0), lambda s: (s > 0) * 1),
            "sigmoid": (lambda v: 1 / (np.exp(np.minimum(-v, 500)) + 1),
                        lambda s: s * (1 - s)),
        }[activation]

    def poids(moi, c):
        return moi.params[f"W{c}"]

    def biais(moi, c):
        return moi.params[f"b{c}"]

    def sorties(moi, X):
        """Les sorties de toutes les couches, l'entrée d'abord."""
        liste = [X]
        for c in COUCHES:
            somme = liste[-1] @ moi.poids(c) + moi.biais(c)
            liste.append(moi.fonction(somme) if c < COUCHES[-1] else somme)
        return liste

    def loss(moi, X, y, reg=0.0):
        *cachees, notes = moi.sorties(X)
        notes = notes - notes.max(axis=1, keepdims=True)
        denominateur = np.exp(notes).sum(axis=1, keepdims=True)
        bonne = np.zeros_like(notes)
        bonne[range(len(y)), y] = 1
        cout = (np.log(denominateur).sum() - (notes * bonne).sum()) / len(y)
        energie = sum(np.sum(tableau**2) for tableau in moi.params.values())
        erreur = (np.exp(notes) / denominateur - bonne) / len(y)
        gradients = {}
        for c in COUCHES[::-1]:
            entree = cachees.pop()
            gradients[f"W{c}"] = entree.T @ erreur + reg * moi.poids(c)
            gradients[f"b{c}"] = erreur.sum(axis=0) + reg * moi.biais(c)
            erreur = erreur @ moi.poids(c).T * moi.pente(entree)
        return cout + 0.5 * reg * energie, gradients

    def train(moi, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        journal = [[], [], [], []]
        hasard = np.random.RandomState(1)
        paquets = max(len(y) // batch_size, 1)
        for tour in range(num_epochs):
            melange = hasard.permutation(len(y))
            for numero in range(paquets):
                lot = melange[numero * batch_size :][:batch_size]
                cout, gradients = moi.loss(X[lot], y[lot], reg)
                journal[0].append(cout)
                journal[1].append(np.linalg.norm(gradients["W1"]))
                for cle, derivee in gradients.items():
                    moi.params[cle] = moi.params[cle] - learning_rate * derivee
            for colonne, images, etiquettes in [(2, X[lot], y[lot]), (3, X_val, y_val)]:
                journal[colonne].append(np.mean(moi.predict(images) == etiquettes))
            learning_rate *= learning_rate_decay
            if verbose:
                print("tour", tour + 1, *(colonne[-1] for colonne in journal))
        cles = "loss grad_magnitude train_acc val_acc".split()
        return {f"{cle}_history": colonne for cle, colonne in zip(cles, journal)}

    def predict(moi, X):
        return moi.sorties(X)[-1].argmax(axis=1)
