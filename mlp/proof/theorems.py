# Made by `make generate` from book/derive/trust.ipynb: edit it there.
"""A claim is proved, refuted, or not shown; what is proved becomes a theorem."""

import re
from dataclasses import dataclass, replace

from sympy import Dummy, Eq, sympify
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.arithmetic import CannotCompute
from mlp.proof.claims import Equation, index_pairs
from mlp.proof.definitions import held, name_of, unfold
from mlp.proof.evaluation import evaluate
from mlp.proof.hypotheses import suppositions
from mlp.proof.language import any_col, any_row, f
from mlp.proof.numbers import Counterexample, Disagreement, counterexample
from mlp.proof.printing import latex, plain
from mlp.proof.reading import read, shape_error, with_claim
from mlp.proof.slopes import NoDerivative, depends, first_kink
from mlp.proof.sums import is_nonzero, settle, vanishes
from mlp.proof.witness import NoNumbers, find_difference


class NotProved(Exception):
    """A claim that is wrong, or that was neither shown nor refuted.

    Attributes
    ----------
    counterexample : str or None
        Numbers at which the claim is wrong, a `Counterexample`, or shapes that do not
        fit; None if it was only not shown.
    """

    def __init__(self, label, counterexample=None, why="SymPy cannot decide"):
        super().__init__(label, counterexample, why)
        self.counterexample = counterexample

    def __str__(self):
        label, counterexample, why = self.args
        verdict = f"wrong: {counterexample}" if counterexample else f"not shown: {why}"
        return f"{label} is {verdict}"


class Refused(NotProved, ValueError):
    """A claim that cannot be read; the message names argument and what is allowed."""


def prove(label, claim, of, wrt=None, where=None, given=(), sizes=None):
    """Prove that ``claim`` is the gradient of ``of``, entry by entry.

    Parameters
    ----------
    label : str
        The equation's label, such as ``"eq:affine-W"``.
    claim : matrix expression or scalar
        The right-hand side.
    of : matrix expression or scalar
        What is differentiated; without ``wrt``, the left-hand side itself.
    wrt : matrix or scalar symbol, optional
        By what to differentiate. It counts as a free variable of ``of`` even where
        it has a definition.
    where : dict, optional
        Definitions: the meaning of a matrix, a number or a function such as f(z).
    given : relation or sequence of relations, optional
        Hypotheses, with Eq, Ne, >, ≥, <, ≤, about any row i and column j.
    sizes : dict, optional
        Numbers for the symbolic sizes: proves one concrete network.

    Returns
    -------
    Theorem

    Raises
    ------
    NotProved
        With a counterexample if the claim was refuted; without one if it was not shown.
    """
    if not isinstance(label, str):
        raise TypeError(f"label: {label!r} is no text")
    where, sizes = ({} if known is None else known for known in (where, sizes))
    equation = readable(label, read, claim, of, wrt, where, given, sizes)
    return check(label, equation, {name: sympify(n) for name, n in sizes.items()})


def readable(label, read, *args):
    """Return the equation that ``read`` makes of the arguments, or raise Refused."""
    try:
        return read(*args)
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise Refused(label, why=str(error)) from error


def check(label, equation, sizes):
    """Return the theorem, or raise NotProved."""
    if error := shape_error(equation):
        raise NotProved(label, f"the shapes do not fit, {error}")
    if doubt := first_doubt(equation):
        raise NotProved(label, counterexample(equation), doubt)
    confirm(label, equation)
    return Theorem(label, equation, sizes, unneeded(equation))


def confirm(label, equation):
    """Let the second witness agree with a proof, or raise."""
    try:
        difference = find_difference(equation)
    except (NoNumbers, CannotCompute) as error:
        raise NotProved(label, why=str(error)) from None
    if difference:
        raise Disagreement(
            f"{label}: equal by the proof, by the second witness {difference}"
        )


def first_doubt(equation):
    """Say why an equation is not shown, or return None if it was shown."""
    try:
        cases = list(equation.cases())
        if not cases:
            return "the hypotheses contradict each other"
        for case in cases:
            rules = suppositions(case.facts(), case.definitions(), case.kept())
            doubt = corner(case, rules) or (
                not holds(case, rules) and "SymPy cannot decide"
            )
            if doubt:
                return doubt
    except NoDerivative as error:
        return str(error)
    return None


def holds(equation, rules):
    """Tell whether the two sides were shown to be equal, entry by entry."""
    pairs = (
        equation.sides(*indices, equation.kept())
        for indices in index_pairs(equation.left)
    )
    return all(vanishes(left - right, rules) for left, right in pairs)


def corner(equation, rules):
    """Say which part that is differentiated may lack a derivative, or return None."""
    where, kept = equation.definitions(), equation.kept()

    def nonzero(u):
        return u.is_nonzero or is_nonzero(settle(unfold(u, where, kept), rules), rules)

    for J, x in equation.derivatives():
        if kink := first_kink(held(J, x, where, kept), x, nonzero):
            return kink
    return corner_of_f(equation, nonzero)


