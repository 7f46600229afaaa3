"""What a notebook's code finds beside its own: IPython's names, a silent grader."""

import builtins
import os
import sys
import types
import warnings

QUIET = SyntaxWarning, DeprecationWarning, PendingDeprecationWarning, FutureWarning


class Shell:
    """Stands for IPython: it runs no magic, and says nothing."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: [] if name == "getoutput" else None


class Anything:
    """Stands for what the grader would return: each part of it is such a thing.

    It is no verdict; but a cell that asserts one goes on.
    """

    correct, points, hint = True, 0, ""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __call__
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __getitem__ = __call__


def nothing(*args, **kwargs):
    """Return nothing, whatever is asked."""


def silent_grader(folder):
    """Return a module mlp.grader that grades nothing: inside of a marking it waits.

    Parameters
    ----------
    folder : str
        The grader's, in which ``mlp.grader.utils`` is.
    """
    module = types.ModuleType("mlp.grader")
    module.__path__ = [folder]
    module.check = module.rubric = module.bug = module.symbols = Anything()
    module.QUESTIONS, module.Result = {}, Anything
    return module


def prepare(folder=None):
    """Give the code what Jupyter gives, without a screen; and no noise of Python's.

    Parameters
    ----------
    folder : str, optional
        The grader's, where it must not be imported.
    """
    builtins.display, shell = nothing, Shell()
    builtins.get_ipython = lambda: shell
    for category in QUIET:
        warnings.simplefilter("ignore", category)
    if folder:
        sys.modules["mlp.grader"] = silent_grader(os.fspath(folder))
