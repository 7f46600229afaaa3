"""The index of the search: which word stands in which entry, and how much it counts.

`words` and the function of this name in book/_static/search.js cut a text into the same
words. An entry is a record with the fields of `FIELDS`. Its words are weighed as in
BM25F: a word in a heading counts more than one in the text, the tenth occurrence less
than the first, a word of a short text more than one of a long text, and a rare word
more than a common one.
"""

import math
import re
import unicodedata
from collections import Counter

import snowballstemmer

from book.tools import synonyms

FIELDS = {"title": 10, "path": 2, "keywords": 3, "prose": 1, "rest": 0.7}
LENGTH = {"title": 0.75, "path": 0.4, "keywords": 0.4, "prose": 0.75, "rest": 0.6}
SATURATION = 2.5  # so much weight is half of what a word can contribute
STEPS = 10  # contributions are stored as whole numbers of tenths

# Letters and signs of formulas, as one reads them aloud and may type them.
LETTERS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon",
    "ϵ": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda", "μ": "mu", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega",
    "∇": "gradient", "∂": "derivative", "∑": "sum", "√": "root", "⊤": "transpose",
    "⊙": "element-wise", "‖": "norm", "∞": "infinity", "′": "prime",
}  # fmt: skip
SPELLINGS = [  # of formulas: what is written, and what it is read as
    (r"(?<![a-z0-9])ln(?![a-z0-9])", "log"),
    (r"(?<![a-z0-9])([a-zα-ω])'(?![a-z])", r"\1′"),
    (r"(?<![a-z0-9])d([a-z])/d(?=[a-z])", r"∂\1/∂"),
    (r"\(?∂ *([a-z])\)? */ *\(?∂ *([a-zα-ω0-9]+(?:[_^][a-z0-9]+)*)\)?", r"∇_\2 \1"),
    (r"(?<![a-z0-9.])([a-z0-9])-(?=[a-z0-9](?![a-z0-9.]))", r"\1 - "),
]
# Two symbols with nothing but signs between them are neighbors in a formula.
SYMBOL = "|".join(
    [r"[a-z0-9]", r"[a-z][_^]?[0-9]", "[a-z][_^][a-z]", *"exp log max min".split()]
    + sorted(set(LETTERS.values()))
)
SEPARATOR = r"[^\n.,;:?!]*"
STOPWORDS = set(
    "a about an and are as at be been but by can could did do does for from had has "
    "have how i if in into is it its me my no not of on or our should so such than "
    "that the their them then there these they this to us versus vs was we were what "
    "when where which who why will with would you your".split()
)

WORD = re.compile(r"[a-z0-9]+(?:[-._^/'][a-z0-9]+)*")
LABEL = re.compile(r"[a-z]?\d+(?:\.\d+)+")
NUMBER = re.compile(r"[-\d.e_]+")
BRITISH = [
    (r"is(e[ds]?|ing|ations?)$", r"iz\1"),
    (r"(?<=\w{3})our(s|ed|ing)?$", r"or\1"),
]
stemmer = snowballstemmer.stemmer("porter")


def stem(word):
    """A word without its ending, in American spelling; `bias` ends in no plural."""
    for ending, american in BRITISH:
        word = re.sub(ending, american, word)
    return word if re.search(r"(ias|is|us)$|\d", word) else stemmer.stemWord(word)


def plain(text):
    """Small letters, formulas in one spelling, signs by their names."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    for written, read in SPELLINGS:
        text = re.sub(written, read, text)
    return text.translate({ord(sign): f" {name} " for sign, name in LETTERS.items()})


def words(text):
    """What a text is found by: `np.exp` by itself, `np` and `exp`; `W^1` also by `w1`.

    Single letters and stopwords are left out, but of a formula there are all pairs of
    neighbors: `h(1 - h)` is found by `(h 1)` and `(1 h)`.
    """
    text, last = plain(text), None
    for word in WORD.finditer(text):
        yield from names(word[0])
        if last and is_pair(last[0], text[last.end() : word.start()], word[0]):
            yield f"({last[0]} {word[0]})"
        last = word


def is_pair(a, between, b):
    """Whether two words are neighbors in a formula; two numbers are not."""
    symbols = all(re.fullmatch(SYMBOL, word) for word in (a, b))
    return symbols and re.fullmatch(SEPARATOR, between) and not (a + b).isdigit()


def names(whole):
    """The words by which one word is found, itself first; a label only by itself."""
    if LABEL.fullmatch(whole):
        return [whole]
    parts = re.split(r"[-_^']", whole)
    if "." in whole or "/" in whole:
        inner = [name for part in re.split("[./]", whole) for name in names(part)]
        return [whole, *inner]
    if len(parts) == 1:
        return [stem(whole)] if len(whole) > 1 and whole not in STOPWORDS else []
    joined = ["".join(parts)] if len(whole) == 3 else []
    return [whole, *joined, *(name for part in parts for name in names(part))]


def weights(entries):
    """For each entry its words, with how much they count in its texts."""
    counts = [
        {name: Counter(words(entry[name])) for name in FIELDS} for entry in entries
    ]
    for count in counts:  # numbers of code and tables are many, and nobody's words
        for word in [word for word in count["rest"] if NUMBER.fullmatch(word)]:
            del count["rest"][word]
    mean = {f: sum(length(c[f]) for c in counts) / len(counts) or 1 for f in FIELDS}
    for count in counts:
        weight = Counter()
        for name, boost in FIELDS.items():
            share = LENGTH[name] * length(count[name]) / mean[name]
            for word, n in count[name].items():
                weight[word] += boost * n / (1 - LENGTH[name] + share)
        yield weight


def length(count):
    """How many words a text has; the pairs of a formula are made of its words."""
    return sum(n for word, n in count.items() if word[0] != "(")


def postings(entries):
    """{word: [entry, contribution, steps to the next entry, contribution, ...]}"""
    places = {}
    for number, weight in enumerate(weights(entries)):
        for word, w in weight.items():
            places.setdefault(word, []).append((number, w / (w + SATURATION)))
    return {word: packed(places[word], len(entries)) for word in sorted(places)}


def packed(places, entries):
    """The places of a word as whole numbers: steps from entry to entry, weights."""
    rarity = math.log(entries / len(places)) + 0.5
    numbers, last = [], 0
    for number, weight in places:
        numbers += [number - last, math.ceil(STEPS * rarity * weight)]
        last = number
    return numbers


def rules():
    """What the browser must know to cut a query into the same words."""
    return {
        "letters": LETTERS,
        "spellings": for_browser(SPELLINGS),
        "symbol": SYMBOL,
        "separator": SEPARATOR,
        "stopwords": sorted(STOPWORDS),
        "british": for_browser(BRITISH),
        "synonyms": [group.split(", ") for group in synonyms.GROUPS],
    }


def for_browser(replacements):
    r"""Patterns with what replaces them, in which JavaScript writes `\1` as `$1`."""
    return [(pattern, new.replace("\\", "$")) for pattern, new in replacements]
