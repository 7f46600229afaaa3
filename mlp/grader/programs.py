"""Check programs: the hand-in runs in a process of its own, its numbers are judged here."""

import functools
from collections import namedtuple
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mlp.checks import check_choice, check_number
from mlp.data import get_MNIST_data, toy_data
from mlp.grader.hand_ins import NAME, NotLoaded, Refused, pack, run
from mlp.grader.questions import PROGRAMS
from mlp.grader.result import Counterexample, graded
from mlp.grader.worker import plain, reply
from mlp.model import TwoLayerMLP
from mlp.published import RELU_LOG, SIGMOID_LOG
from mlp.training import HISTORIES

SIZES = [  # N, D, H, K: the first that shows a mistake is the example that is shown
    (1, 1, 1, 2),
    (2, 1, 1, 2),
    (1, 2, 1, 2),
    (1, 1, 2, 2),
    (2, 2, 2, 2),
    (3, 2, 3, 3),
    (5, 4, 3, 4),
]
PUBLISHED = {
    "sigmoid": {"loss": 1.1822479803941373, "trained": 0.10926794610680679},
    "relu": {"loss": 1.3037878913298206, "trained": 0.0178562204869839},
}
SOFTPLUS_LOSS = 1.3209729331  # which the handout prints for ReLU
TOY_TRAINING = {
    "sigmoid": {"learning_rate": 0.5, "reg": 1e-5, "num_epochs": 100, "verbose": False},
    "relu": {"learning_rate": 0.1, "reg": 1e-5, "num_epochs": 50, "verbose": False},
}
MNIST_TRAINING = {
    "learning_rate": 1e-3,
    "learning_rate_decay": 0.95,
    "reg": 0.5,
    "batch_size": 100,
    "verbose": True,
}
EPOCHS = 2  # of the published 20, unless all are asked for
SIGMOID_ACCURACIES = {"training": 0.87384, "validation": 0.8686, "test": 0.8676}
RELU_BANDS = {  # of twelve runs that differ by rounding only
    "training": (0.9732, 0.9735),
    "validation": (0.9660, 0.9664),
    "test": (0.9631, 0.9637),
}
PARTS = {
    "training": slice(50000),
    "validation": slice(50000, 60000),
    "test": slice(60000, None),
}

Check = namedtuple("Check", "text request judge")  # judge(request, answer, text) may refuse


# --- comparing ----------------------------------------------------------------------------


def describe(value):
    """What a value is, in a few words."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return repr(value)[:60]


def as_number(name, value):
    """The value as a float, or a refusal."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise Refused(f"{name} must be a number; got {describe(value)}")
    return float(value)


def as_dict(name, value):
    """The value, or a refusal if it is not a dict."""
    if not isinstance(value, dict):
        raise Refused(f"{name} must be a dict; got {describe(value)}")
    return value


def as_floats(name, value, shape):
    """The value as an array of floats of the shape, or a refusal."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf":
        raise Refused(f"{name} must be an array of numbers; got {describe(value)}")
    if value.shape != shape:
        raise Refused(f"{name} must have shape {shape}; got {value.shape}")
    return value.astype(float)


def equal(value, expected):
    """Whether the numbers agree but for rounding."""
    return np.allclose(value, expected, rtol=1e-9, atol=1e-12)


def example(request, name, claim, true):
    """A counterexample: all numbers that the value of this name depends on."""
    values = {key: request[key] for key in ["X", "y", "reg", "settings"] if key in request}
    values |= request.get("params", {})
    values = {
        key: value.tolist() if isinstance(value, np.ndarray) else value
        for key, value in values.items()
    }
    short = len(str(values)) < 250
    numbers = ", ".join(f"{key} = {value}" for key, value in values.items() if short)
    claim, true = (np.round(value, 12).tolist() for value in (claim, true))
    text = f"{name} is {claim} where {true} is right" + (f"; {numbers}" if numbers else "")
    return Counterexample(values, claim, true, text)


def reference(request):
    """The book's answer to a request."""
    rng = np.random.RandomState()
    return reply(request, partial(TwoLayerMLP, rng=rng), rng)


