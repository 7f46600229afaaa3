"""Ways in which a prover of code could be wrong, each with a program that shows it."""

import itertools

import numpy as np
import pytest

from mlp.tracing import NotProved, prove_backward, prove_gradient
from mlp.tracing.functions import mask
from mlp.tracing.masks import has_null_zeros
from mlp.tracing.programs import read_program
from mlp.tracing.prove import Findings, by_numbers
from mlp.tracing.sums import ONE, delta, entry, number, settled, times, total
from mlp.tracing.trial import open_text, still_open

i, j, q = (("i", n, r) for n, r in ((1, "N"), (2, "N"), (3, "K")))


def label(name, k):
    return ("L", name, (k,))


def twice(x):
    return x * 2, None


def twice_backward(dout, cache):
    return dout * 2


# 1. equal indices


def test_two_deltas_with_one_index_keep_both():
    """δ(q, y_i) δ(q, t_i) is not δ(q, y_i): it is 0 where the labels differ."""
    both = times(delta(q, label("y", i)), delta(q, label("t", i)))
    assert both != delta(q, label("y", i)) and both != delta(q, label("t", i))
    assert total((q,), both) == delta(label("y", i), label("t", i))


def test_a_delta_is_used_in_labels_too():
    product = times(delta(i, j), entry("s", (i, label("y", j))))
    assert product == times(delta(i, j), entry("s", (i, label("y", i))))


def test_a_label_of_its_own_index_is_not_put_for_it():
    one = times(delta(q, label("y", q)), entry("a", (q,)))
    assert one and one != ONE


# 2. derivatives


def test_a_function_whose_slope_is_not_known_has_none():
    from mlp.tracing.refusal import CantTell
    from mlp.tracing.slopes import derivative
    from mlp.tracing.sums import atom, single

    with pytest.raises(CantTell, match="strange"):
        derivative(single(atom("strange", entry("x", (i,)))), "x", (j,))


# 3. sizes


def seven(x):
    return (x * 3 if x.shape[0] == 7 else x * 2), None


def test_a_size_is_no_number():
    result = prove_backward(seven, twice_backward, x="N D")
    assert result.verdict == "checked"
    assert "N == 7" in result["x"].reason and "line" in result["x"].reason


def test_what_holds_for_all_sizes_is_decided():
    def forward(x):
        assert x.shape[0] > 0 and x.ndim == 2 and x.shape == (len(x), x.shape[1])
        assert x.size == x.shape[0] * x.shape[1]
        return x * 2, None

    assert prove_backward(forward, twice_backward, x="N D")


def test_two_sizes_may_be_the_same():
    def forward(x):
        return (x * 3 if x.shape[0] == x.shape[1] else x * 2), None

    result = prove_backward(forward, twice_backward, x="N D")
    assert result.verdict == "wrong" and "N = 1, D = 1" in result["x"].reason


# 4. refusals


def test_a_program_that_catches_exceptions_catches_no_refusal():
    def forward(x):
        try:
            if x.shape[0] == 7:
                return x * 3, None
        except Exception:
            pass
        return x * 2, None

    assert prove_backward(forward, twice_backward, x="N D").verdict == "checked"


def test_a_bare_except_hides_no_refusal():
    def forward(x):
        try:
            if x.shape[0] == 7:
                return x * 3, None
        except:  # noqa: E722
            pass
        return x * 2, None

    assert prove_backward(forward, twice_backward, x="N D").verdict == "checked"


# 5. maxima


def test_a_shift_by_the_maximum_is_no_constant():
    result = prove_backward(
        lambda x: x - x.max(axis=1, keepdims=True), lambda dout, x: dout, x="N D"
    )
    assert result.verdict == "wrong"


def test_the_largest_entry_is_compared_by_its_place():
    loss = prove_gradient(
        lambda x: x.max(axis=1).sum(),
        lambda x: (x >= x.max(axis=1, keepdims=True)) * 1.0,
        x="N D",
    )
    assert loss and "maximum" in loss.given


