"""The built pages: what is proved, refused or folded looks like what it is."""

import ast
import re
from functools import cache

import pytest
from bs4 import BeautifulSoup

from book.tools import HTML, labels
from book.tools.chapters import Chapter, notebooks
from book.tools.modules import made as module_texts
from mlp.grader import QUESTIONS

pytestmark = pytest.mark.skipif(
    not HTML.exists(), reason="the book is not built: make book"
)
NUMBERS = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
NUMBERS += [""] * 20  # larger ones stand in digits
each_notebook = pytest.mark.parametrize("chapter", notebooks(), ids=lambda c: c.name)
each_derivation = pytest.mark.parametrize(
    "chapter", labels.derivations(), ids=lambda c: c.name
)


@cache
def article(chapter: Chapter):
    soup = BeautifulSoup(chapter.html.read_text(encoding="utf-8"), "html.parser")
    return soup.find("article")


def shown(chapter):
    """The Markdown among the stored outputs of a chapter."""
    outputs = [output for cell in chapter.code_cells for output in cell.outputs]
    return [output.get("data", {}).get("text/markdown", "") for output in outputs]


def theorems(chapter):
    return [
        text for text in shown(chapter) if text.startswith("$$") and "proved" in text
    ]


# Refusals


@each_derivation
def test_every_refusal_of_a_chapter_is_shown(chapter):
    for cell in chapter.code_cells:
        tree = ast.parse(cell.source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                name = getattr(node.value.func, "attr", "")
                assert name != "refuse" or node is tree.body[-1], cell.source


@each_derivation
def test_every_refused_variant_has_its_row(chapter):
    stored = [text for text in shown(chapter) if text.startswith("| refused ")]
    tables = article(chapter).select("table.refusals")
    assert len(tables) == len(stored)
    for table, text in zip(tables, stored, strict=True):
        rows = table.select("tbody > tr:not(.numbers)")
        assert len(rows) == len(text.splitlines()) - 2
        for row in rows:
            _, formula, claim, *_ = row.find_all("td")
            assert formula.select(".math")
            below = row.find_next_sibling("tr", class_="numbers")
            if claim.get("colspan"):
                assert claim.get_text().startswith("the shapes do not fit")
            else:
                assert below is row.find_next_sibling("tr")
                [cell] = below.find_all("td")
                assert int(cell["colspan"]) == len(row.find_all("td")) == 5
                folds = cell.select("details > summary")
                assert [fold.get_text() for fold in folds] == ["numbers"]
                numbers = cell.select_one("details > p").get_text()
                assert cell.select("details .math") or numbers == "always"


# Theorems


@each_derivation
def test_every_theorem_has_a_box_with_each_definition_on_a_line(chapter):
    boxes = article(chapter).select(".theorem")
    assert len(boxes) == len(theorems(chapter))
    for box, text in zip(boxes, theorems(chapter), strict=True):
        definitions = [line for line in text.splitlines() if line.startswith("  - ")]
        lines = [item for item in box.select("li li") if not item.select("details")]
        assert len(lines) == len(definitions)
        assert all(len(item.select(".math")) == 1 for item in lines)


@each_derivation
def test_folded_definitions_stand_above_on_the_page(chapter):
    known = set()
    for box in article(chapter).select(".theorem"):
        folded = [tex_in(item) for item in box.select("details li")]
        assert set(folded) <= known
        for summary in box.select("summary"):
            assert summary.get_text() == f"{len(folded)} definitions as above"
        known |= {tex_in(item) for item in box.select("li li")}


def tex_in(item):
    """The LaTeX of the formulas in a line; folded ones are MathML alone."""
    return " ".join(tex.get_text() for tex in item.select("annotation"))


@each_derivation
def test_a_box_has_its_latex_and_its_line_of_code_to_copy(chapter):
    boxes = article(chapter).select(".theorem")
    for box, text in zip(boxes, theorems(chapter), strict=True):
        formula, label = re.search(r"\$\$\n(.*)\n\$\$(?: \((.*)\))?", text).groups()
        assert box["data-latex"] == formula
        code = [
            module_texts()[path].splitlines()[line - 1].strip()
            for found, path, line, *_ in labels.code_lines()
            if found == label
        ]
        assert box.get("data-numpy") == (code[0] if code else None)


# Folds


@each_notebook
def test_every_fold_of_a_cell_says_what_it_hides(chapter):
    for fold in article(chapter).select("details.hide"):
        summary = fold.find("summary")
        label = summary.get_text()
        assert label.strip() and not re.search("Show|code cell", label)
        assert not summary.get("aria-label")
        if wrong := re.match(r"(\w+) more wrong variant", label):
            number = len(fold.select("table.refusals tbody > tr:not(.numbers)"))
            assert wrong[1] in (NUMBERS[number], str(number))
        if lines := re.search(r"\((\d+) lines\)$", label):
            code = fold.find("pre").get_text()
            assert len(code.rstrip("\n").splitlines()) == int(lines[1])


@each_notebook
def test_no_page_opens_with_a_long_list_of_imports(chapter):
    for listing in article(chapter).select("div.cell > .cell_input pre"):
        body = ast.parse(python(listing.get_text())).body
        imports = sum(isinstance(x, (ast.Import, ast.ImportFrom)) for x in body)
        lines = listing.get_text().splitlines()
        assert len(lines) <= 5 or imports < len(body), listing.get_text()


def python(code):
    """Code without the lines that only IPython understands."""
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.MULTILINE)


