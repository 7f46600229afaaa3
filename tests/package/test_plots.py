"""Plots: the grid of images as numbers, and figures with their axes labeled."""

import json
import pickle
import subprocess
import sys
from types import SimpleNamespace

import matplotlib
import nbformat
import numpy as np
import pytest

matplotlib.use("Agg")  # before pyplot: no window is opened

import matplotlib.pyplot as plt
from helpers import examples, random_network
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient

from mlp import MLP, draw_graph, plot_stats, show_net_weights, visualize_grid


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_package_is_imported_without_the_libraries_that_it_can_do_without():
    program = "import json, sys, mlp; print(json.dumps(list(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True
    )
    loaded = {name.partition(".")[0] for name in json.loads(run.stdout)}
    assert "mlp" in loaded
    assert not loaded & {"matplotlib", "scipy", "sklearn", "sympy", "pandas", "PIL"}


# visualize_grid


@given(
    st.integers(1, 10),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from([(), (1,), (3,)]),
    st.integers(0, 2**32 - 1),
)
def test_each_image_is_one_tile_from_0_to_255(
    M, height, width, padding, channels, seed
):
    images = np.random.default_rng(seed).standard_normal((M, height, width, *channels))
    given = images.copy()
    grid = visualize_grid(images, padding=padding)
    side = int(np.ceil(np.sqrt(M)))
    rows, columns = (
        side * (height + padding) - padding,
        side * (width + padding) - padding,
    )
    assert grid.shape == (rows, columns, *channels)
    assert grid.min() >= 0 and grid.max() <= 255
    for i, image in enumerate(images):
        top, left = i // side * (height + padding), i % side * (width + padding)
        tile = grid[top : top + height, left : left + width]
        if image.size > 1:
            assert tile.min() == 0 and tile.max() == 255
            flat, given_flat = tile.ravel(), image.ravel()
            assert (np.argsort(flat) == np.argsort(given_flat)).all()
        tile[...] = 0
    assert not grid.any()  # nothing but 0 between and after the tiles
    np.testing.assert_array_equal(images, given)


def test_a_tile_is_the_image_stretched_linearly():
    grid = visualize_grid([[[1, 2], [3, 5]]])
    np.testing.assert_allclose(grid, [[0, 63.75], [127.5, 255]])


def test_a_constant_image_is_0_everywhere():
    assert not visualize_grid(np.full((4, 3, 3), 7.0)).any()


def test_ubound_is_the_brightest_value():
    assert visualize_grid([[[1, 2], [3, 5]]], ubound=1).max() == 1


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int8", "float32", "float64", "object"]
)
def test_images_of_any_real_dtype_are_stretched_in_float64(dtype):
    images = np.array([[[0, 1], [1, 0]]]).astype(dtype)
    grid = visualize_grid(images)
    assert grid.dtype == np.float64 and grid.tolist() == [[0, 255], [255, 0]]


def test_the_range_of_int8_does_not_wrap():
    grid = visualize_grid(np.array([[[-128, 127]]], dtype=np.int8))
    assert grid.tolist() == [[0, 255]]


def test_tiles_need_not_be_square():
    assert visualize_grid(np.ones((3, 2, 3))).shape == (2 + 1 + 2, 3 + 1 + 3)


def test_the_call_of_the_assignment():
    W1 = np.random.default_rng(0).standard_normal((784, 64))
    assert visualize_grid(W1.T.reshape(-1, 28, 28), padding=3).shape == (245, 245)


