"""Data: the IDX reader, the bundled MNIST and its other sources, the toy examples."""

import gzip
import hashlib
import http.client
import os
import tracemalloc
from pathlib import Path
from urllib.error import URLError

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
dotted_or_not = pytest.mark.parametrize("mark", ["-idx", ".idx"], ids=["dash", "dot"])


def idx(array):
    """An array of bytes as the content of an IDX file."""
    return idx_header(array.shape) + array.astype(np.uint8).tobytes()


def idx_header(shape):
    return bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()


@pytest.fixture
def pretended(tmp_path, monkeypatch):
    """A folder that counts as the bundled one, to be filled and damaged."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    monkeypatch.setattr(mlp.data, "MNIST_FOLDER", folder)
    return folder


@pytest.fixture
def numbered(mnist_parts, monkeypatch):
    """MNIST's labels, and in place of each image its number 0 … 69,999, in three
    bytes.
    """
    numbers = np.arange(70000)
    images = (numbers[:, None] >> [16, 8, 0]).astype(np.uint8)  # (70000, 3)
    pairs = [(images[:60000], mnist_parts[0][1]), (images[60000:], mnist_parts[1][1])]
    monkeypatch.setattr(mlp.data, "read_mnist", lambda source: pairs)


def numbers_of(split):
    """The numbers of the images, in the order of the split; the first one is 0."""
    X = np.concatenate(split[::2])
    return np.rint((X - X[0]) @ [65536, 256, 1]).astype(int)


def write_blank(folder, shapes):
    """Four files of the shapes that hold zeros; they take no room on the disk."""
    for name, shape in zip(NAMES, shapes, strict=True):
        with (folder / name.removesuffix(".gz")).open("wb") as file:
            file.write(idx_header(shape))
            file.truncate(file.tell() + int(np.prod(shape)))
    return folder


def shapes_of(M, M_test, side=28):
    return [(M, side, side), (M,), (M_test, side, side), (M_test,)]


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
MOST = 2**32 - 1  # the largest dimension that a header can name
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
    "of rank 65": idx_header(65 * [1]) + b"1",
    "of rank 255": idx_header(255 * [1]) + b"1",
    "empty, of a size beyond all memory": idx_header([0, MOST, MOST, MOST]),
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


@pytest.mark.parametrize(
    "code, name",
    [(9, "int8"), (11, "int16"), (12, "int32"), (13, "float32"), (14, "float64")],
)
def test_a_file_of_another_type_is_refused_with_the_types_name(tmp_path, code, name):
    path = tmp_path / "labels"
    path.write_bytes(bytes([0, 0, code]) + GOOD[3:])
    with pytest.raises(ValueError, match=f"labels .*0x{code:02X} .{name}"):
        read_idx(path)


def test_rank_64_is_the_largest_that_is_read(tmp_path):
    path = tmp_path / "deep"
    path.write_bytes(idx_header(64 * [1]) + b"1")
    assert read_idx(path).shape == 64 * (1,)


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / TEST_LABELS).write_bytes(idx(np.arange(10)))
    np.testing.assert_array_equal(read_idx(f"~/digits/{TEST_LABELS}"), np.arange(10))
    np.testing.assert_array_equal(
        read_idx(Path("~/digits") / TEST_LABELS), np.arange(10)
    )
    np.testing.assert_array_equal(
        read_mnist_file("~/digits", TEST_LABELS), np.arange(10)
    )
    with pytest.raises(FileNotFoundError, match="digits has no file train-images"):
        read_mnist("~/digits")


@pytest.mark.parametrize("path", [None, 5, b"file"], ids=repr)
def test_what_is_no_path_is_explained(path):
    with pytest.raises(TypeError, match="path must be a path; got"):
        read_idx(path)
    with pytest.raises(TypeError, match="folder must be a path; got"):
        read_mnist_file(path, TEST_LABELS)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.gz"):
        read_idx(tmp_path / "nowhere.gz")


# The bundled files


@each_name
def test_bundled_files_have_their_published_checksum(name):
    digest = hashlib.sha256((MNIST_FOLDER / name).read_bytes()).hexdigest()
    assert digest == MNIST_SHA256[name]


def test_the_parts_have_their_published_sizes_and_counts(mnist_parts):
    for (images, labels), M in zip(mnist_parts, [60000, 10000], strict=True):
        assert images.shape == (M, 784) and labels.shape == (M,)
        assert images.dtype == labels.dtype == np.uint8
        assert np.bincount(labels).tolist() == PUBLISHED_COUNTS[M]


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


def put(folder, name):
    """A copy of a bundled file in the folder; its path."""
    (folder / name).write_bytes((MNIST_FOLDER / name).read_bytes())
    return folder / name


@pytest.mark.parametrize(
    "how", ["missing", "truncated", "empty", "altered", "packed anew"]
)
@pytest.mark.parametrize("name", [TRAIN_LABELS, TEST_IMAGES])
def test_a_damaged_bundled_file_is_named_with_how_to_get_it_again(pretended, name, how):
    damage(put(pretended, name), how)
    error = FileNotFoundError if how == "missing" else ValueError
    with pytest.raises(error) as caught:
        read_mnist_file(pretended, name)
    message = str(caught.value)
    assert name in message and str(pretended) in message
    assert f"git checkout -- mlp/mnist/{name}" in message and "reinstall" in message


def test_without_the_bundled_folder_the_message_says_how_to_get_it_again(pretended):
    pretended.rmdir()
    with pytest.raises(
        FileNotFoundError, match="git checkout -- mlp/mnist/train-images"
    ):
        get_MNIST_data()


def test_of_the_bundled_files_none_may_lie_under_another_name(pretended):
    other = put(pretended, TEST_LABELS).rename(
        pretended / TEST_LABELS.removesuffix(".gz")
    )
    with pytest.raises(
        FileNotFoundError, match=f"{TEST_LABELS}; to get it: git checkout"
    ):
        read_mnist_file(pretended, TEST_LABELS)
    assert other.is_file()


def test_an_undamaged_copy_of_a_bundled_file_is_accepted(pretended):
    put(pretended, TEST_LABELS)
    assert read_mnist_file(pretended, TEST_LABELS).shape == (10000,)


def relative(folder):
    return Path(os.path.relpath(folder))


def with_a_detour(folder):
    (folder / "sub").mkdir()
    return folder / "sub" / ".."


def through_a_link(folder):
    link = folder.parent / "link"
    link.symlink_to(folder, target_is_directory=True)
    return link


def with_a_linked_file(folder):
    own = folder.parent / "own"
    own.mkdir()
    (own / TEST_LABELS).symlink_to(folder / TEST_LABELS)
    return own


def from_a_store(folder):
    """The folder itself, its file a link to where the installer keeps it."""
    store = folder.parent / "store"
    (folder / TEST_LABELS).rename(store)
    (folder / TEST_LABELS).symlink_to(store)
    return folder


@pytest.mark.parametrize(
    "way",
    [str, relative, with_a_detour, through_a_link, with_a_linked_file, from_a_store],
)
def test_the_fingerprint_of_a_bundled_file_is_compared_whatever_the_path(
    pretended, way
):
    path = put(pretended, TEST_LABELS)
    damage(path, "packed anew")
    with pytest.raises(ValueError, match="not the file that came with this book"):
        read_mnist_file(way(pretended), TEST_LABELS)


def test_a_file_of_mnist_has_one_of_four_names(tmp_path):
    with pytest.raises(
        ValueError, match="name must be one of 'train-images-idx3-ubyte.gz'"
    ):
        read_mnist_file(tmp_path, "train.csv")


# The split


def test_the_split_has_the_assignments_shapes_and_types(mnist):
    X_train, y_train, X_val, y_val, X_test, y_test = mnist
    assert [X.shape for X in (X_train, X_val, X_test)] == [
        (50000, 784),
        (10000, 784),
        (10000, 784),
    ]
    assert [y.shape for y in (y_train, y_val, y_test)] == [(50000,), (10000,), (10000,)]
    assert {X.dtype for X in mnist[::2]} == {np.dtype(np.float64)}
    assert {y.dtype for y in mnist[1::2]} == {np.dtype(np.intp)}


def test_each_array_has_memory_of_its_own(mnist):
    assert all(array.flags.owndata and array.base is None for array in mnist)


def test_the_split_takes_little_more_memory_than_it_returns_and_del_frees_it(
    monkeypatch,
):
    black = [
        (np.zeros((M, 200), np.uint8), np.zeros(M, np.uint8)) for M in (60000, 10000)
    ]
    monkeypatch.setattr(mlp.data, "read_mnist", lambda source: black)
    tracemalloc.start()
    X_train, *others = get_MNIST_data()
    now, peak = tracemalloc.get_traced_memory()
    size = X_train.nbytes
    del X_train
    freed = now - tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert abs(freed - size) < 0.01 * size and len(others) == 5
    assert peak < 1.2 * now


def test_labels_of_the_split_are_those_of_the_seed(mnist):
    counts = np.array([np.bincount(y) for y in mnist[1::2]])
    assert counts.tolist() == [
        [4930, 5617, 4979, 5099, 4873, 4510, 4897, 5206, 4906, 4983],
        [1005, 1112, 982, 1032, 968, 913, 1034, 1008, 959, 987],
        [968, 1148, 1029, 1010, 983, 890, 945, 1079, 960, 988],
    ]
    assert (
        counts.sum(axis=0).tolist()
        == np.sum(list(PUBLISHED_COUNTS.values()), 0).tolist()
    )


def test_the_mean_training_image_is_zero_and_pixels_are_not_scaled(mnist):
    X_train, X_test = mnist[0], mnist[4]
    assert np.abs(X_train.mean(axis=0)).max() < 1e-9
    assert 200 < X_train.max() <= 255 and -255 <= X_train.min() < -100
    between = X_test[:100] - X_train[:100]  # the mean drops out
    np.testing.assert_allclose(between, np.round(between), atol=1e-9)


def test_images_come_sorted_by_label_then_permuted_by_randomstate_0(
    numbered, mnist_parts
):
    (_, labels), (_, test_labels) = mnist_parts
    order = [i for digit in range(10) for i in np.flatnonzero(labels == digit)]
    order += [
        60000 + i for digit in range(10) for i in np.flatnonzero(test_labels == digit)
    ]
    expected = np.array(order)[np.random.RandomState(0).permutation(70000)]
    split = get_MNIST_data()
    np.testing.assert_array_equal(numbers_of(split), expected - expected[0])
    all_labels = np.concatenate([labels, test_labels])
    np.testing.assert_array_equal(np.concatenate(split[1::2]), all_labels[expected])


def test_each_image_of_the_split_is_that_of_the_files_less_the_mean(mnist, mnist_parts):
    labels, test_labels = mnist_parts[0][1], mnist_parts[1][1]
    order = np.argsort(np.append(labels, 10 + test_labels), kind="stable")
    rows = np.array([*range(0, 70000, 1000), 69999])
    places = order[np.random.RandomState(0).permutation(70000)][rows]
    pixels = [mnist_parts[i // 60000][0][i % 60000].astype(float) for i in places]
    X_train, _, X_val, _, X_test, _ = mnist
    X = np.concatenate([X_train[::1000], X_val[::1000], X_test[::1000], X_test[-1:]])
    np.testing.assert_allclose(X - X[0], np.subtract(pixels, pixels[0]), atol=1e-9)


def assert_same_split(split, expected):
    for array, other in zip(split, expected, strict=True):
        np.testing.assert_array_equal(array, other)
        assert array.dtype == other.dtype


def test_the_global_generator_seeded_with_0_gives_the_same_split(numbered):
    np.random.seed(0)
    assert_same_split(get_MNIST_data(rng=np.random), get_MNIST_data())


def test_a_generator_gives_another_split_of_the_same_images(numbered):
    split, other = get_MNIST_data(), get_MNIST_data(rng=np.random.default_rng(0))
    assert not np.array_equal(split[1], other[1])
    for values in (numbers_of, lambda s: np.concatenate(s[1::2])):
        a, b = np.sort(values(split)), np.sort(values(other))
        np.testing.assert_array_equal(a - a[0], b - b[0])


@pytest.mark.parametrize(
    "rng", [0, "seed", np.random.rand], ids=["0", "text", "function"]
)
def test_an_rng_that_cannot_draw_is_explained(rng):
    with pytest.raises(TypeError, match="rng must be a numpy Generator or RandomState"):
        get_MNIST_data(rng=rng)


# Other sources


@dotted_or_not
@zipped_or_not
def test_a_file_in_a_folder_is_found_under_its_four_names(tmp_path, zipped, mark):
    name = TEST_LABELS.replace("-idx", mark)
    content = idx(np.arange(10))
    path = tmp_path / (name if zipped else name.removesuffix(".gz"))
    path.write_bytes(gzip.compress(content) if zipped else content)
    for folder in (tmp_path, str(tmp_path)):
        np.testing.assert_array_equal(
            read_mnist_file(folder, TEST_LABELS), np.arange(10)
        )


def test_a_folder_with_four_idx_files_is_a_source(tmp_path):
    write_blank(tmp_path, shapes_of(60000, 10000))
    labels = np.arange(60000) % 10
    test_images = np.zeros((10000, 28, 28), np.uint8)
    test_images[:, 3, 4] = labels[:10000]
    (tmp_path / TRAIN_LABELS.removesuffix(".gz")).write_bytes(idx(labels))
    (tmp_path / TEST_IMAGES).write_bytes(
        gzip.compress(idx(test_images), compresslevel=1)
    )
    (X, y), (X_test, y_test) = read_mnist(tmp_path)
    assert X.shape == (60000, 784) and not X.any()
    np.testing.assert_array_equal(y, labels)
    np.testing.assert_array_equal(X_test, test_images.reshape(10000, 784))
    assert y_test.shape == (10000,) and not y_test.any()


def test_the_split_is_made_of_the_sources_images(tmp_path, monkeypatch):
    asked = []

    def read_mnist(source):
        asked.append(source)
        pairs = [(np.arange(M) % 250, np.arange(M) % 10) for M in (60000, 10000)]
        return [(pixels[:, None].astype(np.uint8), labels) for pixels, labels in pairs]

    monkeypatch.setattr(mlp.data, "read_mnist", read_mnist)
    split = get_MNIST_data(tmp_path, np.random.RandomState(5))
    assert asked == [tmp_path]
    X, y = np.concatenate(split[::2]), np.concatenate(split[1::2])
    np.testing.assert_array_equal(np.rint(X[:, 0] - X[0, 0]) % 10, (y - y[0]) % 10)
    assert np.bincount(y).tolist() == 10 * [7000]


@pytest.mark.parametrize("sizes", [(100, 10000), (60000, 9999), (10000, 60000)])
def test_other_sizes_than_mnists_are_refused(tmp_path, sizes):
    folder = write_blank(tmp_path, shapes_of(*sizes))
    with pytest.raises(
        ValueError, match=f"60,000 and 10,000 .*got.*{sizes[0]}.*{sizes[1]}"
    ):
        get_MNIST_data(folder)


@pytest.mark.parametrize("side", [27, 1])
def test_images_of_another_size_are_refused(tmp_path, side):
    with pytest.raises(ValueError, match=f"28 × 28 images; got.*{side}"):
        get_MNIST_data(write_blank(tmp_path, shapes_of(60000, 10000, side)))


@pytest.mark.parametrize("first, last", [(1, 10), (0, 46), (0, 255)])
@pytest.mark.parametrize("name, M", [(TRAIN_LABELS, 60000), (TEST_LABELS, 10000)])
def test_labels_outside_0_to_9_are_refused_and_their_file_is_named(
    tmp_path, name, M, first, last
):
    path = tmp_path / name.removesuffix(".gz")
    path.write_bytes(idx(first + np.arange(M) % (last - first + 1)))
    with pytest.raises(ValueError) as caught:
        read_mnist_file(tmp_path, name)
    assert f"{path} must hold labels 0 … 9; got {first} … {last}" in str(caught.value)


def test_a_data_set_of_mnists_sizes_with_other_labels_is_refused(tmp_path):
    write_blank(tmp_path, shapes_of(60000, 10000))
    (tmp_path / TEST_LABELS.removesuffix(".gz")).write_bytes(
        idx(1 + np.arange(10000) % 10)
    )
    with pytest.raises(ValueError, match="t10k-labels.* 0 … 9; got 1 … 10"):
        get_MNIST_data(tmp_path)


@each_name
def test_a_file_missing_from_a_folder_is_named_with_all_names_looked_for(
    tmp_path, name
):
    write_blank(tmp_path, shapes_of(20, 10))
    (tmp_path / name.removesuffix(".gz")).unlink()
    with pytest.raises(FileNotFoundError) as caught:
        get_MNIST_data(tmp_path)
    dotted = name.replace("-idx", ".idx")
    forms = [name, name.removesuffix(".gz"), dotted, dotted.removesuffix(".gz")]
    assert f"{tmp_path} has no file {' or '.join(forms)};" in str(caught.value)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder .*nowhere"):
        get_MNIST_data(tmp_path / "nowhere")


def test_a_damaged_file_in_a_folder_is_named(tmp_path):
    content = gzip.compress(idx(np.zeros((10, 28, 28))))
    (tmp_path / TEST_IMAGES).write_bytes(content[:-20])
    with pytest.raises(ValueError, match=f"{TEST_IMAGES}.*copy it there again"):
        read_mnist_file(tmp_path, TEST_IMAGES)


@pytest.mark.parametrize("source", [5, b"folder", ["folder"]], ids=repr)
def test_a_source_that_is_no_path_is_explained(source):
    with pytest.raises(TypeError, match="source must be"):
        get_MNIST_data(source)


def serve_from_openml(monkeypatch, images, labels):
    def fetch_openml(name, version, return_X_y, as_frame, **options):
        assert (name, version, return_X_y, as_frame) == ("mnist_784", 1, True, False)
        return images, labels

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch_openml)


def test_openml_gives_the_same_arrays_as_the_bundled_files(mnist_parts, monkeypatch):
    (images, labels), (test_images, test_labels) = mnist_parts
    serve_from_openml(
        monkeypatch,
        np.concatenate([images, test_images]).astype(np.float32),
        np.concatenate([labels, test_labels]).astype(str).astype(object),
    )
    for part, expected in zip(read_mnist("openml"), mnist_parts, strict=True):
        assert_same_split(part, expected)


def test_openml_may_be_written_in_capitals(monkeypatch):
    images = np.broadcast_to(0.0, (70000, 784))
    serve_from_openml(monkeypatch, images, np.full(70000, "7", object))
    assert read_mnist("OpenML")[1][1].tolist() == 10000 * [7]


def test_an_incomplete_answer_of_openml_is_refused(monkeypatch):
    images = np.broadcast_to(0.0, (69999, 784))
    serve_from_openml(monkeypatch, images, np.full(69999, "1", object))
    with pytest.raises(ValueError, match="60,000 and 10,000"):
        get_MNIST_data("openml")


def test_other_labels_of_openml_are_refused(monkeypatch):
    images = np.broadcast_to(0.0, (70000, 784))
    serve_from_openml(monkeypatch, images, np.full(70000, "10", object))
    with pytest.raises(
        ValueError, match="OpenML's labels must hold labels 0 … 9; got 10"
    ):
        get_MNIST_data("openml")


@pytest.mark.parametrize(
    "failure",
    [URLError("no route"), TimeoutError("too slow"), http.client.IncompleteRead(b"")],
    ids=lambda failure: type(failure).__name__,
)
def test_without_network_openml_says_which_source_needs_none(monkeypatch, failure):
    def fetch_openml(*arguments, **options):
        raise failure

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch_openml)
    with pytest.raises(
        OSError, match="openml.org: .*source=None .* no network"
    ) as caught:
        get_MNIST_data("openml")
    assert caught.value.__cause__ is failure and str(failure) in str(caught.value)


def test_a_folder_called_openml_is_read_as_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("openml").mkdir()
    with pytest.raises(FileNotFoundError, match="openml has no file train-images"):
        get_MNIST_data(Path("openml"))


# The toy data


def test_the_toy_data_are_the_assignments():
    np.random.seed(1)
    X, y = toy_data()
    np.testing.assert_array_equal(X, 10 * np.random.randn(5, 4))
    assert y.tolist() == [0, 1, 2, 2, 1] and np.issubdtype(y.dtype, np.integer)


def test_the_toy_data_take_an_rng():
    X, _ = toy_data(rng=np.random.default_rng(3))
    np.testing.assert_array_equal(
        X, 10 * np.random.default_rng(3).standard_normal((5, 4))
    )
