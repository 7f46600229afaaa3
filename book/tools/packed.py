"""Data as JSON in as few characters as possible, for a script of the site."""

import json


def packed(data):
    """The text that a script reads as the data."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
