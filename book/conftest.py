"""A chapter that needs an extra package is skipped, with the reason, where that is missing.

A cell tagged `needs-torch` says so for the whole chapter: its later cells build on it.
"""

import pytest
from modules import missing


def pytest_collection_modifyitems(items):
    for item in items:
        names = missing(item.parent.nb) if hasattr(item.parent, "nb") else []
        if names:
            reason = f"{' and '.join(names)} not installed: pip install '.[peers]'"
            item.add_marker(pytest.mark.skip(reason=reason))
