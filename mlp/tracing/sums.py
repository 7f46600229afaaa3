"""Scalars with indices in one normal form: equal by its rules is equal as written.

A number is a polynomial with rational coefficients in *atoms*: entries of arrays,
sizes, functions and sums. A sum's indices have standard names, a product of sums is one
sum where they share an index, and what does not hold an index stands outside of its
sum. So the zero test is whether a polynomial has no term left. NumPy is unknown here.

The letters: an *index* is a letter ``("i", number, range)``, a position ``("#", n)`` or
a label ``("L", name, indices)``. Letters that a sum binds have negative numbers, those
of inner sums nearer to 0. A *product* is a tuple of pairs (atom, power), sorted; a term
is a product times its coefficient.
"""

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, groupby, islice, permutations, product

from mlp.tracing.refusal import CantTell, clock

atoms_by_key = {}
definitions = {}  # name of an array: what it stands for, see names.py
caches = []


def forget():
    """Begin anew: no atom is left, so that results do not depend on what was before."""
    atoms_by_key.clear()
    for cache in caches:
        cache.cache_clear()


def kept(maxsize):
    """Keep a function's values until `forget`."""

    def keep(function):
        cached = lru_cache(maxsize=maxsize)(function)
        caches.append(cached)
        return cached

    return keep


class Atom:
    """What a product is made of; there is one object for each pair (kind, args)."""

    __slots__ = ("id", "kind", "args", "free", "level", "positive", "weight", "has")

    def __lt__(self, other):
        return self.id < other.id

    def __repr__(self):
        return f"{self.kind}{self.args}"


def atom(kind, *args, positive=False):
    """Return the one atom of a kind with these arguments."""
    key = (kind, args)
    found = atoms_by_key.get(key)
    if found is None:
        found = atoms_by_key[key] = Atom()
        found.id, found.kind, found.args = len(atoms_by_key), kind, args
        found.free, found.level, found.weight, found.has = facts(kind, args)
        found.positive = positive
    return found


def facts(kind, args):
    """Return the free letters, the highest bound level, the weight, kinds inside."""
    if kind in ("size", "constant"):
        return frozenset(), -1, 0, frozenset([kind])
    if kind in ("entry", "delta"):
        indices = args[1] if kind == "entry" else args
        kinds = frozenset([kind, "label"] if has_label(indices) else [kind])
        if kind == "entry" and args[0] in definitions:
            kinds |= definitions[args[0]].kinds
        return letters_in(indices), -1, 1, kinds
    if kind == "sum":
        names, inner = args
        parts = [one for one, _ in inner]
        free = frozenset().union(*[one.free for one in parts]) - set(names)
        level = max([-1 - name[1] for name in names])
        weight = sum(abs(power) * one.weight for one, power in inner)
    else:
        parts = [one for term in args[0].terms for one, _ in term]
        free, level = args[0].free, max([one.level for one in parts], default=-1)
        weight = 1 + sum(one.weight for one in parts)
    return free, level, weight, frozenset([kind]).union(*[one.has for one in parts])


def letters_in(indices):
    """Return the letters in a tuple of indices, also in those of labels."""
    found = set()
    for index in indices:
        if index[0] == "i":
            found.add(index)
        elif index[0] == "L":
            found |= letters_in(index[2])
    return frozenset(found)


def has_label(indices):
    """Tell whether a label is among the indices."""
    return any(index[0] == "L" for index in indices)


