"""What runs in the child processes for answers that are not programs.

The parent runs this file by its path: once to run the notebook and write its answers down as
text, and once more, in a fresh process, to read the text and grade it. So whatever a hand-in
does, it does not do it where answers are graded.
"""

import ast
import contextlib
import json
import linecache
import os
import sys
import types
from pathlib import Path


def run_statements(cells):
    """Run the cells of a notebook; a statement that fails does not stop the others.

    Returns
    -------
    namespace : dict
    errors : list of str
    """
    from mlp.grader.worker import describe

    module, errors = types.ModuleType("hand_in"), []
    sys.modules["hand_in"] = module
    for name, source in cells:
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        try:
            statements = ast.parse(source, name).body
        except (SyntaxError, ValueError) as error:
            statements = errors.append(describe(error)) or []
        for statement in statements:
            try:
                code = compile(ast.Module([statement], []), name, "exec", dont_inherit=True)
                exec(code, vars(module))
            except BaseException as error:  # sys.exit, too
                errors.append(describe(error))
    return vars(module), errors


def transcribe(job):
    """Yield the answers of a hand-in as text, a dict for each question."""
    from mlp.grader import transcript

    namespace, errors = run_statements(job["cells"])
    answers = namespace.get("answers")
    for question in job["questions"]:
        answer = answers.get(question, ...) if isinstance(answers, dict) else ...
        yield {"answer": transcript.write(answer, question), "errors": errors}


def judge(job):
    """Yield the verdicts on answers that `transcribe` wrote, a dict for each."""
    from mlp.grader import check, transcript
    from mlp.grader.reading import Unreadable
    from mlp.grader.result import unreadable

    for question, entry in job["answers"]:
        try:
            result = check(question, transcript.read(entry))
        except Unreadable as error:
            result = unreadable(question, error)
        found, shown = result.counterexample, None
        if found is not None:
            parts = {name: getattr(found, name, None) for name in ["values", "claim", "true"]}
            shown = {**parts, "text": str(found)}
        yield {"points": result.points, "correct": result.correct, "hint": result.hint,
               "counterexample": shown}  # fmt: skip


def main(folder):
    """Do the job in the folder: write a line for each question."""
    job = json.loads(Path(folder, "job.json").read_text("utf-8"))
    sys.path[:], sys.argv[1:] = job["path"], []
    from mlp.grader.worker import Shortened, encode, limit_resources, refuse_outside

    output = Shortened()
    with open(Path(folder, "answers"), "w", encoding="utf-8") as answers:
        limit_resources(job["time_limit"])
        refuse_outside(os.getcwd())
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            with contextlib.suppress(BaseException):
                for line in {"transcribe": transcribe, "judge": judge}[job["task"]](job):
                    answers.write(encode(line) + "\n")
                    answers.flush()
    os._exit(0)  # no exit handlers, no waiting for threads


if __name__ == "__main__":
    main(sys.argv[1])
