"""What is asked of programs, and how their answers, numbers, are judged.

A check is a request to the class and a judge of the answer to it. A judge is called
with the check's text, its request, the answer and the rounding of the program's
numbers, and refuses, or does not.
"""

import functools
from collections import namedtuple
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mlp.data import MNIST_SPLIT, get_MNIST_data, toy_data
from mlp.grader import bounds
from mlp.grader.bounds import DOUBLE, DRIFT, SINGLE
from mlp.grader.child_program import Request, decode, encode, reply
from mlp.grader.objections import Counterexample, Refused
from mlp.model import TwoLayerMLP
from mlp.published import (
    HANDOUT_RELU_LOSS,
    MNIST_SETTINGS,
    RELU_FIGURES,
    RELU_LOG,
    SIGMOID_ACCURACIES,
    SIGMOID_LOG,
    TOY_LOSSES,
    TOY_SETTINGS,
)
from mlp.training import HISTORIES
from mlp.verdicts import Entry

SIZES = [  # N, D, H, K: the first that shows a mistake is the example that is shown
    (1, 1, 1, 2),
    (2, 1, 1, 2),
    (1, 2, 1, 2),
    (1, 1, 2, 2),
    (2, 2, 2, 2),
    (3, 2, 3, 3),
    (5, 4, 3, 4),
]
FEW_IMAGES = 1e-3  # as a share of all; in float32 they may get another label
EPOCHS = 2  # of the published 20, unless all are asked for
STRANGE = ArithmeticError, AttributeError, LookupError, TypeError, ValueError
PART_NAMES = {"train": "training", "val": "validation", "test": "test"}

Check = namedtuple("Check", "text request judge")


# Comparing


def in_words(value):
    """Say what a value is, in a few words."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return repr(value)[:60]


def as_number(name, value):
    """Return the value as a float, or refuse."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise Refused(f"{name} must be a number; got {in_words(value)}")
    return float(value)


def as_dict(name, value):
    """Return the value, or refuse if it is not a dict."""
    if not isinstance(value, dict):
        raise Refused(f"{name} must be a dict; got {in_words(value)}")
    return value


def as_floats(name, value, shape):
    """Return the value as an array of floats of the shape, or refuse."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf":
        raise Refused(f"{name} must be an array of numbers; got {in_words(value)}")
    if value.shape != shape:
        raise Refused(f"{name} must have shape {shape}; got {value.shape}")
    return value.astype(float)


def equal(value, expected, bound=None):
    """Tell whether the numbers agree within a bound, or but for rounding."""
    bound = bounds.allowed(expected, 0, DOUBLE) if bound is None else bound
    return bool(np.all(np.abs(value - expected) <= bound))


def example(request, name, claim, true):
    """Return a counterexample: all numbers that the value of this name depends on."""
    values = {key: getattr(request, key) for key in ["X", "y", "reg", "settings"]}
    values = {
        key: value.tolist() if isinstance(value, np.ndarray) else value
        for key, value in {**values, **(request.params or {})}.items()
        if value is not None
    }
    short = len(str(values)) < 250
    numbers = ", ".join(f"{key} = {value}" for key, value in values.items() if short)
    claim, true = (np.round(value, 12).tolist() for value in (claim, true))
    text = f"{name} is {claim} where {true} is right" + (
        f"; {numbers}" if numbers else ""
    )
    return Counterexample(values, claim, true, text)


def reference(request):
    """Return the book's answer to a request."""
    rng = np.random.RandomState()
    return reply(request, partial(TwoLayerMLP, rng=rng), rng)


def judge_answer(check, answer, eps=DOUBLE):
    """Let the check's judge refuse, or not; what it can't work with is refused, too."""
    try:
        check.judge(*check[:2], answer, eps)
    except STRANGE as error:
        # If it can't work with the book's answer either, the fault is the judge's own.
        check.judge(*check[:2], decode(encode(reference(check.request))))
        hint = f"{check.text} returned what cannot be judged: {error!r}"
        raise Refused(hint) from error


