"""The classes MLP and TwoLayerMLP: their interface, and what they refuse."""

import inspect
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from helpers import ACTIVATION_NAMES, assert_same, copies, examples, random_network
from hypothesis import given
from hypothesis import strategies as st

import mlp
from mlp import MLP, TwoLayerMLP, toy_data
from mlp.checks import check_number

REQUIRED = inspect.Parameter.empty


def signature(f):
    return {
        name: parameter.default
        for name, parameter in inspect.signature(f).parameters.items()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }


# The interface


def test_every_public_name_can_be_imported():
    assert all(hasattr(mlp, name) for name in mlp.__all__)


def test_arguments_and_defaults_of_the_classes():
    assert signature(MLP) == {
        "sizes": REQUIRED,
        "activation": "relu",
        "std": 0.1,
        "penalty": "l2",
        "output": "softmax",
        "rng": None,
        "dtype": float,
    }
    assert list(signature(MLP)) == [
        "sizes",
        "activation",
        "std",
        "penalty",
        "output",
        "rng",
        "dtype",
    ]
    two = signature(TwoLayerMLP)
    assert list(two)[:5] == [
        "input_size",
        "hidden_size",
        "num_classes",
        "std",
        "activation",
    ]
    assert two["std"] == 0.1


def test_arguments_and_defaults_of_the_methods():
    assert signature(MLP.loss) == {
        "self": REQUIRED,
        "X": REQUIRED,
        "y": None,
        "reg": 0.0,
    }
    assert list(signature(MLP.predict)) == ["self", "X"]
    train = list(signature(MLP.train).items())[1:]
    assert train == [
        ("X", REQUIRED),
        ("y", REQUIRED),
        ("X_val", REQUIRED),
        ("y_val", REQUIRED),
        ("learning_rate", 1e-3),
        ("learning_rate_decay", 0.95),
        ("reg", 1e-5),
        ("num_epochs", 10),
        ("batch_size", 200),
        ("verbose", False),
        ("rng", None),
        ("progress", False),
    ]


@pytest.mark.parametrize("sizes", [[4, 3], [4, 5, 3], [4, 5, 1, 3], [1, 2, 2, 2, 2]])
def test_params_have_a_weight_matrix_and_a_bias_for_each_layer(sizes):
    shapes = {name: p.shape for name, p in MLP(sizes).params.items()}
    assert list(shapes) == [f"{kind}{k}" for k in range(1, len(sizes)) for kind in "Wb"]
    for k in range(1, len(sizes)):
        assert shapes[f"W{k}"] == (sizes[k - 1], sizes[k])
        assert shapes[f"b{k}"] == (sizes[k],)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float32", float])
