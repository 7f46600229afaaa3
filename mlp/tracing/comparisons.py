"""Whether what is compared is defined: a comparison with NaN gives a finite value.

What was divided by, or was under a root or a logarithm, may have left the formulas by
the time something made of it is compared; so all of it counts that is met until then.
It must be shown to be defined, or be undefined on a null set alone, or be in the result
of the forward pass outside of comparisons, which is no finite number there, either.
"""

from fractions import Fraction

from mlp.tracing.axes import all_places
from mlp.tracing.functions import needed
from mlp.tracing.refusal import CantTell
from mlp.tracing.sums import definitions, renamed, single

SIMPLE = ("size", "constant", "entry", "delta")


class Comparisons:
    """The comparisons of one trace, and what its forward pass says about domains."""

    def __init__(self):
        self.begin()

    def begin(self):
        """Forget the comparisons of another trace."""
        self.earlier, self.settled, self.waiting = set(needed.items()), set(), []
        self.outputs = self.visible = None

    def forward_returns(self, outputs):
        """Say which arrays the forward pass returns."""
        self.outputs = outputs

    def demand_defined(self, line=None):
        """Refuse a comparison of what may be undefined where the results are not."""
        new = [pair for pair in list(needed.items()) if pair not in self.earlier]
        new = [pair for pair in new if pair not in self.settled and may_fail(*pair)]
        self.waiting += [(*pair, line) for pair in new]
        self.settled |= set(new)
        self.finish()

    def finish(self):
        """Decide about what waits, once the forward pass is over."""
        if self.outputs is None or not self.waiting:
            return
        outputs, self.outputs = self.outputs, None  # their comparisons wait, too
        self.visible = self.visible or domains_outside_masks(outputs)
        self.outputs = outputs
        while self.waiting:
            self.decide(*self.waiting.pop())

    def decide(self, part, positive, line):
        """Refuse one number that may be undefined, or note what is supposed of it."""
        from mlp.tracing.domains import is_sum_or_square
        from mlp.tracing.masks import has_null_zeros, hypotheses
        from mlp.tracing.printing import text

        nonzero, above = self.visible
        if renamed(part) in (above if positive else nonzero | above):
            return
        if (not positive or is_sum_or_square(part)) and has_null_zeros(part):
            hypotheses.suppose(part)
            return
        how = "positive" if positive else "other than 0"
        raise CantTell(f"a comparison, where {text(part)} may not be {how}", line)


comparisons = Comparisons()


def may_fail(part, positive):
    """Tell whether a number is not shown to be positive, or not 0, as is needed."""
    from mlp.tracing.domains import is_positive

    if all(one.kind in ("size", "constant") for one in part.atoms()):
        return False
    return not is_positive(part) and (positive or not is_positive(-part))


def domains_outside_masks(arrays):
    """Return what must not be 0, and what must be positive, for arrays to be finite."""
    todo = [term for array in arrays for u in polys(array) for term in u.terms]
    nonzero, positive, seen = set(), set(), set()
    while todo:
        for one, p in todo.pop():
            if one.kind == "mask" or (one, p) in seen:
                continue
            seen.add((one, p))
            if p < 0 or Fraction(p).denominator > 1:
                nonzero.add(renamed(single(one)))
            if one.kind in ("root", "log"):
                even = one.kind == "log" or one.args[1] % 2 == 0
                (positive if even else nonzero).add(renamed(one.args[0]))
            todo += products_inside(one)
    return nonzero, positive


def polys(array):
    """Return the numbers of an array, one for each block."""
    return [array.at(place) for place in all_places(array.axes, 1)]


def products_inside(one):
    """Return the products in the argument, the sum or the definition of an atom."""
    if one.kind == "sum":
        return [one.args[1]]
    if one.kind == "entry" and one.args[0] in definitions:
        return [term for u in polys(definitions[one.args[0]]) for term in u.terms]
    return [] if one.kind in SIMPLE else list(one.args[0].terms)
