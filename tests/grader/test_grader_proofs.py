"""The line about a proof: right where it stands, absent where nothing is known."""

import json
import re
from dataclasses import replace

import pytest
from right_programs import (
    IN_SINGLE,
    MASK,
    NOT_A_SLOPE,
    PENALTY,
    RETURN,
    START,
    edited,
)
from test_grader_programs import SOLUTION, WRONG, write

from mlp.grader import __main__ as command
from mlp.grader import check
from mlp.grader.marking.mark import Marks
from mlp.grader.marking.tables import FORMATS
from mlp.grader.programs import asking, proofs
from mlp.grader.programs.asking import PROOF_TIME, check_program
from mlp.grader.programs.inputs import REGS
from mlp.grader.questions import PROGRAMS, QUESTIONS
from mlp.grader.result import graded

PROVED = "Your gradients are proved to be those of your loss, for every N, D, H, K and "
REFUTED = "Your gradients are refuted, they are not those of your loss: at N = "
NUMBERS = r" the entry \w\d\[.*\] of the gradient is -?[\d.]+, right is -?[\d.]+\.$"


def proof(text, folder, question="Q2.2"):
    """The line about a program, after a look that it changes nothing else."""
    path = write(folder / "mlp.py", text)
    marked = check_program(question, path, 10)
    tried = check_program(question, path, 10, proof_time=PROOF_TIME)
    assert marked.proof == "" and replace(tried, proof="") == marked
    return tried.proof


def in_init(text):
    """The solution with a line at the end of its ``__init__``."""
    end = '            "b2": np.zeros(num_classes),\n        }\n'
    assert end in SOLUTION
    return SOLUTION.replace(end, f"{end}        {text}\n")


WITH_BRANCH = edited([(PENALTY, "        if reg > 0:\n    " + PENALTY)])
ORDERED = edited([(START, "        W1, b1, W2, b2 = self.params.values()\n" + START)])
WITH_CACHE = edited(
    [(RETURN, "        self.cache, self.parts = {'h': h}, [h, d]\n" + RETURN)]
)
WITH_SIZES = in_init("self.sizes = [input_size, hidden_size, num_classes]").replace(
    START,
    "        for W, D, H in zip(['W1', 'W2'], self.sizes, self.sizes[1:]):\n"
    "            assert self.params[W].shape == (D, H)\n" + START,
)
TRACED = {
    "plain": (SOLUTION, "reg ≥ 0"),
    "a branch on reg": (WITH_BRANCH, "reg = 0.1"),
    "parameters in their order": (ORDERED, "reg ≥ 0"),
    "a cache": (WITH_CACHE, "reg ≥ 0"),
    "sizes kept": (WITH_SIZES, "reg ≥ 0"),
    "longer numbers": (
        edited([(START, "        X = X.astype(np.longdouble)\n" + START)]),
        "reg ≥ 0",
    ),
}


@pytest.mark.parametrize("style", TRACED)
def test_a_right_program_that_can_be_traced_is_told_so(style, tmp_path):
    text, reg = TRACED[style]
    assert proof(text, tmp_path) == f"{PROVED}{reg}; for real numbers."


def test_the_hypotheses_of_a_proof_are_told(tmp_path):
    line = proof(SOLUTION, tmp_path, "Q2.4")
    assert line.startswith(f"{PROVED}reg ≥ 0, wherever b1[h] + ")
    assert line.endswith(" is not 0; for real numbers.")


@pytest.mark.parametrize("slip", ["the slope is missing", "no 1/N in the gradient"])
def test_a_wrong_program_is_refuted_by_numbers(slip, tmp_path):
    question, old, new, _ = WRONG[slip]
    line = proof(SOLUTION.replace(old, new, 1), tmp_path, question)
    assert line.startswith(REFUTED) and re.search(NUMBERS, line), line


FOLLOWING = {  # the edit, the question that loses nothing, and what it follows from
    "the sign of all gradients": (
        ("        d /= N\n", "        d /= -N\n"),
        "Q2.4",
        "Q2.2, the gradient by b2",
    ),
    "a loss that is three times too large": (
        (RETURN, RETURN.replace("loss", "3 * loss")),
        "Q2.2",
        "Q2.1, the data loss",
    ),
}


@pytest.mark.parametrize("slip", FOLLOWING)
def test_a_refutation_that_costs_nothing_says_from_what_it_follows(slip, tmp_path):
    edit, question, place = FOLLOWING[slip]
    line = proof(edited([edit]), tmp_path, question)
    costs = f"which follows from {place}, and costs nothing here"
    told = f"Your gradients are not those of your loss, {costs}: at N = "
    assert line.startswith(told) and re.search(NUMBERS, line), line


def test_a_refutation_that_no_test_network_shows_says_so(tmp_path):
    zero = " * ".join(f"(reg - {asked:g})" for asked in REGS)
    text = edited([("h.T @ d + reg * W2", f"h.T @ d + reg * W2 * (1 + {zero})")])
    assert proof(text, tmp_path).startswith("No test network shows it, but your ")


def test_a_program_may_be_proved_and_yet_wrong_at_a_kink(tmp_path):
    text = edited([(MASK, NOT_A_SLOPE["twice"])])
    assert check_program("Q2.4", write(tmp_path / "mlp.py", text)).correct is False
    assert "is not 0" in proof(text, tmp_path, "Q2.4")


