"""A formula for an entry as one for the whole array, where NumPy has a word for it."""

from fractions import Fraction

from mlp.tracing.printing import term_text

NO_FORM = None


def matrix_form(poly, place):
    """Return a formula such as ``dout @ w.T`` for the entries of a place, or None.

    Known are sums of products of entries at the place itself, of matrix products and of
    sums over the first or the last axis.
    """
    letters = [k for part in place for k in part]
    if any(k[0] != "i" for k in letters) or len(place) > 2:
        return NO_FORM
    if any(term_letters(term) != set(letters) for term in poly.terms):
        return NO_FORM  # the formula has another shape
    parts = [form_of_term(term, c, tuple(letters)) for term, c in poly.terms.items()]
    if None in parts or not parts:
        return NO_FORM
    if len(letters) != len(place):
        parts = [with_axis_kept(part, place) for part in parts]
        if None in parts:
            return NO_FORM
    parts.sort(key=lambda line: (line[0] == "-", len(line), line))
    line = parts[0]
    for part in parts[1:]:
        line += f" - {part[1:]}" if part[0] == "-" else f" + {part}"
    return line


def term_letters(term):
    """Return the letters of a product that no sum binds."""
    return set().union(*[one.free for one, _ in term])


def with_axis_kept(form, place):
    """Return a sum over the axis that has length 1 in the result, or None."""
    total = f".sum(axis={place.index(())}"
    if form.count(".sum(") == 1 and f"{total})" in form and " @ " not in form:
        return form.replace(f"{total})", f"{total}, keepdims=True)")
    return NO_FORM


def form_of_term(term, c, letters):
    """Return a term as a formula for arrays, or None."""
    numbers = tuple(pair for pair in term if not pair[0].free)
    if any(one.kind not in ("size", "constant", "entry") for one, _ in numbers):
        return NO_FORM
    factors = []
    for one, power in term:
        if one.free:
            form = form_of_atom(one, letters)
            if form is None or power < 1 or Fraction(power).denominator != 1:
                return NO_FORM
            factors.append(form if power == 1 else f"{form}**{power}")
    if not factors:
        return NO_FORM
    if len(factors) > 1:
        factors = [f"({f})" if " @ " in f else f for f in sorted(factors)]
    front = term_text(numbers, c, {})
    words = {"1": "", "-1": "-"}.get(front, f"{front} * ")
    return words + " * ".join(factors)


def form_of_atom(one, letters):
    """Return an atom as a formula for arrays, or None."""
    if one.kind == "entry":
        return form_of_entry(one.args, letters)
    if one.kind != "sum" or len(one.args[0]) != 1:
        return NO_FORM
    (bound,), body = one.args
    entries = [part.args for part, power in body if part.kind == "entry" and power == 1]
    if len(entries) != len(body):
        return NO_FORM
    if len(entries) == 1:
        name, indices = entries[0]
        if indices == (bound, *letters) and len(indices) == 2:
            return f"{name}.sum(axis=0)"
        if indices == (*letters, bound) and len(indices) == 2:
            return f"{name}.sum(axis=1)"
        return NO_FORM
    return product_form(entries, bound, letters)


def form_of_entry(entry, letters):
    """Return an entry at the place itself, or at that of the transpose."""
    name, indices = entry
    if indices == letters:
        return name
    if indices == letters[::-1]:
        return f"{name}.T"
    if len(letters) == 2 and indices == letters[1:]:
        return name
    if len(letters) == 2 and indices == letters[:1]:
        return f"{name}[:, None]"
    return NO_FORM


def product_form(entries, bound, letters):
    """Return a matrix product, or None."""
    for left, right in (entries, entries[::-1]) if len(entries) == 2 else ():
        first = side(left, letters[:1], bound, after=True)
        last = side(right, letters[1:], bound, after=False)
        if first and last:
            return f"{first} @ {last}"
    return NO_FORM


def side(entry, free, bound, after):
    """Return one side of a matrix product: a matrix, its transpose, or a vector."""
    name, indices = entry
    wanted = (*free, bound) if after else (bound, *free)
    if indices == wanted:
        return name
    return f"{name}.T" if indices == wanted[::-1] else None
