"""Один слой прячется, другой отвечает."""
import numpy as np
from itertools import islice, repeat


class Слой:
    def __init__(self, сеть, номер):
        self.сеть, self.номер = сеть, str(номер)

    @property
    def вес(self):
        return self.сеть.params["W" + self.номер]

    def __call__(self, вход):
        self.вход = вход
        return вход @ self.вес + self.сеть.params["b" + self.номер]

    def обратно(self, ошибка, штраф):
        self.сеть.уклон["b" + self.номер] = np.add.reduce(ошибка, 0)
        self.сеть.уклон["W" + self.номер] = np.tensordot(self.вход, ошибка, (0, 0)) + штраф * self.вес
        return np.inner(ошибка, self.вес ** 2)


def пачки(порядок, размер):
    число = max(len(порядок) // размер, 1)
    по_порядку = iter(порядок)
    for _ in repeat(None, число):
        yield list(islice(по_порядку, размер))


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        self.кривая = activation
        W1 = std * np.random.randn(input_size, hidden_size)
        W2 = std * np.random.randn(hidden_size, num_classes)
        self.params = dict(W1=W1, b1=np.zeros_like(W1[0]), W2=W2, b2=np.zeros_like(W2[0]))
        self.низ, self.верх = Слой(self, 1), Слой(self, 2)

    def согнуть(self, а):
        if self.кривая == "sigmoid":
            return np.reciprocal(1 + np.exp(-np.clip(а, -709, None)))
        return (np.abs(а) + а) / 2

    def наклон(self, г):
        return г * (1 - г) if self.кривая == "sigmoid" else np.heaviside(г, 0)

    def loss(self, X, y, reg=0.0):
        self.уклон = {}
        г = self.согнуть(self.низ(X))
        ответы = self.верх(г)
        ответы = ответы - ответы.max(axis=1)[:, None]
        знаменатель = np.log(np.exp(ответы).sum(axis=1))
        ряды = np.arange(len(y)), y
        потеря = np.mean(знаменатель - ответы[ряды])
        потеря = потеря + 0.5 * reg * sum(np.sum(слой.вес ** 2) for слой in (self.низ, self.верх))
        ошибка = np.exp(ответы - знаменатель[:, None])
        ошибка[ряды] -= 1
        self.низ.обратно(self.верх.обратно(ошибка / len(y), reg) * self.наклон(г), reg)
        return потеря, self.уклон

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        случай, журнал = np.random.RandomState(1), []
        точность = {"train_acc_history": [], "val_acc_history": []}
        for эпоха in range(num_epochs):
            for пачка in пачки(случай.permutation(len(y)), batch_size):
                потеря, уклон = self.loss(X[пачка], y[пачка], reg)
                журнал.append((потеря, np.linalg.norm(уклон["W1"])))
                self.params = {имя: p - learning_rate * уклон[имя] for имя, p in self.params.items()}
            точность["train_acc_history"].append(np.mean(self.predict(X[пачка]) == y[пачка]))
            точность["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(эпоха, *журнал[-1])
        потери, длины = map(list, zip(*журнал))
        return {"loss_history": потери, "grad_magnitude_history": длины, **точность}

    def predict(self, X):
        return self.верх(self.согнуть(self.низ(X))).argmax(axis=1)
