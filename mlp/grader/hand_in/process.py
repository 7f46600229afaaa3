"""A job in a process of its own: how it is started, and what comes out of it."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from mlp.grader.child.wire import decode, encode

# Seconds by the clock for one of CPU time, and to start; after them it has to have
# computed for a share of them, or it is stopped. Where others have the processor, a
# right program may wait for it longer than it computes.
WALL_FACTOR, WALL_START, LEAST_SHARE = 3, 10, 0.05

TOLD = 3  # statements that are left out are told one by one

GRADER = Path(__file__).resolve().parents[1]
CHILD = GRADER / "child" / "__main__.py"


@dataclass(frozen=True)
class Outcome:
    """What came out of a job.

    Attributes
    ----------
    lines : list of dict
        One for each part of the job that was done.
    ending : str
        About an error, or about a child that was stopped, crashed or left; without a
        full stop.
    trace : str
        Of an error.
    left_out : tuple of str
        What was not run of the hand-in, and why.
    """

    lines: list
    ending: str
    trace: str
    left_out: tuple = ()


@cache
def folder_of_fonts():
    """Return where matplotlib keeps what it knows of fonts."""
    import matplotlib  # takes long, and only programs need it

    return matplotlib.get_cachedir()


def environment(home):
    """Return the child's variables: its home, one thread, pictures without a screen."""
    homes = dict.fromkeys(["HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP"], str(home))
    threads = dict.fromkeys(
        ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1"
    )
    fonts = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": folder_of_fonts()}
    return {**os.environ, **homes, **threads, **fonts}


def read_lines(path):
    """Return the lines that the child wrote, up to the first that is not whole."""
    lines = []
    if path.is_file():
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            for line in path.read_text("utf-8", errors="replace").splitlines():
                lines.append(decode(line))
    return [line for line in lines if isinstance(line, dict)]


def describe_ending(status, time_limit, words):
    """Return why the child ended before it was done, without a full stop.

    Parameters
    ----------
    status : int or None
        None if it was stopped, as it hardly computed.
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


def command(folder):
    """Return the command that does the job in a folder."""
    options = ["-B", "-P", "-X", "utf8"]
    return [sys.executable, *options, str(CHILD), str(folder)]


def has_ended(child, seconds):
    """Wait for the end of a process; tell whether it has come."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    return child.poll() is not None


def cpu_time(pid):
    """Return the seconds of CPU time that a process has used; 0 if it is gone."""
    import psutil  # here and not above: a browser, which has no processes, lacks it

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system


def computes_until(is_done, pid, time_limit):
    """Wait until something is done, as long as a process computes for it.

    Parameters
    ----------
    is_done : callable
        Waits for so many seconds at most, and tells whether it is done.
    pid : int
        The process's, which may have computed before.
    time_limit : float
        Seconds of CPU time.

    Returns
    -------
    is_done : bool
        False if it hardly computed, or for longer than it may: where the platform has
        no limit on CPU time, nothing else ends it.
    """
    window = WALL_FACTOR * time_limit + WALL_START
    start = used = cpu_time(pid)
    while not is_done(window):
        before, used = used, cpu_time(pid)
        is_idle = used - before < LEAST_SHARE * window
        if is_idle or used - start > time_limit + WALL_START:
            return False
    return True


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
    X"""
    with TemporaryDirectory(prefix="mlp-grader-", ignore_cleanup_errors=True) as folder:
        home = Path(folder, "home")
        home.mkdir()
        requests = [vars(request) for request in job.requests]
        told = vars(replace(job, time_limit=time_limit, requests=requests))
        Path(folder, "job.json").write_text(encode(told), "utf-8")
        with (
            open(Path(folder, "errors"), "w+b") as errors,
            subprocess.Popen(
                command(folder),
                cwd=home,
                env=environment(home),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            ) as child,
        ):
            try:
                computes_until(partial(has_ended, child), child.pid, time_limit)
                status = child.poll()
            finally:
                child.kill()
            errors.seek(0)
            words = errors.read(200).decode("utf-8", "replace").strip()
        lines = read_lines(Path(folder, "answers"))
    ending = describe_ending(status, time_limit, words)
    not_run = [] if lines and lines[0].get("all") else job.left_out
    left_out = (*not_run, *errors_left_out(lines), *notes_of(lines))
    return replace(outcome_of(lines, ending), left_out=left_out)


def outcome_of(lines, ending):
    """Return the outcome of the lines that a child wrote; an error ends them."""
    for number, line in enumerate(lines):
        if "error" in line:
            trace = "".join(after.get("trace", "") for after in lines[number + 1 :])
            return Outcome(lines[:number], describe_failure(line), trace)
    return Outcome(lines, ending, "")


def errors_left_out(lines):
    """Return a sentence on each statement that could not be run; a few of them."""
    errors = [*dict.fromkeys(lines[0].get("left_out", []))] if lines else []
    texts = [f"Left out, as it can't be run: {error}." for error in errors[:TOLD]]
    more = len(errors) - TOLD
    return texts + ([f"So are {more} more."] if more > 0 else [])


def notes_of(lines):
    """Return what the child has to say of how the hand-in was run."""
    return [*dict.fromkeys(lines[0].get("notes", []))] if lines else []
