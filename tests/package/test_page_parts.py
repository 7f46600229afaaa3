"""The parts of pages one can touch: numbers, pictures, columns, and refusals."""

from html.parser import HTMLParser

import numpy as np
import pytest

from mlp.gradient_game import entries
from mlp.graph_walk import graph_walk, number, short
from mlp.linked_columns import labeled_lines, linked_columns
from mlp.slider import Panel


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.75, "0.75"),
        (-2.0, "−2"),
        (-0.0, "0"),
        (-0.00001, "0"),
        (0.03125, "0.0313"),  # half of the last digit is rounded up
        (-0.03125, "−0.0313"),
        (100.0, "100"),
        (4.5e15, "4.5000e15"),
    ],
)
def test_numbers_have_at_most_four_decimals(value, text):
    assert number(value, 4) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-1.6875, "−1.69"), (12.34, "12.3"), (-999.6, "−1000"), (-4.4e15, "−4e15")],
)
def test_numbers_in_boxes_have_about_three_digits(value, text):
    assert short(value) == text


def test_a_panel_puts_points_where_its_axes_say():
    panel = Panel((0, 10), (-1, 1), width=100, height=50)
    assert panel.places([0, 5, 10], [1, 0, -1]) == [
        "0.0,0.0",
        "50.0,25.0",
        "100.0,50.0",
    ]
    assert panel.line([0, 10], 1) == "M0.0,0.0L100.0,0.0"
    assert panel.dots([0, 10], 1) == "M0.0,0.0h0M100.0,0.0h0"


def test_entries_of_a_gradient_are_rows_of_text():
    assert entries(np.array([-0.0001, 2])) == {
        "columns": 2,
        "entries": ["0.000", "2.000"],
    }
    assert entries(np.array([[-1.5], [0.0625]]))["columns"] == 1


def test_labels_of_lines_are_read_from_their_comments():
    source = '''def f(x):
    """Double x."""
    y = 2 * x  # (N,) eq:double
    return y
'''
    assert labeled_lines(source) == [
        ("eq:double", "y = 2 * x"),
        (None, "return y"),
    ]


def test_a_rule_without_a_line_or_an_arrow_is_refused():
    source = 'def f(x):\n    """Double x."""\n    return 2 * x  # eq:double\n'
    nodes = {"x": ("input", (40, 20)), "y": ("value", (140, 20))}
    rules = {"eq:double": ("y = 2 x", "Twice.")}
    assert "Twice." in linked_columns(source, rules, nodes, {("x", "y"): "eq:double"})
    with pytest.raises(ValueError, match="it has 1 and 0"):
        linked_columns(source, rules, nodes, {("x", "y"): None})
    with pytest.raises(ValueError, match="it has 0 and 1"):
        linked_columns(
            source.replace("eq:", ""), rules, nodes, {("x", "y"): "eq:double"}
        )


TEX = r"\begin{cases} 1 & a<b \\ 0 & a>b \end{cases}"


class Formulas(HTMLParser):
    """The texts of the formulas of a page, as a browser reads them."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.found = False, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if self.inside:
            raise AssertionError(f"<{tag}> in a formula")
        self.inside = ("class", "math") in attrs
        if self.inside:
            self.found.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data


def test_a_formula_reaches_the_page_as_it_is():
    source = 'def f(x):\n    """Double x."""\n    return 2 * x  # eq:double\n'
    nodes = {"x": ("input", (40, 20)), "y": ("value", (140, 20))}
    rules = {"eq:double": (TEX, "Twice.")}
    columns = linked_columns(source, rules, nodes, {("x", "y"): "eq:double"})
    assert Formulas(columns).found == [rf"\({TEX}\)"]
    step = {"node": "b", "way": "forward", "formula": TEX, "local": TEX}
    step |= {"value": np.ones((1, 1)), "slope": np.ones((1, 1))}
    nodes, kinds = {"a": (0, 0), "b": (1, 0)}, {"a": "input", "b": "value"}
    start = {"a": np.ones((1, 1))}
    walk = graph_walk(nodes, [("a", "b")], kinds, [step], start)
    assert Formulas(walk).found == [rf"\(\displaystyle {TEX}\)"] * 2


@pytest.mark.parametrize(
    ("change", "names"),
    [({"node": "c"}, "node in steps"), ({"way": "up"}, "way")],
)
def test_a_walk_refuses_what_is_not_in_its_graph(change, names):
    step = {"node": "b", "way": "forward", "formula": "b", "local": "1"}
    step |= {"value": np.ones((1, 1)), "slope": np.ones((1, 1))}
    nodes, kinds = {"a": (0, 0), "b": (1, 0)}, {"a": "input", "b": "value"}
    start = {"a": np.ones((1, 1))}
    assert "walk-steps" in graph_walk(nodes, [("a", "b")], kinds, [step], start)
    with pytest.raises(ValueError, match=names):
        graph_walk(nodes, [("a", "b")], kinds, [step | change], start)
