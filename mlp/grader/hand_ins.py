"""Hand-ins: how they get into a process of their own, and what comes out of it."""

import ast
import contextlib
import json
import os
import signal
import subprocess
import symtable
import sys
from collections import namedtuple
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib

from mlp.grader import worker
from mlp.grader.worker import FILE_SIZE, NAME

try:  # joblib, which scikit-learn needs, needs cloudpickle; until 1.5 it brought a copy
    import cloudpickle
except ImportError:
    from joblib.externals import cloudpickle

WALL_FACTOR, WALL_START = 3, 10  # seconds by the clock for one of CPU time, and to start


class Refused(Exception):
    """A hand-in fails a check.

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
    """A hand-in can't be loaded, so that no question can be asked of it."""


# --- notebooks ----------------------------------------------------------------------------


def parse(source):
    """The source and its statements; without IPython's magics if it has to be.

    Returns
    -------
    source : str
        With empty lines for magics.
    statements : list of ast.stmt, or None if the cell is not Python
    """
    without_magics = "\n".join(
        "" if line.lstrip().startswith(("%", "!", "?")) or line.endswith("?") else line
        for line in source.split("\n")
    )
    for text in [source, without_magics]:
        with contextlib.suppress(SyntaxError, ValueError):
            return text, ast.parse(text).body
    return source, None


def global_names(table):
    """Names of the module that the functions and classes of a symbol table read."""
    for child in table.get_children():
        yield from (s.get_name() for s in child.get_symbols() if s.is_global())
        yield from global_names(child)


def names(statement):
    """The names that a statement of a module binds, and those that it reads."""
    table = symtable.symtable(ast.unparse(statement), "", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    for node in ast.walk(statement):
        is_part = isinstance(node, ast.Attribute | ast.Subscript)
        if is_part and isinstance(node.ctx, ast.Store):
            bound.add(getattr(node.value, "id", None))  # TwoLayerMLP.loss = …, table[…] = …
        if isinstance(node, ast.alias) and node.name == "*":
            bound.add("*")
    used = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    return bound, used | set(global_names(table))


def needed(statements, name):
    """Those of the statements that the name needs, directly or not, in order."""
    known = [names(statement) for statement in statements]
    wanted, before = {name, "*"}, set()  # import * may bring anything
    while wanted != before:
        before = set(wanted)
        for bound, used in known:
            if bound & wanted:
                wanted |= used
    return [s for s, (bound, _) in zip(statements, known) if bound & wanted]


def only(source, statements):
    """The source with empty lines for everything but the statements."""
    lines, kept = source.split("\n"), set()
    for statement in statements:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in [statement, *decorators])
        kept |= set(range(first, statement.end_lineno + 1))
    return "\n".join(line if i in kept else "" for i, line in enumerate(lines, start=1))


def notebook_cells(text, name=NAME):
    """What makes the class in a notebook's code cells: its statements, in order.

    Cells that train, plot or answer other questions cost time and may fail; the class
    does not need them.

    Parameters
    ----------
    text : str
        The notebook's file.
    name : str
        Of the class, or of something else that the notebook makes.

    Returns
    -------
    cells : list of pairs
        A name such as "code cell 3", and its source.
    """
    try:
        cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(f"the notebook cannot be read: {error!r}") from None
    parsed = [parse(source) for source in sources]
    kept = {id(s) for s in needed([s for _, body in parsed for s in body or []], name)}
    found = any({name, "*"} & names(s)[0] for _, body in parsed for s in body or [])
    result = []
    for number, (source, body) in enumerate(parsed, start=1):
        chosen = [s for s in body or [] if id(s) in kept]
        if chosen:
            result.append((f"code cell {number}", only(source, chosen)))
        elif body is None and not found:  # the child will say what is wrong with it
            result.append((f"code cell {number}", source))
    return result


# --- the job of the child -----------------------------------------------------------------


