"""Kinds of numbers and of arrays: NaN, bits, narrow and long ints, views and copies.

What is not so somewhere is not proved; beside it is what people write, which is.
"""

import numpy as np
import pytest

from mlp.tracing import prove_backward, prove_gradient


def square(x):
    return x * x


def times_size(x):
    return x * len(x)


def from_mask(mask):
    """Return the gradient of a square times a mask, which is 1 where it is defined."""
    return lambda d, x: 2 * x * d * mask(x)


def branch(d, x):
    if 1 / np.sqrt(x.sum() + 1e6) > 0:
        return 2 * x * d
    return 0 * x


def written_where(d, x):
    g = np.zeros_like(x)
    g[np.exp(np.sqrt(x + 1e6)) > 0] = 1
    return 2 * x * d * g


NAN = {
    "a root": from_mask(lambda x: 1 / np.sqrt(x + 1e6) > 0),
    "equal": from_mask(lambda x: np.sqrt(x + 1e6) == np.sqrt(x + 1e6)),
    "a log": from_mask(lambda x: np.log(x + 1e6) ** 2 >= 0),
    "lost in a sum": from_mask(lambda x: np.sqrt(x + 1e6) * 0 + 1 > 0),
    "lost in a sign": from_mask(lambda x: np.sign(np.exp(np.sqrt(x + 1e6))) > 0),
    "lost in an exp": from_mask(lambda x: np.exp(np.log((x + 1e6) ** 3)) ** 2 >= 0),
    "the negative": from_mask(lambda x: ~(np.sqrt(x + 1e6) < 0)),
    "a number of sizes": from_mask(lambda x: 1 / np.sqrt(40 / (len(x) + 1) - 1) > 0),
    "where": lambda d, x: np.where(np.exp(np.sqrt(x + 1e6)) > 0, 2 * x * d, 0),
    "the truth": from_mask(lambda x: np.exp(np.sqrt(x + 1e6)).astype(bool)),
    "logical": from_mask(lambda x: np.logical_and(np.exp(np.sqrt(x + 1e6)), True)),
    "fmax": from_mask(lambda x: np.fmax(np.sqrt(x + 1e6) * 0 + 1, 0)),
    "isfinite": from_mask(lambda x: np.isfinite(np.sqrt(x + 1e6) * 0)),
    "nan_to_num": from_mask(lambda x: np.nan_to_num(np.sqrt(x + 1e6) * 0 + 1)),
    "max of Python": from_mask(lambda x: max(0, np.sqrt(x.sum() + 1e6) * 0 + 1)),
    "item assignment": written_where,
    "if": branch,
}


@pytest.mark.parametrize("name", NAN)
def test_a_comparison_with_nan_is_not_proved(name):
    result = prove_backward(square, NAN[name], x="N D")
    assert result.verdict in ("checked", "can't tell"), (name, result)


def masked_by_root(x):
    return x * (1 / np.sqrt(x + 1e6) > 0)


def test_a_comparison_of_the_forward_pass_is_not_lost():
    result = prove_backward(masked_by_root, lambda d, x: d, x="N D")
    assert result.verdict == "checked"
    assert "a comparison, where" in repr(result)


def relu_of_log(x):
    z = np.log(x)
    return np.maximum(z, 0), z


def relu_of_log_where(x):
    z = np.log(x)
    return np.where(z > 0, z, 0), (x, z)


def normalized(x):
    mean, var = x.mean(axis=0), x.var(axis=0)
    hat = (x - mean) / np.sqrt(var + 1e-5)
    return np.maximum(hat, 0), (hat, var)


def normalized_back(d, cache):
    hat, var = cache
    d = d * (hat > 0)
    s = np.sqrt(var + 1e-5)
    return (d - d.mean(axis=0) - hat * (d * hat).mean(axis=0)) / s


def scaled(x):
    return np.maximum(x / x.sum(), 0)


def scaled_back(d, x):
    s = x.sum()
    d = d * (x / s > 0)
    return d / s - (d * x).sum() / s**2


def clipped_log(p):
    return -np.log(np.clip(p, 1e-7, 1.0)).sum()


def clipped_log_grad(p):
    inside = (p > 1e-7) & (p < 1.0)
    return -(inside / np.clip(p, 1e-7, 1.0))


def lowest(x):
    return x.min(axis=1)


def lowest_back(d, x):
    return d[:, None] * (x == x.min(axis=1, keepdims=True))


def highest_back(d, x):
    return d[:, None] * (x.max(axis=1)[:, None] == x)


