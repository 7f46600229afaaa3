"""A Sphinx extension: a link to an equation, a term or a name has a card that shows it.

The cards are a script, which a page loads when its reader first points at such a link
(book/_static/hover.js): a page opened as a file may load scripts, and nothing else.
"""

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from typesetting import lines, typeset

from book.tools.packed import packed

GLOSSARY, API = "book/reference/glossary", "book/reference/api"


def equations(app, page):
    """The labeled formulas of a page, by their anchors, with the title of the page."""
    title = f"<p>{escape(app.env.titles[page].astext())}</p>"
    for node in app.env.get_doctree(page).findall(nodes.math_block):
        if label := node.get("label"):
            formula = typeset(app.config, lines(node.astext()), display=True)
            yield nodes.make_id(f"equation-{label}"), formula + title


def terms(app):
    """The first paragraph about each term of the glossary."""
    doctree = app.env.get_and_resolve_doctree(GLOSSARY, app.builder)
    for item in doctree.findall(nodes.definition_list_item):
        for term in item[:-1]:
            yield term["ids"][0], html(app, item[-1])


def names(app):
    """The signature of each name of the package with the first line about it."""
    doctree = app.env.get_and_resolve_doctree(API, app.builder)
    for item in doctree.findall(addnodes.desc):
        for signature in item[:-1]:
            parts = [
                x.astext() for x in signature if not isinstance(x, nodes.reference)
            ]
            for anchor in signature["ids"]:
                yield anchor, code(app, "".join(parts)) + html(app, item[-1])
    for section in doctree.findall(nodes.section):
        for anchor in (i for child in section for i in ids(child)):
            if anchor.startswith("module-"):
                module = code(app, anchor.removeprefix("module-"))
                yield anchor, module + html(app, section)


def ids(node):
    return node.get("ids", []) if isinstance(node, nodes.Element) else []


def code(app, text):
    return html(app, nodes.paragraph("", "", nodes.literal(text, text)))


def html(app, node):
    """HTML of the first paragraph in a node: no links, as one can't reach into a card.

    Links to whole chapters at its end are left out.
    """
    paragraph = next(node.findall(nodes.paragraph), nodes.paragraph()).deepcopy()
    while paragraph.children and is_closing(paragraph[-1]):
        paragraph.pop()
    for link in list(paragraph.findall(nodes.reference)):
        link.replace_self(link.children)
    return app.builder.render_partial(paragraph)["fragment"]


def is_closing(node):
    to_chapter = isinstance(node, nodes.reference) and "#" not in node.get("refuri", "")
    return to_chapter or isinstance(node, nodes.Text) and not node.strip(" ,\n")


def write_cards(app, exception):
    """Write the script with all cards, each by the address that a link has."""
    if exception or app.builder.name != "html":
        return
    pages = {page for page, _ in app.env.domains["math"].equations.values()}
    found = [(page, equations(app, page)) for page in sorted(pages)]
    found += [(GLOSSARY, terms(app)), (API, names(app))]
    cards = {f"{page}.html#{i}": card for page, these in found for i, card in these}
    file = Path(app.outdir) / "_static/cards.js"
    file.write_text(f"const CARDS = {packed(cards)};\n", encoding="utf-8")


def setup(app):
    app.add_js_file("hover.js", loading_method="defer")
    app.add_css_file("cards.css")
    app.connect("build-finished", write_cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
