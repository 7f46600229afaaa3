"""What a server shows for an address that is no page, at any depth."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from accessibility import faults

from book.tools import HTML
from book.tools.publish import address

PREFIX = urlsplit(address() or "/").path  # where the site lies on its server


class Server(SimpleHTTPRequestHandler):
    """Serves the site as GitHub Pages does, with 404.html for what is missing."""

    def translate_path(self, path):
        inside = path.partition("?")[0]
        if not inside.startswith(PREFIX):
            return str(HTML / "outside of the site")
        return super().translate_path(f"/{inside.removeprefix(PREFIX)}")

    def send_error(self, code, *_):
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write((HTML / "404.html").read_bytes())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def served():
    handler = partial(Server, directory=HTML)
    with ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}{PREFIX}"
        server.shutdown()


@pytest.mark.parametrize("missing", ["none.html", "book/a/b/none.html"])
def test_a_missing_page_looks_like_the_others_and_leads_on(browser, served, missing):
    page = browser.new_page(color_scheme="light")
    failed = []
    page.on("response", lambda r: r.ok or failed.append(r.url))
    page.goto(served + missing, wait_until="networkidle")
    assert failed == [served + missing]
    assert page.locator("article h1").inner_text() == "Page not found"
    assert not faults(page)
    links = page.locator("article a").evaluate_all("links => links.map(l => l.href)")
    assert len(links) >= 3
    for link in links:
        assert page.request.get(link).ok, link
    page.keyboard.press("Control+k")
    page.keyboard.type("chain rule")
    found = page.locator("dialog [role=option]").first
    assert page.request.get(found.evaluate("link => link.href")).ok
    page.close()
