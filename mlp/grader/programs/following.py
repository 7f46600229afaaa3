"""What follows from a mistake that is charged already, and so costs nothing more.

Each function here is told of a failure, and returns the earlier mistake it follows
from, or nothing. A later question is judged where the mistake does not act: on the
student's own loss, or with a right one that is lent to his training.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mlp.grader.objections import Refused
from mlp.grader.programs import gradients, inputs, losses, mnist, training
from mlp.grader.programs.comparing import STRANGE, Case, activation_of
from mlp.grader.programs.losses import OVER_EXAMPLES

STEP_CHECKS = (
    "the steps",
    "the batches",
    "the decay",
    "the histories",
    "the published end",
)
LABELS = "the labels", "the labels of a ReLU net"
TRAINING_CHECKS = (*STEP_CHECKS, *LABELS, "the training", "the interface")
ARRAYS = tuple(f"the gradient by {name}" for name in gradients.UPSTREAM)
LOSS_CHECKS = "the data loss", "the penalty", "the shift", "the far range", "the ReLU"


@dataclass(frozen=True)
class Failure:
    """A case that failed.

    Attributes
    ----------
    marking : Marking
    question : str
    case : Case
    refusal : Refused
    eps : float
    """

    marking: object
    question: str
    case: Case
    refusal: Refused
    eps: float

    @property
    def is_error(self):
        """Whether the call ended with an error."""
        return getattr(self.refusal, "slip", "").startswith("raises")

    def source(self, *names):
        """Return the first mistake in checks of these names, here or before."""
        return self.marking.source(self.question, names)

    def source_in_loss(self, *names):
        """Return the same; nothing where the loss sees no data."""
        activation = activation_of(self.case.request)
        is_loss = self.marking.looks_at_data(activation)
        return self.source(*names) if is_loss else ""

    def has_changed_inputs(self):
        """Tell whether it was charged that a call changes its arguments."""
        slips = ["changes its arguments"]
        return self.marking.has_slip(self.question, "the interface", slips)

    def passes(self, judge, case=None, **changes):
        """Tell whether a judge lets the case pass, or a changed one."""
        case = replace_request(case or self.case, judge, changes)
        try:
            judge(case, self.marking.dialogue.answer(case), self.eps)
        except (Refused, *STRANGE):
            return False
        return True


def replace_request(case, judge, changes):
    """Return the case with another judge, and changes of its request."""
    return case._replace(judge=judge, request=replace(case.request, **changes))


@dataclass(frozen=True)
class After:
    """A rule: it follows from mistakes in these checks, if a judge lets it pass.

    Attributes
    ----------
    names : tuple of str
        Of checks of the question, or of earlier ones.
    where : callable, optional
        A judge of what has to be right even so.
    """

    names: tuple
    where: Callable | None = None

    def __call__(self, failure):
        """Return the earlier mistake, or nothing."""
        source = failure.source_in_loss(*self.names)
        is_right = not self.where or failure.passes(self.where)
        return source if source and is_right else ""


def after(*names, where=None):
    """Return the rule `After`."""
    return After(names, where)


def of_a_relu_loss(failure):
    """The loss of a ReLU net follows from what is wrong for all nets."""
    if source := of_changed_inputs(failure):
        return source
    source = failure.source("the data loss")
    return source if source and has_the_loss_of_a_sigmoid_net(failure) else ""


def has_the_loss_of_a_sigmoid_net(failure):
    """Tell whether equal hidden values have equal losses, by which of the two."""
    answers = failure.marking.dialogue.answers(sum(inputs.SAME_LOSS, []))
    try:
        found = [losses.read_loss(answer["result"]) for answer in answers]
    except (Refused, *STRANGE):
        return False
    return any(np.isclose(*pair, rtol=1e-6) for pair in zip(found[::2], found[1::2]))


def of_a_loss_at_large_scores(failure):
    """It follows from a wrong data loss if it is finite; over the examples it isn't."""
    name = "the data loss"
    is_sure = failure.marking.has_slip(failure.question, name, [OVER_EXAMPLES])
    return after(name, where=None if is_sure else losses.judge_finite)(failure)


def of_the_penalty_in_the_loss(failure):
    """The whole loss may be wrong by one factor."""
    return after("the data loss", where=losses.judge_penalty_in_proportion)(failure)


def of_changed_inputs(failure):
    """What a call that changes its arguments returns may be right for those it leaves.

    An error of such a call follows, too.
    """
    if not failure.has_changed_inputs():
        return ""
    is_error = getattr(failure.refusal, "slip", "").startswith("raises")
    array = getattr(failure.case.judge, "array", "")
    judge = gradients.judge_as_left(array) if array else losses.judge_as_left
    follows = is_error or failure.passes(judge)
    return failure.source("the interface") if follows else ""


