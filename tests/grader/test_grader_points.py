"""A program gets the points of the checks that it passes, and pays once for a slip."""

import numpy as np
import pytest
from asked_here import SMALL, Here, marking_here, points_here, results_here
from right_programs import RELU, RETURN, SCORES, SIGMOID, Z_OF_X, edited
from test_grader_programs import LOSS, PENALTY, SOLUTION, write

from mlp.grader.programs import inputs, own_loss
from mlp.grader.programs.asking import check_program, check_programs
from mlp.grader.questions import PROGRAMS, QUESTIONS

SHIFT = "scores - scores.max(axis=1, keepdims=True)", "scores"
SUM = "y].mean()", "y].sum()"
NO_MEAN = "        d /= N\n", ""
MASK = "else h > 0"
N_OF = "N, W1, W2 = len(X)"
SLOPE = "h * (1 - h)"
Z_WITHOUT = 'X @ self.params["W1"]'
Z = f'{Z_WITHOUT} + self.params["b1"]'
D = "d = np.exp(log_p)"
OVER_EXAMPLES = "d = np.exp(scores) / np.exp(scores).sum(axis=0)"
LINEAR = [(RELU, "z"), (MASK, "else 1.0")]
OTHER_KEYS = [
    ("return loss, grads", "return loss, {'d' + k: g for k, g in grads.items()}"),
    ("grads[name]", "grads['d' + name]"),
    ('norm(grads["W1"])', 'norm(grads["dW1"])'),
]
BIAS_ROWS = [
    ("dz.sum(axis=0)", "dz.sum(axis=0, keepdims=True)"),
    ("d.sum(axis=0)\n", "d.sum(axis=0, keepdims=True)\n"),
    ("learning_rate * grads[name]", "learning_rate * np.squeeze(grads[name])"),
]
W2_FIRST = [
    ('            "W1": std * np.random.randn(input_size, hidden_size),\n', ""),
    (
        '"b2": np.zeros(num_classes),\n',
        '"b2": np.zeros(num_classes),\n'
        '            "W1": std * np.random.randn(input_size, hidden_size),\n',
    ),
]
SEEDED = [
    (
        "        self.activation = activation\n",
        "        self.activation = activation\n        np.random.seed(0)\n",
    )
]
OTHER_LABELS = [  # X and y are shuffled, but not together
    (
        "            order = np.random.permutation(len(X))\n",
        "            X, order = X[np.random.permutation(len(X))], np.arange(len(X))\n"
        "            y = y[np.random.permutation(len(X))]\n",
    )
]
LABELS = "return self.forward(X)[1].argmax(axis=1)"
SCORES_OF_X, SHARES = "self.forward(X)[1]", "return (p / p.sum(axis=1, keepdims=True))"
FAR = (
    "1 / (1 + np.exp(-z))",
    "np.where(z > 20, 0.0, np.where(z < -20, 1.0, 1 / (1 + np.exp(-z))))",
)

