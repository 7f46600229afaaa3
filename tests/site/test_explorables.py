"""Sliders, the game and linked columns, in Chromium: they show what Python made."""

import json

import numpy as np
import pytest
from accessibility import faults
from bs4 import BeautifulSoup

from book.tools import HTML
from mlp import MLP
from mlp.bugs import BUGS

STEP = "book/build/training.html"
CHECK = "book/build/gradient_check.html"
GAME = "book/explore/broken_gradients.html"
COLUMNS = "book/build/backward.html"
PART = {STEP: ".slider", CHECK: ".slider", GAME: ".game", COLUMNS: ".linked"}
SIZES = {"laptop": (1440, 900), "phone": (360, 740)}
UNSHUFFLED = "Math.random = () => 0.9"  # the rounds in their order, the wrong one at B


def data(name, key):
    """What Python wrote into an attribute of a page."""
    page = BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")
    return json.loads(page.select_one(PART[name])[f"data-{key}"])


# --- all of them


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("name", PART)
def test_explorables_fit_and_are_accessible(visit, name, size):
    page = visit(name, color_scheme="light")
    page.set_viewport_size(dict(zip(["width", "height"], size)))
    part = page.locator(PART[name])
    if name == GAME:
        page.get_by_role("button", name="A:").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert part.evaluate("part => part.scrollWidth <= part.clientWidth")
    for theme in ["light", "dark"]:
        page.evaluate(
            "theme => { document.documentElement.dataset.theme = theme; }", theme
        )
        page.wait_for_timeout(400)  # colors fade
        found = faults(page, PART[name])
        assert not found, f"{theme}\n" + "\n".join(found)


@pytest.mark.parametrize("name", [STEP, CHECK, GAME])
def test_without_script_and_on_paper_the_fallback_stands_there(visit, name):
    fallback, live = (
        f"{PART[name]} .explorable-{part}" for part in ["fallback", "live"]
    )
    page = visit(name, java_script_enabled=False)
    assert page.locator(fallback).is_visible() and not page.locator(live).is_visible()
    page = visit(name)
    assert not page.locator(fallback).is_visible() and page.locator(live).is_visible()
    page.emulate_media(media="print")
    assert page.locator(fallback).is_visible() and not page.locator(live).is_visible()


# --- sliders


@pytest.mark.parametrize("name", [STEP, CHECK])
def test_a_slider_shows_every_frame_by_keyboard(visit, name):
    page, frames = visit(name), data(name, "frames")
    part, handle = page.locator(".slider"), page.locator(".slider input")
    first = int(handle.input_value())
    assert part.locator("output").inner_text() == frames[first]["value"]
    handle.focus()
    page.keyboard.press("Home")
    for frame in frames:
        assert part.locator("output").inner_text() == frame["value"]
        assert handle.get_attribute("aria-valuetext") == frame["value"]
        assert part.locator(".explorable-says").inner_text() == frame["says"]
        for path, d in frame["paths"].items():
            assert part.locator(f"[data-path={path}]").get_attribute("d") == d
        page.keyboard.press("ArrowRight")
    assert part.locator("output").inner_text() == frames[-1]["value"]
    page.keyboard.press("PageDown")
    assert part.locator("output").inner_text() != frames[-1]["value"]


@pytest.mark.parametrize("name", [STEP, CHECK])
def test_a_slider_starts_with_the_picture_that_python_drew(name):
    page = BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")
    frame = data(name, "frames")[int(page.select_one(".slider input")["value"])]
    for path, d in frame["paths"].items():
        assert page.select_one(f"[data-path={path}]")["d"] == d


def test_words_about_the_step_size_are_those_of_the_network():
    for frame in data(STEP, "frames"):
        net = MLP([1, 1], output="sigmoid", std=0)
        net.params["W1"][:] = 1.0
        product, path = float(frame["value"]), [1.0]
        for _ in range(5):  # the penalty alone: the example's input is 0
            grads = net.loss(np.zeros((1, 1)), np.array([1]), reg=1.0)[1]
            net.params["W1"] -= product * grads["W1"]
            path.append(net.params["W1"].item())
        assert ", ".join(f"{w:.3g}" for w in path[1:]) in frame["says"]
        words = {
            "flies off": abs(path[5]) > 1,
            "never comes closer": abs(path[5]) == 1,
            "One step": path[1] == 0,
            "yet it arrives": path[1] < 0 and abs(path[5]) < 1,
            "creeps": path[1] > 0,
        }
        assert [word for word in words if word in frame["says"]] == [
            word for word, holds in words.items() if holds
        ]


def test_both_errors_of_the_difference_add_up():
    frames = data(CHECK, "frames")
    for frame in frames:
        said = frame["says"].replace(",", "").split()
        h, quotient = float(frame["value"].split()[-1]), float(said[3].rstrip("."))
        cut, rounded, both = (float(w.rstrip(".")) for w in said if w[0] in "+-")
        assert both == pytest.approx(cut + rounded, rel=0.1)
        off = (quotient - np.e) / np.e
        assert both == pytest.approx(off, rel=0.06, abs=1e-15)
        assert cut == pytest.approx(np.sinh(h) / h - 1, rel=0.06, abs=1e-15)
    assert "smaller step" in frames[-1]["says"] and "larger step" in frames[0]["says"]


