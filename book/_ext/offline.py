"""A Sphinx extension: the site is small, asks nobody for anything, and mends its theme.

The theme's script of all icons (1.5 MB) is left out, and its font of all icons is cut
down to those on the pages. Style sheets lose the rules for what is on no page, and are
dark on a dark system without scripts, too. Pictures are packed as WebP, large ones with
a palette of 256 colors.
"""

import re
import shutil
from pathlib import Path

import tinycss2
from PIL import Image
from sphinx.errors import ExtensionError
from typesetting import cut

NAME = re.compile(r"[.#]([A-Za-z_][\w-]*)")  # of a class, or of an element
LAX = {"not", "is", "where"}  # what they name may be missing
DARK = re.compile(r"""\[data-theme=["']?dark["']?\]""")
LIGHT = '[data-theme="light"]'
WITHOUT_SCRIPT = "@media screen and (prefers-color-scheme: dark) and (scripting: none)"
LARGE, HUGE = 30_000, 500_000  # bytes of a picture
ICON_FONTS = Path("_static/vendor/fontawesome/webfonts")

# Faults of the theme and of extensions: (what they write, what it should be). A pattern
# that matches nowhere fails the build, so that this list stays as short as the faults.
MENDS = [
    # the system's mode is known before the first color is shown: no white flash;
    # without scripts a page is light; the side bar shows the page, not what was seen
    (r' data-theme="auto"', ' data-theme="light"'),
    (
        r'dataset\.theme = localStorage\.getItem\("theme"\) \|\| "auto";',
        'dataset.theme = {light: "light", dark: "dark"}[localStorage.getItem("mode")]\n'
        '      ?? (matchMedia("(prefers-color-scheme: dark)").matches '
        '? "dark" : "light");'
        '\n    sessionStorage.removeItem("sidebar-scroll-top");',
    ),
    # the script of all icons: the font does the same in a hundredth of the size
    (
        r"<!-- So that users can add custom icons -->\s*"
        r"<script[^>]*fontawesome[^>]*></script>",
        "",
    ),
    # the search of Sphinx, in place of which there is our own (search.py)
    (
        r'<script src="[^"]*_static/searchtools\.js"></script>\s*'
        r'<script src="[^"]*_static/language_data\.js"></script>\s*'
        r'<script src="[^"]*searchindex\.js"></script>\s*(?=</head>)',
        "",
    ),
    # three times the same viewport
    (r'(?s)(<meta name="viewport"[^>]*>)(?=.*<meta name="viewport")', ""),
    # page content outside of landmarks: the side bar holds the site's name and
    # navigation
    (
        r'<div id="pst-primary-sidebar" class="([^"]*)">',
        r'<div id="pst-primary-sidebar" class="\1" role="region" aria-label="Book">',
    ),
    # the bibliography: a deprecated role, and a list whose children are not items
    (r' role="doc-biblioentry"', ' role="listitem"'),
    # exercises: the same id for each of a page
    (r'<section id="(?:exercise|solution)-content">', "<section>"),
    # icons are decoration: nothing to read out
    (
        r'<i class="((?:fa[srb]?|theme-switch) [^"]*)"',
        r'<i aria-hidden="true" class="\1"',
    ),
    # pictures are packed anew
    (r"(_images/[\w-]+)\.png", r"\1.webp"),
]


def write_site(app, exception):
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    first_build = (out / ICON_FONTS).exists()
    unused = mend_pages(out)
    if unused and first_build:
        raise ExtensionError(f"nothing to mend any more: {', '.join(unused)}")
    shrink_icons(out)
    shrink_styles(out)
    shrink_pictures(out)


def mend_pages(out):
    """Mend all pages, drop what they need no more, return patterns without a match."""
    unused = dict.fromkeys(pattern for pattern, _ in MENDS)
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for pattern, mended in MENDS:
            text, count = re.subn(pattern, mended, text)
            if count:
                unused.pop(pattern, None)
        page.write_text(text, encoding="utf-8")
    (out / "_static/scripts/fontawesome.js").unlink(missing_ok=True)
    for source_map in out.rglob("*.map"):
        source_map.unlink()
    return unused


