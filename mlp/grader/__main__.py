"""Mark notebooks from the command line: ``python -m mlp.grader hand_in.ipynb``."""

import argparse
import sys
import traceback

from mlp.grader.marking.folders import find_hand_ins
from mlp.grader.marking.mark import connect, mark_all
from mlp.grader.marking.printing import visible, write
from mlp.grader.marking.tables import FORMATS
from mlp.grader.programs.asking import PROOF_TIME

EPILOG = """\
A hand-in is a notebook made from the starter: its answers are in the dict `answers`,
its class TwoLayerMLP is defined in it or imported from the mlp.py beside it. The exit
status is 0 if all points are earned that the grader decides, 1 if not, 2 if the command
can't be understood, 3 if the grader itself failed, which it then tells on stderr. In a
folder with an mlp.py that hides the package, say `python -P -m mlp.grader`."""


def parser():
    """Return the parser of the command line."""
    result = argparse.ArgumentParser(
        prog="python -m mlp.grader", description="Mark hand-ins.", epilog=EPILOG
    )
    result.add_argument("path", help="a notebook, or a folder of notebooks")
    result.add_argument(
        "--format", choices=FORMATS, default="text", help="default: text"
    )
    result.add_argument(
        "--full",
        action="store_true",
        help="train on MNIST for all 20 epochs; otherwise for 1",
    )
    result.add_argument(
        "--time-limit",
        type=float,
        default=60,
        metavar="SECONDS",
        help="CPU time of each process of a hand-in; default: 60",
    )
    result.add_argument(
        "--prove",
        type=float,
        metavar="SECONDS",
        help="time for a try to prove the gradients of a program, on which no marks "
        f"depend; default: {PROOF_TIME} for one notebook, 0 for several",
    )
    result.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of a Dask scheduler, whose workers then mark",
    )
    return result


def main(arguments=None):
    """Mark, print the table, and return the exit status."""
    options = parser().parse_args(arguments)
    if not options.time_limit > 0:
        parser().error(
            f"--time-limit must be greater than 0; got {options.time_limit:g}"
        )
    if options.prove is not None and not 0 <= options.prove < float("inf"):
        parser().error(f"--prove must be finite and at least 0; got {options.prove:g}")
    try:
        hand_ins = find_hand_ins(options.path)
        if options.scheduler:
            connect(options.scheduler).close()
    except ModuleNotFoundError as error:
        if error.name != "distributed":
            raise
        parser().error("--scheduler needs the package distributed")
    except (OSError, ValueError) as error:
        parser().error(str(error))
    proof_time = options.prove
    if proof_time is None:
        proof_time = PROOF_TIME if len(hand_ins) == 1 else 0
    try:
        several = mark_all(
            hand_ins,
            options.scheduler,
            time_limit=options.time_limit,
            full=options.full,
            proof_time=proof_time,
        )
    except Exception:
        traceback.print_exc()
        return 3
    write(FORMATS[options.format](several))
    failures = [
        (m.name, r.question, r.error) for m in several for r in m.results if r.error
    ]
    for name, question, error in failures:
        write(visible(f"{name}, {question}: the grader failed\n{error}"), sys.stderr)
    if failures:
        return 3
    return 0 if all(marks.is_complete for marks in several) else 1


if __name__ == "__main__":
    sys.exit(main())
