"""What pages say of themselves, on a site with an address and on one without."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from bs4 import BeautifulSoup

from book.tools import ROOT
from book.tools.publish import address

PAGES = {
    "book/index": "# The book\n\nIt is *short*, & good. It ends.\n"
    "\n```{toctree}\none\n```\n",
    "book/one": '# One\n\nSo $\\frac{a}{b} < 1$, "as ever". ' + "More. " * 60,
}
CONFIGURATION = f"""
import sys
sys.path[:0] = ["{ROOT.as_posix()}", "{(ROOT / "book/_ext").as_posix()}"]
extensions = ["myst_parser", "metadata"]
myst_enable_extensions = ["dollarmath"]
root_doc, html_title, language = "book/index", "The book", "en"
templates_path = ["{(ROOT / "book/_templates").as_posix()}"]
"""
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """No workflow of GitHub."""
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "SITE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def build(monkeypatch, tmp_path):
    """Build a site of two pages, warnings are errors; return its folder."""
    (tmp_path / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")

    def run(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        command = [sys.executable, "-m", "sphinx", "-W", "-q", tmp_path]
        subprocess.run([*command, tmp_path / "html"], check=True)
        return tmp_path / "html"

    return run


def head(path):
    """{name or property or rel: content or address} of the head of a page."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").head
    metas = {
        meta.get("name") or meta.get("property"): meta.get("content")
        for meta in soup.find_all("meta")
    }
    links = {link["rel"][0]: link["href"] for link in soup.find_all("link")}
    return metas | links | {"title": soup.title.string}


def test_a_local_site_names_no_address(build):
    site = build()
    said = head(site / "book/one.html")
    assert said["description"] == "So a/b < 1, “as ever”." + " More." * 29
    assert not {"canonical", "alternate"} & said.keys()
    assert not [name for name in said if name and name.startswith(("og:", "twitter:"))]
    assert not (site / "sitemap.xml").exists() and not (site / "feed.xml").exists()
    assert 'href="/book/index.html"' in (site / "404.html").read_text(encoding="utf-8")


def test_a_published_page_says_where_it_is_and_what(build):
    site = build(GITHUB_REPOSITORY="Reader/text")
    said = head(site / "book/one.html")
    home = "https://reader.github.io/text/"
    assert said["canonical"] == said["og:url"] == f"{home}book/one.html"
    assert said["og:title"] == "One" and said["og:site_name"] == "The book"
    assert said["og:description"] == said["description"]
    assert said["og:image"] == f"{home}_static/card.png"
    assert (site / "_static/card.png").exists()
    assert said["twitter:card"] == "summary_large_image"
    missing = (site / "404.html").read_text(encoding="utf-8")
    assert 'href="/text/book/index.html"' in missing and "canonical" not in missing


@pytest.mark.parametrize(
    ("home", "prefix"),
    [("https://book.example/one/project", "/one/project/"), ("", "/")],
)
def test_a_missing_page_at_any_depth_finds_what_it_shows(build, home, prefix):
    site = build(SITE_URL=home)
    soup = BeautifulSoup((site / "404.html").read_text(encoding="utf-8"), "html.parser")
    asked = [tag[name] for name in ("src", "href") for tag in soup.select(f"[{name}]")]
    inside = [url for url in asked if not url.startswith(("#", "http"))]
    assert all(url.startswith(prefix) for url in inside), inside
    styles = [url for url in inside if url.startswith(f"{prefix}_static/")]
    assert len(styles) >= 3
    for url in styles:
        assert (site / url.removeprefix(prefix).partition("?")[0]).exists(), url


def test_the_first_page_is_the_title_page_to_those_who_do_not_follow(build):
    site = build(SITE_URL="https://book.example")
    first, title_page = head(site / "index.html"), head(site / "book/index.html")
    assert first["title"] == title_page["title"] == "The book"
    assert first["description"] == "It is short, & good. It ends."
    assert first["canonical"] == "https://book.example/book/index.html"
    assert first["og:image"] == "https://book.example/_static/card.png"


def test_the_site_map_has_the_pages_for_readers(build):
    site = build(GITHUB_REPOSITORY="reader/text")
    tree = ElementTree.parse(site / "sitemap.xml")
    found = {element.text for element in tree.iter(f"{SITEMAP}loc")}
    assert found == {f"https://reader.github.io/text/{page}.html" for page in PAGES}


def test_the_feed_has_the_versions_of_the_changelog(build):
    site = build(GITHUB_REPOSITORY="reader/text")
    entries = list(ElementTree.parse(site / "feed.xml").iter(f"{ATOM}entry"))
    assert "Version 1.0.0" in [entry.findtext(f"{ATOM}title") for entry in entries]
    last = entries[-1]
    assert last.findtext(f"{ATOM}updated").startswith("2026-11-23")
    assert "<li>" in last.findtext(f"{ATOM}summary")
    assert last.find(f"{ATOM}link").get("href").endswith("/blob/main/CHANGELOG.md")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"GITHUB_REPOSITORY": "A/b"}, "https://a.github.io/b/"),
        ({"GITHUB_REPOSITORY": "A/a.github.io"}, "https://a.github.io/"),
        ({"SITE_URL": "https://x.org/b"}, "https://x.org/b/"),
        ({"SITE_URL": "", "GITHUB_REPOSITORY": "a/b"}, "https://a.github.io/b/"),
    ],
)
def test_the_address_comes_from_the_workflow(monkeypatch, variables, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert address() == expected