def precision_requests(checks):
    """Return lists of requests whose answers tell with which numbers a class computes.

    The first list asks for the loss of a net with the weights that the class draws; a
    second one for a small training, where training is checked.
    """
    requests = [check.request for check in checks]
    request = random_request(SIZES[-1], requests[0].arguments[1]["activation"], reg=0.1)
    drawn = replace(request, params=None)
    trained = [r for r in requests if r.ask == "train" and r.params]
    return [bounds.neighbors(request) for request in [drawn, *trained[:1]]]


def precision(groups, answers):
    """Return the rounding of a program's numbers; float64's where nothing shows it."""
    answers = iter(answers)
    for requests in groups:
        some = [answer for _, answer in zip(requests, answers)]
        try:
            if bounds.is_single(requests, some, reference):
                return SINGLE
        except STRANGE:
            pass
    return DOUBLE


# The loss and the gradients


def guess_about_loss(request, loss, true, bound):
    """Return the kind of a wrong loss, where its value tells; else nothing."""
    params, reg, N = request.params, request.reg, len(request.y)
    if not np.isfinite(loss):
        return "Subtract the largest score of each row before the exponential."
    if N > 1 and equal(loss, N * true, N * bound):
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
        if equal(loss, true + difference, bound):
            return kind
    return "Without the penalty it is right."


def judge_unchanged(text, request, answer):
    """Refuse a call that changes its arguments or the parameters."""
    before = {"X": request.X, "y": request.y}
    after = {"X": answer["X"], "y": answer["y"]}
    if request.params:
        before = {**before, **request.params}
        after = {**after, **as_dict("net.params", answer["params"])}
    for name, value in before.items():
        changed = after.get(name)
        if not np.array_equal(changed, value):
            changed = changed.tolist() if isinstance(changed, np.ndarray) else changed
            raise Refused(f"{text} changes {name}: from {value.tolist()} to {changed}")


def loss_in(answer):
    """Return the loss in what `loss` returned, alone or before the gradients."""
    result = answer["result"]
    return result[0] if isinstance(result, list) and result else result


def judge_loss(text, request, answer, eps=DOUBLE, true=None):
    """Refuse a wrong loss."""
    loss = as_number("the loss", loss_in(answer))
    ours = reference(request)
    true = ours["result"][0] if true is None else true
    activation = request.arguments[1]["activation"]
    scales = bounds.scales_of(ours["params"], request.X, request.reg, activation)
    bound = bounds.allowed(true, scales.loss, eps)
    if not equal(loss, true, bound):
        guess = guess_about_loss(request, loss, true, bound)
        hint = f"{text} gives the loss {loss:.10g}; {true:.10g} is right. {guess}"
        raise Refused(hint.strip(), example(request, "the loss", loss, true))
    judge_unchanged(text, request, answer)


def guess_about_gradient(request, grad, true, bound):
    """Return the kind of a wrong gradient, where its value tells; else nothing."""
    N = len(request.y)
    if equal(grad, -true, bound):
        return "The sign is wrong."
    if N > 1 and equal(grad, N * true, N * bound):
        return "The loss is a mean over the examples, the gradient that of a sum."
    if N > 1 and equal(N * grad, true, N * bound):
        return "It is divided by the number of examples once too often."
    if request.reg:
        return "Without the penalty it is right."
    return ""


