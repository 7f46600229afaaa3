"""The text of a hand-in's file, as Python and Jupyter read it."""

import ast
import codecs
import io
import tokenize

from mlp.grader.objections import Refused

UTF_16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
SAVE = "save it as UTF-8, which every editor can"


def text_of(content, name):
    """Return the text of a file, its lines ended by "\\n".

    Parameters
    ----------
    content : bytes
        What is in the file. A byte order mark of UTF-8 is no part of the text.
    name : str
        Of the file; one that ends in ``.py`` may have a coding line.

    Raises
    ------
    Refused
        When it is not text in the encoding that it should have.
    """
    if content.startswith(UTF_16):
        raise Refused(f"{name} is text in UTF-16, not in UTF-8; {SAVE}")
    try:
        text = content.decode(encoding_of(content, name))
    except (UnicodeDecodeError, LookupError, SyntaxError) as error:
        if not (name.endswith(".py") and is_python(content)):
            why = getattr(error, "reason", None) or getattr(error, "msg", error)
            raise Refused(f"{name} is not text in UTF-8: {why}; {SAVE}") from None
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(content, name):
    """Return the encoding that a coding line names, or UTF-8."""
    if not name.endswith(".py"):
        return "utf-8-sig"
    return tokenize.detect_encoding(io.BytesIO(content).readline)[0]


def is_python(content):
    """Tell whether an import would take the bytes: Python minds no comments."""
    try:
        compile(content, "", "exec", dont_inherit=True, flags=ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
