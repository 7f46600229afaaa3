"""The tasks: the same by make, without make and in CI; and no test is forgotten."""

import re
import subprocess
import sys
import tomllib

import pytest
from hypothesis import settings

from book.tools import HTML, ROOT, __main__
from book.tools.__main__ import TASKS

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_make_has_every_task():
    lists = re.findall(r"^(?:HERE|IN_CHROMIUM) = (.*)$", MAKEFILE, re.MULTILINE)
    targets = re.findall(r"^([a-z-]+):.*\n\t@\$\(TOOLS\) ", MAKEFILE, re.MULTILINE)
    assert {*" ".join(lists).split(), *targets} == TASKS.keys()


@pytest.mark.parametrize("task", ["pdf", "test-site", "test-live"])
def test_a_task_that_needs_the_browser_says_what_is_missing(task, monkeypatch):
    monkeypatch.setattr(__main__, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="playwright is missing: pip install"):
        __main__.main(task)


def test_tasks_are_listed_before_anything_is_installed():
    bare = [
        sys.executable,
        "-S",
        "-m",
        "book.tools",
    ]  # -S: no packages but Python's own
    listed = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(TASKS)
    assert all(task.__doc__ for task in TASKS.values())


def test_an_unknown_task_is_an_error(capsys):
    assert __main__.main("tset") == "tset is none of these tasks"
    assert "test-site" in capsys.readouterr().out


def test_a_task_ends_with_what_fails(monkeypatch):
    monkeypatch.setitem(TASKS, "two", lambda: [__main__.python("-c", c) for c in codes])
    codes = ["import sys; sys.exit(3)", "open('never', 'w')"]
    with pytest.raises(SystemExit, match="3"):
        __main__.main("two")
    assert not (ROOT / "never").exists()


def test_random_examples_do_not_depend_on_what_was_imported():
    """This file imports no helpers: the settings come with the folder of tests."""
    assert settings().derandomize and settings().deadline is None


def test_a_push_runs_what_make_ci_runs():
    script = (ROOT / ".ci/run").read_bytes()
    assert script.startswith(b"#!/usr/bin/env bash\n")
    assert b"\nmake ci\n" in script and b"make test-live PYODIDE=" in script
    workflow = (ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8")
    assert "- run: .ci/run\n" in workflow
    site = HTML.relative_to(ROOT).as_posix()
    assert f"path: {site}\n" in workflow and f"path: {site}/_sources\n" in workflow


def test_every_folder_of_tests_is_run(monkeypatch):
    commands = []
    monkeypatch.setattr(__main__, "python", lambda *command: commands.append(command))
    monkeypatch.setattr(__main__.shutil, "rmtree", lambda *_, **__: None)
    monkeypatch.setattr(__main__, "need_playwright", lambda: None)
    monkeypatch.setattr(__main__, "chromium", lambda: None)
    __main__.main("ci")
    __main__.main("test-live")
    asked = {
        part for command in commands for part in command if part.startswith("tests/")
    }
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    by_itself = set(settings["tool"]["pytest"]["ini_options"]["testpaths"])
    folders = {
        path.parent.relative_to(ROOT).as_posix()
        for path in ROOT.glob("tests/**/test_*.py")
    }
    assert folders == (asked | by_itself) - {"book"}
    assert "book" in by_itself
