"""The pictures that other programs show of the book: a card, and an icon for phones."""

from itertools import product

from matplotlib.figure import Figure
from matplotlib.patches import Circle

from .logo import BLUE, GREEN, LAYERS

ALT = "A small network whose last node is a check mark, and the title of the book."
GROUND = "#ffffff"


def draw_logo(axes):
    """The logo of book/_static/logo.svg, on axes of 64 by 64."""
    axes.set(xlim=(0, 64), ylim=(64, 0), aspect="equal")
    axes.axis("off")
    for a, b in zip(LAYERS, LAYERS[1:]):
        for (x, y), (u, v) in product(a, b):
            axes.plot([x, u], [y, v], color=BLUE, alpha=0.6, lw=width(axes, 1.5))
    for center in LAYERS[0] + LAYERS[1]:
        axes.add_patch(Circle(center, 6, color=BLUE, lw=0, zorder=2))
    [(x, y)] = LAYERS[2]
    axes.add_patch(Circle((x, y), 12, color=GREEN, lw=0, zorder=2))
    check = [x - 6, x - 2, x + 6], [y, y + 5, y - 4]
    axes.plot(*check, color="white", lw=width(axes, 3.5), zorder=3)


def width(axes, units):
    """A width on the axes, in points."""
    return units * axes.get_window_extent().width / 64 * 72 / axes.figure.dpi


def draw(path, title):
    """Write the card, 1200 by 630 pixels: the logo, the title, and what it promises."""
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=GROUND)
    draw_logo(figure.add_axes((0.05, 0.2, 0.315, 0.6)))
    first, _, rest = title.partition(" ")
    style = {"color": "#14181e", "va": "center"}
    figure.text(0.41, 0.62, f"{first}\n{rest}", size=46, weight="bold", **style)
    subtitle = "Derived, proved, built and tested, step by step"
    figure.text(0.41, 0.38, subtitle, size=21, **style)
    figure.savefig(path)


def draw_icon(path):
    """Write the logo as a square of 180 pixels, on white as phones want it."""
    figure = Figure(figsize=(1.8, 1.8), dpi=100, facecolor=GROUND)
    draw_logo(figure.add_axes((0.06, 0.06, 0.88, 0.88)))
    figure.savefig(path)
