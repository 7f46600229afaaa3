// The arithmetic of the pages one can touch. A matrix is an array of rows.
// tests/site compares every function here with the package `mlp`.
const Network = {
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  relu: (z) => Math.max(z, 0),
  map: (f, A, B) => A.map((row, i) => row.map((a, j) => f(a, B?.[i][j]))),
  transpose: (A) => A[0].map((_, j) => A.map((row) => row[j])),
  product: (A, B) =>
    A.map((row) => B[0].map((_, j) => row.reduce((sum, a, k) => sum + a * B[k][j], 0))),

  // Problem 1's network for one example, a column: the value and g of every node, and the local
  // derivative that each step multiplies by, forward and backward.
  walk({ h0, y, W1, b1, W2, b2 }) {
    const { map, product, transpose, sigmoid } = Network;
    const affine = (W, h, b) => map((p, q) => p + q, product(W, h), b);
    const slope = (h) => map((v) => v * (1 - v), h);
    const times = (A, B) => map((p, q) => p * q, A, B);
    const a1 = affine(W1, h0, b1), h1 = map(sigmoid, a1);
    const a2 = affine(W2, h1, b2), h2 = map(sigmoid, a2);
    const J = map((h, t) => (t ? -Math.log(h) : -Math.log(1 - h)), h2, y);
    const value = { h0, y, W1, b1, W2, b2, a1, h1, a2, h2, J };
    const start = map((h, t) => (h - t) / (h * (1 - h)), h2, y);
    const forward = { a1: W1, h1: slope(h1), a2: W2, h2: slope(h2), J: start };
    const backward = {
      h2: start, a2: forward.h2, b2: [[1]], W2: transpose(h1),
      h1: transpose(W2), a1: forward.h1, b1: [[1]], W1: transpose(h0),
    };
    const g = { h2: start };
    g.a2 = g.b2 = times(g.h2, backward.a2);
    g.W2 = product(g.a2, backward.W2);
    g.h1 = product(backward.h1, g.a2);
    g.a1 = g.b1 = times(g.h1, backward.a1);
    g.W1 = product(g.a1, backward.W1);
    return { value, slope: { forward, backward }, g };
  },

  // Loss and gradient by the score a of a sigmoid output with target y, for scores of any size.
  fromScore: (a, y) => ({
    J: Math.max(a, 0) - a * y + Math.log1p(Math.exp(-Math.abs(a))),
    g: Network.sigmoid(a) - y,
  }),

  // Class probabilities of one image, a row x, and the activations of its hidden units.
  classify(x, { W1, b1, W2, b2 }, f) {
    const { map, product } = Network;
    const H1 = map((z, b) => f(z + b), product([x], W1), [b1]);
    const scores = map((s, b) => s + b, product(H1, W2), [b2])[0];
    const top = Math.max(...scores);
    const powers = scores.map((s) => Math.exp(s - top));
    const total = powers.reduce((sum, p) => sum + p, 0);
    return { hidden: H1[0], P: powers.map((p) => p / total) };
  },

  // A drawing scaled and moved as MNIST's digits were: mlp.digits.center, line by line.
  averaging: (n, m) =>
    Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) =>
      Math.max(0, Math.min((i + 1) * n / m, j + 1) - Math.max(i * n / m, j)) * m / n)),

  center(ink, box = 20, side = 28) {
    const { averaging, product, transpose } = Network;
    const field = Array.from({ length: side }, () => Array(side).fill(0));
    const rows = ink.flatMap((row, i) => (row.some((v) => v > 0) ? [i] : []));
    if (!rows.length) return field;
    const used = ink[0].flatMap((_, j) => (rows.some((i) => ink[i][j] > 0) ? [j] : []));
    const crop = ink.slice(rows[0], rows.at(-1) + 1).map((row) => row.slice(used[0], used.at(-1) + 1));
    const n = crop.length, m = crop[0].length;
    const [h, w] = [n, m].map((k) => Math.max(1, Math.floor(box * k / Math.max(n, m) + 0.5)));
    const digit = product(product(averaging(n, h), crop), transpose(averaging(m, w)));
    const sum = (values) => values.reduce((total, v) => total + v, 0);
    const corner = (A) => {
      const middle = sum(A.map((row, i) => i * sum(row))) / sum(A.map(sum));
      return Math.min(Math.max(Math.floor(side / 2 - middle + 0.5), 0), side - A.length);
    };
    const top = corner(digit), left = corner(transpose(digit));
    digit.forEach((row, i) => row.forEach((v, j) => { field[top + i][left + j] = v; }));
    return field;
  },
};
