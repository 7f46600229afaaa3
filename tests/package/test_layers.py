"""Layers: values by hand, hostile numbers, and the checks of a layer."""

import numpy as np
import pytest

from mlp import layers
from mlp.layer_checks import check_layer

RNG = np.random.default_rng(0)
Z, GAIN, SHIFT = RNG.normal(size=(5, 4)), RNG.normal(size=4), RNG.normal(size=4)
NORMS = {
    "batch": (layers.batch_norm_forward, layers.batch_norm_backward, (GAIN, SHIFT)),
    "layer": (layers.layer_norm_forward, layers.layer_norm_backward, (GAIN, SHIFT)),
    "rms": (layers.rms_norm_forward, layers.rms_norm_backward, (GAIN,)),
}
each_norm = pytest.mark.parametrize("norm", NORMS)

pytestmark = pytest.mark.filterwarnings("error")


def test_batch_norm_gives_columns_mean_and_spread():
    out = layers.batch_norm_forward(Z, GAIN, SHIFT, eps=0.0)[0]
    np.testing.assert_allclose(out.mean(axis=0), SHIFT, atol=1e-14)
    np.testing.assert_allclose(out.std(axis=0), np.abs(GAIN))


def test_layer_norm_is_batch_norm_of_the_transpose():
    one, zero = np.ones(4), np.zeros(4)
    by_row = layers.layer_norm_forward(Z, one, zero)[0]
    by_column = layers.batch_norm_forward(Z.T, np.ones(5), np.zeros(5))[0]
    np.testing.assert_allclose(by_row, by_column.T)


def test_rms_norm_of_centered_rows_is_layer_norm():
    centered = Z - Z.mean(axis=1, keepdims=True)
    out = layers.rms_norm_forward(centered, GAIN)[0]
    expected = layers.layer_norm_forward(Z, GAIN, np.zeros(4))[0]
    np.testing.assert_allclose(out, expected)


def test_in_use_with_the_statistics_of_the_batch_is_as_in_training():
    out, cache = layers.batch_norm_inference(
        Z, GAIN, SHIFT, Z.mean(axis=0), Z.var(axis=0)
    )
    np.testing.assert_allclose(out, layers.batch_norm_forward(Z, GAIN, SHIFT)[0])
    dZ, *_, dmean, dvariance = layers.batch_norm_inference_backward(Z, cache)
    assert dZ.shape == Z.shape and dmean is None and dvariance is None


@each_norm
@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1.0, 1e6, 1e150])
def test_no_number_overflows(norm, scale):
    forward, backward, rows = NORMS[norm]
    out, cache = forward(scale * Z, *rows)
    assert np.isfinite(out).all()
    assert all(np.isfinite(grad).all() for grad in backward(Z, cache))


@each_norm
def test_the_arguments_stay_as_they_are(norm):
    forward, backward, rows = NORMS[norm]
    before = [x.copy() for x in (Z, *rows)]
    backward(Z, forward(Z, *rows)[1])
    for x, as_it_was in zip((Z, *rows), before, strict=True):
        np.testing.assert_array_equal(x, as_it_was)


@each_norm
def test_the_check_of_a_layer_sees_each_gradient(norm):
    forward, backward, rows = NORMS[norm]
    arguments = dict(zip(["Z", "gain", "shift"], (Z, *rows)))
    assert check_layer(forward, backward, **arguments)
    for k, name in enumerate(arguments):

        def slip(dout, cache, k=k):
            grads = list(backward(dout, cache))
            grads[k] = 1.001 * grads[k]
            return tuple(grads)

        result = check_layer(forward, slip, **arguments)
        assert {entry.name for entry in result.wrong} == {name}


@pytest.mark.parametrize("keep", [0.1, 0.5, 1.0])
def test_a_mask_has_zeros_and_one_number_with_mean_1(keep):
    mask = layers.dropout_mask((200, 200), keep, np.random.RandomState(0))
    assert set(np.unique(mask)) <= {0.0, 1 / keep}
    error = np.sqrt((1 - keep) / keep / mask.size)
    assert abs(mask.mean() - 1) <= 4 * error


@pytest.mark.parametrize("rng", [np.random.default_rng(0), np.random.RandomState(0)])
def test_a_generator_of_either_kind_draws_the_mask(rng):
    assert layers.dropout_mask((3, 4, 5), 0.5, rng).shape == (3, 4, 5)


@pytest.mark.parametrize("keep", [0, -0.5, 1.5, np.nan])
def test_a_probability_that_is_none_is_refused(keep):
    with pytest.raises(ValueError, match="keep"):
        layers.dropout_mask((2, 2), keep, np.random)


def test_dropout_multiplies_by_the_mask_both_ways():
    mask = layers.dropout_mask(Z.shape, 0.5, np.random.RandomState(0))
    out, cache = layers.dropout_forward(Z, mask)
    dZ, dmask = layers.dropout_backward(Z, cache)
    np.testing.assert_array_equal(out, Z * mask)
    np.testing.assert_array_equal(dZ, out)
    assert dmask is None
