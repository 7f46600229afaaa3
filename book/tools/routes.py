"""How long the book takes to read: every time on the title page is a sum of these."""

from .chapters import chapters


def pages_of(name):
    """The chapters of a part, such as `derive`, or the one page `derive/cost`."""
    part = [c for c in chapters() if c.part == name and c.minutes]
    return part or [c for c in chapters() if c.page == f"book/{name}"]


def minutes_of(names):
    """The minutes of all pages that names speak of, each counted once."""
    pages = dict.fromkeys(page for name in names for page in pages_of(name))
    if not pages or None in (times := [page.minutes for page in pages]):
        raise ValueError(f"pages without a line that begins with Time: {names}")
    return sum(times)


def clock(minutes):
    """25 min, 2 h 5 min, 3 h."""
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "h"), (rest, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def about(minutes):
    """About 12 hours."""
    return f"about {minutes / 60:.0f} hours"
