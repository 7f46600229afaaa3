"""The first pages: times, routes, the claims to tap, the problem set as it is asked."""

import re

import numpy as np
import pytest

from book.tools import ROOT, claim, problem_set
from book.tools.assertions import FENCED
from book.tools.chapters import Chapter, chapters, notebooks
from book.tools.routes import about, clock, minutes_of, pages_of
from mlp import softmax
from mlp.grader.questions import QUESTIONS

INDEX, STATED = (Chapter(ROOT / f"book/{name}.md") for name in ["index", "problem_set"])


# Times


@pytest.mark.parametrize("chapter", notebooks(), ids=lambda c: c.name)
def test_every_chapter_says_how_long_it_takes_to_read(chapter):
    stated = re.sub(r"\s+", " ", chapter.prose).partition("**Time** ")[2]
    assert stated.startswith(f"{chapter.minutes} minutes to read")


def test_times_add_up():
    cost, sgd = (
        Chapter(ROOT / f"book/{n}.ipynb") for n in ["derive/cost", "train/toy"]
    )
    assert minutes_of(["derive/cost", "train/toy"]) == cost.minutes + sgd.minutes
    derive = sum(c.minutes for c in notebooks() if c.part == "derive")
    assert minutes_of(["derive", "derive/cost"]) == derive  # each page once


@pytest.mark.parametrize("name", ["reference/glossary", "derive/no_such_page"])
def test_pages_that_say_no_time_are_named(name):
    with pytest.raises(ValueError, match=name):
        minutes_of([name])


def test_times_in_words():
    assert [clock(m) for m in [25, 60, 125]] == ["25 min", "1 h", "2 h 5 min"]
    assert about(643) == "about 11 hours"


def routes():
    """{title: names of chapters} of the routes on the title page."""
    found = re.findall(r"^```\{route\} (.+)\n([^`]+)```", INDEX.prose, re.MULTILINE)
    return {title: names.split() for title, names in found}


@pytest.mark.parametrize("title", routes())
def test_a_route_follows_the_order_of_the_book_and_ends(title):
    pages = [page for name in routes()[title] for page in pages_of(name)]
    assert len(pages) == len(routes()[title]) == len(set(pages))
    if title != "Let me play":
        assert pages == sorted(pages, key=chapters().index)


def test_there_are_three_routes_and_no_time_is_typed():
    assert len(routes()) == 3
    assert not re.search(r"\d+ (?:min|h|hours|minutes)\b", INDEX.prose)


# The claims

LEFT, VARIANTS = claim.variants()


def read(tex):
    """What LaTeX of a claim says, as an expression in Python."""
    text = re.sub(r"\\frac\{(\w)\}\{(\w)\}", r"\1 / \2 *", tex)
    text = text.replace(r"\left", "").replace(r"\right", "").replace(r"\odot", "*")
    return compile(text, tex, "eval")


def point(seed):
    """Scores (N, K) with N and K different, and labels."""
    rng = np.random.default_rng(seed)
    N, K = rng.permutation([2, 3, 4])[:2]
    return rng.standard_normal((N, K)), rng.integers(K, size=N)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_computed_is_what_the_formula_says(name):
    scores, y = point(0)
    N, K = scores.shape
    names = {"P": softmax(scores), "Y": np.eye(K)[y], "N": N, "K": K}
    computed, _ = claim.compared(name, scores, y)
    np.testing.assert_allclose(eval(read(VARIANTS[name]), {}, names), computed)


@pytest.mark.parametrize("seed", range(5))
def test_numbers_refuse_all_claims_but_the_proved_one(seed):
    agree = [
        n for n in VARIANTS if not claim.furthest(*claim.compared(n, *point(seed)))
    ]
    assert agree == [claim.LABEL]


def test_the_claims_of_the_page_are_told_apart_by_its_numbers():
    given = claim.SCORES, claim.LABELS
    agree = [n for n in VARIANTS if not claim.furthest(*claim.compared(n, *given))]
    assert agree == [claim.LABEL]


def test_the_place_is_the_one_where_claim_and_truth_differ_most():
    claimed, slopes = np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((2, 2))
    assert claim.furthest(claimed, slopes) == (2, 2)
    assert claim.furthest(claimed, claimed + 1e-8) is None


def test_wrong_claims_are_those_that_the_chapter_refuses():
    chapter = Chapter(ROOT / "book/derive/softmax.ipynb")
    refused = "\n".join(
        c.source for c in chapter.code_cells if "gradient.ref" in c.source
    )
    for name in claim.WRONG:
        assert f'"{name}":' in refused


def test_numbers_are_shown_with_a_true_minus_and_no_negative_zero():
    assert [claim.shown(x) for x in [-0.25, -1e-9, 2]] == ["−0.250", "0.000", "2.000"]


def test_a_claim_can_be_read_aloud():
    spoken = [claim.spoken(tex) for tex in VARIANTS.values()]
    assert len(set(spoken)) == len(VARIANTS) and "1/N (P - Y)" in spoken
    assert not any("\\" in text or "{" in text for text in spoken)


# The problem set


def test_every_question_is_stated_once_with_its_points_and_a_link():
    problems = re.findall(r"^```\{questions\} (\d)$", STATED.prose, re.MULTILINE)
    text = "\n".join(problem_set.table(problem) for problem in problems)
    pattern = r"^\* - \*\*(Q[\d.]+)\*\*\\\n    (\d+) points\n  - (.+)\n  - \[(.+)\]"
    rows = re.findall(pattern, text, re.MULTILINE)
    expected = [(name, str(question.points)) for name, question in QUESTIONS.items()]
    assert [row[:2] for row in rows] == expected
    titles = {chapter.title for chapter in chapters()}
    for _, _, asks, title in rows:
        assert title in titles
        assert not re.search(r"theta(?<!\\theta)|lam\b|\*\*|\b[abhW][12]\b", asks), asks


def test_the_points_that_are_typed_are_those_of_the_questions():
    total = sum(question.points for question in QUESTIONS.values())
    assert f"one problem set of {total} points" in STATED.prose
    for problem, points in re.findall(
        r"^## Problem (\d).+\n\n(\d+) p", STATED.prose, re.M
    ):
        own = [q.points for name, q in QUESTIONS.items() if name[1] == problem]
        assert int(points) == sum(own)


def test_the_problem_set_is_stated_before_the_first_chapter():
    assert chapters()[:2] == [INDEX, STATED] and chapters()[2] == notebooks()[0]


SPOKEN_OF = re.compile(
    r"[Pp]roblem (?P<a>[123])\b|problem set|\bassignment\b(?!s)|handout"
    r"|\bQ(?P<b>[123])\.\d|Question (?P<c>\d)\.\d"
)
ADDRESS = re.compile(r"\]\(\S+\)")
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)


@pytest.mark.parametrize("chapter", notebooks(), ids=lambda c: c.name)
def test_what_a_chapter_first_says_of_the_problem_set_leads_to_it(chapter):
    text = ADDRESS.sub("]", HEADING.sub("", FENCED.sub("", chapter.prose)))
    if first := SPOKEN_OF.search(text):
        problem = first["a"] or first["b"] or first["c"]
        target = f"<problem-{problem}>`" if problem else "</book/problem_set>`"
        start = text.rfind("{", 0, first.start())
        link = text[start : text.find("`", first.end()) + 1]
        assert re.match(r"\{(?:ref|doc)\}`", link) and link.endswith(target), link
