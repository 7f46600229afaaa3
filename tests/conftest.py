"""The settings of Hypothesis; and a run ends with what it left unchecked, and why."""

import os
from collections import Counter

from hypothesis import Phase, settings

settings.register_profile(
    "book", max_examples=200, derandomize=True, deadline=None, database=None
)
settings.register_profile(  # for wrong code: one counterexample will do, however large
    "mutants", settings.get_profile("book"), max_examples=10, phases=[Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "book"))


def pytest_configure(config):
    """Declare the markers."""
    config.addinivalue_line("markers", "slow: takes seconds; no mutant is shown to it")


def unchecked(reports):
    """Count the skipped cells of chapters, {(chapter, reason): cells}."""
    pairs = [
        (report.nodeid.partition("::")[0], report.longrepr[2]) for report in reports
    ]
    return Counter(pair for pair in pairs if pair[0].endswith(".ipynb"))


def pytest_terminal_summary(terminalreporter):
    """Name each chapter of which cells were skipped."""
    skipped = unchecked(terminalreporter.getreports("skipped"))
    if skipped:
        terminalreporter.section("not checked", yellow=True)
    for (chapter, reason), cells in skipped.items():
        reason = reason.removeprefix("Skipped: ")
        terminalreporter.line(
            f"{chapter}: {cells} cells skipped, {reason}", yellow=True
        )
