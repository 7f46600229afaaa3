"""What was proved, as lines of text."""

from itertools import islice

from mlp.tracing.axes import all_places
from mlp.tracing.conditions import all_indices
from mlp.tracing.matrices import matrix_form
from mlp.tracing.maxima import SOURCES
from mlp.tracing.names import names, reached, unfolded
from mlp.tracing.printing import LONGEST, index_text, shown
from mlp.tracing.result import (
    WHERE,
)
from mlp.tracing.sums import (
    definitions,
)


def statement(name, grad):
    """Return the formula that was proved, entry by entry, when it is asked."""
    places = list(islice(all_places(grad.axes, 1), 6))
    values = [unfolded(grad.at(place), LONGEST) or grad.at(place) for place in places]
    inner = [
        (part, [(p, held.at(p)) for p in all_places(held.axes, 1)])
        for part, held in [(part, definitions[part]) for part in names_in(values)]
    ]

    def lines():
        defined = [
            f"{WHERE}{left} = {right}"
            for part, formulas in inner
            for left, right in entries_text(part, formulas)
        ]
        return [*own_lines(), *defined, *labels_text(values)]

    def own_lines():
        if len(values) == 1 and (whole := matrix_form(values[0], places[0])):
            return [f"d{name} = {whole}"]
        pairs = entries_text(f"d{name}", list(zip(places, values)))
        return [f"{left} = {right}" for left, right in pairs]

    return lines


def entries_text(name, formulas):
    """Yield the two sides of a formula for each block of an array."""
    for place, formula in formulas:
        letters = {}
        flat = [k for part in place for k in part]
        at = ", ".join(index_text(k, letters) for k in flat)
        yield f"{name}[{at}]" if flat else name, shown(formula, letters)


def labels_text(formulas):
    """Yield what the labels in formulas stand for: where a maximum is."""
    labels = {k for u in formulas for k in all_indices(u) if k[1] in SOURCES}
    for label in sorted(labels, key=repr):
        own, source = SOURCES[label[1]]
        if len(source) != 1:
            yield f"{WHERE}{label[1]} is the place of a maximum"
            continue
        [(place, formula)] = source
        letters = {}
        left = index_text((*label[:2], own), letters)
        place = ", ".join(index_text(k, letters) for k in place)
        yield f"{WHERE}{left} is the {place} of the largest {shown(formula, letters)}"


def names_in(formulas):
    """Return the names that formulas hold, and those of their definitions, in order."""
    found = set().union(*[reached(u) for u in formulas])
    return sorted(found, key=names.order.index)
