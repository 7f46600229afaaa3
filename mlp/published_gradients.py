# Made by `make generate` from book/today/judged.ipynb: edit it there.
import numpy as np

from mlp.judge import RECORDS, published

__all__ = ["RECORDS"]


def issue(repository, number, kind="issues"):
    """Return the address of a thread on GitHub."""
    return f"https://github.com/{repository}/{kind}/{number}"


def pull(repository, number):
    """Return the address of a pull request on GitHub."""
    return issue(repository, number, "pull")


def file(repository, commit, path):
    """Return the address of a file on GitHub, as it stood at a commit."""
    return f"https://github.com/{repository}/blob/{commit}/{path}"


ML_FROM_SCRATCH = "eriklindernoren/ML-From-Scratch"
TENSORFLOW = file(
    "tensorflow/tensorflow",
    "b0f6a5d42441049427bbc98a6296d59b6dd27d9d",
    "tensorflow/python/ops/nn_grad.py",
)
LLM_C = file(
    "karpathy/llm.c", "0109bd124a9c39d972ed8e85d7ed20080b495a06", "train_gpt2.c"
)


def batch_norm(x, g, b, eps):
    """Normalize columns; 1/N in the variance, ε inside the root."""
    centered = x - x.mean(axis=0)
    std = np.sqrt((centered**2).mean(axis=0) + eps)
    normed = centered / std
    return g * normed + b, (centered, std, normed, g)


BATCH = dict(forward=batch_norm, x="N D", g="D", b="D", eps="")
COLUMNS = "statistics over the batch, 1/N in the variance, ε inside the root"


@published(
    "batch norm",
    "Ioffe and Szegedy 2015, section 3",
    "https://arxiv.org/abs/1502.03167",
    "paper",
    COLUMNS,
    r"dx = \frac{d\hat x}{\sigma} + d\sigma^2\,\frac{2(x-\mu)}{N} + \frac{d\mu}{N}",
    **BATCH,
)
def ioffe_szegedy(dout, cache):
    centered, std, normed, g = cache
    N = dout.shape[0]
    dnormed = dout * g
    dvar = (dnormed * centered * (-1 / 2) * std ** (-3.0)).sum(axis=0)
    dmean = (dnormed * -1 / std).sum(axis=0) + dvar * (-2 * centered).sum(axis=0) / N
    dx = dnormed / std + dvar * 2 * centered / N + dmean / N
    return dx, (dout * normed).sum(axis=0), dout.sum(axis=0), None


@published(
    "batch norm",
    "F. Kratzert, blog: nine steps of a graph",
    "https://kratzert.github.io/2016/02/12/understanding-the-gradient-flow-through-"
    "the-batch-normalization-layer.html",
    "post",
    COLUMNS,
    r"dx = dx_1 + dx_2,\quad dx_2 = \tfrac1N \mathbf 1\,d\mu",
    **BATCH,
)
def kratzert(dout, cache):
    centered, std, normed, g = cache
    N = dout.shape[0]
    dnormed = dout * g
    dinverse = (dnormed * centered).sum(axis=0)
    dcentered = dnormed / std
    dstd = -1 / std**2 * dinverse
    dvar = 0.5 / std * dstd
    dsquares = np.ones_like(dout) / N * dvar
    dx1 = dcentered + 2 * centered * dsquares
    dmean = -dx1.sum(axis=0)
    dx = dx1 + np.ones_like(dout) / N * dmean
    return dx, (dout * normed).sum(axis=0), dout.sum(axis=0), None


@published(
    "batch norm",
    "ML-From-Scratch, BatchNormalization",
    file(
        ML_FROM_SCRATCH,
        "0c1e547ea467cf977f40daed70b1696fbb200126",
        "mlfromscratch/deep_learning/layers.py",
    ),
    "code",
    COLUMNS,
    r"dx = \frac{g}{N\sigma}\bigl(N\,dy - \textstyle\sum dy"
    r" - \frac{x-\mu}{\sigma^2}\sum dy\,(x-\mu)\bigr)",
    **BATCH,
)
def ml_from_scratch_batch_norm(dout, cache):
    centered, std, normed, g = cache
    N = dout.shape[0]
    along = centered / std**2 * (dout * centered).sum(axis=0)
    dx = 1 / N * g / std * (N * dout - dout.sum(axis=0) - along)
    return dx, (dout * normed).sum(axis=0), dout.sum(axis=0), None


@published(
    "batch norm",
    "Knet.jl, issue 288",
    issue("denizyuret/Knet.jl", 288),
    "thread",
    COLUMNS,
    r"dx = v + 2(x-\mu)\frac{d\sigma^2}{N} + \frac{d\mu}{N},\quad v = \frac{dy}{\sigma}"
    r"\text{, taken before } dy \text{ is multiplied by } g",
    given="every gain is 1",
    under={"g": 1.0},
    mended="pull request 289",
    **BATCH,
)
def knet_288(dout, cache):
    centered, std, normed, g = cache
    N = dout.shape[0]
    v = dout / std
    dvar = -0.5 * (v * centered / std**2).sum(axis=0)
    dmean = -v.sum(axis=0) - 2 * dvar * centered.sum(axis=0) / N
    dx = v + dvar * 2 * centered / N + dmean / N
    return dx, (centered * v).sum(axis=0), dout.sum(axis=0), None


@published(
    "batch norm",
    "mlpack, pull request 2474",
    pull("mlpack/mlpack", 2474),
    "thread",
    COLUMNS,
    r"dx = \frac{d\hat x}{\sigma} + d\sigma^2\,\frac{2(x-\mu)}{N}"
    r" - \frac1N\sum\frac{d\hat x}{\sigma}",
    doubted="a review misses the second term of the mean's gradient",
    **BATCH,
)
def mlpack_2474(dout, cache):
    centered, std, normed, g = cache
    N = dout.shape[0]
    dnormed = g * dout
    dvar = (dnormed * centered).sum(axis=0) * std ** (-3.0) * -0.5
    dx = dnormed / std + centered * dvar * 2 / N + (dnormed * -1 / std).sum(axis=0) / N
    return dx, (dout * normed).sum(axis=0), dout.sum(axis=0), None


def summed_batch_norm(x, g, b, eps):
    """Sum all outputs of a batch norm: the gradient by each output is 1."""
    out, cache = batch_norm(x, g, b, eps)
    return out.sum(), cache


@published(
    "batch norm",
    "Odyssey, pull request 2882",
    pull("HomericIntelligence/Odyssey", 2882),
    "thread",
    COLUMNS + "; the loss is the sum of all outputs",
    r"dx = \bigl(1 - \tfrac{k}{N} - \hat x\,\tfrac{d}{N}\bigr)\frac{g}{\sigma} = 0"
    r",\quad k = N,\ d = \textstyle\sum\hat x",
    summed_batch_norm,
    x="N D",
    g="D",
    b="D",
    eps="",
    doubted="a difference quotient of 0.009 is taken for the truth",
)
def odyssey_2882(dout, cache):
    centered, std, normed, g = cache
    N = centered.shape[0]
    k, d = N, normed.sum(axis=0)
    return dout * (1 - k / N - normed * d / N) * g / std, None, None, None


def layer_norm(x, g, b, eps):
    """Normalize rows; 1/D in the variance, ε inside the root."""
    centered = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)
    normed = centered / std
    return g * normed + b, (centered, std, normed, g)


LAYER = dict(forward=layer_norm, x="N D", g="D", b="D", eps="")
ROWS = "statistics over a row, 1/D in the variance, ε inside the root"