IMAGES = [[[0.0, 1.0], [2.0, 3.0]]]
MASKED = np.ma.masked_equal(IMAGES, 3.0)
REFUSED_IMAGES = {
    "NaN": ({"images": [[[0, np.nan]]]}, ValueError, "images must be finite; 1 "),
    "infinite": (
        {"images": [[[np.inf, -np.inf]]]},
        ValueError,
        "images must be finite; 2 ",
    ),
    "above float64": (
        {"images": np.array([[[-1, 1]]], np.longdouble) * np.finfo(np.longdouble).max},
        ValueError,
        "images must be finite; 2 |the range of images",  # it may be float64
    ),
    "range above float64": (
        {"images": [[[0.0, 1.0]], [[-1e308, 1e308]]]},
        ValueError,
        r"the range of images\[1\] must be a number, finite; got inf",
    ),
    "complex": ({"images": [[[0, 1j]]]}, TypeError, "images must hold real numbers"),
    "complex objects": (
        {"images": np.array([[[0, 1j]]], object)},
        TypeError,
        "images must hold real numbers",
    ),
    "masked": ({"images": MASKED}, TypeError, "images must not be masked"),
    "text": ({"images": [[["0", "1"]]]}, TypeError, "images must hold real numbers"),
    "dates": (
        {"images": np.zeros((1, 2, 2), "M8[s]")},
        TypeError,
        "images must hold real",
    ),
    "None": ({"images": None}, TypeError, "images must hold real numbers"),
    "ragged": (
        {"images": [[[0, 1], [2]]]},
        ValueError,
        "images must have rows of the same",
    ),
    "ubound 0": ({"ubound": 0}, ValueError, "ubound must be .* greater than 0; got 0"),
    "ubound negative": (
        {"ubound": -1.0},
        ValueError,
        "ubound must be .* greater than 0",
    ),
    "ubound infinite": ({"ubound": np.inf}, ValueError, "ubound must be .*finite"),
    "ubound NaN": ({"ubound": np.nan}, ValueError, "ubound must be .*finite"),
    "ubound complex": ({"ubound": 1j}, TypeError, "ubound must be a number; got 1j"),
    "ubound text": ({"ubound": "255"}, TypeError, "ubound must be a number; got '255'"),
    "padding negative": ({"padding": -1}, ValueError, "padding must be .* at least 0"),
    "padding 1.5": (
        {"padding": 1.5},
        TypeError,
        "padding must be a whole number; got 1.5",
    ),
}


@pytest.mark.parametrize(
    "arguments, error, message", REFUSED_IMAGES.values(), ids=REFUSED_IMAGES
)
def test_what_no_grid_can_show_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        visualize_grid(**{"images": IMAGES, **arguments})


@pytest.mark.parametrize(
    "shape", [(), (4,), (4, 4), (0, 2, 2), (2, 0, 2), (1, 2, 2, 2, 2)]
)
def test_anything_but_images_is_refused(shape):
    with pytest.raises(ValueError, match=r"images must have shape \(M, height, width"):
        visualize_grid(np.ones(shape))


# Figures


def labels(axes):
    return axes.get_xlabel(), axes.get_ylabel()


def test_plot_stats_draws_all_histories_on_labeled_axes():
    net = random_network([4, 5, 3])
    X, y = examples(net, 20)
    stats = net.train(X, y, X, y, num_epochs=3, batch_size=5)
    figure = plot_stats(stats)
    loss, gradient, accuracy = figure.axes
    assert all(all(labels(axes)) and axes.get_title() for axes in figure.axes)
    drawn = {line.get_label(): line.get_ydata() for line in accuracy.get_lines()}
    np.testing.assert_array_equal(
        loss.get_lines()[0].get_ydata(), stats["loss_history"]
    )
    np.testing.assert_array_equal(
        gradient.get_lines()[0].get_ydata(), stats["grad_magnitude_history"]
    )
    assert len(drawn) == 2 and len(accuracy.get_legend().get_texts()) == 2
    for ydata, name in zip(
        drawn.values(), ["train_acc_history", "val_acc_history"], strict=True
    ):
        np.testing.assert_array_equal(ydata, stats[name])
    assert "W1" in gradient.get_ylabel()  # it is the norm of the gradient by W1
    figure.canvas.draw()


STATS = {
    "loss_history": [2.0, 1.0, 0.5, 0.4],
    "grad_magnitude_history": [3.0, 2.0, 1.0, 1.0],
    "train_acc_history": [0.5, 0.75],
    "val_acc_history": [0.25, 0.5],
}
LOSS, GRADIENT, TRAIN, VAL = STATS


