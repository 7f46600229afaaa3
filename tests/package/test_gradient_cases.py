"""The gradients that checks are measured on: their truth, kinks, slips and mutants."""

import warnings

import numpy as np
import pytest

from mlp import MLP
from mlp.activations import ACTIVATIONS
from mlp.gradient_cases import (
    FAMILIES,
    ROUNDINGS,
    Tally,
    centered_slopes,
    contest,
    function_case,
    function_cases,
    mutants,
    network_cases,
    network_truth,
    relative_errors,
    slip,
    values_and_point,
    verdicts,
)

COUNT = 80
each_family = pytest.mark.parametrize("family", FAMILIES)
each_dtype = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def networks(count=COUNT, seed=0, **options):
    return network_cases(np.random.default_rng(seed), count, **options)


@pytest.fixture(scope="module")
def cases():
    return list(networks())


def share_off(cases, dtype):
    """The share of the entries, not at a kink, that the program itself gets wrong."""
    off, total = 0, 0
    for case in cases:
        for name, given in case.given.items():
            limit = ROUNDINGS * np.finfo(dtype).eps * case.scale[name]
            is_off = np.abs(given - case.truth[name]) > limit
            off += (is_off & ~case.at_kink[name]).sum()
            total += given.size
    return off / total


@pytest.mark.parametrize("dtype, most", [(np.float64, 0.01), (np.float32, 0.05)])
def test_the_truth_is_what_the_networks_compute(cases, dtype, most):
    """But for the zeros of float32, and outputs near a kink, which are rounding."""
    assert share_off([case for case in cases if case.dtype == dtype], dtype) < most


def test_the_truth_of_a_smooth_network_is_that_of_complex_steps(cases):
    compared = 0
    for case in cases:
        smooth = case.net.activation != "relu" and case.net.penalty == "l2"
        if case.dtype == np.float64 and smooth:
            f, params = values_and_point(case)
            for name, index in list(case.entries())[::7]:
                moved = {key: p.astype(complex) for key, p in params.items()}
                moved[name][index] += 1e-30j
                slope, truth = f(moved).imag / 1e-30, case.truth[name][index]
                assert abs(slope - truth) <= 1e-12 * case.scale[name][index]
                compared += 1
    assert compared > 100


def test_every_activation_output_penalty_and_depth_takes_part(cases):
    nets = [case.net for case in networks(300)]
    assert {net.activation for net in nets} == ACTIVATIONS.keys()
    assert {len(net.sizes) - 1 for net in nets} == set(range(1, 9))
    assert {net.output for net in nets} == {"softmax", "sigmoid"}
    assert {net.sizes[-1] for net in nets} == set(range(1, 11))
    assert {len(case.X) for case in cases} == set(range(1, 9))
    assert any(case.reg == 0 for case in cases)
    assert any(
        (W == 0).any()
        for case in cases
        if case.net.penalty == "l1"
        for W in case.net.params.values()
        if W.ndim == 2
    )


def test_a_case_can_be_drawn_again_by_itself(cases):
    again = list(networks())[17]
    np.testing.assert_array_equal(again.X, cases[17].X)
    assert again.given.keys() == cases[17].given.keys()


def test_the_scale_is_never_below_the_entry(cases):
    for case in cases:
        for name, truth in case.truth.items():
            assert (case.scale[name] >= np.abs(truth) * (1 - 1e-12)).all()


def test_the_scale_by_hand():
    net = MLP([1, 2], penalty="l1", std=0)
    net.params["W1"][:] = [[0.0, 3.0]]
    X, y = np.array([[2.0], [-1.0]]), np.array([0, 0])
    scale = network_truth(net, X, y, 0.5)[2]
    P = np.exp(X * [0, 3]) / np.exp(X * [0, 3]).sum(axis=1, keepdims=True)
    terms = (P + [1, 0]) / 2  # (N, K), P + Y
    np.testing.assert_allclose(scale["b1"], terms.sum(axis=0))
    np.testing.assert_allclose(scale["W1"], np.abs(X).T @ terms + 0.5)


def two_layers(b=0.0, W2=1.0):
    """One input, one ReLU unit at z = x + b, two classes; the kink is at x = -b."""
    net = MLP([1, 1, 2], "relu", std=0)
    net.params["W1"][:], net.params["b1"][:] = 1, b
    net.params["W2"][:] = [[W2, 0]]
    return net


