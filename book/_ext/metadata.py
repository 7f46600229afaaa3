"""A Sphinx extension: a page says what it is, to search engines and to its reader.

Every page has a description, its first paragraph, and a footer with licenses and
version; a page that is missing is answered by 404.html. Where the address of the site
is known, which a workflow of GitHub says, there are canonical addresses, Open Graph
with a picture, a site map, a feed of the changes, and links to the repository.
"""

import html
import re
import tomllib
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed
from markdown_it import MarkdownIt

from book.tools import ROOT, card
from book.tools.plain_text import first_sentences
from book.tools.publish import address, repository

LENGTH = 200  # characters of a description, at most
CARD, ICON, FEED = "_static/card.png", "_static/apple-touch-icon.png", "feed.xml"
OF_MACHINES = ["404.html", "genindex.html", "py-modindex.html", "search.html"]


def version():
    """The version of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]


def configure(app, config):
    """Tell Sphinx and other extensions where the site will be, and who it is."""
    config.version = config.release = version()
    config.notfound_template = "404.html"
    config.notfound_context = {"title": "Page not found", "body": ""}
    config.notfound_urls_prefix = urlsplit(address() or "/").path
    if address():
        config.html_baseurl = config.ogp_site_url = address()
        config.ogp_site_name = config.html_title
        config.ogp_image = CARD
        config.ogp_image_alt = card.ALT
        config.ogp_social_cards = {"enable": False}
        config.ogp_custom_meta_tags = [
            '<meta name="twitter:card" content="summary_large_image" />'
        ]
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = OF_MACHINES


def description(doctree):
    """The first sentences of a page, as many as fit."""
    first, *more = first_sentences(doctree)
    for sentence in more:
        if len(first) + 1 + len(sentence) > LENGTH:
            break
        first += f" {sentence}"
    return first


def add_metadata(app, pagename, templatename, context, doctree):
    """Describe a page in its head, and give its footer what it shows."""
    context["repository"] = repository()
    context["feed"] = FEED if address() else None
    if pagename == app.config.root_doc:  # its title is that of the book
        context["docstitle"] = ""
    if pagename == "404":
        context["content_root"] = app.config.notfound_urls_prefix
        context["pageurl"] = None
    icon = context["pathto"](ICON, resource=True)
    tags = [f'<link rel="apple-touch-icon" href="{icon}" />']
    if doctree:
        said = html.escape(description(doctree))
        tags.append(f'<meta name="description" content="{said}" />')
        context["meta"] = {**(context["meta"] or {}), "og:description": said}
    if address():
        kind = 'rel="alternate" type="application/atom+xml" title="Changes"'
        tags.append(f'<link {kind} href="{address()}{FEED}" />')
    context["metatags"] = "\n".join([context.get("metatags", ""), *tags, ""])


def versions(changes):
    """The versions of a CHANGELOG.md that have a date: (version, date, Markdown)."""
    for part in re.split(r"^## ", changes, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        name, _, date = heading.partition(" - ")
        if date:
            yield name, datetime.fromisoformat(f"{date}T00:00:00+00:00"), body


def feed(title):
    """The changes as a feed."""
    link = f"{repository()}/blob/main/CHANGELOG.md" if repository() else address()
    found = Atom1Feed(
        title=f"Changes of {title}",
        link=address(),
        description="What is new in each version",
        feed_url=address() + FEED,
    )
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for name, date, body in versions(changes):
        found.add_item(
            title=f"Version {name}",
            link=link,
            description=MarkdownIt().render(body),
            unique_id=f"{address()}#version-{name}",
            pubdate=date,
            updateddate=date,
        )
    return found.writeString("utf-8")


def first_page(title_page):
    """The page at the address of the site: it leads to the title page, and is one."""
    head = title_page.read_text(encoding="utf-8").partition("</head>")[0]
    kept = re.findall(
        r"<title>.*?</title>|<meta (?:name|property)=.*?>", head, re.DOTALL
    )
    kept += re.findall(r'<link rel="canonical".*?>', head)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8" />\n'
        '<meta http-equiv="refresh" content="0; url=book/index.html" />\n'
        + "\n".join(kept)
        + '\n</head>\n<body><p><a href="book/index.html">To the book</a></p></body>\n'
        "</html>\n"
    )


def write_files(app, exception):
    """Write what is no page: the first page, the pictures, the feed."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    index = first_page(out / f"{app.config.root_doc}.html")
    (out / "index.html").write_text(index, encoding="utf-8")
    card.draw(out / CARD, app.config.html_title)
    card.draw_icon(out / ICON)
    if address():
        (out / FEED).write_text(feed(app.config.html_title), encoding="utf-8")


def setup(app):
    app.connect("config-inited", configure)
    app.setup_extension("notfound.extension")
    app.connect("html-page-context", add_metadata)
    if address():
        app.setup_extension("sphinxext.opengraph")
        app.setup_extension("sphinx_sitemap")
    app.connect("build-finished", write_files, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
