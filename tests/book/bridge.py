"""From the proofs to the code: the functions that the page of the equations prints.

For each label, `BRIDGE` names a function that draws numbers and sizes from rng and
returns two arrays: the right-hand side of the proved equation, and what the package
computes. Write these functions for a reader of the book; test_proofs.py calls them.
"""

import numpy as np
from exact import FORMULAS, z
from part_one import right_side
from sympy import erf, sqrt

import mlp
from mlp import activations, attention, gates, layers, losses, recurrence, training
from mlp.network import backward, forward
from mlp.proof import f


def drawn(rng, *shape):
    """Independent normal numbers."""
    return rng.standard_normal(shape)


def unequal_sizes(rng):
    """N, D, H, K: four different sizes in random order."""
    return rng.permutation([2, 3, 4, 5])


def one_hot(y, K):
    """Rows Y (N, K) with a 1 in the column of the label."""
    return np.eye(K)[y]


def affine(rule, rng):
    N, D, H, _ = unequal_sizes(rng)
    X, W, b = drawn(rng, N, D), drawn(rng, D, H), drawn(rng, H)
    computed, _ = forward({"W1": W, "b1": b}, X, np.tanh)
    return right_side(rule, X=X, W=W, b=b[None]), computed


def affine_W(rule, rng):
    N, D, H, _ = unequal_sizes(rng)
    X, G, W = drawn(rng, N, D), drawn(rng, N, H), drawn(rng, D, H)
    grads = backward({"W1": W, "b1": None}, [X], G, None)
    return right_side(rule, X=X, G=G), grads["W1"]


def affine_b(rule, rng):
    N, D, H, _ = unequal_sizes(rng)
    X, G = drawn(rng, N, D), drawn(rng, N, H)
    grads = backward({"W1": None, "b1": None}, [X], G, None)
    return right_side(rule, G=G)[0], grads["b1"]


def first_dZ(W, G, H, f_prime_of_h):
    """The dZ that `backward` hands to the first layer; inputs I show it as dW1."""
    return backward({"W2": W}, [np.eye(len(G)), H], G, f_prime_of_h)["W1"]


def affine_X(rule, rng):
    N, D, H, _ = unequal_sizes(rng)
    X, W, G = drawn(rng, N, D), drawn(rng, D, H), drawn(rng, N, H)
    return right_side(rule, G=G, W=W), first_dZ(W, G, X, np.ones_like)


DIFFERENTIABLE = sorted(FORMULAS.keys() - {"relu"})


def elementwise_Z(rule, rng):
    N, H, _, _ = unequal_sizes(rng)
    Z, G, name = drawn(rng, N, H), drawn(rng, N, H), rng.choice(DIFFERENTIABLE)
    function, f_prime_of_h = activations.ACTIVATIONS[name]
    proved = right_side(rule, formula=(f(z), FORMULAS[name]), G=G, Z=Z)
    return proved, first_dZ(np.eye(H), G, function(Z), f_prime_of_h)


def slope(rule, rng, name):
    """An activation's derivative at ten numbers; the code is given the output h."""
    function, f_prime_of_h = activations.ACTIVATIONS[name]
    numbers = 3 * drawn(rng, 10)
    proved = [right_side(rule, z=number) for number in numbers]
    return proved, f_prime_of_h(function(numbers))


def sigmoid_prime(rule, rng):
    return slope(rule, rng, "sigmoid")


def tanh_prime(rule, rng):
    return slope(rule, rng, "tanh")


def relu_prime(rule, rng):
    return slope(rule, rng, "relu")


def softplus_prime(rule, rng):
    return slope(rule, rng, "softplus")


def identity_prime(rule, rng):
    return slope(rule, rng, "identity")


def sgd(rule, rng):
    _, D, H, K = unequal_sizes(rng)
    net, rate = mlp.MLP([D, H, K], "tanh", rng=rng), rng.random()
    X, y = drawn(rng, 6, D), rng.integers(K, size=6)
    before, grads = dict(net.params), net.loss(X, y, reg=0.1)[1]
    proved, computed = [], []
    for step in [training.plain_step, training.lean_step]:
        net.params = dict(before)
        step(net, X, y, rate, reg=0.1)
        for name, p in before.items():
            theta, g = p.reshape(-1, 1), grads[name].reshape(-1, 1)
            proved.append(right_side(rule, theta=theta, g=g, eta=rate))
            computed.append(net.params[name].reshape(-1, 1))
    return np.concatenate(proved), np.concatenate(computed)


