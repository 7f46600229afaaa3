"""A chapter that needs an extra package is skipped, with a reason, without it.

A cell tagged `needs-torch` says so for the whole chapter: its later cells build on it.
"""

import os
from functools import cache

import pytest

from book.tools.chapters import Chapter
from book.tools.environment import environment


def pytest_configure():
    """Kernels start in this process's environment: no user's setting reaches them."""
    variables = environment()
    os.environ.clear()
    os.environ.update(variables)


@cache
def lacks(path):
    return Chapter(path).lacks


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.suffix == ".ipynb" and (reason := lacks(item.path)):
            item.add_marker(pytest.mark.skip(reason=reason))
