# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""One form for sums of any length, and the question whether an expression is zero.

The letters: a *limit* is (index, low, high), as in SymPy; its *range* is (low, high).
*rules* are hypotheses made ready for use: triples (kind, expression, value).
"""

from collections import defaultdict
from functools import lru_cache
from itertools import groupby, islice, permutations, product
from random import Random

from sympy import (
    Abs,
    Add,
    Dummy,
    Function,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Min,
    Mul,
    Pow,
    Sum,
    Tuple,
    cancel,
    default_sort_key,
    exp,
    expand,
    factor_terms,
    log,
    nan,
    oo,
    rem,
    simplify,
    tanh,
    zoo,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.language import any_col, any_row, own_letters, the_only_one
from mlp.proof.masks import Pos, in_masks, is_real, split


@lru_cache(maxsize=20000)
def settle(expr, rules=()):
    """Carry out every sum as far as possible; write equal sums the same way."""
    if isinstance(expr, MatrixElement):
        return supposed_entry(expr, rules)
    if not expr.args:
        return expr
    if isinstance(expr, Sum):
        return carry_out(settle(expr.function, rules), expr.limits, rules)
    args = [settle(arg, rules) for arg in expr.args]
    if isinstance(expr, Mul):
        return spread(args, rules)
    if isinstance(expr, Pow) and args[1].is_Integer and args[1] > 0:
        return spread([args[0]] * int(args[1]), rules)
    known = largest(expr.func, args, rules)
    if known is not None:
        return known
    masked = in_masks(expr.func(*args))
    if masked.func != expr.func:
        return settle(masked, rules)
    return settle_function(masked, rules)


def largest(function, args, rules):
    """Return |u|, a maximum or a minimum where a hypothesis tells which, else None."""
    options = {
        Abs: lambda u: (u, -u),
        Max: lambda *u: u,
        Min: lambda *u: [-v for v in u],
    }
    if function in options and rules:
        values = list(options[function](*args))
        for u in values:
            if all(never_negative(expand(u - v), rules) for v in values if v != u):
                return -u if function == Min else u
    return None


def never_negative(u, rules):
    """Tell whether a settled number is known, or supposed, to be 0 or more."""
    sign = supposed_sign(without_positive_factors(u), rules)[0]
    return bool(u.is_nonnegative) or sign in ("positive", "not negative")


def spread(factors, rules):
    """Multiply settled expressions out, term by term."""
    terms = [Integer(1)]
    for factor in factors:
        terms = [a * b for a in terms for b in Add.make_args(factor)]
    return Add(*[one_product(term, rules) for term in terms])


def one_product(term, rules):
    """Use what is known of products of deltas and of masks."""
    factors = Mul.make_args(term)
    if any(factor.is_Add for factor in factors):  # √u √u has become u
        return spread(factors, rules)
    for delta in (factor for factor in factors if isinstance(factor, KroneckerDelta)):
        new, old = sorted(
            delta.args[:2], key=lambda k: (k.is_Symbol, default_sort_key(k))
        )
        rest = [factor for factor in factors if factor != delta]
        if (
            old.is_Symbol
            and not new.has(old)
            and any(factor.has(old) for factor in rest)
        ):
            moved = [settle(factor.xreplace({old: new}), rules) for factor in rest]
            return spread([delta, *moved], rules)
    masks = [factor for factor in factors if isinstance(factor, Pos)]
    for one, other in permutations(masks, 2):
        if expand(one.args[0] + other.args[0]).is_nonpositive:
            return Integer(0)
        if expand(one.args[0] - other.args[0]).is_nonnegative:
            return one_product(Mul(*[f for f in factors if f != one]), rules)
    return term


def settle_function(expr, rules):
    """Write a function of settled parts in one form; masks inside come out in front."""
    write = {
        exp: exp_of_terms,
        log: log_of_factors,
        Pos: lambda u: settle_mask(u, rules),
    }
    if isinstance(expr, Pow):
        whole = split(lambda base: base**expr.exp, expr.base)
    elif isinstance(expr, Function) and len(expr.args) == 1:
        whole = split(write.get(expr.func, expr.func), expr.args[0])
    else:
        return expr
    if whole == expr or not whole.args:
        return whole
    return Add(*[spread(Mul.make_args(term), rules) for term in Add.make_args(whole)])


def exp_of_terms(u):
    """Write exp(a + b) as exp(a) exp(b)."""
    return Mul(*[exp(term) for term in Add.make_args(u)])


def log_of_factors(u):
    """Write log(a b) as log(a) + log(b) for positive a, and log(exp(a)) as a."""
    terms, rest = [], []
    for factor in Mul.make_args(u):
        base, power = factor.as_base_exp()
        if isinstance(factor, exp) and is_real(factor.args[0]):
            terms.append(factor.args[0])
        elif base.is_positive and is_real(power):
            terms.append(power * log_of_sum(base))
        else:
            rest.append(factor)
    return Add(*terms, log(Mul(*rest)))


def log_of_sum(u):
    """Write log(1 + exp(-z)) and log(exp(z) + 1) - z the same way."""
    terms = Add.make_args(u)
    exponents = sorted({exponent(term) for term in terms}, key=default_sort_key)
    if not all(map(is_real, exponents)):
        return log(u)
    t = min(
        exponents,
        key=lambda t: sum((s - t).could_extract_minus_sign() for s in exponents),
    )
    return t + log(Add(*[term * exp_of_terms(expand(-t)) for term in terms]))


def exponent(term):
    """Return t for a product that holds exp(t), and 0 for one that holds no exp."""
    return Add(
        *[factor.args[0] for factor in Mul.make_args(term) if isinstance(factor, exp)]
    )


def settle_mask(u, rules):
    """Write [u > 0] for a settled u by one of [u > 0] and [-u > 0], or as 0 or 1."""
    u = without_positive_factors(u)
    sign, name = supposed_sign(u, rules)
    if sign == "positive":
        return Integer(1)
    if sign in ("negative", "not positive"):
        return Integer(0)
    u = u if name is None else name
    turned = expand(-u)
    if sign == "not zero" and u.could_extract_minus_sign():
        return 1 - Pos(turned)
    return Pos(u)


def without_positive_factors(u):
    """Divide a settled expression by the positive factors of all its terms."""
    factors = Mul.make_args(u if u.has(Sum) else factor_terms(u))
    u = Mul(*[factor for factor in factors if not factor.is_positive])
    return expand(u.primitive()[1], deep=False)


def supposed_sign(u, rules):
    """Return what hypotheses say of the sign of a settled u, and its name if any."""
    turned = without_positive_factors(expand(-u))
    for kind, part, name in rules:
        if kind in TURNED and part.atoms(MatrixSymbol) == u.atoms(MatrixSymbol):
            for place in placements(part, u):
                case = without_positive_factors(settle(part.xreplace(place)))
                named = None if name is None else name.xreplace(place)
                if u == case:
                    return kind, named
                if turned == case:
                    return TURNED[kind], None if name is None else -named
    return None, None


def is_nonzero(u, rules):
    """Tell whether a settled number is known, or supposed, not to be 0."""
    factors = [
        factor for factor in Mul.make_args(factor_terms(u)) if not factor.is_nonzero
    ]
    signs = [
        supposed_sign(without_positive_factors(factor), rules)[0] for factor in factors
    ]
    return all(sign in ("positive", "negative", "not zero") for sign in signs)


TURNED = {
    "positive": "negative",
    "not zero": "not zero",
    "not negative": "not positive",
}


def supposed_entry(x, rules):
    """Return the value that a hypothesis gives to an entry; itself if there is none."""
    x = the_only_one(x)
    for kind, part, value in rules:
        if kind == "entry" and x.parent == part.parent:
            for place in placements(part, x):
                if part.xreplace(place) == x:
                    return settle(value.xreplace(place), rules)
    return x


def placements(pattern, target):
    """Yield the ways to put indices of ``target`` for `any_row` and `any_col`."""
    choices = {}
    for entry in pattern.atoms(MatrixElement):
        for side, letter in enumerate((entry.i, entry.j), start=1):
            if letter in (any_row, any_col):
                found = {
                    e.args[side]
                    for e in target.atoms(MatrixElement)
                    if e.parent == entry.parent
                }
                choices[letter] = choices.get(letter, found) & found
    options = [sorted(found, key=default_sort_key) for found in choices.values()]
    for values in product(*options):
        yield dict(zip(choices, values))


def carry_out(body, limits, rules):
    """Sum a settled body over one index after the other, term by term."""
    for old, *bounds in limits:
        index = Dummy("i", integer=True)
        terms = Add.make_args(body.xreplace({old: index}))
        parts = [whole_range(term, (index, *bounds)) for term in terms]
        body = Add(
            *[sum_term(term, limit, rules) for _, term, limit in parts],
            *[settle(end, rules) for ends, _, _ in parts for end in ends],
        )
    return body


def whole_range(body, limit):
    """Let a sum begin at 0 and end at a size less 1.

    Returns
    -------
    ends : list
        The terms that have to be added.
    body, limit
        Of what is left; where the number of terms might be negative, as they were.
    """
    index, low, high = limit
    if low.is_Integer and high.is_Integer:
        values = range(int(low), int(high) + 1)
        return (
            [body.xreplace({index: Integer(n)}) for n in values],
            body,
            (index, low, low - 1),
        )
    body, low, high = counted_from_0(body, index, low, high)
    start, ends, last = (index, low, high), [], high.as_coeff_Add()[0]
    while low.is_Integer and 0 < low < 9 and (high - low + 1).is_nonnegative:
        low -= 1
        ends.append(-at(body, index, low))
    while last.is_Integer and -1 < last < 9 and (high - low).is_nonnegative:
        ends.append(at(body, index, high))
        high, last = high - 1, last - 1
    while last.is_Integer and -9 < last < -1 and (high + 1 - low).is_nonnegative:
        high, last = high + 1, last + 1
        ends.append(-at(body, index, high))
    return ([], body, start) if nan in ends else (ends, body, (index, low, high))


def at(body, index, n):
    """Return a term of a sum, or NaN for a term that does not exist, such as 1/0."""
    try:
        term = body.xreplace({index: n})
    except IndexError:
        return nan
    return nan if term.has(nan, zoo, oo) else term


def counted_from_0(body, index, low, high):
    """Count the index of a sum so that its entries begin with k, not k - 1 or k + 1."""
    indices = [k for x in body.atoms(MatrixElement) for k in (x.i, x.j)]
    indices += [k for delta in body.atoms(KroneckerDelta) for k in delta.args[:2]]
    up = {k - index for k in indices if k.has(index) and not (k - index).has(index)}
    down = {k + index for k in indices if k.has(index) and not (k + index).has(index)}
    if down and not up and low != 0:
        turned = body.xreplace({index: low + high - index})
        return counted_from_0(turned, index, low, high)
    if not all(shift.is_Integer for shift in up) or not up:
        return body, low, high
    first = min(up)
    return body.xreplace({index: index - first}), low + first, high + first


def sum_term(term, limit, rules):
    """Sum one product: what does not depend on the index comes out in front."""
    index, low, high = limit
    if (high - low + 1) == 0:
        return Integer(0)
    outside, inside = term.as_independent(index, as_Add=False)
    factors, limits = merge(Mul.make_args(inside))
    return spread([outside, reduce_sum(factors, [*limits, limit], rules)], rules)


def merge(factors):
    """Return factors and limits of a product of sums, each sum with own letters."""
    opened, limits = [], []
    for factor in factors:
        base, power = factor.as_base_exp()
        if isinstance(base, Sum) and power.is_Integer and power > 0:
            for part in map(own_letters, [base] * int(power)):
                opened += Mul.make_args(part.function)
                limits += part.limits
        else:
            opened.append(factor)
    return [factor for factor in opened if factor != 1], limits


def reduce_sum(factors, limits, rules):
    """Sum a product over the indices for which the sum has a known value."""
    for limit in limits:
        index, *bounds = limit
        others = [other for other in limits if other != limit]
        if any(bound.has(index) for _, *pair in others for bound in pair):
            continue
        inside = [factor for factor in factors if factor.has(index)]
        rest = [factor for factor in factors if not factor.has(index)]
        value = sum_of_product(inside, limit, rules)
        if value is not None:
            body = spread([*rest, value], rules)
            return carry_out(body, others, rules)
    return components(factors, limits, rules)


def sum_of_product(factors, limit, rules):
    """Return Σ of a product over one index where its value is known, else None."""
    index, low, high = limit
    body, count = Mul(*factors), high - low + 1
    for delta in (factor for factor in factors if isinstance(factor, KroneckerDelta)):
        for mine, other in permutations(delta.args[:2]):
            shift = mine - index
            whole = delta.args[2:] == (Tuple(low + shift, high + shift),)
            if whole and not shift.has(index) and not other.has(index):
                others = [factor for factor in factors if factor != delta]
                return settle(Mul(*others).xreplace({index: other - shift}), rules)
    if not factors and count.is_nonnegative:
        return count
    if factors and body.is_polynomial(index) and body.free_symbols == {index}:
        return Sum(body, limit).doit() if count.is_nonnegative else None
    return supposed(body, limit, rules)


def supposed(body, limit, rules):
    """Return the value that a hypothesis gives to this sum, or None."""
    for kind, fact, value in rules:
        if (
            kind == "sum"
            and len(fact.limits) == 1
            and fact.limits[0][1:] == Tuple(*limit[1:])
        ):
            pattern = fact.function.xreplace({fact.limits[0][0]: limit[0]})
            for place in placements(pattern, body):
                if (
                    limit[0] not in place.values()
                    and settle(pattern.xreplace(place)) == body
                ):
                    return settle(value.xreplace(place))
    return None


def components(factors, limits, rules):
    """Return a sum over several indices as a product of sums that share no index."""
    if not limits:
        return Mul(*factors)
    linked = [limits[0]]
    for _ in limits:
        letters = {index for index, *_ in linked}
        inside = [factor for factor in factors if factor.free_symbols & letters]
        reached = letters.union(*[factor.free_symbols for factor in inside])
        linked = [
            limit
            for limit in limits
            if limit[0] in reached
            or limit in linked
            or depend_on_each_other([limit, *linked])
        ]
    rest = [factor for factor in factors if factor not in inside]
    others = [limit for limit in limits if limit not in linked]
    first = supposed_total(rename(Mul(*inside), *linked), rules)
    return spread([first, components(rest, others, rules)], rules)


def supposed_total(total, rules):
    """Return what a hypothesis says a sum over several indices is, or itself."""
    for kind, fact, value in rules:
        if kind == "sum" and len(fact.limits) > 1 and len(total.limits) > 1:
            for place in placements(fact, total):
                if settle(fact.xreplace(place)) == total:
                    return settle(value.xreplace(place), rules)
    return total


STANDARD = [Dummy(f"i_{n}", integer=True) for n in range(40)]


def rename(body, *limits):
    """Give the indices of a sum standard names, and the best of up to 720 orders."""
    used, choices = body.atoms(Dummy), []
    free = [name for name in STANDARD if name not in used]
    ways = product(same_range_orders(limits), directions(body, limits))
    for order, turned in islice(ways, 720):
        names = dict(zip([index for index, *_ in order], free))
        choices.append(Sum(turned, *order).xreplace(names))
    return choices[0] if len(choices) == 1 else min(choices, key=default_sort_key)


def directions(body, limits):
    """Return a body with its indices running up or, where one has a minus, down."""
    bodies = [body]
    if depend_on_each_other(limits):
        return bodies
    for index, low, high in limits:
        if any(
            k.coeff(index) == -1 for e in body.atoms(MatrixElement) for k in (e.i, e.j)
        ):
            bodies += [each.xreplace({index: low + high - index}) for each in bodies]
    return bodies


def same_range_orders(limits):
    """Yield the limits sorted by range, in each order that this leaves open."""
    if depend_on_each_other(limits):
        yield limits
        return
    ranges = groupby(sorted(limits, key=range_key), key=range_key)
    for parts in product(*[list(permutations(same)) for _, same in ranges]):
        yield [limit for part in parts for limit in part]


def depend_on_each_other(limits):
    """Tell whether a bound of one limit holds the index of another."""
    bounds = [bound for _, *pair in limits for bound in pair]
    return any(bound.has(index) for bound in bounds for index, *_ in limits)


def vanishes(expr, rules=()):
    """Tell if ``expr`` was shown to be zero; `simplify` helps without entries, sums."""
    if not expr.has(Sum) and is_zero_fraction(expr):
        return True
    settled = settle(expr, rules)
    if is_zero(settled, rules):
        return True
    if settled.has(tanh) and is_zero(
        settle(settled.replace(tanh, by_exp), rules), rules
    ):
        return True
    plain_numbers = settled if expr.has(MatrixElement, Sum) else expr
    return not settled.has(MatrixElement, Sum) and simplify(plain_numbers) == 0


def by_exp(u):
    """Write tanh(u) by exponentials."""
    return (exp(u) - exp(-u)) / (exp(u) + exp(-u))


def is_zero(expr, rules):
    """Tell whether a settled expression was shown to be zero.

    First as a fraction of polynomials, in which functions, roots and sums are unknowns;
    of them only √u √u = u and exp(-2u) = exp(u)^-2 is used. Then range by range, the
    sums over the same ranges united.
    """
    if is_zero_fraction(expr):
        return True
    groups = by_ranges(expr)
    left = [
        terms
        for ranges, terms in groups.items()
        if not ranges or not is_zero(settle(united(terms), rules), rules)
    ]
    return len(left) < len(groups) and is_zero_fraction(
        Add(*[term for terms in left for term, _, _ in terms])
    )


def by_ranges(expr):
    """Map the ranges of all sums of a term to its triples (term, body, limits)."""
    groups = defaultdict(list)
    for term in Add.make_args(expr):
        factors, limits = merge(Mul.make_args(term))
        if depend_on_each_other(limits):
            factors, limits = [term], []
        limits = sorted(limits, key=range_key)
        groups[tuple(map(range_key, limits))].append((term, Mul(*factors), limits))
    return groups


def range_key(limit):
    """Return what limits are sorted by: their range."""
    return default_sort_key(Tuple(*limit[1:]))


def united(terms):
    """Return the sum of the bodies of sums over the same ranges, as one body.

    The letters of one range may be exchanged, so the bodies are added over all
    exchanges: if that is zero, the sum is.
    """
    letters = [index for index, *_ in terms[0][2]]
    bodies = [
        body.xreplace(dict(zip([index for index, *_ in limits], letters)))
        for _, body, limits in terms
    ]
    exchanges = list(islice(same_range_orders(terms[0][2]), 24))
    places = [dict(zip(letters, [index for index, *_ in order])) for order in exchanges]
    return Add(*[body.xreplace(place) for body in bodies for place in places])


def is_zero_fraction(expr):
    """Tell whether a fraction of polynomials in unknowns is zero."""
    fraction, roots = unknowns(expr)
    rng = Random(1)
    high = {s for power in fraction.atoms(Pow) for s in power.exp.free_symbols}
    numbers = {
        letter: Integer(rng.randint(2, 5 if letter in high else 10**6))
        for letter in sorted(fraction.free_symbols, key=default_sort_key)
    }
    value = fraction.xreplace(numbers)
    if not roots and value.is_Rational and value != 0:
        return False
    top = cancel(fraction).as_numer_denom()[0]
    for letter, power, base in roots:  # letter is the root of base
        top = rem(expand(top), letter**power - base, letter)
    return cancel(top) == 0


def unknowns(expr):
    """Put letters for entries, functions and sums; exp(-2u) is exp(u)^-2.

    Returns
    -------
    fraction : expression in letters
    roots : list of (letter, power, base)
        For each root √u a letter, whose power is the base.
    """
    letter = defaultdict(Dummy)
    parts = {
        part: letter[part]
        for part in expr.atoms(Function, Max, Min, Sum, MatrixElement)
    }
    parts |= {delta: letter[delta.args[:2]] for delta in expr.atoms(KroneckerDelta)}
    for power in expr.atoms(exp):
        times, u = power.args[0].primitive()
        times, u = (-times, -u) if u.could_extract_minus_sign() else (times, u)
        parts[power] = letter[exp(u)] ** times if times.is_Integer else letter[power]
    roots = {}
    for power in expr.atoms(Pow):
        if power.exp.is_Rational and not power.exp.is_Integer:
            roots[power.base, power.exp.q] = letter[power.base, power.exp.q]
            parts[power] = roots[power.base, power.exp.q] ** power.exp.p
    return expr.xreplace(parts), [
        (root, Integer(q), base.xreplace(parts)) for (base, q), root in roots.items()
    ]
