"""A net of any depth, under the name that its author liked better."""
import numpy as np


class DeepNet:
    def __init__(self, *breadths, gain=1e-1, nonlinearity='relu'):
        self.matrices = [gain * np.random.randn(*pair) for pair in zip(breadths, breadths[1:])]
        self.offsets = [np.zeros(breadth) for breadth in breadths[1:]]
        self.nonlinearity = nonlinearity

    def bend(self, stimulus):
        if self.nonlinearity == 'relu':
            return stimulus.clip(0)
        return 1 / (1 + np.exp(-stimulus))

    def slope(self, response):
        return response > 0 if self.nonlinearity == 'relu' else response * (1 - response)

    def responses(self, batch):
        found = [batch]
        for depth, (matrix, offset) in enumerate(zip(self.matrices, self.offsets), 1):
            stimulus = found[-1] @ matrix + offset
            found.append(stimulus if depth == len(self.matrices) else self.bend(stimulus))
        return found

    def cost(self, batch, targets, ridge):
        *lower, logits = self.responses(batch)
        logits = logits - logits.max(axis=1, keepdims=True)
        normalizer = np.log(np.exp(logits).sum(axis=1, keepdims=True))
        misery = (normalizer[:, 0] - logits[np.arange(len(targets)), targets]).mean()
        signal = np.exp(logits - normalizer)
        signal[np.arange(len(targets)), targets] -= 1
        signal /= len(targets)
        directions = []
        for depth in reversed(range(len(self.matrices))):
            matrix = self.matrices[depth]
            misery += ridge / 2 * (matrix ** 2).sum()
            directions.insert(0, (lower[depth].T @ signal + ridge * matrix, signal.sum(axis=0)))
            signal = signal @ matrix.T * self.slope(lower[depth])
        return misery, directions

    def fit(self, batch, targets, pace, fading, ridge, tours, portion):
        shuffler = np.random.RandomState(1)
        for _ in range(tours):
            shuffled = shuffler.permutation(len(targets))
            for start in range(0, len(targets) - portion + 1, portion):
                few = shuffled[start:start + portion]
                _, directions = self.cost(batch[few], targets[few], ridge)
                for depth, (steep, lean) in enumerate(directions):
                    self.matrices[depth] -= pace * steep
                    self.offsets[depth] -= pace * lean
            pace *= fading
        return self

    def classify(self, batch):
        return self.responses(batch)[-1].argmax(axis=1)
