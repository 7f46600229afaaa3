"""The reference pages: points, links, numbers, terms and shapes agree with the rest."""

import importlib
import re
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from book.tools import ROOT, labels, problem_set
from book.tools.chapters import Chapter, chapters, notebooks
from book.tools.modules import module_cells
from mlp import TwoLayerMLP, softmax
from mlp.activations import relu_prime_of_h
from mlp.grader.questions import DERIVATIONS, QUESTIONS
from mlp.losses import softmax_cross_entropy
from mlp.network import forward

FOLDER = ROOT / "book" / "reference"
PROBLEM_SET, NOTATION, GLOSSARY, EQUATIONS = (
    (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    for name in ["problem_set", "notation", "glossary", "equations"]
)
INDEX = (ROOT / "book" / "index.md").read_text(encoding="utf-8")


# The problem set: one row for each question.

ROWS = problem_set.answers()
each_row = pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])


def test_every_question_has_one_row_with_its_points():
    points = {name: question.points for name, question in QUESTIONS.items()}
    rows = [(name, int(number)) for name, number, _ in ROWS]
    assert rows == list(points.items()), (
        "book/reference/problem_set.md, mlp/grader/questions.py"
    )
    total = sum(points.values())
    assert f"= {total} points; a test adds" in PROBLEM_SET, (
        "book/reference/problem_set.md"
    )
    assert f"one problem set of {total} points" in INDEX, "book/index.md"


def test_every_question_is_listed_where_it_can_be_answered():
    cells = Chapter(FOLDER / "solve.ipynb").code_cells
    outputs = [output for cell in cells for output in cell.outputs]
    shown = "".join(o.get("data", {}).get("text/markdown", "") for o in outputs)
    shown = shown.replace("`", "").replace("\\|", "|")
    for name, question in QUESTIONS.items():
        row = f"| {name} | {question.points} | {question.kind} | {question.asks} |"
        assert row in shown, f"book/reference/solve.ipynb must be run again: {name}"


@pytest.mark.parametrize("problem", sorted({name[1] for name in QUESTIONS}))
def test_the_points_of_a_problem_are_those_of_its_rows(problem):
    heading = rf"^## Problem {problem}:.*\n\n(\d+) points\."
    stated = re.search(heading, PROBLEM_SET, re.MULTILINE)
    assert stated, f"book/reference/problem_set.md: no Problem {problem} with points"
    rows = [int(points) for name, points, _ in ROWS if name.startswith(f"Q{problem}")]
    assert int(stated[1]) == sum(rows)


@each_row
def test_a_row_links_to_derivation_proof_code_and_test(row):
    text = row[2]
    shown = "Derivation and proof:" in text or "Shown:" in text
    assert shown and "Code:" in text and "Tests:" in text
    assert re.search(r"\]\(\.\./\w+/\w+\.ipynb#[\w-]+\)", text)


