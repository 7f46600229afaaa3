"""What the page to draw on stands on: quantizing, centering, and the networks in its
file.
"""

import zlib

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.tools.draw_weights import CHAPTER, WEIGHTS, stored_nets, text_of
from mlp.digits import averaging, center, quantize
from mlp.training import accuracy

seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def inked(mnist):
    """Images with ink from 0 to 1, and their labels."""
    X_train, *_, X_test, y_test = mnist
    return np.round(X_test - X_train.min(axis=0)) / 255, y_test


@pytest.fixture(scope="module")
def printed():
    cells = nbformat.read(CHAPTER.path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


@given(seeds, st.integers(2, 8))
def test_quantized_weights_move_by_at_most_half_a_step(seed, bits):
    W = np.random.default_rng(seed).standard_normal((5, 3))
    whole, step = quantize(W, bits)
    assert whole.dtype == np.int8 and np.abs(whole).max() == 2 ** (bits - 1) - 1
    assert np.abs(whole * step - W).max() <= step / 2 * (1 + 1e-12)


def test_lists_and_narrow_dtypes_are_quantized_in_double_precision():
    values = [100, -100, 60, 0]
    for W in (values, np.array(values, np.int8), np.array(values, np.float16)):
        whole, step = quantize(W)
        assert whole.tolist() == [127, -127, 76, 0] and float(step) == 100 / 127


@pytest.mark.parametrize("largest", [1e-300, 1e308])
def test_weights_near_the_ends_of_the_numbers_move_by_at_most_half_a_step(largest):
    W = largest * np.linspace(-1, 1, 7)
    whole, step = quantize(W)
    assert np.abs(whole).max() == 127
    assert np.abs(whole * step - W).max() <= step / 2 * (1 + 1e-12)


BAD_WEIGHTS = {
    "all 0": (np.zeros((2, 3)), ValueError, "W must not be all 0"),
    "empty": (np.zeros((0, 3)), ValueError, "W must not be all 0"),
    "too small": ([1e-320, 3e-320], ValueError, "W must not be all 0, or nearly"),
    "NaN": ([1.0, np.nan], ValueError, "W must be finite; 1 entries"),
    "infinite": ([1.0, np.inf, -np.inf], ValueError, "W must be finite; 2 entries"),
    "complex": ([1j], TypeError, "W must hold real numbers; got dtype complex128"),
    "text": (["0.5"], TypeError, "W must hold real numbers; got dtype <U3"),
    "masked": (np.ma.array([1.0], mask=[1]), TypeError, "W must not be masked"),
}


@pytest.mark.parametrize(
    "W, error, message", BAD_WEIGHTS.values(), ids=list(BAD_WEIGHTS)
)
def test_weights_that_cannot_be_quantized_are_explained(W, error, message):
    with pytest.raises(error, match=message):
        quantize(W)


BAD_BITS = [
    (1, ValueError, "bits must be a whole number, finite and at least 2; got 1"),
    (9, ValueError, "bits must be at most 8, for int8; got 9"),
    (3.0, TypeError, "bits must be a whole number; got 3.0"),
    (True, TypeError, "bits must be a whole number; got True"),
    ("8", TypeError, "bits must be a whole number; got '8'"),
]


@pytest.mark.parametrize(
    "bits, error, message", BAD_BITS, ids=[repr(b[0]) for b in BAD_BITS]
)
def test_bits_are_a_whole_number_from_2_to_8(bits, error, message):
    with pytest.raises(error, match=message):
        quantize([0.5, 1.0], bits)


@given(st.integers(1, 50), st.integers(1, 50))
def test_averaging_keeps_constants_and_the_mean(n, m):
    A = averaging(n, m)
    np.testing.assert_allclose(A.sum(axis=1), 1)
    np.testing.assert_allclose(A.sum(axis=0), m / n)
    if n == m:
        np.testing.assert_allclose(A, np.eye(n), atol=1e-12)


@given(seeds, st.integers(1, 4), st.integers(0, 20), st.integers(0, 20))
def test_centering_undoes_scale_and_place(seed, scale, down, right):
    image = np.zeros((28, 28))
    image[4:24, 5:19] = np.random.default_rng(seed).uniform(0.1, 1, (20, 14))
    field = np.zeros((140, 140))
    side = 28 * scale
    field[down : down + side, right : right + side] = np.kron(
        image, np.ones((scale, scale))
    )
    np.testing.assert_allclose(center(field), center(image), atol=1e-12)


def test_centering_leaves_every_test_image_but_few_as_it_is(inked):
    images = inked[0].reshape(-1, 28, 28)
    unchanged = [np.allclose(center(image), image) for image in images]
    assert np.mean(unchanged) > 0.999


def test_centering_of_extreme_drawings():
    assert not center(np.zeros((5, 9))).any()
    for shape in [(1, 280), (280, 1), (1, 1)]:
        field = np.zeros((280, 280))
        field[: shape[0], : shape[1]] = 1
        result = center(field)
        assert result.shape == (28, 28) and np.count_nonzero(result.max(axis=0)) in (
            1,
            20,
        )


def test_a_list_of_whole_numbers_is_centered_as_an_array_of_floats_is():
    rows = [[0, 0, 0], [0, 3, 200], [0, 0, 255]]
    np.testing.assert_array_equal(center(rows), center(np.array(rows, float)))
    np.testing.assert_array_equal(center(np.array(rows, np.uint8)), center(rows))


BAD_DRAWINGS = {
    "one row": ([0.0, 1.0], {}, ValueError, r"ink must have shape \(rows, columns\)"),
    "a color image": (np.ones((9, 9, 3)), {}, ValueError, "ink must have shape"),
    "negative": (
        [[0.5, -0.5]],
        {},
        ValueError,
        "ink must be 0 for paper or larger; got -0.5",
    ),
    "NaN": ([[1.0, np.nan]], {}, ValueError, "ink must be finite; 1 entries"),
    "complex": ([[1j]], {}, TypeError, "ink must hold real numbers"),
    "text": ([["ink"]], {}, TypeError, "ink must hold real numbers"),
    "box of 0": ([[1.0]], {"box": 0}, ValueError, "box must be .* at least 1; got 0"),
    "box of a half": ([[1.0]], {"box": 0.5}, TypeError, "box must be a whole number"),
    "field below the box": (
        [[1.0]],
        {"side": 19},
        ValueError,
        "side must be .* at least 20",
    ),
    "field of text": (
        [[1.0]],
        {"side": "28"},
        TypeError,
        "side must be a whole number",
    ),
}


@pytest.mark.parametrize(
    "ink, options, error, message", BAD_DRAWINGS.values(), ids=list(BAD_DRAWINGS)
)
def test_drawings_that_cannot_be_centered_are_explained(ink, options, error, message):
    with pytest.raises(error, match=message):
        center(ink, **options)


@pytest.mark.parametrize(
    "n, m, error", [(0, 2, ValueError), (5, 0, ValueError), (5, 2.0, TypeError)]
)
def test_averaging_needs_whole_numbers_of_pixels(n, m, error):
    with pytest.raises(error, match="must be a whole number"):
        averaging(n, m)


def test_stored_networks_have_the_accuracy_that_the_page_prints(inked, printed):
    for name, net in stored_nets()[0].items():
        assert f"stored {name:7}  test accuracy {accuracy(net, *inked):.4f}" in printed


def test_stored_networks_are_the_chapters_to_the_byte(printed):
    for name, net in stored_nets()[0].items():
        whole = [quantize(net.params[key])[0].tobytes() for key in ("W1", "W2")]
        fingerprint = f"fingerprint {zlib.crc32(b''.join(whole)):08x}"
        assert any(
            line.startswith(name) and line.endswith(fingerprint)
            for line in printed.splitlines()
        ), "run `make generate`"


def test_samples_are_test_images_one_of_each_digit(inked):
    images, labels = inked
    for digit, sample in enumerate(stored_nets()[1]):
        assert digit in labels[(images == sample).all(axis=1)]


def test_the_file_is_small_and_survives_a_round_trip():
    nets, samples = stored_nets()
    parts = {}
    for name, net in nets.items():
        parts[name] = dict(net.params)
        for k in "12":
            parts[name][f"W{k}"], parts[name][f"step{k}"] = quantize(
                net.params[f"W{k}"]
            )
    text = text_of(parts, samples)
    assert len(text) < 150_000
    assert abs(len(text) - len(WEIGHTS.read_text(encoding="utf-8"))) < 100
