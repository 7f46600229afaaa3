"""Verdicts by complex steps, which differences must first confirm."""

import numpy as np

from mlp.verdicts.by_differences import ByDifferences
from mlp.verdicts.complex_step import DOUBLE, EPS, STEPS, ComplexSteps, size_of
from mlp.verdicts.differences import Measured
from mlp.verdicts.judging import SMALL, TINY
from mlp.verdicts.surroundings import FINER, USUAL, WIDER

PLACES = 0.0, 2.0**-12, 2.0**-9, 2.0**-6  # where differences are looked at, along d


class ByComplexStep(ByDifferences):
    """Verdicts by complex steps where they can be believed.

    Parameters
    ----------
    chosen : ndarray of int, (m,)
        The entries to decide.
    analytic : bool
        Whether f is known to take complex numbers as it should.
    near, given, scales, floors
        As for `Judge`.
    """

    def __init__(self, near, given, scales, floors, chosen, analytic):
        super().__init__(near, given, scales, floors)
        self.chosen, self.analytic = chosen, analytic

    def can_be_believed(self):
        """Whether slopes by complex steps can be had, and believed."""
        if self.near.at.in_place:
            return False
        try:
            with self.near.at.numbers(DOUBLE):
                value = self.near.at(self.near.at.x)
            self.steps = ComplexSteps(self.near.at, self.near.sizes, self.near.eps)
            self.slopes = np.zeros(len(self.given))
            self.slopes[self.chosen] = [self.steps.by_entry(i) for i in self.chosen]
            self.kinks = self.steps.kinks(self.chosen, self.slopes, self.scales)
            doubts = [] if self.analytic else self.near.at.doubts()
        except Exception:
            return False  # f does not take complex numbers
        if doubts:
            return False
        self.analytic = self.analytic or doubts is not None
        same = abs(value - self.near.value) <= 1e4 * self.near.eps * abs(
            self.near.value
        )
        return (
            same and np.isfinite(self.slopes).all() and self._confirmed_by_differences()
        )

    def _confirmed_by_differences(self):
        """Whether complex steps agree with differences along four directions.

        In two of them each entry moves in proportion to its size, and what is 0 stays;
        in one also that moves, in one each entry changes f by about as much. Entries
        at kinks are left out.
        """
        rng, seen, n = np.random.RandomState(2), False, len(self.chosen)
        shares = np.abs(self.slopes) * self.near.sizes
        least = np.percentile(shares[shares > 0], 10) if shares.any() else 0.0
        alike = self.near.sizes * least / np.maximum(shares, least or 1.0)
        for sizes in (
            np.abs(self.near.at.x),
            np.abs(self.near.at.x),
            self.near.sizes,
            alike,
        ):
            d = np.zeros(len(sizes))
            draws = rng.choice([-1, 1], n) * rng.uniform(0.5, 1, n)
            d[self.chosen] = sizes[self.chosen] * draws * ~self.kinks[self.chosen]
            if d.any():
                agree, precise = self._compared(d)
                if not agree:
                    return False
                seen = seen or precise
        return seen or self.analytic or self.kinks[self.chosen].all()

    def _compared(self, d):
        """Whether both one-sided slopes agree with a complex step, and how sharply.

        Beside a kink differences see less; so four places along d are tried.
        """
        agrees = False
        for distance in PLACES:
            x = self.near.at.x + distance * d
            slope, value = self.steps.along(d, x), self.near.at(x)
            measured = Measured(
                self.near.along(d, x), value, self.near.noise, self.near.eps_of_f
            )
            measured.add(USUAL)
            size = max(size_of(self.slopes * d), measured.rise)
            for steps in (USUAL, FINER, WIDER):
                measured.add(steps)
                sides = measured.sides()[:2]
                gaps = [abs(value - slope) - 12 * error for value, error, _ in sides]
                agree = not max(np.nan_to_num(gaps, nan=-1)) > 1e-6 * size
                precise = max(error for _, error, _ in sides) <= 1e-4 * size
                if agree and precise:
                    return True, True
            agrees = agrees or agree
        return agrees, False

    def by_complex_step(self, i):
        """The verdict on entry i by complex steps: None when it is right."""
        g, slope, kink = self.given[i], self.slopes[i], self.kinks[i]
        bound = self.bound(i, slope)
        if slope == 0 and not (kink or self.analytic or self.near.stays(i)):
            return self.by_differences(i)  # a complex step says 0 of |x|, too
        if abs(g - slope) <= bound and not kink:
            return None
        if g == 0 and abs(slope) <= self.tiny and not kink:
            return None
        if slope == 0 and not kink and self._may_have_cancelled(i):
            why = "rounding: a slope as small as the given one may have cancelled"
            return self.entry(i, slope, bound, why)
        gross = abs(g - slope) > 1e-6 * (abs(g) + abs(slope))
        if gross and self.steps.calm and self._differences_agree(i, slope, bound):
            return self.entry(i, slope, bound)
        beside = self.steps.beside(i)
        low, high = beside.min(), beside.max()
        if kink:
            return self._at_a_kink(i, low, high, bound)
        h, size = STEPS[DOUBLE], self.near.sizes[i]
        cut = self.tiny + 4 * h**2 * self.near.at.change / size
        floor = self.floors[i] + cut + TINY / (h * size)
        reach = bound + 2 * max(high - slope, slope - low) + floor
        reach += 8 * self.steps.rounding(i)
        reach += 10 * self.near.blur * (abs(slope) + abs(g))
        if not abs(g - slope) <= reach:
            if not kink and self._is_lost_in_terms(i, slope, high - low):
                why = "rounding: beside larger terms so small a difference may be lost"
                return self.entry(i, slope, bound, why)
            if high - low > 1e-3 * max(abs(high), abs(low)):
                return self._at_a_kink(i, low, high, bound)
            return self._unless_differences_object(self.entry(i, slope, bound), i)
        if reach <= SMALL * abs(slope) or (g == 0 and abs(slope) <= cut):
            return None
        why = "rounding: beside x, the slope is another one by as much"
        return self.entry(i, slope, reach, why)

    def _is_lost_in_terms(self, i, slope, width):
        """Whether the slope has lost digits beside larger terms, as the given one may.

        It has where it changes by more than its own rounding a rounding away. The terms
        may be as large as f's slopes by what has the size of x.
        """
        has_lost = width > 100 * self.near.eps * abs(slope)
        return has_lost and self._is_small(i, self.given[i] - slope, 128)

    def _may_have_cancelled(self, i):
        """Whether the given value is small beside slopes that f may add up to 0."""
        return self._is_small(i, self.given[i], 16)

    def _is_small(self, i, number, roundings):
        """Whether a number is so many roundings of f's slope by what has x's size."""
        natural = self.near.at.change / self.near.sizes[i]
        return (
            not self.scales.any() and abs(number) <= roundings * self.near.eps * natural
        )

    def _differences_agree(self, i, slope, bound):
        """Whether differences see that the slope is right, and the given one not."""
        measured, gap = self.near.measured(i), abs(self.given[i] - slope)
        center, error, _ = measured.sides().center
        bend = 20 * self.near.eps * self.near.sizes[i] * measured.bend
        return (
            8 * error + bound + bend < gap and abs(center - slope) <= 4 * error + bound
        )

    def _at_a_kink(self, i, low, high, bound):
        """The verdict on an entry whose slopes beside x go from low to high."""
        g, slope, (left, right) = self.given[i], self.slopes[i], self.steps.sides(i)
        low, high = min(low, left, right), max(high, left, right)
        width = high - low
        if max(abs(left - slope), abs(right - slope), abs(g - slope)) <= bound:
            return None  # the kink is not on this entry's way
        if width <= max(20 * bound, SMALL * min(abs(low), abs(high))):
            slope, bound = (low + high) / 2, bound + width
            is_right = abs(g - slope) <= bound
            entry = None if is_right else self.entry(i, slope, bound)
        else:
            others = self.steps.beside(i, more=True)
            low, high = min(low, slope, *others), max(high, slope, *others)
            entry = self.beside_a_kink(i, low, high, bound, left, right)
            entry = self.if_far_away(entry, low, high) if self.near.eps > EPS else entry
        is_wrong = entry and not entry.reason
        return self._unless_differences_object(entry, i) if is_wrong else entry

    def _unless_differences_object(self, entry, i):
        """A wrong entry, but can't tell when differences see well and find it right.

        Where f may do what a complex step does not see, differences decide.
        """
        if not self.analytic:
            return self.by_differences(i)
        sides = self.near.measured(i).sides()
        value, error, _ = sides.center
        sharp = not sides.differ and 8 * error < abs(entry.given - entry.expected)
        if sharp and abs(entry.given - value) <= 4 * error + entry.bound:
            why = f"unsettled: differences say {value:.6g} and find it right"
            return self.entry(i, entry.expected, entry.bound, why)
        return entry
