"""Theorems, refusals and listings in Chromium: on a phone, by keyboard, copied."""

import pytest

from book.tools import HTML

PHONE = {"width": 360, "height": 740}
CLIPBOARD = "navigator.clipboard.readText()"


def opened(browser, page_name, **context):
    """A page with all its formulas, and its folds open."""
    page = browser.new_context(**context).new_page()
    page.goto((HTML / f"book/{page_name}.html").as_uri(), wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    folds = "document.querySelectorAll('article details')"
    page.evaluate(f"{folds}.forEach(fold => {{ fold.open = true; }})")
    return page


@pytest.mark.parametrize("name", ["backpropagation", "every_size", "softmax"])
def test_on_a_phone_the_numbers_of_a_refusal_stand_whole_in_its_box(browser, name):
    page = opened(browser, f"derive/{name}", viewport=PHONE)
    cut = page.evaluate("""() => {
        const right = (element) => element.getBoundingClientRect().right;
        const boxes = '.pst-scrollable-table-container';
        return [...document.querySelectorAll('.refusals details .math')]
            .filter(math => Math.max(...[...math.querySelectorAll('*')].map(right))
                > right(math.closest(boxes)))
            .map(math => math.textContent);
    }""")
    assert page.locator(".refusals details .math").count() > 50
    assert not cut
    page.context.close()


@pytest.mark.parametrize("width", [1440, 360])
def test_the_numbers_of_a_refusal_leave_its_formula_its_width(visit, width):
    size = {"width": width, "height": 900}
    page = visit("book/derive/softmax.html", viewport=size)
    table = page.locator("table.refusals").first
    formula = table.locator("tbody td:nth-child(2)").first
    before = formula.bounding_box()["width"]
    table.locator("summary").first.click()
    numbers = table.locator("details[open]").first.bounding_box()
    assert formula.bounding_box()["width"] == before
    assert numbers["width"] > 0.9 * table.bounding_box()["width"]
    assert numbers["y"] > formula.bounding_box()["y"]


def test_on_a_phone_the_table_of_the_equations_fits(visit):
    page = visit("book/reference/equations.html", viewport=PHONE)
    box = page.locator(".pst-scrollable-table-container")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert "Its code" in box.locator("td:last-child p").first.evaluate(
        "p => getComputedStyle(p, '::before').content"
    )


def test_a_table_that_scrolls_on_a_phone_lets_its_shadow_through(visit):
    page = visit("book/explore/peers.html", viewport=PHONE)
    boxes = page.locator(".pst-scrollable-table-container")
    assert boxes.evaluate_all("all => all.some(b => b.scrollWidth > b.clientWidth + 1)")
    grounds = boxes.locator("table, tr, th, td").evaluate_all(
        "all => all.map(part => getComputedStyle(part).backgroundColor)"
    )
    assert set(grounds) == {"rgba(0, 0, 0, 0)"}


def test_a_theorem_is_copied_as_latex_and_as_numpy_by_the_keyboard(browser):
    page = opened(
        browser,
        "derive/every_size",
        permissions=["clipboard-read", "clipboard-write"],
    )
    box = page.locator(".theorem[data-numpy]").first
    for kind, name in [("latex", "LaTeX"), ("numpy", "NumPy")]:
        button = box.get_by_role("button", name=f"Copy {name}")
        button.focus()
        page.keyboard.press("Enter")
        page.get_by_role("status").filter(has_text=f"{name} copied").wait_for()
        assert page.evaluate(CLIPBOARD) == box.get_attribute(f"data-{kind}")
        assert button.evaluate("it => it === document.activeElement")
    page.context.close()


def test_only_theorems_with_a_line_of_code_have_a_button_for_it(browser):
    page = opened(browser, "derive/backpropagation")
    coded = page.locator(".theorem[data-numpy]").count()
    every = page.locator(".theorem").count()
    assert page.get_by_role("button", name="Copy NumPy").count() == coded
    assert page.get_by_role("button", name="Copy LaTeX").count() == every > coded > 0
    page.context.close()


def test_a_docstring_unfolds_and_is_copied_whole(browser):
    page = opened(
        browser, "build/model", permissions=["clipboard-read", "clipboard-write"]
    )
    cell = page.locator("div.cell:has(.listing-part)")
    rest = cell.locator(".docstring-rest").first
    button = cell.locator(".docstring-more").first
    assert not rest.is_visible()
    cell.hover()
    cell.locator("button.copybtn").first.click()
    page.wait_for_function(f"async () => (await {CLIPBOARD}).includes('Attributes')")
    copied = page.evaluate(CLIPBOARD)
    assert copied == cell.locator("pre").first.evaluate("""pre => {
        const copy = pre.cloneNode(true);
        copy.querySelectorAll('button').forEach(button => button.remove());
        return copy.textContent.trimEnd();
    }""")
    assert "more lines" not in copied
    button.press("Enter")
    assert rest.is_visible() and button.get_attribute("aria-expanded") == "true"
    button.press("Enter")
    assert not rest.is_visible()
    page.context.close()


def test_without_a_script_listings_are_whole_and_there_are_no_dead_buttons(browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((HTML / "book/build/model.html").as_uri())
    assert page.locator(".docstring-rest").first.is_visible()
    assert page.locator(".docstring-more, .copy-as").count() == 0
    page.close()


@pytest.mark.parametrize("name", ["build/data", "build/model", "build/gradient_check"])
def test_the_button_of_a_docstring_covers_none_of_its_first_line(visit, name):
    covered = visit(f"book/{name}.html").evaluate("""() => {
        const buttons = [...document.querySelectorAll('.docstring-more')];
        return buttons.map(button => {
            const first = button.previousElementSibling.getClientRects();
            const { left, top } = button.getBoundingClientRect();
            const last = first[first.length - 1];
            return left < last.right && top < last.bottom - 1 ? button.outerHTML : '';
        }).filter(Boolean);
    }""")
    assert not covered


def test_the_columns_of_a_table_of_verdicts_stand_apart(visit):
    page = visit("book/build/gradient_check.html")
    tight = page.evaluate("""() => {
        const cells = document.querySelectorAll('.cell_output .text_html td');
        const text = document.createRange();
        const right = part => part.getBoundingClientRect().right;
        return [...cells].filter(cell => cell.nextElementSibling).filter(cell => {
            text.selectNodeContents(cell);
            return right(text) > right(cell) - 4;
        }).map(cell => cell.textContent);
    }""")
    assert page.locator(".cell_output .text_html td").count() > 10
    assert not tight


def test_a_hat_stands_above_its_letter(visit):
    page = visit("book/derive/computation_graph.html")
    hats = page.locator("article .katex .accent")
    aside = hats.evaluate_all("""all => all.map(hat => {
        const middle = part => {
            const { left, right } = hat.querySelector(part).getBoundingClientRect();
            return (left + right) / 2;
        };
        return middle('.accent-body > span') - middle('.mord.mathnormal');
    })""")
    assert aside
    assert max(map(abs, aside)) < 2.5  # pixels; above a slanted letter it is off by 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["derive/softmax", "build/losses", "explore/depth", "reference/equations"]
)
def test_what_hides_a_shadow_has_the_color_of_its_ground(visit, name, theme):
    page = visit(f"book/{name}.html", color_scheme=theme)
    page.wait_for_timeout(400)  # colors fade
    other = page.locator("article .formula").evaluate_all("""all => {
        const ground = box => {
            const color = getComputedStyle(box).backgroundColor;
            return /, 0\\)$/.test(color) ? ground(box.parentElement) : color;
        };
        const first = /rgb[^)]*\\)/;
        const cover = box => getComputedStyle(box).backgroundImage.match(first)[0];
        return all.filter(box => cover(box) !== ground(box)).map(
            box => `${cover(box)} on ${ground(box)}: ${box.textContent.slice(0, 60)}`);
    }""")
    assert not other
