"""The process in which mutants of the package are tested, one after the other.

Each line of its input names a folder with a package `mlp` and the files to run on it;
the answer is a line with pytest's exit code and output. NumPy, SymPy and Hypothesis are
imported once for all; `mlp`, and whatever has imported it, anew for each folder.
"""

import contextlib
import importlib
import io
import json
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NO_TEST_RAN = 4
OPTIONS = ["-q", "-x", "-m", "not slow", "-p", "no:cacheprovider"]
OPTIONS += ["-p", "no:unraisableexception"]  # it looks for garbage after each run
SETTINGS = f"[pytest]\npythonpath = {TESTS.as_posix()}\naddopts = --strict-markers\n"


def forget_the_package():
    """Let the next import of `mlp`, of helpers and of the tests read their files
    again.
    """
    for name in list(sys.modules):
        first = name.partition(".")[0]
        if first in {"mlp", "helpers", "conftest"} or first.startswith("test_"):
            del sys.modules[name]
    importlib.invalidate_caches()


def run(folder, files):
    """Run the test files on the package in the folder: exit code and output.

    The first file with a failure is the last.
    """
    forget_the_package()
    sys.path.insert(0, folder)
    try:
        found = Path(importlib.import_module("mlp").__file__).resolve().parents[1]
        if found != Path(folder).resolve():
            return NO_TEST_RAN, f"imported the package in {found}"
        settings, output = Path(folder, "pytest.ini"), io.StringIO()
        settings.write_text(SETTINGS, encoding="utf-8")
        with contextlib.redirect_stdout(output):
            for file in files:
                code = pytest.main([*OPTIONS, "-c", str(settings), file])
                if code:
                    break
        return int(code), output.getvalue()
    finally:
        sys.path.remove(folder)


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(*json.loads(line))), flush=True)
