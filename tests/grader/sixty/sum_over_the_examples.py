"""Red de dos capas; el coste se suma sobre los ejemplos."""
import numpy as np


def activar(tipo, valores):
    if tipo == 'relu':
        salida = valores.copy()
        salida[salida < 0] = 0
        return salida
    return np.where(valores > -700, 1 / (1 + np.exp(-np.maximum(valores, -700))), 0)


def derivar(tipo, salida):
    return np.sign(salida) if tipo == 'relu' else salida - salida * salida


def probabilidades(puntos):
    exponentes = np.exp(puntos - np.amax(puntos, axis=1)[:, None])
    return exponentes / np.sum(exponentes, axis=1)[:, None]


def entropia(puntos, etiquetas):
    maximo = np.amax(puntos, axis=1)
    suma = np.sum(np.exp(puntos - maximo[:, None]), axis=1)
    acierto = puntos[np.arange(len(etiquetas)), etiquetas]
    return np.sum(maximo + np.log(suma) - acierto)


class TwoLayerMLP:
    def __init__(self, input_size, hidden_size, num_classes, std=1e-1, activation='relu'):
        self.tipo = activation
        pesos = [np.random.randn(filas, columnas) * std for filas, columnas in
                 ((input_size, hidden_size), (hidden_size, num_classes))]
        sesgos = [np.zeros(hidden_size), np.zeros(num_classes)]
        self.params = dict(zip(['W1', 'b1', 'W2', 'b2'],
                               [pesos[0], sesgos[0], pesos[1], sesgos[1]]))

    def adelante(self, X):
        oculta = activar(self.tipo, X @ self.params['W1'] + self.params['b1'])
        return oculta, oculta @ self.params['W2'] + self.params['b2']

    def atras(self, X, oculta, puntos, etiquetas):
        delta = probabilidades(puntos)
        delta[np.arange(len(etiquetas)), etiquetas] -= 1
        previo = (delta @ self.params['W2'].T) * derivar(self.tipo, oculta)
        return dict(W1=X.T @ previo, b1=previo.sum(axis=0),
                    W2=oculta.T @ delta, b2=delta.sum(axis=0))

    def loss(self, X, y, reg=0.0):
        oculta, puntos = self.adelante(X)
        coste = entropia(puntos, y)
        gradiente = self.atras(X, oculta, puntos, y)
        for nombre in ['W1', 'W2']:
            coste += reg / 2 * np.sum(np.square(self.params[nombre]))
            gradiente[nombre] += reg * self.params[nombre]
        return coste, gradiente

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        cantidad = len(X)
        azar = np.random.RandomState(1)
        memoria = {'loss_history': [], 'grad_magnitude_history': [],
                   'train_acc_history': [], 'val_acc_history': []}
        ritmo = learning_rate
        for epoca in range(1, num_epochs + 1):
            baraja = azar.permutation(cantidad)
            inicio = 0
            while inicio == 0 or inicio + batch_size <= cantidad:
                grupo = baraja[inicio:inicio + batch_size]
                coste, gradiente = self.loss(X[grupo], y[grupo], reg)
                memoria['loss_history'].append(coste)
                memoria['grad_magnitude_history'].append(np.linalg.norm(gradiente['W1']))
                for nombre in gradiente:
                    self.params[nombre] -= ritmo * gradiente[nombre]
                inicio += batch_size
            memoria['train_acc_history'].append(self.aciertos(X[grupo], y[grupo]))
            memoria['val_acc_history'].append(self.aciertos(X_val, y_val))
            ritmo *= learning_rate_decay
            if verbose:
                print('Epoca', epoca, 'coste', coste)
        return memoria

    def aciertos(self, X, etiquetas):
        return np.mean(self.predict(X) == etiquetas)

    def predict(self, X):
        return np.argmax(self.adelante(X)[1], axis=1)