def of_an_array(failure):
    """It may be that of the student's own loss, or follow from a later array.

    Those of the output layer have nothing to do with the activation: where they are
    wrong for one they are for the other. Where there is an error, nothing is known.
    """
    name = failure.case.judge.array
    if not name:  # the form of an array is that of no other mistake
        return ""
    if source := of_changed_inputs(failure):
        return source
    if name in ("b2", "W2") and not failure.is_error:
        if same := failure.source(f"the gradient by {name}"):
            return same
    same = failure.marking.charged(failure.question, ARRAYS_OF_ANY_NET)
    if name in ("b1", "W1") and same and is_wrong_for_any_net(failure, name):
        return same
    source = failure.source(*LOSS_CHECKS)
    if source and is_of_its_loss(failure, name):
        return source
    source = failure.source(*ARRAYS_BEFORE.get(name, ()))
    judge = partial(gradients.judge_given_upstream, name=name)
    return source if source and passes_at_same_rows(failure, judge) else ""


ARRAYS_OF_ANY_NET = "the gradient by b1", "the gradient by W1"
ARRAYS_BEFORE = {
    "W2": ("the gradient by b2", "the output layer"),
    "b1": ("the gradient by b2", "the output layer"),
    "W1": (
        "the gradient by b1",
        "the gradient by b2",
        "the output layer",
        "the hidden layer",
    ),
}


def is_of_its_loss(failure, name):
    """Tell whether an array is right for the student's loss, as far as that goes.

    It may be the gradient of that, or the right function of the probabilities or the
    hidden values that are wrong there.
    """
    if is_own_gradient(failure, name):
        return True
    judges = {
        "b2": gradients.judge_given_probabilities,
        "b1": partial(gradients.judge_given_hidden_values, name="b1"),
    }
    return name in judges and passes_at_same_rows(failure, judges[name])


def has_no_relu(failure):
    """Tell whether a ReLU net has another net's activation, or none at all."""
    return failure.marking.has_slip(failure.question, "the ReLU", NO_RELU)


NO_RELU = "sigmoid", "identity"


def is_own_gradient(failure, name):
    """Tell whether an array of gradients is the one of the student's own loss."""
    activation = activation_of(failure.case.request)
    request = inputs.random_request(inputs.SIZES[5], activation)
    return name in failure.marking.own_gradients(request)


def passes_at_same_rows(failure, judge):
    """Tell whether a judge lets pass where the examples differ in labels alone."""
    requests = inputs.same_rows(activation_of(failure.case.request))
    cases = [Case("loss(X, y)", request, judge) for request in requests]
    return all(failure.passes(judge, case) for case in cases)


def is_wrong_for_any_net(failure, name):
    """Tell whether an array has the same fault in a ReLU net and a sigmoid net."""
    if activation_of(failure.case.request) != "relu":
        return False
    answers = failure.marking.dialogue.answers(inputs.SAME_ROWS)
    try:
        return gradients.have_one_fault(*zip(inputs.SAME_ROWS, answers), name)
    except (Refused, *STRANGE):
        return False


def of_the_penalty(failure):
    """Its gradient may be that of the student's own penalty."""
    in_proportion = gradients.judge_penalty_gradient_in_proportion
    if source := after(*ARRAYS, where=in_proportion)(failure):
        return source
    source = failure.source("the penalty")
    if not source:
        return ""
    activation = activation_of(failure.case.request)
    request = inputs.random_request(inputs.SIZES[5], activation, 0.1)
    own = failure.marking.own_gradients(request, less_reg=0.0)
    return source if set(gradients.UPSTREAM) <= own else ""


def of_far_gradients(failure):
    """Far gradients follow from mistakes in near ones, if they are finite."""
    if failure.marking.has_slip(failure.question, ARRAYS[0], [OVER_EXAMPLES]):
        return failure.source(ARRAYS[0])
    near = "the data loss", "the ReLU", *ARRAYS, "the output layer", "the hidden layer"
    return after(*near, where=gradients.judge_finite_gradients)(failure)


def of_far_relu(failure):
    """Far losses follow from near ones, and far gradients from near gradients.

    Where there is no ReLU at all, there is none that is right far from 0.
    """
    if has_no_relu(failure):
        return ""
    if failure.case.judge is gradients.judge_all_arrays:
        return of_far_gradients(failure)
    near = after("the data loss", "the ReLU", where=losses.judge_readable)
    return near(failure)


