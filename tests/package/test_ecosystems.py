"""Arrays of other libraries: taken where NumPy can read them, refused with the cure
elsewhere.

The classes here behave as those libraries' arrays do when NumPy reads them; the
libraries are not needed.
"""

from tempfile import TemporaryFile

import numpy as np
import pytest
from helpers import random_network

from mlp import binary_cross_entropy, softmax_cross_entropy

X = np.random.RandomState(0).standard_normal((6, 4))
y = np.array([0, 1, 2, 2, 1, 0])


class Tensor:
    """An array of PyTorch on the CPU, or of JAX: NumPy reads it through `__array__`."""

    def __init__(self, values):
        self.values = np.array(values)
        self.shape = self.values.shape

    def __len__(self):
        return len(self.values)

    def __array__(self, dtype=None, copy=None):
        return self.values.astype(dtype or self.values.dtype)

    def __int__(self):
        return int(self.values)


class TensorThatRequiresGrad(Tensor):
    """An array of PyTorch that is being differentiated."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


class TensorOnGPU(Tensor):
    """An array of PyTorch in the memory of another device."""

    def __array__(self, dtype=None, copy=None):
        raise TypeError("can't convert cuda:0 device type tensor to numpy.")


class CuPyArray(Tensor):
    """An array of CuPy: it brings NumPy's protocols, and is not converted silently."""

    __array_ufunc__ = __array_function__ = None

    def __array__(self, dtype=None, copy=None):
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")


class DataFrame(Tensor):
    """A table of pandas: who walks it gets the names of its columns."""

    def __iter__(self):
        return iter([f"column {i}" for i in range(self.shape[1])])


class Sparse:
    """A matrix of SciPy: no `__array__`, so that NumPy sees a single object."""

    def __init__(self, values):
        self.shape = np.shape(values)

    def toarray(self):
        raise AssertionError("nobody fills in the zeros but the caller")


class Missing:
    """What pandas puts where a nullable column has no number."""

    def __repr__(self):
        return "<NA>"


def nullable(values):
    """What NumPy reads of a nullable column or table in which a value is missing."""
    objects = np.array(values, dtype=object)
    objects.flat[0] = Missing()
    return Tensor(objects)


def read_only(values):
    values = values.copy()
    values.flags.writeable = False
    return values


def memory_mapped(values):
    mapped = np.memmap(TemporaryFile(), values.dtype, "w+", shape=values.shape)
    mapped[:] = values
    return mapped


def losses_of(net, X, y):
    loss, grads = net.loss(X, y, reg=0.1)
    return np.hstack([loss, *(grad.ravel() for grad in grads.values())])


def training_of(net, X, y):
    return np.hstack(list(net.train(X, y, X, y, num_epochs=2, batch_size=3).values()))


def flat(loss_and_gradient):
    loss, gradient = loss_and_gradient
    return np.hstack([loss, gradient.ravel()])


USES = {  # what is called, with inputs and labels that suit it
    "net.loss": (lambda X, y: losses_of(random_network([4, 5, 3]), X, y), X, y),
    "net.train": (lambda X, y: training_of(random_network([4, 5, 3]), X, y), X, y),
    "net.predict": (lambda X, y: random_network([4, 5, 3]).predict(X), X, y),
    "softmax_cross_entropy": (lambda *given: flat(softmax_cross_entropy(*given)), X, y),
    "binary_cross_entropy": (
        lambda *given: flat(binary_cross_entropy(*given)),
        X[:, :1],
        y % 2,
    ),
}
OF_THE_NETWORK = [name for name in USES if name.startswith("net.")]
WITH_LABELS = [name for name in USES if name != "net.predict"]

