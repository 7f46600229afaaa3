"""The parts of a page on which the reader draws a digit and two networks answer.

Python writes the field, the buttons and the empty table; book/_static/draw.js fills
them. Without the script, and in a notebook, the page says what there would be to see.
"""

from html import escape

FALLBACK = (
    "Here the book's page has a field to draw in, with mouse, pen or finger, and "
    "shows the "
    "answers of both networks at every stroke. It needs JavaScript; the figure above "
    "shows what it draws, for one sample digit."
)
SCRIPTS = ["network.js", "draw_weights.js", "draw.js"]
SIDE = 28  # pixels of an image; the script reads all sizes from the canvases


def drawing_board(nets, caption, classes=10):
    """A field to draw in, sample digits, and a table of answers, as HTML.

    Parameters
    ----------
    nets : dict
        For each network's key in draw_weights.js, such as "relu", its title.
    caption : str
        Of the table of answers.
    classes : int
        Rows of the table, and sample digits.

    Returns
    -------
    html : str
    """
    digits = range(classes)
    samples = "".join(
        f'<button type="button" data-sample="{digit}" aria-label="Sample {digit}">'
        f'<canvas width="{SIDE}" height="{SIDE}"></canvas></button>'
        for digit in digits
    )
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in nets.values())
    bars = "".join(
        f'<td data-net="{key}"><div><span class="draw-bar"></span>'
        f'<span class="draw-value">–</span></div></td>'
        for key in nets
    )
    rows = "\n".join(f'<tr><th scope="row">{digit}</th>{bars}</tr>' for digit in digits)
    choices = "".join(
        '<label><input type="radio" name="draw-net" '
        f'value="{key}"{" checked" * (i == 0)}> '
        f"{escape(title)}</label>"
        for i, (key, title) in enumerate(nets.items())
    )
    scripts = "\n".join(
        f'<script src="../../_static/{name}" defer></script>' for name in SCRIPTS
    )
    return f"""\
<div class="draw" role="group" aria-label="Draw a digit">
<p class="draw-fallback">{FALLBACK}</p>
<div class="draw-live" hidden>
<div class="draw-main">
<canvas class="draw-field" width="{10 * SIDE}" height="{10 * SIDE}" role="img"
 aria-label="Field to draw in with mouse, pen or finger"></canvas>
<p class="draw-verdict" aria-hidden="true"></p>
<p class="draw-buttons"><button type="button" class="draw-undo">Undo</button>
<button type="button" class="draw-clear">Clear</button></p>
<table class="draw-answers">
<caption>{escape(caption)}</caption>
<thead><tr><th scope="col">digit</th>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
<p class="draw-status visually-hidden" role="status"></p>
<p>Or take a test image:</p>
<div class="draw-samples" role="group" aria-label="Sample digits">{samples}</div>
<div class="draw-input"><canvas class="draw-seen" width="{SIDE}" height="{SIDE}"
 role="img" aria-label="The drawing, centered and scaled"></canvas>
<p>What the networks see: {SIDE} × {SIDE} pixels</p></div>
<fieldset><legend>Hidden units of</legend>{choices}</fieldset>
<canvas class="draw-hidden" width="288" height="288" role="img"
 aria-label="The weight images of the hidden units, framed by activation"></canvas>
<p class="draw-note"></p>
</div>
</div>
{scripts}
"""
