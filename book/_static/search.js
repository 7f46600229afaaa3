// The search of the book: in the dialog that Ctrl+K opens, and on the search page.
//
// The index (book/tools/search_index.py) and the texts for the excerpts are scripts, loaded
// when they are needed, because a page opened as a file may load scripts and nothing else.

const Search = { index: null, scripts: new Map(), texts: new Map(), stems: new Map() };

// --- words ---------------------------------------------------------------------------------

// Take the index as it is stored, and note which words stand in the headings.
Search.load = ({ entries, postings, synonyms, ...rest }) => {
  Search.index = {
    ...rest,
    entries: [],
    postings: new Map(Object.entries(postings)),
  };
  for (const rule of ["symbol", "separator"]) Search.index[rule] = new RegExp(`^(?:${rest[rule]})$`, "u");
  Search.stemmer = new PorterStemmer();
  Search.index.synonyms = Search.otherNames(synonyms);
  const place = {};
  for (const [page, anchor, weight, title, path, keywords] of entries) {
    const own = Search.words(title.replace(/^[\d.]+ /, ""));
    const headings = new Map(Search.words(path.join(" ")).flat().map(word => [word, 0.4]));
    Search.words(keywords).flat().forEach(word => headings.set(word, 0.5));
    own.forEach(names => names.forEach((name, i) => headings.set(name, i ? 0.8 : 1)));
    place[page] = (place[page] ?? -1) + 1;
    Search.index.entries.push({
      page, anchor, weight, title, path, headings,
      place: place[page], // among the texts of its page
      length: own.flatMap(Search.simple).length,
    });
  }
};

Search.stem = word => {
  if (!Search.stems.has(word)) {
    let stem = word;
    for (const [ending, american] of Search.index.british)
      stem = stem.replace(new RegExp(ending), american);
    if (!/(ias|is|us)$|\d/.test(stem)) stem = Search.stemmer.stemWord(stem);
    Search.stems.set(word, stem);
  }
  return Search.stems.get(word);
};

// A text in small letters, its formulas in one spelling.
Search.plain = text => {
  let plain = text.normalize("NFKC").toLowerCase().replaceAll("’", "'");
  for (const [written, read] of Search.index.spellings) plain = plain.replace(new RegExp(written, "gu"), read);
  return plain.replace(/./gu, letter => Search.index.letters[letter] ? ` ${Search.index.letters[letter]} ` : letter);
};

