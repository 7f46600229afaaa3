"""Attacks with numbers: dtypes that overflow, null sets that are none, 0 / 0, order.

Each program is wrong somewhere: at a size, at an input, or in an order of the memory.
None of them may be proved.
"""

import numpy as np
import pytest

from mlp.tracing import prove_backward, prove_gradient


def right(dout, x):
    return dout


def times_size(x):
    return x * len(x)


def times_range(x):
    return x * np.arange(len(x))[:, None]


def hidden_abs(x):
    return np.sqrt(x**2 - 200 * x + 10000) - (x - 100)  # 0 for x > 100


def ones(x):
    return np.ones((len(x), 1), dtype=np.int8)


def below_and_far(x):
    return x * ((x < 0).astype(float) - (x > 1e5).astype(float))


def below_and_very_far(x):
    return x * ((x < 0).astype(float) + 200.0 * (x > 1e5))


def int8_factors(dout, x):
    far = (x > 1e5) * np.int8(100) * np.int8(2)
    return dout * ((x < 0) * np.int8(1) + far)


def count_far(x):
    return x * ((x > 1e3).T @ (x > 1e3).astype(float))[:1, :1]


NARROW = {
    "a size as uint8": (
        times_size,
        lambda dout, x: dout * np.full((1, 1), len(x)).astype(np.uint8),
    ),
    "ones of int8 in @": (times_size, lambda dout, x: dout * (ones(x).T @ ones(x))),
    "ones of int8 in einsum": (
        times_size,
        lambda dout, x: dout * np.einsum("ij,ij->", ones(x), ones(x)),
    ),
    "ones of int16 in dot": (
        times_size,
        lambda dout, x: dout * np.dot(np.ones(len(x), "i2"), np.ones(len(x), "i2")),
    ),
    "a sum of int8": (
        times_size,
        lambda dout, x: dout * ones(x).sum(dtype=np.int8),
    ),
    "a range of int8": (
        times_range,
        lambda dout, x: dout * np.arange(len(x), dtype=np.int8)[:, None],
    ),
    "a range as int8": (
        times_range,
        lambda dout, x: dout * np.arange(len(x)).astype(np.int8)[:, None],
    ),
    "a mask of uint8": (
        below_and_far,
        lambda dout, x: dout * ((x < 0).astype(np.uint8) - (x > 1e5).astype(np.uint8)),
    ),
    "numbers of int8": (below_and_very_far, int8_factors),
    "a power of 2": (
        lambda x: x * 2.0 ** len(x),
        lambda dout, x: dout * np.array(2) ** len(x),
    ),
    "a power of a size": (
        lambda x: x * float(len(x)) ** 20,
        lambda dout, x: dout * np.array(len(x)) ** 20,
    ),
    "booleans in einsum": (
        lambda x: x * ((x > 1e3) * (x > 1e3)).astype(float).sum(),
        lambda dout, x: dout * np.einsum("ij,ij->", x > 1e3, x > 1e3),
    ),
    "the absolute value of booleans": (
        lambda x: x * (2.0 * (x > 1e3)),
        lambda dout, x: dout * (abs(x > 1e3) + abs(x > 1e3)),
    ),
}

NULL_SETS = {
    "N - 7": (
        lambda x: x * ((len(x) - 7) * x > 0),
        lambda dout, x: dout * ((len(x) - 7) * x >= 0),
    ),
    "N - D": (
        lambda x: x * ((x.shape[0] - x.shape[1] - 5) * x > 0),
        lambda dout, x: dout * ((x.shape[0] - x.shape[1] - 5) * x >= 0),
    ),
    "(N - 7)²": (lambda x: x * (((len(x) - 7) * x) ** 2 > 0), right),
    "tanh": (
        lambda x: x * (np.tanh(len(x) * x) - np.tanh(7 * x) > 0),
        lambda dout, x: dout * (np.tanh(len(x) * x) - np.tanh(7 * x) >= 0),
    ),
    "exp": (
        lambda x: x * (np.exp(len(x) * x - 7 * x) > 1),
        lambda dout, x: dout * (np.exp(len(x) * x - 7 * x) >= 1),
    ),
    "log of a size": (
        lambda x: x * ((np.log(len(x)) - np.log(7)) * x > 0),
        lambda dout, x: dout * ((np.log(len(x)) - np.log(7)) * x >= 0),
    ),
    "root": (
        lambda x: x * (hidden_abs(x) > 0),
        lambda dout, x: dout * (hidden_abs(x) >= 0),
    ),
    "root, turned": (
        lambda x: x * (hidden_abs(x) > 0),
        lambda dout, x: dout * (1 - 1.0 * (hidden_abs(x) < 0)),
    ),
    "root inside": (lambda x: x * (np.tanh(hidden_abs(x)) ** 2 > 0), right),
    "log": (
        lambda x: x * (np.tanh(np.log((x - 100) ** 2) / 4) * (x - 99) > x - 101),
        lambda dout, x: (
            dout * (np.tanh(np.log((x - 100) ** 2) / 4) * (x - 99) >= x - 101)
        ),
    ),
    "quotient": (
        lambda x: x * (np.arctan(1 / (x - 100)) + np.arctan(x - 100) - np.pi / 2 < 0),
        lambda dout, x: (
            dout * (np.arctan(1 / (x - 100)) + np.arctan(x - 100) - np.pi / 2 <= 0)
        ),
    ),
    "sign": (
        lambda x: x * x,
        lambda dout, x: 2 * x * dout * np.abs(np.sign(hidden_abs(x))),
    ),
    "branch": (
        lambda x: x * x,
        lambda dout, x: 2 * x * dout * (1 if hidden_abs(x.sum()) != 0 else 2),
    ),
}