@published(
    "layer norm",
    "llm.c, layernorm_backward",
    LLM_C,
    "code",
    ROWS,
    r"dx = \frac1\sigma\bigl(d\hat x - \overline{d\hat x}"
    r" - \hat x\,\overline{d\hat x\,\hat x}\bigr)",
    **LAYER,
)
def llm_c_layer_norm(dout, cache):
    centered, std, normed, g = cache
    D = dout.shape[1]
    dnormed = g * dout
    mean = dnormed.sum(axis=1, keepdims=True) / D
    along = (dnormed * normed).sum(axis=1, keepdims=True) / D
    dx = (dnormed - mean - normed * along) / std
    return dx, (normed * dout).sum(axis=0), dout.sum(axis=0), None


@published(
    "layer norm",
    "Triton, tutorial 05",
    file(
        "triton-lang/triton",
        "0a99ae9ad2f7872191b7acb1f7afb11cdb5382e5",
        "python/tutorials/05-layer-norm.py",
    ),
    "documentation",
    ROWS,
    r"dx = \bigl(g\,dy - (\hat x\,c_1 + c_2)\bigr)\frac1\sigma,\quad"
    r" c_1 = \overline{\hat x\,g\,dy},\ c_2 = \overline{g\,dy}",
    **LAYER,
)
def triton_layer_norm(dout, cache):
    centered, std, normed, g = cache
    D = dout.shape[1]
    weighed = g * dout
    c1 = (normed * weighed).sum(axis=1, keepdims=True) / D
    c2 = weighed.sum(axis=1, keepdims=True) / D
    dx = (weighed - (normed * c1 + c2)) / std
    return dx, (dout * normed).sum(axis=0), dout.sum(axis=0), None


@published(
    "layer norm",
    "thinc, an older layer_norm.py",
    file(
        "explosion/thinc",
        "cbf5c37ebcbf348fe9822be380f72e911ff4a55d",
        "thinc/layers/layer_norm.py",
    ),
    "code",
    ROWS + "; the file adds its shift twice; only dx is judged, which no shift changes",
    r"dx = \frac{1}{D\sigma}\bigl(D\,dy - \textstyle\sum dy"
    r" - \frac{x-\mu}{\sigma^2}\sum dy\,(x-\mu)\bigr)",
    given="every gain is 1",
    under={"g": 1.0},
    mended="the file's next name, layernorm.py",
    **LAYER,
)
def thinc_older(dout, cache):
    centered, std, normed, g = cache
    D = dout.shape[1]
    total = dout.sum(axis=1, keepdims=True)
    along = (dout * centered).sum(axis=1, keepdims=True)
    dx = (D * dout - total - centered / std**2 * along) / std / D
    return dx, None, None, None


@published(
    "layer norm",
    "thinc, layernorm.py",
    file(
        "explosion/thinc",
        "05325d8deaad54a72b0ef8601fa5ee47d9e6aca5",
        "thinc/layers/layernorm.py",
    ),
    "code",
    ROWS,
    r"dx = \frac{1}{D\sigma}\bigl(D\,d\hat x - \textstyle\sum d\hat x"
    r" - \frac{x-\mu}{\sigma^2}\sum d\hat x\,(x-\mu)\bigr)",
    **LAYER,
)
def thinc_mended(dout, cache):
    centered, std, normed, g = cache
    D = dout.shape[1]
    dnormed = dout * g
    total = dnormed.sum(axis=1, keepdims=True)
    along = (dnormed * centered).sum(axis=1, keepdims=True)
    dx = (D * dnormed - total - centered / std**2 * along) / std / D
    return dx, (dout * normed).sum(axis=0), dout.sum(axis=0), None


@published(
    "layer norm",
    "numpy_ai, modules/layer_norm.py",
    file(
        "DanFosing/numpy_ai",
        "30b5267e49d11b11682a1bf963ab1d7ad3737b8c",
        "modules/layer_norm.py",
    ),
    "code",
    ROWS,
    r"dx = \frac{D\,d\hat x - \sum d\hat x - \hat x\sum d\hat x\,\hat x}{D\,\sigma}",
    **LAYER,
)
def numpy_ai_layer_norm(dout, cache):
    centered, std, normed, g = cache
    D = dout.shape[1]
    dnormed = dout * g
    total = dnormed.sum(axis=1, keepdims=True)
    along = (dnormed * normed).sum(axis=1, keepdims=True) * normed
    dx = (D * dnormed - total - along) / (D * std)
    return dx, (dout * normed).sum(axis=0), dout.sum(axis=0), None


def rms_norm(x, g, eps):
    """Divide rows by their root mean square, ε inside the root."""
    rms = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
    return g * x / rms, (x, rms, g)


RMS = dict(forward=rms_norm, x="N D", g="D", eps="")
SQUARES = "mean square over a row, ε inside the root"


@published(
    "RMS norm",
    "unsloth, rms_layernorm.py",
    file(
        "unslothai/unsloth",
        "0050c73e05ca9bb74e42d0649be410f177160c08",
        "unsloth/kernels/rms_layernorm.py",
    ),
    "code",
    SQUARES,
    r"dx = \frac{1}{D\,r}\bigl(D\,g\,dy - \hat x\textstyle\sum g\,dy\,\hat x\bigr)",
    **RMS,
)
def unsloth_rms(dout, cache):
    x, rms, g = cache
    D = dout.shape[1]
    along = (dout * g * (x / rms)).sum(axis=1, keepdims=True)
    return 1 / rms / D * (D * dout * g - x / rms * along), None, None


@published(
    "RMS norm",
    "Liger-Kernel, docstrings of rms_norm.py",
    file(
        "linkedin/Liger-Kernel",
        "05dd1f98099cc732eb1ee66fff67b10285a25c0d",
        "src/liger_kernel/ops/rms_norm.py",
    ),
    "documentation",
    SQUARES + "; the docstring's RMS has no ε, the program beside it has",
    r"dx = \frac1r\bigl(g\,dy - \tfrac1D\tfrac1{r^2}((g\,dy)\cdot x)\,x\bigr)"
    r",\quad r = \sqrt{\textstyle\sum x^2/D}",
    given="ε is 0",
    under={"eps": 0.0},
    **RMS,
)
def liger_rms(dout, cache):
    x, _, g = cache
    D = dout.shape[1]
    r = np.sqrt((x**2).sum(axis=1, keepdims=True) / D)
    along = (dout * g * x).sum(axis=1, keepdims=True)
    dx = 1 / r * (dout * g - 1 / D * (1 / r**2) * along * x)
    return dx, (dout * (x / r)).sum(axis=0), None


@published(
    "RMS norm",
    "transformer-examples, a notebook",
    file(
        "chrisjob1021/transformer-examples",
        "cc9da9af1253c263a38667e4e26e29654f1365d8",
        "norm/rmsnorm.ipynb",
    ),
    "post",
    SQUARES,
    r"dx_i = dy_i\frac{g_i}{r} - \frac{g_i x_i}{D r^3}\sum_j dy_j\,x_j",
    given="all gains are the same number",
    under={"g": ""},
    mended="another version of the notebook",
    **RMS,
)
def rms_notebook(dout, cache):
    x, rms, g = cache
    D = dout.shape[1]
    along = (dout * x).sum(axis=1, keepdims=True)
    return dout * g / rms - g * x / (D * rms**3) * along, None, None


