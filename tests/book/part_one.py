"""Parts I and V, executed: what its chapters prove, refuse and accept.

`run_part_one` executes the code cells of every chapter with proofs in this process
and records each theorem, each refusal and each acceptance. As a script it prints the
counts.
"""

import contextlib
import functools
import io
import linecache
import re
import symtable
import time
import warnings
from dataclasses import dataclass

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol, preorder_traversal, sympify

from book.tools.chapters import tags
from book.tools.labels import derivations
from mlp import proof

ANSWERS = [
    "Q1.1",
    "Q1.2",
    "Q1.3",
    "Q1.4",
    "Q1.5 (b1)",
    "Q1.5 (W1)",
    "Q1.6",
    "Q3.1",
    "Q3.2",
]
CHAPTERS = derivations()


@dataclass
class Event:
    """Something that a chapter asked the checker."""

    kind: str  # "theorem", "not proved", "refused", "accepted"
    label: str
    claim: object
    result: object  # the theorem, or the counterexample as text
    seconds: float
    chapter: str


def recorder(events, chapter):
    """Return decorators that note what `prove`, `refuses` and `accepts` return."""

    inside = []

    def noted(kind, call, label, claim):
        if inside:  # refuses may call accepts
            return call()
        inside.append(kind)
        start, outcome = time.perf_counter(), None
        try:
            outcome = kind, call()
            return outcome[1]
        except proof.NotProved as error:
            outcome = "not proved", error.counterexample
            raise
        finally:
            inside.clear()
            if outcome:
                seconds = time.perf_counter() - start
                events.append(
                    Event(outcome[0], label, claim, outcome[1], seconds, chapter)
                )

    def of_prove(prove):
        @functools.wraps(prove)
        def wrapper(label, claim, *args, **kwargs):
            return noted(
                "theorem", lambda: prove(label, claim, *args, **kwargs), label, claim
            )

        return wrapper

    def of_method(kind, method):
        @functools.wraps(method)
        def wrapper(theorem, claim):
            return noted(kind, lambda: method(theorem, claim), theorem.label, claim)

        return wrapper

    return of_prove, of_method


def compiled(source, name):
    """Code whose functions show their text, as those of a notebook's cell do."""
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    return compile(source, name, "exec")


ASKS = re.compile(r"\bprove\(|\.(?:refuse|refuses|accepts)\(")


def symbols_of(source):
    """The names that a cell makes, and those that it reads."""
    table, inner = symtable.symtable(source, "cell", "exec"), []
    made = {s.get_name() for s in table.get_symbols() if s.is_assigned()}
    made |= {s.get_name() for s in table.get_symbols() if s.is_imported()}
    read = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    rooms = table.get_children()
    while rooms:
        room = rooms.pop()
        rooms += room.get_children()
        inner += [s.get_name() for s in room.get_symbols() if s.is_global()]
    return made, read | set(inner)


def cells_for_proofs(chapter):
    """The cells that ask the checker, and those that make the names they read.

    A chapter of Part V trains networks and proves programs, too; nbval runs that.
    """
    cells, needed = chapter.code_cells, set()
    todo = [k for k, cell in enumerate(cells) if ASKS.search(cell.source)]
    symbols = [symbols_of(cell.source) for cell in cells]
    while todo:
        k = todo.pop()
        needed.add(k)
        for name in symbols[k][1]:
            makers = [j for j in range(k) if name in symbols[j][0]]
            todo += [j for j in makers[-1:] if j not in needed]
    return [cells[k] for k in sorted(needed)]


def run_chapter(chapter, events):
    """Execute a chapter's cells in a namespace of their own, and record."""
    of_prove, of_method = recorder(events, chapter.name)
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(io.StringIO()),
    ):
        patch.chdir(chapter.path.parent)
        patch.setattr(proof, "prove", of_prove(proof.prove))
        patch.setattr(
            proof.Theorem, "refuses", of_method("refused", proof.Theorem.refuses)
        )
        patch.setattr(
            proof.Theorem, "accepts", of_method("accepted", proof.Theorem.accepts)
        )
        public = {
            name: x for name, x in vars(proof).items() if not name.startswith("__")
        }
        namespace = {"__name__": "__main__", "display": lambda *shown, **how: None}
        is_today = chapter.part == "today"
        for cell in cells_for_proofs(chapter) if is_today else chapter.code_cells:
            if any(tag.startswith("mlp/proof") for tag in tags(cell)):
                namespace |= public  # the files are the text of these cells
            else:
                exec(compiled(cell.source, f"{chapter.name}/{cell.id}"), namespace)


@functools.cache
def run_part_one():
    """Execute all chapters once; return the list of events."""
    events = []
    settings = matplotlib.rcParams.copy()
    matplotlib.use("Agg")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*non-interactive.*")
        for chapter in CHAPTERS:
            run_chapter(chapter, events)
            plt.close("all")
    matplotlib.rcParams.update(settings)
    return events


def of(kind, label=None):
    """The events of a kind, of one label or of all."""
    return [e for e in run_part_one() if e.kind == kind and label in (None, e.label)]


def theorem(label):
    """The theorem with this label."""
    [event] = of("theorem", label)
    return event.result


def names(rule):
    """The matrices and scalars of a theorem."""
    equation = rule.equation
    exprs = [equation.left, equation.right, *equation.where, *equation.where.values()]
    parts = {part for expr in exprs for part in preorder_traversal(sympify(expr))}
    return {part for part in parts if isinstance(part, (MatrixSymbol, Symbol))}


def right_side(rule, formula=None, **values):
    """The right-hand side of a theorem at arrays and numbers, given by name.

    formula is a pair (f(z), meaning) for a theorem in which f is abstract.
    """
    given = dict([formula] if formula else [])
    for name, value in values.items():
        kind = MatrixSymbol if np.ndim(value) else Symbol
        found = [s for s in names(rule) if s.name == name and isinstance(s, kind)]
        assert found, (
            f"{rule.label} has no {name}: {sorted(s.name for s in names(rule))}"
        )
        given |= dict.fromkeys(found, value)
    return rule.evaluate(given)


def summary():
    """Counts, as a few lines of text."""
    theorems, refused = of("theorem"), of("refused")
    labels = {e.label for e in theorems}
    by_shape = sum(e.result.startswith("the shapes") for e in refused)
    lines = [
        f"{len(theorems)} theorems: "
        f"{sum(n.startswith('eq:') for n in labels)} with a number, "
        f"{sum(n in ANSWERS for n in labels)} answers of the problem set",
        f"{len(refused)} mutants refused, {by_shape} of them by their shapes; "
        f"{len(of('accepted'))} rewritings accepted",
        f"proofs {sum(e.seconds for e in theorems):.1f} s, refusals "
        f"{sum(e.seconds for e in refused):.1f} s, rewritings "
        f"{sum(e.seconds for e in of('accepted')):.1f} s",
    ]
    for chapter in CHAPTERS:
        mine = [e for e in run_part_one() if e.chapter == chapter.name]
        count = {
            kind: sum(e.kind == kind for e in mine)
            for kind in ["theorem", "refused", "accepted", "not proved"]
        }
        lines.append(
            f"{chapter.name:18} " + ", ".join(f"{n} {k}" for k, n in count.items())
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(summary())
