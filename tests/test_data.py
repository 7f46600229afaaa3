"""Data: the IDX reader, the bundled MNIST and its other sources, the toy examples."""

import gzip
import hashlib
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy

import mlp.data
from mlp import get_MNIST_data, read_idx, toy_data
from mlp.data import MNIST_FOLDER, MNIST_SHA256, read_mnist, read_mnist_file

NAMES = list(MNIST_SHA256)
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = NAMES
PUBLISHED_COUNTS = {  # of the digits 0 … 9 in MNIST's two parts
    60000: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    10000: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
}

each_name = pytest.mark.parametrize("name", NAMES)
zipped_or_not = pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])


def idx(array):
    """An array of bytes as the content of an IDX file."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture(scope="session")
def mnist():
    """What `get_MNIST_data` returns, loaded once."""
    return get_MNIST_data()


@pytest.fixture
def copy_of_mnist(tmp_path, monkeypatch):
    """A copy of the bundled files that may be damaged."""
    folder = tmp_path / "mnist"
    shutil.copytree(MNIST_FOLDER, folder)
    monkeypatch.setattr(mlp.data, "MNIST_FOLDER", folder)
    return folder


def write_folder(folder, zipped, parts):
    """The four files of a data set of MNIST's kind, named as usual."""
    arrays = [array for part in parts for array in part]
    for name, array in zip(NAMES, arrays, strict=True):
        content = idx(array)
        if zipped:
            (folder / name).write_bytes(gzip.compress(content, compresslevel=1))
        else:
            (folder / name.removesuffix(".gz")).write_bytes(content)
    return folder


def blank_images(M, side=28):
    """M black images but for one pixel, and labels 0 … 9 in turn."""
    images, labels = np.zeros((M, side, side), np.uint8), np.arange(M) % 10
    images[:, 3, 4] = 100 + labels
    return images, labels


# The IDX reader


@given(
    array=hypothesis_numpy.arrays(
        np.uint8, hypothesis_numpy.array_shapes(min_dims=1, max_dims=4, min_side=0)
    ),
    zipped=st.booleans(),
)
def test_an_array_written_as_idx_is_read_back(tmp_path_factory, array, zipped):
    path = tmp_path_factory.getbasetemp() / "array.idx"
    path.write_bytes(gzip.compress(idx(array)) if zipped else idx(array))
    read = read_idx(path)
    assert read.dtype == np.uint8 and read.shape == array.shape
    np.testing.assert_array_equal(read, array)
    np.testing.assert_array_equal(read_idx(str(path)), array)


GOOD = idx(np.arange(6).reshape(2, 3))
DAMAGED = {
    "empty": b"",
    "cut in the magic number": GOOD[:3],
    "cut after the magic number": GOOD[:4],
    "cut in the header": GOOD[:10],
    "cut after the header": GOOD[:12],
    "cut in the last row": GOOD[:-1],
    "a byte too long": GOOD + b"\0",
    "of 32-bit numbers": b"\0\0\x0c" + GOOD[3:],
    "text": b"<html>404 Not Found</html>",
    "a picture": b"\x89PNG\r\n\x1a\n" + GOOD,
    "gzip cut in its header": gzip.compress(GOOD)[:5],
    "gzip cut in the middle": gzip.compress(GOOD)[:20],
    "gzip without its checksum": gzip.compress(GOOD)[:-8],
    "gzip with a wrong checksum": gzip.compress(GOOD)[:-8] + bytes(8),
    "gzip with bytes behind": gzip.compress(GOOD) + b"behind",
    "gzip of text": gzip.compress(b"text"),
    "gzip of nothing": gzip.compress(b""),
    "gzip of a short file": gzip.compress(GOOD[:-1]),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=list(DAMAGED))
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "damaged-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged-idx3-ubyte"):
        read_idx(path)