def test_dtype_is_that_of_params_scores_and_gradients(dtype):
    net = random_network([4, 5, 3], dtype=dtype)
    X, y = examples(net, 6)
    arrays = [*net.params.values(), net.loss(X), *net.loss(X, y, 0.1)[1].values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_two_layer_mlp_is_the_mlp_of_depth_two():
    two = TwoLayerMLP(4, 5, 3, 0.2, "tanh", rng=np.random.RandomState(7))
    net = MLP([4, 5, 3], "tanh", 0.2, rng=np.random.RandomState(7))
    assert isinstance(two, MLP)
    assert_same(two.params, net.params)
    X, y = examples(net, 6)
    assert two.loss(X, y, 0.1)[0] == net.loss(X, y, 0.1)[0]


def test_loss_without_labels_is_the_scores():
    net = random_network([4, 5, 3], "relu")
    X, _ = examples(net, 6)
    hidden = np.maximum(X @ net.params["W1"] + net.params["b1"], 0)
    scores = hidden @ net.params["W2"] + net.params["b2"]
    np.testing.assert_allclose(net.loss(X), scores, atol=1e-14)
    np.testing.assert_array_equal(net.loss(X, reg=5.0), net.loss(X))


def test_depth_one_is_softmax_regression():
    net = random_network([4, 3])
    X, y = examples(net, 6)
    np.testing.assert_allclose(net.loss(X), X @ net.params["W1"] + net.params["b1"])
    assert list(net.loss(X, y)[1]) == ["W1", "b1"]


def test_gradients_have_the_keys_and_shapes_of_params():
    net = random_network([4, 5, 2, 3])
    loss, grads = net.loss(*examples(net, 6))
    assert type(loss) is float
    assert {k: g.shape for k, g in grads.items()} == {
        k: p.shape for k, p in net.params.items()
    }


def test_predict_gives_the_class_of_the_largest_score():
    net = random_network([4, 5, 3])
    X, _ = examples(net, 50)
    labels = net.predict(X)
    assert labels.shape == (50,) and np.issubdtype(labels.dtype, np.integer)
    np.testing.assert_array_equal(labels, np.argmax(net.loss(X), axis=1))
    assert len(set(labels)) > 1


def test_a_sigmoid_output_predicts_class_1_where_its_probability_exceeds_one_half():
    net = random_network([4, 5, 1], output="sigmoid", seed=3)
    X, _ = examples(net, 50)
    labels = net.predict(X)
    np.testing.assert_array_equal(labels, 1 / (1 + np.exp(-net.loss(X)[:, 0])) > 0.5)
    assert set(labels) == {0, 1}
    assert labels.shape == (50,) and np.issubdtype(labels.dtype, np.integer)


def test_lists_of_numbers_do_as_well_as_arrays():
    net = random_network([2, 3, 2])
    as_lists = net.loss([[1, 2], [3, 4]], [0, 1], 1)[0]
    assert as_lists == net.loss(np.array([[1.0, 2], [3, 4]]), np.array([0, 1]), 1.0)[0]
    assert net.predict([[1, 2]]).shape == (1,)


def test_repr_names_sizes_and_activation():
    shown = repr(random_network([4, 5, 3]))
    assert "[4, 5, 3]" in shown and "tanh" in shown


# Random numbers


def test_weights_come_from_the_global_generator_in_the_order_W1_W2():
    np.random.seed(0)
    net = TwoLayerMLP(4, 10, 3, std=0.3, activation="sigmoid")
    np.random.seed(0)
    W1, W2 = 0.3 * np.random.randn(4, 10), 0.3 * np.random.randn(10, 3)
    assert_same(net.params, {"W1": W1, "b1": np.zeros(10), "W2": W2, "b2": np.zeros(3)})


def test_rng_may_be_a_randomstate_the_module_or_a_generator():
    legacy = MLP([4, 5, 3], rng=np.random.RandomState(3)).params
    np.random.seed(3)
    assert_same(MLP([4, 5, 3], rng=np.random).params, legacy)
    rng = np.random.default_rng(3)
    W1 = 0.1 * rng.standard_normal((4, 5))
    new = MLP([4, 5, 3], rng=np.random.default_rng(3)).params
    np.testing.assert_array_equal(new["W1"], W1)


@pytest.mark.parametrize("rng", [np.random.RandomState(3), np.random.default_rng(3)])
def test_with_an_rng_of_its_own_nothing_touches_the_global_generator(rng):
    np.random.seed(5)
    before = np.random.get_state()[1].tolist()
    net = MLP([4, 5, 3], rng=rng)
    X, y = examples(net, 6)
    net.train(X, y, X, y, num_epochs=2, batch_size=3)
    net.train(X, y, X, y, num_epochs=2, batch_size=3, rng=rng)
    toy_data()
    assert np.random.get_state()[1].tolist() == before


def test_float32_weights_are_the_rounded_float64_ones():
    single = MLP([4, 5, 3], rng=np.random.RandomState(3), dtype=np.float32).params
    double = MLP([4, 5, 3], rng=np.random.RandomState(3)).params
    assert_same(single, {name: p.astype(np.float32) for name, p in double.items()})


# The loss


@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("K", [2, 3, 10])
def test_loss_of_a_net_that_knows_nothing_is_the_log_of_the_number_of_classes(
    K, activation
):
    net = MLP([4, 5, K], activation, std=0)
    assert net.loss(*examples(net, 20))[0] == pytest.approx(np.log(K), rel=1e-14)
    small = MLP([4, 5, K], activation, std=1e-4, rng=np.random.default_rng(0))
    assert small.loss(*examples(net, 20))[0] == pytest.approx(np.log(K), rel=1e-3)


def test_problem_1s_network_has_the_gradients_of_questions_1_1_to_1_5():
    net = random_network([3, 3, 1], "sigmoid", output="sigmoid")
    x, y = np.array([0.5, -1.0, 2.0]), 1
    W1, b1, W2, b2 = (net.params[name] for name in ["W1", "b1", "W2", "b2"])
    h1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
    h2 = 1 / (1 + np.exp(-(h1 @ W2 + b2)))
    loss, grads = net.loss(x[None], [y])
    g = W2 @ (h2 - y) * h1 * (1 - h1)
    assert loss == pytest.approx(float(-np.log(h2[0])), rel=1e-14)
    np.testing.assert_allclose(grads["b2"], h2 - y, rtol=1e-13)
    np.testing.assert_allclose(grads["W2"], np.outer(h1, h2 - y), rtol=1e-13)
    np.testing.assert_allclose(grads["b1"], g, rtol=1e-13)
    np.testing.assert_allclose(grads["W1"], np.outer(x, g), rtol=1e-13)


@given(st.permutations(range(6)))
def test_the_order_of_the_examples_does_not_matter(order):
    net = random_network([4, 5, 3])
    X, y = examples(net, 6)
    (loss, grads), (other, other_grads) = net.loss(X, y), net.loss(X[order], y[order])
    assert other == pytest.approx(loss, rel=1e-13)
    for name in grads:
        np.testing.assert_allclose(other_grads[name], grads[name], atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_nothing_given_is_modified(activation, dtype):
    net = random_network([4, 5, 5, 3], activation, dtype=dtype)
    X, y = examples(net, 12)
    X = X.astype(dtype)  # the type of which no copy is needed
    X_given, y_given, params = X.copy(), y.copy(), copies(net.params)
    net.loss(X, y, 0.1)
    net.loss(X)
    net.predict(X)
    assert_same(net.params, params)
    net.train(X, y, X, y, num_epochs=2, batch_size=5)
    np.testing.assert_array_equal(X, X_given)
    np.testing.assert_array_equal(y, y_given)


def test_training_leaves_the_old_arrays_of_params_as_they_were():
    net = random_network([4, 5, 3])
    X, y = examples(net, 12)
    old, before = dict(net.params), copies(net.params)
    net.train(X, y, X, y, learning_rate=0.1, num_epochs=1, batch_size=3)
    assert_same(old, before)
    assert not np.array_equal(net.params["W1"], before["W1"])


# Bad input. Each row: what is given, the error, and what its message must say: the
# argument's name, what is allowed, and what was given.

X_OK, Y_OK = np.ones((3, 4)), np.array([0, 1, 2])


def explains(message, words):
    return all(word in message for word in words)


def what_is_given(value):
    return repr(value) if isinstance(value, dict) else ""


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"sizes": [4]}, ValueError, ["sizes", "[D, …, K]", "[4]"]),
        ({"sizes": []}, ValueError, ["sizes", "[D, …, K]", "[]"]),
        ({"sizes": [4, 5, 1]}, ValueError, ["sizes", "K ≥ 2", "[4, 5, 1]"]),
        ({"sizes": [4, 0, 3]}, ValueError, ["sizes", "at least 1", "0"]),
        ({"sizes": [-4, 3]}, ValueError, ["sizes", "at least 1", "-4"]),
        ({"sizes": [4, 5.0, 3]}, TypeError, ["sizes", "whole number", "5.0"]),
        ({"sizes": [4, True, 3]}, TypeError, ["sizes", "whole number", "True"]),
        ({"sizes": ["4", 3]}, TypeError, ["sizes", "whole number", "'4'"]),
        ({"sizes": 4}, TypeError, ["sizes", "4"]),
        ({"output": "sigmoid"}, ValueError, ["sizes", "1 for sigmoid", "[4, 5, 3]"]),
        (
            {"output": "linear"},
            ValueError,
            ["output", "'softmax', 'sigmoid'", "'linear'"],
        ),
        ({"activation": "Relu"}, ValueError, ["activation", "'relu'", "'Relu'"]),
        ({"activation": None}, ValueError, ["activation", "'relu'", "None"]),
        ({"activation": ["relu"]}, (TypeError, ValueError), ["activation", "['relu']"]),
        ({"penalty": "L2"}, ValueError, ["penalty", "'l2', 'l1'", "'L2'"]),
        ({"std": -0.1}, ValueError, ["std", "at least 0", "-0.1"]),
        ({"std": np.nan}, ValueError, ["std", "finite", "nan"]),
        ({"std": np.inf}, ValueError, ["std", "finite", "inf"]),
        ({"std": "0.1"}, TypeError, ["std", "number", "'0.1'"]),
        ({"std": True}, TypeError, ["std", "number", "True"]),
        ({"dtype": int}, ValueError, ["dtype", "'float64', 'float32'", "int"]),
        (
            {"dtype": "float16"},
            ValueError,
            ["dtype", "'float64', 'float32'", "float16"],
        ),
        ({"dtype": "real"}, (TypeError, ValueError), ["dtype", "real"]),
        ({"rng": 5}, TypeError, ["rng", "np.random.RandomState(5)"]),
        ({"rng": np.random.RandomState}, TypeError, ["rng", "call it"]),
        ({"sizes": None}, TypeError, ["sizes", "sequence", "None"]),
        ({"sizes": {4, 5, 3}}, TypeError, ["sizes", "sequence"]),
        ({"activation": np.array(["relu"])}, ValueError, ["activation", "'relu'"]),
    ],
    ids=what_is_given,
)
def test_bad_settings_of_a_network_are_explained(options, error, words):
    with pytest.raises(error) as caught:
        MLP(**{"sizes": [4, 5, 3], **options})
    assert explains(str(caught.value), words), caught.value


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("size", [0, -1])
def test_sizes_of_a_two_layer_net_must_be_positive(position, size):
    sizes = [4, 5, 3]
    sizes[position] = size
    with pytest.raises(ValueError, match=f"size.* at least 1; got {size}"):
        TwoLayerMLP(*sizes)


