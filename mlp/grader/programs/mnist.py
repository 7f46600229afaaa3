"""What is asked of a program on MNIST, and judges of its log and its accuracies."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mlp.data import MNIST_SPLIT, read_mnist
from mlp.grader.child.requests import Request
from mlp.grader.objections import Refused
from mlp.grader.programs.bounds import DOUBLE, DRIFT, SINGLE
from mlp.grader.programs.comparing import Slip, activation_of, as_floats
from mlp.grader.programs.first_lines import explain_line
from mlp.grader.programs.training import histories_of
from mlp.published import (
    MNIST_SETTINGS,
    RELU_FIGURES,
    RELU_LOG,
    SIGMOID_ACCURACIES,
    SIGMOID_LOG,
)

EPOCHS = 1  # of the published 20, unless all are asked for
FEW_IMAGES = 1e-3  # as a share of all; in float32 they may get another label
NEAR = 0.05  # by so much accuracies differ from one order of the examples to the next
LOGS = {"sigmoid": SIGMOID_LOG, "relu": RELU_LOG}
LEARNED = {"sigmoid": 0.15, "relu": 0.5}  # guessing has 0.1, as before the first step
PART_NAMES = {"train": "training", "val": "validation", "test": "test"}


@cache
def mnist_folder():
    """Return a folder with MNIST as the child reads it; it goes when the process ends.

    `get_MNIST_data` returns eight bytes a pixel. Here it is one, written once for all
    hand-ins.
    """
    (images, labels), (test_images, test_labels) = read_mnist()
    by_label = np.argsort(labels, kind="stable")
    test_by_label = len(labels) + np.argsort(test_labels, kind="stable")
    order = np.concatenate([by_label, test_by_label])
    order = order[np.random.RandomState(0).permutation(len(order))]
    folder = TemporaryDirectory(prefix="mlp-grader-mnist-")
    np.savez(
        Path(folder.name, "mnist.npz"),
        pixels=np.concatenate([images, test_images])[order],
        labels=np.concatenate([labels, test_labels])[order].astype(np.intp),
    )
    return folder


def mnist_file():
    """Return the path of the images."""
    return str(Path(mnist_folder().name, "mnist.npz"))


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
        file=mnist_file(),
        parts={name: (part.start, part.stop) for name, part in MNIST_SPLIT.items()},
        settings={**MNIST_SETTINGS, "num_epochs": epochs, "verbose": True},
        predict=predict,
    )


def with_std(request):
    """Return the request with the assignment's std, which is the default otherwise."""
    sizes, options = request.arguments
    return replace(request, arguments=(sizes, {**options, "std": 1e-1}))


def without_verbose(request):
    """Return the request without the argument verbose."""
    settings = {k: v for k, v in request.settings.items() if k != "verbose"}
    return replace(request, settings=settings)


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


@cache
def mnist_labels():
    """Return the true labels of all images."""
    with np.load(mnist_file()) as file:
        return file["labels"]


def mnist_accuracies(request, answer):
    """Return the share of correct labels in each part that was asked for."""
    y, parts = mnist_labels(), MNIST_SPLIT
    if not request.predict:
        y, parts = y[MNIST_SPLIT["val"]], {"val": slice(None)}
    labels = as_floats("predict(X)", answer["labels"], y.shape)
    return {name: np.mean(labels[part] == y[part]) for name, part in parts.items()}


def log_of(case, answer):
    """Return pairs of lines: the program's and the published, for each epoch."""
    epochs = case.request.settings["num_epochs"]
    lines = log_lines(histories_of_epochs(answer["stats"], epochs))
    return zip(lines, without_epoch(LOGS[activation_of(case.request)]))


def histories_of_epochs(stats, epochs):
    """Return the histories; a loss an epoch is enough: it is charged before."""
    steps = MNIST_SPLIT["train"].stop // MNIST_SETTINGS["batch_size"]
    for length in (epochs, epochs * steps):
        try:
            return histories_of(stats, length, epochs)
        except Refused as refusal:
            hint = refusal.hint
    raise Refused(hint)  # that it is no slip: there is no log