def test_both_slopes_at_a_kink_by_hand():
    X, y = np.array([[0.0]]), np.array([1])
    truth, sides, _, at_kink = network_truth(two_layers(W2=3.0), X, y)
    assert at_kink["b1"].all() and not at_kink["W1"].any()  # x = 0: W1 moves nothing
    assert not at_kink["b2"].any() and not at_kink["W2"].any()
    left, right = sides["b1"]
    assert left == 0 and right == pytest.approx(3 * 0.5) and truth["b1"] == 0


def test_within_rounding_of_a_kink_is_at_the_kink():
    X, y = np.array([[0.1]]), np.array([1])
    near = network_truth(two_layers(np.nextafter(-0.1, 0)), X, y)[3]
    beside = network_truth(two_layers(-0.1 + 1e-12), X, y)[3]
    assert near["b1"].all() and not beside["b1"].any()


def test_both_slopes_of_the_l1_penalty_by_hand():
    net = MLP([1, 2], penalty="l1", std=0)
    X, y = np.array([[1.0]]), np.array([1])
    _, (left, right), _, at_kink = (d["W1"] for d in network_truth(net, X, y, 0.25))
    assert at_kink.all()
    np.testing.assert_allclose([left, right], [[[0.25, -0.75]], [[0.75, -0.25]]])


def test_both_slopes_at_kinks_are_what_short_steps_find():
    compared = 0
    for case in [c for c in networks(160) if c.dtype == np.float64 and c.hits]:
        f, params = values_and_point(case)
        scale = max(1, f(params))
        for name, index in [e for e in case.entries() if case.at_kink[e[0]][e[1]]][:8]:
            moved = {key: p.copy() for key, p in params.items()}
            for side, h in zip(case.sides[name], [-1e-8, 1e-8]):
                moved[name][index] = params[name][index] + h
                slope = (f(moved) - f(params)) / h
                error = 1e-5 * case.scale[name][index] + 1e-6 * scale
                assert slope == pytest.approx(side[index], abs=error), (case, name)
                compared += 1
    assert compared > 50


def test_slips_are_planted_only_where_they_are_more_than_rounding(cases):
    rng, planted = np.random.default_rng(0), 0
    for case in cases:
        given, name, index = slip(case, rng)
        if given is None:
            continue
        planted += 1
        eps = np.finfo(case.dtype).eps
        off = abs(float(given[name][index]) - case.truth[name][index])
        assert off > ROUNDINGS * eps * case.scale[name][index]
        assert not case.at_kink[name][index]
        changed = sum((given[key] != case.given[key]).sum() for key in given)
        assert changed == 1 and given[name].dtype == case.dtype
    assert planted > 0.85 * len(cases)


def test_mutants_are_wrong_somewhere(cases):
    counts = {}
    for case in cases[:30]:
        before = {name: p.copy() for name, p in case.net.params.items()}
        for fault, given in mutants(case):
            counts[fault] = counts.get(fault, 0) + case.has_wrong(given)
        for name, p in case.net.params.items():
            np.testing.assert_array_equal(p, before[name])
    assert len(counts) == 7 and all(counts.values()), counts


# Functions.


@each_dtype
@each_family
def test_the_formula_of_a_function_is_its_slope(family, dtype):
    case = function_case(family, np.random.default_rng(1), dtype)
    loose = {"fast sine": 1e4, "chirp": 1e4}
    eps = loose.get(family, 300) * np.finfo(dtype).eps
    for name, given in case.given.items():
        assert given.dtype == dtype
        left, right = case.sides[name]
        size = (
            1 if family == "minimum" else np.abs(given).max()
        )  # its terms are about 1
        is_off = np.minimum(abs(given - left), abs(given - right)) > eps * size
        between = (left < given) & (given < right)
        assert not (is_off & ~(case.at_kink[name] & between)).any()


@each_family
def test_the_function_of_a_case_returns_one_number(family):
    case = function_case(family, np.random.default_rng(2))
    assert np.ndim(case.f(case.x)) == 0
    assert case.f(case.x) == case.f(case.x)


