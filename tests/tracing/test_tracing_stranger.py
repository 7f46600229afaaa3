"""What a first user met: verdicts that say too much, errors that say too little."""

import inspect

import numpy as np
import pytest

from mlp.tracing import NotProved, prove_backward, prove_gradient


def affine(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


SHAPES = dict(x="N D", w="D M", b="M")


def double(x):
    return 2 * x


def product(x, y):
    return (x * y).sum()


# a loss is one number


def by_row(x):
    return (x**2).sum(axis=1)


def by_entry(x):
    return x**2


@pytest.mark.parametrize("loss, shape", [(by_row, "(2,)"), (by_entry, "(2, 3)")])
def test_a_loss_that_returns_no_number_is_not_proved(loss, shape):
    result = prove_gradient(loss, double, x="N D")
    why = result["x"].reason
    assert result.verdict == "can't tell" and not result.theorem
    assert f"{loss.__name__} returns an array of shape {shape}" in why
    assert "a loss returns one number" in why


def test_a_number_in_an_array_is_a_number():
    assert prove_gradient(lambda x: x.T @ x, double, x="N 1")


# what is not asked


@pytest.mark.parametrize(
    "gradient", [lambda x, y: {"x": y}, lambda x, y: (y, None), lambda x, y: [y, None]]
)
def test_what_is_not_asked_has_a_line(gradient):
    result = prove_gradient(product, gradient, x="N D", y="N D")
    assert result.require() and result.not_asked == ["y"]
    assert "  y  not asked: the program returns no gradient for it" in repr(result)
    assert "x: proved for every N, D" in result.theorem
    assert "not asked" in result._repr_html_()


def test_nothing_is_asked():
    result = prove_gradient(product, lambda x, y: {}, x="N D", y="N D")
    assert result.verdict == "can't tell"
    assert "returns no gradient for x, y" in result["x"].reason
    result = prove_gradient(product, lambda x, y: (None, None), x="N D", y="N D")
    assert "returns no gradient for x, y" in result["y"].reason


def test_a_gradient_that_is_only_sometimes_returned():
    def gradient(x, y):
        return {"x": y, "y": 3 * x} if len(x) > 4 else {"x": y}

    result = prove_gradient(product, gradient, x="N D", y="N D")
    assert result.verdict == "can't tell", result

    def but_for_1(x, y):
        return {"x": y, "y": x} if len(x) > 1 else {"x": y}

    result = prove_gradient(product, but_for_1, x="N D", y="N D")
    assert not result and "no gradient by y at" in result["y"].reason, result


# denominators that can be 0


def norm(x):
    return np.linalg.norm(x)


def cosine(u, v):
    return (u * v).sum() / (np.sqrt((u**2).sum()) * np.sqrt((v**2).sum()))


def cosine_gradient(u, v):
    a, b = np.sqrt((u**2).sum()), np.sqrt((v**2).sum())
    c = (u * v).sum() / (a * b)
    return v / (a * b) - c * u / a**2, u / (a * b) - c * v / b**2


def test_a_norm_is_not_0():
    result = prove_gradient(norm, lambda x: x / np.linalg.norm(x), x="N")
    assert result.given == "wherever Σ_i x[i]^2 is not 0", result
    result = prove_gradient(cosine, cosine_gradient, u="N", v="N")
    assert result and result.given.startswith("wherever none of these is 0: "), result


@pytest.mark.parametrize(
    "loss, gradient, given",
    [
        (lambda x: (1 / x).sum(), lambda x: -1 / x**2, "wherever x[i] is not 0"),
        (lambda x: np.log(x).sum(), lambda x: 1 / x, "wherever x[i] is positive"),
        (lambda x: np.log(np.exp(x).sum()), lambda x: np.exp(x) / np.exp(x).sum(), ""),
        (lambda x: np.sqrt(1 + x**2).sum(), lambda x: x / np.sqrt(1 + x**2), ""),
        (
            lambda x: np.sqrt(x.sum()),
            lambda x: np.full_like(x, 0.5 / np.sqrt(x.sum())),
            "wherever Σ_i x[i] is positive",
        ),
        (lambda x: x.mean(), lambda x: np.full_like(x, 1 / len(x)), ""),
    ],
)
def test_where_a_formula_is_defined(loss, gradient, given):
    result = prove_gradient(loss, gradient, x="N")
    assert result and result.given == given, result


def test_a_denominator_that_cancels_is_not_forgotten():
    result = prove_gradient(lambda x: (x**3 / x).sum(), lambda x: 2 * x, x="N")
    assert result.given == "wherever both functions return finite values", result


def standardized(x, eps=1e-5):
    return (x - x.mean()) / np.sqrt(x.var() + eps)


def standardized_backward(dout, x, eps=1e-5):
    s = np.sqrt(x.var() + eps)
    h = (x - x.mean()) / s
    return (dout - dout.mean() - h * (dout * h).mean()) / s


def test_a_variance_is_not_0_unless_something_is_added():
    result = prove_backward(standardized, standardized_backward, x="N")
    assert result and not result.given and result.fixed == "eps = 1e-05", result
    result = prove_backward(standardized, standardized_backward, x="N", eps=0)
    assert result.verdict != "wrong" and (not result or "is positive" in result.given)


# for whom a proof is


def test_the_small_print_says_for_which_arguments():
    def backward(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout, dout.mean(axis=0)

    result = prove_backward(affine, backward, **SHAPES)
    assert result.verdict == "wrong"
    assert result.small_print().startswith("x, w: proved for every N, D, M")
    assert "x, w: proved" in repr(result) and "x, w: proved" in result._repr_html_()


def test_there_is_no_small_print_where_nothing_is_proved():
    result = prove_gradient(product, lambda x, y: (-y, -x), x="N", y="N")
    assert result.verdict == "wrong" and result.small_print() == ""
    assert "proved for every" not in repr(result) + result._repr_html_()
    with pytest.raises(NotProved):
        result.require()


# one kind of pair for the other


def test_a_loss_and_its_gradient_for_a_backward_pass():
    def loss(x):
        return (x**2).sum()

    with pytest.raises(TypeError, match=r"double takes 1 argument \(x\)") as error:
        prove_backward(loss, double, x="N D")
    assert "so dout and x are expected" in str(error.value)
    assert "use prove_gradient" in str(error.value)
    with pytest.raises(TypeError, match="use prove_gradient"):
        prove_backward(product, lambda x, y: (y, x), x="N D", y="N D")


def test_a_backward_pass_without_room_for_the_arguments():
    with pytest.raises(TypeError, match="takes 2 arguments .* dout, x, w and b are"):
        prove_backward(lambda x, w, b: x @ w + b, lambda d, w1: d, **SHAPES)


def test_a_backward_pass_that_needs_some_arguments_takes_them_by_name():
    result = prove_backward(
        lambda x, w: x @ w,
        lambda dout, w, x=None: {"x": dout @ w.T},
        x="N D",
        w="D M",
    )
    assert result, result


def test_forward_and_backward_for_a_loss():
    result = prove_gradient(affine, affine_backward, **SHAPES)
    assert result.verdict == "can't tell"
    assert "affine returns 2 values, a loss returns one number" in result["x"].reason
    assert "use prove_backward" in result["x"].reason


# what has one value


def penalty(x, lam=0.01):
    return lam * (x**2).sum()


def test_defaults_are_said():
    result = prove_gradient(penalty, lambda x, lam=0.01: 0.02 * x, x="N D")
    assert "proved for every N, D, with lam = 0.01; for real" in result.theorem, result
    result = prove_gradient(penalty, lambda x, lam: 2 * lam * x, x="N D", lam=0.5)
    assert "with lam = 0.5;" in result.small_print(), result
    result = prove_gradient(
        penalty, lambda x, lam: (2 * lam * x, (x**2).sum()), x="N D", lam=""
    )
    assert result and result.fixed == "", result


def test_sizes_and_other_defaults_of_the_second_function_are_said():
    def loop(x):
        return sum(x[k] ** 2 for k in range(len(x)))

    result = prove_gradient(loop, lambda x, two=2: two * x, x="N", sizes={"N": 4})
    assert result and "with N = 4, two = 2" in result.small_print(), result

    def step(x, eps=0.0):
        return (x + eps * x).sum()

    def gradient(x, eps=0):
        return np.ones_like(x)

    result = prove_gradient(step, gradient, x="N")
    assert "eps = 0.0 (in gradient eps = 0)" in result.small_print(), result


def test_what_is_long_is_as_given():
    def loss(x, settings):
        return settings["a"] * x.sum()

    settings = {"a": 2, "a long word, so that the line would get too long": 0}
    result = prove_gradient(
        loss,
        lambda x, settings: np.full_like(x, settings["a"]),
        x="N",
        settings=settings,
    )
    assert result and result.fixed == "settings as given", result


# shapes, sizes, limits


def reason(forward, backward, **shapes):
    result = prove_backward(forward, backward, **shapes)
    assert result.verdict == "can't tell", result
    return result["x"].reason


def test_shapes_that_do_not_fit_name_the_arguments():
    why = reason(affine, affine_backward, x="N D", w="N M", b="M")
    assert "x is (N, D), w is (N, M)" in why and "line" in why
    why = reason(affine, affine_backward, x="N D", w="D M", b="D")
    assert why.endswith("b is (D,)")
    why = reason(affine, affine_backward, x="N 3", w="4 M", b="M")
    assert "x is (N, 3), w is (4, M)" in why


@pytest.mark.parametrize(
    "words, message",
    [
        ("N x D", "has an 'x' between sizes; write 'N D'"),
        ("float", "'float' is no name of a size"),
        ("N float64", "'float64' is no name of a size"),
        ("N of", "must name one size after 'of'"),
        ("N in K", "'in' is no name of a size"),
        ("of", "must name one size after 'of'"),
    ],
)
def test_words_that_are_no_sizes(words, message):
    with pytest.raises(ValueError, match=message) as error:
        prove_backward(affine, affine_backward, x=words, w="D M", b="M")
    assert str(error.value).startswith("x: ")


def test_one_label():
    assert prove_gradient(
        lambda z, y: z[y], lambda z, y: np.eye(len(z))[y], z="K", y="of K"
    )


def pick(z, y):
    return z[np.arange(len(y)), y].sum()


def pick_gradient(z, y):
    d = np.zeros_like(z)
    d[np.arange(len(y)), y] = 1
    return d


def test_labels_that_do_not_fit_are_named():
    assert prove_gradient(pick, pick_gradient, z="N K", y="N of K")
    result = prove_gradient(pick, pick_gradient, z="N K", y="N of D")
    assert result.verdict == "can't tell"
    assert "y is (N,), labels 0 … D - 1" in result["z"].reason
    result = prove_gradient(pick, pick_gradient, z="N K", y="N")
    assert 'y="N of K" makes them' in result["z"].reason


@pytest.mark.parametrize("words", [("N", "D"), ["N", "D"]])
def test_a_shape_is_one_string(words):
    with pytest.raises(TypeError, match='^x: a shape is one string, "N D"; got'):
        prove_backward(affine, affine_backward, x=words, w="D M", b="M")


def test_none_for_an_argument_is_named():
    result = prove_backward(affine, affine_backward, x=None, w="D M", b="M")
    assert "x is None, which is passed on as it is" in result["w"].reason


@pytest.mark.parametrize(
    "sizes, error, message",
    [
        ({"Q": 3}, ValueError, "no shape has a size 'Q'; there are D, M, N"),
        ({"N": "four"}, TypeError, "N is a whole number, 1 or more; got 'four'"),
        ({"N": 2.0}, TypeError, "N is a whole number, 1 or more; got 2.0"),
        ({"N": True}, TypeError, "N is a whole number, 1 or more; got True"),
        ({"N": -1}, ValueError, "N is a whole number, 1 or more; got -1"),
        ({"N": 0}, ValueError, "N is a whole number, 1 or more; got 0"),
        (["N"], TypeError, "a dict is expected"),
        ([], TypeError, "a dict is expected"),
    ],
)
def test_sizes_that_are_none(sizes, error, message):
    with pytest.raises(error, match=f"^sizes: {message}"):
        prove_backward(affine, affine_backward, sizes=sizes, **SHAPES)


def test_sizes_of_numpy():
    assert prove_backward(affine, affine_backward, sizes={"N": np.int64(2)}, **SHAPES)


@pytest.mark.parametrize(
    "limit, error",
    [("60", TypeError), (True, TypeError), (-1, ValueError), (0, ValueError)],
)
def test_time_limits_that_are_none(limit, error):
    with pytest.raises(error, match="^time_limit: "):
        prove_backward(affine, affine_backward, time_limit=limit, **SHAPES)
    assert prove_backward(affine, affine_backward, time_limit=None, **SHAPES)


def test_the_limit_that_is_said_is_the_users():
    result = prove_backward(affine, affine_backward, time_limit=1e-9, **SHAPES)
    assert result["x"].reason == "not decided within 1e-09 seconds"


@pytest.mark.parametrize("role", ["forward", "backward"])
def test_which_function_is_none(role):
    pair = dict(forward=affine, backward=affine_backward)
    pair[role] = None
    with pytest.raises(TypeError, match=f"^{role}: a function is expected; got None"):
        prove_backward(*pair.values(), **SHAPES)
    with pytest.raises(TypeError, match="^gradient: a function is expected"):
        prove_gradient(product, None, x="N", y="N")


# values that are passed on


def test_gradients_for_all_arguments_in_order():
    x = np.arange(6.0).reshape(2, 3)
    result = prove_backward(affine, affine_backward, x=x, w="3 M", b="M")
    assert result and list(result.arguments) == ["w", "b"]
    assert result.fixed == "x as given"
    named = prove_backward(
        affine,
        lambda dout, cache: dict(zip("xwb", affine_backward(dout, cache))),
        x=x,
        w="3 M",
        b="M",
    )
    assert named and list(named.arguments) == ["w", "b"]
    swapped = prove_backward(
        affine,
        lambda dout, cache: affine_backward(dout, cache)[::-1],
        x=x,
        w="3 M",
        b="M",
    )
    assert not swapped


def test_labels_may_count_in_the_order():
    def loss(w, y, c):
        return c * w[np.arange(len(y)), y].sum()

    def gradient(w, y, c):
        return c * pick_gradient(w, y), None, pick(w, y)

    assert prove_gradient(loss, gradient, w="N K", y="N of K", c="")


def test_too_many_gradients_say_how():
    result = prove_backward(
        affine,
        lambda dout, cache: (*affine_backward(dout, cache), dout),
        x=np.ones((2, 3)),
        w="3 M",
        b="M",
    )
    assert "returns 4 gradients; with a shape there are only w, b; None for x" in (
        result["w"].reason
    )


# reading


def tail(x):
    return (x[:, 2:] * x[:, :-2]).sum()


def tail_gradient(x):
    d = np.zeros_like(x)
    d[:, 2:] += x[:, :-2]
    d[:, :-2] += x[:, 2:]
    return d


def test_a_size_that_may_be_a_number_is_hinted_at():
    result = prove_gradient(tail, tail_gradient, x="N T")
    assert result.verdict == "checked"
    assert 'a number for it may help: sizes={"T": 6}' in result["x"].reason, result
    assert prove_gradient(tail, tail_gradient, x="N T", sizes={"T": 6})


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gate(x, h, w, u):
    i, f = sigmoid(x @ w), np.tanh(h @ u)
    return i * f, (x, h, w, u, i, f)


def gate_backward(dout, cache):
    x, h, w, u, i, f = cache
    a, b = dout * f * i * (1 - i), dout * i * (1 - f * f)
    return a @ w.T, b @ u.T, x.T @ a, h.T @ b


def deep(x, w):
    h = [x]
    for _ in range(3):
        h.append(np.tanh(h[-1] @ w))
    return h[-1], (h, w)


def deep_backward(dout, cache):
    h, w = cache
    dw = np.zeros_like(w)
    for before, after in zip(h[-2::-1], h[:0:-1]):
        da = dout * (1 - after**2)
        dw += before.T @ da
        dout = da @ w.T
    return dout, dw


def test_names_in_a_theorem_are_defined_there():
    result = prove_backward(deep, deep_backward, x="N D", w="D D").require()
    other = prove_gradient(product, lambda x, y: (y, x), x="N", y="N")  # forgets names
    assert other
    theorem = result.theorem
    used = {word.split("[")[0].strip("()") for word in theorem.split() if "@" in word}
    used = {word for word in used if word.startswith("@") and len(word) > 1}
    assert used and all(f"where {name}" in theorem for name in used), theorem
    lines = theorem.splitlines()
    assert len(lines) == len(set(lines))
    assert prove_backward(gate, gate_backward, x="N D", h="N H", w="D M", u="H M")


def test_a_result_is_readable():
    result = prove_backward(affine, affine_backward, **SHAPES)
    assert "function" not in repr(result.arguments)
    for tool in (prove_backward, prove_gradient):
        told = inspect.getdoc(tool)
        for word in ("require", "theorem", "notes", "checked", "no proof", "not asked"):
            assert word in told, (tool, word)


def lower(x):
    below = np.tril(np.ones((len(x), len(x))))
    product = below * x
    return product.sum()


def lower_gradient(x):
    return np.tril(np.ones((len(x), len(x))))


def test_the_line_is_where_the_array_was_made():
    result = prove_gradient(lower, lower_gradient, x="T T")
    line = lower.__code__.co_firstlineno + 1
    if not result:
        assert result["x"].reason.startswith(f"line {line}: "), result
