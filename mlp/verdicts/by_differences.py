"""Verdicts by differences: of smaller and of wider steps, and on both sides."""

import numpy as np

from mlp.verdicts.differences import falling
from mlp.verdicts.judging import SMALL, TINY, Judge
from mlp.verdicts.surroundings import FINER, WIDER, mean_size


class ByDifferences(Judge):
    """Verdicts by differences alone."""

    def by_differences(self, i):
        """The verdict on entry i by differences alone: None when it is right."""
        measured, size = self.near.measured(i), self.near.sizes[i]
        farther = falling(mean_size(self.near.at.x, 1.0) / size, 5)
        for k, steps in enumerate([FINER, WIDER, farther[farther > 4]]):
            entry = self._by_sides(i, measured)
            if entry is None or measured.unchanged or (k and not entry.reason):
                return entry
            measured.add(steps * size)
        return self._by_sides(i, measured)

    def _by_sides(self, i, measured):
        g, sides = self.given[i], measured.sides()
        (left, a, _), (right, b, _), (center, c, noisy) = sides
        if measured.unchanged and g == 0:
            return None
        if measured.unchanged and self.near.is_stairs:
            why = "rounding: the function is the same wherever the entry is moved"
            return self.entry(i, 0.0, np.inf, why)
        if sides.differ and abs(left - right) > 1e-9 * measured.rise:
            low, high = sorted([left, right])
            bound = 3 * max(a, b) + self.bound(i, max(abs(low), abs(high)))
            entry = self.beside_a_kink(i, low, high, bound, left, right)
            return self.if_far_away(entry, low, high)
        own = self.bound(i, center)
        bound, gap = 4 * c + own + TINY / self.near.sizes[i], abs(g - center)
        if not np.isfinite([a, b]).all() and not measured.finite:
            why = "not finite: beside x the function is not finite"
            return self.entry(i, center, bound, why)
        if not np.isfinite(bound):
            return self.entry(i, center, bound, "unsettled: no slope is to be found")
        small = bound <= max(SMALL * abs(center), 2 * own)
        flat = bound <= SMALL * measured.rise and a + b <= 0.1 * measured.rise
        small = small or (g == 0 and flat)
        if gap <= bound and small:
            return None
        if self.near.noise > 1e-3 * self.near.at.change:
            why = "rounding: the values of the function look random"
            return self.entry(i, center, bound, why)
        natural = abs(self.near.value) / mean_size(self.near.at.x, 1.0)
        natural += measured.bend * self.near.sizes[i]
        if not gap <= max(3 * bound, 2 * (a + b)) + 20 * self.near.eps * natural:
            return self.entry(i, center, bound)
        kind = "rounding" if c <= 4 * noisy or gap > bound else "unsettled"
        uncertain = bound if gap <= bound else 2 * (a + b)
        why = f"{kind}: differences are uncertain by {uncertain:.1e}"
        return self.entry(i, center, bound, why)
