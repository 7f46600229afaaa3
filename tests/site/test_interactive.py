"""The pages one can touch, in Chromium: their arithmetic against `mlp`, their use."""

import re

import numpy as np
import pytest
from accessibility import faults
from bs4 import BeautifulSoup

from book.tools import HTML
from book.tools.draw_weights import stored_nets
from mlp import MLP, softmax
from mlp.activations import ACTIVATIONS
from mlp.digits import center
from mlp.graph_walk import lines_of_numbers
from mlp.network import forward

WALKS = ["book/derive/computation_graph.html", "book/derive/backpropagation.html"]
DRAW = "book/train/draw.html"
WIDGET = {**dict.fromkeys(WALKS, ".graph-walk"), DRAW: ".draw"}


@pytest.fixture
def visit(browser):
    """Open pages without their mathematics, for speed; close them after the test."""
    opened = []

    def load(name, **options):
        page = browser.new_page(viewport={"width": 1280, "height": 900}, **options)
        opened.append(page)
        page.route("**/mathjax/**", lambda route: route.abort())
        page.goto((HTML / name).as_uri())
        return page

    yield load
    for page in opened:
        page.close()


@pytest.fixture(scope="module")
def draw(browser):
    page = browser.new_page()
    page.goto((HTML / DRAW).as_uri())
    yield page
    page.close()


# --- arithmetic
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_walk_has_the_numbers_of_the_package(draw, seed):
    rng = np.random.default_rng(seed)
    shapes = {"W1": (3, 3), "b1": (3, 1), "W2": (1, 3), "b2": (1, 1), "h0": (3, 1)}
    given = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    given["y"] = np.array([[seed % 2]])
    state = draw.evaluate(
        "given => Network.walk(given)",
        {name: part.tolist() for name, part in given.items()},
    )
    net = MLP([3, 3, 1], "sigmoid", output="sigmoid")
    net.params = {f"W{k}": given[f"W{k}"].T for k in (1, 2)}
    net.params |= {f"b{k}": given[f"b{k}"][:, 0] for k in (1, 2)}
    loss, grads = net.loss(given["h0"].T, given["y"][0])
    assert abs(state["value"]["J"][0][0] - loss) < 1e-12
    for k in "12":
        np.testing.assert_allclose(
            np.transpose(state["g"][f"W{k}"]), grads[f"W{k}"], atol=1e-12
        )
        np.testing.assert_allclose(
            np.ravel(state["g"][f"b{k}"]), grads[f"b{k}"], atol=1e-12
        )


def test_networks_answer_as_the_package_does(draw):
    nets, samples = stored_nets()
    noise = np.random.default_rng(0).uniform(size=(3, 784))
    for x in [*samples, *noise]:
        answers = draw.evaluate("x => answers(x)", x.tolist())
        assert answers.keys() == nets.keys()
        for name, net in nets.items():
            P = softmax(net.loss(x[None]))[0]
            np.testing.assert_allclose(answers[name]["P"], P, atol=1e-6)
            _, (_, H1) = forward(net.params, x[None], ACTIVATIONS[name][0])
            np.testing.assert_allclose(answers[name]["hidden"], H1[0], atol=1e-6)


def test_drawings_are_centered_as_in_the_chapter(draw):
    rng = np.random.default_rng(0)
    fields = [
        np.kron(image.reshape(28, 28), np.ones((3, 4)))
        for image in stored_nets()[1][:3]
    ]
    fields += [np.pad(image.reshape(28, 28)[:, :20], 7) for image in stored_nets()[1]]
    fields += [rng.uniform(size=(9, 1)), rng.uniform(size=(2, 60)), np.zeros((5, 5))]
    for field in fields:
        centered = draw.evaluate("ink => Network.center(ink)", field.tolist())
        np.testing.assert_allclose(centered, center(field), atol=1e-9)


# --- the graph to walk through
# -------------------------------------------------------------


