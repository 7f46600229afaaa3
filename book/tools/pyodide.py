"""The files of Pyodide, Python for the browser, and the sums that they must have.

`pyodide.json` names each file with its bytes and its SHA-256 sums: the official one,
and a second one where a folder for tests may hold a wheel of the same version from
elsewhere.
"""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

LIST = Path(__file__).with_name("pyodide.json")
VERSION = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"


@cache
def files():
    """{name: {"bytes": …, "sha256": […], "imports": […]}}"""
    return json.loads(LIST.read_text(encoding="utf-8"))


def differing(folder):
    """The files of a folder that are missing or have none of their sums."""
    return [
        name
        for name, known in files().items()
        if not (path := Path(folder) / name).is_file()
        or sha256(path.read_bytes()).hexdigest() not in known["sha256"]
    ]
