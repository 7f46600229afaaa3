"""Errors and public objects travel between processes: each can be pickled and
copied.
"""

import copy
import importlib
import inspect
import pickle
import pkgutil

import numpy as np
import pytest
import sympy as sp
from helpers import random_network

import mlp
import mlp.grader
import mlp.proof
from mlp.activations import ACTIVATIONS
from mlp.grader import QUESTIONS, objections
from mlp.grader.child import statements
from mlp.grader.programs import comparing
from mlp.losses import OUTPUTS, PENALTIES
from mlp.proof import (
    D,
    Disagreement,
    Gradient,
    H,
    J,
    N,
    NotProved,
    Partial,
    RealMatrix,
    Refused,
    Softmax,
    arithmetic,
    claims,
    f,
    f_prime,
    prove,
    slopes,
    witness,
)
from mlp.tracing import arrays, from_sympy, programs, refusal
from mlp.tracing import result as tracing

X, W = RealMatrix("X", N, D), RealMatrix("W", D, H)
ERRORS = [
    mlp.Diverged(3, 7, 0.5, {"loss_history": [1.0, 2.0]}),
    NotProved("eq:a", "x = 1: claim 2, right 3"),
    NotProved("eq:a", why="no hypothesis"),
    Refused("eq:a", why="the claim is 2 x 3, the truth 3 x 2"),
    Disagreement("two ways to numbers differ"),
    arithmetic.CannotCompute("erf"),
    arithmetic.Undefined("division by 0"),
    claims.Contradiction("no numbers satisfy x > x"),
    slopes.NoDerivative("floor(x)"),
    witness.Unsatisfied("x > 1"),
    witness.NoNumbers("none found"),
    objections.Refused("wrong", objections.Counterexample({"x": 1}, 2, 3, "x = 1")),
    objections.NotLoaded("no class"),
    comparing.Slip("the loss is 2", slip="sum"),
    comparing.Missing("grads must have the keys W1, W2"),
    comparing.Unanswered("it ends before"),
    objections.Unreadable("too long"),
    statements.TookTooLong("it takes longer than 5 s"),
    from_sympy.NotRead("floor(x)"),
    arrays.ShapesDontFit("(N, D) and (N, M)"),
    programs.BadProgram("returns None"),
    programs.Raised("f raises"),
    programs.WrongCall("takes 1 argument"),
    refusal.CantTell("a loop over N", 12),
    refusal.OutOfTime("20 seconds"),
    tracing.NotProved("x is wrong"),
]
OBJECTS = {
    "MLP": random_network([3, 4, 2]),
    "float32 MLP": random_network([3, 4, 1], output="sigmoid", dtype="float32"),
    "TwoLayerMLP": mlp.TwoLayerMLP(3, 4, 2, rng=np.random.RandomState(0)),
    "tables": [ACTIVATIONS, OUTPUTS, PENALTIES],
    "Theorem": prove(
        "eq:square", 2 * sp.Symbol("w"), of=sp.Symbol("w") ** 2, wrt=sp.Symbol("w")
    ),
    "expressions": [
        X * W,
        X.T * X,
        Gradient(J, W),
        Partial(J, W[0, 0]),
        Softmax(X),
        f,
        f_prime,
        f(X[0, 0]),
    ],
    "Question": dict(QUESTIONS),
    "Result": mlp.grader.check("Q1.6", []),
}
TRIPS = {
    "pickled": lambda x: pickle.loads(pickle.dumps(x)),
    "copied": copy.copy,
    "copied deeply": copy.deepcopy,
}
each_trip = pytest.mark.parametrize("trip", TRIPS.values(), ids=TRIPS)


def errors_of(package):
    for info in pkgutil.walk_packages(package.__path__, "mlp."):
        if (
            "__main__" in info.name or "child_" in info.name
        ):  # run in processes of their own
            continue
        for _, cls in inspect.getmembers(
            importlib.import_module(info.name), inspect.isclass
        ):
            if issubclass(cls, BaseException) and cls.__module__.startswith("mlp."):
                yield cls


def test_every_error_of_the_package_stands_in_the_table():
    assert set(errors_of(mlp)) == {type(error) for error in ERRORS}


@each_trip
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_arrives_as_it_left(error, trip):
    arrived = trip(error)
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert repr(vars(arrived)) == repr(vars(error))


def facts(thing):
    """What two objects that are the same have in common."""
    return vars(thing) if isinstance(thing, mlp.MLP) else thing


@each_trip
@pytest.mark.parametrize("name", OBJECTS)
def test_a_public_object_arrives_as_it_left(name, trip):
    thing = OBJECTS[name]
    arrived = trip(thing)
    assert type(arrived) is type(thing)
    np.testing.assert_equal(facts(arrived), facts(thing))
    assert repr(arrived) == repr(thing)
