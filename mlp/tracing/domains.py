"""Where the formulas of a proof are defined: no denominator 0, roots and logs of > 0.

What is shown to be positive, such as a sum of exponentials or a variance plus a number,
needs no hypothesis. Everything else has one: numbers show nothing here.
"""

from fractions import Fraction

from mlp.tracing.functions import is_positive_by
from mlp.tracing.masks import by_exp, has_null_zeros, rewritten
from mlp.tracing.names import polys_of, reached, unfolded
from mlp.tracing.nonzero import has_inputs, without_positive_denominators
from mlp.tracing.printing import shown, text
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import (
    ZERO,
    Poly,
    definitions,
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

SHORT = 5  # terms of a number whose powers are compared
LONG = 25  # atoms in a denominator that is shown
NONE, POSITIVE = "is not 0", "is positive"


def where_defined(formulas, asked):
    """Say where formulas, and the definitions of the names in them, are defined.

    Parameters
    ----------
    formulas : list of Poly
    asked : dict
        What the program needs: from Poly to whether it must be positive.

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
    signs = [part for part, positive in asked.items() if positive]
    others = [part for part, positive in asked.items() if not positive]
    others = [part for part in others if not is_positive(-part)]
    is_lost = has_lost_part(needs[POSITIVE], signs) or has_lost_part(
        needs[NONE] + needs[POSITIVE], others
    )
    return sentences + [FINITE] * is_lost


FINITE = "wherever both functions return finite values"


def has_lost_part(said, asked):
    """Tell whether something that was asked for is in no formula any more."""
    said = set(map(renamed, said))
    return any(
        has_inputs(part) and renamed(part) not in said and not is_positive(part)
        for part in asked
    )


def demand_forward_domain(asked, forward):
    """Refuse what only the backward pass needs, if it is not so almost everywhere.

    Parameters
    ----------
    asked, forward : dict
        What both passes, and what the forward pass needs: from Poly to whether it
        must be positive.
    """
    known = {}
    for part, positive in forward.items():
        for form, how in with_powers(standard(part), positive):
            known[form] = how or known.get(form, False)
    for part, positive in asked.items():
        form = standard(part)
        if known.get(form, -1) < positive and not is_almost_everywhere(part, positive):
            raise CantTell(
                f"{shown(form)} is needed to be {'positive' if positive else 'not 0'} "
                "by the backward pass, and by the forward pass perhaps not"
            )


def with_powers(u, positive):
    """Yield a number that is positive, or not 0, and its powers, with what they are."""
    yield u, positive
    if len(u.terms) <= SHORT:
        square = times(u, u)
        yield renamed(square), True
        yield renamed(times(square, u)), positive


def is_almost_everywhere(part, positive):
    """Tell whether a number is not 0, or positive, but for a null set of inputs."""
    if not has_inputs(part) or is_positive(part):
        return True
    if positive:
        return is_sum_or_square(part) and is_almost_nowhere_zero(part)
    return is_positive(-part) or is_almost_nowhere_zero(part)


def standard(u):
    """Return a number without names, if it is short, and with standard letters."""
    return renamed(unfolded(u, 4 * LONG) or u)


def is_almost_nowhere_zero(u):
    """Tell whether a number, as an entry at a label, is 0 on a null set at most."""
    (one, *others) = u.atoms()
    is_input = one.kind == "entry" and one.args[0] not in definitions
    return (is_input and not others) or has_null_zeros(u)


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
        if has_inputs(part)
        and not is_positive(part)
        and (positive or not is_positive(-part))
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
            if is_sum_of_positive(without_positive_denominators(form)):
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
                squares = total(letters, times(body, body))
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
    seen, todo = set(), [(term, ()) for term in u.terms]
    while todo:
        term, outer = todo.pop()
        masks = (one.args[0] for one, _ in term if one.kind == "mask")
        known = tuple(sorted({*outer, *masks}, key=repr))
        for one, p in term:
            if p < 0 or (p < 1 and Fraction(p).denominator > 1):
                if one.kind not in ("size", "constant", "root") and not is_strict(one):
                    yield single(one), False
            if (one, known) in seen:
                continue
            seen.add((one, known))
            if one.kind == "sum":
                todo.append((one.args[1], known))
            elif one.kind not in ("size", "constant", "entry", "delta"):
                inside = one.args[0]
                todo += [(part, known) for part in inside.terms]
                positive = one.kind == "log" or (one.kind == "root" and one.args[1] > 1)
                signs = (inside,) if positive else (inside, -inside)
                if one.kind in ("root", "log") and not any(
                    is_positive_where(u, known) for u in signs
                ):
                    yield inside, positive


def is_positive_where(u, known):
    """Tell whether a number is positive where some others are."""
    return is_sum_of_positive(u) or any(is_positive_by(u, v, True) for v in known)
