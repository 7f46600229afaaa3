"""The chapters as files: in the table of contents, executed in order, compared, described."""

import difflib
import re

import nbformat
import pytest
from assertions import is_compared
from modules import ROOT, chapters, module_texts, notebooks
from picture import PICTURE, stored_picture
from run_chapter import TIMINGS, link

HAND_WRITTEN = {
    "mlp/__init__.py", "mlp/checks.py", "mlp/draw.py", "mlp/walk.py", "mlp/proof/__init__.py",
} | {
    path.relative_to(ROOT).as_posix() for path in (ROOT / "mlp/grader").glob("*.py")
}  # they teach nothing
COMPARED_FLOOR = 12  # outputs that nbval compares, in each chapter

each_notebook = pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def has_picture(cell):
    return any("image/png" in output.get("data", {}) for output in cell.outputs)


def test_every_page_of_the_book_is_in_the_table_of_contents():
    files = [*(ROOT / "book").rglob("*.md"), *(ROOT / "book").rglob("*.ipynb")]
    pages = {path for path in files if ".ipynb_checkpoints" not in path.parts}
    assert pages == set(chapters())


@pytest.mark.parametrize("path, text", module_texts().items(), ids=module_texts())
def test_the_package_is_the_text_of_the_chapters(path, text):
    stored = (ROOT / path).read_text(encoding="utf-8")
    diff = difflib.unified_diff(stored.splitlines(), text.splitlines(), path, "the chapters")
    assert stored == text, "run `make mlp`:\n" + "\n".join(diff)


def test_every_file_of_the_package_is_made_from_chapters_or_known_to_be_hand_written():
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mlp").rglob("*.py")}
    assert files == set(module_texts()) | HAND_WRITTEN


@each_notebook
def test_cells_are_executed_in_order(path):
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_error_is_stored(path):
    errors = [o for cell in code_cells(path) for o in cell.outputs if o.output_type == "error"]
    assert not errors


@each_notebook
def test_nothing_is_hidden_from_the_comparison(path):
    for cell in code_cells(path):
        marks = " ".join(cell.metadata.get("tags", [])) + cell.source
        assert not re.search("nbval|raises-exception", marks, re.IGNORECASE), cell.source


@each_notebook
def test_enough_outputs_are_compared(path):
    compared = [o for cell in code_cells(path) for o in cell.outputs if is_compared(o)]
    assert len(compared) >= COMPARED_FLOOR


@each_notebook
def test_no_warning_is_stored(path):
    streams = [o for c in code_cells(path) for o in c.outputs if o.output_type == "stream"]
    assert all(output.name == "stdout" for output in streams)


@each_notebook
def test_cell_ids_are_unique(path):
    ids = [cell.id for cell in read(path).cells]
    assert len(ids) == len(set(ids))


@each_notebook
def test_stored_form_is_canonical(path):
    notebook = read(path)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert set(notebook.metadata.language_info) == {"name", "pygments_lexer"}
    assert not any("execution" in cell.metadata for cell in notebook.cells)


@each_notebook
def test_every_figure_says_what_is_seen_and_prints_something(path):
    cells = code_cells(path)
    for cell in cells:
        if has_picture(cell):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt.split()) >= 8, f"alt text of\n{cell.source}"


@each_notebook
def test_chapter_has_its_anatomy(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    for part in ["**You will**", "**You need**", "**Time**", "**In three sentences.**"]:
        assert part in text
    exercises = re.findall(r"\{exercise\}.*\n:label: (\S+)", text)
    solutions = re.findall(r"\{solution(?:-start)?\} (\S+)", text)
    assert len(exercises) >= 2 and exercises == solutions


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_prose_does_not_call_things_easy(path):
    text = path.read_text(encoding="utf-8").lower()
    assert not re.search(r"\b(clearly|obviously|trivially|it is easy to see)\b", text)


def test_every_chapter_has_its_time_in_the_table():
    rows = TIMINGS.read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == [link(path) for path in notebooks()]


def test_the_title_picture_is_the_one_in_the_chapter():
    assert PICTURE.read_bytes() == stored_picture(), "run `make picture`"


def test_every_citation_is_in_the_bibliography():
    bibliography = (ROOT / "book/reference/references.bib").read_text(encoding="utf-8")
    entries = set(re.findall(r"@\w+\{(\w+),", bibliography))
    pages = " ".join(path.read_text(encoding="utf-8") for path in chapters())
    cited = ",".join(re.findall(r"\{cite:\w+\}`([^`]+)`", pages)).split(",")
    assert set(cited) <= entries
