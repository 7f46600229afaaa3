# %%
import numpy as np
from numpy.random import RandomState, randn

# %%
def forward(model, inputs):
    net1 = inputs @ model['W1'] + model['b1']
    out1 = np.maximum(net1, 0) if model_kind[id(model)] == 'relu' else 1/(1+np.exp(-net1))
    net2 = out1 @ model['W2'] + model['b2']
    return out1, net2

model_kind = {}

# %%
def backward(model, inputs, out1, err2):
    err1 = err2 @ model['W2'].T
    if model_kind[id(model)] == 'relu':
        err1 = err1 * (out1 > 0)
    else:
        err1 = err1 * out1 * (1 - out1)
    return {'W2': out1.T @ err2, 'b2': err2.sum(0), 'W1': inputs.T @ err1, 'b1': err1.sum(0)}

# %%
def objective(model, inputs, targets, lam):
    out1, net2 = forward(model, inputs)
    net2 = net2 - net2.max(1)[:, None]
    q = np.exp(net2) / np.exp(net2).sum(1)[:, None]
    batch = len(targets)
    logq = net2 - np.log(np.exp(net2).sum(1)[:, None])
    E = -logq[np.arange(batch), targets].sum() / batch
    E = E + lam * 0.5 * (np.sum(model['W1']**2) + np.sum(model['W2']**2))
    q[np.arange(batch), targets] = q[np.arange(batch), targets] - 1
    delta = backward(model, inputs, out1, q)
    delta['W1'] = delta['W1'] + lam * model['W1']
    delta['W2'] = delta['W2'] + lam * model['W2']
    return E, delta

# %%
def classify(model, inputs):
    return forward(model, inputs)[1].argmax(1)

def correct(model, inputs, targets):
    return (classify(model, inputs) == targets).mean()

# %%
def gradient_descent(model, data, heldout, eta, gamma, lam, epochs, size, talk):
    rs = RandomState(1)
    E_list, g_list, acc_list, acc_val_list = [], [], [], []
    inputs, targets = data
    for ep in range(epochs):
        idx = rs.permutation(len(targets))
        for b in range(max(len(targets)//size, 1)):
            sub = idx[b*size:(b+1)*size]
            E, delta = objective(model, inputs[sub], targets[sub], lam)
            for key in delta:
                model[key] -= eta * delta[key]
            E_list.append(E)
            g_list.append(np.linalg.norm(delta['W1']))
        eta *= gamma
        acc_list.append(correct(model, inputs[sub], targets[sub]))
        acc_val_list.append(correct(model, *heldout))
        if talk:
            print("Epoch %d: loss %f, train_acc %f, val_acc %f" % (
                ep+1, E, acc_list[-1], acc_val_list[-1]))
    return {'loss_history': E_list, 'grad_magnitude_history': g_list,
            'train_acc_history': acc_list, 'val_acc_history': acc_val_list}

# %%
class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='sigmoid'):
        self.params = {'W1': std*randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': std*randn(hidden_size, num_classes), 'b2': np.zeros(num_classes)}
        model_kind[id(self.params)] = activation

    def loss(self, X, y, reg=0.0):
        return objective(self.params, X, y, reg)

    def predict(self, X):
        return classify(self.params, X)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        return gradient_descent(self.params, (X, y), (X_val, y_val), learning_rate,
                                learning_rate_decay, reg, num_epochs, batch_size, verbose)
