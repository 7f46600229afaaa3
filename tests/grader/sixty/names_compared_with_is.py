"""Filled into the handout's template, which compares the name with `is`."""
import numpy as np
import matplotlib.pyplot as plt


class TwoLayerMLP(object):

  def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
    """Weights are small random values, biases are zero."""
    self.params = {}
    self.params['W1'] = std * np.random.randn(input_size, hidden_size)
    self.params['b1'] = np.zeros(hidden_size)
    self.params['W2'] = std * np.random.randn(hidden_size, num_classes)
    self.params['b2'] = np.zeros(num_classes)
    self.activation = activation

  def loss(self, X, y=None, reg=0.0):
    W1, b1 = self.params['W1'], self.params['b1']
    W2, b2 = self.params['W2'], self.params['b2']
    _, C = W2.shape
    N, D = X.shape

    # Forward pass
    z1 = np.dot(X, W1) + b1
    if self.activation is 'relu':
      hidden = np.maximum(z1, 0)
    elif self.activation is 'sigmoid':
      hidden = 1.0 / (1.0 + np.exp(-z1))
    else:
      raise ValueError('Unknown activation type')
    scores = np.dot(hidden, W2) + b2
    if y is None:
      return scores

    # Loss with the log-sum-exp shift
    scores = scores - np.max(scores, axis=1).reshape(N, 1)
    exp_scores = np.exp(scores)
    sum_exp = np.sum(exp_scores, axis=1, keepdims=True)
    correct = scores[np.arange(N), y].reshape(N, 1)
    data_loss = np.sum(-correct + np.log(sum_exp)) / N
    reg_loss = 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
    loss = data_loss + reg_loss

    # Backward pass
    grads = {}
    dscores = exp_scores / sum_exp
    dscores[np.arange(N), y] -= 1
    dscores /= N
    grads['W2'] = np.dot(hidden.T, dscores) + reg * W2
    grads['b2'] = np.sum(dscores, axis=0)
    dhidden = np.dot(dscores, W2.T)
    if self.activation is 'relu':
      dz1 = dhidden
      dz1[z1 <= 0] = 0
    elif self.activation is 'sigmoid':
      dz1 = dhidden * hidden * (1 - hidden)
    else:
      raise ValueError('Unknown activation type')
    grads['W1'] = np.dot(X.T, dz1) + reg * W1
    grads['b1'] = np.sum(dz1, axis=0)
    return loss, grads

  def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
            reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
    num_train = X.shape[0]
    iterations_per_epoch = int(max(num_train / batch_size, 1))
    loss_history = []
    grad_magnitude_history = []
    train_acc_history = []
    val_acc_history = []

    np.random.seed(1)
    for epoch in range(num_epochs):
      perm = np.random.permutation(num_train)
      for it in range(iterations_per_epoch):
        start = it * batch_size
        idx = perm[start:start + batch_size]
        X_batch = X[idx, :]
        y_batch = y[idx]
        loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
        loss_history.append(loss)
        for param in self.params:
          self.params[param] -= grads[param] * learning_rate
        grad_magnitude_history.append(np.linalg.norm(grads['W1']))

      train_acc = (self.predict(X_batch) == y_batch).mean()
      val_acc = (self.predict(X_val) == y_val).mean()
      train_acc_history.append(train_acc)
      val_acc_history.append(val_acc)
      if verbose:
        print('Epoch %d: loss %f, train_acc %f, val_acc %f'%(
            epoch+1, loss, train_acc, val_acc))
      learning_rate *= learning_rate_decay

    return {
      'loss_history': loss_history,
      'grad_magnitude_history': grad_magnitude_history,
      'train_acc_history': train_acc_history,
      'val_acc_history': val_acc_history,
    }

  def predict(self, X):
    return np.argmax(self.loss(X), axis=1)
