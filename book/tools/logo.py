"""The logo, which is also the favicon: a 3-3-1 network with a check mark."""

from itertools import product

LOGO = "book/_static/logo.svg"
BLUE, GREEN = "#3b82c4", "#2f9e62"  # readable on white and on black
LAYERS = [[(9, y) for y in (12, 32, 52)], [(30, y) for y in (12, 32, 52)], [(51, 32)]]


def drawing():
    """The network as SVG text: edges, nodes, and the check mark in the last node."""
    pairs = [pair for a, b in zip(LAYERS, LAYERS[1:]) for pair in product(a, b)]
    edges = "".join(f"M{x} {y}L{u} {v}" for (x, y), (u, v) in pairs)
    nodes = "".join(
        f'<circle cx="{x}" cy="{y}" r="6"/>' for x, y in LAYERS[0] + LAYERS[1]
    )
    [(x, y)] = LAYERS[2]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">\n'
        f'<path d="{edges}" stroke="{BLUE}" stroke-width="1.5" opacity=".6"/>\n'
        f'<g fill="{BLUE}">{nodes}</g>\n'
        f'<circle cx="{x}" cy="{y}" r="12" fill="{GREEN}"/>\n'
        f'<path d="M{x - 6} {y}l4 5l8 -9" fill="none" stroke="#fff"'
        ' stroke-width="3.5"/>\n'
        "</svg>\n"
    )


def made():
    return {LOGO: drawing()}
