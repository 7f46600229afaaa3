"""The claims that a reader taps on the title page, and what numbers say of them.

claim.js computes the same in the reader's browser, from other numbers if asked; a test
compares the two. The claim that is right is read from the theorem, as its chapter shows
it.
"""

import re

import numpy as np

from mlp import eval_numerical_gradient, softmax
from mlp.losses import softmax_cross_entropy

from .labels import formulas

LABEL = "eq:softmax-cross-entropy"
SCORES, LABELS = [[2, -1, 0], [1, 3, 0]], [0, 2]  # (N, K), (N,)
WRONG = {  # as the chapter on softmax calls them
    "no 1/N": "P - Y",
    "sign": r"\frac{1}{N} \left(Y - P\right)",
    "1/K": r"\frac{1}{K} \left(P - Y\right)",
    "times P, as for a sigmoid": r"\frac{1}{N} P \odot \left(P - Y\right)",
}
VALUES = {
    "no 1/N": lambda P, Y: P - Y,
    "sign": lambda P, Y: (Y - P) / len(P),
    "1/K": lambda P, Y: (P - Y) / len(P[0]),
    "times P, as for a sigmoid": lambda P, Y: P * (P - Y) / len(P),
    LABEL: lambda P, Y: (P - Y) / len(P),
}


def variants():
    """{name: LaTeX} of the claims, the right one third."""
    left, right = formulas()[LABEL].tex.split(" = ")
    first, second, *rest = WRONG.items()
    return left, dict([first, second, (LABEL, right), *rest])


def spoken(tex):
    """A claim as text, for those who do not see its formula."""
    text = re.sub(r"\\frac\{(\w)\}\{(\w)\}", r"\1/\2", tex)
    return re.sub(r"\\(?:left|right)", "", text).replace(r"\odot", "⊙")


def compared(name, scores, y):
    """What a claim says, and the slopes of the loss by its scores; both (N, K)."""
    scores = np.array(scores, float)
    claimed = VALUES[name](softmax(scores), np.eye(scores.shape[1])[y])
    slopes = eval_numerical_gradient(
        lambda S: softmax_cross_entropy(S, np.array(y))[0], scores
    )
    return claimed, slopes


def furthest(claimed, slopes):
    """The place (row, column), from 1, where the two differ most; None if nowhere."""
    misses = np.abs(claimed - slopes)
    if misses.max() < 1e-6:  # the differences are good to 1e-9
        return None
    return tuple(int(k) + 1 for k in np.unravel_index(misses.argmax(), misses.shape))


def shown(number):
    """Three digits, as claim.js writes them."""
    return f"{number:.3f}".replace("-0.000", "0.000").replace("-", "−")
