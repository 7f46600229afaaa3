"""Every label: equation, proof, line of `mlp`, test, each exactly once."""

import ast
import re

import pytest
from part_one import ANSWERS

from book.tools import ROOT, labels
from book.tools.chapters import Chapter, notebooks, tags

PLACES = labels.places()
SOUND = {place: [("eq:one", "there"), ("eq:two", "there")] for place in PLACES}


def test_every_label_has_its_four_places_once():
    assert not labels.faults(PLACES), "\n".join(labels.faults(PLACES))


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_to_the_problem_set_is_proved_in_one_chapter(answer):
    chapters = [chapter for label, chapter in labels.proofs() if label == answer]
    assert len(chapters) == 1, f"{answer} is proved in {chapters or 'no chapter'}"


def shown_theorems():
    """(label or name, tags of the cell) of each theorem among the stored outputs."""
    pattern = re.compile(r"^\$\$ \((eq:[^)]+)\)|^\*(.+?): proved", re.MULTILINE)
    for cell in (
        cell for chapter in labels.derivations() for cell in chapter.code_cells
    ):
        for output in cell.outputs:
            text = output.get("data", {}).get("text/markdown", "")
            for number, name in pattern.findall(text):
                yield number or name, tags(cell)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_to_the_problem_set_is_shown_once(answer):
    assert [name for name, _ in shown_theorems()].count(answer) == 1


def test_every_rule_that_is_shown_stands_in_a_box():
    boxed = {name for name, marks in shown_theorems() if "theorem" in marks}
    assert {*ANSWERS, *(label for label, _ in PLACES["equation"])} <= boxed


def test_every_labeled_line_of_the_package_is_proved_as_code():
    lines = {(label, function) for label, _, _, function, _ in labels.code_lines()}
    assert set(labels.code_proofs()) == lines


def test_only_what_the_chapter_prints_as_proved_is_said_to_be_proved(monkeypatch):
    chapter = Chapter(ROOT / f"{labels.PROVED_CODE}.ipynb")  # one of its own, to change
    before = labels.proofs_printed_by(chapter)
    for output in (output for cell in chapter.code_cells for output in cell.outputs):
        text = output.get("text", "")
        output["text"] = re.sub(r"(eq:affine-b .*)proved;", r"\1checked;", text)
    found = labels.proofs_printed_by(chapter)
    left = {p: c for p, c in labels.code_proofs().items() if p[0] != "eq:affine-b"}
    assert {label for label, _ in set(before) - set(found)} == {"eq:affine-b"}
    monkeypatch.setattr(labels, "code_proofs", lambda: left)
    doubted = [label for label, _ in labels.equations() if not is_proved(label)]
    assert doubted == ["eq:affine-b"]
    assert labels.made()[labels.PAGE].count("  - compared\n") == 1


def is_proved(label):
    return not label.startswith("eq:") or labels.code_proved_in(label)


def test_labels_with_all_places_have_no_fault():
    assert labels.faults(SOUND) == []


@pytest.mark.parametrize("place", SOUND)
def test_an_orphan_is_found_and_the_missing_place_is_named(place):
    assert (
        labels.faults(SOUND | {place: [("eq:two", "there")]})[0]
        == f"eq:one has no {place}"
    )


@pytest.mark.parametrize("place", SOUND)
def test_a_label_that_has_only_one_place_is_found(place):
    faults = labels.faults(SOUND | {place: [*SOUND[place], ("eq:new", "there")]})
    missing = {f"eq:new has no {other}" for other in SOUND if other != place}
    assert missing <= set(faults)


@pytest.mark.parametrize("place", SOUND)
def test_a_label_that_is_in_a_place_twice_is_found(place):
    faults = labels.faults(SOUND | {place: [*SOUND[place], ("eq:one", "there")]})
    assert faults == [f"eq:one has more than one {place}: there, there"]


def test_an_equation_must_be_proved_in_its_own_chapter():
    elsewhere = [("eq:one", "elsewhere"), ("eq:two", "there")]
    faults = labels.faults(SOUND | {"proof": elsewhere})
    assert faults == ["eq:one is shown and proved in different chapters"]


def test_two_functions_may_compute_the_same_equation():
    lines = [*SOUND["line of mlp"], ("eq:one", "another function")]
    assert labels.faults(SOUND | {"line of mlp": lines}) == []


def test_every_label_that_a_docstring_names_exists():
    named = {
        label
        for path in (ROOT / "mlp").glob("*.py")
        for label in labels.LABEL.findall(path.read_text(encoding="utf-8"))
    }
    typed = {
        label
        for chapter in notebooks()
        for label in re.findall(r"\$\$ \((eq:[^)]+)\)", chapter.prose)
    }
    assert named <= typed | {label for label, _ in PLACES["equation"]}


def test_shared_functions_are_those_that_tests_call_directly_or_not():
    called = "def deep(): pass\ndef shared(): deep()\ndef first(): shared()\n"
    uncalled = "def idle(): deep()\ndef second(): deep()\n"
    assert labels.shared(ast.parse(called + uncalled), ["first", "second"]) == [
        "deep",
        "shared",
    ]
