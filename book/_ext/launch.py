"""A Sphinx extension: buttons for Colab and Binder, on the published site only.

A workflow of GitHub says in its environment which repository it runs in; without that there
are no buttons. The workflow publishes the notebooks of the site as the branch `notebooks`,
each with a first cell that installs the package where it is missing.
"""

import os
from pathlib import Path

import nbformat

SERVER = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
REPOSITORY = os.environ.get("GITHUB_REPOSITORY")  # such as owner/name
COMMIT = os.environ.get("GITHUB_SHA", "HEAD")

FIRST_CELL = f"""\
# Where the package is missing, as in Colab: install the one this chapter was computed with.
try:
    import mlp
except ImportError:
    %pip install --quiet git+{SERVER}/{REPOSITORY}@{COMMIT}"""


def add_buttons(app, config):
    """Tell the theme where the notebooks are, before it makes its pages."""
    config.html_theme_options["repository_url"] = f"{SERVER}/{REPOSITORY}"
    config.html_theme_options["repository_branch"] = "notebooks"
    config.html_theme_options["launch_buttons"].update(
        colab_url="https://colab.research.google.com", binderhub_url="https://mybinder.org"
    )


def add_first_cells(app, exception):
    """Put the installing cell on top of the notebooks that the site offers."""
    for path in (Path(app.outdir) / "_sources").rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(FIRST_CELL, id="install"))
        nbformat.write(notebook, path)


def setup(app):
    if REPOSITORY:
        app.connect("config-inited", add_buttons)
        app.connect("build-finished", add_first_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
