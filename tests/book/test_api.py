"""The page of the package: a section for each public module, with its chapters."""

import re

from book.tools import ROOT
from book.tools.modules import module_cells

API = (ROOT / "book/reference/api.md").read_text(encoding="utf-8")


def module(path):
    """The module of a file: `mlp.proof.sums` of `mlp/proof/sums.py`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def public_modules():
    """What chapters make, and what else stands in `mlp/` without an underscore."""
    files = [*(ROOT / "mlp").glob("[!_]*.py"), *(ROOT / "mlp").glob("*/__init__.py")]
    paths = [path.relative_to(ROOT).as_posix() for path in files]
    return {module(path) for path in [*paths, *module_cells()]}


def sections():
    """Map each module's name to the text of its section."""
    texts = re.split(r"^##+ (?=(?:mlp|proof)\.)", API, flags=re.MULTILINE)[1:]
    return {re.search(r"automodule:: (\S+)", text)[1]: text for text in texts}


def test_the_page_of_the_package_has_a_section_for_each_public_module():
    assert set(sections()) == public_modules(), "book/reference/api.md"


def test_each_section_names_the_chapters_whose_cells_are_the_file():
    cells = {module(path): cells for path, cells in module_cells().items()}
    for name, text in sections().items():
        named = re.findall(r"\{doc\}`/(book/[\w/]+)`", text.partition("Built in")[2])
        pages = [chapter.page for chapter, _ in cells.get(name, [])]
        assert named == list(dict.fromkeys(pages)), f"book/reference/api.md on {name}"


def test_each_module_that_a_chapter_builds_is_imported_by_a_test():
    files = (ROOT / "tests").rglob("test_*.py")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for name in re.findall(r"^mlp/(\w+)\.py$", "\n".join(module_cells()), re.MULTILINE):
        used = rf"\bmlp\.{name}\b|from mlp import (\([^)]*|.*)\b{name}\b"
        assert re.search(used, tests), f"tests/package/test_{name}.py"
