"""Tables print on every console, and no hand-in writes in them."""

import io
import json

import pytest

from mlp.grader import QUESTIONS
from mlp.grader import __main__ as command
from mlp.grader.marking.mark import Marks
from mlp.grader.marking.printing import in_encoding, visible, write
from mlp.grader.marking.tables import FORMATS
from mlp.grader.result import graded

FORGED = "\x1b[1G\x1b[2KQ2.1 5 of 5 ✓ right\x1b[8m\x9b2K\u202e"


def marks(name, hint=""):
    return Marks(name, [graded(question, None, hint=hint) for question in QUESTIONS])


@pytest.mark.parametrize("several", [["Łukasz"], ["Łukasz", "Ann ✓"]])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_every_table_prints_in_every_encoding(form, several, encoding, monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    write(FORMATS[form]([marks(name, "x ≥ ½, –") for name in several]), console)
    console.flush()
    shown = console.buffer.getvalue().decode(encoding)
    is_plain = encoding == "utf-8" and form != "json"
    assert ("Łukasz" if is_plain else "\\u0141ukasz") in shown


def test_the_command_prints_on_a_console_of_windows(monkeypatch, tmp_path):
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    (tmp_path / "Łukasz.ipynb").write_text("")
    monkeypatch.setattr(command, "mark_all", lambda *_, **__: [marks("Łukasz")])
    monkeypatch.setattr("sys.stdout", console)
    assert command.main([str(tmp_path / "Łukasz.ipynb")]) == 1
    console.flush()
    assert b"\\u0141ukasz: proved 0 of" in console.buffer.getvalue()


def test_signs_have_plain_letters_where_an_encoding_lacks_them():
    assert in_encoding("✓ right, ✗ wrong – é", "ascii") == "v right, x wrong - \\xe9"
    assert in_encoding("✓ ½", "utf-8") == "✓ ½"


@pytest.mark.parametrize("form", FORMATS)
def test_no_text_of_a_hand_in_steers_the_terminal(form):
    shown = FORMATS[form]([marks(f"ann{FORGED}\nben", FORGED)])
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown)


def test_a_character_that_steers_is_shown():
    assert visible("a\x1b[2K\x07\u202eb\n") == "a\\x1b[2K\\x07\\u202eb\n"


def test_json_has_the_characters_as_they_came():
    (entry,) = json.loads(FORMATS["json"]([marks("ann", FORGED)]))
    assert entry["questions"]["Q1.1"]["hint"] == FORGED


def test_notes_on_how_a_hand_in_was_found_stand_below_the_table():
    noted = Marks("ann", marks("ann").results, ("mlp.py is shared",))
    assert FORMATS["text"]([noted]).endswith("\nann: mlp.py is shared.")
    assert FORMATS["text"]([noted, noted]).count("ann: mlp.py is shared.") == 2
    assert FORMATS["markdown"]([noted]).endswith("\n\nann: mlp.py is shared.")
    assert json.loads(FORMATS["json"]([noted]))[0]["notes"] == ["mlp.py is shared"]


def test_the_signs_of_charges_are_plain_where_an_encoding_lacks_them():
    assert in_encoding("½ partly right. −0.5 of 5", "ascii") == (
        "1/2 partly right. -0.5 of 5"
    )


def test_json_is_read_whatever_the_console_is():
    for encoding in ["cp1252", "utf-8"]:
        console = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        write(FORMATS["json"]([marks("Łukasz", "… − ½")]), console)
        console.flush()
        read = json.loads(console.buffer.getvalue().decode("utf-8"))
        assert read[0]["hand_in"] == "Łukasz"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_name_is_no_formula_for_a_spreadsheet(name):
    assert FORMATS["csv"]([marks(name), marks("b")]).splitlines()[1].startswith("'")