def test_places_of_a_maximum_are_not_compared_where_entries_tie():
    """Of ReLU's outputs many are 0, so that a tie is no rare case."""

    def loss(x):
        return np.maximum(x, 0).max(axis=1).sum()

    def gradient(x):
        h = np.maximum(x, 0)
        return (h == h.max(axis=1, keepdims=True)) * 1.0

    assert not prove_gradient(loss, gradient, x="N D")


# 6. null sets


def test_not_greater_is_less_only_but_for_a_null_set():
    z = entry("z", (i,))
    h = times(z, mask(z))
    assert ONE - mask(-h) == ONE and mask(h) == mask(z)
    assert not has_null_zeros(h)


def relu_forward(x):
    out = np.maximum(x, 0)
    return out, out


def test_relu_by_its_output_needs_the_strict_comparison():
    assert prove_backward(relu_forward, lambda dout, out: dout * (out > 0), x="N D")
    wrong = prove_backward(relu_forward, lambda dout, out: dout * (out >= 0), x="N D")
    assert wrong.verdict == "wrong"


def test_a_number_that_is_0_at_size_1_is_not_almost_nowhere_0():
    def forward(x):
        z = x - x.mean(axis=0)
        return np.maximum(z, 0), z

    def backward(dout, z):
        dz = dout * (z >= 0)
        return dz - dz.mean(axis=0)

    def strict_backward(dout, z):
        dz = dout * (z > 0)
        return dz - dz.mean(axis=0)

    assert prove_backward(forward, backward, x="N D").verdict == "checked"
    assert prove_backward(forward, strict_backward, x="N D")


def test_a_number_that_is_0_in_one_row_is_not_almost_nowhere_0():
    def forward(x):
        z = x - x[0]
        return np.maximum(z, 0), z

    def backward(dout, z):
        dz = dout * (z >= 0)
        dz[0] -= dz.sum(axis=0)
        return dz

    assert not prove_backward(forward, backward, x="N D")


# 7. hypotheses


def test_a_proof_says_where_a_kink_is():
    result = prove_backward(relu_forward, lambda dout, out: dout * (out > 0), x="N D")
    assert "x[i, p] is not 0" in result.given


def test_a_function_that_jumps_is_said_to_jump():
    result = prove_backward(
        lambda x: (np.sign(x), None), lambda dout, cache: np.zeros_like(dout), x="N D"
    )
    assert result and "jumps" in repr(result)
    smooth = prove_backward(relu_forward, lambda dout, out: dout * (out > 0), x="N D")
    assert "jumps" not in repr(smooth)


# 8. false alarms


def test_a_function_that_changes_its_input_is_called_with_copies():
    def forward(x):
        x *= 2
        return x * x, x

    result = prove_backward(forward, lambda dout, x: 4 * dout * x, x="N D")
    assert result and "changes x" in repr(result)


def test_an_overwritten_cache_is_wrong_where_numpy_is():
    def forward(x):
        cache = x
        x *= 2
        return x * x, cache

    result = prove_backward(forward, lambda dout, x: 8 * dout * x, x="N D")
    assert result.verdict == "wrong"


def test_rounding_to_float32_is_no_slip():
    def forward(x):
        return np.tanh(x.astype(np.float32)), x

    def backward(dout, x):
        return dout * (1 - np.tanh(x) ** 2)

    assert prove_backward(forward, backward, x="N D").verdict != "wrong"


def test_small_inputs_of_a_deep_relu_net_raise_no_alarm():
    def loss(x, w1, w2, w3):
        return (np.maximum(np.maximum(x @ w1, 0) @ w2, 0) @ w3).sum() * 1e-3

    def gradient(x, w1, w2, w3):
        h1 = np.maximum(x @ w1, 0)
        h2 = np.maximum(h1 @ w2, 0)
        d2 = 1e-3 * np.ones((len(x), w3.shape[1])) @ w3.T * (h2 > 0)
        d1 = d2 @ w2.T * (h1 > 0)
        dw3 = 1e-3 * h2.T @ np.ones((len(x), w3.shape[1]))
        return d1 @ w1.T, x.T @ d1, h1.T @ d2, dw3

    assert prove_gradient(loss, gradient, x="N D", w1="D H", w2="H M", w3="M K")


def test_an_infinite_gradient_of_a_finite_function_is_wrong():
    result = prove_backward(relu_forward, lambda dout, out: dout / (out > 0), x="N D")
    assert result.verdict == "wrong"


