"""A Sphinx extension: each page with cells has a bar that runs it in the browser.

The page loads nothing of this before a click. Then it takes from the folder `live/` the
list of all files with their sums, the cells with their stored outputs and a wheel of
`mlp`. Python itself comes from the site's folder `pyodide/`, if the variable PYODIDE
named a folder to copy, else from Pyodide's address.
"""

import base64
import json
import os
import re
import shutil
from dataclasses import asdict
from hashlib import sha256
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docutils import nodes
from docutils.parsers.rst import Directive
from front_matter import Written
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxRole

from book.tools import ROOT, pyodide
from book.tools.in_browser import EXCEPTED, live_chapters, records
from book.tools.packed import packed
from book.tools.prove_examples import EXAMPLES

WHEEL = "mlp_book-1.0.0-py3-none-any.whl"
CORE = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
BAR = """
<noscript><style>.live-bar {{ display: none; }}</style></noscript>
<div class="live-bar" role="region" aria-label="Run this page" data-root="{root}"
     data-page="{page}">
<span class="live-starts"><button type="button" data-do="check">Check this page</button>
<button type="button" data-do="edit">Edit and run</button></span>
<span class="live-says" role="status">Runs in your browser; nothing to install.</span>
</div>
<script>{script}</script>
"""
START = """
(bar => {
  const start = ({target}) => {
    if (!target.dataset.do || bar.dataset.started) return;
    const script = document.createElement("script");
    Object.assign(script.dataset, target.dataset);
    script.src = bar.dataset.root + "_static/live/page.js";
    script.onerror = () => {
      delete bar.dataset.started;
      bar.lastElementChild.textContent = "The script can't be loaded; try again.";
    };
    bar.dataset.started = "yes";
    document.head.append(script);
  };
  const fill = () => {
    if (location.hash.startsWith("#prove=") && document.querySelector(".prove-form"))
      start({target: {dataset: {do: "fill"}}});
  };
  addEventListener("click", start);
  addEventListener("DOMContentLoaded", fill);
  addEventListener("hashchange", fill);
})(document.currentScript.previousElementSibling)
"""
FORM = """
<div class="prove-form" role="group" aria-label="Prove your own">
<label>Example <select class="prove-example">{options}</select></label>
<label>Forward and backward pass
<textarea class="prove-code" rows="18" spellcheck="false" wrap="off"
          autocapitalize="off">{code}</textarea></label>
<label>Shapes of the arguments
<input class="prove-shapes" value="{shapes}" spellcheck="false"></label>
<div><button type="button" data-do="prove">Prove it</button>
<button type="button" data-do="stop" class="prove-stop" hidden>Stop</button>
<button type="button" data-do="link">Copy a link to this code</button>
<span class="prove-says" role="status"></span></div>
<pre class="live-text prove-result" hidden></pre>
</div>
<script>{script}</script>
"""
CHOOSE = """
(form => form.querySelector("select").addEventListener("change", ({target}) => {
  const example = JSON.parse(target.value);
  form.querySelector(".prove-code").value = example.code;
  form.querySelector(".prove-shapes").value = example.shapes;
  form.querySelector(".prove-result").hidden = true;
}))(document.currentScript.previousElementSibling)
"""


def add_bar(app, doctree, page):
    """Put the bar under the title of a page with cells."""
    if app.builder.name != "html" or page not in live_chapters():
        return
    title = next(doctree.findall(nodes.title))
    root = "../" * page.count("/")
    bar = BAR.format(root=root, page=page, script=START)
    place = title.parent.index(title) + 1
    title.parent.insert(place, nodes.raw("", bar, format="html"))


def write_files(app, exception):
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    live = out / "live"
    for page, chapter in live_chapters().items():
        write_json(live / f"{page}.json", cells_of(page, chapter))
    (live / WHEEL).write_bytes(wheel())
    shutil.copytree(ROOT / "mlp/mnist", live / "mnist", dirs_exist_ok=True)
    shutil.copytree(ROOT / "book/_static/katex", live / "katex", dirs_exist_ok=True)
    shutil.copy(files("sphinxcontrib") / "katex.min.js", live / "katex")
    write_json(live / "site.json", site(out))


