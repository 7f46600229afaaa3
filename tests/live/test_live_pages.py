"""A live page as a reader uses it: what it loads, says, compares, keeps, and when not.

One page without SymPy is used throughout; test_live_chapters.py runs the others.
"""

import json
import re
import time

import pytest
from accessibility import faults
from live_page import PATIENCE

from book.tools import HTML
from book.tools.pyodide import CDN

PAGE = "book/build/forward"
FIRST = 3  # the first cell with an output
PHONE = {"width": 360, "height": 740}
pytestmark = pytest.mark.skipif(
    not (HTML / "pyodide").exists(), reason="the site has no Python of its own"
)


def cut_short(route):
    route.fulfill(body=b"")


def altered(route):
    """The file with one bit changed."""
    body = bytearray(route.fetch().body())
    body[len(body) // 2] ^= 1
    route.fulfill(body=bytes(body))


def test_nothing_is_loaded_before_the_click_and_all_is_the_same_after_it(visit):
    live = visit()
    live.page.wait_for_load_state("networkidle")
    assert not [url for url in live.requests if "live/" in url or "pyodide/" in url]
    assert not live.page.locator("textarea, .live-verdict").count()
    said = live.check()
    count = re.match(r"(\d+) of (\d+) outputs are the same on your computer", said)
    assert count and count[1] == count[2]
    stored = json.loads((HTML / f"live/{PAGE}.json").read_text(encoding="utf-8"))
    assert int(count[2]) == sum(bool(cell["outputs"]) for cell in stored["cells"])
    assert not live.errors


def test_a_site_without_python_asks_only_pyodides_address(visit, from_cdn, home):
    live = visit(routes=from_cdn)
    live.edit()
    assert "12" in live.cell(FIRST).execute("print(3 * 4)")
    others = [url for url in live.requests if not url.startswith((home, "blob:"))]
    assert others and all(url.startswith(CDN) for url in others)


def test_cells_are_edited_run_reset_and_kept(visit):
    live = visit()
    live.edit()
    cell = live.cell(FIRST)
    stored, book = cell.output.inner_text(), cell.area.input_value()
    assert cell.execute("print('mine')").strip() == "mine"
    live.page.reload()
    live.edit()
    assert cell.area.input_value() == "print('mine')"
    cell.reset.click()
    assert (cell.output.inner_text(), cell.area.input_value()) == (stored, book)
    live.page.goto(live.page.url.replace("forward", "losses"))
    live.page.go_back()
    live.edit()
    assert cell.area.input_value() == book
    live.page.go_forward()
    live.edit()
    assert cell.area.input_value() != book
    assert cell.execute("print('here, too')").strip() == "here, too"


def test_what_a_cell_shows(visit):
    live = visit()
    live.edit()
    cell = live.cell(FIRST)
    assert "nobody is asked here" in cell.execute("input('name? ')")
    error = cell.execute("def f():\n    return 1 / 0\nf()")
    assert "ZeroDivisionError: division by zero" in error and "runner.py" not in error
    assert "line 2, in f" in error and "return 1 / 0" in error
    huge = cell.execute("print('x' * 10_000_000)")
    assert len(huge) < 400_000 and "more" in huge
    assert cell.execute("1;").strip() == ""
    assert cell.execute("import sys; print('no', file=sys.stderr); [1, 2]").split() == [
        "no", "[1,", "2]",
    ]  # fmt: skip
    cell.execute("from IPython.display import HTML, display; display(HTML('<b>a</b>'))")
    assert cell.output.locator("b").inner_text() == "a"
    cell.execute("import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()")
    assert cell.output.locator("img").evaluate("i => i.decode().then(() => i.width)")


def test_formulas_and_tables_are_typeset(visit):
    live = visit()
    live.edit()
    cell = live.cell(FIRST)
    code = "from IPython.display import Latex, Markdown, display"
    cell.execute(f"{code}; display(Latex(r'$\\frac{{1}}{{2}}$'))")
    assert cell.output.locator(".katex").count() == 1
    cell.execute(f"{code}; display(Markdown('| a | b |\\n|--|--|\\n| $x$ | **c** |'))")
    assert cell.output.locator("td").all_inner_texts()[1] == "c"
    assert cell.output.locator("td .katex").count() == 1


def test_an_endless_loop_is_stopped_and_the_names_are_gone(visit):
    live = visit()
    live.edit()
    cell = live.cell(FIRST)
    assert cell.execute("kept = 1; print(kept)").strip() == "1"
    cell.area.fill("while True: pass")
    cell.area.press("Shift+Enter")
    cell.verdict.filter(has_text="runs").wait_for()
    live.press("Stop")
    live.wait_for("all names are gone")
    assert cell.verdict.inner_text() == "stopped"
    assert "NameError" in cell.execute("kept")


@pytest.mark.parametrize(
    "loop",
    ["while True: display('x')", "i = 0\nwhile True: i += 1; print(i, flush=True)"],
)
def test_many_small_outputs_do_not_keep_stop_from_being_heard(visit, loop):
    live = visit()
    live.edit()
    live.cell(FIRST).area.fill(loop)
    live.cell(FIRST).run.click()
    live.page.wait_for_timeout(3000)
    start = time.perf_counter()
    live.press("Stop")
    live.wait_for("all names are gone")
    assert time.perf_counter() - start < 5


def test_a_second_click_while_python_loads_changes_nothing(visit):
    live = visit()
    live.press("Check this page")
    live.press("Edit and run")
    live.wait_for("outputs are the same")
    assert (
        live.page.locator("textarea").count() == live.page.locator("div.cell").count()
    )


def test_a_check_begins_with_a_python_of_its_own(visit):
    live = visit()
    live.edit()
    live.cell(FIRST).execute("import builtins; builtins.print = lambda *a, **k: None")
    live.cell(FIRST).reset.click()
    said = live.check()
    count = re.match(r"(\d+) of (\d+) outputs are the same", said)
    assert count and count[1] == count[2]


def all_runs(live):
    """The buttons Run, also those in folds that are closed."""
    return live.page.locator(".live-tools button", has_text="Run").all()


def test_a_verdict_speaks_of_the_code_that_ran(visit):
    live = visit()
    live.edit()
    cell = live.cell(FIRST)
    book, stored = cell.area.input_value(), cell.output.inner_text()
    cell.area.fill("import time; time.sleep(2); print('mine')")
    cell.run.click()
    cell.verdict.filter(has_text="runs").wait_for()
    cell.reset.click()
    live.wait_for("Not all cells have run")
    assert (cell.verdict.inner_text(), cell.output.inner_text()) == ("", stored)
    for run in all_runs(live)[:FIRST]:
        run.dispatch_event("click")
    cell.verdict.filter(has_text="same as in the book").wait_for()
    cell.area.fill(book + "  # changed")
    assert cell.verdict.inner_text() == ""


def test_cells_that_are_run_one_by_one_are_summed_up(visit):
    live = visit()
    live.edit()
    for run in all_runs(live):
        run.dispatch_event("click")
    live.wait_for("outputs are the same on your computer")


@pytest.mark.parametrize(
    "code, said",
    [
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "E: "),
        ("import sys; sys.stdout = None; print(1)", ""),
        ("class A:\n    def _repr_html_(self): 1 / 0\nA()", "<__main__.A"),
        ("class A:\n    def __getattr__(self, name): return 5\nA()", "__main__.A"),
        ("class A:\n    def _repr_latex_(self): return 5\nA()", "<__main__.A"),
        ("print('0\\r1')", "1"),
    ],
)
def test_odd_values_and_errors_leave_the_session_as_it_is(visit, code, said):
    live = visit()
    live.edit()
    cell = live.cell(FIRST)
    assert said in cell.execute(code)
    assert cell.execute("print(3 * 4)").strip() == "12"