class Poly:
    """A polynomial in atoms: a dict from products to coefficients that are not 0."""

    __slots__ = ("terms", "key", "free", "code")

    def __init__(self, terms):
        self.terms = terms
        self.key = frozenset(terms.items())
        self.code = hash(self.key)
        self.free = frozenset().union(*[one.free for term in terms for one, _ in term])

    def __hash__(self):
        return self.code

    def __eq__(self, other):
        return self is other or self.key == other.key

    def __bool__(self):
        return bool(self.terms)

    def __add__(self, other):
        small, large = sorted((self, number(other)), key=lambda p: len(p.terms))
        terms = dict(large.terms)
        for term, c in small.terms.items():
            add_term(terms, term, c)
        return Poly(terms)

    def __mul__(self, other):
        return times(self, number(other))

    def __neg__(self):
        return self.scaled(-1)

    def __sub__(self, other):
        return self + -number(other)

    def __rsub__(self, other):
        return number(other) - self

    __radd__, __rmul__ = __add__, __mul__

    def scaled(self, by):
        """Return the polynomial times a number."""
        return Poly(
            {term: whole(c * by) for term, c in self.terms.items()} if by else {}
        )

    @property
    def constant(self):
        """The number that this is, or None."""
        return (
            0
            if not self.terms
            else self.terms.get(())
            if len(self.terms) == 1
            else None
        )

    def atoms(self):
        """Return the atoms of all terms."""
        return {one for term in self.terms for one, _ in term}

    def __repr__(self):
        from mlp.tracing.printing import text

        return text(self)


def whole(c):
    """Return a fraction as an int where it is one."""
    return c.numerator if isinstance(c, Fraction) and c.denominator == 1 else c


def add_term(terms, term, c):
    """Add c times a product to a dict of terms, in place."""
    c = whole(terms.get(term, 0) + c)
    if c:
        terms[term] = c
    else:
        terms.pop(term, None)


def number(c):
    """Return an int or Fraction as a polynomial; a polynomial stays."""
    return c if isinstance(c, Poly) else Poly({(): whole(c)} if c else {})


def single(one, power=1):
    """Return a power of an atom as a polynomial."""
    return Poly({((one, power),): 1})


ZERO, ONE = number(0), number(1)


def entry(name, indices):
    """Return an entry of an array that is given."""
    return single(atom("entry", name, indices))


def size(name):
    """Return a size: a whole number, 1 or more."""
    return (
        number(name)
        if isinstance(name, int)
        else single(atom("size", name, positive=True))
    )


def delta(a, b):
    """Return 1 where two indices are the same, 0 elsewhere."""
    if a == b:
        return ONE
    if a[0] == b[0] == "#":
        return ZERO
    a, b = sorted((a, b), key=index_key)
    return single(atom("delta", a, b))


def index_key(index):
    """Return what indices are sorted by: positions, labels, letters."""
    return ("#Li".index(index[0]), repr(index))


def times(a, b):
    """Multiply two polynomials."""
    if len(a.terms) > len(b.terms):
        a, b = b, a
    if not a.terms:
        return ZERO
    if len(a.terms) == 1 and () in a.terms:
        return b.scaled(a.terms[()])
    total = {}
    for left, c in a.terms.items():
        clock.tick()
        for right, d in b.terms.items():
            for term, e in joined(left, right).terms.items():
                add_term(total, term, c * d * e)
    return Poly(total)


@kept(200_000)
def joined(left, right):
    """Multiply two products."""
    powers = dict(left)
    for one, power in right:
        powers[one] = whole(powers.get(one, 0) + power)
    return settled(tuple(sorted((one, p) for one, p in powers.items() if p)))


def product_of(factors):
    """Multiply polynomials."""
    total = ONE
    for factor in factors:
        total = times(total, factor)
    return total


def power_of(poly, n):
    """Raise a polynomial to a power 0, 1, 2 …; a single term to any whole power."""
    if len(poly.terms) == 1 and n < 0:
        ((term, c),) = poly.terms.items()
        return settled(tuple((one, p * n) for one, p in term)).scaled(Fraction(c) ** n)
    if n < 0:
        raise ValueError("a sum has no inverse here")
    return product_of([poly] * n)


