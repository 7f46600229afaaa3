"""Judges of the loss: of the cross-entropy, of the penalty, and of how it is called."""

import numpy as np

from mlp.grader.objections import Refused
from mlp.grader.programs import bounds
from mlp.grader.programs.bounds import DOUBLE
from mlp.grader.programs.comparing import (
    ARRAY_OF_ONE,
    STRANGE,
    Slip,
    activation_of,
    as_dict,
    as_floats,
    as_left,
    as_number,
    equal,
    example,
    judge_unchanged,
    reference,
)
from mlp.model import TwoLayerMLP
from mlp.published import HANDOUT_RELU_LOSS

OTHER_NETS = {  # instead of a ReLU net's
    "softplus": "It is softplus's, as the figure in the handout is;",
    "sigmoid": "It is that of a sigmoid net;",
    "identity": "It is that of a net without an activation;",
}
OVER_EXAMPLES = "softmax over the examples"  # the slip's name


def loss_in(answer):
    """Return the loss in what `loss` returned, alone or before the gradients."""
    return first_of(answer["result"])


def first_of(result):
    """Return what stands first, where it is a tuple."""
    return result[0] if isinstance(result, list) and result else result


def read_loss(result):
    """Return the loss as a float; of many numbers, which are charged once, the mean."""
    loss = first_of(result)
    if isinstance(loss, np.ndarray) and loss.size and loss.dtype.kind in "iuf":
        return float(loss.mean())
    return as_number("the loss", loss)


def bound_of_loss(request, true, eps):
    """Return how far off a right loss may be."""
    params = request.params or reference(request)["params"]
    scales = bounds.scales_of(params, request.X, request.reg, activation_of(request))
    return bounds.allowed(true, scales.loss, eps)


def judge_interface(case, answer, eps=DOUBLE):
    """Refuse a loss that is no number, and a call that changes its arguments."""
    loss = loss_in(answer)
    if isinstance(loss, np.ndarray) and loss.ndim and loss.size == 1:
        hint = f"the loss must be a number; got an array of shape {loss.shape}"
        raise Slip(hint, slip=ARRAY_OF_ONE)
    if not is_one_for_each(loss):  # that is charged where the loss is
        as_number("the loss", loss)
    judge_unchanged(case, answer)


def is_one_for_each(loss):
    """Tell whether a loss is an array of several numbers."""
    return isinstance(loss, np.ndarray) and loss.size > 1


def judge_cross_entropy(case, answer, eps=DOUBLE):
    """Refuse a wrong loss of a net whose scores are its biases."""
    is_over_examples = equal(read_loss(answer["result"]), np.log(len(case.request.y)))
    slip = OVER_EXAMPLES if is_over_examples else "cross-entropy"
    judge_loss(case, answer, eps, slip)


def judge_loss(case, answer, eps=DOUBLE, slip=""):
    """Refuse a wrong loss."""
    if is_one_for_each(loss_in(answer)):
        shape = loss_in(answer).shape
        hint = f"the loss must be a number; got an array of shape {shape}"
        raise Slip(hint, slip="no mean")
    loss, true = read_loss(answer["result"]), reference(case.request)["result"][0]
    bound = bound_of_loss(case.request, true, eps)
    if equal(loss, true, bound):
        return
    guess, found = guess_about_loss(case.request, loss, true, bound)
    hint = f"{case.text} gives the loss {loss:.10g}; {true:.10g} is right. {guess}"
    shown = example(case.request, "the loss", loss, true)
    raise Slip(hint.strip(), shown, found or slip)


def judge_as_left(case, answer, eps=DOUBLE):
    """Refuse a loss that is wrong even for the X that the call leaves behind."""
    judge_loss(as_left(case, answer), answer, eps)


