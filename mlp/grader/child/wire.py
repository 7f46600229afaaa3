"""What goes between the processes: JSON, because reading it runs nothing.

What is used of NumPy is taken before a hand-in can change NumPy.
"""

from json import dumps, loads
from sys import intern

from numpy import array, generic, longdouble, ndarray


def plain(value):
    """Return numbers, lists and dicts of them as JSON has them; an array is a dict."""
    if isinstance(value, longdouble):
        return float(value)
    if isinstance(value, ndarray) and value.dtype == longdouble:
        value = value.astype(float)
    if isinstance(value, generic):
        return value.item()
    if isinstance(value, ndarray):
        return {
            "dtype": str(value.dtype),
            "shape": value.shape,
            "values": value.tolist(),
        }
    if isinstance(value, dict):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def encode(value):
    """Return a line of JSON. What it does not know becomes the name of its type."""
    return dumps(plain(value), default=lambda other: f"a {type(other).__name__}")


def as_written(value):
    """Return a text as a literal is, which ``is`` finds equal; others as they are."""
    if type(value) is str:
        return intern(value)
    return [as_written(part) for part in value] if type(value) is list else value


def to_array(entry):
    """Return the array of a dict that `plain` made; another dict, its texts interned.

    The array is C-contiguous, can be written, and nobody else has it.
    """
    if set(entry) != {"dtype", "shape", "values"}:
        return {intern(name): as_written(value) for name, value in entry.items()}
    try:
        return array(entry["values"], entry["dtype"]).reshape(entry["shape"])
    except (TypeError, ValueError):
        return f"an array of {entry['dtype']}"


def decode(line):
    """Return what `encode` was given, with lists for tuples, and texts as literals."""
    return as_written(loads(line, object_hook=to_array))
