"""What a verdict needs, however the slopes were measured."""

from dataclasses import replace

import numpy as np

from mlp.verdicts.result import Entry

SMALL = 1e-5  # a bound is small when it is at most so much of the entry
ROUNDINGS = 10  # so many roundings of its scale a right entry may be off
TINY = float(np.finfo(float).tiny)  # below it numbers lose digits


class Judge:
    """Verdicts on the entries of a gradient.

    Parameters
    ----------
    near : Surroundings
        The function around x.
    given : ndarray, (n,)
        The gradient to check.
    scales : ndarray, (n,)
        The sizes of all terms of an entry added up, where they are known, else 0.
    floors : ndarray, (n,)
        How far off entries may be since the function takes tiny numbers for 0.
    """

    def __init__(self, near, given, scales, floors):
        self.near, self.given, self.scales = near, given, scales
        self.floors, self.tiny = floors, float(np.finfo(near.at.dtype_of(0)).tiny)

    def bound(self, i, slope):
        """How far off a right entry may be by its own rounding."""
        given = abs(self.given[i]) if np.isfinite(self.given[i]) else 0.0
        scale = given + abs(slope) + self.scales[i]
        return ROUNDINGS * self.near.eps * scale

    def beside_a_kink(self, i, low, high, bound, left, right):
        """The verdict on an entry with two slopes, where all lie from low to high."""
        g = self.given[i]
        nearest = left if abs(g - left) < abs(g - right) else right
        if not low - bound <= g <= high + bound:
            return self.entry(i, nearest, bound)
        if abs(left - right) <= 2 * bound:
            why = f"kink: a rounding away the slope is from {low:.6g} to {high:.6g}"
            return self.entry(i, nearest, bound, why)
        where = "between them" if min(left, right) < g < max(left, right) else "near by"
        if abs(g - nearest) <= bound:
            where = "the left one" if nearest == left else "the right one"
        why = f"kink: the slope is {left:.6g} to the left, {right:.6g} to the right; "
        return self.entry(i, nearest, bound, f"{why}the given value is {where}")

    def if_far_away(self, entry, low, high):
        """A wrong entry beside a kink; can't tell where more kinks may hide within."""
        gap, width = abs(entry.given - entry.expected), high - low
        if entry.reason or not gap <= 30 * width + entry.bound:
            return entry
        why = f"kink: the slope is {low:.6g} on one side, {high:.6g} on the other; "
        return replace(
            entry, reason=f"{why}the given value is outside, but nearer kinks may hide"
        )

    def entry(self, i, expected, bound, reason=""):
        """An entry that is wrong, or undecided for the reason."""
        name, index = self.near.at.places[i]
        numbers = float(self.given[i]), float(expected), float(bound)
        return Entry(name, index, *numbers, reason)
