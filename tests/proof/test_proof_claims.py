"""Claims as readers write them: definitions, hypotheses, masks, sums, letters, words.

Each kind has claims that are true and must be proved, claims that are false and must
not be, and arguments that cannot be read and must be refused by name.
"""

import re

import pytest
from sympy import (
    Abs,
    Derivative,
    Dummy,
    Eq,
    Function,
    FunctionMatrix,
    Gt,
    HadamardPower,
    Heaviside,
    Identity,
    Integer,
    KroneckerDelta,
    Lambda,
    Matrix,
    Max,
    Min,
    Ne,
    OneMatrix,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    atan,
    cbrt,
    cos,
    erf,
    exp,
    floor,
    log,
    pi,
    sign,
    sin,
    sqrt,
    tanh,
    true,
)
from sympy import HadamardProduct as Hadamard
from sympy.matrices.expressions import DiagMatrix

from mlp.proof import (
    D,
    Gradient,
    H,
    J,
    K,
    N,
    NotProved,
    Partial,
    RealMatrix,
    Refused,
    Softmax,
    any_col,
    any_row,
    f,
    f_prime,
    prove,
    total,
)

X, W, b = RealMatrix("X", N, D), RealMatrix("W", D, H), RealMatrix("b", 1, H)
Z, G, A1 = RealMatrix("Z", N, H), RealMatrix("G", N, H), RealMatrix("A", N, H)
Y, S, P, Q = (RealMatrix(name, N, K) for name in "YSPQ")
M, B = RealMatrix("M", N, N), RealMatrix("B", N, N)
a, t_col, c_col = RealMatrix("a", N, 1), RealMatrix("t", N, 1), RealMatrix("c", N, 1)
S1, Y1 = RealMatrix("S", 1, K), RealMatrix("Y", 1, K)
ones, ones_K = OneMatrix(N, 1), OneMatrix(K, 1)
i, j, k, m = any_row, any_col, Symbol("k", integer=True), Symbol("m", integer=True)
z, t, c, u = (Symbol(name, real=True) for name in "ztcu")
r, eps = Symbol("r", positive=True), Symbol("epsilon", positive=True)
even = Symbol("e", even=True)
length = Symbol("l", integer=True, positive=True)
last = Symbol("m", integer=True, nonnegative=True)

affine = {Z: X * W + ones * b, J: total(Hadamard(G, Z))}
unit = Sum(X[i, k] * W[k, j], (k, 0, D - 1)) + b[0, j]
by_entries = {Z[i, j]: unit, J: total(Hadamard(G, Z))}
rows = [Eq(Sum(Y[i, k], (k, 0, K - 1)), t_col[i, 0])]
one_hot = [Eq(Sum(Y[i, k], (k, 0, K - 1)), 1)]
orthonormal = [Eq(Sum(Q[i, k] * Q[j, k], (k, 0, K - 1)), KroneckerDelta(i, j))]
not_0 = [Ne(Z[i, j], 0)]
norm = sqrt(total(Hadamard(a, a)))
cross_entropy = {J: -total(Hadamard(Y, P.applyfunc(log))) / N, P: Softmax(S)}


def each(matrix, formula):
    """A function of t, applied to every entry."""
    return matrix.applyfunc(Lambda(t, formula))


def layer(formula):
    """A whole layer with an activation, and its stand-in for the loss."""
    return {Z: X * W + ones * b, J: total(Hadamard(G, each(Z, formula)))}


def counted(low, high):
    """The sum of a column from one index to another."""
    return Sum(a[k, 0], (k, low, high))


sigmoid = 1 / (1 + exp(-t))
step = Piecewise((1, t > 0), (0, True))
V2, Z2, H2, L2 = RealMatrix("V", H, K), *(RealMatrix(name, N, K) for name in "UEL")
G_col, complex_z = RealMatrix("g", H, 1), Symbol("w")
relu_layer = layer(Max(0, t))
relu_dZ = Hadamard(G, each(Z, step))
inverse_root = 1 / sqrt(t + eps)
mean = X * OneMatrix(D, D) / D
variance = Hadamard(X - mean, X - mean) * OneMatrix(D, D) / D  # of each row, (N, D)
L, Xhat = RealMatrix("L", N, D), RealMatrix("V", N, D)
layer_norm = {
    Xhat: Hadamard(X - mean, each(variance, inverse_root)),
    J: total(Hadamard(L, Xhat)),
}
scores, keys = RealMatrix("R", N, N), RealMatrix("E", N, D)
attention = {scores: Softmax(X * keys.T / sqrt(D)), J: total(Hadamard(G, scores * A1))}

