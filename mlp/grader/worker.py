"""What runs in the child process: it loads a hand-in, calls it, and writes down what came.

The parent runs this file by its path. It imports nothing of the package, so the hand-in
decides what `import mlp` means; it judges nothing, so there is no verdict to tamper with.
What it uses of NumPy it takes before a hand-in can change NumPy.
"""

import contextlib
import io
import linecache
import math
import os
import pickle
import sys
import time
import traceback
import types
from json import dumps, loads
from pathlib import Path

import numpy as np
from numpy import array, generic, load, ndarray

NAME = "TwoLayerMLP"
MEMORY = 4 * 2**30  # bytes of address space
FILE_SIZE = 64 * 2**20  # bytes of a file that the hand-in writes
OUTPUT = 2000  # characters of what it prints that are kept
PATH_EVENTS = {
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.symlink", "os.truncate", "os.utime", "shutil.rmtree", "sqlite3.connect",
}  # fmt: skip
PROCESS_EVENTS = {
    "os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn",
    "os.spawn", "os.startfile", "os.system", "subprocess.Popen",
}  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


# --- what goes between the processes: JSON, because reading it runs nothing --------------


def plain(value):
    """Numbers, lists and dicts of them as JSON has them; an array is a dict."""
    if isinstance(value, generic):
        return value.item()
    if isinstance(value, ndarray):
        return {"dtype": str(value.dtype), "shape": value.shape, "values": value.tolist()}
    if isinstance(value, dict):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def encode(value):
    """One line of JSON. What it does not know becomes the name of its type."""
    return dumps(plain(value), default=lambda other: f"a {type(other).__name__}")


def to_array(entry):
    """The array of a dict that `plain` made; any other dict as it is."""
    if set(entry) != {"dtype", "shape", "values"}:
        return entry
    try:
        return array(entry["values"], entry["dtype"]).reshape(entry["shape"])
    except (TypeError, ValueError):
        return f"an array of {entry['dtype']}"


def decode(line):
    """What `encode` was given, with lists for tuples."""
    return loads(line, object_hook=to_array)


# --- limits -------------------------------------------------------------------------------


def limit_resources(seconds):
    """Bound CPU time from now on, memory and file size, where the platform can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = math.ceil(seconds + time.process_time())
    limits = {"CPU": (seconds, seconds + 1), "AS": 2 * (MEMORY,), "FSIZE": 2 * (FILE_SIZE,)}
    for name, limit in {**limits, "CORE": (0, 0)}.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), limit)


def refuse_outside(folder):
    """From now on refuse to write outside the folder and to start or end processes."""
    allowed = os.path.realpath(folder)

    def is_inside(path):
        if isinstance(path, int):  # an open file
            return True
        path = os.path.realpath(os.fsdecode(path))
        return path == os.devnull or os.path.commonpath([path, allowed]) == allowed

    def hook(event, args):
        if event in PROCESS_EVENTS:
            raise PermissionError(f"a hand-in must not start or end processes ({event})")
        paths = []
        if event == "open" and isinstance(args[2], int) and args[2] & WRITING:
            paths = args[:1]
        elif event in PATH_EVENTS:
            paths = [arg for arg in args if isinstance(arg, (str, bytes, os.PathLike))]
        for path in paths:
            if path is not None and not is_inside(path):
                raise PermissionError(f"a hand-in must not write outside its folder: {path}")

    sys.addaudithook(hook)


class Shortened(io.StringIO):
    """Text of which only the beginning is kept."""

    def write(self, text):
        """Keep what there is room for."""
        super().write(text[: max(OUTPUT - self.tell(), 0)])
        return len(text)


# --- the hand-in --------------------------------------------------------------------------


def run_cells(job):
    """Run the source of a hand-in as a module; returns the module."""
    module = types.ModuleType(job["module"])
    module.__file__ = job["file"]
    sys.modules[job["module"]] = module
    if job["hide_mlp"]:
        sys.modules["mlp"] = None
    for name, source in job["cells"]:
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        exec(compile(source, name, "exec", dont_inherit=True), vars(module))
    return module


def load_hand_in(job):
    """The class of the hand-in."""
    sys.path[:] = job["path"]
    if "pickle" in job:
        return pickle.loads(job["pickle"].encode("latin-1"))
    return getattr(run_cells(job), NAME, None)


def describe(error):
    """An exception of the hand-in in a line, with the place in the hand-in's code."""
    kind, text = type(error).__name__, str(error)
    if isinstance(error, SystemExit):
        kind, text = "it calls sys.exit", f"{error.code}"
    if isinstance(error, ImportError) and error.name == "mlp":
        text = "it imports mlp, but there is no such mlp.py beside it"
    frames = traceback.extract_tb(error.__traceback__)
    library = os.path.dirname(np.__file__), __file__
    frames = [frame for frame in frames if not frame.filename.startswith(library)]
    if isinstance(error, SyntaxError) and error.lineno:
        text = f"{error.msg} ({Path(error.filename).name}, line {error.lineno})"
    elif frames:
        last = frames[-1]
        text += f" ({Path(last.filename).name}, line {last.lineno}: {last.line})"
    return f"{kind}: {text}"[:500]


