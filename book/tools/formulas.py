"""The sheet of formulas: each equation of `mlp` with its shapes and its line of code.

The LaTeX is that of the theorems, as their chapters show them. A test compares the
shapes with the theorems' own.
"""

import re

from .labels import formulas, lines_of

PAGE = "book/reference/formulas.md"
SHAPES = {
    "X": "N, D",
    "W": "D, H",
    "b": "1, H",
    "Z": "N, H",
    "G": "N, H",
    "S": "N, K",
    "P": "N, K",
    "Y": "N, K",
    "R": "N, K",
    "m": "N, 1",
    "t": "N, 1",
    "z": "N, 1",
    "h": "N, 1",
    "y": "N, 1",
    "theta": "n, 1",
    "g": "n, 1",
}
NAME = re.compile(r"(?<![^\W_])(theta|[A-Za-z])(?![^\W_]|\()")


def shapes(shown):
    """{name: shape} of the arrays of an equation; numbers have none."""
    if "for every" not in shown.plain:
        return {}
    text = re.sub(r"^(?:proved|if).*|\bf\(\w\) = [^,\n]*", "", shown.plain, flags=re.M)
    names = dict.fromkeys(NAME.findall(text))
    return {name: SHAPES[name] for name in names if name in SHAPES}


def lines(label):
    """The lines of `mlp` that compute an equation, as `lines_of`, without its label."""
    for line, *where in lines_of(label):
        code, _, comment = line.rpartition("#")
        comment = comment.replace(label, "").strip()
        yield f"{code}# {comment}".removesuffix("# ").rstrip(), *where


def sign(name):
    """The LaTeX of a letter: Greek ones are spelled out."""
    return name if len(name) == 1 else rf"\{name}"


def entry(shown):
    """What the sheet says of an equation."""
    sizes = [f"${sign(name)}$ ({shape})" for name, shape in shapes(shown).items()]
    said = [", ".join(sizes) or "numbers"]
    said += [
        f"{word} {', '.join(facts)}"
        for word in ("where", "if")
        if (facts := shown.facts(word))
    ]
    code = [
        f"`{line}`\\\n`{function}` in {{doc}}`{path} </{page}>`"
        for line, path, function, page in lines(shown.label)
    ]
    return ENTRY.format(
        label=shown.label,
        name=shown.label.removeprefix("eq:"),
        tex=shown.tex,
        said="; ".join(said),
        code="\n\n".join(code),
    )


ENTRY = """\
:::{{div}} entry
{{eq}}`{label}` {name}

$$
{tex}
$$

{said}

{code}
:::
"""

TEXT = """\
% Made by `make generate` from the chapters: edit book/tools/formulas.py.

# One sheet of formulas

N examples, D inputs, H units, K classes, n parameters; rows are examples. $f$ is an
activation, $\\mathbf 1_N$ a column of N ones, $\\odot$ the element-wise product, $G$
what comes from the layer above. Each formula is the one that its chapter proves, and
each line of code is proved as it runs; {{doc}}`equations` says where. It prints on both
sides of one sheet of A4.

::::{{div}} sheet
{entries}
::::
"""


def made():
    """The page: its path and its text."""
    parts, page = [], None
    for shown in formulas().values():
        if shown.page != page:
            page = shown.page
            parts.append(f":::{{rubric}} {{doc}}`/{page}`\n:::\n")
        parts.append(entry(shown))
    return {PAGE: TEXT.format(entries="\n".join(parts))}
