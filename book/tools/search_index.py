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
    "⊙": "element-wise", "‖": "norm", "∞": "infinity",
}  # fmt: skip
STOPWORDS = set(
    "a about an and are as at be been but by can could did do does for from had has "
    "have how i if in into is it its me my no not of on or our should so such than "
    "that the their them then there these they this to us was we were what when where "
    "which who why will with would you your".split()
)

SYNONYMS = {  # other names in the field for what the book says
    "backprop": ["backpropag"],
    "backpropag": ["backprop"],
    "deriv": ["slope", "prime"],  # f_prime
    "dy": ["dead"],  # dying ReLU
    "die": ["dead"],
    "hadamard": ["element"],  # the element-wise product
    "initi": ["first", "start"],  # initialization
    "numer": ["differ"],  # gradient checks by differences
    "regular": ["penalti"],
    "penalti": ["regular"],
    "lasso": ["l1"],
    "ridg": ["l2"],
    "lr": ["rate"],
    "nabla": ["gradient"],
}

WORD = re.compile(r"[a-z0-9]+(?:[-._^/'][a-z0-9]+)*")
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
    """Small letters without sub- and superscripts, signs by their names."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return text.translate({ord(sign): f" {name} " for sign, name in LETTERS.items()})


def words(text):
    """What a text is found by: `np.exp` by itself, `np` and `exp`; `W^1` also by `w1`.

    Single letters and stopwords are left out.
    """
    for whole in WORD.findall(plain(text)):
        yield from names(whole)


def names(whole):
    """The words by which one word is found, itself first."""
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
    mean = {f: sum(c[f].total() for c in counts) / len(counts) or 1 for f in FIELDS}
    for count in counts:
        weight = Counter()
        for name, boost in FIELDS.items():
            length = 1 - LENGTH[name] + LENGTH[name] * count[name].total() / mean[name]
            for word, n in count[name].items():
                weight[word] += boost * n / length
        yield weight


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
        "stopwords": sorted(STOPWORDS),
        "british": [(end, new.replace("\\", "$")) for end, new in BRITISH],
        "synonyms": SYNONYMS,
    }
