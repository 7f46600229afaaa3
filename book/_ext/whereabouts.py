"""A Sphinx extension: each page says where it stands, and how long it takes.

The header has the part, the number and the minutes. The links to the pages before and
after have the first sentence of those pages. On paper each sheet has the book and the
chapter at its head.
"""

import json
import re
import string
from functools import cache
from html import unescape

from book.tools.chapters import chapters, lettered, parts
from book.tools.plain_text import first_sentences


@cache
def places():
    """Where each page stands, by its name for Sphinx: `Part II · 12 of 30`."""
    numbered = [page for part, pages in parts() if is_part(part) for page in pages]
    return {
        page: " · ".join([part.partition(".")[0], *number(part, pages, page, numbered)])
        for part, pages in parts()
        for page in pages
    }


def number(part, pages, page, numbered):
    """The number of a page as its heading has it, in a list; empty if it has none."""
    if is_part(part):
        return [f"{numbered.index(page) + 1} of {len(numbered)}"]
    if part in lettered():
        return [string.ascii_uppercase[pages.index(page)]]
    return []


def is_part(caption):
    return caption.startswith("Part ")


@cache
def minutes():
    """The minutes that each page takes to read, by its name for Sphinx."""
    return {chapter.page: chapter.minutes for chapter in chapters()}


def add_place(app, pagename, templatename, context, doctree):
    """Tell the templates where the page stands, and what its neighbors begin with."""
    long = minutes().get(pagename)
    told = [places().get(pagename), long and f"{long} min"]
    context["whereabouts"] = " · ".join(filter(None, told))
    _, before, after = app.builder.relations.get(pagename, [None, None, None])
    for name, page in (("prev", before), ("next", after)):
        if page and context.get(name):
            context[name]["sentence"] = first_sentence(app.env, page)
    title = unescape(re.sub("<.*?>", "", context.get("title", "")))
    chapter = "" if pagename == app.config.root_doc else title
    head = sheet_head(app.config.html_title, chapter)
    context["metatags"] = context.get("metatags", "") + head


def sheet_head(book, chapter):
    """The style that writes the names of book and chapter on each sheet."""
    left, right = (json.dumps(name, ensure_ascii=False) for name in (book, chapter))
    boxes = f"@top-left {{content: {left}}} @top-right {{content: {right}}}"
    return f"\n<style>@page {{{boxes}}}</style>\n"


@cache
def first_sentence(env, page):
    """The sentence that a page begins with."""
    return first_sentences(env.get_doctree(page))[0]


def setup(app):
    app.connect("html-page-context", add_place)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
