"""Changes of the package's own source: refuted, or proved to change no gradient."""

from collections import Counter

import pytest

from mlp.tracing.package_mutants import (
    EQUIVALENT,
    OPEN,
    PROGRAMS,
    all_mutants,
    judged,
)


def outcomes(some):
    """Return how often each verdict came, and what is open."""
    count, still = Counter(), []
    for mutant in some:
        verdict, why = judged(mutant)
        count[verdict] += 1
        if verdict == OPEN:
            still.append(f"{mutant}: {why}")
    return count, still


def test_some_changes_are_refuted_or_proved_to_change_nothing():
    count, still = outcomes(list(all_mutants())[::8])
    assert not still
    assert count["refuted"] >= 12 and count[EQUIVALENT] >= 1


def test_another_comparison_in_the_slope_of_relu_is_refuted():
    changes = [m for m in all_mutants("relu_prime_of_h") if m.kind == "comparison"]
    verdicts = {m.after.split("(")[0]: judged(m)[0] for m in changes}
    assert verdicts == {
        "return np.greater_equal": "refuted",
        "return np.less": "refuted",
    }


@pytest.mark.slow
def test_all_changes_are_refuted_or_proved_to_change_nothing():
    changes = list(all_mutants())
    count, still = outcomes(changes)
    assert not still
    assert len(changes) >= 140 and count["refuted"] >= 100 and count[EQUIVALENT] <= 24
    changed = {(m.file, m.function) for m in changes}
    assert ("losses", "mean_cross_entropy") in changed
    assert {file for file, _ in changed} == set(PROGRAMS)