mirror = Sum(KroneckerDelta(k, N - 1 - k) * a[k, 0], (k, 0, N - 1))

TRUE = {
    # definitions
    "a matrix by its entries": dict(claim=X.T * G, of=J, wrt=W, where=by_entries),
    "a matrix by its entries, the letters exchanged": dict(
        claim=X.T * G,
        of=J,
        wrt=W,
        where={Z[j, i]: Sum(X[j, k] * W[k, i], (k, 0, D - 1)) + b[0, i], J: affine[J]},
    ),
    "a formula of f with a number that is defined": dict(
        claim=2 * z, of=f(z), where={f(t): c * t, c: 2}
    ),
    "a formula of f with the variable in it": dict(
        claim=2 * z, of=J, wrt=z, where={J: f(z), f(t): c * t, c: z}
    ),
    "a formula of f that divides by a sum": dict(
        claim=G / c - total(Hadamard(G, Z)) / c**2 * OneMatrix(N, H),
        of=J,
        wrt=Z,
        where={J: total(Hadamard(G, Z.applyfunc(f))), f(t): t / c, c: total(Z)},
    ),
    "J is not defined, so it does not depend on W": dict(
        claim=ZeroMatrix(D, H), of=J, wrt=W
    ),
    "a name with a sign": dict(claim=r, of=sqrt(z**2), where={r: z}),
    "a gradient of a gradient": dict(
        claim=2 * OneMatrix(D, H),
        of=u,
        wrt=W,
        where={u: total(Gradient(J, W)), J: total(Hadamard(W, W))},
    ),
    # hypotheses
    "rows sum to t, as matrices": dict(claim=t_col, of=Y * ones_K, given=rows),
    "rows sum to t, all of them": dict(claim=total(t_col), of=total(Y), given=rows),
    "columns sum to 1": dict(
        claim=OneMatrix(1, K), of=ones.T * Y, given=[Eq(Sum(Y[k, j], (k, 0, N - 1)), 1)]
    ),
    "the letter of a row is any_col": dict(
        claim=ones, of=Y * ones_K, given=[Eq(Sum(Y[j, k], (k, 0, K - 1)), 1)]
    ),
    "one fixed row": dict(
        claim=Integer(1),
        of=Sum(Y[0, k], (k, 0, K - 1)),
        given=[Eq(Sum(Y[0, k], (k, 0, K - 1)), 1)],
    ),
    "one example": dict(
        claim=Softmax(S1) - Y1,
        of=J,
        wrt=S1,
        where={J: -total(Hadamard(Y1, Softmax(S1).applyfunc(log)))},
        given=[Eq(Sum(Y1[0, k], (k, 0, K - 1)), 1)],
    ),
    "a matrix equation": dict(
        claim=total(t_col),
        of=total(Hadamard(Y, t_col * ones_K.T)),
        given=[Eq(Y * ones_K, ones)],
    ),
    "the sum on the right": dict(
        claim=ones, of=Y * ones_K, given=[Eq(1, Sum(Y[i, k], (k, 0, K - 1)))]
    ),
    "a known size": dict(
        claim=(P - Y) / N,
        of=J,
        wrt=S,
        where=cross_entropy,
        given=one_hot,
        sizes={N: 2, K: 2},
    ),
    "rows of length 1": dict(
        claim=N,
        of=total(Hadamard(Y, Y)),
        given=[Eq(Sum(Y[i, k] ** 2, (k, 0, K - 1)), 1)],
    ),
    "orthonormal rows": dict(claim=Identity(N), of=Q * Q.T, given=orthonormal),
    "orthonormal rows, as matrices": dict(
        claim=N, of=total(Hadamard(Q, Q)), given=[Eq(Q * Q.T, Identity(N))]
    ),
    "an orthonormal row has length 1": dict(
        claim=Integer(1), of=Sum(Q[0, k] ** 2, (k, 0, K - 1)), given=orthonormal
    ),
    "0 on the left": dict(claim=sign(z), of=Abs(z), wrt=z, given=[Ne(0, z)]),
    "z is positive": dict(claim=Integer(1), of=Abs(z), wrt=z, given=[z > 0]),
    "one hypothesis alone": dict(claim=Integer(1), of=Abs(z), wrt=z, given=z > 0),
    "a defined matrix is not 0": dict(
        claim=OneMatrix(N, H),
        of=Hadamard(Z.applyfunc(sign), Z.applyfunc(sign)),
        where={Z: X * W},
        given=not_0,
    ),
    "z is 0 or more": dict(claim=z, of=Abs(z), given=[z >= 0]),
    "z is 0 or more, and not 0": dict(
        claim=Integer(1), of=Abs(z), wrt=z, given=[z >= 0, Ne(z, 0)]
    ),
    "a hypothesis about a sum of all entries": dict(
        claim=Integer(1), of=total(Y), given=[Eq(total(Y), 1)]
    ),
    "a sum, divided": dict(
        claim=r * ones, of=Y * ones_K, given=[Eq(Sum(Y[i, k], (k, 0, K - 1)) / r, 1)]
    ),
    # masks
    **{
        f"ReLU layer, by {x}": dict(
            claim=claim, of=J, wrt=x, where=relu_layer, given=not_0
        )
        for x, claim in {
            W: X.T * relu_dZ,
            X: relu_dZ * W.T,
            b: ones.T * relu_dZ,
        }.items()
    },
    **{
        f"ReLU layer, the mask is {mask}": dict(
            claim=X.T * Hadamard(G, each(Z, mask)),
            of=J,
            wrt=W,
            where=relu_layer,
            given=not_0,
        )
        for mask in [
            (1 + sign(t)) / 2,
            Heaviside(t),
            Piecewise((0, t < 0), (1, True)),
            Piecewise((1, t >= 0), (0, True)),
        ]
    },
    "ReLU layer, f and f'": dict(
        claim=X.T * Hadamard(G, Z.applyfunc(f_prime)),
        of=J,
        wrt=W,
        given=not_0,
        where={Z: affine[Z], f(t): Max(0, t), J: total(Hadamard(G, Z.applyfunc(f)))},
    ),
    "ReLU layer, the mask is written in the output": dict(
        claim=X.T * Hadamard(G, each(A1, step)),
        of=J,
        wrt=W,
        where={**layer(Max(0, t)), A1: each(Z, Max(0, t))},
        given=not_0,
    ),
    "two ReLU layers, the masks written in the outputs": dict(
        claim=X.T * Hadamard(Hadamard(L2, each(H2, step)) * V2.T, each(A1, step)),
        of=J,
        wrt=W,
        where={
            Z: affine[Z],
            A1: each(Z, Max(0, t)),
            Z2: A1 * V2,
            H2: each(Z2, Max(0, t)),
            J: total(Hadamard(L2, H2)),
        },
        given=[*not_0, Ne(Z2[i, j], 0)],
    ),
    "cases in an inner sum": dict(
        claim=G_col.T * each(Z, step).T * a, of=a.T * (each(Z, step) * G_col)
    ),
    "ReLU, the sum of both signs": dict(
        claim=Z, of=each(Z, Max(0, t)) - each(-Z, Max(0, t))
    ),
    "leaky ReLU": dict(
        claim=X.T
        * Hadamard(G, each(Z, Piecewise((1, t > 0), (Rational(1, 10), True)))),
        of=J,
        wrt=W,
        where=layer(Max(t, t / 10)),
        given=not_0,
    ),
    "|Z| behind a defined matrix": dict(
        claim=X.T * Z.applyfunc(sign),
        of=J,
        wrt=W,
        where={Z: X * W, J: total(Z.applyfunc(Abs))},
        given=not_0,
    ),
    "|Z| by Z itself": dict(
        claim=Z.applyfunc(sign),
        of=J,
        wrt=Z,
        where={Z: X * W, J: total(Z.applyfunc(Abs))},
        given=not_0,
    ),
    "ELU": dict(
        claim=each(Z, Piecewise((1, t > 0), (exp(t), True))),
        of=J,
        wrt=Z,
        given=not_0,
        where={J: total(each(Z, Piecewise((t, t > 0), (exp(t) - 1, True))))},
    ),
    "a stable sigmoid": dict(
        claim=each(Z, sigmoid),
        of=each(Z, Piecewise((sigmoid, t >= 0), (exp(t) / (1 + exp(t)), True))),
    ),
    "a stable softplus": dict(
        claim=each(Z, log(1 + exp(t))), of=each(Z, Max(t, 0) + log(1 + exp(-Abs(t))))
    ),
    "clipped from below and above": dict(claim=Min(Max(z, 0), 1), of=Max(Min(z, 1), 0)),
    "minimum and maximum": dict(claim=z + t, of=Max(z, t) + Min(z, t)),
    # smooth functions, and roots away from 0
    "sin": dict(claim=cos(z), of=sin(z), wrt=z),
    "atan": dict(claim=1 / (1 + z**2), of=atan(z), wrt=z),
    "GELU": dict(
        claim=(1 + erf(z / sqrt(2))) / 2 + z * exp(-(z**2) / 2) / sqrt(2 * pi),
        of=z * (1 + erf(z / sqrt(2))) / 2,
        wrt=z,
    ),
    "a norm that is not 0": dict(
        claim=a / norm, of=norm, wrt=a, given=[Ne(norm**2, 0)]
    ),
    "a norm that is positive": dict(
        claim=a / norm, of=norm, wrt=a, given=[norm**2 > 0]
    ),
    "a root of what is surely positive": dict(
        claim=z / sqrt(z**2 + 1), of=sqrt(z**2 + 1), wrt=z
    ),
    "layer norm": dict(
        claim=Hadamard(
            each(variance, inverse_root),
            L
            - L * OneMatrix(D, D) / D
            - Hadamard(Xhat, Hadamard(L, Xhat) * OneMatrix(D, D) / D),
        ),
        of=J,
        wrt=X,
        where=layer_norm,
    ),
    "attention, by the queries": dict(
        claim=Hadamard(scores, G * A1.T - Hadamard(scores, G * A1.T) * OneMatrix(N, N))
        * keys
        / sqrt(D),
        of=J,
        wrt=X,
        where=attention,
    ),
    # sums
    "the sigmoid written out, behind X W": dict(
        claim=X.T * Hadamard(G, each(Z, sigmoid), each(Z, 1 - sigmoid)),
        of=J,
        wrt=W,
        where=layer(sigmoid),
    ),
    "softplus behind X W": dict(
        claim=X.T * Hadamard(G, each(Z, sigmoid)),
        of=J,
        wrt=W,
        where=layer(log(1 + exp(t))),
    ),
    "softplus, the other way": dict(
        claim=X.T * Hadamard(G, each(Z, sigmoid)),
        of=J,
        wrt=W,
        where=layer(t + log(1 + exp(-t))),
    ),
    "log-sum-exp, any shift": dict(
        claim=(S.applyfunc(exp) * ones_K).applyfunc(log),
        of=c_col + ((S - c_col * ones_K.T).applyfunc(exp) * ones_K).applyfunc(log),
    ),
    "the last term of a sum": dict(
        claim=counted(0, last - 1) + a[last, 0], of=counted(0, last)
    ),
    "the first term of a sum": dict(claim=total(a) - a[0, 0], of=counted(1, N - 1)),
    "another first index": dict(claim=total(a), of=Sum(a[k - 1, 0], (k, 1, N))),
    "another first index, differentiated": dict(
        claim=2 * a, of=Sum(a[k - 1, 0] ** 2, (k, 1, N)), wrt=a
    ),
    "from the last term to the first": dict(
        claim=total(a), of=Sum(a[N - 1 - k, 0], (k, 0, N - 1))
    ),
    "another first index, beside one that falls": dict(
        claim=Sum(a[k, 0] * c_col[N - 1 - k, 0], (k, 0, N - 1)),
        of=Sum(a[k - 1, 0] * c_col[N - k, 0], (k, 1, N)),
    ),
    "neighbors cancel": dict(
        claim=a[N - 1, 0] - a[0, 0], of=Sum(a[k + 1, 0] - a[k, 0], (k, 0, N - 2))
    ),
    "divided by an index": dict(
        claim=2 * Sum(a[k, 0] / k, (k, 1, N - 1)),
        of=Sum(2 * a[k, 0] / k, (k, 1, N - 1)),
    ),
    "a delta of any row": dict(
        claim=a[i, 0], of=Sum(KroneckerDelta(k, i) * a[k, 0], (k, 0, N - 1))
    ),
    "a letter of a Lambda inside another": dict(
        claim=u * Trace(M) * OneMatrix(N, H),
        of=each(u * OneMatrix(N, H), Trace(M.applyfunc(Lambda(u, u * t)))),
    ),
    "the trace of a diagonal matrix": dict(claim=total(b), of=Trace(DiagMatrix(b))),
    "a trace": dict(claim=B.T, of=Trace(M * B), wrt=M),
    "tanh is written with exp": dict(
        claim=Z.applyfunc(tanh), of=each(Z, 2 / (1 + exp(-2 * t)) - 1)
    ),
}