def test_python_that_ends_leaves_the_cells_live(visit):
    live = visit()
    live.edit()
    live.cell(FIRST).area.fill("import os; os._exit(1)")
    live.cell(FIRST).run.click()
    live.wait_for("All names are gone.")
    assert "did not start" not in live.says.inner_text()
    assert live.cell(FIRST).execute("print(3 * 4)").strip() == "12"


def test_a_figure_of_a_cell_that_fails_stays_with_it(visit):
    live = visit()
    live.edit()
    cell, other = live.cell(FIRST), live.cell(FIRST + 1)
    cell.execute("import matplotlib.pyplot as plt; plt.plot([1, 2]); 1 / 0")
    assert cell.output.locator("img").count() == 1
    assert other.execute("print(3 * 4)").strip() == "12"
    assert not other.output.locator("img").count()


def test_the_page_moves_while_a_cell_runs(visit):
    live = visit()
    live.edit()
    live.cell(FIRST).area.fill("while True: pass")
    live.cell(FIRST).area.press("Shift+Enter")
    ticks = "new Promise(done => { let n = 0; const tick = () => ++n < 20 ? "
    ticks += "requestAnimationFrame(tick) : done(n); tick(); })"
    assert live.page.evaluate(ticks) == 20


@pytest.mark.parametrize(
    "pattern, answer, sentence",
    [
        ("**/pyodide.asm.wasm*", altered, "pyodide.asm.wasm arrived damaged."),
        ("**/pyodide.mjs*", cut_short, "pyodide.mjs arrived damaged."),
        ("**/python_stdlib.zip*", lambda route: route.abort(), "could not be loaded."),
        ("**/live/site.json", lambda route: route.abort(), "could not be loaded."),
        ("**/worker.js", lambda route: route.abort(), "does not let the page start"),
    ],
)
def test_a_fault_while_python_starts(visit, pattern, answer, sentence):
    live = visit(routes={pattern: answer})
    before = (
        live.page.locator("article").inner_text().replace(live.bar.inner_text(), "")
    )
    assert (
        sentence in live.check() and "The page is as before." in live.says.inner_text()
    )
    after = live.page.locator("article").inner_text().replace(live.bar.inner_text(), "")
    assert after == before
    live.context.unroute(pattern)
    live.press("Retry")
    live.wait_for("outputs are the same")


