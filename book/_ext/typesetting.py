"""A Sphinx extension: formulas are typeset when the book is built, by KaTeX.

Each becomes text that a page's style sheet lays out, and MathML with its LaTeX, which
screen readers speak. A reader needs no script. The style sheet carries KaTeX's fonts,
cut down to the signs on the pages: no formula moves when a font arrives later.
"""

import atexit
import base64
import re
from collections import defaultdict
from functools import cache
from html import unescape
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from docutils import nodes
from fontTools import subset
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.math import get_node_equation_number

STYLE = "formulas.css"
FACE = re.compile(
    r'family:"?(\w+)"?;font-style:(\w+);font-weight:(\w+);src:url\((.+?woff2)'
)
ASKED = {"normal": "", "italic": "style:italic", "400": "", "700": "weight:700"}
RAW = re.compile(r'(<span class="math[^>]*>)\\\((.*?)\\\)</span>([.,;:!?]*)', re.S)
CLOSING = re.compile(r"[.,;:!?)\]…”’%-]+")  # signs that stay with what is before them


@cache
def katex():
    """KaTeX's JavaScript, in an engine that Python calls."""
    engine = MiniRacer()
    atexit.register(engine.close)
    engine.eval((files("sphinxcontrib") / "katex.min.js").read_text(encoding="utf-8"))
    return engine


def typeset(config, tex, display=False, output="htmlAndMathml"):
    """HTML of a formula; a fault in it stops the build."""
    return rendered(tex, display, output, tuple(config.katex_macros.items()))


@cache
def rendered(tex, display, output, macros):
    options = {
        "displayMode": display,
        "macros": dict(macros),
        "strict": "error",
        "output": output,
    }
    try:
        return katex().call("katex.renderToString", tex, options)
    except JSEvalException as error:
        reason = str(error).splitlines()[0].partition("KaTeX parse error: ")[2]
        raise ExtensionError(f"the formula {tex} can't be typeset: {reason}") from None


def visit_inline(writer, node):
    tex, sign = node.astext(), node.get("sign", "")
    if node.get("light"):
        formula = f"{typeset(writer.config, tex, output='mathml')}</span>{sign}"
    else:
        formula = f"{with_sign(typeset(writer.config, tex), sign)}</span>"
    writer.body.append(writer.starttag(node, "span", "", CLASS="math") + formula)
    raise nodes.SkipNode


def with_sign(formula, sign):
    """Put a sign into a formula: no line ends between its last part and the sign."""
    end = "</span></span>"  # of the text that is seen, and of the formula
    last = formula.rindex('<span class="base">')
    before, part = formula[:last], formula[last:].removesuffix(end)
    spoken = before.replace(
        "</mrow><annotation", f"<mtext>{sign}</mtext></mrow><annotation"
    )
    seen = f'<span class="last">{part}<span class="sign">{sign}</span></span>'
    return spoken + seen + end if sign else formula


def visit_display(writer, node):
    """Write a formula in a box of its own, and its number beside or below the box."""
    writer.body.append(writer.starttag(node, "div", CLASS="math"))
    formula = typeset(writer.config, lines(node.astext()), display=True)
    writer.body.append(f'<div class="formula">{formula}</div>')
    if node["number"]:
        number = get_node_equation_number(writer, node)
        writer.body.append(f'<span class="eqno">({number})')
        writer.add_permalink_ref(node, "Link to this equation")
        writer.body.append("</span>")
    writer.body.append("</div>")
    raise nodes.SkipNode


def lines(tex):
    r"""LaTeX with ``\\`` at its top level, as Sphinx takes it, in an environment."""
    if r"\\" in tex and not tex.lstrip().startswith(r"\begin"):
        return rf"\begin{{split}}{tex}\end{{split}}"
    return tex


class TakePunctuation(SphinxPostTransform):
    """A full stop or a bracket never stands on another line than its formula."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        for formula in list(self.document.findall(nodes.math)):
            text = formula.next_node(nodes.Text, descend=False, siblings=True)
            is_next = text and text.parent.index(text) == text.parent.index(formula) + 1
            if is_next and (sign := CLOSING.match(text)):
                formula["sign"] = sign.group()
                text.parent.replace(text, nodes.Text(text[sign.end() :]))


class TypesetInOutputs(SphinxPostTransform):
    r"""A formula in HTML that a cell shows: `<span class="math">\(x^2\)</span>`."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        def typeset_one(found):
            formula = typeset(self.config, unescape(found[2]))
            return f"{found[1]}{with_sign(formula, found[3])}</span>"

        for output in self.document.findall(nodes.raw):
            if output["format"] == "html" and RAW.search(text := output.astext()):
                output.children = [nodes.Text(RAW.sub(typeset_one, text))]


def add_style(app, pagename, templatename, context, doctree):
    """A page without formulas needs no style sheet for them."""
    if doctree and next(doctree.findall(is_formula), None):
        app.add_css_file(STYLE)


def is_formula(node):
    shown = isinstance(node, nodes.raw) and 'class="katex' in node.astext()
    return shown or isinstance(node, (nodes.math, nodes.math_block))


def write_style(app, exception):
    """Join KaTeX's rules, its fonts with the signs of this book, and our own rules."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    pages = "".join(page.read_text(encoding="utf-8") for page in out.rglob("*.html"))
    signs = signs_by_class(pages)
    source = out / "_static/katex"
    rules = (source / "katex.min.css").read_text(encoding="utf-8")

    def with_font(face):
        family, style, weight, path = FACE.search(face.group()).groups()
        asked = asking(rules, family, ASKED[style], ASKED[weight])
        shown = "".join(sorted(set().union(*map(signs.__getitem__, asked))))
        if not shown:
            return ""
        font = base64.b64encode(cut(source / path, shown, "woff2")).decode()
        return re.sub(
            r"src:[^}]*", f'src:url("data:font/woff2;base64,{font}")', face.group()
        )

    with_fonts = re.sub(r"@font-face\{[^}]*\}", with_font, rules)
    own = (out / "_static/formulas-own.css").read_text(encoding="utf-8")
    (out / "_static" / STYLE).write_text(f"{with_fonts}\n{own}", encoding="utf-8")


def signs_by_class(pages):
    """The signs of formulas, by the classes of their elements; all by that of KaTeX."""
    signs = defaultdict(set)
    elements = re.findall(r'class="((?:m|delim|op)[^"]*)"[^>]*>([^<]+)<', pages)
    for names, text in elements:
        for name in ["katex", *names.split()]:
            signs[name] |= set(unescape(text))
    return signs


def asking(rules, *words):
    """The classes whose rule has all these words, which name a font."""
    told = "".join(f"(?=[^}}]*{word})" for word in words)
    selectors = ",".join(re.findall(rf"([^{{}}]+)\{{{told}", rules))
    return set(re.findall(r"\.([\w-]+)(?=,|$)", selectors))


def cut(path, signs, flavor):
    """A font with the glyphs of some signs, packed."""
    font = subset.load_font(path, subset.Options())
    cutter = subset.Subsetter()
    cutter.populate(text=signs)
    cutter.subset(font)
    font.flavor = flavor
    packed = BytesIO()
    font.save(packed)
    return packed.getvalue()


def setup(app):
    app.add_config_value("katex_macros", {}, "html")
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.add_post_transform(TakePunctuation)
    app.add_post_transform(TypesetInOutputs)
    app.connect("html-page-context", add_style)
    app.connect("build-finished", write_style, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