USUAL_MASKS = {
    "relu of log": (relu_of_log, lambda d, z: d * (z > 0) / np.exp(z)),
    "relu of log, where": (
        relu_of_log_where,
        lambda d, cache: d * (cache[1] > 0) / cache[0],
    ),
    "batch norm and relu": (normalized, normalized_back),
    "relu of shares": (scaled, scaled_back),
    "relu": (lambda x: np.maximum(0, x), lambda d, x: d * (x > 0)),
    "the least": (lowest, lowest_back),
    "the largest": (lambda x: x.max(axis=1), highest_back),
    "two conditions": (
        lambda x: np.clip(x, -1, 1),
        lambda d, x: d * ((x > -1) & (x < 1)),
    ),
    "not": (lambda x: np.maximum(0, x), lambda d, x: d * ~(x <= 0)),
    "or": (
        lambda x: x * ((x > 1) | (x < -1)),
        lambda d, x: d * np.bitwise_or(x > 1, x < -1),
    ),
}


@pytest.mark.parametrize("name", USUAL_MASKS)
def test_a_usual_mask_is_proved(name):
    forward, backward = USUAL_MASKS[name]
    result = prove_backward(forward, backward, x="N D")
    assert result.verdict == "proved", (name, result)


def test_a_mask_of_what_a_log_is_clipped_to_is_proved():
    assert prove_gradient(clipped_log, clipped_log_grad, p="N").verdict == "proved"


def count(mask):
    """Return the sum of a mask's squares as an einsum writes it."""
    return np.einsum("ij,ij->", mask, mask)