@pytest.mark.parametrize(
    "answer, sentence",
    [
        (altered, "arrived damaged"),
        (lambda route: route.abort(), "could not be loaded"),
    ],
)
def test_a_fault_while_cells_run(visit, answer, sentence):
    live = visit(routes={"**/numpy-*": answer})
    assert sentence in live.check()
    assert not live.page.locator("textarea").count()
    live.context.unroute("**/numpy-*")
    live.press("Retry")
    live.wait_for("outputs are the same")


def test_a_file_that_breaks_off_midway(visit, cut):
    live = visit()
    cut.add("python_stdlib.zip")
    assert "did not arrive whole. The page is as before." in live.check()
    cut.clear()
    live.press("Retry")
    live.wait_for("outputs are the same")


def test_a_network_that_goes_away_between_two_cells(visit):
    live = visit()
    live.edit()
    live.context.set_offline(True)
    live.cell(FIRST).area.fill("import numpy; print(numpy.arange(3))")
    live.cell(FIRST).run.click()
    live.wait_for("could not be loaded. The page is as before.")
    assert not live.page.locator("textarea").count()
    live.context.set_offline(False)
    live.press("Retry")
    live.cell(FIRST).verdict.filter(has_text="edited").wait_for()
    assert live.cell(FIRST).output.inner_text().strip() == "[0 1 2]"


def test_files_of_mnist_come_when_they_are_read_and_only_if_they_are_right(visit):
    pattern = "**/t10k-labels-*"
    live = visit(routes={pattern: altered})
    live.edit()
    assert "True" in live.cell(FIRST).execute(
        "from mlp.data import MNIST_FOLDER, read_mnist_file\n"
        "(MNIST_FOLDER / 't10k-labels-idx1-ubyte.gz').exists()"
    )
    assert not [url for url in live.requests if "ubyte" in url]
    live.cell(FIRST + 1).area.fill(
        "from mlp.data import MNIST_FOLDER, read_mnist_file\n"
        "read_mnist_file(MNIST_FOLDER, 't10k-labels-idx1-ubyte.gz').shape"
    )
    live.cell(FIRST + 1).run.click()
    live.wait_for("t10k-labels-idx1-ubyte.gz arrived damaged. The page is as before.")
    live.context.unroute(pattern)
    live.press("Retry")
    live.cell(FIRST + 1).verdict.filter(has_text="edited").wait_for()
    assert live.cell(FIRST + 1).output.inner_text().strip() == "(10000,)"
    assert len([url for url in live.requests if "ubyte" in url]) == 2


