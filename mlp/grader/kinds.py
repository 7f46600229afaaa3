"""The kinds of questions, and what a record of each carries."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import ClassVar

import sympy

from mlp.grader.answers import gradients, update_rules


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the three kinds of questions have in common.

    Attributes
    ----------
    name : str
        Such as ``"Q1.3"``.
    points : int
        What it is worth.
    kind : str
        ``"derivation"``, ``"programming"`` or ``"open"``.
    ground : str
        What the verdict on a right answer rests on.
    asks : str
        One sentence.
    introduction : sequence of pairs
        Cells of the starter's notebook that come before it, kind and text.
    """

    kind: ClassVar[str]
    ground: ClassVar[str] = ""
    name: str
    points: int
    asks: str
    introduction: tuple = ()


@dataclass(frozen=True, kw_only=True)
class Derivation(Question):
    """A question that is answered by an expression, which is proved or refuted.

    Attributes
    ----------
    symbols : callable
        Returns what an answer is written in.
    grade : callable
        Takes asked and an answer; returns correct, counterexample and hint.
    asked : object
        What is asked for, as grade understands it.
    answer : str
        A model answer, in Python: s and r are the symbols of Problems 1 and 3.
    before : str
        Lines that come before it.
    """

    kind = "derivation"
    ground = "proved"
    symbols: Callable[[], SimpleNamespace]
    grade: Callable
    asked: object
    answer: str
    before: str = ""

    def model_answer(self):
        """Return the model answer as an object."""
        names = {"s": self.symbols(), "r": self.symbols(), "sympy": sympy}
        exec(self.before, names)
        return eval(self.answer, names)


@dataclass(frozen=True, kw_only=True)
class Program(Question):
    """A question that is answered by a program, which is tested.

    Attributes
    ----------
    activation : str
        A key of `mlp.activations.ACTIVATIONS`.
    checks : tuple of Check
        What is checked, in order; their points add up to those of the question.
    asks_gradients : bool
        Whether it asks for gradients, so that a proof of them is worth a line.
    """

    kind = "programming"
    ground = "no test network refuted it"
    activation: str = "sigmoid"
    checks: tuple
    asks_gradients: bool = False


@dataclass(frozen=True, kw_only=True)
class OpenQuestion(Question):
    """A question that is answered by a text, of which the reader ticks what it says.

    Attributes
    ----------
    rubric : tuple of (int, str)
        For each item the points it is worth, and what the answer has to say.
    answer : str
        A model answer.
    """

    kind = "open"
    rubric: tuple
    answer: str


@dataclass(frozen=True, kw_only=True)
class Gradient(Derivation):
    """A question of Problem 1."""

    symbols: Callable[[], SimpleNamespace] = gradients.network_symbols
    grade: Callable = gradients.grade_gradients


@dataclass(frozen=True, kw_only=True)
class UpdateRule(Derivation):
    """A question of Problem 3."""

    symbols: Callable[[], SimpleNamespace] = update_rules.step_symbols
    grade: Callable = update_rules.grade_step
