"""Print anywhere: what a console can't show is replaced, and nothing can forge it."""

import sys
import unicodedata

PLAIN = str.maketrans(  # for signs of the tables, where an encoding lacks them
    {
        "✓": "v",
        "✗": "x",
        "½": "1/2",
        "−": "-",
        "·": ".",
        "–": "-",
        "…": "...",
        "≥": ">=",
        "√": "sqrt ",
        "²": "^2",
    }
)
KEPT = "\n\u200c\u200d"  # the last two join letters


def visible(text):
    """Return a text in which characters that steer a terminal are shown as escapes.

    Control characters, and those that turn the direction of writing.
    """
    return "".join(shown(character) for character in text)


def shown(character):
    """Return a character, or what stands for one that would not be seen."""
    if character in KEPT or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}:
        return character
    return character.encode("unicode_escape").decode("ascii")


def in_encoding(text, encoding):
    """Return a text that an encoding has: signs in plain letters, others as escapes."""
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        pass
    parts = [c if has(c, encoding) else c.translate(PLAIN) for c in text]
    return "".join(parts).encode(encoding, "backslashreplace").decode(encoding)


def has(character, encoding):
    """Tell whether an encoding has a character."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def write(text, stream=None):
    """Print a text so that any console shows it, on the standard output by default."""
    stream = stream or sys.stdout
    print(in_encoding(text, getattr(stream, "encoding", None) or "utf-8"), file=stream)