# --- the loss and the gradients -----------------------------------------------------------


def guess_about_loss(request, loss, true):
    """The kind of a wrong loss, where its value tells; else nothing."""
    params, reg, N = request.get("params"), request["reg"], len(request["y"])
    if not np.isfinite(loss):
        return "Subtract the largest score of each row before the exponential."
    if N > 1 and equal(loss, N * true):
        return "It is the sum over the examples; the mean is asked for."
    if not params or not reg:
        return ""
    squares = {name: np.sum(p**2) for name, p in params.items()}
    penalty = 0.5 * reg * (squares["W1"] + squares["W2"])
    kinds = {
        "The penalty has lost its factor 1/2.": penalty,
        "The penalty is missing.": -penalty,
        "The biases are not penalized.": 0.5 * reg * (squares["b1"] + squares["b2"]),
        "W2 is penalized, too.": -0.5 * reg * squares["W2"],
        "W1 is penalized, too.": -0.5 * reg * squares["W1"],
    }
    for kind, difference in kinds.items():
        if equal(loss, true + difference):
            return kind
    return "Without the penalty it is right."


def judge_unchanged(request, answer, text):
    """Refuse a call that changes its arguments or the parameters."""
    before = {"X": request["X"], "y": request["y"]}
    after = {"X": answer["X"], "y": answer["y"]}
    if "params" in request:
        before = {**before, **request["params"]}
        after = {**after, **as_dict("net.params", answer["params"])}
    for name, value in before.items():
        changed = after.get(name)
        if not np.array_equal(changed, value):
            changed = changed.tolist() if isinstance(changed, np.ndarray) else changed
            raise Refused(f"{text} changes {name}: from {value.tolist()} to {changed}")


def judge_loss(request, answer, text, true=None):
    """Refuse a wrong loss."""
    result = answer["result"]
    loss = as_number("the loss", result[0] if isinstance(result, list) and result else result)
    true = reference(request)["result"][0] if true is None else true
    if not equal(loss, true):
        guess = guess_about_loss(request, loss, true)
        hint = f"{text} gives the loss {loss:.10g}; {true:.10g} is right. {guess}".strip()
        raise Refused(hint, example(request, "the loss", loss, true))
    judge_unchanged(request, answer, text)


def guess_about_gradient(request, grad, true):
    """The kind of a wrong gradient, where its value tells; else nothing."""
    N = len(request["y"])
    if equal(grad, -true):
        return "The sign is wrong."
    if N > 1 and equal(grad, N * true):
        return "The loss is a mean over the examples, the gradient that of a sum."
    if N > 1 and equal(N * grad, true):
        return "It is divided by the number of examples once too often."
    if request["reg"]:
        return "Without the penalty it is right."
    return ""


def judge_gradients(request, answer, text):
    """Refuse wrong gradients; the last layer's first, because the others build on them."""
    result = answer["result"]
    if not isinstance(result, list) or len(result) != 2 or not isinstance(result[1], dict):
        raise Refused(f"loss must return a number and a dict; got {describe(result)}")
    grads, params = result[1], request["params"]
    if set(grads) != set(params):
        raise Refused(f"grads must have the keys {sorted(params)}; got {sorted(grads)}")
    true = reference(request)["result"][1]
    for name in ["b2", "W2", "b1", "W1"]:
        grad = as_floats(f'grads["{name}"]', grads[name], params[name].shape)
        if not equal(grad, true[name]):
            guess = guess_about_gradient(request, grad, true[name])
            raise Refused(
                f'{text} gives a wrong grads["{name}"]. {guess}'.strip(),
                example(request, f'grads["{name}"]', grad, true[name]),
            )
    judge_unchanged(request, answer, text)


