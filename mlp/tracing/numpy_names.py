"""NumPy's names, each with its formula for an entry; a name that is missing refuses.

They are in several files, by what they do; each enters its names in the table.
"""

from mlp.tracing import (
    numpy_blocks,
    numpy_composed,
    numpy_entries,
    numpy_made,
    numpy_shapes,
    numpy_sums,
)
from mlp.tracing.numpy_shapes import full_array
from mlp.tracing.numpy_table import (
    CONSTANTS,
    METHODS,
    NAMES,
    called,
    with_known_options,
)

PARTS = (
    numpy_entries,
    numpy_shapes,
    numpy_sums,
    numpy_made,
    numpy_blocks,
    numpy_composed,
)

__all__ = [
    "CONSTANTS",
    "METHODS",
    "NAMES",
    "PARTS",
    "called",
    "full_array",
    "with_known_options",
]