FALSE = {
    "cases moved out of an inner sum": dict(
        claim=ZeroMatrix(1, 1),
        of=a.T * (each(Z, step) * G_col),
        given=[Eq(Sum(G_col[k, 0], (k, 0, H - 1)), 0)],
    ),
    "a triangle, turned": dict(
        claim=Sum(a[m, 0], (k, 0, m - 2), (m, 0, N - 1)),
        of=Sum(a[N - 1 - m, 0], (k, 0, m - 2), (m, 0, N - 1)),
    ),
    "0 on the left of >": dict(claim=z, of=Abs(z), given=[Gt(0, z)]),
    "a column beyond the last": dict(
        claim=OneMatrix(N, N), of=Sum(M[m, k], (k, 0, K - 1), (m, 0, N - 1)), wrt=M
    ),
    "a delta beyond its range": dict(
        claim=Integer(1), of=Sum(KroneckerDelta(k, last, (0, N - 1)), (k, 0, N - 1))
    ),
    "a delta of an index with its mirror": dict(claim=2 * mirror, of=mirror),
    "two powers": dict(claim=z ** (m**2), of=z ** (m**2 + 1)),
    "a letter of a Lambda beside a hypothesis": dict(
        claim=Z, of=Z.applyfunc(Lambda(z, Abs(z))), given=[z > 0]
    ),
    "a matrix by its entries": dict(
        claim=ZeroMatrix(D, H), of=J, wrt=W, where=by_entries
    ),
    "a formula of f with the variable in it": dict(
        claim=c, of=J, wrt=z, where={J: f(z), f(t): c * t, c: z}
    ),
    "N t for the sum of t": dict(claim=N * t_col[i, 0], of=total(Y), given=rows),
    "another row": dict(claim=t_col[i, 0], of=Sum(Y[0, k], (k, 0, K - 1)), given=rows),
    "orthonormal, another row": dict(
        claim=KroneckerDelta(i, j),
        of=Sum(Q[0, k] * Q[j, k], (k, 0, K - 1)),
        given=orthonormal,
    ),
    "N - 2 terms": dict(claim=(N - 2) * total(X), of=Sum(total(X), (k, 2, N - 1))),
    "l - 2 terms": dict(claim=length - 2, of=Sum(1, (k, 2, length - 1))),
    "the last term of a sum forgotten": dict(
        claim=counted(0, last - 1), of=counted(0, last)
    ),
    "the first term of a sum forgotten": dict(
        claim=counted(0, N - 1), of=counted(1, N - 1)
    ),
    "ReLU's mask on the output, with >=": dict(
        claim=X.T * Hadamard(G, each(A1, Piecewise((1, t >= 0), (0, True)))),
        of=J,
        wrt=W,
        where={**layer(Max(0, t)), A1: each(Z, Max(0, t))},
        given=not_0,
    ),
    "> and >= where 0 is allowed": dict(
        claim=each(Z, step), of=each(Z, Piecewise((1, t >= 0), (0, True)))
    ),
    "leaky ReLU, upside down": dict(
        claim=X.T
        * Hadamard(G, each(Z, Piecewise((Rational(1, 10), t > 0), (1, True)))),
        of=J,
        wrt=W,
        where=layer(Max(t, t / 10)),
        given=not_0,
    ),
    "sigmoid, the slope of tanh": dict(
        claim=X.T * Hadamard(G, each(Z, 1 - sigmoid**2)),
        of=J,
        wrt=W,
        where=layer(sigmoid),
    ),
    "layer norm without its mean": dict(
        claim=Hadamard(
            each(variance, inverse_root),
            L - Hadamard(Xhat, Hadamard(L, Xhat) * OneMatrix(D, D) / D),
        ),
        of=J,
        wrt=X,
        where=layer_norm,
    ),
    "all masks make 1": dict(
        claim=Integer(1),
        of=Piecewise((1, z > 0), (0, True)) + Piecewise((1, z < 0), (0, True)),
    ),
}

