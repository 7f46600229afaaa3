import numpy

logistic = {
    'out': lambda layer: numpy.where(
        layer['in'] > 0,
        1.0 / (1.0 + numpy.exp(-numpy.abs(layer['in']))),
        1.0 - 1.0 / (1.0 + numpy.exp(-numpy.abs(layer['in'])))),
    'gain': lambda layer: layer['out'] * (1.0 - layer['out']),
}
ramp = {
    'out': lambda layer: numpy.where(layer['in'] > 0, layer['in'], 0.0),
    'gain': lambda layer: numpy.where(layer['in'] > 0, 1.0, 0.0),
}
plain = {'out': lambda layer: layer['in'], 'gain': lambda layer: 1.0}
kinds = {'sigmoid': logistic, 'relu': ramp, 'none': plain}


def feed(layers, params, signal):
    for layer in layers:
        layer['came'] = signal
        layer['in'] = numpy.inner(signal, params[layer['weights']].T) + params[layer['bias']]
        layer['out'] = signal = kinds[layer['kind']]['out'](layer)
    return signal


def blame(layers, params, wrong, reg):
    result = {}
    for layer in layers[::-1]:
        wrong = wrong * kinds[layer['kind']]['gain'](layer)
        result[layer['bias']] = wrong.sum(axis=0)
        result[layer['weights']] = (
            numpy.inner(layer['came'].T, wrong.T) + reg * params[layer['weights']])
        wrong = numpy.inner(wrong, params[layer['weights']])
    return result


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1,
                 activation='sigmoid'):
        self.layers = [
            {'weights': 'W1', 'bias': 'b1', 'kind': activation,
             'shape': (input_size, hidden_size)},
            {'weights': 'W2', 'bias': 'b2', 'kind': 'none',
             'shape': (hidden_size, num_classes)},
        ]
        self.params = {}
        for layer in self.layers:
            self.params[layer['weights']] = numpy.random.normal(
                scale=std, size=layer['shape'])
            self.params[layer['bias']] = numpy.zeros(layer['shape'][1])

    def loss(self, X, y, reg=0.0):
        final = feed(self.layers, self.params, X)
        final = final - final.max(axis=1)[:, None]
        exponentials = numpy.exp(final)
        belief = exponentials / exponentials.sum(axis=1)[:, None]
        answer = numpy.zeros_like(belief)
        answer[numpy.arange(X.shape[0]), y] = 1.0
        cross = numpy.log(exponentials.sum(axis=1)) - (final * answer).sum(axis=1)
        weights = [self.params[layer['weights']] for layer in self.layers]
        squares = [numpy.inner(w.ravel(), w.ravel()) for w in weights]
        slopes = blame(self.layers, self.params, (belief - answer) / X.shape[0], reg)
        return cross.mean() + 0.5 * reg * sum(squares), slopes

    def predict(self, X):
        return feed(self.layers, self.params, X).argmax(axis=1)

    def train(self, X, y, X_val, y_val, **options):
        settings = {'learning_rate': 1e-3, 'learning_rate_decay': 0.95, 'reg': 1e-5,
                    'num_epochs': 10, 'batch_size': 200, 'verbose': False}
        settings.update(options)
        result = {'loss_history': [], 'grad_magnitude_history': [],
                  'train_acc_history': [], 'val_acc_history': []}
        numbers = numpy.random.RandomState(1)
        rate, size = settings['learning_rate'], settings['batch_size']
        for epoch in range(settings['num_epochs']):
            mixed = numbers.permutation(X.shape[0])
            for start in range(0, max(X.shape[0] - size, 0) + 1, size):
                picked = mixed[start:start + size]
                value, slopes = self.loss(X[picked], y[picked], reg=settings['reg'])
                result['loss_history'].append(value)
                result['grad_magnitude_history'].append(
                    numpy.linalg.norm(slopes['W1']))
                for name in slopes:
                    self.params[name] = self.params[name] - rate * slopes[name]
            for name, images, truth in (('train_acc_history', X[picked], y[picked]),
                                        ('val_acc_history', X_val, y_val)):
                result[name].append(numpy.average(self.predict(images) == truth))
            rate *= settings['learning_rate_decay']
            if settings['verbose']:
                print({name: values[-1] for name, values in result.items()})
        return result
