"""What a child process does with answers that are not programs.

One process runs the notebook and writes its answers down as text; another one, in which
no hand-in runs, reads the text and grades it. So whatever a hand-in does, it does not
do it where answers are graded.
"""

import ast
import sys
import types

from mlp.grader import check, transcript
from mlp.grader.child_program import describe_error, remember
from mlp.grader.objections import Unreadable
from mlp.grader.result import unreadable


def run_statements(cells):
    """Run the cells of a notebook; a statement that fails does not stop the others.

    Returns
    -------
    namespace : dict
    errors : list of str
    """
    module, errors = types.ModuleType("hand_in"), []
    sys.modules["hand_in"] = module
    for name, source in cells:
        remember(name, source)
        try:
            statements = ast.parse(source, name).body
        except (SyntaxError, ValueError) as error:
            statements = []
            errors.append(describe_error(error))
        for statement in statements:
            try:
                code = compile(
                    ast.Module([statement], []), name, "exec", dont_inherit=True
                )
                exec(code, vars(module))
            except BaseException as error:  # sys.exit, too
                errors.append(describe_error(error))
    return vars(module), errors


def transcribe(job):
    """Yield the answers of a hand-in as text, a dict for each question."""
    namespace, errors = run_statements(job.cells)
    answers = namespace.get("answers")
    for question in job.questions:
        answer = answers.get(question, ...) if isinstance(answers, dict) else ...
        yield {"answer": transcript.write_answer(answer, question), "errors": errors}


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


TASKS = {"transcribe": transcribe, "grade": grade}
