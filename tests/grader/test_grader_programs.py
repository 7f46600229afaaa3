"""Programs handed in to the grader: right ones, wrong ones, and ones that misbehave."""

import json
import os
import re
import types

import numpy as np
import pytest
from asked_here import results_here

import mlp
from mlp import bugs
from mlp.data import MNIST_SPLIT
from mlp.grader.hand_in import process as hand_ins
from mlp.grader.hand_in.notebook import notebook_cells
from mlp.grader.hand_in.packing import pack
from mlp.grader.objections import Refused
from mlp.grader.programs import checks, dialogue, losses, mnist
from mlp.grader.programs.asking import check_program, check_programs
from mlp.grader.questions import PROGRAMS
from mlp.published import RELU_FIGURES, RELU_LOG, SIGMOID_ACCURACIES, SIGMOID_LOG

SOLUTION = """\
import numpy as np


class TwoLayerMLP:
    def __init__(
        self, input_size, hidden_size, num_classes, std=1e-1, activation="relu"
    ):
        self.activation = activation
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, num_classes),
            "b2": np.zeros(num_classes),
        }

    def forward(self, X):
        z = X @ self.params["W1"] + self.params["b1"]
        h = 1 / (1 + np.exp(-z)) if self.activation == "sigmoid" else np.maximum(z, 0)
        return h, h @ self.params["W2"] + self.params["b2"]

    def loss(self, X, y, reg=0.0):
        N, W1, W2 = len(X), self.params["W1"], self.params["W2"]
        h, scores = self.forward(X)
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        loss = -log_p[np.arange(N), y].mean()
        loss += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
        d = np.exp(log_p)
        d[np.arange(N), y] -= 1
        d /= N
        slope = h * (1 - h) if self.activation == "sigmoid" else h > 0
        dz = d @ W2.T * slope
        grads = {"W1": X.T @ dz + reg * W1, "b1": dz.sum(axis=0)}
        grads["W2"] = h.T @ d + reg * W2
        grads["b2"] = d.sum(axis=0)
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_epochs=10, batch_size=200, verbose=False):
        names = ["loss_history", "grad_magnitude_history"]
        stats = {name: [] for name in [*names, "train_acc_history", "val_acc_history"]}
        np.random.seed(1)
        for epoch in range(num_epochs):
            order = np.random.permutation(len(X))
            for i in range(max(len(X) // batch_size, 1)):
                batch = order[i * batch_size : (i + 1) * batch_size]
                loss, grads = self.loss(X[batch], y[batch], reg)
                for name in self.params:
                    self.params[name] = self.params[name] - learning_rate * grads[name]
                stats["loss_history"].append(loss)
                stats["grad_magnitude_history"].append(np.linalg.norm(grads["W1"]))
            right = self.predict(X[batch]) == y[batch]
            stats["train_acc_history"].append(np.mean(right))
            stats["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"Epoch {epoch + 1}: loss {loss}")
        return stats

    def predict(self, X):
        return self.forward(X)[1].argmax(axis=1)
"""

LOOP = """\
        loss = 0
        for i in range(N):
            loss -= log_p[i, y[i]] / N
"""
LOSS = "        loss = -log_p[np.arange(N), y].mean()\n"
PENALTY = "0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))"

