"""Folders as they come from students and platforms: nobody is lost in them."""

import pytest
from hand_ins import PROGRAM, notebook_text, write_notebook

from mlp.grader.marking.folders import find_hand_ins
from mlp.grader.marking.mark import mark


def names(folder):
    return [hand_in.name for hand_in in find_hand_ins(folder)]


@pytest.mark.parametrize(
    "leftover",
    [
        "__MACOSX/ann/._a.ipynb",
        "._a.ipynb",
        ".~a.ipynb",
        ".venv/share/a.ipynb",
        "ann/.ipynb_checkpoints/a-checkpoint.ipynb",
        ".Trash-0/files/a.ipynb",
    ],
)
def test_what_systems_leave_behind_is_no_hand_in(leftover, tmp_path):
    path = tmp_path / leftover
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0\5\26\7")
    (tmp_path / "ann").mkdir(exist_ok=True)
    write_notebook(tmp_path / "ann", "x = 1", name="a.ipynb")
    assert names(tmp_path) == ["ann/a"]


def test_a_folder_that_is_itself_in_a_hidden_one_is_looked_into(tmp_path):
    folder = tmp_path / ".course" / "hand_ins"
    folder.mkdir(parents=True)
    write_notebook(folder, "x = 1", name="a.ipynb")
    assert names(folder) == ["a"]


def test_odd_hand_ins_stop_nobody_and_are_told(tmp_path):
    write_notebook(tmp_path, "x = 1", name="ann.ipynb")
    (tmp_path / "ben.ipynb").symlink_to(tmp_path / "nowhere.ipynb")
    (tmp_path / "cem.ipynb").mkdir()
    ann, ben, cem = find_hand_ins(tmp_path)
    assert (ann.problem, ben.problem, cem.problem) == (
        "",
        "ben.ipynb is a broken link",
        "cem.ipynb is a folder",
    )
    marks = mark(cem)
    assert marks.tested == 0
    assert {r.hint for r in marks.results} == {
        "the notebook cannot be read: cem.ipynb is a folder"
    }


def test_linked_folders_are_followed_once(tmp_path):
    (tmp_path / "ann").mkdir()
    write_notebook(tmp_path / "ann", "x = 1", name="a.ipynb")
    (tmp_path / "ann" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path) == ["ann/a"]


def test_an_ending_in_capitals_is_an_ending(tmp_path):
    write_notebook(tmp_path, "x = 1", name="PROBLEM_SET.IPYNB")
    assert names(tmp_path) == ["PROBLEM_SET"]


def test_files_that_a_platform_renamed_find_each_other(tmp_path):
    for student in ("ann_101", "ben_103"):
        write_notebook(tmp_path, "x = 1", name=f"{student}_problem_set.ipynb")
    (tmp_path / "ann_102_mlp.py").write_text("of = 'ann'")
    (tmp_path / "ben_104_mlp-1.py").write_text("of = 'ben'")
    ann, ben = find_hand_ins(tmp_path)
    assert ann.files["mlp.py"] == b"of = 'ann'"
    assert ben.files["mlp.py"] == b"of = 'ben'"
    assert ann.notes == ("ann_102_mlp.py is taken for its mlp.py",)


RENAMED = [  # by browsers, platforms and people; for the one notebook of a folder
    ("hand_in (1).ipynb", "mlp (1).py"),
    ("hand_in-2.ipynb", "mlp-2.py"),
    ("Übung 5 Müller.ipynb", "mlp Müller.py"),
    ("problem_set copy.ipynb", "mlp copy.py"),
    ("u\u0308bung_problem_set.ipynb", "\u00fcbung_mlp.py"),
    ("problem_set.ipynb", "MLP.py"),
    ("problem_set.ipynb", "mlp_final_v2.py"),
    ("problem_set.ipynb.txt", "mlp.py.txt"),
    ("problem_set.ipynb.json", "ann_mlp.py"),
]


@pytest.mark.parametrize("notebook, module", RENAMED)
def test_a_module_that_was_renamed_is_taken_and_told(notebook, module, tmp_path):
    write_notebook(tmp_path, "x = 1", name=notebook)
    (tmp_path / module).write_text("x = 1")
    [hand_in] = find_hand_ins(tmp_path)
    assert hand_in.files["mlp.py"] == b"x = 1"
    assert hand_in.notes == (f"{module} is taken for its mlp.py",)


def test_of_two_downloads_into_one_folder_each_gets_its_own(tmp_path):
    for end in ("", " (1)"):
        write_notebook(tmp_path, "x = 1", name=f"problem_set{end}.ipynb")
        (tmp_path / f"mlp{end}.py").write_text(f"of = {end!r}")
    first, second = sorted(find_hand_ins(tmp_path), key=lambda h: len(h.name))
    assert first.files["mlp.py"] == b"of = ''"
    assert second.files["mlp.py"] == b"of = ' (1)'"


@pytest.mark.parametrize("module", ["mlptools.py", "test_layers.py", "2.py", "(1).py"])
def test_a_module_of_another_name_is_not_taken_for_mlp(module, tmp_path):
    write_notebook(tmp_path, "x = 1", name="problem_set.ipynb")
    (tmp_path / module).write_text("")
    assert "mlp.py" not in find_hand_ins(tmp_path)[0].files


def test_of_two_files_that_may_be_meant_none_is_taken(tmp_path):
    write_notebook(tmp_path, "x = 1", name="ann_problem_set.ipynb")
    for number in (1, 2):
        (tmp_path / f"ann_{number}_mlp.py").write_text("")
    assert "mlp.py" not in find_hand_ins(tmp_path)[0].files


def test_an_mlp_py_of_many_is_told(tmp_path):
    for name in ("a.ipynb", "b.ipynb"):
        write_notebook(tmp_path, "x = 1", name=name)
    (tmp_path / "mlp.py").write_text(PROGRAM)
    for hand_in in find_hand_ins(tmp_path):
        assert hand_in.notes == ("mlp.py is shared by the 2 notebooks of its folder",)


def test_a_package_beside_a_notebook_is_taken_along(tmp_path):
    write_notebook(tmp_path, "from layers.affine import TwoLayerMLP")
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "affine.py").write_text(PROGRAM)
    (tmp_path / "other_student").mkdir()
    (tmp_path / "other_student" / "secret.py").write_text("")
    write_notebook(tmp_path / "other_student", "x = 1")
    files = find_hand_ins(tmp_path / "hand_in.ipynb")[0].files
    assert set(files) == {"hand_in.ipynb", "layers/affine.py"}


def test_a_huge_module_is_left_where_it_is(tmp_path):
    (tmp_path / "a.ipynb").write_text(notebook_text("x = 1"))
    (tmp_path / "data.py").write_bytes(b"#" * 2**22)
    assert list(find_hand_ins(tmp_path)[0].files) == ["hand_in.ipynb"]