BAD_X = [
    (np.ones(4), ValueError, ["(N, 4)", "(4,)"]),
    (np.ones((3, 5)), ValueError, ["(N, 4)", "(3, 5)"]),
    (np.ones((4, 3)), ValueError, ["(N, 4)", "(4, 3)"]),
    (np.ones((3, 2, 2)), ValueError, ["(N, 4)", "(3, 2, 2)"]),
    (np.ones((0, 4)), ValueError, ["N ≥ 1", "(0, 4)"]),
    ([], ValueError, ["(N, 4)", "(0,)"]),
    (3.0, ValueError, ["(N, 4)", "()"]),
    (None, TypeError, ["real numbers", "object", "None"]),
    (np.ones((3, 4), complex), TypeError, ["real numbers", "complex128"]),
    (np.full((3, 4), "1"), TypeError, ["real numbers", "<U1"]),
    (np.full((3, 4), None), TypeError, ["real numbers", "object"]),
    (np.full((3, 4), np.nan), ValueError, ["finite", "12 entries"]),
    (np.diag([np.inf, 1, 1, 1]), ValueError, ["finite", "1 entries"]),
    (np.diag([-np.inf, 1, 1, 1]), ValueError, ["finite", "1 entries"]),
]
BAD_Y = [
    ([0, 1], ValueError, ["3 rows", "(2,)"]),
    ([0, 1, 2, 0], ValueError, ["3 rows", "(4,)"]),
    ([[0], [1], [2]], ValueError, ["3 rows", "(3, 1)", ".ravel()"]),
    (
        np.eye(3, dtype=int)[[0, 2, 1]],
        ValueError,
        ["3 rows", "(3, 3)", ".argmax(axis=1)"],
    ),
    (1, ValueError, ["3 rows", "()"]),
    ([], ValueError, ["3 rows", "(0,)"]),
    ([0, 1, 3], ValueError, ["0 … 2", "0 … 3"]),
    ([-1, 1, 2], ValueError, ["0 … 2", "-1 … 2"]),
    ([0.0, 1.0, 2.0], TypeError, ["integer", "0 … 2", "float64", ".astype(int)"]),
    (["a", "b", "c"], TypeError, ["integer", "0 … 2", "<U1", "np.searchsorted"]),
    ([True, False, True], TypeError, ["integer", "0 … 2", "bool", ".astype(int)"]),
    (np.ma.masked_equal([0, 1, 2], 1), TypeError, ["masked"]),
    (np.array([0, 1, 2], "m8[D]"), TypeError, ["integer", "timedelta64"]),
    (np.array([0, 1, 2], object), TypeError, ["integer", "object", ".astype(int)"]),
    (["2", "1", "0"], TypeError, ["integer", "<U1", ".astype(int)"]),
    ([0.0, 1.0, np.nan], TypeError, ["integer", "float64", "missing"]),
    ([0.0, 1.0, 0.5], TypeError, ["integer", "float64", "0.5"]),
    (np.array([0, 1, None], object), TypeError, ["integer", "object", "missing"]),
]