def shrink_icons(out):
    """Keep the solid icons that pages and style sheets name; drop the other fonts."""
    style = (out / "_static/styles/pydata-sphinx-theme.css").read_text(encoding="utf-8")
    rules = re.findall(
        r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"', style
    )
    pages = " ".join(page.read_text(encoding="utf-8") for page in out.rglob("*.html"))
    names = {f".{name}:before" for name in re.findall(r"\bfa-[a-z0-9-]+", pages)}
    used = [chr(int(c, 16)) for rule, c in rules if names & set(rule.split(","))]
    used += re.findall(r'--pst-icon-[a-z-]+:"(.)"', style)
    used.append("\uf107")  # the arrow of the folded table of contents
    font = cut(out / ICON_FONTS / "fa-solid-900.ttf", "".join(used), "woff")
    (out / "_static/icons.woff").write_bytes(font)
    license = out / "_static/scripts/fontawesome.js.LICENSE.txt"
    shutil.move(license, out / "_static/icons.woff.LICENSE.txt")
    shutil.rmtree(out / ICON_FONTS)


def shrink_styles(out):
    """Drop the rules of style sheets that name what no page and no script names."""
    files = [p for p in out.rglob("*") if p.suffix in {".html", ".js"}]
    texts = (path.read_text(encoding="utf-8") for path in files)
    known = {name for text in texts for name in re.findall(r"[\w-]+", text)}
    for path in out.rglob("*.css"):
        rules = tinycss2.parse_stylesheet(path.read_text(encoding="utf-8"), False, True)
        text = pruned(rules, known)
        path.write_text(text + dark_without_script(text), encoding="utf-8")


def dark_without_script(style):
    """The rules for the dark, once more for a system that is dark and runs no script.

    The pages say that they are light; only a script says anything else.
    """
    rules = tinycss2.parse_stylesheet(style, True, True)
    dark = [
        DARK.sub(LIGHT, rule.serialize())
        for rule in rules
        if rule.type == "qualified-rule" and is_dark(rule.serialize())
    ]
    return f"\n{WITHOUT_SCRIPT}{{{''.join(dark)}}}" if dark else ""


def is_dark(rule):
    """Whether a rule is for the dark; the logo, which is the same in both, stays."""
    return bool(DARK.search(rule)) and ".only-light" not in rule


def pruned(rules, known):
    """The rules that may apply, without comments but for licenses, as text."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            apply = [
                tinycss2.serialize(selector).strip()
                for selector in selectors(rule.prelude)
                if needed(selector) <= known
            ]
            body = tinycss2.serialize(rule.content).strip()
            kept += [f"{','.join(apply)}{{{body}}}"] if apply else []
        elif rule.type == "at-rule" and rule.at_keyword in {"media", "supports"}:
            inner = pruned(tinycss2.parse_rule_list(rule.content, True, True), known)
            head = tinycss2.serialize(rule.prelude)
            kept += [f"@{rule.at_keyword}{head}{{{inner}}}"] if inner else []
        elif rule.type != "comment" or rule.value.startswith("!"):
            kept.append(rule.serialize())
    return "\n".join(kept)


def selectors(prelude):
    """The selectors of a rule, each as a list of its tokens."""
    found = [[]]
    for token in prelude:
        if token == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def needed(selector):
    """The names of classes and elements without which a selector applies to nothing."""
    outside = [t for t in selector if t.type != "function" or t.lower_name not in LAX]
    return set(NAME.findall(tinycss2.serialize(outside)))


def shrink_pictures(out):
    """Pack pictures as WebP, without loss but for the colors of large ones."""
    for path in (out / "_images").glob("*.png"):
        size = path.stat().st_size
        with Image.open(path) as picture:
            colors = picture.convert("RGBA")
        if size > HUGE:
            colors.thumbnail((1000, 1000))
        if size > LARGE:
            colors = with_palette(colors)
        colors.save(path.with_suffix(".webp"), lossless=True)
        path.unlink()


def with_palette(picture):
    """A picture with a palette of 256 colors; transparency stays."""
    opaque = picture.getchannel("A").getextrema() == (255, 255)
    method = Image.Quantize.MEDIANCUT if opaque else Image.Quantize.FASTOCTREE
    colors = picture.convert("RGB") if opaque else picture
    small = colors.quantize(256, method=method, dither=Image.Dither.NONE)
    return small.convert("RGBA")


def setup(app):
    app.connect("build-finished", write_site, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
