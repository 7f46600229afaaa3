"""A notebook is run as Jupyter runs it: whatever makes the class, or the answers."""

import pytest
from hand_ins import HEAD, LOSS, PROGRAM, indented, notebook_text, write_notebook

from mlp.grader import check
from mlp.grader.child import statements
from mlp.grader.hand_in.notebook import python_of, read_notebook
from mlp.grader.hand_in.packing import in_ranges, pack
from mlp.grader.hand_in.process import run
from mlp.grader.marking.mark import mark_answers

DECORATOR = """\
def add_to_class(Class):
    def wrapper(obj):
        setattr(Class, obj.__name__, obj)
    return wrapper
"""
PATCH = """\
import inspect

def patch(f):
    (cls, *_) = [p.annotation for p in inspect.signature(f).parameters.values()]
    setattr(cls, f.__name__, f)
    return f
"""
SPREAD = {
    "a decorator that is given the class": [
        HEAD,
        DECORATOR,
        "@add_to_class(TwoLayerMLP)\n" + LOSS,
    ],
    "a decorator that reads the annotation of self": [
        HEAD,
        PATCH,
        "@patch\n" + LOSS.replace("self, X", "self: TwoLayerMLP, X"),
    ],
    "setattr": [HEAD, LOSS, "setattr(TwoLayerMLP, 'loss', loss)"],
    "setattr in a loop": [
        HEAD,
        LOSS,
        "for f in [loss]:\n    setattr(TwoLayerMLP, f.__name__, f)",
    ],
    "an assignment": [HEAD, LOSS, "TwoLayerMLP.loss = loss"],
    "an alias": [HEAD, LOSS, "Net = TwoLayerMLP", "Net.loss = loss"],
    "a function that gets the class": [
        HEAD,
        LOSS,
        "def finish(cls):\n    cls.loss = loss",
        "finish(TwoLayerMLP)",
    ],
    "a function that knows the class": [
        HEAD,
        LOSS,
        "def finish():\n    TwoLayerMLP.loss = loss",
        "finish()",
    ],
    "a list of classes": [
        HEAD,
        LOSS,
        "nets = [TwoLayerMLP]",
        "for net in nets:\n    net.loss = loss",
    ],
    "a subclass of the same name": [
        HEAD,
        "class TwoLayerMLP(TwoLayerMLP):\n" + indented(LOSS),
    ],
    "a list that is filled before": [
        "NAMES = []",
        "for k in ['loss']:\n    NAMES.append(k)",
        HEAD + "    (name,) = NAMES\n",
        LOSS,
        "setattr(TwoLayerMLP, TwoLayerMLP.name, loss)",
    ],
    "the names of the session": [
        HEAD,
        LOSS,
        "vars(globals()['Two' + 'LayerMLP'])",
        "setattr(globals()['Two' + 'LayerMLP'], 'loss', loss)",
    ],
    "text that is run": [f"code = {PROGRAM!r}", "exec(code)"],
    "a type": [
        HEAD,
        LOSS,
        "TwoLayerMLP = type('TwoLayerMLP', (TwoLayerMLP,), {'loss': loss})",
    ],
    "a class from a function": [
        f"def make():\n    names = {{}}\n    exec({PROGRAM!r}, names)\n"
        "    return names['TwoLayerMLP']",
        "TwoLayerMLP = make()",
    ],
    "a registry": [
        "methods = {}\ndef register(f):\n    methods[f.__name__] = f\n    return f",
        HEAD.replace("class TwoLayerMLP", "class Base"),
        "@register\n" + LOSS,
        "TwoLayerMLP = type('TwoLayerMLP', (Base,), methods)",
    ],
    "a function that is half applied": [
        HEAD,
        LOSS,
        "from functools import partial\nput = partial(setattr, TwoLayerMLP)",
        "put('loss', loss)",
    ],
    "the type of an instance": [
        HEAD + "\n    def loss(self, X, y, reg):\n        pass\n",
        LOSS,
        "net = TwoLayerMLP(2, 3, 2)",
        "type(net).loss = loss",
    ],
    "annotations that are not evaluated": [
        "from __future__ import annotations",
        HEAD,
        LOSS.replace("self, X", "self, X: Unknown | None"),
        "TwoLayerMLP.loss = loss",
    ],
    "IPython's time": ["%%time\n" + HEAD, LOSS, "%time TwoLayerMLP.loss = loss"],
}


