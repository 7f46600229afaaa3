"""A Sphinx extension: the directive `claim`, the box of formulas that a reader taps.

Python writes the verdict on the first one, and a table of all; claim.js does the rest.
"""

import json
from html import escape

from docutils import nodes
from front_matter import Written

from book.tools import claim


class Claim(Written):
    """The box of claims; without a script, and on paper, a table of all verdicts."""

    def run(self):
        left, variants = claim.variants()
        given = {"scores": claim.SCORES, "labels": claim.LABELS}
        data = escape(json.dumps(given))
        return [
            raw(f'<div class="claim" data-given="{data}">'),
            *self.parsed(QUESTION.format(left=left)),
            raw('<div class="claim-live">'),
            buttons(variants),
            raw(tables(*claim.compared(next(iter(variants)), **GIVEN))),
            raw('<div class="claim-verdict refused" role="status">'),
            *self.verdicts(next(iter(variants))),
            raw(f"</div>{AGAIN}</div>"),
            raw('<div class="claim-table">'),
            *self.parsed(self.table(left, variants)),
            raw("</div></div>"),
        ]

    def verdicts(self, first):
        """Both verdicts; the script shows one, and fills in numbers."""
        claimed, slopes = claim.compared(first, **GIVEN)
        refused = raw(REFUSED.format(**told(claimed, slopes)))
        return [refused, raw(AGREES), *self.parsed(PROVED), raw("</div>")]

    def table(self, left, variants):
        rows = []
        for name, tex in variants.items():
            claimed, slopes = claim.compared(name, **GIVEN)
            if claim.furthest(claimed, slopes):
                says = "refused: " + IN_WORDS.format(**told(claimed, slopes))
            else:
                says = PROVED
            rows.append(f"* - ${left} = {tex}$\n  - {says}")
        return TABLE.format(rows="\n".join(rows), **claim_point())


GIVEN = {"scores": claim.SCORES, "y": claim.LABELS}
QUESTION = """\
**Which of these is the gradient ${left}$?** $J$ is the mean cross-entropy of $N$ rows
of scores $S$ with $K$ classes each; $P$ is their softmax, $Y$ has a 1 at each right
class.
"""
PROVED = """\
It agrees at these numbers; proved for every size in {eq}`eq:softmax-cross-entropy`.
"""
IN_WORDS = (
    "the claim is {claimed}, but the loss has the slope {true}, at row {row}, "
    "column {column}"
)
TABLE = """\
At the scores {scores} and the right classes {labels}, counted from 1:

```{{list-table}}
:header-rows: 1
:widths: 40 60

* - Claim
  - Verdict
{rows}
```
"""
REFUSED = """\
<p class="claim-refused"><b>Refused.</b> Row <span data-part="row">{row}</span>, column
<span data-part="column">{column}</span>: the claim is
<b data-part="claimed">{claimed}</b>, but the loss has the slope
<b data-part="true">{true}</b>.</p>"""
AGREES = '<div class="claim-agrees" hidden>'
AGAIN = '<button type="button" class="claim-again">Other numbers</button>'


def raw(html):
    return nodes.raw("", html, format="html")


def told(claimed, slopes):
    """The place where claim and truth differ most, and both there, as text."""
    row, column = place = claim.furthest(claimed, slopes)
    at = tuple(k - 1 for k in place)
    sides = {"claimed": claim.shown(claimed[at]), "true": claim.shown(slopes[at])}
    return {"row": row, "column": column, **sides}


def claim_point():
    """The numbers at which the table judges, as text."""
    rows = ["(" + ", ".join(map(str, row)) + ")" for row in claim.SCORES]
    scores = " and ".join(rows).replace("-", "−")
    return {"scores": scores, "labels": " and ".join(str(k + 1) for k in claim.LABELS)}


def buttons(variants):
    """A button for each claim; the first is pressed."""
    group = nodes.paragraph(classes=["claim-variants"])
    for k, (name, tex) in enumerate(variants.items()):
        pressed = "false" if k else "true"
        group += raw(
            f'<button type="button" data-claim="{name}" aria-pressed="{pressed}"'
            f' aria-label="{claim.spoken(tex)}">'
        )
        group += nodes.math(tex, tex)
        group += raw("</button>")
    return group


def tables(claimed, slopes):
    """The scores, what is claimed, and the slopes of the loss, side by side."""
    parts = {"scores": claim.SCORES, "claimed": claimed, "slopes": slopes}
    html = [table(name, part) for name, part in parts.items()]
    return f'<div class="claim-numbers">{"".join(html)}</div>'


CAPTIONS = {
    "scores": "Scores <i>S</i>, right class bold",
    "claimed": "The claim",
    "slopes": "Slopes of <i>J</i>, by differences",
}


def table(name, part):
    rows = [
        "<tr>" + "".join(cell(name, i, j, x) for j, x in enumerate(row)) + "</tr>"
        for i, row in enumerate(part)
    ]
    return (
        f'<table data-table="{name}"><caption>{CAPTIONS[name]}</caption>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def cell(name, i, j, number):
    if name != "scores":
        return f"<td>{claim.shown(number)}</td>"
    right = ' class="right"' if claim.LABELS[i] == j else ""
    return f"<td{right}>{str(number).replace('-', '−')}</td>"


def add_script(app, pagename, templatename, context, doctree):
    """Only the page with the box needs its script."""
    if doctree and any("claim-live" in x.astext() for x in doctree.findall(nodes.raw)):
        app.add_js_file("claim.js")


def setup(app):
    app.add_directive("claim", Claim)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
