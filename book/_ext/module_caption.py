"""A Sphinx extension: cells that are text of a file of `mlp/` wear its name as a caption."""

from docutils import nodes


def add_captions(app, doctree):
    """Put the file's name above each cell that carries it as a tag."""
    for container in list(doctree.findall(nodes.container)):
        for name in container.get("classes", []):
            if name.startswith("tag_mlp/"):
                path = name.removeprefix("tag_")
                caption = nodes.paragraph("", "", nodes.literal(path, path))
                caption["classes"].append("module-caption")
                container.parent.insert(container.parent.index(container), caption)


def setup(app):
    app.connect("doctree-read", add_captions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
