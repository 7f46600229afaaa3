"""The built site in Chromium, every page once: `make test-site`.

The pages are opened as files, as a reader without a network opens them, and whatever is
not a file of the site is refused.
"""

import gzip
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from accessibility import faults

from book.tools import HTML
from book.tools.browser import typeset

PAGES = sorted(
    p.relative_to(HTML).as_posix()
    for p in HTML.rglob("*.html")
    if "_static" not in p.parts
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


# What axe-core would look at a thousand times with one result: glyphs of formulas,
# which it is told to skip by aria-hidden anyway, and tokens of code after the first of
# each kind.
THIN_OUT = """() => {
    document.querySelectorAll('mjx-math').forEach(math => math.replaceChildren());
    const seen = new Set();
    for (const token of document.querySelectorAll('.highlight span')) {
        const place = token.closest('.cell_input, .cell_output, div')?.className;
        const kind = [token.className, token.parentElement.className, place].join();
        seen.has(kind) ? token.replaceWith(token.textContent) : seen.add(kind);
    }
}"""


def visit(browser, page_name):
    """Load a page, with an empty cache, and write down everything the test asks for."""
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
    page.on(
        "console",
        lambda m: m.type in {"error", "warning"} and seen.errors.append(m.text),
    )
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto((HTML / page_name).as_uri(), wait_until="networkidle")
    typeset(page)

    seen.maths = page.evaluate("""() =>
        [...document.querySelectorAll('.math')]
            .filter(m => !m.querySelector('mjx-container'))
        .concat([...document.querySelectorAll('mjx-merror, [data-mjx-error]')])
        .map(m => m.textContent.trim())""")
    seen.images = page.evaluate("""async () => {
        const images = [...document.images];
        images.forEach(image => { image.loading = 'eager'; });
        await Promise.allSettled(images.map(image => image.decode()));
        return images.filter(image => !image.naturalWidth).map(image => image.src);
    }""")
    page.set_viewport_size(PHONE)
    seen.width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(LAPTOP)
    page.evaluate(THIN_OUT)
    seen.light = faults(page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(400)  # colors fade
    seen.dark = faults(page, runOnly=["color-contrast", "link-in-text-block"])
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
    with subtests.test("all mathematics is typeset"):
        assert not seen.maths
    with subtests.test("all images are shown"):
        assert not seen.images
    with subtests.test("accessible in light"):
        assert not seen.light, "\n" + "\n".join(seen.light)
    with subtests.test("accessible in dark"):
        assert not seen.dark, "\n" + "\n".join(seen.dark)
    with subtests.test("light enough"):
        assert sum(sizes.values()) <= BUDGET, sorted(
            sizes.items(), key=lambda s: -s[1]
        )[:9]
    with subtests.test("nothing scrolls sideways on a phone"):
        assert seen.width <= PHONE["width"]


def test_search_finds_a_term(browser):
    page = browser.new_page()
    page.goto((HTML / "search.html").as_uri() + "?q=cross-entropy")
    page.wait_for_selector("#search-results li a")
    links = page.locator("#search-results li a").evaluate_all(
        "links => links.map(l => l.href)"
    )
    assert any("losses" in link for link in links)
    page.close()


def test_text_is_readable_before_any_script_has_run(browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((HTML / "book/derive/backpropagation.html").as_uri())
    text = page.locator("article").inner_text()
    assert len(text.split()) > 500
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