def loaded(path, time_limit=20):
    """What the child says of the hand-in that it has loaded."""
    return run(pack(path), time_limit)


@pytest.mark.parametrize("way", SPREAD)
def test_a_class_that_is_spread_over_cells_is_one_class(way, tmp_path):
    path = write_notebook(tmp_path, *SPREAD[way])
    result = check("Q2.1", path, proof_time=0)
    assert result.correct, result


def test_an_alias_kept_in_a_helper_file_is_followed(tmp_path):
    (tmp_path / "tools.py").write_text(DECORATOR)
    path = write_notebook(
        tmp_path,
        HEAD,
        "from tools import add_to_class",
        "@add_to_class(TwoLayerMLP)\n" + LOSS,
    )
    assert check("Q2.1", path, proof_time=0).correct


def test_a_class_that_inherits_from_the_one_in_mlp_py_is_found(tmp_path):
    (tmp_path / "mlp.py").write_text(HEAD)
    path = write_notebook(
        tmp_path,
        "import numpy as np\nimport mlp",
        "class TwoLayerMLP(mlp.TwoLayerMLP):\n" + indented(LOSS),
    )
    assert check("Q2.1", path, proof_time=0).correct


def test_a_notebook_that_names_no_class_has_that_of_the_mlp_py_beside_it(tmp_path):
    (tmp_path / "mlp.py").write_text(PROGRAM)
    path = write_notebook(tmp_path, 'check("Q2.1", "mlp.py")')
    assert check("Q2.1", path, proof_time=0).correct


def test_the_class_may_be_changed_as_a_part_of_its_module(tmp_path):
    (tmp_path / "mlp.py").write_text(HEAD)
    for change in (
        "mlp.TwoLayerMLP.loss = loss",
        "setattr(mlp.TwoLayerMLP, 'loss', loss)",
    ):
        path = write_notebook(
            tmp_path,
            "import mlp\nimport numpy as np",
            LOSS,
            change,
            "from mlp import TwoLayerMLP",
        )
        assert check("Q2.1", path, proof_time=0).correct


def test_a_module_that_the_notebook_writes_is_there(tmp_path):
    path = write_notebook(
        tmp_path,
        "%%writefile mlp.py\n" + HEAD,
        "%%writefile -a mlp.py\n" + indented(LOSS),
        "from mlp import TwoLayerMLP",
    )
    assert check("Q2.1", path, proof_time=0).correct


WRITES = {  # the file that a cell writes: how it is imported
    '"mlp.py"': "from mlp import TwoLayerMLP",
    "src/mlp.py": "from src.mlp import TwoLayerMLP",
    "/content/drive/My-Drive/mlp.py": "from mlp import TwoLayerMLP",
    "~/hw/mlp.py": "from mlp import TwoLayerMLP",
}


@pytest.mark.parametrize("name", WRITES)
def test_a_module_is_there_wherever_the_notebook_writes_it(name, tmp_path):
    path = write_notebook(tmp_path, f"%%writefile {name}\n{PROGRAM}", WRITES[name])
    assert check("Q2.1", path, proof_time=0).correct


def test_a_class_counts_though_another_name_is_imported_with_it(tmp_path):
    (tmp_path / "mlp.py").write_text(PROGRAM)
    path = write_notebook(tmp_path, "from mlp import TwoLayerMLP, Net")
    result = check("Q2.1", path, proof_time=0)
    assert result.correct and "cannot import name 'Net'" in result.remarks[0]


# What is left out


TRAINING = """\
net = TwoLayerMLP(4, 10, 3)
stats = net.train(X, y, X, y)
"""


def test_cells_that_train_and_plot_are_not_run_and_this_is_said(tmp_path):
    path = write_notebook(
        tmp_path,
        PROGRAM,
        "import matplotlib.pyplot as plt",
        TRAINING,
        "plt.plot(stats['loss_history'])\nplt.show()",
        "while True: pass",
    )
    (said,) = loaded(path).left_out
    assert "code cells 3–5" in said and "Not run" in said


def test_of_the_starters_cells_nothing_is_said_to_be_left_out(tmp_path):
    (tmp_path / "mlp.py").write_text(PROGRAM)
    path = write_notebook(
        tmp_path,
        "import sympy\nfrom mlp.grader import check, symbols\nanswers = {}\n"
        's = symbols("Q1.1")',
        'answers["Q1.1"] = s.h2 - s.y\ncheck("Q1.1", answers["Q1.1"])',
        "from mlp import TwoLayerMLP",
        'check("Q2.1", "mlp.py")',
    )
    assert loaded(path).left_out == ()


