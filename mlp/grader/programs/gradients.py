"""Judges of the gradients: of each array, of the penalty's, and in far ranges."""

import numpy as np

from mlp.grader.child.asking import by_name, right_scores
from mlp.grader.objections import Refused
from mlp.grader.programs import bounds
from mlp.grader.programs.bounds import DOUBLE, DRIFT
from mlp.grader.programs.comparing import (
    Missing,
    Slip,
    activation_of,
    as_floats,
    as_left,
    equal,
    example,
    in_words,
    is_a_row,
    reference,
)
from mlp.grader.programs.losses import OVER_EXAMPLES, read_loss
from mlp.losses import mean_cross_entropy
from mlp.verdicts import Entry

UPSTREAM = {"b2": None, "W2": "b2", "b1": "b2", "W1": "b1"}


def gradients_in(result, params):
    """Return the dict of gradients by the parameters' names, or refuse."""
    is_pair = isinstance(result, list) and len(result) == 2
    if not is_pair or not isinstance(result[1], dict):
        raise Missing(f"loss must return a number and a dict; got {in_words(result)}")
    grads = by_name(result[1], params)
    if not grads:
        raise Missing(other_keys(result, params))
    return grads


def other_keys(result, params):
    """Say which keys the gradients have, and which they should."""
    return f"grads must have the keys {sorted(params)}; got {[*map(str, result[1])]}"


def gradient_in(result, params, name):
    """Return one of the gradients as floats, or refuse."""
    grads = gradients_in(result, params)
    if name not in grads:
        raise Slip(other_keys(result, params), slip=f"no {name}")
    return as_gradient(grads, params, name)


def judge_form(name):
    """Return the judge of the key and the shape of a gradient.

    Its numbers are judged before, where it is read as if it had the right ones.
    """

    def judge(case, answer, eps=DOUBLE):
        result, params = answer["result"], case.request.params
        gradient_in(result, params, name)
        if name not in result[1]:
            raise Slip(other_keys(result, params), slip="keys of grads")
        as_floats(f'grads["{name}"]', result[1][name], params[name].shape)

    judge.array = ""
    return judge


def as_gradient(grads, params, name):
    """Return one of them as floats; a number is an array without axes."""
    grad = grads[name]
    grad = np.array(grad) if type(grad) in (int, float) else grad
    if is_a_row(grad, params[name].shape):
        grad = grad[0]
    return as_floats(f'grads["{name}"]', grad, params[name].shape)


def judge_array(name):
    """Return the judge of one of the gradients, at a request of a loss."""

    def judge(case, answer, eps=DOUBLE):
        judge_gradient(case, answer["result"], name, eps)

    judge.array = name
    return judge


def judge_as_left(name):
    """Return the judge of a gradient for the X that the call leaves behind.

    It may be changed before the call looks at it, or on the way back.
    """

    def judge(case, answer, eps=DOUBLE):
        grad = gradient_in(answer["result"], case.request.params, name)
        left = as_left(case, answer)
        late = left.request.X.T @ upstream(case.request)["b1"]  # (D, H)
        if not (name == "W1" and np.allclose(grad, late, rtol=1e-6, atol=1e-9)):
            judge_gradient(left, answer["result"], name, eps)

    return judge


def upstream(request):
    """Return the right gradients by Z1 and by the scores, under the biases' names."""
    params, X, y = request.params, request.X, request.y
    activation = activation_of(request)
    H, scores = right_scores(params, X, activation)
    dscores = mean_cross_entropy(scores, y)[1]  # (N, K)
    slope = H > 0 if activation == "relu" else H * (1 - H)  # (N, H)
    return {"b1": dscores @ params["W2"].T * slope, "b2": dscores}


def judge_all_arrays(case, answer, eps=DOUBLE):
    """Refuse wrong gradients; the last layer's first, as the others build on them."""
    for name in UPSTREAM:
        judge_gradient(case, answer["result"], name, eps)


