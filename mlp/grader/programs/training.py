"""Judges of a training: its steps, its histories, and the labels after it.

Each compares the program's training with the book's, or with another one that is right
where an earlier mistake acts.
"""

from functools import partial

import numpy as np

from mlp.grader.objections import Refused
from mlp.grader.programs import bounds
from mlp.grader.programs.bounds import DOUBLE, DRIFT
from mlp.grader.programs.comparing import (
    ARRAY_OF_ONE,
    Slip,
    activation_of,
    as_dict,
    as_floats,
    equal,
    example,
    in_words,
    judge_unchanged,
    reference,
)
from mlp.grader.programs.variants import HANDOUT, PUT_BACK, explain, says_default
from mlp.published import TOY_LOSSES
from mlp.training import HISTORIES


def histories_of(stats, steps, epochs):
    """Return the histories of a training run as arrays, or refuse."""
    lengths = dict(zip(HISTORIES, [steps, steps, epochs, epochs]))
    if not isinstance(stats, dict) or not set(HISTORIES) <= set(stats):
        came = sorted(stats) if isinstance(stats, dict) else in_words(stats)
        raise Slip(
            f"train must return a dict with {', '.join(HISTORIES)}; got {came}",
            slip="histories",
        )
    histories = {}
    for name, length in lengths.items():
        values = numbers_in(stats[name])
        if values.shape != (length,):
            each = "epoch" if "acc" in name else "minibatch"
            raise Slip(
                f'stats["{name}"] must have a number for each {each}, {length} in all; '
                f"got {values.size}",
                slip="histories",
            )
        histories[name] = values
    return histories


def numbers_in(history):
    """Return a history as an array; an empty one if it does not hold numbers.

    A number may be in an array of its own: `judge_form_of_histories` looks at that.
    """
    try:
        values = np.array(history, float)
    except (TypeError, ValueError):
        return np.array([])
    is_column = values.ndim and values.size == len(values)
    return values.reshape(-1) if is_column else values