# 9. state and shapes

calls = [0]
counter = 0
numbers = itertools.count()
settings = {"calls": 0}
memory = np.zeros(3)


def by_list(x):
    calls[0] += 1
    return x * (2 if calls[0] < 500 else 3), None


def by_global(x):
    global counter
    counter += 1
    return x * (2 if counter < 500 else 3), None


def by_attribute(x):
    by_attribute.calls = getattr(by_attribute, "calls", 0) + 1
    return x * (2 if by_attribute.calls < 500 else 3), None


def by_iterator(x):
    return x * (2 if next(numbers) < 500 else 3), None


def by_default(x, seen=[]):  # noqa: B006
    seen.append(1)
    return x * (2 if len(seen) < 500 else 3), None


def by_dict(x):
    settings["calls"] += 1
    return x * (2 if settings["calls"] < 500 else 3), None


def by_array(x):
    memory[0] += 1
    return x * 2, None


def by_closure():
    n = 0

    def forward(x):
        nonlocal n
        n += 1
        return x * (2 if n < 500 else 3), None

    return forward


class Counter:
    total = 0

    def __init__(self):
        self.calls = 0

    def by_self(self, x):
        self.calls += 1
        return x * (2 if self.calls < 500 else 3), None

    def by_class(self, x):
        Counter.total += 1
        return x * (2 if Counter.total < 500 else 3), None


STATES = [
    by_list,
    by_global,
    by_attribute,
    by_iterator,
    by_default,
    by_dict,
    by_array,
    by_closure(),
    Counter().by_self,
    Counter().by_class,
]


class HasItsName(Counter):
    def by_self(self, x):
        self.seen = self.seen + 1 if hasattr(self, "seen") else 1
        return x * (2 if self.seen < 500 else 3), None


class HasADefault(Counter):
    last = 0

    def by_self(self, x):
        before, self.last = self.last, self.last + 1
        return x * (2 if before < 500 else 3), None


class LooksAtItsDict(Counter):
    def by_self(self, x):
        self.__dict__["calls"] += 1
        self.calls = self.__dict__["calls"]
        return x * (2 if self.calls < 500 else 3), None


class GoesAround(Counter):
    def by_self(self, x):
        n = object.__getattribute__(self, "calls")
        self.calls = n + 1
        return x * (2 if n < 500 else 3), None


class ReadsInBackward(Counter):
    def by_self(self, x):
        return x * 2, self

    def backward(self, dout):
        self.calls = self.calls + 1
        return dout * 2


STATES += [
    one().by_self for one in (HasItsName, HasADefault, LooksAtItsDict, GoesAround)
]


class Layer:
    """A layer that keeps what backward needs."""

    def __init__(self, scale=1.0):
        self.scale, self.cache, self.mask = scale, None, None

    def forward(self, x, w):
        self.cache = x, w
        self.mask = x @ w > 0
        self.new = self.scale
        return x @ w * self.mask * self.new

    def backward(self, dout):
        x, w = self.cache
        dZ = dout * self.mask * self.new
        self.cache = None
        return dZ @ w.T, x.T @ dZ


def test_a_layer_may_keep_what_its_backward_pass_needs():
    layer = Layer(3.0)
    result = prove_backward(layer.forward, layer.backward, x="N D", w="D H")
    assert result, result
    layer.scale = 2.0
    wrong = prove_backward(
        layer.forward, lambda dout: layer.backward(dout)[::-1], x="N N", w="N N"
    )
    assert wrong.verdict == "wrong"


def test_a_backward_pass_that_reads_what_an_earlier_call_left_is_not_proved():
    counter = ReadsInBackward()
    result = prove_backward(counter.by_self, lambda d, c: c.backward(d), x="N")
    assert result.verdict == "checked", result


@pytest.mark.parametrize("forward", STATES)
def test_a_program_with_a_state_is_not_proved(forward):
    result = prove_backward(forward, twice_backward, x="N D")
    assert result.verdict == "checked", result


