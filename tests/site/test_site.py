"""The built site in Chromium, every page once: `make test-site`.

The pages are opened as files, as a reader without a network opens them, and whatever is
not a file of the site is refused.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from accessibility import faults
from formulas import SHIFTS, faults_of_formulas

from book.tools import HTML

PAGES = sorted(
    p.relative_to(HTML).as_posix()
    for p in HTML.rglob("*.html")
    if "_static" not in p.parts and p.name != "404.html"  # test_missing_page.py
)
BUDGET = 650_000  # bytes over the wire, for a page with maths and figures
SHIFT = 0.05  # of the layout while a page loads; 0.1 counts as good
LAPTOP = {"width": 1280, "height": 900}
NARROW = {
    "tablet": {"width": 768, "height": 1024},
    "phone": {"width": 360, "height": 740},
}
PACKED = {".html", ".css", ".js", ".svg", ".ttf", ".json"}  # what servers send as gzip


@cache
def wire_size(path):
    data = path.read_bytes()
    return len(gzip.compress(data, 6) if path.suffix in PACKED else data)


def local_path(url):
    return Path(unquote(urlsplit(url).path))


def settled(page, look):
    """What a look finds once the page has come to rest, on a busy machine too."""
    for _ in range(5):
        if not (found := look()):
            break
        page.wait_for_timeout(1000)
    return found


def faults_in_the_dark(page):
    """What axe says of the colors in dark mode; the page is light again afterwards."""
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(400)  # colors fade
    found = faults(page, runOnly=["color-contrast", "link-in-text-block"])
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.wait_for_timeout(400)
    return found


FAULTS_OF_HEADER = """() => {
    const header = document.querySelector('.bd-header-article');
    const words = header.querySelector('.whereabouts');
    const line = words && parseFloat(getComputedStyle(words).fontSize) * 2;
    const faults = [];
    if (words?.getBoundingClientRect().height > line) faults.push('its words wrap');
    if (header.scrollWidth > header.clientWidth) faults.push('it is cut');
    const parts = [...header.querySelectorAll('.whereabouts, button, a')]
        .filter(part => part.checkVisibility())
        .map(part => part.getBoundingClientRect());
    parts.slice(1).forEach((part, i) => {
        if (part.left < parts[i].right - 1) faults.push(`part ${i} is covered`);
    });
    return faults;
}"""


def visit(browser, page_name):
    """Load a page, with an empty cache, and write down everything the test asks for."""
    context = browser.new_context(viewport=LAPTOP, color_scheme="light")
    page = context.new_page()
    page.add_init_script(SHIFTS)
    seen = SimpleNamespace(files=set(), left=[], errors=[])

    def pass_or_refuse(route):
        url = route.request.url
        inside = url.startswith("file:") and local_path(url).is_relative_to(HTML)
        if inside and local_path(url).is_file():
            seen.files.add(local_path(url))
            route.continue_()
        else:
            seen.left.append(url)
            route.abort()

    context.route(lambda url: not url.startswith(("data:", "blob:")), pass_or_refuse)
    page.on(
        "console",
        lambda m: m.type in {"error", "warning"} and seen.errors.append(m.text),
    )
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto((HTML / page_name).as_uri(), wait_until="networkidle")
    page.evaluate("document.fonts.ready")

    seen.shift = page.evaluate("shift")
    seen.images = page.evaluate("""async () => {
        const images = [...document.images];
        images.forEach(image => { image.loading = 'eager'; });
        await Promise.allSettled(images.map(image => image.decode()));
        return images.filter(image => !image.naturalWidth).map(image => image.src);
    }""")
    seen.torn = {"laptop": settled(page, lambda: faults_of_formulas(page))}
    seen.faults = {"dark": faults_in_the_dark(page)}
    seen.faults["light"] = faults(page)
    seen.too_wide = {}
    colors = {"color-contrast": {"enabled": False}}  # are those of the wide page
    for where, size in NARROW.items():
        page.set_viewport_size(size)
        page.wait_for_timeout(300)  # what scrolls is told of it
        seen.faults[where] = settled(page, lambda: faults(page, rules=colors))
        seen.torn[where] = settled(page, lambda: faults_of_formulas(page))
        width = page.evaluate("document.documentElement.scrollWidth")
        seen.too_wide[where] = max(width - size["width"], 0)
    seen.header = page.evaluate(FAULTS_OF_HEADER)
    context.close()
    return seen


@pytest.mark.parametrize("page_name", PAGES)
def test_page(browser, page_name, subtests):
    seen = visit(browser, page_name)
    sizes = {str(path.relative_to(HTML)): wire_size(path) for path in seen.files}
    with subtests.test("nothing leaves and nothing is missing"):
        assert not seen.left
    with subtests.test("the console is silent"):
        assert not seen.errors
    with subtests.test("all images are shown"):
        assert not seen.images
    for where, found in seen.faults.items():
        with subtests.test("accessible", where=where):
            assert not found, "\n" + "\n".join(found)
    for where, found in seen.torn.items():
        with subtests.test("no formula is cut or torn", where=where):
            assert not found
    with subtests.test("the layout stays while the page loads"):
        assert seen.shift < SHIFT
    with subtests.test("light enough"):
        assert sum(sizes.values()) <= BUDGET, sorted(
            sizes.items(), key=lambda s: -s[1]
        )[:9]
    with subtests.test("the header has one line on a phone"):
        assert not seen.header
    for where, excess in seen.too_wide.items():
        with subtests.test("nothing scrolls sideways", where=where):
            assert excess == 0


def test_text_is_readable_before_any_script_has_run(browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((HTML / "book/derive/backpropagation.html").as_uri())
    text = page.locator("article").inner_text()
    assert len(text.split()) > 500
    page.close()


@pytest.mark.parametrize("name", ["index", "derive/softmax", "reference/formulas"])
def test_without_script_a_page_is_dark_on_a_dark_system(browser, name):
    looks = []
    for script in [True, False]:
        page = browser.new_page(color_scheme="dark", java_script_enabled=script)
        page.goto((HTML / f"book/{name}.html").as_uri())
        page.wait_for_timeout(400)  # colors fade
        looks.append(page.evaluate(COLORS))
        page.close()
    assert looks[0] == looks[1]
    assert looks[0]["body"] != "rgb(255, 255, 255)"


COLORS = """Object.fromEntries(
    ['body', 'article p', 'article h1', 'article a', '.bd-sidebar-primary',
     'article pre', 'article pre .n', 'article .admonition', 'article .sd-card']
        .map(kind => [kind, document.querySelector(kind)])
        .filter(([, found]) => found)
        .flatMap(([kind, found]) => {
            const { color, backgroundColor } = getComputedStyle(found);
            return [[kind, backgroundColor], [`letters of ${kind}`, color]];
        }))"""


@pytest.mark.parametrize("name", ["index", "derive/softmax", "reference/formulas"])
def test_without_script_no_button_is_shown_but_the_list_of_downloads(browser, name):
    page = browser.new_page(java_script_enabled=False)
    page.goto((HTML / f"book/{name}.html").as_uri())
    shown = [button for button in page.locator("button").all() if button.is_visible()]
    names = [button.get_attribute("aria-label") for button in shown]
    assert names == ["Download this page"]
    links = page.locator(".dropdown-download-buttons a:visible")
    assert links.count() == 0
    shown[0].focus()
    assert links.count() >= 1
    page.close()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_button_of_the_theme_says_what_is_on_and_what_comes(browser, system):
    page = browser.new_page(color_scheme=system)
    page.goto((HTML / "book/derive/softmax.html").as_uri())
    button = page.locator(".theme-switch-button:visible")
    shown = {"as the system": system, "light": "light", "dark": "dark"}
    seen = []
    for _ in shown:
        name = button.get_attribute("aria-label")
        on, coming = re.fullmatch(r"Color theme: (.+)\. Change to: (.+)", name).groups()
        assert page.evaluate("document.documentElement.dataset.theme") == shown[on]
        button.press("Enter")
        page.wait_for_timeout(50)
        assert button.get_attribute("aria-label").startswith(f"Color theme: {coming}.")
        seen.append(on)
    assert sorted(seen) == sorted(shown)
    page.close()


@pytest.mark.parametrize("name", ["index", "reference/glossary", "reference/formulas"])
def test_a_page_without_contents_stands_in_the_middle(browser, name):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto((HTML / f"book/{name}.html").as_uri())
    outer, inner = (
        page.locator(part).bounding_box()
        for part in [".bd-content", ".bd-article-container"]
    )
    left = inner["x"] - outer["x"]
    right = outer["x"] + outer["width"] - inner["x"] - inner["width"]
    assert abs(left - right) < 20
    page.close()


def test_paper_is_light_in_dark_mode_too(browser):
    page = browser.new_page(color_scheme="dark")
    page.goto((HTML / "book/derive/softmax.html").as_uri())
    page.evaluate(
        "addEventListener('beforeprint', () => { printed = theme(); });"
        "theme = () => document.documentElement.dataset.theme"
    )
    page.pdf(page_ranges="1")
    assert page.evaluate("[printed, theme()]") == ["light", "dark"]
    page.close()
