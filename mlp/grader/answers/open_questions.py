"""Open questions: a rubric that the reader ticks, for points of their own."""

from dataclasses import dataclass, replace
from html import escape

from mlp.checks import check_choice
from mlp.grader.questions import OPEN_QUESTIONS, QUESTIONS
from mlp.grader.result import graded


@dataclass(frozen=True, repr=False)
class Rubric:
    """What a good answer to an open question says; a model answer is folded away.

    Attributes
    ----------
    question : str
        Such as ``"Q1.6"``.
    items : tuple of (int, str)
        For each item the points it is worth, and what the answer has to say.
    answer : str
        A model answer.
    """

    question: str
    items: tuple
    answer: str

    @property
    def heading(self):
        """What the reader has to do."""
        return f"{self.question}: tick what your answer says (in brackets: points)."

    def __repr__(self):
        lines = [
            f"{n}. [{points}] {text}" for n, (points, text) in enumerate(self.items, 1)
        ]
        return "\n".join([self.heading, *lines])

    def _repr_html_(self):
        items = "".join(
            f"<li>[{points}] {escape(text)}</li>" for points, text in self.items
        )
        return (
            f"<p>{self.heading}</p><ol>{items}</ol><details>"
            f"<summary>A model answer</summary><p>{escape(self.answer)}</p></details>"
        )


def rubric(question):
    """Return the rubric of an open question.

    Parameters
    ----------
    question : str
        A key of `QUESTIONS`, open.

    Returns
    -------
    Rubric

    Raises
    ------
    ValueError
        For any other question.
    """
    record = QUESTIONS[check_choice("question", question, OPEN_QUESTIONS)]
    return Rubric(question, record.rubric, record.answer)


def check_open(question, ticks):
    """Add up what the reader ticked.

    Parameters
    ----------
    question : str
        A key of `QUESTIONS`, open.
    ticks : collection of int
        The numbers of the rubric's items that the answer has, counted from 1.

    Returns
    -------
    Result
        Its points are those of the ticks; ``correct`` stays None, because nobody but
        the reader has looked at the answer.

    Raises
    ------
    ValueError
        For any other question.
    """
    items = rubric(question).items
    try:
        ticked = {n for n in ticks if type(n) is int and 1 <= n <= len(items)}
        readable = len(ticked) == len(ticks)
    except TypeError:
        readable = False
    if not readable:
        allowed = f"from 1 to {len(items)}, once"
        hint = f"Give the numbers of the items that you tick, {allowed}."
        return graded(question, None, hint=hint)
    points = sum(items[n - 1][0] for n in ticked)
    hint = f"Ticked by the reader, not proved: {len(ticked)} of {len(items)} items."
    return replace(graded(question, None, hint=hint), points=points)
