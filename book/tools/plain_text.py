"""The text of a page's node in plain words: formulas as Unicode, nothing of TeX."""

import re
from functools import cache

from docutils import nodes
from pylatexenc import latex2text
from sphinx import addnodes
from sphinx.util import docname_join

from .chapters import chapters

OTHER_NAMES = {  # what pylatexenc does not know, or reads as something else
    r"\tfrac": r"\frac",
    r"\dfrac": r"\frac",
    r"\texttt": r"\text",
    r"\operatorname": r"\text",
    r"\ne": r"\neq",
    r"\lVert": "‖",
    r"\rVert": "‖",
    r"\|": "‖",
    "'": "′",
}


def fraction(node, l2tobj):
    """1/2, a/(b + c): parentheses around all that is more than a word."""
    parts = (l2tobj.node_arg_to_text(node, i).strip("{}") for i in (0, 1))
    return "/".join(p if re.fullmatch(r"\w+", p) else f"({p})" for p in parts)


@cache
def converter():
    """A converter of TeX that knows fractions and keeps what is in braces together."""
    context = latex2text.get_default_latex_context_db()
    own = [latex2text.MacroTextSpec("frac", fraction)]
    context.add_context_category("own", prepend=True, macros=own)
    return latex2text.LatexNodes2Text(
        latex_context=context,
        strict_latex_spaces="based-on-source",
        keep_braced_groups=True,
        keep_braced_groups_minlen=2,
    )


@cache
def formula(tex):
    """TeX as a line of Unicode: `W^1`, `∑_(i=1)^N x_i`, `(P - Y)/N`."""
    tex = re.sub(r"\\([A-Za-z]+|\|)|'", lambda m: OTHER_NAMES.get(m[0], m[0]), tex)
    text = converter().latex_to_text(tex).translate(str.maketrans("{}", "()"))
    return re.sub(r"\s+", " ", text).strip()


def text(node):
    """What a reader reads of a paragraph, a heading or a list, on one line."""
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(node, (nodes.math, nodes.math_block)):
        return formula(node.astext())
    if isinstance(node, (nodes.raw, nodes.image, nodes.footnote_reference)):
        return ""
    if isinstance(node, addnodes.pending_xref) and names_a_page(node):
        return titles()[docname_join(node["refdoc"], node["reftarget"])]
    between = "" if isinstance(node, nodes.TextElement) else " "
    return re.sub(r"\s+", " ", between.join(map(text, node.children)))


def names_a_page(link):
    """Whether a link shows the title of the page that it leads to."""
    return link["reftype"] == "doc" and not link["refexplicit"]


@cache
def titles():
    """The heading of each page, by the page's name for Sphinx."""
    return {chapter.page: chapter.title for chapter in chapters()}


def first_sentences(doctree):
    """The sentences of the paragraph that a page begins with."""
    paragraph = next(doctree.findall(nodes.paragraph), None)
    said = text(paragraph).strip() if paragraph else ""
    return re.split(r"(?<=[.?!]) ", said)
