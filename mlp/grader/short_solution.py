"""Problem 2: a two-layer perceptron in NumPy. A TODO says what belongs below it.

The grader asks for TwoLayerMLP, as `python -m mlp.grader problem_set.ipynb` finds it.
Keep `__path__`: without it this file hides the package in which the grader is.
"""

from pkgutil import extend_path

__path__ = extend_path([], __name__)  # beside this file, mlp.grader is still the book's

import numpy as np


class TwoLayerMLP:
    """A hidden layer of H sigmoid or ReLU units; its D inputs get scores for K classes.

    params holds the arrays W1 (D, H), b1 (H,), W2 (H, K) and b2 (K,).
    """

    def __init__(
        self, input_size, hidden_size, num_classes, std=1e-1, activation="relu"
    ):
        """Begin with normal weights of standard deviation std, and biases 0.

        activation is "sigmoid" or "relu".
        """
        self.activation = activation
        # TODO: self.params; np.random.randn draws W1, then W2.
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, num_classes),
            "b2": np.zeros(num_classes),
        }
        # In the starter: raise NotImplementedError("the initial weights")

    def loss(self, X, y=None, reg=0.0):
        """Return loss and gradients, a dict with the keys of params; no y: the scores.

        X is (N, D), y (N,) has labels 0 … K-1. The loss is the mean cross-entropy of
        the softmax, plus half of reg times the sum of all squared weights, biases not
        among them.
        """
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        N = len(X)
        # TODO: the hidden layer by self.activation, then the scores (N, K).
        Z1 = X @ W1 + b1  # (N, H)
        if self.activation == "sigmoid":
            H1 = np.exp(-np.logaddexp(0, -Z1))  # (N, H)
        else:
            H1 = np.maximum(Z1, 0)  # (N, H)
        scores = H1 @ W2 + b2  # (N, K)
        # In the starter: raise NotImplementedError("the scores")
        if y is None:
            return scores

        # TODO: the loss; scores may be large.
        shifted = scores - scores.max(axis=1, keepdims=True)  # (N, K)
        log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, K)
        loss = -log_P[np.arange(N), y].mean()
        loss += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
        # In the starter: raise NotImplementedError("the loss")

        grads = {}
        # TODO: the gradient of the loss by each array of params, of the same shape.
        dscores = np.exp(log_P)  # (N, K)
        dscores[np.arange(N), y] -= 1
        dscores /= N
        dH1 = dscores @ W2.T  # (N, H)
        if self.activation == "sigmoid":
            dZ1 = dH1 * H1 * (1 - H1)  # (N, H)
        else:
            dZ1 = dH1 * (Z1 > 0)  # (N, H)
        grads["W1"] = X.T @ dZ1 + reg * W1  # (D, H)
        grads["b1"] = dZ1.sum(axis=0)  # (H,)
        grads["W2"] = H1.T @ dscores + reg * W2  # (H, K)
        grads["b2"] = dscores.sum(axis=0)  # (K,)
        # In the starter: ...
        return loss, grads

    def predict(self, X):
        """Return the label (N,) with the largest score for each row of X (N, D)."""
        # TODO: the labels, whole numbers.
        return self.loss(X).argmax(axis=1)  # (N,)
        # In the starter: raise NotImplementedError("the labels")

    def train(
        self,
        X,
        y,
        X_val,
        y_val,
        learning_rate=1e-3,
        learning_rate_decay=0.95,
        reg=1e-5,
        num_epochs=10,
        batch_size=200,
        verbose=False,
    ):
        """Change params by minibatch gradient descent; return the histories, a dict."""
        losses, magnitudes, train_accs, val_accs = [], [], [], []
        rng = np.random.RandomState(1)
        for epoch in range(1, num_epochs + 1):
            order = rng.permutation(len(X))
            for step in range(max(len(X) // batch_size, 1)):
                # TODO: the step's part of the order as X_batch and y_batch; its loss
                # and grads; a step of gradient descent.
                batch = order[step * batch_size : (step + 1) * batch_size]
                X_batch, y_batch = X[batch], y[batch]
                loss, grads = self.loss(X_batch, y_batch, reg)
                for name in self.params:
                    self.params[name] -= learning_rate * grads[name]
                # In the starter: raise NotImplementedError("minibatch and update")
                losses.append(loss)
                magnitudes.append(np.linalg.norm(grads["W1"]))
            train_accs.append(np.mean(self.predict(X_batch) == y_batch))
            val_accs.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                line = "Epoch %d: loss %f, train_acc %f, val_acc %f"
                print(line % (epoch, loss, train_accs[-1], val_accs[-1]))
        return {
            "loss_history": losses,
            "grad_magnitude_history": magnitudes,
            "train_acc_history": train_accs,
            "val_acc_history": val_accs,
        }
