"""A chapter's names, cells and needs; the order of the chapters."""

import nbformat
import pytest
import yaml

from book.tools import HTML, ROOT
from book.tools.chapters import Chapter, chapters, notebooks, pictures

COST = Chapter(ROOT / "book" / "derive" / "cost.ipynb")


def stored(path, *cells):
    """A chapter of these cells, (source, tags) for code, text for Markdown."""
    new = nbformat.v4
    made = [
        new.new_markdown_cell(cell)
        if isinstance(cell, str)
        else new.new_code_cell(cell[0], metadata={"tags": cell[1]})
        for cell in cells
    ]
    nbformat.write(new.new_notebook(cells=made), path)
    return Chapter(path)


def test_names_of_a_chapter():
    assert (COST.part, COST.name) == ("derive", "cost")
    assert COST.file == "book/derive/cost.ipynb"
    assert COST.page == "book/derive/cost"
    assert COST.link == "{doc}`/book/derive/cost`"
    assert COST.html == HTML / "book" / "derive" / "cost.html"


def test_a_chapter_with_a_dot_in_its_name_keeps_it():
    assert Chapter(ROOT / "book" / "v1.5.md").page == "book/v1.5"


def test_chapters_of_the_same_file_are_the_same():
    assert len({COST, Chapter(COST.path)}) == 1
    with pytest.raises(AttributeError):
        COST.path = ROOT


def test_cells_of_a_notebook(tmp_path):
    chapter = stored(
        tmp_path / "chapter.ipynb",
        "Some words\n\n# A *title*\n\n## A section",
        ("\nx = 1\n", ["mlp/one.py"]),
        ("x", ["needs-nothing_of_this_name", "needs-json"]),
        ("y = 2", ["theorem", "mlp/two.py"]),
        "# The end",
    )
    assert chapter.is_notebook
    assert chapter.title == "A *title*"
    assert chapter.prose.endswith("## A section\n\n# The end")
    assert [cell.source.strip() for cell in chapter.code_cells] == [
        "x = 1",
        "x",
        "y = 2",
    ]
    assert chapter.module_cells == [("mlp/one.py", "x = 1"), ("mlp/two.py", "y = 2")]
    assert chapter.needs == ["json", "nothing_of_this_name"]
    assert chapter.lacks.startswith("nothing_of_this_name not installed")


def test_a_page_of_markdown_is_one_cell(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("# Ein schöner Titel\n\nText\n", encoding="utf-8", newline="\r\n")
    page = Chapter(path)
    assert not page.is_notebook
    assert (page.title, page.prose) == (
        "Ein schöner Titel",
        "# Ein schöner Titel\n\nText\n",
    )
    assert (page.code_cells, page.module_cells, page.needs, page.lacks) == (
        [],
        [],
        [],
        "",
    )


def test_pictures_are_the_outputs_with_a_png():
    png = nbformat.v4.new_output(
        "display_data", {"image/png": "", "text/plain": "<Figure>"}
    )
    text = nbformat.v4.new_output("stream", text="one line")
    assert pictures(nbformat.v4.new_code_cell("draw()", outputs=[text, png])) == [png]
    assert pictures(nbformat.v4.new_markdown_cell("![](picture.png)")) == []


def test_chapters_are_in_the_order_of_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert [chapter.page for chapter in chapters()] == [toc["root"], *files]
    assert notebooks() == [c for c in chapters() if c.path.suffix == ".ipynb"]