@published(
    "RMS norm",
    "Megatron-LM, pull request 6859: before",
    pull("NVIDIA/Megatron-LM", 6859),
    "thread",
    SQUARES,
    r"dx = \frac{g\,dy}{r} - \frac{g\,x}{D r^3}\sum dy\,x\,g",
    given="every gain is 1",
    under={"g": 1.0},
    mended="the same pull request, open when read",
    **RMS,
)
def megatron_before(dout, cache):
    x, rms, g = cache
    D = dout.shape[1]
    s = (dout * x * g).sum(axis=1, keepdims=True)
    return dout * g / rms - g * rms ** (-3.0) * x * s / D, None, None


@published(
    "RMS norm",
    "Megatron-LM, pull request 6859: after",
    pull("NVIDIA/Megatron-LM", 6859),
    "thread",
    SQUARES,
    r"dx = \frac{g\,dy}{r} - \frac{x}{D r^3}\sum dy\,x\,g",
    **RMS,
)
def megatron_after(dout, cache):
    x, rms, g = cache
    D = dout.shape[1]
    s = (dout * x * g).sum(axis=1, keepdims=True)
    return dout * g / rms - rms ** (-3.0) * x / D * s, None, None


@published(
    "RMS norm",
    "triton-rmsnorm, README",
    file(
        "limei1221/triton-rmsnorm",
        "4bb4492e57d7bad09d84fc62f05591d9a5b7c77b",
        "README.md",
    ),
    "documentation",
    SQUARES + "; one row",
    r"dx = \rho\,u - \frac{\rho^3}{D}\,x\,(u^\top x),\quad u = g\odot dy,\ \rho = 1/r",
    **RMS,
)
def triton_rmsnorm(dout, cache):
    x, rms, g = cache
    D = dout.shape[1]
    rho, u = 1 / rms, g * dout
    dx = rho * u - rho**3 / D * x * (u * x).sum(axis=1, keepdims=True)
    return dx, (dout * (x * rho)).sum(axis=0), None


@published(
    "RMS norm",
    "simons blog, Backprop through RMSNorm",
    "https://veitner.bearblog.dev/backprop-through-rmsnorm",
    "post",
    SQUARES,
    r"dx = \bigl(g\,dy - \hat x\,\overline{\hat x\,g\,dy}\bigr)\frac1r",
    **RMS,
)
def veitner(dout, cache):
    x, rms, g = cache
    normed, weighed = x / rms, dout * g
    c1 = (normed * weighed).mean(axis=1, keepdims=True)
    return (weighed - normed * c1) / rms, (dout * normed).sum(axis=0), None


def pre_norm(res, x, g, eps):
    """Add to the residual stream, and normalize: two outputs."""
    added = res + x
    out, cache = rms_norm(added, g, eps)
    return added, out, cache


PRE = dict(forward=pre_norm, res="N D", x="N D", g="D", eps="")
STREAM = "two outputs, the sum a = res + x and norm(a); their gradients da and dy"


@published(
    "residual",
    "quack, pull request 53: before",
    pull("Dao-AILab/quack", 53),
    "thread",
    STREAM,
    r"dx = \mathrm{norm}'(da + dy)",
    mended="the same pull request",
    **PRE,
)
def quack_before(dadded, dout, cache):
    dx, _, _ = veitner(dadded + dout, cache)
    return dx, dx, None, None


@published(
    "residual",
    "quack, pull request 53: after",
    pull("Dao-AILab/quack", 53),
    "thread",
    STREAM,
    r"dx = da + \mathrm{norm}'(dy)",
    **PRE,
)
def quack_after(dadded, dout, cache):
    dx = dadded + veitner(dout, cache)[0]
    return dx, dx, None, None


@published(
    "residual",
    "llm.c, residual_backward",
    LLM_C,
    "code",
    "out = a + b",
    r"da = dy,\quad db = dy",
    lambda a, b: (a + b, None),
    a="N D",
    b="N D",
)
def llm_c_residual(dout, cache):
    return dout, dout


def second_residual(r, W):
    """A skip connection around one tanh layer."""
    h = np.tanh(r @ W)
    return r + h, (W, h)


@published(
    "residual",
    "entrenar, issue 313",
    issue("paiml/entrenar", 313),
    "thread",
    "out = r + ffn(r), with tanh(rW) in the place of ffn",
    r"dr = \mathrm{ffn}'(dy)",
    second_residual,
    r="N D",
    W="D D",
    mended="the issue, closed",
)
def entrenar_313(dout, cache):
    W, h = cache
    return (dout * (1 - h**2)) @ W.T, None


def softmax(x):
    """Softmax of each row."""
    powers = np.exp(x)
    p = powers / powers.sum(axis=1, keepdims=True)
    return p, p


SOFTMAX = dict(forward=softmax, x="N K")
CLASSES = "rows are examples; p is the output"


@published(
    "softmax",
    "TensorFlow, docstring in nn_grad.py",
    TENSORFLOW,
    "documentation",
    CLASSES,
    r"dx = dy\,p - \textstyle\sum(dy\,p)\;p",
    **SOFTMAX,
)
def tensorflow_softmax(dout, p):
    return dout * p - (dout * p).sum(axis=1, keepdims=True) * p


@published(
    "softmax",
    "Deep Learning from Scratch 2, layers.py",
    file(
        "oreilly-japan/deep-learning-from-scratch-2",
        "5473be8cd112c446c62c77535766280d445c17a7",
        "common/layers.py",
    ),
    "book",
    CLASSES,
    r"dx = p\,dy - p\textstyle\sum p\,dy",
    **SOFTMAX,
)
def scratch_softmax(dout, p):
    dx = p * dout
    total = dx.sum(axis=1, keepdims=True)
    dx -= p * total
    return dx


@published(
    "softmax",
    "ML-From-Scratch, Softmax",
    file(
        ML_FROM_SCRATCH,
        "2067d12c384524adb993217e0e3c661d289dc6f2",
        "mlfromscratch/deep_learning/activation_functions.py",
    ),
    "code",
    CLASSES + "; the slope is multiplied by dy, entry by entry",
    r"dx = dy\,p\,(1 - p)",
    **SOFTMAX,
)
def ml_from_scratch_softmax(dout, p):
    return dout * p * (1 - p)


@published(
    "softmax",
    "libnd4j, issue 440",
    issue("deeplearning4j/libnd4j", 440),
    "thread",
    CLASSES + "; the slope is multiplied by dy, entry by entry",
    r"dx = dy\,p\,(1 - p)",
    mended="says the thread",
    **SOFTMAX,
)
def libnd4j_440(dout, p):
    return dout * p * (1 - p)


@published(
    "softmax",
    "eesen, issue 29",
    issue("srvk/eesen", 29),
    "thread",
    CLASSES,
    r"dx = dy\,p - p\textstyle\sum dy\,p",
    doubted="a question expects the diagonal p (1 − p); it is answered there",
    **SOFTMAX,
)
def eesen_29(dout, p):
    return dout * p - p * (dout * p).sum(axis=1, keepdims=True)


@published(
    "softmax",
    "stochman, issue 14",
    issue("MachineLearningLifeScience/stochman", 14),
    "thread",
    CLASSES + "; the Jacobian of each row",
    r"J = \mathrm{diag}(p) - p\,p^\top,\quad dx = J\,dy",
    **SOFTMAX,
)
def stochman_14(dout, p):
    outer = np.einsum("ij,ik->ijk", p, p)
    return p * dout - np.einsum("ijk,ik->ij", outer, dout)


