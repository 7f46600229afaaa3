"""The search in Chromium, from files: which section comes first, and how it is used."""

import gzip
import json
import re

import pytest
from accessibility import faults
from search_questions import BEHIND, HELD_OUT, LACKS, TUNED_ON

from book.tools import HTML, search_index, synonyms

STATIC = HTML / "_static"
INDEX_BUDGET = 300_000  # bytes over the wire, when a reader begins to search

# What readers ask, and the section that answers; where two do, both. The sections were
# chosen by reading the book.
QUERIES = {
    # two words and more
    "softmax gradient": {
        "derive/softmax#the-gradient",
        "build/losses#the-gradient",
        "today/attention#softmax-the-way-back",
    },
    "batch norm backward": {
        "today/normalization#batch-norm-forward-and-backward",
        "today/normalization#the-code",
    },
    "layer norm gradient": {
        "today/normalization#layer-norm-and-rms-norm-the-gradients"
    },
    "attention backward": {
        "today/attention#three-gradients",
        "today/attention#the-layer-in-code",
        "reference/api#mlp.attention.attention_backward",
    },
    "why divide by sqrt d": {"today/attention#why-divide-by-d"},
    "lstm": {
        "today/recurrence#an-lstm",
    },
    "why 1/N": {"build/losses#where-the-1-n-sits"},
    "L1 subgradient": {
        "derive/regularization#what-happens-at-zero",
        "train/penalties#subgradient-against-proximal-step",
    },
    "bias gradient": {
        "derive/every_size#by-the-biases",
        "build/backward#step-2-the-biases-of-the-last-layer",
    },
    "relu derivative": {
        "build/activations#relu-and-its-mask",
        "derive/every_size#derivatives-written-in-the-output",
    },
    "batch size": {"explore/speed#batch-size"},
    "np.exp overflow": {
        "derive/softmax#what-the-shift-is-good-for",
        "build/losses#the-shift",
    },
    "vanishing gradient": {
        "reference/glossary#term-vanishing-gradient",
        "explore/depth#a-chain-of-single-units",
    },
    "dying ReLU": {"reference/glossary#term-dead-unit", "train/toy#its-gradients"},
    "learning rate decay": {
        "build/training#the-learning-rate-s-decay",
        "reference/glossary#term-learning-rate-decay",
    },
    "chain rule": {
        "reference/glossary#term-chain-rule",
        "derive/computation_graph#one-path-multiply",
    },
    "numerical gradient": {
        "build/gradient_check#a-gradient-from-the-definition",
        "build/gradient_check#two-ways-to-measure-a-slope",
    },
    "complex step": {
        "build/gradient_check#the-complex-step",
        "reference/glossary#term-complex-step",
    },
    "weight decay": {
        "derive/regularization#l2-the-weights-decay",
        "reference/glossary#term-weight-decay",
    },
    "saturated sigmoid units": {
        "train/mnist_sigmoid#saturated-units",
        "train/toy#saturation",
    },
    "initial weights": {
        "build/forward#first-weights-small-random-in-a-fixed-order",
        "build/forward#how-large",
    },
    "one-hot labels": {
        "reference/glossary#term-one-hot",
        "derive/softmax#the-price-of-a-wrong-guess",
    },
    "soft threshold": {"derive/regularization#the-step-that-lands"},
    # one word, in the singular or not
    "checkpointing": {
        "derive/cost#in-between-store-every-c-th-layer",
        "reference/glossary#term-checkpointing",
    },
    "minibatches": {
        "build/training#minibatches",
        "reference/glossary#term-minibatch",
    },
    "random seeds": {
        "train/reproducibility#what-a-seed-promises",
        "reference/glossary#term-seed",
    },
    "idx files": {"build/data#the-idx-format", "reference/glossary#term-IDX-format"},
    # capital letters, British spelling, a slip of the keyboard
    "Softmax": {
        "derive/softmax#softmax-and-cross-entropy",
        "reference/glossary#term-softmax",
    },
    "RELU MASK": {
        "build/activations#relu-and-its-mask",
        "derive/every_size#a-relu-layer",
    },
    "regularisation": {
        "derive/regularization#regularization-a-price-on-the-weights",
        "reference/glossary#term-regularization",
    },
    "backpropogation": {
        "derive/backpropagation#backprop-step-by-step",
        "reference/glossary#term-backpropagation",
    },
    "gradeint chek": {
        "build/gradient_check#checking-a-gradient",
        "reference/glossary#term-gradient-check",
    },
    # symbols, names of code, numbers of questions
    "dW2": {
        "build/backward#step-1-the-weights-of-the-last-layer",
        "reference/notation#arrays",
    },
    "W^1": {
        "reference/notation#columns-and-rows",
        "derive/backpropagation#the-network-and-its-16-parameters",
    },
    "λ": {"derive/regularization#problem-3-s-is-not-the-code-s-reg"},
    "eval_numerical_gradient": {
        "reference/api#mlp.gradient_check.eval_numerical_gradient",
        "build/gradient_check#a-gradient-from-the-definition",
    },
    "pytorch weight_decay": {"explore/peers_pytorch#what-weight-decay-decays"},
    "Q1.6": {"derive/cost#what-we-count"},
    # questions
    "why is the loss nan": {
        "build/training#when-it-goes-wrong",
        "build/training#a-run-that-diverges",
    },
    "why are biases not penalized": {
        "train/penalties#why-the-biases-go-free",
        "derive/regularization#in-the-network",
    },
    "train in float32": {
        "build/model#half-the-memory-float32",
        "explore/speed#float32",
    },
    "save a trained network": {"build/model#saving-and-loading"},
    # other names in the field, formulas in another spelling
    "finite differences": {
        "reference/glossary#term-centered-difference",
        "build/gradient_check#two-ways-to-measure-a-slope",
        "build/gradient_check#a-gradient-from-the-definition",
    },
    "learning rate too big": {
        "build/training#how-far-is-too-far",
        "build/training#a-run-that-diverges",
    },
    "∇_W J": {
        "build/backward#step-1-the-weights-of-the-last-layer",
        "derive/every_size#by-the-weights",
    },
    "Q2.3": {"train/toy#q2-3-train-the-sigmoid-network"},
}
QUESTIONS = TUNED_ON | HELD_OUT
MISSED = LACKS | BEHIND


