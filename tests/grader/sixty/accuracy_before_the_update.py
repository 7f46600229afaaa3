"""Training with callbacks, which look at the net before it moves."""
import numpy as np


class Callback:
    def on_train_begin(self, **context): pass
    def on_batch(self, **context): pass
    def on_epoch_end(self, **context): pass


class Recorder(Callback):
    def on_train_begin(self, stats, **_):
        self.stats = stats
        stats['loss_history'], stats['grad_magnitude_history'] = [], []

    def on_batch(self, loss, grads, **_):
        self.stats['loss_history'].append(loss)
        self.stats['grad_magnitude_history'].append(np.linalg.norm(grads['W1']))


class Examiner(Callback):
    def on_train_begin(self, stats, **_):
        self.stats, self.latest = stats, None
        stats['train_acc_history'], stats['val_acc_history'] = [], []

    def on_batch(self, images, labels, scores, **_):
        self.latest = (scores.argmax(1) == labels).mean()

    def on_epoch_end(self, model, held_out, **_):
        images, labels = held_out
        self.stats['train_acc_history'].append(self.latest)
        self.stats['val_acc_history'].append((model.predict(images) == labels).mean())


class Printer(Callback):
    def on_epoch_end(self, epoch, stats, **_):
        latest = tuple(stats[k][-1] for k in (
            'loss_history', 'train_acc_history', 'val_acc_history'))
        print('Epoch %d: loss %f, train_acc %f, val_acc %f' % ((epoch + 1,) + latest))


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='sigmoid'):
        self.params = {
            'W1': np.random.normal(0, std, (input_size, hidden_size)),
            'b1': np.zeros(hidden_size),
            'W2': np.random.normal(0, std, (hidden_size, num_classes)),
            'b2': np.zeros(num_classes)}
        self.forward_fn = getattr(self, f'_{activation}_forward')
        self.backward_fn = getattr(self, f'_{activation}_backward')

    @staticmethod
    def _relu_forward(x):
        return np.maximum(x, 0), x

    @staticmethod
    def _relu_backward(dout, cache):
        return dout * (cache > 0)

    @staticmethod
    def _sigmoid_forward(x):
        t = np.exp(-np.abs(x))
        s = np.where(x >= 0, 1 / (1 + t), t / (1 + t))
        return s, s

    @staticmethod
    def _sigmoid_backward(dout, cache):
        return dout * cache * (1 - cache)

    @staticmethod
    def affine_forward(x, w, b):
        return x.dot(w) + b, (x, w)

    @staticmethod
    def affine_backward(dout, cache):
        x, w = cache
        return dout.dot(w.T), x.T.dot(dout), dout.sum(0)

    @staticmethod
    def softmax_loss(x, y):
        logp = x - x.max(1, keepdims=True)
        logp = logp - np.log(np.exp(logp).sum(1, keepdims=True))
        dx = np.exp(logp)
        dx[np.arange(len(y)), y] -= 1
        return -logp[np.arange(len(y)), y].mean(), dx / len(y)

    def all_forward(self, X):
        a, cache1 = self.affine_forward(X, self.params['W1'], self.params['b1'])
        h, cache2 = self.forward_fn(a)
        scores, cache3 = self.affine_forward(h, self.params['W2'], self.params['b2'])
        return scores, (cache1, cache2, cache3)

    def loss(self, X, y, reg=0.0):
        self.scores, (cache1, cache2, cache3) = self.all_forward(X)
        loss, dscores = self.softmax_loss(self.scores, y)
        grads = {}
        dh, grads['W2'], grads['b2'] = self.affine_backward(dscores, cache3)
        da = self.backward_fn(dh, cache2)
        _, grads['W1'], grads['b1'] = self.affine_backward(da, cache1)
        for w in 'W1', 'W2':
            loss += 0.5 * reg * np.sum(self.params[w] ** 2)
            grads[w] += reg * self.params[w]
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        stats = {}
        callbacks = [Recorder(), Examiner()] + verbose * [Printer()]
        rng = np.random.RandomState(1)

        def tell(event, **context):
            for callback in callbacks:
                getattr(callback, event)(**context)

        tell('on_train_begin', stats=stats)
        for epoch in range(num_epochs):
            perm = rng.permutation(len(y))
            for i in range(max(len(y) // batch_size, 1)):
                images, labels = (part[perm[i * batch_size:(i + 1) * batch_size]]
                                  for part in (X, y))
                loss, grads = self.loss(images, labels, reg)
                tell('on_batch', images=images, labels=labels, scores=self.scores,
                     loss=loss, grads=grads)
                for k in grads:
                    self.params[k] -= learning_rate * grads[k]
            tell('on_epoch_end', model=self, held_out=(X_val, y_val), epoch=epoch, stats=stats)
            learning_rate *= learning_rate_decay
        return stats

    def predict(self, X):
        return self.all_forward(X)[0].argmax(1)