def log_softmax(x):
    """Logarithm of the softmax of each row."""
    out = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    return out, out


LOG_SOFTMAX = dict(forward=log_softmax, x="N K")


@published(
    "log-softmax",
    "TensorFlow, nn_grad.py",
    TENSORFLOW,
    "code",
    "rows are examples; y is the output",
    r"dx = dy - \textstyle\sum dy\; e^y",
    **LOG_SOFTMAX,
)
def tensorflow_log_softmax(dout, out):
    return dout - dout.sum(axis=1, keepdims=True) * np.exp(out)


@published(
    "log-softmax",
    "mlpack, issue 2360",
    issue("mlpack/mlpack", 2360),
    "thread",
    "rows are examples; y is the output; the formula as its numbers show it",
    r"dx = e^y + dy",
    mended="pull request 3469",
    **LOG_SOFTMAX,
)
def mlpack_2360(dout, out):
    return np.exp(out) + dout


def mean_cross_entropy(x, t):
    """Mean cross-entropy of softmax(x) and labels."""
    p, _ = softmax(x)
    N = x.shape[0]
    return -np.log(p[np.arange(N), t]).sum() / N, (p, t)


@published(
    "softmax, cross-entropy",
    "Deep Learning from Scratch 2, layers.py",
    file(
        "oreilly-japan/deep-learning-from-scratch-2",
        "5473be8cd112c446c62c77535766280d445c17a7",
        "common/layers.py",
    ),
    "book",
    "t are labels; the loss is the mean over N",
    r"dx = (p - \mathrm{onehot}(t))\,dJ/N",
    mean_cross_entropy,
    x="N K",
    t="N of K",
)
def scratch_cross_entropy(dout, cache):
    p, t = cache
    N = p.shape[0]
    dx = p.copy()
    dx[np.arange(N), t] -= 1
    return dx * dout / N, None


@published(
    "softmax, cross-entropy",
    "swift-apis, pull request 42",
    pull("tensorflow/swift-apis", 42),
    "thread",
    "t are labels; the loss is the mean over N",
    r"dx = (p - \mathrm{onehot}(t))\,dJ",
    mean_cross_entropy,
    x="N K",
    t="N of K",
    given="the batch has one example",
    under={"x": "1 K", "t": "1 of K"},
    mended="the same pull request",
)
def swift_42(dout, cache):
    p, t = cache
    dx = p.copy()
    dx[np.arange(p.shape[0]), t] -= 1
    return dx * dout, None


def soft_cross_entropy(x, t, eps):
    """Sum of the cross-entropies, with ε inside the logarithm."""
    p, _ = softmax(x)
    hot = np.zeros_like(p)
    hot[np.arange(p.shape[0]), t] = 1
    return -(hot * np.log(p + eps)).sum(), (p, hot)


@published(
    "softmax, cross-entropy",
    "numpy-ml, CrossEntropy",
    file(
        "ddbourgin/numpy-ml",
        "3bf1893083d3133f0fcd5fd4ce7624eeb4be03b3",
        "numpy_ml/neural_nets/losses/losses.py",
    ),
    "code",
    "the loss is the sum; its logarithm is of p + ε, with the machine's ε",
    r"dx = p - \mathrm{onehot}(t)",
    soft_cross_entropy,
    x="N K",
    t="N of K",
    eps="",
    given="ε is 0",
    under={"eps": 0.0},
)
def numpy_ml_cross_entropy(dout, cache):
    p, hot = cache
    return dout * (p - hot), None, None


def binary_terms(x, t):
    """Sum of a binary cross-entropy for each class of a softmax."""
    p, _ = softmax(x)
    hot = np.zeros_like(p)
    hot[np.arange(p.shape[0]), t] = 1
    return (-hot * np.log(p) - (1 - hot) * np.log(1 - p)).sum(), (p, hot)


def categorical_terms(x, t):
    """Sum of the cross-entropies; only the right class counts."""
    p, _ = softmax(x)
    hot = np.zeros_like(p)
    hot[np.arange(p.shape[0]), t] = 1
    return -(hot * np.log(p)).sum(), (p, hot)


@published(
    "softmax, cross-entropy",
    "ML-From-Scratch, CrossEntropy times Softmax",
    file(
        ML_FROM_SCRATCH,
        "203c9550e85381694a04c2f7832a0ec4b09199b8",
        "mlfromscratch/deep_learning/loss_functions.py",
    ),
    "code",
    "the loss is a sum of binary cross-entropies over all classes",
    r"dx = \Bigl(-\frac yp + \frac{1-y}{1-p}\Bigr)\,p\,(1-p)",
    binary_terms,
    x="N K",
    t="N of K",
    given="the loss is the categorical one, −Σ y log p (proved for 3 classes)",
    under={"forward": categorical_terms, "sizes": {"K": 3}},
)
def ml_from_scratch_pair(dout, cache):
    p, hot = cache
    return dout * (-(hot / p) + (1 - hot) / (1 - p)) * p * (1 - p), None


def softmax_regression(x, W, b, t):
    """Sum of the cross-entropies of a linear classifier."""
    loss, (p, hot) = categorical_terms(x @ W + b, t)
    return loss, (x, p, hot)


@published(
    "softmax, cross-entropy",
    "stat453-deep-learning-ss21, issue 5",
    issue("rasbt/stat453-deep-learning-ss21", 5),
    "thread",
    "by the bias of a linear classifier; the sum runs over examples and classes",
    r"db = -\textstyle\sum_{i,k} (y_{ik} - p_{ik})",
    softmax_regression,
    x="N D",
    W="D K",
    b="K",
    t="N of K",
)
def stat453_5(dout, cache):
    x, p, hot = cache
    db = -(hot - p).sum() * dout
    return None, None, db * np.ones_like(p[0]), None


def attention(Q, K, V, s):
    """Attention with scale s; rows are positions."""
    powers = np.exp(s * (Q @ K.T))
    P = powers / powers.sum(axis=1, keepdims=True)
    return P @ V, (Q, K, V, s, P)


ATTENTION = dict(forward=attention, Q="N D", K="M D", V="M C", s="")
POSITIONS = "rows are positions; P are the weights, s is the scale 1/√d"


@published(
    "attention",
    "attn-as-bilinear-form, front page",
    "https://planckeon.github.io/attn-as-bilinear-form",
    "post",
    POSITIONS,
    r"dS^{ij} = P^{ij}\bigl(dP^{ij} - \sum_{j'} P^{ij'} dP^{ij'}\bigr),\quad"
    r" dQ^{kl} = s\,dS^{kj} K^{jl},\ dV^{kl} = P^{ik} dO^{il}",
    **ATTENTION,
)
def planckeon(dout, cache):
    Q, K, V, s, P = cache
    dP = dout @ V.T
    dS = P * (dP - (P * dP).sum(axis=1, keepdims=True))
    dQ = s * np.einsum("kj,jl->kl", dS, K)
    return dQ, None, np.einsum("ik,il->kl", P, dout), None


@published(
    "attention",
    "AiDotNet.Tensors, issue 49",
    issue("ooples/AiDotNet.Tensors", 49),
    "thread",
    POSITIONS,
    r"dQ = (dS\,s)\,K,\ dK = (dS^\top s)\,Q,\ dV = P^\top dO",
    **ATTENTION,
)
def aidotnet_49(dout, cache):
    Q, K, V, s, P = cache
    dP = dout @ V.T
    dS = P * (dP - (P * dP).sum(axis=1, keepdims=True))
    return dS * s @ K, dS.T * s @ Q, P.T @ dout, None


