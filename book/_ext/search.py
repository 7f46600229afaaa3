"""A Sphinx extension: what the search of the site knows, one entry a section.

The browser ranks (book/_static/search.js); what it needs is taken here from the
doctrees. Of each section, exercise, glossary term and public name there are the
heading, the prose and the rest (code, formulas, tables), and as keywords the glossary
terms that it links, the equations, functions and answers that stand there. Index and
texts are scripts, which a page loads when its reader begins to search: a page opened as
a file may load scripts, and nothing else.

Pagefind was tried first: it reads its index with fetch, which browsers refuse to a page
that is a file, and given the same sections it put the right one first for 24 of 62
queries that nothing was tuned on. This did for 43.
"""

import re
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from book.tools import search_index
from book.tools.chapters import chapters
from book.tools.packed import packed
from book.tools.plain_text import text

# That of snowballstemmer, which cuts the texts, as Sphinx brings it for the browser.
STEMMER = [
    files("sphinx") / f"search/minified-js/{name}-stemmer.js"
    for name in ("base", "porter")
]
UNUSED = ["searchindex.js", "_static/searchtools.js", "_static/language_data.js"]

# How much an entry counts beside a section of a chapter. Lists that repeat headings and
# formulas of the chapters come after these; an exercise asks what a section explains; a
# section with a labeled equation states a rule that others use.
PAGES = {
    "book/index": 0.5,
    "book/reference/assertions": 0.2,
    "book/reference/bibliography": 0.3,
    "book/reference/equations": 0.5,
    "book/reference/formulas": 0.5,
    "book/reference/layers": 0.5,
    "book/reference/timings": 0.3,
    "book/today/judged": 0.5,
}
SECTION, TERM, NAME, EXERCISE, SOLUTION = 1, 0.8, 0.6, 0.5, 0.3
LABELED = 1.15

DEFINITION = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
ANSWER = re.compile(r"\bprove\(\s*\"(Q\d\.\d)")
IMPORT = re.compile(r"\s*(import .*|from .* import .*)?$")
SENTENCES = re.compile(r"\s*(.*[.:!?…][”’)]*(?=\s|$))?(.*)")
SKIPPED = (nodes.raw, nodes.comment, nodes.Invisible, nodes.image, addnodes.index)
PROSE = (nodes.paragraph, nodes.caption, nodes.rubric)


@dataclass
class Entry:
    """What can be found: its place, and the texts in which words are looked for."""

    anchor: str
    weight: float
    title: str
    path: list  # the headings above, page first
    prose: list = field(default_factory=list)
    rest: list = field(default_factory=list)
    keywords: set = field(default_factory=set)
    factor: float = 1
    is_section: bool = False

    def stored(self):
        """What the browser needs to rank it."""
        keywords = self.fields()["keywords"]
        return self.anchor, self.weight * self.factor, self.title, self.path, keywords

    def fields(self):
        """The texts by their names, for the index."""
        return {
            "title": self.title,
            "path": " ".join(self.path),
            "keywords": " ".join(sorted(self.keywords)),
            "prose": "\n".join(self.prose),
            "rest": "\n".join(self.rest),
        }