def slug(title):
    """The anchor of a heading, as MyST makes it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower().replace(" ", "-"))


@each_row
def test_sections_that_a_row_links_to_exist(row):
    for chapter, anchor in re.findall(r"\]\(\.\./(\w+/\w+\.ipynb)#([\w-]+)\)", row[2]):
        text = Chapter(ROOT / "book" / chapter).prose
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert anchor in map(slug, headings), f"{chapter} has no section {anchor}"


def linked_functions():
    """(question, module, function, chapter) of each function that a row names."""
    pattern = r"\{py:func\}`~(mlp\.\w+)\.(\w+)`"
    for question, _, text in ROWS:
        for line in re.findall(r"Code: (.*?)\\\n", text, re.DOTALL):
            docs = re.findall(r"\{doc\}`(mlp/\w+\.py) <(/book/\w+/\w+)>`", line)
            for module, function in re.findall(pattern, line):
                path = module.replace(".", "/") + ".py"
                for chapter in [chapter for file, chapter in docs if file == path]:
                    yield question, module, function, chapter


def test_functions_that_the_rows_name_are_made_in_the_chapters_that_they_link_to():
    found, files = list(linked_functions()), module_cells()
    assert len(found) >= len(ROWS)
    for _, module, function, chapter in found:
        assert callable(getattr(importlib.import_module(module), function))
        cells = files[module.replace(".", "/") + ".py"]
        texts = [text for made_by, text in cells if f"/{made_by.page}" == chapter]
        assert re.search(rf"^def {function}\(", "\n".join(texts), re.MULTILINE), (
            function
        )


def test_the_line_of_an_equation_is_in_the_function_named_with_it():
    lines = {(label, function) for label, _, _, function, _ in labels.code_lines()}
    for question, _, text in ROWS:
        for code, label in re.findall(
            r"Code: (.*?)line of\s+\{eq\}`([^`]+)`", text, re.DOTALL
        ):
            named = re.findall(r"\{py:func\}`~mlp\.\w+\.(\w+)`", code)
            assert (label, named[-1]) in lines, question


def test_every_question_has_a_formula_or_a_section_in_the_chapter_it_links_to():
    formulas = [*DERIVATIONS, "Q1.6"]
    proved = {label.split()[0] for label, _ in labels.proofs() if label.startswith("Q")}
    assert proved == set(formulas), (
        "a chapter of book/derive, or mlp/grader/questions.py"
    )


def listings():
    """(file, function, name) of each test that the page prints."""
    pattern = r"\{literalinclude\} \.\./\.\./(\S+)\n.*\n:pyobject: (\w+)\n:name: (\S+)"
    return re.findall(pattern, PROBLEM_SET)


def test_tests_that_the_page_prints_exist_and_are_linked():
    names = [name for _, _, name in listings()]
    assert names and len(set(names)) == len(names)
    for file, function, name in listings():
        assert function.startswith("test_")
        assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8")
        assert f"<{name}>`" in PROBLEM_SET


def test_tests_that_the_rows_link_to_are_printed():
    printed = {name for _, _, name in listings()} | {"problem-set-tests"}
    printed |= {f"test-{function}" for _, function in labels.tests()}
    assert set(re.findall(r"\{ref\}`[^`<]+<([\w-]+)>`", PROBLEM_SET)) <= printed


@each_row
def test_numbers_of_an_answer_are_printed_in_a_chapter_that_it_links_to(row):
    answer = re.split(r"Derivation and proof:|Shown:", row[2])[0]
    texts = []
    for chapter in re.findall(r"\]\(\.\./(\w+/\w+\.ipynb)#", row[2]):
        for cell in Chapter(ROOT / "book" / chapter).notebook.cells:
            texts += [
                cell.source,
                *(o.get("text", "") for o in cell.get("outputs", [])),
            ]
    for number in re.findall(r"\d+\.\d{3,}", answer):
        assert any(number in text for text in texts), number


# Links of all four pages


PAGES = ["problem_set.md", "errata.ipynb", "notation.md", "glossary.md"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_and_equations_that_are_linked_exist(name):
    text = Chapter(FOLDER / name).prose
    pages = {ROOT / chapter.page for chapter in chapters()}
    for link in re.findall(r"\{doc\}`(?:[^`<]+<)?([^`>]+)>?`", text):
        base = ROOT if link.startswith("/") else FOLDER
        assert base / link.lstrip("/") in pages, link
    assert set(re.findall(r"\{eq\}`([^`]+)`", text)) <= set(
        labels.LABEL.findall(EQUATIONS)
    )


# Errata


def test_the_errata_are_numbered_each_with_a_cell_and_a_lesson():
    cells = Chapter(FOLDER / "errata.ipynb").notebook.cells
    executed = ["[output]" if cell.get("outputs") else cell.source for cell in cells]
    sections = re.split(r"^## ", "\n".join(executed), flags=re.MULTILINE)
    numbered = [section for section in sections if section.startswith("Erratum")]
    numbers = [int(re.match(r"Erratum (\d+)", section)[1]) for section in numbered]
    assert numbers == list(range(1, len(numbers) + 1))
    for section in numbered:
        for part in ["**Printed.**", "**True.**", "[output]", "**What to learn.**"]:
            assert part in section, section


# Glossary

INDEX_ONLY = set(re.findall(r"^% index-only: (.+)$", GLOSSARY, re.MULTILINE))
ENTRIES = re.search(r":sorted:\n\n(.*?)^```", GLOSSARY, re.MULTILINE | re.DOTALL)[1]
TERMS = re.findall(r"^(?! )(.+)$", ENTRIES, re.MULTILINE)


def linked_terms(chapter):
    """The terms that a page links, in order."""
    return re.findall(r"\{term\}`(?:[^`<]*<)?([^`>]+)>?`", chapter.prose)


def test_each_term_of_the_glossary_is_there_once():
    assert len({term.lower() for term in TERMS}) == len(TERMS)


def test_every_entry_of_the_glossary_leads_to_a_chapter():
    for entry in ENTRIES.strip().split("\n\n"):
        assert len(re.findall(r"\{doc\}`/book/", entry)) == 1, entry


def test_every_term_is_linked_from_a_chapter_or_marked_as_index_only():
    linked = {term for chapter in notebooks() for term in linked_terms(chapter)}
    assert set(TERMS) - linked == INDEX_ONLY


def test_every_linked_term_is_in_the_glossary_and_linked_once_a_chapter():
    for chapter in notebooks():
        terms = linked_terms(chapter)
        assert set(terms) <= set(TERMS), chapter.file
        assert len(terms) == len(set(terms)), chapter.file


# Notation

ARRAYS = {
    name: (shape, text)
    for name, shape, text in re.findall(
        r"^\* - `(\w+)`\n  - (\(.*\))\n  - (.+)$", NOTATION, re.MULTILINE
    )
}


def arrays(N=7, D=5, H=4, K=3):
    """The arrays of a network, by the names of the page, without a penalty."""
    rng = np.random.default_rng(0)
    net = TwoLayerMLP(D, H, K, std=0.5, rng=rng)
    X, y = rng.standard_normal((N, D)), rng.integers(K, size=N)
    Z1 = X @ net.params["W1"] + net.params["b1"]
    scores, (_, H1) = forward(net.params, X, lambda Z: np.maximum(Z, 0))
    dscores = softmax_cross_entropy(scores, y)[1]
    dH1 = dscores @ net.params["W2"].T
    found = {"X": X, "y": y, "Y": np.eye(K)[y], "Z1": Z1, "H1": H1, "scores": scores}
    found |= {"P": softmax(scores), "dscores": dscores, "dH1": dH1}
    found |= {"dZ1": dH1 * relu_prime_of_h(H1), **net.params}
    found |= {f"d{name}": grad for name, grad in net.loss(X, y)[1].items()}
    return found, {"N": N, "D": D, "H": H, "K": K}


def test_shapes_are_those_of_a_networks_arrays():
    found, sizes = arrays()
    assert set(ARRAYS) == set(found)
    for name, (shape, _) in ARRAYS.items():
        numbers = tuple(sizes[letter] for letter in re.findall(r"[NDHK]", shape))
        assert found[name].shape == numbers, name


def test_formulas_of_the_arrays_give_the_arrays():
    found, _ = arrays()
    found |= {"f": lambda Z: np.maximum(Z, 0), "f_prime_of_h": relu_prime_of_h}
    checked = []
    for name, (_, text) in ARRAYS.items():
        for formula in re.findall(r"`([^`]+)`", text):
            np.testing.assert_allclose(
                eval(formula, {}, found), found[name], rtol=1e-12
            )
            checked.append(name)
    assert checked


def test_scikit_learns_shapes_are_the_stated_ones():
    found, _ = arrays()
    net = MLPClassifier((4,), solver="sgd", max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(found["X"], np.array([0, 1, 2, 0, 1, 2, 0]))
    assert net.coefs_[0].shape == found["W1"].shape
    assert net.intercepts_[0].shape == found["b1"].shape
    assert "`coefs_[0]`, (D, H)" in NOTATION and "`intercepts_[0]`, (H,)" in NOTATION
