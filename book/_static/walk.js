// Walk through a computation graph step by step. `mlp.graph_walk` wrote the steps, their formulas and
// the drawing; this script shows one step at a time, and computes the numbers again when an input
// changes.
const LIMIT = 1000;  // of an input's size
const number = (v, digits = 4) => {
  if (!Number.isFinite(v)) return String(v).replace("Infinity", "∞").replace("-", "−");
  const text = Math.abs(v) < 1e4
    ? String(Number(v.toFixed(digits))) : v.toExponential(digits).replace("e+", "e");
  return (Object.is(Number(text), -0) ? "0" : text).replace("-", "−");
};
const short = (v) => number(v, Math.abs(v) < 10 ? 2 : Math.abs(v) < 100 ? 1 : 0);  // in a box
const rows = (A) => A.map((row) => row.map((v) => number(v)).join("  "));
const fill = (places, A, write) =>
  A.flat().forEach((v, i) => { places[i].textContent = write(v); });

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function startWalk(root) {
  const find = (selector) => root.querySelector(selector);
  const given = JSON.parse(root.dataset.start);
  const steps = [...root.querySelectorAll(".walk-steps > li")];
  const boxes = [...root.querySelectorAll(".walk-node")];
  const arrows = [...root.querySelectorAll(".walk-drawing line")];
  const status = find(".walk-status"), note = find(".walk-note");
  const computed = new Set(steps.filter((step) => step.dataset.way === "forward").map((step) => step.dataset.node));
  const symbol = (name) => find(`[data-node="${name}"] .walk-name`).textContent;
  let at = 0, state;

  // --- numbers

  function compute() {
    state = Network.walk(given);
    for (const step of steps) {
      const { node, way } = step.dataset;
      const parts = { value: state.value[node], slope: state.slope[way][node], g: state.g[node] };
      for (const place of step.querySelectorAll("[data-part]"))
        fill(place.querySelectorAll("span"), parts[place.dataset.part], (v) => number(v));
    }
    for (const box of boxes)
      for (const part of ["value", "g"]) {
        const cells = box.querySelectorAll(`[data-block="${part}"] .walk-number`);
        if (cells.length) fill(cells, state[part][box.dataset.node], short);
      }
    explain();
    show();
  }

  // Where the output is rounded to 0 or 1, the formulas give infinity and NaN: say why.
  function explain() {
    const a2 = state.value.a2[0][0], h2 = state.value.h2[0][0];
    const facts = { a2, h2, ...Network.fromScore(a2, given.y[0][0]) };
    for (const place of note.querySelectorAll("[data-note]"))
      place.textContent = number(facts[place.dataset.note]);
    note.hidden = h2 > 0 && h2 < 1;
  }

  // --- steps

  function show() {
    const { node, way } = steps[at].dataset;
    const reached = { forward: new Set(), backward: new Set() };
    steps.forEach((step, i) => {
      step.hidden = i !== at;
      if (i <= at) reached[step.dataset.way].add(step.dataset.node);
    });
    for (const box of boxes) {
      const { node: name } = box.dataset;
      box.classList.toggle("now", name === node);
      box.classList.toggle("ahead", computed.has(name) && !reached.forward.has(name));
      box.classList.toggle("reached", reached.backward.has(name));
    }
    for (const arrow of arrows) light(arrow, node, way);
    first.ariaDisabled = back.ariaDisabled = at === 0;
    next.ariaDisabled = at === steps.length - 1;
    counter.textContent = `Step ${at + 1} of ${steps.length}`;
    status.textContent =
      `${counter.textContent}, ${way}, ${symbol(node)}: ` +
      `${way === "forward" ? "value" : "g ="} ${rows(state[way === "forward" ? "value" : "g"][node]).join("; ")}`;
    center(boxes.find((box) => box.dataset.node === node));
  }

  // Forward a node uses all arrows that come in; on the way back the one that leaves, from its head.
  function light(arrow, node, way) {
    const used = arrow.dataset[way === "forward" ? "to" : "from"] === node;
    const reversed = used && way === "backward";
    arrow.classList.toggle("used", used);
    arrow.removeAttribute(reversed ? "marker-end" : "marker-start");
    arrow.setAttribute(reversed ? "marker-start" : "marker-end", "url(#walk-head)");
  }

  // On a phone the drawing is wider than the page: scroll it to the node, and not the page.
  function center(box) {
    const drawing = find(".walk-drawing");
    const [inner, outer] = [box, drawing].map((shape) => shape.getBoundingClientRect());
    drawing.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }

  function go(to) {
    at = Math.min(Math.max(to, 0), steps.length - 1);
    show();
  }

  // The next step at this node; from its last one to its first.
  function jump(node) {
    const all = steps.flatMap((step, i) => (step.dataset.node === node ? [i] : []));
    if (all.length) go(all.find((i) => i > at) ?? all[0]);
  }

  const button = (text, act) => element("button", { type: "button", textContent: text, onclick: act });
  const first = button("Start", () => go(0));
  const back = button("Back", () => go(at - 1));
  const next = button("Next step", () => go(at + 1));
  const counter = element("span", { ariaHidden: "true" });
  const buttons = find(".walk-buttons");
  buttons.append(first, back, next, counter);
  buttons.addEventListener("keydown", ({ key }) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1 }[key];
    if (to !== undefined) go(to);
  });
  for (const box of boxes) {
    if (!steps.some((step) => step.dataset.node === box.dataset.node)) continue;
    box.classList.add("step");
    box.addEventListener("mousedown", (event) => event.preventDefault());  // the focus stays
    box.addEventListener("click", () => jump(box.dataset.node));
  }

  // --- inputs

  function refusal(name, value) {
    if (name === "y" && value !== 0 && value !== 1) return "is the class of the example, 0 or 1";
    if (!(Math.abs(value) <= LIMIT)) return `must be a number from −${LIMIT} to ${LIMIT}`;
  }

  function field(name, i, j) {
    const index = (given[name].length > 1 ? i + 1 : "") + String(given[name][0].length > 1 ? j + 1 : "");
    const input = element("input", { type: "number", step: "any", value: Number(given[name][i][j].toFixed(4)) });
    if (name === "y") Object.assign(input, { step: "1", min: "0", max: "1" });
    const read = (done) => {
      const value = input.valueAsNumber, why = refusal(name, value);
      if (!why) given[name][i][j] = value;
      else if (Number.isNaN(value) && !done) return;  // a number that is being typed
      input.ariaInvalid = String(Boolean(why));
      const kept = `the walk keeps ${number(given[name][i][j])}.`;
      refused.textContent = why ? `${symbol(name)}${index && ` (${index})`} ${why}; ${kept}` : "";
      if (!why) compute();
    };
    input.addEventListener("input", () => read(false));
    input.addEventListener("change", () => read(true));
    return element("label", {}, `${symbol(name)}`, element("sub", { textContent: index }), input);
  }
  const fields = (names) =>
    names.flatMap((name) => given[name].flatMap((row, i) => row.map((_, j) => field(name, i, j))));
  const weights = Object.keys(given).filter((name) => "Wb".includes(name[0]));
  const refused = element("p", { className: "walk-refused", role: "alert" });
  const controls = find(".walk-controls");
  controls.append(
    element("fieldset", {}, element("legend", { textContent: "Input and target" }), ...fields(["h0", "y"])),
    element("details", {}, element("summary", { textContent: "Change a weight or a bias" }),
      element("fieldset", {}, element("legend", { textContent: "Parameters" }), ...fields(weights))),
    refused,
  );
  buttons.hidden = controls.hidden = false;
  root.classList.add("live");
  compute();
}

document.querySelectorAll(".graph-walk:not(.live)").forEach(startWalk);
