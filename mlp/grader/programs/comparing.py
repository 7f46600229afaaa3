"""What every judge of a program's answers needs: values told, read and compared.

A case is a request to the class and a judge of the answer to it. A judge is called with
the case, the answer and the rounding of the program's numbers, and refuses, or does
not.
"""

from collections import namedtuple
from dataclasses import replace
from functools import cache, partial

import numpy as np

from mlp.grader.child.asking import reply
from mlp.grader.child.requests import Request
from mlp.grader.child.wire import decode, encode
from mlp.grader.objections import Counterexample, Refused
from mlp.grader.programs import bounds
from mlp.grader.programs.bounds import DOUBLE
from mlp.model import TwoLayerMLP

STRANGE = ArithmeticError, AttributeError, LookupError, TypeError, ValueError

ARRAY_OF_ONE = "loss in an array"  # the slip's name
SHOWN = "X", "y", "X_val", "y_val", "reg", "settings"  # of a request

Case = namedtuple("Case", "text request judge slip", defaults=[""])


class Slip(Refused):
    """A program fails a check by a slip that can be told again elsewhere.

    Parameters
    ----------
    hint, counterexample
        As of `Refused`.
    slip : str
        Its name: whoever makes it in two places made one mistake.
    """

    def __init__(self, hint, counterexample=None, slip=""):
        super().__init__(hint, counterexample)
        self.slip = slip


class Missing(Refused):
    """A program does not return what is asked for, so there is nothing to be judged."""


class Unanswered(Refused):
    """A program ends before it has answered."""


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
        raise Slip(
            f"{name} must have shape {shape}; got {value.shape}",
            slip=f"shape of {kind_of_shape(name, value, shape)}",
        )
    return value.astype(float)


def is_a_row(value, shape):
    """Tell whether an array has one axis more than it should, of length 1."""
    return isinstance(value, np.ndarray) and value.shape == (1, *shape)


def kind_of_shape(name, value, shape):
    """Name what has a wrong shape: one name for all biases and their gradients."""
    if name.startswith(("grads", "net.params")) and len(shape) == 1:
        if is_a_row(value, shape):
            return "biases that are rows"
        if value.shape == ():
            return "biases that are numbers"
    return name


def equal(value, expected, bound=None):
    """Tell whether the numbers agree within a bound, or but for rounding."""
    bound = bounds.allowed(expected, 0, DOUBLE) if bound is None else bound
    return bool(np.all(np.abs(value - expected) <= bound))


def example(request, name, claim, true):
    """Return a counterexample: all numbers that the value of this name depends on."""
    values = {key: getattr(request, key) for key in SHOWN}
    values = {
        key: value.tolist() if isinstance(value, np.ndarray) else value
        for key, value in {**values, **(request.params or {})}.items()
        if value is not None
    }
    short = len(str(values)) < 250
    numbers = ", ".join(f"{key} = {value}" for key, value in values.items() if short)
    claim, true = (np.round(value, 12).tolist() for value in (claim, true))
    shown = str(claim) if len(str(claim)) + len(str(true)) < 250 else ""
    text = f"{name} is {shown} where {true} is right" if shown else f"{name} is wrong"
    return Counterexample(
        values, claim, true, f"{text}; {numbers}" if numbers else text
    )


def key_of(request):
    """Return a text that two requests share only if they ask the same."""
    return encode(vars(request))


def reference(request):
    """Return the book's answer to a request."""
    return reference_of(key_of(request))


@cache
def reference_of(key):
    """Return the book's answer to the request of this key, as it leaves the child."""
    rng = np.random.RandomState()
    request = Request(**decode(key))
    with np.errstate(all="ignore"):
        answer = reply(request, partial(TwoLayerMLP, rng=rng), rng)
    return decode(encode(answer))


def activation_of(request):
    """Return the name of the network's activation."""
    return request.arguments[1]["activation"]


def judge_answer(case, answer, eps=DOUBLE):
    """Let the case's judge refuse, or not; what it can't work with is refused, too."""
    try:
        case.judge(case, answer, eps)
    except STRANGE as error:
        # If it can't work with the book's answer either, the fault is the judge's own.
        case.judge(case, reference(case.request), DOUBLE)
        hint = f"{case.text} returned what cannot be judged: {error!r}"
        raise Refused(hint) from error


def as_left(case, answer):
    """Return the case with the X that the call leaves behind."""
    left = as_floats("X after the call", answer["X"], case.request.X.shape)
    return case._replace(request=replace(case.request, X=left))


def judge_unchanged(case, answer):
    """Refuse a call that changes its arguments or the parameters."""
    request = case.request
    before = {"X": request.X, "y": request.y}
    after = {"X": answer["X"], "y": answer["y"]}
    if request.params and request.ask == "loss":
        before = {**before, **request.params}
        after = {**after, **as_dict("net.params", answer["params"])}
    for name, value in before.items():
        changed = after.get(name)
        if not np.array_equal(changed, value):
            changed = changed.tolist() if isinstance(changed, np.ndarray) else changed
            raise Slip(
                f"{case.text} changes {name}: from {value.tolist()} to {changed}",
                slip="changes its arguments",
            )
