"""Files as students save them: read alike by `check` and by marking, or explained."""

import codecs
import json

import pytest
import sympy
from hand_ins import HEAD, LOSS, PROGRAM, notebook_text, write_notebook

from mlp.grader import check, symbols
from mlp.grader.child import wire
from mlp.grader.child.messages import describe_error
from mlp.grader.hand_in.notebook import read_sources
from mlp.grader.hand_in.packing import pack
from mlp.grader.hand_in.process import run
from mlp.grader.hand_in.texts import text_of
from mlp.grader.marking.folders import find_hand_ins
from mlp.grader.marking.mark import mark_answers, unread
from mlp.grader.objections import Refused, told_apart

# Encodings

ACCENT = PROGRAM + "\n# gemäß der Vorlesung\n"
ENCODED = {
    "UTF-8": ACCENT.encode(),
    "UTF-8 with a byte order mark": codecs.BOM_UTF8 + ACCENT.encode(),
    "Latin-1 with a coding line": ("# -*- coding: latin-1 -*-\n" + ACCENT).encode(
        "latin-1"
    ),
    "the line ends of Windows": ACCENT.replace("\n", "\r\n").encode(),
    "the line ends of old Macs": ACCENT.replace("\n", "\r").encode(),
    "a comment in Latin-1": PROGRAM.encode() + "\n# gemäß\n".encode("latin-1"),
    "form feeds": ACCENT.replace("\n\n", "\n\x0c\n").encode(),
}


@pytest.mark.parametrize("saved", ENCODED)
def test_a_file_is_right_by_check_and_from_its_notebook(saved, tmp_path):
    (tmp_path / "mlp.py").write_bytes(ENCODED[saved])
    path = write_notebook(tmp_path, "from mlp import TwoLayerMLP")
    for hand_in in (tmp_path / "mlp.py", path):
        result = check("Q2.1", hand_in, proof_time=0)
        assert result.correct, result


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_notebook_may_begin_with_a_byte_order_mark(mark, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(mark + notebook_text(PROGRAM).encode())
    assert run(pack(path), 20).lines[0]["loaded"]


@pytest.mark.parametrize(
    "content, words",
    [
        ("x = 1".encode("utf-16"), "UTF-16, not in UTF-8; save it as UTF-8"),
        ("x = 'ä'".encode("latin-1"), "not text in UTF-8"),
        (b"# coding: klingon", "unknown encoding"),
    ],
)
def test_another_encoding_is_told(content, words):
    with pytest.raises(Refused, match=words):
        text_of(content, "mlp.py")


def test_another_encoding_is_told_where_python_imports_the_file(tmp_path):
    (tmp_path / "mlp.py").write_bytes("x = 'ä'\n".encode("latin-1") + PROGRAM.encode())
    path = write_notebook(tmp_path, "from mlp import TwoLayerMLP")
    assert "save it as UTF-8" in run(pack(path), 20).ending


# What is no notebook


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "the file is empty"),
        ("<!DOCTYPE html>\n<title>Sign in</title>", "a web page, not the notebook"),
        ('{\n<<<<<<< HEAD\n"cells": []\n=======\n', "marks of a merge conflict"),
        ('{"cells": [', "damaged or breaks off"),
        ("[]", "it has no cells"),
        ('{"nbformat": 4}', "it has no cells"),
    ],
)
def test_what_is_no_notebook_is_said_in_a_sentence(text, words):
    with pytest.raises(Refused, match=f"the notebook cannot be read: .*{words}"):
        read_sources(text)


def test_a_notebook_of_format_3_is_read():
    cells = [
        {"cell_type": "heading", "source": "Hand-in", "level": 1},
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "outputs": []},
    ]
    text = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]})
    assert read_sources(text) == ["x = 1\ny = 2"]


# The other files


def test_a_second_file_is_taken_along_when_a_class_is_marked(tmp_path):
    (tmp_path / "mlp.py").write_text("from layers import TwoLayerMLP\n")
    (tmp_path / "layers.py").write_text(PROGRAM)
    write_notebook(tmp_path, "from mlp import TwoLayerMLP")
    (hand_in,) = find_hand_ins(tmp_path)
    assert set(hand_in.files) == {"mlp.py", "layers.py", "hand_in.ipynb"}


def test_a_module_of_another_name_stays_itself(tmp_path):
    (tmp_path / "helper.py").write_text("rate = 3")
    path = write_notebook(
        tmp_path, "import helper", HEAD, LOSS, "TwoLayerMLP.loss = loss"
    )
    assert run(pack(path), 20).lines[0]["loaded"]


# What a teacher would say

CELL = "from mlp import TwoLayerMLP"
SAID = {
    "a name that mlp.py lacks": ("from mlp import Net", "no Net in the mlp.py beside"),
    "another module is missing": (
        "import nowhere.here",
        "there is no nowhere.py beside it",
    ),
    "a relative import": ("from .layers import *", "leave out the dot"),
    "a name that NumPy has no more": ("import numpy as np\nnp.float", "write float"),
    "a name of NumPy 1": ("import numpy as np\nnp.NaN", "np.nan"),
    "tabs and spaces": ("if 1:\n\tx = 1\n        y = 2", "tabs and spaces"),
    "print of Python 2": ("print 'so'", "this is Python 2"),
    "except of Python 2": ("try:\n    1\nexcept A, e:\n    2", "this is Python 2"),
    "range of Python 2": ("xrange(3)", "this is Python 2"),
    "a dict of Python 2": ("{}.iteritems()", "this is Python 2"),
    "a module of Python 2": ("import cPickle", "this is Python 2"),
}


