"""A world of its own for what runs chapters: no user's setting reaches a kernel."""

import os
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PREFIXES = ("PYTHON", "IPYTHON", "JUPYTER", "MPLBACKEND", "MATPLOTLIBRC")  # of the user


@cache
def empty_folder():
    """A folder for what kernels leave behind; it is deleted when this process ends."""
    return tempfile.TemporaryDirectory(prefix="book-", ignore_cleanup_errors=True)


def environment(**changes):
    """The variables for a process that runs chapters: one thread, no user's settings.

    Without MPLBACKEND a kernel draws into the notebook, and MATPLOTLIBRC names the file
    of defaults that comes with matplotlib. `changes` go on top.
    """
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(PREFIXES)}
    empty = empty_folder().name
    matplotlib = Path(find_spec("matplotlib").origin).parent
    return {
        "OPENBLAS_NUM_THREADS": "1",  # chapters run side by side, times stay comparable
        "OMP_NUM_THREADS": "1",
        **kept,
        "PYTHONUTF8": "1",
        "IPYTHONDIR": empty,
        "JUPYTER_CONFIG_DIR": empty,
        "JUPYTER_DATA_DIR": empty,
        "MATPLOTLIBRC": str(matplotlib / "mpl-data" / "matplotlibrc"),
        **changes,
    }
