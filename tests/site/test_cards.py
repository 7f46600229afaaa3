"""The cards of links, in Chromium: for the mouse, for the keyboard, not in the way."""

import json
import re
from functools import cache

import pytest
from accessibility import faults

from book.tools import HTML

CHAPTER = "book/build/backward.html"
API = "book/reference/api.html"
LINKS = {  # a page, a link on it, and what its card begins with
    "equation": (CHAPTER, "#equation-eq-backward-sum-examples", "∂"),
    "term": (CHAPTER, "#term-backward-pass", "The walk of backpropagation"),
    "module": (CHAPTER, "#module-mlp.network", "mlp.network"),
    "name": (API, "#mlp.losses.softmax_cross_entropy", "softmax_cross_entropy(scores"),
}
PHONE = {"width": 360, "height": 740}


def link_to(page, anchor):
    return page.locator(f'article a:not(.headerlink)[href$="{anchor}"]').first


def card(page):
    return page.get_by_role("tooltip")


@cache
def cards():
    script = (HTML / "_static/cards.js").read_text(encoding="utf-8")
    return json.loads(re.fullmatch(r"const CARDS = (.*);\n", script)[1])


def addresses():
    """Where the links of all pages lead that are of a kind that has cards."""
    for path in sorted((HTML / "book").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for target, anchor in re.findall(
            r'"reference internal" href="([^"#]*)#'
            r'((?:equation-|term-|mlp\.|module-mlp)[^"]*)"',
            text,
        ):
            file = (path.parent / target).resolve() if target else path
            yield f"{file.relative_to(HTML).as_posix()}#{anchor}"


def test_every_link_to_an_equation_a_term_or_a_name_has_a_card():
    linked = set(addresses())
    assert len(linked) > 100
    assert linked <= set(cards())


def test_no_card_holds_what_only_a_page_can_offer():
    assert all(cards().values())
    for address, text in cards().items():
        assert not re.search(r"<a\b|\bid=|<script|system-message", text), address


@pytest.mark.parametrize("kind", LINKS)
def test_a_card_comes_by_mouse_and_by_keyboard_and_goes(visit, kind):
    name, anchor, start = LINKS[kind]
    page = visit(name)
    link = link_to(page, anchor)
    link.hover()
    card(page).wait_for()
    page.mouse.move(0, 0)
    card(page).wait_for(state="hidden")
    page.keyboard.press("Tab")  # from here on the focus is seen
    link.focus()
    card(page).wait_for()
    page.wait_for_timeout(600)  # the page has scrolled below a mouse that rests
    assert card(page).inner_text().strip().startswith(start)
    assert link.get_attribute("aria-describedby") == card(page).get_attribute("id")
    page.keyboard.press("Escape")
    card(page).wait_for(state="hidden")
    assert link.get_attribute("aria-describedby") is None
    assert link.evaluate("link => link === document.activeElement")


def test_the_mouse_may_move_onto_the_card_which_stays(visit):
    page = visit(CHAPTER)
    link_to(page, LINKS["term"][1]).hover()
    card(page).hover()
    page.wait_for_timeout(600)
    assert card(page).is_visible()
    page.keyboard.press("Escape")
    card(page).wait_for(state="hidden")


def test_the_cards_are_asked_for_once_and_only_when_needed(visit):
    page, asked = visit(CHAPTER), []
    page.on("request", lambda request: asked.append(request.url))
    for kind in ["equation", "term", "equation"]:
        link_to(page, LINKS[kind][1]).hover()
        card(page).wait_for()
        page.mouse.move(0, 0)
        card(page).wait_for(state="hidden")
    assert [url for url in asked if url.endswith(".js")] == [
        (HTML / "_static/cards.js").as_uri()
    ]


def test_a_tap_follows_the_link(visit, browser):
    context = browser.new_context(has_touch=True, is_mobile=True, viewport=PHONE)
    page = context.new_page()
    page.goto((HTML / CHAPTER).as_uri())
    link_to(page, LINKS["term"][1]).tap()
    page.wait_for_url("**/glossary.html#term-backward-pass")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", LINKS)
def test_a_card_is_accessible_and_fits_a_phone(visit, kind, theme):
    name, anchor, _ = LINKS[kind]
    page = visit(name, viewport=PHONE, color_scheme=theme)
    link_to(page, anchor).hover()
    card(page).wait_for()
    box = card(page).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = faults(page, "#link-card")
    assert not found, "\n".join(found)


def test_a_page_without_formulas_shows_those_of_cards_typeset(visit):
    page = visit(API)
    assert page.locator("article .katex").count() == 0
    link_to(page, "#equation-eq-softmax").hover()
    card(page).wait_for()
    page.wait_for_function(
        "getComputedStyle(document.querySelector('#link-card .katex-mathml')).position"
        " === 'absolute'"
    )