WRONG = {  # what is wrong: question, edit, words of the hint
    "the scores are not shifted": (
        "Q2.1",
        "scores - scores.max(axis=1, keepdims=True)",
        "scores",
        "before its logarithm is taken",
    ),
    "a small number saves the logarithm": (
        "Q2.1",
        "log_p[np.arange(N), y].mean()",
        "np.log(np.exp(log_p[np.arange(N), y]) + 1e-8).mean()",
        "N = 1, D = 1, H = 1, K = 2",
    ),
    "the loss is a sum": ("Q2.1", "y].mean()", "y].sum()", "sum over the examples"),
    "the penalty has no 1/2": ("Q2.1", "0.5 * reg", "reg", "factor 1/2"),
    "there is no penalty": ("Q2.1", PENALTY, "0", "penalty is missing"),
    "the biases are penalized": (
        "Q2.1",
        PENALTY,
        "0.5 * reg * sum((p**2).sum() for p in self.params.values())",
        "biases are not penalized",
    ),
    "W2 is not penalized": ("Q2.1", " + np.sum(W2**2)", "", "W2 is penalized, too"),
    "the norm is not squared": (
        "Q2.1",
        PENALTY,
        "0.5 * reg * np.linalg.norm(W1)",
        "the penalty is",
    ),
    "the inputs are centered in place": (
        "Q2.1",
        LOSS,
        LOSS + "        X -= X.mean(axis=0)\n",
        "changes X",
    ),
    "the weights decay in the loss": (
        "Q2.1",
        LOSS,
        LOSS + "        W1 *= 0.9\n",
        "changes W1|gives the loss",
    ),
    "weights from another generator": (
        "Q2.1",
        "np.random.randn(input_size, hidden_size)",
        "np.random.default_rng(0).standard_normal((input_size, hidden_size))",
        "np.random.randn",
    ),
    "W2 is drawn first": (
        "Q2.1",
        "        self.params = {\n",
        "        self.params = {\n            "
        '"W2": std * np.random.randn(hidden_size, num_classes),\n',
        "np.random.randn",
    ),
    "the loss is one number for each example": (
        "Q2.1",
        "y].mean()",
        "y]",
        "array of shape",
    ),
    "loss returns nothing": ("Q2.1", "return loss, grads", "return None", "got None"),
    "the activation is tanh": (
        "Q2.1",
        "1 / (1 + np.exp(-z))",
        "np.tanh(z)",
        "N = 1, D = 1, H = 1, K = 2",
    ),
    "the slope is missing": ("Q2.2", "* slope", "", r'grads\["b1"\]'),
    "the slope is one of z": ("Q2.2", "h * (1 - h)", "h", r'grads\["b1"\]'),
    "no 1/N in the gradient": ("Q2.2", "        d /= N\n", "", "that of a sum"),
    "1/N twice": ("Q2.2", "d /= N", "d /= N**2", "once too often"),
    "a sign": ("Q2.2", "y] -= 1", "y] -= 1\n        d = -d", "sign"),
    "the penalty's gradient has a 2": (
        "Q2.2",
        "dz + reg * W1",
        "dz + 2 * reg * W1",
        "the penalty adds .* to the gradient by W1",
    ),
    "the bias gradient is a mean": (
        "Q2.2",
        "d.sum(axis=0)",
        "d.mean(axis=0)",
        "too often",
    ),
    "the bias gradient keeps its axis": (
        "Q2.2",
        "d.sum(axis=0)",
        "d.sum(axis=0, keepdims=True)",
        r"shape \(2,\)",
    ),
    "a gradient is missing": ("Q2.2", 'grads["b2"] = d.sum(axis=0)', "pass", "keys"),
    "the transpose fits only square layers": (
        "Q2.2",
        "d @ W2.T",
        "d @ (W2 if len(W2) == W2.shape[1] else W2.T)",
        "H = 2, K = 2",
    ),
    "the step goes up": (
        "Q2.3",
        "- learning_rate *",
        "+ learning_rate *",
        r"history\"\]\[1\]",
    ),
    "the rate does not decay": (
        "Q2.3",
        "learning_rate *= learning_rate_decay",
        "pass",
        "loss_history",
    ),
    "the norm is the weights'": (
        "Q2.3",
        'norm(grads["W1"])',
        'norm(self.params["W1"])',
        "grad_magnitude_history",
    ),
    "the loss is kept once an epoch": (
        "Q2.3",
        '                stats["loss_history"]',
        '                if not i: stats["loss_history"]',
        "each minibatch, 6 in all; got 3",
    ),
    "a history is missing": (
        "Q2.3",
        'stats["val_acc_history"].append',
        "print",
        "each epoch, 3 in all; got 0",
    ),
    "train returns nothing": ("Q2.3", "return stats", "return", "got None"),
    "predict returns scores": (
        "Q2.3",
        "return self.forward(X)[1].argmax(axis=1)",
        "return self.forward(X)[1]",
        "array of integers",
    ),
    "predict returns the least likely": (
        "Q2.3",
        ".argmax(axis=1)",
        ".argmin(axis=1)",
        r"predict\(X\) is",
    ),
    "softplus for ReLU": (
        "Q2.4",
        "np.maximum(z, 0)",
        "np.log1p(np.exp(z))",
        "N = 1, D = 1, H = 1, K = 2",
    ),
    "a leaky ReLU": ("Q2.4", "np.maximum(z, 0)", "np.maximum(z, 0.01 * z)", "H = 2"),
    "the mask is >=": ("Q2.4", "else h > 0", "else h >= 0", "H = 2"),
    "the walk has another order": (
        "Q2.3",
        "np.random.permutation(len(X))",
        "np.arange(len(X))",
        "batch_size=2",
    ),
    "the walk draws with replacement": (
        "Q2.3",
        "order[i * batch_size : (i + 1) * batch_size]",
        "np.random.choice(len(X), batch_size)",
        "batch_size=2",
    ),
}


