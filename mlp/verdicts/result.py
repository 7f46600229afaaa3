"""What a gradient check that decides returns."""

from dataclasses import dataclass
from html import escape
from math import inf


@dataclass(frozen=True)
class Entry:
    """An entry of a gradient that is wrong, or that can't be decided.

    Attributes
    ----------
    name : str
        The key of its array, or "x".
    index : tuple of int
    given, expected : float
        The value that was handed in, and the slope that was measured.
    bound : float
        How far apart the two may be when the given one is right.
    reason : str
        Why it can't be decided; empty when it is wrong.
    """

    name: str
    index: tuple
    given: float
    expected: float
    bound: float
    reason: str = ""

    @property
    def place(self):
        """Its name and index, as W1[0, 2]."""
        return f"{self.name}[{', '.join(map(str, self.index))}]"

    @property
    def exceeded(self):
        """How many times the bound the difference is."""
        gap = abs(self.given - self.expected)
        return gap / self.bound if gap < inf and self.bound else inf

    def __str__(self):
        numbers = f"{self.place}: given {self.given:.9g}, expected {self.expected:.9g}"
        if self.reason:
            return f"{numbers}; {self.reason}"
        return f"{numbers}, bound {self.bound:.1e}, exceeded {self.exceeded:.3g} times"


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """The verdicts on all entries of a gradient. It is true only if all are right.

    Attributes
    ----------
    wrong, undecided : list of Entry
        Wrong ones begin with the worst.
    checked : int
        How many entries were looked at.
    evaluations : int
        How often the function was called.
    note : str
        What else should be known.
    """

    wrong: list
    undecided: list
    checked: int
    evaluations: int
    note: str = ""

    def __bool__(self):
        return not self.wrong and not self.undecided

    @property
    def right(self):
        """How many entries are right."""
        return self.checked - len(self.wrong) - len(self.undecided)

    @property
    def verdict(self):
        """The verdict in words."""
        parts = [f"{self.right} right"] if self.right else []
        parts += [f"{len(self.wrong)} wrong"] if self.wrong else []
        parts += [f"{len(self.undecided)} can't tell"] if self.undecided else []
        noun = "entry" if self.checked == 1 else "entries"
        return f"{self.checked} {noun}: {', '.join(parts)}"

    def __repr__(self):
        lines = [f"wrong: {entry}" for entry in self.wrong[:3]]
        lines += [f"can't tell: {entry}" for entry in self.undecided[:3]]
        hidden = len(self.wrong) + len(self.undecided) - len(lines)
        lines += [f"and {hidden} more"] if hidden else []
        lines += [self.note] if self.note else []
        return "\n".join([self.verdict, *lines])

    def _repr_html_(self):
        rows = [("wrong", entry) for entry in self.wrong[:10]]
        rows += [("can't tell", entry) for entry in self.undecided[:10]]
        if not rows:
            return f"<p>{self.verdict}</p>"
        heads = ["verdict", "entry", "given", "expected", "bound", "why"]
        top = "".join(f'<th scope="col">{head}</th>' for head in heads)
        body = "".join(f"<tr>{_cells(*row)}</tr>" for row in rows)
        head = f"<caption>{self.verdict}</caption><thead><tr>{top}</tr></thead>"
        return f'<table class="dataframe">{head}<tbody>{body}</tbody></table>'

    def require(self):
        """Return the result when all entries are right.

        Raises
        ------
        AssertionError
            With the worst entry, when one is wrong or undecided.
        """
        if not self:
            worst = (self.wrong or self.undecided)[0]
            verdict = "can't tell" if worst.reason else "wrong"
            raise AssertionError(f"{self.verdict}\n{verdict}: {worst}")
        return self


def _cells(verdict, entry):
    why = entry.reason or f"the bound is exceeded {entry.exceeded:.3g} times"
    texts = [
        verdict,
        entry.place,
        f"{entry.given:.9g}",
        f"{entry.expected:.9g}",
        f"{entry.bound:.1e}",
        why,
    ]
    return "".join(f"<td>{escape(text)}</td>" for text in texts)
