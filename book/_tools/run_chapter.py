"""Execute chapters in place and store canonical output (`make run CHAPTER=…`).

Canonical: a fresh kernel, execution counts 1, 2, 3 …, each stream in one piece, no times,
no version of the machine's Python. A cell that fails stops the run and changes nothing.
The processor seconds of the run go to the table of book/reference/timings.
"""

import csv
import os
import platform
import resource
import sys
from pathlib import Path

import nbformat
from modules import ROOT, missing, notebooks
from nbclient import NotebookClient

TIMINGS = ROOT / "book/reference/timings.csv"
MACHINE = "Python {}.{}, {} {}, {} cores".format(
    *platform.python_version_tuple()[:2], platform.system(), platform.machine(), os.cpu_count()
)
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
    """Execute the notebook at `path`, write it back, record its processor seconds."""
    notebook = nbformat.read(path, as_version=4)
    if names := missing(notebook):
        print(f"skipped, needs {' and '.join(names)}: pip install '.[peers]'")
        return
    resources = {"metadata": {"path": str(path.parent)}}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    NotebookClient(
        notebook, timeout=1200, kernel_name="python3", resources=resources, record_timing=False
    ).execute()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = merged_streams(cell.outputs)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    record(path, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def link(path):
    """How the table names a chapter."""
    return f"{{doc}}`/{path.relative_to(ROOT).with_suffix('').as_posix()}`"


def record(path, seconds):
    """Put the seconds of a chapter into the table, which is in reading order."""
    with TIMINGS.open(encoding="utf-8", newline="") as file:
        rows = {row[0]: row for row in csv.reader(file)}
    rows[link(path)] = [link(path), f"{max(seconds, 1):.0f}", MACHINE]
    known = [rows[name] for name in map(link, notebooks()) if name in rows]
    with TIMINGS.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(known)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("which chapter? for example: make run CHAPTER=book/train/toy.ipynb")
    for name in sys.argv[1:]:
        print(f"running {name}", flush=True)
        run(Path(name).resolve())