def write_json(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(packed(content), encoding="utf-8")


def cells_of(page, chapter):
    """The code cells with their stored outputs, and how long they took in a browser."""
    measured = records().get(page, {})
    return {
        "cells": [
            {
                "source": cell.source,
                "outputs": [without_picture(output) for output in cell.outputs],
                "differs": cell.metadata.get(EXCEPTED),
            }
            for cell in chapter.code_cells
        ],
        "work": "expansion" if proves(chapter) else "product",
        "unit": measured.get("unit"),
        "seconds": measured.get("seconds"),
    }


def proves(chapter):
    """Whether SymPy does most of a chapter's work."""
    asks = re.compile(r"import sympy|from sympy|mlp\.proof|prove_(backward|gradient)")
    return any(asks.search(cell.source) for cell in chapter.code_cells)


def without_picture(output):
    output = dict(output)
    if "data" in output:
        kinds = {k: v for k, v in output["data"].items() if k != "image/png"}
        output["data"] = kinds
    return output


def wheel():
    """The package as a wheel, without MNIST; the same files make the same wheel."""
    made = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted((ROOT / "mlp").rglob("*"))
        if path.suffix in {".py", ".mplstyle", ".json"}
    }
    name, version = WHEEL.split("-")[:2]
    info = f"{name}-{version}.dist-info"
    made[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: mlp-book\nVersion: {version}\n".encode()
    )
    made[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    made[f"{info}/RECORD"] = "".join(map(record, made.items())).encode()
    return zipped(made)


def record(item):
    """A file's line in the list of a wheel."""
    name, content = item
    digest = base64.urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def zipped(made):
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in made.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return file.getvalue()


def site(out):
    """What the scripts need to know: where the files are, and their sums."""
    own = {
        "runner.py": known(out, "_static/live/runner.py"),
        WHEEL: known(out, f"live/{WHEEL}") | {"imports": ["mlp"]},
    }
    for path in sorted((out / "live/mnist").glob("*.gz")):
        own[path.name] = known(out, f"live/mnist/{path.name}")
    return {
        "pyodide": copied(out, os.environ.get("PYODIDE")),
        "files": pyodide.files() | own,
        "core": core_bytes(),
    }


def known(out, url):
    content = (out / url).read_bytes()
    digest = sha256(content).hexdigest()
    return {"url": url, "bytes": len(content), "sha256": [digest], "imports": []}


def copied(out, folder):
    """Copy the files of Python from a folder, and return where they are."""
    if not folder:
        return pyodide.CDN
    if wrong := pyodide.differing(folder):
        raise ExtensionError(f"not the files of Pyodide: {', '.join(wrong)}")
    (out / "pyodide").mkdir(exist_ok=True)
    for name in pyodide.files():
        shutil.copy(Path(folder) / name, out / "pyodide")
    return "pyodide/"


class Core(SphinxRole):
    """What the first click loads: {live-core}`bytes`, {live-core}`versions`."""

    def run(self):
        said = {"bytes": f"{core_bytes() / 1e6:.0f} MB", "versions": versions()}
        return [nodes.Text(said[self.text])], []


def core_bytes():
    return sum(pyodide.files()[name]["bytes"] for name in CORE)


def versions():
    """Such as: NumPy 2.0.2, SymPy 1.13.3."""
    names = {"numpy": "NumPy", "sympy": "SymPy", "matplotlib": "matplotlib"}
    wheels = [file.split("-") for file in pyodide.files()]
    return ", ".join(f"{names[w[0]]} {w[1]}" for w in wheels if w[0] in names)


class Form(Directive):
    """The form of the page "Prove your own", filled with the first example."""

    def run(self):
        options = [
            f'<option value="{escape(json.dumps(asdict(example)))}">'
            f"{escape(example.name)}</option>"
            for example in EXAMPLES
        ]
        form = FORM.format(
            options="".join(options),
            code=escape(EXAMPLES[0].code),
            shapes=escape(EXAMPLES[0].shapes),
            script=CHOOSE,
        )
        return [nodes.raw("", form, format="html")]


class Table(Written):
    """What the tests found in each chapter."""

    def run(self):
        rows = [
            "| chapter | compared | same | excepted | seconds |",
            "| --- | ---: | ---: | --- | ---: |",
        ]
        for page, chapter in live_chapters().items():
            if found := records().get(page):
                count, time = found["compared"], sum(found["seconds"])
                reasons = [c.metadata[EXCEPTED] for c in excepted(chapter)]
                why = f"{len(reasons)}: {' '.join(dict.fromkeys(reasons))}"
                rows.append(
                    f"| {chapter.link} | {count} | {count} "
                    f"| {why if reasons else ''} | {time:.0f} |"
                )
        return self.parsed("\n".join(rows))


def excepted(chapter):
    return [cell for cell in chapter.code_cells if EXCEPTED in cell.metadata]


def setup(app):
    app.add_role("live-core", Core())
    app.add_directive("live-table", Table)
    app.add_directive("prove-form", Form)
    app.connect("doctree-resolved", add_bar)
    app.connect("build-finished", write_files, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
