"""The figures' colors on the page: one picture, legible on white and in the dark."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from book.tools.chapters import chapters

FIGURE = "book/build/plots.html"


def luminance(color):
    rgb = np.array(color)  # (3,)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def factor_and_ground(page, theme):
    """How a theme brightens a figure, and the color (3,) of the page behind it."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.wait_for_timeout(400)  # colors fade
    figure = page.locator(".cell_output img").first
    told = figure.evaluate("image => getComputedStyle(image).filter")
    ground = figure.evaluate("""image => {
        const color = box => getComputedStyle(box).backgroundColor;
        let box = image;
        while (/, 0\\)$/.test(color(box))) box = box.parentElement;
        return color(box);
    }""")
    factor = float(re.fullmatch(r"brightness\((.*)\)", told)[1])
    return factor, np.array(
        [int(part) for part in re.findall(r"\d+", ground)[:3]]
    ) / 255


def factors_of_the_chapter():
    """The factors by which the chapter on plots judges the colors."""
    chapter = next(c for c in chapters() if c.path.name == "plots.ipynb")
    cell = next(c for c in chapter.code_cells if c.source.startswith("factors = "))
    return [float(number) for number in re.findall(r": ([\d.]+)", cell.source)[:2]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_in_figures_has_a_contrast_of_4_5(visit, theme):
    factor, ground = factor_and_ground(visit(FIGURE), theme)
    with plt.style.context("mlp.book"):
        colors = plt.rcParams["axes.prop_cycle"].by_key()["color"]
        texts = [plt.rcParams[f"{part}.color"] for part in ("text", "xtick", "ytick")]
    for color in [*colors, *texts]:
        shown = np.minimum(1, factor * np.array(to_rgb(color)))
        assert contrast(shown, ground) >= 4.5, color


def test_the_page_brightens_figures_as_the_chapter_on_plots_says(visit):
    page = visit(FIGURE)
    shown = [factor_and_ground(page, theme)[0] for theme in ("light", "dark")]
    assert shown == factors_of_the_chapter()
