"""Changes of the package's own source: each is refuted, or proved to change nothing.

`all_mutants` changes one operator, axis, sign, transpose or comparison at a time, in
every function of the package that gives training a gradient, or that it is the
gradient of. In `judged` the original stands beside the changed one:
the changed gradient must be that of the original function, and the original gradient
that of the changed function. Where both are proved, the change changes no gradient:
of real numbers, that is; it may change how they round or overflow, or what becomes of
float32 and complex numbers.
"""

import ast
import copy
import importlib
import sys
import types
from dataclasses import dataclass

import numpy as np

from mlp import prove_gradient
from mlp.tracing.programs import BadProgram, read_program
from mlp.tracing.prove import Findings, by_numbers, decide, drawn

# changes

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
}
COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Eq: (ast.NotEq,),
}
COMPARING_NAMES = {
    "greater": ("greater_equal", "less"),
    "maximum": ("minimum",),
    "max": ("min",),
    "argmax": ("argmin",),
}


def changes(node):
    """Yield pairs (kind of change, function that returns the changed node)."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OPERATORS:
        yield "operator", lambda n: with_parts(n, op=OPERATORS[type(n.op)]())
    if isinstance(node, ast.keyword) and node.arg == "axis":
        yield "axis", lambda n: with_parts(n, value=ast.Constant(1 - n.value.value))
    if isinstance(node, ast.Subscript) and is_new_axis(node.slice):
        turned = ast.Tuple(node.slice.elts[::-1], ast.Load())
        yield "axis", lambda n: with_parts(n, slice=turned)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", lambda n: n.operand
    is_value = isinstance(node, (ast.Assign, ast.AugAssign, ast.Return))
    if is_value and not isinstance(node.value, (ast.Tuple, ast.Dict)):
        yield "sign", lambda n: with_parts(n, value=minus(n.value))
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        for k in range(len(node.value.elts)):
            yield "sign", lambda n, k=k: with_minus(n, k)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose", lambda n: n.value
    if isinstance(node, ast.Compare):
        for kind in COMPARISONS[type(node.ops[0])]:
            yield "comparison", lambda n, kind=kind: with_parts(n, ops=[kind()])
    if isinstance(node, ast.Attribute):
        for word in COMPARING_NAMES.get(node.attr, ()):
            yield "comparison", lambda n, word=word: with_parts(n, attr=word)


def with_parts(node, **parts):
    """Return a node with other parts."""
    vars(node).update(parts)
    return node


def minus(node):
    """Return an expression with another sign."""
    return ast.UnaryOp(ast.USub(), node)


def with_minus(node, k):
    """Return a return of a tuple with another sign of its part k."""
    node.value.elts[k] = minus(node.value.elts[k])
    return node


def is_new_axis(index):
    """Tell whether an index is [:, None]."""
    return isinstance(index, ast.Tuple) and any(
        isinstance(part, ast.Constant) and part.value is None for part in index.elts
    )


@dataclass
class Mutant:
    """A module with one change."""

    file: str
    function: str
    line: int
    kind: str
    before: str
    after: str
    module: object

    def __str__(self):
        where = f"{self.file}.py, line {self.line}, {self.function}"
        return f"{where}: {self.before}  ->  {self.after}"


def mutants(file, functions):
    """Yield all mutants of some functions in a file of the package."""
    path = importlib.import_module(f"mlp.{file}").__file__
    with open(path, encoding="utf-8") as stream:
        tree = ast.parse(stream.read())
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for function in (n for n in found if n.name in functions):
        for k, node in enumerate(ast.walk(function)):
            for j, (kind, _) in enumerate(changes(node)):
                yield changed(tree, path, file, function.name, k, j, kind)


def changed(tree, path, file, name, k, j, kind):
    """Return the mutant with change j of node k of a function."""
    other = copy.deepcopy(tree)
    function = next(
        n for n in ast.walk(other) if isinstance(n, ast.FunctionDef) and n.name == name
    )
    node = list(ast.walk(function))[k]
    statement = min(
        (n for n in ast.walk(function) if isinstance(n, ast.stmt) and holds(n, node)),
        key=lambda n: len(list(ast.walk(n))),
    )
    before = ast.unparse(statement).splitlines()[0]
    new = list(changes(node))[j][1](node)
    if new is not node:
        statement = Replace(node, new).visit(statement)
    ast.fix_missing_locations(other)
    module = types.ModuleType(f"changed_{file}")
    sys.modules[module.__name__] = module
    exec(compile(other, path, "exec"), module.__dict__)
    after = ast.unparse(statement).splitlines()[0]
    return Mutant(file, name, statement.lineno, kind, before, after, module)


def holds(tree, node):
    """Tell whether a node is in a tree."""
    return any(n is node for n in ast.walk(tree))


class Replace(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        """Return the new node for the old one."""
        return self.new if node is self.old else super().generic_visit(node)


# programs: of two modules, the one whose function runs and the one whose gradient


def activation(name):
    """Return a function from two modules to the program of an activation."""

    def program(first, second):
        f, (g, g_prime_of_h) = first.ACTIVATIONS[name][0], second.ACTIVATIONS[name]

        def backward(dh, z):
            return dh * g_prime_of_h(g(z))

        return read_program(lambda z: (f(z), z), backward, False, {"z": "N H"}, {})

    return program


def activation_by_h(name):
    """Return such a program in which the slope is taken at the first one's output."""

    def program(first, second):
        f, g_prime_of_h = first.ACTIVATIONS[name][0], second.ACTIVATIONS[name][1]

        def forward(z):
            h = f(z)
            return h, h

        def backward(dh, h):
            return dh * g_prime_of_h(h)

        return read_program(forward, backward, False, {"z": "N H"}, {})

    return program


