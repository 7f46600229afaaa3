"""Seconds of CPU time to mark a right hand-in, by part: alone, and in a class.

Run by `make bench-grader`. What the process that marks does, and what its children do,
are told apart; a class shares the former's start and the images of MNIST.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

CLASS = 6  # hand-ins
ROW = "{:34}{:>8.2f}{:>10.2f}"


def cpu():
    """Seconds of CPU time of this process, and of its children that have ended."""
    used = os.times()
    return used.user + used.system, used.children_user + used.children_system


class Table:
    """Seconds by part, printed as they come."""

    def __init__(self):
        self.last = cpu()
        self.total = [0.0, 0.0]
        print(f"{'':34}{'here':>8}{'children':>10}")

    def row(self, part):
        """Print what was used since the last row."""
        now = cpu()
        used = [b - a for a, b in zip(self.last, now)]
        self.total = [a + b for a, b in zip(self.total, used)]
        self.last = now
        print(ROW.format(part, *used), flush=True)


def main():
    """Mark the book's solution once, part by part, and then a class of it."""
    table = Table()
    from mlp.grader.marking import mark
    from mlp.grader.marking.folders import find_hand_ins
    from mlp.grader.programs.mnist import mnist_folder
    from mlp.grader.questions import PROGRAMS
    from mlp.grader.starter import solution

    table.row("imports")
    with TemporaryDirectory() as folder:
        for name, text in solution().items():
            Path(folder, name).write_text(text, "utf-8")
        [hand_in] = find_hand_ins(folder)
        table.row("the solution")
        mnist_folder()
        table.row("MNIST, once")
        notebook = Path(folder, "problem_set.ipynb")
        mark.mark_answers(notebook.read_text("utf-8"), 60)
        table.row("answers")
        mark.mark_programs(notebook, 60, full=False)
        table.row("programs, all questions")
        for name in PROGRAMS:
            mark.check_programs([name], notebook)
            table.row(f"{name} alone")
        start, before = time.perf_counter(), sum(cpu())
        marks = [mark.mark(hand_in) for _ in range(CLASS)]
        table.row(f"a class of {CLASS}")
        each = (sum(cpu()) - before) / CLASS
        assert all(one.is_complete for one in marks), marks[0].results
        wall = (time.perf_counter() - start) / CLASS
        print(f"{each:.2f} s of CPU a hand-in in a class, {wall:.2f} s by the clock")
        alone(folder)


def alone(folder):
    """Print what one hand-in takes by the command."""
    before = cpu()[1]
    command = [sys.executable, "-m", "mlp.grader", folder, "--prove", "0"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"{cpu()[1] - before:.2f} s of CPU for a single one, by the command")


if __name__ == "__main__":
    main()
