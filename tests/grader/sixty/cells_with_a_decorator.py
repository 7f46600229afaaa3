# %%
%matplotlib inline
import collections
import inspect
import numpy as np
import matplotlib.pyplot as plt

# %%
def add_to_class(Class):
    """Register functions as methods in a created class."""
    def wrapper(obj):
        setattr(Class, obj.__name__, obj)
    return wrapper

class HyperParameters:
    def save_hyperparameters(self, ignore=()):
        frame = inspect.currentframe().f_back
        _, _, _, local_vars = inspect.getargvalues(frame)
        for k, v in local_vars.items():
            if k not in {'self', *ignore} and not k.startswith('_'):
                setattr(self, k, v)

# %%
class TwoLayerMLP(HyperParameters):
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='relu'):
        self.save_hyperparameters()
        self.params = collections.OrderedDict()
        self.params['W1'] = np.random.randn(input_size, hidden_size) * std
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = np.random.randn(hidden_size, num_classes) * std
        self.params['b2'] = np.zeros(num_classes)

# %%
@add_to_class(TwoLayerMLP)
def net(self, X):
    O = X @ self.params['W1'] + self.params['b1']
    H = np.maximum(O, 0) if self.activation == 'relu' else 1 / (1 + np.exp(-O))
    return H, H @ self.params['W2'] + self.params['b2']

# %%
toy = TwoLayerMLP(4, 10, 3)
print(toy.net(np.ones((2, 4)))[1].shape)

# %%
def log_softmax(O):
    O = O - O.max(1, keepdims=True)
    return O - np.log(np.exp(O).sum(1, keepdims=True))

@add_to_class(TwoLayerMLP)
def loss(self, X, y, reg=0.0):
    H, O = self.net(X)
    lp = log_softmax(O)
    W1, W2 = self.params['W1'], self.params['W2']
    l = -lp[list(range(len(y))), y].mean() + reg * ((W1**2).sum() + (W2**2).sum()) / 2
    return l, self.backward(X, y, H, np.exp(lp), reg)

@add_to_class(TwoLayerMLP)
def backward(self, X, y, H, y_hat, reg):
    y_hat[list(range(len(y))), y] -= 1
    dO = y_hat / len(y)
    dH = dO @ self.params['W2'].T
    dH = dH * (H > 0) if self.activation == 'relu' else dH * H * (1 - H)
    return {'W1': X.T @ dH + reg * self.params['W1'], 'b1': dH.sum(0),
            'W2': H.T @ dO + reg * self.params['W2'], 'b2': dO.sum(0)}

# %%
class SGD(HyperParameters):
    """Minibatch stochastic gradient descent."""
    def __init__(self, params, lr):
        self.save_hyperparameters()

    def step(self, grads):
        for k in self.params:
            self.params[k] -= self.lr * grads[k]

# %%
@add_to_class(TwoLayerMLP)
def data_iter(self, num, batch_size):
    indices = self.rng.permutation(num)
    for i in range(num // batch_size or 1):
        yield indices[i * batch_size: (i + 1) * batch_size]

@add_to_class(TwoLayerMLP)
def accuracy(self, X, y):
    return float((self.predict(X) == y).mean())

@add_to_class(TwoLayerMLP)
def predict(self, X):
    return self.net(X)[1].argmax(1)

# %%
@add_to_class(TwoLayerMLP)
def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
          reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
    self.rng = np.random.RandomState(1)
    trainer = SGD(self.params, learning_rate)
    board = {k: [] for k in ('loss_history', 'grad_magnitude_history',
                             'train_acc_history', 'val_acc_history')}
    for epoch in range(num_epochs):
        for idx in self.data_iter(len(y), batch_size):
            l, grads = self.loss(X[idx], y[idx], reg)
            trainer.step(grads)
            board['loss_history'].append(l)
            board['grad_magnitude_history'].append(np.linalg.norm(grads['W1']))
        board['train_acc_history'].append(self.accuracy(X[idx], y[idx]))
        board['val_acc_history'].append(self.accuracy(X_val, y_val))
        trainer.lr *= learning_rate_decay
        if verbose:
            print(f'epoch {epoch + 1}, loss {l:f}')
    return board

# %%
plt.plot([0, 1], [0, 1])
plt.show()
