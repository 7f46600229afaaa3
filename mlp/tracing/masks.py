"""Where a comparison holds almost everywhere: the only place that speaks of null sets.

The set where u is 0 is null if u is analytic on one piece, so holds no mask, also none
inside, and no root, log or quotient of what may be 0; and is not 0 for all inputs. So
its numbers at random inputs tell, at every index and all small sizes; for larger ones,
it is shown (`is_nonzero_at_all_sizes`). Then [-u > 0] is 1 - [u > 0] but for a null
set, and "u is not 0" is a hypothesis; for any other u there is no such rule.
"""

from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import (
    ONE,
    ZERO,
    Poly,
    all_atoms,
    atom,
    delta,
    leading,
    power_of,
    settled,
    single,
    times,
)


class Hypotheses:
    """What was supposed while a program was traced and its gradient was proved."""

    def __init__(self):
        self.nonzero = {}

    def suppose(self, u):
        """Suppose that a number is nowhere 0."""
        u = -u if u.terms[leading(u)] < 0 else u
        self.nonzero[u] = True


hypotheses = Hypotheses()


def has_null_zeros(u):
    """Tell whether the inputs where u is 0 are a null set."""
    from mlp.tracing.values import never_identically_zero

    kinds = frozenset().union(*[one.has for one in u.atoms()])
    if not u or kinds & {"mask", "label", "delta"}:
        return False
    return is_one_piece(u) and never_identically_zero(u)


def is_one_piece(u, apart=()):
    """Tell whether a number is analytic for all inputs, and vanishes at no one size."""
    from mlp.tracing.domains import is_everywhere
    from mlp.tracing.nonzero import is_nonzero_at_all_sizes

    return is_everywhere(u) and is_nonzero_at_all_sizes(u, apart)


def almost_surely(value):
    """Return the truth that a condition has for almost all inputs, or refuse."""
    settled_value = without_turned(value)
    if settled_value.constant is not None:
        return bool(settled_value.constant)
    raise CantTell("a branch on values")


def without_turned(u):
    """Write [-v > 0] as 1 - [v > 0] where that is so but for a null set."""
    turned = {}
    for one in u.atoms():
        if one.kind == "mask":
            turned.update(turn(one))
    return with_masks(u, turned) if turned else u


def turn(one):
    """Return {mask: its value} for a mask [u > 0] whose u has a leading minus."""
    v = one.args[0]
    if v.terms[leading(v)] > 0 or not has_null_zeros(v):
        return {}
    hypotheses.suppose(v)
    return {one: ONE - single(atom("mask", -v))}


def with_masks(u, values):
    """Put values for masks."""
    total = ZERO
    for term, c in u.terms.items():
        value = settled(tuple(pair for pair in term if pair[0] not in values)).scaled(c)
        for one, _ in term:
            if one in values:
                value = times(value, values[one])
        total = total + value
    return total


def almost_zero(u):
    """Tell whether u is 0 but for a null set, the masks inside sums included."""
    if not u:
        return True
    again = rewritten(u, turned)
    if again and any(
        last_label(one) for part in again.atoms() for one in all_atoms(part)
    ):
        again = rewritten(again, by_others)
    if again and any("tanh" in one.has for one in again.atoms()):
        again = rewritten(again, by_exp)
    return not again or not without_quotients(again)


MOST = 60  # terms of a difference whose denominators are multiplied out


def without_quotients(u):
    """Multiply a difference by its denominators, none of which is 0."""
    from mlp.tracing.functions import parts

    if len(u.terms) > MOST:
        return u
    u = parts(u)[2]
    for one in sorted(one for one in u.atoms() if one.kind == "root"):
        highest = max((dict(term).get(one, 0) for term in u.terms), default=0)
        if one.args[1] == 1 and len(one.args[0].terms) <= 6:
            u = times(u, power_of(one.args[0], int(highest)))
    return u


def turned(one):
    """Return a mask by the one whose u has a leading plus."""
    return turn(one).get(one) if one.kind == "mask" else None


def last_label(one):
    """Tell [y = K - 1] for a label y of K values, K a number."""
    from mlp.tracing.items import RANGES

    if one.kind != "delta":
        return False
    a, b = one.args
    return a[0] == "#" and b[0] == "L" and RANGES.get(b[1]) == a[1] + 1


def by_others(one):
    """Return [y = K - 1] as 1 - [y = 0] - [y = 1] …: a label has one of its values."""
    if not last_label(one):
        return None
    a, b = one.args
    return ONE - sum((delta(("#", n), b) for n in range(a[1])), ZERO)


def by_exp(one):
    """Return tanh(u) as 1 - 2 / (1 + exp(2 u))."""
    from mlp.tracing.functions import exp, inverse

    if one.kind != "tanh":
        return None
    u = rewritten(one.args[0], by_exp)
    return ONE - inverse(ONE + exp(u.scaled(2))).scaled(2)


def rewritten(u, rule):
    """Put for atoms, also those inside, what a rule gives; None leaves an atom."""
    value = ZERO
    for term, c in u.terms.items():
        part = Poly({(): c})
        for one, p in term:
            part = times(part, rewritten_power(one, p, rule))
        value = value + part
    return value


def rewritten_power(one, p, rule):
    """Put what a rule gives for a power of an atom."""
    from mlp.tracing.functions import power
    from mlp.tracing.sums import opened, rebuild, total

    if not one.has & {"mask", "tanh", "label"}:
        return settled(((one, p),))
    value = rule(one)
    if value is None and one.kind in ("mask", "entry", "delta"):
        value = single(one)
    if value is None and one.kind == "sum":
        letters, body = opened(one)
        value = total(letters, rewritten(body, rule))
    if value is None:
        value = rebuild[one.kind](rewritten(one.args[0], rule), *one.args[1:])
    return settled(((one, p),)) if value == single(one) else power(value, p)
