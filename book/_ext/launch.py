"""A Sphinx extension: buttons for Colab and Binder, on the published site only.

Outside of a workflow of GitHub there are no buttons. The workflow publishes the
notebooks of the site as a branch (book/tools/publish.py), each with a first cell that
installs the package where it is missing.
"""

from pathlib import Path

import nbformat

from book.tools.publish import BRANCH, repository, requirement

FIRST_CELL = """\
# Where the package is missing, as in Colab: install what computed this chapter.
try:
    import mlp
except ImportError:
    %pip install --quiet {}"""


def add_buttons(app, config):
    """Tell the theme where the notebooks are, before it makes its pages."""
    config.html_theme_options["repository_url"] = repository()
    config.html_theme_options["repository_branch"] = BRANCH
    config.html_theme_options["launch_buttons"].update(
        colab_url="https://colab.research.google.com",
        binderhub_url="https://mybinder.org",
    )


def add_first_cells(app, exception):
    """Put the installing cell on top of the notebooks that the site offers."""
    first = FIRST_CELL.format(requirement())
    for path in (Path(app.outdir) / "_sources").rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first, id="install"))
        nbformat.write(notebook, path)


def setup(app):
    if repository():
        app.connect("config-inited", add_buttons)
        app.connect("build-finished", add_first_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
