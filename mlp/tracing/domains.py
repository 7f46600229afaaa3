"""Where the formulas of a proof are defined: no denominator 0, roots and logs of > 0.

What is shown to be positive, such as a sum of exponentials or a variance plus a number,
needs no hypothesis. Everything else has one: numbers show nothing here.
"""

from fractions import Fraction

from mlp.tracing.functions import needed
from mlp.tracing.masks import by_exp, rewritten, without_quotients
from mlp.tracing.names import polys_of, reached, unfolded
from mlp.tracing.printing import text
from mlp.tracing.sums import (
    ZERO,
    Poly,
    is_strict,
    is_sum_of_positive,
    opened,
    renamed,
    settled,
    single,
    size,
    times,
    total,
)

LONG = 25  # atoms in a denominator that is shown
NONE, POSITIVE = "is not 0", "is positive"


def where_defined(formulas):
    """Say where formulas, and the definitions of the names in them, are defined.

    Parameters
    ----------
    formulas : list of Poly

    Returns
    -------
    list of str
        Hypotheses; empty if there is none.
    """
    needs = {NONE: [], POSITIVE: []}
    for part, positive in open_parts(formulas).items():
        needs[POSITIVE if positive else NONE].append(part)
    words = {how: {words_for(u) for u in held} for how, held in needs.items()}
    words[NONE] -= words[POSITIVE]
    sentences = [sentence(how, held) for how, held in words.items() if held]
    return sentences + [FINITE] * has_lost_part(needs[NONE] + needs[POSITIVE])


FINITE = "wherever the program returns finite values"


def has_lost_part(said):
    """Tell whether something that was divided by is in no formula any more."""
    said = set(map(renamed, said))
    lost = [
        part
        for part, positive in list(needed.items())
        if any(one.kind not in ("size", "constant") for one in part.atoms())
        and renamed(part) not in said
        and not is_positive(part)
        and (positive or not is_positive(-part))
    ]
    return bool(lost)


def open_parts(formulas):
    """Return the denominators, roots and logarithms that are not shown to be defined.

    Returns
    -------
    dict
        From Poly to whether it must be positive.
    """
    names = dict.fromkeys(name for u in formulas for name in reached(u))
    found = {}
    for u in [*formulas, *(part for name in names for part in polys_of(name))]:
        for part, positive in denominators(u):
            found[part] = found.get(part, False) or positive
    return {
        part: positive
        for part, positive in found.items()
        if not is_positive(part) and (positive or not is_positive(-part))
    }


def is_everywhere(u):
    """Tell whether a number is shown to be defined for all inputs."""
    return not open_parts([u])


def is_positive(u):
    """Tell whether a number is shown to be positive for all inputs."""
    if is_sum_of_positive(u):
        return True
    whole = unfolded(u, 4 * LONG)
    forms = [u] if whole is None else [u, whole]
    for form in forms:
        form = sum((settled(term).scaled(c) for term, c in form.terms.items()), ZERO)
        if is_sum_of_positive(without_variances(form)):
            return True
        if any("tanh" in one.has for one in form.atoms()):
            form = rewritten(form, by_exp)
        if any(is_quotient(one) for one in form.atoms()):
            if is_sum_of_positive(without_quotients(form)):
                return True
    return False


def is_quotient(one):
    """Tell one over a number that is positive."""
    return one.kind == "root" and one.args[1] == 1 and one.positive


def without_variances(u):
    """Drop N Σ v² - (Σ v)² where it occurs: it is 0 or more for N numbers v."""
    for term, c in list(u.terms.items()):
        for one, p in term:
            if c < 0 and p == 2 and one.kind == "sum" and len(one.args[0]) == 1:
                letters, body = opened(one)
                rest = settled(tuple(k for k in term if k[0] != one)).scaled(-c)
                squares = total(letters, times(settled(body), settled(body)))
                most = times(times(rest, squares), size(letters[0][2]))
                left = u - most - Poly({term: c})
                if is_sum_or_square(rest) and is_no_new_loss(u, left):
                    return without_variances(left)
    return u


def is_sum_or_square(u):
    """Tell whether no term is negative."""
    return all(
        c > 0 and all(one.positive or p % 2 == 0 for one, p in term)
        for term, c in u.terms.items()
    )


def is_no_new_loss(before, after):
    """Tell whether no term became negative."""
    return all(c > 0 or term in before.terms for term, c in after.terms.items()) and (
        len(after.terms) < len(before.terms)
    )


def words_for(u):
    """Write a number without names, or return an empty text if that is long."""
    short = unfolded(u, LONG)
    return "" if short is None else text(short)


def sentence(how, words):
    """Write the hypothesis for some denominators."""
    words = sorted(words, key=lambda t: (len(t), t))
    if "" in words:
        what = "root and logarithm" if how == POSITIVE else "denominator and root"
        return f"wherever each {what} is defined"
    if len(words) == 1:
        return f"wherever {words[0]} {how}"
    front = "all of these are positive" if how == POSITIVE else "none of these is 0"
    return f"wherever {front}: {', '.join(words)}"


def denominators(u):
    """Yield what divides in a formula, or is under a root or a logarithm.

    Yields
    ------
    part : Poly
    positive : bool
        Whether it must be positive; else it must not be 0.
    """
    seen, todo = set(), list(u.terms)
    while todo:
        for one, p in todo.pop():
            if p < 0 or (p < 1 and Fraction(p).denominator > 1):
                if one.kind not in ("size", "constant", "root") and not is_strict(one):
                    yield single(one), False
            if one in seen:
                continue
            seen.add(one)
            if one.kind == "sum":
                todo.append(one.args[1])
            elif one.kind not in ("size", "constant", "entry", "delta"):
                inside = one.args[0]
                todo += inside.terms
                even = one.kind == "root" and one.args[1] % 2 == 0
                if one.kind in ("root", "log") and not is_sum_of_positive(inside):
                    if any(a.kind not in ("size", "constant") for a in inside.atoms()):
                        yield inside, even or one.kind == "log"
