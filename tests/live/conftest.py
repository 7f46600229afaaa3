"""The built site under a sub-path of a server, and pages that run in Chromium."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from live_page import LivePage

from book.tools import HTML
from book.tools.browser import chromium
from book.tools.pyodide import CDN

SUB_PATH = "/of/a/server"
SHARE = "live/site.json"


class Below(SimpleHTTPRequestHandler):
    """Serves the site below the sub-path and nothing else; a file in `cut`, by half."""

    cut = set()

    def copyfile(self, source, outputfile):
        content = source.read()
        is_cut = Path(urlsplit(self.path).path).name in self.cut
        outputfile.write(content[: len(content) // 2] if is_cut else content)
        self.close_connection = is_cut

    def translate_path(self, path):
        inside = path.startswith(SUB_PATH + "/")
        return super().translate_path(path.removeprefix(SUB_PATH) if inside else "/-")

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def home():
    """The address of the site."""
    if not (HTML / SHARE).exists():
        pytest.skip("the book is not built: make book PYODIDE=folder")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Below, directory=HTML))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}/"
    server.shutdown()


@pytest.fixture
def cut():
    """The names of files that the server sends by half."""
    yield Below.cut
    Below.cut.clear()


@pytest.fixture(scope="session")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser, home):
    opened = []

    def load(name="book/build/forward", routes=None, **options):
        opened.append(LivePage(browser, home, name, routes or {}, **options))
        return opened[-1]

    yield load
    for live in opened:
        live.context.close()


@pytest.fixture
def from_cdn(home):
    """Routes that take Python from the site, and answer in place of its address."""

    def without_python(route):
        answer = route.fetch()
        site = answer.json() | {"pyodide": CDN}
        route.fulfill(json=site)

    def in_its_place(route):
        name = urlsplit(route.request.url).path.rpartition("/")[2]
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(path=HTML / "pyodide" / name, headers=headers)

    return {f"**/{SHARE}": without_python, f"{CDN}**": in_its_place}
