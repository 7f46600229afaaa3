# Made by `make generate` from book/build/data.ipynb: edit it there.
import gzip
import hashlib
import math
import os
import zlib
from pathlib import Path

import numpy as np

from mlp import checks
from mlp.checks import check_choice, check_labels, check_rng


def toy_data(rng=None):
    """The assignment's five examples of four inputs in three classes.

    Parameters
    ----------
    rng : numpy Generator or RandomState
        None is RandomState(1), the assignment's seed.

    Returns
    -------
    X : ndarray, (5, 4)
        Normal numbers of standard deviation 10.
    y : ndarray of int, (5,)
        The labels 0, 1, 2, 2, 1.
    """
    rng = check_rng(rng, np.random.RandomState(1))
    return 10 * rng.standard_normal((5, 4)), np.array([0, 1, 2, 2, 1])


def as_path(name, path):
    """Return path as a Path, with "~" as the home folder.

    Raises
    ------
    TypeError
        When it is neither a string nor a path.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{name} must be a path; got {path!r}")
    return Path(os.path.expanduser(path))


def _unpacked(path):
    """Return the bytes of a file, unpacked if it is gzipped.

    Raises
    ------
    FileNotFoundError
        When there is no such file, or path is a folder.
    ValueError
        When the gzip file is damaged.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":  # so begins every gzip file
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(
            f"{path} is a damaged or truncated gzip file: {error}"
        ) from error


IDX_TYPES = {  # the third byte: the type of the entries
    8: "uint8",
    9: "int8",
    11: "int16",
    12: "int32",
    13: "float32",
    14: "float64",
}


def read_idx(path):
    """Read a file of unsigned bytes in the IDX format, gzipped or not.

    Of the dimensions only the product is checked, against the length of the file:
    exchanged dimensions go unnoticed.

    Parameters
    ----------
    path : str or Path
        A "~" at its start is the home folder.

    Returns
    -------
    array : ndarray of uint8, read-only
        For MNIST (60000, 28, 28) images, values 0 (paper) to 255 (ink), or (60000,)
        labels.

    Raises
    ------
    FileNotFoundError
        When there is no such file, or path is a folder.
    ValueError
        When the file is not IDX of unsigned bytes, is damaged, is shorter or longer
        than its header says, or has dimensions that no NumPy array can have.
    TypeError
        When path is neither a string nor a path.
    """
    path = as_path("path", path)
    content = _unpacked(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in IDX_TYPES:
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    if content[2] != 8:
        raise ValueError(
            f"{path} must be an IDX file of unsigned bytes, type 0x08; it is one of "
            f"type 0x{content[2]:02X} ({IDX_TYPES[content[2]]})"
        )
    start = 4 + 4 * content[3]  # the length of the header
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4)]
    length = start + math.prod(shape)
    if len(content) != length:
        raise ValueError(
            f"{path} should hold {length} bytes, unpacked; it holds {len(content)}"
        )
    try:
        return np.frombuffer(content, np.uint8)[start:].reshape(shape)
    except ValueError as error:
        raise ValueError(
            f"{path} has {len(shape)} dimensions that no NumPy array can have: {error}"
        ) from error


MNIST_FOLDER = Path(checks.__file__).with_name("mnist")
MNIST_PARTS = 60_000, 10_000  # images in the published training and test files
MNIST_SHA256 = {
    "train-images-idx3-ubyte.gz": "7ff28fd295f802eefc6d40e461175dfe4b969b1842b2abc8c6dc8c20711cf79f",
    "train-labels-idx1-ubyte.gz": "81a978ae83d39ffdba0db3ce2fcaf80a8921e9629e874428996a2b03242d4b2a",
    "t10k-images-idx3-ubyte.gz": "197e111ae341b0770be9011ac5e622d0e6cd1c640b32eb0de5dc1dd26cc6e182",
    "t10k-labels-idx1-ubyte.gz": "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
}


def _file_names(name):
    """The names under which a folder may hold a file of MNIST, in order of search."""
    dotted = name.replace("-idx", ".idx")
    return [name, name.removesuffix(".gz"), dotted, dotted.removesuffix(".gz")]


def read_mnist_file(folder, name):
    """Read one of the four files of MNIST, a bundled one only if its SHA-256 is right.

    Parameters
    ----------
    folder : str or Path
        Its file counts as bundled when the folder is MNIST_FOLDER, however the path is
        written, or when the file is a link to one there.
    name : str
        A key of MNIST_SHA256; in a folder of your own the file may also lie without its
        ".gz", and with ".idx" in place of "-idx".

    Returns
    -------
    array : ndarray of uint8
        Images (M, 28, 28) or labels (M,), from 0 to 9.

    Raises
    ------
    FileNotFoundError, ValueError
        When the file is missing, damaged or holds other labels, or a bundled one is
        altered; the message names it and says how to get it again.
    TypeError
        When folder is neither a string nor a path.
    """
    folder = as_path("folder", folder)
    check_choice("name", name, MNIST_SHA256)
    here, home = os.path.realpath(folder), os.path.realpath(MNIST_FOLDER)
    names = [name] if here == home else _file_names(name)
    path = next((folder / n for n in names if (folder / n).is_file()), folder / name)
    bundled = home in (here, os.path.dirname(os.path.realpath(path)))
    cure = (
        f"git checkout -- mlp/mnist/{name}, or reinstall the package"
        if bundled
        else "copy it there again"
    )
    if not path.is_file():
        known = " or ".join(names)
        raise FileNotFoundError(f"{folder} has no file {known}; to get it: {cure}")
    if bundled and hashlib.sha256(path.read_bytes()).hexdigest() != MNIST_SHA256[name]:
        raise ValueError(
            f"{path} is not the file that came with this book; to get it again: {cure}"
        )
    try:
        array = read_idx(path)
    except ValueError as error:
        raise ValueError(f"{error}; to get it again: {cure}") from error
    if array.ndim == 1:
        check_labels(array, len(array), 10, name=str(path))
    return array


