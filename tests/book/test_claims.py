"""What the prose claims in numbers and in words stands in a cell beside it."""

import re

import nbformat
import pytest

from book.tools import assertions
from book.tools.assertions import sections
from book.tools.chapters import notebooks

each_chapter = pytest.mark.parametrize("chapter", notebooks(), ids=lambda c: c.name)

NOT_PROSE = re.compile(  # code, links, roles, options, displayed formulas, years, times
    r"\$\$[^$]*\$\$|\{[\w:]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|^ *:\w+:.*$|^ *`{3,}.*$"
    r"|\b(?:of|in|from|since) (?:18|19|20)\d\d\b|\*\*Time\*\*.*$|\((?:18|19|20)\d\d\)",
    re.MULTILINE,
)
TIMES_POWER = re.compile(r"(?:(\d[\d.]*)\s*\\cdot\s*)?10\^\{?(-?\d+)\}?")
NUMBER = re.compile(
    r"(?<![\w.^{/_-])(?P<digits>\d{1,3}(?:,\d{3})+|\d+\.\d+|\d+)(?:e(?P<power>[+-]?\d+))?"
    r"(?![\w}]|[.,]\d)(?P<unit>\s?%| times| points)?"
)
IN_CELLS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d*\.?\d+(?:[eE][+-]?\d+)?")
SMALL = 12  # whole numbers up to here count things on the page, unless they have a unit

# Numbers that the book quotes and does not compute, with what they are.
QUOTED = {
    "1e-8": "what the handout promises of a gradient check",
    "255": "the largest gray of a pixel",
    "784": "the pixels of an image",
    "16": "the digits of float64",
    "1.320973": "the handout's loss with ReLU",
    "2.0e-6": "the published error of b1",
    "64": "the hidden units of the assignment's network",
    "10,000": "the images of the validation set, and of the test set",
    "50,000": "the images of the training set",
    "60,000": "the training images of MNIST before the split",
    "70,000": "all images of MNIST",
}
CLAIM = re.compile(
    r"\b(at most|at least|never|always|largest|smallest|best|worst|better|worse|beats?"
    r"|faster|slower|more than|less than|fewe(?:r|st)|twice|half of|most of|nearly all"
    r"|all of|none of|exactly|necessary|sufficient|decides?"
    r"|times (?:as|more|less|larger|smaller))\b|%",
    re.IGNORECASE,
)


def plain(text):
    """The prose without code, links and displayed formulas; 3 · 10^-5 becomes 3e-5."""
    text = NOT_PROSE.sub(" ", text)
    return TIMES_POWER.sub(lambda m: f"{m[1] or 1}e{m[2]}", text)


def described(cell):
    """The caption and the alt text of a cell's figure."""
    mystnb = cell.metadata.get("mystnb", {})
    return mystnb.get("figure", {}).get("caption", ""), mystnb.get("image", {}).get(
        "alt", ""
    )


def known(cells):
    """The numbers in the code and in the compared outputs of the cells."""
    texts = [cell.source for cell in cells]
    for output in (output for cell in cells for output in cell.outputs):
        texts.append(output.get("text", ""))
        texts += [
            str(v) for k, v in output.get("data", {}).items() if k.startswith("text/")
        ]
    return [float(text.replace(",", "")) for text in IN_CELLS.findall("\n".join(texts))]


def is_shown(match, numbers):
    """Whether one of the numbers, rounded as the prose rounds, is what it states."""
    digits, power = match["digits"].replace(",", ""), int(match["power"] or 0)
    half = 0.5001 * 10.0 ** (power - len(digits.partition(".")[2]))
    value, percent = float(digits) * 10.0**power, "%" in (match["unit"] or "")
    spans = [(value, half), (value / 100, half / 100)][: 1 + percent]
    return any(abs(number - at) <= width for number in numbers for at, width in spans)


def stated(text):
    """The numbers that a piece of prose states, but for small counts."""
    for match in NUMBER.finditer(text):
        digits, scaled = match["digits"], match["power"] or match["unit"]
        counts = digits.isdigit() and int(digits) <= SMALL and not scaled
        if not counts and match[0].strip() not in QUOTED:
            yield match


