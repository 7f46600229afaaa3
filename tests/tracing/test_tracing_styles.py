"""The table of styles: what is right is proved, what is wrong is wrong."""

import pytest
from show_styles import judged
from styles import RIGHT, WRONG


def test_the_table_is_large():
    assert len(RIGHT) >= 40 and len(WRONG) >= 15
    assert len({row[0] for row in RIGHT + WRONG}) == len(RIGHT + WRONG)


@pytest.mark.parametrize("row", RIGHT, ids=lambda row: row[0])
def test_right_pairs_are_proved(row):
    result = judged(row)
    assert result.verdict == "proved", result
    assert result.largest < 1 and result.theorem


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row[0])
def test_wrong_pairs_are_wrong(row):
    result = judged(row)
    assert result.verdict == "wrong", result
    assert not result
