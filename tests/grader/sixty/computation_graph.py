"""A small automatic differentiation of its own, then a network in three lines."""
import numpy as np


class Var:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, 0.0

    def __matmul__(self, other):
        return Var(self.data @ other.data, [
            (self, lambda g: g @ other.data.T), (other, lambda g: self.data.T @ g)])

    def __add__(self, other):
        def fold(g):
            g = np.asarray(g)
            while g.ndim > np.ndim(other.data):
                g = g.sum(0)
            return g
        return Var(self.data + other.data, [(self, lambda g: g), (other, fold)])

    def __mul__(self, number):
        return Var(self.data * number, [(self, lambda g: g * number)])

    def square_sum(self):
        return Var((self.data ** 2).sum(), [(self, lambda g: 2 * g * self.data)])

    def sigmoid(self):
        with np.errstate(over='ignore'):
            s = 1 / (1 + np.exp(-self.data))
        return Var(s, [(self, lambda g: g * s * (1 - s))])

    def relu(self):
        return Var(self.data.clip(min=0), [(self, lambda g: g * (self.data > 0))])

    def pick(self, index):
        def scatter(g):
            full = np.zeros_like(self.data)
            full[np.arange(len(index)), index] = g
            return full
        return Var(self.data[np.arange(len(index)), index], [(self, scatter)])

    def mean(self):
        n = self.data.size
        return Var(self.data.sum() / n, [(self, lambda g: np.full(n, g / n))])

    def log_softmax(self):
        top = self.data - self.data.max(1, keepdims=True)
        out = top - np.log(np.exp(top).sum(1, keepdims=True))
        return Var(out, [(self, lambda g: g - np.exp(out) * g.sum(1, keepdims=True))])

    def backward(self):
        seen, tape = set(), []

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                tape.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(tape):
            for parent, vjp in node.parents:
                parent.grad = parent.grad + vjp(node.grad)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.activation = activation
        self.params = {}
        for k, (a, b) in enumerate([(input_size, hidden_size), (hidden_size, num_classes)]):
            self.params[f'W{k + 1}'] = np.random.randn(a, b) * std
            self.params[f'b{k + 1}'] = np.zeros(b)

    def graph(self, X):
        leaf = {k: Var(v) for k, v in self.params.items()}
        hidden = getattr(Var(X) @ leaf['W1'] + leaf['b1'], self.activation)()
        return leaf, hidden @ leaf['W2'] + leaf['b2']

    def loss(self, X, y, reg=0.0):
        leaf, out = self.graph(X)
        decay = leaf['W1'].square_sum() + leaf['W2'].square_sum()
        total = out.log_softmax().pick(y).mean() * -1 + decay * (reg / 2)
        total.backward()
        return total.data, {k: v.grad for k, v in leaf.items()}

    def predict(self, X):
        return self.graph(X)[1].data.argmax(1)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        stream = np.random.RandomState(1)
        out = {k + '_history': [] for k in ['loss', 'grad_magnitude', 'train_acc', 'val_acc']}
        for t in range(num_epochs):
            queue = stream.permutation(len(y)).tolist()
            for _ in range(max(1, len(y) // batch_size)):
                b, queue = queue[:batch_size], queue[batch_size:]
                total, grads = self.loss(X[b], y[b], reg)
                out['loss_history'].append(total)
                out['grad_magnitude_history'].append(np.hypot.reduce(grads['W1'].ravel()))
                for k in self.params:
                    self.params[k] -= learning_rate * grads[k]
            out['train_acc_history'].append((self.predict(X[b]) == y[b]).mean())
            out['val_acc_history'].append((self.predict(X_val) == y_val).mean())
            learning_rate *= learning_rate_decay
            if verbose:
                print('Epoch %d: loss %f' % (t + 1, total))
        return out
