"""A small part of the attack of ``mutants.py``: nothing wrong is proved."""

import pytest
from mutants import attack


@pytest.mark.slow
def test_no_wrong_mutant_is_proved():
    found = []
    count, _ = attack(126, seed=11, report=found.append)
    assert not count["WRONG AND PROVED"], found
    assert count["wrong"] >= 35 and count["right and proved"] >= 5, count
