"""What a hand-in imports is found as in a notebook, in Colab or in a package."""

import pytest
from hand_ins import PROGRAM, write_notebook

from mlp.grader import check
from mlp.grader.starter import solution

CELL = "from mlp import TwoLayerMLP"
WITHOUT_THE_DOT = (
    "is run without the dot, as the files lie side by side, in no package."
)
TAKEN = "There is no utils.py beside it; the assignment's is taken."


def result_of(folder, files, cell=CELL):
    """The results of a notebook and of the mlp.py beside it, which are the same."""
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    hand_ins = write_notebook(folder, cell), folder / "mlp.py"
    first, second = (check("Q2.1", path, proof_time=0) for path in hand_ins)
    assert first == second
    return first


def test_a_relative_import_finds_the_file_beside_and_is_told(tmp_path):
    files = {
        "mlp.py": "from .layers import one\n" + PROGRAM,
        "layers.py": "from . import more\nimport more as same\nassert more is same\n"
        "one = more.one\n",
        "more.py": "one = 1\n",
    }
    result = result_of(tmp_path, files)
    assert result.correct, result
    assert [line.partition(":")[0] for line in result.remarks] == [
        "mlp.py, line 1",
        "layers.py, line 1",
    ]
    assert all(line.endswith(WITHOUT_THE_DOT) for line in result.remarks)


NOT_NEEDED = {
    "in a text": '"""Not run:\n\nfrom .layers import one\n"""\n',
    "tried": "try:\n    from .layers import one\n"
    "except ImportError:\n    from layers import one\n",
}


@pytest.mark.parametrize("way", NOT_NEEDED)
def test_a_relative_import_that_is_not_needed_is_not_told(way, tmp_path):
    files = {"mlp.py": NOT_NEEDED[way] + PROGRAM, "layers.py": "one = 1\n"}
    result = result_of(tmp_path, files)
    assert result.correct and result.remarks == ()


def test_a_relative_import_of_what_is_not_there_is_told(tmp_path):
    result = result_of(tmp_path, {"mlp.py": "from .layers import one\n" + PROGRAM})
    assert "(mlp.py, line 1: from .layers import one)" in result.hint
    assert "there is no layers.py beside it" in result.hint


def test_a_notebook_may_import_relatively(tmp_path):
    (tmp_path / "mlp.py").write_text(PROGRAM)
    path = write_notebook(tmp_path, "from .mlp import TwoLayerMLP")
    result = check("Q2.1", path, proof_time=0)
    assert result.correct and result.remarks[0].startswith("code cell 1, line 1: ")


@pytest.mark.parametrize("how", ["from utils", "from .utils"])
@pytest.mark.parametrize("where", ["beside", "nowhere"])
@pytest.mark.parametrize("program", [PROGRAM, solution()["mlp.py"]])
def test_the_assignments_utils_are_there(how, where, program, tmp_path):
    line = f"{how} import eval_numerical_gradient, rel_error\n"
    files = {"mlp.py": line + program.replace("from pkgutil", "\nfrom pkgutil")}
    if where == "beside":
        files["utils.py"] = solution()["utils.py"].replace("\n", "\r\n")
    result = result_of(tmp_path, files)
    assert result.correct, result
    assert (TAKEN in result.remarks) == (where == "nowhere")


def test_utils_of_ones_own_go_first(tmp_path):
    files = {"mlp.py": "from utils import own\n" + PROGRAM, "utils.py": "own = 1\n"}
    assert result_of(tmp_path, files).remarks == ()


def test_colab_is_there_and_does_nothing(tmp_path):
    text = (
        "from google.colab import drive, files\nimport google.colab.output as out\n"
        "from google.colab.patches import cv2_imshow\n"
        "drive.mount('/content/drive')\nfor name in files.upload():\n    print(name)\n"
    )
    assert result_of(tmp_path, {"mlp.py": text + PROGRAM}).correct
    path = write_notebook(tmp_path, text, PROGRAM.replace("np.", "(drive, np)[1]."))
    result = check("Q2.1", path, proof_time=0)
    assert result.correct and "Left out" not in "".join(result.remarks)