@kept(200_000)
def settled(term):
    """Use what is known of products of deltas, of masks, of roots and quotients."""
    kinds = {one.kind for one, _ in term}
    if "delta" in kinds and (moved := by_deltas(term)) is not None:
        return moved
    if "mask" in kinds and (fewer := by_masks(term)) is not None:
        return fewer
    if "constant" in kinds and (free := by_constants(term)) is not None:
        return free
    if "root" in kinds:
        for one, power in term:
            if (
                one.kind == "root" and power < 0
            ):  # 1 / P^(-1/q) = P P^(-1/q) … q-1 times
                return restart(term, one, rooted_up(one, -power))
            if one.kind == "root" and power >= one.args[1] > 1:
                n, left = divmod(power, one.args[1])
                apart = single(root(one.args[0], 1), int(n))
                return restart(
                    term, one, times(apart, power_of(single(one), int(left)))
                )
            if one.kind == "root" and one.args[1] == 1:
                if (divided := by_lead(term, one)) is not None:
                    return divided
    return Poly({term: 1})


def root(poly, q):
    """Return the atom P^(-1/q); with q > 1 it is positive wherever it is defined."""
    return atom("root", poly, q, positive=q > 1 or is_sum_of_positive(poly))


@kept(50_000)
def is_strict(one):
    """Tell whether an atom is positive everywhere: a sum of squares may be 0."""
    if one.kind == "sum":
        return all(is_strict(part) for part, _ in one.args[1])
    return one.positive


def is_sum_of_positive(u):
    """Tell whether a sum is positive everywhere: no term is negative, one not 0."""
    return all(
        c > 0 and all(one.positive or p % 2 == 0 for one, p in term)
        for term, c in u.terms.items()
    ) and any(all(is_strict(one) for one, _ in term) for term in u.terms)


def restart(term, one, value):
    """Put a value for an atom in a product, and settle again."""
    rest = tuple((a, p) for a, p in term if a != one)
    return times(settled(rest), value)


