"""A fault of the grader is never told to the student as his own, and never hidden."""

import json
from dataclasses import replace

import pytest

from mlp import TwoLayerMLP
from mlp.grader import QUESTIONS, check, symbols
from mlp.grader import __main__ as command
from mlp.grader.answers import derivations, gradients, update_rules
from mlp.grader.child.requests import Job
from mlp.grader.hand_in import process
from mlp.grader.hand_in.packing import pickled, search_path
from mlp.grader.hand_in.process import CHILD, describe_ending, run
from mlp.grader.marking.grading import grade_answers
from mlp.grader.marking.mark import Marks, mark_programs
from mlp.grader.marking.tables import FORMATS
from mlp.grader.programs import dialogue, losses
from mlp.grader.questions import DERIVATIONS, PROGRAMS, Derivation
from mlp.grader.result import failed, graded
from mlp.grader.starter import solution


class Fault(Exception):
    """Planted in the grader."""


def faulty(*args, **kwargs):
    raise Fault


def wrong(question):
    """Twice the right answer to Q1.1; a step uphill for Q3.1."""
    s = symbols(question)
    return 2 * (s.h2 - s.y) if question == "Q1.1" else s.theta + s.eta * s.g


def strange(question):
    """An answer whose parts raise errors of their own."""
    return type("Strange", (), {"__class__": property(faulty)})()


@pytest.fixture(autouse=True)
def nothing_confirmed():
    """Let the grader look at its model answers once more."""
    for module in (derivations, dialogue):
        module.confirm.cache_clear()
    yield
    for module in (derivations, dialogue):
        module.confirm.cache_clear()


@pytest.mark.parametrize(
    "question, module, function, answer",
    [
        ("Q1.1", gradients, "hint_about_gradient", wrong),
        ("Q1.1", gradients, "right_numbers", wrong),
        ("Q1.1", gradients, "read_gradient", wrong),
        ("Q1.1", gradients, "numbers", wrong),
        ("Q1.1", gradients, "read_gradient", strange),
        ("Q3.1", update_rules, "hint_about_step", wrong),
        ("Q3.1", update_rules, "as_step", wrong),
        ("Q3.1", update_rules, "bounds", wrong),
    ],
)
def test_a_fault_in_grading_a_derivation_is_raised(
    question, module, function, answer, monkeypatch
):
    monkeypatch.setattr(module, function, faulty)
    with pytest.raises((Fault, RuntimeError)) as raised:
        check(question, answer(question))
    assert isinstance(raised.value, Fault) or isinstance(raised.value.__cause__, Fault)


@pytest.mark.parametrize(
    "question, module", [("Q1.1", gradients), ("Q3.1", update_rules)]
)
def test_a_fault_of_the_proof_is_raised(question, module, monkeypatch):
    right = QUESTIONS[question].model_answer()
    check(question, right)  # proves what is proved once
    monkeypatch.setattr(module, "prove", faulty)
    with pytest.raises((Fault, RuntimeError)):
        check(question, right)


def test_a_new_question_without_what_its_grader_needs_is_no_fault_of_the_answer(
    monkeypatch,
):
    new = replace(QUESTIONS["Q1.1"], name="Q4.1", asked=("c",))
    monkeypatch.setitem(QUESTIONS, "Q4.1", new)
    monkeypatch.setattr(derivations, "DERIVATIONS", [*DERIVATIONS, "Q4.1"])
    with pytest.raises(RuntimeError, match="Q4.1 in mlp/grader/questions.py"):
        check("Q4.1", symbols("Q1.1").h2)


@pytest.mark.parametrize("question", DERIVATIONS)
def test_the_model_answer_in_the_record_is_proved(question):
    assert isinstance(QUESTIONS[question], Derivation)
    result = check(question, QUESTIONS[question].model_answer())
    assert result.correct, (
        f"the answer to {question} in mlp/grader/questions.py: {result}"
    )


def test_a_fault_of_a_judge_is_raised_and_costs_the_other_answers_nothing(monkeypatch):
    monkeypatch.setattr(losses, "equal", lambda *_: {}["rtol"])
    with pytest.raises(KeyError, match="rtol"):
        check("Q2.1", TwoLayerMLP)
    results = mark_programs(TwoLayerMLP, 10, full=False)
    assert list(results) == PROGRAMS
    assert all("KeyError: 'rtol'" in result.error for result in results.values())


@pytest.fixture
def plant(monkeypatch, tmp_path):
    """Let children run a copy of their program in which a text is replaced."""

    def planted(old, new):
        texts = {p.name: p.read_text("utf-8") for p in CHILD.parent.glob("*.py")}
        assert sum(text.count(old) for text in texts.values()) == 1
        for name, text in texts.items():
            (tmp_path / name).write_text(text.replace(old, new), "utf-8")
        monkeypatch.setattr(process, "CHILD", tmp_path / CHILD.name)

    return planted


IN_TRAIN = "(request), **request.settings", "(request), **request.setings"
IN_LOADING = "sys.path[:] = job.path\n    if job", "sys.path[:] = job.paht\n    if job"
IN_A_FILE = "cells)\n    for name, source", "clels)\n    for name, source"
IN_A_CLASS = 'job.pickled.encode("latin-1")', 'job.pickeld.encode("latin-1")'


