"""Execute chapters in place and store canonical output (`make run CHAPTER=…`).

Canonical: a fresh kernel, execution counts 1, 2, 3 …, each stream in one piece, no times,
no version of the machine's Python. A cell that fails stops the run and changes nothing.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


def merged_streams(outputs):
    """Outputs with neighboring pieces of the same stream joined."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def run(path):
    """Execute the notebook at `path` and write it back."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(
        notebook, timeout=1200, kernel_name="python3", resources=resources, record_timing=False
    ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = merged_streams(cell.outputs)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("which chapter? for example: make run CHAPTER=book/train/toy.ipynb")
    for name in sys.argv[1:]:
        print(f"running {name}", flush=True)
        run(Path(name).resolve())