PRICES = {  # the slip: its edits, the points of Q2.1, Q2.2, Q2.3 and Q2.4
    "none": ([], [5, 10, 5, 5]),
    "the scores are not shifted": ([SHIFT], [4, 10, 5, 5]),
    "a sigmoid that is 0 on the right and 1 on the left": ([FAR], [4, 10, 5, 5]),
    "the penalty has no 1/2, nor has its gradient": (
        [
            ("0.5 * reg", "reg"),
            ("dz + reg", "dz + 2 * reg"),
            ("d + reg", "d + 2 * reg"),
        ],
        [4, 10, 5, 5],
    ),
    "the penalty has no 1/2, its gradient is right": (
        [("0.5 * reg", "reg")],
        [4, 10, 5, 5],
    ),
    "the loss is a sum, and so are the gradients": ([SUM, NO_MEAN], [3.5, 10, 5, 5]),
    "the gradients are those of a sum": ([NO_MEAN], [5, 8, 5, 5]),
    "the slope of both activations is missing": ([("* slope", "")], [5, 8, 5, 5]),
    "the slope of the sigmoid is wrong": ([(SLOPE, "h")], [5, 8, 5, 5]),
    "tanh, and its own slope": (
        [("1 / (1 + np.exp(-z))", "np.tanh(z)"), (SLOPE, "1 - h**2")],
        [3.5, 10, 5, 5],
    ),
    "the slope of the sigmoid is that at z": (
        [(SLOPE, f"{Z_OF_X} * (1 - {Z_OF_X})")],
        [5, 8, 5, 5],
    ),
    "the softmax on the way back is over the examples": (
        [(D, OVER_EXAMPLES)],
        [5, 8, 5, 5],
    ),
    "the softmax is over the examples": (
        [("sum(axis=1, keepdims=True)", "sum(axis=0, keepdims=True)")],
        [3.5, 10, 5, 5],
    ),
    "the shift is over the examples": (
        [("max(axis=1, keepdims=True)", "max(axis=0)")],
        [3.5, 10, 5, 5],
    ),
    "the shift is by the largest of all scores": (
        [("max(axis=1, keepdims=True)", "max()")],
        [4, 10, 5, 5],
    ),
    "1 is subtracted in whole columns": (
        [("d[np.arange(N), y] -= 1", "d[:, y] -= 1")],
        [5, 8, 5, 5],
    ),
    "the labels are off by one on the way back": (
        [("d[np.arange(N), y] -= 1", "d[np.arange(N), y - 1] -= 1")],
        [5, 8, 5, 5],
    ),
    "the gradient by the scores is of another sign": (
        [("d /= N", "d /= -N")],
        [5, 8, 5, 5],
    ),
    "1/N is there twice": ([("d /= N", "d /= N**2")], [5, 8, 5, 5]),
    "the gradient by the scores is of labels, not of probabilities": (
        [(D, "d = np.eye(scores.shape[1])[scores.argmax(axis=1)]")],
        [5, 8, 5, 5],
    ),
    "the gradient by the scores is that of a squared error": (
        [("d /= N", "d *= np.exp(log_p) / N")],
        [5, 8, 5, 5],
    ),
    "a wrong gradient by the scores, and W2's of its own": (
        [(D, OVER_EXAMPLES), ("h.T @ d", "2 * h.T @ d")],
        [5, 6, 5, 5],
    ),
    "a wrong gradient by the scores, and b1's of its own": (
        [(D, OVER_EXAMPLES), (SLOPE, "h")],
        [5, 6, 5, 5],
    ),
    "a wrong gradient by the scores, and W1's of its own": (
        [(D, OVER_EXAMPLES), ("X.T @ dz", "2 * X.T @ dz")],
        [5, 6, 5, 5],
    ),
    "b1 is forgotten": ([(Z, Z_WITHOUT)], [3.5, 10, 5, 5]),
    "b2 is forgotten": ([(SCORES, 'h @ self.params["W2"]')], [3.5, 10, 5, 5]),
    "b1 is subtracted": ([(Z, f'{Z_WITHOUT} - self.params["b1"]')], [3.5, 10, 5, 5]),
    "X is halved": (
        [(N_OF, f"X = X / 2\n        {N_OF}")],
        [3.5, 10, 5, 5],
    ),
    "X is halved on the way back": ([("X.T @ dz", "X.T / 2 @ dz")], [5, 8, 5, 5]),
    "the loss is three times too large": (
        [(RETURN, RETURN.replace("loss", "3 * loss"))],
        [3.5, 10, 5, 5],
    ),
    "the gradients are three times too large": (
        [(RETURN, "        return loss, {k: 3 * g for k, g in grads.items()}\n")],
        [5, 8, 5, 5],
    ),
    "the loss is negative": (
        [(RETURN, RETURN.replace("loss", "-loss"))],
        [3.5, 10, 5, 5],
    ),
    # That there is no ReLU is one slip, as that there is no sigmoid: 1.5 in all, 0.5 of
    # it for a ReLU far from 0. The gradients are right for the net that is there.
    "there is no sigmoid, always a ReLU": (
        [("self.activation = activation", 'self.activation = "relu"')],
        [3.5, 10, 5, 5],
    ),
    "there is no ReLU, always a sigmoid": (
        [("self.activation = activation", 'self.activation = "sigmoid"')],
        [5, 10, 5, 3.5],
    ),
    "a sum, and no ReLU": ([SUM, NO_MEAN, *LINEAR], [3.5, 10, 5, 3.5]),
    "there is no ReLU": (LINEAR, [5, 10, 5, 3.5]),
    "there is no ReLU forward, but its mask": (LINEAR[:1], [5, 10, 5, 3.5]),
    "there is a sigmoid for a ReLU": (
        [
            (f'{SIGMOID} if self.activation == "sigmoid" else {RELU}', SIGMOID),
            (f'{SLOPE} if self.activation == "sigmoid" else h > 0', SLOPE),
        ],
        [5, 10, 5, 3.5],
    ),
    "there is no sigmoid, but its slope": ([(SIGMOID, "z")], [3.5, 10, 5, 5]),
    "the error goes back through |W2|": (
        [("d @ W2.T", "d @ np.abs(W2).T")],
        [5, 8, 5, 5],
    ),
    "a hidden unit is left out on the way back": (
        [("dz = d @ W2.T * slope", "dz = d @ W2.T * slope * (W2[:, 0] != W2[0, 0])")],
        [5, 8, 5, 5],
    ),
    "the gradient by b2 is a number": (
        [('grads["b2"] = d.sum(axis=0)', 'grads["b2"] = d.sum()')],
        [5, 8, 5, 5],
    ),
    "the gradients by the biases are rows": (BIAS_ROWS, [5, 8, 5, 5]),
    "they are rows, and b1's has a wrong slope": (
        [*BIAS_ROWS, (SLOPE, "h")],
        [5, 6, 5, 5],
    ),
    "the biases are rows, and so are their gradients": (
        [
            *BIAS_ROWS[:2],
            ("np.zeros(hidden_size)", "np.zeros((1, hidden_size))"),
            ("np.zeros(num_classes)", "np.zeros((1, num_classes))"),
        ],
        [4.5, 10, 5, 5],
    ),
    "the gradients by the biases are numbers": (
        [("dz.sum(axis=0)", "dz.sum()"), ("d.sum(axis=0)", "d.sum()")],
        [5, 8, 5, 5],
    ),
    "the gradient by b1 is a mean": (
        [("dz.sum(axis=0)", "dz.mean(axis=0)")],
        [5, 8, 5, 5],
    ),
    "the gradient by W2 is transposed": ([("h.T @ d", "(d.T @ h)")], [3.5, 8, 5, 5]),
    "the penalty's gradient is on the biases, too": (
        [("dz.sum(axis=0)", 'dz.sum(axis=0) + reg * self.params["b1"]')],
        [5, 9, 5, 5],
    ),
    "the mask of the ReLU is wrong": ([(MASK, "else h > 0.5")], [5, 10, 5, 3.5]),
    "a leaky ReLU": ([("np.maximum(z, 0)", "np.maximum(z, 0.01 * z)")], [5, 10, 5, 4]),
    "the slips of two people": ([SHIFT, (MASK, "else h > 0.5")], [4, 10, 5, 3.5]),
    "the examples are not shuffled": (
        [("np.random.permutation(len(X))", "np.arange(len(X))")],
        [5, 10, 4, 5],
    ),
    "the examples and the labels are shuffled apart": (OTHER_LABELS, [5, 10, 4, 5]),
    "the steps are divided by the number of examples": (
        [("- learning_rate *", "- learning_rate / len(batch) *")],
        [5, 10, 3.5, 5],
    ),
    "predict has a softmax that is not shifted": (
        [(LABELS, f"p = np.exp({SCORES_OF_X})\n        {SHARES}.argmax(axis=1)")],
        [5, 10, 4.5, 5],
    ),
    "no softmax is shifted": (
        [
            SHIFT,
            (LABELS, f"p = np.exp({SCORES_OF_X})\n        {SHARES}.argmax(axis=1)"),
        ],
        [4, 10, 5, 5],
    ),
    "the loss is an array of one number": (
        [(RETURN, RETURN.replace("loss", "np.array([loss])"))],
        [4.5, 10, 5, 5],
    ),
    "the losses are kept in lists of one number": (
        [('["loss_history"].append(loss)', '["loss_history"].append([loss])')],
        [5, 10, 4, 5],
    ),
    "the last minibatch is there where nothing is left, too": (
        [("max(len(X) // batch_size, 1)", "len(X) // batch_size + 1")],
        [5, 10, 3.5, 5],
    ),
    "the rate does not decay": (
        [("learning_rate *= learning_rate_decay", "pass")],
        [5, 10, 4.5, 5],
    ),
    "the labels are the least likely": (
        [(".argmax(axis=1)", ".argmin(axis=1)")],
        [5, 10, 4.5, 5],
    ),
    "the norm of the gradient is the weights'": (
        [('norm(grads["W1"])', 'norm(self.params["W1"])')],
        [5, 10, 4, 5],
    ),
    "the accuracy to validate is that on the training set": (
        [("self.predict(X_val) == y_val", "self.predict(X) == y")],
        [5, 10, 4, 5],
    ),
    "W2 is drawn before W1": (W2_FIRST, [4.5, 10, 5, 5]),
    "the class seeds the generator": (SEEDED, [4.5, 10, 5, 5]),
    "X is centered in place before it is used": (
        [(N_OF, f"X -= X.mean(axis=0)\n        {N_OF}")],
        [4.5, 10, 5, 5],
    ),
    "X is centered in place on the way back": (
        [('grads = {"W1"', 'X -= X.mean(axis=0)\n        grads = {"W1"')],
        [4.5, 10, 5, 5],
    ),
    "the gradient by b1 is summed over the wrong axis": (
        [("dz.sum(axis=0)", "dz.sum(axis=1)")],
        [5, 8, 5, 5],
    ),
    "the last, smaller minibatch is trained, too": (
        [("max(len(X) // batch_size, 1)", "-(-len(X) // batch_size)")],
        [5, 10, 4, 5],
    ),
    "there are no steps": (
        [("self.params[name] - learning_rate * grads[name]", "self.params[name]")],
        [5, 10, 3.5, 5],
    ),
    "the loss sees no data, nor do the gradients": (
        [
            ("loss = -log_p[np.arange(N), y].mean()", "loss, d = 0.0, 0 * scores"),
            ("d = np.exp(log_p)", "y = y * 0"),
            ("y] -= 1", "y] -= 0"),
        ],
        [1.5, 1, 5, 1],
    ),
    "the gradients are numbers at random": (
        [
            (
                "return loss, grads",
                "return loss, {k: np.random.randn(*p.shape) "
                "for k, p in self.params.items()}",
            )
        ],
        [5, 1, 5, 3.5],
    ),
    "the gradients have other keys": (OTHER_KEYS, [5, 8, 5, 5]),
    "other keys, and a loss that is a sum": (
        [*OTHER_KEYS, SUM, NO_MEAN],
        [3.5, 8, 5, 5],
    ),
    "other keys, and a wrong slope": ([*OTHER_KEYS, (SLOPE, "h")], [5, 6, 5, 5]),
    "a gradient is missing": ([('grads["b2"] = d.sum(axis=0)', "pass")], [5, 8, 5, 5]),
}
UNWRITTEN = {  # the method: what is left without it
    "loss": ("return loss, grads", [0, 0, 5, 1]),
    "train": ("return stats", [5, 10, 0.5, 4.5]),
    "predict": ("return self.forward(X)[1].argmax(axis=1)", [5, 10, 4.5, 5]),
}


