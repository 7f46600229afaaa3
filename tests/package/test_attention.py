"""`mlp.attention`: masks in both forms, heads, order, and the table of words."""

import numpy as np
import pytest

from mlp import prove_backward
from mlp.attention import (
    attention_backward,
    attention_forward,
    causal_mask,
    embedding_backward,
    embedding_forward,
    join_heads,
    multi_head_backward,
    multi_head_forward,
    self_attention_backward,
    self_attention_forward,
    softmax_backward,
    softmax_forward,
    split_heads,
)
from mlp.layer_checks import check_layer
from mlp.losses import softmax

SEEDS = range(3)


@pytest.fixture
def rng(request):
    return np.random.default_rng(getattr(request, "param", 0))


each_seed = pytest.mark.parametrize("rng", SEEDS, indirect=True)


def multiplied(queries, keys, values, B):
    """Attention in which each power counts B times."""
    powers = B * np.exp(queries.shape[-1] ** -0.5 * queries @ keys.mT)  # (N, M)
    P = powers / powers.sum(axis=-1, keepdims=True)  # (N, M)
    return P @ values, (queries, keys, values, P)


def some_mask(rng, N, M):
    """Zeros and ones (N, M), with a 1 in each row."""
    B = rng.integers(2, size=(N, M))
    B[np.arange(N), rng.integers(M, size=N)] = 1
    return B


@each_seed
def test_minus_infinity_in_the_scores_is_a_zero_in_the_mask(rng):
    N, M, D, H = 4, 5, 3, 2
    arrays = rng.normal(size=(N, D)), rng.normal(size=(M, D)), rng.normal(size=(M, H))
    B, dout = some_mask(rng, N, M), rng.normal(size=(N, H))
    with np.errstate(divide="ignore"):
        added = attention_forward(*arrays, mask=np.log(B))
    out, cache = multiplied(*arrays, B)
    np.testing.assert_allclose(added[0], out, rtol=1e-12, atol=1e-14)
    grads = zip(attention_backward(dout, added[1]), attention_backward(dout, cache))
    for one, other in list(grads)[:3]:
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)
    assert not added[1][-1][B == 0].any()


def test_the_mask_in_both_forms_is_proved():
    shapes = dict(queries="N D", keys="M D", values="M H")
    for forward, name in [(attention_forward, "mask"), (multiplied, "B")]:
        result = prove_backward(forward, attention_backward, **shapes, **{name: "N M"})
        assert result.verdict == "proved", result


def test_a_causal_mask_keeps_the_future_out(rng):
    X = rng.normal(size=(3, 5, 2))  # queries, keys, values
    out, cache = attention_forward(*X, causal_mask(5))
    X[1:, 3:] += 1
    later, _ = attention_forward(*X, causal_mask(5))
    np.testing.assert_array_equal(out[:3], later[:3])
    assert not np.isclose(out[3:], later[3:]).any()
    dout = np.zeros((5, 2))
    dout[:3] = 1
    _, dkeys, dvalues, _ = attention_backward(dout, cache)
    assert not dkeys[3:].any() and not dvalues[3:].any()


def test_a_row_that_may_look_nowhere_is_nan(rng):
    X = rng.normal(size=(3, 4, 2))
    mask = causal_mask(4)
    mask[2] = -np.inf
    with np.errstate(invalid="ignore"):
        out, _ = attention_forward(*X, mask)
    assert np.isnan(out).any(axis=1).tolist() == [False, False, True, False]


def test_the_softmax_is_that_of_the_losses_and_takes_large_scores(rng):
    scores = 1e3 * rng.normal(size=(4, 6))
    np.testing.assert_allclose(softmax_forward(scores)[0], softmax(scores), atol=1e-15)


@each_seed
def test_heads_are_attention_on_blocks_of_columns(rng):
    N, M, D, H, heads = 3, 4, 2, 3, 3
    queries, keys = rng.normal(size=(N, heads * D)), rng.normal(size=(M, heads * D))
    values, dout = rng.normal(size=(M, heads * H)), rng.normal(size=(N, heads * H))
    out, cache = multi_head_forward(queries, keys, values, heads)
    grads = multi_head_backward(dout, cache)
    for k in range(heads):
        d, h = slice(k * D, (k + 1) * D), slice(k * H, (k + 1) * H)
        one, own = attention_forward(queries[:, d], keys[:, d], values[:, h])
        np.testing.assert_allclose(out[:, h], one)
        own_grads = attention_backward(dout[:, h], own)
        for grad, own_grad, block in zip(grads, own_grads, (d, d, h)):
            np.testing.assert_allclose(grad[:, block], own_grad, atol=1e-15)
    assert grads[3:] == (None, None)


def test_heads_are_joined_as_they_were_split(rng):
    X = rng.normal(size=(2, 5, 12))
    assert split_heads(X, 3).shape == (2, 3, 5, 4)
    np.testing.assert_array_equal(join_heads(split_heads(X, 3)), X)


@each_seed
def test_a_batch_is_treated_row_by_row(rng):
    X, dout = rng.normal(size=(4, 5, 6)), rng.normal(size=(4, 5, 4))
    weights = [rng.normal(size=(6, width)) for width in (8, 8, 4)]
    out, cache = self_attention_forward(X, *weights, 2, causal_mask(5))
    dX, *dweights = self_attention_backward(dout, cache)[:4]
    totals = [np.zeros_like(W) for W in weights]
    for k in range(4):
        one, own = self_attention_forward(X[k], *weights, 2, causal_mask(5))
        own_dX, *own_dweights = self_attention_backward(dout[k], own)[:4]
        np.testing.assert_allclose(out[k], one)
        np.testing.assert_allclose(dX[k], own_dX, atol=1e-13)
        totals = [a + b for a, b in zip(totals, own_dweights)]
    for dW, total in zip(dweights, totals):
        np.testing.assert_allclose(dW, total, atol=1e-13)


@each_seed
def test_attention_does_not_see_order(rng):
    X, order = rng.normal(size=(7, 4)), rng.permutation(7)
    weights = rng.normal(size=(3, 4, 4))
    out, _ = self_attention_forward(X, *weights, 2)
    turned, _ = self_attention_forward(X[order], *weights, 2)
    np.testing.assert_allclose(turned, out[order])


@each_seed
def test_words_that_occur_twice_count_twice(rng):
    tokens, table = rng.integers(3, size=(4, 6)), rng.normal(size=(5, 2))
    X, cache = embedding_forward(tokens, table)
    dtokens, dtable = embedding_backward(X, cache)
    Y = np.eye(5)[tokens.ravel()]
    np.testing.assert_allclose(Y @ table, X.reshape(-1, 2))
    np.testing.assert_allclose(dtable, Y.T @ X.reshape(-1, 2))
    assert dtokens is None and not dtable[3:].any()


LAYERS = {
    "softmax": (softmax_forward, softmax_backward, dict(scores=(3, 4))),
    "attention": (
        attention_forward,
        attention_backward,
        dict(queries=(3, 2), keys=(4, 2), values=(4, 5), mask=(3, 4)),
    ),
    "batch": (
        attention_forward,
        attention_backward,
        dict(queries=(2, 3, 2), keys=(2, 4, 2), values=(2, 4, 1), mask=(3, 4)),
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_check_finds_each_gradient_right_and_a_change_wrong(name, rng):
    forward, backward, shapes = LAYERS[name]
    arguments = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    assert check_layer(forward, backward, **arguments)

    def changed(dout, cache):
        first, *others = backward(dout, cache)
        return 1.0001 * first, *others

    assert check_layer(forward, changed, **arguments).wrong
