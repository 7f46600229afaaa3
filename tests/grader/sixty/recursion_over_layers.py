import numpy as np


def relu(a):
    keep = np.sign(a).clip(0)
    return keep * a, keep


def sigmoid(a):
    p = np.exp(-np.abs(a)) / (1.0 + np.exp(-np.abs(a)))   # of the unlikely side
    return np.where(a < 0, p, 1.0 - p), p * (1.0 - p)


def same(a):
    return a, 1.0


def descend(level, value, net, last):
    """Go up to the loss and come back with gradients, one call for each layer."""
    if not net:
        cost, error = last(value)
        return cost, error, {}
    (W, b, f), *rest = net
    raised, slope = f(value.dot(W) + b)
    cost, error, found = descend(level + 1, raised, rest, last)
    error = error * slope
    found['W' + str(level)] = value.T.dot(error)
    found['b' + str(level)] = np.add.reduce(error, 0)
    return cost, error.dot(W.T), found


def climb(value, net):
    if net:
        (W, b, f), rest = net[0], net[1:]
        return climb(f(value.dot(W) + b)[0], rest)
    return value


def log_sum(columns):
    """log of a sum of exponentials, two columns at a time."""
    if columns.shape[1] == 1:
        return columns[:, 0]
    half = columns.shape[1] // 2
    left, right = log_sum(columns[:, :half]), log_sum(columns[:, half:])
    high, low = np.maximum(left, right), np.minimum(left, right)
    return high + np.log1p(np.exp(low - high))


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1,
                 activation='relu'):
        self.f = sigmoid if activation == 'sigmoid' else relu
        self.params = self.draw(1, [input_size, hidden_size, num_classes], std)

    def draw(self, level, widths, std):
        if len(widths) < 2:
            return {}
        here = {'W%d' % level: np.random.randn(*widths[:2]) * std,
                'b%d' % level: np.zeros(widths[1])}
        return {**here, **self.draw(level + 1, widths[1:], std)}

    def net(self):
        q = self.params
        return [(q['W1'], q['b1'], self.f), (q['W2'], q['b2'], same)]

    def loss(self, X, y, reg=0.0):
        count = len(y)

        def last(scores):
            total = log_sum(scores)
            error = np.exp(scores - total[:, None])
            for c in range(scores.shape[1]):
                error[y == c, c] -= 1
            return (total - scores[np.indices(y.shape)[0], y]).mean(), error / count

        cost, _, found = descend(1, X, self.net(), last)
        for level in '12':
            W = self.params['W' + level]
            cost += reg * (W * W).sum() / 2
            found['W' + level] += reg * W
        return cost, found

    def walk(self, X, y, order, size, rate, reg):
        """The costs and the slopes of a walk through the order."""
        now, later = order[:size], order[size:]
        cost, found = self.loss(X[now], y[now], reg)
        for key in found:
            self.params[key] = self.params[key] - rate * found[key]
        return (cost, np.linalg.norm(found['W1'])), now, later

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        chance = np.random.RandomState(1)

        def epochs(left, rate):
            if left == 0:
                return [], []
            order, pairs = chance.permutation(len(X)), []
            pair, now, order = self.walk(X, y, order, batch_size, rate, reg)
            pairs.append(pair)
            while len(order) >= batch_size:
                pair, now, order = self.walk(X, y, order, batch_size, rate, reg)
                pairs.append(pair)
            reached = [np.mean(climb(A, self.net()).argmax(1) == t)
                       for A, t in [(X[now], y[now]), (X_val, y_val)]]
            if verbose:
                print(left, 'to go:', pair, reached)
            more, beyond = epochs(left - 1, rate * learning_rate_decay)
            return pairs + more, [reached] + beyond

        pairs, reached = epochs(num_epochs, learning_rate)
        pairs, reached = np.array(pairs), np.array(reached)
        return {'loss_history': pairs[:, 0], 'grad_magnitude_history': pairs[:, 1],
                'train_acc_history': reached[:, 0], 'val_acc_history': reached[:, 1]}

    def predict(self, X):
        return climb(X, self.net()).argmax(1)