def program(*edits):
    """The class of the solution with these edits."""
    names = {}
    exec(edited(edits), names)
    return names["TwoLayerMLP"]


@pytest.mark.parametrize("question", PROGRAMS)
def test_the_points_of_a_question_are_parted_over_its_checks(question):
    record = QUESTIONS[question]
    names = [check.name for check in record.checks]
    assert sum(check.points for check in record.checks) == record.points
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("slip", PRICES)
def test_a_slip_costs_its_own_points_once(slip):
    edits, points = PRICES[slip]
    assert points_here(program(*edits)) == points


@pytest.mark.parametrize("method", UNWRITTEN)
def test_what_is_not_written_earns_nothing_but_the_rest_does(method):
    line, points = UNWRITTEN[method]
    assert points_here(program((line, "raise NotImplementedError"))) == points


def test_gradients_that_are_not_there_are_told_in_one_line():
    hint = results_here(program(("return loss, grads", "return loss, {}")))["Q2.2"].hint
    assert hint.startswith("−10 of 10: the gradient by b2, ")
    assert hint.endswith("grads must have the keys ['W1', 'W2', 'b1', 'b2']; got [].")


def test_each_check_that_fails_has_a_line_with_its_price():
    results = results_here(program(SHIFT, (MASK, "else h > 0.5")))
    line = results["Q2.1"].hint
    assert line.startswith("−1 of 5: the shift. loss(X, y) with scores of 10000")
    assert "\n" not in line
    assert results["Q2.4"].hint.startswith("−1.5 of 5: the hidden layer. loss(X, y")