def softmax_alone(first, second):
    """Return the program of softmax."""

    def backward(dP, scores):
        P = second.softmax(scores)
        return P * (dP - np.sum(dP * P, axis=1, keepdims=True))

    shapes = {"scores": "N K"}
    return read_program(
        lambda scores: (first.softmax(scores), scores), backward, False, shapes, {}
    )


def loss(name, **shapes):
    """Return the program of a loss."""

    def program(first, second):
        f, g = getattr(first, name), getattr(second, name)
        return read_program(
            lambda scores, y: f(scores, y)[0],
            lambda scores, y: g(scores, y)[1],
            True,
            shapes,
            {},
        )

    return program


def penalty(name):
    """Return the program of a penalty."""

    def program(first, second):
        f, g = first.PENALTIES[name][0], second.PENALTIES[name][1]
        return read_program(lambda W: f(W), lambda W: g(W), True, {"W": "D H"}, {})

    return program


def layer_shapes(layers):
    """Return the shapes of the parameters of a network."""
    sizes = ["D", "H", "M"][:layers] + ["K"]
    shapes = {}
    for k in range(layers):
        shapes |= {f"W{k + 1}": f"{sizes[k]} {sizes[k + 1]}", f"b{k + 1}": sizes[k + 1]}
    return shapes


def network(first, second):
    """Return the program of forward and backward, with three layers of tanh."""
    f, f_prime_of_h = importlib.import_module("mlp.activations").ACTIVATIONS["tanh"]

    def network_forward(X, **params):
        scores, hidden = first.forward(params, X, f)
        return scores, (params, second.forward(params, X, f)[1])

    def network_backward(dscores, cache):
        params, hidden = cache
        return second.backward(params, hidden, dscores, f_prime_of_h)

    shapes = {"X": "N D", **layer_shapes(3)}
    return read_program(network_forward, network_backward, False, shapes, {})


def whole(penalty_name, reg=""):
    """Return the program of MLP.loss_and_grads; reg="" is any reg, but for 0."""

    def program(first, second):
        def of(module, part):
            net = module.MLP([2, 2, 2], "tanh", penalty=penalty_name)

            def function(X, y, reg, **params):
                other = copy.copy(net)
                other.params = params
                return other.loss_and_grads(X, y, reg)[part]

            return function

        shapes = {"X": "N D", "y": "N of K", "reg": reg, **layer_shapes(2)}
        return read_program(of(first, 0), of(second, 1), True, shapes, {})

    return program


