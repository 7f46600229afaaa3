"""The sheet of formulas: every label of Part I, with its LaTeX and its code."""

import builtins
import re
import sys

import numpy as np
import pytest

from book.tools import labels
from book.tools.formulas import (
    FUNCTIONS,
    NAMES,
    PAGE,
    SHAPES,
    known,
    lines,
    made,
    names,
    on_the_sheet,
    shapes,
)
from mlp import MLP, losses, training
from mlp.activations import ACTIVATIONS

SHEET = made()[PAGE]
LABELS = [shown.label for shown in on_the_sheet()]
ENTRIES = re.findall(r"^:::\{div\} entry\n(.+?)^:::$", SHEET, re.MULTILINE | re.DOTALL)


def entry(label):
    [found] = [text for text in ENTRIES if f"{{eq}}`{label}`" in text]
    return found


def test_every_label_is_on_the_sheet_once():
    assert [re.search(r"\{eq\}`(.+?)`", text)[1] for text in ENTRIES] == LABELS


@pytest.mark.parametrize("label", LABELS)
def test_an_entry_has_the_code_that_computes_it(label):
    found = list(lines(label))
    functions = {f for name, _, _, f, _ in labels.code_lines() if name == label}
    assert {function for _, _, function, _ in found} == functions
    texts = labels.module_texts()
    for code, path, function, page in found:
        place = f"`{code}`\\\nin `{function}` of {{doc}}`{path} </{page}>`: "
        assert place in entry(label)
        assert "eq:" not in code and code.partition("  #")[0] in texts[path]


def test_no_shape_is_idle():
    used = {name for label in LABELS for name in shapes(labels.formulas()[label])}
    assert used == SHAPES.keys()


@pytest.mark.parametrize(
    "small_print",
    [
        "\n\n*proved for every $N$; where $a = b$, $c = d$; if $a > 0$ for every i.*",
        "\n\n*proved for every $N$*\n\n- where\n  - $\\displaystyle a = b$\n"
        "  - $\\displaystyle c = d$\n- if $\\displaystyle a > 0$ for every i",
    ],
)
def test_definitions_and_hypotheses_are_read_in_the_small_print(small_print):
    shown = labels.Shown("eq:a", "page", "", small_print, "")
    assert shown.facts("where") == ["$a = b$", "$c = d$"]
    assert shown.facts("if") == ["$a > 0$ for every i"]


@pytest.mark.parametrize("label", LABELS)
def test_an_entry_has_the_formula_that_its_chapter_shows(label):
    assert f"$$\n{labels.formulas()[label].tex}\n$$" in entry(label)


def test_the_page_of_the_equations_shows_them():
    page = labels.made()[labels.PAGE]
    for label in LABELS:
        assert f"$$\n    {labels.formulas()[label].tex}\n    $$" in page


CODE = [
    (label, line, function)
    for label in LABELS
    for line, _, function, _ in labels.lines_of(label)
]
ids = [f"{label} in {function}" for label, _, function in CODE]


@pytest.mark.parametrize(("label", "line", "function"), CODE, ids=ids)
def test_each_name_in_a_line_of_code_is_explained_beside_it(label, line, function):
    variables, called = names(line)
    beside = entry(label).partition(f"in `{function}` of")[2].partition("\n")[0]
    for name in variables:
        shape, meaning = known(label, function)[name]
        assert f"`{name}` {shape and f'({shape}) '}{meaning}" in beside
    intro = SHEET.partition(":::")[0]
    for name in called:
        assert hasattr(builtins, name) or f"`{name}` {FUNCTIONS[name]}" in intro


def test_no_explanation_is_idle():
    used = {
        (place, name)
        for label, line, function in CODE
        for name in names(line)[0]
        for place in (label, function)
    }
    told = {(place, name) for place, found in NAMES.items() for name in found}
    assert told <= used
    assert {name for _, line, _ in CODE for name in names(line)[1]} >= FUNCTIONS.keys()


def run_everything():
    """Call each function that has a labeled line; every size is another number."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((7, 5)), rng.integers(3, size=7)
    for penalty in losses.PENALTIES:
        net = MLP([5, 4, 3], penalty=penalty, rng=rng)
        training.plain_step(net, X, y, 0.1, 0.1)
        training.lean_step(net, X, y, 0.1, 0.1)
    losses.softmax(net.scores(X))
    for forward, prime in ACTIVATIONS.values():
        prime(forward(X))
    losses.mean_binary_cross_entropy(X[:, :1], y % 2)


def passes(run):
    """{(file, line number): [local names each time the line begins]} of a run."""
    wanted = {(path, number) for _, path, number, _, _ in labels.code_lines()}
    found = {place: [] for place in wanted}

    def trace(frame, event, _):
        path = frame.f_code.co_filename.replace("\\", "/")
        place = "mlp/" + path.rpartition("/mlp/")[2], frame.f_lineno
        if event == "line" and place in found:
            found[place].append(dict(frame.f_locals))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return found


def sizes(told, values):
    """{letter: size} if the shapes that are told are those of the arrays, else None."""
    found = {}
    for name, (shape, _) in told.items():
        value = values.get(name)
        if value is None:  # the line makes it
            continue
        if not shape or shape == "any shape":
            if isinstance(value, np.ndarray) != bool(shape):
                return None
            continue
        letters = [letter for letter in re.split(", ?", shape) if letter]
        if len(letters) != np.ndim(value):
            return None
        for letter, size in zip(letters, np.shape(value), strict=True):
            if found.setdefault(letter, size) != size:
                return None
    different = len(set(found.values())) == len(found)
    return found if different and found.get("1", 1) == 1 else None


@pytest.fixture(scope="module")
def seen():
    return passes(run_everything)


@pytest.mark.parametrize(("label", "line", "function"), CODE, ids=ids)
def test_the_shapes_of_code_are_those_of_a_run(seen, label, line, function):
    places = [
        (path, number)
        for name, path, number, inside, _ in labels.code_lines()
        if (name, inside) == (label, function)
    ]
    told = {name: known(label, function)[name] for name in names(line)[0]}
    runs = [values for place in places for values in seen[place]]
    assert any(sizes(told, values) is not None for values in runs)


def test_a_wrong_shape_of_code_is_noticed():
    values = {"P": np.zeros((3, 2)), "m": np.zeros((3, 1)), "k": 1}
    right = {"P": ("N, K", ""), "m": ("N, 1", ""), "k": ("", "")}
    assert sizes(right, values) == {"N": 3, "K": 2, "1": 1}
    for name, wrong in [("P", "K, N"), ("P", "N,"), ("P", ""), ("m", "K, 1")]:
        assert sizes(right | {name: (wrong, "")}, values) is None
    assert sizes(right | {"k": ("N,", "")}, values) is None
