"""A picture with a slider: the reader moves it, and the picture and its words follow.

Python computes every frame; book/_static/slider.js only shows the one that is chosen.
Without the script, in a notebook and on paper, the first choice is shown, and a table.
"""

import json
from html import escape
from typing import NamedTuple

import numpy as np

LEFT, TOP, RIGHT, BOTTOM = 48, 24, 14, 40  # pixels around a panel, for its texts


class Panel(NamedTuple):
    """A picture with a scale on each axis.

    Attributes
    ----------
    x, y : pair of float
        The ends of the axes.
    width, height : float
        In pixels, without the texts around it.
    """

    x: tuple
    y: tuple
    width: float = 290
    height: float = 190

    def places(self, xs, ys):
        """Points of the panel, in pixels from its corner."""
        xs, ys = np.broadcast_arrays(xs, ys)
        across = self.width * (xs - self.x[0]) / (self.x[1] - self.x[0])
        down = self.height * (self.y[1] - ys) / (self.y[1] - self.y[0])
        return [f"{p:.1f},{q:.1f}" for p, q in zip(np.ravel(across), np.ravel(down))]

    def line(self, xs, ys):
        """The path of a line through points, for the attribute d."""
        return "M" + "L".join(self.places(xs, ys))

    def dots(self, xs, ys):
        """A path of points, each a line of length 0 with round ends."""
        return "".join(f"M{place}h0" for place in self.places(xs, ys))

    def drawing(self, alt, xlabel, ylabel, xticks, yticks, paths):
        """The panel as SVG.

        Parameters
        ----------
        alt : str
            What it shows, for readers who do not see it.
        xlabel, ylabel : str
        xticks, yticks : dict
            For each place on the axis its text.
        paths : dict
            For each name of a path its kind and its d. Kinds: "first", "second" and
            "third" are lines, "points" are small, "dots" large, "mark" is the choice.
        """
        texts = [
            _text(self.width * (v - self.x[0]) / (self.x[1] - self.x[0]), 17, text)
            for v, text in xticks.items()
        ]
        texts = [f'<g transform="translate(0 {self.height})">{"".join(texts)}</g>']
        for v, text in yticks.items():
            down = self.height * (self.y[1] - v) / (self.y[1] - self.y[0])
            texts.append(_text(-7, down + 4, text, "end"))
        texts.append(_text(self.width / 2, self.height + 36, xlabel))
        texts.append(_text(10 - LEFT, -9, ylabel, "start"))
        drawn = "".join(_path(name, *path) for name, path in paths.items())
        wide, high = self.width + LEFT + RIGHT, self.height + TOP + BOTTOM
        return (
            f'<svg viewBox="0 0 {wide} {high}" width="{wide}" role="img" '
            f'aria-label="{escape(alt)}"><g transform="translate({LEFT} {TOP})">'
            f'<svg width="{self.width}" height="{self.height}" overflow="hidden">'
            f'<rect width="100%" height="100%" fill="none" stroke="#767676"/>{drawn}'
            f"</svg>{''.join(texts)}</g></svg>"
        )


def _text(x, y, text, anchor="middle"):
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="13" '
        f'fill="#767676">{escape(text)}</text>'
    )


STROKES = {
    "first": 'stroke="#2b7fc4" stroke-width="2"',
    "second": 'stroke="#d55e00" stroke-width="2" stroke-dasharray="7 4"',
    "third": 'stroke="#767676" stroke-width="1.5" stroke-dasharray="2 4"',
    "dots": 'stroke="#d55e00" stroke-width="9" stroke-linecap="round"',
    "points": 'stroke="#767676" stroke-width="5" stroke-linecap="round"',
    "mark": 'stroke="#2b7fc4" stroke-width="1.5"',
}


def _path(name, kind, d):
    return (
        f'<path data-path="{name}" class="{kind}" fill="none" {STROKES[kind]} d="{d}"/>'
    )


def slider(title, label, pictures, frames, chosen, rows):
    """Pictures with a slider as HTML.

    Parameters
    ----------
    title : str
        What the whole is, for readers who do not see it.
    label : str
        Of the slider.
    pictures : iterable of str
        As `Panel.drawing` makes them, with the paths of the frame that is shown first.
    frames : list of dict
        Keys "value", the text beside the slider; "says", a sentence or two; "paths",
        for each name of a path that moves its d.
    chosen : int
        The number of the frame that is shown first.
    rows : iterable of int
        The numbers of those in the table, which stands where there is no slider.

    Returns
    -------
    html : str
    """
    table = "\n".join(
        f'<tr><th scope="row">{escape(frames[i]["value"])}</th>'
        f"<td>{escape(frames[i]['says'])}</td></tr>"
        for i in rows
    )
    value, says = frames[chosen]["value"], frames[chosen]["says"]
    return f"""\
<div class="explorable slider" role="group" aria-label="{escape(title)}"
 data-frames="{escape(json.dumps(frames))}">
<div class="explorable-pictures">{"".join(pictures)}</div>
<div class="explorable-live" hidden>
<label>{escape(label)} <input type="range" min="0" max="{len(frames) - 1}"
 value="{chosen}"></label>
<output>{escape(value)}</output>
<p class="explorable-says" role="status">{escape(says)}</p>
</div>
<table class="explorable-fallback table">
<thead><tr><th scope="col">{escape(label)}</th><th scope="col">what happens</th></tr>
</thead>
<tbody>
{table}
</tbody>
</table>
</div>
<script src="../../_static/slider.js" defer></script>
"""
