"""One Chromium for all tests of the site."""

import pytest

from book.tools import HTML
from book.tools.browser import chromium

LAPTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session", autouse=True)
def site():
    """What these tests need, or the reason why they are skipped."""
    pytest.importorskip(
        "playwright", reason="playwright is missing: pip install '.[site]'"
    )
    if not HTML.exists():
        pytest.skip("the book is not built: make book")


@pytest.fixture(scope="session")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser):
    """Open pages of the site, each after a script; close them after the test."""
    opened = []

    def load(name, script="", **options):
        page = browser.new_page(**{"viewport": LAPTOP, **options})
        opened.append(page)
        page.add_init_script(script)
        page.goto((HTML / name).as_uri())
        return page

    yield load
    for page in opened:
        page.close()