@zipped_or_not
def test_no_beginning_of_a_file_is_taken_for_the_whole(tmp_path, zipped):
    content = gzip.compress(GOOD) if zipped else GOOD
    path = tmp_path / "short"
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match="short"):
            read_idx(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.gz"):
        read_idx(tmp_path / "nowhere.gz")


# The bundled files


@each_name
def test_bundled_files_have_their_published_checksum_and_shape(name):
    digest = hashlib.sha256((MNIST_FOLDER / name).read_bytes()).hexdigest()
    assert digest == MNIST_SHA256[name]
    M = 60000 if name.startswith("train") else 10000
    shape = (M, 28, 28) if "images" in name else (M,)
    array = read_mnist_file(MNIST_FOLDER, name)
    assert array.shape == shape and array.dtype == np.uint8
    if "labels" in name:
        assert np.bincount(array).tolist() == PUBLISHED_COUNTS[M]


def damage(path, how):
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "truncated":
        path.write_bytes(content[:-100])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "altered":
        path.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    elif how == "packed anew":
        path.write_bytes(gzip.compress(gzip.decompress(content)[:-1] + b"\0", 1))


@pytest.mark.parametrize("how", ["missing", "truncated", "empty", "altered", "packed anew"])
@pytest.mark.parametrize("name", [TRAIN_LABELS, TEST_IMAGES])
def test_a_damaged_bundled_file_is_named_with_how_to_get_it_again(copy_of_mnist, name, how):
    damage(copy_of_mnist / name, how)
    error = FileNotFoundError if how == "missing" else ValueError
    with pytest.raises(error) as caught:
        get_MNIST_data()
    message = str(caught.value)
    assert name in message and str(copy_of_mnist) in message
    assert f"git checkout -- mlp/mnist/{name}" in message and "reinstall" in message


def test_an_undamaged_copy_of_the_bundled_files_is_accepted(copy_of_mnist):
    assert read_mnist()[1][0].shape == (10000, 784)


# The split


def test_the_split_has_the_assignments_shapes_and_types(mnist):
    X_train, y_train, X_val, y_val, X_test, y_test = mnist
    assert [X.shape for X in (X_train, X_val, X_test)] == [
        (50000, 784), (10000, 784), (10000, 784),
    ]
    assert [y.shape for y in (y_train, y_val, y_test)] == [(50000,), (10000,), (10000,)]
    assert {X.dtype for X in mnist[::2]} == {np.dtype(np.float64)}
    assert {y.dtype for y in mnist[1::2]} == {np.dtype(np.int64)}


def test_labels_of_the_split_are_those_of_the_seed(mnist):
    counts = np.array([np.bincount(y) for y in mnist[1::2]])
    assert counts.tolist() == [
        [4930, 5617, 4979, 5099, 4873, 4510, 4897, 5206, 4906, 4983],
        [1005, 1112, 982, 1032, 968, 913, 1034, 1008, 959, 987],
        [968, 1148, 1029, 1010, 983, 890, 945, 1079, 960, 988],
    ]
    assert counts.sum(axis=0).tolist() == np.sum(list(PUBLISHED_COUNTS.values()), 0).tolist()


def test_the_mean_training_image_is_zero_and_pixels_are_not_scaled(mnist):
    X_train, X_test = mnist[0], mnist[4]
    assert np.abs(X_train.mean(axis=0)).max() < 1e-9
    assert 200 < X_train.max() <= 255 and -255 <= X_train.min() < -100
    between = X_test[:100] - X_train[:100]  # the mean drops out
    np.testing.assert_allclose(between, np.round(between), atol=1e-9)


def test_images_come_sorted_by_label_then_permuted_by_randomstate_0(mnist):
    (images, labels), (test_images, test_labels) = read_mnist()
    order = [i for digit in range(10) for i in range(60000) if labels[i] == digit]
    test_order = [i for digit in range(10) for i in range(10000) if test_labels[i] == digit]
    permutation = np.random.RandomState(0).permutation(70000)
    X, y = np.concatenate(mnist[::2]), np.concatenate(mnist[1::2])
    rows = [*range(0, 70000, 1000), 69999]
    pixels, expected_labels = [], []
    for row in rows:
        place = permutation[row]
        if place < 60000:
            image, label = images[order[place]], labels[order[place]]
        else:
            source = test_order[place - 60000]
            image, label = test_images[source], test_labels[source]
        pixels.append(image.astype(float))
        expected_labels.append(label)
    assert y[rows].tolist() == expected_labels
    np.testing.assert_allclose(X[rows] - X[0], np.subtract(pixels, pixels[0]), atol=1e-9)


def assert_same_split(split, expected):
    for array, other in zip(split, expected, strict=True):
        np.testing.assert_array_equal(array, other)
        assert array.dtype == other.dtype


def test_the_global_generator_seeded_with_0_gives_the_same_split(mnist):
    np.random.seed(0)
    assert_same_split(get_MNIST_data(rng=np.random), mnist)


def test_a_generator_gives_another_split_of_the_same_images(mnist):
    split = get_MNIST_data(rng=np.random.default_rng(0))
    assert not np.array_equal(split[1], mnist[1])
    counts, expected = (np.bincount(np.concatenate(s[1::2])) for s in (split, mnist))
    np.testing.assert_array_equal(counts, expected)


# Other sources


@zipped_or_not
def test_a_folder_with_four_idx_files_is_a_source(tmp_path, zipped):
    parts = [blank_images(60000), blank_images(10000)]
    split = get_MNIST_data(write_folder(tmp_path, zipped, parts), np.random.RandomState(5))
    X, y = np.concatenate(split[::2]), np.concatenate(split[1::2])
    pixel = 3 * 28 + 4
    np.testing.assert_allclose(X[:, pixel] - X[0, pixel], y - y[0], atol=1e-9)
    assert not np.delete(X, pixel, axis=1).any()
    assert np.bincount(y).tolist() == 10 * [7000]


def test_a_folder_may_be_named_by_a_string_and_mix_both_forms(tmp_path):
    write_folder(tmp_path, False, [blank_images(60000), blank_images(10000)])
    plain = tmp_path / TRAIN_LABELS.removesuffix(".gz")
    (tmp_path / TRAIN_LABELS).write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert read_mnist(str(tmp_path))[0][0].shape == (60000, 784)


@pytest.mark.parametrize("sizes", [(100, 10000), (60000, 9999), (10000, 60000)])
def test_other_sizes_than_mnists_are_refused(tmp_path, sizes):
    folder = write_folder(tmp_path, False, [blank_images(M) for M in sizes])
    with pytest.raises(ValueError, match=f"60,000 and 10,000 .*got.*{sizes[0]}.*{sizes[1]}"):
        get_MNIST_data(folder)


@pytest.mark.parametrize("side", [27, 1])
def test_images_of_another_size_are_refused(tmp_path, side):
    parts = [blank_images(M) for M in (60000, 10000)]
    parts = [(images[:, :side, :side], labels) for images, labels in parts]
    with pytest.raises(ValueError, match=f"28 × 28 images; got.*{side}"):
        get_MNIST_data(write_folder(tmp_path, False, parts))


@each_name
def test_a_file_missing_from_a_folder_is_named(tmp_path, name):
    write_folder(tmp_path, False, [blank_images(20), blank_images(10)])
    (tmp_path / name.removesuffix(".gz")).unlink()
    with pytest.raises(FileNotFoundError) as caught:
        get_MNIST_data(tmp_path)
    assert name in str(caught.value) and str(tmp_path) in str(caught.value)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        get_MNIST_data(tmp_path / "nowhere")


def test_a_damaged_file_in_a_folder_is_named(tmp_path):
    write_folder(tmp_path, True, [blank_images(20), blank_images(10)])
    path = tmp_path / TEST_IMAGES
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=TEST_IMAGES):
        get_MNIST_data(tmp_path)


