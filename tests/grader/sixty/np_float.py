"""Written for a NumPy that still had np.float and np.int."""
import numpy as np


def to_categorical(labels, depth):
    labels = np.asarray(labels, dtype=np.int)
    encoded = np.zeros((labels.size, depth), dtype=np.float)
    encoded[np.arange(labels.size), labels] = 1.0
    return encoded


def act(kind, net):
    net = net.astype(np.float)
    return np.maximum(net, 0.0) if kind == 'relu' else 1.0 / (1.0 + np.exp(-net))


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.kind, self.depth = activation, num_classes
        self.params = {
            'W1': (std * np.random.randn(input_size, hidden_size)).astype(np.float),
            'b1': np.zeros(hidden_size, dtype=np.float),
            'W2': (std * np.random.randn(hidden_size, num_classes)).astype(np.float),
            'b2': np.zeros(num_classes, dtype=np.float),
        }

    def loss(self, X, y, reg=0.0):
        Y = to_categorical(y, self.depth)
        out = act(self.kind, X.dot(self.params['W1']) + self.params['b1'])
        net = out.dot(self.params['W2']) + self.params['b2']
        net -= net.max(axis=1)[:, None]
        log_sum = np.log(np.exp(net).sum(axis=1))[:, None]
        crossentropy = ((log_sum - net) * Y).sum() / Y.shape[0]
        l2 = (self.params['W1'] ** 2).sum() + (self.params['W2'] ** 2).sum()
        err = (np.exp(net - log_sum) - Y) / Y.shape[0]
        hid = err.dot(self.params['W2'].T)
        hid *= np.where(out > 0, 1.0, 0.0) if self.kind == 'relu' else out * (1.0 - out)
        return crossentropy + reg * l2 / 2, {
            'W1': X.T.dot(hid) + reg * self.params['W1'], 'b1': hid.sum(axis=0),
            'W2': out.T.dot(err) + reg * self.params['W2'], 'b2': err.sum(axis=0)}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        seeded = np.random.RandomState(1)
        steps = np.maximum(y.size // batch_size, 1)
        result = dict(loss_history=[], grad_magnitude_history=[],
                      train_acc_history=[], val_acc_history=[])
        for ep in range(num_epochs):
            mixed = seeded.permutation(y.size)
            for st in range(steps):
                sl = mixed[st * batch_size:(st + 1) * batch_size]
                value, update = self.loss(X[sl], y[sl], reg)
                result['loss_history'].append(np.float(value))
                result['grad_magnitude_history'].append(np.linalg.norm(update['W1']))
                for p in update:
                    self.params[p] -= learning_rate * update[p]
            result['train_acc_history'].append(np.float(np.mean(self.predict(X[sl]) == y[sl])))
            result['val_acc_history'].append(np.float(np.mean(self.predict(X_val) == y_val)))
            learning_rate *= learning_rate_decay
        return result

    def predict(self, X):
        out = act(self.kind, X.dot(self.params['W1']) + self.params['b1'])
        return (out.dot(self.params['W2']) + self.params['b2']).argmax(axis=1).astype(np.int)
