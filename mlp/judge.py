# Made by `make generate` from book/today/judged.ipynb: edit it there.
import ast
import copy
import importlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from mlp import prove_backward
from mlp.tracing.package_mutants import Replace, changes
from mlp.verdicts import check_gradient

RECORDS = {}


@dataclass(frozen=True)
class Published:
    """A published backward pass, with all that a verdict on it needs.

    Attributes
    ----------
    name, layer, source, link, kind, conventions : str
        ``kind`` is one of `KINDS`; ``conventions`` say what the page means by what.
    formula : str
        The formula in LaTeX, in this book's letters.
    forward, backward : callable
        Two functions, as `mlp.prove_backward` takes them.
    arguments : dict
        The shapes of the arguments of ``forward``, or values.
    sizes : dict
        Numbers for sizes over which the page loops.
    given : str
        A hypothesis that the page does not state.
    under : dict
        What this hypothesis changes in ``arguments``, or ``forward``.
    doubted, mended : str
        How a right formula is called wrong there; where a later version is right.
    """

    name: str
    layer: str
    source: str
    link: str
    kind: str
    conventions: str
    formula: str
    forward: object
    backward: object
    arguments: dict
    sizes: dict = field(default_factory=dict)
    given: str = ""
    under: dict = field(default_factory=dict)
    doubted: str = ""
    mended: str = ""


KINDS = ("paper", "book", "code", "documentation", "post", "answer", "thread")


def published(layer, source, link, kind, conventions, formula, forward, **more):
    """Enter the decorated backward pass in `RECORDS`; shapes go by their names."""
    own = {"sizes", "given", "under", "doubted", "mended"}
    arguments = {name: shape for name, shape in more.items() if name not in own}
    facts = {name: fact for name, fact in more.items() if name in own}

    def enter(backward):
        name = backward.__name__
        told = (name, layer, source, link, kind, conventions, formula)
        RECORDS[name] = Published(*told, forward, backward, arguments, **facts)
        return backward

    return enter


PROVED, CONDITIONAL, REFUTED = "proved", "right if", "refuted"


@dataclass(frozen=True)
class Verdict:
    """What was found: the word, for which sizes, and numbers where it is wrong."""

    record: Published
    word: str
    scope: str
    counterexample: object = None
    right_below: tuple = ()

    def __str__(self):
        return f"{self.word} {self.reason}" if self.reason else self.scope

    @property
    def reason(self):
        """The hypothesis, if one is needed, and the numbers; empty if proved."""
        if self.word == PROVED:
            return ""
        below = "".join(f" (proved for {size})" for size in self.right_below)
        given = f"{self.record.given}; not " if self.record.given else ""
        return f"{given}at {self.counterexample}{below}"


def proof_of(record, **changed):
    """Let the engine decide on a record, some of its arguments changed."""
    forward = changed.pop("forward", record.forward)
    sizes = {**record.sizes, **changed.pop("sizes", {})}
    arguments = {**record.arguments, **changed}
    backward = by_name(record, arguments)
    return prove_backward(forward, backward, sizes=sizes, **arguments)


def by_name(record, arguments):
    """Return the backward pass so that it names its gradients, of arrays alone."""
    asked = [isinstance(shape, str) for shape in arguments.values()]

    def backward(*douts_and_cache):
        found = record.backward(*douts_and_cache)
        found = found if isinstance(found, tuple) else (found,)
        rows = zip(arguments, asked, found)
        return {name: g for name, array, g in rows if array and g is not None}

    return backward


def judge(record):
    """Return the verdict on a record; raise where the engine decides nothing."""
    whole = proof_of(record)
    if whole and not record.given:
        return Verdict(record, PROVED, whole.small_print())
    numbers = smallest(record)
    below = right_below(record, numbers.sizes)
    if not record.given:
        assert whole.verdict == "wrong", f"{record.name}: {whole!r}"
        return Verdict(record, REFUTED, "", numbers, below)
    scope = proof_of(record, **record.under).require().small_print()
    return Verdict(record, CONDITIONAL, scope, numbers, below)


