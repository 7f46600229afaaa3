"""A Sphinx extension: what the first pages say with facts that stand elsewhere.

The roles `minutes` and `hours` say how long chapters and parts take to read, the
directive `route` lists chapters with their times: all are sums of the chapters' own
lines. The directive `questions` is the table of a problem of the problem set.
"""

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective, SphinxRole

from book.tools.problem_set import table
from book.tools.routes import about, clock, minutes_of, pages_of


class Minutes(SphinxRole):
    """The time of chapters and parts: {minutes}`derive/cost`, {minutes}`build`."""

    say = staticmethod(clock)

    def run(self):
        return [nodes.Text(self.say(minutes_of(self.text.split())))], []


class Hours(Minutes):
    """The same for a long time: {hours}`derive build`."""

    say = staticmethod(about)


class Written(SphinxDirective):
    """A directive that makes MyST."""

    def parsed(self, text):
        box = nodes.container()
        self.state.nested_parse(StringList(text.splitlines()), 0, box)
        return box.children


class Route(Written):
    """Chapters in order, one a line, under a title: links, times and their sum."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self):
        lines = [
            f"1. {page.link}, {clock(minutes_of([name]))}"
            for name in self.content
            for page in pages_of(name)
        ]
        total = clock(minutes_of(self.content))
        head = f"**{self.arguments[0]}**: {total}"
        box = nodes.container(classes=["route"])
        box += self.parsed("\n".join([head, "", *lines]))
        return [box]


class Questions(Written):
    """The questions of a problem, by its number."""

    required_arguments = 1

    def run(self):
        return self.parsed(table(self.arguments[0]))


def setup(app):
    app.add_role("minutes", Minutes())
    app.add_role("hours", Hours())
    app.add_directive("route", Route)
    app.add_directive("questions", Questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
