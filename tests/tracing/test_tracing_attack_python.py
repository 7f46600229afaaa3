"""Programs that ask Python what a traced value is: none that is wrong is proved."""

import collections
import contextlib
import copy
import enum
import functools
import math
import warnings
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import pytest

from mlp.tracing import prove_backward

TABLE, SHAPES, COUNTS = {1000: 2}, {(1000, 3): 2}, {50: 2.0}
BIG = frozenset([512, 1024])


def square(x):
    return x * x


def square_with_labels(x, y):
    return x * x


@functools.lru_cache(None)
def factor(n):
    return 2 if n == 1000 else 1


def tried(function, error=TypeError, other=0):
    try:
        return function()
    except error:
        return other


# Functions of x that are 1, or True, for small arrays, but not for all.
OF_SIZES = {
    "a dict": lambda x: TABLE.get(len(x), 1),
    "a dict of shapes": lambda x: SHAPES.get(x.shape, 1),
    "a set": lambda x: 2 if len(x) in {1000, 2000} else 1,
    "a frozenset": lambda x: 1 + sum(n in BIG for n in x.shape),
    "keys": lambda x: 2 if TABLE.keys() & {len(x)} else 1,
    "a set of sizes": lambda x: 2 if len(set(x.shape)) == 1 else 1,
    "a cache": lambda x: factor(len(x)),
    "str": lambda x: len(str(len(x))),
    "an f-string": lambda x: len(f"{len(x)}"),
    "a percent sign": lambda x: len("%s" % len(x)),  # noqa: UP031
    "format": lambda x: len("{}".format(len(x))),  # noqa: UP032
    "its digits": lambda x: 2 if str(len(x)) == "1000" else 1,
    "repr of a shape": lambda x: 1 + repr(x.shape).count("0"),
    "sorted": lambda x: 1 + (sorted([str(len(x)), "1"])[0] != "1"),
    "np.int64": lambda x: 2 if len(x) == np.int64(1000) else 1,
    "Fraction": lambda x: 2 if len(x) == Fraction(1000) else 1,
    "an array": lambda x: 2 if len(x) == np.array([1000, 1]).max() else 1,
    "an array first": lambda x: 2 if np.array([1000, 1]).max() == len(x) else 1,
    "a product": lambda x: 2 if x.shape[0] == np.prod([10, 100]) else 1,
    "not an array": lambda x: 1 if len(x) != np.array(1000) else 2,
    "complex": lambda x: 2 if len(x) == 1000 + 0j else 1,
    "type": lambda x: 2 if type(len(x)) is int and len(x) > 1000 else 1,
    "class": lambda x: 2 if len(x).__class__ is int and len(x) > 1000 else 1,
    "divmod": lambda x: 1 + tried(lambda: divmod(len(x), 1000)[0]),
    "shift": lambda x: 1 + tried(lambda: len(x) >> 10),
    "and": lambda x: 1 + tried(lambda: len(x) & 1024),
    "isqrt": lambda x: 1 + tried(lambda: math.isqrt(len(x)) // 100),
    "numerator": lambda x: 1 + (tried(lambda: len(x).numerator, AttributeError) > 999),
    "bit_length": lambda x: 1 + (getattr(len(x), "bit_length", int)() > 9),
    "hasattr": lambda x: 2 if hasattr(len(x), "bit_count") and len(x) > 999 else 1,
    "no int": lambda x: 2 if not hasattr(len(x), "poly") and len(x) > 999 else 1,
    "suppress": lambda x: suppressed(lambda: len(x) >> 10),
    "a number": lambda x: 2 if isinstance(-len(x), int) and len(x) > 999 else 1,
    "match": lambda x: matched(len(x)),
}

OF_VALUES = {
    "str": lambda x: 2 if "e+" in str(x) else 1,
    "format": lambda x: 2 if "+" in f"{x.sum():g}" else 1,
    "a set": lambda x: 2 if (x > 200).sum() in {1, 2, 3} else 1,
    "type": lambda x: 2 if type(x) is np.ndarray and len(x) > 1000 else 1,
    "a type by name": lambda x: 2 if type(x).__name__ == "ndarray" and far(x) else 1,
    "class": lambda x: 2 if x.__class__ is np.ndarray and far(x) else 1,
    "class of a sum": lambda x: 2 if x.sum().__class__ is np.float64 and far(x) else 1,
    "type of a sum": lambda x: 2 if type(x.sum()) is np.float64 and far(x) else 1,
    "interface": lambda x: 2 if hasattr(x, "__array_interface__") and far(x) else 1,
    "no length": lambda x: 2 if not hasattr(x.sum(), "__len__") and far(x) else 1,
    "nbytes": lambda x: 2 if getattr(x, "nbytes", 0) > 1e6 else 1,
    "tried nbytes": lambda x: 1 + tried(lambda: x.nbytes > 1e6, AttributeError),
    "is_integer": lambda x: 2 if hasattr(x.sum(), "is_integer") and far(x) else 1,
    "divmod": lambda x: 1 + tried(lambda: float(divmod(abs(x).max(), 1e6)[0])),
    "store": lambda x: 1 if hasattr(x, "store") else 1 + far(x),
    "dir": lambda x: 2 if "T" not in dir(x) and far(x) else 1,
    "own name": lambda x: 1 + tried(lambda: x.store is None, AttributeError, far(x)),
    "object's hash": lambda x: 2 if object.__hash__(len(x)) == 1000 else 1,
    "python float": lambda x: two_if(not isinstance(float(x.sum()), np.floating), x),
}


def two_if(condition, x):
    return 2 if condition and far(x) else 1


def far(x):
    return np.abs(x).max() > 1e6


def suppressed(function):
    with contextlib.suppress(TypeError):
        return 1 + function()
    return 1


def matched(n):
    match n:
        case int() if n > 1000:
            return 2
    return 1


def judged_factor(factor_of):
    return prove_backward(square, lambda dout, x: 2 * x * dout * factor_of(x), x="N D")


@pytest.mark.parametrize("name", OF_SIZES)
def test_a_size_is_not_looked_at(name):
    result = judged_factor(OF_SIZES[name])
    assert result.verdict in ("checked", "can't tell", "wrong"), result
    assert "the engine stops" not in str(result)


@pytest.mark.parametrize("name", OF_VALUES)
def test_a_value_is_not_looked_at(name):
    result = judged_factor(OF_VALUES[name])
    assert result.verdict in ("checked", "can't tell", "wrong"), result
    assert "the engine stops" not in str(result)


@pytest.mark.parametrize(
    "of_labels",
    [
        lambda y: COUNTS.get(y[0], 1.0),
        lambda y: COUNTS.get(int(y[0]), 1.0),
        lambda y: 2.0 if y[0] in {50, 51} else 1.0,
        lambda y: float(len(f"{y[0]}")),
    ],
)
def test_a_label_is_not_looked_at(of_labels):
    def backward(dout, x, y):
        return 2 * x * dout * of_labels(y)

    result = prove_backward(square_with_labels, backward, x="N D", y="N of K")
    assert result.verdict != "proved", result


# classes and modules


OUTSIDE = {
    "datetime": lambda: datetime.now().year > 2130,
    "Random": lambda: Random().random() > 2,
    "Path": lambda: Path("/there/is/no/such/file").exists(),
    "RandomState": lambda: np.random.RandomState().rand() > 2,
    "Generator": lambda: np.random.Generator(np.random.PCG64()).random() > 2,
    "datetime64": lambda: np.datetime64("now") > np.datetime64("2130-01-01"),
    "sys": lambda: contextlib.sys.modules["time"].time() > 1e11,
    "registry": lambda: len(getattr(warnings, "filters", ())) > 10**6,
    "kind of date": lambda: datetime.now() == 7,
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_the_world_outside_is_not_asked(name):
    result = judged_factor(lambda x: 2 if OUTSIDE[name]() else 1)
    assert result.verdict != "proved", result


def test_names_of_a_module_are_not_written():
    def backward(dout, x):
        functools.number = getattr(functools, "number", 0) + 1
        return 2 * x * dout * (1 if functools.number < 500 else 2)

    try:
        assert prove_backward(square, backward, x="N D").verdict != "proved"
    finally:
        del functools.number


# states


class Stop(Exception):
    number = 0

    def __init__(self):
        calls.append(1)


class Mode(enum.Enum):
    SLOW = [0]
    FAST = [1]


class Plain(enum.Enum):
    TWICE = 2.0
    ONCE = 1.0


class Counting(enum.Enum):
    ONE = 1

    def more(self):
        calls.append(1)
        return self.value


calls, balance = [], [0]


class Cache(NamedTuple):
    x: object

    def gradient(self, dout):
        calls.append(1)
        return 2 * self.x * dout * (1 if len(calls) < 500 else 2)


class Good(NamedTuple):
    x: object
    factor: float = 2.0

    def gradient(self, dout):
        return self.factor * self.x * dout


def number_in_exception(dout, x):
    Stop.number += 1
    return 2 * x * dout * (1 if Stop.number < 500 else 2)


def made_exception(dout, x):
    with contextlib.suppress(Stop):
        raise Stop()
    return 2 * x * dout * (1 if len(calls) < 500 else 2)


def number_in_enum(dout, x):
    Mode.SLOW.value[0] += 1
    return 2 * x * dout * (1 if Mode.SLOW.value[0] < 500 else 2)


def number_of_enum(dout, x):
    Plain.number = getattr(Plain, "number", 0) + 1
    return 2 * x * dout * (1 if Plain.number < 500 else 2)


def method_of_enum(dout, x):
    return 2 * x * dout * Counting.ONE.more() * (1 if len(calls) < 500 else 2)


def own_default(dout, x, n=0):
    own_default.__defaults__ = (n + 1,)
    return 2 * x * dout * (1 if n < 500 else 2)


def own_option(dout, x):
    n = (own_option.__kwdefaults__ or {}).get("n", 0)
    own_option.__kwdefaults__ = {"n": n + 1}
    return 2 * x * dout * (1 if n < 500 else 2)


@pytest.mark.parametrize(
    "backward",
    [
        number_in_exception,
        made_exception,
        number_in_enum,
        number_of_enum,
        method_of_enum,
        own_default,
        own_option,
    ],
)
def test_a_hidden_counter_is_found(backward):
    result = prove_backward(square, backward, x="N D")
    assert result.verdict != "proved", result


def test_the_method_of_a_named_tuple_is_copied():
    def forward(x):
        return x * x, Cache(x)

    result = prove_backward(forward, lambda dout, c: c.gradient(dout), x="N D")
    assert result.verdict != "proved", result


def test_a_counter_that_goes_up_and_down():
    def forward(x):
        balance[0] += 1
        return x * x

    def backward(dout, x):
        balance[0] -= 1
        return 2 * x * dout * (1 if balance[0] < 10**5 else 2)

    result = prove_backward(forward, backward, x="N D")
    assert result.verdict != "proved" and "list balance" in str(result)


class Layer:
    def __init__(self):
        self.n = 0

    def forward(self, x):
        self.x = x
        return x * x, None

    def backward(self, dout, cache):
        n = copy.copy(self).n
        self.n = n + 1
        return 2 * self.x * dout * (1 if n < 500 else 2)


def test_a_copy_reads_all_attributes():
    layer = Layer()
    result = prove_backward(layer.forward, layer.backward, x="N D")
    assert result.verdict != "proved", result


# what is right stays proved, or is refused without an error of the engine


class Numbers(dict):
    pass


class Several(list):
    pass


class ShapeError(ValueError):
    pass


numbers, several = Numbers(n=2.0), Several([2.0])
Settings = collections.namedtuple("Settings", "factor")
settings = Settings(2.0)


@pytest.mark.parametrize("factor_of", [lambda: numbers["n"], lambda: several[0]])
def test_a_dict_with_more_is_refused(factor_of):
    result = prove_backward(square, lambda dout, x: factor_of() * x * dout, x="N D")
    assert result.verdict == "checked" and "the engine" not in str(result)


def with_own_error(dout, x):
    if dout.shape != x.shape:
        raise ShapeError(f"{dout.shape} is not {x.shape}")
    return 2 * x * dout


def with_types(dout, x):
    assert isinstance(x, np.ndarray) and type(x) is np.ndarray
    assert type(len(x)) is int and isinstance(len(x), int)
    two = 2.0, 2
    assert type(two[0]) is float and type(two[1]) is int and issubclass(float, float)
    return 2 * x * dout


def with_key_error(dout, x):
    try:
        factor = {}["factor"]
    except KeyError:
        factor = 2
    return factor * x * dout


def with_missing_attribute(dout, x):
    try:
        factor = x.factor
    except AttributeError:
        factor = 2
    return factor * x * dout


@pytest.mark.parametrize(
    "backward",
    [
        with_own_error,
        with_types,
        with_key_error,
        with_missing_attribute,
        lambda dout, x: Plain.TWICE.value * x * dout,
        lambda dout, x: settings.factor * x * dout,
        lambda dout, x: functools.reduce(lambda a, b: a * b, [2, x, dout]),
        lambda dout, x: copy.deepcopy(2 * x * dout),
        lambda dout, x: 2 * x * dout * (1 if len(x) < math.inf else 2),
    ],
)
def test_what_is_right_stays_proved(backward):
    result = prove_backward(square, backward, x="N D")
    assert result.verdict == "proved", result


def test_a_named_tuple_as_a_cache():
    def forward(x):
        return x * x, Good(x)

    result = prove_backward(forward, lambda dout, c: c.gradient(dout), x="N D")
    assert result.verdict == "proved", result


def test_an_entry_that_small_arrays_do_not_have():
    def backward(dout, x):
        result = 2 * x * dout
        with contextlib.suppress(IndexError):
            result[1000] = 0
        return result

    result = prove_backward(square, backward, x="N D")
    assert result.verdict == "checked" and "the engine" not in str(result)
