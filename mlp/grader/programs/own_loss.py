"""Gradients beside the student's own loss: `check_gradient` decides.

The loss is asked for in the child, at all points at once. So the points at which the
check looks at the book's loss are noted first; where it looks elsewhere for the
student's, the child is asked once more.
"""

from dataclasses import replace

import numpy as np

from mlp.grader.programs.comparing import activation_of
from mlp.grader.programs.gradients import gradients_in
from mlp.grader.programs.losses import read_loss
from mlp.model import TwoLayerMLP
from mlp.verdicts import check_gradient

ROUNDS = 4  # of questions to the child


def point_key(params):
    """Return what tells points apart."""
    return b"".join(params[name].tobytes() for name in sorted(params))


class Asked:
    """A loss at points, as far as they are known; the others are noted."""

    def __init__(self):
        self.values, self.unknown = {}, {}

    def __call__(self, params):
        """Return the loss, or nan where it is not known."""
        key = point_key(params)
        if key not in self.values:
            self.unknown[key] = {name: p.copy() for name, p in params.items()}
        return self.values.get(key, np.nan)


def points_of_the_book(request):
    """Return the points at which `check_gradient` looks at the book's loss."""
    (D, H, K), seen = request.arguments[0], Asked()
    net = TwoLayerMLP(
        D, H, K, activation=activation_of(request), rng=np.random.RandomState(0)
    )

    def loss(params):
        seen(params)
        net.params = params
        return net.loss(request.X, request.y, request.reg)[0]

    net.params = dict(request.params)
    grads = net.loss(request.X, request.y, request.reg)[1]
    check_gradient(loss, request.params, grads, complex_step=False)
    return seen.unknown


def losses_at(dialogue, request, points):
    """Return the student's losses at the points."""
    stacked = {
        name: np.stack([point[name] for point in points]) for name in request.params
    }
    [answer] = dialogue.answers([replace(request, ask="points", points=stacked)])
    if answer is None:
        return [np.nan] * len(points)
    return [read_loss(value) for value in np.asarray(answer).tolist()]


def agreeing(dialogue, request, less_reg=None):
    """Return which gradients are those of the student's own loss, as far as is seen.

    Parameters
    ----------
    dialogue : Dialogue
    request : Request
        Of a loss.
    less_reg : float, optional
        Another reg, whose loss and gradients are subtracted: the penalty is left.

    Returns
    -------
    names : set of str
    """
    asked = [request]
    if less_reg is not None:
        asked.append(replace(request, reg=less_reg))
    try:
        grads = gradient_of(dialogue, asked)
    except Exception:  # it has none
        return set()
    given = {
        name: grads.get(name, np.zeros(p.shape)) for name, p in request.params.items()
    }
    check = checked(dialogue, asked, given)
    if check is None:
        return set()
    wrong = {entry.name for entry in check.wrong}
    return {*grads} & {*request.params} - wrong


def gradient_of(dialogue, asked):
    """Return the gradients of a request, less those of the second if there is one."""
    results = dialogue.answers(asked)
    parts = [gradients_in(answer["result"], asked[0].params) for answer in results]
    if len(parts) == 1:
        return {name: grad.astype(float) for name, grad in parts[0].items()}
    return {name: parts[0][name] - parts[1][name] for name in parts[0]}


def checked(dialogue, asked, grads):
    """Return what `check_gradient` says; nothing where the loss is not to be had."""
    own, points = Asked(), points_of_the_book(asked[0])
    for _ in range(ROUNDS):
        keys, wanted = list(points), list(points.values())
        values = [losses_at(dialogue, request, wanted) for request in asked]
        own.values |= zip(keys, values[0] if len(values) == 1 else np.subtract(*values))
        own.unknown = {}
        check = check_gradient(own, asked[0].params, grads, complex_step=False)
        if not own.unknown:
            return check
        points = own.unknown
    return None
