"""What is made from chapters and tests is stored as it would be made now."""

import difflib

import pytest

from book.tools import ROOT, draw_weights, generate


def difference(path, new):
    old = generate.stored(path, new)
    if old is None or isinstance(new, bytes):
        return f"{path} {'is missing' if old is None else 'differs'}"
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), path, "made now")
    return "\n".join(list(lines)[:60])


@pytest.mark.parametrize("maker", generate.MAKERS)
def test_what_is_made_is_stored(maker):
    """Weights are trained, for half a minute, only if the chapter prints others."""
    found = [difference(path, new) for path, new in generate.stale(maker).items()]
    assert not found, "\n".join(["run `make generate`:", *found])


def test_only_what_is_out_of_date_is_written(monkeypatch, tmp_path, capsys):
    made = {"same.txt": "ä\n", "old.txt": "new\n", "new.png": b"\r\n"}
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "MAKERS", {"one": lambda: made, "two": lambda: {}})
    (tmp_path / "same.txt").write_bytes("ä\r\n".encode())  # a clone of Windows
    (tmp_path / "old.txt").write_text("old\n")
    generate.generate()
    assert capsys.readouterr().out == "wrote old.txt\nwrote new.png\n"
    assert (tmp_path / "same.txt").read_bytes() == "ä\r\n".encode()
    assert (tmp_path / "old.txt").read_bytes() == b"new\n"
    assert (tmp_path / "new.png").read_bytes() == b"\r\n"


def test_weights_of_another_training_are_noticed(monkeypatch):
    assert draw_weights.is_current()
    printed = draw_weights.printed()
    assert printed.count(" fingerprint ") == 2
    other = printed.replace(" fingerprint ", " fingerprint f")
    monkeypatch.setattr(draw_weights, "printed", lambda: other)
    assert not draw_weights.is_current()


def test_every_file_that_says_it_is_made_is_made():
    made = {path for maker in generate.MAKERS.values() for path in maker()}
    folders = [*(ROOT / "mlp").rglob("*.py"), *(ROOT / "book").rglob("*.md")]
    folders += (ROOT / "book/_static").glob("*.js")
    says = {
        path.relative_to(ROOT).as_posix()
        for path in folders
        if "Made by `make" in path.read_text(encoding="utf-8").partition("\n")[0]
    }
    assert says == {path for path in made if not path.endswith((".png", ".svg"))}
