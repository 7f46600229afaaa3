"""What the browser's test run found in each chapter: the page "In your browser".

`in_browser.json` holds for each page the outputs that were compared, the seconds of
each cell, and those of a small piece of work on the same machine, the unit of the
estimates.
"""

import json
from functools import cache
from pathlib import Path

from .chapters import notebooks

RECORDS = Path(__file__).parents[1] / "reference/in_browser.json"
EXCEPTED = "differs-in-browser"  # the tag, and the key of the reason
CPU = 460  # seconds that the tests may take, where nothing else is asked


@cache
def live_chapters():
    """The chapters that a browser can run, by the names of their pages."""
    return {c.page: c for c in notebooks() if c.code_cells and not c.needs}


@cache
def records():
    return json.loads(RECORDS.read_text(encoding="utf-8"))


def record(page, kinds, seconds, unit):
    """Write down what was found in a chapter; the altered output counts as right."""
    compared = kinds.count("same") + kinds.count("differs")
    records()[page] = {
        "compared": compared,
        "excepted": kinds.count("excepted"),
        "seconds": [round(s, 2) for s in seconds],
        "unit": unit,
    }
    known = {name: records()[name] for name in live_chapters() if name in records()}
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in known.items())
    RECORDS.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def seconds(page):
    """How long a page took, a very long time if it never ran."""
    return sum(records().get(page, {}).get("seconds", [10**6]))


def chosen(all_of_them=False):
    """The pages that the tests run: all, or the quick ones."""
    if all_of_them:
        return list(live_chapters())
    left, some = CPU, set()
    for page in sorted(live_chapters(), key=seconds):
        left -= seconds(page)
        if left >= 0:
            some.add(page)
    return [page for page in live_chapters() if page in some]