@pytest.mark.parametrize("X, error, words", BAD_X)
@pytest.mark.parametrize("call", ["loss", "scores", "predict", "train", "validate"])
def test_bad_inputs_are_explained(call, X, error, words):
    net = random_network([4, 5, 3])
    before = copies(net.params)
    calls = {
        "loss": lambda: net.loss(X, Y_OK),
        "scores": lambda: net.loss(X),
        "predict": lambda: net.predict(X),
        "train": lambda: net.train(X, Y_OK, X_OK, Y_OK),
        "validate": lambda: net.train(X_OK, Y_OK, X, Y_OK),
    }
    with pytest.raises(error) as caught:
        calls[call]()
    name = "X_val must" if call == "validate" else "X must"
    assert explains(str(caught.value), [name, *words]), caught.value
    assert_same(net.params, before)


@pytest.mark.parametrize("y, error, words", BAD_Y)
@pytest.mark.parametrize("call", ["loss", "train", "validate"])
def test_bad_labels_are_explained(call, y, error, words):
    net = random_network([4, 5, 3])
    before = copies(net.params)
    calls = {
        "loss": lambda: net.loss(X_OK, y),
        "train": lambda: net.train(X_OK, y, X_OK, Y_OK),
        "validate": lambda: net.train(X_OK, Y_OK, X_OK, y),
    }
    with pytest.raises(error) as caught:
        calls[call]()
    name = "y_val must" if call == "validate" else "y must"
    assert explains(str(caught.value), [name, *words]), caught.value
    assert_same(net.params, before)