def _fetch_mnist():
    """Fetch MNIST from openml.org with scikit-learn, which keeps it for the next time.

    Returns
    -------
    arrays : list of four ndarrays of uint8
        Images (60000, 28, 28) and labels (60000,), and those of the 10,000.

    Raises
    ------
    OSError
        When openml.org can't be reached.
    ValueError
        When the answer holds other labels than 0 to 9.
    """
    # Here and not above: it would more than double the time that `import mlp` takes.
    from http.client import HTTPException

    from sklearn.datasets import fetch_openml

    try:
        images, labels = fetch_openml(
            "mnist_784", version=1, return_X_y=True, as_frame=False, parser="liac-arff"
        )
    except (OSError, HTTPException) as error:
        raise OSError(
            f"MNIST could not be fetched from openml.org: {error}; source=None reads "
            "the bundled files and needs no network"
        ) from error
    images = images.astype(np.uint8).reshape(-1, 28, 28)
    labels = check_labels(labels.astype(int), len(labels), 10, name="OpenML's labels")
    labels = labels.astype(np.uint8)
    M = MNIST_PARTS[0]
    return [images[:M], labels[:M], images[M:], labels[M:]]


def read_mnist(source=None):
    """Images and labels of MNIST's two parts, in their published order.

    Parameters
    ----------
    source : None, str or Path
        None reads the bundled files, a folder its four IDX files, "openml" fetches them
        with scikit-learn. A folder of that name is Path("openml").

    Returns
    -------
    parts : list of two pairs
        (images, labels) of the 60,000 and of the 10,000: arrays of uint8, (M, 784) and
        (M,).

    Raises
    ------
    FileNotFoundError, ValueError
        When a file is missing or damaged, the sizes are not MNIST's, or a label lies
        outside 0 … 9.
    OSError
        When openml.org can't be reached.
    TypeError
        When source is something else.
    """
    if isinstance(source, str) and source.lower() == "openml":
        arrays = _fetch_mnist()
    elif source is None or isinstance(source, (str, os.PathLike)):
        folder = MNIST_FOLDER if source is None else as_path("source", source)
        if source is not None and not folder.is_dir():
            raise FileNotFoundError(
                f'there is no folder {folder}; source may be None, a folder or "openml"'
            )
        arrays = [read_mnist_file(folder, name) for name in MNIST_SHA256]
    else:
        raise TypeError(f'source must be None, a folder or "openml"; got {source!r}')
    shapes = [array.shape for array in arrays]
    M, M_test = MNIST_PARTS
    if shapes != [(M, 28, 28), (M,), (M_test, 28, 28), (M_test,)]:
        raise ValueError(
            f"source must hold 60,000 and 10,000 labeled 28 × 28 images; got {shapes}"
        )
    images, labels, test_images, test_labels = arrays
    return [
        (images.reshape(-1, 784), labels),
        (test_images.reshape(-1, 784), test_labels),
    ]


MNIST_SPLIT = {  # of the 70,000 in their shuffled order
    "train": slice(0, 50_000),
    "val": slice(50_000, 60_000),
    "test": slice(60_000, 70_000),
}


def get_MNIST_data(source=None, rng=None):
    """MNIST, shuffled, split and centered as the assignment does it.

    Each part is sorted by label, the 60,000 go before the 10,000, one permutation
    shuffles all 70,000, and the mean image of the first 50,000 is subtracted. Pixels
    are not divided by 255.

    Parameters
    ----------
    source : None, str or Path
        Where the images come from; see `read_mnist`.
    rng : numpy Generator, RandomState, or the module np.random
        Draws the permutation. None is RandomState(0), the assignment's seed. The
        handout draws the permutation and then the weights from the global generator;
        `np.random.seed(0)` and `get_MNIST_data(rng=np.random)`, before the network is
        made, replay that.

    Returns
    -------
    X_train, y_train, X_val, y_val, X_test, y_test : ndarrays
        50,000, 10,000 and 10,000 rows: pixels (M, 784) as float64, labels (M,) as
        np.intp. Each of the six has memory of its own.

    Raises
    ------
    FileNotFoundError, ValueError
        When a file is missing or damaged, the sizes are not MNIST's, or a label lies
        outside 0 … 9.
    OSError
        When openml.org can't be reached.
    TypeError
        When source is neither None nor a path nor a string, or rng can't draw.
    """
    rng = check_rng(rng, np.random.RandomState(0))
    (images, labels), (test_images, test_labels) = read_mnist(source)
    by_label = np.argsort(labels, kind="stable")  # (60000,)
    test_by_label = np.argsort(test_labels, kind="stable")  # (10000,)
    order = np.concatenate([by_label, len(labels) + test_by_label])  # (70000,)
    order = order[rng.permutation(len(order))]
    images = np.concatenate([images, test_images])[order]  # (70000, 784)
    labels = np.concatenate([labels, test_labels])[order]  # (70000,)
    parts = MNIST_SPLIT.values()
    X_train, X_val, X_test = [images[part].astype(float) for part in parts]
    y_train, y_val, y_test = [labels[part].astype(np.intp) for part in parts]
    mean = X_train.mean(axis=0)  # (784,)
    for X in (X_train, X_val, X_test):
        X -= mean
    return X_train, y_train, X_val, y_val, X_test, y_test
