"""What runs in a child process: it does a job, and writes down what came.

The parent runs this file by its path, for all jobs. To ask a hand-in it imports nothing
of the package, so the hand-in decides what `import mlp` means; it judges nothing, so
there is no verdict to tamper with.
"""

import contextlib
import os
import sys
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def beside(name):
    """Return the module of a file beside this one, under a name no hand-in has."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = spec_from_file_location(f"mlp_grader_child_{name}", path)
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


requests, wire, limits = beside("requests"), beside("wire"), beside("limits")
messages, statements, session = (
    beside("messages"),
    beside("statements"),
    beside("session"),
)
imports, loading, asking = beside("imports"), beside("loading"), beside("asking")


def ask_hand_in(job):
    """Yield that the hand-in is loaded, then what came of each request."""
    home = os.getcwd()
    session.prepare(job.grader)
    imports.prepare()
    loaded = loading.load_hand_in(job, requests.CLASS_NAME, statements, imports)
    make, left_out = loaded.make, list(map(messages.describe_error, loaded.errors))
    told = {"left_out": left_out, "all": loaded.ran_all, "notes": imports.notes}
    yield {"loaded": callable(make), **told}
    for request in job.requests:
        os.chdir(home)
        yield what_came(request, make)


def what_came(request, make):
    """Return the answer to a request, or the error that it met."""
    try:
        return {"answer": asking.reply(request, make)}
    except BaseException as error:  # sys.exit, too
        words = messages.describe_error(error)
        return {"raised": words, "trace": traceback.format_exc()}


def task_of(job):
    """Return the function that does the job."""
    if job.task == "ask":
        return ask_hand_in
    sys.path[:] = [*job.book, *job.path]
    if job.task == "prove":
        from mlp.grader.child.proof import prove

        return prove
    from mlp.grader.child.answers import TASKS  # never where a program is asked

    return TASKS[job.task]


def main(folder):
    """Do the job in the folder: write a line for each part, up to the first error."""
    output, job = limits.Shortened(), None
    with open(Path(folder, "answers"), "w", encoding="utf-8") as answers:

        def write(line):
            place = sys.__stdout__ if job and job.task == "serve" else answers
            place.write(wire.encode(line) + "\n")
            place.flush()

        try:
            text = Path(folder, "job.json").read_text("utf-8")
            job = requests.Job(**wire.decode(text))
            job.requests = [requests.Request(**request) for request in job.requests]
            sys.argv[1:] = []
            task = task_of(job)
            limits.limit_resources()
            limits.limit_time(job.time_limit)
            limits.refuse_outside(os.getcwd())
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                for line in task(job):
                    write(line)
        except BaseException as error:  # sys.exit and KeyboardInterrupt, too
            words = messages.describe_error(error)
            write({"error": words, "printed": output.getvalue()})
            write(
                {"trace": traceback.format_exc()}
            )  # apart: a hand-in may make it fail
    os._exit(0)  # no exit handlers, no waiting for threads


if __name__ == "__main__":
    main(sys.argv[1])
