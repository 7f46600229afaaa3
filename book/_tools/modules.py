"""Write the files of `mlp/` from the chapters' cells (`make mlp`).

A code cell tagged with a path, such as `mlp/activations.py`, is text of that file. A file is
its cells in reading order, two blank lines between them, after a one-line header.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[2]


def chapters():
    """Paths of all pages of `_toc.yml`, in reading order, with their endings."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [toc["root"]] + [c["file"] for p in toc["parts"] for c in p.get("chapters", [])]
    found = [sorted((ROOT / name).parent.glob(Path(name).name + ".*")) for name in names]
    return [path for paths in found for path in paths if path.suffix in {".md", ".ipynb"}]


def notebooks():
    """Paths of all chapters that are notebooks, in reading order."""
    return [path for path in chapters() if path.suffix == ".ipynb"]


def missing(notebook):
    """Names of the packages that tags such as `needs-torch` ask for and that are not here."""
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    needed = {tag.removeprefix("needs-") for tag in tags if tag.startswith("needs-")}
    return sorted(name for name in needed if find_spec(name) is None)


@cache
def module_cells():
    """Map each module's path, such as `mlp/losses.py`, to its [(chapter, text), …]."""
    cells = {}
    for chapter in notebooks():
        for cell in nbformat.read(chapter, as_version=4).cells:
            for tag in cell.metadata.get("tags", []):
                if tag.startswith("mlp/"):
                    name = chapter.relative_to(ROOT).as_posix()
                    cells.setdefault(tag, []).append((name, cell.source.strip("\n")))
    return cells


def module_texts():
    """Map each module's path to the text that its file must have."""
    texts = {}
    for path, cells in module_cells().items():
        sources = " and ".join(dict.fromkeys(chapter for chapter, _ in cells))
        header = f"# Made by `make mlp` from {sources}: edit it there.\n"
        texts[path] = header + "\n\n\n".join(text for _, text in cells) + "\n"
    return texts


if __name__ == "__main__":
    for path, text in module_texts().items():
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != text:
            (ROOT / path).write_text(text, encoding="utf-8")
            print(f"wrote {path}")
