"""What stops a trace: something that is not understood, or no more time."""

import sys
from time import monotonic

refusals = []  # all that were raised, also those that a bare ``except:`` caught


class CantTell(BaseException):
    """A step that is not understood; a program's ``except Exception`` lets it pass."""

    def __init__(self, why, line=None):
        super().__init__(why)
        self.why, self.line = why, line
        refusals.append(self)

    def comes_from(self, line):
        """Name the line where something was made that is refused when it is used."""
        if not isinstance(self, OutOfTime):
            self.line = self.line or line

    def __str__(self):
        return f"line {self.line}: {self.why}" if self.line else self.why


def line_now():
    """Return the line of the traced program that runs now, or None."""
    frame = sys._getframe(1)
    while frame is not None:
        if "__traced__" in frame.f_globals:
            return frame.f_lineno
        frame = frame.f_back
    return None


def asked_by_program():
    """Tell whether the traced program asks, and not the engine on its behalf."""
    frame = sys._getframe(2)
    while frame is not None:
        if "__traced__" in frame.f_globals:
            return True
        if frame.f_globals.get("__name__", "").startswith("mlp.tracing"):
            return False
        frame = frame.f_back
    return False


class OutOfTime(CantTell):
    """The time limit is reached."""


class Clock:
    """Looked at between the steps of the engine, so that it works on every system."""

    def __init__(self):
        self.end = None

    def start(self, seconds, limit=None):
        """Let `tick` raise from now on in so many seconds; None for never.

        ``limit`` is what the user allowed, where that is more.
        """
        self.end = None if seconds is None else monotonic() + seconds
        self.seconds = seconds if limit is None else limit

    def tick(self):
        """Raise when the time is over."""
        if self.end is not None and monotonic() > self.end:
            raise OutOfTime(f"not decided within {self.seconds:g} seconds")


clock = Clock()
