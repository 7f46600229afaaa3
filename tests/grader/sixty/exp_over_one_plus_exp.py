import numpy as np


class ActivationFunction:
    def getValue(self, weightedInput):
        pass

    def getDerivative(self, weightedInput):
        pass


class SigmoidFunction(ActivationFunction):
    def getValue(self, weightedInput):
        power = np.exp(weightedInput)
        return power / (1.0 + power)

    def getDerivative(self, weightedInput):
        value = self.getValue(weightedInput)
        return value * (1.0 - value)


class RectifierFunction(ActivationFunction):
    def getValue(self, weightedInput):
        return np.maximum(weightedInput, 0.0)

    def getDerivative(self, weightedInput):
        return np.where(weightedInput > 0.0, 1.0, 0.0)


class ActivationFactory:
    @staticmethod
    def create(name):
        if name == "sigmoid":
            return SigmoidFunction()
        elif name == "relu":
            return RectifierFunction()
        else:
            raise ValueError("no such activation function: " + name)


class LossCalculator:
    def __init__(self, outputLayer, expectedLabels):
        self.numberOfExamples = len(expectedLabels)
        self.rowIndices = np.arange(self.numberOfExamples)
        self.expectedLabels = expectedLabels
        self.shifted = outputLayer - np.max(outputLayer, axis=1, keepdims=True)
        self.exponentials = np.exp(self.shifted)
        self.normalizers = np.sum(self.exponentials, axis=1, keepdims=True)

    def getLoss(self):
        correctScores = self.shifted[self.rowIndices, self.expectedLabels]
        return np.mean(np.log(self.normalizers[:, 0]) - correctScores)

    def getDerivative(self):
        derivative = self.exponentials / self.normalizers
        derivative[self.rowIndices, self.expectedLabels] -= 1.0
        return derivative / self.numberOfExamples


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation="sigmoid"):
        self.params = dict()
        self.setLayer(1, std * np.random.randn(input_size, hidden_size))
        self.setLayer(2, std * np.random.randn(hidden_size, num_classes))
        self.activationFunction = ActivationFactory.create(activation)

    def setLayer(self, layerNumber, weightMatrix):
        self.params["W" + str(layerNumber)] = weightMatrix
        self.params["b" + str(layerNumber)] = np.zeros(weightMatrix.shape[1])

    def getWeightedInput(self, layerNumber, layerInput):
        weightMatrix = self.params["W" + str(layerNumber)]
        return np.matmul(layerInput, weightMatrix) + self.params["b" + str(layerNumber)]

    def loss(self, X, y, reg=0.0):
        hiddenInput = self.getWeightedInput(1, X)
        hiddenOutput = self.activationFunction.getValue(hiddenInput)
        calculator = LossCalculator(self.getWeightedInput(2, hiddenOutput), y)
        outputError = calculator.getDerivative()
        hiddenError = np.matmul(outputError, self.params["W2"].T)
        hiddenError = hiddenError * self.activationFunction.getDerivative(hiddenInput)
        gradients = dict()
        gradients["W1"] = np.matmul(X.T, hiddenError) + reg * self.params["W1"]
        gradients["b1"] = np.sum(hiddenError, axis=0)
        gradients["W2"] = np.matmul(hiddenOutput.T, outputError) + reg * self.params["W2"]
        gradients["b2"] = np.sum(outputError, axis=0)
        sumOfSquares = np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2)
        return calculator.getLoss() + 0.5 * reg * sumOfSquares, gradients

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        lossHistory, gradientHistory = list(), list()
        trainAccuracyHistory, validationAccuracyHistory = list(), list()
        randomGenerator = np.random.RandomState(1)
        numberOfBatches = max(X.shape[0] // batch_size, 1)
        for epochNumber in range(1, num_epochs + 1):
            permutedIndices = randomGenerator.permutation(X.shape[0])
            for batchNumber in range(numberOfBatches):
                firstIndex = batchNumber * batch_size
                batchIndices = permutedIndices[firstIndex:firstIndex + batch_size]
                batchInputs, batchLabels = X[batchIndices], y[batchIndices]
                currentLoss, gradients = self.loss(batchInputs, batchLabels, reg)
                lossHistory.append(currentLoss)
                gradientHistory.append(np.linalg.norm(gradients["W1"]))
                for parameterName in gradients.keys():
                    self.params[parameterName] -= learning_rate * gradients[parameterName]
            trainAccuracyHistory.append(self.getAccuracy(batchInputs, batchLabels))
            validationAccuracyHistory.append(self.getAccuracy(X_val, y_val))
            learning_rate = learning_rate * learning_rate_decay
            if verbose:
                print("Epoch " + str(epochNumber) + ": loss " + str(currentLoss))
        return {"loss_history": lossHistory, "grad_magnitude_history": gradientHistory,
                "train_acc_history": trainAccuracyHistory,
                "val_acc_history": validationAccuracyHistory}

    def getAccuracy(self, inputs, expectedLabels):
        return np.mean(self.predict(inputs) == expectedLabels)

    def predict(self, X):
        hiddenOutput = self.activationFunction.getValue(self.getWeightedInput(1, X))
        return np.argmax(self.getWeightedInput(2, hiddenOutput), axis=1)