def test_what_follows_is_told_and_costs_nothing():
    result = results_here(program(SHIFT))["Q2.2"]
    [remark] = result.remarks
    assert remark.startswith(
        "What fails of the far range of the gradients follows from"
    )
    assert remark.endswith("Q2.1, the shift, and costs nothing here.")
    assert result.correct and "no test network" not in result.verdict


def test_the_verdict_has_a_word_for_right_partly_right_and_wrong():
    results = results_here(program(SHIFT, ("return stats", "raise KeyError")))
    words = [result.verdict.split(", ")[0] for result in results.values()]
    assert words[:3] == [
        "½ Q2.1: partly right",
        "✓ Q2.2: right",
        "½ Q2.3: partly right",
    ]
    nothing = results_here(program(("return loss, grads", "raise KeyError")))["Q2.2"]
    assert nothing.verdict.startswith("✗ Q2.2: wrong, 0 of 10")


@pytest.mark.parametrize("edits", [[SHIFT, (SLOPE, "h")], [SUM, NO_MEAN]])
def test_a_question_alone_gets_the_points_it_gets_with_all(edits, tmp_path):
    path = write(tmp_path / "mlp.py", edited(edits))
    together = check_programs(SMALL, path, 20)
    assert [check_program(name, path, 20) for name in SMALL] == together


