"""Python for the browser: the list of sums, and what the site offers beside it.

`pyodide-lock.json.xz` is the official list of this release, as its package for Node has
it. The list here must agree with it, and its own sum is on the list.
"""

import hashlib
import importlib
import io
import json
import lzma
import sys
import zipfile
from pathlib import Path

import pytest

from book.tools import ROOT, pyodide
from book.tools.chapters import tags
from book.tools.in_browser import EXCEPTED, live_chapters

OFFICIAL = lzma.decompress(
    Path(__file__).with_name("pyodide-lock.json.xz").read_bytes()
)
PACKAGES = {p["file_name"]: p for p in json.loads(OFFICIAL)["packages"].values()}
NO_PACKAGES = {
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
}
FROM_ELSEWHERE = ("sympy-", "mpmath-", "tqdm-", "pyodide-lock.json")


@pytest.fixture(scope="module")
def live():
    sys.path.insert(0, str(ROOT / "book/_ext"))
    yield importlib.import_module("live")
    sys.path.remove(str(ROOT / "book/_ext"))


def test_the_official_list_is_the_one_of_the_pinned_version():
    known = pyodide.files()["pyodide-lock.json"]["sha256"]
    assert hashlib.sha256(OFFICIAL).hexdigest() == known[0]
    assert json.loads(OFFICIAL)["info"]["version"] == pyodide.VERSION
    assert f"/v{pyodide.VERSION}/" in pyodide.CDN


@pytest.mark.parametrize("name", sorted(pyodide.files().keys() - NO_PACKAGES))
def test_a_file_has_its_official_sum(name):
    known = pyodide.files()[name]
    assert known["sha256"][0] == PACKAGES[name]["sha256"]
    assert set(known["imports"]) <= set(PACKAGES[name]["imports"])


def test_only_four_files_have_a_second_sum():
    second = {n for n, known in pyodide.files().items() if len(known["sha256"]) > 1}
    assert len(second) == 4 and all(name.startswith(FROM_ELSEWHERE) for name in second)
    assert NO_PACKAGES <= pyodide.files().keys()


def test_a_folder_with_an_altered_or_missing_file_is_refused(tmp_path, monkeypatch):
    known = {"sha256": [hashlib.sha256(b"right").hexdigest()]}
    monkeypatch.setattr(pyodide, "files", lambda: dict.fromkeys("abc", known))
    (tmp_path / "a").write_bytes(b"right")
    (tmp_path / "b").write_bytes(b"wrong")
    assert pyodide.differing(tmp_path) == ["b", "c"]


def test_the_wheel_is_the_package_without_mnist_and_the_same_each_time(live):
    assert live.wheel() == live.wheel()
    with zipfile.ZipFile(io.BytesIO(live.wheel())) as wheel:
        names = set(wheel.namelist())
        assert all(
            wheel.read(name) == (ROOT / name).read_bytes()
            for name in names
            if name.startswith("mlp/")
        )
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "mlp").rglob("*.py")}
    assert modules | {"mlp/book.mplstyle"} <= names
    assert not [name for name in names if "mnist/" in name]


@pytest.mark.parametrize("chapter", live_chapters().values(), ids=lambda c: c.name)
def test_a_cell_that_is_excepted_says_so_by_its_tag_and_why(chapter):
    for cell in chapter.code_cells:
        reason = cell.metadata.get(EXCEPTED, "")
        assert (EXCEPTED in tags(cell)) == bool(reason)
        assert not reason or reason.endswith(".")


def test_each_live_cell_goes_to_the_page_with_its_stored_text(live):
    for page, chapter in live_chapters().items():
        sent = live.cells_of(page, chapter)["cells"]
        for ours, cell in zip(sent, chapter.code_cells, strict=True):
            assert ours["source"] == cell.source
            assert len(ours["outputs"]) == len(cell.outputs)
            for output, stored in zip(ours["outputs"], cell.outputs, strict=True):
                assert output.get("text") == stored.get("text")
                kinds = stored.get("data", {}).keys() - {"image/png"}
                assert output.get("data", {}).keys() == kinds
                assert all(output["data"][k] == stored.data[k] for k in kinds)


def test_python_comes_from_a_folder_or_from_its_address(live, tmp_path, monkeypatch):
    assert live.copied(tmp_path, None) == pyodide.CDN
    with pytest.raises(live.ExtensionError, match="pyodide.asm.wasm"):
        live.copied(tmp_path, tmp_path)
    assert not (tmp_path / "pyodide").exists()
    monkeypatch.setattr(pyodide, "differing", lambda folder: [])
    monkeypatch.setattr(pyodide, "files", lambda: {"a": {}})
    (tmp_path / "a").write_bytes(b"python")
    assert live.copied(tmp_path, tmp_path) == "pyodide/"
    assert (tmp_path / "pyodide/a").read_bytes() == b"python"
