"""Marking: the solution earns all points, the starter 0; hostile ones harm nobody."""

import ast
import csv
import difflib
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from equivalent_answers import EQUIVALENT

from mlp.grader import QUESTIONS, check, symbols
from mlp.grader import __main__ as command
from mlp.grader.answers.open_questions import rubric
from mlp.grader.hand_in.notebook import notebook_cells
from mlp.grader.hand_in.packing import MLP_PARENT
from mlp.grader.marking.folders import find_hand_ins
from mlp.grader.marking.mark import (
    PROVABLE,
    TESTABLE,
    TICKABLE,
    Marks,
    mark,
    mark_all,
    mark_answers,
)
from mlp.grader.marking.tables import FORMATS
from mlp.grader.marking.transcript import expression, read_answer, write_answer
from mlp.grader.objections import Unreadable
from mlp.grader.programs.asking import check_programs
from mlp.grader.questions import OPEN_QUESTIONS, PROGRAMS
from mlp.grader.result import graded
from mlp.grader.starter import as_notebook, main, solution, starter, write_files

ALL_POINTS = [question.points for question in QUESTIONS.values()]
TOTAL = PROVABLE + TESTABLE + TICKABLE


def notebook(*cells):
    """A notebook of code cells."""
    return as_notebook([("code", cell) for cell in cells])


SETUP = """
import sympy
from mlp.grader import symbols
answers, s, r = {}, symbols("Q1.1"), symbols("Q3.1")
"""


# The starter and the solution


BLANKS = (
    "the initial weights",
    "the scores",
    "the loss",
    "...",  # of the gradients: until they are written, `loss` can be tried without
    "the labels",
    "minibatch and update",
)


def test_the_stub_is_the_short_solution_with_six_blanks_of_about_ten_lines():
    stub, full = (files()["mlp.py"].splitlines() for files in (starter, solution))
    cut = difflib.SequenceMatcher(None, full, stub, autojunk=False).get_opcodes()
    blanks = [(full[a:b], stub[c:d]) for tag, a, b, c, d in cut if tag != "equal"]
    assert len(blanks) == len(BLANKS)
    for ((*answer, end), [instead]), name in zip(blanks, BLANKS):
        assert 1 <= len(answer) <= 12
        assert end.strip() == f"# In the starter: {instead.strip()}"
        assert name in instead


def test_a_comment_above_each_blank_of_the_stub_says_what_belongs_there():
    text = starter()["mlp.py"]
    comments = re.findall(
        r"^ *# TODO: .+\n(?: *# .+\n)*(?= *(?:raise|\.\.\.))", text, re.M
    )
    assert len(comments) == text.count("TODO: ") == len(BLANKS)


def test_the_stub_is_short_and_needs_nothing_of_the_package():
    text = starter()["mlp.py"]
    imported = [
        ast.unparse(node)
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert imported == ["from pkgutil import extend_path", "import numpy as np"]
    assert len(text.splitlines()) <= 120


def test_the_class_can_be_filled_in_question_by_question(tmp_path):
    """A loss is right before there are gradients."""
    text, tail = solution()["mlp.py"], starter()["mlp.py"]
    gradients = "        grads = {}\n"
    begun = text[: text.index(gradients)] + tail[tail.index(gradients) :]
    (tmp_path / "mlp.py").write_text(begun, "utf-8")
    results = check_programs(["Q2.1", "Q2.2"], tmp_path / "mlp.py")
    assert [result.points for result in results] == [5, 0]
    assert results[0].correct


def test_the_solution_defines_or_imports_every_name_that_it_uses(tmp_path):
    write_files(solution(), tmp_path)
    ruff = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "F821",
        "mlp.py",
    ]
    done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_starter_notebook_is_the_solution_without_the_answers():
    given, asked = (
        json.loads(files()["problem_set.ipynb"])["cells"]
        for files in (solution, starter)
    )
    assert [cell["id"] for cell in given] == [cell["id"] for cell in asked]
    for full, empty in zip(given, asked):
        if full["source"] != empty["source"]:
            assert (
                empty["source"].startswith("answers[")
                and "] = ...\n" in empty["source"]
            )


def test_a_starter_is_never_written_over_work(tmp_path, capsys):
    main([str(tmp_path / "new")])
    (tmp_path / "new" / "mlp.py").write_text("my work")
    with pytest.raises(SystemExit) as exit:
        main([str(tmp_path / "new")])
    assert exit.value.code == 2 and "must not have" in capsys.readouterr().err
    assert (tmp_path / "new" / "mlp.py").read_text() == "my work"