@pytest.mark.parametrize("source", [5, b"folder", ["folder"]])
def test_a_source_that_is_no_path_is_explained(source):
    with pytest.raises(TypeError, match="source must be"):
        get_MNIST_data(source)


def serve_from_openml(monkeypatch, images, labels):
    def fetch_openml(name, version, return_X_y, as_frame, **options):
        assert (name, version, return_X_y, as_frame) == ("mnist_784", 1, True, False)
        return images, labels

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch_openml)
    monkeypatch.setattr("mlp.data.fetch_openml", fetch_openml, raising=False)


def test_openml_gives_the_same_arrays_as_the_bundled_files(mnist, monkeypatch):
    (images, labels), (test_images, test_labels) = read_mnist()
    serve_from_openml(
        monkeypatch,
        np.concatenate([images, test_images]).astype(float),
        np.concatenate([labels, test_labels]).astype(str).astype(object),
    )
    assert_same_split(get_MNIST_data("openml"), mnist)


def test_an_incomplete_answer_of_openml_is_refused(monkeypatch):
    serve_from_openml(monkeypatch, np.zeros((69999, 784)), np.full(69999, "1", object))
    with pytest.raises(ValueError, match="60,000 and 10,000"):
        get_MNIST_data("openml")


# The toy data


def test_the_toy_data_are_the_assignments():
    np.random.seed(1)
    X, y = toy_data()
    np.testing.assert_array_equal(X, 10 * np.random.randn(5, 4))
    assert y.tolist() == [0, 1, 2, 2, 1] and np.issubdtype(y.dtype, np.integer)


def test_the_toy_data_take_an_rng():
    X, _ = toy_data(rng=np.random.default_rng(3))
    np.testing.assert_array_equal(X, 10 * np.random.default_rng(3).standard_normal((5, 4)))