def sigmoid_cross_entropy(rule, rng):
    N = rng.integers(1, 6)
    scores, y = 3 * drawn(rng, N, 1), rng.integers(2, size=N)
    proved = right_side(rule, z=scores, y=y[:, None])
    return proved, losses.binary_cross_entropy(scores, y)[1]


def binary_cross_entropy(rule, rng):
    N = rng.integers(1, 6)
    scores, y = 3 * drawn(rng, N, 1), rng.integers(2, size=N)
    proved = [right_side(rule, z=scores[i, 0], y=y[i]) for i in range(N)]
    return np.mean(proved), losses.binary_cross_entropy(scores, y)[0]


def softmax(rule, rng):
    N, K, _, _ = unequal_sizes(rng)
    scores = 3 * drawn(rng, N, K)
    m = scores.max(axis=1, keepdims=True)
    return right_side(rule, S=scores, m=m), losses.softmax(scores)


def cross_entropy(rule, rng):
    N, K, _, _ = unequal_sizes(rng)
    scores, y = 3 * drawn(rng, N, K), rng.integers(K, size=N)
    m = scores.max(axis=1, keepdims=True)
    proved = right_side(rule, S=scores, Y=one_hot(y, K), m=m)
    return proved, losses.softmax_cross_entropy(scores, y)[0]


def softmax_cross_entropy(rule, rng):
    N, K, _, _ = unequal_sizes(rng)
    scores, y = 3 * drawn(rng, N, K), rng.integers(K, size=N)
    proved = right_side(rule, S=scores, Y=one_hot(y, K))
    return proved, losses.softmax_cross_entropy(scores, y)[1]


def l2_gradient(rule, rng):
    W = drawn(rng, *unequal_sizes(rng)[:2])
    return right_side(rule, W=W), losses.l2_penalty_grad(W)


def l1_gradient(rule, rng):
    W = drawn(rng, *unequal_sizes(rng)[:2])
    return right_side(rule, W=W), losses.l1_penalty_grad(W)


def penalized_gradient(rule, rng):
    N, D, K, _ = unequal_sizes(rng)
    net, reg = mlp.MLP([D, K], rng=rng), rng.random()
    X, y = drawn(rng, N, D), rng.integers(K, size=N)
    G = losses.softmax_cross_entropy(net.loss(X), y)[1]
    proved = right_side(rule, X=X, G=G, W=net.params["W1"], rho=reg)
    return proved, net.loss(X, y, reg)[1]["W1"]


def softmax_backward(rule, rng):
    N, M, _, _ = unequal_sizes(rng)
    scores, G = drawn(rng, N, M), drawn(rng, N, M)
    _, P = attention.softmax_forward(scores)
    return right_side(rule, S=scores, G=G), attention.softmax_backward(G, P)[0]


def attention_gradients(rng):
    """What one layer of attention is given, by name, and its gradients by Q, K, V."""
    N, M, D, H = unequal_sizes(rng)
    shapes = dict(Q=(N, D), Kcal=(M, D), V=(M, H), G=(N, H))
    given = {name: drawn(rng, *shape) for name, shape in shapes.items()}
    _, cache = attention.attention_forward(given["Q"], given["Kcal"], given["V"])
    return given, attention.attention_backward(given["G"], cache)


def attention_queries(rule, rng):
    given, (dqueries, _, _, _) = attention_gradients(rng)
    return right_side(rule, **given), dqueries


def attention_keys(rule, rng):
    given, (_, dkeys, _, _) = attention_gradients(rng)
    return right_side(rule, **given), dkeys


def attention_values(rule, rng):
    given, (_, _, dvalues, _) = attention_gradients(rng)
    return right_side(rule, **given), dvalues


