// Draw a digit: the two networks of draw_weights.js answer at every stroke. `mlp.drawing_board` wrote
// the parts of the page; this script fills them. The arithmetic is in network.js.
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

function matrix({ shape: [n, m], base64 }, step, Type) {
  const whole = new Type(bytes(base64).buffer);
  return Array.from({ length: n }, (_, i) => Array.from(whole.subarray(i * m, (i + 1) * m), (v) => v * step));
}

const NETS = Object.fromEntries(Object.entries(DIGITS.nets).map(([key, { W1, step1, b1, W2, step2, b2 }]) => [
  key, { W1: matrix(W1, step1, Int8Array), b1, W2: matrix(W2, step2, Int8Array), b2 }]));
const SAMPLES = matrix(DIGITS.samples, 1 / 255, Uint8Array);
const SIDE = Math.sqrt(SAMPLES[0].length);  // of an image the networks see, in pixels
const answers = (x) =>
  Object.fromEntries(Object.keys(NETS).map((key) => [key, Network.classify(x, NETS[key], Network[key])]));

// A gray picture of an image's values; `spread` stretches them to the full range.
function picture(values, spread = false) {
  const low = spread ? Math.min(...values) : 0, high = spread ? Math.max(...values) : 1;
  const image = new ImageData(SIDE, SIDE);
  values.forEach((v, i) => image.data.set([...Array(3).fill(255 * (v - low) / (high - low)), 255], 4 * i));
  return image;
}

