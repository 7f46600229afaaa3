# Made by `make generate` from book/build/plots.ipynb: edit it there.
from collections.abc import Iterable, Mapping
from functools import partial
from numbers import Integral

import numpy as np

from mlp.checks import as_finite, as_real, check_choice, check_number, check_shape


def visualize_grid(images, ubound=255.0, padding=1):
    """Tile images in as many rows as columns, each stretched to the full range of gray.

    Parameters
    ----------
    images : array_like, (M, height, width) or (M, height, width, channels)
    ubound : float
        The brightest value, above 0; the darkest is 0. A constant image becomes 0
        everywhere.
    padding : int
        Pixels of value 0 between images, at least 0.

    Returns
    -------
    grid : ndarray
        ceil(√M) rows and columns of tiles, values 0 … ubound.

    Raises
    ------
    TypeError
        When images are not real numbers, ubound is not a number, or padding is not a
        whole number.
    ValueError
        When images have another number of dimensions, no pixels, a NaN or infinite
        entry, or a range too large for a float64; when ubound is not finite and above
        0, or padding is negative.
    """
    images = as_finite("images", images)
    if images.ndim not in (3, 4) or images.size == 0:
        raise ValueError(
            f"images must have shape (M, height, width[, channels]); got {images.shape}"
        )
    ubound = check_number("ubound", ubound, above=0)
    padding = check_number("padding", padding, Integral, least=0)
    side = int(np.ceil(np.sqrt(len(images))))
    height, width = images.shape[1] + padding, images.shape[2] + padding
    grid = np.zeros(
        (side * height - padding, side * width - padding, *images.shape[3:])
    )
    for i, image in enumerate(images):
        row, column = i // side * height, i % side * width
        spread = float(image.max()) - float(image.min())  # infinite without a warning
        check_number(f"the range of images[{i}]", spread)
        tile = ubound * ((image - image.min()) / (spread or 1.0))  # (height, width)
        grid[row : row + images.shape[1], column : column + images.shape[2]] = tile
    return grid


HISTORY_PANELS = {  # title, label of x, label of y, style and name of the line
    "loss_history": ("Loss", "step (minibatches)", "loss (nats)", "-", "loss"),
    "grad_magnitude_history": (
        "Gradient",
        "step (minibatches)",
        "norm of the gradient by W1",
        "-",
        "norm",
    ),
    "train_acc_history": (
        "Accuracy",
        "epoch",
        "accuracy (share correct)",
        ".-",
        "last minibatch",
    ),
    "val_acc_history": (
        "Accuracy",
        "epoch",
        "accuracy (share correct)",
        "x--",
        "validation set",
    ),
}


def _filled_histories(stats):
    """Return the histories of a training run that are there and not empty, by name.

    Raises
    ------
    TypeError
        When stats is not a dict, or a history does not hold real numbers.
    ValueError
        When there is no history with an entry, or one has not one dimension.
    """
    if not isinstance(stats, Mapping):
        raise TypeError(
            f"stats must be a dict, as train returns it; got {type(stats).__name__}"
        )
    found = {}
    for name in [name for name in HISTORY_PANELS if name in stats]:
        found[name] = as_real(f"stats[{name!r}]", stats[name])
        check_shape(f"stats[{name!r}]", found[name], ("length",))
    found = {name: history for name, history in found.items() if len(history)}
    if not found:
        raise ValueError(
            f"stats must have one of {', '.join(HISTORY_PANELS)}, with an entry; "
            f"got {', '.join(map(str, stats)) or 'an empty dict'}"
        )
    return found


def _shown_once(figure):
    """Return a figure of pyplot's that a notebook shows once, also as a cell's value.

    A notebook shows the value of a cell, and after the cell all figures that pyplot
    holds. Before it shows a value it calls `_repr_mimebundle_`: then pyplot lets go of
    this figure. In a script, and where figures have windows, pyplot keeps it.
    """
    figure._repr_mimebundle_ = partial(_let_go, figure)
    return figure


def _let_go(figure, include=None, exclude=None):
    """Close a figure of a notebook for pyplot; it shows and saves as before."""
    import matplotlib.pyplot as plt

    if plt.get_backend().endswith("inline") and isinstance(figure, plt.Figure):
        plt.close(figure)
    return {}  # no form of its own: the notebook shows it as any figure


def plot_stats(stats):
    """Draw the histories of a training run: loss, gradient, accuracies.

    Parameters
    ----------
    stats : dict
        As `train` returned it. A history that is missing or empty is left out; NaN
        leaves a gap.

    Returns
    -------
    figure : matplotlib Figure
        Up to three panels: the loss and the norm of the gradient by W1 at each step,
        both accuracies after each epoch. A notebook shows it once.

    Raises
    ------
    TypeError
        When stats is not a dict, or a history does not hold real numbers.
    ValueError
        When there is no history with an entry, or one has not one dimension.
    """
    import matplotlib.pyplot as plt

    found = _filled_histories(stats)
    titles = list(dict.fromkeys(HISTORY_PANELS[name][0] for name in found))
    size = (8.5 * len(titles) / 3, 2.8)  # inches
    figure, panels = plt.subplots(
        1, len(titles), figsize=size, layout="constrained", squeeze=False
    )
    panels = dict(zip(titles, panels[0]))
    for name, history in found.items():
        title, xlabel, ylabel, style, label = HISTORY_PANELS[name]
        x = np.arange(len(history)) + (xlabel == "epoch")  # epochs count from 1
        panels[title].plot(x, history, style, label=label)
        panels[title].set(xlabel=xlabel, ylabel=ylabel, title=title)
    if "Accuracy" in panels:
        panels["Accuracy"].legend()
    return _shown_once(figure)


