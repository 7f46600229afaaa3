"""One Chromium for all tests of the site."""

import pytest

from book.tools import HTML
from book.tools.browser import chromium


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
