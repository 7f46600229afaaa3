from functools import partialmethod

import numpy
from numpy import einsum as es

LETTERS = {"W1": "dh", "b1": "h", "W2": "hk", "b2": "k"}


class TwoLayerMLP:
    """Every contraction is spelled with the letters n, d, h, k."""

    def __init__(net, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        length = {"d": input_size, "h": hidden_size, "k": num_classes}
        net.params = dict.fromkeys(LETTERS)
        for name, letters in LETTERS.items():
            extent = [length[c] for c in letters]
            drawn = len(letters) == 2
            net.params[name] = (
                std * numpy.random.randn(*extent) if drawn else numpy.zeros(extent)
            )
        net.bend = getattr(net, "_" + activation)

    def _sigmoid(net, a):
        s = numpy.exp(-numpy.logaddexp(0, -a))
        return s, es("nh,nh->nh", s, 1 - s)

    def _relu(net, a):
        on = a > 0
        return es("nh,nh->nh", a, on), on.astype(a.dtype)

    def _layer(net, v, which):
        W, b = net.params[f"W{which}"], net.params[f"b{which}"]
        return es("ni,io->no", v, W, optimize=True) + b

    first = partialmethod(_layer, which=1)
    second = partialmethod(_layer, which=2)

    def loss(net, X, y, reg=0.0):
        h, slope = net.bend(net.first(X))
        o = net.second(h)
        o -= numpy.maximum.reduce(o, axis=1)[:, None]
        e = numpy.exp(o)
        norm = es("nk->n", e)
        t = (y[:, None] == range(o.shape[1])) / len(y)
        J = es("n,nk->", numpy.log(norm), t) - es("nk,nk->", o, t)
        J += reg * sum(es("ij,ij->", W, W) for W in map(net.params.get, ["W1", "W2"])) / 2
        r = es("nk,n->nk", e, 1 / norm / len(y)) - t
        q = es("nk,hk,nh->nh", r, net.params["W2"], slope, optimize=True)
        return J, {
            "b2": es("nk->k", r),
            "W2": es("nh,nk->hk", h, r, optimize=True) + reg * net.params["W2"],
            "b1": es("nh->h", q),
            "W1": es("nd,nh->dh", X, q, optimize=True) + reg * net.params["W1"],
        }

    def predict(net, X):
        return net.second(net.bend(net.first(X))[0]).argmax(1)

    def hits(net, X, y):
        return es("n->", (net.predict(X) == y).astype(float)) / len(y)

    def train(net, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        state = numpy.random.RandomState(1)
        trace, fit, ahead = [], [], []
        for epoch in range(num_epochs):
            row = state.permutation(len(y))
            i = 0
            while True:
                now = row[i : i + batch_size]
                J, by = net.loss(X[now], y[now], reg)
                trace.append((J, numpy.sqrt(es("dh,dh->", by["W1"], by["W1"]))))
                for name in LETTERS:
                    numpy.subtract(net.params[name], learning_rate * by[name],
                                   out=net.params[name])
                i += batch_size
                if i + batch_size > len(row):
                    break
            fit.append(net.hits(X[now], y[now]))
            ahead.append(net.hits(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print("Epoch %d: loss %f, train_acc %f, val_acc %f"
                      % (epoch + 1, J, fit[-1], ahead[-1]))
        return {"loss_history": [a for a, _ in trace],
                "grad_magnitude_history": [b for _, b in trace],
                "train_acc_history": fit, "val_acc_history": ahead}