def embedding_table(rule, rng):
    N, K, D, _ = unequal_sizes(rng)
    tokens, G = rng.integers(K, size=N), drawn(rng, N, D)
    _, cache = attention.embedding_forward(tokens, drawn(rng, K, D))
    proved = right_side(rule, Y=one_hot(tokens, K), G=G)
    return proved, attention.embedding_backward(G, cache)[1]


# Part V: norms; a column is the same for each of the functions that compute it.


def norm_gain(rule, rng):
    N, _, H, _ = unequal_sizes(rng)
    G, V, gain = drawn(rng, N, H), drawn(rng, N, H), drawn(rng, H)
    cache = V, np.ones((N, 1)), gain
    computed = [
        layers.batch_norm_backward(G, cache),
        layers.layer_norm_backward(G, cache),
        layers.rms_norm_backward(G, cache),
        layers.batch_norm_inference_backward(G, cache),
    ]
    proved = right_side(rule, G=G, V=V)[0]
    return [proved] * len(computed), [dgain for _, dgain, *_ in computed]


def norm_shift(rule, rng):
    N, _, H, _ = unequal_sizes(rng)
    G, V, gain = drawn(rng, N, H), drawn(rng, N, H), drawn(rng, H)
    cache = V, np.ones((N, 1)), gain
    computed = [
        layers.batch_norm_backward(G, cache),
        layers.layer_norm_backward(G, cache),
        layers.batch_norm_inference_backward(G, cache),
    ]
    proved = right_side(rule, G=G)[0]
    return [proved] * len(computed), [dshift for _, _, dshift, *_ in computed]


def norm_Z(rule, rng, forward, backward, rows):
    """The gradient by the inputs of a norm; rows is how many rows it learns."""
    N, _, H, _ = unequal_sizes(rng)
    Z, G, eps = drawn(rng, N, H), drawn(rng, N, H), rng.random()
    learned = drawn(rng, rows, H)  # the gain first
    proved = right_side(rule, Z=Z, G=G, gamma=learned[:1], epsilon=eps)
    return proved, backward(G, forward(Z, *learned, eps=eps)[1])[0]


def batch_norm_Z(rule, rng):
    pair = layers.batch_norm_forward, layers.batch_norm_backward
    return norm_Z(rule, rng, *pair, rows=2)


def layer_norm_Z(rule, rng):
    pair = layers.layer_norm_forward, layers.layer_norm_backward
    return norm_Z(rule, rng, *pair, rows=2)


def rms_norm_Z(rule, rng):
    pair = layers.rms_norm_forward, layers.rms_norm_backward
    return norm_Z(rule, rng, *pair, rows=1)


def dropout_Z(rule, rng):
    N, _, H, _ = unequal_sizes(rng)
    Z, G, mask = drawn(rng, N, H), drawn(rng, N, H), drawn(rng, N, H)
    _, cache = layers.dropout_forward(Z, mask)
    return right_side(rule, G=G, M=mask), layers.dropout_backward(G, cache)[0]


# Part V: gates and skip connections.


def gate(rule, rng, name, **constants):
    N, H, _, _ = unequal_sizes(rng)
    Z, G = drawn(rng, N, H), drawn(rng, N, H)
    forward, backward = gates.GATES[name]
    proved = right_side(rule, Z=Z, G=G, **constants)
    return proved, backward(G, forward(Z)[1])[0]


def gelu_Z(rule, rng):
    return gate(rule, rng, "gelu")


def gelu_tanh_Z(rule, rng):
    return gate(rule, rng, "gelu_tanh", c=gates.SCALE / 2, k=gates.CUBE)


def silu_Z(rule, rng):
    return gate(rule, rng, "silu")


def residual_X(rule, rng):
    N, D, H, _ = unequal_sizes(rng)
    X, G, W, V = (drawn(rng, *shape) for shape in [(N, D), (N, D), (D, H), (H, D)])
    branch = gates.branch_forward, gates.branch_backward
    params = W, np.zeros(H), V, np.zeros(D)
    _, cache = layers.residual_forward(X, branch, *params)
    gelu = (f(z), z * (1 + erf(z / sqrt(2))) / 2)
    proved = right_side(rule, formula=gelu, X=X, G=G, W=W, V=V)
    return proved, layers.residual_backward(G, cache)[0]


