"""Words, weights and formulas of the search, without a browser (tests/site has it)."""

import re

import pytest

from book.tools import search_index, synonyms
from book.tools.plain_text import formula
from book.tools.search_index import postings, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The biases of a layer", "bias layer"),
        ("np.exp", "np.exp np exp"),
        ("W^1 and W_1", "w^1 w1 w_1 w1"),
        ("why 1/N?", "1/n"),
        ("λ·∇J", "lambda gradient (lambda gradient) (gradient j)"),
        ("Q2.3 and 0.25", "q2.3 0.25"),
        ("a cross-entropy", "cross-entropy cross entropi"),
        (
            "mlp.losses.l1_penalty",
            "mlp.losses.l1_penalty mlp loss l1_penalty l1 penalti",
        ),
        ("regularisation, regularization", "regular regular"),
        ("colour four", "color four"),
    ],
)
def test_words_of_a_text(text, found):
    assert list(words(text)) == re.findall(r"\(.*?\)|\S+", found)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("h(1-h)", "h (1 - h)"),
        ("θ - η g", "θ − ηg"),
        ("dJ/dW", "∇_W J"),
        ("∂J/∂W^1", "(∂ J)/(∂ W^1)"),
        ("∂J/∂b", "∇_b J"),
        ("σ'(z)", "σ′(z)"),
        ("ln(0)", "log 0"),
    ],
)
def test_a_formula_is_found_in_each_of_its_spellings(typed, printed):
    found = list(words(typed))
    assert found == list(words(printed))
    assert any(word.startswith("(") for word in found)


def test_neighbors_in_a_sentence_or_a_table_of_numbers_are_no_formula():
    assert not [w for w in words("By h, k. A is 1 2 3; the x of y") if w[0] == "("]


@pytest.mark.parametrize("group", synonyms.GROUPS)
def test_every_word_of_a_synonym_can_be_searched(group):
    names = group.split(", ")
    assert len(set(names)) == len(names) > 1
    for name in names:
        assert len(name.split()) <= 3
        assert all(list(words(word)) for word in name.split()), name


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\frac{P - Y}{N}", "(P - Y)/N"),
        (r"\tfrac12 \lVert W \rVert^2", "1/2 ‖ W ‖^2"),
        (r"\nabla_{W^1} J", "∇_(W^1) J"),
        (r"P = \operatorname{softmax}(S)", "P = softmax(S)"),
        (r"f'(z) \ne 0", "f′(z) ≠ 0"),
    ],
)
def test_formulas_as_text(tex, text):
    assert formula(tex) == text


def entry(**texts):
    return dict.fromkeys(search_index.FIELDS, "") | texts


def weight(word, entries):
    """{entry: contribution} of a word, in an index with other entries besides."""
    other = dict.fromkeys(search_index.FIELDS, "node")
    packed = postings([*entries, *[other] * 50])[word]
    places = [sum(packed[: i + 1 : 2]) for i in range(0, len(packed), 2)]
    return dict(zip(places, packed[1::2]))


def test_a_heading_counts_more_than_prose_and_prose_more_than_code():
    entries = [entry(title="kink"), entry(prose="kink"), entry(rest="kink")]
    found = weight("kink", entries)
    assert found[0] > found[1] > found[2] and 3 not in found


def test_a_rare_word_counts_more_and_a_short_text_too():
    common = [entry(prose="loss"), entry(prose="loss kink"), entry(prose="loss")]
    assert weight("kink", common)[1] > weight("loss", common)[1]
    long = entry(prose="kink " + "word " * 50)
    found = weight("kink", [entry(prose="kink"), long])
    assert found[0] > found[1]


def test_numbers_of_code_are_left_out():
    found = postings([entry(prose="1.5", rest="2.75 x1")])
    assert "1.5" in found and "2.75" not in found and "x1" in found
