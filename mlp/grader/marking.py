"""Mark notebooks: one, or those of a class, here or on the workers of a Dask scheduler."""

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

from mlp.grader import answer_worker
from mlp.grader.hand_ins import Refused, notebook_cells, run
from mlp.grader.programs import check_programs
from mlp.grader.questions import DERIVATIONS, OPEN, PROGRAMS, QUESTIONS
from mlp.grader.result import Counterexample, Result, graded

WRITTEN = [name for name in QUESTIONS if name not in PROGRAMS]
BOOK = Path(__file__).resolve().parents[2]


# --- hand-ins -----------------------------------------------------------------------------


@dataclass(frozen=True)
class HandIn:
    """A notebook, and the mlp.py beside it.

    Attributes
    ----------
    name : str
        How it is called in tables.
    files : dict of bytes
        What is in ``hand_in.ipynb`` and, where they are, ``mlp.py`` and ``utils.py``.
    """

    name: str
    files: dict


def read_hand_in(path, name):
    """Return the hand-in of a notebook's path."""
    beside = [path.with_name("mlp.py"), path.with_name("utils.py")]
    files = {module.name: module.read_bytes() for module in beside if module.is_file()}
    return HandIn(name, {"hand_in.ipynb": path.read_bytes(), **files})


def find_hand_ins(path):
    """Return the hand-ins at a path.

    Parameters
    ----------
    path : str or Path
        A notebook, or a folder with notebooks in it or in folders below.

    Raises
    ------
    FileNotFoundError, ValueError
        When there is no notebook.
    """
    path = Path(path)
    if path.is_dir():
        found = [p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts]
        if not found:
            raise ValueError(f"path must be a notebook or a folder with notebooks; got {path}")
        names = {p.relative_to(path).with_suffix("").as_posix(): p for p in found}
        return [read_hand_in(names[name], name) for name in sorted(names)]
    if not path.exists():
        raise FileNotFoundError(f"path must be a notebook or a folder; there is no {path}")
    if path.suffix != ".ipynb":
        raise ValueError(f"path must be a notebook (.ipynb) or a folder; got {path}")
    return [read_hand_in(path, path.stem)]


# --- one hand-in --------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """The results of a hand-in.

    Attributes
    ----------
    name : str
        Of the hand-in.
    results : list of Result
        In the order of `QUESTIONS`.
    """

    name: str
    results: list

    @property
    def proved(self):
        """Points of the derivations, which are proved."""
        return sum(r.points for r in self.results if r.question in DERIVATIONS)

    @property
    def tested(self):
        """Points of the programs, which no test network refuted."""
        return sum(r.points for r in self.results if r.question in PROGRAMS)

    @property
    def ticked(self):
        """Points of the open questions, which the reader ticks."""
        return sum(r.points for r in self.results if r.question in OPEN)

    @property
    def is_complete(self):
        """Whether all points are earned that the grader decides."""
        return (self.proved, self.tested) == (PROVABLE, TESTABLE)


PROVABLE, TESTABLE, TICKABLE = (
    sum(QUESTIONS[name].points for name in names) for names in (DERIVATIONS, PROGRAMS, OPEN)
)


def run_answers(task, time_limit, **job):
    """Run a task of `answer_worker` in a process of its own."""
    path = [str(BOOK), *map(os.path.abspath, sys.path)]
    job = {"task": task, "path": path, **job}
    return run(job, time_limit, answer_worker.__file__)


def transcribe(notebook, time_limit):
    """Return the answers of a notebook as text, {question: entry}, and a note on errors."""
    cells = notebook_cells(notebook, "answers")
    outcome = run_answers("transcribe", time_limit, cells=cells, questions=WRITTEN)
    if len(outcome.lines) < len(WRITTEN):
        return {}, f"The answers can't be read: {outcome.ending}."
    errors = "; ".join(outcome.lines[0]["errors"])
    entries = {name: line["answer"] for name, line in zip(WRITTEN, outcome.lines)}
    return entries, f"A part of the notebook failed: {errors}"[:500] if errors else ""


def judge(entries, time_limit):
    """Grade answers that are text.

    Parameters
    ----------
    entries : list of pairs
        Question and text.

    Returns
    -------
    results : list of Result
    """
    results = []
    while len(results) < len(entries):
        outcome = run_answers("judge", time_limit, answers=entries[len(results) :])
        results += [as_result(*pair) for pair in zip(entries[len(results) :], outcome.lines)]
        if len(results) < len(entries):  # the next one has taken too long, or too much memory
            question = entries[len(results)][0]
            results.append(graded(question, None, hint=f"Grading it failed: {outcome.ending}."))
    return results


def as_result(entry, line):
    """Return the result that the judge wrote."""
    found = line["counterexample"]
    found = found and Counterexample(**found)
    return Result(entry[0], line["points"], line["correct"], found, line["hint"])


def mark_answers(notebook, time_limit):
    """Grade the answers that are not programs: a dict of results."""
    try:
        entries, note = transcribe(notebook, time_limit)
    except Refused as refusal:
        entries, note = {}, refusal.hint
    given = {name: entry for name, entry in entries.items() if entry != {"kind": "none"}}
    hint = f"There is no answer. {note}".strip()
    missing = {name: graded(name, None, hint=hint) for name in WRITTEN if name not in given}
    return missing | {r.question: r for r in judge(list(given.items()), time_limit)}


def mark(hand_in, time_limit=60, full=False):
    """Mark a hand-in.

    Its code runs in processes of its own; see `mlp.grader.programs.check_program` for what
    that protects from. Answers leave their process as text that is read without running
    anything, and are graded in another process.

    Parameters
    ----------
    hand_in : HandIn
    time_limit : float
        Seconds of CPU time of each process.
    full : bool
        As for `check_program`.

    Returns
    -------
    Marks
    """
    notebook = hand_in.files["hand_in.ipynb"].decode("utf-8", "replace")
    results = mark_answers(notebook, time_limit)
    with TemporaryDirectory(prefix="mlp-grader-") as folder:
        for name, content in hand_in.files.items():
            Path(folder, name).write_bytes(content)
        programs = check_programs(PROGRAMS, Path(folder, "hand_in.ipynb"), time_limit, full)
        results |= {result.question: result for result in programs}
    return Marks(hand_in.name, [results[name] for name in QUESTIONS])


# --- many ---------------------------------------------------------------------------------


@contextmanager
def workers(scheduler):
    """Let joblib use the cores of this machine, or the workers of a Dask scheduler."""
    if scheduler is None:
        yield
        return
    from distributed import Client

    with Client(scheduler), parallel_config("dask"):
        yield


def mark_all(hand_ins, scheduler=None, **options):
    """Mark hand-ins in parallel, with a progress bar.

    Parameters
    ----------
    hand_ins : list of HandIn
    scheduler : str, optional
        Address of a Dask scheduler, whose workers have this package. A hand-in whose
        worker is lost is marked by another one.
    **options
        As for `mark`.

    Returns
    -------
    list of Marks
        In the order of the hand-ins.
    """
    jobs = [delayed(mark)(hand_in, **options) for hand_in in hand_ins]
    with workers(scheduler):
        n_jobs = 1 if len(jobs) == 1 and scheduler is None else -1
        done = Parallel(n_jobs, return_as="generator")(jobs)
        return list(tqdm(done, total=len(jobs), unit="hand-in", disable=len(jobs) == 1))
