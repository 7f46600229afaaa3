"""The examples of the form "Prove your own" have the verdicts that they promise."""

import re
from collections import Counter

import pytest

from book.tools.prove_examples import EXAMPLES
from mlp import prove_backward


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_has_its_verdict(example):
    names = {}
    exec(example.code, names)
    first, last = re.findall(r"^def (\w+)", example.code, re.MULTILINE)
    shapes = eval(f"dict({example.shapes})")
    result = prove_backward(names[first], names[last], **shapes)
    assert result.verdict == example.verdict


def test_there_are_five_of_which_one_is_wrong():
    verdicts = Counter(example.verdict for example in EXAMPLES)
    assert verdicts.total() == 5 and verdicts["wrong"] == 1 and verdicts["checked"] == 1