def tab_to(page, selector):
    """Press Tab, from the start of the widget, until the element has the focus."""
    page.locator(".graph-walk").evaluate(
        "root => { root.tabIndex = -1; root.focus(); }"
    )
    for _ in range(20):
        if page.evaluate(
            "selector => document.activeElement.matches(selector)", selector
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


@pytest.mark.parametrize("name", WALKS)
def test_walk_starts_with_the_numbers_that_python_wrote(visit, name):
    page = visit(name)
    written = BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")
    parts = [part.decode_contents() for part in written.select(".walk-steps dd")]
    live = page.locator(".walk-steps dd").evaluate_all(
        "all => all.map(dd => dd.innerHTML)"
    )
    assert parts
    assert live == [part.replace("<br/>", "<br>") for part in parts]


@pytest.mark.parametrize("name", WALKS)
def test_walk_is_stepped_by_keyboard_and_says_where_it_is(visit, name):
    page = visit(name)
    status = page.locator(".walk-status")
    steps = page.locator(".walk-steps > li").count()
    said = [status.inner_text()]
    tab_to(page, ".walk-buttons button:nth-child(3)")
    for _ in range(steps - 1):
        page.keyboard.press("Enter")
        said.append(status.inner_text())
    counted = [int(re.match(r"Step (\d+) of", text)[1]) for text in said]
    assert counted == list(range(1, steps + 1))
    assert all(re.search(r", (forward|backward), .+: .+\d", text) for text in said)
    assert page.locator(".walk-steps > li:visible").count() == 1
    tab_to(page, ".walk-buttons button:nth-child(2)")
    page.keyboard.press("Enter")
    assert status.inner_text() == said[-2]
    tab_to(page, ".walk-buttons button:nth-child(1)")
    page.keyboard.press("Enter")
    assert status.inner_text() == said[0]


@pytest.mark.parametrize("name", WALKS)
def test_walk_computes_again_when_an_input_changes(visit, name):
    page = visit(name)
    given = page.evaluate(
        "JSON.parse(document.querySelector('.graph-walk').dataset.start)"
    )
    tab_to(page, ".walk-controls input")
    page.keyboard.press("Control+a")
    page.keyboard.type("-0.7")
    given["h0"][0][0] = -0.7
    a1 = np.array(given["b1"]) + np.array(given["W1"]) @ np.array(given["h0"])
    shown = page.locator("[data-node=a1][data-way=forward] [data-part=value]")
    assert shown.inner_html() == "<br>".join(lines_of_numbers(a1))


# --- the page to draw on
# -------------------------------------------------------------------


def percent(P):
    return int(np.floor(100 * P.max() + 0.5))


def test_sample_digits_get_the_answers_of_the_package(draw):
    nets, samples = stored_nets()
    for digit, x in enumerate(samples):
        draw.get_by_role("button", name=f"Sample {digit}").press("Enter")
        says = draw.locator(".draw-status").inner_text()
        for name, title in [("relu", "ReLU"), ("sigmoid", "sigmoid")]:
            P = softmax(nets[name].loss(x[None]))[0]
            assert f"{title} network says {P.argmax()} with {percent(P)} %" in says
            cells = draw.locator(f"td[data-net={name}] .draw-value").all_inner_texts()
            np.testing.assert_allclose(np.array(cells, float), 100 * P, atol=0.051)


def test_bars_of_both_networks_have_one_scale(draw):
    widths = draw.locator(".draw-answers tr:first-child td").evaluate_all(
        "cells => cells.map(cell => cell.firstChild.clientWidth)"
    )
    assert len(widths) == 2 and abs(widths[0] - widths[1]) <= 1


def test_radio_buttons_switch_the_hidden_units(draw):
    draw.get_by_role("button", name="Sample 3").press("Enter")
    picture = "document.querySelector('.draw-hidden').toDataURL()"
    draw.locator("input[value=relu]").focus()
    before = draw.evaluate(picture)
    assert "ReLU units are above 0;" in draw.locator(".draw-note").inner_text()
    draw.keyboard.press("ArrowRight")
    assert "sigmoid units are above 0.5;" in draw.locator(".draw-note").inner_text()
    assert draw.evaluate(picture) != before
    draw.keyboard.press("ArrowLeft")
    assert draw.evaluate(picture) == before


def trace(page, kind, points):
    """Draw a line through points with mouse, pen or touch, as the browser gets them."""
    session = page.context.new_cdp_session(page)
    last = len(points) - 1
    for i, (x, y) in enumerate([*points, points[-1]]):
        if kind == "touch":
            event = "touchStart" if i == 0 else "touchMove" if i <= last else "touchEnd"
            place = [{"x": x, "y": y}] if i <= last else []
            session.send(
                "Input.dispatchTouchEvent", {"type": event, "touchPoints": place}
            )
        else:
            event = (
                "mousePressed"
                if i == 0
                else "mouseMoved"
                if i <= last
                else "mouseReleased"
            )
            session.send(
                "Input.dispatchMouseEvent",
                {
                    "type": event,
                    "x": x,
                    "y": y,
                    "button": "left",
                    "buttons": int(i <= last),
                    "clickCount": 1,
                    "pointerType": kind,
                },
            )


@pytest.mark.parametrize("kind", ["mouse", "pen", "touch"])
def test_a_drawn_stroke_gets_an_answer(draw, kind):
    draw.get_by_role("button", name="Clear").click()
    status = draw.locator(".draw-status")
    assert status.inner_text() == "Nothing is drawn yet."
    field = draw.locator(".draw-field")
    field.scroll_into_view_if_needed()
    box, before = field.bounding_box(), draw.evaluate("scrollY")
    x = box["x"] + 100
    trace(draw, kind, [(x, box["y"] + 40 + 20 * i) for i in range(9)])
    assert (
        status.inner_text().count("says 1 with") == 2
    )  # a vertical line, left of the middle
    assert draw.evaluate("scrollY") == before
    draw.get_by_role("button", name="Clear").click()
    assert status.inner_text() == "Nothing is drawn yet."
    assert set(draw.locator(".draw-value").all_inner_texts()) == {"–"}


def test_without_script_the_page_says_what_there_would_be(visit):
    page = visit(DRAW, java_script_enabled=False)
    assert page.locator(".draw-fallback").is_visible()
    assert not page.locator(".draw-live").is_visible()


# --- all of them
# ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", WIDGET)
def test_interactive_parts_are_accessible_while_in_use(visit, name):
    page = visit(name, color_scheme="light")
    if name == DRAW:
        page.get_by_role("button", name="Sample 9").click()
    else:
        page.get_by_role("button", name="Next step").click()
        page.locator(".walk-controls summary").click()
    for theme in ["light", "dark"]:
        page.evaluate(
            "theme => { document.documentElement.dataset.theme = theme; }", theme
        )
        page.wait_for_timeout(400)  # colors fade
        found = faults(page, WIDGET[name])
        assert not found, f"{theme}\n" + "\n".join(found)