def largest_of_three(x):
    return np.max(np.stack([np.sqrt(x**2 - 14 * x + 49), x - 7, x - 7.5]), axis=0)


def largest_of_three_backward(dout, x):
    root = np.sqrt(x**2 - 14 * x + 49)
    z = np.stack([root, x - 7, x - 7.5])
    m = z == z.max(axis=0)
    return dout * (m[0] * (x - 7) / root + m[1] + m[2])


def largest_of_two(x):
    return np.stack([len(x) * x, 7 * x]).max(axis=0)


def largest_of_two_backward(dout, x):
    z = np.stack([len(x) * x, 7 * x])
    m = z == z.max(axis=0)
    return dout * (m[0] * len(x) + 7 * m[1])


MAXIMA = {
    "root": (largest_of_three, largest_of_three_backward),
    "size": (largest_of_two, largest_of_two_backward),
}

ZERO_BY_ZERO = {
    "N - 7": (lambda x: x * (len(x) - 7) / (len(x) - 7), right),
    "N - D": (
        lambda x: x * (x.shape[0] - x.shape[1]) / (x.shape[0] - x.shape[1]),
        right,
    ),
    "N - 7 backward": (
        lambda x: x * x,
        lambda dout, x: 2 * x * dout / (len(x) - 7) * (len(x) - 7),
    ),
    "a float": (lambda x: x / (len(x) - 7.0) * (len(x) - 7.0), right),
    "a root": (
        lambda x: x / np.sqrt((len(x) - 7.0) ** 2) * np.sqrt((len(x) - 7.0) ** 2),
        right,
    ),
    "a root of a size": (
        lambda x: x / (np.sqrt(len(x)) - 3) * (np.sqrt(len(x)) - 3),
        right,
    ),
    "degrees of freedom": (
        lambda x: x.var(axis=0, ddof=7),
        lambda dout, x: 2 * (x - x.mean(axis=0)) * dout / (len(x) - 7),
    ),
}

NOT_FINITE = {
    "nan_to_num": (
        lambda x: np.nan_to_num(np.log(x + 9)),
        lambda dout, x: dout / (x + 9),
    ),
    "isnan": (
        lambda x: np.where(np.isnan(np.sqrt(x + 900)), 0, np.sqrt(x + 900)),
        lambda dout, x: dout / np.sqrt(x + 900) / 2,
    ),
    "isfinite": (
        lambda x: np.where(np.isfinite(1 / (x - 50)), 1 / (x - 50), 0),
        lambda dout, x: -dout / (x - 50) ** 2,
    ),
    "nansum": (
        lambda x: np.nansum(np.sqrt(x + 900)),
        lambda dout, x: dout / np.sqrt(x + 900) / 2,
    ),
    "nanmax": (
        lambda x: np.nanmax(np.sqrt(x + 900), axis=0),
        lambda dout, x: (
            dout * (x == x.max(axis=0, keepdims=True)) / np.sqrt(x + 900) / 2
        ),
    ),
    "fmax": (
        lambda x: np.fmax(np.sqrt(x + 900), 0),
        lambda dout, x: dout / np.sqrt(x + 900) / 2,
    ),
}


def by_reshape(dout, x):
    g = np.zeros_like(x)
    g.reshape(-1)[:] = (2 * x * dout).reshape(-1)
    return g


def by_ravel(dout, x):
    g = x * dout
    h = g.ravel()
    h *= 2
    return g


def by_full_like(dout, x):
    g = np.full_like(x, 0.0)
    g.reshape(-1)[:] = (2 * x * dout).reshape(-1)
    return g


def by_maximum(dout, x):
    g = np.where(x > 0, x, x) * dout
    g.ravel()[:] *= 2
    return g


def by_ascontiguousarray(dout, x):
    g = x * dout
    h = np.ascontiguousarray(g)
    h *= 2
    return g