def test_beside_the_stub_both_the_stub_and_the_grader_can_be_used(tmp_path):
    write_files(starter(), tmp_path)
    code = (
        "import mlp; from mlp.grader import check; "
        "print(mlp.__file__, check('Q2.1', 'mlp.py').correct)"
    )
    environment = {**os.environ, "PYTHONPATH": str(MLP_PARENT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(tmp_path / "mlp.py"), "False"]


def test_what_the_grader_runs_of_a_notebook_leaves_out_the_import_of_utils():
    cells = notebook(
        "from mlp import TwoLayerMLP",
        "from utils import get_MNIST_data",
        "data = get_MNIST_data()",
    )
    assert notebook_cells(cells, "TwoLayerMLP") == [
        ("code cell 1", "from mlp import TwoLayerMLP")
    ]


def test_mlp_py_may_import_the_functions_of_utils_from_the_grader(tmp_path):
    numpy, ours = "import numpy as np\n", "from mlp.grader.utils import rel_error\n"
    text = solution()["mlp.py"].replace(numpy, numpy + ours, 1)
    (tmp_path / "mlp.py").write_text(text)  # alone, as the grader takes it along
    assert check("Q2.1", str(tmp_path / "mlp.py")).correct


@pytest.fixture(scope="module")
def class_of_three(tmp_path_factory):
    """Marks of the starter, the solution, and a notebook that is damaged."""
    folder = tmp_path_factory.mktemp("class")
    write_files(starter(), folder / "ann")
    write_files(solution(), folder / "bob")
    (folder / "cem.ipynb").write_text("{not a notebook")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "cem.ipynb").write_text("")
    return mark_all(find_hand_ins(folder))


def test_hand_ins_are_found_in_folders_and_marked_in_order(class_of_three):
    names = [marks.name for marks in class_of_three]
    assert names == ["ann/problem_set", "bob/problem_set", "cem"]


def test_the_starter_earns_0(class_of_three):
    marks = class_of_three[0]
    assert (marks.proved, marks.tested, marks.ticked) == (
        0,
        0,
        0,
    ) and not marks.is_complete
    assert [result.question for result in marks.results] == list(QUESTIONS)
    assert {result.hint[:19] for result in marks.results} >= {"There is no answer."}


def test_a_blank_of_the_starter_is_named_once_for_all_checks_that_it_fails(
    class_of_three,
):
    by_name = {result.question: result for result in class_of_three[0].results}
    for question in PROGRAMS:
        assert by_name[question].hint.count("NotImplementedError: the initial") == 1
        assert not by_name[question].remarks  # nothing is said to be left out


def test_the_solution_earns_all_points(class_of_three):
    marks = class_of_three[1]
    earned = marks.proved, marks.tested, marks.ticked
    assert earned == (PROVABLE, TESTABLE, TICKABLE) and marks.is_complete


def test_a_damaged_notebook_earns_0_and_is_told_why(class_of_three):
    marks = class_of_three[2]
    assert marks.proved == marks.tested == 0
    assert all("the notebook cannot be read" in result.hint for result in marks.results)


# Tables


def some_marks(name="ann", points=ALL_POINTS):
    """Marks with these points; 0 points are for a wrong answer."""
    results = [
        graded(question, number > 0, None, "" if number else "A | sign is\nwrong.")
        for question, number in zip(QUESTIONS, points)
    ]
    return Marks(name, results)


MISSED = [0, *ALL_POINTS[1:]]


def test_the_table_of_one_hand_in_has_a_line_for_each_question_and_the_total():
    lines = FORMATS["text"]([some_marks(points=MISSED)]).splitlines()
    assert lines[0] == "Q1.1     0 of  5  ✗ wrong         A | sign is wrong."
    assert lines[1] == "Q1.2     5 of  5  ✓ right         proved"
    assert lines[6] == "Q2.1     5 of  5  ✓ right         no test network refuted it"
    assert lines[-1] == (
        f"ann: proved {PROVABLE - 5} of {PROVABLE} points, tested {TESTABLE} of "
        f"{TESTABLE}, ticked {TICKABLE} of {TICKABLE}: {TOTAL - 5} of {TOTAL}"
    )
    assert len(lines) == len(QUESTIONS) + 1


def test_the_table_of_a_class_has_a_line_for_each_hand_in():
    lines = FORMATS["text"]([some_marks(), some_marks("bob", MISSED)]).splitlines()
    assert [line.split()[0] for line in lines] == ["hand-in", "ann", "bob"]
    assert lines[2].split()[-4:] == [
        str(points) for points in (PROVABLE - 5, TESTABLE, TICKABLE, TOTAL - 5)
    ]
    assert len({len(line) for line in lines}) == 1


def test_csv_can_be_read_by_a_spreadsheet():
    text = FORMATS["csv"]([some_marks('a "b", c'), some_marks("bob", MISSED)])
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["hand-in"] for row in rows] == ['a "b", c', "bob"]
    assert [
        (row["Q1.1"], row["proved"], row["tested"], row["total"]) for row in rows
    ] == [
        ("5", f"{PROVABLE}", f"{TESTABLE}", f"{TOTAL}"),
        ("0", f"{PROVABLE - 5}", f"{TESTABLE}", f"{TOTAL - 5}"),
    ]