def error_of(code):
    """The exception that a code raises."""
    with pytest.raises(Exception) as raised:
        exec(compile(code, "mlp.py", "exec", dont_inherit=True), {"__name__": "mlp"})
    return raised.value


@pytest.mark.parametrize("slip", SAID)
def test_an_error_is_explained_as_a_teacher_would(slip):
    code, words = SAID[slip]
    assert words in describe_error(error_of(code))


def test_the_advice_reaches_the_student(tmp_path):
    (tmp_path / "mlp.py").write_text("from ..layers import *\n" + PROGRAM)
    path = write_notebook(tmp_path, CELL)
    for hand_in in (path, tmp_path / "mlp.py"):
        assert "leave out the dot" in check("Q2.1", hand_in, proof_time=0).hint


def test_where_a_file_lies_is_not_told():
    said = describe_error(error_of("from mlp import Net"))
    assert said.startswith(
        "ImportError: cannot import name 'Net' from 'mlp' (mlp.py, line 1: "
    )


def test_jupyters_display_and_bars_work_without_a_browser(tmp_path):
    text = (
        "from tqdm.notebook import tqdm, trange\nimport tqdm.notebook as bars\n"
        "from IPython.display import display as show\n"
        "TwoLayerMLP.steps = [display(i) for i in tqdm(range(2))]\n"
        "TwoLayerMLP.more = list(bars.trange(2))\n"
        "display(TwoLayerMLP)\nTwoLayerMLP.bars = bars, tqdm, show\n"
    )
    path = write_notebook(tmp_path, PROGRAM + text)
    outcome = run(pack(path), 20)
    assert outcome.lines[0]["loaded"] and outcome.left_out == ()


def test_warnings_of_python_are_not_what_the_program_printed(tmp_path):
    code = (
        "import warnings\nwarnings.warn('old', DeprecationWarning)\nx = 'relu'\n"
        "x is 'relu'\nprint('so far')\n1 / 0\n"
    )
    (tmp_path / "mlp.py").write_text(code)
    ending = run(pack(tmp_path / "mlp.py"), 20).ending
    assert "It had printed 'so far\\n'" in ending


@pytest.mark.parametrize("mlp_py", ["", "x = 1\n"])
def test_an_mlp_py_that_hides_the_package_hides_no_grader(mlp_py, tmp_path):
    (tmp_path / "mlp.py").write_text(mlp_py)
    cell = "from mlp.grader import check, symbols\nanswers = {}\ns = symbols('Q1.1')\n"
    text = notebook_text(cell, "answers['Q1.1'] = s.h2 - s.y")
    assert mark_answers(text, 20, tmp_path)["Q1.1"].points == 5
    path = write_notebook(tmp_path, "from mlp.grader import check\n" + PROGRAM)
    outcome = run(pack(path), 20)
    assert outcome.lines[0]["loaded"] and outcome.left_out == ()


# What a program is given


def test_a_name_is_the_one_that_a_literal_is():
    asked = wire.decode(
        wire.encode({"options": ({"activation": "re" + "lu"}, ["sig"])})
    )
    options, names = asked["options"]
    assert options["activation"] is "relu"  # noqa: F632
    assert names[0] is "sig"  # noqa: F632


def test_a_program_that_compares_names_by_is_passes(tmp_path):
    text = PROGRAM.replace('== "sigmoid"', 'is "sigmoid"')
    assert text.count('is "sigmoid"') == 2
    (tmp_path / "mlp.py").write_text(text)
    assert check("Q2.1", tmp_path / "mlp.py", proof_time=0).correct


def test_arrays_are_c_contiguous_and_can_be_written():
    import numpy as np

    X = wire.decode(wire.encode(np.arange(6.0).reshape(2, 3).T))
    assert X.flags.c_contiguous and X.flags.writeable and X.flags.owndata is not None
    assert type(wire.decode(wire.encode(np.float64(2)))) is float
    assert type(wire.decode(wire.encode(np.int64(2)))) is int


# Symbols and digits


def test_symbols_of_the_right_names_are_the_questions():
    theta, g, eta, lam = sympy.symbols("theta g eta lam")
    assert check("Q3.1", theta - eta * (g + 2 * lam * theta)).points == 10
    assert check("Q3.2", theta - eta * (g + lam * sympy.sign(theta))).points == 10
    assert check("Q3.1", theta - eta * (g + lam * theta)).correct is False


def test_a_symbol_of_another_name_is_refused():
    assert "alpha is not among" in check("Q3.1", sympy.Symbol("alpha")).hint


def test_numbers_that_differ_are_written_so_that_they_differ():
    assert told_apart(0.5, 0.25, 4) == ("0.5", "0.25")
    assert told_apart(0.17640523, 0.17640524) == ("0.17640523", "0.17640524")
    r = symbols("Q3.1")
    wrong = r.theta - r.eta * (r.g + sympy.Rational(20000001, 10**7) * r.lam * r.theta)
    gives, right = (
        str(check("Q3.1", wrong).counterexample).split("gives ")[1].split(", right is ")
    )
    assert gives != right


def test_what_cannot_be_read_has_marks_that_say_so(tmp_path):
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "gone")
    (hand_in,) = find_hand_ins(tmp_path)
    marks = unread(hand_in, hand_in.problem)
    assert all("a broken link" in result.hint for result in marks.results)


def test_an_error_of_a_library_is_told_by_the_line_of_the_hand_in():
    code = "import sympy\ns = sympy.MatrixSymbol('s', 2, 3)\ns * s"
    words = describe_error(error_of(code))
    assert "mlp.py, line 3" in words and "do not fit in this order" in words
