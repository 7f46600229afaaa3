"""NumPy's functions of entries: of one, of two, and what depends on a condition."""

from fractions import Fraction

from mlp.tracing import functions as fn
from mlp.tracing.arrays import Array, Store, as_array, elementwise
from mlp.tracing.comparisons import comparisons
from mlp.tracing.constants import fitting
from mlp.tracing.contractions import in_64_bits
from mlp.tracing.numpy_table import METHODS, NAMES, kind_of, named
from mlp.tracing.operators import COMPARED, compare, truth_value
from mlp.tracing.refusal import CantTell, line_now
from mlp.tracing.sums import ONE, ZERO, number, times

# one entry from one entry


def demand_numbers(name, *arrays):
    """Refuse booleans alone, of which NumPy makes numbers of 8 or 16 bits."""
    if all(as_array(x).kind == "b" for x in arrays):
        raise CantTell(f"np.{name} of booleans")


def smooth(name, function):
    """Return the elementwise function of a number."""

    def call(x):
        demand_numbers(name, x)
        return elementwise(function, x, kind="f")

    return call


half = Fraction(1, 2)


def cube_root(u):
    """Return the cube root of a number, u / (u²)^(1/3), and 0 of 0."""
    return times(u, fn.power(times(u, u), Fraction(-1, 3))) if u else ZERO


SMOOTH = {
    "exp": fn.exp,
    "log": fn.log,
    "log1p": lambda u: fn.log(ONE + u),
    "log2": lambda u: times(fn.log(u), fn.inverse(fn.log(number(2)))),
    "log10": lambda u: times(fn.log(u), fn.inverse(fn.log(number(10)))),
    "exp2": lambda u: fn.exp(times(u, fn.log(number(2)))),
    "expm1": lambda u: fn.exp(u) - ONE,
    "tanh": fn.tanh,
    "erf": fn.erf,
    "sin": fn.sin,
    "cos": fn.cos,
    "arctan": fn.arctan,
    "sqrt": lambda u: fn.power(u, half),
    "cbrt": lambda u: fn.split(cube_root, u),
    "arctanh": lambda u: fn.split(fn.arctanh, u),
    "sinh": lambda u: (fn.exp(u) - fn.exp(-u)).scaled(half),
    "cosh": lambda u: (fn.exp(u) + fn.exp(-u)).scaled(half),
    "expit": lambda u: fn.inverse(ONE + fn.exp(-u)),
}


for name, formula in SMOOTH.items():
    NAMES[name] = smooth(name, formula)


@named("reciprocal")
def reciprocal(x):
    if as_array(x).kind != "f":
        raise CantTell("np.reciprocal of whole numbers")
    return elementwise(fn.inverse, x)


def keeps_kind(function):
    """Return the elementwise function of a number that keeps the dtype."""

    def call(x):
        x = as_array(x)
        demand_numbers("abs, np.sign or np.square", x)
        return elementwise(in_64_bits(function, x.kind), x)

    return call


for names, formula in {
    ("abs", "absolute", "fabs"): fn.absolute,
    ("sign",): fn.sign,
    ("square",): lambda u: times(u, u),
}.items():
    for name in names:
        NAMES[name] = keeps_kind(formula)


@named("negative")
def negative(x):
    x = as_array(x)
    if x.kind == "b":
        raise TypeError(
            "The numpy boolean negative, the `-` operator, is not supported"
        )
    return elementwise(lambda u: -u, x)


@named("isfinite")
def isfinite(x):
    """Real numbers are meant, where they are defined."""
    return elementwise(lambda u: defined(u, ONE), x, kind="b")


@named("isnan", "isinf")
def isnan(x):
    """Real numbers are meant, where they are defined."""
    return elementwise(lambda u: defined(u, ZERO), x, kind="b")


def defined(u, value):
    """Return a value, if a number is shown to be defined for all inputs."""
    from mlp.tracing.domains import is_everywhere

    comparisons.demand_defined()
    if not is_everywhere(u):
        raise CantTell("whether a value is finite")
    return value


@named("nan_to_num")
def nan_to_num(x):
    return elementwise(lambda u: defined(u, u), x)


@named("positive", "conj", "conjugate")
def as_it_is(x):
    return copy(x, order="K")


@named("real", "real_if_close")
def itself(x):
    return as_array(x)


METHODS["conj"] = METHODS["conjugate"] = itself


@named("iscomplexobj", "isscalar_array")
def iscomplexobj(x):
    return False


# one entry from two


def arithmetic(name, function):
    """Enter an operation on numbers; booleans count as 0 and 1 beside numbers."""

    def call(a, b, *, dtype=None):
        a, b = as_array(a), as_array(b)
        if a.kind == b.kind == "b" and name != "multiply":
            raise CantTell(f"np.{name} of two arrays of booleans")
        if kind_of(dtype) != "f":
            raise CantTell(f"np.{name} in the dtype {dtype}")
        if name != "divide" and "f" not in (a.kind, b.kind):
            return elementwise(lambda u, v: fitting(function(u, v)), a, b)
        return elementwise(function, a, b, kind="f" if name == "divide" else None)

    NAMES[name] = call


arithmetic("add", lambda u, v: u + v)


arithmetic("subtract", lambda u, v: u - v)


