"""The pages one can touch, in Chromium: their arithmetic against `mlp`, their use."""

import re
from pathlib import Path

import numpy as np
import pytest
from accessibility import faults
from bs4 import BeautifulSoup

from book.tools import HTML
from book.tools.draw_weights import stored_nets
from mlp import MLP, softmax
from mlp.activations import ACTIVATIONS
from mlp.digits import center
from mlp.graph_walk import number, short
from mlp.losses import binary_cross_entropy
from mlp.network import forward

WALKS = ["book/derive/computation_graph.html", "book/derive/backpropagation.html"]
DRAW = "book/train/draw.html"
WIDGET = {**dict.fromkeys(WALKS, ".graph-walk"), DRAW: ".draw"}


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


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("score", [-900, -2.5, 0, 0.3, 41, 900])
def test_walk_has_the_loss_from_the_score_as_the_package_has(draw, score, target):
    made = draw.evaluate("([a, y]) => Network.fromScore(a, y)", [score, target])
    loss, dscores = binary_cross_entropy(np.array([[score]]), np.array([target]))
    np.testing.assert_allclose(made["J"], loss, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(made["g"], dscores.item(), rtol=0, atol=1e-15)


def test_numbers_are_written_as_python_writes_them(visit):
    rng = np.random.default_rng(0)
    values = [*rng.standard_normal(50), *10 ** rng.uniform(-9, 16, 50)]
    values += [
        0.0,
        -0.0,
        -1000,
        550,
        0.125,
        -0.625,
        0.03125,
        -1e-9,
        99999.5,
        1e5,
        -4.25e15,
    ]
    page = visit(WALKS[0])
    assert page.evaluate("all => all.map(v => number(v))", values) == texts(values)
    assert page.evaluate("all => all.map(short)", values) == list(map(short, values))


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
    for numbers in [".walk-steps dd span", ".walk-number"]:
        parts = [part.get_text() for part in written.select(numbers)]
        assert parts
        assert page.locator(numbers).all_text_contents() == parts


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
    assert shown.locator("span").all_text_contents() == texts(a1)


@pytest.mark.parametrize("name", WALKS)
def test_walk_keeps_the_focus_at_both_ends(visit, name):
    page = visit(name)
    steps = page.locator(".walk-steps > li").count()
    for button, others in [("Next step", steps), ("Back", steps + 2)]:
        page.get_by_role("button", name=button).focus()
        for _ in range(others):
            page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.textContent") == button
    assert place(page) == 1
    page.keyboard.press("ArrowRight")
    assert place(page) == 2


def place(page):
    return int(re.match(r"Step (\d+)", page.locator(".walk-status").inner_text())[1])


def texts(array):
    return [number(v, 4) for v in np.ravel(array)]


@pytest.mark.parametrize("name", WALKS)
def test_a_click_on_a_node_goes_to_its_step_and_keeps_the_focus(visit, name):
    page = visit(name)
    steps = page.locator(".walk-steps > li").evaluate_all(
        "all => all.map(li => li.dataset.node)"
    )
    page.get_by_role("button", name="Next step").focus()
    for node in dict.fromkeys(steps):
        page.locator(f".walk-node[data-node={node}]").click()
        assert steps[place(page) - 1] == node
    assert page.evaluate("document.activeElement.textContent") == "Next step"
    page.locator(".walk-node[data-node=h0]").click()  # given: no step leads there
    assert steps[place(page) - 1] == node


@pytest.mark.parametrize("name", WALKS)
def test_walk_lights_the_arrows_that_are_used(visit, name):
    page = visit(name)
    steps = page.locator(".walk-steps > li").evaluate_all(
        "all => all.map(li => [li.dataset.node, li.dataset.way])"
    )
    arrows = page.locator(".walk-drawing line").evaluate_all(
        "all => all.map(line => [line.dataset.from, line.dataset.to])"
    )
    for node, way in steps:
        end, head = (1, "marker-end") if way == "forward" else (0, "marker-start")
        used = page.locator(".walk-drawing line.used")
        lit = used.evaluate_all("all => all.map(l => [l.dataset.from, l.dataset.to])")
        assert lit == [arrow for arrow in arrows if arrow[end] == node] != []
        assert used.evaluate_all(f"all => all.every(l => l.hasAttribute('{head}'))")
        page.get_by_role("button", name="Next step").press("Enter")


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)])
def test_walk_shows_the_step_right_below_its_buttons(visit, size):
    page = visit(WALKS[1])
    page.set_viewport_size(dict(zip(["width", "height"], size)))
    drawing, buttons, step, controls = (
        page.locator(f".graph-walk {part}").bounding_box()
        for part in [
            ".walk-drawing",
            ".walk-buttons",
            ".walk-steps > li:visible",
            ".walk-controls",
        ]
    )
    assert drawing["y"] < buttons["y"] < step["y"] < controls["y"]
    assert step["y"] - buttons["y"] - buttons["height"] < 30
    assert step["y"] + 100 - drawing["y"] < size[1] - 60  # below the bar at the top