def judge_gradients(text, request, answer, eps=DOUBLE):
    """Refuse wrong gradients; the last layer's first, as the others build on them.

    At a kink of the ReLU each number from one side's slope to the other's is right.
    """
    result = answer["result"]
    is_pair = isinstance(result, list) and len(result) == 2
    if not is_pair or not isinstance(result[1], dict):
        raise Refused(f"loss must return a number and a dict; got {in_words(result)}")
    grads, params = result[1], request.params
    if set(grads) != set(params):
        raise Refused(f"grads must have the keys {sorted(params)}; got {sorted(grads)}")
    true = reference(request)["result"][1]
    ranges = bounds.ranges_of_gradients(request, true, eps)
    for name in ["b2", "W2", "b1", "W1"]:
        key, right = f'grads["{name}"]', ranges[name]
        grad = as_floats(key, grads[name], params[name].shape)
        excess = right.excess(grad)
        if np.any(excess > 1):
            guess = guess_about_gradient(request, grad, true[name], right.bound)
            worst = np.unravel_index(excess.argmax(), excess.shape)
            raise Refused(
                f"{text} gives a wrong {key}: {wrong_entry(key, worst, grad, right)}. "
                f"{guess}".strip(),
                example(request, key, grad, right.nearest(grad)),
            )
    judge_unchanged(text, request, answer)


def wrong_entry(key, index, grad, right):
    """Say what an entry of a gradient is, and what it must be."""
    low, high, bound = (float(part[index]) for part in right)
    given, index = float(grad[index]), tuple(map(int, index))
    entry = Entry(key, index, given, float(right.nearest(grad)[index]), bound)
    numbers = f"{entry.place} is {given:.10g}; "
    if high - low <= bound:
        return f"{numbers}{entry.expected:.10g} is right"
    return f"{numbers}at a kink of the ReLU {low:.10g} to {high:.10g} is right"


def judge_cost(text, request, answer, eps=DOUBLE):
    """Refuse a loop over the examples: a line of Python for each, or more."""
    few, many = answer
    more = request.repeats[1] - request.repeats[0]
    if many - few >= more * len(request.y):
        raise Refused(
            f"{text} runs {few} lines of Python for {request.repeats[0]} examples and "
            f"{many} for {request.repeats[1]}: it loops over the examples. Let NumPy "
            f"do it."
        )


def random_request(sizes, activation, reg=0.0):
    """Request the loss of a random net on random examples, of few digits."""
    N, D, H, K = sizes
    rng = np.random.RandomState(6)
    params = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    params = {name: rng.randn(*shape).round(1) for name, shape in params.items()}
    params["b1"] = (params["b1"] + 0.05).round(
        2
    )  # no unit of a ReLU net is at its kink
    return Request(
        ask="loss",
        seed=0,
        arguments=((D, H, K), {"std": 1e-1, "activation": activation}),
        params=params,
        X=rng.randn(N, D).round(1),
        y=np.arange(N) % K,
        reg=reg,
    )


def growing_checks(activation, judge):
    """Check random nets, the smallest first; at each size without a penalty first."""
    checks = []
    for sizes in SIZES:
        for reg in [0.0, 0.1]:
            N, D, H, K = sizes
            text = f"loss(X, y, reg={reg:g}) with N = {N}, D = {D}, H = {H}, K = {K}"
            checks.append(Check(text, random_request(sizes, activation, reg), judge))
    return checks


def extreme_check(activation, judge):
    """Check scores of ±10,000, the correct class once the one, once the other."""
    params = {"W1": [[0.0]], "b1": [0.0], "W2": [[0.0, 0.0]], "b2": [1e4, -1e4]}
    params = {name: np.array(p) for name, p in params.items()}
    request = replace(random_request((2, 1, 1, 2), activation), params=params)
    return Check("loss(X, y) with scores of 10000 and -10000", request, judge)


def cost_check(activation):
    """Check that the work in Python does not grow with the number of examples."""
    request = random_request((1, 4, 3, 4), activation)
    request = replace(request, ask="cost", repeats=(5, 50))
    return Check("loss(X, y)", request, judge_cost)


def kink_check(judge):
    """Check a ReLU net with units at the kink: rows of zeros, and biases of 0."""
    request = random_request((5, 4, 3, 4), "relu", 0.1)
    X, params = request.X.copy(), {**request.params, "b1": np.zeros(3)}
    X[1] = X[3] = 0
    text = "loss(X, y, reg=0.1) with zeros in X and in b1, N = 5, D = 4, H = 3, K = 4"
    return Check(text, replace(request, X=X, params=params), judge)


