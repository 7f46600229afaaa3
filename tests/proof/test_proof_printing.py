"""What is read is what was proved: text and LaTeX are read back and computed.

A reader that knows nothing of the printer parses what was written and computes it in
NumPy at random arrays of unequal sizes; the expression itself is computed from its
tree. Its rules are strict: Σ and ∇ reach to the end of their product, ∂J/∂z is no
factor without parentheses, `*` between matrices is their product, and the sizes must
fit.
"""

import re

import numpy as np
import pytest
import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Dummy,
    Eq,
    FunctionMatrix,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableMatrix,
    KroneckerDelta,
    Lambda,
    MatMul,
    Max,
    Ne,
    OneMatrix,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Transpose,
    ZeroMatrix,
    exp,
    log,
    sign,
    sqrt,
    symbols,
    tanh,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from mlp.proof.language import (
    D,
    Gradient,
    H,
    J,
    K,
    N,
    Partial,
    RealMatrix,
    Softmax,
    any_col,
    any_row,
    f,
    f_prime,
    total,
)
from mlp.proof.printing import latex, plain

SIZES = {"N": 3, "D": 4, "H": 2, "K": 5}
X, G, Z, W = [
    RealMatrix(name, *shape)
    for name, shape in (("X", (N, D)), ("G", (N, H)), ("Z", (N, H)), ("W", (D, H)))
]
V, M, W_1 = RealMatrix("V", H, K), RealMatrix("M", N, N), RealMatrix("W_1", D, H)
x, y, b = RealMatrix("x", N, 1), RealMatrix("y", N, 1), RealMatrix("b", 1, H)
h2 = RealMatrix("h^2", N, H)
z, L, c, eta = symbols("z L c eta")
t, s = symbols("t s", real=True)
k, m = symbols("k m", integer=True)
i, i2, j = Dummy("i", integer=True), Dummy("i", integer=True), Dummy("j", integer=True)
one, two, n = (
    Dummy("i", integer=True),
    Dummy("j", integer=True),
    Symbol("n", integer=True),
)


def numbers(seed=0):
    """Return a number for each size and scalar and an array for each matrix, by
    name.
    """
    rng = np.random.default_rng(seed)
    values = {name: rng.uniform(0.5, 1.5) for name in ("z", "L", "c", "eta", "J")}
    for matrix in (X, G, Z, W, V, M, W_1, x, y, b, h2):
        shape = [SIZES.get(str(size), size) for size in matrix.shape]
        values[matrix.name] = rng.uniform(0.5, 1.5, [int(size) for size in shape])
    values["G"] *= np.sign(rng.uniform(-1, 1, values["G"].shape))
    return values | SIZES | {"i": 1, "k": 2, "j": 1, "n": 3, "m": 1, "E": np.e}


FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sign": np.sign,
    "Abs": np.abs,
    "sqrt": np.sqrt,
    "Max": np.maximum,
    "f": lambda u: np.sin(u) + 2,
    "f'": lambda u: u**3 / 10 + 1,
    "δ": lambda i, j: float(i == j),
    "softmax": lambda S: np.exp(S) / np.exp(S).sum(axis=1, keepdims=True),
}
COMPARE = {
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
    "=": np.isclose,
    "≠": lambda u, v: ~np.isclose(u, v),
}


def slope(J, z):
    """Stand for a derivative: a number that depends on both parts of ∂J/∂z."""
    return (J**2 + 1) * (2 + z)


# The expression, computed from its tree


def compute(expr, values):
    """Compute a SymPy expression at numbers given by name or, for letters, by
    symbol.
    """

    def of(part):
        return compute(part, values)

    if expr in values:
        return values[expr]
    if expr.is_Number or expr.is_NumberSymbol:
        return float(expr)
    if isinstance(expr, sympy.logic.boolalg.BooleanAtom):
        return bool(expr)
    if isinstance(expr, (Symbol, sympy.MatrixSymbol)):
        return values[expr.name]
    if isinstance(expr, sympy.matrices.expressions.matexpr.MatrixElement):
        return of(expr.parent)[int(of(expr.i)), int(of(expr.j))]
    if isinstance(expr, sympy.MatrixBase):
        return np.array([[of(cell) for cell in row] for row in expr.tolist()])
    if isinstance(expr, (OneMatrix, Identity, ZeroMatrix)):
        rows, cols = map(int, map(of, expr.shape))
        make = {OneMatrix: np.ones, ZeroMatrix: np.zeros}.get(type(expr))
        return make((rows, cols)) if make else np.eye(rows)
    if isinstance(expr, Sum):
        (index, low, high), rest = expr.limits[-1], expr.limits[:-1]
        body = Sum(expr.function, *rest) if rest else expr.function
        steps = range(int(of(low)), int(of(high)) + 1)
        return sum(compute(body, values | {index: step}) for step in steps)
    if isinstance(expr, ElementwiseApplyFunction):
        letter = Dummy()
        formula = expr.function(letter)
        return np.vectorize(lambda u: compute(formula, values | {letter: u}))(
            of(expr.expr)
        )
    if isinstance(expr, FunctionMatrix):
        cells = np.ndindex(*[int(of(size)) for size in expr.shape])
        variables = expr.lamda.variables
        found = [
            compute(expr.lamda.expr, values | dict(zip(variables, cell)))
            for cell in cells
        ]
        return np.reshape(found, [int(of(size)) for size in expr.shape])
    if isinstance(expr, Piecewise):
        return next(of(u) for u, condition in expr.args if of(condition))
    args = expr.args[:2] if isinstance(expr, KroneckerDelta) else expr.args  # no range
    return combine(expr, [of(part) for part in args])


