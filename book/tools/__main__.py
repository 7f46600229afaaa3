"""The tasks of the project, from the root of the checkout: `python -m book.tools test`.

`make test` is the same in an environment that make has prepared. Tasks import the other
tools when they are called, so that the list of tasks needs no package.
"""

import os
import shutil
import sys
from importlib.util import find_spec
from subprocess import call

from . import HTML, ROOT
from .environment import environment

PYTEST = ["-m", "pytest", "--quiet"]


def python(*command):
    """Run Python, from the root and in a world of its own; a failure ends the task."""
    if status := call([sys.executable, *command], cwd=ROOT, env=environment()):
        sys.exit(status)


def side_by_side():
    """The options of pytest for as many processes as WORKERS says, four at most."""
    return ["-n", os.environ.get("WORKERS", "auto"), "--maxprocesses", "4"]


def build():
    """Build the site from the stored outputs; warnings are errors."""
    shutil.rmtree(HTML.parent, ignore_errors=True)
    jupyter_book = "from jupyter_book.cli.main import main; main()"
    python("-c", jupyter_book, "build", ".", "-W", "-n", "--keep-going", "--quiet")


def book():
    """build the book from the stored outputs, warnings are errors"""
    build()
    python(*PYTEST, *side_by_side(), "tests/built")
    print(f"The book is built. Its first page: {HTML / 'index.html'}")


def serve():
    """build the book and serve it at http://localhost:8000"""
    book()
    python("-m", "http.server", "--bind", "localhost", "--directory", str(HTML), "8000")


def need_playwright():
    """End with what to install where the driver of Chromium is missing."""
    if not find_spec("playwright"):
        sys.exit("playwright is missing: pip install --editable '.[site]'")


def pdf():
    """the whole book as one PDF, printed by Chromium"""
    need_playwright()
    book()
    from .pdf import print_all

    print_all()


def lint():
    """ruff: faults and form, notebooks included"""
    python("-m", "ruff", "check", "--quiet")
    python("-m", "ruff", "format", "--check", "--quiet")


def test():
    """lint, unit tests, and every chapter executed and compared"""
    lint()
    python(*PYTEST, *side_by_side(), "--dist", "loadfile", "--no-loadscope-reorder")


def test_site():
    """every page in Chromium: offline, accessible, light, complete"""
    need_playwright()
    chromium()
    book()
    python(*PYTEST, "-n", "2", "--dist", "worksteal", "tests/site")


def test_live():
    """chapters run and compared in Chromium, with PYODIDE or the network; ALL=1: all"""
    need_playwright()
    chromium()
    build()
    python(*PYTEST, "tests/live")


def ci():
    """what a push must pass: test and test-site"""
    test()
    test_site()


def test_peers():
    """the chapters that need an extra package, which must be there"""
    from .chapters import notebooks

    chapters = [chapter for chapter in notebooks() if chapter.needs]
    if lacking := [chapter.lacks for chapter in chapters if chapter.lacks]:
        sys.exit("\n".join(lacking))
    python(*PYTEST, *(chapter.file for chapter in chapters))


def test_portability():
    """every chapter under other BLAS kernels and thread counts"""
    from .portability import compare

    compare()


def fuzz(*options):
    """random claims, each verdict beside numbers"""
    python("tests/proof/proof_grammar.py", *options)


def generate(*names):
    """write what is made from chapters and tests: modules, pages, pictures, weights"""
    code = (
        "import sys; from book.tools.generate import generate; generate(*sys.argv[1:])"
    )
    python("-c", code, *names)


def run(*files):
    """execute chapters in place"""
    from .run import run_all

    run_all(files)


def run_all():
    """execute every chapter in place"""
    from .chapters import notebooks

    generate("modules")
    run(*(chapter.file for chapter in notebooks()))


def starter():
    """write the problem set to solve into the folder starter/"""
    python("-m", "mlp.grader.starter")


def bench():
    """epochs of the MNIST net beside the floor and other libraries"""
    python("tests/bench_training.py")


def bench_verdicts(seed="0"):
    """gradient checks over gradients whose truth is known"""
    python("tests/bench_verdicts.py", seed)


def bench_grader():
    """seconds that marking a hand-in takes, by part"""
    python("tests/bench_grader.py")


def first_lines():
    """write the first line that a training on MNIST prints after each known slip"""
    code = "from mlp.grader.programs.first_lines import write_first_lines"
    python("-c", f"{code}; write_first_lines()")


def chromium():
    """say which browser test-site and pdf use"""
    from .browser import executable

    print(executable())


def publish(folder):
    """make the folder of the site's notebooks a branch, ready to be pushed"""
    from .publish import publish

    publish(folder)


TASKS = {
    task.__name__.replace("_", "-"): task
    for task in [
        book,
        serve,
        pdf,
        lint,
        test,
        test_site,
        test_live,
        ci,
        test_peers,
        test_portability,
        fuzz,
        generate,
        run,
        run_all,
        starter,
        bench,
        bench_verdicts,
        bench_grader,
        first_lines,
        chromium,
        publish,
    ]
}


def main(name="help", *arguments):
    """Do a task; list all for help, and, as an error, for a task that is unknown."""
    if task := TASKS.get(name):
        return task(*arguments)
    print(*(f"{name:18}{task.__doc__}" for name, task in TASKS.items()), sep="\n")
    return None if name == "help" else f"{name} is none of these tasks"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
