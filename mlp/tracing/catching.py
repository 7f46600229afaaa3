"""Exceptions that a program catches, and that the real one may not raise."""

import dis
import sys

from mlp.tracing.refusal import CantTell, line_of


class Catching:
    """While it is entered, notes exceptions that the real function may not raise.

    A program may catch them, and go another way than with numbers.
    """

    def __init__(self):
        self.is_needed = self.is_entered = False

    def needed(self):
        """Say that a function is copied that may catch an exception."""
        self.is_needed = True
        if self.is_entered:
            sys.settrace(self.called)

    def __enter__(self):
        self.before, self.is_entered = sys.gettrace(), True
        if self.is_needed:
            sys.settrace(self.called)

    def __exit__(self, *args):
        self.is_entered = False
        if self.is_needed:
            if sys.gettrace() != self.called:  # Python drops one that has no more room
                CantTell("the program calls itself too often")  # noted in refusals
            sys.settrace(self.before)

    def called(self, frame, event, arg):
        """Follow the frames of the program."""
        if "__traced__" not in frame.f_globals:
            return None
        frame.f_trace_lines = False
        return self.followed

    def followed(self, frame, event, arg):
        """Look at an exception."""
        if event == "exception" and isinstance(arg[1], Exception):
            if not same_in_numbers(arg[1], arg[2]):
                CantTell(  # noted in refusals
                    f"on arrays of symbolic size the program raises "
                    f"{type(arg[1]).__name__}: {arg[1]}",
                    line_of(frame, frame.f_lineno),
                )
        return self.followed


def same_in_numbers(error, step):
    """Tell whether the real function raises the same exception here."""
    while step.tb_next:
        step = step.tb_next
    frame = step.tb_frame
    if "__traced__" in frame.f_globals:
        code = frame.f_code.co_code[step.tb_lasti]
        own = dis.opname[code] in ("RAISE_VARARGS", "RERAISE")
        return own or not isinstance(error, (TypeError, RecursionError))
    return isinstance(error, (AttributeError, StopIteration)) and (
        frame.f_code.co_name in LOOK_UPS
    )


LOOK_UPS = {
    "note_read",
    "note_deleted",
    "__getattr__",
    "our_getattr",
    "look_up",
    "math_name",
    "numpy_part",
}
