"""A computation graph to walk through on a page, forward and backward, node by node.

Python writes the graph, the formulas and the numbers; book/_static/walk.js shows them
step by step and computes them again when the reader changes an input. Without the
script, and in a notebook, the page has the drawing and the list of all steps.
"""

import json
from decimal import ROUND_HALF_UP, Decimal
from html import escape

import numpy as np

from mlp.checks import check_choice

HEAD = (
    '<defs><marker id="walk-head" viewBox="0 0 10 10" refX="10" refY="5" '
    'markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
    '<path d="M0 0 10 5 0 10z" fill="context-stroke"/></marker></defs>'
)
ACROSS, DOWN = 104, 130  # pixels of a unit of the drawing
COLUMN, ROW, NAME, PAD = 50, 17, 24, 8  # pixels: a number, a line, a name, a margin
COLORS = {"value": "#2370b3", "input": "#6a6a6a", "parameter": "#b34d00"}
CORNERS = {"value": 8, "input": 0, "parameter": 18}
LARGE = 1e4  # from here on a number has an exponent
PARTS = {"value": "value", "slope": "local derivative", "g": "running g"}
NOTE = """\
<strong>Here the formula ends.</strong> The sigmoid of a² = <span data-note="a2"></span>
rounds to exactly <span data-note="h2"></span>. So the formula of J holds log 0, which
is −∞, and its local derivative divides by 0; what follows from them, such as ∞ · 0, is
no number (NaN). <a href="../build/losses.html">The package</a> takes both from a²
itself and has no such hole: J = <span data-note="J"></span>, and the gradient by a² is
<span data-note="g"></span>."""


def number(value, digits):
    """A number with at most so many decimals, half of the last one rounded up.

    Such as 0.75, −2 or 4.5e15; book/_static/walk.js writes the same.
    """
    if abs(value) >= LARGE:
        text = f"{value:.{digits}e}".replace("e+0", "e").replace("e+", "e")
    else:
        last = Decimal(1).scaleb(-digits)
        rounded = Decimal(float(value)).quantize(last, ROUND_HALF_UP)
        text = f"{rounded:f}"
        text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text.replace("-", "−")


def short(value):
    """A number for a box of the drawing, with three digits or little more."""
    return number(value, 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)


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
 data-start="{escape(json.dumps(data))}">
<div class="walk-drawing">{_drawing(nodes, arrows, kinds, steps, start)}</div>
<div class="walk-buttons" role="group" aria-label="Steps" hidden></div>
<p class="walk-status visually-hidden" role="status"></p>
<ol class="walk-steps">
{items}
</ol>
<p class="walk-note" role="status" hidden>{NOTE}</p>
<div class="walk-controls" hidden></div>
</div>
<script src="../../_static/network.js" defer></script>
<script src="../../_static/walk.js" defer></script>
"""


def _item(step):
    """One step as an entry of the list: what it says, and its numbers."""
    shown = "".join(
        f"<dt>{title}</dt>{_matrix(key, step[key])}"
        for key, title in PARTS.items()
        if key in step
    )
    return (
        f'<li data-node="{step["node"]}" data-way="{step["way"]}">'
        f"<p>{step['way'].capitalize()}, {_symbol(step['node'])}: "
        f"{_formula(step['formula'])}; local derivative "
        f"{_formula(step['local'])}</p><dl>{shown}</dl></li>"
    )


def _formula(tex):
    """A formula that the page typesets; its fractions are as large as its letters."""
    return f'<span class="math">\\(\\displaystyle {escape(tex, quote=False)}\\)</span>'


def _matrix(part, array):
    """An array as a description, each entry by itself so that columns can align."""
    rows = np.atleast_2d(array)
    lines = (" ".join(f"<span>{number(v, 4)}</span>" for v in row) for row in rows)
    return (
        f'<dd data-part="{part}" style="--columns: {rows.shape[1]}">'
        f"{'<br>'.join(lines)}</dd>"
    )


def _symbol(name):
    """A node's name with its layer raised: a1 becomes a¹."""
    return name[0] + name[1:].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _drawing(nodes, arrows, kinds, steps, start):
    """The graph as SVG: a box for each node with its value and, below or beside, g."""
    values = start | {step["node"]: step["value"] for step in steps}
    g = {step["node"]: step["g"] for step in steps if "g" in step}
    sizes = {name: _size(values[name], name in g) for name in nodes}
    left = min(ACROSS * x - sizes[name][0] / 2 for name, (x, _) in nodes.items()) - 4
    top = min(-DOWN * y - sizes[name][1] / 2 for name, (_, y) in nodes.items())
    places = {
        name: (ACROSS * x - left, -DOWN * y - top + 4) for name, (x, y) in nodes.items()
    }
    width, height = (
        max(place[axis] + sizes[name][axis] / 2 for name, place in places.items()) + 4
        for axis in (0, 1)
    )
    lines = "".join(arrow(ends, places, sizes) for ends in arrows)
    boxes = "".join(
        _box(name, kinds[name], places[name], sizes[name], values[name], g.get(name))
        for name in nodes
    )
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        'aria-label="The computation '
        f'graph; the list below gives the same numbers">{HEAD}{lines}{boxes}</svg>'
    )


