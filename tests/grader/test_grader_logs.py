"""Where a training differs, the first thing that explains it is said."""

import pytest
from asked_here import results_here
from test_grader_points import program

from mlp.grader.programs import mnist, variants
from mlp.grader.programs.first_lines import explain_line, first_line, stored_lines

DRAW = "np.random.permutation(len(X))"
RATE = "            learning_rate *= learning_rate_decay\n"
SEED = "        np.random.seed(1)\n"
SHOWN = "self.params[name] - learning_rate * grads[name]"

IN_A_WALK = {  # the name of the slip in variants: the edits
    "global permutation": [(SEED, "")],
    "no permutation": [(DRAW, "np.arange(len(X))")],
    "choice": [
        (
            "order[i * batch_size : (i + 1) * batch_size]",
            "np.random.choice(len(X), batch_size)",
        ),
        (f"order = {DRAW}", "order = None"),
    ],
    "seeded each epoch": [
        (
            f"            order = {DRAW}",
            f"            np.random.seed(1); order = {DRAW}",
        )
    ],
    "partial batch": [("max(len(X) // batch_size, 1)", "-(-len(X) // batch_size)")],
    "no decay": [(RATE, "")],
    "decay per step": [
        (RATE, ""),
        (
            f"                    self.params[name] = {SHOWN}\n",
            f"                    self.params[name] = {SHOWN}\n"
            "                learning_rate *= learning_rate_decay\n",
        ),
    ],
    "uphill": [("- learning_rate *", "+ learning_rate *")],
}


@pytest.mark.parametrize("slip", IN_A_WALK)
def test_a_small_training_that_differs_is_explained(slip):
    hint = results_here(program(*IN_A_WALK[slip]), ["Q2.3"])["Q2.3"].hint
    assert variants.OF_A_WALK[slip].says in hint, hint


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_first_line_of_a_right_run_is_stored_as_published(activation):
    stored = stored_lines()[f"MNIST, {activation}"]
    published = mnist.without_epoch(mnist.LOGS[activation])[0]
    if activation == "sigmoid":
        assert stored["right"] == published
    assert explain_line(activation, published) == ("", "")
    assert set(stored) == {"right", *variants.OF_A_RUN}


@pytest.mark.parametrize("slip", variants.OF_A_RUN)
def test_a_log_of_the_sigmoid_that_differs_is_explained_by_its_first_line(slip):
    lines = stored_lines()["MNIST, sigmoid"]
    found, says = explain_line("sigmoid", lines[slip])
    if lines[slip] == lines["right"]:  # one epoch does not show it
        assert not found
    else:
        assert lines[found] == lines[slip] and says


@pytest.mark.parametrize("slip", ["std 1e-4", "uniform", "no reg", "decay per step"])
def test_a_log_of_the_relu_is_explained_where_rounding_is_too_small_to(slip):
    lines = stored_lines()["MNIST, relu"]
    assert explain_line("relu", lines[slip])[0] == slip
    assert explain_line("relu", lines["no permutation"])[0] == ""


@pytest.mark.parametrize("data, slip", [("MNIST", "no permutation"), ("toy", "sum")])
def test_the_stored_lines_are_those_that_are_computed(data, slip):
    stored = stored_lines()[f"{data}, sigmoid"]
    assert first_line(data, "sigmoid", slip) == stored[slip]


def test_another_default_std_is_told_as_that_and_not_as_digits():
    edit = "std=1e-1", "std=1e-4"
    result = results_here(program(edit), ["Q2.5.1"])["Q2.5.1"]
    assert result.points == 9
    assert result.hint.startswith("−1 of 10: the default std. It is 0.0001;")
    assert "published are" not in result.hint


def test_a_log_that_differs_by_the_order_of_the_examples_is_charged_once():
    results = results_here(program((SEED, "")), ["Q2.3", "Q2.5.1"])
    assert [result.points for result in results.values()] == [4, 10]
    assert results["Q2.5.1"].remarks


def test_a_log_with_a_mistake_of_its_own_costs_the_log_and_says_why():
    edit = "order = np.", "y = y if len(X) < 999 else y[::-1]\n            order = np."
    result = results_here(program(edit), ["Q2.5.1"])["Q2.5.1"]
    assert (
        result.points < 6
        and "the log. train on MNIST (sigmoid), epoch 1" in result.hint
    )
