"""Questions to the search, and the sections that answer, chosen by reading the book.

They were written before anyone looked at what the search answers, then parted at
random. The search was made better on the first half alone; nothing was changed for the
second.
"""

TUNED_ON = {
    "why not initialize weights to zero": ["build/forward#why-random"],
    "why do we need nonlinear activations": [
        "build/activations#two-layers-without-a-bend-are-one-layer"
    ],
    "sigmoid derivative": [
        "build/activations#the-slope-of-the-input-z-or-of-the-output-h",
        "derive/backpropagation#the-slope-read-from-the-output",
    ],
    "binary cross entropy gradient": ["build/losses#one-output-binary-cross-entropy"],
    "labels start at 1": [
        "build/losses#bad-labels",
        "build/model#what-bad-input-is-told",
    ],
    "L1 vs L2": [
        "build/model#l1-against-l2",
        "derive/regularization#two-weights-the-paths",
        "train/penalties#weight-images-side-by-side",
    ],
    "does regularization improve accuracy": [
        "train/penalties#the-sweep",
        "train/penalties#what-did-it-buy",
    ],
    "elastic net": ["derive/regularization#ex-regularization-elastic"],
    "factor 2 in weight decay": [
        "derive/regularization#problem-3-s-is-not-the-code-s-reg",
        "build/losses#two-conventions-for-one-weight",
        "reference/errata#erratum-5-two-conventions-under-one-name",
        "derive/regularization#l2-the-weights-decay",
    ],
    "matmul shape mismatch": [
        "build/forward#shapes-are-a-type-system",
        "build/backward#the-rule-of-shapes",
    ],
    "multivariable chain rule": ["derive/computation_graph#several-paths-add"],
    "learning rate schedule": [
        "build/training#the-learning-rate-s-decay",
        "explore/beyond_98#the-ladder",
        "reference/glossary#term-learning-rate-decay",
    ],
    "number of parameters": ["build/model#any-depth", "build/model#ex-model-count"],
    "sum(axis=0)": [
        "build/backward#step-2-the-biases-of-the-last-layer",
        "derive/every_size#by-the-biases",
    ],
    "(P - Y)/N": ["derive/softmax#the-gradient", "build/losses#the-gradient"],
    "h(1-h)": [
        "build/activations#the-slope-of-the-input-z-or-of-the-output-h",
        "derive/backpropagation#the-slope-read-from-the-output",
    ],
    "∂J/∂b": [
        "derive/every_size#by-the-biases",
        "build/backward#step-2-the-biases-of-the-last-layer",
        "derive/backpropagation#q1-2-the-bias-of-the-output",
    ],
    "np.savez": ["build/model#saving-and-loading"],
    "Q3.1": ["derive/regularization#l2-the-weights-decay"],
    "nn.Linear weight shape": [
        "explore/peers_pytorch#one-layer-transposed",
        "reference/notation#pytorch",
    ],
    "gradient check fails with relu": [
        "build/gradient_check#kinks",
        "build/gradient_check#when-it-can-t-tell",
    ],
    "same seed different results": [
        "train/reproducibility#what-a-seed-promises",
        "train/mnist_relu#chaotic-is-not-random",
        "reference/errata#erratum-8-a-seed-taken-for-a-promise",
    ],
    "alpha in sklearn": ["explore/peers#what-alpha-is-divided-by"],
    "memory for activations": ["derive/cost#the-price-of-remembering-memory"],
    "denormals slow": [
        "explore/speed#numbers-next-to-zero",
        "reference/glossary#term-subnormal-number",
    ],
    "int8 quantization": ["train/draw#one-byte-a-weight"],
    "Hessian eigenvalues": [
        "train/reproducibility#a-tool-for-the-steepest-curvature",
        "reference/glossary#term-Hessian",
        "train/reproducibility#step-size-against-curvature",
    ],
    "divide pixels by 255": [
        "train/mnist_data#why-the-scale-matters",
        "build/data#centered-not-scaled",
    ],
    "corrupt download": ["build/data#damaged-files", "build/data#why-a-fingerprint"],
    "grade my notebook": ["reference/solve#a-whole-notebook"],
}

