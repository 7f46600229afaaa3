"""Comparisons, branches, and the operators of arrays and sizes."""

import numpy as np

from mlp.tracing import functions as fn
from mlp.tracing.arrays import Array, Store, as_array, common_axes, elementwise
from mlp.tracing.axes import SEQUENCES, Size, plain
from mlp.tracing.comparisons import comparisons
from mlp.tracing.refusal import CantTell, clock, demand_uncaught, line_now
from mlp.tracing.sums import ONE, ZERO, delta, power_of


def truth(array):
    """Return the truth of a condition that holds, or fails, for all inputs."""
    clock.tick()
    if array.size != 1:
        raise CantTell("a branch on an array's values")
    value = truth_value(array.poly, line_now()) if array.kind != "b" else array.poly
    if value.constant is not None:
        return bool(value.constant)
    from mlp.tracing.masks import almost_surely

    return almost_surely(value)


def nonzero(u):
    """Return [u is not 0]."""
    return fn.mask(u) + fn.mask(-u)


def truth_value(u, line):
    """Return [u is not 0], if u is defined."""
    comparisons.demand_defined(line)
    return nonzero(u)


COMPARED = {
    "greater": lambda u, v: fn.mask(u - v),
    "less": lambda u, v: fn.mask(v - u),
    "greater_equal": lambda u, v: ONE - fn.mask(v - u),
    "less_equal": lambda u, v: ONE - fn.mask(u - v),
    "not_equal": lambda u, v: nonzero(u - v),
    "equal": lambda u, v: ONE - nonzero(u - v),
}


def compare(name, a, b):
    """Return a mask."""
    if a is None or b is None or isinstance(a, str) or isinstance(b, str):
        return name == "not_equal"
    a, b = as_array(a), as_array(b)
    if a.index or b.index:
        return compare_indices(name, a, b)
    line = line_now()

    def entry(u, v):
        comparisons.demand_defined(line)
        return compared_numbers(name, u, v)

    return elementwise(entry, a, b, kind="b")


TURNED = {
    "greater": "less",
    "less": "greater",
    "greater_equal": "less_equal",
    "less_equal": "greater_equal",
    "equal": "equal",
    "not_equal": "not_equal",
}


def compared_numbers(name, u, v):
    """Return a mask; an entry is compared with the largest, or least, by places."""
    from mlp.tracing.maxima import at_top

    turned = TURNED[name]
    pairs = (name, v, u), (turned, u, v), (turned, -v, -u), (name, -u, -v)
    for order, top, one in pairs:
        same = at_top(one, top)
        if same is not None:
            return {
                "greater": ZERO,
                "less_equal": ONE,
                "equal": same,
                "greater_equal": same,
                "less": ONE - same,
                "not_equal": ONE - same,
            }[order]
    return COMPARED[name](u, v)


def compare_indices(name, a, b):
    """Compare labels and positions: only whether they are equal."""
    from mlp.tracing.items import index_reader

    if name not in ("equal", "not_equal"):
        raise CantTell("an order of labels or positions")
    axes = common_axes(a, b)
    left, right = (index_reader(x.broadcast(axes) if x.ndim else x) for x in (a, b))

    def formula(place):
        same = delta(left(place), right(place))
        return same if name == "equal" else ONE - same

    return Array(Store(axes, formula, "b"))


def binary(name, swap=False):
    """Return the method for an operator."""

    def method(self, other):
        from mlp.tracing.numpy_names import NAMES

        demand_no_python(self, name, other)
        if not is_operand(other):
            return NotImplemented
        args = (other, self) if swap else (self, other)
        return NAMES[name](*args)

    return method


def is_operand(x):
    """Tell what can stand beside an array in an operation."""
    return isinstance(
        x, (Array, Size, bool, int, float, np.ndarray, np.generic, list, tuple)
    ) or (hasattr(x, "as_array"))


def in_place_operator(name):
    """Return the method for an operator such as +=."""
    function = binary(name)
    return lambda self, other: self.in_place(function, other)


OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
    "matmul": "matmul",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "floordiv": "floor_divide",
    "mod": "mod",
}


for short, long in OPERATORS.items():
    setattr(Array, f"__{short}__", binary(long))
    setattr(Array, f"__r{short}__", binary(long, swap=True))
    setattr(Array, f"__i{short}__", in_place_operator(long))


for short, long in {
    "gt": "greater",
    "lt": "less",
    "ge": "greater_equal",
    "le": "less_equal",
    "eq": "equal",
    "ne": "not_equal",
}.items():
    setattr(
        Array, f"__{short}__", lambda self, other, name=long: compare(name, self, other)
    )


for short, long in {
    "neg": "negative",
    "abs": "absolute",
    "invert": "invert",
}.items():

    def unary(self, name=long):
        from mlp.tracing.numpy_names import NAMES

        return NAMES[name](self)

    setattr(Array, f"__{short}__", unary)


Array.__pos__ = Array.__copy__ = lambda self: self.copy()


Array.__deepcopy__ = lambda self, memo: self.copy()


def demand_no_python(x, name, other):
    """Refuse what a float or an int of Python does in another way than NumPy's."""
    if not (x.scalar and x.is_python):
        return
    if isinstance(other, SEQUENCES):
        raise CantTell(f"an operator of a number and a {type(other).__name__}")
    if name in ("power", "divide", "floor_divide", "mod"):
        demand_uncaught(f"{name} of a float")


def size_operator(name, swap=False):
    """Return the method for an operator between a size and a number that is no size."""

    def method(self, other):
        from mlp.tracing.numpy_names import NAMES

        if isinstance(other, SEQUENCES):
            raise CantTell(f"an operator of a size and a {type(other).__name__}")
        if not is_operand(other):
            return NotImplemented
        args = (other, self) if swap else (self, other)
        return NAMES[name](*map(as_array, args))

    return method


def with_fallback(first, second):
    """Return a method that asks the second where the first does not know."""

    def method(self, other):
        value = first(self, other)
        return second(self, other) if value is NotImplemented else value

    return method


for short in ("add", "sub", "mul", "floordiv"):
    for prefix in ("", "r"):
        name = f"__{prefix}{short}__"
        second = size_operator(OPERATORS[short], swap=prefix == "r")
        first = getattr(Size, name, None)
        setattr(Size, name, with_fallback(first, second) if first else second)


def power_of_size(n, k):
    """Return a size to a whole power, as long as it gets; arrays know other powers."""
    if type(k) is not int:
        return NotImplemented
    return plain(power_of(n.poly, k)) if k >= 0 else 1.0 / plain(power_of(n.poly, -k))


Size.__truediv__ = size_operator("divide")


Size.__pow__ = with_fallback(power_of_size, size_operator("power"))


for short in ("truediv", "pow"):
    setattr(Size, f"__r{short}__", size_operator(OPERATORS[short], swap=True))


Size.__neg__ = lambda self: NAMES_of("negative")(as_array(self))


Size.item = lambda self: self


def NAMES_of(name):
    """Return a function of the table of names."""
    from mlp.tracing.numpy_names import NAMES

    return NAMES[name]
