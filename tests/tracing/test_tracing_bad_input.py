"""Bad input: errors that name the argument, and reasons that name the line."""

import numpy as np
import pytest

from mlp.tracing import prove_backward, prove_gradient


def affine(x, w):
    return x @ w, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout


@pytest.mark.parametrize(
    "shapes, error, words",
    [
        (dict(x="N D"), TypeError, "w: an argument of affine without a shape"),
        (dict(x="N D", w="D K", z="N"), TypeError, "no argument 'z'; it has x, w"),
        (dict(x="N D!", w="D K"), ValueError, "x: 'D!' is no length"),
        (dict(x="N 0", w="D K"), ValueError, "x: '0' is no length"),
        (dict(x="N of K of", w="D K"), ValueError, "x: 'N of K of' must name one size"),
        (
            dict(x=np.ones((2, 3)), w=np.ones((3, 2))),
            TypeError,
            "no argument has a shape",
        ),
    ],
)
def test_shapes_that_cannot_be_read(shapes, error, words):
    with pytest.raises(error, match=words.replace("[", r"\[")):
        prove_backward(affine, affine_backward, **shapes)


def test_what_is_no_function():
    with pytest.raises(TypeError, match="a function is expected; got 3"):
        prove_backward(affine, 3, x="N D", w="D K")


def reason(forward, backward, **shapes):
    result = prove_backward(forward, backward, **shapes)
    assert result.verdict == "can't tell", result
    return result["x"].reason


def test_shapes_that_do_not_fit():
    why = reason(affine, affine_backward, x="N D", w="H K")
    assert "(N, D)" in why and "(H, K)" in why and "line 10" in why


def test_too_few_gradients():
    why = reason(affine, lambda dout, cache: dout @ cache[1].T, x="N D", w="D K")
    assert "1 gradient for 2 arguments: x, w" in why


def test_too_many_gradients():
    why = reason(
        affine, lambda dout, c: (*affine_backward(dout, c), dout), x="N D", w="D K"
    )
    assert "returns 3 gradients" in why


def test_none():
    why = reason(affine, lambda dout, cache: None, x="N D", w="D K")
    assert "returns None for x, w" in why
    assert "affine_none returns None" in reason(
        affine_none, affine_backward, x="N D", w="D K"
    )


def affine_none(x, w):
    x @ w


def test_other_names():
    why = reason(affine, lambda dout, cache: {"v": dout}, x="N D", w="D K")
    assert "a gradient for 'v'" in why and "x, w" in why


def test_a_gradient_that_is_not_asked():
    def backward(dout, cache):
        return None, cache[0].T @ dout

    result = prove_backward(affine, backward, x="N D", w="D K")
    assert result and list(result.arguments) == ["w"]
    assert prove_backward(
        affine, lambda dout, c: {"dw": c[0].T @ dout}, x="N D", w="D K"
    )


def raises(x):
    return x / [][0]


def test_a_forward_that_raises():
    why = reason(raises, lambda dout, x: dout, x="N D")
    assert "raises raises IndexError, line" in why


def test_a_forward_that_prints(capsys):
    def forward(x):
        print("here", x.shape)
        return x * 2, None

    assert prove_backward(forward, lambda dout, cache: dout * 2, x="N D")
    assert capsys.readouterr().out == ""


def test_a_function_that_draws():
    rng = np.random.RandomState(0)
    why = reason(lambda x: x * rng.rand(*x.shape), lambda dout, x: dout, x="N D")
    assert "other numbers" in why


def test_a_loop_over_a_size():
    def forward(x):
        out = np.zeros(x.shape[1])
        for k in range(x.shape[0]):
            out += x[k]
        return out, x.shape

    def backward(dout, shape):
        return np.ones(shape) * dout

    result = prove_backward(forward, backward, x="N D")
    assert result.verdict == "checked" and "a loop over N" in result["x"].reason
    assert prove_backward(forward, backward, x="N D", sizes={"N": 4})


def test_a_function_that_is_not_known():
    def forward(x):
        return np.linalg.inv(x @ x.T + np.eye(len(x))).sum(), x

    def backward(dout, x):
        inverse = np.linalg.inv(x @ x.T + np.eye(len(x)))
        return -2 * dout * inverse @ np.ones((len(x), len(x))) @ inverse @ x

    result = prove_backward(forward, backward, x="N D")
    assert result.verdict == "checked"
    assert "np.linalg.inv is not known" in result["x"].reason


def test_a_branch_on_values():
    def forward(x):
        return (x * 2 if x.sum() > 0 else x * 3), x

    def backward(dout, x):
        return dout * (2 if x.sum() > 0 else 3)

    assert (
        "a branch on values" in prove_backward(forward, backward, x="N D")["x"].reason
    )


def test_any_name_is_free_for_an_argument():
    def loss(f, forward, loss, b=2):
        return (f * forward).sum() * loss * b

    def gradient(f, forward, loss, b=2):
        return forward * loss * b, f * loss * b, (f * forward).sum() * b

    assert prove_gradient(loss, gradient, f="N", forward="N", loss="")


def test_the_time_limit_holds():
    def forward(x, w):
        for _ in range(6):
            x = np.tanh(x @ w) * (1 + x)
        return x, None

    result = prove_backward(
        forward, lambda dout, x, w: dout, x="N D", w="D D", time_limit=0.5
    )
    assert result.verdict in ("wrong", "can't tell")


def test_what_a_result_shows():
    result = prove_backward(affine, affine_backward, x="N D", w="D K").require()
    assert bool(result) and result["x"].verdict == "proved"
    assert repr(result).startswith("proved\n  x  proved")
    assert (
        "<table>" in result._repr_html_()
        and "proved for every N, D, K" in result.theorem
    )
    assert "dw = x.T @ dout" in result.theorem and "dx = dout @ w.T" in result.theorem


def test_a_theorem_without_a_matrix_form_is_written_entry_by_entry():
    result = prove_gradient(lambda x: np.exp(x).sum(), np.exp, x="N D")
    assert result.theorem.startswith("dx[i, p] = exp(x[i, p])")
    bias = prove_backward(
        lambda x, b: x * x + b,
        lambda dout, x, b: (2 * x * dout, dout.sum(0)),
        x="N D",
        b="D",
    )
    assert (
        "dx = 2 * dout * x" in bias.theorem and "db = dout.sum(axis=0)" in bias.theorem
    )


def test_a_setting_that_is_read_as_a_shape_is_named():
    def loss(s, reduction):
        return np.sum(s) / (len(s) if reduction == "mean" else 1)

    result = prove_gradient(loss, lambda s, reduction: None, s="N", reduction="mean")
    assert 'reduction="mean" is read as a shape' in result["s"].reason


def test_how_several_outputs_are_read_is_told_where_it_matters():
    def forward(x, w):
        return x @ w, x, w

    def backward(dout, x, w):
        return dout @ w.T, x.T @ dout

    result = prove_backward(forward, backward, x="N D", w="D K")
    assert result.verdict == "wrong"
    assert any("2 outputs and a cache are read" in note for note in result.notes)
