"""Cells run in the browser as in a notebook; worker.js calls `boot` and `run_cell`.

What a cell shows leaves as the dictionaries of nbformat, through `emit`.
"""

import ast
import base64
import builtins
import hashlib
import importlib.machinery
import io
import itertools
import json
import linecache
import os
import sys
import time
import traceback
import types
import zipfile
from pathlib import Path

from worker import damaged, emit, fetch_now

SITE = "/lib/python3.12/site-packages"
MNIST = Path(SITE, "mlp/mnist")
MOST, MOST_SHOWN = 300_000, 500  # characters of a cell's streams, outputs of a cell
BACKEND = """
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from runner import show_figures as show
"""
NEVER_ASKED = itertools.count(1)
FILES = {}  # that are known, with their sums, by name
STREAMS = []  # those of the cell that runs
METHODS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
}


class Packages:
    """A finder of modules: a package is fetched when it is imported, and not before."""

    def __init__(self):
        self.wheels = {
            name: (file, known)
            for file, known in FILES.items()
            for name in known["imports"]
        }

    def find_spec(self, name, path=None, target=None):
        wheel = self.wheels.pop(name.partition(".")[0], None)
        if wheel:
            install(*wheel)
            return importlib.machinery.PathFinder.find_spec(name, path)
        return None


def fetched(file):
    content = bytes(fetch_now(file).to_py())
    if hashlib.sha256(content).hexdigest() not in FILES[file]["sha256"]:
        damaged(file)
        raise ImportError(f"the file {file} is not the one that was asked for")
    return content


def install(file, known):
    zipfile.ZipFile(io.BytesIO(fetched(file))).extractall(SITE)
    importlib.invalidate_caches()
    for name in known["imports"]:
        AFTERWARDS.get(name, lambda: None)()


def prepare_matplotlib():
    """Give it a backend, and the list of fonts that it has under another version."""
    Path(SITE, "browser_inline.py").write_text(BACKEND)
    path = Path(SITE, "matplotlib/fontlist.json")
    text = path.read_text()
    path.write_text(text.replace('"_version": 390', '"_version": 330', 1))


def no_monitor():
    """Ask tqdm for no thread, of which there are none."""
    from tqdm import tqdm

    tqdm.monitor_interval = 0


def place_mnist():
    """Make empty files in the place of MNIST's; each is fetched when it is read."""
    MNIST.mkdir(parents=True)
    waiting = [file for file in FILES if file.endswith("-ubyte.gz")]
    for file in waiting:
        (MNIST / file).touch()

    def fill(event, arguments):
        path = Path(arguments[0]) if event == "open" and waiting else Path()
        if path.parent == MNIST and path.name in waiting:
            waiting.remove(path.name)
            path.write_bytes(fetched(path.name))

    sys.addaudithook(fill)


AFTERWARDS = {"matplotlib": prepare_matplotlib, "mlp": place_mnist, "tqdm": no_monitor}


class Stream(io.TextIOBase):
    """Standard output or standard error of the cell that runs."""

    def __init__(self, name):
        self.name, self.parts, self.sent, self.since = name, [], 0, time.time()
        self.left = itertools.count(MOST_SHOWN, -1)  # values that may be displayed

    def writable(self):
        return True

    def write(self, text):
        left = MOST - self.sent
        if left > 0:
            self.parts.append(text[:left])
            self.sent += len(text)
            if left <= len(text):
                self.parts.append("\n… more was printed than a page can show.\n")
            self.flush()
        return len(text)

    def flush(self):
        if time.time() - self.since > 0.3:  # more often the page could not draw it
            self.flush_now()

    def flush_now(self):
        self.since = time.time()
        text, self.parts = "".join(self.parts), []
        if text:
            send({"output_type": "stream", "name": self.name, "text": text})


def send(output):
    emit(json.dumps(output))


def flush_now():
    for stream in STREAMS:
        stream.flush_now()


def data_of(value):
    """What a notebook makes of a value, by kind."""
    from IPython.lib.pretty import pretty

    data = {"text/plain": pretty(value)}
    bundle = asked(value, "_repr_mimebundle_", include=None, exclude=None)
    if isinstance(bundle, tuple):
        bundle, _ = bundle  # the other part says how to show it
    data |= bundle if isinstance(bundle, dict) else {}
    if is_figure(value):
        return data | {"image/png": picture(value)}
    for kind, name in METHODS.items():
        made = asked(value, name)
        if isinstance(made, bytes):
            data[kind] = base64.b64encode(made).decode()
        elif isinstance(made, str):
            data[kind] = made
    return data


