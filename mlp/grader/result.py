"""What the grader says about an answer, and why."""

from dataclasses import dataclass

from mlp.grader.questions import QUESTIONS

VERDICTS = {True: ("✓", "right"), False: ("✗", "wrong"), None: ("?", "not decided")}
PARTLY = "½", "partly right"
CARRIED = "what fails follows from an earlier mistake"


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
        What the answer earns: a program gets those of the checks that it passes,
        any other answer nothing unless it is right.
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
    remarks : tuple of str
        What else there is to say, which costs nothing.
    is_carried : bool
        Whether something fails in a program that follows from an earlier mistake.
    """

    question: str
    points: float
    correct: bool | None
    counterexample: object = None
    hint: str = ""
    error: str = ""
    proof: str = ""
    remarks: tuple = ()
    is_carried: bool = False

    @property
    def out_of(self):
        """What the question is worth; 0 for an exercise without points."""
        return worth(self.question)

    @property
    def ground(self):
        """What a right answer's verdict rests on: a proof, or tests without a fault."""
        if self.is_carried:
            return CARRIED if self.correct else ""
        known = self.correct and self.question in QUESTIONS
        return QUESTIONS[self.question].ground if known else ""

    @property
    def in_a_word(self):
        """The verdict's sign and its word or two."""
        is_partly = self.correct is False and self.points
        return PARTLY if is_partly else VERDICTS[self.correct]

    @property
    def verdict(self):
        """The verdict in words, with the points and what a right one rests on."""
        sign, word = self.in_a_word
        earned = f", {self.points:g} of {self.out_of} points" if self.out_of else ""
        ground = f" ({self.ground})" if self.ground else ""
        return f"{sign} {self.question}: {word}{earned}{ground}"

    @property
    def lines(self):
        """Hint, proof and remarks, line by line."""
        texts = [*self.hint.splitlines(), self.proof, *self.remarks]
        return [text for text in texts if text]

    def __repr__(self):
        numbers = "" if self.counterexample is None else f"; {self.counterexample}"
        more = "".join(f"\n  {line}" for line in self.lines)
        return f"{self.verdict}{numbers}{more}"

    def _repr_markdown_(self):
        numbers = [] if self.counterexample is None else [f"`{self.counterexample}`"]
        return "  \n".join([f"**{self.verdict}**", *numbers, *self.lines])


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


def priced(question, cost, counterexample, hint, **more):
    """Make the result of a program whose failed checks cost so many points."""
    points = round(worth(question) - cost, 1)
    return Result(question, points, not cost, counterexample, hint, **more)


def unreadable(question, why):
    """Make the result of an answer that can't be read: not decided, and why."""
    return graded(question, None, hint=f"This can't be read as an answer: {why}.")


def failed(question, error):
    """Make the result of an answer on which the grader failed, with the traceback."""
    hint = "The grader failed, which is not your doing. Whoever marks can see where."
    return Result(question, 0, None, None, hint, error)