def right_below(record, sizes):
    """Return which sizes, one smaller than these, make a wrong formula right."""
    smaller = [(name, n - 1) for name, n in sizes.items() if n > 1]
    return tuple(
        f"{name} = {n}" for name, n in smaller if proof_of(record, sizes={name: n})
    )


@dataclass(frozen=True)
class Numbers:
    """Numbers at which a gradient is wrong."""

    sizes: dict
    inputs: dict
    argument: str
    index: tuple
    given: float
    right: float

    def __str__(self):
        place = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        sizes = ", ".join(f"{name} = {n}" for name, n in self.sizes.items())
        given, right = in_few_digits(self.given, self.right)
        said = f"d{self.argument}{place} is {given}, right is {right}"
        return f"{sizes}: {said}" if sizes else f"some numbers: {said}"


def in_few_digits(*numbers):
    """Write numbers with as many digits as tell them apart, at least three."""
    for digits in range(3, 18):
        texts = [f"{number + 0.0:.{digits}g}" for number in numbers]
        if len(set(texts)) == len(texts):
            break
    return ["0" if text == "-0" else text for text in texts]


def letters(record):
    """Return the names of the sizes of a record that are free."""
    shapes = [s for s in record.arguments.values() if isinstance(s, str)]
    words = " ".join(shapes).replace(" of ", " ").split()
    names = dict.fromkeys(word.lstrip("0123456789") for word in words)
    return [name for name in names if name and name not in record.sizes]


MASKS = ("mask", "M")
ROUNDING = 1e-9  # of entries whose true value is 0


def drawn(name, shape, sizes, most, rng):
    """Draw small whole numbers of a shape; a scalar is positive; a value stays."""
    if not isinstance(shape, str):
        return shape
    if not shape:
        return np.float64(1 / rng.randint(1, most + 2))
    dims, _, labels = shape.partition(" of ")
    lengths = [length(word, sizes) for word in dims.split()]
    if labels:
        return rng.randint(0, length(labels, sizes), size=lengths)
    if name in MASKS:
        return rng.randint(0, 2, size=lengths).astype(float)
    return rng.randint(-most, most + 1, size=lengths).astype(float)


def length(word, sizes):
    """Return the length that a word such as 4H or 3 stands for."""
    name = word.lstrip("0123456789")
    digits = word[: len(word) - len(name)]
    return int(digits or 1) * (sizes[name] if name else 1)


def smallest(record, draws=12):
    """Return numbers that refute a record: small sizes first, then small numbers."""
    names = letters(record)
    for total in range(len(names), 3 * len(names) + 1):
        for sizes in sizes_with_sum(names, total):
            rng = np.random.RandomState(0)
            for most in [1] * draws + [2] * draws:
                inputs = {
                    name: drawn(name, shape, {**record.sizes, **sizes}, most, rng)
                    for name, shape in record.arguments.items()
                }
                if found := wrong_at(record, sizes, inputs, rng):
                    return found
    raise ValueError(f"{record.name}: no numbers were found that refute it")


def sizes_with_sum(names, total):
    """Yield the sizes, from 1 to 3 each, that have a sum."""
    for numbers in np.ndindex(*[3] * len(names)):
        if sum(numbers) + len(names) == total:
            yield {name: n + 1 for name, n in zip(names, numbers)}