def test_nothing_is_said_to_be_left_out_where_all_was_run(tmp_path):
    path = write_notebook(
        tmp_path,
        HEAD,
        LOSS,
        "for c in object.__class__.__subclasses__(object):\n"
        "    if c.__name__ == 'TwoLayer' + 'MLP':\n        c.loss = loss",
    )
    assert loaded(path).left_out == ()


def test_a_statement_that_raises_is_left_out_and_told(tmp_path):
    path = write_notebook(tmp_path, PROGRAM, "TwoLayerMLP.backward = backward")
    outcome = loaded(path)
    assert outcome.lines[0]["loaded"]
    (said,) = outcome.left_out
    assert "NameError: name 'backward' is not defined (code cell 2, line 1" in said


def test_a_statement_that_takes_too_long_is_interrupted(tmp_path):
    module = statements.new_module("tried")
    errors = statements.run_statements(
        [
            (
                "code cell 1",
                "a = 1\nwhile True:\n    try:\n        while True: pass\n"
                "    except Exception: pass\nb = 2",
            )
        ],
        module,
        0.2,
    )
    assert (module.a, module.b) == (1, 2)
    assert "0.2 s of CPU time" in str(errors[0])


def test_cells_that_are_not_python_are_told(tmp_path):
    path = write_notebook(tmp_path, PROGRAM, "this is no code")
    (said,) = loaded(path).left_out
    assert "SyntaxError" in said and "code cell 2, line 1" in said


def test_the_grader_does_not_grade_while_it_marks(tmp_path):
    path = write_notebook(
        tmp_path,
        PROGRAM,
        "from mlp.grader import check, rubric\n"
        "def done(cls):\n    return check('Q2.1', cls).correct\n",
        "TwoLayerMLP.right = done(TwoLayerMLP)",
    )
    outcome = loaded(path)
    assert outcome.lines[0]["loaded"] and outcome.left_out == ()


def test_numbers_of_cells_are_written_in_ranges():
    assert in_ranges([1, 3, 4, 5, 9]) == "1, 3–5, 9"


# Answers

SETUP = """
import sympy
from mlp.grader import symbols
answers, s, r = {}, symbols("Q1.1"), symbols("Q3.1")
"""
GIVEN = {
    "update": 'answers.update({"Q1.1": s.h2 - s.y})',
    "update by names": 'answers.update(**{"Q1.1": s.h2 - s.y})',
    "setdefault": 'answers.setdefault("Q1.1", s.h2 - s.y)',
    "a helper": "def give(q, a):\n    answers[q] = a\n\ngive('Q1.1', s.h2 - s.y)",
    "a helper that gets the dict": (
        "def give(where, a):\n    where['Q1.1'] = a\ngive(answers, s.h2 - s.y)"
    ),
    "an alias": 'a = answers\na["Q1.1"] = s.h2 - s.y',
    "a new dict": 'answers = dict(answers, **{"Q1.1": s.h2 - s.y})',
    "a union": 'answers |= {"Q1.1": s.h2 - s.y}',
    "a function of its own": "def all_of_them():\n    global answers\n"
    '    answers = {"Q1.1": s.h2 - s.y}\nall_of_them()',
    "a loop": 'for q in ["Q1.1"]:\n    answers[q] = s.h2 - s.y',
    "a function of operator": (
        "import operator\noperator.setitem(answers, 'Q1.1', s.h2 - s.y)"
    ),
    "a method that is kept": "put = answers.__setitem__\nput('Q1.1', s.h2 - s.y)",
    "beside a check on one line": (
        "import mlp.grader as G\n"
        "answers['Q1.1'] = s.h2 - s.y; G.check('Q1.1', answers['Q1.1'])"
    ),
    "where a check is asserted": (
        "from mlp.grader import check\n"
        "try:\n    answers['Q1.1'] = s.h2 - s.y\n"
        "    assert check('Q1.1', answers['Q1.1']).correct\n"
        "except AssertionError:\n    del answers['Q1.1']"
    ),
    "the session": 'globals()["answers"]["Q1.1"] = s.h2 - s.y',
    "a class": "class Sheet:\n    def put(self, a):\n        answers['Q1.1'] = a\n"
    "sheet = Sheet()\nsheet.put(s.h2 - s.y)",
}


