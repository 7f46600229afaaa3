"""The picture of README.md, taken from the chapter that draws it."""

from base64 import b64decode

from . import ROOT
from .chapters import Chapter, pictures

CHAPTER = Chapter(ROOT / "book/train/mnist_relu.ipynb")
FIGURE, PICTURE = "fig-mnist-relu-weights", "book/_static/weights.png"


def made():
    """The picture: its path and the PNG that the cell with the figure's name stored."""
    for cell in CHAPTER.code_cells:
        if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == FIGURE:
            [output] = pictures(cell)
            return {PICTURE: b64decode(output.data["image/png"])}
    raise LookupError(f"{CHAPTER.file} has no figure named {FIGURE}")
