import numpy


class Registry(type):
    kinds = {}

    def __init__(cls, name, bases, space):
        super().__init__(name, bases, space)
        Registry.kinds[name.lower()] = cls


class Activation(metaclass=Registry):
    __slots__ = ('seen',)

    def __call__(self, stimulus):
        self.seen = self.value(stimulus)
        return self.seen

    def __invert__(self):
        return self.slope(self.seen)


class Relu(Activation):
    def value(self, stimulus):
        return numpy.select([stimulus > 0], [stimulus])

    def slope(self, seen):
        return numpy.select([seen > 0], [1.0])


class Sigmoid(Activation):
    def value(self, stimulus):
        return numpy.piecewise(stimulus, [stimulus < 0], [
            lambda s: numpy.exp(s) / (1 + numpy.exp(s)), lambda s: 1 / (1 + numpy.exp(-s))])

    def slope(self, seen):
        return numpy.prod([seen, 1 - seen], axis=0)


class Dense:
    __slots__ = 'owner', 'suffix', 'stimulus'

    def __init__(self, owner, suffix, width, height, spread):
        self.owner, self.suffix = owner, str(suffix)
        owner.params['W' + self.suffix] = numpy.random.randn(width, height) * spread
        owner.params['b' + self.suffix] = numpy.zeros(height)

    @property
    def matrix(self):
        return self.owner.params['W' + self.suffix]

    def __call__(self, stimulus):
        self.stimulus = stimulus
        return stimulus @ self.matrix + self.owner.params['b' + self.suffix]

    def collect(self, signal, strength):
        return {'W' + self.suffix: self.stimulus.T @ signal + strength * self.matrix,
                'b' + self.suffix: signal.sum(0)}

    def weight_cost(self):
        return numpy.square(self.matrix).sum()


class Softmax:
    def __init__(self, stimulus):
        ceiling = stimulus.max(1, keepdims=True)
        unnormed = numpy.exp(stimulus - ceiling)
        self.floor = ceiling + numpy.log(unnormed.sum(1, keepdims=True))
        self.stimulus = stimulus

    def information(self, targets):
        mine = self.stimulus[numpy.arange(targets.size), targets]
        return numpy.average(self.floor.ravel() - mine)

    def signal(self, targets):
        out = numpy.exp(self.stimulus - self.floor)
        for target in numpy.unique(targets):
            out[targets == target, target] -= 1
        return out / targets.size


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.params = {}
        self.bottom = Dense(self, 1, input_size, hidden_size, std)
        self.top = Dense(self, 2, hidden_size, num_classes, std)
        self.middle = Registry.kinds[activation]()

    def predict(self, X):
        return self.top(self.middle(self.bottom(X))).argmax(1)

    def loss(self, X, y, reg=0.0):
        softmax = Softmax(self.top(self.middle(self.bottom(X))))
        signal = softmax.signal(y)
        deeper = (signal @ self.top.matrix.T) * ~self.middle
        burden = self.bottom.weight_cost() + self.top.weight_cost()
        return softmax.information(y) + burden * reg / 2, {
            **self.bottom.collect(deeper, reg), **self.top.collect(signal, reg)}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        course = Course(self, learning_rate, reg)
        mersenne = numpy.random.RandomState(1)
        for number in range(1, num_epochs + 1):
            shuffled = mersenne.permutation(y.size)
            for lap in range(max(y.size // batch_size, 1)):
                ids = shuffled[lap * batch_size:(lap + 1) * batch_size]
                course.advance(X[ids], y[ids])
            course.examine(train=(X[ids], y[ids]), val=(X_val, y_val))
            course.pace *= learning_rate_decay
            if verbose:
                course.report(number)
        return course.notes


class Course:
    def __init__(self, pupil, pace, strength):
        self.pupil, self.pace, self.strength = pupil, pace, strength
        self.notes = {'loss_history': [], 'grad_magnitude_history': [],
                      'train_acc_history': [], 'val_acc_history': []}

    def advance(self, inputs, targets):
        value, directions = self.pupil.loss(inputs, targets, self.strength)
        self.notes['loss_history'].append(value)
        self.notes['grad_magnitude_history'].append(numpy.linalg.norm(directions['W1']))
        for key, direction in directions.items():
            self.pupil.params[key] = self.pupil.params[key] - self.pace * direction

    def examine(self, **exams):
        for name, (inputs, targets) in exams.items():
            verdicts = self.pupil.predict(inputs) == targets
            self.notes[f'{name}_acc_history'].append(verdicts.mean())

    def report(self, number):
        print('Epoch', number, *(f'{k} {v[-1]:f}' for k, v in self.notes.items()))
