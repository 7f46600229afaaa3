"""The form "Prove your own" in the browser: its examples, its links, its faults."""

import base64
import json
import re

import pytest

from book.tools.prove_examples import EXAMPLES

PAGE = "book/reference/prove_your_own"
WRONG = next(example for example in EXAMPLES if example.verdict == "wrong")


class Form:
    """The form of a page."""

    def __init__(self, live):
        self.example = live.page.get_by_label("Example")
        self.code = live.page.get_by_label("Forward and backward pass")
        self.shapes = live.page.get_by_label("Shapes of the arguments")
        self.button = live.page.get_by_role("button", name="Prove it")
        self.link = live.page.get_by_role("button", name="Copy a link to this code")
        self.says = live.page.locator(".prove-says")
        self.result = live.page.locator(".prove-result")

    def prove(self):
        self.button.click()
        self.says.filter(has_text=re.compile("Done|needed|as before|error")).wait_for()
        return self.result.inner_text().strip()


def test_every_example_has_the_verdict_that_it_has_elsewhere(visit):
    form = Form(visit(PAGE))
    for example in EXAMPLES:
        form.example.select_option(label=example.name)
        assert form.code.input_value() == example.code
        assert form.prove() == example.proved().report()


def test_a_link_carries_the_code_which_runs_only_at_a_click(visit):
    code = base64.b64encode(
        json.dumps({"code": WRONG.code, "shapes": WRONG.shapes}).encode()
    ).decode()
    live = visit(PAGE, fragment=f"#prove={code}")
    form = Form(live)
    live.page.wait_for_function(
        "code => document.querySelector('.prove-code').value === code", arg=WRONG.code
    )
    assert form.shapes.input_value() == WRONG.shapes
    assert not [url for url in live.requests if "pyodide" in url]
    form.code.fill(WRONG.code + "# ‰\n")
    form.link.click()
    live.page.reload()
    live.page.wait_for_function(
        "document.querySelector('.prove-code').value.endsWith('‰\\n')"
    )


@pytest.mark.parametrize(
    "code, said",
    [
        ("def forward(:\ndef backward(x): return x", "SyntaxError"),
        ("x = 1", "needed"),
        ("def f(x): return x\ndef g(x): return x\ndef h(x): return x", "needed"),
        ("def f(x): return x, x\ndef g(dout, x): return dout\n1 / 0", "ZeroDivision"),
    ],
)
def test_code_that_cannot_be_proved_is_told_so(visit, code, said):
    form = Form(visit(PAGE))
    form.code.fill(code)
    assert said in form.prove() + form.says.inner_text()


HELPED = """\
def helper(x):
    return 2 * x


def twice_forward(x):
    print("called")
    return helper(x), None


def twice_backward(dout, _):
    return 2 * dout


print("read")
"""
FORGED = """\
import mlp


class Forged:
    def report(self):
        return "all is proved"


mlp.prove_backward = lambda *functions, **shapes: Forged()


def forward(x):
    return x**2, x


def backward(dout, x):
    return dout
"""


def test_the_functions_are_found_by_their_names_and_the_verdict_stands_alone(visit):
    form = Form(visit(PAGE))
    form.code.fill(HELPED)
    form.shapes.fill("x='N D'")
    verdict, _, printed = form.prove().partition("Your code has printed:")
    assert verdict.startswith("proved") and "read" in printed
    assert "twice_backward, for twice_forward" in form.says.inner_text()
    form.shapes.fill("x='N D' y")
    assert "SyntaxError" in form.prove()


def test_a_proof_does_not_know_what_was_proved_before(visit):
    form = Form(visit(PAGE))
    form.code.fill(FORGED)
    form.shapes.fill("x='N D'")
    assert form.prove() == "all is proved"  # code of one's own can say anything
    form.code.fill(FORGED.partition("\n\n\ndef forward")[2].join(["def forward", ""]))
    assert form.prove().startswith("wrong")


def test_a_proof_that_does_not_end_is_stopped(visit):
    live = visit(PAGE)
    form, stop = Form(live), live.page.locator(".prove-stop")
    assert stop.is_hidden()
    form.code.fill("def forward(x): return x\ndef backward(d): return d\nwhile 1: pass")
    form.button.click()
    form.says.filter(has_text="Proving").wait_for()
    stop.click()
    form.says.filter(has_text="Stopped").wait_for()
    assert stop.is_hidden()


@pytest.mark.parametrize("content", [b"{}", b"5", b"null", b'{"code": 1, "shapes": 2}'])
def test_a_damaged_link_says_so_and_changes_nothing(visit, content):
    code = base64.b64encode(content).decode()
    live = visit(PAGE, fragment=f"#prove={code}")
    form = Form(live)
    form.says.filter(has_text="damaged").wait_for()
    assert form.code.input_value() == EXAMPLES[0].code
    assert form.shapes.input_value() == EXAMPLES[0].shapes


def test_a_link_to_the_open_page_is_followed_and_long_code_can_be_linked(visit):
    live = visit(PAGE)
    form = Form(live)
    long = "# " + "x" * 200_000
    form.code.fill(long)
    form.link.click()
    form.says.filter(has_text="holds the code").wait_for()
    address = live.page.url
    form.code.fill("")
    live.page.evaluate("location.hash = ''")
    live.page.evaluate("address => { location.href = address; }", address)
    live.page.wait_for_function(
        "document.querySelector('.prove-code').value.length > 200000"
    )
    assert form.code.input_value() == long