@pytest.mark.parametrize(
    "question, old, new, is_file",
    [
        ("Q2.3", *IN_TRAIN, False),
        ("Q2.3", *IN_TRAIN, True),
        ("Q2.1", *IN_LOADING, False),
        ("Q2.1", *IN_LOADING, True),
        ("Q2.1", *IN_A_CLASS, False),
        ("Q2.1", *IN_A_FILE, True),
    ],
)
def test_a_fault_in_the_child_that_runs_a_program_is_raised(
    question, old, new, is_file, plant, tmp_path
):
    plant(old, new)
    (tmp_path / "mlp.py").write_text(solution()["mlp.py"], "utf-8")
    hand_in = tmp_path / "mlp.py" if is_file else TwoLayerMLP
    with pytest.raises(RuntimeError, match="(?s)Traceback.*has no attribute"):
        check(question, hand_in)


def test_a_fault_in_the_child_that_runs_programs_is_for_the_teacher(plant):
    plant(*IN_TRAIN)
    results = mark_programs(TwoLayerMLP, 10, full=False).values()
    assert all("'setings'" in r.error and "'setings'" not in r.hint for r in results)
    assert not any(result.points or result.correct is False for result in results)


class Unwritten(TwoLayerMLP):
    """A network that fails in one method."""

    def train(self, *args, **kwargs):
        raise NotImplementedError


def test_the_hand_ins_own_error_is_told_and_the_book_asked_once(monkeypatch):
    asked = []
    monkeypatch.setattr(
        dialogue,
        "pickled",
        lambda make: asked.append(make) or pickled(make),
    )
    for _ in range(2):
        result = check("Q2.3", Unwritten)
        assert result.correct is False and "NotImplementedError" in result.hint
    assert len(asked) == 1


def test_an_mlp_py_where_the_grader_runs_is_not_taken_for_the_book(
    tmp_path, monkeypatch
):
    (tmp_path / "mlp.py").write_text("1 / 0\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    result = check("Q2.1", tmp_path / "mlp.py")
    assert result.correct is False and "ZeroDivisionError" in result.hint


def test_a_fault_in_the_child_that_grades_arrives_with_its_trace():
    number = {"kind": "number", "number": 1}
    fault, later = grade_answers([("Q9", number), ("Q3.1", number)], 10)
    assert (
        fault.points == 0 and fault.correct is None and "not your doing" in fault.hint
    )
    assert "Traceback" in fault.error and "question must be one of" in fault.error
    assert later.correct is False and not later.error


def test_a_child_says_what_went_wrong_before_it_had_begun():
    outcome = run(Job(task="dance", path=search_path()), 10)
    assert outcome.lines == []
    assert "KeyError: 'dance'" in outcome.ending and "Traceback" in outcome.trace


@pytest.mark.parametrize("status", [0, 3, -11, -9, -24, None])
@pytest.mark.parametrize("words", ["", "bye", "bye."])
def test_why_a_child_ended_is_said_without_a_full_stop(status, words):
    ending = describe_ending(status, 1, words)
    assert ending and not ending.endswith((".", " "))


# What the teacher sees


MARKS = Marks("ann", [graded("Q1.1", True), failed("Q1.2", "Traceback of a fault")])


def run_command(monkeypatch, tmp_path, marking):
    monkeypatch.setattr(command, "mark_all", marking)
    (tmp_path / "ann.ipynb").write_text("", encoding="utf-8")
    return command.main([str(tmp_path / "ann.ipynb")])


def test_the_command_shows_the_trace_and_has_exit_status_3(
    monkeypatch, tmp_path, capsys
):
    assert run_command(monkeypatch, tmp_path, lambda *_, **__: [MARKS]) == 3
    shown = capsys.readouterr()
    assert "ann, Q1.2: the grader failed\nTraceback of a fault" in shown.err
    assert "Traceback" not in shown.out


def test_json_has_the_trace_where_the_grader_failed():
    (marks,) = json.loads(FORMATS["json"]([MARKS]))
    assert "error" not in marks["questions"]["Q1.1"]
    assert marks["questions"]["Q1.2"]["error"] == "Traceback of a fault"


@pytest.mark.parametrize(
    "fault",
    [
        ValueError,
        OSError,
        Fault,
        ModuleNotFoundError("No module named 'sympy'", name="sympy"),
    ],
)
def test_a_fault_while_marking_is_no_bad_usage(fault, monkeypatch, tmp_path, capsys):
    def marking(*args, **kwargs):
        raise fault

    assert run_command(monkeypatch, tmp_path, marking) == 3
    shown = capsys.readouterr().err
    assert "Traceback" in shown and "usage" not in shown and "--scheduler" not in shown


@pytest.mark.parametrize(
    "name, error",
    [
        ("distributed", SystemExit),
        ("tornado", ModuleNotFoundError),
    ],
)
def test_only_the_package_of_the_scheduler_is_asked_for(
    name, error, monkeypatch, tmp_path, capsys
):
    def connect(address):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(command, "connect", connect)
    (tmp_path / "ann.ipynb").write_text("", encoding="utf-8")
    with pytest.raises(error):
        command.main(["--scheduler", "tcp://here", str(tmp_path / "ann.ipynb")])
    assert ("needs the package distributed" in capsys.readouterr().err) == (
        name != "tornado"
    )
