"""A computation graph to walk through on a page, forward and backward, node by node.

Python writes the graph, the formulas and the numbers; book/_static/walk.js shows them
step by step and computes them again when the reader changes an input. Without the
script, and in a notebook, the page has the drawing and the list of all steps.
"""

import json
from html import escape

import numpy as np

from mlp.checks import check_choice

HEAD = (
    '<defs><marker id="walk-head" viewBox="0 0 10 10" refX="5" refY="5" '
    'markerWidth="7" '
    'markerHeight="7" orient="auto"><path d="M0 0 10 5 0 10z"/></marker></defs>'
)
SCALE = 116  # pixels of a unit of the drawing
BOX_WIDTH, LINE_HEIGHT = 88, 15  # pixels of a node and of a line of numbers
SPARE_LINES = 1.6  # of a box, for its name and a margin


def lines_of_numbers(array):
    """Entries of an array with at most four decimals, one text for each row."""
    rows = np.atleast_2d(np.asarray(array, dtype=float))
    return ["  ".join(_number(entry) for entry in row) for row in rows]


def _number(value):
    """A number with at most four decimals, such as 0.75 or −2."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def graph_walk(nodes, arrows, kinds, steps, start):
    """A computation graph as HTML, with a list of steps and controls to walk them.

    Parameters
    ----------
    nodes : dict
        For each node's name, such as "a1", its place (x, y).
    arrows : iterable of pairs
        (from, to): names of nodes.
    kinds : dict
        For each node "input", "parameter" or "value".
    steps : list of dict
        Keys "node", "way" ("forward" or "backward"), "formula" and "local" (LaTeX of
        the step and of the local derivative), and the arrays "value", "slope" and, on
        the way back, "g".
    start : dict
        The arrays that the reader may change: h0, y and the parameters.

    Returns
    -------
    html : str

    Raises
    ------
    ValueError
        When a step or an arrow names a node that is not there, or a way is unknown.
    """
    for name in [step["node"] for step in steps] + [
        end for arrow in arrows for end in arrow
    ]:
        check_choice("a node in steps or arrows", name, nodes)
    for step in steps:
        check_choice("way", step["way"], ["forward", "backward"])
    data = {name: np.asarray(array).tolist() for name, array in start.items()}
    items = "\n".join(map(_item, steps))
    return f"""\
<div class="graph-walk" role="group" aria-label="Walk through the graph"
 data-box-width="{BOX_WIDTH}" data-line-height="{LINE_HEIGHT}"
 data-spare-lines="{SPARE_LINES}"
 data-start="{escape(json.dumps(data))}">
<div class="walk-drawing">{_drawing(nodes, arrows, kinds, steps)}</div>
<div class="walk-controls" hidden></div>
<p class="walk-status visually-hidden" role="status"></p>
<ol class="walk-steps">
{items}
</ol>
</div>
<script src="../../_static/network.js" defer></script>
<script src="../../_static/walk.js" defer></script>
"""


def _item(step):
    """One step as an entry of the list: what it says, and its numbers."""
    parts = [("value", "value"), ("local derivative", "slope"), ("running g", "g")]
    shown = "".join(
        f'<dt>{title}</dt><dd data-part="{key}">'
        f"{'<br>'.join(lines_of_numbers(step[key]))}</dd>"
        for title, key in parts
        if key in step
    )
    return (
        f'<li data-node="{step["node"]}" data-way="{step["way"]}">'
        f"<p>{step['way'].capitalize()}, {_symbol(step['node'])}: "
        f'<span class="math">\\({step["formula"]}\\)</span>; local derivative '
        f'<span class="math">\\({step["local"]}\\)</span></p><dl>{shown}</dl></li>'
    )


def _symbol(name):
    """A node's name with its layer raised: a1 becomes a¹."""
    return name[0] + name[1:].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _drawing(nodes, arrows, kinds, steps):
    """The graph as SVG: a box for each node, with room for its numbers."""
    rows = {name: 1 for name in nodes} | {
        step["node"]: len(lines_of_numbers(step["value"])) for step in steps
    }
    x = {name: SCALE * place[0] + BOX_WIDTH / 2 + 4 for name, place in nodes.items()}
    top = max(place[1] for place in nodes.values())
    y = {name: SCALE * (top - place[1]) * 1.05 + 70 for name, place in nodes.items()}
    width, height = max(x.values()) + BOX_WIDTH / 2 + 4, max(y.values()) + 70
    lines = "".join(
        f'<polyline points="{x[a]:.0f},{y[a]:.0f} {(x[a] + x[b]) / 2:.0f},'
        f'{(y[a] + y[b]) / 2:.0f} {x[b]:.0f},{y[b]:.0f}" marker-mid="url(#walk-head)"/>'
        for a, b in arrows
    )
    boxes = "".join(
        _box(name, kinds[name], x[name], y[name], rows[name]) for name in nodes
    )
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        'aria-label="The computation '
        f'graph; the list below gives the same numbers">{HEAD}{lines}{boxes}</svg>'
    )


def _box(name, kind, x, y, rows):
    """A node of the drawing; the script writes its value and its g into it."""
    high = LINE_HEIGHT * (rows + SPARE_LINES)
    corner = {"input": 0, "parameter": 18, "value": 8}[kind]
    return (
        f'<g class="walk-node {kind}" data-node="{name}" '
        f'transform="translate({x:.0f} {y:.0f})">'
        f'<rect x="{-BOX_WIDTH / 2}" y="{-high / 2}" '
        f'width="{BOX_WIDTH}" height="{high}" rx="{corner}"/>'
        f'<text class="walk-name" y="{-high / 2 + LINE_HEIGHT}">'
        f"{_symbol(name)}</text></g>"
    )
