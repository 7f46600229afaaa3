// Walk through a computation graph step by step. `mlp.graph_walk` wrote the steps and their formulas;
// this script shows one at a time, and computes the numbers again when an input changes.
const number = (v, digits = 4) => {
  const text = String(Number(v.toFixed(digits)));
  return (Object.is(Number(text), -0) ? "0" : text).replace("-", "−");
};
const rows = (A, digits) => A.map((row) => row.map((v) => number(v, digits)).join("  "));

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function startWalk(root) {
  const given = JSON.parse(root.dataset.start);
  const [boxWidth, lineHeight, spareLines] = ["boxWidth", "lineHeight", "spareLines"]
    .map((name) => Number(root.dataset[name]));  // as mlp.graph_walk wrote them
  const steps = [...root.querySelectorAll(".walk-steps > li")];
  const status = root.querySelector(".walk-status");
  const computed = new Set(steps.filter((step) => step.dataset.way === "forward").map((step) => step.dataset.node));
  const symbol = (name) => root.querySelector(`[data-node="${name}"] .walk-name`).textContent;
  let at = 0;

  function show() {
    const state = Network.walk(given);
    const reached = { forward: new Set(), backward: new Set() };
    steps.forEach((step, i) => {
      const { node, way } = step.dataset;
      const parts = { value: state.value[node], slope: state.slope[way][node], g: state.g[node] };
      for (const place of step.querySelectorAll("[data-part]"))
        place.innerHTML = rows(parts[place.dataset.part]).join("<br>");
      step.hidden = i !== at;
      if (i <= at) reached[way].add(node);
    });
    for (const box of root.querySelectorAll(".walk-node")) draw(box, state, reached);
    const { node, way } = steps[at].dataset;
    const shown = way === "forward" ? state.value[node] : state.g[node];
    counter.textContent = `Step ${at + 1} of ${steps.length}`;
    status.textContent =
      `${counter.textContent}, ${way}, ${symbol(node)}: ` +
      `${way === "forward" ? "value" : "g ="} ${rows(shown).join("; ")}`;
  }

  function draw(box, state, reached) {
    const { node } = box.dataset;
    const ahead = computed.has(node) && !reached.forward.has(node);
    const lines = [];
    if (!ahead) lines.push(...rows(state.value[node], 2));
    if (reached.backward.has(node)) lines.push(...rows(state.g[node], 2).map((row) => `g ${row}`));
    const now = steps[at].dataset.node === node;
    box.classList.toggle("now", now);
    if (now) center(box);
    box.classList.toggle("ahead", ahead);
    fill(box, lines);
  }

  // On a phone the drawing is wider than the page: scroll it to the node, and not the page.
  function center(box) {
    const drawing = root.querySelector(".walk-drawing");
    const [inner, outer] = [box, drawing].map((shape) => shape.getBoundingClientRect());
    drawing.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }

  function fill(box, lines) {
    for (const old of box.querySelectorAll(".walk-number")) old.remove();
    const high = lineHeight * (lines.length + spareLines);
    const rect = box.querySelector("rect");
    const wide = Math.max(boxWidth, 18 + 7.2 * Math.max(0, ...lines.map((line) => line.length)));
    rect.setAttribute("x", -wide / 2);
    rect.setAttribute("width", wide);
    rect.setAttribute("y", -high / 2);
    rect.setAttribute("height", high);
    box.querySelector(".walk-name").setAttribute("y", -high / 2 + lineHeight + 1);
    lines.forEach((line, i) => {
      const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      text.setAttribute("class", "walk-number" + (line.startsWith("g ") ? " gradient" : ""));
      text.setAttribute("y", -high / 2 + lineHeight * (i + 2) + 1);
      text.textContent = line;
      box.append(text);
    });
  }

  function go(to) {
    at = Math.min(Math.max(to, 0), steps.length - 1);
    first.disabled = back.disabled = at === 0;
    next.disabled = at === steps.length - 1;
    show();
  }

  const button = (text, act) => element("button", { type: "button", textContent: text, onclick: act });
  const first = button("Start", () => go(0));
  const back = button("Back", () => go(at - 1));
  const next = button("Next step", () => go(at + 1));
  const counter = element("span", { ariaHidden: "true" });

  function field(name, i, j) {
    const index = (given[name].length > 1 ? i + 1 : "") + String(given[name][0].length > 1 ? j + 1 : "");
    const input = element("input", { type: "number", step: "0.1", value: Number(given[name][i][j].toFixed(4)) });
    if (name === "y") Object.assign(input, { step: "1", min: "0", max: "1" });
    input.addEventListener("input", () => {
      if (!input.checkValidity() && name === "y") return;
      if (!Number.isFinite(input.valueAsNumber)) return;
      given[name][i][j] = input.valueAsNumber;
      show();
    });
    return element("label", {}, `${symbol(name)}`, element("sub", { textContent: index }), input);
  }
  const fields = (names) =>
    names.flatMap((name) => given[name].flatMap((row, i) => row.map((_, j) => field(name, i, j))));
  const weights = Object.keys(given).filter((name) => "Wb".includes(name[0]));
  const controls = root.querySelector(".walk-controls");
  controls.append(
    element("div", { className: "walk-buttons" }, first, back, next, counter),
    element("fieldset", {}, element("legend", { textContent: "Input and target" }), ...fields(["h0", "y"])),
    element("details", {}, element("summary", { textContent: "Change a weight or a bias" }),
      element("fieldset", {}, element("legend", { textContent: "Parameters" }), ...fields(weights))),
  );
  controls.hidden = false;
  root.classList.add("live");
  go(0);
}

document.querySelectorAll(".graph-walk:not(.live)").forEach(startWalk);
