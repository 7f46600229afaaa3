"""Marks as text: for reading, for a spreadsheet, for a program, for a comment."""

import csv
import io
import json

from mlp.grader.marking import PROVABLE, TESTABLE, TICKABLE
from mlp.grader.questions import OPEN_QUESTIONS, QUESTIONS
from mlp.grader.result import VERDICTS


def in_a_word(result):
    """Return the verdict on an answer in a word or two."""
    if result.question in OPEN_QUESTIONS:
        return "· ticked"
    return " ".join(VERDICTS[result.correct])


def comment(result):
    """Return in a line what a verdict rests on, and what was proved of a program."""
    found = "" if result.counterexample is None else f"{result.counterexample}. "
    why = " ".join(f"{result.ground}{found}{result.hint}".split())
    return f"{why.rstrip('.')}. {result.proof}" if result.proof else why


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
        yield [marks.name, *(f"{number:g}" for number in points + sums)]


def as_text(several):
    """Return a line for each question; of several hand-ins, a line for each of them."""
    if len(several) == 1:
        lines = [
            f"{r.question:7}{r.points:3g} of {r.out_of:2}  {in_a_word(r):15} "
            f"{comment(r)}"
            for r in several[0].results
        ]
        lines.append(f"{several[0].name}: {points_in_words(several[0])}")
        return "\n".join(line.rstrip() for line in lines)
    table = list(rows(several))
    widths = [max(map(len, column)) for column in zip(*table)]
    lines = [[cell.rjust(width) for cell, width in zip(row, widths)] for row in table]
    return "\n".join(
        "  ".join([row[0].strip().ljust(widths[0]), *row[1:]]) for row in lines
    )


def as_markdown(several):
    """Return the table of `as_text` in Markdown."""
    table, end = list(rows(several)), ""
    if len(several) == 1:
        table = [["question", "points", "verdict", "why"]]
        for r in several[0].results:
            table.append(
                [r.question, f"{r.points:g} of {r.out_of}", in_a_word(r), comment(r)]
            )
        end = f"\n\n**{several[0].name}**: {points_in_words(several[0])}"
    table.insert(1, ["---"] * len(table[0]))
    cells = [[cell.replace("|", "\\|") for cell in row] for row in table]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells) + end


def as_csv(several):
    """Return the points as comma-separated values, a row for each hand-in."""
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(rows(several))
    return output.getvalue().rstrip("\n")


def as_json(several):
    """Return everything that is known about the hand-ins."""
    return json.dumps(
        [
            {
                "hand_in": marks.name,
                "proved": marks.proved,
                "tested": marks.tested,
                "ticked": marks.ticked,
                "questions": {r.question: result_as_dict(r) for r in marks.results},
            }
            for marks in several
        ],
        indent=2,
        ensure_ascii=False,
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
    }


FORMATS = {"text": as_text, "json": as_json, "csv": as_csv, "markdown": as_markdown}