@pytest.fixture(scope="module")
def dialog(browser):
    """The dialog of a chapter, opened by its keys, with a field to type in."""
    page = browser.new_page(color_scheme="light")
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto((HTML / "book/derive/softmax.html").as_uri())
    page.before = list(page.asked)
    page.keyboard.press("Control+k")
    page.wait_for_function("Search.index")
    yield page
    page.close()


@pytest.fixture(scope="module")
def index():
    """What the browser loads to rank the sections."""
    text = (STATIC / "search_index.js").read_text(encoding="utf-8")
    return json.loads(text.partition("Search.load(")[2].removesuffix(");\n"))


def ask(page, query, part="dialog"):
    """Type a query; the addresses of the results, from the folder of the book."""
    page.locator(f"{part} form.bd-search input").fill(query)
    links = page.locator(f"{part} .search-results [role=option]").evaluate_all(
        "options => options.map(option => option.href)"
    )
    return [link.partition("/html/book/")[2].replace(".html#", "#") for link in links]


def excerpts(page):
    page.evaluate("Promise.all(Search.scripts.values())")
    return page.locator("dialog .search-excerpt")


# --- what is found
# -------------------------------------------------------------------------------


def test_the_queries_name_places_that_exist():
    for place in set().union(*QUERIES.values(), *QUESTIONS.values(), BEHIND.values()):
        name, anchor = place.split("#")
        text = (HTML / f"book/{name}.html").read_text(encoding="utf-8")
        assert f'id="{anchor}"' in text, place


@pytest.mark.parametrize("query", QUERIES)
def test_the_right_section_comes_first(dialog, query):
    found = ask(dialog, query)
    assert found and found[0] in QUERIES[query], found[:4]


@pytest.mark.parametrize("query", [q for q in QUESTIONS if q not in MISSED])
def test_a_question_written_before_any_answer_was_seen_finds_its_section(dialog, query):
    found = ask(dialog, query)
    assert found and found[0] in QUESTIONS[query], found[:4]


@pytest.mark.parametrize("query", MISSED)
def test_the_list_of_missed_questions_is_honest(dialog, query):
    assert ask(dialog, query)[:1] not in [[place] for place in QUESTIONS[query]]