CROSS = loss("softmax_cross_entropy", scores="N K", y="N of K")
BINARY = loss("binary_cross_entropy", scores="N 1", y="N of 2")
SIGMOID = [activation("sigmoid"), activation_by_h("sigmoid")]
SOFTPLUS = [activation("softplus"), activation_by_h("softplus")]
PROGRAMS = {  # file: {functions: programs that run them}
    "activations": {
        "sigmoid": SIGMOID,
        "sigmoid_prime_of_h": SIGMOID,
        "tanh": [activation("tanh")],
        "tanh_prime_of_h": [activation("tanh")],
        "relu": [activation("relu")],
        "relu_prime_of_h": [activation("relu")],
        "softplus": SOFTPLUS,
        "softplus_prime_of_h": SOFTPLUS,
        "identity": [activation("identity")],
        "identity_prime_of_h": [activation("identity")],
        "log1p": SOFTPLUS,
        "cut_float32": [*SIGMOID, *SOFTPLUS],
    },
    "losses": {
        "softmax": [softmax_alone],
        "mean_cross_entropy": [CROSS],
        "softmax_cross_entropy": [CROSS],
        "mean_binary_cross_entropy": [BINARY],
        "binary_cross_entropy": [BINARY],
        "l2_penalty": [penalty("l2")],
        "l2_penalty_grad": [penalty("l2")],
        "l1_penalty": [penalty("l1")],
        "l1_penalty_grad": [penalty("l1")],
    },
    "network": {"forward": [network], "backward": [network]},
    "model": {"loss_and_grads": [whole("l2"), whole("l1"), whole("l2", reg=0.0)]},
}


# verdicts

OTHER_NUMBERS = {"np.float32": "float32", "iscomplexobj": "complex numbers"}
REFUTED, STOPS, EQUIVALENT, OPEN = "refuted", "stops", "equivalent", "OPEN"


def pairs_of(mutant):
    """Yield the programs: changed gradient of the original, and the other way round."""
    original = importlib.import_module(f"mlp.{mutant.file}")
    for program in PROGRAMS[mutant.file][mutant.function]:
        yield program(original, mutant.module)
        yield program(mutant.module, original)


def judged(mutant):
    """Return the verdict on a mutant, and why."""
    programs = list(pairs_of(mutant))
    for program in programs:
        found = Findings(asked=program.asked)
        try:
            by_numbers(program, found)
        except BadProgram as error:
            return STOPS, str(error)
        if found.wrong:
            return REFUTED, next(iter(found.wrong.values()))
    given = []
    for program in programs:
        result = decide(program, 20, with_numbers=False)
        if not result:
            return any_column(mutant) or not_proved(programs, result)
        given += [result.small_print()]
    if name := differs(programs, 0.0):
        return REFUTED, f"where all inputs are 0, {name} is another one"
    branch = next((word for word in OTHER_NUMBERS if word in mutant.before), None)
    only = f"; it stands in a line for {OTHER_NUMBERS[branch]}" if branch else ""
    return EQUIVALENT, max(given, key=len) + only


def any_column(mutant):
    """Prove the loss with any column in the place of each row's largest score.

    What is computed from the scores to choose the column is whole numbers, which have
    no slope; -t is the column t from the end.
    """
    found = "top = -scores.argmax(axis=1)"
    if mutant.function != "mean_cross_entropy" or mutant.after != found:
        return None
    path = importlib.import_module("mlp.losses").__file__
    with open(path, encoding="utf-8") as stream:
        source = stream.read()
    head = "def mean_cross_entropy(scores, y"
    for old, new in ((f"{head})", f"{head}, top)"), (mutant.before, "pass")):
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    module = types.ModuleType("changed_losses")
    sys.modules[module.__name__] = module
    exec(compile(source, path, "exec"), module.__dict__)
    f = module.mean_cross_entropy
    result = prove_gradient(
        lambda scores, y, top: f(scores, y, top)[0],
        lambda scores, y, top: f(scores, y, top)[1],
        scores="N K",
        y="N of K",
        top="N of K",
    )
    if not result:
        return None
    return EQUIVALENT, f"{result.small_print()}, and for any column as top"


def not_proved(programs, result):
    """Look at large numbers, where some changes first show."""
    if name := differs(programs, 40.0):
        return REFUTED, f"at inputs of size 40 {name} is another one"
    return OPEN, repr(result)


def differs(programs, scale):
    """Return what is not the same in a program and its counterpart; None if all is.

    A proof leaves out where things are 0: so these are compared at inputs 0, too.
    """
    for k in range(0, len(programs), 2):
        sizes, rng = dict.fromkeys(programs[k].sizes, 5), np.random.RandomState(k)
        world = drawn(programs[k], sizes, rng, scale)
        one, other = (program.real(world) for program in programs[k : k + 2])
        for name in one:
            if not np.allclose(one[name], other[name], rtol=1e-3, atol=1e-30):
                return name
    return None


def all_mutants(only=""):
    """Yield the mutants of all functions of the table."""
    for file, functions in PROGRAMS.items():
        for mutant in mutants(file, functions):
            if only in f"{mutant.file} {mutant.function}":
                yield mutant
