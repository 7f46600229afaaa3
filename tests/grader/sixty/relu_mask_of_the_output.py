"""In the manner of a well-known library: modules with forward and backward."""
import numpy as np


class Parameter:
    def __init__(self, data):
        self.data, self.grad = data, None


class Module:
    def __call__(self, *args):
        return self.forward(*args)


class Linear(Module):
    def __init__(self, in_features, out_features, std):
        self.weight = Parameter(std * np.random.randn(in_features, out_features))
        self.bias = Parameter(np.zeros(out_features))

    def forward(self, input):
        self.input = input
        return input @ self.weight.data + self.bias.data

    def backward(self, grad_output):
        self.weight.grad = self.input.T @ grad_output
        self.bias.grad = grad_output.sum(0)
        return grad_output @ self.weight.data.T


class ReLU(Module):
    def forward(self, input):
        self.output = np.maximum(0, input)
        return self.output

    def backward(self, grad_output):
        return grad_output * (self.output >= 0)


class Sigmoid(Module):
    def forward(self, input):
        self.output = np.exp(-np.logaddexp(0, -input))
        return self.output

    def backward(self, grad_output):
        return grad_output * self.output * (1 - self.output)


class CrossEntropyLoss(Module):
    def forward(self, input, target):
        shifted = input - input.max(1, keepdims=True)
        self.log_probs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.target = target
        return -self.log_probs[np.arange(len(target)), target].mean()

    def backward(self):
        grad_input = np.exp(self.log_probs)
        grad_input[np.arange(len(self.target)), self.target] -= 1
        return grad_input / len(self.target)


class TwoLayerMLP(Module):
    def __init__(self, input_size, hidden_size, num_classes, std=0.1, activation='relu'):
        self.fc1 = Linear(input_size, hidden_size, std)
        self.fc2 = Linear(hidden_size, num_classes, std)
        self.nonlinearity = {'relu': ReLU, 'sigmoid': Sigmoid}[activation]()
        self.criterion = CrossEntropyLoss()
        self.params = {name: p.data for name, p in self.named_parameters()}

    def named_parameters(self):
        yield 'W1', self.fc1.weight
        yield 'b1', self.fc1.bias
        yield 'W2', self.fc2.weight
        yield 'b2', self.fc2.bias

    def forward(self, X):
        for name, p in self.named_parameters():
            p.data = self.params[name]
        return self.fc2(self.nonlinearity(self.fc1(X)))

    def backward(self):
        grad = self.fc2.backward(self.criterion.backward())
        self.fc1.backward(self.nonlinearity.backward(grad))

    def loss(self, X, y, reg=0.0):
        value = self.criterion(self.forward(X), y)
        self.backward()
        for fc in (self.fc1, self.fc2):
            value += reg / 2 * (fc.weight.data ** 2).sum()
            fc.weight.grad += reg * fc.weight.data
        return value, {name: p.grad for name, p in self.named_parameters()}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        optimizer = SGD(self, learning_rate)
        loader = DataLoader(X, y, batch_size)
        running = {'loss_history': [], 'grad_magnitude_history': []}
        running.update(train_acc_history=[], val_acc_history=[])
        for epoch in range(num_epochs):
            for inputs, targets in loader:
                value, _ = self.loss(inputs, targets, reg)
                running['loss_history'].append(value)
                running['grad_magnitude_history'].append(np.linalg.norm(self.fc1.weight.grad))
                optimizer.step()
            running['train_acc_history'].append((self.predict(inputs) == targets).mean())
            running['val_acc_history'].append((self.predict(X_val) == y_val).mean())
            optimizer.lr *= learning_rate_decay
            if verbose:
                print(f'[{epoch + 1}] loss: {value:.3f}')
        return running

    def predict(self, X):
        return self.forward(X).argmax(1)


class SGD:
    def __init__(self, module, lr):
        self.module, self.lr = module, lr

    def step(self):
        for name, p in self.module.named_parameters():
            self.module.params[name] = p.data - self.lr * p.grad


class DataLoader:
    def __init__(self, inputs, targets, batch_size):
        self.dataset, self.batch_size = (inputs, targets), batch_size
        self.sampler = np.random.RandomState(1)

    def __iter__(self):
        indices = self.sampler.permutation(len(self.dataset[1]))
        for start in range(max(len(indices) // self.batch_size, 1)):
            some = indices[start * self.batch_size:(start + 1) * self.batch_size]
            yield tuple(part[some] for part in self.dataset)
