"""Random claims: what `prove` says of them, against numbers."""

from random import Random

import proof_grammar
import pytest
import sympy
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from proof_grammar import CHANGES, Claim, judge, numbers_say, random_claim


@settings(max_examples=60, phases=[Phase.generate])
@given(st.randoms(use_true_random=True))
def test_every_verdict_agrees_with_numbers(rng):
    claim = random_claim(rng)
    _, _, problem = judge(claim)
    assert problem is None, f"{problem}\n{claim}"


def test_the_reference_tells_true_from_changed():
    claims = [random_claim(Random(seed)) for seed in range(60)]
    true = [numbers_say(claim) for claim in claims if claim.made == "true"]
    changed = [numbers_say(claim) for claim in claims if claim.made in CHANGES]
    assert "different" not in true and true.count("equal") > len(true) / 2
    assert changed.count("different") > len(changed) / 2  # some changes change nothing


@pytest.mark.parametrize("seed", range(12))
def test_a_printed_claim_can_be_pasted(seed):
    claim = random_claim(Random(seed))
    names = vars(sympy) | vars(proof_grammar) | {"prove": lambda made, **x: Claim(**x)}
    pasted = eval(str(claim), names)
    pasted.places = claim.places
    assert numbers_say(pasted) == numbers_say(claim)