def by_concatenate(dout, x):
    g = np.concatenate([x * dout, x * dout], axis=1)
    g.reshape(-1)[:] *= 2
    return g[:, : x.shape[1]]


ORDER = {
    f.__name__: (lambda x: x * x, f)
    for f in (
        by_reshape,
        by_ravel,
        by_full_like,
        by_maximum,
        by_ascontiguousarray,
        by_concatenate,
    )
}

ATTACKS = {
    f"{group}: {name}": pair
    for group, rows in {
        "narrow": NARROW,
        "null set": NULL_SETS,
        "maximum": MAXIMA,
        "0 / 0": ZERO_BY_ZERO,
        "not finite": NOT_FINITE,
        "order": ORDER,
    }.items()
    for name, pair in rows.items()
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_not_proved(name):
    result = prove_backward(*ATTACKS[name], x="N D")
    assert result.verdict != "proved" and not result.theorem, result
    assert "the engine stops" not in repr(result), result


def chosen(s, y):
    return -(s * np.eye(s.shape[1])[y]).sum()


def counted(s, y):
    o = np.eye(s.shape[1])[y]
    return (s @ (o.T @ o)).sum()


def counted_backward(s, y):
    o = np.eye(s.shape[1], dtype=np.int8)[y]
    return np.ones_like(s) @ (o.T @ o)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, "int16", np.dtype("u4")])
def test_narrow_labels_are_not_proved(dtype):
    def gradient(s, y):
        return -np.eye(s.shape[1])[y.astype(dtype)]

    result = prove_gradient(chosen, gradient, s="N K", y="N of K")
    assert result.verdict == "checked", result


def test_counts_in_a_narrow_dtype_are_not_proved():
    result = prove_gradient(counted, counted_backward, s="N K", y="N of K")
    assert result.verdict != "proved", result


def test_a_table_in_a_narrow_dtype_is_not_proved():
    table = np.array([200], np.uint8)

    def backward(dout, x):
        return dout * (1 + (x > 1e5) * (table + table - 145))

    result = prove_backward(lambda x: x * (1.0 + 255 * (x > 1e5)), backward, x="N D")
    assert result.verdict != "proved", result


# what is said, and what stays proved


def test_the_domain_of_a_logarithm_is_said():
    result = prove_backward(
        lambda x: np.log(x + 50), lambda dout, x: dout / (x + 50), x="N D"
    )
    assert result and "is positive" in result.given, result


def test_a_denominator_far_away_is_said():
    result = prove_backward(
        lambda x: x / (x - 900), lambda dout, x: -900 * dout / (x - 900) ** 2, x="N D"
    )
    assert result and "none of these is 0: x[i, p] - 900" in result.given, result


def normalized(x):
    return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)


def normalized_backward(dout, x):
    s = np.sqrt(x.var(1, keepdims=True) + 1e-5)
    h = (x - x.mean(1, keepdims=True)) / s
    along = (dout * h).mean(1, keepdims=True)
    return (dout - dout.mean(1, keepdims=True) - h * along) / s


RIGHT = {
    "a variance and a number": (normalized, normalized_backward),
    "log of softmax": (
        lambda x: np.log(1 - 1 / (1 + np.exp(-x))),
        lambda dout, x: -dout / (1 + np.exp(-x)),
    ),
    "arguments are finite": (
        lambda x: np.nan_to_num(x) * np.isfinite(x).all(),
        right,
    ),
    "whole numbers of 64 bits": (
        lambda x: np.maximum(x, 0),
        lambda dout, x: dout * (x > 0).astype(int),
    ),
    "on both sides of 0": (
        lambda x: np.maximum(x, len(x)),
        lambda dout, x: dout * (x >= len(x)),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_stays_proved(name):
    result = prove_backward(*RIGHT[name], x="N D")
    assert result and "positive" not in result.given, result


def test_a_size_above_1_is_said():
    result = prove_backward(
        lambda x: x * len(x) / (len(x) - 1),
        lambda dout, x: dout * len(x) / (len(x) - 1),
        x="N D",
    )
    assert result and "N ≥ 2" in result.given, result


def by_a_copy(dout, x):
    g = x.copy()
    g.reshape(-1)[:] *= 2
    return g * dout


def test_a_reshaped_copy_may_be_written():
    assert prove_backward(lambda x: x * x, by_a_copy, x="N D")


LOST = {
    "exp of log": (lambda x: np.exp(np.log(x + 50)), right),
    "quotient": (lambda x: x * (x - 900) / (x - 900), right),
    "entry": (lambda x: x * x / x, right),
}


@pytest.mark.parametrize("name", LOST)
def test_what_cancels_is_said(name):
    result = prove_backward(*LOST[name], x="N D")
    assert not result or "finite values" in result.given, result