def judge_cost(request, answer, text):
    """Refuse a loop over the examples: a line of Python for each, or more."""
    few, many = answer
    more = request["repeats"][1] - request["repeats"][0]
    if many - few >= more * len(request["y"]):
        raise Refused(
            f"{text} runs {few} lines of Python for {request['repeats'][0]} examples and "
            f"{many} for {request['repeats'][1]}: it loops over the examples. Let NumPy do it."
        )


def random_request(sizes, activation, reg=0.0):
    """A request for the loss of a random net on random examples, of few digits."""
    N, D, H, K = sizes
    rng = np.random.RandomState(6)
    params = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    params = {name: rng.randn(*shape).round(1) for name, shape in params.items()}
    params["b1"] = (params["b1"] + 0.05).round(2)  # no unit of a ReLU net is at its kink
    return {
        "ask": "loss",
        "seed": 0,
        "arguments": ((D, H, K), {"std": 1e-1, "activation": activation}),
        "params": params,
        "X": rng.randn(N, D).round(1),
        "y": np.arange(N) % K,
        "reg": reg,
    }


def growing_checks(activation, judge):
    """Checks of random nets, the smallest first; at each size without a penalty first."""
    checks = []
    for sizes in SIZES:
        for reg in [0.0, 0.1]:
            N, D, H, K = sizes
            text = f"loss(X, y, reg={reg:g}) with N = {N}, D = {D}, H = {H}, K = {K}"
            checks.append(Check(text, random_request(sizes, activation, reg), judge))
    return checks


def extreme_check(activation, judge):
    """A check with scores of ±10,000, the correct class once the one, once the other."""
    request = random_request((2, 1, 1, 2), activation)
    params = {"W1": [[0.0]], "b1": [0.0], "W2": [[0.0, 0.0]], "b2": [1e4, -1e4]}
    request["params"] = {name: np.array(p) for name, p in params.items()}
    return Check("loss(X, y) with scores of 10000 and -10000", request, judge)


def cost_check(activation):
    """A check that the work in Python does not grow with the number of examples."""
    request = {**random_request((1, 4, 3, 4), activation), "ask": "cost", "repeats": (5, 50)}
    return Check("loss(X, y)", request, judge_cost)


def toy_request(activation, **changes):
    """A request about the assignment's toy net, drawn after `np.random.seed(0)`."""
    X, y = toy_data()
    arguments = (4, 10, 3), {"std": 1e-1, "activation": activation}
    request = {"ask": "loss", "seed": 0, "arguments": arguments, "X": X, "y": y, "reg": 0.1}
    return {**request, **changes}


def judge_toy_loss(request, answer, text):
    """Refuse initial weights that are not the assignment's, then a loss that is not."""
    net = TwoLayerMLP(4, 10, 3, rng=np.random.RandomState(0))
    for name, p in net.params.items():
        params = as_dict("net.params", answer["params"])
        drawn = as_floats(f'net.params["{name}"]', params.get(name), p.shape)
        if not equal(drawn, p):
            raise Refused(
                f'{text}: params["{name}"] starts with {drawn.flat[0]:.6g}, not with '
                f"{p.flat[0]:.6g}. Draw std * np.random.randn(…) for W1, then for W2, "
                "and let the biases be 0."
            )
    activation = request["arguments"][1]["activation"]
    loss = answer["result"][0] if isinstance(answer["result"], list) else answer["result"]
    if activation == "relu" and isinstance(loss, float) and abs(loss - SOFTPLUS_LOSS) < 1e-9:
        raise Refused(f"{text} gives {loss:.6f}, the handout's figure. It is softplus's; "
                      "a ReLU is max(z, 0).")  # fmt: skip
    judge_loss(request, answer, text, PUBLISHED[activation]["loss"])


def toy_loss_check(activation):
    """A check of the published loss of the toy net."""
    text = f"loss(X, y, reg=0.1) of the toy net ({activation})"
    return Check(text, toy_request(activation), judge_toy_loss)


# --- training -----------------------------------------------------------------------------