def judge_gradient(case, result, name, eps=DOUBLE):
    """Refuse a wrong gradient.

    At a kink of the ReLU each number from one side's slope to the other's is right.
    """
    request = case.request
    grad = gradient_in(result, request.params, name)
    true = reference(request)["result"][1]
    right = bounds.ranges_of_gradients(request, true, eps)[name]
    excess = right.excess(grad)
    if np.all(excess <= 1):
        return
    key = f'grads["{name}"]'
    guess, slip = guess_about_gradient(request, name, grad, true[name], right.bound)
    if name == "b1" and not guess and is_without_slope(request, result):
        slip = "no slope"
    worst = np.unravel_index(excess.argmax(), excess.shape)
    raise Slip(
        f"{case.text} gives a wrong {key}: {wrong_entry(key, worst, grad, right)}. "
        f"{guess}".strip(),
        example(request, key, grad, right.nearest(grad)),
        slip,
    )


def guess_about_gradient(request, name, grad, true, bound):
    """Return the kind of a wrong gradient, and the slip's name."""
    N = len(request.y)
    if not np.isfinite(grad).all():
        return "It is not finite.", "not finite"
    if equal(grad, -true, bound):
        return "The sign is wrong.", "sign"
    if N > 1 and equal(grad, N * true, N * bound):
        return (
            "The loss is a mean over the examples, the gradient that of a sum.",
            "gradient of a sum",
        )
    if N > 1 and equal(N * grad, true, N * bound):
        return "It is divided by the number of examples once too often.", "1/N twice"
    if name == "b2" and is_over_examples(request, grad):
        return "The softmax is over the examples, not the classes.", OVER_EXAMPLES
    if name == "b1" and N == len(grad):
        across = upstream(request)["b1"].sum(axis=1)  # (N,)
        if equal(grad, across, bound):
            return "It is summed over the wrong axis.", 'shape of grads["b1"]'
    # A wrong slope shows where there is one hidden unit; what shows with more has
    # nothing to do with the activation.
    is_slope = name == "b1" and request.arguments[0][1] == 1
    return "", f"{name}, {activation_of(request)}" if is_slope else name


def is_over_examples(request, grad):
    """Tell whether a gradient by b2 is of probabilities that add up to 1 in columns."""
    counts = np.bincount(request.y, minlength=len(grad))  # (K,)
    return equal(grad, (1 - counts) / len(request.y))


def is_without_slope(request, result):
    """Tell whether the gradient by b1 lacks the slope of the activation."""
    if "b2" not in gradients_in(result, request.params):
        return False
    b1, b2 = (gradient_in(result, request.params, name) for name in ["b1", "b2"])
    return equal(b1, request.params["W2"] @ b2)


def wrong_entry(key, index, grad, right):
    """Say what an entry of a gradient is, and what it must be."""
    low, high, bound = (float(part[index]) for part in right)
    given, index = float(grad[index]), tuple(map(int, index))
    entry = Entry(key, index, given, float(right.nearest(grad)[index]), bound)
    numbers = f"{entry.place} is {given:.10g}; "
    if high - low <= bound:
        return f"{numbers}{entry.expected:.10g} is right"
    return f"{numbers}at a kink of the ReLU {low:.10g} to {high:.10g} is right"


def judge_penalty_gradient(case, answer, eps=DOUBLE):
    """Refuse gradients that the penalty does not change by reg W."""
    request = case.request
    given = penalty_part(answer, request.params)
    true = reference(request)
    scales = bounds.scales_of(
        request.params, request.X, request.reg, activation_of(request)
    )
    for name, grad in given.items():
        right = request.reg * request.params[name] * name.startswith("W") + 0.0
        size = scales.grads[name] + abs(true["without"][1][name]) + abs(grad)
        bound = bounds.allowed(right, size, eps)
        if not np.all(np.abs(grad - right) <= bound):
            index = np.unravel_index(np.abs(grad - right).argmax(), grad.shape)
            place = f"{name}[{', '.join(map(str, index))}]"
            raise Slip(
                f"In {case.text} the penalty adds {grad[index]:.10g} to the gradient "
                f"by {place}; {right[index]:.10g} is right.",
                example(request, f"the penalty's gradient by {name}", grad, right),
                "penalty's gradient",
            )


def penalty_part(answer, params):
    """Return what the penalty adds to each gradient that is there."""
    parts = [gradients_in(answer[name], params) for name in ["with", "without"]]
    return {
        name: np.subtract(*(as_gradient(part, params, name) for part in parts))
        for name in UPSTREAM
        if all(name in part for part in parts)
    }


