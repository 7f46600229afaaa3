"""Write the networks and sample digits of book/train/draw.ipynb for its page (`make draw`).

The chapter's own cells are executed, up to the one that has made both. The file is a script
with one constant, because a page opened as a file may not fetch data.
"""

import json
from base64 import b64decode, b64encode

import nbformat
import numpy as np
from modules import ROOT

from mlp import TwoLayerMLP

CHAPTER, WEIGHTS = ROOT / "book/train/draw.ipynb", ROOT / "book/_static/draw_weights.js"
HEADER = """\
// Made by `make draw` from the cells of book/train/draw.ipynb: whole numbers (int8, base64),
// to be multiplied by their matrix's step. The samples, ten images of MNIST by Y. LeCun,
// C. Cortes and C. Burges, are under CC BY-SA 3.0.
const DIGITS = """


def chapter_names():
    """What the chapter's cells define, up to `stored` and `samples`."""
    names = {}
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        if cell.cell_type == "code" and not {"stored", "samples"} <= names.keys():
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
    data = json.loads(WEIGHTS.read_text(encoding="utf-8").partition(" = ")[2].rstrip(";\n"))
    nets = {}
    for name, parts in data["nets"].items():
        nets[name] = net = TwoLayerMLP(784, 64, 10, activation=name)
        for k in "12":
            net.params[f"W{k}"] = unpacked(parts[f"W{k}"], np.int8) * parts[f"step{k}"]
            net.params[f"b{k}"] = np.array(parts[f"b{k}"])
    return nets, unpacked(data["samples"], np.uint8) / 255


if __name__ == "__main__":
    names = chapter_names()
    WEIGHTS.write_text(text_of(names["stored"], names["samples"]), encoding="utf-8")
    print(f"wrote {WEIGHTS.relative_to(ROOT)}, {WEIGHTS.stat().st_size:,} bytes")
