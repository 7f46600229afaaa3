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
        self.says.filter(has_text=re.compile("Done|needed|as before")).wait_for()
        return self.result.inner_text().strip()


def test_every_example_has_the_verdict_that_it_has_elsewhere(visit):
    form = Form(visit(PAGE))
    for example in EXAMPLES:
        form.example.select_option(label=example.name)
        assert form.code.input_value() == example.code
        assert form.prove() == str(example.proved()).strip()


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
    "code, said", [("def f(:", "SyntaxError"), ("x = 1", "needed")]
)
def test_code_that_cannot_be_proved_is_told_so(visit, code, said):
    form = Form(visit(PAGE))
    form.code.fill(code)
    assert said in form.prove() + form.says.inner_text()