HELD_OUT = {
    "he initialization": [
        "explore/depth#seven-ways-to-start",
        "explore/depth#one-random-layer",
        "build/forward#how-large",
    ],
    "derivative of tanh": [
        "derive/every_size#derivatives-written-in-the-output",
        "build/activations#tanh",
    ],
    "stable softmax": [
        "build/losses#the-shift",
        "derive/softmax#what-the-shift-is-good-for",
        "derive/softmax#a-shift-is-free",
    ],
    "softmax vs sigmoid": [
        "derive/softmax#two-classes-are-the-sigmoid",
        "build/losses#the-same-as-two-classes",
    ],
    "label smoothing": [
        "derive/softmax#ex-softmax-soft",
        "derive/softmax#without-the-hypothesis",
    ],
    "expected loss before training": ["build/model#at-chance-the-loss-is-ln-k"],
    "overfit a tiny batch": [
        "build/training#twenty-examples-learned-by-heart",
        "train/mnist_sigmoid#twenty-images-first",
    ],
    "bias broadcasting bug": ["build/forward#broadcasting-adds-b-to-every-row"],
    "multiply gate": ["derive/computation_graph#add-multiply-max"],
    "sigmoid or relu": [
        "train/choosing#choosing-an-activation",
        "train/choosing#accuracy",
        "train/choosing#the-same-question-with-scaled-inputs",
        "train/choosing#the-same-question-with-more-layers",
    ],
    "exploding gradients": [
        "reference/glossary#term-exploding-gradient",
        "explore/depth#a-chain-of-single-units",
        "explore/depth#one-knob-the-gain",
        "explore/depth#seven-ways-to-start",
    ],
    "one training step": [
        "build/training#one-step",
        "derive/regularization#one-step-of-descent",
        "derive/every_size#the-step-downhill",
    ],
    "X.T @ dZ": [
        "build/backward#step-1-the-weights-of-the-last-layer",
        "derive/every_size#by-the-weights",
        "derive/every_size#the-bridge-to-the-code",
        "build/backward#every-line-and-its-shape",
    ],
    "⊙": [
        "reference/glossary#term-element-wise-product",
        "reference/notation#signs-and-letters",
    ],
    "σ'(z)": [
        "build/activations#the-slope-of-the-input-z-or-of-the-output-h",
        "derive/backpropagation#the-slope-read-from-the-output",
    ],
    "θ - η g": [
        "derive/every_size#the-step-downhill",
        "derive/regularization#one-step-of-descent",
        "build/training#one-step",
    ],
    "np.maximum(0, x)": ["build/activations#relu-and-its-mask"],
    "Q2.4": ["train/toy#q2-4-the-relu-network"],
    "loss.backward()": ["explore/peers_pytorch#gradients-without-a-backward-pass"],
    "autograd.Function": [
        "explore/peers_pytorch#who-checks-a-backward-rule-of-your-own"
    ],
    "CrossEntropyLoss logits": ["explore/peers_pytorch#scores-not-probabilities"],
    "best epsilon for gradient check": ["build/gradient_check#how-large-a-step"],
    "relative error 1e-6": [
        "build/gradient_check#why-a-correct-gradient-shows-2e-6",
        "build/gradient_check#why-no-threshold-works",
        "reference/errata#erratum-6-a-promise-finer-than-the-ruler",
    ],
    "recompute activations to save memory": [
        "derive/cost#in-between-store-every-c-th-layer",
        "reference/glossary#term-checkpointing",
    ],
    "multithreading": ["explore/speed#threads"],
    "confidence interval of accuracy": [
        "explore/beyond_98#how-exact-is-an-accuracy",
        "reference/glossary#term-standard-error",
    ],
    "layernorm backward": ["reference/prove_your_own#a-worked-example"],
    "mnist license": ["train/mnist_data#whose-digits"],
    "class imbalance": ["train/mnist_data#nearly-balanced"],
    "wrong gradient but it trains": [
        "explore/broken_gradients#why-they-train-all-the-same",
        "explore/broken_gradients#train-them",
    ],
}

# Questions whose sections don't come first: they lack a word that was asked for.
LACKS = {
    "does regularization improve accuracy": "improve",
    "labels start at 1": "start",
    "matmul shape mismatch": "mismatch",
    "multivariable chain rule": "multivariable",
    "number of parameters": "parameters",
    "why do we need nonlinear activations": "nonlinear",
    "CrossEntropyLoss logits": "logits",
    "class imbalance": "imbalance",
    "confidence interval of accuracy": "confidence",
    "expected loss before training": "expected",
    "label smoothing": "smoothing",
    "mnist license": "license",
    "multiply gate": "gate",
    "multithreading": "multithreading",
    "overfit a tiny batch": "tiny",
    "recompute activations to save memory": "activations",
    "stable softmax": "stable",
    "wrong gradient but it trains": "wrong",
}

# They have all words, and another section that has them comes first.
BEHIND = {
    "factor 2 in weight decay": "derive/regularization#the-factor-by-itself",
    "gradient check fails with relu": "build/gradient_check#where-it-fails",
    "sum(axis=0)": "today/normalization#the-code-proved",
    "why not initialize weights to zero": (
        "build/forward#first-weights-small-random-in-a-fixed-order"
    ),
    "X.T @ dZ": "derive/every_size#one-whole-layer",
    "np.maximum(0, x)": "derive/cost#could-a-layer-run-backward",
    "relative error 1e-6": "reference/glossary#term-relative-error",
    "sigmoid or relu": "train/draw#what-changes-when-the-sigmoid-replaces-relu",
}