NOT_SHOWN = {
    "a letter that may be complex": dict(
        claim=complex_z**2, of=Abs(complex_z) ** 2, given=[Ne(complex_z, 0)]
    ),
    "|z| where z may be 0": dict(claim=Integer(1), of=Abs(z), wrt=z, given=[z >= 0]),
    "another number is negative": dict(
        claim=sign(t), of=Abs(t), wrt=t, given=[Gt(0, z)]
    ),
    "hypotheses that contradict each other": dict(
        claim=Integer(1), of=sign(z), given=[z > 0, z < 0]
    ),
    "hypotheses that no numbers satisfy": dict(
        claim=Integer(1), of=Sum(Y[0, k], (k, 0, K - 1)), given=[*one_hot, Y[i, j] > 1]
    ),
    "the slope of f at its kink": dict(
        claim=Integer(1), of=f_prime(u), where={u: z**2, f(t): Max(0, t)}
    ),
    "an entry of a matrix that holds the variable": dict(
        claim=Integer(0), of=Matrix([[z], [z**2]])[i, 0], wrt=z
    ),
    "a norm that may be 0": dict(claim=a / norm, of=norm, wrt=a),
    "a cube root at 0": dict(claim=cbrt(z) / (3 * z), of=cbrt(z), wrt=z),
    "a ReLU layer that may be 0": dict(
        claim=X.T * Hadamard(G, each(Z, step)), of=J, wrt=W, where=layer(Max(0, t))
    ),
    "the slope of f'": dict(claim=2 * f_prime(z), of=z * f_prime(z), wrt=z),
    "a name with a sign that it cannot have": dict(
        claim=r, of=sqrt(r**2), where={r: -2}
    ),
}