def combine(expr, parts):
    """Combine the values of the parts of a sum, product, power, function or
    relation.
    """
    if isinstance(expr, HadamardProduct):
        return np.prod(parts, axis=0)
    if isinstance(expr, MatMul):
        result = parts[0]
        for part in parts[1:]:
            is_product = np.ndim(result) and np.ndim(part)
            result = result @ part if is_product else result * part
        return result
    if isinstance(expr, sympy.MatPow):
        return np.linalg.matrix_power(parts[0], int(parts[1]))
    if isinstance(expr, Transpose):
        return parts[0].T
    if isinstance(expr, sympy.Add):
        return sum(parts)
    if isinstance(expr, sympy.Mul):
        return np.prod(parts)
    if isinstance(expr, (sympy.Pow, HadamardPower)):
        return np.power(np.asarray(parts[0], float), parts[1])
    if isinstance(expr, (Gradient, Partial)):
        return slope(*parts)
    if isinstance(expr, sympy.And):
        return all(parts)
    if isinstance(expr, sympy.core.relational.Relational):
        names = {"==": "=", "!=": "≠"}
        return COMPARE[names.get(expr.rel_op, expr.rel_op)](*parts)
    name = {"KroneckerDelta": "δ", "f_prime": "f'", "Softmax": "softmax"}
    kind = type(expr).__name__
    return FUNCTIONS[name.get(kind, kind)](*parts)


# The reader of text

TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[0-9]+)
  | (?P<end>\]_\w+,\w+)
  | (?P<sign>Σ_|∇_|𝟏_|I_(?=\w|\()|∂|\.\*\*|\*\*|\.T\b|\.\.|<=|>=|[-+*/⊙()\[\],;=≠<>&×])
  | (?P<name>[^\W\d_]\w*(?:\^\d+)?'?)
)""",
    re.VERBOSE,
)


def tokens(text):
    """Split a line of text into its signs, names and numbers."""
    found, place = [], 0
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        assert match, f"cannot read {text[place:]!r} of {text!r}"
        found.append(match[match.lastgroup])
        place = match.end()
    return found


class Reader:
    """A parser by precedence: relation, sum, product, power, what stands behind,
    atom.
    """

    def __init__(self, text):
        self.rest = tokens(text)

    def whole(self):
        """Read everything."""
        tree = self.relation()
        assert not self.rest, f"left over: {self.rest}"
        return tree

    def peek(self, *signs):
        """Tell whether one of these comes next."""
        return bool(self.rest) and self.rest[0] in signs

    def take(self, *signs):
        """Take the next token, which must be one of these, if any are named."""
        assert self.rest and (not signs or self.rest[0] in signs), (signs, self.rest)
        return self.rest.pop(0)

    def relation(self):
        """Read sums with a relation between them, and conditions with & between
        them.
        """
        tree = self.sum()
        if self.peek(*COMPARE):
            tree = ("compare", self.take(), tree, self.sum())
        while self.peek("&"):
            tree = (self.take(), tree, self.relation())
        return tree

    def sum(self):
        """Read products with + and - between them."""
        tree = (
            ("minus", self.product())
            if self.peek("-") and self.take()
            else self.product()
        )
        while self.peek("+", "-"):
            tree = (self.take(), tree, self.product())
        return tree

    def product(self):
        """Read powers with *, / and ⊙ between them, from left to right."""
        tree = self.power()
        while self.peek("*", "/", "⊙"):
            assert tree[0] != "slope", "a factor after ∂"
            tree = (self.take(), tree, self.power())
            assert tree[2][0] != "slope", "∂ as a factor"
        return tree

    def power(self):
        """Read what is raised to a power, from right to left."""
        tree = self.behind(self.atom())
        if self.peek("**", ".**"):
            assert tree[0] not in ("slope", "Σ", "∇"), "a power after ∂, Σ or ∇"
            return (self.take(), tree, self.power())
        return tree

    def behind(self, tree):
        """Read .T and indices behind an atom."""
        while self.peek(".T", "["):
            assert tree[0] not in ("slope", "Σ", "∇"), ".T or [ after ∂, Σ or ∇"
            if self.take() == ".T":
                tree = ("T", tree)
            else:
                row = self.sum()
                self.take(",")
                tree = ("entry", tree, row, self.sum())
                self.take("]")
        return tree

    def group(self, read, closing=")"):
        """Read what stands up to the closing parenthesis."""
        tree = read()
        self.take(closing)
        return tree

    def several(self):
        """Read relations with commas between them."""
        trees = [self.relation()]
        while self.peek(","):
            self.take()
            trees.append(self.relation())
        return trees

    def atom(self):
        """Read a number, a name, a function, a parenthesis, Σ, ∇, ∂ or a matrix."""
        token = self.take()
        if token == "(":
            trees = self.group(self.several)
            return ("pair", *trees) if len(trees) > 1 else ("group", *trees)
        if token == "Σ_":
            return self.sigma()
        if token == "∇_":
            wrt = ("name", self.take())
            return ("∇", self.product(), wrt)
        if token == "∂":
            above = self.behind(self.atom())
            self.take("/") and self.take("∂")
            return ("slope", above, self.behind(self.atom()))
        if token in ("𝟏_", "I_"):
            return (token, *self.sizes())
        if token == "[":
            return self.matrix()
        if token.isdigit():
            return ("number", int(token))
        assert re.match(r"[^\W\d_]", token), f"no value: {token}"
        if self.peek("("):
            self.take()
            return ("call", token, *self.group(self.several))
        return ("name", token)

    def sizes(self):
        """Read the size or the sizes behind 𝟏_ and I_."""
        if not self.peek("("):
            return (self.atom(),)
        self.take()
        first = self.sum()
        more = (self.sum(),) if self.peek("×") and self.take() else ()
        self.take(")")
        return (first, *more)

    def sigma(self):
        """Read the letter and the limits of Σ, and its body to the end of the
        product.
        """
        limits = (None, None)
        is_range = self.peek("(")
        letter = self.take() and self.take() if is_range else self.take()
        if is_range:
            self.take("=")
            low = self.sum()
            self.take("..")
            limits = low, self.group(self.sum)
        return ("Σ", letter, *limits, self.product())

    def matrix(self):
        """Read rows of entries, or an entry with its two letters."""
        depth, place = 1, 0
        while depth:
            token = self.rest[place]
            depth += (token == "[") - token.startswith("]")
            place += 1
        if self.rest[place - 1] != "]":
            entry = self.sum()
            return ("entries", entry, *self.take()[2:].split(","))
        rows = [[]]
        while not self.peek("]"):
            if self.peek(";"):
                self.take() and rows.append([])
            negative = self.peek("-") and self.take()
            cell = self.product()
            rows[-1].append(("minus", cell) if negative else cell)
        self.take()
        return ("rows", rows)


def read(tree, values):
    """Compute a tree of the reader."""
    kind, *parts = tree
    if kind == "number":
        return float(parts[0])
    if kind == "name":
        return {"True": True}.get(parts[0]) or values[parts[0]]
    if kind == "Σ":
        return read_sum(*parts, values)
    if kind == "rows":
        return np.array([[read(cell, values) for cell in row] for row in parts[0]])
    if kind == "entries":
        entry, row, col = parts
        return np.array(
            [
                [read(entry, values | {row: p, col: q}) for q in range(SIZES["H"])]
                for p in range(SIZES["N"])
            ]
        )
    if kind == "call":
        return read_call(parts[0], [read(part, values) for part in parts[1:]])
    if kind == "compare":
        return COMPARE[parts[0]](*[read(part, values) for part in parts[1:]])
    return OPERATIONS[kind](*[read(part, values) for part in parts])


def read_call(name, arguments):
    """Compute a function, entry by entry; Piecewise takes pairs."""
    if name != "Piecewise":
        return FUNCTIONS[name](*arguments)
    result = np.nan
    for value, condition in reversed(arguments):
        result = np.where(condition, value, result)
    return result if np.ndim(result) else float(result)


def read_sum(letter, low, high, body, values):
    """Compute Σ; without limits the letter runs over the rows or columns that it
    counts.
    """
    if low is None:
        ranges = set(counted(body, letter, values))
        assert len(ranges) == 1, f"{letter} runs over {ranges}"
        steps = range(*ranges)
    else:
        steps = range(int(read(low, values)), int(read(high, values)) + 1)
    return sum(read(body, values | {letter: step}) for step in steps)


def counted(tree, letter, values):
    """Yield the sizes of the rows or columns that a letter counts."""
    if not isinstance(tree, (tuple, list)):
        return
    if tree[:1] == ("entry",):
        for place, axis in ((tree[2], 0), (tree[3], 1)):
            if place == ("name", letter):
                yield read(tree[1], values).shape[axis]
    if tree[:2] != ("Σ", letter):
        for part in tree:
            yield from counted(part, letter, values)


def same_shape(operation):
    """Let an operation take two matrices of one shape, or a number and a matrix."""

    def checked(u, v):
        assert not (np.ndim(u) and np.ndim(v)) or u.shape == v.shape, (
            "the shapes differ"
        )
        return operation(u, v)

    return checked


def times(u, v):
    """Multiply numbers, a number and a matrix, or matrices that fit."""
    return u @ v if np.ndim(u) and np.ndim(v) else u * v


def odot(u, v):
    """Multiply two matrices entry by entry."""
    assert np.ndim(u) and np.ndim(v) and u.shape == v.shape, "⊙ of other shapes"
    return u * v


def raised(u, v):
    """Raise a number, or a square matrix as a matrix."""
    return np.linalg.matrix_power(u, int(v)) if np.ndim(u) else u**v


def ones(rows, cols=1):
    """Return the matrix of ones, a column unless two sizes are given."""
    return np.ones((int(rows), int(cols)))


OPERATIONS = {
    "+": same_shape(np.add),
    "-": same_shape(np.subtract),
    "/": same_shape(np.divide),
    ".**": same_shape(np.power),
    "*": times,
    "⊙": odot,
    "**": raised,
    "T": np.transpose,
    "minus": np.negative,
    "group": lambda u: u,
    "pair": lambda u, v: (u, v),
    "&": np.logical_and,
    "entry": lambda A, p, q: A[int(p), int(q)],
    "∇": slope,
    "slope": slope,
    "𝟏_": ones,
    "I_": lambda size: np.eye(int(size)),
}


# LaTeX, rewritten as text

TEX = re.compile(
    r"\\left|\\right|\\operatorname\{\w+\}|\\[A-Za-z]+|\\\\|\\:|\d+|[A-Za-z]'?|\S"
)
WORDS = {
    r"\odot": "⊙",
    r"\times": "×",
    r"\geq": ">=",
    r"\leq": "<=",
    r"\neq": "≠",
    r"\wedge": "&",
    r"\partial": "∂",
    r"\max": "Max",
}


def from_latex(tex):
    """Rewrite LaTeX as the text that the reader knows."""
    return joined(rewrite([match[0] for match in TEX.finditer(tex)]))


def joined(words):
    """Put * between two values that stand side by side."""
    text = ""
    for word, after in zip(words, [*words[1:], ""]):
        ends = (
            re.search(r"[\w)\]T]$", word)
            and not word.startswith(("∇_", "Σ_"))
            and not (word in FUNCTIONS and after.startswith("("))
        )
        starts = re.match(r"[\w(∇Σ𝟏∂]|\[(?!at)", after)
        text += word + (" * " if ends and starts else " ")
    return text.strip()


def take_group(words):
    """Take the words of {…} off the front."""
    if words[0] != "{":
        return [words.pop(0)]
    depth, place = 0, 0
    while True:
        depth += (words[place] == "{") - (words[place] == "}")
        place += 1
        if depth == 0:
            group = words[1 : place - 1]
            del words[:place]
            return group


def take_left(words):
    """Take the words of \\left … \\right off the front, without the last sign."""
    depth, place = 1, 0
    while depth:
        depth += (words[place] == r"\left") - (words[place] == r"\right")
        place += 1
    group = words[: place - 1]
    del words[: place + 1]
    return group


def subscript(words):
    """Take a subscript, if there is one, as the end of a name."""
    if words[:1] != ["_"]:
        return ""
    words.pop(0)
    return "_" + "".join(take_group(words))


def superscript(words):
    """Take a superscript, if there is one, as a transpose or a power."""
    if words[:1] != ["^"]:
        return ""
    words.pop(0)
    group = take_group(words)
    assert words[:1] != ["^"], "double superscript"
    if group == ["T"]:
        return ".T"
    if group[0] == r"\circ":
        return f".**({joined(rewrite(group[1:]))})"
    return f"**({joined(rewrite(group))})"


def rewrite(words):
    """Return the words of text for the words of LaTeX."""
    words, result = list(words), []
    while words:
        value = value_of(words.pop(0), words)
        power = superscript(words)
        if power and value in FUNCTIONS:  # tanh^2(z)
            value += value_of(words.pop(0), words)
        result.append(value + power)
    return result


def value_of(word, words):
    """Rewrite one value or sign; take what belongs to it off the front of ``words``."""
    if word == r"\frac":
        above, below = [joined(rewrite(take_group(words))) for _ in range(2)]
        return f"({above}/{below})" if above[0] == "∂" else f"(({above})/({below}))"
    if word == r"\sqrt":
        return f"sqrt({joined(rewrite(take_group(words)))})"
    if word == "e" and words[:1] != ["^"]:
        return "E"
    if word == "e":
        words.pop(0)
        return f"exp({joined(rewrite(take_group(words)))})"
    if word == r"\sum":
        assert words.pop(0) == "_"
        letter, low = " ".join(take_group(words)).split("=")
        assert words.pop(0) == "^"
        high = joined(rewrite(take_group(words)))
        index, start = (joined(rewrite(part.split())) for part in (letter, low))
        return f"Σ_({index}={start}..{high})"
    if word == r"\nabla":
        assert words.pop(0) == "_"
        return "∇_" + joined(rewrite(take_group(words)))
    if word in (r"\mathbf", "I"):
        if word != "I" and take_group(words) == ["0"]:
            return "0"
        assert words.pop(0) == "_"
        return (
            "I_" if word == "I" else "𝟏_"
        ) + f"({joined(rewrite(take_group(words)))})"
    if word == r"\delta":
        return "δ({}, {})".format(*subscript_words(words))
    if word == r"\left":
        return bracket(words)
    if word == r"\begin":
        return table(words)
    if word == "{":
        words.insert(0, word)
        inside = joined(rewrite(take_group(words)))
        if words[:1] == ["_"]:
            return f"({inside})[{joined(rewrite(take_group(words[1:])))}]" + drop(words)
        return inside
    return named(word, words)


def subscript_words(words):
    """Take a subscript of two letters."""
    assert words.pop(0) == "_"
    return rewrite(take_group(words))


def drop(words):
    """Drop the subscript that was read."""
    words.pop(0)
    take_group(words)
    return ""


def bracket(words):
    """Rewrite what stands between left and right signs."""
    sign = words.pop(0)
    inside = take_left(words)
    if sign == "|":
        return f"Abs({joined(rewrite(inside))})"
    if inside[:2] == [r"\begin", "{"] and sign == "[":
        return table(inside[1:])
    if sign == "[":
        entry = joined(rewrite(inside))
        return f"[{entry}]{subscript(words)}"
    return f"({joined(rewrite(inside))})"


def table(words):
    """Rewrite a matrix or the cases of a function."""
    kind = "".join(take_group(words))
    depth, place = 1, -1
    while depth:
        place += 1
        depth += (words[place] == r"\begin") - (words[place] == r"\end")
    lines = split(words[:place], r"\\")
    del words[: place + 1]
    take_group(words)
    cells = [[joined(rewrite(cell)) for cell in split(line, "&")] for line in lines]
    if kind == "matrix":
        return f"[{'; '.join(' '.join(f'({cell})' for cell in row) for row in cells)}]"
    return f"Piecewise({', '.join(f'({u}, {condition})' for u, condition in cells)})"


def split(words, sign):
    """Split at a sign, but not inside a table."""
    parts, depth = [[]], 0
    for word in words:
        depth += (word == r"\begin") - (word == r"\end")
        if word == sign and not depth:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def named(word, words):
    """Rewrite a name with its subscript, a function, a number or a sign."""
    if word == r"\text":
        text = "".join(take_group(words))
        return {"for": "", "otherwise": "True"}[text]
    if word == r"\:":
        return ""
    if word.startswith(r"\operatorname"):
        return word[len(r"\operatorname{") : -1]
    return WORDS.get(word, word.lstrip("\\") + subscript(words))


# The table


def each(formula, matrix=Z):
    """Apply a formula in t to every entry."""
    return ElementwiseApplyFunction(Lambda(t, formula), matrix)


over_x = (k, 0, N - 1)
sum_x, sum_y = Sum(x[k, 0], over_x), Sum(y[k, 0], over_x)
R = ImmutableMatrix
mask = Piecewise((1, t > 0), (0, True))
TABLE = [
    X.T * each(1 - t),
    HadamardProduct(G, each((1 + sign(t)) / 2)),
    2 * each(1 + t),
    G - each(1 + t),
    each(1 + t) - G,
    -each(1 + t),
    each(t * (1 - t)),
    each(t * (1 - t)) * V,
    HadamardProduct(G, each(t * (1 - t))),
    each(t**2),
    each(t**3),
    each(t**4),
    each(t**-2),
    each(t ** Rational(3, 2)),
    each(t ** Rational(-3, 2)),
    each(sqrt(t)),
    each(1 / sqrt(t)),
    each(1 / t),
    each(t / (1 + t)),
    each(2**t),
    each(t**t),
    each(2 * t),
    each(t / 2),
    each(1 - t, X * W),
    each(t * (1 - t), X * W),
    each(t**2, X * W),
    each(t**2, Z.T),
    each(t / (1 + t), X * W + G),
    each(1 - t, X * W + G),
    each(c * t, Z + G),
    each(-t, Z + G),
    each(t / 2, Z + G),
    each(c * t * (1 - t) / eta),
    each(3 + 0 * t),
    each(c + 0 * t) * V,
    each(-t),
    G + each(-t),
    G - each(-t),
    each(exp(-t) / (1 + exp(-t)) ** 2),
    each(mask),
    HadamardProduct(G, each(mask, G)),
    each(mask, G) * V,
    each(Max(0, t), G),
    each(Abs(t), G),
    each(exp(t) - 1, each(1 - t)),
    each(1 - t, each(-t)),
    each(1 - t, -Z),
    each(-t, -2 * Z),
    each(t * (1 - t), each(1 - t)),
    each(1 - t).T,
    each(exp(t)).T,
    each(1 - tanh(t) ** 2),
    each(f(t) * (1 - f(t))),
    Z.applyfunc(f_prime),
    each(f_prime(t) ** 2),
    Z.applyfunc(exp),
    each(log(t) ** 2),
    each((1 + t) ** 2),
    each(t * sum_x),
    each(t / sum_x),
    each(t, Gradient(J, W)),
    each(t / 2, Gradient(J, W)),
    each(t * (1 + t), h2),
    each(t**2, h2),
    each(t**2, OneMatrix(1, N)),
    each(exp(t) ** c),
    each(t**2, Z.applyfunc(exp)),
    HadamardPower(Z, -1),
    HadamardPower(Z, 2),
    HadamardPower(Z, c),
    HadamardPower(Z + G, 2),
    HadamardPower(X * W, 4),
    HadamardProduct(G, HadamardPower(Z, -1)),
    HadamardPower(h2, 2),
    HadamardProduct(G, HadamardPower(Z, 2)),
    HadamardPower(Z, 2) * V,
    HadamardPower(Z.T, -2),
    HadamardProduct(HadamardPower(HadamardProduct(Z, each(1 - t)), -1), G),
    HadamardPower(Z, h2),
    OneMatrix(N, 1) * b,
    OneMatrix(1, N) * G,
    OneMatrix(N, 1).T * G,
    G + OneMatrix(N, H),
    OneMatrix(2 * N, 1),
    OneMatrix(1, N + 1),
    OneMatrix(N + 1, 2 * K),
    OneMatrix(3, 1),
    M**2,
    Transpose(OneMatrix(1, N)),
    HadamardPower(OneMatrix(1, N), 4),
    x * OneMatrix(1, D) - X,
    Identity(N) * X,
    Identity(N) - M,
    Identity(2 * N),
    M**2 * X,
    Softmax(G - each(1 + t)),
    Softmax(G - z * OneMatrix(N, H)),
    each(exp(t), G - z * OneMatrix(N, H)),
    Gradient(J, W).T,
    HadamardPower(Gradient(J, W), 2),
    HadamardProduct(Gradient(J, Z), G),
    HadamardProduct(G, Gradient(J, Z)),
    Gradient(J, W) * V,
    X * Gradient(J, W),
    -Gradient(J, W),
    X * Gradient(J, W) * V,
    W - eta * Gradient(J, W),
    Gradient(J, W) - W,
    Gradient(J + L, W),
    Gradient(J * L, W),
    Gradient(J, W) / 2,
    L * Gradient(J, W),
    Gradient(J**2, W),
    Gradient(J, W_1),
    Gradient(J, M) ** 2,
    Gradient(log(J), W),
    Gradient(sum_x, W),
    Partial(J, z) ** 2,
    Partial(J + L, z),
    Partial(J * L, z),
    Partial(J**2, z),
    Partial(J, z) * c,
    c / Partial(J, z),
    Partial(J, z) / c,
    -Partial(J, z),
    Partial(Partial(J, z), c),
    1 - Partial(J, z),
    Partial(J, z) * W,
    Partial(J, W[0, 1]),
    Partial(sum_x, z),
    1 / Partial(J, z),
    sum_x * z,
    sum_x * x[1, 0],
    sum_x**2,
    sum_x * W,
    2 * sum_x * W,
    sum_x / N,
    -Sum(x[k, 0] * y[k, 0], over_x) / z,
    sum_x / sum_y,
    sum_x * sum_y,
    z / sum_x,
    z / sum_x**2,
    1 / (z * sum_x),
    Sum(x[k, 0] ** 2, over_x),
    Sum(x[k, 0] - y[k, 0], over_x),
    Sum(-x[k, 0], over_x),
    sum_x - z,
    Sum(x[i, 0], (i, 0, N - 1)) / any_row,
    Sum(x[i, 0], (i, 0, N - 1)) * x[any_row, 0],
    log(Sum(exp(x[k, 0]), over_x)) * sum_x,
    x[k, 0] / sum_x,
    Sum(x[i, 0], (i, 2, N - 1)),
    Sum(x[i, 0], (i, 0, n - 1)),
    Sum(k, (k, 1, D)),
    Sum(c, (k, 1, n)),
    Sum(x[k + 1, 0], (k, 0, N - 2)),
    Sum(x[k, 0] * M[0, k + 1], (k, 0, N - 2)),
    Sum(G[i, j] * Z[i, j], (j, 0, H - 1), (i, 0, N - 1)),
    total(HadamardProduct(G, Z)),
    Sum(M[i, i2], (i2, 0, N - 1), (i, 0, N - 1)),
    Sum(M[i, j], (j, 0, i), (i, 0, N - 1)),
    Sum(x[i, 0] * Sum(y[i2, 0] * x[i, 0], (i2, 0, N - 1)), (i, 0, N - 1)),
    Sum(x[i, 0] * Sum(y[i2, 0], (i2, 0, N - 1)), (i, 0, N - 1)),
    Sum(Sum(M[i, i2], (i2, 0, N - 1)) ** 2, (i, 0, N - 1)),
    Sum(x[i, 0] * any_row, (i, 0, N - 1)),
    Sum(M[i, any_row], (i, 0, N - 1)),
    Sum(KroneckerDelta(k, any_row, (0, N - 1)) * x[k, 0], over_x),
    KroneckerDelta(k, k + 1),
    KroneckerDelta(any_row, any_col) * z,
    Sum(Partial(J, x[k, 0]), over_x),
    Z * R([[1], [0]]),
    x * R([[0, 1]]),
    R([[1, -1], [z - c, -z]]),
    R([[z, c]]).T,
    R([[Rational(1, 2), z * c]]),
    (X * W)[0, 1],
    (X.T * G)[k, 0],
    FunctionMatrix(N, H, Lambda((one, two), b[0, two] + Sum(W[k, two], (k, 0, D - 1)))),
    FunctionMatrix(N, H, Lambda((one, two), Sum(M[i, one], (i, 0, N - 1)))),
    FunctionMatrix(N, H, Lambda((one, two), G[one, two])).T * X,
    Piecewise((1, z > 0), (0, True)),
    2 * Piecewise((1, z > 1), (c, (z > 0) & (c < 1)), (0, True)) ** 2,
    1 + Piecewise((z, z > 1), (0, True)),
    Eq(c, z**2, evaluate=False),
    Ne(z, 0),
    z >= c,
    f(z) ** 2,
    f_prime(z) ** 2,
    f_prime(z) ** -2,
    exp(-z) / (1 + exp(-z)) ** 2,
    -z - c,
    -(z - c) / 2,
    -2 * z * (L + 1) / (3 * c * eta**2),
    z * (c - L) / (c * (z + L)),
    Abs(z) * Max(0, z) / z,
    z**-2,
    z ** Rational(3, 2) / sqrt(c),
    (z**2) ** c,
    z ** (c + 1),
    (-z) ** 2 * c,
    1 / (1 + 1 / z),
    X.T * (G - Z) / N,
    -X.T * G,
    2 * X * W - G,
    (X * W + G) * V,
    -(G + Z) * V,
    (1 - 2 * c) * W,
    -HadamardProduct(G, Z) * V,
    HadamardProduct(G, Z * V * V.T),
    X.T * HadamardProduct(G, Z),
    Rational(1, 2) * W,
    -Rational(2, 3) * c * W / eta,
    (G.T * X).T,
    HadamardProduct(X.T.T, X),
]


def agree(text, expr, seed):
    """Tell whether what is read has the value and the shape of the expression."""
    values = numbers(seed)
    found, true = read(Reader(text).whole(), values), compute(expr, values)
    return np.shape(found) == np.shape(true) and np.allclose(found, true)


@pytest.mark.parametrize("expr", TABLE, ids=plain)
def test_text_is_read_as_what_it_says(expr):
    assert agree(plain(expr), expr, 1) and agree(plain(expr), expr, 2), plain(expr)


@pytest.mark.parametrize("expr", [e for e in TABLE if not e.has(h2)], ids=plain)
def test_latex_is_read_as_what_it_says(expr):
    text = from_latex(latex(expr))
    assert agree(text, expr, 1) and agree(text, expr, 2), (latex(expr), text)


@pytest.mark.parametrize("write", [plain, latex])
def test_what_differs_is_written_differently(write):
    values, seen = numbers(3), {}
    for expr in TABLE:
        value = compute(expr, values)
        other = seen.setdefault(write(expr), value)
        assert np.shape(value) == np.shape(other) and np.allclose(value, other), write(
            expr
        )


@pytest.mark.parametrize(
    "text, expr",
    [
        ("X.T*1 - Z", X.T * each(1 - t)),
        ("G ⊙ sign(Z)/2 + 1/2", HadamardProduct(G, each((1 + sign(t)) / 2))),
        ("G - Z + 1", G - each(1 + t)),
        ("∇_W J.T", Gradient(J, W).T),
        ("∂J/∂z**2", Partial(J, z) ** 2),
        ("∇_W J*V", Gradient(J, W) * V),
        ("Z*(1 - Z)", each(t * (1 - t))),
        (
            "Σ_i (x[i, 0]*Σ_i (y[i, 0]*x[i, 0]))",
            Sum(x[i, 0] * Sum(y[i2, 0] * x[i, 0], (i2, 0, N - 1)), (i, 0, N - 1)),
        ),
        ("Σ_i x[i, 0]", Sum(x[i, 0], (i, 1, N - 1))),
    ],
)
def test_the_reader_does_not_read_more_than_stands_there(text, expr):
    try:
        assert not agree(text, expr, 1)
    except (AssertionError, ValueError, np.linalg.LinAlgError) as error:
        assert not str(error).startswith("assert not agree")


@pytest.mark.parametrize(
    "expr, text, tex",
    [
        (X.T * each(1 - t), "X.T*(1 - Z)", r"X^{T} \left(1 - Z\right)"),
        (each(t * (1 - t)), "Z ⊙ (1 - Z)", r"Z \odot \left(1 - Z\right)"),
        (HadamardPower(Z, 2), "Z ⊙ Z", r"Z^{\circ 2}"),
        (each(t**-2), "1/(Z ⊙ Z)", r"\frac{1}{Z^{\circ 2}}"),
        (HadamardPower(Z, c), "Z.**c", r"Z^{\circ c}"),
        (OneMatrix(N, 1), "𝟏_N", r"\mathbf{1}_{N}"),
        (OneMatrix(1, N), "𝟏_N.T", r"\mathbf{1}_{N}^{T}"),
        (OneMatrix(N, K), "𝟏_(N×K)", r"\mathbf{1}_{N \times K}"),
        (OneMatrix(2 * N, 1), "𝟏_(2*N)", r"\mathbf{1}_{2 N}"),
        (OneMatrix(1, N).T, "𝟏_N", r"\mathbf{1}_{N}"),
        (OneMatrix(1, 1), "1", "1"),
        (ZeroMatrix(N, K), "0", r"\mathbf{0}"),
        (Gradient(J, W).T, "(∇_W J).T", r"\left(\nabla_{W} J\right)^{T}"),
        (W - eta * Gradient(J, W), "-eta*∇_W J + W", r"- \eta \nabla_{W} J + W"),
        (
            Partial(J, z) ** 2,
            "(∂J/∂z)**2",
            r"\left(\frac{\partial J}{\partial z}\right)^{2}",
        ),
        (sum_x * z, "z*Σ_k x[k, 0]", r"z \sum_{k=0}^{N - 1} {x}_{k,0}"),
        (sum_x / N, "Σ_k x[k, 0]/N", r"\frac{\sum_{k=0}^{N - 1} {x}_{k,0}}{N}"),
        (
            Sum(x[k, 0], (k, 2, N - 1)),
            "Σ_(k=2..N - 1) x[k, 0]",
            r"\sum_{k=2}^{N - 1} {x}_{k,0}",
        ),
        (x * R([[0, 1]]), "x*[0 1]", r"x \left[\begin{matrix}0 & 1\end{matrix}\right]"),
        (KroneckerDelta(any_row, any_col, (0, N - 1)), "δ(i, j)", r"\delta_{i j}"),
        (h2.T, "h^2.T", r"\left(h^{2}\right)^{T}"),
        (HadamardPower(h2, 2), "h^2 ⊙ h^2", r"\left(h^{2}\right)^{\circ 2}"),
        (
            Sum(x[i, 0] * Sum(y[i2, 0], (i2, 0, N - 1)), (i, 0, N - 1)),
            "Σ_i (x[i, 0]*Σ_i y[i, 0])",
            r"\sum_{i=0}^{N - 1} \left({x}_{i,0} \sum_{i=0}^{N - 1} {y}_{i,0}\right)",
        ),
        (
            Sum(x[i, 0] * Sum(M[i, i2], (i2, 0, N - 1)), (i, 0, N - 1)),
            "Σ_i (x[i, 0]*Σ_i_1 M[i, i_1])",
            r"\sum_{i=0}^{N - 1} \left({x}_{i,0} \sum_{i_{1}=0}^{N - 1} "
            r"{M}_{i,i_{1}}\right)",
        ),
    ],
)
def test_stored_spellings(expr, text, tex):
    assert (plain(expr), latex(expr)) == (text, tex)


# Random expressions


SHAPES = [(N, D), (D, H), (N, H), (H, K), (N, 1), (1, H), (N, N)]
FORMULAS = [
    1 - t,
    t * (1 - t),
    t**2,
    1 / t,
    exp(-t),
    2 * t,
    -t,
    t / 3,
    c * t + 1,
    mask,
    t**c,
    f(t) * t,
    1 / (1 + exp(-t)),
    t ** Rational(-3, 2),
    sign(t) / 2 + 1,
    2 + 0 * t,
]


def symbol_of(shape):
    """Return a matrix symbol of a shape or of its transpose."""
    found = [A for A in (X, W, G, V, x, b, M) if A.shape == shape]
    return (
        found[0]
        if found
        else next(A for A in (X, W, G, V, x, b, M) if A.shape == shape[::-1]).T
    )


@st.composite
def matrices(draw, shape=None, depth=3):
    """Draw a matrix expression of a shape."""
    shape = shape or draw(st.sampled_from(SHAPES))
    kind = (
        draw(
            st.sampled_from(
                "sum scaled product odot entries power transposed ones gradient".split()
            )
        )
        if depth
        else "symbol"
    )

    def part(of=shape):
        return draw(matrices(of, depth - 1))

    if kind == "sum":
        return part() + draw(st.sampled_from([1, -1, 2])) * part()
    if kind == "scaled":
        return draw(scalars(depth - 1)) * part()
    if kind == "product":
        ends = [
            size
            for size in (N, D, H, K)
            if {(shape[0], size), (size, shape[0])} & {*SHAPES}
            and {(size, shape[1]), (shape[1], size)} & {*SHAPES}
        ]
        if ends:
            inner = draw(st.sampled_from(ends))
            return part((shape[0], inner)) * part((inner, shape[1]))
    if kind == "odot":
        return HadamardProduct(part(), part())
    if kind == "entries":
        return each(draw(st.sampled_from(FORMULAS)), part())
    if kind == "power":
        return HadamardPower(part(), draw(st.sampled_from([2, 3, -1, -2, c])))
    if kind == "transposed":
        return part(shape[::-1]).T
    if kind == "ones":
        return OneMatrix(*shape)
    if kind == "gradient":
        return (
            Gradient(draw(scalars(0)), symbol_of(shape)) if shape in SHAPES else part()
        )
    return symbol_of(shape)


@st.composite
def scalars(draw, depth=3):
    """Draw a number, perhaps with sums and partial derivatives in it."""
    kind = (
        draw(
            st.sampled_from(
                "add multiply divide power function sum total entry partial".split()
            )
        )
        if depth > 0
        else "symbol"
    )

    def part():
        return draw(scalars(depth - 1))

    if kind == "add":
        return part() + draw(st.sampled_from([1, -1])) * part()
    if kind == "multiply":
        return part() * part()
    if kind == "divide":
        return part() / part()
    if kind == "power":
        return part() ** draw(st.sampled_from([2, 3, -1, -2]))
    if kind == "function":
        return draw(st.sampled_from([exp, f, f_prime, tanh]))(part())
    if kind == "sum":
        index = draw(st.sampled_from([k, i, i2]))
        low, row = (
            draw(st.sampled_from([0, 0, 1])),
            draw(st.sampled_from([k, i, i2, any_row])),
        )
        return Sum(x[index, 0] * M[row, index] * part(), (index, low, N - 1))
    if kind == "total":
        return total(draw(matrices((N, H), min(depth - 1, 1))))
    if kind == "entry":
        return x[draw(st.sampled_from([k, i, any_row])), 0]
    if kind == "partial":
        return Partial(part(), draw(st.sampled_from([z, c])))
    return draw(st.sampled_from([z, c, L, J, sympy.Integer(2), Rational(1, 2)]))


def check_written(expr):
    """Assert that the text and the LaTeX of an expression are read as its value."""
    assume(not expr.has(ZeroMatrix, sympy.nan, sympy.zoo, sympy.oo))
    values = numbers(4) | {i: 1, i2: 1}
    for text in (plain(expr), from_latex(latex(expr))):
        with np.errstate(all="ignore"):
            true = compute(expr, values)
            assume(np.all(np.isfinite(true)) and np.max(np.abs(true)) < 1e12)
            found = read(Reader(text).whole(), values)
        assert np.shape(found) == np.shape(true), (text, expr)
        assert np.allclose(found, true, rtol=1e-6), (text, expr)


CHECKS = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@CHECKS
@given(matrices())
def test_random_matrices_are_read_as_what_they_say(expr):
    check_written(expr)


@CHECKS
@given(scalars(depth=4))
def test_random_scalars_are_read_as_what_they_say(expr):
    closed = Sum(expr, (i, 0, N - 1), (i2, 0, N - 1)) if expr.has(i, i2) else expr
    check_written(closed)