arithmetic("multiply", times)


arithmetic("divide", lambda u, v: times(u, fn.inverse(v)))


NAMES["true_divide"] = NAMES["divide"]


@named("floor_divide", "mod", "remainder")
def floor_divide(a, b):
    raise CantTell("// or % of an array's values")


@named("power", "float_power")
def power(a, b):
    if isinstance(b, Fraction):
        raise CantTell("a fraction as a power")
    a, b = as_array(a), as_array(b)
    kind = "i" if a.kind == b.kind == "i" else "f"
    if "b" in (a.kind, b.kind) and "f" not in (a.kind, b.kind):
        raise CantTell("a power of booleans")
    if kind == "i" and not (b.ndim == 0 and (b.poly.constant or -1) > 0):
        raise CantTell("a power of whole numbers")

    def entry(u, v):
        n = v.constant
        if n is not None:
            return fitting(fn.power(u, n)) if kind == "i" else fn.power(u, n)
        if (
            u.constant is not None
            and u.constant > 0
            or all(one.positive for one in u.atoms())
            and len(u.terms) == 1
        ):
            return fn.exp(times(v, fn.log(u)))
        raise CantTell("a power with a power that is not a number")

    return elementwise(entry, a, b, kind=kind)


@named("maximum")
def maximum(a, b):
    return elementwise(fn.larger, a, b)


@named("minimum")
def minimum(a, b):
    return elementwise(lambda u, v: -fn.larger(-u, -v), a, b)


def without_nan(function):
    """Return a function of two arrays that leaves out what is not defined."""

    def call(a, b):
        line, result = line_now(), function(a, b)

        def entry(u, v, w):
            comparisons.demand_defined(line)
            return w

        return elementwise(entry, a, b, result)

    return call


NAMES["fmax"], NAMES["fmin"] = without_nan(maximum), without_nan(minimum)


@named("clip", method=True)
def clip(x, a_min=None, a_max=None, *, min=None, max=None):
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    x = copy(x, order="K") if low is None else maximum(x, low)
    return x if high is None else minimum(x, high)


@named("logaddexp")
def logaddexp(a, b):
    demand_numbers("logaddexp", a, b)
    return elementwise(lambda u, v: u + fn.log(ONE + fn.exp(v - u)), a, b, kind="f")


@named("hypot")
def hypot(a, b):
    demand_numbers("hypot", a, b)
    return elementwise(
        lambda u, v: fn.power(times(u, u) + times(v, v), half), a, b, kind="f"
    )


@named("heaviside")
def heaviside(x, middle):
    def entry(u, m):
        return fn.mask(u) + times(m, ONE - fn.mask(u) - fn.mask(-u))

    demand_numbers("heaviside", x, middle)
    return elementwise(entry, x, middle, kind="f")


for name in COMPARED:
    NAMES[name] = lambda a, b, name=name: compare(name, a, b)


def truth_values(x):
    """Return an array of booleans: whether each number is not 0."""
    x, line = as_array(x), line_now()
    if x.kind == "b":
        return x
    return elementwise(lambda u: truth_value(u, line), x, kind="b")


@named("logical_not")
def logical_not(x):
    return elementwise(lambda m: ONE - m, truth_values(x), kind="b")


@named("logical_and")
def logical_and(a, b):
    return elementwise(times, truth_values(a), truth_values(b), kind="b")


@named("logical_or")
def logical_or(a, b):
    return logical_not(logical_and(logical_not(a), logical_not(b)))


@named("logical_xor")
def logical_xor(a, b):
    return elementwise(
        lambda m, n: m + n - times(m, n).scaled(2),
        truth_values(a),
        truth_values(b),
        kind="b",
    )


def bitwise(name, logical):
    """Enter an operation on bits, which is known for booleans alone."""

    def call(*arrays):
        if any(as_array(x).kind != "b" for x in arrays):
            raise CantTell(f"np.{name} of numbers")
        return logical(*arrays)

    NAMES[name] = call


bitwise("invert", logical_not)


bitwise("bitwise_and", logical_and)


bitwise("bitwise_or", logical_or)


bitwise("bitwise_xor", logical_xor)


for name in ("bitwise_not", "bitwise_invert"):
    NAMES[name] = NAMES["invert"]


@named("where")
def where(condition, *values):
    if len(values) != 2:
        raise CantTell("np.where with a condition alone")
    kind = max((as_array(v).kind for v in values), key="bif".index)

    def entry(m, u, v):
        return times(m, u) + times(ONE - m, v)

    return elementwise(entry, truth_values(condition), *values, kind=kind)


@named("select")
def select(conditions, values, default=0):
    result = as_array(default)
    for condition, value in list(zip(conditions, values))[::-1]:
        result = where(condition, value, result)
    return result


def copy(x, order="C"):
    """Return a copy, of which it is known whether its rows lie one after another."""
    x = as_array(x)
    read = x.reader()
    store = Store(x.axes, lambda p: read(p), x.kind)
    result = Array(store, index=x.index, scalar=x.scalar)
    result.contiguous = order == "C" or (order != "F" and x.contiguous)
    return result


def laid_out(x, order):
    """Return a new array as order= says that it lies in memory."""
    x.contiguous = order == "C" or (order != "F" and x.contiguous)
    return x