def test_a_sigmoid_output_takes_labels_0_and_1_only():
    with pytest.raises(ValueError, match="y must hold labels 0 … 1; got 0 … 2"):
        random_network([4, 5, 1], output="sigmoid").loss(X_OK, Y_OK)


def test_ragged_rows_are_explained():
    with pytest.raises((TypeError, ValueError), match="X "):
        random_network([4, 5, 3]).loss([[1, 2, 3, 4], [1]], [0, 1])


def test_inputs_too_large_for_float32_are_not_finite():
    with pytest.raises(ValueError, match="finite; 1 entries are too large for float32"):
        random_network([4, 5, 3], dtype=np.float32).predict(np.diag([1e39, 1, 1, 1]))


@pytest.mark.parametrize(
    "reg, error, words",
    [
        (-1e-9, ValueError, ["at least 0", "-1e-09"]),
        (np.nan, ValueError, ["finite", "nan"]),
        (np.inf, ValueError, ["finite", "inf"]),
        ("0.1", TypeError, ["number", "'0.1'"]),
        (None, TypeError, ["number", "None"]),
        (True, TypeError, ["number", "True"]),
        ([0.1], TypeError, ["number", "[0.1]"]),
        (1j, TypeError, ["number", "1j"]),
    ],
)
@pytest.mark.parametrize("call", ["loss", "train"])
def test_bad_reg_is_explained(call, reg, error, words):
    net = random_network([4, 5, 3])
    with pytest.raises(error) as caught:
        if call == "loss":
            net.loss(X_OK, Y_OK, reg)
        else:
            net.train(X_OK, Y_OK, X_OK, Y_OK, reg=reg)
    assert explains(str(caught.value), ["reg must be", *words]), caught.value


