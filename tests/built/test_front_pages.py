"""The first pages and the reference, as they are built: times, numbers, formulas."""

import re
from functools import cache
from string import ascii_uppercase

import pytest
from bs4 import BeautifulSoup

from book.tools import HTML, ROOT, claim, labels
from book.tools.chapters import Chapter, chapters, notebooks
from book.tools.routes import about, clock
from mlp.grader.questions import QUESTIONS

pytestmark = pytest.mark.skipif(
    not HTML.exists(), reason="the book is not built: make book"
)
INDEX = Chapter(ROOT / "book/index.md")
REFERENCE = [chapter for chapter in chapters() if chapter.part == "reference"]


@cache
def article(chapter):
    soup = BeautifulSoup(chapter.html.read_text(encoding="utf-8"), "html.parser")
    return soup.find("article")


def target(link):
    """The chapter that a link of the title page leads to."""
    path = (INDEX.html.parent / link["href"].split("#")[0]).resolve()
    [found] = [chapter for chapter in chapters() if chapter.html == path]
    return found


def words(element):
    return " ".join(element.get_text().split())


def test_one_button_starts_the_first_chapter_and_says_how_long_it_takes():
    [button] = article(INDEX).select("a.sd-btn")
    first = notebooks()[0]
    assert target(button) == first
    assert words(button) == f"Start: {first.title}, {first.minutes} min"


def test_the_title_page_says_how_long_the_book_takes():
    parts = [c for c in notebooks() if c.part != "reference"]
    total = about(sum(chapter.minutes for chapter in parts))
    assert f"The whole book takes {total}." in words(article(INDEX))


@pytest.mark.parametrize("k", range(3))
def test_the_times_of_a_route_are_those_of_its_chapters(k):
    route = article(INDEX).select(".route")[k]
    pages = []
    for item in route.select("ol > li"):
        pages.append(target(item.find("a")))
        assert words(item) == f"{pages[-1].title}, {clock(pages[-1].minutes)}"
    total = clock(sum(page.minutes for page in pages))
    assert words(route).startswith(f"{words(route.find('strong'))}: {total} ")


def test_each_part_says_its_time():
    cards = article(INDEX).select(".parts .sd-card")
    parts = [c.part for c in notebooks() if c.part != "reference"]
    assert [target(card.find("a")).part for card in cards] == list(dict.fromkeys(parts))
    for card in cards:
        mine = [c for c in notebooks() if c.part == target(card.find("a")).part]
        assert clock(sum(c.minutes for c in mine)) in words(card)


def test_the_table_of_verdicts_needs_no_script():
    rows = article(INDEX).select(".claim-table tbody tr")
    assert len(rows) == len(claim.VALUES)
    for row, name in zip(rows, claim.variants()[1], strict=True):
        place = claim.furthest(*claim.compared(name, claim.SCORES, claim.LABELS))
        assert row.find("annotation").text.endswith(claim.variants()[1][name])
        verdict = words(row.find_all("td")[1])
        assert verdict.startswith("refused: the claim is" if place else "It agrees at")


def test_the_right_claim_leads_to_its_proof():
    links = article(INDEX).select('.claim a[href*="derive/softmax.html#equation-"]')
    assert {link.text for link in links} == {"(4.3)"}


def test_every_question_is_stated_and_leads_to_its_answer():
    rows = article(Chapter(ROOT / "book/problem_set.md")).select("tbody tr")
    assert [row.find("strong").text for row in rows] == list(QUESTIONS)
    for row in rows:
        page, _, anchor = row.find_all("a", href=True)[-1]["href"].partition("#")
        text = (HTML / "book" / page).read_text(encoding="utf-8")
        assert f'id="{anchor}"' in text


def numbers(page):
    """The numbers of the headings of a page."""
    spans = article(page).select("h1 .section-number, h2 .section-number")
    return [span.text.strip().rstrip(".") for span in spans]


@pytest.mark.parametrize("page", REFERENCE, ids=lambda page: page.name)
def test_a_page_of_the_reference_has_a_letter(page):
    letter = ascii_uppercase[REFERENCE.index(page)]
    first, *rest = numbers(page)
    assert first == letter
    assert rest == [f"{letter}.{k + 1}" for k in range(len(rest))]
    bar = BeautifulSoup(page.html.read_text(encoding="utf-8"), "html.parser")
    place = words(bar.select_one(".whereabouts"))
    assert place.startswith(f"Reference · {letter}")
    assert words(bar.select_one(".bd-sidebar-primary a.current")).startswith(
        f"{letter}. "
    )


def test_chapters_are_counted_from_1():
    counted = [numbers(c)[0] for c in notebooks() if c.part != "reference"]
    assert counted == [str(k + 1) for k in range(len(counted))]


def test_tables_and_exercises_of_the_reference_wear_its_letter():
    for page in REFERENCE:
        letter = ascii_uppercase[REFERENCE.index(page)]
        captions = article(page).select(".caption-number, .admonition-title")
        for found in re.findall(r"(?:Table|Fig\.|Exercise) (\S+)\.\d", str(captions)):
            assert found == letter


@pytest.mark.parametrize(
    "name, part", [("formulas", "derive"), ("layers", "today"), ("equations", "")]
)
def test_every_label_shows_its_number_and_its_formula(name, part):
    page = article(Chapter(ROOT / f"book/reference/{name}.md"))
    shown = {"".join(tex.text.split()) for tex in page.select("div.math annotation")}
    links = " ".join(link["href"] for link in page.find_all("a", href=True))
    for label, formula in labels.formulas().items():
        if part not in formula.page:
            continue
        assert any("".join(formula.tex.split()) in tex for tex in shown)
        assert f"#equation-{label.lower().replace(':', '-')}" in links
