"""Find hand-ins in a folder: notebooks, and the modules beside them."""

import os
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

NOTEBOOK, MODULES = "hand_in.ipynb", ["mlp.py", "utils.py"]
NOT_HAND_INS = {"__MACOSX", "__pycache__", "node_modules"}  # and hidden ones
IS_NOTEBOOK = re.compile(r"\.ipynb(?:\.txt|\.json)?$", re.I)  # browsers add an ending
NO_NAME = re.compile(
    r"v?\d+|copy|copie|kopie|copia|final", re.I
)  # what is added to one
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


def modules_beside(path, sharing):
    """Return the modules beside a notebook, {name to import: path}, and notes."""
    files = [p for p in path.parent.iterdir() if is_module(p)]
    others = sorted(p for p in files if p.name.endswith((".py", ".py.txt")))[:MOST]
    found, notes = {p.name: p for p in others if p.suffix == ".py"}, []
    for inside in modules_in_packages(path.parent):
        found[inside.relative_to(path.parent).as_posix()] = inside
    for name in MODULES:
        if name not in found or sharing > 1:
            named = renamed(name, path, others, sharing)
            if named and named.name != name:
                found[name] = named
                notes.append(f"{named.name} is taken for its {name}")
    return found, notes


def modules_in_packages(folder):
    """Return the modules in folders below that have some, and are no hand-ins."""
    packages = [
        p for p in folder.iterdir() if p.is_dir() and not is_hidden(Path(p.name))
    ]
    packages = [p for p in packages if not any(p.rglob("*.ipynb*"))]
    return [m for p in packages for m in sorted(p.glob("*.py")) if is_module(m)][:MOST]


def is_module(path):
    """Tell a file that can be taken along."""
    return (
        path.is_file()
        and not path.name.startswith(".")
        and path.stat().st_size <= LARGEST
    )


def renamed(name, notebook, others, sharing):
    """Return the one file that a platform has renamed from a name; None in doubt.

    It begins or ends with the name, as ``mlp (1).py`` or ``ann_102_mlp-1.py``. Where
    there are several, or several notebooks, it begins or ends as the notebook does.
    """
    stem = name.removesuffix(".py")
    candidates = [p for p in others if is_renamed(stem, p.name)]
    alike = {p: words_in_common(p.name, notebook.name) for p in candidates}
    best = max(alike.values(), default=0)
    if best == 0 and (sharing > 1 or len(candidates) > 1):
        return None
    found = [path for path, words in alike.items() if words == best]
    return found[0] if len(found) == 1 else None


def is_renamed(stem, name):
    """Tell whether a file's name begins or ends with a stem, but for what is added."""
    words = words_of(name)
    core = [word for word in words if not NO_NAME.fullmatch(word)]
    return bool(core) and stem in (words[0], core[-1])


def words_of(name):
    """Return the words of a file's name without its endings, in small letters."""
    stem = re.sub(r"\.(?:py|ipynb)(?:\.txt|\.json)?$", "", name, flags=re.I)
    plain = unicodedata.normalize("NFC", stem).lower()
    return [word for word in re.split(r"[\W_]+", plain) if word]


def words_in_common(first, second):
    """Count the words with which two names begin, or end."""
    pairs = words_of(first), words_of(second)
    ends = [list(reversed(words)) for words in pairs]
    return max(alike_at_first(*pairs), alike_at_first(*ends))


def alike_at_first(first, second):
    """Count the entries with which two lists begin."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(first, second))))


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
            if IS_NOTEBOOK.search(name) and not is_hidden(path):
                found[name_of(path)] = folder / path
    return found


def name_of(path):
    """Return how a notebook's hand-in is called; an ending that was added stays."""
    is_plain = path.suffix.lower() == ".ipynb"
    return (path.with_suffix("") if is_plain else path).as_posix()


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
    modules, notes = modules_beside(path, sharing)
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
    if not IS_NOTEBOOK.search(path.name):
        raise ValueError(f"path must be a notebook (.ipynb) or a folder; got {path}")
    return [read_hand_in(path, name_of(Path(path.name)))]