def test_the_parts_of_a_listing_are_numbered_as_its_text_names_them():
    [chapter] = [c for c in notebooks() if c.name == "model"]
    [listing] = [
        pre for pre in article(chapter).find_all("pre") if pre.select(".listing-part")
    ]
    marked = {}
    for mark in listing.select(".listing-part"):
        name = mark.find_next("span", class_=re.compile("^(nf|fm)$")).get_text()
        marked.setdefault(mark["data-part"], []).append(name)
    for part, names in marked.items():
        [words] = re.findall(
            rf"Part {part}, (.*?),\s+(?:checks|is)", chapter.prose, re.S
        )
        assert re.findall(r"`(\w+)`", words) == names
    assert set(marked) == {"1", "2", "3"}


@pytest.mark.parametrize("name", ["model", "training"])
def test_of_a_long_docstring_the_first_line_stands_outside_its_fold(name):
    [chapter] = [c for c in notebooks() if c.name == name]
    folds = article(chapter).select(".docstring-rest")
    assert folds
    for fold in folds:
        assert fold.previous_sibling.get_text().startswith('"""')
        assert len(fold.previous_sibling.get_text()) > 3
        assert fold.get_text().rstrip().endswith('"""')
        assert fold.get_text().count("\n") == int(fold["data-lines"]) > 5


# Boxes


@each_notebook
def test_what_a_chapter_offers_stands_in_three_rows(chapter):
    [box] = article(chapter).select(".at-the-top")
    terms = [term.get_text() for term in box.find_all("dt")]
    assert terms == ["You will", "You need", "Time"]
    will, *_ = box.find_all("dd")
    [source] = re.findall(r"\*\*You will\*\*(.*?)\*\*You need", chapter.prose, re.S)
    things = [item.get_text() for item in will.find_all("li")]
    assert len(things) == source.count("·") + 1
    for thing, words in zip(things, source.split("·"), strict=True):
        first = re.match(r"[\w ,]*", words.strip().replace("\n", " "))[0]
        assert " ".join(thing.split()).startswith(first)


@each_notebook
def test_results_wear_no_warning(chapter):
    for box in article(chapter).select(".admonition"):
        title = box.find(class_="admonition-title")
        if title and title.get_text().startswith("Result"):
            assert "result" in box["class"] and "important" not in box["class"]


def test_the_questions_are_a_table():
    [chapter] = [c for c in notebooks() if c.name == "solve"]
    rows = article(chapter).find("table").select("tbody > tr")
    assert [row.find("td").get_text() for row in rows] == list(QUESTIONS)


def test_a_verdict_has_its_color_and_its_numbers_a_line():
    [chapter] = [c for c in notebooks() if c.name == "solve"]
    boxes = article(chapter).select(".verdict")
    assert boxes
    for box in boxes:
        sign = box.find("strong").get_text()[0]
        word = {"✓": "right", "½": "partly", "✗": "wrong", "?": "open"}[sign]
        assert word in box["class"]
        if numbers := box.find("code"):
            assert numbers.find_previous_sibling().name == "br"