@published(
    "attention",
    "picotron, issue 37",
    issue("huggingface/picotron", 37),
    "thread",
    POSITIONS,
    r"dS = P\odot\bigl(dP - \mathrm{rowsum}(dO\odot O)\bigr)",
    doubted="the issue wants rowsum(dP ⊙ P)",
    **ATTENTION,
)
def picotron_37(dout, cache):
    Q, K, V, s, P = cache
    dP = dout @ V.T
    dS = P * (dP - (dout * (P @ V)).sum(axis=1, keepdims=True))
    return s * (dS @ K), s * (dS.T @ Q), P.T @ dout, None


def summed_attention(Q, K, V, s):
    """Sum of all entries of the output: dO is all ones."""
    out, cache = attention(Q, K, V, s)
    return out.sum(), cache


@published(
    "attention",
    "torchedup, Backprop: Attention head",
    "https://torchedup.dev/problems/backprop-attention",
    "post",
    POSITIONS + "; the loss is the sum of the output",
    r"dP = \mathbf 1 V^\top,\quad dQ = s\,dS\,K",
    summed_attention,
    Q="N D",
    K="M D",
    V="M C",
    s="",
)
def torchedup(dout, cache):
    Q, K, V, s, P = cache
    dP = np.ones_like(P @ V) @ V.T
    dS = P * (dP - (P * dP).sum(axis=1, keepdims=True))
    return dout * (dS @ K) * s, None, None, None


def dropped_attention(Q, K, V, M, s):
    """Attention whose weights are multiplied by M, as dropout does."""
    powers = np.exp(s * (Q @ K.T))
    P = powers / powers.sum(axis=1, keepdims=True)
    out = (P * M) @ V
    return out, (Q, K, V, M, s, P, out)


@published(
    "attention",
    "ferrotensor-backend, flash attention",
    "https://docs.rs/crate/ferrotensor-backend/0.2.0/source/src/shaders/"
    "flash_attention_v2_backward.wgsl",
    "documentation",
    POSITIONS + "; M is dropout's multiplier",
    r"dS_{ij} = P_{ij}\bigl(M_{ij}\,(dO_i\cdot V_j) - dO_i\cdot O_i\bigr)",
    dropped_attention,
    Q="N D",
    K="M D",
    V="M C",
    M="N M",
    s="",
)
def ferrotensor(dout, cache):
    Q, K, V, M, s, P, out = cache
    delta = (dout * out).sum(axis=1, keepdims=True)
    dS = P * (M * (dout @ V.T) - delta)
    return s * (dS @ K), s * (dS.T @ Q), (P * M).T @ dout, None, None


def causal_attention(Q, K, V):
    """Attention that looks back; three positions, one head."""
    att = np.zeros((3, 3))
    out = np.zeros_like(V)
    scale = 1 / np.sqrt(Q.shape[1])
    for t in range(3):
        powers = np.exp(np.stack([Q[t] @ K[u] * scale for u in range(t + 1)]))
        for u in range(t + 1):
            att[t, u] = powers[u] / powers.sum()
            out[t] += att[t, u] * V[u]
    return out, (Q, K, V, att, scale)


@published(
    "attention",
    "llm.c, attention_backward",
    LLM_C,
    "code",
    "causal, one head, three positions; loops over the positions u, v ≤ t",
    r"dS_{tv} = \textstyle\sum_{u\le t} P_{tu}(\delta_{uv} - P_{tv})\,dP_{tu}",
    causal_attention,
    Q="3 D",
    K="3 D",
    V="3 D",
)
def llm_c_attention(dout, cache):
    Q, K, V, att, scale = cache
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for t in range(3):
        for u in range(t + 1):
            dV[u] += att[t, u] * dout[t]
        datt = [V[u] @ dout[t] for u in range(t + 1)]
        for v in range(t + 1):
            dpre = 0.0
            for u in range(t + 1):
                dpre = dpre + att[t, u] * ((u == v) - att[t, v]) * datt[u]
            dQ[t] += K[v] * dpre * scale
            dK[v] += Q[t] * dpre * scale
    return dQ, dK, dV


def one_head(q, k, v, Wq, Wk, Wv, Wo, target):
    """Half the squared error of one attention head."""
    Q, K, V = q @ Wq, k @ Wk, v @ Wv
    s = 1 / np.sqrt(Wq.shape[1])
    powers = np.exp(Q @ K.T * s)
    P = powers / powers.sum(axis=1, keepdims=True)
    miss = P @ V @ Wo - target
    return (miss**2).sum() / 2, (q, v, K, V, s, P, miss, Wo)


HEAD = dict(
    forward=one_head,
    q="N D",
    k="M D",
    v="M D",
    Wq="D C",
    Wk="D C",
    Wv="D C",
    Wo="C D",
    target="N D",
)
HANKE = file(
    "JackHanke/JackHanke.github.io",
    "4734ed076f82054f9a03b189ec52f3c620bfdafd",
    "_posts/2025-06-28-attention-from-scratch.md",
)
ONE_HEAD = "one head; half the squared error; A = (O − target) Woᵀ"


@published(
    "attention",
    "JackHanke, Multi-Head Attention from Scratch: Wᵛ",
    HANKE,
    "post",
    ONE_HEAD,
    r"dW^V = v^\top P^\top A",
    **HEAD,
)
def hanke_values(dout, cache):
    q, v, K, V, s, P, miss, Wo = cache
    A = miss @ Wo.T
    return None, None, None, None, None, dout * (v.T @ P.T @ A), None, None


@published(
    "attention",
    "JackHanke, Multi-Head Attention from Scratch: W^Q",
    HANKE,
    "post",
    ONE_HEAD + "; as many queries as keys",
    r"dW^Q = q^\top A\,V^\top B\,K,\quad B = s\,P(1-P)",
    **{**HEAD, "k": "N D", "v": "N D"},
)
def hanke_queries(dout, cache):
    q, v, K, V, s, P, miss, Wo = cache
    A, B = miss @ Wo.T, P * (1 - P) * s
    return None, None, None, dout * (q.T @ A @ V.T @ B @ K), None, None, None, None


def dropout(x, mask, p):
    """Inverted dropout: the mask holds zeros and ones."""
    return x * mask / (1 - p), (x, mask, p)


DROPOUT = dict(forward=dropout, x="N D", mask="N D", p="")


@published(
    "dropout",
    "Cross Validated, question 207481",
    "https://stats.stackexchange.com/questions/207481/dropout-backpropagation-"
    "implementation",
    "answer",
    "mask of zeros and ones, p the probability of dropping",
    r"dx = dy\;\mathrm{mask}/(1 - p)",
    **DROPOUT,
)
def cross_validated_207481(dout, cache):
    x, mask, p = cache
    return dout * mask / (1 - p), None, None


@published(
    "dropout",
    "Deep Learning from Scratch 2, TimeDropout",
    file(
        "oreilly-japan/deep-learning-from-scratch-2",
        "39c84ac7829faa72b03a3d180ecf2993996e0906",
        "common/time_layers.py",
    ),
    "book",
    "the mask already holds the factor 1/(1 − p)",
    r"dx = dy\;\mathrm{mask}",
    lambda x, mask: (x * mask, mask),
    x="N D",
    mask="N D",
)
def scratch_dropout(dout, mask):
    return dout * mask, None