def corner_of_f(equation, nonzero):
    """Say where f' is taken of an f with a formula that may lack a derivative there."""
    for name, formula in equation.where.items():
        if isinstance(name, f) and first_kink(formula, name.args[0], lambda u: False):
            z = Dummy("z", real=True)
            at_z = unfold(formula.xreplace({name.args[0]: z}), equation.definitions())
            for u in equation.arguments_of_f_prime():

                def nonzero_at_u(v, z=z, u=u):
                    return nonzero(v.xreplace({z: u}))

                if kink := first_kink(at_z, z, nonzero_at_u):
                    return kink.replace(plain(z), plain(u))
    return None


def unneeded(equation):
    """Return the hypotheses without which the proof goes through as well."""
    needed = list(equation.given)
    for fact in equation.given:
        fewer = [other for other in needed if other != fact]
        if first_doubt(replace(equation, given=tuple(fewer))) is None:
            needed = fewer
    return tuple(fact for fact in equation.given if fact not in needed)


@dataclass(frozen=True)
class Theorem:
    """A proved equation; it displays as its formula and its hypotheses.

    Only `prove` and ``accepts`` make one.

    Attributes
    ----------
    label : str
        Its name; the equation gets a number if it begins with ``eq:``.
    equation : Equation
        What was proved.
    sizes : dict
        The numbers that were put for symbolic sizes, if any.
    unused : tuple
        Hypotheses without which the proof goes through as well.
    """

    label: str
    equation: Equation
    sizes: dict
    unused: tuple = ()

    def refuses(self, claim):
        """Return the counterexample to a wrong right-hand side.

        Parameters
        ----------
        claim : matrix expression or scalar
            It takes the place of the right-hand side.

        Returns
        -------
        str

        Raises
        ------
        AssertionError
            If the claim is proved as well.
        NotProved
            If it is neither proved nor refuted.
        """
        try:
            self.accepts(claim)
        except NotProved as error:
            if error.counterexample:
                return error.counterexample
            raise
        raise AssertionError(f"{self.label} accepts {plain(claim)}")

    def refuse(self, mutants):
        """Refuse wrong right-hand sides, each with a counterexample.

        Parameters
        ----------
        mutants : dict
            Names and claims.

        Returns
        -------
        Refusals

        Raises
        ------
        AssertionError, NotProved
            As `refuses`.
        """
        if not mutants:
            raise ValueError("no mutants were given: a dict of names and claims")
        rows = [
            (name, sympify(claim), self.refuses(claim))
            for name, claim in mutants.items()
        ]
        return Refusals(self.equation.left, rows)

    def accepts(self, claim):
        """Prove another right-hand side.

        Parameters
        ----------
        claim : matrix expression or scalar
            It takes the place of the right-hand side.

        Returns
        -------
        Theorem

        Raises
        ------
        NotProved
            As `prove`.
        """
        equation = readable(self.label, with_claim, self.equation, claim, self.sizes)
        return check(self.label, equation, self.sizes)

    def evaluate(self, values):
        """Compute the right-hand side in numbers.

        Parameters
        ----------
        values : dict
            As for the function `evaluate`.

        Returns
        -------
        ndarray
        """
        return evaluate(self.equation.right, self.equation.where, values)

    @property
    def latex(self):
        """The formula alone, as LaTeX."""
        return f"{latex(self.equation.left)} = {latex(self.equation.right)}"

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex}$"

    def _repr_markdown_(self):
        number = f" ({self.label})" if self.label.startswith("eq:") else ""
        name = "" if number else f"{self.label}: "
        (proved, facts), *rows = self.small_print()
        head = f"*{name}{proved}{', '.join(f'${latex(fact)}$' for fact, _ in facts)}*"
        below = "\n".join(line for row in rows for line in listed_row(*row))
        equation = f"$$\n{self.latex}\n$${number}"
        return "\n\n".join(filter(None, [equation, head, below]))

    def __repr__(self):
        equation = self.equation
        lines = [f"{plain(equation.left)} = {plain(equation.right)}   ({self.label})"]
        lines += [
            word + ", ".join(plain(fact) + more for fact, more in facts)
            for word, facts in self.small_print()
        ]
        return "\n".join(lines)

    def small_print(self):
        """Return what stands below the formula: pairs of a word and what it is about.

        Each thing is a pair, too: an expression, and what is said of it.
        """
        equation, sizes = self.equation, equalities(self.sizes)
        every = [(name, "") for name in equation.size_names()]
        proved = "proved for every " if every else "proved for " if sizes else "proved"
        rows = [
            ("with ", (sizes if every else []) + supposed_of_letters(equation)),
            ("where ", equalities(equation.where)),
            (
                "if ",
                [
                    at_every_place(fact)
                    for fact in equation.given
                    if fact not in self.unused
                ],
            ),
            ("not used: ", [at_every_place(fact) for fact in self.unused]),
            ("", self.independent()),
        ]
        return [(proved, every or sizes)] + [row for row in rows if row[1]]

    def independent(self):
        """Return what is differentiated by something that it does not depend on."""
        equation = self.equation
        return [
            (J, f" does not depend on {plain(name_of(x))}")
            for J, x in equation.derivatives()
            if not depends(held(J, x, equation.definitions()), x)
        ]