def sizes_of(request):
    """Return the number of minibatches and of epochs of a small training."""
    settings, N = {**HANDOUT, **request.settings}, len(request.y)
    epochs = settings["num_epochs"]
    return epochs * max(N // settings["batch_size"], 1), epochs


def judge_parameters(case, answer, eps=DOUBLE, true=None):
    """Refuse a training that ends with other parameters.

    Those of its best epoch are charged at the published end.
    """
    true = reference(case.request) if true is None else true
    found = parameters_apart(case, answer, eps, true)
    if found:
        slip, why = explain(case.request, answer["params"])
        if why != PUT_BACK:
            raise parted(case, answer, true, *found, slip, why)


def parameters_apart(case, answer, eps, true):
    """Return name and numbers of the first parameter that differs, or nothing."""
    params = as_dict("net.params", answer["params"])
    for name, p in true["params"].items():
        ours = np.ravel(p).astype(float)
        trained = np.ravel(params.get(name)).astype(float)
        if trained.shape != ours.shape:
            raise Refused(f"{case.text}: after it params has no {name} of its shape")
        near = DRIFT[eps] * np.abs(ours).max(initial=0) + 1e-12
        if not np.all(np.abs(trained - ours) <= near):
            return name, trained, ours
    return ()


def parted(case, answer, true, name, trained, ours, slip, why):
    """Return the refusal of a training, with the first step that shows it."""
    stats = answer["stats"] if isinstance(answer["stats"], dict) else {}
    losses, right = (numbers_in(s.get("loss_history")) for s in (stats, true["stats"]))
    if np.isnan(losses).any():
        why = f"{why} A minibatch without examples has no mean.".strip()
    if losses.shape == right.shape:
        agree = np.isclose(losses, right, rtol=1e-6, atol=1e-12)
        if not agree.all():
            step = int(np.argmin(agree))
            where = f'stats["loss_history"][{step}]'
            hint = (
                f"{case.text}: {where} is {losses[step]:.8g}; {right[step]:.8g} is "
                f"right. {why}"
            )
            shown = example(case.request, where, losses[step], right[step])
            return Slip(hint.strip(), shown, slip)
    worst = np.abs(trained - ours).argmax()
    hint = (
        f"{case.text}: after it an entry of {name} is {trained[worst]:.8g}; "
        f"{ours[worst]:.8g} is right. {why}"
    )
    return Slip(hint.strip(), None, slip)


def judge_lengths(case, answer, eps=DOUBLE, true=None):
    """Refuse histories that lack a number; a last, smaller minibatch may have one.

    It may even be empty.
    """
    request = case.request
    steps, epochs = sizes_of(request)
    size = request.settings.get("batch_size", HANDOUT["batch_size"])
    try:
        histories_of(answer["stats"], steps, epochs)
    except Refused:
        histories_of(answer["stats"], (len(request.y) // size + 1) * epochs, epochs)


def judge_that_it_walked(case, answer, eps=DOUBLE, true=None):
    """Refuse a training that moves no parameter and keeps no loss."""
    stats = answer["stats"] if isinstance(answer["stats"], dict) else {}
    if not (
        moves(case.request, answer) or numbers_in(stats.get("loss_history", [])).any()
    ):
        raise Refused(f"{case.text} makes no step")


def moves(request, answer):
    """Tell whether a training changes the parameters."""
    params = as_dict("net.params", answer["params"])
    return any(
        not np.array_equal(params.get(name), p) for name, p in request.params.items()
    )


def judge_losses_alone(case, answer, eps=DOUBLE, true=None):
    """Refuse wrong histories of the minibatches."""
    judge_histories(case, answer, eps, true, HISTORIES[:2])


def judge_histories(case, answer, eps=DOUBLE, true=None, names=HISTORIES):
    """Refuse histories that lack a number or hold another one than they should."""
    histories = histories_of(answer["stats"], *sizes_of(case.request))
    true = reference(case.request) if true is None else true
    for name in names:
        values = histories[name]
        ours = numbers_in(true["stats"][name])
        agree = np.isclose(values, ours, rtol=DRIFT[eps], atol=1e-12)
        if not agree.all():
            step = int(np.argmin(agree))
            where = f'stats["{name}"][{step}]'
            hint = (
                f"{case.text}: {where} is {values[step]:.8g}; {ours[step]:.8g} is "
                f"right. {MEANING[name]}"
            )
            shown = example(case.request, where, values[step], ours[step])
            raise Slip(hint, shown, f"{name}")
    judge_form_of_histories(answer["stats"])
    judge_unchanged(case, answer)


def judge_form_of_histories(stats):
    """Refuse histories whose numbers are arrays, as a loss in an array is."""
    for name in HISTORIES:
        shape = np.shape(stats[name])
        if len(shape) > 1:
            raise Slip(
                f'stats["{name}"] must be a list of numbers; got the shape {shape}',
                slip=ARRAY_OF_ONE if name == "loss_history" else "histories",
            )


MEANING = {
    "loss_history": "It has the loss of each minibatch, as it was before its step.",
    "grad_magnitude_history": "It has the Frobenius norm of the gradient by W1.",
    "train_acc_history": "It has the accuracy on the epoch's last minibatch, after its "
    "step.",
    "val_acc_history": "It has the accuracy on the validation set after the epoch.",
}


def labels_in(case, answer):
    """Return the predicted labels as an array of integers, one a row, or refuse."""
    labels = answer["labels"]
    labels = np.array(labels) if isinstance(labels, list) else labels
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu":
        kind = getattr(labels, "dtype", "")
        came = f"{in_words(labels)} {kind}".rstrip()
        raise Refused(f"predict must return an array of integers; got {came}")
    as_floats("predict(X)", labels, (len(case.request.X),))
    return labels


def judge_labels(case, answer, eps=DOUBLE):
    """Refuse labels that are not those of the largest scores."""
    labels, right = labels_in(case, answer), reference(case.request)["labels"]
    if not np.array_equal(labels, right):
        raise Refused(
            f"{case.text}: predict(X) is {labels.tolist()}; {right.tolist()} is right"
        )


def judge_form_of_labels(case, answer, eps=DOUBLE):
    """Refuse labels that are not integers, one a row."""
    labels_in(case, answer)


def judge_published_end(case, answer, eps=DOUBLE, true=None):
    """Refuse a run on the toy data that does not end with the published loss."""
    if true is not None:
        return judge_parameters(case, answer, eps, true)
    other = default_that_matters(case, answer)
    try:
        histories = histories_of(answer["stats"], *sizes_of(case.request))
    except Slip as refusal:  # what has no steps has no end
        if other:
            raise Slip(f"{refusal.hint}. {other[1]}", slip=other[0]) from None
        raise Refused(refusal.hint) from None
    losses = histories["loss_history"]
    published = TOY_LOSSES[activation_of(case.request)]["trained"]
    bound = max(bounds.allowed(published, 0, eps), DRIFT[eps] * published)
    if not equal(losses[-1], published, bound):
        slip, why = other or why_it_ends_so(case, answer)
        hint = (
            f"{case.text} ends with the loss {losses[-1]:.10g}; {published:.10g} is "
            f"published. {why}"
        )
        raise Slip(hint.strip(), slip=slip)
    if parameters_apart(case, answer, eps, reference(case.request)):
        slip, why = explain(case.request, answer["params"])
        if why == PUT_BACK:
            raise Slip(f"{case.text} does not end with its last step. {why}", slip=slip)
    return None


def default_that_matters(case, answer):
    """Return the slip of a default on which the training depends; or nothing."""
    for name, value in other_defaults(answer).items():
        if matters(case.request, name, value):
            return f"default {name}", says_default(name, value)
    return ()


def why_it_ends_so(case, answer):
    """Return the slip behind another end of a training, and what it says."""
    slip, why = explain(case.request, answer["params"])
    if why:
        return slip, why
    losses, right = (
        numbers_in(stats["loss_history"])
        for stats in (answer["stats"], reference(case.request)["stats"])
    )
    agree = np.isclose(losses, right, rtol=1e-6, atol=1e-12)
    first = f"The first loss that differs is that of epoch {int(np.argmin(agree)) + 1}."
    return "", "" if agree.all() else first


def other_defaults(answer):
    """Return the defaults of train that are not the handout's, by name."""
    given = as_dict("the defaults", answer["defaults"])
    return {
        name: given[name]
        for name, value in HANDOUT.items()
        if given.get(name, value) != value
    }


def matters(request, name, value):
    """Tell whether a training depends on a default: what it is given is not asked."""
    is_all = name == "batch_size" and value >= len(request.y)
    return not (name in request.settings or is_all)


def judge_defaults(case, answer, eps=DOUBLE):
    """Refuse other defaults than the handout's, where the toy run needs none."""
    told = [
        says_default(name, value)
        for name, value in other_defaults(answer).items()
        if not matters(case.request, name, value)
    ]
    if told:
        raise Refused(" ".join([*told, "The published runs don't depend on it."]))


def against(judge, true):
    """Return a judge that compares with another training than the book's."""
    return partial(judge, true=true)