def guess_about_loss(request, loss, true, bound):
    """Return the kind of a wrong loss, where its value tells, and the slip's name."""
    N = len(request.y)
    if not np.isfinite(loss):
        return "", "not finite"
    if N > 1 and equal(loss, N * true, N * bound):
        return "It is the sum over the examples; the mean is asked for.", "sum"
    for name, says in OTHER_NETS.items():
        if activation_of(request) == "relu" and is_loss_of(name, request, loss, bound):
            return f"{says} a ReLU is max(z, 0).", name
    return "", ""


def is_loss_of(activation, request, loss, bound):
    """Tell whether a loss is the one of another activation."""
    D, H, K = request.arguments[0]
    net = TwoLayerMLP(D, H, K, activation=activation, rng=np.random.RandomState(0))
    net.params = dict(request.params)
    return equal(loss, net.loss(request.X, request.y, request.reg)[0], bound)


def judge_toy_loss(case, answer, eps=DOUBLE):
    """Refuse the loss of the assignment's own net, where it is not the published one.

    The handout's figure for ReLU is softplus's.
    """
    loss = read_loss(answer["result"])
    near = abs(loss - HANDOUT_RELU_LOSS) < 0.5e-6  # the handout has six decimals
    if activation_of(case.request) == "relu" and near:
        raise Slip(
            f"{case.text} gives {loss:.6f}, the handout's figure. It is "
            "softplus's; a ReLU is max(z, 0).",
            slip="softplus",
        )
    judge_loss(case, answer, eps)


def judge_penalty(case, answer, eps=DOUBLE):
    """Refuse a wrong penalty: what the loss with it has more than the one without."""
    request, true = case.request, reference(case.request)
    given = read_loss(answer["with"]) - read_loss(answer["without"])
    right = true["with"][0] - true["without"][0]
    sizes = max(abs(read_loss(answer["without"])), abs(true["with"][0]))
    bound = bound_of_loss(request, right, eps) + bounds.ROUNDINGS * eps * sizes
    if not equal(given, right, bound):
        guess = guess_about_penalty(request, given, bound)
        hint = (
            f"In {case.text} the penalty is {given:.10g}; {right:.10g} is right. "
            f"{guess}"
        )
        shown = example(request, "the penalty", given, right)
        raise Slip(hint.strip(), shown, "penalty")


def judge_penalty_in_proportion(case, answer, eps=DOUBLE):
    """Refuse a wrong penalty, but for the factor by which the data loss is wrong."""
    without, true = read_loss(answer["without"]), reference(case.request)["without"]
    factor = without / true[0]
    scaled = {name: read_loss(answer[name]) / factor for name in ["with", "without"]}
    judge_penalty(case, scaled, eps)


def guess_about_penalty(request, given, bound):
    """Return the kind of a wrong penalty, where its value tells; else nothing."""
    reg, params = request.reg, request.params
    W1, b1, W2, b2 = (np.sum(params[name] ** 2) for name in ["W1", "b1", "W2", "b2"])
    N, whole = len(request.y), 0.5 * reg * (W1 + W2)
    kinds = {
        "The penalty is missing.": 0,
        "The penalty has lost its factor 1/2.": 2 * whole,
        "The biases are not penalized.": whole + 0.5 * reg * (b1 + b2),
        "W2 is penalized, too.": 0.5 * reg * W1,
        "W1 is penalized, too.": 0.5 * reg * W2,
        "It is not divided by the number of examples.": whole / N,
        "Its sign is wrong.": -whole,
        "The squares of the weights are summed, without a root.": 0.5
        * reg
        * (W1**0.5 + W2**0.5),
    }
    return next(
        (kind for kind, value in kinds.items() if equal(given, value, bound)), ""
    )


def judge_finite(case, answer, eps=DOUBLE):
    """Refuse a loss that is not finite."""
    loss = read_loss(answer["result"])
    if not np.isfinite(loss):
        raise Slip(f"{case.text} gives the loss {loss}.", slip="not finite")


def judge_readable(case, answer, eps=DOUBLE):
    """Refuse what is not a loss at all."""
    read_loss(answer["result"])


