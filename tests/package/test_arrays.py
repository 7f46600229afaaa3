"""One rule for arrays: what every public function takes, keeps, converts and
refuses.
"""

import inspect
from collections import deque

import numpy as np
import pytest
from helpers import random_network

import mlp
from mlp import activations, digits, gradient_check, losses, plots
from mlp.activations import ACTIVATIONS

Y = [0, 1]
NET = random_network([3, 4, 2])
TAKES = {  # a call with one array (2, 3), or with the shape that the call makes of it
    **{name: f for name, (f, _) in ACTIVATIONS.items()},
    **{f.__name__: f for _, f in ACTIVATIONS.values()},
    "cut_float32": lambda z: activations.cut_float32(
        activations.identity(z), np.zeros(1)
    ),
    "softmax": losses.softmax,
    "softmax_cross_entropy": lambda s: losses.softmax_cross_entropy(s, Y),
    "binary_cross_entropy": lambda s: losses.binary_cross_entropy(s[:, :1], Y),
    "l2_penalty": losses.l2_penalty,
    "l2_penalty_grad": losses.l2_penalty_grad,
    "l1_penalty": losses.l1_penalty,
    "l1_penalty_grad": losses.l1_penalty_grad,
    "rel_error": lambda x: gradient_check.rel_error(x, np.ones((2, 3))),
    "rel_error, second": lambda x: gradient_check.rel_error(np.ones((2, 3)), x),
    "visualize_grid": lambda x: plots.visualize_grid(x[None]),
    "quantize": digits.quantize,
    "loss": lambda X: NET.loss(X, Y, 0.1),
    "scores": NET.loss,
    "predict": NET.predict,
    "accuracy": lambda X: NET.accuracy(X, Y),
    "train": lambda X: random_network([3, 4, 2]).train(X, Y, None, None, num_epochs=1),
}
NO_COMPLEX = {
    "visualize_grid",
    "quantize",
    "loss",
    "scores",
    "predict",
    "accuracy",
    "train",
}
ANY_FLOAT = NO_COMPLEX  # they compute in float64, or in the dtype of the network
NARROW = [
    "float16",
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
]
NARROW += ["uint64"]
FLOATS = ["float32", "float64", "longdouble", ">f8"]
COMPLEX = ["complex64", "complex128"]
BAD = {
    "text": (np.array([["1", "2", "3"], ["4", "5", "6"]]), TypeError, "numbers"),
    "bytes": (np.array([[b"1", b"2", b"3"], [b"4", b"5", b"6"]]), TypeError, "numbers"),
    "dates": (np.full((2, 3), np.datetime64("2020-01-01")), TypeError, "numbers"),
    "durations": (np.full((2, 3), np.timedelta64(1, "D")), TypeError, "numbers"),
    "records": (np.zeros((2, 3), [("a", float)]), TypeError, "numbers"),
    "objects": (np.full((2, 3), None), TypeError, "numbers"),
    "objects, one of them": (
        np.array([["1", 2, 3], [4, 5, 6]], object),
        TypeError,
        "numbers",
    ),
    "masked": (np.ma.masked_greater(np.ones((2, 3)), 5), TypeError, "masked"),
}
each_call = pytest.mark.parametrize("name", TAKES)


def call(name, x):
    with np.errstate(all="ignore"):
        return TAKES[name](x)