def wrong_at(record, sizes, inputs, rng):
    """Return the numbers if the gradient is wrong at these inputs, or None."""
    with np.errstate(all="ignore"):
        outs = outputs_of(record.forward, inputs)
        douts = [rng.randint(1, 3, size=np.shape(out)).astype(float) for out in outs]
        grads = gradients(record, inputs, douts)
        if not all(np.isfinite(g).all() for g in [*outs, *grads.values()]):
            return None

        def weighed(moved):
            outs = outputs_of(record.forward, {**inputs, **moved})
            return sum(np.sum(d * out) for d, out in zip(douts, outs))

        point = {name: np.asarray(inputs[name], float) for name in grads}
        wrong = check_gradient(weighed, point, grads).wrong
    wrong = [one for one in wrong if abs(one.given - one.expected) > ROUNDING]
    if not wrong:
        return None
    order = list(grads)
    wrong.sort(key=lambda one: (order.index(one.name), one.index))
    largest = max(abs(one.given - one.expected) for one in wrong)
    first = next(
        one for one in wrong if abs(one.given - one.expected) > 0.999 * largest
    )
    told = inputs | {f"dout{k or ''}": d for k, d in enumerate(douts)}
    given, right = first.given, first.expected
    return Numbers(sizes, told, first.name, first.index, given, right)


def outputs_of(forward, inputs):
    """Return the outputs of a forward pass, without its cache."""
    *outs, _ = forward(**inputs)
    return outs


def gradients(record, inputs, douts):
    """Return the gradients of a record by name, those it has."""
    *_, cache = record.forward(**inputs)
    found = record.backward(*(d.copy() for d in douts), cache)
    found = found if isinstance(found, tuple) else (found,)
    pairs = zip(inputs, found)
    shapes = {name: np.shape(inputs[name]) for name in inputs}
    return {
        name: np.broadcast_to(np.asarray(g, float), shapes[name]).copy()
        for name, g in pairs
        if g is not None
    }


def altered(record):
    """Yield the record with + for −, · for /, or the reverse, and the changed line."""
    module = importlib.import_module("mlp.published_gradients")
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    [function] = [one for one in tree.body if getattr(one, "name", "") == record.name]
    function.decorator_list = []
    for k, node in enumerate(ast.walk(function)):
        for j, (kind, _) in enumerate(changes(node)):
            if kind == "operator" and not isinstance(node.op, ast.MatMult):
                yield with_change(record, vars(module), function, k, j)


def with_change(record, namespace, function, k, j):
    """Return the record with change j of node k of its function, and that line."""
    other = copy.deepcopy(function)
    node = list(ast.walk(other))[k]
    other = Replace(node, list(changes(node))[j][1](node)).visit(other)
    ast.fix_missing_locations(other)
    names = dict(namespace)
    exec(compile(ast.Module([other], []), record.name, "exec"), names)
    lines = zip(ast.unparse(function).splitlines(), ast.unparse(other).splitlines())
    line = next(new.strip() for old, new in lines if old != new)
    return replace(record, backward=names[record.name]), line


class Table:
    """Verdicts as a table, one row each; it displays as Markdown."""

    def __init__(self, verdicts):
        self.verdicts = verdicts

    def __repr__(self):
        return "\n".join(f"{v.record.name}: {v.word}" for v in self.verdicts)

    def _repr_markdown_(self):
        heads = ["layer, name", "page", "as published, in our letters", "verdict"]
        rows = [heads, ["---"] * len(heads), *map(row_of, self.verdicts)]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def row_of(verdict):
    """Return the four cells of a verdict's row."""
    record = verdict.record
    told = {"doubted there": record.doubted, "mended": record.mended}
    notes = [f"*{word}: {text}*" for word, text in told.items() if text]
    return [
        f"{record.layer}<br>`{record.name}`",
        f"[{record.source}]({record.link})<br>{record.kind}",
        f"${record.formula}$<br>{record.conventions}",
        "<br>".join([said_of(verdict), *notes]),
    ]


def said_of(verdict):
    """Return the verdict in a few words, as Markdown."""
    if verdict.word != PROVED:
        return str(verdict).replace(verdict.word, f"**{verdict.word}**", 1)
    short = re.split(", wherever|; for real", verdict.scope)[0]
    names, _, every = short.rpartition(": ")
    by = f" (by {names})" if names else ""
    return every.replace(PROVED, f"**{PROVED}**") + by
