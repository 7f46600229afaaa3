"""Wrong edits of the package, each of which the numeric tests must notice.

Each mutant is the package with one slip of the kind that one makes. It is written to a
folder of its own, and the numeric tests run on it in `mutant_child.py`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mlp

TESTS = Path(__file__).parent
PACKAGE = Path(mlp.__file__).parent
NUMERIC_TESTS = ["gradients", "losses", "activations", "gradient_check", "training"]

MUTANTS = {  # what is wrong: the file, then pairs of a text in it and its replacement
    "the derivative of the activation is dropped": (
        "network.py",
        ("dZ *= f_prime_of_h(H)", "pass"),
    ),
    "a transposed product that fits when layers are square": (
        "network.py",
        (
            'dZ = dZ @ params[f"W{k}"].T',
            'W = params[f"W{k}"]; dZ = dZ @ (W if W.shape[0] == W.shape[1] else W.T)',
        ),
    ),
    "the bias gradient is a mean over the batch": (
        "network.py",
        ("dZ.sum(axis=0)", "dZ.mean(axis=0)"),
    ),
    "only the first hidden layer is given its activation's derivative": (
        "network.py",
        ("dZ *= f_prime_of_h(H)", "dZ *= f_prime_of_h(H) if k == 2 else 1"),
    ),
    "the forward pass forgets the biases of the last layer": (
        "network.py",
        ('Z += params[f"b{k}"]', 'Z += params[f"b{k}"] * (k < depth)'),
    ),
    "the derivative of the sigmoid is one of z but is given h": (
        "activations.py",
        ("return h * (1 - h)", "return sigmoid(h) * (1 - sigmoid(h))"),
    ),
    "the mask of ReLU lets everything through": (
        "activations.py",
        ("np.greater(", "np.greater_equal("),
    ),
    "the derivative of tanh lacks the square": (
        "activations.py",
        ("return 1 - h * h", "return 1 - h"),
    ),
    "the sigmoid overflows for large z": (
        "activations.py",
        ("1 / (1 + np.exp(-z))", "np.exp(z) / (1 + np.exp(z))"),
    ),
    "float64 is cut where float32 is": (
        "activations.py",
        ("if z.dtype == np.float32 else powers", ""),
    ),
    "float32 is not cut": (
        "activations.py",
        ("powers * (z > -30) if z.dtype == np.float32 else powers", "powers"),
    ),
    "the loss is a sum over the batch": (
        "losses.py",
        ("shifted[rows, y]).sum() / N", "shifted[rows, y]).sum()"),
    ),
    "the gradient by the scores lacks 1/N": ("losses.py", ("P /= N * (", "P /= (")),
    "the one-hot rows are added instead of subtracted": (
        "losses.py",
        ("P[rows, y] = -P", "P[rows, y] = 2 / N - P"),
    ),
    "the cross-entropy is computed without the shift": (
        "losses.py",
        ("shifted = scores - ", "shifted = scores - 0 * "),
    ),
    "the L1 penalty has no sign in its gradient": (
        "losses.py",
        ("return np.sign(as_", "return np.ones_like(as_"),
    ),
    "the L2 penalty lacks its factor 1/2": (
        "losses.py",
        ("return 0.5 * np.vdot", "return np.vdot"),
    ),
    "the penalty's gradient lacks reg": (
        "model.py",
        ("+= reg * penalty_grad(W)", "+= penalty_grad(W)"),
    ),
    "the penalty's gradient includes the biases": (
        "model.py",
        (
            'grads[f"W{k}"] += reg * penalty_grad(W)',
            'grads[f"W{k}"] += reg * penalty_grad(W); b = self.params[f"b{k}"]; '
            'grads[f"b{k}"] += reg * penalty_grad(b)',
        ),
    ),
    "the last layer is not penalized": (
        "model.py",
        ("range(1, len(self.sizes)):", "range(1, max(2, len(self.sizes) - 1)):"),
    ),
    "the numerical gradient is one-sided": (
        "gradient_check.py",
        ("middle + h, middle - h", "middle + h, middle"),
    ),
    "the step goes up the gradient": (
        "training.py",
        ("grad *= -learning_rate", "grad *= learning_rate"),
    ),
    "the learning rate does not decay": (
        "training.py",
        ("learning_rate *= learning_rate_decay", "pass"),
    ),
}


def copy_package(folder):
    """The package, but for what the numeric tests leave alone; returns the folder."""
    skipped = shutil.ignore_patterns("mnist", "grader", "proof", "__pycache__")
    shutil.copytree(PACKAGE, folder / "mlp", ignore=skipped)
    return folder


@pytest.fixture(scope="module")
def run_numeric_tests():
    """A function that runs them on the package in a folder: exit code and output.

    The tests of the module that is named go first.
    """
    environment = {
        **os.environ,
        "HYPOTHESIS_PROFILE": "mutants",
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    child = subprocess.Popen(
        [sys.executable, str(TESTS / "mutant_child.py")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def run(folder, module=None):
        names = sorted(NUMERIC_TESTS, key=lambda name: f"{name}.py" != module)
        files = [str(TESTS / f"test_{name}.py") for name in names]
        child.stdin.write(json.dumps([str(folder), files]) + "\n")
        child.stdin.flush()
        return json.loads(child.stdout.readline())

    with child:
        yield run


def test_the_package_as_it_is_passes(run_numeric_tests, tmp_path):
    code, output = run_numeric_tests(copy_package(tmp_path))
    assert code == 0, output


def test_it_is_noticed_when_another_copy_is_imported(run_numeric_tests, tmp_path):
    code, output = run_numeric_tests(tmp_path)
    assert code == 4 and "imported" in output, output


@pytest.mark.parametrize("slip", MUTANTS)
def test_the_numeric_tests_notice(run_numeric_tests, slip, tmp_path):
    name, *edits = MUTANTS[slip]
    path = copy_package(tmp_path) / "mlp" / name
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {name}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    code, output = run_numeric_tests(tmp_path, name)
    assert code == 1, output  # 1: a test failed; 2 … 5: pytest did not get that far
