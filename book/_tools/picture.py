"""Copy the title page's picture from the chapter that draws it (`make picture`)."""

from base64 import b64decode

import nbformat
from modules import ROOT

CHAPTER, FIGURE = ROOT / "book/train/mnist_relu.ipynb", "fig-mnist-relu-weights"
PICTURE = ROOT / "book/_static/weights.png"


def stored_picture():
    """The PNG that the chapter's cell with this figure's name stored, as bytes."""
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == FIGURE:
            [data] = [output.data for output in cell.outputs if "data" in output]
            return b64decode(data["image/png"])
    raise LookupError(f"{CHAPTER.name} has no figure named {FIGURE}")


if __name__ == "__main__":
    PICTURE.write_bytes(stored_picture())
    print(f"wrote {PICTURE.relative_to(ROOT)}")