def asked(value, name, **options):
    """What a method of a value returns; None if it has none, as classes have none."""
    method = None if isinstance(value, type) else getattr(value, name, None)
    try:
        return method(**options) if callable(method) else None
    except Exception:
        traceback.print_exc()
        return None


def is_figure(value):
    figure = sys.modules.get("matplotlib.figure")
    return figure and isinstance(value, figure.Figure)


def picture(figure):
    file = io.BytesIO()
    figure.savefig(
        file,
        format="png",
        dpi=figure.dpi,
        facecolor=figure.get_facecolor(),
        bbox_inches="tight",
    )
    return base64.b64encode(file.getvalue()).decode()


def display(*values, **options):
    for value in values:
        left = next(STREAMS[0].left)
        if left > 0:
            flush_now()
            send({"output_type": "display_data", "data": data_of(value)})
        elif left == 0:
            print("… more is displayed than a page can show.")


def show_figures(*arguments, **options):
    """Show the figures that a cell has drawn, and forget them: `plt.show`."""
    plots = sys.modules.get("matplotlib._pylab_helpers")
    for manager in plots.Gcf.get_all_fig_managers() if plots else []:
        if manager.canvas.figure.axes or manager.canvas.figure.lines:
            display(manager.canvas.figure)
    if plots:
        plots.Gcf.destroy_all()


def no_input(prompt=""):
    raise RuntimeError("nobody is asked here: write the answer into the cell")


def without_start(name):
    """A package of which only modules are used: its start would open a terminal."""
    package = types.ModuleType(name)
    package.__path__ = [f"{SITE}/{name.replace('.', '/')}"]
    package.get_ipython = lambda: None
    sys.modules[name] = package


def boot(files):
    """Prepare a new session."""
    FILES.update(json.loads(files))
    os.environ["MPLBACKEND"] = "module://browser_inline"
    sys.path_importer_cache.clear()
    sys.meta_path.append(Packages())
    for name in ["IPython", "IPython.core"]:
        without_start(name)
    shown = types.ModuleType("IPython.core.display_functions")
    shown.display, shown.clear_output = display, lambda wait=False: None
    shown.__all__ = ["display", "clear_output"]
    sys.modules[shown.__name__] = shown
    builtins.display, builtins.input = display, no_input
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.modules["__main__"].__builtins__ = builtins


def parsed(source, name):
    """A cell's code: what is run, and the last expression, if its value is shown."""
    body = ast.parse(source, name).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    if last and source.rstrip().endswith(";"):
        body, last = [*body, last], None
    run = compile(ast.Module(body, []), name, "exec", dont_inherit=True)
    value = last and compile(ast.Expression(last.value), name, "eval")
    return run, value


def run_cell(source, name):
    """Run a cell; return whether it ended well."""
    STREAMS[:] = sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = len(source), None, lines, name
    names = sys.modules["__main__"].__dict__
    try:
        run, value = parsed(source, name)
        exec(run, names)
        result = eval(value, names) if value else None
        flush_now()
        if result is not None:
            names["_"] = result
            send({"output_type": "execute_result", "data": data_of(result)})
        show_figures()
        return True
    except BaseException as error:
        flush_now()
        send(described(error))
        show_figures()
        return False
    finally:
        flush_now()


def described(error):
    """An error as a notebook shows it, without the frames of what runs the cell."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename in (__file__, ast.__file__):
        frames = frames.tb_next
    lines = traceback.format_exception(type(error), error, frames, limit=-5)
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": words_of(error),
        "traceback": ["".join(lines)],
    }


def words_of(error):
    try:
        return str(error)
    except Exception:
        return "<exception str() failed>"


def prove(forward, backward, shapes):
    """The report on two functions of the session, or what went wrong."""
    names = sys.modules["__main__"].__dict__
    try:
        from mlp import prove_backward

        arguments = eval(f"dict({shapes})", dict(names))
        return prove_backward(names[forward], names[backward], **arguments).report()
    except Exception as error:
        return "".join(traceback.format_exception_only(error))


def seconds_of_product():
    """How fast this machine multiplies, for the estimates."""
    import numpy as np

    A = np.ones((150, 150))
    return min(seconds(lambda: A @ A) for _ in range(5))


def seconds_of_expansion():
    """How fast this machine expands, for the estimates."""
    from sympy import expand, symbols

    x, y = symbols("x y")
    numbers = (next(NEVER_ASKED) for _ in range(4))  # SymPy knows what it was asked
    return min(seconds(lambda n=n: expand((x + y + n) ** 12)) for n in numbers)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