def judge_log(case, answer, eps=DOUBLE):
    """Refuse a run whose log is not the published one, and say what explains it.

    Of the sigmoid's each printed digit must be there, but in float32 the last digits of
    the loss may differ, and single images. A ReLU's run depends on the rounding.
    """
    activation = activation_of(case.request)
    for epoch, (line, true) in enumerate(log_of(case, answer), start=1):
        if line != true and not is_near(activation, line, true, eps):
            slip, says = explain_line(activation, line) if epoch == 1 else ("", "")
            allowed = "" if activation == "sigmoid" or says else WITHIN
            raise Slip(
                f"{case.text}, epoch {epoch}: loss, train_acc, val_acc are {line}; "
                f"{true} are published. {says}{allowed}".strip(),
                slip=slip,
            )


WITHIN = "A right run is within 1 % of the loss, and 0.015 of the accuracy."


def is_near(activation, line, true, eps):
    """Tell whether lines of two logs may differ by rounding alone."""
    (loss, train, val), ours = (np.array(t.split(), float) for t in (line, true))
    if activation == "relu":
        # book/train/mnist_relu: runs that differ by rounding alone stay within these.
        return abs(loss / ours[0] - 1) < 0.01 and abs(val - ours[2]) < 0.015
    return (
        eps > DOUBLE
        and abs(loss / ours[0] - 1) < DRIFT[SINGLE]
        and abs(train - ours[1]) < 0.015  # one image of the last minibatch
        and abs(val - ours[2]) < FEW_IMAGES
    )


def judge_accuracies(case, answer, eps=DOUBLE):
    """Refuse a run whose accuracies are not those of right runs.

    After the first epochs it is that on the validation set, which may differ as it does
    from one order of the examples to the next; after all those on all three sets.
    """
    activation, request = activation_of(case.request), case.request
    if request.predict:
        bands = bands_of_accuracies(activation, eps)
    else:
        log = LOGS[activation].splitlines()[request.settings["num_epochs"] - 1]
        published = float(log.split()[3])
        bands = {"val": (published - NEAR, published, published + NEAR)}
    for name, share in mnist_accuracies(request, answer).items():
        low, published, high = bands[name]
        if not low <= share <= high:
            raise Refused(
                f"{case.text}: accuracy on the {PART_NAMES[name]} set is {share}; "
                f"{published} is published, right runs have {low:.4f} to {high:.4f}"
            )


def bands_of_accuracies(activation, eps):
    """Return the least, the published and the greatest right accuracy of each set."""
    if activation == "sigmoid":
        near = 1e-9 if eps == DOUBLE else FEW_IMAGES
        return {
            name: (share - near, share, share + near)
            for name, share in SIGMOID_ACCURACIES.items()
        }
    bands = {}
    for name in PART_NAMES:
        share, low, high = RELU_FIGURES[f"accuracy, {name}"]
        # The wide band of book/train/mnist_relu: other machines, other twelve runs.
        bands[name] = low - 2 * (high - low), share, high + 2 * (high - low)
    return bands


def judge_ran(case, answer, eps=DOUBLE):
    """Refuse a run that has no log."""
    histories_of_epochs(answer["stats"], case.request.settings["num_epochs"])


def judge_learned(case, answer, eps=DOUBLE):
    """Refuse a run that did not learn to tell the digits apart.

    Where there is no log to be seen, its accuracy has to be that of the published one.
    """
    try:
        judge_ran(case, answer, eps)
    except Refused:
        judge_accuracies(case, answer, eps)
    val = mnist_accuracies(case.request, answer)["val"]
    if not val > LEARNED[activation_of(case.request)]:
        raise Refused(f"{case.text}: accuracy on the validation set is {val}.")