def leaves(result):
    """All arrays and numbers in a result."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def same(result, expected):
    for a, b in zip(leaves(result), leaves(expected), strict=True):
        np.testing.assert_array_equal(a, b)
        assert np.asarray(a).dtype == np.asarray(b).dtype


def sample(dtype):
    """Small numbers whose differences, negatives and squares leave every narrow
    type.
    """
    kind = np.dtype(dtype).kind
    values = {
        "b": [[0, 1, 1], [1, 1, 0]],
        "u": [[0, 1, 200], [3, 255, 7]],
        "i": [[0, -1, 100], [-128, 127, 7]],
    }.get(kind, [[0.5, -1.25, 2], [0, 3, -7]])
    return np.array(values).astype(dtype)


def test_every_public_function_that_takes_numbers_stands_in_the_table():
    other = {  # arguments of other kinds, tested where these functions are
        "check_gradient",
        "check_gradients",
        "draw_graph",
        "eval_numerical_gradient",
        "get_MNIST_data",
        "gradient_report",
        "log1p",
        "plot_stats",
        "prove_backward",
        "prove_gradient",
        "read_idx",
        "show_net_weights",
        "toy_data",
    }
    public = {name for name in mlp.__all__ if inspect.isfunction(getattr(mlp, name))}
    for module in (activations, losses):
        public |= {
            name
            for name, f in inspect.getmembers(module, inspect.isfunction)
            if f.__module__ == module.__name__ and not name.startswith("mean_")
        }
    assert public - other == {name for name in TAKES if name in public}


@pytest.mark.parametrize("dtype", NARROW)
@each_call
def test_whole_and_narrow_numbers_are_float64(name, dtype):
    x = sample(dtype)
    same(call(name, x), call(name, x.astype(float)))


@pytest.mark.parametrize("dtype", FLOATS + COMPLEX)
@pytest.mark.parametrize("name", [name for name in TAKES if name not in ANY_FLOAT])
def test_floating_point_numbers_keep_their_dtype(name, dtype):
    x = sample(dtype)
    arrays = [a for a in leaves(call(name, x)) if isinstance(a, np.ndarray)]
    allowed = {x.dtype.newbyteorder("="), x.dtype, np.dtype(bool)}
    if name == "l1_penalty_grad":  # a sign, of the real part
        allowed.add(x.real.dtype)
    assert {a.dtype for a in arrays} <= allowed


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", sorted(ANY_FLOAT))
def test_a_network_and_pictures_take_every_floating_point_dtype(name, dtype):
    x = sample(dtype)
    same(call(name, x), call(name, x.astype(float)))


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", sorted(NO_COMPLEX))
def test_complex_numbers_are_refused_where_real_ones_are_needed(name, dtype):
    with pytest.raises(TypeError, match=f"must hold real numbers; got dtype {dtype}"):
        call(name, sample(dtype))


@pytest.mark.parametrize("x, error, words", BAD.values(), ids=BAD)
@each_call
def test_what_is_no_number_is_refused_by_name(name, x, error, words):
    with pytest.raises(error, match=rf"^\w+ must .*{words}"):
        call(name, x)


@each_call
def test_numbers_in_objects_are_float64(name):
    from fractions import Fraction

    x = np.array([[Fraction(1, 2), 1, 2.5], [np.float32(3), np.int8(-4), True]], object)
    same(call(name, x), call(name, x.astype(float)))


@pytest.mark.parametrize(
    "name", ["softmax", "l2_penalty", "rel_error", "loss", "quantize"]
)
@pytest.mark.parametrize("make", [lambda x: x.tolist(), lambda x: tuple(map(tuple, x))])
def test_lists_and_tuples_are_arrays(name, make):
    x = sample(float)
    same(call(name, make(x)), call(name, x))


ROW = np.ma.masked_equal([1.0, 2, 3], 2)


class Masked:
    def __array__(self, dtype=None, copy=None):
        return np.ma.stack([ROW, ROW])


MASKED = {
    "a row": [ROW, [1, 2, 3]],
    "a number": [[np.ma.masked, 2.0, 3.0], [1, 2, 3]],
    "a row of a deque": deque([ROW, ROW]),
    "an object that makes one": Masked(),
}


@pytest.mark.parametrize("values", MASKED.values(), ids=MASKED)
@pytest.mark.parametrize("f", [ACTIVATIONS["sigmoid"][0], losses.softmax, NET.loss])
def test_a_mask_anywhere_is_refused(f, values):
    with pytest.raises(TypeError, match="must not be masked"):
        f(values)


@each_call
def test_a_number_too_large_for_float64_is_refused_by_name(name):
    with pytest.raises(ValueError, match=r"^\w+ must fit in float64"):
        call(name, np.array([[10**400, 1, 2], [1, 2, 3]], object))


def test_float16_does_not_overflow_in_a_large_batch():
    scores, y = np.zeros((70000, 2), "f2"), np.zeros(70000, int)
    loss, dscores = losses.softmax_cross_entropy(scores, y)
    assert loss == pytest.approx(np.log(2)) and np.abs(dscores).max() > 0


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_a_complex_step_gives_the_gradient_of_a_penalty(name):
    penalty, penalty_grad = losses.PENALTIES[name]
    W = np.array([3.0, -2.0, 0.5])
    for k in range(3):
        step = np.zeros(3, complex)
        step[k] = 1e-30j
        assert penalty(W + step).imag / 1e-30 == pytest.approx(
            penalty_grad(W)[k], rel=1e-15
        )


def test_cures_do_not_change_the_question():
    with pytest.raises(ValueError, match=r"one row is scores\[None, :\]"):
        losses.softmax([1.0, 2, 3])
    with pytest.raises(ValueError, match=r"one column is scores\[:, None\]"):
        losses.binary_cross_entropy([1.0, 2], Y)


class Logged(np.lib.mixins.NDArrayOperatorsMixin):
    """An array class of its own, with NumPy's protocols: it logs each ufunc and
    function.
    """

    def __init__(self, values, log):
        self.values, self.log, self.dtype = values, log, values.dtype
        self.shape, self.ndim, self.real = values.shape, values.ndim, values.real

    def astype(self, dtype):
        return Logged(self.values.astype(dtype), self.log)

    def of(self, value):
        return value.values if isinstance(value, Logged) else value

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        self.log.append(ufunc.__name__)
        result = getattr(ufunc, method)(*map(self.of, inputs), **options)
        return Logged(result, self.log)

    def __array_function__(self, f, types, args, kwargs):
        self.log.append(f.__name__)
        return Logged(f(*map(self.of, args), **kwargs), self.log)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu_prime_of_h"])
def test_whole_numbers_of_another_array_class_are_float64_too(name):
    x = sample("uint8")
    result = call(name, Logged(x, []))
    np.testing.assert_array_equal(result.values, call(name, x))
    with pytest.raises(TypeError, match="must hold numbers; got dtype <U1"):
        call(name, Logged(x.astype(str).astype("<U1"), []))


@pytest.mark.parametrize("name", [n for n in TAKES if "prime" in n or n in ACTIVATIONS])
def test_an_array_class_with_numpys_protocols_passes_through(name):
    x = np.linspace(0.1, 0.9, 6).reshape(2, 3)
    result = call(name, Logged(x, log := []))
    assert isinstance(result, Logged) and (log or name == "identity")
    np.testing.assert_array_equal(result.values, call(name, x))
