"""What stops a trace: something that is not understood, or no more time."""

import dis
import functools
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
    for frame in traced_frames():
        return line_of(frame, frame.f_lineno)
    return None


def line_of(frame, line):
    """Return a line; of another function than those that are judged with its name."""
    name = frame.f_globals["__traced__"]
    return f"{line} of {name}" if name else line


def traced_frames():
    """Yield the frames of the traced program, the last one first."""
    frame = sys._getframe(1)
    while frame is not None:
        if "__traced__" in frame.f_globals:
            yield frame
        frame = frame.f_back


def demand_uncaught(what):
    """Refuse a step that may raise in numbers where the program catches it."""
    if any(is_tried(frame.f_code, frame.f_lasti) for frame in traced_frames()):
        raise CantTell(f"an exception of {what}, which depends on values, is caught")


def is_tried(code, step):
    """Tell whether a step of a code is inside of try … except."""
    return any(
        part.start <= step < part.end and is_handler(code, part.target)
        for part in dis._parse_exception_table(code)
    )


@functools.cache
def is_handler(code, target):
    """Tell whether an except, a finally, or the end of a with that may catch, is here.

    ``np.errstate`` catches nothing.
    """
    steps = [one for one in dis.get_instructions(code) if one.offset >= target]
    first, second = [one.opname for one in steps[:2]]
    safe = second == "WITH_EXCEPT_START" and "errstate" in code.co_names
    return first == "PUSH_EXC_INFO" and not safe


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


HIDDEN = {
    "__doc__",
    "__init__",
    "__module__",
    "__dict__",
    "__slots__",
    "__weakref__",
    "__setattr__",
    "__getattribute__",
    "__array_priority__",
}


@functools.cache
def names_of_objects(kind):
    """Return the names that objects of a class have."""
    return frozenset(dir(kind)) - HIDDEN


def demand_real_name(name, kind):
    """Raise for a name that objects of the real class don't have."""
    if name not in names_of_objects(kind):
        raise AttributeError(name)


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
