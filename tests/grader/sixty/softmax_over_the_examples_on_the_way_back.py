"""Uma rede com uma camada oculta, feita de funções soltas."""
import numpy as np
from scipy.special import expit, logsumexp


def camada_oculta(entrada, pesos, vies, funcao):
    soma = np.dot(entrada, pesos) + vies
    return expit(soma) if funcao == "sigmoid" else soma.clip(min=0)


def derivada(saida, funcao):
    return saida - saida * saida if funcao == "sigmoid" else np.sign(saida)


def exponenciais(pontos):
    altura = np.exp(pontos - pontos.max(axis=1).reshape(-1, 1))
    return altura / altura.sum(axis=0)


def quadrados(*matrizes):
    return sum(np.vdot(matriz, matriz) for matriz in matrizes)


class TwoLayerMLP(object):
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation="relu"):
        self.funcao = activation
        primeira = np.random.randn(input_size, hidden_size)
        segunda = np.random.randn(hidden_size, num_classes)
        self.params = dict(W1=primeira * std, W2=segunda * std)
        self.params.update(b1=np.zeros((hidden_size,)), b2=np.zeros((num_classes,)))

    def avaliar(self, entrada):
        rede = self.params
        oculta = camada_oculta(entrada, rede["W1"], rede["b1"], self.funcao)
        return oculta, np.dot(oculta, rede["W2"]) + rede["b2"]

    def loss(self, X, y, reg=0.0):
        rede, quantos = self.params, X.shape[0]
        oculta, pontos = self.avaliar(X)
        certos = np.take_along_axis(pontos, y.reshape(-1, 1), axis=1).ravel()
        custo = (logsumexp(pontos, axis=1) - certos).sum() / quantos
        custo += quadrados(rede["W1"], rede["W2"]) * reg / 2

        alvo = (y.reshape(-1, 1) == range(pontos.shape[1])) * 1.0
        sinal = (exponenciais(pontos) - alvo) / quantos
        retorno = np.dot(sinal, rede["W2"].T) * derivada(oculta, self.funcao)
        return custo, dict(
            W1=np.dot(X.T, retorno) + reg * rede["W1"],
            W2=np.dot(oculta.T, sinal) + reg * rede["W2"],
            b1=retorno.sum(axis=0),
            b2=sinal.sum(axis=0),
        )

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        sorteio = np.random.RandomState(1)
        custos, normas, treino, prova = [], [], [], []
        passos = X.shape[0] // batch_size or 1
        while len(prova) < num_epochs:
            cartas = sorteio.permutation(X.shape[0])
            for mao in range(passos):
                jogo = cartas[mao * batch_size:][:batch_size]
                custo, inclinacao = self.loss(X[jogo], y[jogo], reg)
                custos.append(custo)
                normas.append(np.sqrt(quadrados(inclinacao["W1"])))
                self.params = {
                    chave: valor - learning_rate * inclinacao[chave]
                    for chave, valor in self.params.items()
                }
            treino.append(self.acertos(X[jogo], y[jogo]))
            prova.append(self.acertos(X_val, y_val))
            learning_rate = learning_rate * learning_rate_decay
            if verbose:
                print(len(prova), custo, treino[-1], prova[-1])
        return dict(loss_history=custos, grad_magnitude_history=normas,
                    train_acc_history=treino, val_acc_history=prova)

    def acertos(self, X, y):
        return np.count_nonzero(self.predict(X) == y) / y.size

    def predict(self, X):
        return np.argmax(self.avaliar(X)[1], axis=1)
