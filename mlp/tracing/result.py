"""What is shown of a program: a verdict for each argument and for all, and why."""

from dataclasses import dataclass, field, replace
from html import escape

WRONG, CANT_TELL, CHECKED, PROVED = "wrong", "can't tell", "checked", "proved"
ORDER = (WRONG, CANT_TELL, CHECKED, PROVED)
NOT_ASKED = "not asked: the program returns no gradient for it"
WHERE = "where "  # begins a line that says what a name in a formula stands for


class NotProved(Exception):
    """A program whose gradients are not all proved."""


@dataclass(frozen=True)
class ArgumentResult:
    """The verdict on one gradient, the reason, and the formula if it is proved.

    Of a wrong one ``inputs`` holds the numbers at which it is: the arguments, and dout.
    ``entries`` has for each size how many the gradient check found right, and of how
    many, in all draws of numbers together.
    """

    name: str
    verdict: str
    reason: str = ""
    lines: object = field(default=None, repr=False, compare=False)
    hypotheses: str = field(default="", repr=False, compare=False)
    inputs: dict = field(default_factory=dict, repr=False, compare=False)
    entries: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def formula(self):
        """The formula that was proved, a list of lines; empty where there is none."""
        return self.lines() if self.lines else []

    @property
    def theorem(self):
        """The theorem on this gradient as text; empty where it is not proved."""
        return "\n".join(filter(None, [*self.formula, self.hypotheses])) if self else ""

    def __bool__(self):
        return self.verdict == PROVED


@dataclass(frozen=True)
class Result:
    """The verdicts on a program.

    The verdict of an argument, ``result["x"].verdict``, is one of four: *proved*, the
    gradient is right for all sizes and inputs that the theorem names; *wrong*, it is
    not, at the numbers in the reason; *checked*, random numbers found no error, which
    is no proof: errors that are small, or rare, pass; *can't tell*, for the reason that
    is given.

    Attributes
    ----------
    arguments : dict of ArgumentResult
        For each gradient that the program returns.
    sizes : list of str
        For all values of which a proof holds.
    given : str
        The hypotheses of a proof.
    notes : list of str
        What else was seen, such as a changed input.
    largest : float
        The largest difference of trace and program, as a part of what rounding allows.
    fixed : str
        What had one value: sizes, settings that are passed on, and defaults.
    not_asked : list of str
        Arguments with a shape whose gradient the program does not return. No verdict
        speaks of them.
    """

    arguments: dict
    sizes: list
    given: str = ""
    notes: list = field(default_factory=list)
    largest: float = 0.0
    fixed: str = ""
    not_asked: list = field(default_factory=list)

    @property
    def verdict(self):
        """The worst verdict of all gradients that the program returns."""
        found = [one.verdict for one in self.arguments.values()]
        return min(found, key=ORDER.index) if found else CANT_TELL

    def __getitem__(self, name):
        return replace(self.arguments[name], hypotheses=self.small_print())

    def __bool__(self):
        return self.verdict == PROVED

    @property
    def theorem(self):
        """The theorem as text; empty where nothing is proved."""
        lines = [line for one in self.arguments.values() if one for line in one.formula]
        lines = dict.fromkeys(sorted(lines, key=lambda line: line.startswith(WHERE)))
        return "\n".join([*lines, self.small_print()]) if lines else ""

    def small_print(self):
        """Say for which arguments, sizes and inputs a proof holds; or nothing."""
        proved = [one.name for one in self.arguments.values() if one]
        if not proved:
            return ""
        whole = len(proved) == len(self.arguments) and not self.not_asked
        whose = "" if whole else f"{', '.join(proved)}: "
        every = (
            f"for every {', '.join(self.sizes)}" if self.sizes else "for these sizes"
        )
        parts = [every, self.fixed and f"with {self.fixed}", self.given]
        return f"{whose}proved {', '.join(filter(None, parts))}; for real numbers"

    def report(self):
        """Say what was found, with the entries that were compared where no proof is."""
        lines = [
            f"{one.name}, entries that are right in numbers: "
            + "; ".join(f"{k} of {n} at {at}" for at, (k, n) in one.entries.items())
            for one in self.arguments.values()
            if one.verdict == CHECKED
        ]
        return "\n".join([repr(self), *lines])

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
        width = max(map(len, [*self.arguments, *self.not_asked]), default=0)
        for one in self.arguments.values():
            words = f"  {one.name:{width}}  {WORDS[one.verdict]}"
            lines.append(words + (f": {one.reason}" if one.reason else ""))
        lines += [f"  {name:{width}}  {NOT_ASKED}" for name in self.not_asked]
        return "\n".join([*lines, *filter(None, [self.small_print()]), *self.notes])

    def _repr_html_(self):
        rows = "".join(map(row_of_table, self.arguments.values()))
        rows += "".join(
            f'<tr><th scope="row"><code>{escape(name)}</code></th>'
            f"<td>{NOT_ASKED}</td><td></td></tr>"
            for name in self.not_asked
        )
        below = filter(None, [self.small_print(), *self.notes])
        below = "<br>".join(map(escape, below))
        heads = "gradient by", "verdict", "formula or reason"
        top = "".join(f'<th scope="col">{head}</th>' for head in heads)
        return (
            f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"
            f"<p>{below}</p>"
        )


def row_of_table(one):
    """Return the row of an argument in the HTML table."""
    more = escape(one.reason) or "<br>".join(map(escape, one.formula))
    name = f'<th scope="row"><code>{escape(one.name)}</code></th>'
    return f"<tr>{name}<td>{escape(WORDS[one.verdict])}</td><td>{more}</td></tr>"


WORDS = {
    WRONG: "wrong",
    CANT_TELL: "can't tell",
    CHECKED: "only checked in numbers, not proved",
    PROVED: "proved",
}