# --- the game


def shown(part):
    return part.locator("span").all_inner_texts()


def test_the_game_is_played_by_keyboard_and_counts(visit):
    page, rounds = visit(GAME, UNSHUFFLED), data(GAME, "rounds")
    assert len(rounds) == len(BUGS)
    game, says = page.locator(".game"), page.locator(".game-says")
    score, matrices = page.locator(".game-score"), page.locator(".game .matrix")
    page.get_by_role("button", name="A:").focus()
    for number, one in enumerate(rounds, start=1):
        assert f"Round {number} of {len(rounds)}" in says.inner_text()
        for letter, side in [("A", "right"), ("B", "wrong")]:
            button = game.get_by_role("button", name=f"{letter}:").inner_text()
            assert one[side] in button
        assert matrices.count() == 0  # the accuracies first
        page.keyboard.press("Enter")  # A, by accuracy: wrong
        assert f"gradients by {one['name']}" in says.inner_text()
        for place, key in enumerate(["right", "wrong", "measured"]):
            assert shown(matrices.nth(place)) == one["gradients"][key]["entries"]
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # B, by the check: right
        assert says.inner_text().startswith(f"Yes, it is B: {one['says']}.")
        assert f"calls {one['count']} entries" in says.inner_text()
        assert score.inner_text() == (
            f"Found by accuracy: 0 of {number}. With the check: {number} of {number}."
        )
        marked = game.locator(".marked").all_inner_texts()
        wrong = one["gradients"]["wrong"]["entries"]
        assert marked == [wrong[i] for i in one["marks"]]
        page.keyboard.press("Enter")  # the next round
    assert "Round 1 of" in says.inner_text() and "0 of 0" in score.inner_text()


def test_a_decision_of_the_game_is_final(visit):
    page = visit(GAME, UNSHUFFLED)
    for letter in "AABB":
        page.get_by_role("button", name=f"{letter}:").press("Enter")
    assert page.locator(".game-says").inner_text().startswith("No, it is B")
    assert "With the check: 0 of 1" in page.locator(".game-score").inner_text()


def test_the_wrong_gradient_is_the_one_that_differs_from_the_measured_one():
    for one in data(GAME, "rounds"):
        right, wrong, measured = (
            one["gradients"][key]["entries"] for key in ["right", "wrong", "measured"]
        )
        assert right == measured
        differ = [i for i, pair in enumerate(zip(wrong, measured)) if len({*pair}) > 1]
        assert differ and set(differ) <= set(one["marks"])


def test_sides_of_the_game_are_drawn_at_random(visit):
    sides = set()
    for draw in (0.1, 0.9):
        page = visit(GAME, f"Math.random = () => {draw}")
        buttons = page.locator(".game-table button").all_inner_texts()
        sides.add(tuple(button.split()[1] for button in buttons))
    assert len(sides) == 2 and {tuple(reversed(pair)) for pair in sides} == sides


# --- the linked columns


def lit(page):
    found = page.locator(".linked .lit").evaluate_all(
        "all => all.map(part => [part.tagName.toLowerCase(), part.dataset.eq])"
    )
    assert len({label for _, label in found}) <= 1
    return sorted(tag for tag, _ in found), {label for _, label in found}


def test_pointing_at_one_of_three_lights_all_three(visit):
    page = visit(COLUMNS)
    page.locator(".linked").scroll_into_view_if_needed()
    says = page.locator(".linked-says")
    assert lit(page) == ([], set())
    parts = page.locator(".linked [data-eq]")
    assert parts.count() == 12
    for part in parts.all():
        part.hover()
        assert lit(page) == (["button", "g", "span"], {part.get_attribute("data-eq")})
        lights = page.locator(".linked .lit line")
        assert lights.get_attribute("marker-start")  # back along the arrow
        assert not lights.get_attribute("marker-end")
    page.mouse.move(0, 0)
    assert lit(page) == ([], set()) and says.inner_text().startswith("Point at")


def test_the_columns_are_linked_by_keyboard(visit):
    page = visit(COLUMNS)
    buttons = page.locator(".linked button")
    buttons.first.focus()
    for button in buttons.all():
        assert lit(page)[1] == {button.get_attribute("data-eq")}
        said = page.locator(".linked-says").inner_text()
        assert said == button.get_attribute("data-says")
        page.keyboard.press("Tab")
    assert lit(page) == ([], set())


def test_equal_numbers_say_without_script_what_belongs_together(visit):
    page = visit(COLUMNS, java_script_enabled=False)
    groups = page.locator(".linked [data-eq]").evaluate_all(
        "all => all.map(part => [part.dataset.eq, "
        "part.querySelector('.linked-number, text').textContent])"
    )
    pairs = {tuple(group) for group in groups}
    assert len(groups) == 3 * len(pairs) == 12
    assert len(dict(pairs)) == len({number for _, number in pairs}) == 4