@pytest.mark.parametrize("name", WALKS)
def test_on_a_phone_the_buttons_have_one_line_and_formulas_are_large(visit, name):
    page = visit(name, viewport={"width": 360, "height": 740})
    drawing = page.locator(".walk-drawing")
    assert drawing.get_attribute("tabindex") == "0"  # it scrolls, by keyboard, too
    ground = drawing.evaluate("box => getComputedStyle(box).backgroundImage")
    assert ground.count("gradient") == 4
    buttons = page.locator(".walk-buttons")
    heights = [buttons.locator(part).first for part in ["button", "span"]]
    middles = [
        box["y"] + box["height"] / 2 for box in (p.bounding_box() for p in heights)
    ]
    assert abs(middles[0] - middles[1]) < 3
    sizes = page.locator(".walk-steps .mfrac .mord").evaluate_all(
        "all => all.filter(it => it.textContent.trim() && !it.closest('.msupsub'))"
        ".map(it => parseFloat(getComputedStyle(it).fontSize))"
    )
    assert min(sizes) >= 14


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)])
def test_entries_of_a_matrix_stand_in_columns(visit, size):
    page = visit(WALKS[1])
    page.set_viewport_size(dict(zip(["width", "height"], size)))
    page.locator(".walk-node[data-node=W1]").click()
    spans = page.locator(".walk-steps > li:visible [data-part=g] span")
    boxes = spans.evaluate_all(
        "all => all.map(s => s.getBoundingClientRect()).map(b => [b.right, b.bottom])"
    )
    rights, bottoms = np.array(boxes).reshape(3, 3, 2).round().transpose(2, 0, 1)
    assert (rights == rights[0]).all() and (np.diff(rights[0]) > 0).all()
    assert (bottoms.T == bottoms.T[0]).all() and (np.diff(bottoms[:, 0]) > 0).all()


def test_numbers_stay_in_their_boxes_whatever_is_given(visit):
    page = visit(WALKS[1])
    for _ in range(20):
        page.get_by_role("button", name="Next step").press("Enter")
    page.locator(".walk-controls summary").click()
    for field, value in [("h⁰1", "999.99"), ("W²1", "-1000"), ("b²", "-850")]:
        page.get_by_label(field).fill(value)
        spills = page.evaluate("""() => [...document.querySelectorAll('.walk-node')]
            .filter(node => {
                const box = node.querySelector('rect').getBoundingClientRect();
                return [...node.querySelectorAll('text')].some(text => {
                    const at = text.getBoundingClientRect();
                    return at.left < box.left || at.right > box.right ||
                        at.top < box.top || at.bottom > box.bottom;
                });
            }).map(node => node.textContent)""")
        assert not spills


@pytest.mark.parametrize(("bias", "target"), [(900, 0), (900, 1), (-900, 1)])
def test_infinity_and_no_number_are_explained(visit, bias, target):
    page = visit(WALKS[1])
    note = page.locator(".walk-note")
    assert not note.is_visible()
    page.locator(".walk-controls summary").click()
    page.get_by_label("y", exact=True).fill(str(target))
    page.get_by_label("b²").fill(str(bias))
    a2 = float(page.locator("[data-note=a2]").inner_text().replace("−", "-"))
    loss, dscores = binary_cross_entropy(np.array([[a2]]), np.array([target]))
    said = {
        key: page.locator(f"[data-note={key}]").inner_text() for key in ["h2", "J", "g"]
    }
    assert note.is_visible()
    assert said == {
        "h2": str(int(bias > 0)),
        "J": number(loss, 4),
        "g": number(dscores.item(), 4),
    }
    assert "no number (NaN)" in note.inner_text()
    link = note.locator("a").evaluate("link => decodeURI(new URL(link.href).pathname)")
    assert Path(link).exists()
    page.get_by_label("b²").fill("1")
    assert not note.is_visible()


