"""Claims of which it is known whether they hold; the checker and its witness judge
them.

The letters: X, W, b, Z and G of a layer; V, T and R of squared errors; S, P and Y of
softmax with cross-entropy; A, B, C square; i, j, k, m indices; t, x, z, L scalars.
"""

from sympy import (
    Abs,
    Eq,
    Identity,
    Integer,
    Max,
    Ne,
    OneMatrix,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    ZeroMatrix,
    exp,
    log,
    sign,
    sqrt,
    tanh,
)
from sympy import HadamardProduct as Hadamard

from mlp.proof import (
    D,
    Gradient,
    H,
    J,
    K,
    N,
    RealMatrix,
    Softmax,
    any_col,
    any_row,
    f,
    f_prime,
    total,
)

X, W, b = RealMatrix("X", N, D), RealMatrix("W", D, H), RealMatrix("b", 1, H)
Z, G, ones = RealMatrix("Z", N, H), RealMatrix("G", N, H), OneMatrix(N, 1)
V, T, R = RealMatrix("V", H, K), RealMatrix("T", N, K), RealMatrix("R", N, K)
S, Y, P, c = (
    RealMatrix("S", N, K),
    RealMatrix("Y", N, K),
    RealMatrix("P", N, K),
    RealMatrix("c", N, 1),
)
A, B, C = (RealMatrix(name, N, N) for name in "ABC")
pairs, column, twice = (
    RealMatrix("A", N, 2),
    RealMatrix("a", N, 1),
    RealMatrix("a", 2 * N, 1),
)
z, t, x, L = Symbol("z", real=True), Symbol("t", real=True), Symbol("x"), Symbol("L")
i, j, k, m = any_row, any_col, Symbol("k", integer=True), Symbol("m", integer=True)
every = ones * ones.T  # (N, N)
trace = Sum(A[k, k], (k, 0, N - 1))
affine = {Z: X * W + ones * b, J: total(Hadamard(G, Z))}
one_hot = Eq(Sum(Y[i, k], (k, 0, K - 1)), 1)
cross_entropy = {J: -total(Hadamard(Y, P.applyfunc(log))) / N, P: Softmax(S)}
squares = {R: X * W * V - T, J: total(Hadamard(R, R))}
absolute = {J: total(W.applyfunc(Abs))}

TRUE = {  # some of them are hard
    "affine, by W": dict(claim=X.T * G, of=J, wrt=W, where=affine),
    "affine, by b": dict(claim=ones.T * G, of=J, wrt=b, where=affine),
    "affine, by X": dict(claim=G * W.T, of=J, wrt=X, where=affine),
    "element-wise": dict(
        claim=Hadamard(G, Z.applyfunc(f_prime)),
        of=J,
        wrt=Z,
        where={J: total(Hadamard(G, Z.applyfunc(f)))},
    ),
    "softmax with cross-entropy": dict(
        claim=(P - Y) / N, of=J, wrt=S, where=cross_entropy, given=[one_hot]
    ),
    "softmax, any shift": dict(claim=Softmax(S), of=Softmax(S + c * OneMatrix(1, K))),
    "softmax rows": dict(claim=ones, of=Softmax(S) * OneMatrix(K, 1)),
    "squared error, by the first W": dict(
        claim=2 * X.T * R * V.T, of=J, wrt=W, where=squares
    ),
    "squared error, by the second": dict(
        claim=2 * (X * W).T * R, of=J, wrt=V, where=squares
    ),
    "trace": dict(claim=Identity(N), of=J, wrt=A, where={J: trace}),
    "log of the trace": dict(
        claim=Identity(N) / trace, of=J, wrt=A, where={J: log(trace)}
    ),
    "squares": dict(claim=2 * A, of=J, wrt=A, where={J: total(Hadamard(A, A))}),
    "trace of A A": dict(
        claim=2 * A.T,
        of=J,
        wrt=A,
        where={J: Sum(A[i, k] * A[k, i], (k, 0, N - 1), (i, 0, N - 1))},
    ),
    "sum of A A A": dict(
        claim=every * (A * A).T + A.T * every * A.T + (A * A).T * every,
        of=J,
        wrt=A,
        where={J: total(A * A * A)},
    ),
    "square of a sum": dict(
        claim=2 * total(A) * every, of=J, wrt=A, where={J: total(A) ** 2}
    ),
    "norm": dict(
        claim=A / sqrt(total(Hadamard(A, A))),
        of=J,
        wrt=A,
        where={J: sqrt(total(Hadamard(A, A)))},
        given=[Ne(total(Hadamard(A, A)), 0)],
    ),
    "product of sums": dict(
        claim=total(A) * total(B),
        of=Sum(A[i, k] * total(B), (k, 0, N - 1), (i, 0, N - 1)),
    ),
    "associative": dict(claim=A * B * C, of=(A * B) * C),
    "one entry": dict(
        claim=Integer(6), of=J, wrt=A[0, 0], where={J: 6 * A[0, 0] + A[0, 1]}
    ),
    "a known size beside a symbolic one": dict(
        claim=OneMatrix(N, 2), of=J, wrt=pairs, where={J: total(pairs)}
    ),
    "|W| away from 0": dict(
        claim=W.applyfunc(sign), of=J, wrt=W, where=absolute, given=[Ne(W[i, j], 0)]
    ),
    "max(0, z) away from 0": dict(
        claim=Piecewise((1, z > 0), (0, True)),
        of=L,
        wrt=z,
        where={L: Max(0, z)},
        given=[Ne(z, 0)],
    ),
    "sigmoid": dict(claim=x * (1 - x), of=x, wrt=z, where={x: 1 / (1 + exp(-z))}),
    "two names in a chain": dict(
        claim=1 - tanh(2 * z) ** 2, of=L, wrt=x, where={L: tanh(x), x: 2 * z}
    ),
    "gradient step": dict(
        claim=W - t * X.T * G, of=W - t * Gradient(J, W), where=affine
    ),
}