@published(
    "dropout",
    "numpy-ml, issue 94",
    issue("ddbourgin/numpy-ml", 94),
    "thread",
    "mask of zeros and ones, p the probability of dropping",
    r"dx = dy/(1 - p)",
    given="nothing is dropped",
    under={"mask": 1.0},
    **DROPOUT,
)
def numpy_ml_94(dout, cache):
    x, mask, p = cache
    return dout * (1 / (1 - p)), None, None


@published(
    "dropout",
    "PyTorch, pull request 75288",
    pull("pytorch/pytorch", 75288),
    "thread",
    "in evaluation the layer is the identity; forward mode, which for a diagonal "
    "Jacobian is the same formula",
    r"\dot y = \mathbf 1",
    lambda x: (x * 1.0, None),
    x="N D",
    mended="in review",
)
def pytorch_75288(tangent, cache):
    return np.ones_like(tangent)


@published(
    "dropout",
    "Kaldi, issue 3890",
    issue("kaldi-asr/kaldi", 3890),
    "thread",
    "the mask is not stored, but found again by a division",
    r"dx = \begin{cases} dy & x = 0\\ (y/x)\,dy & x \ne 0\end{cases}",
    given="no input is 0",
    **DROPOUT,
)
def kaldi_3890(dout, cache):
    x, mask, p = cache
    out = x * mask / (1 - p)
    return np.where(x == 0, dout, out / x * dout), None, None


def embedding(W, ids):
    """Rows of a table."""
    return W[ids], (W, ids)


EMBEDDING = dict(forward=embedding, W="V D", ids="N of V")


@published(
    "embedding",
    "Deep Learning from Scratch 2, Embedding",
    file(
        "oreilly-japan/deep-learning-from-scratch-2",
        "5473be8cd112c446c62c77535766280d445c17a7",
        "common/layers.py",
    ),
    "book",
    "ids may repeat",
    r"dW_{\mathrm{ids}_i} \mathrel{+}= dy_i\text{, one after the other}",
    **EMBEDDING,
)
def scratch_embedding(dout, cache):
    W, ids = cache
    dW = np.zeros_like(W)
    np.add.at(dW, ids, dout)
    return dW, None


@published(
    "embedding",
    "autograd, issue 39",
    issue("HIPS/autograd", 39),
    "thread",
    "ids may repeat",
    r"dW[\mathrm{ids}] \mathrel{+}= dy\text{, all at once}",
    given="no id repeats (proved for one id)",
    under={"ids": "1 of V"},
    mended="numpy.add.at, in the thread",
    **EMBEDDING,
)
def autograd_39(dout, cache):
    W, ids = cache
    dW = np.zeros_like(W)
    dW[ids] += dout
    return dW, None


def tied(W, ids):
    """An embedding whose table is also the output matrix, tanh between."""
    h = np.tanh(W[ids])
    return h @ W.T, (W, ids, h)


@published(
    "embedding",
    "llm.c, gpt2_backward",
    LLM_C,
    "code",
    "one table for tokens and logits, tanh in the place of the layers between",
    r"dW = dy^\top h + \text{the rows' own part, added}",
    tied,
    W="V D",
    ids="N of V",
)
def llm_c_tied(dout, cache):
    W, ids, h = cache
    dW = dout.T @ h
    np.add.at(dW, ids, dout @ W * (1 - h**2))
    return dW, None


def sigmoid(z):
    """The logistic function."""
    return 1 / (1 + np.exp(-z))


def gelu(x):
    """GELU with tanh."""
    u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + np.tanh(u)), x


GELU = dict(forward=gelu, x="N D")
TANH = "GELU with tanh, u = √(2/π)(x + 0.044715 x³)"


@published(
    "GELU",
    "llm.c, gelu_backward",
    LLM_C,
    "code",
    TANH,
    r"\tfrac12(1 + \tanh u) + \tfrac x2\,\frac{1}{\cosh^2 u}\sqrt{2/\pi}"
    r"\,(1 + 3\cdot 0.044715\,x^2)",
    **GELU,
)
def llm_c_gelu(dout, x):
    s = np.sqrt(2 / np.pi)
    u = s * (x + 0.044715 * x * x * x)
    sech = 1 / (np.cosh(u) * np.cosh(u))
    slope = 0.5 * (1 + np.tanh(u)) + x * 0.5 * sech * s * (1 + 3 * 0.044715 * x * x)
    return slope * dout


@published(
    "GELU",
    "unsloth, geglu.py",
    file(
        "unslothai/unsloth",
        "0050c73e05ca9bb74e42d0649be410f177160c08",
        "unsloth/kernels/geglu.py",
    ),
    "code",
    TANH + "; a = √(2/π) x, b = 0.044715 a x²",
    r"\tfrac T2 - \tfrac T2(T - 2)(a + 3b),\quad T = 1 + \tanh(a + b)",
    **GELU,
)
def unsloth_gelu(dout, x):
    a = np.sqrt(2 / np.pi) * x
    b = a * 0.044715 * x * x
    T = 1 + np.tanh(a + b)
    half = 0.5 * T
    return dout * (half - half * (T - 2) * (a + 3 * b))


@published(
    "GELU",
    "numpy-ml, GELU.grad with approximate=True",
    file(
        "ddbourgin/numpy-ml",
        "0f5b1ce39be5919731b33a439a138d18d01adeaa",
        "numpy_ml/neural_nets/activations/activations.py",
    ),
    "code",
    TANH,
    r"\tfrac12(1 + \tanh u) + \frac{x}{2\sqrt2}\,\mathrm{erf}'\bigl(x/\sqrt2\bigr)",
    **GELU,
)
def numpy_ml_gelu(dout, x):
    u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    bell = 2 / np.sqrt(np.pi) * np.exp(-((x / np.sqrt(2)) ** 2))
    return dout * (0.5 + 0.5 * np.tanh(u) + 0.5 * x * bell / np.sqrt(2))


def gelu_of(x, a, b):
    """GELU with tanh, and letters for its two constants."""
    u = a * x * (1 + b * x * x)
    return 0.5 * x * (1 + np.tanh(u)), (x, a, b, u)


@published(
    "GELU",
    "Megatron-LM, fused_bias_gelu.py",
    file(
        "NVIDIA/Megatron-LM",
        "19d6aace713476bf32eaf49c35ffd779b65d95ef",
        "megatron/core/fusions/fused_bias_gelu.py",
    ),
    "code",
    "GELU with tanh; a = 0.79788456, b = 0.044715; its 0.1070322243 is read as 3ab",
    r"\tfrac x2(1 - \tanh^2 u)(a + 3ab\,x^2) + \tfrac12(1 + \tanh u)",
    gelu_of,
    x="N D",
    a="",
    b="",
)
def megatron_gelu(dout, cache):
    x, a, b, u = cache
    T = np.tanh(u)
    slope = 0.5 * x * ((1 - T * T) * (a + 3 * a * b * x * x)) + 0.5 * (1 + T)
    return dout * slope, None, None


def swish(x, beta):
    """Swish; SiLU is the one with β = 1."""
    s = sigmoid(beta * x)
    return x * s, (x, beta, s)


SWISH = dict(forward=swish, x="N D", beta="")
SILU = dict(forward=swish, x="N D", beta=1.0)


@published(
    "swish",
    "Click4Ai, problem 97, first line",
    "https://click4ai.perfionixai.com/problems/swish-activation",
    "post",
    "x σ(βx)",
    r"\sigma + \beta x\,\sigma\,(1 - \sigma)",
    **SWISH,
)
def click4ai_first(dout, cache):
    x, beta, s = cache
    return dout * (s + beta * x * s * (1 - s)), None