LOOPS = {
    "a loop over the examples": (LOSS, LOOP),
    "a loop over the examples in one line": (
        LOSS,
        "        loss = -sum(log_p[i, y[i]] for i in range(N)) / N\n",
    ),
    "a function for a single number": (
        "1 / (1 + np.exp(-z))",
        "np.vectorize(lambda t: 1 / (1 + np.exp(-t)))(z)",
    ),
}


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def notebook(path, *cells):
    """A notebook with a line of Markdown before the code cells."""
    sources = [{"cell_type": "markdown", "source": ["# Hand-in"]}]
    sources += [
        {"cell_type": "code", "source": source.splitlines(True)} for source in cells
    ]
    return write(path, json.dumps({"cells": sources, "nbformat": 4}))


def refusal(question, path, time_limit=10):
    """The hint of a hand-in that must not pass."""
    result = check_program(question, path, time_limit)
    assert result.correct is False and result.points < result.out_of, result
    return result.hint


def passes(path, question="Q2.1"):
    result = check_program(question, path, 10)
    assert result.correct is True and result.points == result.out_of, result
    return True


# Right hand-ins


@pytest.mark.parametrize("question", PROGRAMS)
def test_the_books_class_passes(question):
    assert passes(mlp.TwoLayerMLP, question)


@pytest.mark.parametrize("question", PROGRAMS)
def test_a_plain_solution_in_a_file_passes(question, tmp_path):
    assert passes(write(tmp_path / "mlp.py", SOLUTION), question)


def test_a_module_an_object_and_a_class_of_a_session_pass():
    session = types.ModuleType("__main__")
    exec(SOLUTION, vars(session))
    assert passes(mlp) and passes(session) and passes(session.TwoLayerMLP)
    assert passes(types.SimpleNamespace(TwoLayerMLP=session.TwoLayerMLP), "Q2.2")


def test_a_loss_without_gradients_passes_the_question_about_the_loss(tmp_path):
    path = write(
        tmp_path / "mlp.py", SOLUTION.replace("return loss, grads", "return loss, {}")
    )
    assert passes(path)
    assert "keys" in refusal("Q2.2", path)


def test_the_child_reads_the_images_that_get_MNIST_data_returns():
    X_train, y_train, X_val, y_val, X_test, y_test = mlp.get_MNIST_data()
    with np.load(f"{mnist.mnist_folder().name}/mnist.npz") as file:
        X, y = file["pixels"].astype(float), file["labels"]
    X -= X[:50000].mean(axis=0)
    for part, images in zip(MNIST_SPLIT.values(), [X_train, X_val, X_test]):
        np.testing.assert_array_equal(X[part], images)
    np.testing.assert_array_equal(y, np.concatenate([y_train, y_val, y_test]))