def test_numbers_that_cannot_be_used_are_refused_with_words(visit):
    page = visit(WALKS[1])
    target, entry = page.get_by_label("y", exact=True), page.get_by_label("h⁰1")
    refused = page.locator(".walk-refused")
    before = page.locator(".walk-steps dd span").all_text_contents()
    for field, value, why in [
        (target, "0.5", "y is the class of the example, 0 or 1; the walk keeps 0."),
        (target, "2", "y is the class of the example, 0 or 1; the walk keeps 0."),
        (entry, "1e9", "must be a number from −1000 to 1000; the walk keeps 1."),
        (entry, "", "must be a number from −1000 to 1000; the walk keeps 1."),
    ]:
        field.fill(value)
        page.keyboard.press("Tab")
        assert why in refused.inner_text()
        assert field.get_attribute("aria-invalid") == "true"
        assert page.locator(".walk-steps dd span").all_text_contents() == before
        field.fill("1")
        assert refused.inner_text() == ""
        field.fill("0" if field is target else "1")


@pytest.mark.parametrize("name", WALKS)
def test_without_script_the_walk_has_its_lines_and_numbers(visit, name):
    page = visit(name, java_script_enabled=False, color_scheme="dark")
    for line in page.locator(".walk-drawing line").all():
        assert line.evaluate("line => getComputedStyle(line).stroke") != "none"
    for numbers in [".walk-number", ".walk-steps dd span"]:
        assert all(part.is_visible() for part in page.locator(numbers).all())
    assert not page.locator(
        ".walk-buttons, .walk-controls, .walk-note"
    ).first.is_visible()


@pytest.mark.parametrize("name", WALKS)
def test_the_walk_is_printed_with_all_steps_and_no_buttons(visit, name):
    page = visit(name)
    page.emulate_media(media="print")
    for all_of in [".walk-steps > li", ".walk-number"]:
        assert all(part.is_visible() for part in page.locator(all_of).all())
    for none_of in [".walk-buttons", ".walk-controls"]:
        assert not page.locator(none_of).is_visible()


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


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)])
def test_the_answers_stand_beside_the_field_or_below_it(visit, size):
    page = visit(DRAW)
    page.set_viewport_size(dict(zip(["width", "height"], size)))
    page.get_by_role("button", name="Sample 3").click()
    field, verdict, answers = (
        page.locator(f".draw-{part}").bounding_box()
        for part in ["field", "verdict", "answers tbody"]
    )
    bottom = field["y"] + field["height"]
    assert verdict["y"] < answers["y"]
    if size[0] > 1000:
        assert field["x"] + field["width"] < min(verdict["x"], answers["x"])
        assert abs(verdict["y"] - field["y"]) < 20
        assert answers["y"] + answers["height"] < bottom + 20
    else:
        assert bottom <= verdict["y"] < bottom + 20
        assert answers["y"] + answers["height"] - field["y"] < size[1] - 56


def test_the_verdict_follows_the_stroke(draw):
    draw.get_by_role("button", name="Clear").click()
    field, verdict = draw.locator(".draw-field"), draw.locator(".draw-verdict")
    field.scroll_into_view_if_needed()
    box, before = field.bounding_box(), verdict.inner_text()
    draw.mouse.move(box["x"] + 100, box["y"] + 40)
    draw.mouse.down()
    draw.mouse.move(box["x"] + 100, box["y"] + 200, steps=5)
    draw.wait_for_function(
        "before => document.querySelector('.draw-verdict').textContent !== before",
        arg=before,
    )
    assert re.match(r"ReLU: 1 \(\d+ %\), sigmoid: 1 \(\d+ %\)", verdict.inner_text())
    draw.mouse.up()


def test_undo_takes_back_the_last_stroke(draw):
    values = draw.locator(".draw-value")
    draw.get_by_role("button", name="Sample 3").click()
    three = values.all_inner_texts()
    draw.get_by_role("button", name="Sample 9").click()
    assert values.all_inner_texts() != three
    draw.get_by_role("button", name="Undo").press("Enter")
    assert values.all_inner_texts() == three
    draw.get_by_role("button", name="Clear").click()
    draw.get_by_role("button", name="Undo").click()
    assert values.all_inner_texts() == three


def test_the_page_to_draw_on_is_printed_as_its_sentence(visit):
    page = visit(DRAW)
    page.emulate_media(media="print")
    assert page.locator(".draw-fallback").is_visible()
    assert not page.locator(".draw-live").is_visible()


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