def test_a_trace_leaves_the_program_as_it_was():
    before = dict(vars(twice)), twice.__globals__ is globals(), list(calls)
    prove_backward(twice, twice_backward, x="N D")
    assert before == (dict(vars(twice)), twice.__globals__ is globals(), list(calls))
    assert twice(np.ones(2))[0].tolist() == [2, 2]


@pytest.mark.parametrize(
    "backward",
    [
        lambda dout, x: dout.sum(axis=1, keepdims=True),
        lambda dout, x: (dout * 0 + dout.sum(axis=1, keepdims=True)).T,
        lambda dout, x: dout.sum(axis=1),
    ],
)
def test_a_gradient_has_the_shape_of_its_argument(backward):
    def forward(x):
        return x.sum(axis=1, keepdims=True) * np.ones_like(x), x

    assert prove_backward(forward, backward, x="N K").verdict == "wrong"


# 11. NumPy's own rules


def into_whole_numbers(x):
    out = np.zeros(x.shape, dtype=int)
    out += x
    return out


def two_masks(x):
    return ((x > 0) + (x > 1)) * x


def new_shape(x):
    x = x.copy()
    x.shape = (x.size,)
    return x


def out_by_position(x):
    y = x.copy()
    np.exp(x, y)
    return y


def whole_sum(x):
    return x.sum(axis=0, dtype=int) * x


@pytest.mark.parametrize(
    "forward", [into_whole_numbers, two_masks, new_shape, out_by_position, whole_sum]
)
def test_what_is_not_modelled_is_refused(forward):
    result = prove_backward(forward, lambda dout, x: dout, x="N D")
    assert not result


# 12. and 13. roots and constants


def test_the_root_of_a_square_is_an_absolute_value():
    assert prove_gradient(lambda x: np.sqrt(x**2).sum(), np.sign, x="N")
    assert not prove_gradient(lambda x: np.sqrt(x**2).sum(), np.ones_like, x="N")


def test_rounded_constants_are_checked_never_wrong():
    result = prove_backward(
        lambda x: (x * (0.1 * 3), None), lambda dout, cache: dout * 0.3, x="N"
    )
    assert result.verdict == "checked" and "rounding of constants" in result["x"].reason


def test_a_constant_is_what_its_decimal_says():
    assert prove_backward(
        lambda x: (x * 0.1 * 3, None), lambda dout, cache: dout * 0.3, x="N"
    )


def unit(x, eps):
    """Return a vector of length 1, but for eps."""
    return x / np.sqrt(np.sum(x * x) + eps)


def unit_backward(dout, x, eps):
    """The gradient of unit with eps = 0."""
    n = np.sqrt(np.sum(x * x))
    return dout / n - x * np.sum(dout * x) / n**3


def test_a_forgotten_epsilon_is_not_proved():
    assert prove_backward(unit, unit_backward, x="3", eps=1e-12).verdict == "wrong"
    result = prove_backward(unit, unit_backward, x="3", eps=1e-14)
    assert result.verdict == "checked"
    assert "only checked" in repr(result)
    assert result["x"].verdict == "checked" and "differ" in result["x"].reason
    assert result["x"].theorem == ""
    with pytest.raises(NotProved):
        result.require()


def test_a_larger_epsilon_is_seen_in_numbers_with_the_digits_that_show_it():
    result = prove_backward(unit, unit_backward, x="3", eps=1e-9)
    given, right = result["x"].reason.split(" is ")[1:]
    assert result.verdict == "wrong" and given.split(",")[0] != right


def test_each_argument_has_its_own_verdict_reason_and_theorem():
    result = prove_backward(
        lambda x, w: (x @ w, (x, w)),
        lambda dout, c: (dout @ c[1].T, c[0].T @ dout * 2),
        x="N D",
        w="D H",
    )
    assert result["x"].verdict == "proved" and result["w"].verdict == "wrong"
    assert result["x"].theorem.startswith("dx = ") and not result["x"].reason
    assert "for every N, D, H" in result["x"].theorem
    assert "right is" in result["w"].reason and not result["w"].theorem


# numbers