class Collector:
    """Walks through a page and collects its entries."""

    def __init__(self, app, page):
        self.app, self.page, self.entries = app, page, []
        self.numbers = app.env.toc_secnumbers.get(page, {})
        self.walk(app.env.get_and_resolve_doctree(page, app.builder), None)

    def open(self, anchor, title, kind, above):
        """Begin an entry below the entry `above`."""
        path = [*above.path, above.title] if above else []
        weight = kind * PAGES.get(self.page, 1)
        entry = Entry(anchor, weight, title, path)
        self.entries.append(entry)
        return entry

    def walk(self, node, entry):
        """Add the node's children to an entry, or to entries of their own."""
        for child in node.children:
            if isinstance(child, SKIPPED) or "cell_output" in classes(child):
                self.add_captions(child, entry)
            elif isinstance(child, nodes.section) and has_heading(child):
                title = self.numbered(child)
                kind = EXERCISE if title.endswith(" Exercises") else SECTION
                section = self.open(child["ids"][0], title, kind, entry)
                section.is_section = True
                self.walk(child, section)
            elif {"exercise", "solution"} & set(classes(child)):
                title = self.exercise(child)
                kind = SOLUTION if "solution" in classes(child) else EXERCISE
                self.walk(child, self.open(child["ids"][0], title, kind, entry))
            elif isinstance(child, nodes.definition_list_item) and child[0]["ids"]:
                title = text(child[0])
                self.walk(child, self.open(child[0]["ids"][0], title, TERM, entry))
            elif isinstance(child, addnodes.desc) and child[0]["ids"]:
                anchor = child[0]["ids"][0]
                name = anchor.removeprefix(child[0]["module"]).lstrip(".")
                self.walk(child, self.open(anchor, name, NAME, entry))
            elif not isinstance(child, nodes.title):
                self.add(child, entry)

    def add_captions(self, node, entry):
        """Of an output, which is numbers mostly, add equations and captions only."""
        shown = (nodes.caption, nodes.math_block)
        for part in node.findall(lambda n: isinstance(n, shown)):
            self.add(part, entry)

    def numbered(self, section):
        """The heading of a section with its number."""
        anchor = "" if section.parent is section.document else f"#{section['ids'][0]}"
        number = ".".join(map(str, self.numbers.get(anchor, ())))
        return f"{number} {text(section[0])}".strip()

    def exercise(self, node):
        """The title of an exercise, with its number, or of a solution."""
        figures = self.app.env.toc_fignumbers.get(self.page, {}).get("exercise", {})
        number = ".".join(map(str, figures.get(node["ids"][0], ())))
        return f"Exercise {number}" if number else text(node[0]).strip()

    def add(self, node, entry):
        """Add what a node says to an entry."""
        if isinstance(node, PROSE):
            sentences, rest = SENTENCES.fullmatch(text(node)).groups()
            entry.prose += filter(None, [sentences])
            entry.rest += filter(None, [rest.strip()])
            entry.keywords.update(terms(node))
        elif isinstance(node, nodes.math_block):
            if "output" not in classes(node):  # the same formula as another format
                entry.rest.append(text(node))
            if node.get("label"):
                entry.keywords.add(node["label"])
                entry.factor = LABELED
        elif isinstance(node, nodes.literal_block):
            lines = node.astext().splitlines()
            entry.rest += [line for line in lines if not IMPORT.match(line)]
            for names in DEFINITION, ANSWER:
                entry.keywords.update(names.findall(node.astext()))
        elif isinstance(node, nodes.row):
            entry.rest.append(" · ".join(text(cell) for cell in node.children))
        elif not isinstance(node, nodes.TextElement):
            self.walk(node, entry)


def classes(node):
    return node.get("classes", []) if isinstance(node, nodes.Element) else []


def has_heading(section):
    """Whether the section is one for a reader; the body of an exercise is not."""
    return isinstance(section[0], nodes.title)


def terms(node):
    """The glossary terms that a paragraph links."""
    for link in node.findall(nodes.reference):
        _, _, term = link.get("refuri", "").partition("glossary.html#term-")
        if term:
            yield term.replace("-", " ")


def write_search(app, exception):
    """Write index and texts, and take away the index of Sphinx, which no page loads."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    pages = {chapter.page: entries(app, chapter.page) for chapter in chapters()}
    write(out / "_static/search_index.js", "load", index(pages), before=STEMMER)
    for page, found in pages.items():
        texts = [[entry.prose, entry.rest] for entry in found]
        file = out / f"_static/search/{page.replace('/', '-')}.js"
        write(file, "read", page, texts)
    for unused in UNUSED:
        (out / unused).unlink(missing_ok=True)


def entries(app, page):
    """The entries of a page; a solution that stands elsewhere is none."""
    found = Collector(app, page).entries
    return [e for e in found if e.prose or e.rest or e.is_section]


def index(pages):
    """What the browser needs to rank the entries of all pages."""
    return {
        "entries": [
            [page, *entry.stored()] for page, found in pages.items() for entry in found
        ],
        "postings": search_index.postings(
            [entry.fields() for found in pages.values() for entry in found]
        ),
        **search_index.rules(),
    }


def write(file, function, *data, before=()):
    """Write a script that hands data to a function of book/_static/search.js."""
    scripts = [script.read_text(encoding="utf-8") for script in before]
    file.parent.mkdir(exist_ok=True)
    call = f"Search.{function}({','.join(map(packed, data))});"
    file.write_text("\n".join([*scripts, call, ""]), encoding="utf-8")


def setup(app):
    app.add_js_file("search.js", loading_method="defer")
    app.add_css_file("search.css")
    app.connect("build-finished", write_search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
