"""Grade answers that are text, in processes that stay for the next hand-in.

To start one costs more than to grade a hand-in, and what is proved once is known then.
No hand-in runs in them.
"""

import atexit
import contextlib
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from mlp.grader.child.requests import Job
from mlp.grader.child.wire import decode, encode
from mlp.grader.hand_in.packing import MLP_PARENT, search_path
from mlp.grader.hand_in.process import (
    command,
    computes_until,
    describe_ending,
    environment,
    outcome_of,
)
from mlp.grader.objections import Counterexample
from mlp.grader.result import Result, failed, graded

MOST_SERVED = 100  # hand-ins, then a process is replaced
idle, known = [], {}  # processes; what was graded, by question and text


class GradingProcess:
    """A child that grades the answers of one hand-in after the other."""

    def __init__(self):
        self.owner, self.served = os.getpid(), 0
        self.folder = TemporaryDirectory(
            prefix="mlp-grader-", ignore_cleanup_errors=True
        )
        home = Path(self.folder.name, "home")
        home.mkdir()
        path = [str(MLP_PARENT), *search_path()]
        job = Job(task="serve", path=path, time_limit=float("inf"))
        Path(self.folder.name, "job.json").write_text(encode(vars(job)), "utf-8")
        self.child = subprocess.Popen(
            command(self.folder.name),
            cwd=home,
            env=environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def grade(self, entries, time_limit):
        """Return the outcome of grading; a line for each entry, as far as it came."""
        self.served += 1
        lines, stopped, done = [], [], Event()

        def watch():
            if not computes_until(done.wait, self.child.pid, time_limit):
                stopped.append(True)
                self.child.kill()

        Thread(target=watch, daemon=True).start()
        try:
            order = {"answers": entries, "time_limit": time_limit}
            self.child.stdin.write(encode(order) + "\n")
            self.child.stdin.flush()
            while line := self.child.stdout.readline():
                if "done" in (answer := decode(line)):
                    return outcome_of(lines, "")
                lines.append(answer)
        except (OSError, ValueError):  # it has ended, or a line is not whole
            pass
        finally:
            done.set()
        status = self.child.wait()
        ending = describe_ending(None if stopped else status, time_limit, "")
        return outcome_of(lines, ending)

    @property
    def may_stay(self):
        """Whether it can serve once more."""
        return self.served < MOST_SERVED and self.child.poll() is None

    def close(self):
        """End the process, and remove its folder."""
        self.child.kill()
        with contextlib.suppress(OSError):
            self.child.communicate()
        self.folder.cleanup()


@atexit.register
def close_all():
    """End the processes that were started here."""
    while idle:
        process = idle.pop()
        if process.owner == os.getpid():
            process.close()


def grade_together(entries, time_limit):
    """Return the outcome of grading entries in a process that others had, too."""
    process = idle.pop() if idle else None
    if process is None or process.owner != os.getpid():  # a fork has its parent's
        process = GradingProcess()
    outcome = process.grade(entries, time_limit)
    if process.may_stay:
        idle.append(process)
    else:
        process.close()
    return outcome


def grade_answers(entries, time_limit):
    """Grade answers that are text.

    Parameters
    ----------
    entries : list of pairs
        Question and text.
    time_limit : float
        Seconds of CPU time for all of them.

    Returns
    -------
    results : list of Result
    """
    results = {}
    while left := [entry for entry in entries if encode(entry) not in results]:
        new = [entry for entry in left if encode(entry) not in known]
        outcome = grade_together(new, time_limit) if new else None
        graded_now = zip(new, outcome.lines if outcome else [])
        known.update(
            (encode(entry), as_result(entry, line)) for entry, line in graded_now
        )
        if outcome and len(outcome.lines) < len(new):
            entry = new[len(outcome.lines)]
            results[encode(entry)] = ungraded(entry[0], outcome)
        results |= {e: known[e] for e in map(encode, left) if e in known}
    return [results[encode(entry)] for entry in entries]


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