NOTHING = {  # what can't be traced, and what is not for the proof to judge
    "a branch on a size": "        d = d * (2 if N > 300 else 1)\n",
    "a slice that is not known": "        d = d[::-1][::-1]\n",
    "random numbers": "        d = d + 0 * np.random.randn()\n",
}


@pytest.mark.parametrize("reason", NOTHING)
def test_of_a_program_that_cannot_be_traced_nothing_is_told(reason, tmp_path):
    text = SOLUTION.replace("        d /= N\n", "        d /= N\n" + NOTHING[reason])
    assert proof(text, tmp_path) == ""


def test_of_a_gradient_that_is_missing_nothing_is_told(tmp_path):
    question, old, new, _ = WRONG["a gradient is missing"]
    assert proof(SOLUTION.replace(old, new, 1), tmp_path, question) == ""


@pytest.mark.parametrize("style", ["hidden values in float32", "the error in float32"])
def test_the_rounding_of_float32_refutes_nothing(style, tmp_path):
    assert "refuted" not in proof(edited(IN_SINGLE[style]), tmp_path)


def test_a_network_that_depends_on_its_sizes_otherwise_is_not_refuted(tmp_path):
    text = in_init("self.size = float(hidden_size)").replace("d /= N", "d /= N * S")
    text = text.replace(
        START, "        S = self.size / len(self.params['W2'])\n" + START
    )
    assert proof(text, tmp_path) == ""


IN_THE_TRACER = """
    def loss(self, X, y, reg=0.0):
        import sys
        if "mlp.tracing.prove" in sys.modules:
            {deed}
        return self.right_loss(X, y, reg)
"""


@pytest.mark.parametrize(
    "deed",
    [
        "while True: pass",
        "__import__('os')._exit(0)",
        "sys.exit()",
        "sys.modules.clear()",
        "return None",
        "raise KeyError",
        "return self.loss(X, y, reg)",
    ],
)
def test_what_goes_wrong_in_a_proof_changes_no_mark(deed, tmp_path, monkeypatch):
    monkeypatch.setattr(proofs, "LOADING", 1)
    monkeypatch.setattr("test_grader_proofs.PROOF_TIME", 1)
    text = SOLUTION.replace("def loss", "def right_loss")
    assert proof(text + IN_THE_TRACER.format(deed=deed), tmp_path) == ""


def test_a_fault_of_the_tracer_changes_no_mark(tmp_path, monkeypatch):
    def run(job, time_limit):
        if job.task == "prove":
            raise RuntimeError
        return programs_run(job, time_limit)

    programs_run = proofs.run
    monkeypatch.setattr(proofs, "run", run)
    assert proof(SOLUTION, tmp_path) == ""


def test_a_proof_is_tried_where_gradients_are_asked_for_and_judged(
    tmp_path, monkeypatch
):
    tried = []
    monkeypatch.setattr(asking, "proof_of", lambda *args: tried.append(args[0]) or "")
    path = write(tmp_path / "mlp.py", SOLUTION)
    asked = [name for name in PROGRAMS if QUESTIONS[name].asks_gradients]
    assert asked == ["Q2.2", "Q2.4"]
    for question in ("Q2.1", "Q2.2", "Q2.3", "Q2.4"):
        check(question, path)
        check(question, path, proof_time=0)
    assert tried == ["sigmoid", "relu"]
    write(path, SOLUTION.replace("return loss, grads", "return loss"))
    assert check("Q2.2", path).correct is False and len(tried) == 2


def test_a_proof_time_below_0_raises_a_value_error(tmp_path):
    with pytest.raises(ValueError, match="proof_time"):
        check("Q2.2", write(tmp_path / "mlp.py", SOLUTION), proof_time=-1)


# The command


@pytest.mark.parametrize(
    "arguments, hand_ins, seconds",
    [
        ([], 1, PROOF_TIME),
        ([], 2, 0),
        (["--prove", "3"], 2, 3),
        (["--prove", "0"], 1, 0),
    ],
)
def test_one_notebook_is_proved_and_a_class_is_not(
    arguments, hand_ins, seconds, tmp_path, monkeypatch, capsys
):
    seen = []
    monkeypatch.setattr(
        command, "mark_all", lambda *_, **options: seen.append(options) or []
    )
    for number in range(hand_ins):
        (tmp_path / f"{number}.ipynb").write_text("")
    monkeypatch.setitem(command.FORMATS, "text", lambda several: "")
    command.main([*arguments, str(tmp_path)])
    assert seen[0]["proof_time"] == seconds


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "long"])
def test_a_bad_time_for_proofs_has_exit_status_2(seconds, tmp_path, capsys):
    (tmp_path / "a.ipynb").write_text("")
    with pytest.raises(SystemExit) as exit:
        command.main(["--prove", seconds, str(tmp_path)])
    assert exit.value.code == 2 and "--prove" in capsys.readouterr().err


def test_the_tables_tell_what_is_proved():
    results = [graded(question, True) for question in QUESTIONS]
    results = [
        replace(r, proof="P is proved.") if r.question == "Q2.2" else r for r in results
    ]
    marks = Marks("ann", results)
    told = "no test network refuted it. P is proved."
    assert told in FORMATS["text"]([marks]) and told in FORMATS["markdown"]([marks])
    (read,) = json.loads(FORMATS["json"]([marks]))
    with_proof = {q for q, r in read["questions"].items() if "proof" in r}
    assert with_proof == {"Q2.2"}
    assert repr(results[list(QUESTIONS).index("Q2.2")]).endswith("\n  P is proved.")