function onCanvas(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function startDrawing(root) {
  const find = (selector) => root.querySelector(selector);
  const field = find(".draw-field"), verdict = find(".draw-verdict");
  const status = find(".draw-status"), note = find(".draw-note");
  const pen = field.getContext("2d", { willReadFrequently: true });
  const seen = find(".draw-seen").getContext("2d");
  const hidden = find(".draw-hidden").getContext("2d");
  const weights = Object.fromEntries(Object.entries(NETS).map(([key, { W1 }]) =>
    [key, Network.transpose(W1).map((w) => onCanvas(picture(w, true)))]));
  const size = field.width;
  const columns = Math.sqrt(weights.relu.length);  // of the hidden units' pictures
  const tile = hidden.canvas.width / columns, frame = (tile - SIDE) / 2;
  const titles = Object.fromEntries([...root.querySelectorAll("input")].map((radio) =>
    [radio.value, radio.parentElement.textContent.trim()]));
  let x = null, waiting = false;  // the pixels the networks see; null without ink
  const before = [];  // the field and x, before each of the last strokes

  function show() {
    const found = x && answers(x);
    seen.putImageData(picture(x ?? Array(SIDE * SIDE).fill(0)), 0, 0);
    for (const cell of root.querySelectorAll("[data-net]")) {
      const P = found?.[cell.dataset.net].P, digit = cell.parentElement.sectionRowIndex;
      cell.querySelector(".draw-bar").style.width = `${P ? 100 * P[digit] : 0}%`;
      cell.querySelector(".draw-value").textContent = P ? (100 * P[digit]).toFixed(1) : "–";
      cell.classList.toggle("top", Boolean(P) && P[digit] === Math.max(...P));
    }
    showHidden(found);
    judge(found);
    return found;
  }

  const best = ({ P }) => P.indexOf(Math.max(...P));

  function judge(found) {
    const says = Object.entries(found ?? {}).map(([key, answer]) =>
      `${titles[key]}: ${best(answer)} (${Math.round(100 * Math.max(...answer.P))} %)`);
    const agree = new Set(Object.values(found ?? {}).map(best)).size < 2;
    verdict.textContent = found ? `${says.join(", ")}${agree ? "" : ". They disagree!"}` : "Draw a digit.";
  }

  function showHidden(found) {
    const key = find("input:checked").value, { width } = hidden.canvas;
    const h = found?.[key].hidden ?? Array(weights[key].length).fill(0);
    const top = key === "relu" ? Math.max(...h) || 1 : 1;
    hidden.fillStyle = "#000";
    hidden.fillRect(0, 0, width, width);
    weights[key].forEach((image, unit) => {
      const share = h[unit] / top, left = tile * (unit % columns), high = tile * Math.floor(unit / columns);
      hidden.globalAlpha = share;
      hidden.fillStyle = "#ffa040";
      hidden.fillRect(left, high, tile, tile);
      hidden.globalAlpha = 1;
      hidden.fillStyle = "#000";
      hidden.fillRect(left + frame, high + frame, SIDE, SIDE);
      hidden.globalAlpha = 0.25 + 0.75 * share;
      hidden.drawImage(image, left + frame, high + frame);
      hidden.globalAlpha = 1;
    });
    const limit = key === "relu" ? 0 : 0.5, strongest = h.indexOf(Math.max(...h));
    note.textContent = found
      ? `${h.filter((v) => v > limit).length} of ${h.length} ${titles[key]} units are above ${limit}; ` +
        `the strongest is unit ${strongest + 1} with ${h[strongest].toFixed(2)}.`
      : "The frames appear with your drawing.";
  }

  // Spoken once a stroke, not at every move.
  function announce(found) {
    const says = found && Object.entries(found).map(([key, answer]) =>
      `the ${titles[key]} network says ${best(answer)} with ${Math.round(100 * Math.max(...answer.P))} %`,
    ).join("; ");
    status.textContent = says ? `${says[0].toUpperCase()}${says.slice(1)}.` : "Nothing is drawn yet.";
  }

  function read() {
    const { data } = pen.getImageData(0, 0, size, size);
    const ink = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => data[4 * (i * size + j)] / 255));
    const centered = Network.center(ink).flat();
    x = centered.some((v) => v > 0) ? centered : null;
    return show();
  }

  function blank() {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, size, size);
    x = null;
  }

  const keep = () => {
    before.push([pen.getImageData(0, 0, size, size), x]);
    if (before.length > 20) before.shift();
  };
  function undo() {
    if (!before.length) return;
    const [image, pixels] = before.pop();
    pen.putImageData(image, 0, 0);
    x = pixels;
    announce(show());
  }

  const place = (event) => {
    const box = field.getBoundingClientRect();
    return [(event.clientX - box.left) * size / box.width, (event.clientY - box.top) * size / box.height];
  };
  function stroke(from, to) {
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: 22, lineCap: "round" });
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  }

  let last = null;  // where the pen is while it draws
  field.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    keep();
    field.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
    event.preventDefault();
  });
  field.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) {
      const next = place(step);
      stroke(last, next);
      last = next;
    }
    if (waiting) return;
    waiting = true;  // at most one answer for each picture of the screen
    requestAnimationFrame(() => { waiting = false; if (last) read(); });
  });
  for (const end of ["pointerup", "pointercancel"])
    field.addEventListener(end, () => { if (last) { last = null; announce(read()); } });

  find(".draw-undo").addEventListener("click", undo);
  find(".draw-clear").addEventListener("click", () => { keep(); blank(); announce(show()); });
  for (const button of root.querySelectorAll("[data-sample]")) {
    const sample = SAMPLES[button.dataset.sample], image = picture(sample);
    button.querySelector("canvas").getContext("2d").putImageData(image, 0, 0);
    button.addEventListener("click", () => {
      keep();
      blank();
      pen.imageSmoothingEnabled = false;
      pen.drawImage(onCanvas(image), 0, 0, size, size);
      x = sample;
      announce(show());
    });
  }
  for (const radio of root.querySelectorAll("input")) radio.addEventListener("change", show);

  find(".draw-fallback").hidden = true;
  find(".draw-live").hidden = false;
  root.classList.add("live");
  blank();
  announce(show());
}

document.querySelectorAll(".draw:not(.live)").forEach(startDrawing);
