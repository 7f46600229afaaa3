# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""A claim is read with care: what a reader would read otherwise is refused by name."""

import re
from dataclasses import replace
from itertools import pairwise

from sympy import (
    And,
    Basic,
    Dummy,
    Eq,
    Expr,
    Float,
    FunctionMatrix,
    Ge,
    Gt,
    HadamardPower,
    Integer,
    KroneckerDelta,
    Lambda,
    Le,
    Lt,
    MatrixSymbol,
    Ne,
    Not,
    Or,
    Piecewise,
    Sum,
    Symbol,
    Tuple,
    preorder_traversal,
    sympify,
    true,
)
from sympy.core.relational import Relational
from sympy.core.symbol import Str
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.matrices import MatrixBase
from sympy.matrices.expressions import HadamardProduct, MatAdd, MatMul, MatrixExpr
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.arithmetic import knows
from mlp.proof.claims import Equation
from mlp.proof.hypotheses import ranges, stands_for_all, suppositions, with_ranges
from mlp.proof.language import (
    Gradient,
    Partial,
    Softmax,
    any_col,
    any_row,
    entry,
    f,
    f_prime,
    is_matrix,
    own_letters,
)
from mlp.proof.printing import latex, plain


def read(claim, of, wrt, where, given, sizes):
    """Return the equation of a claim.

    Raises
    ------
    ValueError
        If an argument cannot be read, a name cannot be defined, or a hypothesis cannot
        be used. The message names it and says what is allowed.
    """
    definitions = list(map(definition, a_dict("where", where).items()))
    names = [f if isinstance(name, f) else name for name, _ in definitions]
    if len(names) > len(set(names)):
        raise ValueError("where: one name has two definitions")
    given = tuple(fact for fact in map(hypothesis, listed(given)) if fact != true)
    of = expression("of", of)
    left = of if wrt is None else derivative_of(of, wrt)
    equation = Equation(left, expression("claim", claim), dict(definitions), given)
    return with_claim(
        equation, claim, numbers_for_sizes(a_dict("sizes", sizes), equation)
    )


def with_claim(equation, claim, sizes):
    """Return an equation with another right-hand side, or raise ValueError."""
    equation = replace(equation, right=expression("claim", claim))
    equation = with_known_ranges(equation.at(sizes) if sizes else equation)
    for problem in (shared_name, fixed_name, circle, hidden_letter):
        if found := problem(equation):
            raise ValueError(found)
    suppositions(equation.given, equation.definitions())
    return equation


def with_known_ranges(equation):
    """Tell the deltas of an equation over which rows and columns their letters run."""
    try:
        size = ranges(equation.left, equation.right, *equation.where.values())
    except ValueError:  # a letter for indices of two ranges: nothing is known of it
        return equation
    where = {
        name: with_ranges(meaning, size) for name, meaning in equation.where.items()
    }
    left, right = (with_ranges(side, size) for side in (equation.left, equation.right))
    return replace(equation, left=left, right=right, where=where)