// The words by which one word is found, itself first.
Search.names = whole => {
  if (/^[a-z]?\d+(\.\d+)+$/.test(whole)) return [whole]; // the label of a question
  if (/[./]/.test(whole)) return [whole, ...whole.split(/[./]/).flatMap(Search.names)];
  const parts = whole.split(/[-_^']/);
  if (parts.length === 1)
    return whole.length > 1 && !Search.index.stopwords.includes(whole) ? [Search.stem(whole)] : [];
  const joined = whole.length === 3 ? [parts.join("")] : [];
  return [whole, ...joined, ...parts.flatMap(Search.names)];
};

// Each word of a text as the list of its names, and each pair of neighbors in a formula.
Search.words = text => {
  const plain = Search.plain(text);
  const found = [];
  let last = null;
  for (const match of plain.matchAll(/[a-z0-9]+(?:[-._^/'][a-z0-9]+)*/g)) {
    found.push(Search.names(match[0]));
    const between = last && plain.slice(last.index + last[0].length, match.index);
    if (last && Search.isPair(last[0], between, match[0])) found.push([`(${last[0]} ${match[0]})`]);
    last = match;
  }
  return found.filter(names => names.length);
};

Search.isPair = (a, between, b) => {
  const { symbol, separator } = Search.index;
  return [a, b].every(word => symbol.test(word)) && separator.test(between) && /\D/.test(a + b);
};

// What two texts of the same words share.
Search.key = words => words.map(([whole]) => whole).join(" ");

// The other names of a thing, by the words of each: {key: [words of another name, ...]}.
Search.otherNames = groups => {
  const others = new Map();
  for (const group of groups.map(names => names.map(Search.words)))
    for (const name of group) {
      const known = others.get(Search.key(name)) ?? [];
      others.set(Search.key(name), [...known, ...group.filter(other => other !== name)]);
    }
  return others;
};

// The words of a query in parts, each with its readings: as typed, then by other names.
Search.parts = words => {
  if (!words.length) return [];
  const { synonyms } = Search.index;
  const isKnown = length => synonyms.has(Search.key(words.slice(0, length)));
  const length = [3, 2].find(length => length <= words.length && isKnown(length)) ?? 1;
  const typed = words.slice(0, length);
  return [[typed, ...synonyms.get(Search.key(typed)) ?? []], ...Search.parts(words.slice(length))];
};

// Those of a word's names that are no compounds: how long it is.
Search.simple = names => names.filter(name => !/[-._^/'(]/.test(name));

// --- ranking -------------------------------------------------------------------------------

// How many letters must change to make one word the other: 0, 1, 2 or more.
Search.distance = (a, b) => {
  let rows = [[], [...Array(b.length + 1).keys()]];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(rows[1][j] + 1, row[j - 1] + 1, rows[1][j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], rows[0][j - 2] + 1);
    }
    rows = [rows[1], row];
  }
  return rows[1][b.length];
};

// The words of the index that a word of the query may mean, and how well each fits.
Search.meanings = (word, unfinished) => {
  const { postings } = Search.index;
  const fits = new Map();
  if (unfinished)
    for (const other of postings.keys())
      if (other.startsWith(word)) fits.set(other, 0.7 * word.length / other.length);
  if (postings.has(word)) fits.set(word, 1);
  if (fits.size || word.length < 3 || /\d/.test(word)) return fits;
  const slips = word.length < 8 ? 1 : 2;
  for (const other of postings.keys())
    if (other[0] === word[0] && Math.abs(other.length - word.length) <= slips
        && Search.distance(word, other) <= slips) fits.set(other, 0.8);
  return fits.size || !unfinished ? fits : Search.meanings(word.slice(0, -1), true);
};

// How much entries answer one word of the query: {entry: {score, heading}}. In a heading a
// word counts 1, in one above or among the keywords a part of that.
Search.answers = (names, unfinished) => {
  const { entries, postings } = Search.index;
  const total = new Map();
  names.forEach((name, i) => {
    const share = i === 0 ? 1 : 0.5; // np.exp itself, and exp alone
    const best = new Map();
    for (const [word, fit] of Search.meanings(name, unfinished && names.length === 1)) {
      const places = postings.get(word) ?? [];
      for (let k = 0, entry = 0; k < places.length; k += 2) {
        entry += places[k];
        const { score, heading } = best.get(entry) ?? { score: 0, heading: 0 };
        best.set(entry, {
          score: Math.max(score, share * fit * places[k + 1]),
          heading: Math.max(heading, share * fit * (entries[entry].headings.get(word) ?? 0)),
        });
      }
    }
    for (const [entry, { score, heading }] of best) {
      const sum = total.get(entry) ?? { score: 0, heading: 0 };
      total.set(entry, { score: sum.score + score, heading: Math.max(sum.heading, heading) });
    }
  });
  return total;
};

Search.add = (sums, entry, fit) => {
  const sum = sums.get(entry) ?? { score: 0, covered: 0, heading: 0, own: 0 };
  for (const part of Object.keys(sum)) sum[part] += fit[part];
  sums.set(entry, sum);
};

// How well entries fit words that belong together: {entry: {score, covered, heading, own}}.
Search.fit = (words, unfinished) => {
  const fits = new Map();
  let all = 0;
  words.forEach((names, i) => {
    const answers = Search.answers(names, unfinished && i === words.length - 1);
    const rarity = Math.log(Search.index.entries.length / Math.max(1, answers.size)) + 0.5;
    all += rarity;
    for (const [entry, { score, heading }] of answers)
      Search.add(fits, entry, { score, covered: rarity, heading: rarity * heading, own: heading >= 0.75 });
  });
  return { all, fits };
};

Search.kin = 0.8; // how much another name counts beside the one that was typed

// How well entries fit a part of the query, by that of its readings that fits best.
Search.best = ([typed, ...others], unfinished) => {
  const { all, fits } = Search.fit(typed, unfinished);
  for (const other of others) {
    const reading = Search.fit(other, false);
    const share = Search.kin * all / reading.all;
    for (const [entry, { score, covered, heading }] of reading.fits) {
      const fit = {
        score: Search.kin * score * Math.min(1, typed.length / other.length),
        covered: share * covered,
        heading: share * heading,
        own: 0,
      };
      const known = fits.get(entry);
      if (!known || known.score * known.covered < fit.score * fit.covered) fits.set(entry, fit);
    }
  }
  return { all, fits };
};

// The entries that answer the query, best first. All words should be found, above all the
// rare ones, best of all in the heading; a heading that is the query is what was asked for.
Search.rank = query => {
  const { entries } = Search.index;
  const words = Search.words(query);
  const length = words.flatMap(Search.simple).length;
  const found = new Map();
  const parts = Search.parts(words);
  let all = 0;
  parts.forEach((part, i) => {
    const best = Search.best(part, Search.isUnfinished(query, parts, i));
    all += best.all;
    for (const [entry, fit] of best.fits) Search.add(found, entry, fit);
  });
  const worth = ([entry, { score, covered, heading, own }]) =>
    score * entry.weight * (covered / all) * (1 + heading / all)
    * (own === words.length && entry.length === length ? 1.5 : 1);
  const ranked = [...found].map(([number, sum]) => [worth([entries[number], sum]), entries[number]])
    .sort(([a], [b]) => b - a);
  return ranked.filter(([value]) => value > ranked[0][0] / 10).map(([, entry]) => entry);
};

Search.isUnfinished = (query, parts, i) => i === parts.length - 1 && /\S$/.test(query);

// --- excerpts ------------------------------------------------------------------------------

Search.root = () => document.documentElement.dataset.content_root;

// Load a script of the site, once.
Search.script = path => {
  if (!Search.scripts.has(path)) {
    const script = document.createElement("script");
    script.src = `${Search.root()}_static/${path}`;
    Search.scripts.set(path, new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = reject;
    }));
    document.head.append(script);
  }
  return Search.scripts.get(path);
};

Search.ready = () => Search.script("search_index.js");

Search.read = (page, texts) => Search.texts.set(page, texts);

Search.textsOf = async page => {
  await Search.script(`search/${page.replaceAll("/", "-")}.js`);
  return Search.texts.get(page);
};

Search.sentences = paragraphs => {
  if (!Intl.Segmenter) return paragraphs;
  const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
  return paragraphs.flatMap(paragraph =>
    [...segmenter.segment(paragraph)].map(({ segment }) => segment.trim()));
};

// All words that the query may mean: {word: how much it says}.
Search.wanted = query => {
  const wanted = new Map();
  const parts = Search.parts(Search.words(query));
  parts.forEach((readings, i) => readings.forEach((words, reading) => words.forEach((names, place) => {
    const isLast = reading === 0 && place === words.length - 1 && names.length === 1;
    for (const name of names)
      for (const [word, fit] of Search.meanings(name, isLast && Search.isUnfinished(query, parts, i))) {
        const places = (Search.index.postings.get(word)?.length ?? 0) / 2 + 1;
        const says = fit * (reading ? Search.kin : 1) * Math.log(2 * Search.index.entries.length / places);
        wanted.set(word, Math.max(says, wanted.get(word) ?? 0));
      }
  })));
  return wanted;
};

// The sentence that has most of the wanted words. A line of code or a formula is shown only
// where no sentence has any and the line has the most telling one; else the first sentence
// says what the section is about.
Search.excerpt = ([prose, rest], wanted) => {
  const says = text => [...new Set(Search.words(text).flat())].map(word => wanted.get(word) ?? 0);
  const value = text => // three words say little
    says(text).reduce((sum, worth) => sum + worth, 0) * Math.min(1, text.length / 60);
  const best = texts => texts.reduce((best, text) => {
    const worth = value(text);
    return worth > best.worth ? { text, worth } : best;
  }, { text: "", worth: 0 });
  const sentences = Search.sentences(prose);
  const said = best(sentences);
  if (said.worth) return said;
  const most = Math.max(...wanted.values());
  const isTelling = line => !sentences.length || says(line).includes(most);
  const written = best(rest.map(line => line.trim()).filter(isTelling));
  return written.worth ? { ...written, code: true } : { text: sentences[0] ?? rest[0] ?? "" };
};

// The text as nodes, its wanted words marked.
Search.marked = (text, wanted) => {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(/[\p{L}\p{N}]+(?:[-._^/'’][\p{L}\p{N}]+)*/gu)) {
    if (!Search.words(match[0]).flat().some(word => wanted.has(word))) continue;
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    nodes.push(text.slice(end, match.index), mark);
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
};

// --- the page ------------------------------------------------------------------------------

Search.element = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// A result: the heading, the headings above it, and an excerpt that comes when it is loaded.
Search.option = (entry, query, wanted) => {
  const excerpt = Search.element("span", { className: "search-excerpt" });
  Search.textsOf(entry.page).then(texts => {
    const found = Search.excerpt(texts[entry.place], wanted);
    const inner = Search.marked(found.text, wanted);
    excerpt.append(...(found.code ? [Search.element("code", {}, ...inner)] : inner));
  });
  return Search.element("a",
    { role: "option", href: `${Search.root()}${entry.page}.html#${entry.anchor}`, tabIndex: -1 },
    Search.element("span", { className: "search-heading" }, ...Search.marked(entry.title, wanted)),
    Search.element("span", { className: "search-path" }, entry.path.join(" ▸ ")),
    excerpt);
};

// Make a field of the theme a combobox with a list of results below it.
Search.attach = (form, number) => {
  const input = form.querySelector("input");
  const isDialog = form.closest("dialog") !== null;
  const list = Search.element("div", { role: "listbox", id: `search-list-${number}`, ariaLabel: "Sections" });
  const status = Search.element("p", { role: "status", className: "search-status" });
  const results = Search.element("div", { className: "search-results" }, status, list);
  let chosen = -1;

  const choose = number => {
    const options = [...list.children];
    chosen = options.length ? (number + options.length) % options.length : -1;
    options.forEach((option, i) => { option.ariaSelected = String(i === chosen); });
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };

  const show = () => {
    const query = input.value.trim();
    const entries = query ? Search.rank(input.value) : [];
    const shown = entries.slice(0, isDialog ? 8 : 30);
    const wanted = Search.wanted(input.value);
    const options = shown.map(entry => Search.option(entry, query, wanted));
    if (isDialog && entries.length > shown.length) {
      const href = `${form.action}?q=${encodeURIComponent(query)}`;
      const more = `All ${entries.length} sections`;
      options.push(Search.element("a", { role: "option", href, tabIndex: -1 }, more));
    }
    options.forEach((option, i) => { option.id = `${list.id}-${i}`; });
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    input.ariaExpanded = String(!list.hidden);
    const sections = entries.length === 1 ? "1 section" : `${entries.length} sections`;
    status.textContent = !query ? "" : entries.length ? sections : "No section has these words.";
    choose(0);
  };

  const search = () => Search.ready().then(show);

  input.role = "combobox";
  input.ariaExpanded = "false";
  input.ariaAutoComplete = "list";
  input.setAttribute("aria-controls", list.id);
  list.hidden = true;
  form.after(results);
  input.addEventListener("focus", Search.ready, { once: true });
  input.addEventListener("input", search);
  input.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(chosen + step);
    }
  });
  form.addEventListener("submit", event => {
    if (chosen < 0 && isDialog) return; // to the search page
    event.preventDefault();
    list.children[chosen]?.click();
  });
  if (!isDialog) {
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    input.focus();
    if (input.value) search();
  }
};

if (globalThis.document) document.querySelectorAll("form.bd-search").forEach(Search.attach);
