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
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from mlp.grader import child_program
from mlp.grader.child_program import CLASS_NAME, FILE_SIZE, Job
from mlp.grader.objections import Refused

WALL_FACTOR, WALL_START = (
    3,
    10,
)  # seconds by the clock for one of CPU time, and to start

MLP_PARENT = Path(__file__).resolve().parents[2]


# Notebooks


def parse(source):
    """Return the source and its statements; without IPython's magics if it has to be.

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
    """Yield the module's names that functions and classes of a symbol table read."""
    for child in table.get_children():
        yield from (s.get_name() for s in child.get_symbols() if s.is_global())
        yield from global_names(child)


def bound_and_used(statement):
    """Return the names that a statement of a module binds, and those that it reads."""
    table = symtable.symtable(ast.unparse(statement), "", "exec")
    bound = {
        s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()
    }
    for node in ast.walk(statement):
        is_part = isinstance(node, ast.Attribute | ast.Subscript)
        if is_part and isinstance(node.ctx, ast.Store):
            bound.add(
                getattr(node.value, "id", None)
            )  # TwoLayerMLP.loss = …, table[…] = …
        if isinstance(node, ast.alias) and node.name == "*":
            bound.add("*")
    used = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    return bound, used | set(global_names(table))


def statements_for(name, statements):
    """Return those of the statements that the name needs, directly or not, in order."""
    known = [bound_and_used(statement) for statement in statements]
    wanted, before = {name, "*"}, set()  # import * may bring anything
    while wanted != before:
        before = set(wanted)
        for bound, used in known:
            if bound & wanted:
                wanted |= used
    return [s for s, (bound, _) in zip(statements, known) if bound & wanted]


def blank_others(source, statements):
    """Return the source with empty lines for everything but the statements."""
    lines, kept = source.split("\n"), set()
    for statement in statements:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in [statement, *decorators])
        kept |= set(range(first, statement.end_lineno + 1))
    return "\n".join(line if i in kept else "" for i, line in enumerate(lines, start=1))


def notebook_cells(text, name=CLASS_NAME):
    """Return what makes the class in a notebook's code cells: its statements, in order.

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
    statements = [statement for _, body in parsed for statement in body or []]
    kept = {id(statement) for statement in statements_for(name, statements)}
    found = any({name, "*"} & bound_and_used(statement)[0] for statement in statements)
    result = []
    for number, (source, body) in enumerate(parsed, start=1):
        chosen = [s for s in body or [] if id(s) in kept]
        if chosen:
            result.append((f"code cell {number}", blank_others(source, chosen)))
        elif body is None and not found:  # the child will say what is wrong with it
            result.append((f"code cell {number}", source))
    return result


# The job of the child


def pack_file(path):
    """Return the job of loading a file."""
    if path.suffix not in {".py", ".ipynb"}:
        raise ValueError(f"hand_in must be a .py or .ipynb file; got {str(path)!r}")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not text in UTF-8: {error.reason}") from None
    is_notebook = path.suffix == ".ipynb"
    folder = path.resolve().parent
    return Job(
        task="ask",
        path=[str(folder), *search_path()],
        cells=notebook_cells(text) if is_notebook else [(path.name, text)],
        module="hand_in" if is_notebook else "mlp",
        file=str(path.resolve()),
        hide_mlp=is_notebook and not (folder / "mlp.py").is_file(),  # the book's
    )


def search_path():
    """Return where this process looks for modules, for a process in another folder."""
    return [os.path.abspath(entry) for entry in sys.path]


def pickled(make):
    """Return a class as text; its code and what it refers to go along."""
    # joblib, which scikit-learn needs, needs cloudpickle; until 1.5 it brought a copy.
    try:
        import cloudpickle
    except ImportError:
        from joblib.externals import cloudpickle
    try:
        content = cloudpickle.dumps(make)
    except Exception as error:  # whatever its parts raise
        raise Refused(
            f"the class cannot be copied into another process: {error}"
        ) from None
    if len(content) > FILE_SIZE:
        size = len(content) // 2**20
        raise Refused(
            f"the class refers to {size} MB of data; let it have them as arguments"
        )
    return content.decode("latin-1")


def pack(hand_in):
    """Return the job of loading a hand-in.

    Parameters
    ----------
    hand_in : str, Path, class, module or object
        As for `check_program`.

    Returns
    -------
    Job

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        When hand_in is none of these.
    Refused
        When it is damaged.
    """
    if isinstance(hand_in, (str, Path)):
        return pack_file(Path(hand_in))
    make = getattr(hand_in, CLASS_NAME, hand_in)
    if not callable(make):
        raise TypeError(
            f"hand_in must be a file, a class, or something with a {CLASS_NAME}; "
            f"got {hand_in!r}"
        )
    return Job(task="ask", path=search_path(), pickled=pickled(make))


# The child

Outcome = namedtuple("Outcome", "lines ending trace")


def environment(home):
    """Return the child's variables: its home, one thread, pictures without a screen."""
    import matplotlib  # takes long, and only programs need it

    homes = dict.fromkeys(["HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP"], str(home))
    threads = dict.fromkeys(
        ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1"
    )
    fonts = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": matplotlib.get_cachedir()}
    return {**os.environ, **homes, **threads, **fonts}


def read_lines(path):
    """Return the lines that the child wrote, up to the first that is not whole."""
    lines = []
    if path.is_file():
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            for line in path.read_text("utf-8", errors="replace").splitlines():
                lines.append(child_program.decode(line))
    return [line for line in lines if isinstance(line, dict)]


def describe_ending(status, time_limit, words):
    """Return why the child ended before it was done, without a full stop.

    Parameters
    ----------
    status : int or None
        None if it was stopped.
    time_limit : float
        As it was given to `run`.
    words : str
        What it wrote to its standard error.
    """
    if status is None:
        return f"it was not done after {WALL_FACTOR * time_limit + WALL_START:g} s"
    name = signal.Signals(-status).name if status < 0 else ""
    if name == "SIGXCPU":
        return f"it was not done after {time_limit:g} s of CPU time"
    if name == "SIGKILL":
        return "it was stopped by the system: it took too much time or memory"
    left = f"it ended the process, with exit status {status}"
    ended = f"it crashed ({name})" if name else left
    return f"{ended}. {words}".rstrip(". ")


def describe_failure(line):
    """Return what the child's last line says of an error, without a full stop."""
    printed = str(line.get("printed", ""))[-200:]
    return f"{line['error']}" + (f". It had printed {printed!r}" if printed else "")


def run(job, time_limit):
    """Do the job in a process of its own, in a folder that is removed afterwards.

    Parameters
    ----------
    job : Job
    time_limit : float
        Seconds of CPU time.

    Returns
    -------
    outcome : Outcome
        lines, a dict for each part of the job that was done; ending, a text about an
        error or about a child that was stopped, crashed or left; and the trace of an
        error.
    """
    with TemporaryDirectory(prefix="mlp-grader-", ignore_cleanup_errors=True) as folder:
        home = Path(folder, "home")
        home.mkdir()
        requests = [vars(request) for request in job.requests]
        job = vars(replace(job, time_limit=time_limit, requests=requests))
        Path(folder, "job.json").write_text(child_program.encode(job), "utf-8")
        command = [
            sys.executable,
            "-B",
            "-P",
            "-X",
            "utf8",
            child_program.__file__,
            folder,
        ]
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
    for number, line in enumerate(lines):
        if "error" in line:
            trace = "".join(after.get("trace", "") for after in lines[number + 1 :])
            return Outcome(lines[:number], describe_failure(line), trace)
    return Outcome(lines, describe_ending(status, time_limit, words), "")
