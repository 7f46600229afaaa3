"""What speaks against an answer: numbers that refute it, reasons not to judge it."""

from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Counterexample:
    """Numbers, or shapes, that show that an answer is wrong.

    Attributes
    ----------
    values : dict
        Name and value of everything that the answer may depend on; a matrix is a list
        of rows.
    claim : object
        What the answer gives there.
    true : object
        What is right there.
    text : str
        The same as one line.
    """

    values: dict
    claim: object
    true: object
    text: str

    def __str__(self):
        return self.text

    __repr__ = __str__


class Refused(Exception):
    """A program fails a check.

    Parameters
    ----------
    hint : str
        What is wrong.
    counterexample : Counterexample, optional
        The numbers that show it.
    """

    def __init__(self, hint, counterexample=None):
        super().__init__(hint)
        self.hint, self.counterexample = hint, counterexample


class NotLoaded(Refused):
    """A program can't be loaded, so that no question can be asked of it."""


class Unreadable(Exception):
    """The answer is of a kind about which nothing can be said; the message says why."""


def told_apart(first, second, digits=6):
    """Write two different numbers with so many digits that the texts differ.

    Parameters
    ----------
    first, second : float
    digits : int
        The least number of them.

    Returns
    -------
    pair of str
    """
    for count in range(digits, 18):
        texts = f"{first:.{count}g}", f"{second:.{count}g}"
        if texts[0] != texts[1]:
            break
    return texts


@contextmanager
def working_with_the_answer():
    """Take what is raised here for the answer's doing: its methods may run."""
    try:
        yield
    except Unreadable:
        raise
    except (Exception, SystemExit) as error:
        raise Unreadable(f"working with it raises {type(error).__name__}") from error
