"""Methods of NumPy's functions, and names that are made of the others."""

from mlp.tracing.arrays import as_array
from mlp.tracing.items import add_at
from mlp.tracing.numpy_entries import negative
from mlp.tracing.numpy_sums import all_, max_, outer, prod, sum_
from mlp.tracing.numpy_table import NAMES, named
from mlp.tracing.sums import ONE


@named("add.at")
def add_at_(x, key, value):
    add_at(x, key, value)


@named("subtract.at")
def subtract_at(x, key, value):
    add_at(x, key, negative(value))


for ufunc in ("add", "multiply", "maximum"):

    def reduced(x, axis=0, keepdims=False, ufunc=ufunc):
        if ufunc == "multiply":
            return prod(x, axis, keepdims)
        return (sum_ if ufunc == "add" else max_)(x, axis, keepdims=keepdims)

    NAMES[f"{ufunc}.reduce"] = reduced


def outer_of(a, b):
    return outer(a, b)


NAMES["multiply.outer"] = outer_of


@named("allclose", "array_equal", "isclose")
def allclose(a, b, **options):
    """Return True for numbers that are the same for all inputs."""
    if all_(NAMES["equal"](a, b)).poly == ONE:
        return True


@named("softmax")
def softmax(x, axis=None):
    e = NAMES["exp"](x)
    return e / sum_(e, axis, keepdims=True)


@named("logsumexp")
def logsumexp(x, axis=None, *, keepdims=False):
    return NAMES["log"](sum_(NAMES["exp"](x), axis, keepdims=keepdims))


@named("log_softmax")
def log_softmax(x, axis=None):
    return as_array(x) - logsumexp(x, axis, keepdims=True)
