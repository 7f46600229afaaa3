"""What imports of a hand-in find that a notebook, Colab or the assignment has."""

import ast
import importlib.abc
import importlib.machinery
import sys
from pathlib import Path

UTILS = Path(__file__).parents[1] / "utils.py"
notes = []  # what whoever reads the marks has to know


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules by their names, and fills them itself."""

    def finds(self, name):
        """Tell whether a module is found here."""
        raise NotImplementedError

    def find_spec(self, name, path=None, target=None):
        """Return the specification of a module that is found here."""
        if self.finds(name):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None


class NotebookBars(Finder):
    """Let tqdm.notebook, which needs a browser, be plain tqdm."""

    def finds(self, name):
        """Tell tqdm.notebook."""
        return name == "tqdm.notebook"

    def exec_module(self, module):
        """Fill the module."""
        from tqdm import std

        module.tqdm = module.tqdm_notebook = std.tqdm
        module.trange = module.tnrange = std.trange


class Colab(Finder):
    """Let google.colab be there, which mounts and uploads nothing."""

    def finds(self, name):
        """Tell google.colab, what is in it, and what it is in."""
        return f"{name}.".startswith("google.colab.") or name == "google"

    def exec_module(self, module):
        """Fill the module."""
        if module.__name__ != "google":
            module.__getattr__ = part_of_colab


class Idle:
    """Stands for a part of Colab: whatever is called, nothing happens."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: {} if name == "upload" else None

    def __call__(self, *args, **kwargs):
        return None


def part_of_colab(name):
    """Return what stands for a part of Colab."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Idle()


class Utils(Finder):
    """Let the assignment's utils be there, whatever `mlp` is to the hand-in.

    Parameters
    ----------
    folders : list of str
        Where the assignment's file has to lie; anywhere, or nowhere, if there is none.
    """

    def __init__(self, folders=()):
        self.folders = folders

    def finds(self, name):
        """Tell utils."""
        if name != "utils" or not self.folders:
            return name == "utils"
        spec = importlib.machinery.PathFinder.find_spec(name, self.folders)
        return spec is not None and is_the_assignments(spec.origin)

    def exec_module(self, module):
        """Run the book's file, to which `mlp` is the book."""
        if not self.folders:
            notes.append("There is no utils.py beside it; the assignment's is taken.")
        paths, finders, its_own = sys.path[:], sys.meta_path[:], without_mlp()
        sys.path.insert(0, str(UTILS.parents[2]))
        sys.meta_path[:] = [f for f in finders if not isinstance(f, SideBySide)]
        try:
            exec(compile(UTILS.read_text("utf-8"), UTILS, "exec"), vars(module))
        finally:
            without_mlp()
            sys.modules.update(its_own)
            sys.path[:], sys.meta_path[:] = paths, finders


def is_the_assignments(path):
    """Tell whether a file is the assignment's utils.py, but for the ends of lines."""
    return path is not None and lines_of(path) == lines_of(UTILS)


def lines_of(path):
    """Return the lines of a file, whatever ends them."""
    return Path(path).read_text("utf-8-sig", "replace").rstrip().splitlines()


def without_mlp():
    """Forget the modules of a package mlp, and return them by name."""
    names = [name for name in sys.modules if name.partition(".")[0] == "mlp"]
    return {name: sys.modules.pop(name) for name in names}


class SideBySide(importlib.abc.MetaPathFinder):
    """Let relative imports find the files beside: `.layers` is the module layers.

    A file that has one becomes a package without a folder, and so does a notebook.

    Parameters
    ----------
    folders : list of str
        Where the files lie.
    """

    def __init__(self, folders):
        self.folders, self.packages = folders, set()

    def find_spec(self, name, path=None, target=None):
        """Return the specification of such a file, or of one that it names so."""
        package, _, last = name.rpartition(".")
        if package in self.packages:
            alias = Alias(self.module(last))
            return importlib.machinery.ModuleSpec(name, alias)
        spec = None if package else self.file_beside(name)
        if spec is None:
            return None
        path = Path(spec.origin)
        self.note(name, path.name, path.read_text("utf-8", errors="replace"))
        if name not in self.packages:
            return None
        spec.submodule_search_locations = []
        return spec

    def file_beside(self, name):
        """Return the specification of a file of Python, if there is one."""
        spec = importlib.machinery.PathFinder.find_spec(name, self.folders)
        is_file = spec and spec.has_location and spec.origin.endswith(".py")
        return spec if is_file and spec.submodule_search_locations is None else None

    def module(self, name):
        """Return the module of a file that a relative import names."""
        if name != "utils" and not self.file_beside(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return importlib.import_module(name)

    def note(self, name, place, source):
        """Note where a module's source has a relative import, if it has one."""
        found = relative_import(source)
        if found:
            self.packages.add(name)
            notes.append(
                f"{place}, line {found.lineno}: `{ast.unparse(found)}` is run without "
                "the dot, as the files lie side by side, in no package."
            )

    def let_be_package(self, module, cells):
        """Let a module whose code is run here be a package, if it is to be one."""
        for place, source in cells:
            self.note(module.__name__, place, source)
        if module.__name__ in self.packages:
            module.__path__, module.__package__ = [], module.__name__


def relative_import(source):
    """Return the first relative import of a source, or nothing; none that is tried."""
    try:
        nodes = not_tried(ast.parse(source))
        return next(
            (n for n in nodes if isinstance(n, ast.ImportFrom) and n.level), None
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def not_tried(node):
    """Yield the nodes below one that are in no ``try``, where an error is caught."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Try):
            yield child
            yield from not_tried(child)


class Alias(importlib.abc.Loader):
    """Loads a module that is there under another name, too."""

    def __init__(self, module):
        self.module, self.spec = module, module.__spec__

    def create_module(self, spec):
        """Return the module."""
        return self.module

    def exec_module(self, module):
        """Give the module its own specification back."""
        module.__spec__ = self.spec


def prepare():
    """Let imports find all this; what is really there goes first, but for bars."""
    sys.meta_path.insert(0, NotebookBars())
    sys.meta_path.extend([Colab(), Utils()])


def side_by_side(folders):
    """Let imports find the files of the folders as is meant; return their finder."""
    finder = SideBySide(folders)
    sys.meta_path[:0] = [Utils(folders), finder]
    return finder