@pytest.mark.parametrize("query", LACKS)
def test_the_sections_of_a_missed_question_lack_its_word(index, query):
    (word, *_) = search_index.words(LACKS[query])
    postings = index["postings"].get(word, [])
    having = [sum(postings[: i + 1 : 2]) for i in range(0, len(postings), 2)]
    places = {"{}#{}".format(*index["entries"][i]) for i in having}
    assert not places & {f"book/{place}" for place in QUESTIONS[query]}


@pytest.mark.parametrize("query", BEHIND)
def test_another_section_comes_before_that_of_a_missed_question(dialog, query):
    assert ask(dialog, query)[0] == BEHIND[query]


@pytest.mark.parametrize("asked", ["Q2.3", "Q2.4", "Q1.5"])
def test_the_label_of_a_question_finds_no_other_question(dialog, asked):
    found = ask(dialog, asked)
    headings = dialog.locator("dialog .search-heading").all_inner_texts()
    labels = {label for text in headings for label in re.findall(r"Q\d\.\d", text)}
    assert found and labels == {asked}


@pytest.mark.parametrize("group", synonyms.GROUPS)
def test_all_names_of_a_group_find_a_section_in_common(dialog, group):
    found = dialog.evaluate(
        "names => names.map(name => Search.rank(name).slice(0, 20)"
        ".map(entry => `${entry.page}#${entry.anchor}`))",
        group.split(", "),
    )
    assert set.intersection(*map(set, found))


@pytest.mark.parametrize("group", synonyms.GROUPS)
def test_one_name_of_each_group_stands_in_the_book(index, group):
    names = [list(search_index.words(name)) for name in group.split(", ")]
    assert any(set(name) <= index["postings"].keys() for name in names)


@pytest.mark.parametrize("word", ["minibatches", "subgradient", "checkpointing"])
def test_it_finds_while_the_word_is_typed(dialog, word):
    whole = ask(dialog, word)
    for end in range(len(word) - 4, len(word)):
        assert ask(dialog, word[:end])[0] in whole


def test_nothing_is_found_without_a_word_of_the_book(dialog):
    assert ask(dialog, "zzyzx") == []
    assert dialog.locator("dialog [role=status]").inner_text().startswith("No section")
    assert ask(dialog, "") == []
    assert dialog.locator("dialog [role=status]").inner_text() == ""


def test_browser_and_builder_cut_texts_into_the_same_words(dialog):
    pages = ["derive/softmax", "derive/every_size", "reference/formulas"]
    dialog.evaluate(
        "pages => Promise.all(pages.map(page => Search.textsOf(`book/${page}`)))", pages
    )
    texts = dialog.evaluate(
        "[...Search.texts.values()].flat(2).concat("
        "Search.index.entries.map(entry => entry.title)).join('\\n')"
    )
    texts += "\nnp.exp can't W^1 H_2 1/N f(x)=σ(λ·x)² colour’s mlp/losses.py"
    texts += "\nh(1-h) ∂J/∂b (∂ J)/(∂ W_2) dJ/dW σ'(z) f′(a) ln(0) 2ln x Q2.3 θ-ηg"
    assert len(texts) > 50_000
    in_browser = dialog.evaluate("text => Search.words(text).flat()", texts)
    assert in_browser == list(search_index.words(texts))


# --- excerpts
# -------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["softmax gradient", "bias gradient", "chain rule"])
def test_excerpts_are_sentences_with_the_words_marked(dialog, query):
    ask(dialog, query)
    found = excerpts(dialog)
    assert found.count() == 8
    prose = found.filter(has_not=dialog.locator("code"))
    for text in prose.all_inner_texts():
        assert re.match(r"[\W\d]*\w", text) and text.rstrip("”’)").endswith(
            tuple(".:?!")
        )
        assert not re.search(r"\\[a-z(]|\$|\.ipynb|Contents", text)
    assert found.locator("mark").count() >= found.count() / 2


def test_code_is_shown_where_only_code_has_the_word(dialog):
    ask(dialog, "tracemalloc")
    assert "tracemalloc" in excerpts(dialog).locator("code").first.inner_text()