def check_histories(stats, steps, epochs):
    """The histories of a training run as arrays, or a refusal."""
    lengths = dict(zip(HISTORIES, [steps, steps, epochs, epochs]))
    if not isinstance(stats, dict) or not set(HISTORIES) <= set(stats):
        came = sorted(stats) if isinstance(stats, dict) else describe(stats)
        raise Refused(f"train must return a dict with {', '.join(HISTORIES)}; got {came}")
    histories = {}
    for name, length in lengths.items():
        try:
            values = np.array(stats[name], float)
        except (TypeError, ValueError):
            values = np.array([])
        if values.shape != (length,):
            each = "epoch" if "acc" in name else "minibatch"
            raise Refused(f'stats["{name}"] must have a number for each {each}, {length} '
                          f"in all; got {values.size}")  # fmt: skip
        histories[name] = values
    return histories


def judge_training(request, answer, text):
    """Refuse a run that parts from the book's, with the first step that does."""
    true = reference(request)
    ours = true["stats"]
    histories = check_histories(
        answer["stats"], len(ours["loss_history"]), len(ours["val_acc_history"])
    )
    for name in ["loss_history", "grad_magnitude_history"]:
        agree = np.isclose(histories[name], ours[name], rtol=1e-8, atol=1e-12)
        if not agree.all():
            step = int(np.argmin(agree))
            claim, value = histories[name][step], ours[name][step]
            where = f'stats["{name}"][{step}]'
            hint = f"{text}: {where} is {claim:.8g}; {value:.8g} is right."
            raise Refused(hint, example(request, where, claim, value))
    labels = answer["labels"]
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu":
        raise Refused(f"predict must return an array of integers; got {describe(labels)}")
    if not np.array_equal(labels, true["labels"]):
        raise Refused(f"{text}: predict(X) is {labels.tolist()}; "
                      f"{true['labels'].tolist()} is right")  # fmt: skip
    judge_unchanged({"X": request["X"], "y": request["y"]}, answer, text)


def judge_toy_training(request, answer, text):
    """Refuse a run without the published end, then one that parts from the book's."""
    judge_training(request, answer, text)
    activation = request["arguments"][1]["activation"]
    last, true = answer["stats"]["loss_history"][-1], PUBLISHED[activation]["trained"]
    if not equal(last, true):
        raise Refused(f"{text} ends with the loss {last:.10g}; {true:.10g} is published")


def small_training_check(N, activation, **settings):
    """A check of a few steps of a net with one or two inputs."""
    request = random_request((N, 1 + (N > 1), 1 + (N > 1), 2), activation)
    del request["reg"]
    settings = {"learning_rate": 0.5, "reg": 0.1, "num_epochs": 3, **settings}
    request = {**request, "ask": "train", "settings": settings}
    shown = ", ".join(f"{name}={value}" for name, value in settings.items())
    return Check(f"train with N = {N}, {shown}", request, judge_training)


def toy_training_checks(activation):
    """Checks of training: two small steps, then the toy net to the published end."""
    settings = TOY_TRAINING[activation]
    request = toy_request(activation, ask="train", settings=settings)
    del request["reg"]
    text = f"train on the toy data ({activation})"
    return [
        small_training_check(1, activation),
        Check(text, request, judge_toy_training),
    ]


# --- MNIST --------------------------------------------------------------------------------


@functools.cache
def mnist_folder():
    """A folder with MNIST as the child reads it; removed at the end of the process.

    `get_MNIST_data` returns eight bytes a pixel. Here it is one, written once for all
    hand-ins.
    """
    X_train, y_train, X_val, y_val, X_test, y_test = get_MNIST_data()
    lowest = X_train.min(axis=0)  # where a pixel is 0, as each one is somewhere
    pixels = [np.rint(X - lowest).astype(np.uint8) for X in (X_train, X_val, X_test)]
    folder = TemporaryDirectory(prefix="mlp-grader-mnist-")
    np.savez(
        Path(folder.name, "mnist.npz"),
        pixels=np.concatenate(pixels),
        labels=np.concatenate([y_train, y_val, y_test]),
    )
    return folder