# Part V: recurrence.


def sequence(rng, T):
    """What a recurrent network of T steps is given, and the gradients by its states."""
    N, D, H, _ = unequal_sizes(rng)
    X, A = drawn(rng, T, N, D), drawn(rng, N, H)
    return X, A, drawn(rng, D, H), drawn(rng, H, H), drawn(rng, H), drawn(rng, T, N, H)


def recurrence_A(rule, rng):
    X, A, W, U, b, G = sequence(rng, T=1)
    _, cache = recurrence.rnn_step_forward(X[0], A, W, U, b)
    proved = right_side(rule, X=X[0], A=A, W=W, U=U, b=b[None], G=G[0])
    return proved, recurrence.rnn_step_backward(G[0], cache)[1]


def recurrence_U(rule, rng):
    """The second of two steps leaves Q, and adds its message to the first one's G."""
    X, A, W, U, b, G = sequence(rng, T=2)
    _, caches = recurrence.rnn_forward(X, A, W, U, b)
    _, message, _, Q, _ = recurrence.rnn_step_backward(G[1], caches[1])
    given = dict(X=X[0], A=A, W=W, U=U, b=b[None], G=G[0] + message)
    return right_side(rule, Q=Q, **given), recurrence.rnn_backward(G, caches)[3]


def lstm_C(rule, rng):
    """What an open forget gate hands to the old cell is the gradient by the new one."""
    N, D, H, _ = unequal_sizes(rng)
    X, W, U = drawn(rng, N, D), drawn(rng, D, 4 * H), drawn(rng, H, 4 * H)
    b = np.repeat([0.0, 200.0, 0.0, 0.0], H)  # σ(200) is 1
    after, cache = recurrence.lstm_step_forward(X, drawn(rng, 2, N, H), W, U, b)
    O = cache[7]  # the output gate
    G, Q = drawn(rng, 2, N, H)
    dstate = recurrence.lstm_step_backward(np.stack([G, Q]), cache)[1]
    return right_side(rule, G=G, Q=Q, O=O, Y=after[1]), dstate[1]


BRIDGE = {
    "eq:affine": affine,
    "eq:affine-W": affine_W,
    "eq:affine-b": affine_b,
    "eq:affine-X": affine_X,
    "eq:elementwise-Z": elementwise_Z,
    "eq:sigmoid-prime": sigmoid_prime,
    "eq:tanh-prime": tanh_prime,
    "eq:relu-prime": relu_prime,
    "eq:softplus-prime": softplus_prime,
    "eq:identity-prime": identity_prime,
    "eq:sgd": sgd,
    "eq:sigmoid-cross-entropy": sigmoid_cross_entropy,
    "eq:binary-cross-entropy": binary_cross_entropy,
    "eq:softmax": softmax,
    "eq:cross-entropy": cross_entropy,
    "eq:softmax-cross-entropy": softmax_cross_entropy,
    "eq:l2-gradient": l2_gradient,
    "eq:l1-gradient": l1_gradient,
    "eq:penalized-gradient": penalized_gradient,
    "eq:softmax-backward": softmax_backward,
    "eq:attention-values": attention_values,
    "eq:attention-queries": attention_queries,
    "eq:attention-keys": attention_keys,
    "eq:embedding-table": embedding_table,
    "eq:norm-gain": norm_gain,
    "eq:norm-shift": norm_shift,
    "eq:batch-norm-Z": batch_norm_Z,
    "eq:layer-norm-Z": layer_norm_Z,
    "eq:rms-norm-Z": rms_norm_Z,
    "eq:dropout-Z": dropout_Z,
    "eq:gelu-Z": gelu_Z,
    "eq:gelu-tanh-Z": gelu_tanh_Z,
    "eq:silu-Z": silu_Z,
    "eq:residual-X": residual_X,
    "eq:recurrence-A": recurrence_A,
    "eq:recurrence-U": recurrence_U,
    "eq:lstm-C": lstm_C,
}