# --- what is asked of it ------------------------------------------------------------------


def ask_loss(net, request):
    """The loss and gradients; and the arguments and parameters after the call."""
    X, y = request["X"], request["y"]
    result = net.loss(X, y, reg=request["reg"])
    return {"result": result, "X": X, "y": y, "params": net.params}


def ask_cost(net, request):
    """Lines of Python that a call of loss runs, for each number of examples.

    Lines of NumPy itself do not count, those that it calls back do.
    """
    folder, steps = os.path.dirname(np.__file__), []

    def count(frame, event, arg):
        if frame.f_code.co_filename.startswith(folder):
            return None
        steps[-1] += 1
        return count

    for repeats in [1, *request["repeats"]]:  # the first call may fill caches
        X, y = request["X"].repeat(repeats, 0), request["y"].repeat(repeats)
        steps.append(0)
        sys.settrace(count)
        try:
            net.loss(X, y, reg=0.1)
        finally:
            sys.settrace(None)
    return steps[1:]


def ask_train(net, request):
    """The histories of a training run, and the predicted labels after it."""
    X, y = request["X"], request["y"]
    stats = net.train(X, y, X, y, **request["settings"])
    return {"stats": stats, "labels": net.predict(X), "X": X, "y": y}


def ask_mnist(net, request):
    """The same for the images of the file; labels of all images, if they are asked for."""
    with load(request["file"]) as file:
        X, y = file["pixels"].astype(float), file["labels"]  # (70000, 784), (70000,)
    X -= X[:50000].mean(axis=0)
    train, val = slice(0, 50000), slice(50000, 60000)
    stats = net.train(X[train], y[train], X[val], y[val], **request["settings"])
    return {"stats": stats, "labels": net.predict(X) if request["predict"] else None}


ASK = {"loss": ask_loss, "cost": ask_cost, "train": ask_train, "mnist": ask_mnist}


def reply(request, make, rng=np.random):
    """Make a network as the request says, and ask it.

    Parameters
    ----------
    request : dict
        ask, a key of ASK; seed, and optionally skip: the generator is seeded, and draws
        permutations of these lengths; arguments: of the class; optionally params, which
        replace those drawn; and what the function of ASK reads.
    make : callable
        The class.
    rng : RandomState or the module np.random
        The generator that the class draws from.
    """
    rng.seed(request["seed"])
    for length in request.get("skip", []):
        rng.permutation(length)
    sizes, options = request["arguments"]
    net = make(*sizes, **options)
    for name, p in request.get("params", {}).items():
        net.params[name] = p.copy()
    return ASK[request["ask"]](net, request)


def main(folder):
    """Do the job in the folder: write a line for each request, up to the first error."""
    job = decode(Path(folder, "job.json").read_text("utf-8"))
    output, home = Shortened(), os.getcwd()
    sys.argv[1:] = []
    with open(Path(folder, "answers"), "w", encoding="utf-8") as answers:

        def write(**line):
            answers.write(encode(line) + "\n")
            answers.flush()

        limit_resources(job["time_limit"])
        refuse_outside(home)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                make = load_hand_in(job)
                write(loaded=callable(make))
                for request in job["requests"]:
                    os.chdir(home)
                    write(answer=reply(request, make))
            except BaseException as error:  # sys.exit and KeyboardInterrupt, too
                write(error=describe(error), printed=output.getvalue())
    os._exit(0)  # no exit handlers, no waiting for threads


if __name__ == "__main__":
    main(sys.argv[1])
