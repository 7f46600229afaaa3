"""How a hand-in is packed into the job of a child process."""

import os
import sys
from itertools import groupby
from pathlib import Path

from mlp.grader.child.limits import FILE_SIZE
from mlp.grader.child.requests import CLASS_NAME, Job
from mlp.grader.hand_in.notebook import read_notebook
from mlp.grader.hand_in.process import GRADER
from mlp.grader.hand_in.texts import text_of
from mlp.grader.objections import Refused

MLP_PARENT = GRADER.parents[1]


def pack_file(path):
    """Return the job of loading a file."""
    if path.suffix not in {".py", ".ipynb"}:
        raise ValueError(f"hand_in must be a .py or .ipynb file; got {str(path)!r}")
    text, folder = text_of(path.read_bytes(), path.name), path.resolve().parent
    job = {
        "task": "ask",
        "path": [str(folder), *search_path()],
        "file": str(path.resolve()),
        "grader": str(GRADER),
    }
    if path.suffix == ".py":
        return Job(cells=[(path.name, text)], module="mlp", **job)
    notebook = read_notebook(text)
    return Job(
        cells=notebook.slice_for(CLASS_NAME),
        whole=notebook.whole(),
        left_out=not_run(notebook),
        written=notebook.written,
        hide_mlp=not (  # the book's
            "mlp.py" in notebook.written or (folder / "mlp.py").is_file()
        ),
        **job,
    )


def not_run(notebook):
    """Say which cells are not run, neither for the class nor for the answers."""
    numbers = notebook.beside(CLASS_NAME, "answers")
    if not numbers:
        return []
    return [
        f"Not run in whole, as neither {CLASS_NAME} nor the answers need it: code cell"
        f"{'s' * (len(numbers) > 1)} {in_ranges(numbers)}."
    ]


def in_ranges(numbers):
    """Write increasing numbers such as 1, 2, 3, 7 as "1–3, 7"."""
    runs = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    ends = [[number for _, number in run] for _, run in runs]
    return ", ".join(
        f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in ends
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
    return Job(
        task="ask", path=search_path(), pickled=pickled(make), grader=str(GRADER)
    )