@pytest.mark.parametrize(
    "changes, drawn",
    [
        ({}, {"Loss": [LOSS], "Gradient": [GRADIENT], "Accuracy": [TRAIN, VAL]}),
        ({VAL: []}, {"Loss": [LOSS], "Gradient": [GRADIENT], "Accuracy": [TRAIN]}),
        ({VAL: None}, {"Loss": [LOSS], "Gradient": [GRADIENT], "Accuracy": [TRAIN]}),
        ({TRAIN: None}, {"Loss": [LOSS], "Gradient": [GRADIENT], "Accuracy": [VAL]}),
        ({TRAIN: [], VAL: []}, {"Loss": [LOSS], "Gradient": [GRADIENT]}),
        ({LOSS: None, GRADIENT: None}, {"Accuracy": [TRAIN, VAL]}),
        ({GRADIENT: None, TRAIN: None, VAL: None}, {"Loss": [LOSS]}),
    ],
    ids=[
        "all",
        "val empty",
        "no val",
        "no train",
        "no epochs",
        "no steps",
        "loss alone",
    ],
)
def test_plot_stats_draws_what_is_there(changes, drawn):
    stats = {
        name: values for name, values in (STATS | changes).items() if values is not None
    }
    figure = plot_stats(stats)
    assert {
        axes.get_title(): [line.get_ydata().tolist() for line in axes.get_lines()]
        for axes in figure.axes
    } == {title: [STATS[name] for name in names] for title, names in drawn.items()}
    figure.canvas.draw()


def test_plot_stats_counts_epochs_from_1():
    *_, accuracy = plot_stats(STATS).axes
    assert [line.get_xdata().tolist() for line in accuracy.get_lines()] == [
        [1, 2],
        [1, 2],
    ]


def test_plot_stats_leaves_a_gap_where_a_loss_is_nan():
    (axes,) = plot_stats({LOSS: [1.0, np.nan, np.inf]}).axes
    np.testing.assert_array_equal(axes.get_lines()[0].get_ydata(), [1, np.nan, np.inf])
    axes.figure.canvas.draw()


REFUSED_STATS = {
    "an empty dict": (
        {},
        ValueError,
        "loss_history, .*val_acc_history, .*got an empty dict",
    ),
    "other names": ({"loss": [1.0]}, ValueError, "loss_history, .*got loss"),
    "nothing but empty": (
        {LOSS: [], VAL: []},
        ValueError,
        "got loss_history, val_acc_history",
    ),
    "a list": ([1.0], TypeError, "stats must be a dict, as train returns it; got list"),
    "a net": (MLP([4, 2, 2]), TypeError, "stats must be a dict, .*; got MLP"),
    "None": (None, TypeError, "stats must be a dict, .*; got NoneType"),
    "text": (
        {LOSS: ["low"]},
        TypeError,
        r"stats\['loss_history'\] must hold real numbers",
    ),
    "complex": (
        {LOSS: [1j]},
        TypeError,
        r"stats\['loss_history'\] must hold real numbers",
    ),
    "a number": (
        {LOSS: 1.0},
        ValueError,
        r"stats\['loss_history'\] .*\(length,\); got \(\)",
    ),
    "a table": (
        {VAL: [[1.0]]},
        ValueError,
        r"stats\['val_acc_history'\] .*; got \(1, 1\)",
    ),
}


@pytest.mark.parametrize(
    "stats, error, message", REFUSED_STATS.values(), ids=REFUSED_STATS
)
def test_what_is_no_training_run_is_refused(stats, error, message):
    with pytest.raises(error, match=message):
        plot_stats(stats)


def test_show_net_weights_draws_one_image_for_each_hidden_unit():
    net = random_network([9, 4, 3])
    figure = show_net_weights(net)
    (axes,) = figure.axes
    (image,) = axes.get_images()
    expected = visualize_grid(net.params["W1"].T.reshape(-1, 3, 3), padding=3)
    np.testing.assert_array_equal(image.get_array(), expected)
    figure.canvas.draw()


def test_show_net_weights_needs_square_images():
    with pytest.raises(ValueError, match="square number of inputs.*; got 10"):
        show_net_weights(MLP([10, 4, 3]))


W1 = "net.params['W1']"
REFUSED_NETS = {
    "a dict": ({"W1": np.ones((4, 2))}, TypeError, f"net must have {W1}; got dict"),
    "without W1": (
        SimpleNamespace(params={}),
        TypeError,
        f"net must have {W1}; got Simple",
    ),
    "NaN": (np.full((4, 2), np.nan), ValueError, f"{W1} must be finite; 8 entries"),
    "complex": (np.ones((4, 2)) * 1j, TypeError, f"{W1} must hold real numbers"),
    "one unit": (np.ones(4), ValueError, f"{W1} must have shape .D, H.; got .4,."),
}


@pytest.mark.parametrize("net, error, message", REFUSED_NETS.values(), ids=REFUSED_NETS)
def test_show_net_weights_says_what_a_net_lacks(net, error, message):
    if isinstance(net, np.ndarray):
        net = SimpleNamespace(params={"W1": net})
    with pytest.raises(error, match=message.replace("[", r"\[").replace("]", r"\]")):
        show_net_weights(net)