@pytest.mark.parametrize(
    "missing, sentence",
    [("WebAssembly", "it has no WebAssembly"), ("Worker", "it has no workers")],
)
def test_a_browser_that_cannot_run_python_is_told_so(visit, missing, sentence):
    live = visit(script=f"delete window.{missing};")
    assert sentence in live.check() and live.page.locator("textarea").count() == 0


def test_webassembly_that_a_policy_forbids(visit):
    def with_policy(route):
        answer = route.fetch()
        policy = {"Content-Security-Policy": "script-src 'self' blob:"}
        route.fulfill(response=answer, headers=answer.headers | policy)

    live = visit(routes={"**/worker.js": with_policy})
    said = live.check()
    assert "does not let the page run WebAssembly" in said
    assert said.endswith("The page is as before. Retry")


def test_a_page_that_is_a_file_says_what_it_needs(browser):
    page = browser.new_page()
    page.goto((HTML / f"{PAGE}.html").as_uri())
    page.get_by_role("button", name="Check this page").click()
    says = page.locator(".live-says").filter(has_text="opened as a file")
    says.wait_for(timeout=PATIENCE)
    page.close()


def test_by_keyboard_alone(visit):
    live = visit()
    live.bar.get_by_role("button", name="Edit and run").focus()
    live.page.keyboard.press("Enter")
    live.wait_for("Python is ready.")
    cell = live.cell(FIRST)
    cell.area.focus()
    live.page.keyboard.press("Control+a")
    live.page.keyboard.type("if True:\nprint(5)")
    live.page.keyboard.press("Home")
    live.page.keyboard.press("Tab")
    assert cell.area.input_value() == "if True:\n    print(5)"
    live.page.keyboard.press("Escape")
    assert live.page.evaluate("document.activeElement.textContent") == "Run"
    live.page.keyboard.press("Enter")
    cell.verdict.filter(has_text="edited").wait_for()
    assert cell.output.inner_text().strip() == "5"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_live_page_is_accessible_and_fits_a_phone(visit, mode):
    live = visit(color_scheme=mode)
    live.edit()
    live.cell(FIRST).execute("1 / 0")
    live.cell(FIRST + 1).run.click()
    live.cell(FIRST + 1).verdict.filter(
        has_text="differs"
    ).wait_for()  # W_col is unknown
    for size in [None, PHONE]:
        if size:
            live.page.set_viewport_size(size)
        live.page.wait_for_timeout(400)
        assert not faults(live.page), f"{mode} {size}"
    wide = live.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


def test_a_page_that_takes_long_says_so_and_offers_its_quick_cells(visit):
    quick = FIRST + 1

    def slow_from_there_on(route):
        stored = route.fetch().json()
        slow = len(stored["cells"]) - quick
        stored |= {"unit": 1e-3, "seconds": [0.001] * quick + [1000] * slow}
        route.fulfill(json=stored)

    live = visit(routes={f"**/live/{PAGE}.json": slow_from_there_on})
    live.press("Check this page")
    live.wait_for(re.compile(r"All cells take about \d+ minutes on this computer"))
    assert not live.page.locator(".live-verdict.same").count()
    live.says.get_by_role("button", name=f"Run the first {quick}").click()
    live.wait_for("Not all cells have run")
    assert live.page.locator(".live-verdict.same").count() == quick - FIRST + 1


def test_retry_works_after_a_fault_on_a_page_that_takes_long(visit):
    def slow(route):
        stored = route.fetch().json()
        stored |= {"unit": 1e-3, "seconds": [1000] * len(stored["cells"])}
        route.fulfill(json=stored)

    pattern = "**/matplotlib-*"
    routes = {f"**/live/{PAGE}.json": slow, pattern: lambda route: route.abort()}
    live = visit(routes=routes)
    live.press("Check this page")
    live.says.get_by_role("button", name="Run all").click()
    live.wait_for("could not be loaded")
    live.context.unroute(pattern)
    live.press("Retry")
    live.wait_for("outputs are the same")
