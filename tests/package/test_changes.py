"""Changed functions: a piece of the text, a nudged line, what is printed of them."""

import numpy as np
import pytest

from mlp import prove_backward
from mlp.changes import changed, nudged, print_line_proofs, show_wrong


def square_forward(x):
    return x**2, x


def square_backward(dout, x):
    dx = 2 * x * dout  # (N, D), eq:square
    return (dx,)


def prove(backward):
    return prove_backward(square_forward, backward, x="N D")


def test_a_piece_of_the_text_is_changed_and_the_function_stays_as_it_is():
    other = changed(square_backward, "2 * x", "3 * x")
    x = np.ones((2, 2))
    assert other(x, x)[0][0, 0] == 3 and square_backward(x, x)[0][0, 0] == 2


@pytest.mark.parametrize("old", ["5 * x", "x"])
def test_a_piece_that_is_not_there_once_is_an_error(old):
    with pytest.raises(AssertionError):
        changed(square_backward, old, "y")


def test_a_nudge_is_one_millionth_of_the_labeled_line():
    x = np.ones((2, 2))
    [nudge] = nudged(square_backward, "eq:square")(x, x)
    np.testing.assert_allclose(nudge, 2.000002, rtol=1e-12)


def test_what_is_printed_of_a_labeled_line(capsys):
    print_line_proofs(prove, [square_backward])
    label, function, verdict = capsys.readouterr().out.split(maxsplit=2)
    assert (label, function) == ("eq:square", "square_backward")
    assert verdict.strip() == "proved; with the nudge wrong"


def test_only_what_is_wrong_is_shown_as_wrong(capsys):
    show_wrong("a 3", prove(changed(square_backward, "2 * x", "3 * x")))
    assert capsys.readouterr().out.startswith("a 3\n    at N = 2, D = 3 the entry x[")
    with pytest.raises(IndexError):
        show_wrong("no change", prove(square_backward))