def test_json_has_the_verdicts_and_the_hints():
    (marks,) = json.loads(FORMATS["json"]([some_marks(points=MISSED)]))
    sums = marks["proved"], marks["tested"], marks["ticked"]
    assert (marks["hand_in"], *sums) == ("ann", PROVABLE - 5, TESTABLE, TICKABLE)
    assert marks["questions"]["Q1.1"] == {
        "points": 0,
        "out_of": 5,
        "kind": "derivation",
        "correct": False,
        "counterexample": None,
        "hint": "A | sign is\nwrong.",
    }


@pytest.mark.parametrize("several", [1, 2])
def test_markdown_rows_have_as_many_cells_as_the_heading(several):
    text = FORMATS["markdown"]([some_marks(points=MISSED)] * several)
    rows = [
        line.replace("\\|", "") for line in text.splitlines() if line.startswith("|")
    ]
    assert len({row.count("|") for row in rows}) == 1 and len(rows) > several


# The command


@pytest.mark.parametrize("points, status", [(ALL_POINTS, 0), (MISSED, 1)])
def test_the_exit_status_tells_whether_all_points_are_earned(
    points, status, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(
        command, "mark_all", lambda *_, **__: [some_marks(points=points)]
    )
    (tmp_path / "ann.ipynb").write_text("")
    assert command.main([str(tmp_path / "ann.ipynb")]) == status
    assert f"of {TOTAL}" in capsys.readouterr().out


def test_points_that_are_ticked_do_not_count_for_the_exit_status():
    points = [0 if q.kind == "open" else q.points for q in QUESTIONS.values()]
    assert some_marks(points=points).is_complete


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["missing.ipynb"],
        ["."],
        ["mlp.py"],
        ["--format", "pdf", "a.ipynb"],
        ["--time-limit", "0", "a.ipynb"],
        ["--scheduler", "nobody:1:2", "a.ipynb"],
    ],
)
def test_bad_usage_has_exit_status_2(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if "a.ipynb" in arguments:
        (tmp_path / "a.ipynb").write_text("")
    if "mlp.py" in arguments:
        (tmp_path / "mlp.py").write_text("")
    with pytest.raises(SystemExit) as exit:
        command.main(arguments)
    assert exit.value.code == 2 and "error" in capsys.readouterr().err


# Answers as text


@pytest.mark.parametrize("question, answer", EQUIVALENT.values(), ids=EQUIVALENT)
def test_an_expression_comes_back_from_its_text(question, answer):
    answer = answer(symbols(question))
    if isinstance(answer, dict | tuple) or not callable(answer):
        again = read_answer(json.loads(json.dumps(write_answer(answer, question))))
        assert str(again) == str(list(answer) if isinstance(answer, tuple) else answer)


@pytest.mark.parametrize("slope, correct", [(1, False), (2, True)])
def test_an_update_rule_is_graded_by_the_values_it_gave(slope, correct):
    rule = lambda theta, g, eta, lam: theta - eta * (g + slope * lam * theta)  # noqa: E731
    text = json.dumps(write_answer(rule, "Q3.1"))
    assert check("Q3.1", read_answer(json.loads(text))) == check("Q3.1", rule)
    assert check("Q3.1", rule).correct is correct


@pytest.mark.parametrize(
    "text",
    [
        "sin('__import__(\"os\").getcwd()')",
        "Integer('1')",
        "Symbol('x').__class__",
        "eval('1')",
        "Lambda('x', 'x')",
        "[x for x in ()]",
        "print",
        "Str('a', 'b')",
        "lambda: 0",
        "1 +",
        "f''",
        "Symbol('x')" + " " * 20_000,
    ],
)
def test_text_that_is_no_expression_is_refused_not_run(text):
    with pytest.raises(Unreadable):
        expression(text)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {},
        {"kind": "expression"},
        {"kind": "expression", "text": 1},
        {"kind": "none"},
        {"kind": "other", "type": "str"},
        {"kind": "dict", "parts": []},
    ],
)
def test_entries_that_are_no_answers_are_refused(entry):
    with pytest.raises(Unreadable):
        read_answer(entry)


# Hostile hand-ins


