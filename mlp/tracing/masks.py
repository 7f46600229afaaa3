"""Where a comparison holds almost everywhere: the only place that speaks of null sets.

The set where u is 0 is null if u is analytic on one piece, so holds no mask, also none
inside, and no root, log or quotient of what may be 0; and is not 0 for all inputs. So
its numbers at random inputs tell, at every index and all small sizes; for larger ones,
no part of it may vanish at some size (`vanishes_at_a_size`). Then [-u > 0] is
1 - [u > 0] but for a null set, and "u is not 0" is a hypothesis; for any other u there
is no such rule.
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


def is_one_piece(u):
    """Tell whether a number is analytic for all inputs, and vanishes at no one size."""
    from mlp.tracing.domains import is_everywhere
    from mlp.tracing.names import polys_of, reached

    formulas = [u, *(part for name in reached(u) for part in polys_of(name))]
    return is_everywhere(u) and not any(map(vanishes_at_a_size, formulas))


def vanishes_at_a_size(u):
    """Tell whether some part of a number may be 0 for one value of a size.

    Such a part is a coefficient, as N - 7 in (N - 7) x, or the difference of functions
    of one form, as tanh(N x) and tanh(7 x).
    """
    inner = {part for one in u.atoms() for part in all_atoms(one)}
    functions = [one for one in inner if one.kind not in SIMPLE]
    if any("size" in one.has and "entry" not in one.has for one in functions):
        return True
    forms = {(form_of(one, False), form_of(one, True)) for one in functions}
    if len({bare for bare, _ in forms}) < len(forms):
        if any("size" in one.has for one in functions):
            return True
    polys = [u, *(one.args[0] for one in functions)]
    return any(map(has_lost_coefficient, polys))


SIMPLE = ("size", "constant", "entry", "delta", "sum")


def form_of(one, exact):
    """Return an atom without its indices, and if not exact without its numbers."""
    if one.kind in ("size", "constant"):
        return one.args
    if one.kind in ("entry", "delta"):
        return one.kind, one.args[0] if one.kind == "entry" else None
    if one.kind == "sum":
        ranges = tuple(sorted(str(k[2]) for k in one.args[0]))
        return one.kind, ranges, form_of_product(one.args[1], exact)
    inside = frozenset(
        (form_of_product(term, exact), c if exact else None)
        for term, c in one.args[0].terms.items()
    )
    return one.kind, inside, one.args[1:]


def form_of_product(term, exact):
    """Return a product without indices, and if not exact without sizes."""
    kept = [(one, p) for one, p in term if exact or one.kind not in NUMBERS]
    return tuple(sorted(((form_of(one, exact), p) for one, p in kept), key=repr))


NUMBERS = ("size", "constant")


def has_lost_coefficient(u):
    """Tell whether a coefficient, or the sum of two of one form, may be 0."""
    found = {}
    for term, c in u.terms.items():
        rest = tuple(k for k in term if k[0].kind not in NUMBERS)
        front = Poly({tuple(k for k in term if k[0].kind in NUMBERS): c})
        held = found.setdefault(form_of_product(rest, True), {})
        held[rest] = held.get(rest, ZERO) + front
    for held in found.values():
        values = list(held.values())
        if any(map(may_vanish, values)):
            return True
        sized = any("size" in one.has for v in values for one in v.atoms())
        if len(values) > 1 and sized:
            if len(values) > 2 or may_vanish(values[0] + values[1]):
                return True
    return False


def may_vanish(c):
    """Tell whether a number made of sizes may be 0 for some of them, but not all."""
    from mlp.tracing.axes import decided

    if len(c.terms) < 2:
        return False
    lowest = {}
    for one in c.atoms():
        lowest[one] = min(0, *(dict(term).get(one, 0) for term in c.terms))
    c = times(c, Poly({tuple(sorted((o, -p) for o, p in lowest.items() if p)): 1}))
    if any(one.kind != "size" for one in c.atoms()):
        return True
    leasts = (1, 2) if len(c.atoms()) == 1 else (1,)
    return not any(decided(c, "==", least) is False for least in leasts)


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
        value = total(letters, rewritten(settled(body), rule))
    if value is None:
        value = rebuild[one.kind](rewritten(one.args[0], rule), *one.args[1:])
    return settled(((one, p),)) if value == single(one) else power(value, p)