def test_the_run_on_mnist_follows_from_a_wrong_loss_too():
    edits = [("0.5 * reg", "reg"), ("dz + reg", "dz + 2 * reg")]
    assert points_here(program(*edits), ["Q2.5.1"]) == [10]


def test_a_training_that_learns_nothing_earns_nothing_for_its_run_on_mnist():
    edit = "self.params[name] - learning_rate * grads[name]", "self.params[name]"
    results = results_here(program(edit), ["Q2.3", "Q2.5.1"])
    assert [result.points for result in results.values()] == [3.5, 1]  # the default std


@pytest.mark.parametrize(
    "edits, points",
    [
        ([("self.predict(X_val) == y_val", "self.predict(X) == y")], [5, 4, 10]),
        (W2_FIRST, [4.5, 5, 10]),
        (SEEDED, [4.5, 5, 10]),
        (OTHER_LABELS, [5, 4, 10]),
        ([("- learning_rate *", "+ learning_rate *")], [5, 3.5, 10]),
        ([("- learning_rate *", "- learning_rate / batch_size *")], [5, 3.5, 10]),
    ],
)
def test_a_log_follows_from_a_slip_that_was_charged(edits, points):
    assert points_here(program(*edits), ["Q2.1", "Q2.3", "Q2.5.1"]) == points


def test_an_empty_minibatch_is_told():
    edit = "max(len(X) // batch_size, 1)", "len(X) // batch_size + 1"
    hint = results_here(program(edit), ["Q2.3"])["Q2.3"].hint
    assert "A minibatch without examples has no mean." in hint


def test_a_class_that_seeds_the_generator_is_told_so():
    hint = results_here(program(*SEEDED))["Q2.1"].hint
    assert "the class itself seeds the generator" in hint


def test_a_log_that_is_not_returned_is_charged_once_where_its_accuracy_is_right():
    questions = ["Q2.3", "Q2.5.1"]
    silent = "return stats", "return None"
    assert points_here(program(silent), questions) == [4, 10]
    faster = "order = np.", "learning_rate *= 4 if len(X) > 99 else 1\n            "
    wrong = program(silent, (faster[0], faster[1] + faster[0]))
    assert points_here(wrong, questions) == [4, 1]


# Gradients beside the student's own loss


@pytest.mark.parametrize(
    "edits, names",
    [
        ([], ["b2", "W2", "b1", "W1"]),
        ([SUM, NO_MEAN], ["b2", "W2", "b1", "W1"]),
        ([(SLOPE, "h")], ["b2", "W2"]),
        ([SUM], []),
    ],
)
def test_check_gradient_decides_which_gradients_are_those_of_the_own_loss(edits, names):
    request = inputs.random_request((3, 2, 3, 3), "sigmoid")
    assert own_loss.agreeing(Here(program(*edits)), request) == {*names}


def test_a_loss_that_is_right_excuses_no_gradient():
    marking = marking_here(program((SLOPE, "h")))
    verdicts = {v.check.name: v for v in marking.verdicts("Q2.2")}
    assert verdicts["the gradient by b1"].cost == 2
    assert verdicts["the gradient by W1"].source == "Q2.2, the gradient by b1"


def test_the_price_of_a_hand_in_that_cannot_be_loaded_is_all(tmp_path):
    results = check_programs(SMALL, write(tmp_path / "mlp.py", "1 / 0"), 10)
    assert [result.points for result in results] == [0, 0, 0, 0]


def test_the_right_loss_that_is_lent_is_the_books():
    assert LOSS in SOLUTION and PENALTY in SOLUTION
    from mlp import TwoLayerMLP
    from mlp.grader.child.asking import right_loss

    for activation in ["sigmoid", "relu"]:
        request = inputs.random_request((5, 4, 3, 4), activation, 0.1)
        net = TwoLayerMLP(4, 3, 4, activation=activation, rng=np.random.RandomState(0))
        net.params = dict(request.params)
        ours = right_loss(net.params, request.X, request.y, 0.1, activation)
        theirs = net.loss(request.X, request.y, 0.1)
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-14)
        for name, grad in theirs[1].items():
            np.testing.assert_allclose(ours[1][name], grad, rtol=1e-12, atol=1e-15)
