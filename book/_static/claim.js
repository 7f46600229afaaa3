// The claims on the title page: a tap compares a formula with the slopes of the loss, at the
// numbers that are shown. tests/site compares what is computed here with the package `mlp`.
const Claims = {
  values: {
    "no 1/N": (p, y) => p - y,
    "sign": (p, y, N) => (y - p) / N,
    "1/K": (p, y, N, K) => (p - y) / K,
    "times P, as for a sigmoid": (p, y, N) => p * (p - y) / N,
    "eq:softmax-cross-entropy": (p, y, N) => (p - y) / N,
  },

  softmax: (row) => {
    const powers = row.map((s) => Math.exp(s - Math.max(...row)));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  },

  // The mean cross-entropy: the logarithm of each row's sum of powers, minus its right score.
  loss: (S, labels) => {
    const rows = S.map((row, i) => {
      const top = Math.max(...row);
      return Math.log(row.reduce((sum, s) => sum + Math.exp(s - top), 0)) + top - row[labels[i]];
    });
    return rows.reduce((a, b) => a + b) / S.length;
  },

  // Centered differences: each score is moved by h and by -h, the others stay.
  slopes: (S, labels, h = 1e-5) => {
    const moved = (i, j, by) => S.map((row, a) => row.map((s, b) => (a === i && b === j ? s + by : s)));
    const at = (i, j, by) => Claims.loss(moved(i, j, by), labels);
    return S.map((row, i) => row.map((_, j) => (at(i, j, h) - at(i, j, -h)) / (2 * h)));
  },

  claimed: (name, S, labels) =>
    S.map((row, i) => Claims.softmax(row).map((p, j) =>
      Claims.values[name](p, Number(labels[i] === j), S.length, row.length))),

  // Where the two differ most, or null: differences are good to 1e-9.
  furthest: (claimed, slopes) => {
    const misses = claimed.flatMap((row, i) => row.map((c, j) => ({ i, j, by: Math.abs(c - slopes[i][j]) })));
    const worst = misses.reduce((a, b) => (b.by > a.by ? b : a));
    return worst.by < 1e-6 ? null : worst;
  },

  shown: (v) => v.toFixed(3).replace("-0.000", "0.000").replace("-", "−"),
};

function startClaim(root) {
  const given = JSON.parse(root.dataset.given);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const buttons = [...root.querySelectorAll("[data-claim]")];
  const verdict = root.querySelector(".claim-verdict");
  let name = buttons[0].dataset.claim;

  function fill(table, A, text, mark) {
    root.querySelectorAll(`[data-table="${table}"] td`).forEach((cell, k) => {
      const [i, j] = [Math.floor(k / A[0].length), k % A[0].length];
      cell.textContent = text(A[i][j]);
      cell.className = mark(i, j);
    });
  }

  function show() {
    const { scores, labels } = given;
    const claimed = Claims.claimed(name, scores, labels);
    const slopes = Claims.slopes(scores, labels);
    const worst = Claims.furthest(claimed, slopes);
    const there = (i, j) => (worst?.i === i && worst.j === j ? "worst" : "");
    fill("scores", scores, (v) => String(v).replace("-", "−"), (i, j) => (labels[i] === j ? "right" : ""));
    fill("claimed", claimed, Claims.shown, there);
    fill("slopes", slopes, Claims.shown, there);
    for (const button of buttons) button.ariaPressed = String(button.dataset.claim === name);
    verdict.classList.toggle("refused", worst !== null);
    verdict.classList.toggle("agrees", worst === null);
    root.querySelector(".claim-refused").hidden = worst === null;
    root.querySelector(".claim-agrees").hidden = worst !== null;
    if (!worst) return;
    part("row").textContent = worst.i + 1;
    part("column").textContent = worst.j + 1;
    part("claimed").textContent = Claims.shown(claimed[worst.i][worst.j]);
    part("true").textContent = Claims.shown(slopes[worst.i][worst.j]);
  }

  const drawn = (n) => Math.floor(Math.random() * n);
  for (const button of buttons)
    button.addEventListener("click", () => {
      name = button.dataset.claim;
      show();
    });
  root.querySelector(".claim-again").addEventListener("click", () => {
    given.scores = given.scores.map((row) => row.map(() => drawn(7) - 3));
    given.labels = given.labels.map(() => drawn(given.scores[0].length));
    show();
  });
  show();
}

addEventListener("DOMContentLoaded", () => document.querySelectorAll(".claim").forEach(startClaim));