def toy_request(activation, **changes):
    """Request something of the assignment's toy net, drawn from the seed 0."""
    X, y = toy_data()
    arguments = (4, 10, 3), {"std": 1e-1, "activation": activation}
    request = Request(ask="loss", seed=0, arguments=arguments, X=X, y=y, reg=0.1)
    return replace(request, **changes)


def judge_toy_loss(text, request, answer, eps=DOUBLE):
    """Refuse initial weights that are not the assignment's, then a loss that is not."""
    net = TwoLayerMLP(4, 10, 3, rng=np.random.RandomState(0))
    for name, p in net.params.items():
        params = as_dict("net.params", answer["params"])
        drawn = as_floats(f'net.params["{name}"]', params.get(name), p.shape)
        if not equal(drawn, p, bounds.allowed(p, 0, DOUBLE) + eps * np.abs(p)):
            raise Refused(
                f'{text}: params["{name}"] starts with {drawn.flat[0]:.6g}, not with '
                f"{p.flat[0]:.6g}. Draw std * np.random.randn(…) for W1, then for W2, "
                "and let the biases be 0."
            )
    activation = request.arguments[1]["activation"]
    loss = loss_in(answer)
    rounding = 0.5e-6  # of the handout's six decimals
    is_float = isinstance(loss, float)
    if activation == "relu" and is_float and abs(loss - HANDOUT_RELU_LOSS) < rounding:
        raise Refused(
            f"{text} gives {loss:.6f}, the handout's figure. It is "
            "softplus's; a ReLU is max(z, 0)."
        )
    judge_loss(text, request, answer, eps, TOY_LOSSES[activation]["loss"])


def toy_loss_check(activation):
    """Check the published loss of the toy net."""
    text = f"loss(X, y, reg=0.1) of the toy net ({activation})"
    return Check(text, toy_request(activation), judge_toy_loss)


# Training


def histories_of(stats, steps, epochs):
    """Return the histories of a training run as arrays, or refuse."""
    lengths = dict(zip(HISTORIES, [steps, steps, epochs, epochs]))
    if not isinstance(stats, dict) or not set(HISTORIES) <= set(stats):
        came = sorted(stats) if isinstance(stats, dict) else in_words(stats)
        raise Refused(
            f"train must return a dict with {', '.join(HISTORIES)}; got {came}"
        )
    histories = {}
    for name, length in lengths.items():
        try:
            values = np.array(stats[name], float)
        except (TypeError, ValueError):
            values = np.array([])
        if values.shape != (length,):
            each = "epoch" if "acc" in name else "minibatch"
            raise Refused(
                f'stats["{name}"] must have a number for each {each}, {length} in all; '
                f"got {values.size}"
            )
        histories[name] = values
    return histories


def judge_training(text, request, answer, eps=DOUBLE):
    """Refuse a run that parts from the book's, with the first step that does."""
    true = reference(request)
    ours = true["stats"]
    histories = histories_of(
        answer["stats"], len(ours["loss_history"]), len(ours["val_acc_history"])
    )
    for name in ["loss_history", "grad_magnitude_history"]:
        agree = np.isclose(histories[name], ours[name], rtol=DRIFT[eps], atol=1e-12)
        if not agree.all():
            step = int(np.argmin(agree))
            claim, value = histories[name][step], ours[name][step]
            where = f'stats["{name}"][{step}]'
            hint = f"{text}: {where} is {claim:.8g}; {value:.8g} is right."
            raise Refused(hint, example(request, where, claim, value))
    labels = answer["labels"]
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu":
        raise Refused(
            f"predict must return an array of integers; got {in_words(labels)}"
        )
    if not np.array_equal(labels, true["labels"]):
        raise Refused(
            f"{text}: predict(X) is {labels.tolist()}; "
            f"{true['labels'].tolist()} is right"
        )
    judge_unchanged(text, replace(request, params=None), answer)