@dataclass(frozen=True)
class OfTraining:
    """A rule: it follows from checks before it, or from the loss or gradients.

    With a right loss it must do what the book's does; or else what a right walk over
    the student's own loss does.
    """

    before: tuple

    def __call__(self, failure):
        """Return the earlier mistake, or nothing."""
        source = failure.marking.charged(failure.question, self.before)
        if source and walks(failure):
            return source
        source = failure.marking.source_of_gradients(failure.question)
        source = source or failure.source(*LABELS)
        return source if source and agrees_with_help(failure) else ""


def of_training(*before):
    """Return the rule `OfTraining`."""
    return OfTraining(before)


def walks(failure):
    """Tell whether a training makes steps at all, alone or with a right loss."""
    failure.marking.ask_with_help(failure.question)
    return any(
        failure.passes(training.judge_that_it_walked, helped_by=by)
        for by in [None, "a right loss"]
    )


def agrees_with_help(failure):
    """Tell whether a training is right where the loss or the gradients are not."""
    marking, judge, request = failure.marking, failure.case.judge, failure.case.request
    marking.ask_with_help(failure.question)
    if failure.passes(judge, helped_by="a right loss"):
        return True
    if not marking.looks_at_data(activation_of(request)):
        return False
    walked = replace(request, helped_by="a walk over its loss")
    [true] = marking.dialogue.answers([walked])
    is_walk = bool(true) and training.moves(request, true)
    return is_walk and failure.passes(training.against(judge, true))


def of_histories(failure):
    """Histories of a wrong walk must be as long as they should."""
    walk = "the steps", "the batches"
    source = failure.marking.charged(failure.question, walk)
    if source and walks(failure) and failure.passes(training.judge_lengths):
        return source
    source = failure.source(*LABELS)
    if source and failure.passes(training.judge_losses_alone):
        return source
    return of_training()(failure)


def of_mnist(failure):
    """A log follows from an earlier mistake if it is right without that.

    Where the default std is wrong it is run with the assignment's; where train lacks
    verbose, without; where the loss, the gradients or the labels are wrong, with right
    ones. A log that the very slip explains follows from it. Where the steps on one
    example are right, and its batches are charged, it need not learn: other examples
    may teach nothing. Where the training is wrong otherwise, it has to. Without any
    gradients nothing is learned.
    """
    marking, question, judge = failure.marking, failure.question, failure.case.judge
    source, case = as_it_can_run(failure)
    if source and failure.passes(judge, case):
        return source
    is_sure = marking.looks_at_data(activation_of(case.request))
    if not (is_sure and marking.has_gradients()):
        return ""
    if source := marking.source_of_slip(question, slip_of_log(failure, case)):
        return source
    labels = failure.source(*LABELS)
    if labels and failure.passes(mnist.judge_log, case):
        return labels
    source = marking.source_of_gradients(question) or labels
    if source and is_right_with_help(failure, judge, case):
        return source
    batches = marking.charged(question, ["the batches"])
    if batches and failure.passes(mnist.judge_ran, case):
        return batches
    source = failure.source(*TRAINING_CHECKS)
    learns = source and any(
        failure.passes(mnist.judge_learned, case, helped_by=by)
        for by in [None, "a right loss"]
    )
    return source if learns else ""


def as_it_can_run(failure):
    """Return what was charged of the call, and the case with a call that it takes."""
    case, marking, question = failure.case, failure.marking, failure.question
    source = failure.source("the default std")
    if source:
        case = case._replace(request=mnist.with_std(case.request))
    slip = getattr(failure.refusal, "slip", "")
    if "verbose" in slip and (call := marking.source_of_slip(question, slip)):
        source = call
        case = case._replace(request=mnist.without_verbose(case.request))
    return source, case


def slip_of_log(failure, case):
    """Return the slip that explains a log, or nothing."""
    try:
        mnist.judge_log(case, failure.marking.dialogue.answer(case), failure.eps)
    except (Refused, *STRANGE) as refusal:
        slip = getattr(refusal, "slip", "")
        return "" if slip.startswith("raises") else slip
    return ""


def is_right_with_help(failure, judge, case):
    """Tell whether a run is right with a right loss, or right for the student's own."""
    right = failure.passes(judge, case, helped_by="a right loss")
    return right or is_the_walk_over_its_loss(failure, case)


def is_the_walk_over_its_loss(failure, case):
    """Tell whether the log is that of a right walk over the student's own loss."""
    walked = replace(case.request, helped_by="a walk over its loss")
    own, true = failure.marking.dialogue.answers([case.request, walked])
    try:
        pairs = [mnist.log_of(case, answer) for answer in (own, true)]
        return [line for line, _ in pairs[0]] == [line for line, _ in pairs[1]]
    except (Refused, *STRANGE):
        return False