def are_of_data(answers):
    """Tell whether losses change with X, and with y: answers to `other_data`."""
    try:
        first, *others = [read_loss(answer["result"]) for answer in answers]
    except (Refused, *STRANGE):
        return False
    return all(not equal(other, first) for other in others)


def judge_initial(case, answer, eps=DOUBLE):
    """Refuse initial weights that are not the assignment's."""
    request = case.request
    D, H, K = request.arguments[0]
    std = request.arguments[1]["std"]
    net = TwoLayerMLP(D, H, K, std=std, rng=np.random.RandomState(request.seed))
    params = as_dict("net.params", answer["params"])
    for name, p in net.params.items():
        drawn = as_floats(f'net.params["{name}"]', params.get(name), p.shape)
        if not equal(drawn, p, bounds.allowed(p, 0, DOUBLE) + eps * np.abs(p)):
            index = np.unravel_index(np.abs(drawn - p).argmax(), p.shape)
            place = f"{name}[{', '.join(map(str, index))}]"
            raise Slip(
                f"{case.text}, {place} starts with {in_digits(drawn[index], p[index])}."
                f"{guess_about_weights(params, net.params, request.seed)} Draw std * "
                "np.random.randn(…) for W1, then for W2, and let the biases be 0.",
                slip="initial weights",
            )


def in_digits(given, right):
    """Say two numbers, with as many digits as show that they differ."""
    digits = next(
        n for n in (6, 12, 17, 18) if n == 18 or f"{given:.{n}g}" != f"{right:.{n}g}"
    )
    return f"{given:.{digits}g}, not with {right:.{digits}g}"


def guess_about_weights(drawn, right, seed):
    """Say what the weights are instead, where they tell; else nothing."""
    (D, H), (_, K) = right["W1"].shape, right["W2"].shape
    rng = np.random.RandomState(seed)
    W2, W1 = rng.randn(H, K), rng.randn(D, H)
    if np.allclose(drawn["W1"], 0.1 * W1) and np.allclose(drawn["W2"], 0.1 * W2):
        return " W2 is drawn before W1."
    if np.allclose(drawn["W1"], 0.1 * np.random.RandomState(seed).rand(D, H)):
        return " They are uniform."
    if np.allclose(drawn["W1"], 0.1 * np.random.RandomState(0).randn(D, H)):
        return " They are those after seed 0: the class itself seeds the generator."
    if all(p.dtype == np.float32 for p in (drawn["W1"], drawn["W2"])):
        return " They are kept in float32."
    if drawn["b1"].any() or drawn["b2"].any():
        return " The biases are not 0."
    ratio = drawn["W1"] / right["W1"]
    if np.allclose(ratio, ratio.flat[0]):
        return f" They are {ratio.flat[0]:.6g} times as large."
    return ""


def judge_std(case, answer, eps=DOUBLE):
    """Refuse a default std that is not the assignment's."""
    W1 = as_dict("net.params", answer["params"]).get("W1")
    W1 = as_floats('net.params["W1"]', W1, case.request.arguments[0][:2])
    right = TwoLayerMLP(*case.request.arguments[0], rng=np.random.RandomState(0))
    ratio = W1 / right.params["W1"]
    if np.allclose(ratio, ratio.flat[0]) and not np.isclose(ratio.flat[0], 1):
        raise Slip(
            f"It is {0.1 * ratio.flat[0]:.6g}; this assignment's is 0.1, and the "
            "published run begins with weights of that size.",
            slip="default std",
        )


def judge_cost(case, answer, eps=DOUBLE):
    """Refuse a loop over the examples: a line of Python for each, or more."""
    few, many = answer
    less, more = case.request.repeats
    if many - few >= (more - less) * len(case.request.y):
        raise Refused(
            f"{case.text} runs {few} lines of Python for {less} examples and {many} "
            f"for {more}: it loops over the examples. Whole arrays are quicker, and "
            "the handout encourages them; it costs no points."
        )
