"""What a child process does to prove the gradients of a hand-in: its loss is traced.

It has nothing to do with marks. The network is a function of its parameters here: at
each call a copy of one that the class made gets them, and the sizes that they have.
"""

import copy
import sys
from time import monotonic

import numpy as np

from mlp.grader.child import imports, statements
from mlp.grader.child.loading import load_hand_in
from mlp.grader.child.requests import CLASS_NAME
from mlp.grader.child.session import prepare
from mlp.tracing import prove_gradient
from mlp.tracing.result import PROVED, WRONG

PARAMS = {"W1": "D H", "b1": "H", "W2": "H K", "b2": "K"}
MADE = 101, 103, 107  # D, H and K of the network: no other number is likely the same
TRIED = (3, 4, 2), (2, 3, 5)  # D, H and K at which the copy has to be the network
ROOT = "√reg"  # its square is any reg that is not negative
FIXED = 0.1  # the reg of a program that branches on it


def set_aside_the_book():
    """Let the hand-in decide what ``import mlp`` means; return the book's modules."""
    names = [name for name in sys.modules if name.split(".")[0] == "mlp"]
    return {name: sys.modules.pop(name) for name in names}


def resized(value, sizes):
    """Return a copy of lists, tuples and dicts, with other sizes of the network."""
    if isinstance(value, int):
        return sizes.get(value, value)
    if type(value) is list:
        return [resized(part, sizes) for part in value]
    if type(value) is tuple:
        return tuple([resized(part, sizes) for part in value])
    if type(value) is dict:
        return {key: resized(part, sizes) for key, part in value.items()}
    return value


def as_functions(make, options, reg_of):
    """Return the loss, and the gradients, as functions of inputs and parameters.

    Parameters
    ----------
    make : callable
        The class.
    options : dict
        Its named arguments.
    reg_of : callable
        Takes the other named arguments of the functions.
    """
    template = make(*MADE, **options)
    template.params.update(dict.fromkeys(PARAMS))

    def ask(X, y, given):
        net = copy.copy(template)
        D, H = given["W1"].shape
        sizes = dict(zip(MADE, (D, H, given["W2"].shape[1])))
        for key, value in list(net.__dict__.items()):
            net.__dict__[key] = resized(value, sizes)
        for name in PARAMS:
            net.params[name] = given[name]
        return net.loss(X, y, reg=reg_of(given))

    def loss(X, y, **given):
        return ask(X, y, given)[0]

    def gradients(X, y, **given):
        grads = ask(X, y, given)[1]
        return {name: grads[name] for name in PARAMS}

    return loss, gradients


def are_the_network(make, options, loss, gradients, given):
    """Tell whether the functions give what networks of the class give."""
    rng = np.random.RandomState(0)
    for D, H, K in TRIED:
        net = make(D, H, K, **options)
        shapes = {"W1": (D, H), "b1": H, "W2": (H, K), "b2": K}
        params = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
        for name, p in params.items():
            net.params[name] = p.copy()
        X, y = rng.standard_normal((4, D)), rng.randint(K, size=4)  # (4, D), (4,)
        total, grads = net.loss(X.copy(), y.copy(), reg=FIXED)
        again = [
            f(X.copy(), y.copy(), **given, **{n: p.copy() for n, p in params.items()})
            for f in (loss, gradients)
        ]
        ours = [total, *(grads[name] for name in PARAMS)]
        theirs = [again[0], *(again[1][name] for name in PARAMS)]
        if np.ndim(total) or not all(
            np.allclose(a, b, rtol=1e-12, atol=0) for a, b in zip(ours, theirs)
        ):
            return False
    return True


def words_of(result, reg):
    """Return the verdict, and what has to be said of it; None where nothing is."""
    if result.verdict == PROVED and set(result.arguments) == set(PARAMS):
        parts = [f"for every N, D, H, K and {reg}"]
        parts += [result.given] if result.given else []
        return PROVED, "; ".join([", ".join(parts), "for real numbers", *result.notes])
    wrong = [one for one in result.arguments.values() if one.verdict == WRONG]
    return (WRONG, wrong[0].reason) if result.verdict == WRONG else None


def prove(job):
    """Yield the verdict on the gradients and its words, if there is something to tell.

    First for every reg; then, where the program branches on it, for one.
    """
    book = set_aside_the_book()
    prepare(job.grader)
    imports.prepare()
    make = load_hand_in(job, CLASS_NAME, statements, imports).make
    tracer = {n: m for n, m in book.items() if n.startswith("mlp.tracing")}
    sys.modules.update(tracer)
    request = job.requests[0]
    options, end = request.arguments[1], monotonic() + job.proof_time
    shapes = {"X": "N D", "y": "N of K", **PARAMS}
    for reg, reg_of, given, numbers in [
        ("reg ≥ 0", lambda given: given[ROOT] ** 2, {ROOT: ""}, {ROOT: FIXED**0.5}),
        (f"reg = {FIXED:g}", lambda given: FIXED, {}, {}),
    ]:
        np.random.seed(request.seed)
        loss, gradients = as_functions(make, options, reg_of)
        if not are_the_network(make, options, loss, gradients, numbers):
            return
        seconds = max(end - monotonic(), 0)
        result = prove_gradient(loss, gradients, time_limit=seconds, **shapes, **given)
        found = words_of(result, reg)
        if found:
            yield dict(zip(("verdict", "words"), found))
            return
