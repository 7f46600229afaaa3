"""Marks as text: for reading, for a spreadsheet, for a program, for a comment."""

import csv
import io
import json

from mlp.grader.marking.mark import PROVABLE, TESTABLE, TICKABLE
from mlp.grader.marking.printing import visible
from mlp.grader.questions import OPEN_QUESTIONS, QUESTIONS


def in_a_word(result):
    """Return the verdict on an answer in a word or two."""
    if result.question in OPEN_QUESTIONS:
        return "· ticked"
    return " ".join(result.in_a_word)


def comment(result):
    """Return in a line what a verdict rests on, and what was proved of a program."""
    found = "" if result.counterexample is None else f"{result.counterexample}. "
    why = " ".join(f"{result.ground}{found}{result.hint}".split())
    said = [f"{why.rstrip('.')}.", result.proof, *result.remarks]
    return visible(" ".join(text for text in said if text) if any(said[1:]) else why)


def name_of(marks):
    """Return the name of a hand-in in one line."""
    return visible(marks.name).replace("\n", "\\n")


def notes_on(several):
    """Return a line for each note on how hand-ins were found."""
    return [visible(f"{m.name}: {note}.") for m in several for note in m.notes]


def points_in_words(marks):
    """Return the points of a hand-in: those proved, tested and ticked, each apart."""
    points = marks.proved + marks.tested + marks.ticked
    return (
        f"proved {marks.proved:g} of {PROVABLE} points, tested {marks.tested:g} of "
        f"{TESTABLE}, ticked {marks.ticked:g} of {TICKABLE}: "
        f"{points:g} of {PROVABLE + TESTABLE + TICKABLE}"
    )


def rows(several):
    """Return a table of all hand-ins: a row for each, the points by question."""
    yield ["hand-in", *QUESTIONS, "proved", "tested", "ticked", "total"]
    for marks in several:
        points = [result.points for result in marks.results]
        sums = [marks.proved, marks.tested, marks.ticked]
        sums.append(sum(sums))
        yield [name_of(marks), *(f"{number:g}" for number in points + sums)]


def as_text(several):
    """Return a line for each question; of several hand-ins, a line for each of them."""
    if len(several) == 1:
        lines = [
            f"{r.question:7}{r.points:3g} of {r.out_of:2}  {in_a_word(r):15} "
            f"{comment(r)}"
            for r in several[0].results
        ]
        lines.append(f"{name_of(several[0])}: {points_in_words(several[0])}")
        return "\n".join(line.rstrip() for line in lines + notes_on(several))
    table = list(rows(several))
    widths = [max(map(len, column)) for column in zip(*table)]
    lines = [[cell.rjust(width) for cell, width in zip(row, widths)] for row in table]
    lines = ["  ".join([row[0].strip().ljust(widths[0]), *row[1:]]) for row in lines]
    return "\n".join(lines + notes_on(several))


def as_markdown(several):
    """Return the table of `as_text` in Markdown."""
    table, end = list(rows(several)), ""
    if len(several) == 1:
        table = [["question", "points", "verdict", "why"]]
        for r in several[0].results:
            table.append(
                [r.question, f"{r.points:g} of {r.out_of}", in_a_word(r), comment(r)]
            )
        end = f"\n\n**{name_of(several[0])}**: {points_in_words(several[0])}"
    table.insert(1, ["---"] * len(table[0]))
    cells = [[cell.replace("|", "\\|") for cell in row] for row in table]
    end += "".join(f"\n\n{note}" for note in notes_on(several))
    return "\n".join(f"| {' | '.join(row)} |" for row in cells) + end


def as_csv(several):
    """Return the points as comma-separated values, a row for each hand-in."""
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(
        [no_formula(name), *cells] for name, *cells in rows(several)
    )
    return output.getvalue().rstrip("\n")


def no_formula(name):
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name


def as_json(several):
    """Return everything that is known about the hand-ins, in ASCII."""
    return json.dumps(
        [
            {
                "hand_in": marks.name,
                **({"notes": list(marks.notes)} if marks.notes else {}),
                "proved": marks.proved,
                "tested": marks.tested,
                "ticked": marks.ticked,
                "questions": {r.question: result_as_dict(r) for r in marks.results},
            }
            for marks in several
        ],
        indent=2,
        default=str,
    )


def result_as_dict(result):
    """Return a result as JSON has it."""
    found = result.counterexample
    more = {name: getattr(result, name) for name in ("error", "proof")}
    return {
        "points": result.points,
        "out_of": result.out_of,
        "kind": QUESTIONS[result.question].kind,
        "correct": result.correct,
        "counterexample": None if found is None else str(found),
        "hint": result.hint,
        **{name: text for name, text in more.items() if text},
        **({"remarks": list(result.remarks)} if result.remarks else {}),
    }


FORMATS = {"text": as_text, "json": as_json, "csv": as_csv, "markdown": as_markdown}
