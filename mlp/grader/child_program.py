"""What runs in a child process: it does a job, and writes down what came.

The parent runs this file by its path, for all jobs. To ask a hand-in it imports nothing
of the package, so the hand-in decides what `import mlp` means; it judges nothing, so
there is no verdict to tamper with. What it uses of NumPy it takes before a hand-in can
change NumPy.
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
from dataclasses import dataclass, field
from json import dumps, loads
from pathlib import Path

import numpy as np
from numpy import array, generic, load, longdouble, ndarray

CLASS_NAME = "TwoLayerMLP"
MEMORY = 4 * 2**30  # bytes of address space
FILE_SIZE = 64 * 2**20  # bytes of a file that the hand-in writes
OUTPUT = 2000  # characters of what it prints that are kept
PATH_EVENTS = {
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "shutil.rmtree",
    "sqlite3.connect",
}
PROCESS_EVENTS = {
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.killpg",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "subprocess.Popen",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(kw_only=True)
class Request:
    """What is asked of a class: make a network of it, and call that.

    Attributes
    ----------
    ask : str
        A key of ASK; its function says which of the attributes below it reads.
    seed : int
        Of the generator that the class draws from.
    skip : sequence of int
        Lengths of permutations that are drawn first.
    arguments : pair
        Positional and named arguments of the class.
    params : dict of ndarray, optional
        They replace those drawn.
    X, y, reg
        Arguments of ``loss``; X and y also those of ``train``.
    settings : dict
        The other arguments of ``train``.
    repeats : pair of int
        How many times the examples are repeated in two calls.
    file : str
        Path of the images of MNIST.
    parts : dict of pairs
        Bounds of the training and of the validation set in it, "train" and "val".
    predict : bool
        Whether the labels of all images are asked for.
    """

    ask: str
    seed: int
    arguments: tuple
    skip: tuple = ()
    params: dict | None = None
    X: ndarray | None = None
    y: ndarray | None = None
    reg: float | None = None
    settings: dict | None = None
    repeats: tuple | None = None
    file: str | None = None
    parts: dict | None = None
    predict: bool = False


@dataclass(kw_only=True)
class Job:
    """What a child process is to do.

    Attributes
    ----------
    task : str
        ``"ask"``: put the requests to a hand-in; ``"transcribe"``: run a notebook, and
        write down its answers to the questions; ``"grade"``: grade such answers;
        ``"prove"``: prove the gradients of a hand-in.
    path : list of str
        The child's ``sys.path``; where a hand-in is loaded, that of the hand-in.
    book : list of str
        What comes before it until a hand-in is loaded to be proved.
    time_limit : float
        Seconds of CPU time.
    pickled : str
        The class of the hand-in; or, if it is empty, the next four make it.
    cells : list of pairs
        Name and source of what is run.
    module : str
        The name under which the class finds itself.
    file : str
        Path of the hand-in.
    hide_mlp : bool
        Whether ``import mlp`` has to fail.
    requests : list of Request
    questions : list of str
    answers : list of pairs
        Question and what `transcript.write_answer` made of the answer.
    proof_time : float
        Seconds for a proof.
    """

    task: str
    path: list
    book: list = field(default_factory=list)
    time_limit: float = 60
    pickled: str = ""
    cells: list = field(default_factory=list)
    module: str = "hand_in"
    file: str = ""
    hide_mlp: bool = False
    requests: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    proof_time: float = 0


# What goes between the processes: JSON, because reading it runs nothing.


def plain(value):
    """Return numbers, lists and dicts of them as JSON has them; an array is a dict."""
    if isinstance(value, longdouble):
        return float(value)
    if isinstance(value, ndarray) and value.dtype == longdouble:
        value = value.astype(float)
    if isinstance(value, generic):
        return value.item()
    if isinstance(value, ndarray):
        return {
            "dtype": str(value.dtype),
            "shape": value.shape,
            "values": value.tolist(),
        }
    if isinstance(value, dict):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def encode(value):
    """Return a line of JSON. What it does not know becomes the name of its type."""
    return dumps(plain(value), default=lambda other: f"a {type(other).__name__}")


def to_array(entry):
    """Return the array of a dict that `plain` made; any other dict as it is."""
    if set(entry) != {"dtype", "shape", "values"}:
        return entry
    try:
        return array(entry["values"], entry["dtype"]).reshape(entry["shape"])
    except (TypeError, ValueError):
        return f"an array of {entry['dtype']}"


def decode(line):
    """Return what `encode` was given, with lists for tuples."""
    return loads(line, object_hook=to_array)


# Limits


def limit_resources(seconds):
    """Bound CPU time from now on, memory and file size, where the platform can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = math.ceil(seconds + time.process_time())
    limits = {
        "CPU": (seconds, seconds + 1),
        "AS": 2 * (MEMORY,),
        "FSIZE": 2 * (FILE_SIZE,),
    }
    for name, limit in {**limits, "CORE": (0, 0)}.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), limit)


def refuse_outside(folder):
    """Refuse from now on to write outside the folder, and to start or end processes."""
    allowed = os.path.realpath(folder)

    def is_inside(path):
        if isinstance(path, int):  # an open file
            return True
        path = os.path.realpath(os.fsdecode(path))
        return path == os.devnull or os.path.commonpath([path, allowed]) == allowed

    def hook(event, args):
        if event in PROCESS_EVENTS:
            raise PermissionError(
                f"a hand-in must not start or end processes ({event})"
            )
        paths = []
        if event == "open" and isinstance(args[2], int) and args[2] & WRITING:
            paths = args[:1]
        elif event in PATH_EVENTS:
            paths = [arg for arg in args if isinstance(arg, (str, bytes, os.PathLike))]
        for path in paths:
            if path is not None and not is_inside(path):
                raise PermissionError(
                    f"a hand-in must not write outside its folder: {path}"
                )

    sys.addaudithook(hook)


