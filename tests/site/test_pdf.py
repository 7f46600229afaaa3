"""The book as one page, which `make pdf` prints."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup

from book.tools import pdf
from book.tools.chapters import chapters


@pytest.fixture(scope="module")
def book():
    return BeautifulSoup(pdf.whole_book(), "html.parser")


def test_it_holds_every_chapter_once(book):
    titles = [text.find("h1") for text in book.find_all("article")]
    assert None not in titles and len(titles) == len(chapters())


def test_no_two_places_have_the_same_name(book):
    names = Counter(element["id"] for element in book.find_all(id=True))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_link_within_the_book_has_a_target(book):
    names = {element["id"] for element in book.find_all(id=True)}
    links = {link["href"][1:] for link in book.select('a[href^="#"]')} - {""}
    assert len(links) > 100
    assert links <= names


def test_it_prints(browser, monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "chapters", lambda: chapters()[:3])
    pdf.print_book(browser, tmp_path / "book.pdf")
    assert (tmp_path / "book.pdf").read_bytes().startswith(b"%PDF")
    assert not pdf.PRINTED.exists()
