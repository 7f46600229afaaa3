"""The fonts of formulas are cut down to the signs in use, and to no fewer."""

import base64
import re
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from book.tools import HTML

FACE = re.compile(
    r'family:"?(\w+)"?;font-style:(\w+);font-weight:(\w+);src:url\("[^,]*,([^"]*)'
)
SHOWN = """() => {
    const shown = {};
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const { fontFamily, fontStyle, fontWeight } = getComputedStyle(element);
        if (!fontFamily.startsWith('KaTeX') || element.closest('math')) continue;
        const face = `${fontFamily.split(',')[0]} ${fontStyle} ${fontWeight}`;
        shown[face] = (shown[face] ?? '') + texts.currentNode.data;
    }
    return shown;
}"""
PAGES = [
    "derive/backpropagation",
    "derive/every_size",
    "derive/regularization",
    "derive/witness",
    "build/gradient_check",
    "explore/depth",
    "reference/formulas",
    "reference/notation",
]


@pytest.fixture(scope="module")
def glyphs():
    """{"KaTeX_Main normal 400": the signs of that font}"""
    style = (HTML / "_static/formulas.css").read_text(encoding="utf-8")
    found = {}
    for *face, font in FACE.findall(style):
        table = TTFont(BytesIO(base64.b64decode(font))).getBestCmap()
        found[" ".join(face)] = set(map(chr, table))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_each_sign_of_a_formula_is_in_its_font(visit, glyphs, name):
    shown = visit(f"book/{name}.html").evaluate(SHOWN)
    blank = set("\u200b\u00a0 \n")
    lost = {face: set(text) - glyphs[face] - blank for face, text in shown.items()}
    assert "KaTeX_Main normal 400" in shown
    assert not any(lost.values()), lost
