"""Powers, exp, log, tanh and masks of numbers, each in one form.

A mask or a delta in an argument comes out in front: F(m u) is m F(u) + (1 - m) F(0).
"""

from fractions import Fraction

from mlp.tracing.refusal import CantTell, clock
from mlp.tracing.sums import (
    ONE,
    ZERO,
    Poly,
    atom,
    is_count,
    is_strict,
    is_sum_of_positive,
    kept,
    leading,
    number,
    power_by_rule,
    power_of,
    product_of,
    rebuild,
    root,
    settled,
    single,
    times,
    whole,
)

LONG = 200  # atoms of a number made of sizes that is compared with 0

needed = {}  # what was divided by, or was under a root or log: must it be positive?


noting = [True]  # not while the engine writes anew what was noted before
given = []  # numbers that are positive, or not negative, where a function is taken


def need(u, positive):
    """Note that a number must not be 0, or must be positive, unless that is given."""
    if not noting[0] or is_nowhere(given):
        return
    signs = (u,) if positive else (u, -u)
    if not any(is_positive_by(s, v, strict) for s in signs for v, strict in given):
        needed[u] = positive or needed.get(u, False)


def is_nowhere(conditions):
    """Tell whether two numbers are never what they are given to be."""
    return any(
        (strict or other_strict)
        and (total := (u + v).constant) is not None
        and total <= 0
        for n, (u, strict) in enumerate(conditions)
        for v, other_strict in conditions[:n]
    )


def quietly(function):
    """Let a function note nothing: its numbers were there before, in other letters."""

    def quiet(*args):
        before, noting[0] = noting[0], False
        try:
            return function(*args)
        finally:
            noting[0] = before

    return quiet


def is_positive_by(u, v, strict):
    """Tell whether u is positive where v is, or where v is 0 or more if not strict."""
    c = Fraction(u.terms.get(leading(v), 0)) / v.terms[leading(v)]
    rest = u - v.scaled(c)
    no_less = all(
        c > 0 and all(one.positive or p % 2 == 0 for one, p in term)
        for term, c in rest.terms.items()
    )
    return c > 0 and (is_sum_of_positive(rest) or (strict and no_less))


def split(function, u, known=(), chosen=ONE):
    """Return function(u) as a sum over the values 0 and 1 of masks and deltas in u.

    ``chosen`` is the product of those that have values: of what it excludes, such as
    [x > 1] without [x > 0], the function is not asked.
    """
    if not chosen:
        return ZERO
    masks = sorted(one for one in u.atoms() if one.kind in ("mask", "delta"))
    if not masks:
        return where_given(known, function, u)
    clock.tick()
    m = single(masks[0])
    on, off = known, known
    if masks[0].kind == "mask":
        v = masks[0].args[0]
        on, off = (*known, (v, True)), (*known, (-v, False))
    on = split(function, with_mask(u, masks[0], 1), on, times(chosen, m))
    off = split(function, with_mask(u, masks[0], 0), off, times(chosen, ONE - m))
    return times(m, on) + times(ONE - m, off)


def where_given(known, function, u):
    """Return function(u), in which `need` uses that some numbers are positive."""
    before = given[:]
    given[:] = known
    try:
        return function(u)
    finally:
        given[:] = before


def with_mask(u, mask, value):
    """Put 1 or 0 for a mask."""
    total = ZERO
    for term, c in u.terms.items():
        rest = tuple(pair for pair in term if pair[0] is not mask)
        if value or len(rest) == len(term):
            total = total + settled(rest).scaled(c)
    return total


def power(u, n):
    """Return u to a rational power."""
    return power_noted(u, whole(Fraction(n)), noting[0])


@kept(50_000)
def power_noted(u, n, _):
    """Return u to a rational power, and note what it needs if that is asked."""
    if is_count(n) or n == 0:
        return power_of(u, n)
    if not u:
        raise CantTell("a division by 0")
    return split(lambda v: power_of_parts(v, n), u)


