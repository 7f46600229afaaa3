"""Trainings with one slip: what a log or the parameters look like after each.

A slip is a change of the assignment's training, `Slipped`. `explain` compares a small
run with each; what the first epoch on MNIST prints for each stands in first_lines.json,
which `make first-lines` writes.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlp.grader.child.asking import (
    defaults_of,
    right_loss,
    right_scores,
    validation_set,
    walk,
)


@dataclass(frozen=True)
class Slipped:
    """A training with a slip.

    Attributes
    ----------
    says : str
        What differs from the assignment's.
    weights : str
        A key of WEIGHTS.
    order : str
        A key of ORDERS.
    partial : bool
        Whether the last, smaller minibatch is trained, too.
    decay : str
        "epoch", "step", or "never".
    accuracy : str
        "after" the last update, "before" it, or of the "whole" training set.
    loss : str
        A key of LOSSES.
    sign : float
        Of a step.
    is_mean : bool
        Whether a step is divided by the number of its examples, as the loss is.
    floor : float
        Below which the learning rate does not fall.
    kept : str
        Of which epoch the parameters are kept: "last", the first that is "best" on the
        validation set, or the "last best".
    """

    says: str
    weights: str = "right"
    order: str = "permutation of RandomState(1)"
    partial: bool = False
    decay: str = "epoch"
    accuracy: str = "after"
    loss: str = "right"
    sign: float = -1.0
    is_mean: bool = False
    floor: float = 0.0
    kept: str = "last"


HANDOUT = defaults_of(walk)  # the defaults of train
RIGHT = Slipped("nothing differs")
OF_A_WALK = {  # what a small training shows, too
    "global permutation": Slipped(
        "The order of the examples comes from the global generator; the "
        "assignment's is that of RandomState(1).",
        order="permutation of the global stream",
    ),
    "no permutation": Slipped("The examples are not shuffled.", order="as they come"),
    "global choice": Slipped(
        "Each minibatch is drawn from all examples, with replacement; an epoch is a "
        "walk through one permutation.",
        order="choice",
    ),
    "choice": Slipped(
        "Each minibatch is drawn from all examples, with replacement; an epoch is a "
        "walk through one permutation.",
        order="choice of RandomState(1)",
    ),
    "global choice without replacement": Slipped(
        "Each minibatch is drawn anew from all examples; an epoch is a walk through "
        "one permutation.",
        order="choice without replacement",
    ),
    "choice without replacement": Slipped(
        "Each minibatch is drawn anew from all examples; an epoch is a walk through "
        "one permutation.",
        order="choice of RandomState(1) without replacement",
    ),
    "a permutation each step": Slipped(
        "A new permutation is drawn for each minibatch; the assignment draws one an "
        "epoch.",
        order="permutation each step",
    ),
    "seeded each epoch": Slipped(
        "The generator is seeded again each epoch, so that all epochs have one order.",
        order="seeded each epoch",
    ),
    "partial batch": Slipped(
        "The last minibatch, which is smaller, is trained, too; the assignment leaves "
        "it out.",
        partial=True,
    ),
    "decay per step": Slipped(
        "The learning rate decays after each step; it should after each epoch.",
        decay="step",
    ),
    "no decay": Slipped("The learning rate does not decay.", decay="never"),
    "uphill": Slipped("The steps go up the gradient.", sign=1.0),
    "1/N in the step": Slipped(
        "The steps are divided by the number of examples; the gradient is already that "
        "of a mean.",
        is_mean=True,
    ),
    "L1 in the gradient": Slipped(
        "The steps are those of an L1 penalty, reg times the signs of the weights; the "
        "assignment's is L2.",
        loss="L1 in the gradient",
    ),
    "reg twice in the gradient": Slipped(
        "The gradient of the penalty is added twice.", loss="reg twice in the gradient"
    ),
}
PUT_BACK = (
    "The parameters of the epoch that is best on the validation set are put back; the "
    "assignment keeps those of the last epoch."
)
OF_MANY_EPOCHS = {  # what the first epoch never shows
    **{
        f"floor {floor:g}": Slipped(
            f"The learning rate does not fall below {floor:g}; the assignment's has no "
            "such bound.",
            floor=floor,
        )
        for floor in (0.1, 0.05, 0.025, 0.02, 0.01, 0.005, 0.004)
    },
    "best": Slipped(PUT_BACK, kept="best"),
    "last best": Slipped(PUT_BACK, kept="last best"),
}
OF_A_RUN = {
    "std 1e-4": Slipped("The weights begin with std 1e-4, not 0.1.", "std 1e-4"),
    "std 1e-3": Slipped("The weights begin with std 1e-3, not 0.1.", "std 1e-3"),
    "std 1e-2": Slipped("The weights begin with std 1e-2, not 0.1.", "std 1e-2"),
    "W2 first": Slipped("W2 is drawn before W1.", "W2 first"),
    "uniform": Slipped("The weights are uniform, from rand for randn.", "uniform"),
    "biases": Slipped("The biases are drawn; they should begin with 0.", "biases"),
    "seed 0": Slipped(
        "The weights come from a new generator of seed 0; they should come from the "
        "global one as it is.",
        "seed 0",
    ),
    **OF_A_WALK,
    "accuracy before": Slipped(
        "train_acc is taken before the last update, not after it.", accuracy="before"
    ),
    "accuracy of all": Slipped(
        "train_acc is that of the whole training set, not of the last minibatch.",
        accuracy="whole",
    ),
    "sum": Slipped("The loss is a sum over the examples, not their mean.", loss="sum"),
    "reg twice": Slipped("The penalty has lost its factor 1/2.", loss="reg twice"),
    "reg half": Slipped("The gradient of the penalty is half of it.", loss="reg half"),
    "reg on biases": Slipped("The biases are penalized.", loss="reg on biases"),
    "no reg": Slipped("The penalty is missing.", loss="no reg"),
    "printed without reg": Slipped(
        "The loss is told without its penalty.", loss="bare"
    ),
    "L1": Slipped("The penalty is L1, the sum of |W|; it should be L2.", loss="L1"),
}


class LossKind(NamedTuple):
    """A loss, right or not: where it is a sum, and what its penalty is.

    Attributes
    ----------
    is_sum : bool
    in_loss, in_gradient, on_biases : float
        Factors of reg.
    l1_in_loss, l1_in_gradient : bool
    """

    is_sum: bool = False
    in_loss: float = 1.0
    in_gradient: float = 1.0
    on_biases: float = 0.0
    l1_in_loss: bool = False
    l1_in_gradient: bool = False


LOSSES = {
    "right": LossKind(),
    "sum": LossKind(is_sum=True),
    "reg twice": LossKind(in_loss=2.0, in_gradient=2.0),
    "reg twice in the gradient": LossKind(in_gradient=2.0),
    "reg half": LossKind(in_gradient=0.5),
    "reg on biases": LossKind(on_biases=1.0),
    "no reg": LossKind(in_loss=0.0, in_gradient=0.0),
    "bare": LossKind(in_loss=0.0),
    "L1": LossKind(l1_in_loss=True, l1_in_gradient=True),
    "L1 in the gradient": LossKind(l1_in_gradient=True),
}


def batches_of(order, N, size, steps, partial, rng):
    """Yield epochs, lists of the examples' numbers in each minibatch, without end.

    Parameters
    ----------
    order : str
        A key of ORDERS.
    rng : RandomState
        The global stream, as it is when training begins.
    """
    own = rng if "RandomState(1)" not in order else np.random.RandomState(1)
    own = np.random.RandomState(1) if order == "permutation each step" else own
    draw = ORDERS[order]
    while True:
        if order == "seeded each epoch":
            own = np.random.RandomState(1)
        yield draw(own, N, size, steps + (partial and steps * size < N))


def walked(order, size, steps):
    """Return consecutive minibatches of an order."""
    return [order[step * size : (step + 1) * size] for step in range(steps)]


ORDERS = {
    "permutation of RandomState(1)": lambda rng, N, size, steps: walked(
        rng.permutation(N), size, steps
    ),
    "as they come": lambda rng, N, size, steps: walked(np.arange(N), size, steps),
    "choice": lambda rng, N, size, steps: [rng.choice(N, size) for _ in range(steps)],
    "choice without replacement": lambda rng, N, size, steps: [
        rng.choice(N, min(size, N), replace=False) for _ in range(steps)
    ],
    "permutation each step": lambda rng, N, size, steps: [
        rng.permutation(N)[:size] for _ in range(steps)
    ],
}
ORDERS["permutation of the global stream"] = ORDERS["permutation of RandomState(1)"]
ORDERS["seeded each epoch"] = ORDERS["permutation of RandomState(1)"]
ORDERS["choice of RandomState(1)"] = ORDERS["choice"]
ORDERS["choice of RandomState(1) without replacement"] = ORDERS[
    "choice without replacement"
]


def loss_of(kind, params, X, y, reg, activation):
    """Return a loss, right or not, and its gradients."""
    kind = LOSSES[kind]
    loss, grads = right_loss(params, X, y, 0.0, activation)
    factor = len(X) if kind.is_sum else 1
    loss, grads = factor * loss, {name: factor * grad for name, grad in grads.items()}
    for name, p in params.items():
        share = reg * (kind.on_biases if name.startswith("b") else 1.0)
        penalty = np.sum(np.abs(p)) if kind.l1_in_loss else np.sum(p**2) / 2
        slope = np.sign(p) if kind.l1_in_gradient else p
        loss = loss + kind.in_loss * share * penalty
        grads[name] = grads[name] + kind.in_gradient * share * slope
    return loss, grads


def train(slipped, params, X, y, X_val, y_val, activation, rng, **settings):
    """Train with a slip; return the parameters and the line of each epoch.

    Returns
    -------
    params : dict of ndarray
    log : list of (loss, train_acc, val_acc)
    """
    settings = {**HANDOUT, **settings}
    rate, size = settings["learning_rate"], settings["batch_size"]
    steps = max(len(X) // size, 1)
    epochs = batches_of(slipped.order, len(X), size, steps, slipped.partial, rng)
    log, best, kept = [], -1.0, params
    for _, batches in zip(range(settings["num_epochs"]), epochs):
        for batch in batches:
            before = params
            loss, grads = loss_of(
                slipped.loss, params, X[batch], y[batch], settings["reg"], activation
            )
            step = slipped.sign * rate / (len(batch) if slipped.is_mean else 1)
            params = {name: p + step * grads[name] for name, p in params.items()}
            if slipped.decay == "step":
                rate = max(rate * settings["learning_rate_decay"], slipped.floor)
        judged = {"before": (before, batch), "whole": (params, slice(None))}
        now, part = judged.get(slipped.accuracy, (params, batch))
        shares = [
            np.mean(right_scores(p, A, activation)[1].argmax(axis=1) == b)
            for p, A, b in [(now, X[part], y[part]), (params, X_val, y_val)]
        ]
        log.append((loss, *shares))
        if shares[1] > best or (shares[1] == best and slipped.kept == "last best"):
            best, kept = shares[1], params
        if slipped.decay == "epoch":
            rate = max(rate * settings["learning_rate_decay"], slipped.floor)
    return (params if slipped.kept == "last" else kept), log


def explain(request, trained):
    """Return the slip that leads to these parameters, and what it says; or nothing.

    Parameters
    ----------
    request : Request
        For a small training.
    trained : dict of ndarray
        The parameters after it.
    """
    if not request.params:
        return "", ""
    for name, settings in OTHER_DEFAULTS:
        if not set(settings) & set(request.settings):
            if leads_to(RIGHT, request, trained, settings):
                return f"default {name}", says_default(name, settings[name])
    for name, slipped in {**OF_A_RUN, **OF_MANY_EPOCHS}.items():
        if slipped.weights == "right" and leads_to(slipped, request, trained):
            return name, slipped.says
    return "", ""


OTHER_DEFAULTS = [  # that are tried where the signature does not tell
    *(("learning_rate_decay", {"learning_rate_decay": d}) for d in (1.0, 0.99, 0.9)),
    *(("batch_size", {"batch_size": size}) for size in (1, 2, 3, 4)),
]


def says_default(name, value):
    """Say that a default of train is not the handout's."""
    return f"The default of {name} is {value:g}; the handout's is {HANDOUT[name]:g}."


def leads_to(slipped, request, trained, defaults=()):
    """Tell whether a training with a slip ends with these parameters."""
    activation = request.arguments[1]["activation"]
    start = {key: p.copy() for key, p in request.params.items()}
    data = request.X, request.y, *validation_set(request)
    rng = stream_after_initial(request)
    settings = {**dict(defaults), **request.settings}
    with np.errstate(all="ignore"):
        params, _ = train(slipped, start, *data, activation, rng, **settings)
    return all(is_near(trained.get(key), p) for key, p in params.items())


def stream_after_initial(request):
    """Return the global stream after the network's weights were drawn."""
    rng = np.random.RandomState(request.seed)
    (D, H, K), _ = request.arguments
    rng.randn(D, H), rng.randn(H, K)
    return rng


def is_near(given, p):
    """Tell whether parameters agree but for rounding."""
    given = np.asarray(given)
    return given.shape == p.shape and np.allclose(given, p, rtol=1e-7, atol=1e-12)
