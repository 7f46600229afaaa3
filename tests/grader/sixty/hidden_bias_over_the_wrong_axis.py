"""Een netwerk met een verborgen laag."""
import numpy as np


class Laag:
    def __init__(self, gewicht, drempel):
        self.gewicht, self.drempel = gewicht, drempel

    def stuur(self, invoer):
        return invoer @ self.gewicht + self.drempel


class TwoLayerMLP:
    namen = [('W1', 'b1'), ('W2', 'b2')]

    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.soort = activation
        breedtes = (input_size, hidden_size, num_classes)
        self.params = {}
        for plek, (gewicht, drempel) in enumerate(self.namen):
            self.params[gewicht] = std * np.random.randn(*breedtes[plek:plek + 2])
            self.params[drempel] = np.zeros(breedtes[plek + 1])

    def lagen(self):
        return [Laag(*map(self.params.__getitem__, paar)) for paar in self.namen]

    def buig(self, invoer):
        if self.soort == 'sigmoid':
            veilig = np.minimum(np.abs(invoer), 745)
            klein = np.exp(-veilig) / (1 + np.exp(-veilig))
            return np.where(invoer > 0, 1 - klein, klein)
        return np.where(invoer > 0, invoer, 0.)

    def helling(self, gebogen):
        if self.soort == 'sigmoid':
            return gebogen * (1 - gebogen)
        return (gebogen > 0).astype(float)

    def loss(self, X, y, reg=0.0):
        onder, boven = self.lagen()
        gebogen = self.buig(onder.stuur(X))
        punten = boven.stuur(gebogen)
        punten -= punten.max(1)[:, np.newaxis]
        rijen, aantal = np.arange(y.size), y.size
        noemer = np.exp(punten).sum(1)
        verlies = (np.log(noemer) - punten[rijen, y]).sum() / aantal
        verlies += .5 * reg * (np.square(onder.gewicht).sum() + np.square(boven.gewicht).sum())

        fout = np.exp(punten) / noemer[:, np.newaxis]
        fout[rijen, y] -= 1
        fout /= aantal
        diep = fout @ boven.gewicht.T * self.helling(gebogen)
        return verlies, {
            'W1': X.T @ diep + reg * onder.gewicht,
            'b1': diep.sum(axis=1),
            'W2': gebogen.T @ fout + reg * boven.gewicht,
            'b2': fout.sum(axis=0),
        }

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        dagboek = {'loss_history': [], 'grad_magnitude_history': [],
                   'train_acc_history': [], 'val_acc_history': []}
        toeval = np.random.RandomState(1)
        hoeveel = y.size // batch_size
        if hoeveel == 0:
            hoeveel = 1
        for ronde in range(num_epochs):
            volgorde = toeval.permutation(y.size)
            for beurt in range(hoeveel):
                greep = volgorde[beurt * batch_size:beurt * batch_size + batch_size]
                verlies, stijging = self.loss(X[greep], y[greep], reg)
                dagboek['loss_history'].append(verlies)
                dagboek['grad_magnitude_history'].append(np.linalg.norm(stijging['W1']))
                for naam in stijging:
                    self.params[naam] = self.params[naam] - learning_rate * stijging[naam]
            dagboek['train_acc_history'].append(self.goed(X[greep], y[greep]))
            dagboek['val_acc_history'].append(self.goed(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Ronde', ronde + 1, 'verlies', verlies)
        return dagboek

    def goed(self, X, y):
        return (self.predict(X) == y).mean()

    def predict(self, X):
        onder, boven = self.lagen()
        return boven.stuur(self.buig(onder.stuur(X))).argmax(1)
