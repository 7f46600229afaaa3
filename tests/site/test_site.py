"""The built site in Chromium, every page once: `make test-site`.

The pages are opened as files, as a reader without a network opens them, and whatever is not
a file of the site is refused.
"""

import gzip
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from accessibility import faults
from browser import HTML, typeset

PAGES = sorted(
    p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html") if "_static" not in p.parts
)
BUDGET = 650_000  # bytes over the wire, for a page with maths and figures
PHONE, LAPTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PACKED = {".html", ".css", ".js", ".svg", ".ttf", ".json"}  # what servers send as gzip


@cache
def wire_size(path):
    data = path.read_bytes()
    return len(gzip.compress(data, 6) if path.suffix in PACKED else data)


def local_path(url):
    return Path(unquote(urlsplit(url).path))


# What axe-core would look at a thousand times with one result: glyphs of formulas, which it is
# told to skip by aria-hidden anyway, and tokens of code after the first of each kind.
THIN_OUT = """() => {
    document.querySelectorAll('mjx-math').forEach(math => math.replaceChildren());
    const seen = new Set();
    for (const token of document.querySelectorAll('.highlight span')) {
        const place = token.closest('.cell_input, .cell_output, div')?.className;
        const kind = [token.className, token.parentElement.className, place].join();
        seen.has(kind) ? token.replaceWith(token.textContent) : seen.add(kind);
    }
}"""


@pytest.fixture(scope="module", params=[
    pytest.param(page, marks=pytest.mark.xdist_group(page)) for page in PAGES
])  # fmt: skip
def visit(browser, request):
    """Load a page once, with an empty cache, and write down everything the tests ask for."""
    context = browser.new_context(viewport=LAPTOP, color_scheme="light")
    page = context.new_page()
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
    page.on("console", lambda m: m.type in {"error", "warning"} and seen.errors.append(m.text))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto((HTML / request.param).as_uri(), wait_until="networkidle")
    typeset(page)

    seen.maths = page.evaluate("""() =>
        [...document.querySelectorAll('.math')].filter(m => !m.querySelector('mjx-container'))
        .concat([...document.querySelectorAll('mjx-merror, [data-mjx-error]')])
        .map(m => m.textContent.trim())""")
    seen.images = page.evaluate("""async () => {
        const images = [...document.images];
        images.forEach(image => { image.loading = 'eager'; });
        await Promise.allSettled(images.map(image => image.decode()));
        return images.filter(image => !image.naturalWidth).map(image => image.src); }""")
    page.set_viewport_size(PHONE)
    seen.width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(LAPTOP)
    page.evaluate(THIN_OUT)
    seen.light = faults(page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(400)  # colors fade
    seen.dark = faults(page, runOnly=["color-contrast", "link-in-text-block"])
    yield seen
    context.close()


def test_nothing_leaves_and_nothing_is_missing(visit):
    assert not visit.left


def test_console_is_silent(visit):
    assert not visit.errors


def test_all_mathematics_is_typeset(visit):
    assert not visit.maths


def test_all_images_are_shown(visit):
    assert not visit.images


def test_accessible_in_light(visit):
    assert not visit.light, "\n" + "\n".join(visit.light)


def test_accessible_in_dark(visit):
    assert not visit.dark, "\n" + "\n".join(visit.dark)


def test_page_is_light_enough(visit):
    sizes = {str(path.relative_to(HTML)): wire_size(path) for path in visit.files}
    assert sum(sizes.values()) <= BUDGET, sorted(sizes.items(), key=lambda item: -item[1])[:9]


def test_nothing_scrolls_sideways_on_a_phone(visit):
    assert visit.width <= PHONE["width"]


def test_search_finds_a_term(browser):
    page = browser.new_page()
    page.goto((HTML / "search.html").as_uri() + "?q=cross-entropy")
    page.wait_for_selector("#search-results li a")
    links = page.locator("#search-results li a").evaluate_all("links => links.map(l => l.href)")
    assert any("losses" in link for link in links)
    page.close()


def test_text_is_readable_before_any_script_has_run(browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((HTML / "book/derive/backpropagation.html").as_uri())
    text = page.locator("article").inner_text()
    assert len(text.split()) > 500
    page.close()
