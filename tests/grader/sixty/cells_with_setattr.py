# %%
import numpy as np

def softplus_free(v):
    """The logistic function, without exp of anything positive."""
    w = np.exp(-np.abs(v))
    return np.where(v >= 0, 1, w) / (1 + w)

STEPS = []

# %%
class TwoLayerMLP:
    "Methods come below, one cell for each exercise."

# %%
def initialize(model, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
    model.relu = activation.lower().startswith('r')
    model.params = dict(
        W1=std * np.random.randn(input_size, hidden_size), b1=np.zeros((hidden_size,)),
        W2=std * np.random.randn(hidden_size, num_classes), b2=np.zeros((num_classes,)))

STEPS.append(('__init__', initialize))

# %%
def scores(model, X):
    pre = X.dot(model.params['W1']) + model.params['b1']
    post = np.where(pre > 0, pre, 0) if model.relu else softplus_free(pre)
    return post, post.dot(model.params['W2']) + model.params['b2']

def predict(model, X):
    return scores(model, X)[1].argmax(axis=-1)

STEPS += [('scores', scores), ('predict', predict)]

# %%
def cross_entropy(z, labels):
    z = z - z.max(axis=-1, keepdims=True)
    partition = np.exp(z).sum(axis=-1, keepdims=True)
    target = np.eye(z.shape[-1])[labels]
    nll = -((z - np.log(partition)) * target).sum(axis=-1)
    return nll.mean(), (np.exp(z) / partition - target) / labels.shape[0]

def loss(model, X, y, reg=0.0):
    post, z = scores(model, X)
    value, grad_z = cross_entropy(z, y)
    grad_post = grad_z.dot(model.params['W2'].T)
    grad_pre = np.where(post > 0, grad_post, 0) if model.relu else grad_post * (post - post**2)
    derivs = {'W2': post.T.dot(grad_z), 'b2': grad_z.sum(axis=0),
              'W1': X.T.dot(grad_pre), 'b1': grad_pre.sum(axis=0)}
    for w in ('W1', 'W2'):
        value = value + 0.5 * reg * (model.params[w]**2).sum()
        derivs[w] = derivs[w] + reg * model.params[w]
    return value, derivs

STEPS.append(('loss', loss))

# %%
# an aside: time it
import time
began = time.time()
for _ in range(3):
    softplus_free(np.zeros(1000))
print(time.time() - began, 'seconds')

# %%
def fit(model, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
        reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
    out, gen = {}, np.random.RandomState(1)
    def put(name, number):
        out.setdefault(name, []).append(number)
    for ep in range(num_epochs):
        perm = gen.permutation(y.shape[0])
        cuts = range(batch_size, max(y.shape[0] - batch_size + 1, batch_size + 1), batch_size)
        ends = [0, *cuts] if y.shape[0] >= 2 * batch_size else [0]
        for lo in sorted(set(ends)):
            if lo and lo + batch_size > y.shape[0]:
                continue
            mini = perm[lo:lo + batch_size]
            value, derivs = model.loss(X[mini], y[mini], reg)
            put('loss_history', value)
            put('grad_magnitude_history', np.linalg.norm(derivs['W1']))
            for k, d in derivs.items():
                model.params[k] = model.params[k] - learning_rate * d
        put('train_acc_history', (model.predict(X[mini]) == y[mini]).mean())
        put('val_acc_history', (model.predict(X_val) == y_val).mean())
        learning_rate *= learning_rate_decay
        if verbose:
            print('Epoch %d: loss %f' % (ep + 1, value))
    return out

STEPS.append(('train', fit))

# %%
for name, method in STEPS:
    setattr(TwoLayerMLP, name, method)
