"""Formulas, the lines of code that compute them, and the arrows of the graph, linked.

Pointing at one of the three lights the other two (book/_static/columns.js). Without the
script, in a notebook and on paper, equal numbers say what belongs together.
"""

import re
import textwrap
from html import escape

from mlp.graph_walk import COLORS, CORNERS, HEAD, arrow

SIZE = (62, 36)  # of a node, in pixels


def labeled_lines(source):
    """Pairs (label or None, line) of a function's body, without docstring and comments.

    A label is what stands as `eq:…` in the comment at the end of a line.
    """
    body = textwrap.dedent(source.rpartition('"""')[2].strip("\n"))
    pairs = []
    for line in body.split("\n"):
        text, _, comment = line.partition("  # ")
        found = re.search(r"eq:[\w-]+", comment)
        pairs.append((found and found[0], text))
    return pairs


def linked_columns(source, rules, nodes, arrows):
    """The three as HTML.

    Parameters
    ----------
    source : str
        Of a function with a docstring, whose lines end in labels.
    rules : dict
        For each label its formula, as LaTeX, and a sentence.
    nodes : dict
        For each node's name its kind, "input", "parameter" or "value", and its place
        (x, y) in pixels.
    arrows : dict
        For each pair (from, to) of nodes the label of the rule that goes back along it,
        or None.

    Returns
    -------
    html : str

    Raises
    ------
    ValueError
        When a rule has not exactly one line and one arrow.
    """
    lines = labeled_lines(source)
    for label in rules:
        found = [[name for name, _ in lines].count(label)]
        found += [list(arrows.values()).count(label)]
        if found != [1, 1]:
            raise ValueError(
                f"{label} must have one line and one arrow; it has {found[0]} and "
                f"{found[1]}"
            )
    numbers = {label: i for i, label in enumerate(rules, start=1)}
    formulas = "\n".join(
        f'<li><button type="button" data-eq="{label}" data-says="{escape(says)}">'
        f'<span class="linked-number">{numbers[label]}</span> '
        f'<span class="math">\\({escape(latex, quote=False)}\\)</span></button></li>'
        for label, (latex, says) in rules.items()
    )
    code = "\n".join(_line(label, text, numbers) for label, text in lines)
    return f"""\
<div class="explorable linked" role="group" aria-label="Formula, code and graph">
{_graph(nodes, arrows, numbers)}
<div class="linked-columns">
<ol>
{formulas}
</ol>
<pre><code>{code}</code></pre>
</div>
<p class="linked-says" role="status"></p>
</div>
<script src="../../_static/columns.js" defer></script>
"""


def _line(label, text, numbers):
    """A line of code; one with a rule has the rule's number in front."""
    number = numbers.get(label, "")
    line = f'<span class="linked-number">{number or " "}</span> {escape(text)}'
    return f'<span data-eq="{label}">{line}</span>' if number else line


def _graph(nodes, arrows, numbers):
    places = {name: place for name, (_, place) in nodes.items()}
    sizes = dict.fromkeys(nodes, SIZE)
    lines = "".join(
        _rule(ends, label, numbers.get(label), places, sizes)
        for ends, label in arrows.items()
    )
    boxes = "".join(_node(name, *node) for name, node in nodes.items())
    wide = max(x for x, _ in places.values()) + SIZE[0] / 2 + 4
    high = max(y for _, y in places.values()) + SIZE[1] / 2 + 4
    return (
        f'<svg viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" role="img" '
        f'aria-label="One layer as a computation graph">{HEAD}{lines}{boxes}</svg>'
    )


def _rule(ends, label, number, places, sizes):
    """An arrow; one with a rule has the rule's number beside it, and room to point."""
    line = arrow(ends, places, sizes)
    if number is None:
        return line
    x, y = ((places[ends[0]][axis] + places[ends[1]][axis]) / 2 for axis in (0, 1))
    across = places[ends[0]][1] == places[ends[1]][1]
    return (
        f'<g data-eq="{label}"><circle cx="{x:.0f}" cy="{y:.0f}" r="22" fill="none" '
        f'pointer-events="all"/>{line}'
        f'<text x="{x + 20 * (not across):.0f}" y="{y + (-14 if across else 5):.0f}" '
        f'text-anchor="middle" font-size="14" fill="#767676">{number}</text></g>'
    )


def _node(name, kind, place):
    x, y = place
    return (
        f'<rect x="{x - SIZE[0] / 2}" y="{y - SIZE[1] / 2}" width="{SIZE[0]}" '
        f'height="{SIZE[1]}" rx="{CORNERS[kind]}" fill="{COLORS[kind]}"/>'
        f'<text x="{x}" y="{y + 6}" text-anchor="middle" font-size="17" '
        f'font-style="italic" fill="#fff">{escape(name)}</text>'
    )
