"""Nothing but the child processes of the grader needs a POSIX system."""

import ast

import pytest

from book.tools import ROOT
from book.tools.chapters import notebooks

MODULES = {
    "crypt",
    "fcntl",
    "grp",
    "posix",
    "pty",
    "pwd",
    "resource",
    "syslog",
    "termios",
    "tty",
}
NAMES = {
    "os": {
        "fork",
        "geteuid",
        "getuid",
        "killpg",
        "mkfifo",
        "sched_getaffinity",
        "sched_setaffinity",
        "setsid",
    },
    "signal": {"SIGALRM", "SIGKILL", "SIGXCPU", "alarm", "setitimer"},
}
FILES = {
    path.relative_to(ROOT).as_posix(): path
    for folder in ("mlp", "book", "tests")
    for path in (ROOT / folder).rglob("*.py")
}
SOURCES = {
    file: path.read_text(encoding="utf-8")
    for file, path in FILES.items()
    if not file.startswith(("mlp/grader/child/", "tests/grader/sixty/"))
}
SOURCES |= {
    f"{chapter.file}, {cell.id}": cell.source
    for chapter in notebooks()
    for cell in chapter.code_cells
}


def posix_only(source):
    """The names of a source that only POSIX has, but for those that it asks for first.

    It does so by an import that may fail, or by a name in quotes: `hasattr(os,
    "fork")`.
    """
    nodes = list(ast.walk(ast.parse(source)))
    asked = {node.value for node in nodes if isinstance(node, ast.Constant)}
    for node in nodes:
        if isinstance(node, ast.Try) and any(map(is_for_imports, node.handlers)):
            asked |= {name for part in node.body for name in imported(part)}
    used = {name for node in nodes for name in imported(node)} & MODULES
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used |= {node.attr} & NAMES.get(node.value.id, set())
        if isinstance(node, ast.ImportFrom):
            used |= {name.name for name in node.names} & NAMES.get(node.module, set())
    return used - asked


def is_for_imports(handler):
    return getattr(handler.type, "id", "") in {"ImportError", "ModuleNotFoundError"}


def imported(node):
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) else []


def test_no_source_needs_posix():
    found = {name: posix_only(source) for name, source in SOURCES.items()}
    assert not {name: needed for name, needed in found.items() if needed}


@pytest.mark.parametrize(
    "source, needed",
    [
        ("import os, resource", {"resource"}),
        ("def f():\n    from fcntl import flock", {"fcntl"}),
        ("import os\nos.geteuid()", {"geteuid"}),
        ("import signal\nsignal.alarm(3)", {"alarm"}),
        ("try:\n    import resource\nexcept ImportError:\n    resource = None", set()),
        ("import os\nhasattr(os, 'geteuid') and os.geteuid()", set()),
        ("import os\nhasattr(os, 'geteuid') and os.fork()", {"fork"}),
        ("import os\nos.getuid(); x = 'fork'", {"getuid"}),
        ("from os import fork", {"fork"}),
        ("from signal import SIGALRM", {"SIGALRM"}),
        ("import os\nos.times()", set()),
    ],
)
def test_what_needs_posix_is_found(source, needed):
    assert posix_only(source) == needed
