"""What is handed on: the archive of the sources, the wheel, and who made them."""

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from email.parser import HeaderParser

import pytest
import yaml

from book.tools import ROOT, logo, picture
from book.tools.environment import environment
from book.tools.modules import module_cells

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
BUILD = (
    "import sys; from setuptools import build_meta; build_meta.build_{}(sys.argv[1])"
)
OF_THE_BUILD = {"PKG-INFO", "setup.cfg"}  # not in the repository
TELLING_TESTS = [
    "tests/package/test_losses.py",
    "tests/book/test_generate.py::test_what_is_made_is_stored[modules]",
]
TRAINING = """
X, y, X_val, y_val, *_ = get_MNIST_data()
net = TwoLayerMLP(784, 32, 10, std=0.01, rng=np.random.default_rng(0))
net.train(X, y, X_val, y_val, num_epochs=1, rng=np.random.default_rng(0))
print(net.accuracy(X_val, y_val) > 0.85)
"""


def run(*arguments, cwd, **variables):
    """Run Python in a folder, outside of any workflow, and return what it prints."""
    env = environment(**{"GITHUB_REPOSITORY": "", **variables})
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files():
    """The repository's files, as git knows them or would if they were added."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout of git")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=ROOT, encoding="utf-8").split("\0")
    return {name for name in names if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("archives")


@pytest.fixture(scope="module")
def sources(folder):
    """The unpacked archive of the sources, built in a copy as in a workflow."""
    for name in files():
        (folder / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / "copy" / name)
    (folder / "copy/book/left.pyc").touch()
    workflow = {"GITHUB_REPOSITORY": "reader/book"}
    run("-c", BUILD.format("sdist"), folder, cwd=folder / "copy", **workflow)
    with tarfile.open(*folder.glob("*.tar.gz")) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.glob("mlp_book-*/"))


@pytest.fixture(scope="module")
def installed(folder, sources):
    """A folder into which pip has installed the wheel that the archive makes."""
    run("-c", BUILD.format("wheel"), folder, cwd=sources)
    pip = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    run(*pip, "--target", folder / "installed", *folder.glob("*.whl"), cwd=folder)
    return folder / "installed"


def about(installed):
    """The folder of what the wheel says of itself."""
    return next(installed.glob("*.dist-info"))


def metadata(path):
    return HeaderParser().parsestr(path.read_text(encoding="utf-8"))


def test_the_archive_holds_the_files_of_the_repository_and_no_others(sources):
    names = {path.relative_to(sources) for path in sources.rglob("*") if path.is_file()}
    held = {path.as_posix() for path in names if "egg-info" not in str(path)}
    assert held - OF_THE_BUILD == files(), "MANIFEST.in"


def test_the_archive_passes_its_own_tests(sources):
    run("-m", "pytest", "-q", "-n", "0", *TELLING_TESTS, cwd=sources)


def test_the_wheel_trains_after_the_line_of_the_readme(installed, folder):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = re.search(r"from mlp import (.+\\\n)*.+", readme)[0]
    where = "import mlp; import numpy as np; print(mlp.__file__)"
    program = f"{where}\n{line}\n{TRAINING}"
    printed = run("-c", program, cwd=folder, PYTHONPATH=str(installed))
    assert printed.split() == [str(installed / "mlp/__init__.py"), "True"]


def test_the_wheel_brings_every_license_and_nothing_but_the_package(installed):
    assert {path.name for path in installed.glob("[!.]*")} == {
        "mlp",
        about(installed).name,
    }
    for name in (name for name in files() if "LICENSE" in name):
        assert (about(installed) / "licenses" / name).read_bytes() == (
            ROOT / name
        ).read_bytes()


def test_addresses_are_those_of_the_repository_that_builds(installed, sources):
    urls = metadata(sources / "PKG-INFO").get_all("Project-URL")
    assert "Repository, https://github.com/reader/book" in urls
    built_outside_of_one = metadata(about(installed) / "METADATA")
    assert "Project-URL" not in built_outside_of_one


def test_citation_and_changelog_name_version_authors_and_licenses():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0" and citation["message"]
    assert citation["version"] == PROJECT["version"]
    assert citation["authors"] == PROJECT["authors"]
    assert citation["license"] == PROJECT["license"].split(" AND ")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, latest, *_ = re.findall(r"^## (.+)$", changes, re.MULTILINE)
    assert first == "Unreleased"
    assert latest == f"{citation['version']} - {citation['date-released']}"


def test_git_calls_generated_what_is_made():
    command = ["git", "check-attr", "-z", "--stdin", "linguist-generated"]
    asked = "\0".join(files())
    answer = subprocess.check_output(command, cwd=ROOT, input=asked, encoding="utf-8")
    fields = answer.split("\0")
    marked = {path for path, value in zip(fields[::3], fields[2::3]) if value == "set"}
    says_so = re.compile(rb"\S+ Made by `make generate`").match
    made = {path for path in files() if says_so((ROOT / path).read_bytes())}
    assert marked == made | {picture.PICTURE, logo.LOGO}, ".gitattributes"


def test_the_readme_names_the_files_of_the_package_that_are_written_by_hand():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    written = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "mlp").rglob("*.py")
    }
    by_hand = {
        re.sub("(grader|tracing|verdicts)/.+", r"\1/", path)
        for path in written - set(module_cells())
    }
    named = re.search(r"by hand: (.+?)\.\s", readme, re.DOTALL)[1]
    assert {f"mlp/{name}" for name in re.findall(r"`(.+?)`", named)} == by_hand, (
        "README.md"
    )
