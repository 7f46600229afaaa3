"""Recurrence: a sequence is its steps, and the checks of a layer."""

import numpy as np
import pytest

from mlp import recurrence
from mlp.layer_checks import check_layer

RNG = np.random.default_rng(0)
T, N, D, H = 4, 3, 2, 5
X, STATE = RNG.normal(size=(T, N, D)), RNG.normal(size=(N, H))
W, U, B = RNG.normal(size=(D, H)), 0.3 * RNG.normal(size=(H, H)), RNG.normal(size=H)
WIDE = dict(
    W=RNG.normal(size=(D, 4 * H)),
    U=0.3 * RNG.normal(size=(H, 4 * H)),
    b=RNG.normal(size=4 * H),
)

pytestmark = pytest.mark.filterwarnings("error")


def test_states_are_those_of_the_steps():
    states, _ = recurrence.rnn_forward(X, STATE, W, U, B)
    h = STATE
    for x, state in zip(X, states, strict=True):
        h, _ = recurrence.rnn_step_forward(x, h, W, U, B)
        assert np.array_equal(h, state)


def test_a_sequence_in_two_pieces_has_the_same_gradients():
    dstates = RNG.normal(size=(T, N, H))
    states, caches = recurrence.rnn_forward(X, STATE, W, U, B)
    whole = recurrence.rnn_backward(dstates, caches)
    dX2, message, *later = recurrence.rnn_backward(dstates[2:], caches[2:])
    dstates[1] += message
    dX1, dh, *earlier = recurrence.rnn_backward(dstates[:2], caches[:2])
    np.testing.assert_allclose(np.concatenate([dX1, dX2]), whole[0])
    np.testing.assert_allclose(dh, whole[1])
    for first, second, both in zip(earlier, later, whole[2:], strict=True):
        np.testing.assert_allclose(first + second, both)


def test_the_check_finds_a_sequence_right():
    few = dict(X=X / 4, h=STATE / 4, W=W / 4, U=U / 4, b=B / 4)  # tanh is not flat
    assert check_layer(recurrence.rnn_forward, recurrence.rnn_backward, **few)


def test_the_check_finds_an_lstm_right():
    pair = recurrence.lstm_step_forward, recurrence.lstm_step_backward
    state = RNG.normal(size=(2, N, H)) / 4
    few = {name: p / 4 for name, p in WIDE.items()}
    assert check_layer(*pair, x=X[0] / 4, state=state, **few)


def test_an_open_forget_gate_keeps_the_cell_and_a_shut_one_drops_it():
    state = RNG.normal(size=(2, N, H))
    zeros = dict(W=np.zeros((D, 4 * H)), U=np.zeros((H, 4 * H)))
    for gate, kept in ((1000.0, 1), (-1000.0, 0)):
        b = np.repeat([0.0, gate, 0.0, 100.0], H)
        cell = recurrence.lstm_step_forward(X[0], state, b=b, **zeros)[0][1]
        np.testing.assert_allclose(cell, kept * state[1] + 0.5)
