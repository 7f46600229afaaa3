"""Open questions: a rubric that the reader ticks, for points apart from the proved ones."""

from dataclasses import dataclass, replace
from html import escape

from mlp.checks import check_choice
from mlp.grader.result import graded


@dataclass(frozen=True, repr=False)
class Rubric:
    """What a good answer to an open question says; it displays with a model answer, folded.

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
        """What to do."""
        return f"{self.question}: tick what your answer says (in brackets: points)."

    def __repr__(self):
        lines = [f"{n}. [{points}] {text}" for n, (points, text) in enumerate(self.items, 1)]
        return "\n".join([self.heading, *lines])

    def _repr_html_(self):
        items = "".join(f"<li>[{points}] {escape(text)}</li>" for points, text in self.items)
        return (
            f"<p>{self.heading}</p><ol>{items}</ol><details>"
            f"<summary>A model answer</summary><p>{escape(self.answer)}</p></details>"
        )


RUBRICS = {
    "Q1.6": Rubric(
        "Q1.6",
        (
            (2, "At every layer the way back reads two results of the forward pass: the "
                "layer's input, and the slope of its activation."),
            (2, "Without them each layer has to be computed from x again: of the order of "
                "l² layer evaluations, where one forward pass needs l."),
            (1, "What is saved in exchange is memory: the stored values of l layers."),
        ),
        "The gradient by the weights of layer k is a product with the layer's input, and to "
        "get there the gradient is multiplied by the slope at a of layer k. Both come from "
        "the forward pass. If they are not stored, layer k must be reached from x again, "
        "which takes k layer evaluations. For all layers this makes 1 + 2 + … + l = "
        "l (l + 1) / 2, which grows as the square of the depth, where a stored forward pass "
        "needs l. The price of storing is memory for the values of l layers.",
    ),
    "Q2.5.3": Rubric(
        "Q2.5.3",
        (
            (1, "The choice is made by the accuracy on the validation set, not the test set."),
            (2, "The slope of the sigmoid is at most 1/4 and near 0 where it saturates, so "
                "little of the gradient reaches the first layer; that of an active ReLU is 1."),
            (1, "The hidden values of a ReLU are sparse: many are exactly 0."),
            (1, "A drawback of the choice is named, such as units that never become active."),
        ),
        "ReLU: after as many epochs its accuracy on the validation set is higher. On pixels "
        "that are not scaled the sums a are large, most sigmoids are saturated, and their "
        "slope is near 0, so the first layer learns slowly. A ReLU passes the whole gradient "
        "where it is active, and is 0 elsewhere, which makes the hidden code sparse. The "
        "drawback: a unit that is 0 for all images gets no gradient and stays so.",
    ),
}  # fmt: skip


def rubric(question):
    """Return the rubric of an open question.

    Parameters
    ----------
    question : str
        ``"Q1.6"`` or ``"Q2.5.3"``.

    Returns
    -------
    Rubric

    Raises
    ------
    ValueError
        For any other question.
    """
    return RUBRICS[check_choice("question", question, RUBRICS)]


def check_open(question, ticks):
    """Add up what the reader ticked.

    Parameters
    ----------
    question : str
        ``"Q1.6"`` or ``"Q2.5.3"``.
    ticks : collection of int
        The numbers of the rubric's items that the answer has, counted from 1.

    Returns
    -------
    Result
        Its points are those of the ticks; ``correct`` stays None, because nobody but the
        reader has looked at the answer.

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
        hint = f"Give the numbers of the items that you tick, from 1 to {len(items)}, once."
        return graded(question, None, hint=hint)
    points = sum(items[n - 1][0] for n in ticked)
    hint = f"Ticked by the reader, not proved: {len(ticked)} of {len(items)} items."
    return replace(graded(question, None, hint=hint), points=points)