def a_dict(name, value):
    """Return a dict, or raise ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"{name}: {value!r} is no dict of names and meanings")
    return value


def derivative_of(of, wrt):
    """Return the gradient or derivative that is asked for, not yet carried out."""
    of = entry(of, 0, 0) if getattr(of, "shape", None) == (1, 1) else of
    if is_matrix(of):
        raise ValueError(f"of: {plain(of)} is {of.shape}; only a number has a gradient")
    if isinstance(wrt, MatrixSymbol):
        return Gradient(of, wrt)
    if is_number(wrt):
        return Partial(of, wrt)
    raise ValueError(
        f"wrt: {wrt!r} is no matrix, no entry of a matrix and no letter for a "
        "real number"
    )


def is_number(x):
    """Tell a letter for a number that is not whole, or an entry of a matrix."""
    letter = isinstance(x, Symbol) and not x.is_integer
    return letter or isinstance(getattr(x, "parent", None), MatrixSymbol)


def expression(name, value):
    """Return a SymPy expression that means something, with letters of its own.

    Raises
    ------
    ValueError
        For anything else; the message begins with the name.
    """
    if isinstance(value, str) or value is None:
        raise ValueError(
            f"{name}: {value!r} is no expression; write it with SymPy's symbols"
        )
    value = sympify(value)
    if not isinstance(value, (Expr, MatrixExpr, MatrixBase)) or isinstance(
        value, Lambda
    ):
        raise ValueError(f"{name}: {value} is no number and no matrix")
    for part in preorder_traversal(value):
        if found := fault(part):
            raise ValueError(f"{name}: {found}")
    if escaped := free_in_a_condition(value):
        raise ValueError(
            f"{name}: {escaped} stands free in a condition; SymPy moves cases out "
            "of inner sums, so write them by max, sign or |…|"
        )
    if dummies := value.atoms(Dummy) & value.free_symbols:
        raise ValueError(f"{name}: {min(map(str, dummies))} is a Dummy; use a Symbol")
    return own_letters(
        value.replace(KroneckerDelta, lambda i, j, *_: KroneckerDelta(i, j))
    )


def fault(part):
    """Say why a part of an expression has no meaning in a claim, or return None."""
    if isinstance(part, Float):
        return f"{part} is a rounded number; write Rational(1, 3)"
    if not isinstance(part, STRUCTURE) and not knows(type(part)):
        return f"{type(part).__name__} is no word of a claim"
    for kind, (is_right, why) in RULES.items():
        if isinstance(part, kind) and not is_right(part):
            return f"{plain(part)} {why}"
    return None


STRUCTURE = (Tuple, Lambda, ExprCondPair, Str)
RULES = {
    Symbol: (
        lambda s: s.is_commutative and re.match(r"[^\W\d]|\\", s.name),
        "is no letter for a number",
    ),
    Softmax: (lambda e: is_matrix(e.args[0]), "takes a matrix"),
    HadamardPower: (
        lambda e: is_matrix(e.base) and not is_matrix(e.exp),
        "is no power of the entries of a matrix",
    ),
    Gradient: (
        lambda e: isinstance(e.args[1], MatrixSymbol) and not is_matrix(e.args[0]),
        "is no gradient of a number by a matrix",
    ),
    Partial: (
        lambda e: is_number(e.args[1]) and not is_matrix(e.args[0]),
        "is no derivative of a number by a number",
    ),
    Sum: (
        lambda e: all(
            n.is_integer and not n.has(k) for k, *ends in e.limits for n in ends
        ),
        "has bounds that need not be whole numbers, or hold the index",
    ),
    Piecewise: (
        lambda e: all(
            not is_matrix(value) and is_condition(condition)
            for value, condition in e.args
        ),
        "has a case that is no number, or a condition that is no comparison",
    ),
}


def free_in_a_condition(expr):
    """Return a letter of an index that stands free in a condition, or None."""
    entries = {
        x
        for part in expr.atoms(Piecewise)
        for _, condition in part.args
        for x in condition.atoms(MatrixElement)
    }
    letters = {k for x in entries for index in (x.i, x.j) for k in index.free_symbols}
    return next(iter(letters & expr.free_symbols - {any_row, any_col}), None)


def is_condition(condition):
    """Tell a comparison of numbers, or comparisons joined by and, or, not."""
    if isinstance(condition, (And, Or, Not)):
        return all(map(is_condition, condition.args))
    return isinstance(condition, Relational) or condition in (True, False)


def definition(pair):
    """Return a name and its meaning; Z[i, j] for all i and j defines the matrix Z."""
    name, meaning = pair[0], expression(f"the definition of {pair[0]}", pair[1])
    if isinstance(name, MatrixSymbol) or is_formula(name):
        return name, meaning
    if (
        isinstance(name, MatrixElement)
        and isinstance(name.parent, MatrixSymbol)
        and (stands_for_all(name))
    ):
        letters = tuple(
            k if k.is_Symbol else Dummy("k", integer=True) for k in (name.i, name.j)
        )
        return name.parent, FunctionMatrix(*name.parent.shape, Lambda(letters, meaning))
    if letter := {any_row, any_col} & meaning.free_symbols:
        raise ValueError(
            f"where: {plain(name)} holds the index {letter.pop()}; define a "
            "matrix by its entries, Z[any_row, any_col]"
        )
    if isinstance(name, Symbol):
        return name, meaning
    shown = plain(name) if isinstance(name, Basic) else repr(name)
    raise ValueError(
        f"where: {shown} can't be defined; define a letter, a matrix, f(t) for "
        "a letter t, or every entry of a matrix, Z[any_row, any_col]"
    )


def is_formula(name):
    """Tell f(t), with a letter t."""
    return isinstance(name, f) and isinstance(name.args[0], Symbol)


def listed(given):
    """Return hypotheses as a tuple; a single one may come alone."""
    if isinstance(given, (list, tuple, set)):
        return tuple(given)
    return (given,)


def hypothesis(fact):
    """Return a hypothesis without floats and with letters of its own."""
    if fact in (True, true):
        return true
    if not isinstance(fact, (Eq, Ne, Gt, Lt, Ge, Le)):
        raise ValueError(
            f"given: {fact} is no hypothesis; write Eq(Sum(…), value), "
            "Ne(a, b), a > b or a >= b, for the entries of a matrix with "
            "[any_row, any_col]"
        )
    if is_matrix(fact.lhs) and not isinstance(fact, Eq):
        raise ValueError(
            f"given: {plain(fact)} compares matrices; write it for the entry "
            f"[any_row, any_col]"
        )
    return fact.func(*[expression("given", side) for side in fact.args])


def numbers_for_sizes(sizes, equation):
    """Return the sizes as whole numbers, or raise ValueError."""
    names = equation.size_names() + [n for n in equation.letters() if n.is_integer]
    for name, size in sizes.items():
        if name not in names:
            known = ", ".join(map(str, names)) or "none"
            raise ValueError(f"sizes: {name!r} is no size here; the sizes are {known}")
        if isinstance(size, (bool, str)) or not sympify(size).is_Integer or size < 1:
            raise ValueError(
                f"sizes: {name} = {size}; a size is a whole number from 1 on"
            )
    return {name: Integer(size) for name, size in sizes.items()}


def shared_name(equation):
    """Say which two things of an equation print alike, or return None.

    A whole number, such as an index, may be called like the index of a sum.
    """
    seen = {pair for part in equation.parts() for pair in visible(part)}
    names = {name: thing for name, thing in seen if thing != "bound"}
    for name, thing in sorted(seen, key=str):
        other = names.get(name, thing)
        index = (
            getattr(other, "is_integer", False) and other not in equation.size_names()
        )
        if thing != other and not (thing == "bound" and index):
            return f"two different things are called {name}"
    return None


def visible(expr):
    """Return what a reader of ``expr`` sees, as pairs (name, thing)."""
    if isinstance(expr, ElementwiseApplyFunction):  # its own letter is not printed
        own = {(latex(z), "bound") for z in expr.function.variables}
        return visible(expr.function.expr) - own | visible(expr.expr)
    if isinstance(expr, Lambda):
        return visible(expr.expr) | {(latex(k), "bound") for k in expr.variables}
    inside = set().union(*map(visible, expr.args))
    if isinstance(expr, (f, f_prime)):
        return inside | {("f", f)}
    if isinstance(expr, (Symbol, MatrixSymbol)):
        return inside | {(latex(expr), "bound" if isinstance(expr, Dummy) else expr)}
    return inside


def circle(equation):
    """Say which definitions lead back to themselves, or return None."""
    uses = {
        name: [
            other
            for other in equation.where
            if mentions(name, equation.where[name], other)
        ]
        for name in equation.where
    }

    def walk(path):
        for name in uses[path[-1]]:
            found = [*path, name] if name in path else walk([*path, name])
            if found:
                return found[found.index(found[-1]) :]

    found = next(filter(None, (walk([name]) for name in uses)), None)
    return (
        found
        and f"where: the definitions go in a circle, {' → '.join(map(plain, found))}"
    )


def mentions(name, meaning, other):
    """Tell whether the meaning of ``name`` uses the name ``other``."""
    if is_formula(name):
        meaning = meaning.xreplace({name.args[0]: Dummy()})
    return meaning.has(f, f_prime) if is_formula(other) else meaning.has(other)


def fixed_name(equation):
    """Say which definition is of a size or an index, or return None."""
    for name in {*equation.size_names(), any_row, any_col} & {*equation.where}:
        return f"where: {name} is a size or an index and can't be defined; use sizes="
    return None


def shape_error(equation):
    """Say which two shapes do not fit, or return None."""
    pairs = [(equation.left, equation.right), *equation.where.items()]
    pairs += [fact.args for fact in equation.given]
    for a, b in pairs:
        inside = misfit(a) or misfit(b)
        shapes = [getattr(side, "shape", "a number") for side in (a, b)]
        if inside or shapes[0] != shapes[1]:
            return inside or f"{plain(a)} is {shapes[0]} but {plain(b)} is {shapes[1]}"
    return None


def misfit(expr):
    """Return the first two shapes inside ``expr`` that do not fit, as text, or None."""
    for part in preorder_traversal(expr):
        factors = [factor for factor in part.args if is_matrix(factor)]
        for A, B in pairwise(factors):
            inner = isinstance(part, MatMul) and A.cols != B.rows
            outer = isinstance(part, (MatAdd, HadamardProduct)) and A.shape != B.shape
            if inner or outer:
                return f"{plain(A)} is {A.shape} but {plain(B)} is {B.shape}"
    return None


def hidden_letter(equation):
    """Say which letter of f(t) means something else elsewhere, or return None."""
    for name, formula in equation.where.items():
        if isinstance(name, f):
            t, inside = name.args[0], formula.free_symbols
            others = [
                meaning for other, meaning in equation.where.items() if other in inside
            ]
            if any(t in other.free_symbols for other in [*others, *equation.given]):
                return (
                    f"where: the letter {t} of {plain(name)} means another number, too"
                )
    return None
