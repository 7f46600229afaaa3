"""The sheet of formulas: each equation of `mlp` with its shapes and its line of code.

The LaTeX is that of the theorems, as their chapters show them. A test compares the
shapes with the theorems' own, and those of the code with the arrays of a run.
"""

import ast
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
# What the names in a line of code are, by the function it stands in, or by its label
# where they change within the function: (shape, meaning). No shape: it is no array.
OUTPUT = {"h": ("any shape", "what the activation returned")}
STEP = {"net": ("", "the network"), "name": ("", "of a parameter")}
NAMES = {
    "sigmoid_prime_of_h": OUTPUT,
    "tanh_prime_of_h": OUTPUT,
    "softplus_prime_of_h": OUTPUT,
    "identity_prime_of_h": OUTPUT,
    "relu_prime_of_h": OUTPUT,
    "mean_binary_cross_entropy": {
        "sign": ("N, 1", "1 where $y$ = 0, −1 where $y$ = 1"),
        "wrong": ("N, 1", "`sign * scores`"),
        "scores": ("N, 1", "$z$"),
        "loss": ("", "mean over the N examples"),
        "dscores": ("N, 1", r"$\nabla_z J$"),
    },
    "forward": {
        "Z": ("N, H", "of layer k; the next line adds $b$"),
        "hidden": ("", "list; its last is $X$ (N, D), the input of layer k"),
        "params": ("", "all W1, b1 …; `W{k}` is $W$ (D, H)"),
        "k": ("", "number of the layer"),
    },
    "backward": {
        "grads": ("", "gradients by W1, b1 …"),
        "H": ("N, D", "$X$, the input of layer k"),
        "dZ": ("N, H", "$G$, the gradient by $Z$ of layer k"),
        "params": ("", "all W1, b1 …; `W{k}` is $W$ (D, H)"),
        "k": ("", "number of the layer"),
    },
    "eq:affine-X": {"dZ": ("N, H", r"$G$; then $\nabla_X J$")},
    "eq:elementwise-Z": {
        "dZ": ("N, H", r"$G$; then $\nabla_Z J$"),
        "H": ("N, H", "$f(Z)$, the input of layer k"),
    },
    "plain_step": {
        **STEP,
        "learning_rate": ("", r"$\eta$"),
        "grad": ("any shape", "$g$"),
    },
    "lean_step": {**STEP, "grad": ("any shape", r"$-\eta g$; then the new parameter")},
    "softmax": {"P": ("N, K", "`exp` of $S - m$, $m$ the row maxima; then softmax")},
    "mean_cross_entropy": {
        "loss": ("", "mean over the N examples"),
        "others": ("N,", "$t - 1$"),
        "shifted": ("N, K", "$R$, $m$ the row maxima"),
        "P": ("N, K", r"$P / N$, with 0 at the right classes; then $\nabla_S J$"),
        "rows": ("N,", "0 … N − 1"),
        "y": ("N,", "the right classes"),
        "N": ("", "number of rows"),
    },
    "l2_penalty_grad": {"W": ("D, H", "$W$")},
    "l1_penalty_grad": {"W": ("D, H", "$W$")},
    "MLP.loss_and_grads": {
        "grads": ("", "gradients by W1, b1 …; here $X^T G$ before"),
        "k": ("", "number of the layer"),
        "reg": ("", r"$\rho$"),
        "W": ("D, H", "`W{k}`"),
    },
}
FUNCTIONS = {  # that lines of code call
    "as_numbers": "checks that its array holds numbers",
    "sigmoid": "is $1 / (1 + e^{-z})$",
    "softplus": r"is $\log(1 + e^z)$",
    "log1p": r"is $\log(1 + x)$",
    "f_prime_of_h": "is $f'$, said in $h = f(z)$",
    "penalty_grad": "is the gradient of the penalty",
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
        comment = comment.replace(label, "").strip(" ,")
        yield f"{code}# {comment}".removesuffix("# ").rstrip(), *where


def names(line):
    """The names in a line of code, in order: (variables, functions)."""
    code = ast.parse(line.partition("  #")[0].removeprefix("return "))
    calls = {node.func for node in ast.walk(code) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(code) if isinstance(node, ast.Name)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    called = dict.fromkeys(node.id for node in found if node in calls)
    others = dict.fromkeys(node.id for node in found if node not in calls)
    return [name for name in others if name != "np"], list(called)


def known(label, function):
    """{name: (shape, meaning)} of a function, at the line with a label."""
    return NAMES[function] | NAMES.get(label, {})


def legend(label, line, function):
    """What the names in a line of code are."""
    told = []
    for name in names(line)[0]:
        shape, meaning = known(label, function)[name]
        told.append(f"`{name}` {shape and f'({shape}) '}{meaning}")
    return "; ".join(told)


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
        f"`{line}`\\\nin `{function}` of {{doc}}`{path} </{page}>`: "
        + legend(shown.label, line, function)
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
each line of code is proved as it runs; {{doc}}`equations` says where. {functions}. It
prints on both sides of one sheet of A4.

::::{{div}} sheet
{entries}
::::
"""


def on_the_sheet():
    """The equations of the sheet, which are those of Part I: layers have their own."""
    return [x for x in formulas().values() if x.page.startswith("book/derive/")]


def made():
    """The page: its path and its text."""
    parts, page = [], None
    for shown in on_the_sheet():
        if shown.page != page:
            page = shown.page
            parts.append(f":::{{rubric}} {{doc}}`/{page}`\n:::\n")
        parts.append(entry(shown))
    functions = "; ".join(f"`{name}` {told}" for name, told in FUNCTIONS.items())
    return {PAGE: TEXT.format(entries="\n".join(parts), functions=functions)}