@pytest.mark.parametrize(
    "query", ["dW2", "elastic net", "does regularization improve accuracy"]
)
def test_code_is_shown_for_the_word_that_says_most_and_for_no_other(dialog, query):
    ask(dialog, query)
    shown = excerpts(dialog)
    most = dialog.evaluate(
        """query => { const wanted = Search.wanted(query);
        const most = Math.max(...wanted.values());
        return [...wanted.keys()].filter(word => wanted.get(word) === most); }""",
        query,
    )
    for line in shown.locator("code").all_inner_texts():
        assert set(most) & set(search_index.words(line)), line


# --- keyboard and screen reader
# -------------------------------------------------------------------------------


def test_arrows_choose_and_enter_opens(browser):
    page = browser.new_page()
    page.goto((HTML / "book/build/losses.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("batch size")
    page.wait_for_selector("dialog [role=option]")
    field = page.locator("dialog [role=combobox]")
    chosen = page.locator("dialog [role=option][aria-selected=true]")
    assert field.get_attribute("aria-expanded") == "true"
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        assert chosen.get_attribute("id") == field.get_attribute(
            "aria-activedescendant"
        )
    third = page.locator("dialog [role=option]").nth(2).get_attribute("id")
    assert chosen.get_attribute("id") == third
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore/speed.html#batch-size")
    page.keyboard.press("Control+k")
    assert page.locator("#pst-search-dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#pst-search-dialog").is_visible()
    page.close()


def test_the_number_of_results_is_said(dialog):
    ask(dialog, "subgradient")
    said = dialog.locator("dialog [role=status]").inner_text()
    assert re.fullmatch(r"\d+ sections", said)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_is_accessible_and_fits(dialog, width):
    dialog.set_viewport_size({"width": width, "height": 740})
    ask(dialog, "softmax gradient")
    excerpts(dialog)
    for theme in ["light", "dark"]:
        dialog.evaluate(
            "theme => document.documentElement.dataset.theme = theme", theme
        )
        dialog.wait_for_timeout(400)  # colors fade
        found = faults(dialog, "#pst-search-dialog")
        assert not found, f"{theme}\n" + "\n".join(found)
    box = dialog.locator("dialog .search-results").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 740


def test_the_magnifier_is_not_over_the_text(dialog):
    icon, field = (
        dialog.locator(f"dialog form.bd-search {part}") for part in ["i", "input"]
    )
    padding = field.evaluate("field => parseFloat(getComputedStyle(field).paddingLeft)")
    right = icon.bounding_box()["x"] + icon.bounding_box()["width"]
    assert right <= field.bounding_box()["x"] + padding


# --- the search page
# -------------------------------------------------------------------------------


def test_the_search_page_shows_all_that_the_dialog_leads_to(browser, dialog):
    shown = ask(dialog, "gradient")
    more = dialog.locator("dialog [role=option]").last
    assert more.inner_text().startswith("All ")
    page = browser.new_page()
    page.goto(more.evaluate("link => link.href"))
    page.wait_for_selector(".bd-search-container [role=option]")
    assert page.locator(".bd-search-container input").input_value() == "gradient"
    found = ask(page, "gradient", ".bd-search-container")
    assert found[: len(shown) - 1] == shown[:-1] and len(found) > len(shown)
    page.close()


def test_without_script_there_is_no_field_but_a_way(browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((HTML / "search.html").as_uri())
    assert page.locator("form.bd-search:visible").count() == 0
    hrefs = page.locator("article a, .bd-search-container noscript a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert {"genindex.html", "book/reference/glossary.html"} <= set(hrefs)
    page.close()


# --- weight
# -------------------------------------------------------------------------------


def test_the_index_is_loaded_when_the_search_begins_and_is_light(dialog):
    assert not [url for url in dialog.before if "search_index" in url]
    assert [url for url in dialog.asked if "search_index" in url]
    size = len(gzip.compress((STATIC / "search_index.js").read_bytes(), 6))
    assert size <= INDEX_BUDGET


def test_every_section_of_the_book_can_be_found(index):
    known = {(page, anchor) for page, anchor, *_ in index["entries"]}
    for page in (HTML / "book").rglob("*.html"):
        name = page.relative_to(HTML).with_suffix("").as_posix()
        text = page.read_text(encoding="utf-8").partition("<article")[2]
        for anchor in re.findall(r'<section[^>]* id="([^"]+)">\s*<h[1-6]', text):
            assert (name, anchor) in known