def _is_column(array):
    """Whether g finds room beside the value."""
    return np.atleast_2d(array).shape[1] == 1


def _size(array, has_g):
    """Width and height of the box for a value and, perhaps, its g."""
    m, n = np.atleast_2d(array).shape
    wide, high = n * COLUMN, NAME + m * ROW
    if has_g and _is_column(array):
        wide *= 2
    elif has_g:
        high *= 2
    return wide + 2 * PAD, high + PAD


def arrow(ends, places, sizes):
    """A line with a head, from the edge of one box to the edge of another."""
    start, end = (np.array(places[name]) for name in ends)
    way = end - start
    with np.errstate(divide="ignore"):
        from_edge, to_edge = (
            np.min(np.divide(sizes[name], 2) / abs(way)) * way for name in ends
        )
    (x1, y1), (x2, y2) = start + from_edge, end - to_edge
    return (
        f'<line data-from="{ends[0]}" data-to="{ends[1]}" x1="{x1:.0f}" y1="{y1:.0f}" '
        f'x2="{x2:.0f}" y2="{y2:.0f}" stroke="#767676" stroke-width="1.5" '
        'marker-end="url(#walk-head)"/>'
    )


def _box(name, kind, place, size, value, g):
    """A node of the drawing, with its numbers."""
    wide, high = size
    left, top = -wide / 2 + PAD, -high / 2
    blocks = _block(_symbol(name), "value", value, left, top)
    if g is not None and _is_column(g):
        blocks += _block("g", "g", g, left + COLUMN, top)
    elif g is not None:
        blocks += _block("g", "g", g, left, top + (high - PAD) / 2)
    return (
        f'<g class="walk-node {kind}" data-node="{name}" '
        f'transform="translate({place[0]:.0f} {place[1]:.0f})">'
        f'<rect x="{-wide / 2}" y="{top}" width="{wide}" height="{high}" '
        f'rx="{CORNERS[kind]}" fill="{COLORS[kind]}"/>{blocks}</g>'
    )


def _block(title, part, array, left, top):
    """An array under its title, with columns that end below each other."""
    rows = np.atleast_2d(array)
    name = (
        f'<text class="walk-name" x="{left + COLUMN * rows.shape[1] / 2}" '
        f'y="{top + NAME - 6}" font-style="italic">{title}</text>'
    )
    cells = "".join(
        f'<text class="walk-number" x="{left + COLUMN * (j + 1) - 4}" '
        f'y="{top + NAME + ROW * (i + 1) - 4}">{short(v)}</text>'
        for (i, j), v in np.ndenumerate(rows)
    )
    return (
        f'<g data-block="{part}" fill="#fff" font-size="13" text-anchor="end">'
        f"{name}{cells}</g>"
    )
