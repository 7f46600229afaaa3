"""What is shown of a program: a verdict for each argument and for all, and why."""

from dataclasses import dataclass, field
from html import escape

WRONG, CANT_TELL, CHECKED, PROVED = "wrong", "can't tell", "checked", "proved"
ORDER = (WRONG, CANT_TELL, CHECKED, PROVED)


class NotProved(Exception):
    """A program whose gradients are not all proved."""


@dataclass(frozen=True)
class ArgumentResult:
    """The verdict on one gradient, the reason, and the formula if it is proved."""

    name: str
    verdict: str
    reason: str = ""
    lines: object = None

    @property
    def formula(self):
        """The formula that was proved, a list of lines; empty where there is none."""
        return self.lines() if self.lines else []

    def __bool__(self):
        return self.verdict == PROVED


@dataclass(frozen=True)
class Result:
    """The verdicts on a program.

    Attributes
    ----------
    arguments : dict of ArgumentResult
    sizes : list of str
        For all values of which a proof holds.
    given : str
        The hypotheses of a proof.
    notes : list of str
        What else was seen, such as a changed input.
    largest : float
        The largest difference of trace and program, as a part of what rounding allows.
    """

    arguments: dict
    sizes: list
    given: str = ""
    notes: list = field(default_factory=list)
    largest: float = 0.0

    @property
    def verdict(self):
        """The worst verdict of all arguments."""
        found = [one.verdict for one in self.arguments.values()]
        return min(found, key=ORDER.index) if found else CANT_TELL

    def __getitem__(self, name):
        return self.arguments[name]

    def __bool__(self):
        return self.verdict == PROVED

    @property
    def theorem(self):
        """The theorem as text; empty where nothing is proved."""
        lines = [line for one in self.arguments.values() if one for line in one.formula]
        return "\n".join([*lines, self.small_print()]) if lines else ""

    def small_print(self):
        """Say for which sizes and inputs the proof holds."""
        every = (
            f"for every {', '.join(self.sizes)}" if self.sizes else "for these sizes"
        )
        return (
            f"proved {every}{', ' if self.given else ''}{self.given}; for real numbers"
        )

    def require(self):
        """Return the result, or raise if not all is proved.

        Raises
        ------
        NotProved
        """
        if not self:
            raise NotProved(f"not proved\n{self!r}")
        return self

    def __repr__(self):
        lines = [f"{self.verdict}"]
        width = max(map(len, self.arguments), default=0)
        for one in self.arguments.values():
            words = f"  {one.name:{width}}  {WORDS[one.verdict]}"
            lines.append(words + (f": {one.reason}" if one.reason else ""))
        if any(self.arguments.values()):
            lines.append(self.small_print())
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self):
        rows = "".join(map(row_of_table, self.arguments.values()))
        below = [self.small_print()] if any(self.arguments.values()) else []
        below = "<br>".join(map(escape, [*below, *self.notes]))
        return (
            "<table><thead><tr><th>gradient by</th><th>verdict</th><th></th></tr>"
            f"</thead><tbody>{rows}</tbody></table><p>{below}</p>"
        )


def row_of_table(one):
    """Return the row of an argument in the HTML table."""
    more = escape(one.reason) or "<br>".join(map(escape, one.formula))
    cells = f"<code>{escape(one.name)}</code>", escape(WORDS[one.verdict]), more
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


WORDS = {
    WRONG: "wrong",
    CANT_TELL: "can't tell",
    CHECKED: "only checked in numbers, not proved",
    PROVED: "proved",
}
