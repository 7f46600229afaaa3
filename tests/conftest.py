"""A run of the tests ends with the chapters that it left unchecked, and why."""

from collections import Counter


def unchecked(reports):
    """Count the skipped cells of chapters, {(chapter, reason): cells}."""
    pairs = [(report.nodeid.partition("::")[0], report.longrepr[2]) for report in reports]
    return Counter(pair for pair in pairs if pair[0].endswith(".ipynb"))


def pytest_terminal_summary(terminalreporter):
    """Name each chapter of which cells were skipped."""
    skipped = unchecked(terminalreporter.getreports("skipped"))
    if skipped:
        terminalreporter.section("not checked", yellow=True)
    for (chapter, reason), cells in skipped.items():
        reason = reason.removeprefix("Skipped: ")
        terminalreporter.line(f"{chapter}: {cells} cells skipped, {reason}", yellow=True)
