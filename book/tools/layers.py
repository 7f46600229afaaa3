"""The sheet of layers: what goes forward and backward in each layer of Part V.

Formulas and definitions are those of the theorems, as their chapters show them. Tests
compare the shapes with the theorems' own, and the costs with a count.
"""

import re
from dataclasses import dataclass

from .formulas import lines
from .labels import formulas

PAGE = "book/reference/layers.md"


@dataclass(frozen=True)
class Layer:
    """What the sheet says of a layer beside its theorems."""

    name: str
    labels: list  # of its gradients
    shapes: dict  # {shape: names of the arrays in the theorems}
    cost: str  # products of numbers in matrix products: forward; backward
    mistake: str
    prefix: str = ""  # of its functions, where others compute the same gradient


NONE = "no matrix product"
BY_ENTRY = {"N, H": "Z G P"}
LAYERS = [
    Layer(
        "Batch norm, in training",
        ["batch-norm-Z", "norm-gain", "norm-shift"],
        {"N, H": "Z C R V U G", "N, N": "A", "1, H": "gamma beta"},
        NONE,
        "the gain is left out of U, which no test at gains of 1 can see",
        prefix="batch_norm",
    ),
    Layer(
        "Layer norm",
        ["layer-norm-Z"],
        {"N, H": "Z C R V U G", "H, H": "B", "1, H": "gamma beta"},
        NONE,
        "a mean over the batch where one over the row belongs",
    ),
    Layer(
        "RMS norm",
        ["rms-norm-Z"],
        {"N, H": "Z R V U G", "H, H": "B", "1, H": "gamma beta"},
        NONE,
        "a sum along the row in place of the mean",
    ),
    Layer(
        "Dropout",
        ["dropout-Z"],
        {"N, H": "Z M G"},
        NONE,
        "a new mask for the backward pass, or none",
    ),
    Layer(
        "Residual block",
        ["residual-X"],
        {"N, D": "X Y G", "N, H": "Z", "D, H": "W", "H, D": "V"},
        "those of its branch",
        "the branch's gradient replaces G, and is not added to it",
    ),
    Layer(
        "GELU",
        ["gelu-Z"],
        BY_ENTRY,
        NONE,
        "the slope of one formula behind the value of the other",
    ),
    Layer(
        "GELU, by tanh",
        ["gelu-tanh-Z"],
        BY_ENTRY,
        NONE,
        "the 3 of the cube's derivative is lost",
    ),
    Layer("SiLU", ["silu-Z"], BY_ENTRY, NONE, "P alone, or P (1 − P)"),
    Layer(
        "Softmax",
        ["softmax-backward"],
        {"N, M": "S P G"},
        NONE,
        "P (1 − P), which is each weight's slope by its own score only",
    ),
    Layer(
        "Attention",
        ["attention-values", "attention-queries", "attention-keys"],
        {"N, D": "Q", "M, D": "Kcal", "M, H": "V", "N, H": "G O", "N, M": "S P"},
        "N M (D + H); 2 N M (D + H)",
        "the factor 1/√D comes back once, and is needed twice",
    ),
    Layer(
        "Embedding",
        ["embedding-table"],
        {"K, D": "E", "N, K": "Y", "N, D": "X G"},
        NONE,
        "`dtable[tokens] += dout`, which counts a word once that occurs twice",
    ),
    Layer(
        "Recurrent step",
        ["recurrence-A", "recurrence-U"],
        {
            "N, H": "A Y Z G",
            "N, D": "X",
            "D, H": "W",
            "H, H": "U Q",
            "1, H": "b",
        },
        "N H (D + H); 2 N H (D + H)",
        "what comes back from the later steps is left out: of G, or of Q",
    ),
    Layer(
        "LSTM, its cell",
        ["lstm-C"],
        {"N, H": "Y T O G Q"},
        "4 N H (D + H); 8 N H (D + H), the four gates in one product",
        "Q, the gradient that comes along the cells, is left out",
    ),
]
TEXT = """\
% Made by `make generate` from the chapters: edit book/tools/layers.py.

# One sheet of layers

N examples or positions that ask, M positions that answer, D and H widths, K classes or
words; rows are examples. $G$ is what comes from the layer above, the gradient by the
output, and the output is what stands beside $G$ in $J$. Each formula is the one that
its chapter proves for every size, and each line of code is proved as it runs;
{{doc}}`equations` says where. *Cost* counts the products of two numbers in matrix
products, forward and backward. *Look out* names a mistake that is easily made: its
chapter has it among the forms that are refuted. {{doc}}`formulas` has the network of
Part I. This page prints on both sides of one sheet of A4.

::::{{div}} sheet
{entries}
::::
"""
ENTRY = """\
:::{{div}} entry
**{name}**, {{doc}}`/{page}`

{forward}

{gradients}

{shapes}. *Cost:* {cost}. *Look out:* {mistake}.

{code}
:::
"""


def made():
    """The page: its path and its text."""
    return {PAGE: TEXT.format(entries="\n".join(map(entry, LAYERS)))}


def entry(layer):
    """What the sheet says of a layer."""
    shown = [formulas()[f"eq:{label}"] for label in layer.labels]
    forward = shown[0].facts("where")
    gradients = [gradient(x, forward) for x in shown]
    code = {}  # the functions that have a line, by the line and the link to its file
    for line, path, function, page in (one for x in shown for one in lines(x.label)):
        if function.startswith(layer.prefix):
            place = line, f"{{doc}}`{path} </{page}>`"
            code.setdefault(place, []).append(f"`{function}`")
    return ENTRY.format(
        name=layer.name,
        page=shown[0].page,
        forward=", ".join(forward),
        gradients="\n\n".join(gradients),
        shapes=", ".join(
            f"{signs(names)} ({shape})" for shape, names in layer.shapes.items()
        ),
        cost=layer.cost,
        mistake=layer.mistake,
        code="\n\n".join(
            f"`{line}`\\\nin {' and '.join(functions)} of {link}"
            for (line, link), functions in code.items()
        ),
    )


def gradient(shown, forward):
    """A formula with its label, and what it defines otherwise than the first one."""
    own = [fact for fact in shown.facts("where") if fact not in forward]
    before = f"With {', '.join(own)}:\n\n" if own else ""
    return f"{before}$$\n{shown.tex}\n$$\n\n{{eq}}`{shown.label}`"


def signs(names):
    """The LaTeX of letters: Greek ones are spelled out."""
    said = [re.sub("^Kcal$", r"\\mathcal K", name) for name in names.split()]
    said = [n if len(n) == 1 or "\\" in n else f"\\{n}" for n in said]
    return ", ".join(f"${n}$" for n in said)
