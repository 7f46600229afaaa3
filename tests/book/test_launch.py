"""Buttons to run a chapter elsewhere: only on the published site, for its own repository."""

import importlib.util
from types import SimpleNamespace

import nbformat
import pytest
from modules import ROOT


@pytest.fixture
def launch(monkeypatch):
    """Load the extension as a build in the given environment loads it."""

    def load(**environment):
        for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        spec = importlib.util.spec_from_file_location("launch", ROOT / "book/_ext/launch.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def connected(module):
    events = []
    module.setup(SimpleNamespace(connect=lambda event, _: events.append(event)))
    return events


def test_a_local_build_has_no_buttons(launch):
    assert connected(launch()) == []


def test_buttons_lead_to_the_repository_of_the_workflow(launch):
    module = launch(GITHUB_REPOSITORY="reader/book")
    options = {"launch_buttons": {"notebook_interface": "jupyterlab"}}
    module.add_buttons(None, SimpleNamespace(html_theme_options=options))
    assert connected(module) == ["config-inited", "build-finished"]
    assert options["repository_url"] == "https://github.com/reader/book"
    assert {"colab_url", "binderhub_url"} <= options["launch_buttons"].keys()


def test_offered_notebooks_install_the_package_they_were_computed_with(launch, tmp_path):
    module = launch(GITHUB_REPOSITORY="reader/book", GITHUB_SHA="0123abcd")
    path = tmp_path / "_sources" / "chapter.ipynb"
    path.parent.mkdir()
    chapter = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import numpy")])
    nbformat.write(chapter, path)
    module.add_first_cells(SimpleNamespace(outdir=tmp_path), None)
    first, second = nbformat.read(path, as_version=4).cells
    assert first.source.endswith("git+https://github.com/reader/book@0123abcd")
    assert second.source == "import numpy"