def judge_penalty_gradient_in_proportion(case, answer, eps=DOUBLE):
    """Refuse the same, but for the factor by which each gradient is wrong."""
    params, true = case.request.params, reference(case.request)["without"][1]
    scaled = {"with": [0.0, {}], "without": [0.0, {}]}
    for name in gradients_in(answer["without"], params):
        grad = gradient_in(answer["without"], params, name)
        index = np.unravel_index(np.abs(true[name]).argmax(), grad.shape)
        factor = grad[index] / true[name][index]
        for key, (_, grads) in scaled.items():
            grads[name] = gradient_in(answer[key], params, name) / factor
    judge_penalty_gradient(case, scaled, eps)


def judge_finite_gradients(case, answer, eps=DOUBLE):
    """Refuse gradients that are not finite."""
    for name, grad in gradients_in(answer["result"], case.request.params).items():
        if isinstance(grad, np.ndarray) and not np.isfinite(grad).all():
            raise Slip(
                f'{case.text} gives a grads["{name}"] that is not finite.',
                slip="not finite",
            )


# Where the loss or an earlier array is wrong: judges where all rows of X are the same


def hidden_values(request):
    """Return the right hidden values of the first row, (H,)."""
    return right_scores(request.params, request.X[:1], activation_of(request))[0][0]


def judge_given_upstream(case, answer, eps=DOUBLE, *, name):
    """Refuse a gradient that is wrong given the one that it builds on."""
    judge_given(case, answer, eps, name, hidden_values(case.request))


def judge_given_hidden_values(case, answer, eps=DOUBLE, *, name):
    """Refuse a gradient that is wrong given the hidden values of the student's net.

    They are the ones by which the gradient by W2 is the outer product that it should.
    """
    params, result = case.request.params, answer["result"]
    b2, W2 = (gradient_in(result, params, part) for part in ["b2", "W2"])
    h = W2 @ b2 / (b2 @ b2)  # (H,)
    judge_given(case, answer, eps, "W2", h)
    judge_given(case, answer, eps, name, h)


def judge_given(case, answer, eps, name, h):
    """Refuse a gradient that is wrong given the earlier one and the hidden values.

    Zeros follow from zeros, but they may be work that is missing.
    """
    params, result = case.request.params, answer["result"]
    before, own = (gradient_in(result, params, part) for part in [UPSTREAM[name], name])
    if name == "b1":
        relu = activation_of(case.request) == "relu"
        right = params["W2"] @ before * (h > 0 if relu else h * (1 - h))  # (H,)
    else:
        right = np.outer(h if name == "W2" else case.request.X[0], before)
    if not (own.any() and is_near(own, right, eps)):
        raise Refused(f'grads["{name}"] does not follow from grads["{UPSTREAM[name]}"]')


def judge_given_probabilities(case, answer, eps=DOUBLE):
    """Refuse a gradient by b2 that is wrong for the probabilities in the loss."""
    y = case.request.y
    b2 = gradient_in(answer["result"], case.request.params, "b2")
    p = b2 + np.bincount(y, minlength=len(b2)) / len(y)  # (K,)
    if not is_near(-np.log(p[y]).mean(), read_loss(answer["result"]), eps):
        raise Refused("the gradient by b2 is not that of the probabilities in the loss")


def is_near(own, right, eps):
    """Tell whether numbers agree but for the rounding of a few steps."""
    return np.allclose(own, right, rtol=max(1e-6, DRIFT[eps]), atol=1e-9)


def have_one_fault(ours, others, name):
    """Tell whether a ReLU net and a sigmoid net have the same gradient but for slopes.

    Parameters
    ----------
    ours, others : (Request, answer)
        As `same_hidden_values` requests them, all rows the same.
    name : str
        "b1" or "W1".
    """
    grads, slopes = [], []
    for request, answer in (ours, others):
        h = hidden_values(request)
        slopes.append(h > 0 if activation_of(request) == "relu" else h * (1 - h))
        grads.append(gradient_in(answer["result"], request.params, name))
    is_off = not np.any(grads[0] * (slopes[0] == 0))
    return is_off and is_near(grads[0] * slopes[1], grads[1] * slopes[0], DOUBLE)
