"""What style sheets lose: the rules for what is on no page, and no others."""

import pytest
import tinycss2

from book.tools import ROOT

KNOWN = {"box", "part"}  # the names that pages and scripts have


@pytest.fixture
def left_of(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book/_ext")
    from offline import pruned

    return lambda style: pruned(tinycss2.parse_stylesheet(style, True, True), KNOWN)


@pytest.mark.parametrize(
    "style",
    [
        ".box{color:red}",
        "p{color:red}",
        ".box:not(.absent){color:red}",
        ".box:is(.absent,.part){color:red}",
        "dl:not(.absent, :has(.absent, .part)) .box{color:red}",
    ],
)
def test_a_rule_that_may_apply_stays(left_of, style):
    assert left_of(style) == style


@pytest.mark.parametrize(
    "style", [".absent{color:red}", ".box .absent{color:red}", "#absent:not(.box){}"]
)
def test_a_rule_for_what_is_on_no_page_goes(left_of, style):
    assert left_of(style) == ""


def test_of_several_selectors_those_stay_that_may_apply(left_of):
    assert left_of(".absent, .box:not(.absent, p), b{color:red}") == (
        ".box:not(.absent, p),b{color:red}"
    )
