"""Mark notebooks: one, or a class, here or on the workers of a Dask scheduler."""

import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

from mlp.grader.child_program import Job
from mlp.grader.hand_ins import MLP_PARENT, notebook_cells, run, search_path
from mlp.grader.objections import Counterexample, Refused
from mlp.grader.programs import check_programs
from mlp.grader.questions import DERIVATIONS, OPEN_QUESTIONS, PROGRAMS, QUESTIONS
from mlp.grader.result import Result, failed, graded

IN_THE_NOTEBOOK = [name for name in QUESTIONS if name not in PROGRAMS]
NOTEBOOK, BESIDE = "hand_in.ipynb", ["mlp.py", "utils.py"]


# Hand-ins


@dataclass(frozen=True)
class HandIn:
    """A notebook, and the mlp.py beside it.

    Attributes
    ----------
    name : str
        How it is called in tables.
    files : dict of bytes
        What is in NOTEBOOK and, where they are, in BESIDE.
    """

    name: str
    files: dict


def read_hand_in(path, name):
    """Return the hand-in of a notebook's path."""
    beside = [path.with_name(module) for module in BESIDE]
    files = {module.name: module.read_bytes() for module in beside if module.is_file()}
    return HandIn(name, {NOTEBOOK: path.read_bytes(), **files})


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
        found = [
            p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts
        ]
        if not found:
            raise ValueError(
                f"path must be a notebook or a folder with notebooks; got {path}"
            )
        names = {p.relative_to(path).with_suffix("").as_posix(): p for p in found}
        return [read_hand_in(names[name], name) for name in sorted(names)]
    if not path.exists():
        raise FileNotFoundError(
            f"path must be a notebook or a folder; there is no {path}"
        )
    if path.suffix != ".ipynb":
        raise ValueError(f"path must be a notebook (.ipynb) or a folder; got {path}")
    return [read_hand_in(path, path.stem)]


# One hand-in


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
        return sum(r.points for r in self.results if r.question in OPEN_QUESTIONS)

    @property
    def is_complete(self):
        """Whether all points are earned that the grader decides."""
        return (self.proved, self.tested) == (PROVABLE, TESTABLE)


PROVABLE, TESTABLE, TICKABLE = (
    sum(QUESTIONS[name].points for name in names)
    for names in (DERIVATIONS, PROGRAMS, OPEN_QUESTIONS)
)


def run_job(time_limit, **job):
    """Do a job of `child_answers` in a process of its own."""
    return run(Job(path=[str(MLP_PARENT), *search_path()], **job), time_limit)


def read_answers(notebook, time_limit):
    """Return a notebook's answers as text, {question: entry}, and a note on errors.

    There is a traceback, too, if it was not the notebook's code that failed.
    """
    cells = notebook_cells(notebook, "answers")
    outcome = run_job(
        time_limit, task="transcribe", cells=cells, questions=IN_THE_NOTEBOOK
    )
    if len(outcome.lines) < len(IN_THE_NOTEBOOK):
        trace = "" if '"code cell ' in outcome.trace else outcome.trace
        return {}, f"The answers can't be read: {outcome.ending}.", trace
    answers = [line["answer"] for line in outcome.lines]
    note = "; ".join(outcome.lines[0]["errors"])
    if note:
        note = f"A part of the notebook failed: {note}"[:500]
    return dict(zip(IN_THE_NOTEBOOK, answers)), note, ""


def grade_answers(entries, time_limit):
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
        outcome = run_job(time_limit, task="grade", answers=entries[len(results) :])
        results += [
            as_result(*pair) for pair in zip(entries[len(results) :], outcome.lines)
        ]
        if len(results) < len(entries):
            results.append(ungraded(entries[len(results)][0], outcome))
    return results


def ungraded(question, outcome):
    """Return the result of an answer on which the child ended."""
    if outcome.trace:
        return failed(question, outcome.trace)
    return graded(question, None, hint=f"Grading it failed: {outcome.ending}.")


def as_result(entry, line):
    """Return the result that the child wrote."""
    found = line["counterexample"]
    found = found and Counterexample(**found)
    return Result(entry[0], line["points"], line["correct"], found, line["hint"])


def mark_answers(notebook, time_limit):
    """Return the results of the answers that are not programs, {question: Result}."""
    try:
        entries, note, trace = read_answers(notebook, time_limit)
    except Refused as refusal:
        entries, note, trace = {}, refusal.hint, ""
    given = {
        name: entry for name, entry in entries.items() if entry != {"kind": "none"}
    }
    hint = f"There is no answer. {note}".strip()
    results = {
        name: failed(name, trace) if trace else graded(name, None, hint=hint)
        for name in IN_THE_NOTEBOOK
    }
    return results | {
        r.question: r for r in grade_answers(list(given.items()), time_limit)
    }


def mark_programs(path, time_limit, **options):
    """Return the results of the programs, {question: Result}."""
    try:
        results = check_programs(PROGRAMS, path, time_limit, **options)
    except Exception:  # the grader's own; the other answers keep their marks
        results = [failed(name, traceback.format_exc()) for name in PROGRAMS]
    return {result.question: result for result in results}


def mark(hand_in, time_limit=60, *, full=False, proof_time=0):
    """Mark a hand-in.

    Its code runs in processes of its own; see `mlp.grader.programs.check_program` for
    what that protects from. Answers leave their process as text that is read without
    running anything, and are graded in another process.

    Parameters
    ----------
    hand_in : HandIn
    time_limit : float
        Seconds of CPU time of each process.
    full, proof_time
        As for `check_program`.

    Returns
    -------
    Marks
    """
    notebook = hand_in.files[NOTEBOOK].decode("utf-8", "replace")
    results = mark_answers(notebook, time_limit)
    with TemporaryDirectory(prefix="mlp-grader-") as folder:
        for name, content in hand_in.files.items():
            Path(folder, name).write_bytes(content)
        results |= mark_programs(
            Path(folder, NOTEBOOK), time_limit, full=full, proof_time=proof_time
        )
    return Marks(hand_in.name, [results[name] for name in QUESTIONS])


# Many


def connect(scheduler):
    """Return a client of a Dask scheduler.

    Raises
    ------
    ModuleNotFoundError
        Without the package distributed.
    OSError, ValueError
        When there is no scheduler at the address.
    """
    from distributed import Client  # few need it

    return Client(scheduler)


@contextmanager
def workers(scheduler):
    """Let joblib use the cores of this machine, or the workers of a Dask scheduler."""
    if scheduler is None:
        yield
        return
    with connect(scheduler), parallel_config("dask"):
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
