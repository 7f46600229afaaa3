"""One Chromium for all tests of the site."""

import pytest
from browser import chromium


@pytest.fixture(scope="session")
def browser():
    with chromium() as running:
        yield running
