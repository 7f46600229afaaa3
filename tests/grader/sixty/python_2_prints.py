import numpy as np
from itertools import izip


class TwoLayerMLP(object):
  """ A net for an older Python. """

  def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
    self.params = dict()
    for key, size in izip(('W1', 'W2'), ((input_size, hidden_size), (hidden_size, num_classes))):
      self.params[key] = std * np.random.randn(*size)
      self.params['b' + key[1]] = np.zeros(size[1])
    self.func = activation
    print 'a net of', input_size, hidden_size, num_classes

  def hidden(self, X):
    lin = X.dot(self.params['W1']) + self.params['b1']
    if self.func == 'sigmoid':
      return np.exp(-np.logaddexp(0, -lin))
    return np.maximum(lin, 0)

  def loss(self, X, y, reg=0.0):
    hid = self.hidden(X)
    sc = hid.dot(self.params['W2']) + self.params['b2']
    sc = (sc.T - sc.max(1)).T
    unnormalized = np.exp(sc)
    pr = (unnormalized.T / unnormalized.sum(1)).T
    num = len(y)
    cost = -np.log(pr[xrange(num), y]).sum() / num
    pr[xrange(num), y] -= 1
    pr /= num
    dh = pr.dot(self.params['W2'].T)
    dh = dh * hid * (1 - hid) if self.func == 'sigmoid' else dh * (hid > 0)
    g = {'W1': X.T.dot(dh), 'W2': hid.T.dot(pr), 'b1': dh.sum(0), 'b2': pr.sum(0)}
    for key in g.iterkeys():
      if g[key].ndim == 2:
        g[key] += reg * self.params[key]
        cost += reg / 2. * (self.params[key] ** 2).sum()
    return cost, g

  def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
            reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
    prng = np.random.RandomState(1)
    hist = [[], [], [], []]
    for it in xrange(num_epochs):
      ind = prng.permutation(len(y))
      for c in xrange(max(len(y) / batch_size, 1)):
        i = ind[c * batch_size:(c + 1) * batch_size]
        cost, g = self.loss(X[i], y[i], reg)
        for key, val in g.iteritems():
          self.params[key] -= learning_rate * val
        hist[0].append(cost)
        hist[1].append(np.linalg.norm(g['W1']))
      hist[2].append((self.predict(X[i]) == y[i]).mean())
      hist[3].append((self.predict(X_val) == y_val).mean())
      learning_rate *= learning_rate_decay
      if verbose:
        print 'Epoch %d: loss %f' % (it + 1, cost)
    names = 'loss', 'grad_magnitude', 'train_acc', 'val_acc'
    return dict(izip((name + '_history' for name in names), hist))

  def predict(self, X):
    return (self.hidden(X).dot(self.params['W2']) + self.params['b2']).argmax(1)
