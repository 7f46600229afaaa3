# loss has its own way through the net, predict another.
import numpy as np


def sluice(water, kind):
    if kind == "relu":
        return np.where(water >= 0, water, 0 * water)
    upstream = water >= 0
    silt = np.exp(np.where(upstream, -water, water))
    return np.where(upstream, 1, silt) / (1 + silt)


def backwash(gate, kind):
    return {"relu": lambda: 1.0 * (gate > 0), "sigmoid": lambda: gate - gate ** 2}[kind]()


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=.1, activation="relu"):
        canal = {}
        canal["W1"] = np.random.normal(size=(input_size, hidden_size)) * std
        canal["W2"] = np.random.normal(size=(hidden_size, num_classes)) * std
        canal["b1"], canal["b2"] = np.zeros(hidden_size), np.zeros(num_classes)
        self.params, self.kind = canal, activation

    def loss(self, X, y, reg=0.0):
        W1, b1, W2 = map(self.params.get, ["W1", "b1", "W2"])
        gate = sluice(np.add(X @ W1, b1), self.kind)
        harbor = gate @ W2
        tide = harbor.max(axis=1, keepdims=True)
        foam = np.log(np.sum(np.exp(harbor - tide), axis=1, keepdims=True)) + tide
        berth = np.eye(W2.shape[1])[y]
        toll = float(np.mean(foam[:, 0] - (harbor * berth).sum(axis=1)))
        toll += (reg / 2) * (np.linalg.norm(W1) ** 2 + np.linalg.norm(W2) ** 2)
        ebb = (np.exp(harbor - foam) - berth) / y.size
        drift = np.einsum("nk,hk->nh", ebb, W2) * backwash(gate, self.kind)
        silted = {"b2": ebb.sum(0), "b1": drift.sum(0)}
        silted["W2"] = np.einsum("nh,nk->hk", gate, ebb) + W2 * reg
        silted["W1"] = np.einsum("nd,nh->dh", X, drift) + W1 * reg
        return toll, silted

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        tolls, swells, near, far = ([] for _ in range(4))
        wind = np.random.RandomState(1)
        locks = max(1, int(y.size / batch_size))
        for voyage in range(1, 1 + num_epochs):
            barges = wind.permutation(y.size)[:locks * batch_size]
            for fleet in np.array_split(barges, locks):
                toll, silted = self.loss(X[fleet], y[fleet], reg)
                tolls += [toll]
                swells += [np.linalg.norm(silted["W1"])]
                for reach in list(self.params):
                    self.params[reach] = self.params[reach] - silted[reach] * learning_rate
            near += [np.mean(np.equal(self.predict(X[fleet]), y[fleet]))]
            far += [np.mean(np.equal(self.predict(X_val), y_val))]
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"voyage {voyage}: toll {toll:.4f}, near {near[-1]}, far {far[-1]}")
        return {"loss_history": tolls, "grad_magnitude_history": swells,
                "train_acc_history": near, "val_acc_history": far}

    def predict(self, X):
        canal = self.params
        gate = sluice(X @ canal["W1"] + canal["b1"], self.kind)
        return (gate @ canal["W2"] + canal["b2"]).argmax(axis=-1)