def verdict(**setting):
    """What prove says: "proved", or the exception."""
    try:
        return prove("test", **setting) and "proved"
    except NotProved as error:
        return error


@pytest.mark.parametrize("setting", TRUE.values(), ids=TRUE)
def test_a_true_claim_is_proved(setting):
    assert verdict(**setting) == "proved"


@pytest.mark.parametrize("setting", FALSE.values(), ids=FALSE)
def test_a_false_claim_is_refuted_with_numbers(setting):
    assert verdict(**setting).counterexample


@pytest.mark.parametrize("setting", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_has_no_derivative_or_no_known_sign_is_not_shown(setting):
    error = verdict(**setting)
    assert isinstance(error, NotProved) and error.counterexample is None


own_N = Symbol("N")
REFUSED = {
    "where: Z.T can't be defined": dict(where={Z.T: (X * W).T}),
    "where: 2*Z can't be defined": dict(where={2 * Z: 2 * X * W}),
    "where: f(2) can't be defined": dict(where={f(2): 2 * z}),
    "where: Z[0, 0] can't be defined": dict(where={Z[0, 0]: z}),
    "where: M[i, i] can't be defined": dict(where={M[i, i]: z}),
    "where: 'J' can't be defined": dict(where={"J": z}),
    "where: one name has two definitions": dict(where={Z: G, Z[i, j]: G[i, j]}),
    "where: N is a size": dict(claim=X, of=X, where={N: Integer(2)}),
    "where: the definitions go in a circle, J → u → J": dict(where={J: u, u: J + 1}),
    "two different things are called W": dict(
        claim=ZeroMatrix(D, H), of=J, wrt=W, where={J: 3 * Symbol("W")}
    ),
    "two different things are called N": dict(
        claim=X.T * RealMatrix("A", own_N, H), of=J, wrt=W, where=affine
    ),
    "two different things are called t": dict(
        claim=t_col, of=t_col, where={f(t): t**2}
    ),
    "two different things are called f": dict(
        claim=f(z), of=f(z) + 0 * z, wrt=None, where={u: Symbol("f")}
    ),
    "two different things are called k": dict(
        claim=Symbol("k", real=True) * counted(0, N - 1),
        of=Symbol("k", real=True) * total(a),
    ),
    "claim: 0.333333333333333 is a rounded number; write Rational": dict(
        claim=0.3333333333333333 * W, of=W / 3
    ),
    "of: 'W' is no expression": dict(of="W"),
    "of: Derivative is no word of a claim": dict(of=Derivative(f_prime(z), z)),
    "of: g is no word of a claim": dict(of=Function("g")(z), wrt=z),
    "of: floor is no word of a claim": dict(of=floor(z), wrt=z),
    "of: Z is (N, H); only a number has a gradient": dict(of=Z, wrt=Z),
    "wrt: X*W is no matrix": dict(of=J, wrt=X * W),
    "wrt: 2*z is no matrix": dict(of=J, wrt=2 * z),
    "wrt: 'z' is no matrix": dict(of=J, wrt="z"),
    "wrt: N is no matrix": dict(of=total(X), wrt=N),
    "sizes: 'N' is no size here": dict(claim=X, of=X, sizes={"N": 2}),
    "sizes: N is no size here": dict(claim=X, of=X, sizes={own_N: 2}),
    "sizes: N = 0; a size is a whole number from 1 on": dict(
        claim=X, of=X, sizes={N: 0}
    ),
    "given: a is no hypothesis": dict(given=["a"]),
    "of: k stands free in a condition": dict(
        of=Sum(
            a[m, 0] * Sum(Piecewise((1, Z[m, k] > 0), (0, True)), (k, 0, H - 1)),
            (m, 0, N - 1),
        )
    ),
    "given: z is no hypothesis": dict(given=z),
    "given: None is no hypothesis": dict(given=None),
    "i runs over": dict(
        given=[Eq(Sum(Y[i, k], (k, 0, K - 1)), RealMatrix("t", D, 1)[i, 0])]
    ),
    "sizes: [1] is no dict": dict(sizes=[1]),
    "where: [1] is no dict": dict(where=[1]),
    "one name has two definitions": dict(where={f(t): t, f(u): u**2}),
    "where: the letter t of f(t) means another number": dict(
        where={f(t): u, u: Abs(t)}
    ),
    "where: the letter z of f(z) means another number": dict(
        where={f(z): Max(0, z)}, given=[Ne(z, 0)]
    ),
    "where: u holds the index": dict(where={Z[i, j]: u, u: X[i, j]}),
    "of: Σ_(k=0..N/2) 1 has bounds": dict(of=Sum(1, (k, 0, N / 2))),
    "of: _z is a Dummy": dict(of=Dummy("z", real=True)),
    "of: 2 is no letter for a number": dict(of=Symbol("2")),
    "of: True is no number and no matrix": dict(of=true),
    "of: Eq(z, 1) is no number and no matrix": dict(of=Eq(z, 1)),
    "of: Z.**G is no power": dict(of=HadamardPower(Z, G)),
    "of: ∂(Σ_i Σ_j X[i, j])/∂X is no derivative": dict(of=Partial(total(X), X)),
    "given: z = 3 is no equation between one sum and its value": dict(given=[Eq(z, 3)]),
    "given: Σ_k Y[i, k] = t[j, 0] has j on one side only": dict(
        given=[Eq(Sum(Y[i, k], (k, 0, K - 1)), t_col[j, 0])]
    ),
    "given: Σ_k Y[i, k] = 2 contradicts": dict(
        given=[*one_hot, Eq(Sum(Y[i, k], (k, 0, K - 1)), 2)]
    ),
}


@pytest.mark.parametrize("message, setting", REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_by_name(message, setting):
    with pytest.raises(Refused, match=re.escape(message)):
        prove("test", **{"claim": z, "of": z, **setting})


def test_a_refusal_is_a_verdict_and_an_error_of_the_caller():
    assert issubclass(Refused, NotProved) and issubclass(Refused, ValueError)


def test_total_of_a_number_is_refused():
    with pytest.raises(
        TypeError, match="total adds the entries of a matrix, and z is none"
    ):
        total(z)


def test_refuse_without_mutants_says_so():
    with pytest.raises(ValueError, match="no mutants were given"):
        prove("test", z, of=z).refuse({})


# What stands below the formula.

SMALL_PRINT = {
    "J does not depend on W": dict(claim=ZeroMatrix(D, H), of=J, wrt=W),
    "with r > 0": dict(claim=r, of=Abs(r)),
    "with z real": dict(claim=z, of=2 * z - z),
    "with l, a positive integer": dict(
        claim=length * (length + 1) / 2, of=Sum(k, (k, 1, length))
    ),
    "not used: z ≠ 0": dict(claim=2 * z, of=z**2, wrt=z, given=[Ne(z, 0)]),
    "if Σ_k Y[i, k] = 1 for every i": dict(claim=ones, of=Y * ones_K, given=one_hot),
    "if Z[i, j] ≠ 0 for every i, j": dict(
        claim=Z.applyfunc(sign), of=total(Z.applyfunc(Abs)), wrt=Z, given=not_0
    ),
    "with e, an even integer": dict(claim=z**even, of=(-z) ** even),
    "with N ≥ 2": dict(claim=Integer(1), of=total(a), wrt=a[1, 0]),
    "with r > 0, z real": dict(claim=r * z, of=r * (2 * z - z)),
}


@pytest.mark.parametrize("line, setting", SMALL_PRINT.items(), ids=SMALL_PRINT)
def test_the_small_print_says_all_that_the_theorem_supposes(line, setting):
    rule = prove("test", **setting)
    assert any(line in each for each in repr(rule).splitlines()), repr(rule)
    assert line.split(":")[0].split()[0] in rule._repr_markdown_()


def test_a_theorem_does_not_change_with_the_dict_of_its_caller():
    where = {J: z**2}
    rule = prove("test", 2 * z, of=J, wrt=z, where=where)
    before = repr(rule)
    where[J] = z**3
    assert repr(rule) == before and "z**2" in before
    assert rule.refuses(3 * z**2)


def test_a_mutant_is_read_with_the_same_care_as_a_claim():
    rule = prove("test", X.T * G, of=J, wrt=W, where=affine)
    for mutant in [0.5 * X.T * G, Symbol("W") * X.T * G]:
        with pytest.raises(Refused):
            rule.accepts(mutant)


def test_a_derivative_by_an_entry_at_any_row_and_column():
    assert prove(
        "test", 2 * W[i, j], of=J, wrt=W[i, j], where={J: total(Hadamard(W, W))}
    )
    assert prove(
        "test",
        Integer(2),
        of=Partial(J, W[0, 0]),
        wrt=W[0, 0],
        where={J: total(Hadamard(W, W))},
    )


def test_a_matrix_by_its_entries_is_the_matrix_of_the_formula():
    rule = prove("test", X.T * G, of=J, wrt=W, where=by_entries)
    assert isinstance(rule.equation.where[Z], FunctionMatrix)


def test_a_root_may_stand_inside_a_maximum():
    root = sqrt(2)
    assert verdict(claim=root * Max(z, 0), of=Max(root * z, 0)) == "proved"
    assert verdict(claim=root * Max(z, 1), of=Max(root * z, 0)).counterexample


def test_a_mutant_of_a_theorem_about_one_size_is_refused():
    column = RealMatrix("w", H, 1)
    theorem = prove(
        "sized",
        2 * column,
        of=total(column * column.T),
        wrt=column,
        sizes={H: 1},
        where={J: total(column)},
    )
    assert theorem.refuses(3 * column)