@pytest.mark.parametrize(
    "name, value, error, words",
    [
        ("learning_rate", 0, ValueError, ["greater than 0", "0"]),
        ("learning_rate", -0.1, ValueError, ["greater than 0", "-0.1"]),
        ("learning_rate", np.nan, ValueError, ["finite", "nan"]),
        ("learning_rate", np.inf, ValueError, ["finite", "inf"]),
        ("learning_rate", "fast", TypeError, ["number", "'fast'"]),
        ("learning_rate", True, TypeError, ["number", "True"]),
        ("learning_rate_decay", 0, ValueError, ["greater than 0", "0"]),
        ("learning_rate_decay", -1, ValueError, ["greater than 0", "-1"]),
        ("learning_rate_decay", None, TypeError, ["number", "None"]),
        ("num_epochs", 0, ValueError, ["whole number", "at least 1", "0"]),
        ("num_epochs", -3, ValueError, ["whole number", "at least 1", "-3"]),
        ("num_epochs", 2.0, TypeError, ["whole number", "2.0"]),
        ("num_epochs", True, TypeError, ["whole number", "True"]),
        ("batch_size", 0, ValueError, ["whole number", "at least 1", "0"]),
        ("batch_size", -200, ValueError, ["whole number", "at least 1", "-200"]),
        ("batch_size", 1.5, TypeError, ["whole number", "1.5"]),
        ("batch_size", None, TypeError, ["whole number", "None"]),
        ("rng", 5, TypeError, ["5"]),
    ],
)
def test_bad_settings_of_training_are_explained(name, value, error, words):
    net = random_network([4, 5, 3])
    before = copies(net.params)
    with pytest.raises(error) as caught:
        net.train(X_OK, Y_OK, X_OK, Y_OK, **{name: value})
    assert explains(str(caught.value), [f"{name} must be", *words]), caught.value
    assert_same(net.params, before)


def test_numbers_of_numpy_are_numbers():
    net = MLP([np.int64(4), np.int32(3)], std=np.float32(0.1))
    stats = net.train(
        X_OK,
        Y_OK.astype(np.uint8),
        X_OK,
        Y_OK,
        learning_rate=np.float32(0.1),
        reg=np.float64(0),
        num_epochs=np.int64(1),
        batch_size=np.uint8(2),
    )
    assert len(stats["loss_history"]) == 1


# Numbers, parameters, files


@pytest.mark.parametrize(
    "value, error, words",
    [
        (Fraction(1, 10), None, None),
        (sp.Rational(1, 10), None, None),
        (np.float32(0.1), None, None),
        (10**400, ValueError, ["finite", "1000000"]),
        (np.bool_(True), TypeError, ["number", "True"]),
        (np.array([0.1]), TypeError, ["number", "0.1"]),
    ],
    ids=repr,
)
def test_whatever_is_a_real_number_is_one(value, error, words):
    if error is None:
        assert check_number("reg", value) == pytest.approx(0.1, rel=1e-7)
        return
    with pytest.raises(error) as caught:
        check_number("reg", value)
    assert explains(str(caught.value), ["reg must be", *words]), caught.value
    assert "None" not in str(caught.value) and len(str(caught.value)) < 150


