"""Find hand-ins in a folder: notebooks, and the modules beside them."""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

NOTEBOOK, MODULES = "hand_in.ipynb", ["mlp.py", "utils.py"]
NOT_HAND_INS = {"__MACOSX", "__pycache__", "node_modules"}  # and hidden ones
LARGEST, MOST = 2**21, 50  # bytes of a module that is taken along; number of modules


@dataclass(frozen=True)
class HandIn:
    """A notebook, and the modules beside it.

    Attributes
    ----------
    name : str
        How it is called in tables.
    files : dict of bytes
        What is in NOTEBOOK and in the .py files beside it.
    notes : tuple of str
        What whoever marks has to know of how it was found.
    problem : str
        Why its notebook can't be read, if so.
    """

    name: str
    files: dict = field(default_factory=dict)
    notes: tuple = ()
    problem: str = ""


# Modules beside a notebook


def modules_beside(path):
    """Return the modules beside a notebook, {name to import: path}, and notes."""
    others = sorted(p for p in path.parent.glob("*.py") if is_module(p))[:MOST]
    found, notes = {other.name: other for other in others}, []
    for inside in modules_in_packages(path.parent):
        found[inside.relative_to(path.parent).as_posix()] = inside
    for name in MODULES:
        if name not in found:
            named = renamed(name, path, others)
            if named:
                found[name] = named
                notes.append(f"{named.name} is taken for its {name}")
    return found, notes


def modules_in_packages(folder):
    """Return the modules in folders below that have some, and are no hand-ins."""
    packages = [
        p for p in folder.iterdir() if p.is_dir() and not is_hidden(Path(p.name))
    ]
    packages = [p for p in packages if not any(p.rglob("*.ipynb"))]
    return [m for p in packages for m in sorted(p.glob("*.py")) if is_module(m)][:MOST]


def is_module(path):
    """Tell a file that can be taken along."""
    return (
        path.is_file()
        and not path.name.startswith(".")
        and path.stat().st_size <= LARGEST
    )


def renamed(name, notebook, others):
    """Return the one file that a platform has renamed from a name; None in doubt.

    It ends in the name, as in ``ann_102_mlp.py`` or ``ann_102_mlp-1.py``, and begins as
    the notebook does.
    """
    stem = re.escape(name.removesuffix(".py"))
    ending = re.compile(rf"[\W_]{stem}(?:[-_ ]?\(?\d+\)?)?\.py$")
    candidates = [p for p in others if ending.search(p.name)]
    alike = {p: words_in_common(p.name, notebook.name) for p in candidates}
    best = max(alike.values(), default=0)
    found = [path for path, words in alike.items() if words == best > 0]
    return found[0] if len(found) == 1 else None


def words_in_common(first, second):
    """Count the words with which both names begin."""
    pairs = zip(re.split(r"[\W_]+", first), re.split(r"[\W_]+", second))
    return next((n for n, (a, b) in enumerate(pairs) if a != b), 0)


# Notebooks


def is_hidden(path):
    """Tell what macOS, editors and environments leave in a folder."""
    return any(part.startswith(".") or part in NOT_HAND_INS for part in path.parts)


def notebooks_in(folder):
    """Return the paths of the notebooks in a folder and below, {name: path}.

    Linked folders are followed, but never in a circle.
    """
    found, seen = {}, set()
    for where, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        inside = Path(where).relative_to(folder)
        if real in seen or is_hidden(inside):
            folders.clear()
            continue
        seen.add(real)
        for name in [*files, *folders]:
            path = inside / name
            if name.lower().endswith(".ipynb") and not is_hidden(path):
                found[path.with_suffix("").as_posix()] = folder / path
    return found


def read_hand_in(path, name, sharing=1):
    """Return the hand-in of a notebook's path; of an odd one, what is odd.

    Parameters
    ----------
    path : Path
    name : str
    sharing : int
        How many notebooks are in its folder.
    """
    if path.is_dir():
        return HandIn(name, problem=f"{path.name} is a folder")
    try:
        content = path.read_bytes()
    except OSError as error:
        what = "a broken link" if path.is_symlink() else error.strerror or "unreadable"
        return HandIn(name, problem=f"{path.name} is {what}")
    modules, notes = modules_beside(path)
    if sharing > 1 and modules.get("mlp.py") == path.with_name("mlp.py"):
        notes.append(f"mlp.py is shared by the {sharing} notebooks of its folder")
    files = {module: p.read_bytes() for module, p in modules.items()}
    return HandIn(name, {**files, NOTEBOOK: content}, tuple(notes))


def find_hand_ins(path):
    """Return the hand-ins at a path.

    Parameters
    ----------
    path : str or Path
        A notebook, or a folder with notebooks in it or in folders below. Hidden folders
        and those of archives of macOS are left out.

    Returns
    -------
    list of HandIn
        One that can't be read has a `problem`; it does not stop the others.

    Raises
    ------
    FileNotFoundError, ValueError
        When there is no notebook.
    """
    path = Path(path)
    if path.is_dir():
        found = notebooks_in(path)
        if not found:
            raise ValueError(
                f"path must be a notebook or a folder with notebooks; got {path}"
            )
        sharing = Counter(p.parent for p in found.values())
        return [
            read_hand_in(found[name], name, sharing[found[name].parent])
            for name in sorted(found)
        ]
    if not path.exists():
        raise FileNotFoundError(
            f"path must be a notebook or a folder; there is no {path}"
        )
    if path.suffix.lower() != ".ipynb":
        raise ValueError(f"path must be a notebook (.ipynb) or a folder; got {path}")
    return [read_hand_in(path, path.stem)]