@dataclass(frozen=True)
class Refusals:
    """Wrong right-hand sides, each with its counterexample; it displays as a table.

    Attributes
    ----------
    left : expression
        The left-hand side.
    rows : list of tuples
        Name, claim and counterexample of each.
    """

    left: object
    rows: list

    def __repr__(self):
        width = max(len(name) for name, *_ in self.rows)
        return "\n".join(
            f"{name:{width}}  refused: {found}" for name, _, found in self.rows
        )

    def _repr_markdown_(self):
        left = in_table(rf"{latex(self.left)} \neq")
        heads = ["refused", left, "claim", "true", "at", "numbers"]
        lines = [heads, ["---"] * len(heads), *(table_row(*row) for row in self.rows)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def table_row(name, claim, found):
    """Return what a table says of a refused claim, as Markdown."""
    front = [literal(name), in_table(latex(claim))]
    if not isinstance(found, Counterexample):
        return [*front, "", "", "", literal(found)]
    sides = [in_table(latex(side)) for side in (found.claim, found.true)]
    place = in_table(str(found.place)) if found.place else ""
    numbers = [in_table(f"{latex(x)} = {latex(n)}") for x, n in found.given]
    return [*front, *sides, place, ", ".join(numbers) or "always"]


def literal(text):
    """Return Markdown that shows a text as it is."""
    return re.sub(r"([\\`*_$<|\[\]])", r"\\\1", text)


def in_table(formula):
    """Return a formula as Markdown for a table, where a bar would end the cell."""
    bar = r"\vert "
    return f"${formula.replace('|', bar)}$"


def listed_row(word, facts):
    """Return a row of the small print as lines of a list: each definition has one."""
    facts = [rf"$\displaystyle {latex(fact)}${more}" for fact, more in facts]
    if word == "with " or len(facts) == 1:
        return [f"- {word}{', '.join(facts)}"]
    return [f"- {word.rstrip()}", *(f"  - {fact}" for fact in facts)]


def at_every_place(fact):
    """Return a hypothesis, and for which rows and columns it is supposed."""
    letters = [letter for letter in (any_row, any_col) if letter in fact.free_symbols]
    return fact, f" for every {', '.join(map(plain, letters))}" if letters else ""


def equalities(meanings):
    """Return the pairs of a dict as equations."""
    return [(Eq(*pair, evaluate=False), "") for pair in meanings.items()]


def supposed_of_letters(equation):
    """Return what letters are supposed to be, and how large sizes have to be."""
    free = [(z, supposed_of(z)) for z in equation.letters() if z not in equation.where]
    defined = [(z, sign_of_letter(z)) for z in equation.where if z.is_Symbol]
    return [
        (z, words) for z, words in [*free, *defined, *least_sizes(equation)] if words
    ]


def supposed_of(z):
    """Return what is assumed of a letter, in words."""
    if z.is_integer:
        kinds = [kind for kind in ("prime", "even", "odd") if getattr(z, f"is_{kind}")]
        signs = [sign for sign in SIGN_WORDS if getattr(z, f"is_{sign}")][:1]
        signs = [] if kinds and signs in (["nonzero"], ["zero"]) else signs
        words = [*signs, *kinds, "integer"]
        return f", {'an' if words[0][0] in 'aeiou' else 'a'} {' '.join(words)}"
    kind = ", rational" if z.is_rational else ", irrational" if z.is_irrational else ""
    return (sign_of_letter(z) or (" real" if z.is_real else "")) + kind


def sign_of_letter(z):
    """Return what is assumed of the sign of a letter, in words."""
    signs = [sign for kind, sign in SIGN_WORDS.items() if getattr(z, f"is_{kind}")]
    return f" {signs[0]}" if signs else ""


SIGN_WORDS = {
    "zero": "= 0",
    "positive": "> 0",
    "negative": "< 0",
    "nonnegative": "≥ 0",
    "nonpositive": "≤ 0",
    "nonzero": "≠ 0",
}


def least_sizes(equation):
    """Return the sizes that an entry such as a[1, 0] needs."""
    least = {}
    for x in {x for part in equation.parts() for x in part.atoms(MatrixElement)}:
        for k, size in zip((x.i, x.j), x.parent.shape):
            if k.is_Integer and k > 0 and not size.is_Integer:
                least[size] = max(k + 1, least.get(size, 0))
    return [(size, f" ≥ {n}") for size, n in sorted(least.items(), key=str)]
