"""The sheet of formulas: every label of the book, with its LaTeX and its code."""

import re

import pytest

from book.tools import labels
from book.tools.formulas import PAGE, SHAPES, lines, made, shapes

SHEET = made()[PAGE]
LABELS = [label for label, _ in labels.places()["equation"]]
ENTRIES = re.findall(r"^:::\{div\} entry\n(.+?)^:::$", SHEET, re.MULTILINE | re.DOTALL)


def entry(label):
    [found] = [text for text in ENTRIES if f"{{eq}}`{label}`" in text]
    return found


def test_every_label_is_on_the_sheet_once():
    assert [re.search(r"\{eq\}`(.+?)`", text)[1] for text in ENTRIES] == LABELS


@pytest.mark.parametrize("label", LABELS)
def test_an_entry_has_the_code_that_computes_it(label):
    found = list(lines(label))
    functions = {f for name, _, _, f, _ in labels.code_lines() if name == label}
    assert {function for _, _, function, _ in found} == functions
    texts = labels.module_texts()
    for code, path, function, page in found:
        assert f"`{code}`\\\n`{function}` in {{doc}}`{path} </{page}>`" in entry(label)
        assert "eq:" not in code and code.partition("  #")[0] in texts[path]


def test_no_shape_is_idle():
    used = {name for label in LABELS for name in shapes(labels.formulas()[label])}
    assert used == SHAPES.keys()


@pytest.mark.parametrize(
    "small_print",
    [
        "\n\n*proved for every $N$; where $a = b$, $c = d$; if $a > 0$ for every i.*",
        "\n\n*proved for every $N$*\n\n- where\n  - $\\displaystyle a = b$\n"
        "  - $\\displaystyle c = d$\n- if $\\displaystyle a > 0$ for every i",
    ],
)
def test_definitions_and_hypotheses_are_read_in_the_small_print(small_print):
    shown = labels.Shown("eq:a", "page", "", small_print, "")
    assert shown.facts("where") == ["$a = b$", "$c = d$"]
    assert shown.facts("if") == ["$a > 0$ for every i"]


@pytest.mark.parametrize("label", LABELS)
def test_an_entry_has_the_formula_that_its_chapter_shows(label):
    assert f"$$\n{labels.formulas()[label].tex}\n$$" in entry(label)


def test_the_page_of_the_equations_shows_them():
    page = labels.made()[labels.PAGE]
    for label in LABELS:
        assert f"$$\n    {labels.formulas()[label].tex}\n    $$" in page
