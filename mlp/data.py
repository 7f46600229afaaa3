# Made by `make mlp` from book/build/data.ipynb: edit it there.
import gzip
import hashlib
import math
import zlib
from pathlib import Path

import numpy as np

from mlp import checks
from mlp.checks import check_rng


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


def read_idx(path):
    """Read a file of unsigned bytes in the IDX format, gzipped or not.

    Parameters
    ----------
    path : str or Path

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
        When the file is not IDX of unsigned bytes, is damaged, or is shorter or longer
        than its header says.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":  # so begins every gzip file
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(
                f"{path} is a damaged or truncated gzip file: {error}"
            ) from error
    if len(content) < 4 or content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    start = 4 + 4 * content[3]  # the length of the header
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4)]
    length = start + math.prod(shape)
    if len(content) != length:
        raise ValueError(
            f"{path} should hold {length} bytes, unpacked; it holds {len(content)}"
        )
    return np.frombuffer(content, np.uint8)[start:].reshape(shape)


MNIST_FOLDER = Path(checks.__file__).with_name("mnist")
MNIST_SHA256 = {
    "train-images-idx3-ubyte.gz":
        "7ff28fd295f802eefc6d40e461175dfe4b969b1842b2abc8c6dc8c20711cf79f",
    "train-labels-idx1-ubyte.gz":
        "81a978ae83d39ffdba0db3ce2fcaf80a8921e9629e874428996a2b03242d4b2a",
    "t10k-images-idx3-ubyte.gz":
        "197e111ae341b0770be9011ac5e622d0e6cd1c640b32eb0de5dc1dd26cc6e182",
    "t10k-labels-idx1-ubyte.gz":
        "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
}


def read_mnist_file(folder, name):
    """Read one of the four files of MNIST, a bundled one only if its SHA-256 is right.

    Parameters
    ----------
    folder : str or Path
        Its files count as bundled when it is MNIST_FOLDER.
    name : str
        A key of MNIST_SHA256; the file may also lie there without its ".gz".

    Returns
    -------
    array : ndarray of uint8
        Images (M, 28, 28) or labels (M,).

    Raises
    ------
    FileNotFoundError, ValueError
        When the file is missing or truncated, or a bundled one is altered; the message
        names it and says how to get it again.
    """
    path = Path(folder) / name
    bundled = path.parent == MNIST_FOLDER
    cure = (
        f"git checkout -- mlp/mnist/{name}, or reinstall the package"
        if bundled
        else "copy it there again"
    )
    if not path.is_file() and not bundled:
        path = path.with_suffix("")
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} has no file {name}; to get it: {cure}")
    if bundled and hashlib.sha256(path.read_bytes()).hexdigest() != MNIST_SHA256[name]:
        raise ValueError(
            f"{path} is not the file that came with this book; to get it again: {cure}"
        )
    try:
        return read_idx(path)
    except ValueError as error:
        raise ValueError(f"{error}; to get it again: {cure}") from error


def read_mnist(source=None):
    """Images and labels of MNIST's two parts, in their published order.

    Parameters
    ----------
    source : None, str or Path
        None reads the bundled files, a folder its four IDX files, "openml" fetches them
        with scikit-learn.

    Returns
    -------
    parts : list of two pairs
        (images, labels) of the 60,000 and of the 10,000: arrays of uint8, (M, 784) and
        (M,).

    Raises
    ------
    FileNotFoundError, ValueError
        When a file is missing or damaged, or the sizes are not MNIST's.
    TypeError
        When source is something else.
    """
    if not isinstance(source, (str, Path, type(None))):
        raise TypeError(f'source must be None, a folder or "openml"; got {source!r}')
    if source == "openml":
        # Here and not above: it would more than double the time that `import mlp` takes.
        from sklearn.datasets import fetch_openml

        images, labels = fetch_openml(
            "mnist_784", version=1, return_X_y=True, as_frame=False, parser="liac-arff"
        )
        images, labels = images.astype(np.uint8), labels.astype(np.uint8)
        images = images.reshape(-1, 28, 28)
        arrays = [images[:60000], labels[:60000], images[60000:], labels[60000:]]
    else:
        folder = MNIST_FOLDER if source is None else source
        arrays = [read_mnist_file(folder, name) for name in MNIST_SHA256]
    shapes = [array.shape for array in arrays]
    if shapes != [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]:
        raise ValueError(
            f"source must hold 60,000 and 10,000 labeled 28 × 28 images; got {shapes}"
        )
    images, labels, test_images, test_labels = arrays
    return [
        (images.reshape(-1, 784), labels),
        (test_images.reshape(-1, 784), test_labels),
    ]


def get_MNIST_data(source=None, rng=None):
    """MNIST, shuffled, split and centered as the assignment does it.

    Each part is sorted by label, the 60,000 go before the 10,000, one permutation
    shuffles all 70,000, and the mean image of the first 50,000 is subtracted. Pixels
    are not divided by 255.

    Parameters
    ----------
    source : None, str or Path
        Where the images come from; see `read_mnist`.
    rng : numpy Generator or RandomState
        Draws the permutation. None is RandomState(0), the assignment's seed.

    Returns
    -------
    X_train, y_train, X_val, y_val, X_test, y_test : ndarrays
        50,000, 10,000 and 10,000 rows: pixels (M, 784) as float64, labels (M,) as
        int64.

    Raises
    ------
    FileNotFoundError, ValueError
        When a file is missing or damaged, or the sizes are not MNIST's.
    TypeError
        When source is neither None nor a path nor a string.
    """
    rng = check_rng(rng, np.random.RandomState(0))
    (images, labels), (test_images, test_labels) = read_mnist(source)
    by_label = np.argsort(labels, kind="stable")  # (60000,)
    test_by_label = np.argsort(test_labels, kind="stable")  # (10000,)
    order = np.concatenate([by_label, 60000 + test_by_label])  # (70000,)
    order = order[rng.permutation(70000)]
    X = np.concatenate([images, test_images])[order].astype(float)  # (70000, 784)
    y = np.concatenate([labels, test_labels])[order].astype(np.int64)  # (70000,)
    X -= X[:50000].mean(axis=0)
    return X[:50000], y[:50000], X[50000:60000], y[50000:60000], X[60000:], y[60000:]
