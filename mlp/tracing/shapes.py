"""Shapes as words: "N D", "4H D", "N 3", "" for a scalar, "N of K" for labels."""

import re
from dataclasses import dataclass
from keyword import iskeyword

from mlp.tracing.axes import SMALL, normal

WORD = re.compile(r"(\d*)([A-Za-z_]\w*)|(\d+)")
NO_SIZES = {"of", "bool", "float", "int", "complex", "str", "array", "scalar", "labels"}
NUMBER_TYPE = re.compile(r"(float|int|uint|complex)\d+")


@dataclass(frozen=True)
class Shape:
    """The axes of an argument, and for labels the axis that they choose from."""

    axes: tuple
    labels: tuple | None = None


def read_shape(name, words, sizes):
    """Return the shape that words say."""
    front, behind = words.split(), []
    if "of" in front:
        n = front.index("of")
        front, behind = front[:n], front[n + 1 :]
        if len(behind) != 1:
            raise ValueError(
                f"{name}: {words!r} must name one size after 'of', as 'N of K'"
            )
    if "x" in front[1:-1]:
        told = " ".join(word for word in front if word != "x")
        raise ValueError(f"{name}: {words!r} has an 'x' between sizes; write {told!r}")
    axes = tuple(read_axis(name, word, sizes) for word in front)
    return Shape(axes, read_axis(name, behind[0], sizes) if behind else None)


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
    if letter and is_no_size(letter):
        raise ValueError(
            f"{name}: {letter!r} is no name of a size; a shape names the length of "
            "each axis, such as 'N D', and 'N of K' is N labels 0 … K - 1"
        )
    n = int(alone or times or 1)
    segment = sizes.get(letter, letter) if letter else 1
    if isinstance(segment, int) and segment >= 1:
        n, segment = n * segment, 1
    if n < 1:
        raise ValueError(f"{name}: {word!r} is no length, which is 1 or more")
    return (n,) if segment == 1 and n > SMALL else (segment,) * n


def is_no_size(word):
    """Tell words of Python, and of types of numbers, from names of sizes."""
    return word in NO_SIZES or iskeyword(word) or bool(NUMBER_TYPE.fullmatch(word))


def check_sizes(sizes):
    """Return sizes as whole numbers, or raise for what is none."""
    if not isinstance(sizes, dict):
        raise TypeError(
            f'sizes: a dict is expected, such as {{"T": 4}}; got {sizes!r:.40}'
        )
    for name, n in sizes.items():
        whole = not isinstance(n, bool) and hasattr(n, "__index__")
        if not whole or int(n) < 1:
            error = ValueError if whole else TypeError
            raise error(f"sizes: {name} is a whole number, 1 or more; got {n!r:.40}")
    return {name: int(n) for name, n in sizes.items()}


def words_of_sizes(words):
    """Return the names of sizes in a shape that could be read."""
    return {letter for _, letter, _ in WORD.findall(words)} - {"", "of"}


def names_of_sizes(shapes):
    """Return the names of the sizes in shapes, in the order in which they came."""
    names = {}
    for shape in shapes:
        for axis in (*shape.axes, *([shape.labels] if shape.labels else [])):
            for factor in axis:
                names.update({s: None for s in factor if isinstance(s, str)})
    return list(names)
