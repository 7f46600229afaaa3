"""Where the system sets the colors, drawings are drawn in them too."""

import pytest

from book.tools import HTML

PAGES = [
    "book/derive/backpropagation.html",
    "book/build/training.html",
    "book/build/backward.html",
]
FAINT = """() => {
    const rgb = color => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = color => rgb(color)
        .map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = getComputedStyle(document.body).backgroundColor;
    const contrast = color => {
        const [dark, bright] = [light(color), light(ground)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    const faults = [];
    const texts = '.explorable-pictures text, .linked [data-eq] > text';
    for (const it of document.querySelectorAll(texts))
        if (contrast(getComputedStyle(it).fill) < 4.5) faults.push(it.textContent);
    for (const it of document.querySelectorAll('.walk-drawing line, .linked line'))
        if (contrast(getComputedStyle(it).stroke) < 3) faults.push(it.outerHTML);
    return faults;
}"""


@pytest.fixture
def forced(browser):
    """Open pages in forced colors, with a theme of the other kind; then close them."""
    opened = []

    def load(name, scheme):
        page = browser.new_page(color_scheme=scheme, forced_colors="active")
        opened.append(page)
        other = "dark" if scheme == "light" else "light"
        page.add_init_script(f"localStorage.setItem('mode', '{other}')")
        page.goto((HTML / name).as_uri())
        assert page.evaluate("document.documentElement.dataset.theme") == other
        return page

    yield load
    for page in opened:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_drawings_stand_out_from_the_ground(forced, name, scheme):
    assert not forced(name, scheme).evaluate(FAINT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bars_of_the_answers_are_seen(forced, scheme):
    page = forced("book/train/draw.html", scheme)
    page.locator(".draw-samples button").first.click()
    color = "bar => getComputedStyle(bar).backgroundColor"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.locator(".draw-bar").first.evaluate(color) != ground


def test_the_chosen_result_of_a_search_is_marked(forced):
    page = forced(PAGES[0], "light")
    page.keyboard.press("Control+k")
    page.keyboard.type("softmax")
    page.locator("[aria-selected=true]").wait_for()
    side = "it => getComputedStyle(it).borderLeftColor"
    results = page.locator("dialog [role=option]")
    assert results.nth(0).evaluate(side) != results.nth(1).evaluate(side)