@published(
    "swish",
    "Click4Ai, problem 97, second line",
    "https://click4ai.perfionixai.com/problems/swish-activation",
    "post",
    "x σ(βx); y the output",
    r"y + \sigma\,(\beta - \beta y)",
    given="β is 1",
    under={"beta": 1.0},
    **SWISH,
)
def click4ai_second(dout, cache):
    x, beta, s = cache
    y = x * s
    return dout * (y + s * (beta - beta * y)), None


@published(
    "SiLU",
    "libnd4j, pull request 519",
    pull("deeplearning4j/libnd4j", 519),
    "thread",
    "x σ(x)",
    r"\frac{e^x\,(x + e^x + 1)}{(e^x + 1)^2}",
    doubted="a review can't reconcile it with the paper's form",
    **SILU,
)
def libnd4j_519(dout, cache):
    x, _, _ = cache
    power = np.exp(x)
    return dout * (power * (x + power + 1)) / (power + 1) ** 2, None


@published(
    "SiLU",
    "dfdx, pull request 915",
    pull("chelsea0x3b/dfdx", 915),
    "thread",
    "x σ(x); the comment above the line has the brackets that the line lacks",
    r"1 + e^{-x} + \frac{x\,e^{-x}}{(1 + e^{-x})^2}",
    mended="in review",
    **SILU,
)
def dfdx_915(dout, cache):
    x, _, _ = cache
    power = np.exp(-x)
    return dout * (1 + power + x * power / (1 + power) ** 2), None


@published(
    "SiLU",
    "PyTorch, issue 110815",
    issue("pytorch/pytorch", 110815),
    "thread",
    "x σ(x); dx and dy are gradients of a loss",
    r"dx = dy\,(y + \sigma(x)\,(1 - y))",
    doubted="the issue reads dx and dy as differentials",
    **SILU,
)
def pytorch_110815(dout, cache):
    x, _, s = cache
    y = x * s
    return dout * (y + s * (1 - y)), None


def swiglu(x, z):
    """SiLU of x times z."""
    return x * sigmoid(x) * z, (x, z)


@published(
    "SwiGLU",
    "Megatron-LM, fused_bias_swiglu.py",
    file(
        "NVIDIA/Megatron-LM",
        "00caa53af30912914981c86f39db123961678bbd",
        "megatron/core/fusions/fused_bias_swiglu.py",
    ),
    "code",
    "SiLU(x) z",
    r"dx = dy\,\sigma\,(1 + x(1 - \sigma))\,z,\quad dz = dy\,x\,\sigma",
    swiglu,
    x="N D",
    z="N D",
)
def megatron_swiglu(dout, cache):
    x, z = cache
    s = sigmoid(x)
    return dout * s * (1 + x * (1 - s)) * z, dout * x * s


def rnn_step(x, h, Wx, Wh, b):
    """One tanh step; rows are examples."""
    new = np.tanh(h @ Wh + x @ Wx + b)
    return new, (x, h, Wx, Wh, new)


@published(
    "RNN",
    "Deep Learning from Scratch 2, RNN; issue 26",
    issue("oreilly-japan/deep-learning-from-scratch-2", 26),
    "book",
    "rows are examples; one step",
    r"dt = dh'\,(1 - h'^2),\ dW_h = h^\top dt,\ dh = dt\,W_h^\top",
    rnn_step,
    x="N D",
    h="N H",
    Wx="D H",
    Wh="H H",
    b="H",
    doubted="the issue wants 1/(1 − h'²)",
)
def scratch_rnn(dout, cache):
    x, h, Wx, Wh, new = cache
    dt = dout * (1 - new**2)
    return dt @ Wx.T, dt @ Wh.T, x.T @ dt, h.T @ dt, dt.sum(axis=0)


def separate_steps(x0, x1, U, W, V):
    """The same two steps, the second without the state of the first."""
    s0, s1 = np.tanh(x0 @ U.T), np.tanh(x1 @ U.T)
    return s0 @ V.T, s1 @ V.T, (s0, s1, U, V)


def two_steps(x0, x1, U, W, V):
    """Two steps from the state 0, both read out."""
    s0 = np.tanh(x0 @ U.T)
    s1 = np.tanh(x1 @ U.T + s0 @ W.T)
    return s0 @ V.T, s1 @ V.T, (s0, s1, U, V)


@published(
    "RNN",
    "ML-From-Scratch, RNN: by the input",
    file(
        ML_FROM_SCRATCH,
        "0c1e547ea467cf977f40daed70b1696fbb200126",
        "mlfromscratch/deep_learning/layers.py",
    ),
    "code",
    "here two steps, each with an output",
    r"dx_t = \bigl(dy_t\,V\odot\tanh'(a_t)\bigr)\,U",
    two_steps,
    x0="N D",
    x1="N D",
    U="H D",
    W="H H",
    V="D H",
    given="no state is used again, as in a single step",
    under={"forward": separate_steps},
)
def ml_from_scratch_rnn(dout0, dout1, cache):
    s0, s1, U, V = cache
    dx0 = (dout0 @ V * (1 - s0**2)) @ U
    dx1 = (dout1 @ V * (1 - s1**2)) @ U
    return dx0, dx1, None, None, None


def linear_rnn(x1, x2, x3, Wx, Wh, Wq):
    """Three linear steps from the state 0; columns are examples."""
    h1 = Wx @ x1
    h2 = Wx @ x2 + Wh @ h1
    h3 = Wx @ x3 + Wh @ h2
    return Wq @ h1, Wq @ h2, Wq @ h3, (x1, x2, x3, h1, h2, Wh, Wq)


@published(
    "RNN",
    "Dive into Deep Learning, bptt.md, an older edition",
    file(
        "d2l-ai/d2l-en",
        "05a660506e29d289570138f8ec9262e8375af760",
        "chapter_recurrent-neural-networks/bptt.md",
    ),
    "book",
    "linear, three steps; columns are examples",
    r"dh_t = \sum_{i=t}^{T} (W_h^\top)^{T-i}\,W_q^\top\,do_{T+t-i},\quad"
    r" dW_h = \sum_t dh_t\,h_{t-1}^\top",
    linear_rnn,
    x1="D N",
    x2="D N",
    x3="D N",
    Wx="H D",
    Wh="H H",
    Wq="K H",
)
def d2l_linear(do1, do2, do3, cache):
    x1, x2, x3, h1, h2, Wh, Wq = cache
    dh3 = Wq.T @ do3
    dh2 = Wh.T @ Wq.T @ do3 + Wq.T @ do2
    dh1 = Wh.T @ Wh.T @ Wq.T @ do3 + Wh.T @ Wq.T @ do2 + Wq.T @ do1
    dWx = dh1 @ x1.T + dh2 @ x2.T + dh3 @ x3.T
    dWh = dh2 @ h1.T + dh3 @ h2.T
    return None, None, None, dWx, dWh, None


def one_step(x, h, w):
    """The first step of a recurrence with one number w, here tanh(w h + x)."""
    new = np.tanh(w * h + x)
    return new, (h, w, new)


