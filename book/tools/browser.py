"""The system's Chromium, for the tests of the site and for the PDF."""

import os
import shutil
import sys
from contextlib import contextmanager

NAMES = ["chromium", "chromium-browser", "google-chrome"]
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


def executable():
    """The browser's path: CHROMIUM if it is set, else the first of the usual names."""
    found = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES)]
    path = next(filter(None, found), None)
    return path or sys.exit(
        "No Chromium found; install it (as root: apt-get install chromium)"
    )


@contextmanager
def chromium():
    """A headless Chromium without its own traffic; root has no sandbox."""
    from playwright.sync_api import sync_playwright  # of the extra `site`

    sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=QUIET, chromium_sandbox=sandbox
        )
        yield browser
        browser.close()