def judge_toy_training(text, request, answer, eps=DOUBLE):
    """Refuse a run without the published end, then one that parts from the book's."""
    judge_training(text, request, answer, eps)
    activation = request.arguments[1]["activation"]
    last, true = answer["stats"]["loss_history"][-1], TOY_LOSSES[activation]["trained"]
    if not equal(last, true, max(bounds.allowed(true, 0, eps), DRIFT[eps] * true)):
        raise Refused(
            f"{text} ends with the loss {last:.10g}; {true:.10g} is published"
        )


def small_training_check(N, activation, **settings):
    """Check a few steps of a net with one or two inputs."""
    request = random_request((N, 1 + (N > 1), 1 + (N > 1), 2), activation, reg=None)
    settings = {"learning_rate": 0.5, "reg": 0.1, "num_epochs": 3, **settings}
    request = replace(request, ask="train", settings=settings)
    shown = ", ".join(f"{name}={value}" for name, value in settings.items())
    return Check(f"train with N = {N}, {shown}", request, judge_training)


# MNIST


@functools.cache
def mnist_folder():
    """Return a folder with MNIST as the child reads it; it goes when the process ends.

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
    """Return a run in the lines of the published logs, without the epoch."""
    steps = len(histories["loss_history"]) // len(histories["val_acc_history"])
    columns = (
        histories["loss_history"][steps - 1 :: steps],
        histories["train_acc_history"],
        histories["val_acc_history"],
    )
    return [f"{loss:f} {train:f} {val:f}" for loss, train, val in zip(*columns)]


def without_epoch(log):
    """Return the lines of a published log, which begin with the epoch, without it."""
    return [line.partition(" ")[2] for line in log.splitlines()]


def mnist_accuracies(answer):
    """Return the share of correct labels in each part."""
    with np.load(Path(mnist_folder().name, "mnist.npz")) as file:
        y = file["labels"]
    labels = as_floats("predict(X)", answer["labels"], y.shape)
    return {
        name: np.mean(labels[part] == y[part]) for name, part in MNIST_SPLIT.items()
    }


def steps_of(epochs):
    """Return the number of minibatches of some epochs on MNIST."""
    return epochs * (MNIST_SPLIT["train"].stop // MNIST_SETTINGS["batch_size"])


def judge_sigmoid_log(text, request, answer, eps=DOUBLE):
    """Refuse a run whose log differs from the published one in any printed digit.

    In float32 the last digits of the loss may differ, and single images.
    """
    epochs = request.settings["num_epochs"]
    lines = log_lines(histories_of(answer["stats"], steps_of(epochs), epochs))
    published = without_epoch(SIGMOID_LOG)
    for epoch, (line, true) in enumerate(zip(lines, published), start=1):
        if line != true and not (eps > DOUBLE and is_near(line, true)):
            raise Refused(
                f"{text}, epoch {epoch}: loss, train_acc, val_acc are {line}; "
                f"{true} are published"
            )
    if request.predict:
        for name, share in mnist_accuracies(answer).items():
            near = 1e-9 if eps == DOUBLE else FEW_IMAGES
            if not np.isclose(share, SIGMOID_ACCURACIES[name], rtol=0, atol=near):
                raise Refused(
                    f"{text}: accuracy on the {PART_NAMES[name]} set is {share}; "
                    f"{SIGMOID_ACCURACIES[name]} is published"
                )


def is_near(line, true):
    """Tell whether lines of two logs may differ by the rounding of float32 alone."""
    (loss, train, val), ours = (np.array(t.split(), float) for t in (line, true))
    return (
        abs(loss / ours[0] - 1) < DRIFT[SINGLE]
        and abs(train - ours[1]) < 0.015  # one image of the last minibatch
        and abs(val - ours[2]) < FEW_IMAGES
    )


def judge_relu_log(text, request, answer, eps=DOUBLE):
    """Refuse a run outside of what rounding alone can do to the published one."""
    epochs = request.settings["num_epochs"]
    lines = log_lines(histories_of(answer["stats"], steps_of(epochs), epochs))
    for epoch, (line, true) in enumerate(zip(lines, without_epoch(RELU_LOG)), start=1):
        (loss, _, val), (true_loss, _, true_val) = (
            map(float, t.split()) for t in (line, true)
        )
        # book/train/mnist_relu: runs that differ by rounding alone stay within these.
        if not (abs(loss / true_loss - 1) < 0.01 and abs(val - true_val) < 0.015):
            raise Refused(
                f"{text}, epoch {epoch}: loss {loss:f}, val_acc {val:f}; published "
                f"are {true_loss:f}, {true_val:f}. A right run is within 1 % of the "
                "loss, and 0.015 of the accuracy."
            )
    if request.predict:
        for name, share in mnist_accuracies(answer).items():
            _, low, high = RELU_FIGURES[f"accuracy, {name}"]
            # The wide band of book/train/mnist_relu: other machines, other twelve runs.
            low, high = low - 2 * (high - low), high + 2 * (high - low)
            if not low < share < high:
                raise Refused(
                    f"{text}: accuracy on the {PART_NAMES[name]} set is {share}; "
                    f"right runs have {low:.4f} to {high:.4f}"
                )


def mnist_request(activation, epochs, predict):
    """Request the first epochs of the published run."""
    # In the published session the data, then the sigmoid net, came from RandomState(0);
    # then 20 epochs of training drew from RandomState(1), then came the ReLU net.
    images, examples = MNIST_SPLIT["test"].stop, MNIST_SPLIT["train"].stop
    sigmoid, relu = (0, [images]), (1, MNIST_SETTINGS["num_epochs"] * [examples])
    seed, skip = sigmoid if activation == "sigmoid" else relu
    return Request(
        ask="mnist",
        seed=seed,
        skip=skip,
        arguments=((784, 64, 10), {"activation": activation}),
        file=str(Path(mnist_folder().name, "mnist.npz")),
        parts={name: (part.start, part.stop) for name, part in MNIST_SPLIT.items()},
        settings={**MNIST_SETTINGS, "num_epochs": epochs, "verbose": True},
        predict=predict,
    )


# The checks of a question, in the order in which they are judged


def unusual_checks(activation, judge):
    """Check large scores, and units of a ReLU net that are at the kink."""
    kinks = [kink_check(judge)] if activation == "relu" else []
    return [extreme_check(activation, judge), *kinks]


def loss_checks(activation, *, full):
    """Check the loss."""
    return [
        *growing_checks(activation, judge_loss),
        *unusual_checks(activation, judge_loss),
        cost_check(activation),
        toy_loss_check(activation),
    ]


def gradient_checks(activation, *, full):
    """Check the gradients."""
    return [
        *growing_checks(activation, judge_gradients),
        *unusual_checks(activation, judge_gradients),
        cost_check(activation),
    ]


def training_checks(activation, *, full):
    """Check training: two small steps, then the toy net to the published end."""
    settings = {**TOY_SETTINGS[activation], "verbose": False}
    request = toy_request(activation, ask="train", settings=settings, reg=None)
    return [
        small_training_check(1, activation),
        Check(f"train on the toy data ({activation})", request, judge_toy_training),
    ]


def toy_checks(activation, *, full):
    """Check loss, gradients and training."""
    parts = loss_checks, gradient_checks, training_checks
    return [check for checks in parts for check in checks(activation, full=full)]


def mnist_checks(activation, *, full):
    """Check a walk in minibatches, then the published run or its first epochs."""
    request = mnist_request(
        activation, MNIST_SETTINGS["num_epochs"] if full else EPOCHS, full
    )
    judge = judge_sigmoid_log if activation == "sigmoid" else judge_relu_log
    return [
        small_training_check(5, activation, batch_size=2, learning_rate_decay=0.5),
        Check(f"train on MNIST ({activation})", request, judge),
    ]