def log_lines(histories):
    """The lines of the published logs: loss, training and validation accuracy."""
    steps = len(histories["loss_history"]) // len(histories["val_acc_history"])
    columns = (
        histories["loss_history"][steps - 1 :: steps],
        histories["train_acc_history"],
        histories["val_acc_history"],
    )
    return [f"{loss:f} {train:f} {val:f}" for loss, train, val in zip(*columns)]


def without_epoch(log):
    """The lines of a published log, which begin with the epoch, without it."""
    return [line.partition(" ")[2] for line in log.splitlines()]


def mnist_accuracies(answer):
    """Share of correct labels in each part."""
    with np.load(Path(mnist_folder().name, "mnist.npz")) as file:
        y = file["labels"]
    labels = as_floats("predict(X)", answer["labels"], y.shape)
    return {name: np.mean(labels[part] == y[part]) for name, part in PARTS.items()}


def judge_sigmoid_log(request, answer, text):
    """Refuse a run whose log differs from the published one in any printed digit."""
    epochs = request["settings"]["num_epochs"]
    lines = log_lines(check_histories(answer["stats"], 500 * epochs, epochs))
    for epoch, (line, true) in enumerate(zip(lines, without_epoch(SIGMOID_LOG)), start=1):
        if line != true:
            raise Refused(f"{text}, epoch {epoch}: loss, train_acc, val_acc are {line}; "
                          f"{true} are published")  # fmt: skip
    if request["predict"]:
        for name, share in mnist_accuracies(answer).items():
            if not np.isclose(share, SIGMOID_ACCURACIES[name], rtol=0, atol=1e-9):
                raise Refused(f"{text}: accuracy on the {name} set is {share}; "
                              f"{SIGMOID_ACCURACIES[name]} is published")  # fmt: skip


def judge_relu_log(request, answer, text):
    """Refuse a run outside of what rounding alone can do to the published one."""
    epochs = request["settings"]["num_epochs"]
    lines = log_lines(check_histories(answer["stats"], 500 * epochs, epochs))
    for epoch, (line, true) in enumerate(zip(lines, without_epoch(RELU_LOG)), start=1):
        (loss, _, val), (true_loss, _, true_val) = (map(float, t.split()) for t in (line, true))
        if not (abs(loss / true_loss - 1) < 0.01 and abs(val - true_val) < 0.015):
            raise Refused(
                f"{text}, epoch {epoch}: loss {loss:f}, val_acc {val:f}; published are "
                f"{true_loss:f}, {true_val:f}. A right run is within 1 % of the loss, and "
                "0.015 of the accuracy."
            )
    if request["predict"]:
        for name, share in mnist_accuracies(answer).items():
            low, high = RELU_BANDS[name]
            low, high = low - 2 * (high - low), high + 2 * (high - low)  # other machines
            if not low < share < high:
                raise Refused(f"{text}: accuracy on the {name} set is {share}; right runs "
                              f"have {low:.4f} to {high:.4f}")  # fmt: skip


def mnist_checks(activation, full):
    """Checks of a walk in minibatches, then of the published run or its first epochs."""
    # In the published session the data, then the sigmoid net, came from RandomState(0);
    # then 20 epochs of training drew from RandomState(1), then came the ReLU net.
    seed, skip = (0, [70000]) if activation == "sigmoid" else (1, 20 * [50000])
    epochs = 20 if full else EPOCHS
    request = {
        "ask": "mnist",
        "seed": seed,
        "skip": skip,
        "arguments": ((784, 64, 10), {"activation": activation}),
        "file": str(Path(mnist_folder().name, "mnist.npz")),
        "settings": {**MNIST_TRAINING, "num_epochs": epochs},
        "predict": full,
    }
    judge = judge_sigmoid_log if activation == "sigmoid" else judge_relu_log
    return [
        small_training_check(5, activation, batch_size=2, learning_rate_decay=0.5),
        Check(f"train on MNIST ({activation})", request, judge),
    ]


# --- the questions ------------------------------------------------------------------------