@each_family
def test_what_a_case_says_about_complex_steps(family):
    case = function_case(family, np.random.default_rng(4))
    assert not all(kinks.all() for kinks in case.at_kink.values())
    f = case.f if isinstance(case.x, dict) else lambda x: case.f(x["x"])
    x = case.x if isinstance(case.x, dict) else {"x": case.x}
    worst = 0.0
    for name, index in case.entries():
        moved = {key: array.astype(complex) for key, array in x.items()}
        step = 1e-30 * (abs(x[name][index]) or 1)
        moved[name][index] += 1j * step
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
                slope = complex(f(moved)).imag / step
        except TypeError:
            assert case.complex_step == "refused"
            return
        if not case.at_kink[name][index]:
            size = 1 if family == "minimum" else np.abs(case.truth[name]).max() or 1
            worst = max(worst, abs(slope - case.truth[name][index]) / size)
    is_exact = worst <= 1e-7 + case.noise
    assert is_exact == (case.complex_step == "exact")


def test_kinks_of_functions():
    rng = np.random.default_rng(0)
    for family in ["|x| at 0", "x + relu at 0", "max of ties"]:
        found = [function_case(family, rng).at_kink["x"].any() for _ in range(8)]
        assert any(found), family
    for family in ["|x| away", "|x| near", "relu squared", "rosenbrock", "minimum"]:
        assert not function_case(family, rng).at_kink["x"].any(), family
    case = function_case("opposite branches", np.random.default_rng(1))
    assert not case.at_kink["x"].any() and (case.x == 0).any()
    assert case.is_wrong("x", case.faulty["x"]).sum() == (case.x == 0).sum()


def test_two_hundred_functions():
    kinds = {case.kind for case in function_cases(np.random.default_rng(0))}
    assert kinds == FAMILIES.keys() and len(kinds) > 50
    assert sum(1 for _ in function_cases(np.random.default_rng(0))) == 200


# Contestants and their count.


def test_verdicts_plant_the_given_gradient_and_leave_the_network_as_it_was(cases):
    case = cases[0]
    params, kind = case.net.params, type(case.net)
    rng = np.random.default_rng(0)
    given, name, index = next(d for d in (slip(case, rng) for _ in range(50)) if d[0])
    found, evaluations = verdicts(case, given)
    assert found[name, index] == "wrong" and evaluations > 0
    assert case.net.params is params and type(case.net) is kind


def test_the_rule_of_cs231n_by_hand():
    case = function_case("quadratic", np.random.default_rng(0))
    slopes = centered_slopes(case)
    assert relative_errors(case, slopes) == ({}, 2 * case.x.size)
    off = {"x": slopes["x"] * [1, 1 + 1e-6, 1 + 1e-2, 1]}
    said = relative_errors(case, off)[0]
    assert said == {("x", (1,)): "in between: undecided", ("x", (2,)): "wrong"}


def test_the_count_of_verdicts():
    case = function_case("quadratic", np.random.default_rng(0))
    given = {"x": case.given["x"] * [1, 2, 1, 1]}
    tally = Tally()
    tally.ask(lambda *_: ({}, 3), case, given)
    tally.ask(lambda *_: ({("x", (0,)): "wrong"}, 3), case, case.given)
    tally.ask(lambda *_: ({("x", (0,)): "rounding: so"}, 3), case, case.given)
    counts = tally.counts
    assert counts["wrong gradients"] == counts["missed"] == 1
    assert counts["right gradients"] == 2 and counts["alarms"] == 1
    assert counts["slips"] == counts["slips called right"] == 1
    assert counts["right"] == 3 + 4 + 4 and counts["right called wrong"] == 1
    assert tally.reasons == {"rounding": 1} and counts["evaluations"] == 9
    assert [failure[0] for failure in tally.failures] == [
        "slips called right",
        "right called wrong",
        "right called undecided",
    ]


def test_a_contest_gives_each_contestant_the_same():
    rng = np.random.default_rng(0)
    never = contest(function_cases(rng, 20), {"a": never_sure, "b": never_sure}, rng)
    assert never["a"].counts == never["b"].counts
    assert never["a"].counts["right gradients"] == 20
    assert never["a"].counts["slips"] >= 18


def never_sure(case, given):
    return {entry: "rounding: who knows" for entry in case.entries()}, 0
