"""No backpropagation: each entry is moved a little up and down."""
import numpy as np

H_STEP = 1e-5


def wiggle(objective, array):
    """Centered differences, an entry at a time."""
    slope = np.zeros_like(array)
    cursor = np.nditer(array, flags=['multi_index'])
    while not cursor.finished:
        place = cursor.multi_index
        kept = array[place]
        array[place] = kept + H_STEP
        above = objective()
        array[place] = kept - H_STEP
        below = objective()
        array[place] = kept
        slope[place] = (above - below) / (2 * H_STEP)
        cursor.iternext()
    return slope


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        normal = np.random.randn
        self.params = {'W1': std * normal(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': std * normal(hidden_size, num_classes), 'b2': np.zeros(num_classes)}
        self.curve = {'relu': lambda c: np.maximum(c, 0),
                      'sigmoid': lambda c: 1 / (1 + np.exp(-c))}[activation]

    def logits(self, X):
        inner = self.curve(np.dot(X, self.params['W1']) + self.params['b1'])
        return np.dot(inner, self.params['W2']) + self.params['b2']

    def objective(self, X, y, reg):
        outputs = self.logits(X)
        summit = outputs.max(axis=1)
        evidence = np.log(np.exp(outputs - summit[:, None]).sum(axis=1)) + summit
        fit = (evidence - outputs[np.arange(len(y)), y]).sum() / len(y)
        ridge = (self.params['W1'] ** 2).sum() + (self.params['W2'] ** 2).sum()
        return fit + reg * ridge / 2

    def loss(self, X, y, reg=0.0):
        measure = lambda: self.objective(X, y, reg)
        return measure(), {key: wiggle(measure, array) for key, array in self.params.items()}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        gathered = {'loss_history': [], 'grad_magnitude_history': [],
                    'train_acc_history': [], 'val_acc_history': []}
        spinner = np.random.RandomState(1)
        for stage in range(num_epochs):
            stack = spinner.permutation(len(y))
            for card in range(max(len(y) // batch_size, 1)):
                hand = stack[card * batch_size:(card + 1) * batch_size]
                measured, slopes = self.loss(X[hand], y[hand], reg)
                gathered['loss_history'].append(measured)
                gathered['grad_magnitude_history'].append(np.linalg.norm(slopes['W1']))
                for key in slopes:
                    self.params[key] = self.params[key] - learning_rate * slopes[key]
            gathered['train_acc_history'].append(np.mean(self.predict(X[hand]) == y[hand]))
            gathered['val_acc_history'].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('stage', stage + 1, measured)
        return gathered

    def predict(self, X):
        return self.logits(X).argmax(axis=1)
