"""What the grader says about an answer, and why."""

from dataclasses import dataclass

from mlp.grader.questions import QUESTIONS

VERDICTS = {True: ("✓", "right"), False: ("✗", "wrong"), None: ("?", "not decided")}


def worth(question):
    """Return the points of a question; 0 for an exercise without points."""
    return QUESTIONS[question].points if question in QUESTIONS else 0


@dataclass(frozen=True, repr=False)
class Result:
    """The verdict on one answer; it displays as a line or two.

    Attributes
    ----------
    question : str
        Such as ``"Q1.3"``.
    points : float
        What the answer earns: 0 unless it is right.
    correct : bool or None
        True for a derivation that was proved, and for a program that no test network
        refuted; None if the answer was neither shown to be right nor shown to be wrong.
    counterexample : object or None
        What shows that a wrong answer is wrong; ``str`` makes it readable.
    hint : str
        Where to look, never the solution.
    error : str
        The traceback, if the grader failed.
    proof : str
        What a trace of a program proves or refutes of its gradients, if it was asked
        for and can tell. The points don't depend on it.
    """

    question: str
    points: float
    correct: bool | None
    counterexample: object = None
    hint: str = ""
    error: str = ""
    proof: str = ""

    @property
    def out_of(self):
        """What the question is worth; 0 for an exercise without points."""
        return worth(self.question)

    @property
    def ground(self):
        """What a right answer's verdict rests on: a proof, or tests without a fault."""
        known = self.correct and self.question in QUESTIONS
        return QUESTIONS[self.question].ground if known else ""

    @property
    def verdict(self):
        """The verdict in words, with the points and what a right one rests on."""
        sign, word = VERDICTS[self.correct]
        earned = f", {self.points:g} of {self.out_of} points" if self.out_of else ""
        ground = f" ({self.ground})" if self.ground else ""
        return f"{sign} {self.question}: {word}{earned}{ground}"

    def __repr__(self):
        numbers = "" if self.counterexample is None else f"; {self.counterexample}"
        more = "".join(f"\n  {line}" for line in (self.hint, self.proof) if line)
        return f"{self.verdict}{numbers}{more}"

    def _repr_markdown_(self):
        numbers = "" if self.counterexample is None else f" `{self.counterexample}`"
        more = "".join(f"  \n{line}" for line in (self.hint, self.proof) if line)
        return f"**{self.verdict}**{numbers}{more}"


def graded(question, correct, counterexample=None, hint=""):
    """Make a result: all points of the question if the answer is right, else none.

    Parameters
    ----------
    question : str
        Such as ``"Q1.3"``.
    correct : bool or None
        The verdict.
    counterexample : object, optional
        What shows that the answer is wrong.
    hint : str, optional
        Where to look.

    Returns
    -------
    Result
    """
    points = worth(question) if correct else 0
    return Result(question, points, correct, counterexample, hint)


def unreadable(question, why):
    """Make the result of an answer that can't be read: not decided, and why."""
    return graded(question, None, hint=f"This can't be read as an answer: {why}.")


def failed(question, error):
    """Make the result of an answer on which the grader failed, with the traceback."""
    hint = "The grader failed, which is not your doing. Whoever marks can see where."
    return Result(question, 0, None, None, hint, error)
