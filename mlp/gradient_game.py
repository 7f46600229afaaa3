"""A game: two networks, one of them with a wrong gradient. Which is it?

The reader decides twice, first by the accuracies, then by the gradients beside their
numbers from differences. Python computes all numbers; book/_static/game.js shows them
and counts. Without the script, in a notebook and on paper, there is a sentence.
"""

import json
from html import escape

import numpy as np

FALLBACK = (
    "Here the book's page has a game: of two networks find the one whose gradient is "
    "wrong, first by the accuracies, then by the check. It needs JavaScript; the table "
    "above holds the same facts."
)


def entries(array):
    """An array for the page: its columns, and its entries with three decimals."""
    rows = np.atleast_2d(np.round(array, 3) + 0.0)  # no -0
    texts = [f"{value:.3f}".replace("-", "−") for value in rows.ravel()]
    return {"columns": rows.shape[1], "entries": texts}


def gradient_game(rounds):
    """The game as HTML.

    Parameters
    ----------
    rounds : list of dict
        "says", what is wrong; "right" and "wrong", the accuracies of both networks, as
        text; "name" and "reg", the parameter whose gradients are shown, and the weight
        of the penalty; "gradients", the arrays "right", "wrong" and "measured";
        "marks", the numbers of the wrong entries in reading order; "count", how many
        are wrong in all parameters.

    Returns
    -------
    html : str
    """
    data = [
        one | {"gradients": {key: entries(g) for key, g in one["gradients"].items()}}
        for one in rounds
    ]
    return f"""\
<div class="explorable game" role="group" aria-label="Which gradient is wrong?"
 data-rounds="{escape(json.dumps(data))}">
<p class="explorable-fallback">{FALLBACK}</p>
<div class="explorable-live" hidden>
<p class="game-says" role="status"></p>
<div class="game-table"></div>
<p class="game-score"></p>
</div>
</div>
<script src="../../_static/game.js" defer></script>
"""