DTYPES = """\
        assert X.dtype == np.float64 and X.flags.c_contiguous, X.dtype
        assert {p.dtype for p in self.params.values()} == {np.dtype(float)}
"""
LABELS = "        assert type(y) is np.ndarray and y.dtype == np.int64, y\n"
SETTINGS = """\
        assert {type(n) for n in (learning_rate, learning_rate_decay, reg)} == {float}
        assert type(num_epochs) is type(batch_size) is int
"""


@pytest.mark.parametrize("question", PROGRAMS)
def test_what_is_handed_over_is_what_a_notebook_hands_over(question):
    text = SOLUTION
    for head, more in [
        ("    def forward(self, X):\n", DTYPES),
        ("reg=0.0):\n", DTYPES + LABELS + "        assert type(reg) is float\n"),
        ("verbose=False):\n", DTYPES + LABELS + SETTINGS),
    ]:
        assert text.count(head) == 1
        text = text.replace(head, head + more)
    names = {}
    exec(text, names)
    result = results_here(names["TwoLayerMLP"], [question])[question]
    assert result.correct and not result.remarks, result


# Notebooks


def test_a_notebook_is_run_as_far_as_the_class_needs(tmp_path):
    head, loss = SOLUTION.split("    def loss")
    assert passes(
        notebook(
            tmp_path / "hand_in.ipynb",
            "%matplotlib inline\nimport numpy as np\n!pip list",
            "1 / 0\nraise SystemExit",
            head,
            "net = TwoLayerMLP(2, 2, 2)\nwhile True: net.forward(np.ones((1, 2)))",
            "class Methods:\n    def loss" + loss,
            "TwoLayerMLP.loss = Methods.loss\nTwoLayerMLP.train = Methods.train",
            "def not_python(:",
        )
    )


def test_only_the_statements_that_the_class_needs_are_run_on_their_lines():
    cells = [
        "import numpy as np, sys\nrate = 3",
        "%%time\nfactor = half(1)\nprint(factor)",
        "def half(x):\n    return x / two\n\n\nfactor = 7; rate = 2",
        "two = 2",
        "@dataclass\nclass TwoLayerMLP:\n    rate: int\n\n    def loss(self, rate):\n"
        "        return factor * rate",
        "from dataclasses import dataclass",
    ]
    cells = [{"cell_type": "code", "source": cell} for cell in cells]
    assert notebook_cells(json.dumps({"cells": cells}), "TwoLayerMLP") == [
        ("code cell 2", "\nfactor = half(1)\n"),
        ("code cell 3", "def half(x):\n    return x / two\n\n\nfactor = 7; 0"),
        ("code cell 4", "two = 2"),
        ("code cell 5", cells[4]["source"]),
        ("code cell 6", "from dataclasses import dataclass"),
    ]


def test_a_notebook_imports_the_mlp_beside_it_but_not_the_books(tmp_path):
    path = notebook(
        tmp_path / "hand_in.ipynb", "from mlp import TwoLayerMLP, rel_error"
    )
    assert "no such mlp.py" in refusal("Q2.1", path)
    notebook(path, "from mlp import *")
    assert "no such mlp.py" in refusal("Q2.1", path)
    write(tmp_path / "mlp.py", SOLUTION)
    assert passes(path)


