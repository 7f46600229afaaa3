"""The named checks of the programming questions, over which their points are parted.

A check has cases, each a request and a judge; the first case that fails, and does not
follow from an earlier mistake, costs the check's points.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mlp.grader.programs import inputs, losses, mnist, training
from mlp.grader.programs.comparing import Case
from mlp.grader.programs.gradients import (
    judge_all_arrays,
    judge_array,
    judge_form,
    judge_penalty_gradient,
)
from mlp.grader.programs.inputs import (
    SIZES,
    random_request,
    sized,
    toy_request,
    with_validation_set,
)
from mlp.published import MNIST_SETTINGS, TOY_SETTINGS


@dataclass(frozen=True, kw_only=True)
class Check:
    """A part of a question, with its own points.

    Attributes
    ----------
    name : str
        What is checked.
    points : float
        What it is worth; where it is 0 a failure is a remark.
    cases : callable
        Takes the activation and full, see `check_program`; returns cases.
    remark : str
        Where to look when it fails, never the solution.
    follows : callable, optional
        Takes a `following.Failure`; returns what earlier mistake it follows from, or
        nothing.
    is_of_loss : bool
        Whether training uses what is checked: the loss, or its gradients.
    """

    name: str
    points: float
    cases: Callable
    remark: str = ""
    follows: Callable | None = None
    is_of_loss: bool = False


# Of the loss


def interface_cases(activation, full):
    """Look at what `loss` returns, at its arguments, and at the weights to begin with.

    Weights alone earn nothing: the assignment's template draws them.
    """
    request = random_request((3, 2, 3, 3), activation, 0.1)
    call = Case("loss(X, y, reg=0.1)", request, losses.judge_interface)
    return [call, *initial_cases(activation, full)]


def data_loss_cases(activation, full):
    """Ask for losses without a penalty: of given scores, then of whole networks."""
    cases = [
        Case(f"loss(X, y, reg=0) {text}", request, losses.judge_cross_entropy)
        for text, request in inputs.without_hidden(activation)
    ]
    cases += [
        Case(f"loss(X, y, reg=0) {text}", request, losses.judge_loss, slip)
        for text, request in inputs.ordinary(activation)
        for slip in [text if text in inputs.WIDE_TEXTS else ""]
    ]
    toy = toy_request(activation, params=inputs.toy_params(), reg=0.0)
    text = f"loss(X, y, reg=0) of the toy net ({activation})"
    return [*cases, Case(text, toy, losses.judge_loss)]


def relu_loss_cases(activation, full):
    """Ask for losses without a penalty, and for the published one of the toy net.

    What is wrong with the softmax was seen before, and goes first; then the published.
    """
    cases = data_loss_cases(activation, full)
    judge, text = losses.judge_toy_loss, "loss(X, y, reg=0.1) of the toy net (relu)"
    toy = toy_request(activation, params=inputs.toy_params())
    return [*cases, Case(text, toy, judge, "penalty")]


def penalty_cases(activation, full):
    """Ask for losses with a penalty and without."""
    return [
        Case(text, request, losses.judge_penalty)
        for text, request in inputs.penalties(activation)
    ]


def shift_cases(activation, full):
    """Ask for losses at large scores."""
    return [
        Case(f"loss(X, y) {text}", request, losses.judge_loss, "large scores")
        for text, request in inputs.large_scores(activation)
    ]


def far_cases(activation, full):
    """Ask for losses where units are far from 0, and weights are huge or 0."""
    far = [
        Case(f"loss(X, y) {text}", request, losses.judge_loss, f"far {activation}")
        for text, request in inputs.far_units(activation)
    ]
    huge = [
        Case(f"loss(X, y) {text}", request, losses.judge_loss, f"far {activation}")
        for text, request in inputs.huge_weights(activation)
    ]
    return far + huge


def far_loss_cases(activation, full):
    """Ask for losses at large scores, far units and huge weights."""
    return shift_cases(activation, full) + far_cases(activation, full)


def initial_cases(activation, full):
    """Ask for the weights of the toy net, after two seeds."""
    request = toy_request(activation, ask="initial")
    text = f"TwoLayerMLP(4, 10, 3, std=0.1, activation={activation!r}) after seed"
    return [
        Case(f"{text} {seed}", replace(request, seed=seed), losses.judge_initial)
        for seed in (0, 1)
    ]


def loop_cases(activation, full):
    """Count the lines of Python that are run for a few examples and for many."""
    request = random_request((1, 4, 3, 4), activation, ask="cost", repeats=(5, 50))
    return [Case("loss(X, y)", request, losses.judge_cost)]


# Of the gradients


@dataclass(frozen=True)
class ArrayCases:
    """Ask for these gradients, without a penalty: their numbers, then their form."""

    names: tuple

    def __call__(self, activation, full):
        """Return the cases."""
        asked = list(inputs.ordinary(activation))
        return [
            Case(f"loss(X, y, reg=0) {text}", request, judge)
            for name in self.names
            for judge, cases in [
                (judge_array(name), asked),
                (judge_form(name), asked[:1]),
            ]
            for text, request in cases
        ]


def array_cases(*names):
    """Return what asks for these gradients."""
    return ArrayCases(names)


def penalty_gradient_cases(activation, full):
    """Ask for gradients with a penalty and without."""
    return [
        Case(text, request, judge_penalty_gradient)
        for text, request in inputs.penalties(activation)
    ]


def far_gradient_cases(activation, full):
    """Ask for gradients at large scores, far units and huge weights."""
    return [
        case._replace(judge=judge_all_arrays)
        for case in far_loss_cases(activation, full)
    ]


def far_relu_cases(activation, full):
    """Ask for losses and gradients of a ReLU net far from 0."""
    return far_loss_cases(activation, full) + far_gradient_cases(activation, full)


def kink_cases(activation, full):
    """Ask for gradients where units of a ReLU net are at the kink."""
    return [
        Case(f"loss(X, y, reg=0) {text}", request, judge_all_arrays)
        for text, request in inputs.at_the_kink()
    ]


# Of training


def small_training(sizes, activation, judge, **settings):
    """Return a case of a few steps of a small net."""
    settings = {
        "learning_rate": 0.5,
        "learning_rate_decay": 1.0,
        "reg": 0.1,
        "num_epochs": 3,
        **settings,
    }
    request = random_request(sizes, activation, None, ask="train", settings=settings)
    request = with_validation_set(request)
    shown = ", ".join(f"{name}={value}" for name, value in settings.items())
    return Case(f"train with N = {sizes[0]}, {shown}", request, judge)


WALKS = [((5, 2, 2, 2), 2), ((7, 3, 4, 3), 3), ((6, 2, 3, 4), 3)]


def step_cases(activation, full):
    """Train on one example, or equal ones: a step an epoch, whatever its order."""
    judge = training.judge_parameters
    case = small_training(SIZES[5], activation, judge, batch_size=SIZES[5][0])
    equal = case._replace(request=inputs.with_equal_examples(case.request))
    alone = [small_training(s, activation, judge) for s in (SIZES[0], (1, 3, 4, 3))]
    return [
        *alone[:1],
        equal._replace(text=f"{equal.text}, equal examples"),
        *alone[1:],
    ]


def batch_cases(activation, full):
    """Train on minibatches, one of which is smaller or left out, and on all at once."""
    judge = training.judge_parameters
    walks = [
        small_training(sizes, activation, judge, batch_size=size)
        for sizes, size in WALKS
    ]
    return [*walks, small_training(SIZES[5], activation, judge, batch_size=200)]


def decay_cases(activation, full):
    """Train with a learning rate that decays, with one step an epoch and with more."""
    judge, options = training.judge_parameters, {"learning_rate_decay": 0.5}
    sizes, size = WALKS[0]
    return [
        small_training(SIZES[0], activation, judge, **options),
        small_training(sizes, activation, judge, batch_size=size, **options),
    ]


def history_cases(activation, full):
    """Look at the histories of trainings."""
    judge = training.judge_histories
    return [
        small_training(sizes, activation, judge, batch_size=size)
        for sizes, size in WALKS
    ]


def label_cases(activation, full):
    """Ask for labels, the network's parameters given."""
    cases = []
    for sizes in [SIZES[0], SIZES[5], (30, 4, 3, 10)]:
        request = random_request(sizes, activation, None, ask="labels")
        cases.append(Case(f"with {sized(sizes)}", request, training.judge_labels))
    large = inputs.with_large_scores(cases[1].request)
    return [*cases, Case("with large scores", large, training.judge_labels)]