def rooted_up(one, power):
    """Return P^(power/q) for the root P^(-1/q)."""
    poly, q = one.args
    n = -(-power // q)
    left = n * q - power
    return times(power_of(poly, n), single(one, left) if left else ONE)


def by_deltas(term):
    """Let equal indices be the same everywhere in a product; None if they are."""
    rest = [(one, power) for one, power in term if one.kind != "delta"]
    todo = [one.args for one, _ in term if one.kind == "delta"]
    used, places = [], []
    while todo:
        keep, drop = sorted(todo.pop(0), key=index_key)
        if keep == drop:
            continue
        if keep[0] == drop[0] == "#":
            return ZERO
        used.append((keep, drop))
        if drop not in letters_in((keep,)):
            place = {drop: keep}
            todo = [tuple(moved(k, place) for k in pair) for pair in todo]
            used = [tuple(moved(k, place) for k in p) for p in used[:-1]] + used[-1:]
            places.append(place)
    deltas = tuple(
        sorted({(atom("delta", *sorted(p, key=index_key)), 1) for p in used})
    )
    value = Poly({tuple(rest): 1})
    for place in places:
        value = put(value, place)
    if value.terms == {tuple(rest): 1}:
        done = tuple(sorted((*rest, *deltas)))
        return None if done == term else Poly({done: 1})
    if any(one.kind == "delta" for one in value.atoms()):
        return times(value, settled(deltas))
    return Poly({tuple(sorted((*t, *deltas))): c for t, c in value.terms.items()})


def by_masks(term):
    """Use that masks are 0 or 1, and how thresholds of one quantity are ordered."""
    masks = [one for one, _ in term if one.kind == "mask"]
    rest = tuple(pair for pair in term if pair[0].kind != "mask")
    left = list(masks)
    for one, other in permutations(masks, 2):
        u, v = one.args[0], other.args[0]
        up = (u + v).constant
        if up is not None and up <= 0:
            return ZERO
        above = (u - v).constant  # [v > 0] needs [u > 0] where u is v or more
        if above is not None and above >= 0 and other in left and one in left:
            left.remove(one)
    done = tuple(sorted((*rest, *((one, 1) for one in left))))
    return None if done == term else settled(done)


def by_constants(term):
    """Take whole powers of primes for numbers; None where there are none."""
    coefficient, left = Fraction(1), []
    for one, power in term:
        if one.kind == "constant" and isinstance(one.args[0], int):
            n = power // 1
            coefficient *= Fraction(one.args[0]) ** int(n)
            power = whole(power - n)
        if power:
            left.append((one, power))
    return None if tuple(left) == term else settled(tuple(left)).scaled(coefficient)


def by_lead(term, root):
    """Write m P^-1 as 1 - (P - m) P^-1 for the leading product m of P, or None."""
    poly, q = root.args[0], 1
    lead = leading(poly)
    powers = dict(term)
    if any(powers.get(one, 0) < power for one, power in lead):
        return None
    for one, power in (*lead, (root, q)):
        powers[one] = whole(powers[one] - power)
    rest = settled(tuple(sorted((one, p) for one, p in powers.items() if p)))
    c = poly.terms[lead]
    others = Poly({t: d for t, d in poly.terms.items() if t != lead})
    inside = ONE - times(others, single(root, q))
    return times(rest, inside).scaled(Fraction(1) / c)


@kept(50_000)
def leading(poly):
    """Return the product of the highest degree, whatever its letters are called."""
    return max(poly.terms, key=order_key)


def order_key(term):
    """Return what products are compared by; sizes and constants are as numbers."""
    parts = [(one.weight, shape_key(one), p, one.id) for one, p in term if one.weight]
    degree = sum(weight * p for weight, _, p, _ in parts)
    parts.sort(reverse=True)
    return degree, [part[:3] for part in parts], [part[3] for part in parts], len(term)


@kept(100_000)
def shape_key(one):
    """Return a number that an atom shares with those of other letters."""
    place = {letter: ("i", 0, letter[2]) for letter in one.free}
    if not place or set(place.values()) == set(place):
        return one.id
    if one.kind == "delta":
        return 0
    value = put_in(one, place)
    return min((part.id for part in value.atoms()), default=0)


def moved(index, place):
    """Return an index with others put for letters and labels."""
    if index in place:
        return place[index]
    if index[0] == "L":
        inside = ("L", index[1], tuple(moved(k, place) for k in index[2]))
        return place.get(inside, inside)
    return index


def put(poly, place):
    """Put indices for letters in a polynomial."""
    place = {
        a: b for a, b in place.items() if a != b and (a[0] != "i" or a in poly.free)
    }
    if not place:
        return poly
    return put_cached(poly, tuple(sorted(place.items(), key=repr)))


@kept(100_000)
def put_cached(poly, place):
    """Put indices for letters."""
    clock.tick()
    place, total = dict(place), {}
    for term, c in poly.terms.items():
        same = tuple((one, p) for one, p in term if not touched(one, place))
        factors = [put_power(one, p, place) for one, p in term if touched(one, place)]
        value = (
            times(settled(same), product_of(factors)) if factors else Poly({term: 1})
        )
        for t, d in value.terms.items():
            add_term(total, t, c * d)
    return Poly(total)


def touched(one, place):
    """Tell whether putting indices for letters may change an atom."""
    return any(a in one.free if a[0] == "i" else "label" in one.has for a in place)


def put_power(one, power, place):
    """Put indices for letters in a power of an atom."""
    value = put_in(one, place)
    if value == single(one):
        return single(one, power)
    if len(value.terms) == 1:
        ((term, c),) = value.terms.items()
        if c == 1 and len(term) == 1:
            return settled(tuple((a, whole(p * power)) for a, p in term))
    return power_by_rule[0](value, power)


def put_in(one, place):
    """Put indices for letters in an atom."""
    if one.kind == "entry":
        name, indices = one.args
        return entry(name, tuple(moved(k, place) for k in indices))
    if one.kind == "delta":
        return delta(*[moved(k, place) for k in one.args])
    if one.kind == "sum":
        place = {a: b for a, b in place.items() if a[0] != "i" or a in one.free}
        names, body = opened(one, letters_in(tuple(place.values())))
        return total(names, put(body, place))
    return rebuild[one.kind](put(one.args[0], place), *one.args[1:])


rebuild = {}  # kind of a function: the rule that makes it; see functions.py
power_by_rule = [None]


def opened(one, avoid=frozenset()):
    """Return a sum's letters and body with letters that are in nothing else."""
    names, body = one.args
    taken = {k[1] for k in avoid | one.free}
    fresh = iter(n for n in range(1000, 100_000) if n not in taken)
    letters = tuple(("i", next(fresh), name[2]) for name in names)
    return letters, put(Poly({body: 1}), dict(zip(names, letters)))


def total(letters, poly):
    """Sum over letters."""
    result = {}
    for term, c in poly.terms.items():
        for t, d in total_of_product(tuple(letters), term).terms.items():
            add_term(result, t, c * d)
    return Poly(result)


@kept(200_000)
def total_of_product(letters, term):
    """Sum a product over letters."""
    clock.tick()
    if not letters:
        return Poly({term: 1})
    bound = set(letters)
    inside = tuple(pair for pair in term if pair[0].free & bound)
    outside = tuple(pair for pair in term if not pair[0].free & bound)
    used = frozenset().union(*[one.free for one, _ in inside])
    counts = [size(letter[2]) for letter in letters if letter not in used]
    if counts or outside:
        left = tuple(letter for letter in letters if letter in used)
        value = total_of_product(left, inside)
        return times(times(settled(outside), product_of(counts)), value)
    for step in (sum_by_delta, merge_sums, split_apart, gather):
        value = step(letters, inside)
        if value is not None:
            return value
    return close(letters, inside)


def sum_by_delta(letters, term):
    """Sum over an index that a delta fixes, by putting the other for it."""
    for one, _ in term:
        if one.kind == "delta":
            for letter, other in permutations(one.args):
                if letter in letters and letter not in letters_in((other,)):
                    rest = tuple(pair for pair in term if pair[0] is not one)
                    left = tuple(k for k in letters if k != letter)
                    return total(left, put(settled(rest), {letter: other}))
    return None


def merge_sums(letters, term):
    """Write a product of sums, all of which hold an index, as one sum."""
    for one, power in term:
        if one.kind == "sum" and is_count(power):
            taken = frozenset(letters).union(*[a.free for a, _ in term])
            names, body = opened(one, taken)
            rest = tuple((a, p) for a, p in term if a is not one)
            rest = settled(rest) if power == 1 else settled((*rest, (one, power - 1)))
            return total((*letters, *names), times(body, rest))
    return None


def is_count(power):
    """Tell a power 1, 2, 3 …"""
    return isinstance(power, int) and power > 0


def split_apart(letters, term):
    """Write a sum over several indices as a product of sums that share no index."""
    linked, parts = {letters[0]}, list(term)
    for _ in letters:
        for one, _ in parts:
            near = one.free & set(letters)
            linked |= near if near & linked else set()
    if len(linked) == len(letters):
        return None
    first = tuple(k for k in letters if k in linked)
    others = tuple(k for k in letters if k not in linked)
    here = tuple(pair for pair in term if pair[0].free & linked)
    there = tuple(pair for pair in term if not pair[0].free & linked)
    return times(total_of_product(first, here), total_of_product(others, there))


def gather(letters, term):
    """Cancel a sum, spread out in a product, against its quotient or its root."""
    for whole_sum, enough in wanted(term):
        names = whole_sum.args[0]
        for some in combinations(letters, len(names)):
            if Counter(k[2] for k in some) != Counter(k[2] for k in names):
                continue
            part = tuple(pair for pair in term if pair[0].free & set(some))
            if any(one is whole_sum for one, _ in part) or len(part) == len(term):
                continue
            if len(part) != len(whole_sum.args[1]):
                continue
            rest = tuple(pair for pair in term if pair not in part)
            if enough(dict(rest)) and close(some, part) == single(whole_sum):
                left = tuple(k for k in letters if k not in some)
                powers = dict(rest)
                powers[whole_sum] = whole(powers.get(whole_sum, 0) + 1)
                again = tuple(sorted((a, p) for a, p in powers.items() if p))
                return total(left, settled(again))
    return None


def wanted(term):
    """Yield the sums that cancel, each with a test of what else there has to be."""
    for one, power in term:
        if one.kind == "sum" and not is_count(power):
            yield one, lambda powers: True
        if one.kind == "root" and one.args[1] == 1:
            lead = leading(one.args[0])
            for part, n in lead:
                if part.kind == "sum":
                    others = [(a, p) for a, p in lead if a is not part or n > 1]

                    def enough(powers, others=others, part=part):
                        return all(
                            powers.get(a, 0) >= p - (a is part) for a, p in others
                        )

                    yield part, enough


def close(letters, term):
    """Return a sum whose letters have standard names, in the first of their orders.

    With other letters a quotient may have another leading term, by which it is divided:
    then a factor comes out of the product.
    """
    start = 1 + max(one.level for one, _ in term)
    orders = islice(standard_orders(letters, term), 5040)
    choices = []
    for order in orders:
        names = [("i", -1 - start - n, k[2]) for n, k in enumerate(order)]
        value = put(Poly({term: 1}), dict(zip(order, names)))
        if len(value.terms) != 1:
            raise CantTell("a sum whose form depends on the names of its indices")
        ((body, c),) = value.terms.items()
        choices.append((tuple((one.id, p) for one, p in body), tuple(names), body, c))
    _, names, body, c = min(choices, key=lambda choice: choice[0])
    return single(atom("sum", names, body, positive=is_positive(body))).scaled(c)


def is_positive(term):
    """Tell whether a product is positive, or a square, wherever it is defined."""
    return all(one.positive or (is_count(p) and p % 2 == 0) for one, p in term)


def standard_orders(letters, term):
    """Yield the letters by range and place, in each order that this leaves open."""

    def key(letter):
        places = sorted((mark(one, letter), power) for one, power in term)
        return str(letter[2]), repr(places)

    groups = groupby(sorted(letters, key=key), key=key)
    for parts in product(*[list(permutations(same)) for _, same in groups]):
        yield [letter for part in parts for letter in part]


def mark(one, letter):
    """Say where a letter stands in an atom, whatever the other letters are called."""
    if one.kind == "entry":
        return one.kind, str(one.args[0]), repr([k == letter for k in one.args[1]])
    return one.kind, str(letter in one.free), ""


@kept(100_000)
def all_atoms(one):
    """Return an atom and all that are inside it."""
    if one.kind == "sum":
        inside = [part for part, _ in one.args[1]]
    elif one.kind in ("size", "constant", "entry", "delta"):
        inside = []
    else:
        inside = one.args[0].atoms()
    return frozenset([one]).union(*[all_atoms(part) for part in inside])


@kept(10_000)
def renamed(poly):
    """Return a number, or its negative, with standard names for its free letters."""
    letters = sorted(poly.free, key=lambda k: (str(k[2]), k[1]))
    groups = [list(same) for _, same in groupby(letters, key=lambda k: k[2])]
    choices = []
    for parts in islice(product(*[list(permutations(same)) for same in groups]), 120):
        order = [k for part in parts for k in part]
        names = [("i", 900 + n, k[2]) for n, k in enumerate(order)]
        choice = put(poly, dict(zip(order, names)))
        choice = -choice if choice.terms[leading(choice)] < 0 else choice
        key = sorted(
            ([(one.id, p) for one, p in t], c) for t, c in choice.terms.items()
        )
        choices.append((key, choice))
    return min(choices, key=lambda pair: pair[0])[1]
