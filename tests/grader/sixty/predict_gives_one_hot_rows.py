"""Rede neural: as etiquetas sao sempre linhas com um 1."""
import numpy as np


class Etiquetas:
    def __init__(self, quantas):
        self.identidade = np.eye(quantas)

    def linhas(self, numeros):
        return self.identidade[numeros]

    def mais_alta(self, valores):
        return self.identidade[valores.argmax(axis=1)]


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='sigmoid'):
        self.etiquetas = Etiquetas(num_classes)
        self.params = {'W1': np.random.randn(input_size, hidden_size),
                       'b1': np.zeros(hidden_size),
                       'W2': np.random.randn(hidden_size, num_classes),
                       'b2': np.zeros(num_classes)}
        for chave in ('W1', 'W2'):
            self.params[chave] *= std
        if activation == 'sigmoid':
            self.ativa = lambda soma: 1 / (1 + np.exp(-soma.clip(-500)))
            self.inclinacao = lambda saida: saida * (1 - saida)
        elif activation == 'relu':
            self.ativa = lambda soma: soma.clip(0)
            self.inclinacao = lambda saida: np.minimum(np.ceil(saida), 1)

    def propaga(self, X):
        saida = self.ativa(np.matmul(X, self.params['W1']) + self.params['b1'])
        return saida, np.matmul(saida, self.params['W2']) + self.params['b2']

    def custo(self, valores, certas):
        topo = valores.max(axis=1)
        potencias = np.exp(valores - topo[:, None])
        divisor = potencias.sum(axis=1)
        medio = (np.log(divisor) + topo - (valores * certas).sum(axis=1)).mean()
        return medio, potencias / divisor[:, None]

    def loss(self, X, y, reg=0.0):
        certas = self.etiquetas.linhas(y)
        saida, valores = self.propaga(X)
        medio, chances = self.custo(valores, certas)
        desvio = (chances - certas) / certas.shape[0]
        anterior = np.matmul(desvio, self.params['W2'].T) * self.inclinacao(saida)
        subidas = {'W2': np.matmul(saida.T, desvio), 'b2': desvio.sum(axis=0),
                   'W1': np.matmul(X.T, anterior), 'b1': anterior.sum(axis=0)}
        for chave in ('W1', 'W2'):
            subidas[chave] += reg * self.params[chave]
            medio += 0.5 * reg * np.linalg.norm(self.params[chave]) ** 2
        return medio, subidas

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        custos, tamanhos, acertos, acertos_val = [], [], [], []
        sorteio = np.random.RandomState(1)
        for epoca in range(num_epochs):
            fila = sorteio.permutation(X.shape[0])
            for posicao in range(max(X.shape[0] // batch_size, 1)):
                vez = fila[posicao * batch_size:(posicao + 1) * batch_size]
                medio, subidas = self.loss(X[vez], y[vez], reg)
                custos.append(medio)
                tamanhos.append(np.linalg.norm(subidas['W1']))
                for chave, subida in subidas.items():
                    self.params[chave] = self.params[chave] - learning_rate * subida
            acertos.append(self.fracao(X[vez], y[vez]))
            acertos_val.append(self.fracao(X_val, y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print('Epoca', epoca + 1, medio, acertos[-1], acertos_val[-1])
        return {'loss_history': custos, 'grad_magnitude_history': tamanhos,
                'train_acc_history': acertos, 'val_acc_history': acertos_val}

    def fracao(self, X, y):
        return (self.predict(X) * self.etiquetas.linhas(y)).sum() / len(y)

    def predict(self, X):
        return self.etiquetas.mais_alta(self.propaga(X)[1])
