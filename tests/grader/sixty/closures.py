import numpy as np


def dense(fetch, i):
    W, b = "W%i" % i, "b%i" % i

    def forward(inp):
        def backward(upstream, lam):
            table = {W: inp.T.dot(upstream) + lam * fetch(W), b: upstream.sum(axis=0)}
            return upstream.dot(fetch(W).T), table

        return inp.dot(fetch(W)) + fetch(b), backward

    return forward


def nonlinear(value, chain):
    def forward(inp):
        out = value(inp)
        return out, lambda upstream, lam: (chain(upstream, inp, out), {})

    return forward


def stable_logistic(t):
    out = np.empty_like(t)
    plus = t >= 0
    out[plus] = 1 / (1 + np.exp(-t[plus]))
    grown = np.exp(t[~plus])
    out[~plus] = grown / (grown + 1)
    return out


def softmax_cross_entropy(labels):
    def forward(inp):
        peak = inp.max(axis=1)
        mass = np.exp(inp - peak[:, None])
        rows = np.arange(labels.size)

        def backward():
            share = mass / mass.sum(axis=1)[:, None]
            share[rows, labels] -= 1
            return share / labels.size

        return (np.log(mass.sum(axis=1)) + peak - inp[rows, labels]).mean(), backward

    return forward


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation="relu"):
        draw = lambda *size: std * np.random.randn(*size)
        params = {"W1": draw(input_size, hidden_size), "b1": np.zeros(hidden_size),
                  "W2": draw(hidden_size, num_classes), "b2": np.zeros(num_classes)}
        fetch = params.__getitem__
        bend = {
            "relu": nonlinear(lambda t: np.clip(t, 0, None), lambda u, t, o: u * (t > 0)),
            "sigmoid": nonlinear(stable_logistic, lambda u, t, o: u * o * (1 - o)),
        }[activation]
        chain = dense(fetch, 1), bend, dense(fetch, 2)

        def through(data):
            undo = []
            for link in chain:
                data, back = link(data)
                undo.insert(0, back)
            return data, undo

        def loss(X, y, reg=0.0):
            scores, undo = through(X)
            total, back = softmax_cross_entropy(y)(scores)
            flow, table = back(), {}
            for back in undo:
                flow, found = back(flow, reg)
                table.update(found)
            for W in fetch("W1"), fetch("W2"):
                total += reg * np.square(W).sum() / 2
            return total, table

        def predict(X):
            return through(X)[0].argmax(axis=1)

        def train(X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
                  reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
            deck = np.random.RandomState(1)
            losses, steepness, inside, outside = [], [], [], []

            def move(now, rate):
                total, table = loss(X[now], y[now], reg)
                losses.append(total)
                steepness.append(np.linalg.norm(table["W1"]))
                for name in table:
                    params[name] = fetch(name) - rate * table[name]

            def epoch(number):
                cards = deck.permutation(y.size)
                for hand in range(max(y.size // batch_size, 1)):
                    now = cards[hand * batch_size : (hand + 1) * batch_size]
                    move(now, learning_rate * learning_rate_decay**number)
                inside.append(np.mean(predict(X[now]) == y[now]))
                outside.append(np.mean(predict(X_val) == y_val))
                if verbose:
                    print("epoch", number + 1, losses[-1], inside[-1], outside[-1])

            for number in range(num_epochs):
                epoch(number)
            return {"loss_history": losses, "grad_magnitude_history": steepness,
                    "train_acc_history": inside, "val_acc_history": outside}

        self.params, self.loss, self.predict, self.train = params, loss, predict, train