def power_of_parts(u, n):
    """Return a power, neither 0 nor whole and positive, of what holds no mask."""
    if not u:
        raise CantTell("a division by 0")
    c, outside, inside = parts(u)
    if n < 0:
        for one, _ in outside:
            if not is_strict(one):
                need(single(one), False)
    for one, p in outside:
        if p * n < 0:
            demand_defined(single(one), "==")
    q = Fraction(n).denominator
    if q > 1:
        c, outside, inside = for_root(c, outside, inside, q)
    if inside != ONE:
        need(inside, q > 1)
    elif q == 1:
        return power_of(u, n)
    if q > 1:
        front = root_of_number(c, n)
        demand_defined(inside, "<=")
    else:
        front = number(Fraction(c) ** int(n))
        demand_defined(inside, "==")
    for one, p in outside:
        front = times(front, power_of_one(one, p, n))
    if inside == ONE:
        return front
    one, times_root = root(inside, q), -n * q
    if times_root > 0:
        return times(front, settled(((one, int(times_root)),)))
    up = -(-Fraction(n) // 1)  # P^n = P^up P^(n - up)
    rest = int((up - n) * q)
    return product_of([front, power_of(inside, int(up)), settled(((one, rest),))])


def demand_defined(u, sign):
    """Refuse a number made of sizes that is 0 ("=="), or 0 or less ("<="), for some.

    What is so for all sizes but 1 demands more than 1.
    """
    from mlp.tracing.axes import decided_for_most
    from mlp.tracing.names import unfolded
    from mlp.tracing.nonzero import decided_of_sizes, has_inputs

    if has_inputs(u):
        return
    whole_number = unfolded(u, LONG) or u
    if decided_of_sizes(whole_number, sign, decided_for_most) is not False:
        raise CantTell(f"a division by {u!r}, or a root or log of it, for all sizes")


def power_of_one(one, p, n):
    """Return (one^p)^n; a square root of a square is an absolute value."""
    if one.kind == "root" and one.positive:
        inside, q = one.args
        return power(inside, whole(Fraction(-p * n) / q))
    if one.positive or Fraction(n).denominator == 1:
        return settled(((one, whole(p * n)),))
    half = whole(Fraction(p) * n)
    if p % 2 == 0 and Fraction(half).denominator == 1:
        value = (
            power_of(single(one), int(half)) if half > 0 else settled(((one, half),))
        )
        return times(value, sign(single(one))) if half % 2 else value
    raise CantTell(f"the power {n} of a number that may be negative")


def parts(u):
    """Return a number, a product and a sum, whose product u is.

    The leading coefficient of the sum is 1, and nothing divides all of its terms.
    """
    powers = None
    for term in u.terms:
        here = dict(term)
        if powers is None:
            powers = here
        else:
            names = powers.keys() | here.keys()
            powers = {one: min(powers.get(one, 0), here.get(one, 0)) for one in names}
    outside = tuple(sorted((one, p) for one, p in powers.items() if p))
    inverse = tuple((one, -p) for one, p in outside)
    inside = ZERO
    for term, c in u.terms.items():
        merged = dict(term)
        for one, p in inverse:
            merged[one] = whole(merged.get(one, 0) + p)
        rest = tuple(sorted((one, p) for one, p in merged.items() if p))
        inside = inside + Poly({rest: c})
    c = inside.terms[leading(inside)]
    return c, outside, inside.scaled(Fraction(1) / c)


def for_root(c, outside, inside, q):
    """Keep under a root what may be negative."""
    kept = []
    for one, p in outside:
        even = q == 2 and p % 2 == 0
        if not (one.positive or even):
            inside = times(inside, settled(((one, p),)))
        else:
            kept.append((one, p))
    if c < 0:
        c, inside = -c, -inside
    return c, tuple(kept), inside


def root_of_number(c, n):
    """Return a positive rational number to a rational power, by its primes."""
    result = ONE
    for value, sign_of_power in (
        (Fraction(c).numerator, 1),
        (Fraction(c).denominator, -1),
    ):
        for prime, times_prime in primes(value).items():
            root = whole(Fraction(n) * times_prime * sign_of_power)
            result = times(
                result, settled(((atom("constant", prime, positive=True), root),))
            )
    return result


def primes(n):
    """Return the primes of a number and how often each divides it."""
    found, p = {}, 2
    while n > 1:
        if p * p > n or p > 10_000:
            p = n
        while n % p == 0:
            found[p] = found.get(p, 0) + 1
            n //= p
        p += 1
    return found


def inverse(u):
    """Return 1 / u."""
    return power(u, -1)


def exp(u):
    """Return exp(u): a product of powers of exp of single terms."""
    return split(exp_of_terms, u)


def exp_of_terms(u):
    """Return exp of a sum without masks; exp(c log(u)) is u^c."""
    factors = []
    for term, c in u.terms.items():
        if len(term) == 1 and term[0][1] == 1 and term[0][0].kind == "log":
            factors.append(power(term[0][0].args[0], c))
            continue
        one = atom("exp", Poly({term: 1}), positive=True)
        factors.append(settled(((one, c),)))
    return product_of(factors)


def log(u):
    """Return log(u): a sum over the positive factors of u."""
    if not u:
        raise CantTell("log(0)")
    return split(log_of_parts, u)


def log_of_parts(u):
    """Return the logarithm of what holds no mask."""
    if not u:
        raise CantTell("log(0)")
    c, outside, inside = parts(u)
    value, rest = ZERO, []
    for one, p in outside:
        if one.kind == "exp":
            value = value + one.args[0].scaled(p)
        elif one.kind == "root" and one.positive:
            value = value + log(one.args[0]).scaled(Fraction(-p) / one.args[1])
        elif one.positive:
            value = value + single(atom("log", single(one))).scaled(p)
        else:
            rest.append((one, p))
    if c < 0:
        c, inside = -c, -inside
    for base, n in ((Fraction(c).numerator, 1), (Fraction(c).denominator, -1)):
        for prime, m in primes(base).items():
            value = value + log_of_prime(prime).scaled(n * m)
    inside = times(inside, settled(tuple(rest)))
    demand_defined(inside, "<=")
    need(inside, True)
    return value if inside == ONE else value + single(atom("log", inside))


def log_of_prime(prime):
    """Return the logarithm of a prime."""
    return single(atom("log", number(prime), positive=True))


def arctanh(u):
    """Return half the log of (1 + u) / (1 - u), without u's positive denominators."""
    m = ONE
    for one in sorted(u.atoms()):
        if one.kind == "root" and one.args[1] == 1 and is_sum_of_positive(one.args[0]):
            highest = max(dict(term).get(one, 0) for term in u.terms)
            m = times(m, power_of(one.args[0], int(highest)))
    value = log(times(ONE + u, m)) - log(times(ONE - u, m))
    return value.scaled(Fraction(1, 2))


def odd(name):
    """Return the rule for a function with f(-u) = -f(u), such as tanh."""

    def write(u):
        if not u:
            return ZERO
        if u.terms[leading(u)] < 0:
            return -single(atom(name, -u))
        return single(atom(name, u))

    return lambda u: split(write, u)


def cos(u):
    """Return cos(u), which is cos(-u)."""
    if not u:
        return ONE

    def write(v):
        if not v:
            return ONE
        return single(atom("cos", -v if v.terms[leading(v)] < 0 else v))

    return split(write, u)


tanh, erf, sin, arctan = map(odd, ("tanh", "erf", "sin", "arctan"))


def mask(u):
    """Return [u > 0]: 1 where u is positive, 0 elsewhere."""
    return split(mask_of_parts, u)


def mask_of_parts(u):
    """Return [u > 0] without the positive factors of u."""
    if not u:
        return ZERO
    c, outside, inside = parts(u)
    rest = [(one, p) for one, p in outside if not is_strict(one)]
    odd_ones = tuple((one, p % 2) for one, p in rest if whole(p) == p and p % 2)
    even_ones = [one for one, p in rest if p % 2 == 0]
    if any(whole(p) != p for _, p in rest):
        raise CantTell("the sign of a root")
    v = times(inside, settled(odd_ones)).scaled(1 if c > 0 else -1)
    for one in even_ones:  # u² is positive but where u is 0
        v = times(v, settled(((one, 2),)))
    if is_sum_of_positive(v) or (len(v.terms) == 1 and v.constant and v.constant > 0):
        return ONE
    if is_sum_of_positive(-v):
        return ZERO
    if all(
        c < 0 and all(o.positive or p % 2 == 0 for o, p in t)
        for t, c in v.terms.items()
    ):
        return ZERO
    return single(atom("mask", v, positive=False))


def sign(u):
    """Return 1, 0 or -1."""
    return mask(u) - mask(-u)


def absolute(u):
    """Return |u|."""
    return times(u, sign(u))


def larger(u, v):
    """Return the maximum of two numbers."""
    d = u - v
    if d and d.terms[leading(d)] < 0:
        u, v, d = v, u, -d
    return v + times(d, mask(d))


rules = {
    "exp": exp,
    "log": log,
    "tanh": tanh,
    "erf": erf,
    "sin": sin,
    "cos": cos,
    "arctan": arctan,
    "mask": mask,
    "root": lambda u, q: power(u, Fraction(-1, q)),
}
rebuild.update({kind: quietly(rule) for kind, rule in rules.items()})
power_by_rule[0] = quietly(power)
