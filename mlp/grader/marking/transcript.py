"""Answers as text, so that they can leave the process of a hand-in.

Reading the text runs nothing: only the constructors of SymPy and of the book are
called. Of an update rule, a function, what is written are the values that it returns
while it is graded; when they are read, it is graded once more.
"""

import ast
import builtins
import functools
from contextlib import suppress
from numbers import Integral, Real

import numpy as np
import sympy
from sympy import Basic, srepr
from sympy.core.symbol import Str
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.matrices import MatrixBase
from sympy.matrices.expressions import applyfunc

from mlp import proof
from mlp.grader.answers import update_rules
from mlp.grader.answers.derivations import check_derivation
from mlp.grader.objections import Unreadable, working_with_the_answer

LONGEST = 20_000  # characters of an answer
CONSTANTS = {"pi", "E", "I", "oo", "zoo", "nan", "true", "false", "Reals"}
TAKE_TEXT = {"Symbol", "Signed", "Dummy", "Str", "Float"}  # others would evaluate it


def is_constructor(thing):
    """Tell the classes that expressions are made of."""
    return isinstance(thing, type) and issubclass(thing, (Basic, MatrixBase))


WORDS = {
    name: thing
    for module in (sympy, sympy.matrices.expressions, applyfunc, proof, update_rules)
    for name, thing in vars(module).items()
    if is_constructor(thing) or name in CONSTANTS
} | {"Str": Str, "ExprCondPair": ExprCondPair}


# Writing, in the process of the hand-in.


def write_answer(answer, question):
    """Return an answer as lists, dicts, numbers and text, as JSON has them.

    Parameters
    ----------
    answer : object
        What a hand-in states.
    question : str
        Such as ``"Q1.3"``.
    """
    if answer is ...:
        return {"kind": "none"}
    if isinstance(answer, (Basic, MatrixBase)):
        return {"kind": "expression", "text": srepr(answer)}
    if isinstance(answer, Real) and not isinstance(answer, bool):
        number = int(answer) if isinstance(answer, Integral) else float(answer)
        return {"kind": "number", "number": number}
    if isinstance(answer, dict):
        parts = {
            str(name): write_answer(part, question) for name, part in answer.items()
        }
        return {"kind": "dict", "parts": parts}
    if isinstance(answer, np.ndarray):
        answer = np.atleast_1d(answer).tolist()
    if isinstance(answer, (list, tuple, set, range)):
        parts = [write_answer(part, question) for part in answer]
        return {"kind": "list", "parts": parts}
    if callable(answer):
        return {"kind": "function", "values": record(answer, question)}
    return {"kind": "other", "type": type(answer).__name__}


def record(function, question):
    """Return what a function gives, or raises, while it is graded."""
    values = []

    @functools.wraps(function)
    def recorded(*arguments):
        try:
            value = function(*arguments)
        except (Exception, SystemExit) as error:
            values.append({"kind": "error", "type": type(error).__name__})
            raise
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.item()
        is_plain = isinstance(value, (Real, Basic))
        other = {"kind": "other", "type": type(value).__name__}
        values.append(write_answer(value, question) if is_plain else other)
        return value

    with suppress(Exception):
        check_derivation(question, recorded)
    return values


# Reading, where no hand-in runs.


def read_answer(entry):
    """Return the answer that `write_answer` was given.

    Parameters
    ----------
    entry : dict
        From `write_answer`, or from anybody.

    Raises
    ------
    Unreadable
        When it is not an answer that the grader knows.
    """
    match entry:
        case {"kind": "none"}:
            raise Unreadable("there is none yet")
        case {"kind": "expression", "text": str(text)}:
            return expression(text)
        case {"kind": "number", "number": int(number) | float(number)}:
            return number
        case {"kind": "dict", "parts": dict(parts)}:
            return {name: read_answer(part) for name, part in parts.items()}
        case {"kind": "list", "parts": list(parts)}:
            return [read_answer(part) for part in parts]
        case {"kind": "function", "values": list(values)}:
            return replayed(values)
        case {"kind": "other", "type": str(name)}:
            quotes = ": leave out the quotes" if name == "str" else ""
            raise Unreadable(f"it is of type {name}{quotes}")
    raise Unreadable("it is of no known kind")


def replayed(values):
    """Return a function that gives recorded values, one after the other."""
    left = iter(values)

    def rule(theta, g, eta, lam):
        match next(left, None):
            case None:
                raise Unreadable("the function must take (theta, g, eta, lam)")
            case {"kind": "error", "type": str(name)}:
                raise exception(name)
            case value:
                return read_answer(value)

    return rule


def exception(name):
    """Return the built-in exception of this name, or one that says the name."""
    kind = getattr(builtins, name, None)
    known = ArithmeticError, AttributeError, TypeError
    if isinstance(kind, type) and issubclass(kind, known):
        return kind()
    return Unreadable(f"the function raises {name}")


def expression(text):
    """Return the SymPy expression of a text that srepr wrote."""
    if len(text) > LONGEST:
        raise Unreadable("it is too long")
    try:
        return build(ast.parse(text, mode="eval").body)
    except SyntaxError:
        raise Unreadable("it is made of parts that the grader does not know") from None
    except RecursionError:
        raise Unreadable("it is too deeply nested") from None


def build(node):
    """Return the object that a part of the text stands for."""
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -build(operand)
        case ast.List(elts=parts):
            return [build(part) for part in parts]
        case ast.Tuple(elts=parts):
            return tuple(build(part) for part in parts)
        case ast.Name(id=name) if name in CONSTANTS:
            return WORDS[name]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=options) if (
            name in WORDS
        ):
            text = [arg.value for arg in args[:1] if name in TAKE_TEXT and is_text(arg)]
            rest = [build(arg) for arg in args[len(text) :]]
            named = {option.arg: build(option.value) for option in options}
            with working_with_the_answer():
                return WORDS[name](*text, *rest, **named)
    part = ast.unparse(node)[:60]
    raise Unreadable(f"it contains {part}, which the grader does not know")


def is_text(node):
    """Tell a text in quotation marks."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
