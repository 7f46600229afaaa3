"""The zero test of code decides the entries of formulas, too."""

from known_claims import TRUE, WRONG

from mlp.proof.claims import index_pairs
from mlp.proof.reading import read
from mlp.tracing.from_sympy import NotRead, vanishes


def judged(claim, of, wrt=None, where=None, given=(), sizes=None):
    """Return whether a claim was shown; None if it is not read, or has hypotheses."""
    if given or sizes:
        return None
    equation = read(claim, of, wrt, where or {}, given, {})
    try:
        pairs = [equation.sides(*k) for k in index_pairs(equation.left)]
        return all(vanishes(left - right) for left, right in pairs)
    except NotRead:
        return None


def test_what_is_true_is_shown():
    verdicts = {name: judged(**claim) for name, claim in TRUE.items()}
    shown = [name for name, verdict in verdicts.items() if verdict]
    open_ones = [name for name, verdict in verdicts.items() if verdict is False]
    assert len(shown) >= 10 and len(open_ones) <= 2, verdicts


def test_what_is_wrong_is_not_shown():
    verdicts = {name: judged(**claim) for name, claim in WRONG.items()}
    assert True not in verdicts.values()
    assert sum(verdict is False for verdict in verdicts.values()) >= 5, verdicts