def show_net_weights(net):
    """Draw the first layer's weights as images, one for each hidden unit.

    Parameters
    ----------
    net : MLP
        With a square number of inputs, D = side².

    Returns
    -------
    figure : matplotlib Figure
        A notebook shows it once.

    Raises
    ------
    TypeError
        When net has no weights W1, or they are not real numbers.
    ValueError
        When D is not a square number, or a weight is NaN or infinite.
    """
    import matplotlib.pyplot as plt

    params = getattr(net, "params", None)
    if not isinstance(params, Mapping) or "W1" not in params:
        raise TypeError(f"net must have net.params['W1']; got {type(net).__name__}")
    W1 = as_finite("net.params['W1']", params["W1"])  # (D, H)
    check_shape("net.params['W1']", W1, ("D", "H"))
    side = round(len(W1) ** 0.5)
    if side * side != len(W1):
        raise ValueError(
            f"net must have a square number of inputs, as images do; got {len(W1)}"
        )
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.imshow(visualize_grid(W1.T.reshape(-1, side, side), padding=3), cmap="gray")
    axes.set_axis_off()
    return _shown_once(figure)


NODE_KINDS = {
    "value": {"boxstyle": "round,pad=0.5,rounding_size=0.6", "facecolor": "#216cae"},
    "input": {"boxstyle": "square,pad=0.5", "facecolor": "#6a6a6a"},
    "parameter": {"boxstyle": "ellipse,pad=0.4", "facecolor": "#b34d00"},
}


def _check_graph(nodes, edges, kinds, labels):
    """Return each node's place and the edges as a list, when all fit together.

    Raises
    ------
    TypeError, ValueError
        As `draw_graph` says.
    """
    for name, given in {"nodes": nodes, "kinds": kinds, "labels": labels}.items():
        if not isinstance(given, Mapping):
            raise TypeError(f"{name} must be a dict; got {type(given).__name__}")
    if not nodes:
        raise ValueError("nodes must hold at least one node; got none")
    places = {name: _check_node(name, node) for name, node in nodes.items()}
    edges = [_check_edge(edge, places) for edge in edges]
    for name, kind in kinds.items():
        check_choice("a node in kinds", name, nodes)
        check_choice("kinds", kind, NODE_KINDS)
    for edge in labels:
        check_choice("an edge in labels", edge, edges)
    return places, edges


def _check_node(name, node):
    """Return the place of a node that is (x, y, text) with finite numbers."""
    if not isinstance(node, (tuple, list)) or len(node) != 3:
        raise ValueError(f"nodes[{name!r}] must be (x, y, text); got {node!r}")
    x, y, _ = node
    x, y = (check_number(f"{k} of nodes[{name!r}]", v) for k, v in [("x", x), ("y", y)])
    return np.array([x, y])  # (2,)


def _check_edge(edge, places):
    """Return an edge, (from, to), that joins two nodes at different places."""
    pair = tuple(edge) if isinstance(edge, Iterable) else ()
    if len(pair) != 2:
        raise ValueError(f"edges must be pairs (from, to); got {edge!r}")
    for name in pair:
        check_choice("a node in edges", name, places)
    start, end = (places[name] for name in pair)
    if np.array_equal(start, end):
        raise ValueError(f"edges must join nodes at different places; got {pair}")
    return pair


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
        A notebook shows it once.

    Raises
    ------
    TypeError
        When nodes, kinds or labels are no dict, or x or y is not a number.
    ValueError
        When there are no nodes, or one is not (x, y, text) with finite x and y; when an
        edge is not a pair, or joins a node to itself or to one at the same place; when
        edges or kinds name a node that is not there, labels an edge that is not there,
        or a kind is unknown.
    """
    import matplotlib.pyplot as plt

    kinds, labels = kinds or {}, labels or {}
    places, edges = _check_graph(nodes, edges, kinds, labels)
    low = np.min(list(places.values()), axis=0) - 0.5  # (2,)
    high = np.max(list(places.values()), axis=0) + 0.5  # (2,)
    if axes is None:
        size = (high - low) * min(1.1, 7.5 / (high - low)[0])  # inches
        axes = plt.subplots(figsize=size, layout="constrained")[1]
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    axes.set_axis_off()
    boxes = {}
    for name, (x, y, text) in nodes.items():
        style = {"color": "white", "size": 12, "ha": "center", "va": "center"}
        box = {"edgecolor": "none", **NODE_KINDS[kinds.get(name, "value")]}
        boxes[name] = axes.text(x, y, text, bbox=box, **style).get_bbox_patch()
    arrow = {"arrowstyle": "-|>", "mutation_scale": 14, "shrinkA": 0, "shrinkB": 2}
    arrow |= {"linewidth": 1.4, "color": plt.rcParams["text.color"]}
    for start, end in edges:  # an arrow ends where its nodes' boxes begin
        ends = {"patchA": boxes[start], "patchB": boxes[end]}
        axes.annotate("", places[end], places[start], arrowprops=arrow | ends)
    for (start, end), text in labels.items():
        _write_beside(axes, places[start], places[end], text)
    return _shown_once(axes.figure)


def _write_beside(axes, start, end, text):
    """Write a text beside the middle of the arrow from start (2,) to end (2,)."""
    dx, dy = end - start
    normal = np.array([-dy, dx]) / np.hypot(dx, dy)  # (2,)
    normal = normal if normal[1] > 0 else -normal
    level, upright = abs(normal[0]) < 0.3, normal[1] < 0.3
    axes.annotate(
        text,
        (start + end) / 2,
        4 * normal,  # points
        textcoords="offset points",
        ha="center" if level else "right" if normal[0] < 0 else "left",
        va="center" if upright else "bottom",
    )