def test_a_statement_that_fails_spoils_no_other_answer():
    results = mark_answers(
        notebook(
            SETUP,
            "%matplotlib inline\nanswers['Q1.1'] = s.h3\nanswers['Q1.2'] = s.h2 - s.y",
            "import sys\nanswers['Q1.4'] = sys.exit('bye')",
            "1 +",
            "from sympy import *",
            "answers['Q3.2'] = r.theta - r.eta * (r.g + r.lam * sign(r.theta))",
        ),
        60,
    )
    earned = {name: result.points for name, result in results.items() if result.points}
    assert earned == {"Q1.2": 5, "Q3.2": 10}
    assert "h3" in results["Q1.1"].hint and "sys.exit" in results["Q1.4"].hint


def test_a_hand_in_cannot_grade_itself():
    results = mark_answers(
        notebook(
            SETUP + "answers['Q1.1'] = s.h2",
            "from mlp.grader import transcript\nimport mlp.grader as grader\n"
            "from mlp.grader.result import Result\n"
            "grader.check = lambda q, a: Result(q, 100, True)\n"
            "transcript.check_derivation = grader.check\n"
            "class Forged(sympy.Symbol):\n"
            "    def _sympyrepr(self, printer):\n"
            "        return '__import__(\"mlp.grader\")'\n"
            "answers['Q1.2'] = Forged('x')\n"
            "answers['Q1.3'] = Result('Q1.3', 5, True)",
        ),
        60,
    )
    assert results["Q1.1"].correct is False
    assert all(result.points == 0 and not result.correct for result in results.values())
    assert "of type Result" in results["Q1.3"].hint


def test_answers_that_cannot_be_computed_cost_the_others_nothing():
    results = mark_answers(
        notebook(
            SETUP,
            "P = lambda a, b: sympy.Pow(a, b, evaluate=False)\n"
            "answers['Q1.1'] = P(sympy.Integer(9), P(sympy.Integer(9), "
            "sympy.Integer(9)))\n"
            "answers['Q1.2'] = s.h2 - s.y\nanswers['Q1.6'] = [1, 'two']",
        ),
        3,
    )
    assert (
        results["Q1.1"].correct is None and "Grading it failed" in results["Q1.1"].hint
    )
    assert results["Q1.2"].correct is True
    assert results["Q1.6"].points == 0


@pytest.mark.parametrize(
    "code, ending",
    [
        ("sum(iter(int, 1))", "CPU time"),
        ("__import__('os')._exit(3)", "exit status 3"),
    ],
)
def test_answers_that_hang_or_end_their_process_are_told_so(code, ending):
    results = mark_answers(notebook(f"answers = {code}"), 2)
    assert all(r.points == 0 and ending in r.hint for r in results.values())


# Open questions


@pytest.mark.parametrize("question", OPEN_QUESTIONS)
def test_a_rubric_is_worth_what_its_question_is(question):
    assert (
        sum(points for points, _ in rubric(question).items)
        == QUESTIONS[question].points
    )


@pytest.mark.parametrize(
    "ticks, points", [([], 0), ([2], 2), ((1, 3), 3), ({1, 2, 3}, 5)]
)
def test_ticked_items_earn_their_points_but_are_not_called_right(ticks, points):
    result = check("Q1.6", ticks)
    assert (result.points, result.correct) == (points, None)


@pytest.mark.parametrize(
    "ticks", [[0], [4], [1, 1], [True], ["1"], 3, None, "all", [[1]]]
)
def test_ticks_that_are_no_items_earn_nothing(ticks):
    result = check("Q1.6", ticks)
    assert result.points == 0 and "from 1 to 3" in result.hint


def test_the_model_answer_is_folded_away():
    shown = rubric("Q2.5.3")
    assert shown.answer not in repr(shown)
    assert "<details>" in shown._repr_html_().split(shown.answer[:20])[0]
    with pytest.raises(ValueError, match="question must be one of 'Q1.6', 'Q2.5.3'"):
        rubric("Q1.1")


# Many machines


def test_no_result_is_lost_when_a_dask_worker_is(tmp_path):
    distributed = pytest.importorskip("distributed")
    text = notebook(SETUP + "answers['Q1.1'] = s.h2 - s.y")
    for number in range(3):
        (tmp_path / f"{number}.ipynb").write_text(text)
    hand_ins = find_hand_ins(tmp_path)
    options = dict(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with (
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster) as client,
        ThreadPoolExecutor() as pool,
    ):
        marks = pool.submit(mark_all, hand_ins, cluster.scheduler_address)
        while not all(client.processing().values()):
            time.sleep(0.1)
        lost = cluster.workers[0]
        address = lost.worker_address
        os.kill(lost.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        done = [(each.name, each.proved) for each in marks.result(300)]
        assert done == [(str(number), 5) for number in range(3)]
        assert address not in client.scheduler_info()["workers"]


def test_a_hand_in_marked_alone_has_the_same_marks(class_of_three, tmp_path):
    (tmp_path / "cem.ipynb").write_text("{not a notebook")
    assert mark(find_hand_ins(tmp_path / "cem.ipynb")[0]) == class_of_three[2]
