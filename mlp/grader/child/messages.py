"""What an error of a hand-in's code means, as a teacher would say it."""

import os
import re
import sysconfig
import traceback
from pathlib import Path

import numpy as np

PYTHON_2 = "this is Python 2; in Python 3"
LIBRARIES = (
    "<frozen",
    os.path.dirname(np.__file__),
    os.path.dirname(__file__),
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
)
SAYS = [  # an error's type, what is in its text, what to say
    (
        "SyntaxError",
        r"Missing parentheses in call to '(\w+)'",
        rf"{PYTHON_2} \1 is a function: \1(…)",
    ),
    (
        "SyntaxError",
        r"multiple exception types must be parenthesized",
        f"{PYTHON_2} it is: except ValueError as error",
    ),
    (
        "SyntaxError",
        r"unicode error|codec can't decode|Non-UTF-8",
        "the file is not text in UTF-8; save it as UTF-8",
    ),
    (
        "TabError|IndentationError",
        r"inconsistent use of tabs|does not match any outer|expected an indented",
        "are tabs and spaces mixed? Indent by spaces alone",
    ),
    (
        "ImportError",
        r"attempted relative import",
        "the files lie side by side, in no package; leave out the dot, as in "
        "`from layers import …`",
    ),
    (
        "AttributeError",
        r"module 'numpy' has no attribute '(float|int|bool|object|str|complex)'",
        r"np.\1 is gone since NumPy 1.24; write \1",
    ),
    (
        "AttributeError",
        r"np\.(\w+).* was removed in the NumPy 2\.0",
        r"np.\1 is gone since NumPy 2.0; the message above has the new name",
    ),
    (
        "AttributeError",
        r"'dict' object has no attribute '(?:iter(\w+)|has_key)'",
        f"{PYTHON_2} a dict has items(), keys(), values(), and `key in d`",
    ),
    (
        "NameError",
        r"name '(xrange|raw_input|unicode|unichr|basestring|long|reduce)'",
        f"{PYTHON_2} there is no such name; its range is the xrange of old, its input "
        "raw_input, its str unicode, its int long",
    ),
    (
        "ModuleNotFoundError",
        r"No module named '(cPickle|urllib2|StringIO|__builtin__|ConfigParser)'",
        f"{PYTHON_2} the module has another name",
    ),
    (
        "ModuleNotFoundError",
        r"No module named '(mlp\.\w+)|'mlp' is not a package",
        "the mlp.py beside it takes the place of the book's package; what it needs "
        "must be in it, or in another file beside it",
    ),
    (
        "ImportError",
        r"cannot import name '(\w+)' from 'mlp'",
        r"there is no \1 in the mlp.py beside it, which takes the place of the book's "
        "package",
    ),
    (
        "ShapeError",
        r"",
        "the factors do not fit in this order",
    ),
    (
        "ModuleNotFoundError",
        r"No module named '([\w.]+)'",
        r"there is no \1.py beside it, and it is not installed where this is graded",
    ),
]


def advice(error):
    """Return what a teacher would say about an error; "" where there is nothing."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    text = str(error)
    for kind, pattern, words in SAYS:
        found = re.search(pattern, text) if kinds & set(kind.split("|")) else None
        if found:
            return found.expand(words)
    return ""


def describe_error(error):
    """Return an exception in a line, with the place in the hand-in's code."""
    kind, text = type(error).__name__, first_line(error)
    if isinstance(error, SystemExit):
        kind, text = "it calls sys.exit", f"{error.code}"
    if kind == "TookTooLong":
        kind = "interrupted"
    if isinstance(error, ModuleNotFoundError) and error.name == "mlp":
        text = "it imports mlp, but there is no such mlp.py beside it"
    elif isinstance(error, ImportError):
        text = re.sub(r" \([^()]*[\\/][^()]*\)$", "", text)  # the path of a file
    said = advice(error)
    if isinstance(error, SyntaxError) and error.lineno:
        text = f"{error.msg} ({Path(str(error.filename)).name}, line {error.lineno})"
    else:
        text += place_of(error)
    return f"{kind}: {text}"[:400] + (f"; {said}" if said else "")


def first_line(error):
    """Return the first line of what an exception says."""
    text = str(error)
    return text.split("\n")[0] if isinstance(error, AttributeError) else text


def place_of(error):
    """Return where in the hand-in's code an exception was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    frames = [f for f in frames if not f.filename.startswith(LIBRARIES)]
    if not frames:
        return ""
    last = frames[-1]
    return f" ({Path(last.filename).name}, line {last.lineno}: {last.line})"
