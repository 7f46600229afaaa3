"""A Sphinx extension: what a chapter offers, in a box; the grader's verdicts, in color.

The paragraph **You will** … **You need** … **Time** … at the top of a chapter becomes
three rows, and the things that you will do become a list.
"""

from docutils import nodes

FIRST = "You will"
VERDICTS = {"✓": "right", "½": "partly", "✗": "wrong", "?": "open"}


def add_boxes(app, doctree):
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if bold_start(paragraph) == FIRST:
            box = nodes.container(classes=["at-the-top"])
            box += rows(paragraph)
            paragraph.replace_self(box)
    for output in doctree.findall(nodes.container):
        if output.get("mime_type") == "text/markdown":
            add_verdict(output)


def bold_start(paragraph):
    """The bold words at the start of a paragraph, or an empty text."""
    children = [x for x in paragraph.children if x != nodes.Text("")]
    is_bold = children and isinstance(children[0], nodes.strong)
    return children[0].astext() if is_bold else ""


def rows(paragraph):
    """A definition list of a paragraph: its bold words, each with what follows them."""
    listed = nodes.definition_list()
    for part in parts(paragraph.children):
        term = nodes.term("", part[0].astext())
        said = nodes.definition()
        if term.astext() == FIRST:
            things = nodes.bullet_list()
            things += [item(thing) for thing in things_of(part[1:])]
            said += things
        else:
            said += stripped(part[1:])
        listed += nodes.definition_list_item("", term, said)
    return listed


def parts(children):
    """The nodes in pieces, each of which begins with bold words."""
    pieces = []
    for child in children:
        if isinstance(child, nodes.strong):
            pieces.append([])
        if pieces:
            pieces[-1].append(child)
    return pieces


def things_of(children):
    """The nodes between the middle dots."""
    things = [[]]
    for child in children:
        if not isinstance(child, nodes.Text):
            things[-1].append(child)
            continue
        first, *rest = child.split("·")
        things[-1].append(nodes.Text(first))
        things += [[nodes.Text(text)] for text in rest]
    return things


def item(children):
    return nodes.list_item("", stripped(children))


def stripped(children):
    """A paragraph without space at its ends."""
    children = list(children)
    while is_blank(children[0]):
        del children[0]
    while is_blank(children[-1]):
        del children[-1]
    if isinstance(children[0], nodes.Text):
        children[0] = nodes.Text(children[0].lstrip())
    if isinstance(children[-1], nodes.Text):
        children[-1] = nodes.Text(children[-1].rstrip())
    return nodes.paragraph("", "", *children)


def is_blank(node):
    return isinstance(node, nodes.Text) and not node.strip()


def add_verdict(output):
    """Give an output of the grader the class of its verdict."""
    paragraph = output.children[0] if output.children else None
    if isinstance(paragraph, nodes.paragraph):
        if verdict := VERDICTS.get(bold_start(paragraph)[:1]):
            box = nodes.container("", *output.children, classes=["verdict", verdict])
            output[:] = [box]


def setup(app):
    app.connect("doctree-read", add_boxes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