def published_end_cases(activation, full):
    """Train on the toy data to the published end."""
    settings = {**TOY_SETTINGS[activation], "verbose": False}
    request = toy_request(activation, ask="train", settings=settings, reg=None)
    request = replace(request, params=inputs.toy_params())
    text = f"train on the toy data ({activation})"
    return [Case(text, request, training.judge_published_end)]


def default_cases(activation, full):
    """Look at the defaults of train."""
    settings = TOY_SETTINGS[activation]
    request = toy_request(activation, ask="defaults", settings=settings)
    return [Case("train", request, training.judge_defaults)]


def relu_training_cases(activation, full):
    """Train small nets, on all examples and on minibatches, and the toy net."""
    return [
        *step_cases(activation, full),
        *batch_cases(activation, full)[:1],
        *published_end_cases(activation, full),
    ]


# Of MNIST


def std_cases(activation, full):
    """Look at weights that are drawn without a std."""
    request = toy_request(activation, ask="initial")
    request = replace(request, arguments=((4, 10, 3), {"activation": activation}))
    return [Case("TwoLayerMLP(4, 10, 3)", request, losses.judge_std)]


@dataclass(frozen=True)
class MnistCases:
    """Train as in the published run, or for its first epochs."""

    judge: Callable

    def __call__(self, activation, full):
        """Return the one case."""
        epochs = MNIST_SETTINGS["num_epochs"] if full else mnist.EPOCHS
        request = mnist.mnist_request(activation, epochs, full)
        return [Case(f"train on MNIST ({activation})", request, self.judge)]


log_cases = MnistCases(mnist.judge_log)
accuracy_cases = MnistCases(mnist.judge_accuracies)