WRONG = {
    "the diagonal is not a row": dict(
        claim=Integer(1), of=trace, given=[Eq(Sum(A[i, k], (k, 0, N - 1)), 1)]
    ),
    "columns are not rows": dict(claim=OneMatrix(1, K), of=ones.T * Y, given=[one_hot]),
    "trace, ones": dict(claim=every, of=J, wrt=A, where={J: trace}),
    "trace of A A, not transposed": dict(
        claim=2 * A,
        of=J,
        wrt=A,
        where={J: Sum(A[i, k] * A[k, i], (k, 0, N - 1), (i, 0, N - 1))},
    ),
    "sum of A A A, one order": dict(
        claim=every * (A * A).T + A.T * every * A.T + every * (A * A).T,
        of=J,
        wrt=A,
        where={J: total(A * A * A)},
    ),
    "square of a sum, sum of squares": dict(
        claim=total(Hadamard(A, A)), of=total(A) ** 2
    ),
    "product of sums, sum of products": dict(
        claim=total(Hadamard(A, B)), of=total(A) * total(B)
    ),
    "products commute": dict(claim=B * A, of=A * B),
    "symmetric": dict(claim=A.T, of=A),
    "element-wise is a product": dict(claim=A * B, of=Hadamard(A, B)),
    "softmax twice": dict(claim=Softmax(S), of=Softmax(Softmax(S))),
    "softmax, columns": dict(claim=OneMatrix(1, K), of=ones.T * Softmax(S)),
    "softmax, one shift for each class": dict(
        claim=Softmax(S), of=Softmax(S + ones * RealMatrix("d", 1, K))
    ),
    "soft labels that do not sum to 1": dict(
        claim=(P - Y) / N, of=J, wrt=S, where=cross_entropy
    ),
    "squared error, 1/N": dict(claim=2 * X.T * R * V.T / N, of=J, wrt=W, where=squares),
    "squared error, SymPy's order": dict(
        claim=ZeroMatrix(D, H), of=J, wrt=W, where=squares
    ),
    "a sum up to N - 2": dict(
        claim=ones, of=J, wrt=column, where={J: Sum(column[k, 0], (k, 0, N - 2))}
    ),
    "every other entry": dict(
        claim=OneMatrix(2 * N, 1),
        of=J,
        wrt=twice,
        where={J: Sum(twice[2 * k, 0], (k, 0, N - 1))},
    ),
    "a triangle is the square": dict(
        claim=every, of=J, wrt=A, where={J: Sum(A[k, m], (m, 0, k), (k, 0, N - 1))}
    ),
    "a triangle is the other one": dict(
        claim=Sum(A[m, k], (m, 0, k), (k, 0, N - 1)),
        of=Sum(A[k, m], (m, 0, k), (k, 0, N - 1)),
    ),
    "a known size counted twice": dict(
        claim=2 * Sum(pairs[k, 0] + pairs[k, 1], (k, 0, N - 1)), of=total(pairs)
    ),
    "the same gradient counted twice": dict(
        claim=2 * OneMatrix(N, 2), of=J, wrt=pairs, where={J: total(pairs)}
    ),
    "a path through a definition": dict(
        claim=every, of=J, wrt=A, where={B: A * A, J: total(A) + total(B)}
    ),
    "a product of numbers": dict(
        claim=ones, of=J, wrt=column, where={J: column[0, 0] * column[N - 1, 0]}
    ),
    "root of a square": dict(claim=Integer(1), of=L, wrt=z, where={L: sqrt(z**2)}),
    "wrong by one millionth": dict(
        claim=(1 + Rational(1, 10**6)) * X.T * G, of=J, wrt=W, where=affine
    ),
    "right at size 1 only": dict(claim=N * X.T * G, of=J, wrt=W, where=affine),
    "right for square layers only": dict(
        claim=D * X.T * G / H, of=J, wrt=W, where=affine
    ),
    "sigmoid, of the input": dict(
        claim=z * (1 - z), of=x, wrt=z, where={x: 1 / (1 + exp(-z))}
    ),
    "max(0, z), sign": dict(
        claim=Piecewise((0, z > 0), (1, True)),
        of=L,
        wrt=z,
        where={L: Max(0, z)},
        given=[Ne(z, 0)],
    ),
}