def test_a_number_with_two_limits_names_both():
    with pytest.raises(
        ValueError, match="finite and greater than 0 and at least 2; got 1"
    ):
        check_number("bits", 1, above=0, least=2)


def test_a_batch_size_beyond_every_integer_type_is_the_whole_set():
    net = random_network([4, 5, 3])
    assert (
        len(net.train(X_OK, Y_OK, None, None, batch_size=10**25)["loss_history"]) == 10
    )


@pytest.mark.parametrize(
    "change, words",
    [
        ({"b1": np.zeros((1, 5))}, ["params['b1']", "(5,)", "(1, 5)"]),
        ({"W1": np.zeros((5, 4))}, ["params['W1']", "(4, 5)", "(5, 4)"]),
        ({"W3": np.zeros((3, 3))}, ["keys", "'b2'", "'W3'"]),
        (
            {"W1": np.zeros((4, 5), "f4")},
            ["params['W1']", "float64", "float32", ".astype"],
        ),
        (
            {"W1": np.zeros((4, 5), int)},
            ["params['W1']", "float64", "int64", ".astype"],
        ),
        (
            {"W1": np.ma.masked_equal(np.ones((4, 5)), 0)},
            ["params['W1']", "MaskedArray"],
        ),
        ({"W1": [[0.0] * 5] * 4}, ["params['W1']", "NumPy array", "list"]),
    ],
    ids=["b1", "W1", "W3", "float32", "int", "masked", "list"],
)
@pytest.mark.parametrize("call", ["loss", "predict", "train", "accuracy"])
def test_parameters_that_do_not_fit_are_explained(call, change, words):
    net = random_network([4, 5, 3])
    net.params |= change
    calls = {
        "loss": lambda: net.loss(X_OK, Y_OK),
        "predict": lambda: net.predict(X_OK),
        "train": lambda: net.train(X_OK, Y_OK, None, None),
        "accuracy": lambda: net.accuracy(X_OK, Y_OK),
    }
    with pytest.raises((TypeError, ValueError)) as caught:
        calls[call]()
    assert explains(str(caught.value), ["params", *words]), caught.value


def test_an_open_file_of_parameters_is_no_dict(tmp_path):
    net = random_network([4, 5, 3])
    np.savez(tmp_path / "net.npz", **net.params)
    with np.load(tmp_path / "net.npz") as stored:
        net.params = stored
        with pytest.raises(
            TypeError, match=r"params must be a dict, as dict\(…\) makes one"
        ):
            net.loss(X_OK, Y_OK)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parameters_come_back_from_a_file_bit_for_bit(dtype, tmp_path):
    net, other = (
        random_network([4, 5, 6, 3], dtype=dtype, seed=seed) for seed in (0, 1)
    )
    np.savez(tmp_path / "net.npz", **net.params)
    with np.load(tmp_path / "net.npz") as stored:
        other.params = dict(stored)
    assert_same(other.params, net.params)
    assert {p.dtype for p in other.params.values()} == {np.dtype(dtype)}
    X, y = examples(net, 6)
    assert other.loss(X, y, 0.1)[0] == net.loss(X, y, 0.1)[0]


def test_accuracy_is_the_share_of_right_classes():
    net = random_network([4, 5, 3])
    X, _ = examples(net, 10)
    y = net.predict(X)
    y[:3] = (y[:3] + 1) % 3
    assert net.accuracy(X, y) == pytest.approx(0.7)
    assert net.accuracy(X.tolist(), y.tolist()) == pytest.approx(0.7)
    with pytest.raises(
        ValueError, match=r"y must be a label for each of 10 rows.*ravel"
    ):
        net.accuracy(X, y[:, None])
