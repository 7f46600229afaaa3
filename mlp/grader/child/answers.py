"""What a child process does with answers that are not programs.

One process runs the notebook and writes its answers down as text; another one, in which
no hand-in runs, reads the text and grades it. So whatever a hand-in does, it does not
do it where answers are graded.
"""

import sys
from dataclasses import replace

import mlp.grader
from mlp.grader import check
from mlp.grader.child import imports
from mlp.grader.child.limits import limit_time
from mlp.grader.child.loading import written
from mlp.grader.child.messages import describe_error
from mlp.grader.child.session import Anything, prepare
from mlp.grader.child.statements import (
    ALL_SHARES,
    SMALL_SHARE,
    new_module,
    run_statements,
)
from mlp.grader.child.wire import decode
from mlp.grader.marking import transcript
from mlp.grader.objections import Unreadable
from mlp.grader.result import unreadable

SHARE_OF_ANSWERS = 5  # seconds of CPU time for a statement: they are formulas


def answers_in(cells, *shares):
    """Run cells; return the answers that they give, and the errors."""
    module = new_module("hand_in")
    errors = run_statements(cells, module, *shares)
    answers = getattr(module, "answers", None)
    return answers if isinstance(answers, dict) else {}, errors


def transcribe(job):
    """Yield the answers of a hand-in as text, a dict for each question.

    All of the notebook is run only if the statements that `answers` needs lack one.
    """
    prepare()
    imports.prepare()
    sys.path[:] = [*job.path, *written(job.written), *job.beside]
    mlp.grader.check = Anything()  # what counts is graded once, elsewhere
    answers, errors = answers_in(job.cells, SHARE_OF_ANSWERS)
    missing = [question for question in job.questions if question not in answers]
    if any(is_named(question, job.whole) for question in missing):
        found, again = answers_in(job.whole, SMALL_SHARE, ALL_SHARES)
        if set(missing) & set(found):
            answers, errors = found, again
    left_out = [describe_error(error) for error in errors]
    for question in job.questions:
        answer = transcript.write_answer(answers.get(question, ...), question)
        yield {"answer": answer, "left_out": left_out}


def is_named(question, cells):
    """Tell whether cells name a question elsewhere than where they check it."""
    text = "\n".join(source for _, source in cells)
    return len(text.split(question)) > 1 + text.count(f'("{question}"')


def grade(job):
    """Yield the results of answers that `transcribe` wrote, a dict for each."""
    for question, entry in job.answers:
        try:
            result = check(question, transcript.read_answer(entry))
        except Unreadable as error:
            result = unreadable(question, error)
        found, shown = result.counterexample, None
        if found is not None:
            parts = {
                name: getattr(found, name, None) for name in ["values", "claim", "true"]
            }
            shown = {**parts, "text": str(found)}
        yield {
            "points": result.points,
            "correct": result.correct,
            "hint": result.hint,
            "counterexample": shown,
        }


def serve(job):
    """Grade what comes in, a line for each hand-in, until there is no more."""
    for line in sys.__stdin__:
        order = decode(line)
        limit_time(order["time_limit"], stays=True)
        yield from grade(replace(job, answers=order["answers"]))
        yield {"done": True}


TASKS = {"transcribe": transcribe, "serve": serve}
