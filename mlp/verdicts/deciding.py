"""The verdict on each entry of a gradient: right, wrong, or can't tell and why."""

from dataclasses import replace

import numpy as np

from mlp.verdicts.complex_step import DOUBLE, EPS, STEPS, ComplexSteps, size_of
from mlp.verdicts.differences import Measured, falling, noise_of
from mlp.verdicts.result import Entry

SMALL = 1e-5  # a bound is small when it is at most so much of the entry
ROUNDINGS = 10  # so many roundings of its scale a right entry may be off
USUAL, FINER = falling(2.0**-7, 3), falling(2.0**-16, 4)  # steps beside 1
WIDER = 2.0 ** -np.arange(-1, 5)
PLACES = 0.0, 2.0**-12, 2.0**-9, 2.0**-6
TINY = float(np.finfo(float).tiny)  # below it numbers lose digits


class Judge:
    """What is known of f around x, and the verdict on each entry of a gradient.

    Parameters
    ----------
    at : Evaluations
    given : ndarray, (n,)
        The gradient to check.
    chosen : ndarray of int, (m,)
        The entries to decide.
    scales : ndarray, (n,)
        The largest terms that enter the entries, where they are known, else 0.
    floors : ndarray, (n,)
        How far off entries may be since the function takes tiny numbers for 0.
    analytic : bool
        Whether f is known to take complex numbers as it should.
    """

    def __init__(self, at, given, chosen, scales, floors, analytic):
        self.at, self.given, self.chosen = at, given, np.array(chosen)
        self.analytic = analytic
        single = all(a.dtype == np.float32 for a in at.arrays.values())
        numbers = np.finfo(np.float32 if single else float)
        self.eps = float(numbers.eps)
        self.scales, self.floors = scales, floors + float(numbers.tiny)
        self.sizes = typical_sizes(at)

    def verdicts(self, complex_step):
        """The entries, of those that are chosen, that are not right."""
        value, again = self.at(self.at.x), self.at(self.at.x)
        why = ""
        if not np.isfinite([value, again]).all():
            why = f"not finite: f(x) is {value}"
        elif again != value:
            why = f"not deterministic: f(x) was {value!r}, then {again!r}"
        if why:
            return [self.entry(i, np.nan, np.nan, why) for i in self.chosen]
        self._get_ready(value)
        believed = complex_step and self._take_complex_steps()
        decide = self.by_complex_step if believed else self.by_differences
        return [entry for entry in map(decide, self.chosen) if entry]

    def _get_ready(self, value):
        """Find out how to call f, and how much its values are rounded."""
        self.at.find_what_moves(value, self.at.x + 2.0**-10 * self.sizes)
        if self.eps > EPS:
            self.at.find_wider_numbers(value, 1e4 * self.eps * abs(value))
        self.value = self.at(self.at.x)
        self.eps_of_f = EPS if self.at.dtype else self.eps
        signs = np.random.RandomState(0).choice([-1.0, 1.0], len(self.sizes))
        try:
            phi = self._along(self.sizes * signs)
            self.noise = noise_of(phi, self.value, 2.0**-36)
        except Exception:  # it will be raised again where one entry is moved
            self.noise = 0.0
        self.noise = max(self.noise, self.eps_of_f * abs(self.value) / 2)

    # By differences

    def _along(self, d, x=None):
        start = self.at.x if x is None else x
        return lambda t: self.at(start + t * d)

    def measured(self, i):
        """Values of f for steps of entry i."""
        x, dtype = self.at.x, self.at.dtype or self.at.dtype_of(i)
        d = np.zeros(len(x))
        d[i] = 1

        def moved(t):
            return float((x[i] + t).astype(dtype).real - x[i])

        phi = self.at.naming(i, self._along(d))
        measured = Measured(phi, self.value, self.noise, self.eps_of_f, moved)
        measured.add(USUAL * self.sizes[i])
        return measured

    def by_differences(self, i):
        """The verdict on entry i by differences alone: None when it is right."""
        measured, size = self.measured(i), self.sizes[i]
        farther = falling(mean_size(self.at.x, 1.0) / size, 5)
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
        if measured.unchanged and not self.at.is_moved:
            why = "rounding: the function is the same wherever x is moved"
            return self.entry(i, 0.0, np.inf, why)
        if sides.differ:
            low, high = sorted([left, right])
            bound = 3 * max(a, b) + self.bound(i, max(abs(low), abs(high)))
            entry = self._beside_a_kink(i, low, high, bound, left, right)
            return self._if_far_away(entry, low, high)
        own, rounding = self.bound(i, center), self.eps_of_f * abs(self.value)
        bound, gap = 4 * c + own + TINY / self.sizes[i], abs(g - center)
        if not np.isfinite([a, b]).all() and not measured.finite:
            why = "not finite: beside x the function is not finite"
            return self.entry(i, center, bound, why)
        if not np.isfinite(bound):
            return self.entry(i, center, bound, "unsettled: no slope is to be found")
        small = bound <= max(SMALL * abs(center), 2 * own)
        if gap <= bound and (
            small or bound <= min(80 * rounding / self.sizes[i], abs(center))
        ):
            return None
        natural = self.eps * abs(self.value) / mean_size(self.at.x, 1.0)
        if not gap <= max(3 * bound, 2 * (a + b)) + 20 * natural:
            return self.entry(i, center, bound)
        kind = "rounding" if c <= 4 * noisy or gap > bound else "unsettled"
        why = f"{kind}: differences are uncertain by {max(gap, bound):.1e}"
        return self.entry(i, center, bound, why)

    def _if_far_away(self, entry, low, high):
        """A wrong entry beside a kink; can't tell where more kinks may hide within."""
        gap, width = abs(entry.given - entry.expected), high - low
        if entry.reason or not gap <= 10 * width + entry.bound:
            return entry
        why = f"kink: the slope is {low:.6g} on one side, {high:.6g} on the other; "
        return replace(entry, reason=f"{why}the given value is near by")

    # By complex steps

    def _take_complex_steps(self):
        """Whether slopes by complex steps can be had, and believed."""
        if self.at.in_place:
            return False
        try:
            with self.at.numbers(DOUBLE):
                value = self.at(self.at.x)
            self.steps = ComplexSteps(self.at, self.sizes, self.eps)
            self.slopes = np.zeros(len(self.given))
            self.slopes[self.chosen] = [self.steps.by_entry(i) for i in self.chosen]
            self.kinks = self.steps.kinks(self.chosen, self.slopes, self.scales)
        except Exception:
            return False  # f does not take complex numbers
        same = abs(value - self.value) <= 1e4 * self.eps * abs(self.value)
        return (
            same and np.isfinite(self.slopes).all() and self._confirmed_by_differences()
        )

    def _confirmed_by_differences(self):
        """Whether complex steps agree with differences along three directions.

        In two of them each entry moves in proportion to its size, and what is 0 stays.
        """
        rng, seen = np.random.RandomState(2), False
        for sizes in (np.abs(self.at.x), np.abs(self.at.x), self.sizes):
            d = np.zeros(len(sizes))
            draws = rng.choice([-1, 1], len(self.chosen)) * rng.uniform(
                0.5, 1, len(self.chosen)
            )
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
        size, agrees = size_of(self.slopes * d), False
        for distance in PLACES:
            x = self.at.x + distance * d
            slope, value = self.steps.along(d, x), self.at(x)
            measured = Measured(self._along(d, x), value, self.noise, self.eps_of_f)
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
        if abs(g - slope) <= bound and not kink:
            return None
        beside = self.steps.beside(i)
        low, high = beside.min(), beside.max()
        if kink:
            return self._at_a_kink(i, low, high, bound)
        floor = self.floors[i] + TINY / (STEPS[DOUBLE] * self.sizes[i])
        reach = bound + 2 * max(high - slope, slope - low) + floor
        if not abs(g - slope) <= reach:
            return self._unless_differences_object(self.entry(i, slope, bound), i)
        if reach <= SMALL * abs(slope) or (g == 0 and abs(slope) <= self.floors[i]):
            return None
        why = "rounding: beside x, the slope is another one by as much"
        return self.entry(i, slope, reach, why)

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
            low, high = min(low, slope), max(high, slope)
            entry = self._beside_a_kink(i, low, high, bound, left, right)
        is_wrong = entry and not entry.reason
        return self._unless_differences_object(entry, i) if is_wrong else entry

    def _unless_differences_object(self, entry, i):
        """A wrong entry, but can't tell when differences see well and find it right."""
        sides = self.measured(i).sides()
        value, error, _ = sides.center
        gap = abs(entry.given - entry.expected)
        sharp = not sides.differ and 8 * error < gap
        if sharp and abs(entry.given - value) <= 4 * error + entry.bound:
            why = f"unsettled: differences say {value:.6g} and find it right"
            return self.entry(i, entry.expected, entry.bound, why)
        return entry

    # What both need

    def bound(self, i, slope):
        """How far off a right entry may be by its own rounding."""
        given = abs(self.given[i]) if np.isfinite(self.given[i]) else 0.0
        scale = given + abs(slope) + self.scales[i]
        return ROUNDINGS * self.eps * scale

    def _beside_a_kink(self, i, low, high, bound, left, right):
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

    def entry(self, i, expected, bound, reason=""):
        """An entry that is wrong, or undecided for the reason."""
        name, index = self.at.places[i]
        numbers = float(self.given[i]), float(expected), float(bound)
        return Entry(name, index, *numbers, reason)


def typical_sizes(at):
    """The size of each entry (n,), which its steps are in proportion to.

    Of an entry that is 0, the root mean square of its array's other entries, or of
    all arrays', or 1.
    """
    usual, parts = mean_size(at.x, 1.0), []
    for array in at.arrays.values():
        size = np.abs(array, dtype=float).ravel()
        parts.append(np.where(size > 0, size, mean_size(size, usual)))
    return np.concatenate(parts)


def mean_size(x, default):
    """Root mean square of what is not 0 in x; the default where all is 0."""
    return size_of(x) / np.sqrt(np.count_nonzero(x)) if x.any() else default
