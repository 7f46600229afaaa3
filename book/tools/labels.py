"""The page of the equations and where they live.

A label `eq:…` of Part I or Part V has four places: the numbered equation that a chapter
shows, the proof in that chapter, the comment beside the line of `mlp` that computes it,
and the test that compares the two. `places` collects them, `faults` says what is
missing or there twice. `code_proofs` are the lines of `mlp` whose function is proved as
it runs; they are read in what a chapter prints, which the tests re-compute.
"""

import ast
import functools
import io
import re
import sys
import tokenize
from typing import NamedTuple

from . import ROOT
from .chapters import notebooks
from .modules import made as module_texts
from .modules import module_cells

PAGE = "book/reference/equations.md"
PROVED_CODE = "book/build/proved_code"  # it tells how lines of `mlp` are proved
PARTS_WITH_PROOFS = ("derive", "today")
CODE_PROOF = re.compile(
    r"^(eq:\S+) +(\S+) +proved; with the nudge wrong$", re.MULTILINE
)
TESTS = ROOT / "tests/book/bridge.py"
LABEL = re.compile(r"eq:[\w-]+")
PARTS = re.compile(r"(?:; |^- )(?=where\b|if\b|with\b)", re.M)  # of small print
NUMBERED = re.compile(r"^\$\$\n([^$]+)\n\$\$ \((eq:[^)]+)\)(.*)", re.M | re.DOTALL)


def derivations():
    """The chapters of Part I and Part V."""
    return [chapter for chapter in notebooks() if chapter.part in PARTS_WITH_PROOFS]


class Shown(NamedTuple):
    """A numbered equation among the stored outputs: LaTeX, small print, plain text."""

    label: str
    page: str
    tex: str
    small_print: str
    plain: str

    def facts(self, word):
        """What the small print states after `where` or `if`: formulas, as MyST."""
        stated = PARTS.split(self.small_print)
        found = "".join(part for part in stated if part.startswith(word))
        facts = re.findall(r"\$[^$]+\$(?: for every \w(?:, \w)*)?", found)
        return [fact.replace(r"\displaystyle ", "") for fact in facts]


def shown_equations():
    """The numbered equations, in reading order."""
    for chapter in derivations():
        for output in (
            output for cell in chapter.code_cells for output in cell.outputs
        ):
            texts = output.get("data", {})
            for tex, label, small_print in NUMBERED.findall(
                texts.get("text/markdown", "")
            ):
                yield Shown(label, chapter.page, tex, small_print, texts["text/plain"])


def equations():
    """Pairs (label, chapter) of the numbered equations among the stored outputs."""
    return [(shown.label, shown.page) for shown in shown_equations()]


@functools.cache
def formulas():
    """{label: equation} of the numbered equations, in reading order."""
    return {shown.label: shown for shown in shown_equations()}


def proofs():
    """Pairs (label, chapter) of the calls `prove(label, …)`, each pair once."""
    found = {}
    for chapter in derivations():
        for cell in chapter.code_cells:
            for node in ast.walk(ast.parse(cell.source)):
                if (
                    getattr(getattr(node, "func", None), "id", "") == "prove"
                    and node.args
                ):
                    found[getattr(node.args[0], "value", None), chapter.page] = True
    return [pair for pair in found if pair[0]]