GRAPH = {"x": (0, 0, "$x$"), "a": (1, 0, "$a$"), "h": (2, 0, "$h$")}


EDGES = [("x", "a"), ("a", "h")]


def texts(figure):
    return sorted(text.get_text() for text in figure.axes[0].texts)


def test_draw_graph_draws_each_node_and_each_edge():
    figure = draw_graph(GRAPH, EDGES)
    assert texts(figure) == ["", "", "$a$", "$h$", "$x$"]  # an arrow has an empty text
    arrows = [text for text in figure.axes[0].texts if not text.get_text()]
    assert [(a.xyann[0], a.xy[0]) for a in arrows] == [(0, 1), (1, 2)]  # from, to
    figure.canvas.draw()


def test_draw_graph_writes_labels_beside_the_arrows():
    figure = draw_graph(GRAPH, EDGES, labels={("x", "a"): "$W$"})
    assert "$W$" in texts(figure)
    figure.canvas.draw()


def test_draw_graph_gives_each_kind_of_node_a_shape_of_its_own():
    kinds = {"x": "input", "a": "parameter", "h": "value"}
    (axes,) = draw_graph(GRAPH, [], kinds=kinds).axes
    shapes = {type(text.get_bbox_patch().get_boxstyle()) for text in axes.texts}
    assert len(shapes) == 3


def test_draw_graph_draws_into_given_axes():
    figure, axes = plt.subplots()
    assert draw_graph(GRAPH, EDGES, axes) is figure
    assert plt.get_fignums() == [figure.number]


def test_draw_graph_takes_edges_from_a_generator():
    assert texts(draw_graph(GRAPH, (edge for edge in EDGES))) == [
        "",
        "",
        "$a$",
        "$h$",
        "$x$",
    ]


NAMES = "one of 'x', 'a', 'h'; got "
AT_X = {**GRAPH, "twin": (0, 0, "$t$")}
REFUSED_GRAPHS = {
    "edge to nowhere": (
        {"edges": [("x", "y")]},
        ValueError,
        f"edges must be {NAMES}'y'",
    ),
    "edge from nowhere": (
        {"edges": [("y", "x")]},
        ValueError,
        f"edges must be {NAMES}'y'",
    ),
    "edge of a list": ({"edges": [(["x"], "a")]}, ValueError, f"edges must be {NAMES}"),
    "edge of three": (
        {"edges": [("x", "a", "h")]},
        ValueError,
        r"edges must be pairs .*; got \('x', 'a', 'h",
    ),
    "edge of one": ({"edges": ["x"]}, ValueError, "edges must be pairs .*; got 'x'"),
    "edge of no names": ({"edges": [5]}, ValueError, "edges must be pairs .*; got 5"),
    "loop": (
        {"edges": [("x", "x")]},
        ValueError,
        r"different places; got \('x', 'x'\)",
    ),
    "loop with a label": (
        {"edges": [("x", "x")], "labels": {("x", "x"): "$W$"}},
        ValueError,
        r"different places; got \('x', 'x'\)",
    ),
    "edge without a length": (
        {"nodes": AT_X, "edges": [("x", "twin")], "labels": {("x", "twin"): "$W$"}},
        ValueError,
        r"different places; got \('x', 'twin'\)",
    ),
    "kind of no node": (
        {"kinds": {"y": "input"}},
        ValueError,
        f"kinds must be {NAMES}'y'",
    ),
    "unknown kind": (
        {"kinds": {"x": "cloud"}},
        ValueError,
        "kinds .*'input', 'parameter'; got 'cloud'",
    ),
    "label of no edge": (
        {"labels": {("a", "x"): "$W$"}},
        ValueError,
        r"labels .*; got \('a', 'x'\)",
    ),
    "no nodes": (
        {"nodes": {}, "edges": []},
        ValueError,
        "nodes must hold at least one node",
    ),
    "node of two": (
        {"nodes": {"x": (0, 0)}, "edges": []},
        ValueError,
        r"nodes\['x'\] must be \(x, y, text\); got \(0, 0\)",
    ),
    "node of one number": (
        {"nodes": {"x": 0}, "edges": []},
        ValueError,
        r"nodes\['x'\] must be \(x, y, text\)",
    ),
    "x is NaN": (
        {"nodes": {"x": (np.nan, 0, "")}, "edges": []},
        ValueError,
        r"x of nodes\['x'\] must be a number, finite",
    ),
    "y is infinite": (
        {"nodes": {"x": (0, np.inf, "")}, "edges": []},
        ValueError,
        r"y of nodes\['x'\] must be a number, finite",
    ),
    "y is text": (
        {"nodes": {"x": (0, "0", "")}, "edges": []},
        TypeError,
        r"y of nodes\['x'\] must be a number; got '0'",
    ),
    "nodes in a list": ({"nodes": ["x"]}, TypeError, "nodes must be a dict; got list"),
    "kinds in a list": (
        {"kinds": ["input"]},
        TypeError,
        "kinds must be a dict; got list",
    ),
    "labels in a list": (
        {"labels": ["$W$"]},
        TypeError,
        "labels must be a dict; got list",
    ),
}


