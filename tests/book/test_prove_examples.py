"""The examples of the form "Prove your own" have the verdicts that they promise."""

from collections import Counter

import pytest

from book.tools.prove_examples import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_has_its_verdict(example):
    assert example.proved().verdict == example.verdict


def test_there_are_five_of_which_one_is_wrong():
    verdicts = Counter(example.verdict for example in EXAMPLES)
    assert verdicts.total() == 5 and verdicts["wrong"] == 1 and verdicts["checked"] == 1