def pack_file(path):
    """A job with the source of a file."""
    if path.suffix not in {".py", ".ipynb"}:
        raise ValueError(f"hand_in must be a .py or .ipynb file; got {str(path)!r}")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not text in UTF-8: {error.reason}") from None
    is_notebook = path.suffix == ".ipynb"
    folder = path.resolve().parent
    return {
        "cells": notebook_cells(text) if is_notebook else [(path.name, text)],
        "module": "hand_in" if is_notebook else "mlp",
        "file": str(path.resolve()),
        "hide_mlp": is_notebook and not (folder / "mlp.py").is_file(),  # the book's
        "path": [str(folder)],
    }


def pack(hand_in):
    """What the child needs to load a hand-in.

    Parameters
    ----------
    hand_in : str, Path, class, module or object
        As for `check_program`.

    Returns
    -------
    job : dict

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        When hand_in is none of these.
    Refused
        When it is damaged.
    """
    search_path = [os.path.abspath(entry) for entry in sys.path]
    if isinstance(hand_in, (str, Path)):
        job = pack_file(Path(hand_in))
        return {**job, "path": job["path"] + search_path}
    make = getattr(hand_in, NAME, hand_in)
    if not callable(make):
        raise TypeError(
            f"hand_in must be a file, a class, or something with a {NAME}; got {hand_in!r}"
        )
    try:
        pickled = cloudpickle.dumps(make)
    except Exception as error:  # whatever its parts raise
        raise Refused(f"the class cannot be copied into another process: {error}") from None
    if len(pickled) > FILE_SIZE:
        size = len(pickled) // 2**20
        raise Refused(f"the class refers to {size} MB of data; let it have them as arguments")
    return {"pickle": pickled.decode("latin-1"), "path": search_path}


# --- the child ----------------------------------------------------------------------------

Outcome = namedtuple("Outcome", "lines ending")


def environment(home):
    """Variables of the child: its home, one thread, pictures without a screen."""
    homes = dict.fromkeys(["HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP"], str(home))
    threads = dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    fonts = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": matplotlib.get_cachedir()}
    return {**os.environ, **homes, **threads, **fonts}


def read_lines(path):
    """The lines that the child wrote, up to the first that is not whole."""
    lines = []
    if path.is_file():
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            for line in path.read_text("utf-8", errors="replace").splitlines():
                lines.append(worker.decode(line))
    return [line for line in lines if isinstance(line, dict)]


def describe_ending(status, time_limit, words):
    """Why the child ended before it had answered; status is None if it was stopped."""
    if status is None:
        return f"it was not done after {WALL_FACTOR * time_limit + WALL_START:g} s"
    name = signal.Signals(-status).name if status < 0 else ""
    if name == "SIGXCPU":
        return f"it was not done after {time_limit:g} s of CPU time"
    if name == "SIGKILL":
        return "it was stopped by the system: it took too much time or memory"
    if name:
        return f"it crashed ({name}). {words}".strip()
    return f"it ended the process, with exit status {status}. {words}".strip()


def run(job, time_limit, script=worker.__file__):
    """Do the job in a process of its own, in a folder that is removed afterwards.

    Parameters
    ----------
    job : dict
        What `pack` made, with a list of requests (see `worker.reply`).
    time_limit : float
        Seconds of CPU time.
    script : str
        Path of the program that the child runs.

    Returns
    -------
    outcome : Outcome
        lines, a dict for each that the child wrote; and ending, a text about a child that
        was stopped, crashed or left.
    """
    with TemporaryDirectory(prefix="mlp-grader-", ignore_cleanup_errors=True) as folder:
        home = Path(folder, "home")
        home.mkdir()
        job = worker.encode({**job, "time_limit": time_limit})
        Path(folder, "job.json").write_text(job, "utf-8")
        command = [sys.executable, "-B", "-P", "-X", "utf8", script, folder]
        with (
            open(Path(folder, "errors"), "w+b") as errors,
            subprocess.Popen(
                command,
                cwd=home,
                env=environment(home),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            ) as child,
        ):
            try:
                status = child.wait(WALL_FACTOR * time_limit + WALL_START)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                child.kill()
            errors.seek(0)
            words = errors.read(200).decode("utf-8", "replace").strip()
        lines = read_lines(Path(folder, "answers"))
    return Outcome(lines, describe_ending(status, time_limit, words))
