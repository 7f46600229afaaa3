"""Shapes as words: "N D", "4H D", "N 3", "" for a scalar, "N of K" for labels."""

import re
from dataclasses import dataclass

from mlp.tracing.axes import SMALL, normal

WORD = re.compile(r"(\d*)([A-Za-z_]\w*)|(\d+)")


@dataclass(frozen=True)
class Shape:
    """The axes of an argument, and for labels the axis that they choose from."""

    axes: tuple
    labels: tuple | None = None


def read_shape(name, words, sizes):
    """Return the shape that words say."""
    front, of, behind = words.partition(" of ")
    axes = tuple(read_axis(name, word, sizes) for word in front.split())
    if not of:
        return Shape(axes)
    if len(behind.split()) != 1:
        raise ValueError(
            f"{name}: {words!r} must name one size after 'of', as 'N of K'"
        )
    return Shape(axes, read_axis(name, behind.strip(), sizes))


def read_axis(name, word, sizes):
    """Return the axis that a word says: N, 3, 4H, D+H or C*H*W."""
    if "*" in word:
        factors = [read_factor(name, part, sizes) for part in word.split("*")]
        return normal([factor for factor in factors if factor != (1,)])
    segments = [s for part in word.split("+") for s in read_factor(name, part, sizes)]
    return () if segments == [1] else (tuple(segments),)


def read_factor(name, word, sizes):
    """Return the segments that N, 3 or 4H says."""
    match = WORD.fullmatch(word)
    if not match:
        raise ValueError(
            f"{name}: {word!r} is no length; a length is a name or a number, such as "
            "'N', '3', '4H', 'D+H', 'C*H*W'"
        )
    times, letter, alone = match.groups()
    n = int(alone or times or 1)
    segment = sizes.get(letter, letter) if letter else 1
    if isinstance(segment, int) and segment >= 1:
        n, segment = n * segment, 1
    if n < 1:
        raise ValueError(f"{name}: {word!r} is no length, which is 1 or more")
    return (n,) if segment == 1 and n > SMALL else (segment,) * n


def names_of_sizes(shapes):
    """Return the names of the sizes in shapes, in the order in which they came."""
    names = {}
    for shape in shapes:
        for axis in (*shape.axes, *([shape.labels] if shape.labels else [])):
            for factor in axis:
                names.update({s: None for s in factor if isinstance(s, str)})
    return list(names)
