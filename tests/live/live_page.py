"""A page of the site that runs in Chromium, and its cells."""

import os
from types import SimpleNamespace

PATIENCE = 1000 * int(os.environ.get("PATIENCE", 900))  # milliseconds
LAPTOP = {"width": 1280, "height": 900}


class LivePage:
    """A page of the site in a browser of its own, and what it asked for."""

    def __init__(self, browser, home, name, routes, fragment="", script="", **options):
        self.context = browser.new_context(viewport=LAPTOP, **options)
        self.context.set_default_timeout(PATIENCE)
        self.requests, self.errors, self.name = [], [], name
        self.context.on("request", lambda request: self.requests.append(request.url))
        for pattern, answer in routes.items():
            self.context.route(pattern, answer)
        self.context.add_init_script(script)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{home}{name}.html{fragment}")
        self.bar = self.page.locator(".live-bar")
        self.says = self.page.locator(".live-says")

    def press(self, name):
        self.bar.get_by_role("button", name=name).click()

    def wait_for(self, text):
        self.says.filter(has_text=text).wait_for()

    def check(self):
        """Check the page; return what the bar says in the end."""
        self.press("Check this page")
        self.page.wait_for_function(
            "/outputs are the same|Retry|All cells take/.test("
            "document.querySelector('.live-says').innerText)"
        )
        if self.says.get_by_role("button", name="Run all").count():
            self.says.get_by_role("button", name="Run all").click()
            self.wait_for("outputs are the same")
        return self.says.inner_text()

    def edit(self):
        self.press("Edit and run")
        self.wait_for("Python is ready.")

    def cell(self, number):
        return Cell(self.page.locator("div.cell").nth(number - 1))

    def results(self):
        """What each cell says of itself: same, differs, excepted or nothing."""
        verdicts = self.page.locator("div.cell .live-verdict").all()
        return [
            SimpleNamespace(**v.evaluate("v => ({...v.dataset})")) for v in verdicts
        ]


class Cell:
    """A live cell."""

    def __init__(self, node):
        self.node = node
        self.area = node.locator("textarea")
        self.run = node.get_by_role("button", name="Run", exact=True)
        self.reset = node.get_by_role("button", name="Reset")
        self.output = node.locator(".cell_output")
        self.verdict = node.locator(".live-verdict")

    def execute(self, code):
        """Run other code in the cell; return what it shows."""
        self.area.fill(code)
        self.area.press("Shift+Enter")
        self.verdict.filter(has_text="edited").wait_for()
        return self.output.inner_text()

    def sides(self):
        """What the book has and what the browser found, where they differ."""
        return self.verdict.locator(".live-sides pre").all_text_contents()
