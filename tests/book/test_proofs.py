"""Part I: what its chapters prove and refuse, and the code beside the proved equations.

The chapters are executed once, in this process. `pytest -s` prints the counts, and so does
`python tests/part_one.py`.
"""

import ast
import importlib
import inspect
import re

import labels
import numpy as np
import part_one
import pytest
from part_one import ANSWERS, CHAPTERS, of, right_side, theorem
from sympy import FunctionMatrix, Lambda, Symbol, exp, log, symbols, tanh

import mlp
from mlp import activations, losses, training
from mlp.network import backward, forward
from mlp.proof import entry, f, plain

SEEDS = range(3)
z = Symbol("z")

# The bridge: for each label a function that draws numbers and sizes from rng and returns two
# arrays, the right-hand side of the proved equation and what the package computes.


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


FORMULAS = {
    "sigmoid": 1 / (1 + exp(-z)), "tanh": tanh(z), "softplus": log(1 + exp(z)), "identity": z,
}  # fmt: skip


def elementwise_Z(rule, rng):
    N, H, _, _ = unequal_sizes(rng)
    Z, G, name = drawn(rng, N, H), drawn(rng, N, H), rng.choice(list(FORMULAS))
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
}


def compare(label, seed):
    """Fail unless code and proved equation agree to 1e-12, in shape as well."""
    rule = theorem(label)
    proved, computed = map(np.asarray, BRIDGE[label](rule, np.random.default_rng(seed)))
    assert proved.shape == computed.shape
    np.testing.assert_allclose(np.asarray(computed, float), proved, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("label", BRIDGE)
def test_code_computes_what_is_proved(label, seed):
    compare(label, seed)


# The labeled line, changed by one millionth: the comparison must fail, or it compares
# something else.


def nudged(node):
    """The same value times 1.000001; of several values, the last one."""
    if isinstance(node, ast.Tuple):
        return ast.Tuple([*node.elts[:-1], nudged(node.elts[-1])], ast.Load())
    return ast.BinOp(node, ast.Mult(), ast.Constant(1 + 1e-6))


class Nudge(ast.NodeTransformer):
    """Change the value that the statement on one line of a module makes."""

    def __init__(self, line):
        self.line = line

    def visit(self, node):
        if isinstance(node, (ast.Assign, ast.Return)) and node.end_lineno == self.line:
            node.value = nudged(node.value)
        elif isinstance(node, ast.AugAssign) and node.end_lineno == self.line:
            whole = ast.AugAssign(node.target, ast.Mult(), ast.Constant(1 + 1e-6))
            return [node, whole]
        return self.generic_visit(node)


def nudged_function(path, line, name):
    """The function `name` of the file, with the value made on that line nudged."""
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    tree = Nudge(line).visit(ast.parse(inspect.getsource(module)))
    namespace = dict(vars(module))
    exec(compile(ast.fix_missing_locations(tree), path, "exec"), namespace)
    found, original = namespace[name.split(".")[0]], getattr(module, name.split(".")[0])
    for part in name.split(".")[1:]:
        found, original = getattr(found, part), getattr(original, part)
    return original, found


LINES = {f"{label} in {name}": (label, path, line, name)
         for label, path, line, name, _ in labels.code_lines()}  # fmt: skip


@pytest.mark.parametrize("label, path, line, name", LINES.values(), ids=LINES)
def test_the_comparison_notices_a_change_of_the_labeled_line(
    label, path, line, name, monkeypatch
):
    original, changed = nudged_function(path, line, name)
    assert original.__code__ != changed.__code__
    monkeypatch.setattr(original, "__code__", changed.__code__)
    with pytest.raises(AssertionError, match="Mismatched elements"):
        compare(label, seed=0)


# The chapters: each rule is proved once, refuses its mutants and accepts rewritings.

each_rule = pytest.mark.parametrize("label", [*BRIDGE, *ANSWERS])


def test_every_chapter_proves_something():
    print(part_one.summary())  # pytest -s shows it
    assert {event.chapter for event in of("theorem")} == {path.stem for path in CHAPTERS}


@each_rule
def test_a_rule_is_proved_once(label):
    assert len(of("theorem", label)) == 1


@each_rule
def test_a_rule_refuses_three_mutants_with_a_counterexample(label):
    refused = {plain(event.claim): event.result for event in of("refused", label)}
    assert len(refused) >= 3, sorted(refused)


@each_rule
def test_a_rule_accepts_a_rewriting_in_its_chapter(label):
    assert of("accepted", label)


def rewritten(right):
    """The same number or matrix, entry by entry, as (1 + u)² r - (u² + 2 u) r."""
    u = Symbol("u", real=True)

    def other(r):
        return (1 + u) ** 2 * r - (u**2 + 2 * u) * r

    if not hasattr(right, "shape"):
        return other(right)
    i, j = symbols("p q", integer=True)
    return FunctionMatrix(*right.shape, Lambda((i, j), other(entry(right, i, j))))


@each_rule
def test_a_rule_accepts_a_rewriting_that_sympy_does_not_see_through(label):
    rule = theorem(label)
    other = rewritten(rule.equation.right)
    assert plain(other) != plain(rule.equation.right)
    assert rule.accepts(other)


COUNTEREXAMPLE = re.compile(
    r"(\S+ = \S.*|always): claim \S.*, true \S.*"
    r"|the shapes do not fit, \S.* is \(.+, .+\) but \S.* is (\(.+, .+\)|a number)"
)


def test_every_counterexample_gives_sizes_and_values_or_shapes():
    assert of("refused")
    for event in of("refused"):
        assert COUNTEREXAMPLE.fullmatch(event.result), event


def test_no_equation_has_a_number_that_no_code_computes():
    numbered = {event.label for event in of("theorem") if event.label.startswith("eq:")}
    assert numbered == set(BRIDGE)
