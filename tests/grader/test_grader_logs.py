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
PENALIZED = """self.params[name] - learning_rate * (
                        grads[name] + reg * (name[0] == "W") * ({})
                    )"""
BEST = [  # of the epochs, by the accuracy on the validation set
    (SEED, f"{SEED}        best = -1, None\n"),
    (
        RATE,
        f"""{RATE}            if stats["val_acc_history"][-1] > best[0]:
                best = stats["val_acc_history"][-1], dict(self.params)
""",
    ),
    ("        return stats", "        self.params = best[1]\n        return stats"),
]

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
    "L1 in the gradient": [
        (SHOWN, PENALIZED.format("np.sign(self.params[name]) - self.params[name]"))
    ],
    "reg twice in the gradient": [(SHOWN, PENALIZED.format("self.params[name]"))],
}
DEFAULTS = {  # in the starter, and another one
    "learning_rate_decay": ("learning_rate_decay=0.95", "learning_rate_decay=1.0"),
    "batch_size": ("batch_size=200", "batch_size=2"),
    "learning_rate": ("learning_rate=1e-3", "learning_rate=1e-2"),
    "reg": ("reg=1e-5", "reg=0.5"),
    "num_epochs": ("num_epochs=10", "num_epochs=5"),
}
MATTER = {"learning_rate_decay", "batch_size"}  # the toy run does not give them


@pytest.mark.parametrize("slip", IN_A_WALK)
def test_a_small_training_that_differs_is_explained(slip):
    hint = results_here(program(*IN_A_WALK[slip]), ["Q2.3"])["Q2.3"].hint
    assert variants.OF_A_WALK[slip].says in hint, hint


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_of_train_that_differs_is_named_and_costs_what_it_changes(name):
    result = results_here(program(DEFAULTS[name]), ["Q2.3"])["Q2.3"]
    old, new = (float(text.split("=")[1]) for text in DEFAULTS[name])
    said = f"The default of {name} is {new:g}; the handout's is {old:g}."
    assert said in (result.hint if name in MATTER else result.remarks[0]), result
    assert result.points == (4.5 if name in MATTER else 5)


def test_a_default_that_no_signature_shows_is_guessed():
    hidden = "reg=1e-5, num_epochs=10, batch_size=200, verbose=False):\n"
    edits = [
        ("learning_rate_decay=0.95,\n", "\n"),
        (
            f"              {hidden}",
            f"              {hidden.replace(')', ', **more)')}"
            '        learning_rate_decay = more.get("learning_rate_decay", 1)\n',
        ),
    ]
    hint = results_here(program(*edits), ["Q2.3"])["Q2.3"].hint
    assert "The default of learning_rate_decay is 1;" in hint


def test_the_books_defaults_are_the_handouts():
    from mlp import TwoLayerMLP
    from mlp.grader.child.asking import defaults_of

    assert variants.HANDOUT.items() <= defaults_of(TwoLayerMLP.train).items()
    assert set(variants.HANDOUT) == set(DEFAULTS)


def test_a_learning_rate_that_does_not_fall_below_a_bound_is_explained():
    edit = RATE, RATE.replace("\n", "; learning_rate = max(learning_rate, 0.01)\n")
    result = results_here(program(edit), ["Q2.3"])["Q2.3"]
    assert "The learning rate does not fall below 0.01;" in result.hint
    assert result.points == 4.5


def test_what_nothing_explains_is_told_by_its_first_epoch():
    edit = RATE, RATE.replace("_decay\n", "_decay if epoch < 50 else 1\n")
    hint = results_here(program(edit), ["Q2.3"])["Q2.3"].hint
    assert hint.endswith("The first loss that differs is that of epoch 53.")


def test_parameters_of_the_best_epoch_are_told_and_cost_the_end_alone():
    results = results_here(program(*BEST), ["Q2.3", "Q2.4"])
    assert variants.PUT_BACK in results["Q2.3"].hint
    assert [result.points for result in results.values()] == [4.5, 5]


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


@pytest.mark.parametrize(
    "slip", ["std 1e-4", "uniform", "no reg", "decay per step", "L1"]
)
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