@published(
    "RNN",
    "Dive into Deep Learning, bptt.md, an older edition: the product over time",
    file(
        "d2l-ai/d2l-en",
        "05a660506e29d289570138f8ec9262e8375af760",
        "chapter_recurrent-neural-networks/bptt.md",
    ),
    "book",
    "h' = f(x, h, w), here tanh(wh + x); one step, so i = t",
    r"\partial_w h_t = \sum_{i=t}^{1}\Bigl[\prod_{j=t}^{i}\partial_h f_j\Bigr]"
    r"\partial_w f_i",
    one_step,
    x="",
    h="",
    w="",
)
def d2l_product(dout, cache):
    h, w, new = cache
    by_h, by_w = (1 - new**2) * w, (1 - new**2) * h
    return None, None, dout * by_h * by_w


def lstm_step(a, c):
    """An LSTM step from its four gates' inputs, in the order f, g, i, o."""
    H = c.shape[1]
    f, i, o = sigmoid(a[:, :H]), sigmoid(a[:, 2 * H : 3 * H]), sigmoid(a[:, 3 * H :])
    g = np.tanh(a[:, H : 2 * H])
    new = f * c + g * i
    return o * np.tanh(new), new, (f, g, i, o, c, new)


LSTM = dict(forward=lstm_step, a="N 4H", c="N H")
GATES = "by the gates' inputs, in the order f, g, i, o, and by the old cell c"


@published(
    "LSTM",
    "Deep Learning from Scratch 2, LSTM",
    file(
        "oreilly-japan/deep-learning-from-scratch-2",
        "39c84ac7829faa72b03a3d180ecf2993996e0906",
        "common/time_layers.py",
    ),
    "book",
    GATES,
    r"ds = dc' + dh'\,o\,(1 - \tanh^2 c'),\ dc = ds\,f,\ \dots",
    **LSTM,
)
def scratch_lstm(dh, dc, cache):
    f, g, i, o, old, new = cache
    ds = dc + (dh * o) * (1 - np.tanh(new) ** 2)
    df = ds * old * f * (1 - f)
    dg = ds * i * (1 - g**2)
    di = ds * g * i * (1 - i)
    do = dh * np.tanh(new) * o * (1 - o)
    return np.hstack((df, dg, di, do)), ds * f


@published(
    "LSTM",
    "rnn-from-scratch, lstm_cell_backward",
    file(
        "ernestng11/rnn-from-scratch",
        "bcb64cd02c4c99a96d91735bee392633294e3e6e",
        "lstm_backward.py",
    ),
    "code",
    GATES,
    r"dc = dc'\,f + o\,(1 - \tanh^2 c')\,f\,dh',\ \dots",
    **LSTM,
)
def lstm_cell_backward(dh, dc, cache):
    f, g, i, o, old, new = cache
    bent = o * (1 - np.square(np.tanh(new)))
    do = dh * np.tanh(new) * o * (1 - o)
    dg = (dc * i + bent * i * dh) * (1 - np.square(g))
    di = (dc * g + bent * g * dh) * i * (1 - i)
    df = (dc * old + bent * old * dh) * f * (1 - f)
    return np.hstack((df, dg, di, do)), dc * f + bent * f * dh


@published(
    "LSTM",
    "CS231, issue 1",
    issue("cthorey/CS231", 1),
    "thread",
    "by the old cell; two gradients reach the new one",
    r"dc' \mathrel{+}= o\,(1 - \tanh^2 c')\,dh'",
    doubted="the asker wants = for +=, and answers himself",
    **LSTM,
)
def cthorey_1(dh, dc, cache):
    f, g, i, o, old, new = cache
    dc = dc.copy()
    dc += o * (1 - np.tanh(new) ** 2) * dh
    return None, dc * f


@published(
    "LSTM",
    "RNN-LSTM-in-numpy, issue 1",
    issue("CaptainE/RNN-LSTM-in-numpy", 1),
    "thread",
    GATES + "; only the forget gate's part is judged",
    r"df = \sigma(f)\,(dc'\,c)",
    mended="proposed in the thread",
    **LSTM,
)
def captaine_1(dh, dc, cache):
    f, g, i, o, old, new = cache
    ds = dc + dh * o * (1 - np.tanh(new) ** 2)
    df = sigmoid(f) * (ds * old)
    dg = ds * i * (1 - g**2)
    di = ds * g * i * (1 - i)
    do = dh * np.tanh(new) * o * (1 - o)
    return np.hstack((df, dg, di, do)), None


def gate_biases(a, b, c):
    """An LSTM step that adds the gates' biases."""
    h, new, cache = lstm_step(a + b, c)
    return h, new, cache


@published(
    "LSTM",
    "learn_dl, issue 53",
    issue("hanbt/learn_dl", 53),
    "thread",
    "by the biases, in the order f, g, i, o",
    r"db_i = \textstyle\sum\delta_f,\quad db_o = \sum\delta_f",
    gate_biases,
    a="N 4H",
    b="4H",
    c="N H",
    mended="pull request 63",
)
def hanbt_53(dh, dc, cache):
    f, g, i, o, old, new = cache
    ds = dc + dh * o * (1 - np.tanh(new) ** 2)
    df = (ds * old * f * (1 - f)).sum(axis=0)
    dg = (ds * i * (1 - g**2)).sum(axis=0)
    return None, np.hstack((df, dg, df, df)), None


def gru_step(x, h, Wz, Wr, Wg, Uz, Ur, Ug):
    """One step of a gated recurrent unit; W of x, U of h."""
    z, r = sigmoid(x @ Wz + h @ Uz), sigmoid(x @ Wr + h @ Ur)
    g = np.tanh(x @ Wg + (r * h) @ Ug)
    return (1 - z) * h + z * g, (x, h, z, r, g, Uz, Ur, Ug)


@published(
    "GRU",
    "Deep Learning from Scratch 2, GRU",
    file(
        "oreilly-japan/deep-learning-from-scratch-2",
        "39c84ac7829faa72b03a3d180ecf2993996e0906",
        "common/time_layers.py",
    ),
    "book",
    "rows are examples; four roads lead to the old state",
    r"dz = dh'\,g - dh'\,h,\ \dots",
    gru_step,
    x="N D",
    h="N H",
    Wz="D H",
    Wr="D H",
    Wg="D H",
    Uz="H H",
    Ur="H H",
    Ug="H H",
)
def scratch_gru(dout, cache):
    x, h, z, r, g, Uz, Ur, Ug = cache
    dg = dout * z * (1 - g**2)
    drh = dg @ Ug.T
    dz = (dout * g - dout * h) * z * (1 - z)
    dr = drh * h * r * (1 - r)
    dh = dout * (1 - z) + r * drh + dz @ Uz.T + dr @ Ur.T
    weights = x.T @ dz, x.T @ dr, x.T @ dg, h.T @ dz, h.T @ dr, (r * h).T @ dg
    return None, dh, *weights


def gru_gate(a, h, g):
    """The last line of a gated recurrent unit, from the gate's input."""
    z = sigmoid(a)
    return (1 - z) * h + z * g, (z, h, g)


@published(
    "GRU",
    "R package rnn, vignette on GRU units",
    "https://cran.r-project.org/web/packages/rnn/vignettes/GRU_units.html",
    "documentation",
    "by the gate's input; σ' of the output",
    r"\delta_{11} = (\delta_7 + \delta_8)\,\sigma'(z),\quad"
    r"\delta_7 = \delta_3\,g,\ \delta_8 = \delta_3\,z",
    gru_gate,
    a="N H",
    h="N H",
    g="N H",
)
def rnn_vignette(dout, cache):
    z, h, g = cache
    return (dout * g + dout * z) * z * (1 - z), None, None
