"""Limits on what a child process may use, and where it may write."""

import contextlib
import io
import math
import os
import sys
import time

MEMORY = 4 * 2**30  # bytes of address space
FILE_SIZE = 64 * 2**20  # bytes of a file that the hand-in writes
OUTPUT = 2000  # characters of what it prints that are kept
PATH_EVENTS = {
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "shutil.rmtree",
    "sqlite3.connect",
}
PROCESS_EVENTS = {
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.killpg",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "subprocess.Popen",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit_resources():
    """Bound memory and file size, where the platform can."""
    set_limits({"AS": 2 * (MEMORY,), "FSIZE": 2 * (FILE_SIZE,), "CORE": (0, 0)})


def limit_time(seconds, stays=False):
    """Bound CPU time from now on, where the platform can.

    Parameters
    ----------
    seconds : float
        No limit if it is infinite.
    stays : bool
        Whether the limit can be moved later.
    """
    if math.isfinite(seconds):
        least = math.ceil(seconds + time.process_time())
        set_limits({"CPU": (least, -1 if stays else least + 1)})  # -1 is no limit


def set_limits(limits):
    """Set limits of the process, {name: (soft, hard)}."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, limit in limits.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), limit)


def refuse_outside(folder):
    """Refuse from now on to write outside the folder, and to start or end processes."""
    allowed = os.path.realpath(folder)

    def is_inside(path):
        if isinstance(path, int):  # an open file
            return True
        path = os.path.realpath(os.fsdecode(path))
        return path == os.devnull or os.path.commonpath([path, allowed]) == allowed

    def hook(event, args):
        if event in PROCESS_EVENTS:
            raise PermissionError(
                f"a hand-in must not start or end processes ({event})"
            )
        paths = []
        if event == "open" and isinstance(args[2], int) and args[2] & WRITING:
            paths = args[:1]
        elif event in PATH_EVENTS:
            paths = [arg for arg in args if isinstance(arg, (str, bytes, os.PathLike))]
        for path in paths:
            if path is not None and not is_inside(path):
                raise PermissionError(
                    f"a hand-in must not write outside its folder: {path}"
                )

    sys.addaudithook(hook)


class Shortened(io.StringIO):
    """Text of which only the beginning is kept."""

    def write(self, text):
        """Keep what there is room for."""
        super().write(text[: max(OUTPUT - self.tell(), 0)])
        return len(text)
