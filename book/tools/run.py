"""Execute chapters in place and store canonical output: `make run CHAPTER=…`.

Canonical: a fresh kernel, execution counts 1, 2, 3 …, each stream in one piece, no
times, no version of the machine's Python. A cell that fails, or one that describes a
figure and draws none, stops the run and changes nothing. The processor seconds of the
run go to the table of book/reference/timings.
"""

import csv
import os
import platform
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from . import ROOT
from .chapters import Chapter, notebooks, pictures
from .environment import environment

TIMINGS = ROOT / "book/reference/timings.csv"
MACHINE = "Python {}.{}, {} {}, {} cores".format(
    *platform.python_version_tuple()[:2],
    platform.system(),
    platform.machine(),
    os.cpu_count(),
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


def without_picture(notebook):
    """The cells that describe a figure and show none."""
    return [
        cell
        for cell in notebook.cells
        if {"figure", "image"} & cell.metadata.get("mystnb", {}).keys()
        and not pictures(cell)
    ]


def execute(notebook, folder):
    """Execute a notebook in a folder, give it its canonical form."""
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(
        notebook,
        timeout=1200,
        kernel_name="python3",
        resources=resources,
        record_timing=False,
    ).execute(env=environment())
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = merged_streams(cell.outputs)
    nbformat.validate(notebook)
    for cell in without_picture(notebook):
        raise ValueError(f"this cell describes a figure and draws none:\n{cell.source}")


def seconds_of_children():
    """The processor seconds of the processes that have ended; Windows says 0."""
    times = os.times()
    return times.children_user + times.children_system


def run(chapter):
    """Execute a chapter, write it back, record its processor seconds."""
    if chapter.lacks:
        print(f"skipped, {chapter.lacks}")
        return
    before = seconds_of_children()
    execute(chapter.notebook, chapter.path.parent)
    text = nbformat.writes(chapter.notebook) + "\n"
    chapter.path.write_text(text, encoding="utf-8", newline="\n")
    seconds = seconds_of_children() - before
    if seconds and chapter in notebooks():
        record(chapter, seconds)


def record(chapter, seconds):
    """Put the seconds of a chapter into the table, which is in reading order."""
    with TIMINGS.open(encoding="utf-8", newline="") as file:
        rows = {row[0]: row for row in csv.reader(file)}
    rows[chapter.link] = [chapter.link, f"{max(seconds, 1):.0f}", MACHINE]
    known = [rows[link] for link in (c.link for c in notebooks()) if link in rows]
    with TIMINGS.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(known)


def run_all(files):
    """Execute the chapters that are stored in these files."""
    if not files:
        sys.exit("which chapter? for example: make run CHAPTER=book/train/toy.ipynb")
    for file in files:
        print(f"running {file}", flush=True)
        run(Chapter(Path(file).resolve()))
