"""The chapters as files: in the table of contents, executed in order, described."""

import re

import pytest

from book.tools import ROOT
from book.tools.assertions import is_compared
from book.tools.chapters import chapters, notebooks, pictures, tags
from book.tools.run import TIMINGS, without_picture

each_notebook = pytest.mark.parametrize("chapter", notebooks(), ids=lambda c: c.name)


def test_every_page_of_the_book_is_in_the_table_of_contents():
    files = [*(ROOT / "book").rglob("*.md"), *(ROOT / "book").rglob("*.ipynb")]
    pages = {path for path in files if ".ipynb_checkpoints" not in path.parts}
    assert pages == {chapter.path for chapter in chapters()}


@each_notebook
def test_cells_are_executed_in_order(chapter):
    counts = [cell.execution_count for cell in chapter.code_cells]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_error_is_stored(chapter):
    outputs = [output for cell in chapter.code_cells for output in cell.outputs]
    assert all(output.output_type != "error" for output in outputs)


@each_notebook
def test_nothing_is_hidden_from_the_comparison(chapter):
    for cell in chapter.code_cells:
        marks = " ".join(tags(cell)) + cell.source
        assert not re.search("nbval|raises-exception", marks, re.IGNORECASE), (
            cell.source
        )


@each_notebook
def test_outputs_are_compared(chapter):
    compared = [
        o for cell in chapter.code_cells for o in cell.outputs if is_compared(o)
    ]
    assert compared, f"{chapter.file} prints nothing that nbval compares"


@each_notebook
def test_no_warning_is_stored(chapter):
    streams = [
        o for c in chapter.code_cells for o in c.outputs if o.output_type == "stream"
    ]
    assert all(output.name == "stdout" for output in streams)


@each_notebook
def test_cell_ids_are_unique(chapter):
    ids = [cell.id for cell in chapter.notebook.cells]
    assert len(ids) == len(set(ids))


@each_notebook
def test_stored_form_is_canonical(chapter):
    notebook = chapter.notebook
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert set(notebook.metadata.language_info) == {"name", "pygments_lexer"}
    assert not any("execution" in cell.metadata for cell in notebook.cells)


@each_notebook
def test_every_figure_says_what_is_seen(chapter):
    for cell in filter(pictures, chapter.code_cells):
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        assert len(alt.split()) >= 8, f"alt text of\n{cell.source}"


@each_notebook
def test_every_figure_that_is_described_is_there(chapter):
    assert not without_picture(chapter.notebook)


@each_notebook
def test_chapter_has_its_anatomy(chapter):
    text = chapter.prose
    for part in ["**You will**", "**You need**", "**Time**", "**In three sentences.**"]:
        assert part in text
    exercises = re.findall(r"\{exercise\}.*\n:label: (\S+)", text)
    solutions = re.findall(r"\{solution(?:-start)?\} (\S+)", text)
    assert len(exercises) >= 2 and exercises == solutions


@pytest.mark.parametrize("chapter", chapters(), ids=lambda c: c.name)
def test_prose_does_not_call_things_easy(chapter):
    text = chapter.path.read_text(encoding="utf-8").lower()
    assert not re.search(r"\b(clearly|obviously|trivially|it is easy to see)\b", text)


def test_every_chapter_has_its_time_in_the_table():
    rows = TIMINGS.read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == [
        chapter.link for chapter in notebooks()
    ]


def test_every_citation_is_in_the_bibliography():
    bibliography = (ROOT / "book/reference/references.bib").read_text(encoding="utf-8")
    entries = set(re.findall(r"@\w+\{(\w+),", bibliography))
    pages = " ".join(c.path.read_text(encoding="utf-8") for c in chapters())
    cited = ",".join(re.findall(r"\{cite:\w+\}`([^`]+)`", pages)).split(",")
    assert set(cited) <= entries