def test_what_cannot_be_told_in_numbers_at_one_size_is_told_at_others():
    def forward(x):  # with two columns the entries are 1 and -1, and no slope is left
        centered = x - x.mean(axis=1, keepdims=True)
        length = np.linalg.norm(centered, axis=1, keepdims=True)
        return centered / length, (centered / length, length)

    def backward(dout, cache):
        y, length = cache
        gap = dout - y * np.sum(dout * y, axis=1, keepdims=True)
        return (gap - gap.mean(axis=1, keepdims=True)) / length

    program = read_program(forward, backward, False, {"x": "N D"}, {})
    found = Findings(asked=program.asked)
    by_numbers(program, found)
    assert found.right == {"x"} and not found.wrong


@pytest.mark.parametrize("slope, verdict", [(1.0, "checked"), (1.001, "wrong")])
def test_code_that_complex_numbers_would_break_is_compared_in_real_ones(slope, verdict):
    def forward(x):
        if isinstance(x, np.ndarray) and np.iscomplexobj(x):
            raise AssertionError("only real numbers are expected")
        return np.sort(abs(x)), x

    def backward(dout, x):
        dx = np.zeros_like(x)
        dx[np.argsort(abs(x))] = slope * dout
        return dx * np.sign(x)

    assert prove_backward(forward, backward, x="N").verdict == verdict


def test_entries_that_lie_at_kinks_at_every_draw_are_counted_apart():
    reasons = {(0, 0): "kink: here", (0, 1): "kink: there", (1, 0): "rounding: much"}
    words = open_text("x", "N = 2", reasons)
    assert (
        words == "in numbers, at N = 2, x[1, 0]: rounding: much; 2 entries lie at kinks"
    )
    before = {
        ("x", (0,)): "kink: a",
        ("x", (1,)): "rounding: a",
        ("x", (2,)): "kink: a",
    }
    now = {("x", (0,)): "rounding: b", ("x", (1,)): "kink: b"}
    assert still_open(None, before) == before
    assert still_open(before, now) == {
        ("x", (0,)): "rounding: b",
        ("x", (1,)): "rounding: a",
    }


# size 1


def test_size_1_is_a_case_of_its_own_where_the_program_makes_it_one():
    def forward(x):
        return x.sum(axis=1, keepdims=True).squeeze(), x.shape

    result = prove_backward(
        forward, lambda dout, shape: np.ones(shape) * dout[:, None], x="N D"
    )
    assert result and "N ≥ 2" in result.given

    unbiased = prove_gradient(
        lambda x: x.var(ddof=1), lambda x: 2 * (x - x.mean()) / (len(x) - 1), x="N"
    )
    assert unbiased and "N ≥ 2" in unbiased.given


# the zero test


def test_a_bound_letter_stays_apart_from_those_that_are_replaced():
    """Σ_c a(i, c) keeps its c when the c outside of it gets another name."""
    c, d = ("i", 1000, "K"), ("i", 5, "K")
    inner = total((c,), entry("a", (i, c)))
    both = times(entry("b", (i, c)), inner)
    from mlp.tracing.sums import put

    moved = put(both, {c: d, i: j})
    assert moved == times(entry("b", (j, d)), total((d,), entry("a", (j, d))))


def test_a_sum_of_nothing_that_depends_on_its_index_is_a_size():
    assert repr(total((i,), number(3))) == "3 N"
    assert settled(()) == ONE


def test_a_slip_at_size_1_alone_is_wrong():
    """What is proved for N ≥ 2 is wrong where N = 1 is."""

    def forward(x):
        return (x * 2 if x.shape[0] > 1 else x * 3), None

    result = prove_backward(forward, twice_backward, x="N D")
    assert result.verdict == "wrong" and "N = 1" in result["x"].reason

    def other_backward(dout, cache):
        return dout * (2 if dout.shape[0] > 1 else 3)

    assert prove_backward(forward, other_backward, x="N D").given == "N ≥ 2"


def test_denominators_are_multiplied_out():
    from mlp.tracing.functions import exp, inverse
    from mlp.tracing.masks import almost_zero

    e = exp(entry("z", (i,)))
    one, two = inverse(ONE + e), inverse(e + 2)
    assert almost_zero(times(one, two) - (one - two))
    assert not almost_zero(times(one, two) - (one - times(two, two)))
    assert almost_zero(times(inverse(e), one) - (inverse(e) - one))
    assert not almost_zero(times(inverse(e), one) - inverse(e) + two)
