"""What the built pages say of themselves, in their heads and in their footers."""

import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from book.tools import HTML
from book.tools.chapters import chapters
from book.tools.publish import address, repository

pytestmark = pytest.mark.skipif(
    not HTML.exists(), reason="the book is not built: make book"
)
each_chapter = pytest.mark.parametrize(
    "chapter", chapters(), ids=lambda chapter: chapter.name
)


def page(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def named(soup, name):
    """The contents of the meta elements of a name."""
    found = soup.find_all("meta", attrs={"name": name})
    return [element["content"] for element in found]


@each_chapter
def test_page_has_one_description_in_sentences(chapter):
    [said] = named(page(chapter.html), "description")
    assert 30 <= len(said) <= 300 and said.endswith((".", "?", "!"))
    assert not re.search(r"\\|\$|\{", said)


@each_chapter
def test_cards_and_contents_name_pages_by_their_titles(chapter):
    shown = page(chapter.html).select(".prev-next-area a, .page-toc a, .bd-links a")
    assert shown
    assert not [link.text for link in shown if "/book/" in link.text]


def test_no_two_pages_have_the_same_title_or_description():
    heads = [page(chapter.html).head for chapter in chapters()]
    for said in (
        Counter(head.title.string for head in heads),
        Counter(named(head, "description")[0] for head in heads),
    ):
        assert said.most_common(1)[0][1] == 1


def test_the_title_page_names_the_book_once():
    [title_page, *_] = chapters()
    assert page(title_page.html).title.string == "Backpropagation You Can Check"


def test_the_first_page_is_described_as_the_title_page_is():
    [title_page, *_] = chapters()
    first, title = page(HTML / "index.html"), page(title_page.html)
    assert named(first, "description") == named(title, "description")
    assert first.title.string == title.title.string


@each_chapter
def test_footer_names_licenses_and_version(chapter):
    colophon = page(chapter.html).find(class_="colophon")
    assert re.search(
        r"MIT.* CC BY 4\.0.* version \d", " ".join(colophon.stripped_strings)
    )
    licenses, *others = (link["href"] for link in colophon.find_all("a"))
    target, _, anchor = licenses.partition("#")
    target = (chapter.html.parent / target).resolve() if target != "" else chapter.html
    assert page(target).find(id=anchor)
    assert any("issues/new" in link for link in others) == bool(repository())


@each_chapter
def test_phones_find_an_icon(chapter):
    icon = page(chapter.html).find("link", rel="apple-touch-icon")["href"]
    with Image.open(chapter.html.parent / icon) as picture:
        assert picture.size == (180, 180)


def test_the_card_has_the_size_that_others_show():
    with Image.open(HTML / "_static/card.png") as picture:
        assert picture.size == (1200, 630)


@each_chapter
def test_addresses_are_given_where_the_site_has_one(chapter):
    soup = page(chapter.html)
    canonical = [link["href"] for link in soup.find_all("link", rel="canonical")]
    graph = soup.find_all("meta", property=re.compile("^og:"))
    assert canonical == ([f"{address()}{chapter.page}.html"] if address() else [])
    assert bool(graph) == bool(address())


def test_files_for_machines_are_there_where_the_site_has_an_address():
    there = {file for file in ("sitemap.xml", "feed.xml") if (HTML / file).exists()}
    assert there == ({"sitemap.xml", "feed.xml"} if address() else set())
