"""The built pages, as files: every page is there, whole, and nothing is left raw."""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import mlp.grader
import mlp.proof
from book.tools import HTML, ROOT, labels
from book.tools.chapters import Chapter, chapters, pictures
from book.tools.modules import module_cells

API = Chapter(ROOT / "book/reference/api.md")

pytestmark = pytest.mark.skipif(
    not HTML.exists(), reason="the book is not built: make book"
)
each_chapter = pytest.mark.parametrize(
    "chapter", chapters(), ids=lambda chapter: chapter.name
)


@cache
def article(chapter):
    soup = BeautifulSoup(chapter.html.read_text(encoding="utf-8"), "html.parser")
    return soup.find("article")


@cache
def prose(chapter):
    """The text of a page without code, signatures and formulas."""
    raw = "pre, code, script, .math, .sig, .field-list strong"
    parts = article(chapter).select(raw)
    skipped = {id(text) for part in parts for text in part.find_all(string=True)}
    texts = article(chapter).find_all(string=True)
    return "".join(text for text in texts if id(text) not in skipped)


def stored_pictures(chapter):
    typed = 0 if chapter.is_notebook else len(re.findall(r"\{figure\}", chapter.prose))
    return typed + sum(len(pictures(cell)) for cell in chapter.code_cells)


@each_chapter
def test_page_has_its_title(chapter):
    shown = article(chapter).find("h1").get_text()
    assert re.sub(r"[`*]", "", chapter.title) in shown.replace("’", "'")


@each_chapter
def test_page_shows_every_stored_picture_with_a_description(chapter):
    pictures = article(chapter).find_all("img")
    assert len(pictures) >= stored_pictures(chapter)
    for picture in pictures:
        assert (chapter.html.parent / picture["src"]).exists()
        assert picture.get("alt", "").strip() and not picture["alt"].endswith(".png")


@each_chapter
def test_page_has_no_raw_mathematics(chapter):
    raw = r"\$[^$\n]{1,80}\$|\\(?:frac|sum|partial|nabla)|\\\(|\\\["
    assert not re.findall(raw, prose(chapter))


@each_chapter
def test_page_has_no_unresolved_reference_or_raw_markup(chapter):
    assert not article(chapter).select(".system-message, .problematic")
    raw = r"\{(?:eq|ref|numref|doc|cite:\w+)\}|\[\?\]|\*\*|:::"
    assert not re.search(raw, prose(chapter))


@each_chapter
def test_links_to_other_pages_lead_somewhere(chapter):
    for link in article(chapter).find_all("a", href=True):
        target = link["href"].split("#")[0]
        if target and "://" not in target and not target.startswith("mailto:"):
            assert (chapter.html.parent / target).resolve().exists(), link["href"]


def test_first_page_leads_to_the_title_page():
    assert "book/index.html" in (HTML / "index.html").read_text(encoding="utf-8")


def public_names():
    """`mlp.losses.softmax` and so on: the functions and classes of each module."""
    for path in sorted((ROOT / "mlp").glob("[!_]*.py")):
        listed = getattr(import_module(f"mlp.{path.stem}"), "__all__", None)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(
                node
            ):
                if not node.name.startswith("_") and node.name in (
                    listed or [node.name]
                ):
                    yield f"mlp.{path.stem}.{node.name}"


@pytest.mark.parametrize("name", list(public_names()))
def test_every_public_name_is_described_and_leads_to_its_chapter(name):
    entry = article(API).find(id=name)
    assert entry, f"{name} is not on the page of the package"
    if f"mlp/{name.split('.')[1]}.py" in module_cells():
        chapter = entry.find("a", class_="reference external")["href"]
        page = (HTML / "book/reference" / chapter).resolve()
        text = page.read_text(encoding="utf-8")
        assert re.search(rf'<span class="n[cf]">{name.rsplit(".", 1)[1]}<', text)


@pytest.mark.parametrize(
    "package", [mlp, mlp.proof, mlp.grader], ids=lambda p: p.__name__
)
def test_the_page_of_the_package_describes_what_all_lists(package):
    entries = {entry["id"] for entry in article(API).find_all("dt", id=True)}
    own = {entry for entry in entries if entry.rpartition(".")[0] not in entries}
    names = {
        id.rpartition(".")[2] for id in own if id.startswith(f"{package.__name__}.")
    }
    assert names >= set(package.__all__)
    assert package is mlp or names == set(package.__all__)


@each_chapter
def test_module_cells_lead_to_the_page_of_the_package(chapter):
    for caption in article(chapter).select(".module-caption"):
        path = caption.get_text().strip()
        target = "api.html#module-" + path.removesuffix(".py").replace("/", ".")
        assert caption.find("a", href=True)["href"].endswith(target)


@each_chapter
def test_each_box_of_a_label_says_what_is_proved(chapter):
    shown = {label for label, page in labels.equations() if page == chapter.page}
    coded = {label for label, *_ in labels.code_lines()}
    lines = article(chapter).select(".tag_theorem .label-verdicts")
    assert len(lines) == len(shown & coded)
    proofs = {labels.code_proved_in(label) for label in shown & coded}
    for line in lines:
        [proof] = proofs
        assert line.get_text() == "formula proved · code proved"
        formula, code = (link["href"] for link in line.find_all("a", href=True))
        assert formula.endswith("reference/equations.html")
        own = proof == chapter.page
        assert code == "#" if own else code.endswith(f"/{Path(proof).stem}.html")


def test_fonts_and_scripts_of_others_bring_their_licenses():
    assert "MIT License" in (HTML / "_static/katex/LICENSE").read_text()
    assert "SIL OFL" in (HTML / "_static/icons.woff.LICENSE.txt").read_text()