def is_summary(text, section, chapter):
    """Whether prose speaks of the whole chapter: its opening, a result, its end."""
    marks = "**In three sentences.**", ":class: result"
    return section is chapter[0] or any(mark in text for mark in marks)


def unbacked_numbers(chapter):
    """The numbers in the prose that no cell of their section shows, and words around.

    What describes the whole chapter or a figure may lean on any cell of the chapter.
    """
    everything = known([cell for section in chapter for cell in section.cells])
    for section in chapter:
        own = known(section.cells)
        pieces = [(text, is_summary(text, section, chapter)) for text in section.prose]
        pieces += [(text, True) for cell in section.cells for text in described(cell)]
        for piece, of_the_chapter in pieces:
            text, numbers = plain(piece), everything if of_the_chapter else own
            for match in stated(text):
                if not is_shown(match, numbers):
                    around = text[max(match.start() - 50, 0) : match.end() + 30]
                    yield f"{section.title}: … {' '.join(around.split())} …"


def unbacked_sections(chapter):
    """The sections whose prose claims something while no cell prints or asserts."""
    for section in chapter[1:]:
        text = " ".join(map(plain, section.prose))
        if CLAIM.search(text) and not any(map(assertions.backed, section.cells)):
            words = ", ".join(match[0] for match in CLAIM.finditer(text))
            yield f"{section.title}: {words}"


@each_chapter
def test_each_number_in_the_prose_stands_in_a_cell_of_its_section(chapter):
    missing = list(unbacked_numbers(sections(chapter)))
    assert not missing, "\n".join(missing)


@each_chapter
def test_each_section_that_claims_has_a_cell_that_prints_or_asserts(chapter):
    missing = list(unbacked_sections(sections(chapter)))
    assert not missing, "\n".join(missing)


def chapter_of(*cells):
    """An opening and one section of these cells, (kind, text, output) each."""
    opening, section = assertions.Section("Opening"), assertions.Section("Section")
    for kind, text, *output in cells:
        if kind == "prose":
            section.prose.append(text)
        else:
            outputs = [
                nbformat.v4.new_output("stream", text=printed) for printed in output
            ]
            section.cells.append(nbformat.v4.new_code_cell(text, outputs=outputs))
    return [opening, section]


@pytest.mark.parametrize(
    "prose, printed",
    [
        ("loses 3.7 points", "0.908 against 0.945: 0.037, or 3.68 points"),
        ("in 79 % of the images", "0.7914"),
        ("in 79 % of the images", "79.1%"),
        ("a bound of $2 \\cdot 10^{-12}$", "below 2e-12"),
        ("of 182,003 products", "182003"),
        ("4 times as long", "ratio 4.2"),
    ],
)
def test_a_number_is_found_however_it_is_rounded_or_written(prose, printed):
    cells = ("prose", prose), ("code", "print(result)", printed)
    assert not list(unbacked_numbers(chapter_of(*cells)))


@pytest.mark.parametrize(
    "prose, printed",
    [
        ("loses 3.7 points", "3.6"),
        ("in 79 % of the images", "0.80"),
        ("a bound of $10^{-12}$", "below 1e-11"),
        ("4 times as long", "ratio 5"),
        ("as fast as 1.20 others", "1.2106"),
        ("a share of 0.4", ""),
    ],
)
def test_a_number_that_no_cell_shows_is_found_out(prose, printed):
    cells = ("prose", prose), ("code", "print(result)", printed)
    assert len(list(unbacked_numbers(chapter_of(*cells)))) == 1


def test_a_claim_needs_a_cell_that_prints_or_asserts():
    claim = ("prose", "ReLU is never slower.")
    assert len(list(unbacked_sections(chapter_of(claim)))) == 1
    assert len(list(unbacked_sections(chapter_of(claim, ("code", "x = 1"))))) == 1
    assert not list(
        unbacked_sections(chapter_of(claim, ("code", "assert relu <= sigmoid")))
    )
    assert not list(unbacked_sections(chapter_of(claim, ("code", "print(x)", "1.0"))))
    assert not list(unbacked_sections(chapter_of(("prose", "ReLU has a corner."))))
