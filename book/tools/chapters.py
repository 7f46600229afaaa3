"""The chapters: what other tools want to know about a page, they ask a `Chapter`."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

import nbformat
import yaml

from . import HTML, ROOT

TIME = re.compile(r"\*\*Time\*\*\s+(\d+)\s+minutes")  # to read a page, as it says


@dataclass(frozen=True)
class Chapter:
    """A page of the book: a notebook, or a file of Markdown, which is one cell."""

    path: Path

    @property
    def name(self):
        """The file's name without its ending: `cost`."""
        return self.path.stem

    @property
    def part(self):
        """The folder's name, which is the verb of the part: `derive`."""
        return self.path.parent.name

    @property
    def file(self):
        """The file as seen from the root: `book/derive/cost.ipynb`."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def page(self):
        """The name of the page for Sphinx: `book/derive/cost`."""
        return self.file.removesuffix(self.path.suffix)

    @property
    def link(self):
        """A link to the page, as MyST."""
        return f"{{doc}}`/{self.page}`"

    @property
    def html(self):
        """The path of the built page."""
        return HTML / f"{self.page}.html"

    @property
    def is_notebook(self):
        return self.path.suffix == ".ipynb"

    @cached_property
    def notebook(self):
        """The notebook, as nbformat reads it."""
        if self.is_notebook:
            return nbformat.read(self.path, as_version=4)
        text = self.path.read_text(encoding="utf-8")
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])

    @property
    def code_cells(self):
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def prose(self):
        """The text of the Markdown cells."""
        cells = self.notebook.cells
        return "\n\n".join(
            cell.source for cell in cells if cell.cell_type == "markdown"
        )

    @property
    def title(self):
        """The first heading."""
        lines = self.prose.splitlines()
        return next(line.removeprefix("# ") for line in lines if line.startswith("# "))

    @property
    def minutes(self):
        """How long the page takes to read, as it says itself; None if it does not."""
        found = TIME.search(self.prose)
        return int(found[1]) if found else None

    @property
    def module_cells(self):
        """Pairs (file, text) of the cells that are text of a file of the package."""
        return [
            (tag, cell.source.strip("\n"))
            for cell in self.code_cells
            for tag in tags(cell)
            if tag.startswith("mlp/")
        ]

    @property
    def needs(self):
        """The packages that tags such as `needs-torch` ask for."""
        found = {tag for cell in self.code_cells for tag in tags(cell)}
        return sorted(
            tag.removeprefix("needs-") for tag in found if tag.startswith("needs-")
        )

    @property
    def lacks(self):
        """Why the chapter cannot be run here, or an empty text."""
        names = [name for name in self.needs if find_spec(name) is None]
        return (
            f"{' and '.join(names)} not installed: pip install '.[peers]'"
            if names
            else ""
        )


def tags(cell):
    return cell.metadata.get("tags", [])


def pictures(cell):
    """The outputs of a cell that hold a picture."""
    return [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]


@cache
def toc():
    """What `_toc.yml` says."""
    return yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))


def parts():
    """Pairs of a part's title and the names of its pages for Sphinx."""
    return [(p["caption"], [c["file"] for c in p["chapters"]]) for p in toc()["parts"]]


def lettered():
    """The titles of the parts whose pages have letters for numbers."""
    return [p["caption"] for p in toc()["parts"] if p.get("style") == "alphaupper"]


@cache
def chapters():
    """All pages of `_toc.yml`, in reading order."""
    pages = [toc()["root"]] + [page for _, pages in parts() for page in pages]
    paths = [ROOT / f"{page}{ending}" for page in pages for ending in (".md", ".ipynb")]
    return [Chapter(path) for path in paths if path.exists()]


def notebooks():
    """The chapters that are notebooks, in reading order."""
    return [chapter for chapter in chapters() if chapter.is_notebook]
