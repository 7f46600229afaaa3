"""What a reader prints: open folds, closed solutions, a head on each sheet."""

import re

import pytest

CHAPTERS = [
    "book/derive/backpropagation.html",
    "book/derive/softmax.html",
    "book/build/model.html",
]
KINDS = ["exercise.admonition", "solution.admonition"]
SHEET = {"width": 643, "height": 985}  # A4 without its margins, in pixels of CSS


@pytest.fixture
def paper(visit):
    """Open pages as they are on paper."""

    def load(name, **options):
        page = visit(name, viewport=SHEET, **options)
        page.emulate_media(media="print")
        return page

    return load


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("name", CHAPTERS)
def test_folds_are_open_and_nothing_looks_like_a_button(paper, name, script):
    page = paper(name, java_script_enabled=script)
    folds = page.locator("article details:not(.solution *)")
    assert folds.count() > 0
    closed = folds.evaluate_all(
        "folds => folds.filter(fold => fold.checkVisibility() && ![...fold.children]"
        ".slice(1).every(part => part.checkVisibility())).map(fold => fold.textContent)"
    )
    assert not closed
    signs = "all => all.map(it => getComputedStyle(it).listStyleType)"
    assert set(page.locator("article summary").evaluate_all(signs)) == {"none"}
    assert page.locator("article button:visible").count() == 0


def test_exercises_are_printed_without_their_solutions(paper):
    page = paper("book/derive/softmax.html")
    exercises, solutions = (page.locator(f"article .{k}") for k in KINDS)
    assert exercises.count() == solutions.count() > 0
    assert all(exercise.is_visible() for exercise in exercises.all())
    assert not any(solution.is_visible() for solution in solutions.all())


def test_a_solution_that_the_reader_opened_is_printed(paper):
    page = paper("book/derive/softmax.html")
    page.emulate_media(media="screen")
    solution = page.locator("article .solution.admonition").first
    solution.locator("button.toggle-button").click()
    page.emulate_media(media="print")
    assert solution.is_visible()


@pytest.mark.parametrize("name", [*CHAPTERS, "book/reference/assertions.html"])
def test_only_what_is_short_is_kept_on_one_sheet(paper, name):
    page = paper(name)
    parts = page.locator("article :is(table, .highlight, .cell, .cell *, .admonition)")
    kept, pushed = parts.evaluate_all(
        """(all, most) => {
            const kept = all.filter(it => it.checkVisibility() && !it.closest('figure')
                && getComputedStyle(it).breakInside === 'avoid' && !it.matches('img'));
            const high = it => it.getBoundingClientRect().height > most;
            return [kept.length, kept.filter(high).map(it => it.className)];
        }""",
        SHEET["height"] / 2,
    )
    assert kept > 0
    assert not pushed


def test_each_sheet_has_the_book_and_the_chapter_at_its_head(paper, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is missing: pip install pypdf")
    page = paper("book/derive/softmax.html")
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    book, chapter = "Backpropagation You Can Check", "4. Softmax and cross-entropy"
    sheets = [
        sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "page.pdf").pages
    ]
    assert len(sheets) > 5
    for number, text in enumerate(sheets, start=1):
        flat = re.sub(r"\s+", " ", text)
        assert book in flat and chapter in flat and str(number) in flat


def test_the_title_page_has_the_book_alone_at_its_head(paper, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is missing: pip install pypdf")
    page = paper("book/index.html")
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    last = pypdf.PdfReader(tmp_path / "page.pdf").pages[-1].extract_text()
    assert last.count("Backpropagation You Can Check") == 1
