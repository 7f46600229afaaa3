"""The networks and sample digits of book/train/draw.ipynb, as a file for its page.

The chapter's own cells are executed, up to the one that has made both. The file is a
script with one constant, because a page opened as a file may not fetch data.
"""

import json
import zlib
from base64 import b64decode, b64encode

import numpy as np

from mlp import TwoLayerMLP
from mlp.digits import quantize

from . import ROOT
from .chapters import Chapter

CHAPTER = Chapter(ROOT / "book/train/draw.ipynb")
WEIGHTS = ROOT / "book/_static/draw_weights.js"
HEADER = """\
// Made by `make generate` from the cells of book/train/draw.ipynb: whole numbers (int8,
// base64), to be multiplied by their matrix's step. The samples, ten images of MNIST by
// Y. LeCun, C. Cortes and C. Burges, are under CC BY-SA 3.0.
const DIGITS = """


def chapter_names():
    """What the chapter's cells define, up to `stored` and `samples`."""
    names = {}
    for cell in CHAPTER.code_cells:
        if not {"stored", "samples"} <= names.keys():
            exec(cell.source, names)
    return names


def text_of(stored, samples):
    """The file's text, of the chapter's networks and its sample images (10, 784)."""
    images = np.rint(255 * samples).astype(np.uint8)
    data = {"nets": stored, "samples": images}
    return HEADER + json.dumps(data, default=packed) + ";\n"


def packed(array):
    """Bytes as base64, other arrays as lists."""
    if array.dtype.itemsize > 1:
        return array.tolist()
    return {"shape": array.shape, "base64": b64encode(array.tobytes()).decode()}


def unpacked(part, dtype):
    return np.frombuffer(b64decode(part["base64"]), dtype).reshape(part["shape"])


def stored_nets():
    """The networks in the file, for ink from 0 to 1, and its samples (10, 784)."""
    data = json.loads(
        WEIGHTS.read_text(encoding="utf-8").partition(" = ")[2].rstrip(";\n")
    )
    nets = {}
    for name, parts in data["nets"].items():
        nets[name] = net = TwoLayerMLP(784, 64, 10, activation=name)
        for k in "12":
            net.params[f"W{k}"] = unpacked(parts[f"W{k}"], np.int8) * parts[f"step{k}"]
            net.params[f"b{k}"] = np.array(parts[f"b{k}"])
    return nets, unpacked(data["samples"], np.uint8) / 255


def printed():
    """What the chapter's cells print, as it is stored."""
    outputs = [output for cell in CHAPTER.code_cells for output in cell.outputs]
    return "".join(output.get("text", "") for output in outputs)


def fingerprints(nets):
    """{name: fingerprint of a network's whole numbers, as the chapter prints it}."""
    whole = {
        name: [quantize(net.params[key])[0].tobytes() for key in ("W1", "W2")]
        for name, net in nets.items()
    }
    return {name: f"{zlib.crc32(b''.join(parts)):08x}" for name, parts in whole.items()}


def is_current():
    """Whether the file holds the networks whose fingerprints the chapter prints."""
    if not WEIGHTS.exists():
        return False
    lines = [line.split() for line in printed().splitlines() if " fingerprint " in line]
    return {line[0]: line[-1] for line in lines} == fingerprints(stored_nets()[0])


def made():
    """The file's path and text: half a minute of training if it is not current."""
    path = WEIGHTS.relative_to(ROOT).as_posix()
    if is_current():
        return {path: HEADER + WEIGHTS.read_text(encoding="utf-8").partition(" = ")[2]}
    names = chapter_names()
    return {path: text_of(names["stored"], names["samples"])}
