"""The sheet of layers: every label of Part V, shapes of the theorems, counted costs."""

import re

import numpy as np
import part_one
import pytest
from part_one import theorem

from book.tools import labels
from book.tools.layers import LAYERS, NONE, PAGE, made
from mlp import attention, gates, layers, recurrence
from mlp.proof import plain

SHEET = made()[PAGE]
by_name = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)


class Counted(np.ndarray):
    """An array that counts the products of two numbers in products of matrices."""

    products = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain_ones = [np.asarray(x) for x in inputs]
        options = {key: value for key, value in options.items() if key != "out"}
        out = getattr(ufunc, method)(*plain_ones, **options)
        if ufunc is np.matmul:
            Counted.products += np.size(out) * plain_ones[0].shape[-1]
        return np.asarray(out).view(Counted)


SIZES = dict(N=2, D=3, H=5, M=7, K=4)
FORWARD = {  # the layer, with the shapes of its arguments
    "Batch norm, in training": (layers.batch_norm_forward, "N H", "H", "H"),
    "Layer norm": (layers.layer_norm_forward, "N H", "H", "H"),
    "RMS norm": (layers.rms_norm_forward, "N H", "H"),
    "Dropout": (layers.dropout_forward, "N H", "N H"),
    "GELU": (gates.gelu_forward, "N H"),
    "GELU, by tanh": (gates.gelu_tanh_forward, "N H"),
    "SiLU": (gates.silu_forward, "N H"),
    "Softmax": (attention.softmax_forward, "N M"),
    "Attention": (attention.attention_forward, "N D", "M D", "M H"),
    "Recurrent step": (
        recurrence.rnn_step_forward,
        *("N D", "N H", "D H", "H H", "H"),
    ),
    "LSTM, its cell": (
        recurrence.lstm_step_forward,
        *("N D", "2 N H", "D 4H", "H 4H", "4H"),
    ),
}
WITHOUT_COUNT = ["Residual block", "Embedding"]  # a branch of any cost; whole numbers


def size(letter):
    digits, name = re.fullmatch(r"(\d*)(\w*)", letter).groups()
    return int(digits or 1) * SIZES.get(name, 1)


def counts(name):
    """The products of numbers forward and backward."""
    forward, *shapes = FORWARD[name]
    module = __import__(forward.__module__, fromlist=["*"])
    backward = getattr(module, forward.__name__.replace("forward", "backward"))
    rng = np.random.default_rng(0)
    arguments = [rng.normal(size=[*map(size, s.split())]) for s in shapes]
    Counted.products = 0
    out, cache = forward(*[a.view(Counted) for a in arguments])
    first, Counted.products = Counted.products, 0
    backward(np.ones(out.shape).view(Counted), cache)
    return first, Counted.products


def worth(cost):
    """A cost as two numbers: such as N M (D + H); 2 N M (D + H)."""
    if cost == NONE:
        return 0, 0
    formulas = re.split("[;,]", cost)[:2]
    spelled = [re.sub(r"(?<=[\w)]) +(?=[\w(])", "*", f.strip()) for f in formulas]
    return tuple(eval(f, {}, SIZES) for f in spelled)


def test_every_label_of_part_five_is_on_the_sheet_once():
    known = [x.label for x in labels.formulas().values() if "/today/" in x.page]
    told = [f"eq:{label}" for layer in LAYERS for label in layer.labels]
    assert sorted(told) == sorted(known)
    assert sorted(re.findall(r"\{eq\}`(.+?)`", SHEET)) == sorted(known)


@by_name
def test_shapes_are_those_of_the_theorems(layer):
    rules = [theorem(f"eq:{label}") for label in layer.labels]
    arrays = {x for rule in rules for x in part_one.names(rule) if x.is_Matrix}
    told = {n: shape for shape, ns in layer.shapes.items() for n in ns.split()}
    assert told == {x.name: ", ".join(map(plain, x.shape)) for x in arrays}


@pytest.mark.parametrize("name", [x.name for x in LAYERS if x.name in FORWARD])
def test_costs_are_counted(name):
    [layer] = [layer for layer in LAYERS if layer.name == name]
    assert counts(name) == worth(layer.cost)


def test_all_other_layers_have_a_reason_not_to_be_counted():
    assert [x.name for x in LAYERS if x.name not in FORWARD] == WITHOUT_COUNT


@by_name
def test_a_layer_has_the_formulas_of_its_theorems_and_its_lines_of_code(layer):
    own = SHEET.partition(f"**{layer.name}**")[2].partition(":::")[0]
    for label in layer.labels:
        assert f"$$\n{labels.formulas()[f'eq:{label}'].tex}\n$$" in own
    assert "`\\\nin `" in own and layer.mistake in own
