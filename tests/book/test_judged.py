"""Published formulas: what each record says, and that the page has the verdicts."""

import re
from itertools import islice

import pytest

import mlp.published_gradients
from book.tools import ROOT
from book.tools.chapters import Chapter
from mlp import judge as court
from mlp.judge import KINDS, altered, judge, proof_of, smallest
from mlp.published_gradients import RECORDS

CHAPTER = Chapter(ROOT / "book/today/judged.ipynb")
WORDS = {court.PROVED, court.CONDITIONAL, court.REFUTED}


def printed():
    """The verdict of each formula, as the chapter's table has it."""
    texts = [
        output.get("data", {}).get("text/plain", "")
        for cell in CHAPTER.code_cells
        for output in cell.outputs
    ]
    rows = re.findall(r"^(\w+): ([a-z ]+)$", "\n".join(texts), re.MULTILINE)
    return dict(rows)


TABLE = printed()


def test_the_table_has_each_formula_once():
    text = (ROOT / "mlp/published_gradients.py").read_text(encoding="utf-8")
    assert text.count("\n@published(\n") == len(RECORDS) >= 40
    assert list(TABLE) == list(RECORDS)
    assert set(TABLE.values()) == WORDS


def test_there_are_sources_of_every_kind_and_many_layers():
    assert {one.kind for one in RECORDS.values()} == set(KINDS)
    assert len({one.layer for one in RECORDS.values()}) >= 12


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_record_says_where_it_is_from_and_what_it_means(record):
    assert re.fullmatch(r"https://\S+\.\S+", record.link)
    assert record.source and record.conventions and record.formula
    assert not re.search(r"(?<!\\)[|<>$]", record.formula + record.conventions)
    assert bool(record.under) <= bool(record.given)
    assert callable(record.forward) and callable(record.backward)


@pytest.mark.parametrize("name", RECORDS)
def test_the_judge_says_what_the_table_says(name):
    found = judge(RECORDS[name])
    assert found.word == TABLE[name]
    assert (found.counterexample is None) == (found.word == court.PROVED)


def test_what_is_called_wrong_on_its_page_by_mistake_is_proved():
    doubted = [one.name for one in RECORDS.values() if one.doubted]
    assert {TABLE[name] for name in doubted} == {court.PROVED}


ZERO = {"odyssey_2882"}  # a factor of a gradient that is zero changes nothing
PROVED = [name for name in RECORDS if TABLE.get(name) == court.PROVED]
SAMPLE = [name for name in PROVED if name not in ZERO][::4]


@pytest.mark.parametrize("name", SAMPLE)
def test_a_right_formula_changed_by_one_symbol_is_refuted(name):
    changed = [other for other, _ in islice(altered(RECORDS[name]), 4)]
    assert "wrong" in {proof_of(other).verdict for other in changed}


def test_a_right_formula_has_no_counterexample():
    with pytest.raises(ValueError, match="no numbers were found"):
        smallest(RECORDS["llm_c_residual"])


def test_a_hypothesis_that_does_not_help_is_noticed():
    record = RECORDS["knet_288"]
    assert not proof_of(record)
    assert not proof_of(record, g="")  # equal gains are not enough
    assert proof_of(record, g=1.0)


def test_the_smallest_sizes_come_first():
    found = smallest(RECORDS["libnd4j_440"])
    assert found.sizes == {"N": 1, "K": 2}
    assert mlp.published_gradients.RECORDS is RECORDS
