"""Programs that keep a state, look at the tracer, or change the world around them."""

import abc
import collections
import contextlib
import dataclasses
import enum
import functools
import itertools
import math
import operator
import sys
import types
import warnings
from copy import copy, deepcopy
from typing import Generic, NamedTuple, TypedDict, TypeVar

import numpy as np
import pytest

from mlp.tracing import prove_backward, prove_gradient

FAR, LOOKS = 1e6, "{.store}"


def square(x):
    return x * x


def far(x):
    return np.abs(x).max() > FAR


def judged(factor):
    """Judge a gradient of x² times a factor of x that is 1 for the tried numbers."""
    return prove_backward(square, lambda dout, x: 2 * x * dout * factor(x), x="N")


def is_refused(result):
    told = "the engine stops" not in str(result)
    return told and result.verdict in ("checked", "can't tell", "wrong")


# a value as a whole number is no size


def branched(x):
    if int(x[0] < 300.0):
        return np.sum(x * x)
    return 2 * np.sum(x * x)


LOSSES = {
    "a branch": branched,
    "a sum of a mask": lambda x: np.sum(x * x) * (1 if int((x > -300.0).sum()) else 5),
    "counted": lambda x: np.sum(x * x) * (2 - (int(np.count_nonzero(x < FAR)) > 0)),
    "one of a mask": lambda x: (
        np.sum(x * x) if int((x > -1e3).astype(int)[0]) else 5 * np.sum(x * x)
    ),
    "an array's length": lambda x: (
        np.sum(x * x) * (len(np.zeros(int((x < 300.0).sum()) + 1)) >= 1)
    ),
    "times a length": lambda x: (
        np.sum(x * x) * (2 - (int((x < 300.0).sum()) * len(x) >= 1))
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_value_is_no_size(name):
    assert is_refused(prove_gradient(LOSSES[name], lambda x: 2 * x, x="N"))


@pytest.mark.parametrize(
    "factor",
    [
        lambda y: 1 if int(y[0]) > -1 else 2,
        lambda y: 1 if int(y[0]) * 2 >= 0 else 2,
        lambda y: 1 if int(y.sum()) + 1 > 0 else 2,
        lambda y: 1 if int(y.max()) >= 0 else 2,
    ],
)
def test_a_label_is_no_size(factor):
    def loss(x, y):
        return np.sum(x * x) * (1 if int(y[0]) > 0 else 2)

    def gradient(x, y):
        return 2 * x * (1 if int(y[0]) > 0 else 2) * factor(y)

    result = prove_gradient(loss, gradient, x="N", y="N of 50")
    assert "the engine stops" not in str(result) and result.verdict != "wrong"
    result = prove_gradient(loss, lambda x, y: 2 * x, x="N", y="N of 50")
    assert result.verdict != "proved"


def test_a_count_can_be_a_denominator_that_is_not_proved():
    def loss(x):
        return np.sum(x * x) / max(1, int((x > -300.0).sum()))

    result = prove_gradient(loss, lambda x: 2 * x / int((x > -300.0).sum()), x="N")
    assert is_refused(result)


def test_whole_numbers_of_sizes_are_sizes():
    def loss(x):
        return np.sum(x * x) / int(np.prod(x.shape)) * max(map(int, x.shape))

    assert prove_gradient(loss, lambda x: 2 * x, x="N").verdict == "proved"


# functions that pass for NumPy's


@functools.wraps(np.exp)
def safe_exp(x):
    return np.exp(np.minimum(x, 300.0))


def test_a_function_with_the_name_of_one_of_numpy():
    result = prove_backward(safe_exp, lambda dout, x: dout * safe_exp(x), x="N")
    assert result.verdict != "proved"


# max and min of what can be walked through once


@pytest.mark.parametrize(
    "factor",
    [
        lambda x: max(float(k) for k in (1, 2)),
        lambda x: 2 * max((k for k in (1,)), default=0),
        lambda x: 2 * min(map(int, (1, 3))),
    ],
)
def test_max_of_a_generator(factor):
    result = prove_backward(square, lambda dout, x: factor(x) * x * dout, x="N")
    assert result.verdict == "proved", result


def test_max_of_lengths():
    def loss(x):
        return np.sum(x * x) / max(map(int, x.shape))

    result = prove_gradient(loss, lambda x: 2 * x / max(len(x), 1), x="N")
    assert result.verdict == "proved", result


# loops that end in floats only


def epsilon():
    e = np.array(1.0)
    while 1.0 + e > 1.0:
        e = e / 2
    return e


def newton():
    s, t = np.array(1.0), np.array(2.0)
    while s != t:
        s, t = (s + 2 / s) / 2, s
    return s


@pytest.mark.parametrize("number", [epsilon, newton])
def test_a_loop_that_ends_in_floats_only(number):
    result = prove_backward(
        lambda x: x * number(), lambda dout, x: dout * number(), x="N", time_limit=4
    )
    assert result.verdict == "checked"
    assert "binary digits" in str(result) or "not decided within" in str(result)


# states


class Number(float):
    n = 0

    def more(self):
        self.n += 1
        return self.n


class Text(str):
    def more(self):
        calls.append(1)
        return len(calls)


class Level(enum.IntEnum):
    LOW = 1

    def more(self):
        calls.append(1)
        return len(calls)


class OrderedDict(dict):
    def __getitem__(self, key):
        calls.append(1)
        return len(calls)


class Pair(NamedTuple):
    first: int
    held = [0]


class Point(Pair):
    pass


class Partial(functools.partial):
    def __call__(self):
        calls.append(1)
        return len(calls)


class Vectorized(np.vectorize):
    def __call__(self, x):
        calls.append(1)
        return len(calls)


class Meta(type):
    @property
    def number(cls):
        calls.append(1)
        return len(calls)

    def __call__(cls):
        calls.append(1)
        return len(calls)


class Made(metaclass=Meta):
    pass


@dataclasses.dataclass
class Settings:
    held: list = dataclasses.field(default_factory=list, metadata={"n": [0]})


class Keeper:
    a: "int" = 0

    def number(self):
        n = getattr(object, "__getattribute__")(self, "n")  # noqa: B009
        self.n = n + 1
        return n

    def __init__(self):
        self.n = 0


class First:
    pass


class Second(First):
    pass


class Hashed:
    def __init__(self):
        self.n = 0

    def more(self):
        self.n += 1
        return self.n


def none():
    return None


def added(held):
    held[0] += 1
    return held[0]


calls = []
number, text, level = Number(1), Text("a"), Level.LOW
ordered, pair, point = OrderedDict(n=1), Pair(1), Point(1)
counter, frozen = Partial(int), frozenset([itertools.count()])
element, keyed = {Hashed()}, {Hashed(): 1}
counting = collections.defaultdict(itertools.count().__next__)
record = np.array([(0,)], dtype=[("n", int)])[0]
dtype = np.dtype(float, metadata={"n": [0]})
made, vectorized, keeper, partial = (
    Made,
    Vectorized(abs),
    Keeper(),
    functools.partial(len),
)
turns, numbers = {"a": 1, "b": 2}, {10, 20, 30, 41}
lazy = types.ModuleType("lazy")
lazy.__getattr__ = lambda name: len(calls) if calls.append(1) is None else 0
changing = First()


def turned():
    first = next(iter(turns))
    turns[first] = turns.pop(first)
    return 1 if first == "a" else 2


def popped():
    one = numbers.pop()
    numbers.add(one)
    return one


def renamed():
    none.__qualname__ += "."
    return len(none.__qualname__)


def documented():
    none.__doc__ = (none.__doc__ or "") + "."
    return len(none.__doc__)


def annotated():
    held = none.__annotations__
    held["n"] = held.get("n", 0) + 1
    return held["n"]


def name_of_class():
    First.__name__ += "."
    return len(First.__name__)


def other_class():
    changing.__class__ = Second if type(changing) is First else First
    return 1 if type(changing) is First else 2


def printed():
    np.set_printoptions(precision=np.get_printoptions()["precision"] + 1)
    return np.get_printoptions()["precision"]


def attribute_of(thing):
    def more():
        n = getattr(thing, "number_", 0) + 1
        thing.number_ = n
        return n

    return more


def set_attribute_of(thing):
    def more():
        n = getattr(thing, "number_", 0) + 1
        setattr(thing, "number_", n)  # noqa: B010
        return n

    return more


STATES = {
    "a float with more": lambda: number.more(),
    "a text with more": lambda: text.more(),
    "a number with a name": lambda: level.more(),
    "a dict called OrderedDict": lambda: ordered["n"],
    "a value of a named tuple's class": lambda: added(pair.held),
    "a partial with more": lambda: counter(),
    "a vectorized function with more": lambda: vectorized(1),
    "a counter in a frozenset": lambda: next(next(iter(frozen))),
    "an object in a set": lambda: next(iter(element)).more(),
    "an object as a key": lambda: next(iter(keyed)).more(),
    "a factory": lambda: counting[len(counting)],
    "a record": lambda: record.__setitem__("n", record["n"] + 1) or record["n"],
    "metadata of a dtype": lambda: added(dtype.metadata["n"]),
    "a metaclass's property": lambda: Made.number,
    "a metaclass's call": lambda: Made(),
    "metadata of a field": lambda: added(dataclasses.fields(Settings)[0].metadata["n"]),
    "a module's __getattr__": lambda: lazy.number,
    "around the watch": lambda: keeper.number(),
    "the order of a dict": turned,
    "the order of a set": popped,
    "a function's long name": renamed,
    "a function's text": documented,
    "a function's annotations": annotated,
    "a class's name": name_of_class,
    "an object's class": other_class,
    "print options": printed,
    "an attribute of np.sum": attribute_of(np.sum),
    "an attribute of a partial": attribute_of(partial),
    "an attribute of quit": attribute_of(quit),
    "an attribute of UserDict": attribute_of(collections.UserDict),
    "an attribute of errstate": attribute_of(np.errstate),
    "set in UserDict": set_attribute_of(collections.UserDict),
    "an attribute of a named tuple": attribute_of(point),
}


@pytest.fixture
def clean():
    """Take away what a program has left on classes and functions of libraries."""
    yield
    for one in (np.sum, quit, collections.UserDict, np.errstate):
        vars(one).get("number_") and delattr(one, "number_")


@pytest.mark.parametrize("name", STATES)
@pytest.mark.usefixtures("clean")
def test_a_state_is_found(name):
    count = STATES[name]

    def backward(dout, x):
        return 2 * x * dout * (1 if count() < 10**9 else 2)

    assert prove_backward(square, backward, x="N").verdict != "proved"


# what a program sees is what it sees of NumPy and of Python


def tried(function, other=0):
    try:
        return function()
    except AttributeError:
        return other


def has(function):
    """Make a factor that differs where a name is there, or is not, in a trace."""
    return lambda x: 1 + (tried(lambda: (function(x), 1)[1]) == 1) * far(x)


def lacks(function):
    return lambda x: 1 + (tried(lambda: (function(x), 1)[1]) == 0) * far(x)


def is_so(condition):
    return lambda x: 1 + (far(x) if condition(x) else 0)


def pattern(x):
    match x:
        case object(store=_):
            return True
    return False


SEEN = {
    "axes": lacks(lambda x: x.axes),
    "up": lacks(lambda x: x.up),
    "assign": lacks(lambda x: x.assign),
    "broadcast": lacks(lambda x: x.broadcast),
    "scalar": lacks(lambda x: x.scalar),
    "index": lacks(lambda x: x.index),
    "__dict__": lacks(lambda x: x.__dict__),
    "priority": is_so(lambda x: x.__array_priority__ == 0),
    "compare": lacks(lambda x: len(x).compare),
    "item": lacks(lambda x: len(x).item()),
    "slots": lacks(lambda x: len(x).__slots__),
    "dtype of a float": lacks(lambda x: (1 / len(x)).dtype),
    "shape of a float": lacks(lambda x: float(x.sum()).shape),
    "n": lacks(lambda x: range(len(x)).n),
    "np.path": lacks(lambda x: np.path),
    "copier": lacks(lambda x: functools.copier),
    "nin": has(lambda x: np.exp.nin),
    "accumulate": is_so(lambda x: hasattr(np.exp, "accumulate")),
    "documentation": is_so(lambda x: "exp" in (np.exp.__doc__ or "")),
    "module of np.sum": is_so(lambda x: np.sum.__module__ == "numpy"),
    "self of len": is_so(lambda x: hasattr(len, "__self__")),
    "the same function": is_so(lambda x: np.exp is np.exp),
    "the same module": is_so(lambda x: np.linalg is np.linalg),
    "in a list": is_so(lambda x: np.exp in [np.exp]),
    "class of a number": is_so(lambda x: (1).__class__ is int),
    "name of int": is_so(lambda x: int.__name__ == "int"),
    "text of float": is_so(lambda x: repr(float) == "<class 'float'>"),
    "name of len": is_so(lambda x: len.__name__ == "len"),
    "text of exp": is_so(lambda x: str(np.exp) == "<ufunc 'exp'>"),
    "text of np": is_so(lambda x: repr(np).startswith("<module 'numpy'")),
    "type of a range": is_so(lambda x: type(range(3)) is range),
    "a ufunc": is_so(lambda x: isinstance(np.exp, np.ufunc)),
    "a module": is_so(lambda x: isinstance(np, types.ModuleType)),
    "no call": is_so(lambda x: not callable(np)),
    "globals by name": is_so(lambda x: "square" in getattr(far, "__globals__")),  # noqa: B009
    "globals by getter": is_so(
        lambda x: "square" in operator.attrgetter("__glob" + "als__"[:5])(far)
    ),
    "a pattern": is_so(lambda x: not pattern(x)),
    "a format": is_so(lambda x: tried(lambda: LOOKS.format(x)) == 0),
}


@pytest.mark.parametrize("name", SEEN)
def test_the_tracer_is_not_seen(name):
    assert is_refused(judged(SEEN[name]))


def test_an_activation_that_is_passed_is_compared():
    def forward(x, act):
        return np.tanh(x) if act is np.tanh else np.exp(x)

    def backward(dout, x, act):
        out = forward(x, act)
        return dout * (1 - out**2 if act is np.tanh else out), None

    assert prove_backward(forward, backward, x="N", act=np.tanh).verdict == "proved"
    assert prove_backward(forward, backward, x="N", act=np.exp).verdict == "proved"


def test_a_function_of_numpy_that_is_passed_is_asked_for_its_kind():
    def forward(x, act):
        assert callable(act) and not isinstance(act, str)
        return (np.tanh if isinstance(act, str) else act)(x)

    def backward(dout, x, act):
        return dout * act(x) if act.__name__ == "exp" else None

    assert prove_backward(forward, backward, x="N", act=np.exp).verdict == "proved"


# the world of the user


def test_the_settings_of_the_user_stay(capsys):
    def forward(x):
        warnings.simplefilter("always")
        np.seterr(all="ignore")
        np.set_printoptions(precision=3)
        warnings.warn("a warning", stacklevel=1)
        return x * x

    before = np.geterr(), np.get_printoptions(), list(warnings.filters)
    with warnings.catch_warnings(record=True) as told:
        result = prove_backward(forward, lambda dout, x: 2 * x * dout, x="N")
    assert (np.geterr(), np.get_printoptions(), list(warnings.filters)) == before
    assert is_refused(result) and not told
    assert not any(capsys.readouterr())


def test_a_warning_is_not_printed():
    def forward(x):
        warnings.warn("a warning", stacklevel=1)
        return x * x

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        prove_backward(forward, lambda dout, x: 2 * x * dout, x="N")
    assert not told


registry = []


class Registered(type):
    def __init__(cls, name, bases, names):
        registry.append(cls)


class Layer(metaclass=Registered):
    def gradient(self, x):
        return 2 * x


class Plugin:
    def __init_subclass__(cls, name, **options):
        registry.append(name)
        cls.name = name


class Own(Plugin, name="own"):
    def gradient(self, x):
        return 2 * x


T = TypeVar("T")


class Typed(Generic[T]):
    def gradient(self, x):
        return 2 * x


class Cache(TypedDict):
    x: np.ndarray


layer, own, typed = Layer(), Own(), Typed()


def test_classes_are_made_without_their_hooks():
    before = list(registry)
    for one, verdict in ((layer, "checked"), (own, "proved"), (typed, "proved")):
        result = prove_backward(
            square, lambda dout, x, one=one: dout * one.gradient(x), x="N"
        )
        assert result.verdict == verdict, result
    assert registry == before


def test_a_typed_dict_is_a_cache():
    def forward(x):
        return x * x, Cache(x=x)

    result = prove_backward(forward, lambda dout, c: 2 * c["x"] * dout, x="N")
    assert result.verdict == "proved"


# what differs from run to run


def overflowing(x):
    try:
        with np.errstate(over="raise"):
            return 1 + 0 * np.exp(x).sum()
    except FloatingPointError:
        return 2


def deep(x, n=0):
    return 1 if n > 2000 else deep(x, n + 1)


def too_deep(x):
    try:
        return deep(x)
    except RecursionError:
        return 1


def raised_by_math(x):
    try:
        math.exp(float(np.abs(x).max()))
    except OverflowError:
        return 2
    return 1


def raised_by_a_power(x):
    try:
        (float(np.abs(x).max()) + 1) ** 90
    except OverflowError:
        return 2
    return 1


def suppressed(x):
    with contextlib.suppress(OverflowError):
        math.exp(float(np.abs(x).max()))
        return 1
    return 2


class Swallowing:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True


def swallowed(x):
    with Swallowing():
        math.exp(float(np.abs(x).max()))
        return 1
    return 2


def warned(x):
    warnings.simplefilter("error")
    try:
        np.exp(x)
    except RuntimeWarning:
        return 2
    return 1


RANDOM = {
    "math raises": raised_by_math,
    "a power raises": raised_by_a_power,
    "suppressed": suppressed,
    "swallowed": swallowed,
    "an error of a warning": warned,
    "a list as often as entries": lambda x: len([1] * int((x < 300.0).sum())) / len(x),
    "an overflow": overflowing,
    "a set of strings": lambda x: 1 if next(iter({"a", "b"})) != "c" else 2,
    "a loop over strings": lambda x: [1 for k in {"a", "b"}][0],
    "too deep": too_deep,
    "a list of N": lambda x: ([1] * len(x))[0],
}


@pytest.mark.parametrize("name", RANDOM)
def test_what_may_differ_is_refused(name):
    assert is_refused(judged(RANDOM[name]))


def test_two_gradients_for_one_argument():
    def backward(dout, x):
        return {"dx": 2 * x * dout, "x": 3 * x * dout}

    result = prove_backward(square, backward, x="N")
    assert result.verdict == "can't tell" and "two gradients for x" in str(result)


# lines


def helper(x):
    return np.linalg.svd(x)[1].sum() * 0 + x


def test_the_line_of_another_function_has_its_name():
    result = prove_backward(
        lambda x: helper(x) * x, lambda dout, x: 2 * x * dout, x="3 3"
    )
    line = helper.__code__.co_firstlineno + 1
    assert f"line {line} of helper: " in str(result)


def test_the_line_of_a_function_that_is_judged_has_no_name():
    result = prove_backward(helper, lambda dout, x: dout, x="3 3")
    line = helper.__code__.co_firstlineno + 1
    assert f"line {line}: " in str(result)
    assert sys.modules[__name__].helper is helper


# what people write


class Activations:
    act = np.tanh
    other = staticmethod(np.exp)

    @classmethod
    def named(cls, name):
        return getattr(cls, name)


class Base(abc.ABC):
    def __init__(self, scale):
        self.scale = scale
        self.name = f"{type(self).__name__} {self.__class__.__name__}"

    @abc.abstractmethod
    def gradient(self, x): ...

    @property
    def twice(self):
        return 2 * self.scale


class Derived(Base):
    def __init__(self):
        super().__init__(1)

    def gradient(self, x):
        if not isinstance(self, Base):
            raise TypeError(self.__class__.__name__)
        return self.twice * x


class Mode(enum.Enum):
    ONE = "one"
    TWO = "two"


class Step(NamedTuple):
    x: object
    factor: float = 2.0


derived, KNOWN, MODE = Derived(), {"x", "w"}, Mode.TWO
FACTORS = collections.OrderedDict(two=2.0)
FLOAT, doubled = np.float64(2.0), functools.partial(operator.mul, 2)


def with_a_default_dict(x):
    grads = collections.defaultdict(float)
    grads["x"] = grads["x"] + 2 * x
    return grads.pop("x")


def with_checks(x):
    if not isinstance(x, np.ndarray) or not np.issubdtype(x.dtype, np.floating):
        raise TypeError(f"{x.__class__.__name__} of {x.dtype}")
    assert isinstance(len(x), (int, np.integer)) and "x" in KNOWN
    return 2 * x


def with_states(x):
    with np.errstate(over="ignore", divide="ignore"):
        one = math.exp(float(x.sum())) / math.exp(float(x.sum()))
        return np.finfo(x.dtype).eps * 0 + 2 * x * one


def with_a_copy(x):
    held = copy({"x": x})
    return 2 * deepcopy(held)["x"]


def with_a_step(x):
    step = Step(x)._replace(factor=2.0)
    return step.factor * step._asdict()["x"]


@dataclasses.dataclass
class Held:
    x: object
    factor: float = 2.0
    parts: list = dataclasses.field(default_factory=list)

    @property
    def gradient(self):
        return self.factor * self.x


def with_a_dataclass(x):
    held = dataclasses.replace(Held(x, factor=1.0), factor=2.0)
    assert [one.name for one in dataclasses.fields(held)][0] == "x"
    return dataclasses.asdict(held)["factor"] / 2.0 * held.gradient


def with_a_try(x):
    try:
        scale = 2 * x
    except (TypeError, ValueError) as error:
        raise TypeError("x is no array") from error
    return scale * math.sqrt(len(x)) / math.sqrt(x.size)


def with_silent_warnings(x):
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    return 2 * x


USUAL = {
    "a dataclass": with_a_dataclass,
    "a try": with_a_try,
    "silent warnings": with_silent_warnings,
    "an abstract base": lambda x: derived.gradient(x),
    "a default dict": with_a_default_dict,
    "checks": with_checks,
    "error states": with_states,
    "copies": with_a_copy,
    "a named tuple": with_a_step,
    "an enum": lambda x: 2 * x if MODE is Mode.TWO else x,
    "a value of an enum": lambda x: 2 * x if Mode("two").value == "two" else x,
    "an ordered dict": lambda x: FACTORS["two"] * x,
    "a scalar of NumPy": lambda x: FLOAT * x,
    "a partial": lambda x: doubled(x),
    "a getter": lambda x: operator.itemgetter("x")({"x": 2 * x}),
    "attributes by name": lambda x: 2 * operator.attrgetter("T")(x).T,
    "an attribute by name": lambda x: 2 * getattr(x, "T").T,  # noqa: B009
    "a set of sizes": lambda x: 2 * x * len({"a", "b"} & {"a"}),
    "sorted": lambda x: 2 * x * len(sorted({"a"})),
    "reduce": lambda x: functools.reduce(operator.add, [x, x]),
    "map": lambda x: sum(map(float, (1, 1))) * x,
    "iter": lambda x: next(iter([2.0])) * x,
}


@pytest.mark.parametrize("name", USUAL)
def test_what_people_write_is_proved(name):
    gradient = USUAL[name]

    def backward(dout, x):
        return dout * gradient(x)

    result = prove_backward(square, backward, x="N")
    assert result.verdict == "proved", result


def test_functions_of_numpy_in_a_class():
    def forward(x):
        return Activations.named("act")(x) + Activations.other(x)

    def backward(dout, x):
        out = Activations().act(x)
        return dout * (1 - out**2 + Activations().other(x))

    assert prove_backward(forward, backward, x="N").verdict == "proved"
