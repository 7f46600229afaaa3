"""Everything that is made from something else: `python -m book.tools generate`.

Each maker returns {path from the root: text, or bytes}.
"""

from . import (
    ROOT,
    assertions,
    draw_weights,
    formulas,
    labels,
    layers,
    logo,
    modules,
    picture,
)

MAKERS = {
    "modules": modules.made,
    "labels": labels.made,
    "formulas": formulas.made,
    "layers": layers.made,
    "assertions": assertions.made,
    "picture": picture.made,
    "logo": logo.made,
    "weights": draw_weights.made,
}


def stored(path, content):
    """What the file holds now, as text or bytes like `content`; None without a file."""
    file = ROOT / path
    if not file.exists():
        return None
    return (
        file.read_bytes()
        if isinstance(content, bytes)
        else file.read_text(encoding="utf-8")
    )


def stale(maker):
    """{path: content} of the files of a maker that are not what they must be."""
    return {
        path: new for path, new in MAKERS[maker]().items() if stored(path, new) != new
    }


def generate(*makers):
    """Write and name the files that are out of date, of these makers or of all."""
    for maker in makers or MAKERS:
        for path, content in stale(maker).items():
            data = content if isinstance(content, bytes) else content.encode()
            (ROOT / path).write_bytes(data)
            print(f"wrote {path}", flush=True)
