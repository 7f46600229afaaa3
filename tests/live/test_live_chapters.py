"""Every chapter checked in the browser as a reader would, with one digit altered.

In each run one digit of one stored output is another: exactly that output must differ,
and all others must be the same. Each cell that is excepted must run and must not be the
same.
RECORD=1 writes the table of the page "In your browser".
"""

import json
import os
import random
import re
import time

import psutil
import pytest

from book.tools import HTML, in_browser

SEED = os.environ.get("SEED") or str(random.randrange(10**6))
PICTURE = "image/png"


def texts(cell):
    """The places of a cell's texts: (output, key or kind)."""
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            yield output, "text"
        for kind in output.get("data", {}):
            yield output["data"], kind


def plant(stored, rng):
    """Alter one digit; return the number of its cell."""
    places = [
        (number, holder, key)
        for number, cell in enumerate(stored["cells"], 1)
        if not cell["differs"]
        for holder, key in texts(cell)
        if re.search(r"\d", holder[key])
    ]
    number, holder, key = rng.choice(places)
    at = rng.choice([found.start() for found in re.finditer(r"\d", holder[key])])
    digit = rng.choice([d for d in "0123456789" if d != holder[key][at]])
    holder[key] = holder[key][:at] + digit + holder[key][at + 1 :]
    return number


def cpu_seconds():
    """The processor seconds of the browser: others may use the machine as well."""
    family = psutil.Process().children(recursive=True)
    return sum(sum(process.cpu_times()[:2]) for process in family)


@pytest.mark.parametrize("page", in_browser.chosen(os.environ.get("ALL")))
def test_chapter(visit, page):
    stored = json.loads((HTML / f"live/{page}.json").read_text(encoding="utf-8"))
    planted = plant(stored, random.Random(f"{SEED} {page}"))
    live = visit(
        page, {f"**/live/{page}.json": lambda route: route.fulfill(json=stored)}
    )
    assert live.page.locator("div.cell").count() == len(stored["cells"])
    start, used = time.perf_counter(), cpu_seconds()
    said = live.check()
    share = (cpu_seconds() - used) / (time.perf_counter() - start)  # of a core
    results = live.results()
    kinds = [result.result for result in results]
    differing = {
        n: live.cell(n).sides() for n, k in enumerate(kinds, 1) if k == "differs"
    }
    assert differing.keys() == {planted}, f"seed {SEED}: {differing}"
    altered, fresh = differing[planted]
    assert len(altered) == len(fresh)
    assert sum(a != b for a, b in zip(altered, fresh, strict=True)) == 1
    same = kinds.count("same")
    assert said.startswith(f"{same} of {same + 1} outputs are the same")
    excepted = {n: r for n, r in enumerate(results, 1) if r.result == "excepted"}
    tagged = {n for n, cell in enumerate(stored["cells"], 1) if cell["differs"]}
    assert excepted.keys() == tagged
    assert all(result.same == "false" for result in excepted.values())
    if os.environ.get("RECORD"):
        unit = live.page.evaluate("livePage.unit()")
        assert unit > 0
        seconds = [float(result.seconds) * min(share, 1) for result in results]
        in_browser.record(page, kinds, seconds, unit)
