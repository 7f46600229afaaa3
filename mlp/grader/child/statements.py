"""Cells of a notebook, run statement by statement: one that fails stops no other."""

import __future__

import ast
import io
import linecache
import signal
import sys
import time
import types
from contextlib import contextmanager

SHARE = 20  # seconds of CPU time for a statement that is needed
SMALL_SHARE, ALL_SHARES = 1, 5  # for any statement, and for all of them together
AGAIN = 0.1  # seconds until a statement that caught the interruption gets another one


class TookTooLong(BaseException):
    """A statement has used up its share of CPU time."""


@contextmanager
def interrupted_after(seconds):
    """Raise TookTooLong when the code has used the CPU time, where there is a timer."""
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    is_armed = True

    def stop(*_):
        if is_armed:
            raise TookTooLong(f"it takes longer than {seconds:g} s of CPU time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        yield
    finally:
        is_armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def remember(name, source):
    """Let tracebacks show the lines of a source that is not a file."""
    lines = io.StringIO(source).readlines()  # a form feed ends no line
    linecache.cache[name] = len(source), None, lines, name


def new_module(name, file=""):
    """Return a module that is imported by its name."""
    module = sys.modules[name] = types.ModuleType(name)
    if file:
        module.__file__ = file
    return module


def statements_of(cells, errors):
    """Yield name and code of each statement; a cell that is not Python is an error."""
    for name, source in cells:
        remember(name, source)
        try:
            body = ast.parse(source, name).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            errors.append(error)
            continue
        for statement in body:
            yield name, ast.Module([statement], [])


def run_statements(cells, module, share=SHARE, in_all=float("inf")):
    """Run the cells of a notebook in a module.

    Parameters
    ----------
    cells : list of pairs
        Name and source.
    module : module
    share, in_all : float
        Seconds of CPU time for a statement, and for all of them.

    Returns
    -------
    errors : list of BaseException
        Those of statements that could not be run, or not to their end.
    """
    errors, end, future = [], time.process_time() + in_all, 0
    for name, statement in statements_of(cells, errors):
        left = min(share, end - time.process_time())
        if left <= 0:
            errors.append(TookTooLong(f"the notebook takes too long (from {name} on)"))
            break
        try:
            with interrupted_after(left):
                code = compile(statement, name, "exec", future, dont_inherit=True)
                future |= code.co_flags & __future__.annotations.compiler_flag
                exec(code, vars(module))
        except BaseException as error:  # sys.exit, too
            errors.append(error)
    return errors
