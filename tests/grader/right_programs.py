"""Right programs in the styles in which people write them, and wrong ones like them.

Each is an edit of the plain solution: pairs of what stands there and what is put there.
"""

from test_grader_programs import SOLUTION

SIGMOID, RELU = "1 / (1 + np.exp(-z))", "np.maximum(z, 0)"
SLOPE = "h * (1 - h) if"
MASK = "else h > 0"
START = "        N, W1, W2 = len(X), "
LOG_P = """\
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
"""
LOSS = "        loss = -log_p[np.arange(N), y].mean()\n"
PENALTY = "        loss += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))\n"
GRADS = """\
        grads = {"W1": X.T @ dz + reg * W1, "b1": dz.sum(axis=0)}
        grads["W2"] = h.T @ d + reg * W2
        grads["b2"] = d.sum(axis=0)
"""
RETURN = "        return loss, grads\n"
FORWARD = '        z = X @ self.params["W1"] + self.params["b1"]\n'
SCORES = 'h @ self.params["W2"] + self.params["b2"]'
Z_OF_X = '(X @ W1 + self.params["b1"])'
SINGLE = ".astype(np.float32)"

AT_A_KINK = {  # what a ReLU's slope is at 0 is anybody's choice from 0 to 1
    "the mask is z > 0": [(MASK, f"else {Z_OF_X} > 0")],
    "the mask is z >= 0": [(MASK, f"else {Z_OF_X} >= 0")],
    "the mask is not z < 0": [(MASK, f"else np.where({Z_OF_X} < 0, 0.0, 1.0)")],
    "half a slope at 0": [(MASK, f"else np.heaviside{Z_OF_X[:-1]}, 0.5)")],
    "a ReLU of absolute values": [
        (RELU, "(z + np.abs(z)) / 2"),
        (MASK, f"else (1 + np.sign{Z_OF_X}) / 2"),
    ],
    "a ReLU of a product": [(RELU, "z * (z > 0)")],
}
NOT_A_SLOPE = {  # at 0 they are none of a ReLU's
    "twice": f"else np.where({Z_OF_X} == 0, 2.0, h > 0)",
    "of the other sign": f"else np.where({Z_OF_X} == 0, -1.0, h > 0)",
    "h / z": f"else h / {Z_OF_X}",
    "with z / |z|": f"else (1 + {Z_OF_X} / np.abs{Z_OF_X}) / 2",
}
IN_DOUBLE = {
    **AT_A_KINK,
    "1/N at the end": [
        ("        d /= N\n", ""),
        (
            GRADS,
            GRADS.replace("X.T @ dz", "X.T @ dz / N")
            .replace("dz.sum(axis=0)", "dz.mean(axis=0)")
            .replace("h.T @ d ", "h.T @ d / N ")
            .replace("d.sum(axis=0)\n", "d.sum(axis=0) / N\n"),
        ),
    ],
    "1/N in the mask": [
        ("        d /= N\n", ""),
        ("dz = d @ W2.T * slope", "d, dz = d / N, d @ W2.T * (slope / N)"),
    ],
    "sums from the last to the first": [
        ("X.T @ dz", "X[::-1].T @ dz[::-1]"),
        ("h.T @ d", "np.einsum('nh,nk->hk', h[::-1], d[::-1])"),
        ("dz.sum(axis=0)", "np.cumsum(dz[::-1], axis=0)[-1]"),
        ("y].mean()", "y][::-1].sum() / N"),
    ],
    "bias in the matrix": [
        (
            GRADS,
            "        ones = np.ones((N, 1))\n"
            "        both = np.hstack([X, ones]).T @ dz\n"
            "        grads = {'W1': both[:-1] + reg * W1, 'b1': both[-1]}\n"
            "        both = np.hstack([h, ones]).T @ d\n"
            "        grads.update(W2=both[:-1] + reg * W2, b2=both[-1])\n",
        )
    ],
    "log-sum-exp": [
        (
            LOSS,
            "        top = scores.max(axis=1)\n"
            "        lse = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))\n"
            "        loss = np.mean(lse - scores[np.arange(N), y])\n",
        )
    ],
    "logaddexp": [
        (LOG_P, "        log_p = scores - np.logaddexp.reduce(scores, 1)[:, None]\n")
    ],
    "softmax, then the logarithm, kept from 0": [
        (
            LOG_P,
            "        scores = scores - scores.max(axis=1, keepdims=True)\n"
            "        p = np.exp(scores)\n"
            "        p /= p.sum(axis=1, keepdims=True)\n"
            "        log_p = np.log(np.maximum(p, 1e-300))\n"
            "        log_p = np.where(p > 1e-300, log_p, scores)\n",
        )
    ],
    "one-hot rows": [
        (
            "        d[np.arange(N), y] -= 1\n",
            "        d = d - np.eye(d.shape[1])[y]\n",
        ),
        (LOSS, "        loss = -np.sum(np.eye(log_p.shape[1])[y] * log_p) / N\n"),
    ],
    "a sigmoid of tanh": [(SIGMOID, "0.5 * (1 + np.tanh(z / 2))")],
    "a sigmoid of logaddexp": [(SIGMOID, "np.exp(-np.logaddexp(0, -z))")],
    "a sigmoid in two pieces": [
        (
            SIGMOID,
            "np.where(z < 0, np.exp(np.minimum(z, 0)), 1) / (1 + np.exp(-np.abs(z)))",
        )
    ],
    "the sigmoid's slope from z": [
        (SLOPE, f"1 / (2 + 2 * np.cosh{Z_OF_X}) if"),
    ],
    "the sigmoid's slope as h - h²": [(SLOPE, "h - h**2 if")],
    "longer numbers": [
        (START, "        X = X.astype(np.longdouble)\n" + START),
    ],
    "real numbers only": [
        (
            START,
            "        assert not any(map(np.iscomplexobj, [X, *self.params.values()"
            "]))\n" + START,
        ),
    ],
    "the loss is an array": [(RETURN, "        return np.array(loss), grads\n")],
}
IN_SINGLE = {  # float32 here and there
    "inputs in float32": [(START, f"        X = X{SINGLE}\n" + START)],
    "all of the arithmetic in float32": [
        (
            FORWARD,
            f"        X = X{SINGLE}\n"
            f"        p = {{k: v{SINGLE} for k, v in self.params.items()}}\n"
            "        z = X @ p['W1'] + p['b1']\n",
        ),
        (SCORES, "h @ p['W2'] + p['b2']"),
        (START, f"        X = X{SINGLE}\n" + START),
        (
            'W1, W2 = len(X), self.params["W1"], self.params["W2"]\n',
            f"W1, W2 = len(X), self.params['W1']{SINGLE}, self.params['W2']{SINGLE}\n",
        ),
    ],
    "float32, given back as float64": [
        (SCORES, f"({SCORES}){SINGLE}"),
        (
            RETURN,
            "        grads = {k: np.float64(v) for k, v in grads.items()}\n"
            "        return float(loss), grads\n",
        ),
    ],
    "hidden values in float32": [("return h,", f"return h{SINGLE},")],
    "the error in float32": [("        d /= N\n", f"        d = d{SINGLE} / N\n")],
    "minibatches in float32": [
        (
            "self.loss(X[batch], y[batch], reg)",
            f"self.loss(X[batch]{SINGLE}, y[batch], reg)",
        ),
    ],
    "weights in float32": [
        (
            "np.random.randn(input_size, hidden_size)",
            f"np.random.randn(input_size, hidden_size){SINGLE}",
        ),
        (
            "np.random.randn(hidden_size, num_classes)",
            f"np.random.randn(hidden_size, num_classes){SINGLE}",
        ),
    ],
}
RIGHT = {**IN_DOUBLE, **IN_SINGLE}


def edited(edits):
    """The solution with these edits."""
    text = SOLUTION
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text
