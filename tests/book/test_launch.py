"""Buttons to run a chapter elsewhere, and the branch of notebooks that they open."""

import importlib.util
import shutil
import subprocess
from types import SimpleNamespace

import nbformat
import pytest

from book.tools import ROOT
from book.tools.publish import publish


def load_extension():
    spec = importlib.util.spec_from_file_location(
        "launch", ROOT / "book/_ext/launch.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


launch = load_extension()


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """No workflow of GitHub."""
    for name in (
        "GITHUB_SERVER_URL",
        "GITHUB_REPOSITORY",
        "GITHUB_SHA",
        "GITHUB_ACTOR",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workflow(monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "reader/book")
    monkeypatch.setenv("GITHUB_SHA", "0123abcd")
    monkeypatch.setenv("GITHUB_ACTOR", "reader")


@pytest.fixture
def site(tmp_path):
    """A site with one notebook."""
    path = tmp_path / "_sources" / "chapter.ipynb"
    path.parent.mkdir()
    chapter = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import numpy")]
    )
    nbformat.write(chapter, path)
    return tmp_path


def connected():
    events = []
    launch.setup(SimpleNamespace(connect=lambda event, _: events.append(event)))
    return events


def test_a_local_build_has_no_buttons():
    assert connected() == []


def test_buttons_lead_to_the_repository_of_the_workflow(workflow):
    options = {"launch_buttons": {"notebook_interface": "jupyterlab"}}
    launch.add_buttons(None, SimpleNamespace(html_theme_options=options))
    assert connected() == ["config-inited", "build-finished"]
    assert options["repository_url"] == "https://github.com/reader/book"
    assert {"colab_url", "binderhub_url"} <= options["launch_buttons"].keys()


def test_offered_notebooks_install_the_package_they_were_computed_with(workflow, site):
    launch.add_first_cells(SimpleNamespace(outdir=site), None)
    first, second = nbformat.read(site / "_sources/chapter.ipynb", as_version=4).cells
    assert first.source.endswith("git+https://github.com/reader/book@0123abcd")
    assert second.source == "import numpy"


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_branch_has_the_notebooks_and_what_binder_installs_in_one_commit(
    workflow, site
):
    def git(*command):
        run = subprocess.run(
            ["git", *command], cwd=folder, capture_output=True, text=True
        )
        return run.stdout.splitlines()

    folder = site / "_sources"
    publish(folder)
    options = {"launch_buttons": {}}
    launch.add_buttons(None, SimpleNamespace(html_theme_options=options))
    assert git("branch", "--show-current") == [options["repository_branch"]]
    assert git("log", "--format=%an: %s") == ["reader: Notebooks of 0123abcd"]
    assert git("ls-files") == ["chapter.ipynb", "requirements.txt"]
    assert git("show", "HEAD:requirements.txt") == [
        "git+https://github.com/reader/book@0123abcd"
    ]
    assert git("status", "--short") == []