def checks_of(question, full):
    """The checks of a question, in the order in which they are judged."""
    activation = "relu" if question in {"Q2.4", "Q2.5.2"} else "sigmoid"
    if question.startswith("Q2.5"):
        return mnist_checks(activation, full)
    loss = [
        *growing_checks(activation, judge_loss),
        extreme_check(activation, judge_loss),
        cost_check(activation),
        toy_loss_check(activation),
    ]
    gradients = [
        *growing_checks(activation, judge_gradients),
        extreme_check(activation, judge_gradients),
        cost_check(activation),
    ]
    return {
        "Q2.1": lambda: loss,
        "Q2.2": lambda: gradients,
        "Q2.3": lambda: toy_training_checks(activation),
        "Q2.4": lambda: loss + gradients + toy_training_checks(activation),
    }[question]()


def judge_all(checks, outcome):
    """Refuse for the first check that fails, or that the child did not come to."""
    loading = Check("loading the hand-in", {}, lambda *_: None)
    for number, (text, request, judge) in enumerate([loading, *checks]):
        refuse = Refused if number else NotLoaded
        if number == len(outcome.lines):
            raise refuse(f"{text}: {outcome.ending}")
        line = outcome.lines[number]
        if "error" in line:
            said = f" It had printed {line['printed'][-200:]!r}." if line["printed"] else ""
            raise refuse(f"{text}: {line['error']}.{said}")
        if line.get("loaded") is False:
            raise refuse(f"the hand-in has no class {NAME}")
        try:
            judge(request, line.get("answer"), text)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Refused(f"{text} returned what cannot be judged: {error!r}") from None


def check_program(question, hand_in, time_limit=60, full=False):
    """Grade a program.

    The hand-in runs in a process of its own, in a temporary folder, with limits on time,
    memory and file size, without input; what it prints is cut short. It returns numbers,
    which are judged in this process, out of its reach: whatever it does to NumPy, to the
    random generators or to itself, it does not do here. It must not write outside its
    folder (as far as Python notices) or start other programs.

    This protects from mistakes. It is no sandbox: code that means harm can read files,
    use the network, and get around the limits. Grade only people you know.

    Parameters
    ----------
    question : str
        "Q2.1" to "Q2.5.2".
    hand_in : str, Path, class, module or object
        A file `mlp.py`, or a notebook, whose code cells are run in order as far as the
        class needs them, without IPython's magics. Or the class TwoLayerMLP itself; or a
        module or other object that has it.
    time_limit : float
        Seconds of CPU time; by the clock it may take three times as long, and 10 s.
    full : bool
        For Q2.5: train all 20 epochs of the published run, and compare the accuracies on
        the three sets. Otherwise it is the first two epochs.

    Returns
    -------
    Result
        Its hint says what failed, with the smallest example at hand that shows it.

    Raises
    ------
    ValueError, TypeError, FileNotFoundError
        For another question, a hand_in that is none of these, or a time limit that is not
        positive.
    """
    return check_programs([question], hand_in, time_limit, full)[0]


def check_programs(questions, hand_in, time_limit=60, full=False):
    """Grade a hand-in for several questions, in order: a list of results.

    As `check_program` for each; but a hand-in that can't be loaded is tried only once.
    """
    refusals = {}
    for question in questions:
        try:
            ask(question, hand_in, time_limit, full)
        except NotLoaded as refusal:
            refusals = dict.fromkeys(questions, refusal)
            break
        except Refused as refusal:
            refusals[question] = refusal
    return [
        graded(question, False, refusals[question].counterexample, refusals[question].hint)
        if question in refusals
        else graded(question, True)
        for question in questions
    ]


def ask(question, hand_in, time_limit, full):
    """Let the hand-in do what the question asks; Refused says what failed."""
    check_choice("question", question, PROGRAMS)
    time_limit = check_number("time_limit", time_limit, above=0)
    checks = checks_of(question, full)
    requests = [plain(check.request) for check in checks]
    judge_all(checks, run({**pack(hand_in), "requests": requests}, time_limit))
