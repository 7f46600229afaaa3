"""Chapters run in a world of their own, and what is stored is whole."""

import os
import subprocess
import sys

import nbformat
import pytest

from book.tools import ROOT, run
from book.tools.chapters import Chapter, pictures
from book.tools.environment import environment

DRAW = """\
from matplotlib import pyplot, rcParams
pyplot.plot([1, 2])
print(rcParams["lines.linewidth"])"""
FIGURE = {"mystnb": {"image": {"alt": "a line"}}}


@pytest.fixture
def users_settings(monkeypatch, tmp_path_factory):
    """A user whose backend, style and profile would change every chapter."""
    home = tmp_path_factory.mktemp("home")
    (home / "matplotlibrc").write_text("lines.linewidth: 7\n")
    profile = home / "profile_default"
    profile.mkdir()
    (profile / "ipython_config.py").write_text(
        "get_config().InteractiveShell.ast_node_interactivity = 'all'\n"
    )
    monkeypatch.setenv("MPLBACKEND", "Agg")
    for name in ("MATPLOTLIBRC", "MPLCONFIGDIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(home))


def chapter_of(path, source, **metadata):
    cell = nbformat.v4.new_code_cell(source, metadata=metadata)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return Chapter(path)


def test_a_users_settings_change_nothing_that_is_stored(
    users_settings, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    chapter = chapter_of(
        tmp_path / "chapter.ipynb", f"assert __debug__\n1\n{DRAW}", **FIGURE
    )
    run.run(chapter)
    [cell] = Chapter(chapter.path).code_cells
    assert cell.execution_count == 1
    assert len(pictures(cell)) == 1
    texts = [output.text for output in cell.outputs if output.output_type == "stream"]
    assert texts == ["1.5\n"]


def test_a_users_settings_change_nothing_that_is_compared(users_settings, tmp_path):
    chapter = chapter_of(tmp_path / "chapter.ipynb", DRAW, **FIGURE)
    run.run(chapter)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    command += ["-c", ROOT / "pyproject.toml", ROOT / "book/conftest.py", chapter.path]
    compared = subprocess.run(command, capture_output=True, text=True)
    assert "1 passed" in compared.stdout, compared.stdout


def test_a_figure_that_is_not_drawn_stops_the_run_and_nothing_is_stored(tmp_path):
    chapter = chapter_of(tmp_path / "chapter.ipynb", "print('no picture')", **FIGURE)
    before = chapter.path.read_bytes()
    with pytest.raises(
        ValueError, match="describes a figure and draws none.*\n.*no picture"
    ):
        run.run(chapter)
    assert chapter.path.read_bytes() == before


def test_a_chapter_that_lacks_a_package_is_left_as_it_is(tmp_path, capsys):
    chapter = chapter_of(
        tmp_path / "chapter.ipynb", "1", tags=["needs-no_such_package"]
    )
    before = chapter.path.read_bytes()
    run.run(chapter)
    assert "no_such_package not installed" in capsys.readouterr().out
    assert chapter.path.read_bytes() == before


def test_neighboring_pieces_of_a_stream_are_joined():
    pieces = [("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")]
    outputs = [nbformat.v4.new_output("stream", name=n, text=t) for n, t in pieces]
    merged = run.merged_streams(outputs)
    assert [output.text for output in merged] == ["ab", "c", "d"]


def test_changes_and_the_number_of_threads_are_passed_on(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert environment()["OPENBLAS_NUM_THREADS"] == "1"
    assert environment(OPENBLAS_NUM_THREADS="2")["OPENBLAS_NUM_THREADS"] == "2"
    assert environment()["PATH"] == os.environ["PATH"]
