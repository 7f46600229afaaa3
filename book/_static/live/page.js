// A page whose cells run in the reader's browser. The first click on its bar loads this script; Python
// runs in worker.js. An output is compared as nbval compares: text exactly, pictures not at all.
(() => {
  const bar = document.querySelector(".live-bar");
  const { root: up, page } = bar.dataset;
  const root = new URL(up, location.href).href;
  let status = bar.querySelector(".live-says");
  const LONG = 300, QUICK = 60; // seconds
  const MOST = 100_000; // characters that are shown of a text
  let site, stored, cells, making, session, worker, isUsed, isBusy, round = 0;

  // --- small helpers
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const button = (text, onclick) => make("button", { type: "button", textContent: text, onclick });
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  const duration = (s) => (s < 90 ? `${Math.max(1, Math.round(s))} seconds` : `${Math.round(s / 60)} minutes`);
  const meter = make("progress", { hidden: true, ariaLabel: "Progress" });
  const buttons = make("span", { className: "live-buttons" });
  const say = (...parts) => status.replaceChildren(...parts);
  const progress = (value, max) => Object.assign(meter, { value, max, hidden: value >= max });
  const json = async (name) => {
    const response = await fetch(root + name).catch(() => null);
    if (!response?.ok) throw new Error(`The file ${name} could not be loaded.`);
    return response.json();
  };

  // --- Python: one worker, which does one thing at a time
  function start() {
    const made = new Worker(`${root}_static/live/worker.js`, { type: "module" });
    let waiting, ended, turn = Promise.resolve();
    let told = "This browser does not let the page start a worker, which Python needs.";
    const end = (reason, more) => {
      made.terminate();
      ended = Object.assign(new Error(reason), more);
      waiting?.reject(ended);
    };
    made.onerror = (event) => { event.preventDefault(); end(told); };
    made.onmessage = ({ data }) => {
      if (data.kind === "shows") waiting?.shows(data.output);
      else if (data.kind === "says") say(data.text);
      else if (data.kind === "loaded") progress(data.bytes, site.core);
      else if (data.kind === "failed") end(data.text, { isEnd: data.isEnd });
      else { told = "Python has ended unexpectedly."; waiting?.resolve(data); }
    };
    const ask = (message, shows) => (turn = turn.catch(() => {}).then(() => new Promise((resolve, reject) => {
      if (ended) throw ended;
      waiting = { resolve, reject, shows };
      made.postMessage(message);
    })));
    return { ask, end };
  }

  async function boot() {
    worker = start();
    isUsed = false;
    cells?.forEach((cell) => cell.forget());
    const from = site.pyodide.includes("//") ? new URL(site.pyodide).host : "this site";
    say(`Loading Python, ${megabytes(site.core)} from ${from}; later what the cells import, NumPy 3 MB, ` +
      "SymPy 7 MB, matplotlib 9 MB. Your code stays on your computer.");
    await worker.ask({ kind: "boot", site });
    meter.hidden = true;
    say("Python is ready.");
  }
  const ready = () => (session ??= boot());

  function stop(words = "Stopped. Python has ended, and all names are gone.") {
    round += 1;
    worker?.end(words, { isTold: true });
    session = null;
    meter.hidden = true;
    say(words);
  }

  // Another session, if this one is no longer as it began.
  const startAnew = () => { if (isUsed) stop("Python starts anew."); };

  // What fails is said in words, with a button to try again; only what was stopped needs no words.
  const attempt = (work) => async () => {
    try {
      await work();
    } catch (error) {
      if (error.isTold) return;
      error.isTold = true;
      if (error.isEnd) return stop(`${error.message} All names are gone.`);
      stop(`${error.message} The page is as before.`);
      leave();
      if (site) site.retry = (site.retry ?? 0) + 1;
      status.append(" ", button("Retry", attempt(work)));
    }
  };

  // --- what is shown
  // The only function that knows the typesetter.
  const loaded = (element) => new Promise((resolve, reject) => {
    const fails = () => reject(new Error("A file of this page could not be loaded."));
    Object.assign(element, { onload: resolve, onerror: fails });
    document.head.append(element);
  });
  let katex;
  async function typeset(element, tex, displayMode) {
    katex ??= Promise.all([
      loaded(make("link", { rel: "stylesheet", href: `${root}live/katex/katex.min.css` })),
      loaded(make("script", { src: `${root}live/katex/katex.min.js` })),
    ]);
    await katex.then(() => window.katex.render(tex, element, { displayMode, throwOnError: false }), () => {});
  }
  const formula = (tex, display) => {
    const made = make(display ? "div" : "span", { className: "math", textContent: tex });
    typeset(made, tex, display);
    return made;
  };
  const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\*(.+?)\*|\$([^$]+)\$/g;
  function inline(text) {
    const parts = [];
    let end = 0;
    for (const found of text.matchAll(INLINE)) {
      const [all, code, bold, slanted, tex] = found;
      parts.push(text.slice(end, found.index));
      if (code) parts.push(make("code", { textContent: code }));
      else if (tex) parts.push(formula(tex, false));
      else parts.push(make(bold ? "strong" : "em", {}, ...inline(bold ?? slanted)));
      end = found.index + all.length;
    }
    return [...parts, text.slice(end)];
  }
  function table(lines) {
    const rows = lines.filter((line) => !/^[|\s:-]+$/.test(line));
    const split = (row) => row.replace(/^\s*\|?|\|?\s*$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
    return make("table", { className: "table" }, ...rows.map((row, i) =>
      make("tr", {}, ...split(row).map((cell) => make(i ? "td" : "th", {}, ...inline(cell))))));
  }
  const markdown = (text) => make("div", {}, ...text.split(/\n{2,}/).map((block) => {
    const display = block.match(/^\s*\$\$([^]*?)\$\$/);
    if (display) return formula(display[1], true);
    if (/^\s*\|/.test(block)) return table(block.split("\n"));
    return make("p", {}, ...block.split("\n").flatMap((line, i) => [...(i ? [make("br")] : []), ...inline(line)]));
  }));
  const text = (content, className) => make("pre", {
    className, tabIndex: content.length > 1000 ? 0 : -1, // the keyboard scrolls what is long
    textContent: content.slice(0, MOST) + (content.length > MOST ? `\n… ${content.length - MOST} more characters` : ""),
  });
  const image = (kind, content) => make("img", { src: `data:${kind},${content}`, alt: "The picture that the cell drew" });
  const SHOWN = {
    "text/html": (html) => make("div", { innerHTML: html }),
    "image/svg+xml": (svg) => image("image/svg+xml", encodeURIComponent(svg)),
    "image/png": (png) => image("image/png;base64", png),
    "text/markdown": markdown,
    "text/latex": (tex) => formula(tex.replace(/^\$+|\$+$/g, ""), true),
    "text/plain": (plain) => text(plain, "live-text"),
  };
  function shown({ output_type: type, name, text: content, data, traceback }) {
    if (type === "stream") return text(printed(content), `live-text live-${name}`);
    if (type === "error") return text(traceback.join("\n"), "live-text live-stderr");
    const kind = Object.keys(SHOWN).find((one) => one in data);
    return make("div", { className: "output" }, SHOWN[kind](data[kind]));
  }

  // --- what is compared
  const PICTURES = ["image/png", "image/jpeg"];
  const overwritten = (line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1);
  const printed = (stream) => stream.replace(/[^\n]\x08/g, "").split("\n").map(overwritten).join("\n");
  function compared(outputs) {
    const found = {};
    for (const { output_type: type, name, text: content, data, ename, evalue } of outputs)
      if (type === "stream") found[name] = [(found[name]?.[0] ?? "") + content];
      else if (type === "error") found.error = [`${ename}: ${evalue}`];
      else for (const [kind, value] of Object.entries(data))
        if (!PICTURES.includes(kind)) (found[kind] ??= []).push(value);
    for (const name of ["stdout", "stderr"]) if (name in found) found[name] = [printed(found[name][0])];
    return found;
  }
  const sorted = (found) => JSON.stringify(Object.entries(found).sort());
  const readable = (found) => Object.entries(found).sort().map(([kind, values]) =>
    `${kind}\n${values.join("\n")}`).join("\n\n") || "nothing";

  // --- a cell
  const TOKEN = /(#.*)|([rfb]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|\b(and|as|assert|break|class|continue|def|del|elif|else|except|False|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|try|while|with|yield)\b|\b(\d[\w.]*)/gi;
  const KINDS = ["c1", "s2", "k", "mi"];
  function colored(code) {
    const parts = [];
    let end = 0;
    for (const found of code.matchAll(TOKEN)) {
      const kind = KINDS[found.slice(1).findIndex((group) => group !== undefined)];
      parts.push(code.slice(end, found.index), make("span", { className: kind, textContent: found[0] }));
      end = found.index + found[0].length;
    }
    return [...parts, code.slice(end), code.endsWith("\n") ? "\n" : ""];
  }

  function liveCell(node, { source, outputs: book, differs }, number) {
    const pre = node.querySelector(".cell_input pre"), listing = [...pre.childNodes];
    const key = `live ${page} ${number}`;
    const place = node.querySelector(".cell_output") ?? node.appendChild(make("div", { className: "cell_output live-new" }));
    const outputs = [...place.childNodes], pictures = [...place.querySelectorAll("img")];
    const sources = pictures.map((picture) => picture.getAttribute("src"));
    const verdict = make("div", { className: "live-verdict" });
    const area = make("textarea", { value: kept() ?? source, spellcheck: false, wrap: "off",
      ariaLabel: `Code of cell ${number}. Shift and Enter runs it, Escape leaves it.`, autocapitalize: "off" });
    const run = button("Run", attempt(async () => {
      await makeLive(); // again, after a fault
      await cells[number - 1].run();
      if (!isBusy) sumUp();
    }));
    const tools = make("div", { className: "live-tools" }, `Cell ${number} `, run, " ", button("Reset", reset));
    const frame = make("div", { className: "live-code" });
    const cell = { run: execute, leave, forget, number, source, node };
    let turn = 0, ran; // the last run, and its code
    pre.replaceWith(frame);
    pre.ariaHidden = "true"; // the area has the same text
    frame.append(pre, area);
    frame.closest(".cell_input").after(tools);
    place.after(verdict);
    color();

    function kept() {
      try {
        const { of, edited } = JSON.parse(localStorage.getItem(key)) ?? {};
        return of === source ? edited : undefined;
      } catch { return undefined; }
    }
    function keep() {
      try {
        if (area.value === source) localStorage.removeItem(key);
        else localStorage.setItem(key, JSON.stringify({ of: source, edited: area.value }));
      } catch { /* this browser keeps nothing */ }
    }
    function color() {
      pre.replaceChildren(...colored(area.value));
      tools.classList.toggle("edited", area.value !== source);
    }
    const insert = (words) => document.execCommand("insertText", false, words);
    area.oninput = () => {
      color();
      keep();
      if (cell.result && area.value !== ran) forget();
    };
    area.onkeydown = (event) => {
      const { key: pressed, shiftKey } = event;
      if (pressed === "Escape") run.focus();
      else if (pressed === "Enter" && shiftKey) run.click();
      else if (pressed === "Tab" && !shiftKey) insert("    ");
      else return;
      event.preventDefault();
    };

    function showStored() {
      place.replaceChildren(...outputs);
      pictures.forEach((picture, i) => picture.setAttribute("src", sources[i]));
    }
    function judge(className, ...words) {
      verdict.className = `live-verdict ${className}`;
      verdict.replaceChildren(...words);
    }
    function reset() {
      turn += 1;
      area.value = source;
      keep();
      color();
      showStored();
      forget();
    }
    function forget() {
      judge("");
      settled();
    }
    function settled(result = "", same = "", seconds = "") {
      cell.result = result;
      Object.assign(verdict.dataset, { result, same, seconds });
    }
    function leave() {
      showStored();
      pre.replaceChildren(...listing);
      pre.ariaHidden = null;
      frame.replaceWith(pre);
      for (const part of [tools, verdict]) part.remove();
      if (place.matches(".live-new")) place.remove();
    }

    // What is the same as in the book keeps the look that it has there, with its pictures drawn again.
    function settle(fresh, well, seconds) {
      const [ours, theirs] = [compared(fresh), compared(book)];
      const drawn = fresh.filter(({ data }) => data?.["image/png"]);
      const isSame = sorted(ours) === sorted(theirs), edited = ran !== source;
      if (well && isSame && drawn.length === pictures.length) {
        showStored();
        drawn.forEach(({ data }, i) => { pictures[i].src = `data:image/png;base64,${data["image/png"]}`; });
      }
      const result = edited ? "edited" : differs ? "excepted"
        : !Object.keys({ ...ours, ...theirs }).length ? "silent" : isSame ? "same" : "differs";
      settled(result, isSame, seconds);
      judge("");
      if (result === "edited") judge("", "edited, so not compared");
      if (result === "excepted") judge("excepted", `not compared: ${differs}`);
      if (result === "same") judge("same", "same as in the book");
      if (result !== "differs") return;
      const side = (title, found) => make("div", {}, make("b", { textContent: title }), text(readable(found), "live-text"));
      judge("differs", make("details", { open: true }, make("summary", { textContent: "differs" }),
        make("div", { className: "live-sides" }, side("In the book", theirs), side("On your computer", ours))));
      for (let fold = place; (fold = fold.parentElement.closest("details")); ) fold.open = true;
    }

    async function execute() {
      const fresh = [], mine = (turn += 1), code = area.value;
      await ready();
      isUsed = true;
      forget();
      judge("", "runs …");
      const { well, seconds } = await worker.ask({ kind: "run", code, name: `<cell ${number}>` }, (output) => {
        if (mine !== turn) return;
        const last = fresh.at(-1);
        if (!last) place.replaceChildren();
        if (output.output_type === "stream" && last?.name === output.name) {
          last.text += output.text;
          place.lastChild.replaceWith(shown(last));
        } else {
          fresh.push(output);
          place.append(shown(output));
        }
      }).catch((error) => { judge("", "stopped"); throw error; });
      if (mine !== turn) return;
      ran = code;
      if (!fresh.length) place.replaceChildren();
      settle(fresh, well, seconds);
    }
    return cell;
  }

  // --- the page
  function leave() {
    cells?.forEach((cell) => cell.leave());
    cells = making = null;
    buttons.replaceChildren();
  }

  async function loadPython() {
    if (site) return ready();
    if (location.protocol === "file:")
      throw new Error("A page that was opened as a file can't run Python: `make serve` shows the book at an address that can.");
    if (!isSecureContext) throw new Error("Python needs an address that begins with https, or with http://localhost.");
    const missing = ["WebAssembly", "Worker"].find((name) => !(name in window));
    if (missing) throw new Error(`This browser can't run Python: it has no ${{ Worker: "workers" }[missing] ?? missing}.`);
    say("Loading …");
    site = { ...(await json("live/site.json")), root };
    await loaded(make("link", { rel: "stylesheet", href: `${root}_static/live/live.css` }));
    return ready();
  }

  function makeLive() {
    status = bar.querySelector(".live-says");
    return (making ??= makeCells());
  }
  async function makeCells() {
    await loadPython();
    stored = await json(`live/${page}.json`);
    cells = [...document.querySelectorAll("div.cell")].map((node, i) => liveCell(node, stored.cells[i], i + 1));
    buttons.replaceChildren(button("Run all", attempt(runAll)), " ",
      button("Stop", () => stop()), " ",
      button("Restart", attempt(async () => {
        stop();
        await makeLive();
        await ready();
      })));
  }

  // Seconds of each cell here, from those of the test run and the speed of this computer.
  const total = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const unit = async () => (await worker.ask({ kind: "time", what: stored.work })).seconds;
  async function estimate() {
    if (!stored.seconds) return [];
    const faster = total(stored.seconds) < 10 ? 1 : (await unit()) / stored.unit;
    return stored.seconds.map((one) => one * faster);
  }
  async function runAll() {
    await makeLive();
    await ready();
    const times = await estimate();
    const left = total(times), all = cells.length;
    if (left <= LONG) return runCells(all, left);
    const until = times.map((_, i) => total(times.slice(0, i + 1)));
    const slow = until.findIndex((seconds) => seconds > QUICK);
    const quick = until[slow - 1];
    say(`All cells take about ${duration(left)} on this computer. `,
      ...(slow > 0 ? [button(`Run the first ${slow}, ${duration(quick)}`, attempt(() => runCells(slow, quick))), " "] : []),
      button("Run all", attempt(() => runCells(all, left))));
  }

  async function runCells(count, left) {
    await makeLive();
    const mine = (round += 1), some = cells.slice(0, count);
    const about = left > 5 ? `, about ${duration(left)} on this computer` : "";
    for (const [i, cell] of some.entries()) {
      say(`Cell ${cell.number} of ${cells.length} runs${about}.`);
      progress(i, some.length);
      isBusy = true;
      await cell.run().finally(() => { isBusy = false; });
      if (mine !== round) return;
    }
    meter.hidden = true;
    sumUp();
  }

  function sumUp() {
    const of = (result) => cells.filter((cell) => cell.result === result);
    const link = (cell) => {
      cell.node.id ||= `live-cell-${cell.number}`;
      return make("a", { href: `#${cell.node.id}`, textContent: `cell ${cell.number}` });
    };
    const list = (title, some) => (some.length ? [` ${title}: `, ...some.flatMap((cell, i) => [i ? ", " : "", link(cell)]), "."] : []);
    if (cells.some((cell) => !cell.result)) return say("Python is ready. Not all cells have run.");
    const [same, differs] = ["same", "differs"].map(of);
    say(make("strong", { textContent:
      `${same.length} of ${same.length + differs.length} outputs are the same on your computer` }), ".",
      ...list("Different", differs), ...list("Not compared, with the reason there", of("excepted")), ...list("Edited", of("edited")));
  }

  // --- "Prove your own": the code of a link is filled in, and runs only when the reader says so
  const field = (name) => document.querySelector(`.prove-${name}`);
  const coded = (words) => btoa(Array.from(new TextEncoder().encode(words), (b) => String.fromCharCode(b)).join(""));
  const decoded = (base64) => new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  const PROVE = "#prove=";
  function fromAddress() {
    if (!location.hash.startsWith(PROVE) || !field("form")) return;
    try {
      const { code, shapes } = JSON.parse(decoded(location.hash.replace(PROVE, "")));
      if (typeof code !== "string" || typeof shapes !== "string") throw new TypeError();
      Object.assign(field("code"), { value: code }).scrollIntoView();
      field("shapes").value = shapes;
      field("result").hidden = true;
    } catch { field("says").textContent = "The code in this address is damaged."; }
  }
  async function link() {
    history.replaceState(null, "", PROVE + coded(JSON.stringify({ code: field("code").value, shapes: field("shapes").value })));
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    field("says").textContent = "The address of this page holds the code now.";
  }
  // The last pair such as norm_forward and norm_backward, or the only two functions.
  function pairIn(code) {
    const names = [...code.matchAll(/^def +(\w+)/gm)].map(([, name]) => name);
    const backward = names.findLast((name) => /backward$/.test(name) && names.includes(name.replace(/backward$/, "forward")));
    return backward ? [backward.replace(/backward$/, "forward"), backward] : names.length === 2 ? names : [];
  }
  async function prove() {
    startAnew();
    status = field("says");
    const code = field("code").value, [first, last] = pairIn(code);
    if (!first) return say("Two functions are needed, such as norm_forward and norm_backward.");
    const show = (words) => Object.assign(field("result"), { hidden: false, textContent: words });
    let printed = "";
    field("stop").hidden = false;
    try {
      await loadPython();
      isUsed = true;
      say(`Proving that ${last} is right for ${first} …`);
      const { well } = await worker.ask({ kind: "run", code, name: "<your code>" },
        ({ text: content, traceback, data }) => { printed += content ?? traceback?.join("") ?? data["text/plain"]; });
      if (!well) {
        show(printed);
        return say("Your code stops with an error.");
      }
      const { report } = await worker.ask({ kind: "prove", forward: first, backward: last, shapes: field("shapes").value }, () => {});
      show(report + (printed && `\n\nYour code has printed:\n${printed}`));
      say(`Done: ${last}, for ${first}.`);
    } finally {
      field("stop").hidden = true;
    }
  }

  window.livePage = { unit };
  bar.append(meter, buttons);
  const check = () => { startAnew(); return runAll(); };
  const tasks = { check: attempt(check), edit: attempt(makeLive), prove: attempt(prove), stop: () => stop(), link, fill: fromAddress };
  addEventListener("hashchange", fromAddress);
  addEventListener("click", ({ target }) => tasks[target.dataset.do]?.());
  tasks[document.currentScript.dataset.do]();
})();