@pytest.mark.parametrize("way", GIVEN)
def test_an_answer_counts_in_whatever_way_it_is_given(way):
    results = mark_answers(notebook_text(SETUP, GIVEN[way]), 20)
    assert results["Q1.1"].points == 5, results["Q1.1"]


def test_ticks_may_be_appended_to_a_list():
    cells = "ticks = []", "ticks.append(1)\nticks.append(2)", 'answers["Q1.6"] = ticks'
    assert mark_answers(notebook_text(SETUP, *cells), 20)["Q1.6"].points == 4


def test_answers_may_stand_in_a_module_beside_the_notebook(tmp_path):
    (tmp_path / "mine.py").write_text(SETUP + 'answers["Q1.1"] = s.h2 - s.y\n')
    text = notebook_text("from mine import *")
    assert mark_answers(text, 20, tmp_path)["Q1.1"].points == 5


def test_a_missing_answer_says_what_was_left_out():
    text = notebook_text(SETUP, 'answers["Q1.1"] = s.h3')
    hint = mark_answers(text, 20)["Q1.1"].hint
    assert hint.startswith("There is no answer. Left out, as it can't be run: ")
    assert "h3" in hint


# IPython's syntax

MAGIC = {
    "%matplotlib inline\nx = 1": "pass\nx = 1",
    "%load_ext autoreload\n%autoreload 2": "pass\npass",
    "try:\n    import numpy\nexcept ImportError:\n    !pip install numpy": (
        "try:\n    import numpy\nexcept ImportError:\n    pass"
    ),
    "files = !ls\nx = 1": "files = []\nx = 1",
    "t = %timeit -o f()\nx = 1": "t = None\nx = 1",
    "%time x = f()": "x = f()",
    "y = %time f()": "y = f()",
    "%%time\nx = 1": "\nx = 1",
    "%%bash\nls": "",
    "np.dot?\nx = 1": "pass\nx = 1",
    "?np\nx = 1": "pass\nx = 1",
    "pip install numpy\nx = 1": "pass\nx = 1",
    "!pip install \\\n  numpy\nx = 1": "pass\n\nx = 1",
    "%run tools.py\nx = 1": "from tools import *\nx = 1",
    "%run -i 'tools.py'\nx = 1": "from tools import *\nx = 1",
    "x = '''\n%matplotlib\n'''\n%matplotlib": "x = '''\n%matplotlib\n'''\npass",
    "x = 7 \\\n  % 2": "x = 7 \\\n  % 2",
}


@pytest.mark.parametrize("cell", MAGIC)
def test_what_only_ipython_understands_costs_no_cell(cell):
    source, statements = python_of(cell)
    assert source.strip("\n") == MAGIC[cell].strip("\n") and statements is not None


def test_a_form_feed_and_other_line_ends_shift_no_line(tmp_path):
    text = PROGRAM + "\n\x0c\nx = 1\n1 / 0\n"
    (tmp_path / "mlp.py").write_bytes(text.replace("\n", "\r\n").encode())
    line = 1 + text[: text.index("1 / 0")].count("\n")
    hint = check("Q2.1", tmp_path / "mlp.py").hint
    assert f"(mlp.py, line {line}: 1 / 0)" in hint


def test_a_very_long_expression_stops_nothing():
    long = " + ".join(map(str, range(900)))
    cells = read_notebook(notebook_text(SETUP, f"x = {long}")).slice_for("answers")
    assert cells[0][0] == "code cell 1"


TICKS = ["[1, 2]", "(1, 2)", "range(1, 3)", "np.arange(1, 3)", "{1, 2}"]


@pytest.mark.parametrize("ticks", TICKS)
def test_ticks_may_be_any_collection_of_numbers(ticks):
    text = notebook_text(f"import numpy as np\nanswers = {{'Q1.6': {ticks}}}")
    results = mark_answers(text, 20)
    assert results["Q1.6"].points == 4


def test_an_answer_in_quotes_is_told():
    text = notebook_text("answers = {'Q3.1': 'theta - eta * g'}")
    assert "leave out the quotes" in mark_answers(text, 20)["Q3.1"].hint


def test_an_error_in_one_answer_is_no_reason_for_another():
    text = notebook_text('answers = {}\nanswers["Q1.1"] = 1 / 0')
    results = mark_answers(text, 20)
    assert "ZeroDivisionError" in results["Q1.1"].hint
    assert results["Q1.2"].hint == "There is no answer."