FAR = {
    "& of a whole number": lambda d, x: d * (1 + ((2 * (x > 1e5)) & 1)),
    "bitwise_and": lambda d, x: d * (1 + np.bitwise_and(2 * (x > 1e5), 1)),
    "|": lambda d, x: d * (1 + ((2 * (x > 1e5)) | 0) // 2),
    "^": lambda d, x: d * (1 + ((2 * (x > 1e5)) ^ 3)) / 4,
    "~": lambda d, x: d * (1 + (~(2 * (x > 1e5)) == 0)),
    "int8 of a power": lambda d, x: d * (1 + (x > 1e5) ** 2 * 100 * 2 / 200),
    "int8 of a power of booleans": lambda d, x: (
        d * (1 + np.power(x > 1e5, True) * 100 * 2 / 200)
    ),
}


@pytest.mark.parametrize("name", FAR)
def test_bits_and_narrow_numbers_are_not_proved(name):
    result = prove_backward(lambda x: x * (1.0 + (x > 1e5)), FAR[name], x="N D")
    assert result.verdict != "proved", (name, result)


def ones(x):
    return np.ones(len(x), bool)


COUNTS = {
    "a power of booleans": lambda x: ones(x) ** 2 @ ones(x) ** 2,
    "a power of booleans in einsum": lambda x: count(np.ones((len(x), 1), bool) ** 2),
    "vdot": lambda x: np.vdot(ones(x), ones(x)),
    "inner": lambda x: np.inner(ones(x), ones(x)),
    "einsum of one": lambda x: np.einsum("i->", ones(x)),
    "float16 of a root": lambda x: (np.sqrt(np.ones((len(x), 1), bool)) * len(x))[0, 0],
    "float16 of exp": lambda x: np.exp(np.zeros(len(x), bool)).sum(),
    "float16 of a size": lambda x: np.full(1, len(x)).astype(np.float16)[0],
    "float16 by name": lambda x: np.full(1, len(x), dtype="e")[0],
    "float16 of ones": lambda x: np.ones(len(x), np.half).sum(),
    "a scalar of float16": lambda x: np.float16(1) * len(x),
}


@pytest.mark.parametrize("name", COUNTS)
def test_booleans_are_no_numbers(name):
    backward = lambda d, x, n=COUNTS[name]: d * n(x)  # noqa: E731
    result = prove_backward(times_size, backward, x="N D")
    assert result.verdict != "proved", (name, result)


USUAL_COUNTS = {
    "ones of booleans": lambda x: ones(x).sum(),
    "@": lambda x: ones(x) @ np.ones(len(x)),
    "astype": lambda x: ones(x).astype(float).sum(),
    "float32": lambda x: np.ones(len(x), np.float32).sum(),
    "times": lambda x: (ones(x) * 1.0).sum(),
    "a power": lambda x: (ones(x) ** 2.0).sum(),
    "einsum": lambda x: np.einsum("i->", np.ones(len(x), int)),
    "mean": lambda x: ones(x).mean() * len(x),
    "int": lambda x: np.array(len(x)) ** 2 / len(x),
    "a dtype": lambda x: ones(x).sum(dtype=int),
    "one over": lambda x: len(x) ** -1 * len(x) ** 2 * len(x) ** 0,
    "a cube": lambda x: len(x) ** 3 / (len(x) * len(x)),
}


@pytest.mark.parametrize("name", USUAL_COUNTS)
def test_a_usual_count_is_proved(name):
    backward = lambda d, x, n=USUAL_COUNTS[name]: d * n(x)  # noqa: E731
    result = prove_backward(times_size, backward, x="N D")
    assert result.verdict == "proved", (name, result)


LONG = {
    "a sum": (57, 1, lambda n: np.full(n, 2**57).sum()),
    "the sum of a sum": (30, 2, lambda n: np.full((n, n), 2**30).sum()),
    "add.reduce": (57, 1, lambda n: np.add.reduce(np.full(n, 2**57))),
    "trace": (57, 1, lambda n: np.trace(np.full((n, n), 2**57))),
    "einsum": (57, 1, lambda n: np.einsum("i->", np.full(n, 2**57))),
    "einsum of two": (
        57,
        1,
        lambda n: np.einsum("i,i->", np.full(n, 2**57), np.ones(n, int)),
    ),
    "a power": (30, 3, lambda n: np.array(n) ** 3 * 2**30),
    "a square": (40, 2, lambda n: np.square(np.array(n) * 2**20)),
    "an array": (58, 1, lambda n: np.array(n) * 2**58),
}


@pytest.mark.parametrize("name", LONG)
def test_whole_numbers_of_64_bits_overflow(name):
    bits, power, number = LONG[name]
    factor = 2.0 ** (bits - 20)
    forward = lambda x: x * (len(x) ** float(power) * factor * 2.0**20)  # noqa: E731
    result = prove_backward(forward, lambda d, x: d * number(len(x)), x="N")
    assert result.verdict != "proved", (name, result)


@pytest.mark.parametrize("shape", ["N", "N D", "N C H W"])
def test_the_count_of_a_mask_is_proved(shape):
    result = prove_backward(
        lambda x: x * (x > 0).sum(), lambda d, x: d * (x > 0).sum(), x=shape
    )
    assert result.verdict == "proved", result


VIEWS = {
    "np.real": lambda g: np.real(g),
    "conj": lambda g: g.conj(),
    "conjugate": lambda g: g.conjugate(),
    "real_if_close": lambda g: np.real_if_close(g),
    "array copy=False": lambda g: np.array(g, copy=False),
    "array copy=None": lambda g: np.array(g, copy=None),
    "array ndmin": lambda g: np.array(g, copy=None, ndmin=2),
    "einsum ij->ij": lambda g: np.einsum("ij->ij", g),
    "einsum ij": lambda g: np.einsum("ij", g),
    "einsum ij->ji": lambda g: np.einsum("ij->ji", g).T,
    "asarray": lambda g: np.asarray(g),
    "asarray float": lambda g: np.asarray(g, dtype=np.float64),
    "astype": lambda g: g.astype(float, copy=False),
}

COPIES = {
    "clip": lambda g: g.clip(None, None),
    "np.clip": lambda g: np.clip(g, None, None),
    "astype float32": lambda g: g.astype(np.float32, copy=False),
    "asarray float32": lambda g: np.asarray(g, np.float32),
    "asarray f4": lambda g: np.asarray(g, dtype="f4"),
    "asarray order=F": lambda g: np.asarray(g, order="F"),
    "asarray, float32 and back": lambda g: np.asarray(g.astype("f4"), float),
    "conj": lambda g: np.conj(g),
    "positive": lambda g: np.positive(g),
    "array": lambda g: np.array(g),
    "copy": lambda g: g.copy(),
    "astype": lambda g: g.astype(float),
    "tile": lambda g: np.tile(g, 1),
}


def written(make):
    """Return a gradient of a square, part of which is made and then written."""

    def backward(d, x):
        g = 2 * x * d
        h = make(g)
        h += d * (x > 1e9)
        return g

    return backward


def with_far(x):
    return x * x + x * (x > 1e9)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_written_with_its_array(name):
    backward = written(VIEWS[name])
    assert prove_backward(square, backward, x="N D").verdict != "proved", name
    assert prove_backward(with_far, backward, x="N D").verdict == "proved", name


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_not_written_with_its_array(name):
    backward = written(COPIES[name])
    assert prove_backward(with_far, backward, x="N D").verdict != "proved", name


@pytest.mark.parametrize("name", ["clip", "positive", "array", "copy", "astype"])
def test_a_copy_leaves_its_array(name):
    result = prove_backward(square, written(COPIES[name]), x="N D")
    assert result.verdict == "proved", (name, result)


def precise_again(d, x):
    g = (2 * x * d).astype(np.float32)
    h = np.asarray(g, float)
    h += d * (x > 1e9)
    return g


def diagonal_kept(d, x):
    g = np.outer(2 * x * d, np.ones(len(x)))
    h = np.diagonal(g)
    g += np.outer(d * (x > 1e9), np.ones(len(x)))
    return h


def zero_d(d, x):
    n = np.asarray(d.sum() * 0 + 1)
    m = n
    m += (x > 1e9).sum()
    return 2 * x * d * n


LATER = {
    "of 32 bits": (with_far, precise_again),
    "a diagonal": (square, diagonal_kept),
    "one number": (square, zero_d),
}


@pytest.mark.parametrize("name", LATER)
def test_what_is_written_later_is_seen(name):
    forward, backward = LATER[name]
    assert prove_backward(forward, backward, x="N").verdict != "proved", name


def in_order(make):
    """Return a gradient that is written through a reshape of what is made."""

    def backward(d, x):
        g = make(x)
        g[:] = 2 * x * d
        g.reshape(-1)[:] += (d * (x > 1e9)).reshape(-1)
        return g

    return backward


FORTRAN = {
    "zeros": lambda x: np.zeros(x.shape, order="F"),
    "ones": lambda x: np.ones(x.shape, float, "F"),
    "empty": lambda x: np.empty(x.shape, order="F"),
    "full": lambda x: np.full(x.shape, 1.0, order="F"),
    "zeros_like": lambda x: np.zeros_like(x, order="F"),
    "copy F": lambda x: x.copy("F"),
    "copy order=F": lambda x: x.copy(order="F"),
    "np.copy": lambda x: np.copy(x, order="F"),
    "array": lambda x: np.array(x, order="F"),
    "astype": lambda x: x.astype(float, order="F"),
    "positive": lambda x: np.positive(x.copy("F")),
    "clip": lambda x: x.copy("F").clip(None, None),
}


@pytest.mark.parametrize("name", FORTRAN)
def test_an_order_in_memory_is_not_forgotten(name):
    result = prove_backward(with_far, in_order(FORTRAN[name]), x="N D")
    assert result.verdict != "proved", (name, result)


@pytest.mark.parametrize("order", ["C", "K"])
def test_the_usual_order_is_known(order):
    backward = in_order(lambda x: np.zeros_like(np.ones(x.shape), order=order))
    assert prove_backward(with_far, backward, x="N D").verdict == "proved"


REORDERED = {
    "np.reshape": lambda g: np.reshape(g, g.shape[::-1], order="F").T,
    "np.ravel": lambda g: np.ravel(g, order="F").reshape(g.shape),
    "flatten": lambda g: g.flatten("F").reshape(g.shape),
}


@pytest.mark.parametrize("name", REORDERED)
def test_entries_in_another_order_are_not_proved(name):
    far = lambda d, x: 2 * x * d + REORDERED[name](x * (x > 1e9)) * 0  # noqa: E731
    forward = lambda x: x * x + x * (x > 1e9)  # noqa: E731
    turned = lambda d, x: 2 * x * d + REORDERED[name](d * (x > 1e9))  # noqa: E731
    assert prove_backward(square, far, x="N D").verdict == "checked", name
    assert prove_backward(forward, turned, x="N D").verdict != "proved", name


def cube_root_back(d, x):
    return d / (3 * np.cbrt(x) ** 2)


COPIED = {
    "repeat": (lambda x: x.repeat(3, axis=0), {"N": 4}),
    "repeat of a letter": (lambda x: np.repeat(x, 3, axis=0), {}),
    "tile": (lambda x: np.tile(x, (3, 1)), {"N": 4}),
    "tile of a letter": (lambda x: np.tile(x, (3, 1)), {}),
}


@pytest.mark.parametrize("name", COPIED)
def test_copies_along_an_axis(name):
    forward, sizes = COPIED[name]

    def backward(d, x):
        if name.startswith("repeat"):
            return d.reshape(len(x), 3, x.shape[1]).sum(axis=1)
        return d.reshape(3, len(x), x.shape[1]).sum(axis=0)

    result = prove_backward(forward, backward, x="N D", sizes=sizes)
    assert result.verdict == "proved", (name, result)


def last_back(d, x):
    dx = np.zeros_like(x)
    dx[-1] = 2 * d
    return dx


def gaps_back(d, x):
    dx = np.zeros_like(x)
    dx[1:] += d
    dx[:-1] -= d
    return dx


OF_LETTERS = {
    "a last one": (lambda x: x[-1] * 2, last_back),
    "gaps": (lambda x: x[1:] - x[:-1], gaps_back),
    "turned": (lambda x: x[::-1] * 2, lambda d, x: 2 * d[::-1]),
    "flip": (lambda x: np.flip(x) * 2, lambda d, x: 2 * np.flip(d)),
}


@pytest.mark.parametrize("name", OF_LETTERS)
def test_a_number_for_a_letter_is_said_to_help(name):
    result = prove_backward(*OF_LETTERS[name], x="N")
    assert result.verdict == "checked" and 'sizes={"N": 6}' in repr(result), result
    assert prove_backward(*OF_LETTERS[name], x="N", sizes={"N": 6}), name


def test_a_cube_root_is_proved():
    assert prove_backward(np.cbrt, cube_root_back, x="N D").verdict == "proved"
