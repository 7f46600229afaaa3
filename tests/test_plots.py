"""Plots: the grid of images as numbers, and figures with their axes labeled."""

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")  # before pyplot: no window is opened

import matplotlib.pyplot as plt
from helpers import examples, network
from hypothesis import given
from hypothesis import strategies as st

from mlp import MLP, draw_graph, plot_stats, show_net_weights, visualize_grid


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


# visualize_grid


@given(
    st.integers(1, 10), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3),
    st.sampled_from([(), (1,), (3,)]), st.integers(0, 2**32 - 1),
)
def test_each_image_is_one_tile_from_0_to_255(M, height, width, padding, channels, seed):
    images = np.random.default_rng(seed).standard_normal((M, height, width, *channels))
    given = images.copy()
    grid = visualize_grid(images, padding=padding)
    side = int(np.ceil(np.sqrt(M)))
    rows, columns = side * (height + padding) - padding, side * (width + padding) - padding
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


def test_the_call_of_the_assignment():
    W1 = np.random.default_rng(0).standard_normal((784, 64))
    assert visualize_grid(W1.T.reshape(-1, 28, 28), padding=3).shape == (245, 245)


@pytest.mark.parametrize("shape", [(), (4,), (4, 4), (0, 2, 2), (2, 0, 2), (1, 2, 2, 2, 2)])
def test_anything_but_images_is_refused(shape):
    with pytest.raises(ValueError, match=r"images must have shape \(M, height, width"):
        visualize_grid(np.ones(shape))


# Figures


def labels(axes):
    return axes.get_xlabel(), axes.get_ylabel()


def test_plot_stats_draws_all_histories_on_labeled_axes():
    net = network([4, 5, 3])
    X, y = examples(net, 20)
    stats = net.train(X, y, X, y, num_epochs=3, batch_size=5)
    figure = plot_stats(stats)
    loss, gradient, accuracy = figure.axes
    assert all(all(labels(axes)) and axes.get_title() for axes in figure.axes)
    drawn = {line.get_label(): line.get_ydata() for line in accuracy.get_lines()}
    np.testing.assert_array_equal(loss.get_lines()[0].get_ydata(), stats["loss_history"])
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


def test_show_net_weights_draws_one_image_for_each_hidden_unit():
    net = network([9, 4, 3])
    figure = show_net_weights(net)
    (axes,) = figure.axes
    (image,) = axes.get_images()
    expected = visualize_grid(net.params["W1"].T.reshape(-1, 3, 3), padding=3)
    np.testing.assert_array_equal(image.get_array(), expected)
    figure.canvas.draw()


def test_show_net_weights_needs_square_images():
    with pytest.raises(ValueError, match="square number of inputs.*; got 10"):
        show_net_weights(MLP([10, 4, 3]))


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


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"edges": [("x", "y")]}, "edges .*'x', 'a', 'h'; got 'y'"),
        ({"edges": [("y", "x")]}, "edges .*'x', 'a', 'h'; got 'y'"),
        ({"kinds": {"y": "input"}}, "kinds .*'x', 'a', 'h'; got 'y'"),
        ({"kinds": {"x": "cloud"}}, "kinds .*'input', 'parameter'; got 'cloud'"),
        ({"labels": {("a", "x"): "$W$"}}, r"labels .*; got \('a', 'x'\)"),
        ({"nodes": {}, "edges": []}, "nodes must hold at least one node"),
    ],
)
def test_a_graph_that_does_not_fit_together_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_graph(**{"nodes": GRAPH, "edges": EDGES, **arguments})