def functions(tree, prefix=""):
    """The functions and methods of a module: (name, node), outer before inner."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if isinstance(node, ast.FunctionDef):
                yield prefix + node.name, node
            yield from functions(node, f"{prefix}{node.name}.")


@functools.cache
def code_lines():
    """(label, file, line number, function, page) of each comment that names a label."""
    found = []
    for path, text in module_texts().items():
        inside = list(functions(ast.parse(text)))
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            labels = (
                LABEL.findall(token.string) if token.type == tokenize.COMMENT else []
            )
            line = token.start[0]
            around = [name for name, f in inside if f.lineno <= line <= f.end_lineno]
            for label in labels:
                page = next(
                    c.page
                    for c, source in module_cells()[path]
                    if token.line.rstrip() in source
                )
                found.append((label, path, line, (around or ["the module"])[-1], page))
    return found


def lines_of(label):
    """(text, file, function, page) of each line of `mlp` that computes an equation."""
    texts = module_texts()
    for found, path, number, function, page in code_lines():
        if found == label:
            yield texts[path].splitlines()[number - 1].strip(), path, function, page


def proofs_printed_by(chapter):
    """Pairs (label, function) of the lines of code that a chapter prints as proved."""
    outputs = [output for cell in chapter.code_cells for output in cell.outputs]
    printed = "".join(output.get("text", "") for output in outputs)
    return CODE_PROOF.findall(printed)


@functools.cache
def code_proofs():
    """Map (label, function) of each line that is proved as it runs to the chapter."""
    return {pair: c.page for c in notebooks() for pair in proofs_printed_by(c)}


def code_proved_in(label):
    """The chapter that proves all lines of `mlp` with this label; None if none does."""
    lines = {(found, function) for found, _, _, function, _ in code_lines()}
    where = {code_proofs().get(pair) for pair in lines if pair[0] == label}
    return where.pop() if len(where) == 1 else None


@functools.cache
def tests_file():
    """The file of the tests that the book prints, as a syntax tree."""
    return ast.parse(TESTS.read_text(encoding="utf-8"))


def tests():
    """Pairs (label, function) of the table `BRIDGE` of the tests."""
    for node in tests_file().body:
        if (
            isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "BRIDGE"
        ):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return [(key.value, value.id) for key, value in pairs]
    return []


def shared(tree, own):
    """The functions of a file that its functions `own` call, directly or not."""
    nodes = dict(functions(tree))
    called = {name: names_in(node) & nodes.keys() for name, node in nodes.items()}
    found, new = set(), set(own)
    while new:
        found |= new
        new = set().union(*(called[name] for name in new)) - found
    return [name for name in nodes if name in found - set(own)]


def names_in(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def places():
    """Map each place to the pairs (label, where) found there."""
    code = [
        (label, f"{function} in {path}") for label, path, _, function, _ in code_lines()
    ]
    return {
        "equation": [pair for pair in equations() if pair[0].startswith("eq:")],
        "proof": [pair for pair in proofs() if pair[0].startswith("eq:")],
        "line of mlp": code,
        "test": tests(),
    }


def faults(places):
    """Sentences about labels that lack a place or have one twice.

    Only a line of `mlp` may be there more than once, in different functions.
    """
    found = []
    for label in sorted({label for pairs in places.values() for label, _ in pairs}):
        where = {
            place: [spot for name, spot in pairs if name == label]
            for place, pairs in places.items()
        }
        found += [f"{label} has no {place}" for place in where if not where[place]]
        for place, spots in where.items():
            seen = set(spots) if place == "line of mlp" else spots[:1]
            if len(spots) > len(seen):
                found.append(f"{label} has more than one {place}: {', '.join(spots)}")
        if where["equation"][:1] != where["proof"][:1]:
            found.append(f"{label} is shown and proved in different chapters")
    return found


def row(label, page):
    """The row of the table about one label."""
    lines = {}  # the functions that compute it, by link to their chapter
    for found, path, _, function, cell in code_lines():
        if found == label:
            link = f"{{doc}}`{path} </{cell}>`"
            lines.setdefault(link, []).append(f"`{function}`")
    computed = ", ".join(
        f"{' and '.join(names)} in {link}" for link, names in lines.items()
    )
    test = dict(tests())[label]
    proof = code_proved_in(label)
    code = f"{{doc}}`proved </{proof}>`" if proof else "compared"
    return (
        f"* - {{eq}}`{label}`\\\n    {label.removeprefix('eq:')}\n"
        f"  - $$\n    {formulas()[label].tex}\n    $$\n\n"
        f"    proved in {{doc}}`/{page}`\\\n"
        f"    computed by {computed}\\\n"
        f"    compared by {{ref}}`{test} <test-{test}>`\n"
        f"  - {code}"
    )


def listing(function):
    """The text of a function of the tests, with a name that the table links to."""
    return (
        f"```{{literalinclude}} ../../tests/book/bridge.py\n:language: python\n"
        f":pyobject: {function}\n:name: test-{function}\n```"
    )


TEXT = """\
% Made by `make generate` from the chapters and tests/: edit book/tools/labels.py.

# The equations and where they live

A line of code is right when it computes an equation, and an equation is right when it
is proved. So each rule that a line of `mlp` computes has one label, and the label has
four places: the numbered equation, its proof in the same chapter, the line of code, and
a test that compares the line with the equation. Beside the line of code the label is a
comment, such as `# {example}`. A test fails when a label lacks one of its places, and
when this page, which is generated, differs from what is there.

The last column speaks of the code itself. *Proved* means: the function was run on
arrays of symbolic size, and its gradients are right for every size; with the value on
this line changed by one millionth the proof fails. {{doc}}`/book/build/proved_code`
tells how; the chapter behind the link prints the verdict, and the tests re-compute it.

```{{list-table}}
:header-rows: 1
:widths: 27 58 15
:width: 100%
:class: places

* - Equation
  - Where it lives
  - Its code
{rows}
```

## The tests

Each function below draws sizes and numbers at random. It returns two arrays: the
right-hand side of the proved equation (`rule`), evaluated at these numbers, and what
the package computes from them. The two must agree to $10^{{-12}}$. Then the test
changes the value that the labeled line makes by one millionth, and the two must *not*
agree: so it is this line that is compared.

Several functions share these:

{shared}

And these are the comparisons, one for each of the {count} labels:

{listings}
"""


def made():
    """The page: its path and its text."""
    if wrong := faults(places()):
        sys.exit("\n".join(wrong))
    pairs = [pair for pair in equations() if pair[0].startswith("eq:")]
    test_of = dict(tests())
    text = TEXT.format(
        count=len(pairs),
        example=pairs[0][0],
        rows="\n".join(row(*pair) for pair in pairs),
        shared="\n\n".join(map(listing, shared(tests_file(), test_of.values()))),
        listings="\n\n".join(listing(test_of[label]) for label, _ in pairs),
    )
    return {PAGE: text}