def test_a_file_cannot_import_the_books_package(tmp_path):
    path = write(tmp_path / "mlp.py", "from mlp.model import TwoLayerMLP")
    assert "ModuleNotFoundError" in refusal("Q2.1", path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cells": [{}]}', "[" * 5000])
def test_a_damaged_notebook_is_refused(text, tmp_path):
    hint = refusal("Q2.1", write(tmp_path / "hand_in.ipynb", text))
    assert "notebook cannot be read" in hint


def test_a_syntax_error_in_a_cell_is_shown_where_no_class_is_found(tmp_path):
    path = notebook(
        tmp_path / "a.ipynb", "x = 1", "class TwoLayerMLP:\n    def loss(self\n"
    )
    assert "code cell 2, line 2" in refusal("Q2.1", path)


# Wrong hand-ins


@pytest.mark.parametrize("slip", WRONG)
def test_a_wrong_program_is_refused_with_a_reason(slip):
    question, old, new, words = WRONG[slip]
    assert SOLUTION.count(old) >= 1
    names = {}
    exec(SOLUTION.replace(old, new, 1), names)
    result = results_here(names["TwoLayerMLP"], [question])[question]
    assert result.correct is False and re.search(words, result.hint), result


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_over_the_examples_is_remarked_and_costs_nothing(loop):
    old, new = LOOPS[loop]
    names = {}
    exec(SOLUTION.replace(old, new, 1), names)
    result = results_here(names["TwoLayerMLP"], ["Q2.1"])["Q2.1"]
    assert result.correct and "loops over the examples" in result.remarks[0]


@pytest.mark.parametrize(
    "name", [n for n in bugs.BUGS if n not in ("L1 without sign", "penalized biases")]
)
def test_the_broken_nets_of_the_book_have_wrong_gradients(name):
    class Broken(bugs.BUGS[name][0]):
        def __init__(self, D, H, K, std, activation):
            super().__init__([D, H, K], activation, std)

    refusal = results_here(Broken, ["Q2.2"])["Q2.2"]
    assert "grads" in refusal.hint
    example = refusal.counterexample
    numbers = {key: np.array(value) for key, value in example.values.items()}
    D, H = numbers["W1"].shape
    net = Broken(D, H, numbers["W2"].shape[1], 0.1, "sigmoid")
    right = mlp.TwoLayerMLP(D, H, numbers["W2"].shape[1], 0.1, "sigmoid")
    for each in (net, right):
        each.params = {p: numbers[p] for p in ["W1", "b1", "W2", "b2"]}
    wrong = example.text.split('"')[1]
    ask = numbers["X"], numbers["y"], example.values["reg"]
    np.testing.assert_allclose(net.loss(*ask)[1][wrong], example.claim, atol=1e-11)
    np.testing.assert_allclose(right.loss(*ask)[1][wrong], example.true, atol=1e-11)
    assert right.loss(*ask)[0] == net.loss(*ask)[0]


def test_the_smallest_example_that_shows_a_mistake_is_given(tmp_path):
    path = write(tmp_path / "mlp.py", SOLUTION.replace("* slope", ""))
    example = check_program("Q2.2", path, 10).counterexample
    assert np.shape(example.values["X"]) == (1, 1) and example.values["reg"] == 0
    path = write(tmp_path / "mlp.py", SOLUTION.replace("        d /= N\n", ""))
    example = check_program("Q2.2", path, 10).counterexample
    assert np.shape(example.values["X"]) == (2, 1)
    assert str(example.values["X"]) in str(example)


def test_the_handouts_figure_for_relu_is_known_as_softplus():
    X, y = mlp.toy_data()
    net = mlp.TwoLayerMLP(4, 10, 3, activation="softplus", rng=np.random.RandomState(0))
    answer = {
        "result": [net.loss(X, y, 0.1)[0], {}],
        "params": net.params,
        "X": X,
        "y": y,
    }
    case = checks.relu_loss_cases("relu", full=False)[-1]
    with pytest.raises(Refused, match="softplus"):
        losses.judge_toy_loss(case, answer)


def log_answer(log, labels=None):
    """An answer to the request for a run on MNIST that has this log."""
    rows = np.array([line.split() for line in log.splitlines()], float)
    stats = {
        "loss_history": np.repeat(rows[:, 0], 500).tolist(),
        "grad_magnitude_history": [0.0] * 500 * len(rows),
        "train_acc_history": rows[:, 1].tolist(),
        "val_acc_history": rows[:, 2].tolist(),
    }
    return {"stats": stats, "labels": labels}


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_full_check_wants_the_published_log_and_accuracies(activation):
    [log_case] = checks.log_cases(activation, full=True)
    [case] = checks.accuracy_cases(activation, full=True)
    log = {"sigmoid": SIGMOID_LOG, "relu": RELU_LOG}[activation]
    log = "\n".join(mnist.without_epoch(log)) + "\n"
    y = mnist.mnist_labels()
    labels = y.copy()
    relu = {name: RELU_FIGURES[f"accuracy, {name}"][0] for name in MNIST_SPLIT}
    published = {"sigmoid": SIGMOID_ACCURACIES, "relu": relu}[activation]
    for name, part in MNIST_SPLIT.items():
        share = published[name]
        wrong = round((1 - share) * len(y[part]))
        labels[part][:wrong] = (y[part][:wrong] + 1) % 10
    log_case.judge(log_case, log_answer(log, labels))
    case.judge(case, log_answer(log, labels))
    with pytest.raises(Refused, match="accuracy on the training set is 1.0"):
        case.judge(case, log_answer(log, y))
    first, last = log.split("\n", 1)[1], log.splitlines()[-1]
    with pytest.raises(Refused, match="epoch 1:"):
        log_case.judge(log_case, log_answer(first + last + "\n", labels))


# Hand-ins that misbehave

IN_LOSS = "    def loss(self, X, y, reg=0.0):\n"

STOPPED = {  # what it does: code at the end of the file, words of the hint
    "it loops forever": ("while True: pass", "not done after 1 s of CPU"),
    "it prints forever": (
        "while True: print('x' * 10**6)",
        "not done after 1 s of CPU",
    ),
    "it exits": ("import sys; sys.exit('bye')", "calls sys.exit: bye"),
    "it exits at once": ("import os; os._exit(3)", "exit status 3"),
    "it seems to end well": ("import os; os._exit(0)", "exit status 0"),
    "it recurses": ("def f(): return f()\nf()", "RecursionError"),
    "it crashes": ("import ctypes; ctypes.string_at(0)", "crashed .SIGSEGV"),
    "it fills the memory": ("bytearray(2**40)", "MemoryError"),
    "it raises": (
        "print('so far'); 1 / 0",
        "ZeroDivisionError.*line [0-9]*: .*1 / 0.*so far",
    ),
    "it asks": ("input('name?')", "EOFError"),
    "it has a syntax error": ("def f(:", "SyntaxError: .*mlp.py, line"),
    "it has no class": ("del TwoLayerMLP", "no class TwoLayerMLP"),
    "it starts a program": (
        "import subprocess; subprocess.run(['ls'])",
        "start or end proc",
    ),
    "it starts a shell": ("import os; os.system('true')", "start or end processes"),
    "it cannot be stopped gently": (
        "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"
        "while True: pass",
        "too much time or memory",
    ),
    "it ends the grader": (
        "import os; os.kill(os.getppid(), 9)",
        "start or end processes",
    ),
    "it fills the disk": ("open('big', 'wb').write(bytes(2**27))", "File too large"),
}


@pytest.fixture
def busy(monkeypatch):
    """Let the clock's limit be far off: other tests may have the processor."""
    monkeypatch.setattr(hand_ins, "WALL_START", 100)


@pytest.mark.parametrize("deed", STOPPED)
def test_a_hand_in_that_misbehaves_gets_a_clear_message(deed, tmp_path, busy):
    code, words = STOPPED[deed]
    time_limit = 1 if "while True" in code else 10
    path = write(tmp_path / "mlp.py", f"{SOLUTION}\n\n{code}\n")
    hint = refusal("Q2.1", path, time_limit)
    assert hint.startswith(("loading the hand-in: ", "the hand-in has")), hint
    assert re.search(words, hint), hint


def test_a_hand_in_that_only_waits_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(hand_ins, "WALL_START", 1)
    path = write(tmp_path / "mlp.py", "import time\ntime.sleep(1000)\n")
    assert refusal("Q2.1", path, 1) == "loading the hand-in: it was not done after 4 s"


def test_a_hand_in_that_computes_is_not_stopped_by_the_clock(tmp_path, monkeypatch):
    monkeypatch.setattr(hand_ins, "WALL_FACTOR", 0)
    monkeypatch.setattr(hand_ins, "WALL_START", 1)
    busy = "import time\nwhile time.process_time() < 2: pass\n"
    assert passes(write(tmp_path / "mlp.py", f"{busy}{SOLUTION}"))


def test_a_hand_in_that_cannot_be_loaded_is_tried_once_for_all_questions(
    tmp_path, monkeypatch
):
    tried = []
    monkeypatch.setattr(
        dialogue,
        "run",
        lambda job, limit: tried.append(job.file) or hand_ins.run(job, limit),
    )
    path = write(tmp_path / "mlp.py", "import time\n1 / 0\n")
    results = check_programs(PROGRAMS, path)
    assert [result.question for result in results] == PROGRAMS
    assert all(
        "loading the hand-in: ZeroDivisionError" in result.hint for result in results
    )
    assert tried.count(str(path.resolve())) == 1


@pytest.mark.parametrize(
    "deed, words",
    [
        ("while True: pass", "CPU time"),
        ("__import__('os')._exit(0)", "exit status 0"),
        ("__import__('sys').exit()", "calls sys.exit"),
        ("return self.loss(X, y, reg)", "RecursionError"),
        ("raise NotImplementedError", "NotImplementedError"),
    ],
)
def test_the_call_that_misbehaves_is_named(deed, words, tmp_path, busy):
    text = SOLUTION.replace(IN_LOSS, f"{IN_LOSS}        {deed}\n")
    time_limit = 1 if "while True" in deed else 10
    hint = refusal("Q2.2", write(tmp_path / "mlp.py", text), time_limit)
    assert " of 10: the gradient by b2" in hint  # alone, or with what it fails as well
    assert ". loss(X, y, reg=0) with N = 1, D = 1, H = 1, K = 2: " in hint
    assert words in hint


def test_an_endless_training_costs_its_limit_once_for_the_toy_data_and_for_mnist(
    tmp_path, monkeypatch
):
    ended = []

    def run(job, time_limit):
        outcome = hand_ins.run(job, time_limit)
        ended.append(len(outcome.lines) <= len(job.requests))
        return outcome

    monkeypatch.setattr(dialogue, "run", run)
    forever = "np.random.seed(1)\n", "np.random.seed(1)\n        while X.any(): pass\n"
    path = write(tmp_path / "mlp.py", SOLUTION.replace(*forever))
    results = check_programs(PROGRAMS, path, 4)
    assert sum(ended) == 2
    assert [result.points for result in results] == [5, 10, 0.5, 4.5, 1, 0]
    first, second, *_ = results[2].hint.splitlines()
    assert "num_epochs=3: it was not done after" in first
    assert "it is not asked, as an earlier call did not end well: it was" in second


@pytest.mark.parametrize(
    "deed",
    [
        "open({path!r}, 'w').write('spoiled')",
        "open({path!r}, 'a').write('spoiled')",
        "open('../../' + {path!r}, 'r+')",
        "import os; os.close(os.open({path!r}, os.O_WRONLY | os.O_TRUNC))",
        "import os; os.remove({path!r})",
        "import os; os.rename({path!r}, 'mine')",
        "import os; os.symlink({folder!r}, 'link'); open('link/kept.txt', 'w')",
        "import os; os.chmod({path!r}, 0)",
        "import shutil; shutil.rmtree({folder!r})",
        "np.save({path!r}, np.ones(3))",
    ],
)
def test_a_write_outside_the_folder_is_refused(deed, tmp_path):
    kept = write(tmp_path / "kept.txt", "kept")
    code = deed.format(path=str(kept), folder=str(tmp_path))
    hint = refusal("Q2.1", write(tmp_path / "mlp.py", f"{SOLUTION}\n\n{code}\n"))
    assert "PermissionError" in hint and "outside its folder" in hint
    assert kept.read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.txt", "mlp.py"]


HARMLESS = {  # deeds that do not spoil a right answer
    "it prints a lot": "print('x' * 10**7)\nimport os\nfor _ in range(100): "
    "os.write(1, bytes(10**5)); os.write(2, bytes(10**5))",
    "it prints what looks like an answer": (
        """print('{"answer": {"result": [0, {}]}}')"""
    ),
    "it writes in its folder and in the temporary one": (
        "import tempfile, os\nopen('a.txt', 'w').write('a')\n"
        "os.remove('a.txt')\n"
        "tempfile.TemporaryFile().write(b'a')\nopen(os.path.expanduser('~/b'), 'w')"
    ),
    "it changes global state": (
        "import os, sys\nnp.random.seed(7)\nnp.seterr(divide='raise')\n"
        "os.mkdir('d')\n"
        "os.chdir('d')\nos.environ.clear()\nsys.path.clear()\nsys.setrecursionlimit(200)"
    ),
    "it has something to do at its exit": (
        "import atexit, threading, time\n"
        "atexit.register(time.sleep, 1000)\n"
        "threading.Thread(target=time.sleep, args=(1000,)).start()"
    ),
    "it replaces what it does not need itself": (
        "import json, builtins\n"
        "json.dumps = builtins.print = builtins.open = None\n"
        "np.array = np.load = np.allclose = np.save = None"
    ),
}


@pytest.mark.parametrize("deed", HARMLESS)
def test_a_right_hand_in_passes_whatever_else_it_does(deed, tmp_path):
    before = (
        np.random.get_state()[1].tolist(),
        np.geterr(),
        os.getcwd(),
        dict(os.environ),
    )
    assert passes(write(tmp_path / "mlp.py", f"{SOLUTION}\n\n{HARMLESS[deed]}\n"))
    after = (
        np.random.get_state()[1].tolist(),
        np.geterr(),
        os.getcwd(),
        dict(os.environ),
    )
    assert after == before and [path.name for path in tmp_path.iterdir()] == ["mlp.py"]


def test_a_numpy_that_says_yes_to_everything_does_not_help(tmp_path):
    lies = (
        "np.allclose = np.array_equal = lambda *args, **kwargs: True\n"
        "np.exp = lambda z: 1 + z\n"
        'print(\'{"answer": true, "correct": true}\')'
    )
    path = write(tmp_path / "mlp.py", f"{SOLUTION}\n\n{lies}\n")
    assert "N = 1, D = 1, H = 1, K = 2" in refusal("Q2.1", path)
    assert np.exp(0) == 1 and not np.allclose(1, 2)
    assert passes(write(path, SOLUTION))


# What the caller hands in


@pytest.mark.parametrize(
    "hand_in, error",
    [
        ("nowhere/mlp.py", FileNotFoundError),
        ("mlp.txt", ValueError),
        (3, TypeError),
        (types.SimpleNamespace(TwoLayerMLP=3), TypeError),
    ],
)
def test_what_is_no_hand_in_raises_an_error(hand_in, error):
    with pytest.raises(error):
        check_program("Q2.1", hand_in)


def test_a_class_that_cannot_be_copied_is_refused():
    class Net:
        lock = __import__("threading").Lock()

    assert "cannot be copied" in refusal("Q2.1", Net)


def test_a_class_that_carries_a_data_set_is_refused():
    images = np.zeros(10**7)

    class Net:
        def loss(self):
            return images

    assert "76 MB of data" in refusal("Q2.1", Net)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "mlp.py"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(Refused, match="UTF-8"):
        pack(path)


@pytest.mark.parametrize(
    "question, time_limit", [("Q1.1", 10), ("Q9", 10), ("Q2.1", 0)]
)
def test_a_bad_question_or_time_limit_raises_a_value_error(question, time_limit):
    with pytest.raises(ValueError):
        check_program(question, mlp.TwoLayerMLP, time_limit)