@pytest.mark.parametrize(
    "arguments, error, message", REFUSED_GRAPHS.values(), ids=REFUSED_GRAPHS
)
def test_a_graph_that_does_not_fit_together_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        draw_graph(**{"nodes": GRAPH, "edges": EDGES, **arguments})
    assert plt.get_fignums() == []


# Notebooks and scripts

NOTEBOOK_SETUP = f"""
from mlp import MLP, draw_graph, plot_stats, show_net_weights
stats, net, nodes, edges = {STATS!r}, MLP([4, 2, 2]), {GRAPH!r}, {EDGES!r}
"""
PICTURES = {  # how a cell ends, and the pictures that its reader sees
    "the run as a value": ("plot_stats(stats)", 1),
    "the weights as a value": ("show_net_weights(net)", 1),
    "a graph as a value": ("draw_graph(nodes, edges)", 1),
    "kept": ("figure = plot_stats(stats)", 1),
    "shown again": ("figure", 1),
    "pyplot shows": (
        "import matplotlib.pyplot as plt\nplot_stats(stats)\nplt.show()",
        1,
    ),
    "kept, pyplot shows": ("figure = show_net_weights(net)\nplt.show()", 1),
    "displayed": ("display(plot_stats(stats))", 1),
    "saved, then a value": (
        "figure = "
        "plot_stats(stats)\nfigure.savefig(__import__('io').BytesIO())\nfigure",
        1,
    ),
    "two figures": ("plot_stats(stats)\nshow_net_weights(net)", 2),
    "beside a figure of the reader's": ("plt.subplots()\nplot_stats(stats)", 2),
    "in axes of the reader's": ("draw_graph(nodes, edges, plt.subplots()[1])", 1),
    "in a part of a figure": (
        "draw_graph(nodes, edges, plt.figure().subfigures().subplots())",
        1,
    ),
    "nothing left over": ("len(plt.get_fignums())", 0),
}


@pytest.fixture(scope="module")
def pictures():
    """How many pictures each cell of PICTURES shows in a kernel as a reader starts
    it.
    """
    sources = [NOTEBOOK_SETUP, *(source for source, _ in PICTURES.values())]
    notebook = nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_code_cell, sources))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MPLBACKEND", raising=False)
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    counts = [
        sum("image/png" in output.get("data", {}) for output in cell.outputs)
        for cell in notebook.cells[1:]
    ]
    return dict(zip(PICTURES, counts, strict=True))


@pytest.mark.parametrize("ending", PICTURES)
def test_a_notebook_shows_each_figure_once(ending, pictures):
    assert pictures[ending] == PICTURES[ending][1]


FIGURES = {
    "plot_stats": lambda: plot_stats(STATS),
    "show_net_weights": lambda: show_net_weights(MLP([4, 2, 2])),
    "draw_graph": lambda: draw_graph(GRAPH, EDGES),
}
each_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)


@each_figure
def test_outside_of_notebooks_pyplot_holds_the_figure_so_that_show_finds_it(draw):
    figure = draw()
    assert figure._repr_mimebundle_(include=None, exclude=None) == {}
    assert plt.get_fignums() == [figure.number]


@each_figure
def test_a_figure_can_be_saved_and_pickled(draw, tmp_path):
    figure = draw()
    again = pickle.loads(pickle.dumps(figure))
    for name, each in {"first.png": figure, "again.png": again}.items():
        each.savefig(tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (
        tmp_path / "again.png"
    ).read_bytes()