READABLE = {
    "a tensor": Tensor,
    "a list of tensors": lambda values: [Tensor(row) for row in values],
    "a table": DataFrame,
    "a list": np.ndarray.tolist,
    "objects that are numbers": lambda values: values.astype(object),
    "read-only": read_only,
    "in Fortran order": np.asfortranarray,
    "every other row": lambda values: np.repeat(values, 2, axis=0)[::2],
    "backwards": lambda values: values[::-1].copy()[::-1],
    "big-endian": lambda values: values.astype(values.dtype.newbyteorder(">")),
    "a memory map": memory_mapped,
    "a matrix of NumPy": lambda values: values.view(np.matrix),
}
NO_LABELS = {
    "a table",
    "a matrix of NumPy",
    "objects that are numbers",
}  # not flat integers
READABLE_LABELS = {name: READABLE[name] for name in READABLE if name not in NO_LABELS}

REFUSED = {  # how it is made, and the cure that the message names
    "a tensor that requires grad": (
        TensorThatRequiresGrad,
        r"x\.detach\(\)\.cpu\(\)\.numpy\(\)",
    ),
    "a tensor on a GPU": (TensorOnGPU, r"x\.detach\(\)\.cpu\(\)\.numpy\(\)"),
    "a value is missing": (nullable, "<NA>"),
    "a sparse matrix": (Sparse, r"\.toarray\(\)"),
}


def cases(table):
    return pytest.mark.parametrize("case", table.values(), ids=table)


@pytest.mark.parametrize("use", USES)
@cases(READABLE)
def test_inputs_that_numpy_can_read_give_the_numbers_of_a_plain_array(case, use):
    call, inputs, labels = USES[use]
    expected = call(inputs, labels)
    np.testing.assert_allclose(call(case(inputs), labels), expected, rtol=1e-12)


@pytest.mark.parametrize("use", WITH_LABELS)
@cases(READABLE_LABELS)
def test_labels_that_numpy_can_read_give_the_numbers_of_a_plain_array(case, use):
    call, inputs, labels = USES[use]
    np.testing.assert_array_equal(call(inputs, case(labels)), call(inputs, labels))


@pytest.mark.parametrize("use", USES)
@cases(REFUSED)
def test_inputs_that_numpy_cannot_read_are_refused_with_the_cure(case, use):
    make, cure = case
    call, inputs, labels = USES[use]
    name = "X" if use in OF_THE_NETWORK else "scores"
    with pytest.raises(TypeError, match=rf"^{name} must .*{cure}"):
        call(make(inputs), labels)


@pytest.mark.parametrize("use", OF_THE_NETWORK)
def test_inputs_of_cupy_are_refused_with_the_cure(use):
    call, inputs, labels = USES[use]
    with pytest.raises(TypeError, match=r"^X must .*x\.get\(\) for CuPy"):
        call(CuPyArray(inputs), labels)


@pytest.mark.parametrize("use", WITH_LABELS)
@cases(
    {
        "a tensor on a GPU": (
            TensorOnGPU,
            TypeError,
            r"x\.detach\(\)\.cpu\(\)\.numpy\(\)",
        ),
        "an array of CuPy": (CuPyArray, TypeError, r"x\.get\(\) for CuPy"),
        "a value is missing": (nullable, TypeError, "integer labels .* dtype object"),
        "a sparse column": (
            Sparse,
            ValueError,
            r"a label for each of 6 rows; got \(\)",
        ),
        "a table of one column": (
            lambda values: DataFrame(values[:, None]),
            ValueError,
            r"got \(6, 1\);.*\.ravel\(\)",
        ),
    }
)
def test_labels_that_are_no_flat_integers_for_numpy_are_refused(case, use):
    make, error, words = case
    call, inputs, labels = USES[use]
    with pytest.raises(error, match=rf"^y must .*{words}"):
        call(inputs, make(labels))


@pytest.mark.parametrize("name", ["X", "X_val"])
def test_training_names_the_set_that_it_cannot_read_and_leaves_the_network_alone(name):
    net, given = random_network([4, 5, 3]), {"X": X, "y": y, "X_val": X, "y_val": y}
    before = {key: p.copy() for key, p in net.params.items()}
    with pytest.raises(TypeError, match=rf"^{name} must .*got TensorThatRequiresGrad"):
        net.train(**given | {name: TensorThatRequiresGrad(X)})
    assert all(np.array_equal(net.params[key], before[key]) for key in before)
