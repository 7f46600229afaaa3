"""The code cells of a notebook, as the Python that Jupyter would run."""

import ast
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache

from mlp.grader.hand_in.slicing import (
    asks_the_grader,
    blank_others,
    needed,
    without_effect,
)
from mlp.grader.objections import Refused

RUN_AS_PYTHON = {"time", "timeit", "capture", "prun", "python", "python3"}  # of %%…
TIMED = re.compile(r"%(?:time|prun)\s+(?:-\S+\s+)*(?=\S)")
RUN_A_FILE = re.compile(r"%run\s+(?:-\S+\s+)*['\"]?(?:\./)?(\w+)(?:\.py)?['\"]?\s*$")
TO_THE_SYSTEM = re.compile(r"[%!?]|(?:pip|conda|cd|ls|pwd)\b")
WRITTEN = re.compile(
    r"\s*%%(?:writefile|file) +(?P<option>-a +|--append +)?(?P<quote>['\"]?)"
    r"(?:\./|~?/(?:[\w.-]+/)*)?(?P<name>(?:\w+/)*\w+\.py)(?P=quote)[ \t]*\n"
    r"(?P<text>.*)",
    re.S,
)
ASSIGNED = re.compile(r"([\w.\[\], '\"]+=\s*)([!%].*)")


# Reading the file


def read_sources(text):
    """Return the sources of a notebook's code cells, in order.

    Parameters
    ----------
    text : str
        The notebook's file, of nbformat 3 or 4.

    Raises
    ------
    Refused
        When it is no notebook; the hint says what it is.
    """
    try:
        cells = cells_of(json.loads(text))
        return ["".join(source) for kind, source in cells if kind == "code"]
    except RecursionError:
        why = "it is nested too deeply"
    except ValueError as error:
        why = what_it_is(text, error)
    except (KeyError, TypeError, AttributeError):
        why = "it has no cells, so it is not a notebook"
    raise Refused(f"the notebook cannot be read: {why}")


def cells_of(content):
    """Return kind and source of each cell; before nbformat 4 they were in sheets."""
    if "worksheets" in content:
        cells = [cell for sheet in content["worksheets"] for cell in sheet["cells"]]
    else:
        cells = content["cells"]
    key = "input" if "worksheets" in content else "source"
    return [
        (cell["cell_type"], cell[key] if cell["cell_type"] == "code" else "")
        for cell in cells
    ]


def what_it_is(text, error):
    """Say what a file is that is not JSON."""
    start = text.lstrip()[:200].lower()
    if not start:
        return "the file is empty; save the notebook again, and look at its size"
    if start.startswith(("<!doctype", "<html", "<?xml", "<head")):
        return (
            "the file is a web page, not the notebook that the page shows; download "
            "the .ipynb itself"
        )
    if re.search(r"^(<{7}|={7}|>{7})", text, re.M):
        return (
            "it has the marks of a merge conflict (<<<<<<<, =======, >>>>>>>) in it; "
            "resolve the conflict, and see that Jupyter opens it"
        )
    if "\0" in start:
        return "it is not text in UTF-8"
    place = f"line {error.lineno}, column {error.colno}"
    return f"it is damaged or breaks off ({error.msg} at {place}); does Jupyter open it"


# IPython's own syntax


def python_of(source):
    """Return a cell as Python, line by line, and its statements.

    Returns
    -------
    source : str
        What only IPython understands is replaced by what it means for the names.
    statements : list of ast.stmt, or None if the cell is not Python
    """
    lines = without_cell_magic(source.replace("\r\n", "\n").split("\n"))
    for _ in range(len(lines) + 1):
        text = "\n".join(lines)
        try:
            return text, ast.parse(text).body
        except SyntaxError as error:
            place = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
            if not replace_magic(lines, place):
                return "\n".join(lines), None
        except (ValueError, RecursionError, MemoryError):
            return text, None
    return "\n".join(lines), None


