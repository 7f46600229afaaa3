# Made by `make mlp` from book/build/plots.ipynb: edit it there.
from numbers import Integral

import matplotlib.pyplot as plt
import numpy as np

from mlp.checks import check_choice, check_number


def visualize_grid(images, ubound=255.0, padding=1):
    """Tile images into as many rows as columns, each stretched to the full range of gray.

    Parameters
    ----------
    images : array_like, (M, height, width) or (M, height, width, channels)
    ubound : float
        The brightest value; the darkest is 0. A constant image becomes 0 everywhere.
    padding : int
        Pixels of value 0 between images, at least 0.

    Returns
    -------
    grid : ndarray
        ceil(√M) rows and columns of tiles, values 0 … ubound.

    Raises
    ------
    ValueError, TypeError
        When images has another number of dimensions or no pixels, or padding is not a
        whole number of at least 0.
    """
    images = np.asarray(images, dtype=float)
    if images.ndim not in (3, 4) or images.size == 0:
        raise ValueError(
            f"images must have shape (M, height, width[, channels]); got {images.shape}"
        )
    padding = check_number("padding", padding, Integral, least=0)
    side = int(np.ceil(np.sqrt(len(images))))
    height, width = images.shape[1] + padding, images.shape[2] + padding
    grid = np.zeros(
        (side * height - padding, side * width - padding, *images.shape[3:])
    )
    for i, image in enumerate(images):
        row, column = i // side * height, i % side * width
        spread = image.max() - image.min() or 1.0
        tile = ubound * ((image - image.min()) / spread)  # (height, width)
        grid[row : row + images.shape[1], column : column + images.shape[2]] = tile
    return grid


def plot_stats(stats):
    """Draw the histories of a training run: loss, gradient, accuracies.

    Parameters
    ----------
    stats : dict
        As `train` returned it.

    Returns
    -------
    figure : matplotlib Figure
        Three panels: the loss and the norm of the gradient by W1 at each step, both
        accuracies after each epoch.
    """
    figure, (loss, gradient, accuracy) = plt.subplots(
        1, 3, figsize=(8.5, 2.8), layout="constrained"
    )
    loss.plot(stats["loss_history"])
    loss.set(xlabel="step (minibatches)", ylabel="loss (nats)", title="Loss")
    gradient.plot(stats["grad_magnitude_history"])
    gradient.set(
        xlabel="step (minibatches)",
        ylabel="norm of the gradient by W1",
        title="Gradient",
    )
    epochs = np.arange(1, len(stats["val_acc_history"]) + 1)
    accuracy.plot(epochs, stats["train_acc_history"], ".-", label="last minibatch")
    accuracy.plot(epochs, stats["val_acc_history"], "x--", label="validation set")
    accuracy.set(xlabel="epoch", ylabel="accuracy (share correct)", title="Accuracy")
    accuracy.legend()
    return figure


def show_net_weights(net):
    """Draw the first layer's weights as images, one for each hidden unit.

    Parameters
    ----------
    net : MLP
        With a square number of inputs, D = side².

    Returns
    -------
    figure : matplotlib Figure

    Raises
    ------
    ValueError
        When D is not a square number.
    """
    W1 = net.params["W1"]  # (D, H)
    side = round(len(W1) ** 0.5)
    if side * side != len(W1):
        raise ValueError(
            f"net must have a square number of inputs, as images do; got {len(W1)}"
        )
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.imshow(visualize_grid(W1.T.reshape(-1, side, side), padding=3), cmap="gray")
    axes.set_axis_off()
    return figure


NODE_KINDS = {
    "value": {"boxstyle": "round,pad=0.5,rounding_size=0.6", "facecolor": "#2370b3"},
    "input": {"boxstyle": "square,pad=0.5", "facecolor": "#6a6a6a"},
    "parameter": {"boxstyle": "ellipse,pad=0.4", "facecolor": "#b34d00"},
}


def draw_graph(nodes, edges, axes=None, kinds=None, labels=None):
    """Draw a computation graph.

    Parameters
    ----------
    nodes : dict
        For each node's name its (x, y, text). Text may hold mathematics between dollar
        signs. A unit of x or y is about an inch, less when the graph is wide.
    edges : iterable of pairs
        (from, to): names of nodes; an arrow is drawn.
    axes : matplotlib Axes
        None makes a new figure, with half a unit around the outermost nodes.
    kinds : dict
        For some names "input" (a square), "parameter" (an ellipse) or "value" (rounded,
        the default).
    labels : dict
        For some edges, as pairs, the text to put beside the arrow.

    Returns
    -------
    figure : matplotlib Figure

    Raises
    ------
    ValueError
        When edges or kinds name a node that is not there, labels an edge that is not
        there, a kind is unknown, or there are no nodes.
    """
    edges, kinds, labels = [tuple(edge) for edge in edges], kinds or {}, labels or {}
    if not nodes:
        raise ValueError("nodes must hold at least one node; got none")
    for name in [*kinds, *sum(edges, ())]:
        check_choice("a node in edges or kinds", name, nodes)
    for edge in labels:
        check_choice("an edge in labels", edge, edges)
    places = {name: np.array(node[:2], dtype=float) for name, node in nodes.items()}
    low = np.min(list(places.values()), axis=0) - 0.5  # (2,)
    high = np.max(list(places.values()), axis=0) + 0.5  # (2,)
    if axes is None:
        size = (high - low) * min(1.1, 7.5 / (high - low)[0])  # inches
        axes = plt.subplots(figsize=size, layout="constrained")[1]
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    axes.set_axis_off()
    boxes = {}
    for name, (x, y, text) in nodes.items():
        kind = check_choice("kinds", kinds.get(name, "value"), NODE_KINDS)
        style = {"color": "white", "size": 12, "ha": "center", "va": "center"}
        box = {"edgecolor": "none", **NODE_KINDS[kind]}
        boxes[name] = axes.text(x, y, text, bbox=box, **style).get_bbox_patch()
    arrow = {"arrowstyle": "-|>", "mutation_scale": 14, "shrinkA": 0, "shrinkB": 2}
    arrow |= {"linewidth": 1.4, "color": plt.rcParams["text.color"]}
    for start, end in edges:  # an arrow ends where its nodes' boxes begin
        ends = {"patchA": boxes[start], "patchB": boxes[end]}
        axes.annotate("", places[end], places[start], arrowprops=arrow | ends)
    for (start, end), text in labels.items():  # beside the middle of the arrow
        dx, dy = places[end] - places[start]
        normal = np.array([-dy, dx]) / np.hypot(dx, dy)  # (2,)
        normal = normal if normal[1] > 0 else -normal
        level, upright = abs(normal[0]) < 0.3, normal[1] < 0.3
        axes.annotate(
            text,
            (places[start] + places[end]) / 2,
            4 * normal,  # points
            textcoords="offset points",
            ha="center" if level else "right" if normal[0] < 0 else "left",
            va="center" if upright else "bottom",
        )
    return axes.figure
