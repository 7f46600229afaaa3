"""Settings are checked and brought into range before they are used."""
import numpy as np

LIMITS = {'reg': (0, 50), 'learning_rate': (0, 1e3), 'std': (0, 1e3)}


def within(setting, value):
    lowest, highest = LIMITS[setting]
    return min(max(value, lowest), highest)


class Problem:
    """A view of the data with what the objective needs of it."""

    def __init__(self, features, classes, how_many_classes):
        self.features = features
        self.count = len(classes)
        self.indicator = np.zeros((self.count, how_many_classes), dtype=bool)
        self.indicator[np.arange(self.count), classes] = True


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        std = within('std', std)
        self.classes = num_classes
        self.sigmoid = activation == 'sigmoid'
        self.params = {}
        self._add('1', input_size, hidden_size, std)
        self._add('2', hidden_size, num_classes, std)

    def _add(self, tag, rows, columns, std):
        self.params['W' + tag] = std * np.random.standard_normal((rows, columns))
        self.params['b' + tag] = np.zeros(columns)

    def _stimulate(self, features):
        inside = features @ self.params['W1'] + self.params['b1']
        if not self.sigmoid:
            return np.maximum(0, inside)
        negative = inside < 0
        powers = np.exp(np.where(negative, inside, -inside))
        return np.where(negative, powers, 1) / (1 + powers)

    def _conclude(self, code):
        return code @ self.params['W2'] + self.params['b2']

    def _objective(self, problem, reg):
        code = self._stimulate(problem.features)
        verdict = self._conclude(code)
        verdict -= verdict.max(axis=1, keepdims=True)
        bottom = np.log(np.exp(verdict).sum(axis=1, keepdims=True))
        data = np.sum(bottom) - np.sum(verdict[problem.indicator])
        ridge = np.sum(self.params['W1'] ** 2) + np.sum(self.params['W2'] ** 2)
        mistakes = (np.exp(verdict - bottom) - problem.indicator) / problem.count
        return data / problem.count + reg * ridge / 2, code, mistakes

    def _descent(self, problem, code, mistakes, reg):
        attributed = mistakes @ self.params['W2'].T
        attributed *= code * (1 - code) if self.sigmoid else code > 0
        return {'W1': problem.features.T @ attributed + reg * self.params['W1'],
                'b1': attributed.sum(axis=0),
                'W2': code.T @ mistakes + reg * self.params['W2'],
                'b2': mistakes.sum(axis=0)}

    def loss(self, X, y, reg=0.0):
        reg = within('reg', reg)
        problem = Problem(X, y, self.classes)
        objective, code, mistakes = self._objective(problem, reg)
        return objective, self._descent(problem, code, mistakes, reg)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        learning_rate = within('learning_rate', learning_rate)
        collected = {title: [] for title in ('loss', 'grad_magnitude', 'train_acc', 'val_acc')}
        fortune = np.random.RandomState(1)
        portions = max(len(y) // batch_size, 1)
        for season in range(num_epochs):
            stirred = fortune.permutation(len(y))
            for portion in range(portions):
                taken = stirred[portion * batch_size:][:batch_size]
                objective, descent = self.loss(X[taken], y[taken], reg)
                collected['loss'].append(objective)
                collected['grad_magnitude'].append(np.linalg.norm(descent['W1']))
                for title in descent:
                    self.params[title] -= learning_rate * descent[title]
            collected['train_acc'].append(self._quality(X[taken], y[taken]))
            collected['val_acc'].append(self._quality(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('season', season + 1, objective)
        return {title + '_history': numbers for title, numbers in collected.items()}

    def _quality(self, features, classes):
        return np.mean(self.predict(features) == classes)

    def predict(self, X):
        return self._conclude(self._stimulate(X)).argmax(axis=1)