def without_cell_magic(lines):
    """Empty the line of a magic such as %%time; of %%bash, say, all lines."""
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    magic = re.match(r"\s*%%(\w+)", lines[first])
    if not magic:
        return lines
    kept = lines[first + 1 :] if magic[1] in RUN_AS_PYTHON else []
    return [""] * (first + 1) + kept


def replace_magic(lines, place):
    """Replace IPython's syntax at a line, or at the last one before it; was there any?

    An error is found where a line is, or after the lines that continue it.
    """
    for number in range(place, -1, -1):
        new = as_python(lines[number])
        if new is not None:
            while lines[number].endswith("\\") and number + 1 < len(lines):
                lines[number], number = new, number + 1
                new = ""
            lines[number] = new
            return True
    return False


def as_python(line):
    """Return what a line of IPython is in Python; None for what looks like Python."""
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    if TIMED.match(code):
        return indent + TIMED.sub("", code, count=1)
    if RUN_A_FILE.match(code):
        return indent + RUN_A_FILE.sub(r"from \1 import *", code)
    if TO_THE_SYSTEM.match(code) or re.search(r"^[\w.]+\?{1,2}\s*$", code):
        return indent + "pass"
    found = ASSIGNED.match(code)
    if not found:
        return None
    if TIMED.match(found[2]):
        return indent + found[1] + TIMED.sub("", found[2], count=1)
    return indent + found[1] + ("[]" if found[2].startswith("!") else "None")


# What is run of it


@dataclass(frozen=True)
class Notebook:
    """The code cells of a notebook.

    Attributes
    ----------
    cells : list of pairs
        For each cell its source as Python, and its statements; None if it has none.
    written : dict
        Name and text of modules that cells write by %%writefile.
    found : dict
        What `needed_for` has found, by name.
    """

    cells: list
    written: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)

    def needed_for(self, name):
        """Return the ids of the statements that a name needs."""
        if name not in self.found:
            self.found[name] = needed(name, self.statements)
        return self.found[name]

    @property
    def statements(self):
        """All statements, in order."""
        return [statement for _, body in self.cells for statement in body or []]

    def whole(self):
        """Return name and source of each cell."""
        return [(cell_name(n), source) for n, (source, _) in enumerate(self.cells, 1)]

    def slice_for(self, name):
        """Return what a name needs: name and source of cells, other lines empty.

        Cells that train, plot or answer other questions cost time and may fail. A cell
        that is not Python stays, so that it is told what is wrong with it.
        """
        kept = self.needed_for(name)
        result = []
        for number, (source, body) in enumerate(self.cells, start=1):
            chosen = [s for s in body or [] if id(s) in kept]
            if chosen:
                result.append((cell_name(number), blank_others(source, chosen, body)))
            elif body is None:
                result.append((cell_name(number), source))
        return result

    def beside(self, *names):
        """Return the numbers of the cells of which a part is needed by no name.

        Imports, and what only shows or checks something, are not missed.
        """
        kept = set().union(*map(self.needed_for, names))
        return [
            number
            for number, (_, body) in enumerate(self.cells, start=1)
            if any(
                id(s) not in kept and not without_effect(s) and not asks_the_grader(s)
                for s in body or []
            )
        ]


def cell_name(number):
    """Return how a code cell is called."""
    return f"code cell {number}"


@lru_cache(maxsize=4)
def read_notebook(text):
    """Return the notebook of a file's text."""
    sources = read_sources(text)
    return Notebook([python_of(source) for source in sources], written_by(sources))


def written_by(sources):
    """Return name and text of the modules that cells write."""
    found = {}
    for match in filter(None, map(WRITTEN.match, sources)):
        before = found.get(match["name"], "") if match["option"] else ""
        found[match["name"]] = before + match["text"]
    return found


def notebook_cells(text, name):
    """Return what a name needs of a notebook's text: name and source of cells."""
    return read_notebook(text).slice_for(name)
