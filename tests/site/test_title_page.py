"""The title page in Chromium: its claims against `mlp`, its first screen, its sheet."""

import re

import numpy as np
import pytest
from accessibility import faults

from book.tools import claim

TITLE = "book/index.html"
each_sheet = pytest.mark.parametrize(
    "sheet", ["book/reference/formulas.html", "book/reference/layers.html"]
)
NAMES = list(claim.variants()[1])
WRONG = [name for name in NAMES if name in claim.WRONG]
PHONE = {"width": 360, "height": 740}


def verdict(page):
    return " ".join(page.locator(".claim-verdict").inner_text().split())


def button(page, name):
    return page.locator(f'[data-claim="{name}"]')


@pytest.mark.parametrize("seed", range(5))
def test_claims_and_slopes_are_those_of_the_package(visit, seed):
    page, rng = visit(TITLE), np.random.default_rng(seed)
    N, K = rng.choice([2, 4, 5]), 3  # of two classes both slopes are equally large
    scores, y = 3 * rng.standard_normal((N, K)), rng.integers(K, size=N)
    for name in NAMES:
        computed = page.evaluate(
            "([name, S, y]) => [Claims.claimed(name, S, y), Claims.slopes(S, y)]",
            [name, scores.tolist(), y.tolist()],
        )
        expected = claim.compared(name, scores, y)
        for mine, its in zip(expected, computed, strict=True):
            np.testing.assert_allclose(its, mine, atol=1e-9)
        place = page.evaluate("([a, b]) => Claims.furthest(a, b)", computed)
        found = place and (place["i"] + 1, place["j"] + 1)
        assert found == claim.furthest(*expected)


def test_the_box_says_at_first_what_python_wrote(visit):
    live, written = visit(TITLE), visit(TITLE, java_script_enabled=False)
    parts = ".claim-numbers, .claim-verdict"
    texts = [
        [" ".join(text.split()) for text in page.locator(parts).all_text_contents()]
        for page in (live, written)
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_claim_is_refused_with_a_counterexample(visit, name):
    page = visit(TITLE)
    button(page, name).click()
    claimed, slopes = claim.compared(name, claim.SCORES, claim.LABELS)
    row, column = claim.furthest(claimed, slopes)
    at = row - 1, column - 1
    assert verdict(page) == (
        f"Refused. Row {row}, column {column}: "
        f"the claim is {claim.shown(claimed[at])}, "
        f"but the loss has the slope {claim.shown(slopes[at])}."
    )


def test_the_right_claim_is_accepted_with_a_link_to_its_proof(visit):
    page = visit(TITLE)
    button(page, claim.LABEL).click()
    assert verdict(page) == (
        "It agrees at these numbers; proved for every size in (4.3)."
    )
    page.locator(".claim-verdict a").click()
    assert re.search(r"derive/softmax\.html#equation-", page.url)


def test_the_claims_are_tried_by_keyboard_and_spoken(visit):
    page = visit(TITLE)
    assert page.locator(".claim-verdict").get_attribute("role") == "status"
    button(page, NAMES[0]).focus()
    said = [verdict(page)]
    for name in NAMES[1:]:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        pressed = page.locator(".claim [aria-pressed=true]")
        assert pressed.get_attribute("data-claim") == name
        said.append(verdict(page))
    assert len(set(said)) == len(NAMES)


def test_other_numbers_change_the_point_and_not_the_judgment(visit):
    page, points = visit(TITLE), set()
    for _ in range(10):
        page.locator(".claim-again").click()
        points.add(page.locator("[data-table=scores]").inner_text())
        for name in NAMES:
            button(page, name).click()
            assert verdict(page).startswith(
                "Refused." if name in WRONG else "It agrees"
            )
    assert len(points) > 5


def test_without_a_script_and_on_paper_there_is_a_table_of_verdicts(visit):
    page = visit(TITLE, java_script_enabled=False)
    paper = visit(TITLE)
    paper.emulate_media(media="print")
    for shown in (page, paper):
        assert shown.locator(".claim-table").is_visible()
        assert not shown.locator(".claim-live").is_visible()
    assert not visit(TITLE).locator(".claim-table").is_visible()


def test_promise_and_button_are_on_the_first_screen_of_a_phone(visit):
    page = visit(TITLE, viewport=PHONE)
    for part in [".promise", ".start .sd-btn"]:
        box = page.locator(part).bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] < PHONE["height"]


def test_there_is_one_button_to_start_and_it_says_how_long_the_page_takes(visit):
    page = visit(TITLE)
    buttons = page.locator("article .sd-btn, article a:has-text('Start')")
    assert buttons.count() == 1
    assert re.fullmatch(r"Start: .+, \d+ min", buttons.inner_text())


def test_the_verdict_changes_and_the_page_does_not_move(visit):
    page = visit(TITLE, viewport=PHONE)
    heights = set()
    for name in NAMES:
        button(page, name).click()
        heights.add(page.locator(".claim").bounding_box()["height"])
    assert len(heights) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_box_is_accessible_in_use(visit, theme):
    page = visit(TITLE, viewport=PHONE, color_scheme=theme)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    for name in [WRONG[-1], claim.LABEL]:
        button(page, name).click()
        page.wait_for_timeout(400)
        found = faults(page, ".claim")
        assert not found, "\n".join(found)


@each_sheet
def test_the_sheet_prints_on_two_sides_of_a4_at_most(visit, sheet):
    page = visit(sheet)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 (\d+)[\d.]* (\d+)", pdf)
    assert set(boxes) == {(b"595", b"842")} or set(boxes) == {(b"594", b"841")}
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) <= 2


@each_sheet
def test_nothing_on_the_printed_sheet_is_cut(visit, sheet):
    a4 = {"width": 643, "height": 900}  # without its margins
    page = visit(sheet, viewport=a4)
    page.emulate_media(media="print")
    wide = page.locator(".sheet .formula").evaluate_all(
        "all => all.filter(box => box.scrollWidth > box.clientWidth + 1)"
        ".map(box => box.querySelector('annotation').textContent)"
    )
    assert not wide
