"""Numbers with indices as a line of text."""

from fractions import Fraction

from mlp.tracing.sums import kept

LONGEST = 150  # atoms in a formula that is shown
FIRST = {"N": "ijkl", "D": "pqrs", "H": "hmno", "K": "cdef"}


@kept(20_000)
def length(poly):
    """Return how many atoms a formula has when it is written out."""
    return sum(1 + sum(length_of_atom(one) for one, _ in term) for term in poly.terms)


@kept(20_000)
def length_of_atom(one):
    """Return how many atoms an atom has when it is written out."""
    if one.kind == "sum":
        return 1 + sum(length_of_atom(part) for part, _ in one.args[1])
    if one.kind in ("size", "constant", "entry", "delta"):
        return 1
    return 1 + length(one.args[0])


def shown(poly, names=None, else_say="a formula of {} parts"):
    """Write a polynomial, or say how long it is."""
    n = length(poly)
    return text(poly, names) if n <= LONGEST else else_say.format(n)


def text(poly, names=None):
    """Write a polynomial."""
    names = {} if names is None else names
    if not poly.terms:
        return "0"
    for letter in sorted(poly.free, key=lambda k: (k[1], str(k[2]))):
        index_text(letter, names)
    parts = [term_text(term, c, names) for term, c in sorted_terms(poly, names)]
    line = parts[0]
    for part in parts[1:]:
        line += f" - {part[1:]}" if part[0] == "-" else f" + {part}"
    return line


def sorted_terms(poly, names):
    """Return the terms, those with a plus first, in an order that does not change."""

    def key(pair):
        line = term_text(*pair, dict(names))
        return line[0] == "-", len(line), line

    return sorted(poly.terms.items(), key=key)


def term_text(term, c, names):
    """Write a term, its denominator last."""
    term = sorted(term, key=lambda pair: factor_key(pair[0]))
    up = [factor(one, p, names) for one, p in term if p > 0]
    down = [factor(one, -p, names) for one, p in term if p < 0]
    c = Fraction(c)
    if abs(c.numerator) != 1 or not up:
        up.insert(0, str(abs(c.numerator)))
    if c.denominator != 1:
        down.insert(0, str(c.denominator))
    line = " ".join(up)
    if down:
        line += " / " + (down[0] if len(down) == 1 else f"({' '.join(down)})")
    return ("-" if c < 0 else "") + line


KINDS = ("constant", "size", "delta", "mask", "entry", "sum", "root")


def factor_key(one):
    """Return what factors are sorted by."""
    place = KINDS.index(one.kind) if one.kind in KINDS else len(KINDS)
    return place, atom_text(one, {})


def factor(one, power, names):
    """Write a power of an atom."""
    if one.kind == "root":
        inside, q = one.args
        n = Fraction(power) / q
        return f"({text(inside, names)})^-{n if n.denominator == 1 else f'({n})'}"
    shown = atom_text(one, names)
    if power == 1:
        return shown
    if " " in shown:
        shown = f"({shown})"
    return f"{shown}^{power if Fraction(power).denominator == 1 else f'({power})'}"


def atom_text(one, names):
    """Write an atom."""
    if one.kind == "size":
        return str(one.args[0])
    if one.kind == "constant":
        return "π" if one.args[0] == "pi" else str(one.args[0])
    if one.kind == "entry":
        name, indices = one.args
        inside = ", ".join(index_text(k, names) for k in indices)
        return f"{name}[{inside}]" if indices else name
    if one.kind == "delta":
        return f"[{' = '.join(index_text(k, names) for k in one.args)}]"
    if one.kind == "mask":
        return f"[{text(one.args[0], names)} > 0]"
    if one.kind == "sum":
        letters, body = one.args
        below = ",".join(index_text(k, names) for k in letters)
        return f"Σ_{below} {term_text(body, 1, names)}"
    return f"{one.kind}({text(one.args[0], names)})"


def index_text(index, names):
    """Write an index; a letter gets a name that is free."""
    if index[0] == "#":
        return str(index[1])
    if index[0] == "L":
        inside = ", ".join(index_text(k, names) for k in index[2])
        return f"{index[1]}[{inside}]" if inside else str(index[1])
    if index not in names:
        used = set(names.values())
        first = FIRST.get(index[2], "abuvw")
        options = [a + b for b in ["", *map(str, range(1, 99))] for a in first]
        names[index] = next(name for name in options if name not in used)
    return names[index]
