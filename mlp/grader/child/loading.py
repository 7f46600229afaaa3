"""How the code of a hand-in is run, to get its class."""

import importlib
import os
import pickle
import re
import sys
from collections import namedtuple
from pathlib import Path

METHODS = "loss", "train", "predict"
Loaded = namedtuple("Loaded", "make errors ran_all", defaults=[(), False])


def load_hand_in(job, name, statements, imports):
    """Return the class of the hand-in, and the errors of what was left out, as Loaded.

    Parameters
    ----------
    job : Job
    name : str
        Of the class.
    statements, imports : module
        Of `mlp.grader.child`, which isn't imported where a hand-in is asked.
    """
    sys.path[:] = job.path
    if job.pickled:
        return Loaded(pickle.loads(job.pickled.encode("latin-1")))
    if job.hide_mlp:
        sys.modules["mlp"] = None
    new = written(job.written)
    sys.path[:0] = new
    finder = imports.side_by_side([*new, os.path.dirname(job.file)])
    if job.whole:
        return load_notebook(job, name, statements, finder)
    return Loaded(getattr(run_file(job, statements, finder), name, None))


def written(files):
    """Write files into the working folder; return the path on which they are."""
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, "utf-8")
    return [os.getcwd()] if files else []


def run_file(job, statements, finder):
    """Run a file as a module, as an import would, and return the module."""
    module = statements.new_module(job.module, job.file)
    finder.let_be_package(module, job.cells)
    for name, source in job.cells:
        statements.remember(name, source)
        exec(compile(source, name, "exec", dont_inherit=True), vars(module))
    return module


def load_notebook(job, name, statements, finder):
    """Run what the class needs; all, if that gives none; or take that of mlp.py."""
    module = statements.new_module(job.module, job.file)
    finder.let_be_package(module, job.cells)
    errors, ran_all = statements.run_statements(job.cells, module), False
    make = getattr(module, name, None)
    if lacks(make) and is_only_hidden(errors) and may_have(job, lacks(make), name):
        other = statements.new_module(job.module, job.file)
        shares = statements.SMALL_SHARE, statements.ALL_SHARES
        again = statements.run_statements(job.whole, other, *shares)
        found = getattr(other, name, None)
        if len(lacks(found)) < len(lacks(make)):
            make, errors, ran_all = found, again, True
    if make is None and not job.hide_mlp and is_only_hidden(errors):
        make = getattr(importlib.import_module("mlp"), name, None)
    if make is None and errors:
        raise errors[0]
    return Loaded(make, errors, ran_all)


def is_only_hidden(errors):
    """Tell whether nothing failed but cells that are not Python, and imports of mlp."""
    return all(
        isinstance(error, SyntaxError)
        or (isinstance(error, ImportError) and error.name == "mlp")
        for error in errors
    )


def lacks(make):
    """Return what a class lacks of METHODS; more, if there is no class."""
    if make is None:
        return ["", *METHODS]
    return [method for method in METHODS if not hasattr(make, method)]


def may_have(job, missing, name):
    """Tell whether the notebook makes, where it was not run, what is missing."""
    text = "\n".join(source for _, source in job.whole)
    words = "|".join([name, *filter(None, missing)])
    made = rf"\b(?:def|class)\s+({words})\b|\b({words})\s*=|['\"]({words})['\"]"
    return bool(re.search(made, text)) or (name in text and "" in missing)
