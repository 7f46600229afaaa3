"""Mark notebooks: one, or a class, here or on the workers of a Dask scheduler."""

import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

from mlp.grader.child.requests import Job
from mlp.grader.hand_in.notebook import read_notebook
from mlp.grader.hand_in.packing import MLP_PARENT, search_path
from mlp.grader.hand_in.process import run
from mlp.grader.hand_in.texts import text_of
from mlp.grader.marking.folders import NOTEBOOK
from mlp.grader.marking.grading import grade_answers
from mlp.grader.objections import Refused
from mlp.grader.programs.asking import check_programs
from mlp.grader.questions import DERIVATIONS, OPEN_QUESTIONS, PROGRAMS, QUESTIONS
from mlp.grader.result import failed, graded

IN_THE_NOTEBOOK = [name for name in QUESTIONS if name not in PROGRAMS]


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
    notes : tuple of str
        As those of `HandIn`.
    """

    name: str
    results: list
    notes: tuple = ()

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


def read_answers(notebook, time_limit, folder=None):
    """Return a notebook's answers as text, {question: entry}, and notes on errors.

    There is a traceback, too, if it was not the notebook's code that failed.
    """
    read = read_notebook(notebook)
    outcome = run_job(
        time_limit,
        task="transcribe",
        cells=read.slice_for("answers"),
        whole=read.whole(),
        written=read.written,
        beside=[str(folder)] if folder else [],
        questions=IN_THE_NOTEBOOK,
    )
    if len(outcome.lines) < len(IN_THE_NOTEBOOK):
        trace = "" if '"code cell ' in outcome.trace else outcome.trace
        return {}, [f"The answers can't be read: {outcome.ending}."], trace
    answers = [line["answer"] for line in outcome.lines]
    return dict(zip(IN_THE_NOTEBOOK, answers)), outcome.left_out, ""


def note_on(question, notes):
    """Return the notes that may say why an answer is missing: not those on others."""
    others = [f'"{name}"' for name in QUESTIONS if name != question]
    return " ".join(
        note
        for note in notes
        if f'"{question}"' in note or not any(name in note for name in others)
    )


def mark_answers(notebook, time_limit, folder=None):
    """Return the results of the answers that are not programs, {question: Result}.

    Parameters
    ----------
    notebook : str
        The text of the file.
    time_limit : float
    folder : path, optional
        Where the modules beside it are.
    """
    try:
        entries, notes, trace = read_answers(notebook, time_limit, folder)
    except Refused as refusal:
        entries, notes, trace = {}, [refusal.hint], ""
    given = {
        name: entry for name, entry in entries.items() if entry != {"kind": "none"}
    }
    none = "There is no answer. "
    hints = {name: none + note_on(name, notes) for name in IN_THE_NOTEBOOK}
    results = {
        name: failed(name, trace) if trace else graded(name, None, hint=hint.strip())
        for name, hint in hints.items()
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

    Its code runs in processes of its own; `check_program` says what that
    protects from. Answers leave their process as text that is read without
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
    try:
        if hand_in.problem:
            raise Refused(hand_in.problem)
        notebook = text_of(hand_in.files[NOTEBOOK], NOTEBOOK)
    except Refused as refusal:
        return unread(hand_in, f"the notebook cannot be read: {refusal.hint}")
    with TemporaryDirectory(prefix="mlp-grader-") as folder:
        for name, content in hand_in.files.items():
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_bytes(content)
        results = mark_answers(notebook, time_limit, folder)
        results |= mark_programs(
            Path(folder, NOTEBOOK), time_limit, full=full, proof_time=proof_time
        )
    return Marks(hand_in.name, [results[name] for name in QUESTIONS], hand_in.notes)


def unread(hand_in, hint):
    """Return the marks of a hand-in of which nothing can be read."""
    results = [
        graded(name, False if name in PROGRAMS else None, hint=hint)
        for name in QUESTIONS
    ]
    return Marks(hand_in.name, results, hand_in.notes)


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