class Shortened(io.StringIO):
    """Text of which only the beginning is kept."""

    def write(self, text):
        """Keep what there is room for."""
        super().write(text[: max(OUTPUT - self.tell(), 0)])
        return len(text)


# The hand-in


def remember(name, source):
    """Let tracebacks show the lines of a source that is not a file."""
    linecache.cache[name] = len(source), None, source.splitlines(True), name


def run_cells(job):
    """Run the source of a hand-in as a module, and return the module."""
    module = types.ModuleType(job.module)
    module.__file__ = job.file
    sys.modules[job.module] = module
    if job.hide_mlp:
        sys.modules["mlp"] = None
    for name, source in job.cells:
        remember(name, source)
        exec(compile(source, name, "exec", dont_inherit=True), vars(module))
    return module


def load_hand_in(job):
    """Return the class of the hand-in."""
    sys.path[:] = job.path
    if job.pickled:
        return pickle.loads(job.pickled.encode("latin-1"))
    return getattr(run_cells(job), CLASS_NAME, None)


def describe_error(error):
    """Return an exception in a line, with the place in the hand-in's code."""
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


# What is asked of it


def ask_loss(net, request):
    """Return loss and gradients, and the arguments and parameters after the call."""
    X, y = request.X, request.y
    result = net.loss(X, y, reg=request.reg)
    return {"result": result, "X": X, "y": y, "params": net.params}


def ask_cost(net, request):
    """Count the lines of Python that a call of loss runs, for each number of repeats.

    Lines of NumPy itself do not count, those that it calls back do.
    """
    folder, steps = os.path.dirname(np.__file__), []

    def count(frame, event, arg):
        if frame.f_code.co_filename.startswith(folder):
            return None
        steps[-1] += 1
        return count

    for repeats in [1, *request.repeats]:  # the first call may fill caches
        X, y = request.X.repeat(repeats, 0), request.y.repeat(repeats)
        steps.append(0)
        sys.settrace(count)
        try:
            net.loss(X, y, reg=0.1)
        finally:
            sys.settrace(None)
    return steps[1:]


def ask_train(net, request):
    """Return the histories of a training run, and the predicted labels after it."""
    X, y = request.X, request.y
    stats = net.train(X, y, X, y, **request.settings)
    return {"stats": stats, "labels": net.predict(X), "X": X, "y": y}


def ask_mnist(net, request):
    """Return the same for the file's images; all labels, if they are asked for."""
    with load(request.file) as file:
        X, y = file["pixels"].astype(float), file["labels"]  # (70000, 784), (70000,)
    train, val = (slice(*request.parts[name]) for name in ["train", "val"])
    X -= X[train].mean(axis=0)
    stats = net.train(X[train], y[train], X[val], y[val], **request.settings)
    return {"stats": stats, "labels": net.predict(X) if request.predict else None}


ASK = {"loss": ask_loss, "cost": ask_cost, "train": ask_train, "mnist": ask_mnist}


def reply(request, make, rng=np.random):
    """Make a network as the request says, and ask it.

    Parameters
    ----------
    request : Request
    make : callable
        The class.
    rng : RandomState or the module np.random
        The generator that the class draws from.
    """
    rng.seed(request.seed)
    for length in request.skip:
        rng.permutation(length)
    sizes, options = request.arguments
    net = make(*sizes, **options)
    for name, p in (request.params or {}).items():
        net.params[name] = p.copy()
    return ASK[request.ask](net, request)


def ask_hand_in(job):
    """Yield that the hand-in is loaded, then its answer to each request."""
    home = os.getcwd()
    make = load_hand_in(job)
    yield {"loaded": callable(make)}
    for request in job.requests:
        os.chdir(home)
        yield {"answer": reply(request, make)}


# The process


def task_of(job):
    """Return the function that does the job."""
    if job.task == "ask":
        return ask_hand_in
    sys.path[:] = [*job.book, *job.path]
    if job.task == "prove":
        from mlp.grader.child_proof import prove

        return prove
    from mlp.grader.child_answers import TASKS  # never where a program is asked

    return TASKS[job.task]


def main(folder):
    """Do the job in the folder: write a line for each part, up to the first error."""
    output = Shortened()
    with open(Path(folder, "answers"), "w", encoding="utf-8") as answers:

        def write(line):
            answers.write(encode(line) + "\n")
            answers.flush()

        try:
            job = Job(**decode(Path(folder, "job.json").read_text("utf-8")))
            job.requests = [Request(**request) for request in job.requests]
            sys.argv[1:] = []
            task = task_of(job)
            limit_resources(job.time_limit)
            refuse_outside(os.getcwd())
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                for line in task(job):
                    write(line)
        except BaseException as error:  # sys.exit and KeyboardInterrupt, too
            write({"error": describe_error(error), "printed": output.getvalue()})
            write(
                {"trace": traceback.format_exc()}
            )  # apart, as a hand-in may make it fail
    os._exit(0)  # no exit handlers, no waiting for threads


if __name__ == "__main__":
    main(sys.argv[1])
