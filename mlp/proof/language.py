# Made by `make generate` from book/derive/checker.ipynb: edit it there.
"""The words of a claim: real matrices, f, softmax, derivatives only written down.

The letters: N examples, D inputs, H hidden units, K classes; J is a loss; i and j, as
`any_row` and `any_col`, stand for any row and any column.
"""

from sympy import (
    Add,
    Dummy,
    Expr,
    Function,
    FunctionMatrix,
    Integer,
    KroneckerDelta,
    Lambda,
    MatrixSymbol,
    Mul,
    Sum,
    Symbol,
    exp,
    symbols,
    sympify,
)
from sympy.matrices.expressions import (
    DiagMatrix,
    HadamardPower,
    HadamardProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    Transpose,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

from mlp.proof.masks import without_cases


class RealElement(MatrixElement):
    """One entry of a real matrix."""

    is_real = True


class RealMatrix(MatrixSymbol):
    """A matrix of real numbers of which only the name and the shape are known.

    Parameters
    ----------
    name : str
        How it is written, LaTeX allowed: ``"W_1"``.
    n, m : int or Symbol
        The shape, rows and columns, such as ``D, H``.
    """

    def _entry(self, i, j, **kwargs):
        return RealElement(self, i, j)

    def valid_index(self, i, j):
        """Compare numbers with the shape; an index letter runs over the shape."""
        return all(
            n >= 0 and (not size.is_Integer or n < size)
            for n, size in zip(map(sympify, (i, j)), self.shape)
            if n.is_Integer
        )


class f(Function):
    """Any differentiable function of one number; ``where={f(z): …}`` says which."""

    nargs = 1

    def fdiff(self, argindex=1):
        return f_prime(self.args[0])


class f_prime(Function):
    """The derivative of ``f``; what it takes is the input z."""

    nargs = 1


class Softmax(MatrixExpr):
    """exp(S), each row divided by its sum; the argument is a matrix of scores."""

    shape = property(lambda self: self.args[0].shape)

    def _entry(self, i, j, **kwargs):
        S, k = self.args[0], Dummy("k", integer=True)
        return exp(S[i, j]) / Sum(exp(S[i, k]), (k, 0, S.cols - 1))


class Partial(Expr):
    """``Partial(J, z)``: a derivative that is written down, not yet carried out."""

    is_commutative = True


class Gradient(MatrixExpr):
    """``Gradient(J, W)``: the derivatives of a scalar by every entry of a matrix."""

    shape = property(lambda self: self.args[1].shape)

    def _entry(self, i, j, **kwargs):
        return Partial(self.args[0], self.args[1][i, j])


any_row, any_col = symbols("i j", integer=True)
N, D, H, K = symbols("N D H K", integer=True, positive=True)
J = Symbol("J")


def is_matrix(expr):
    """Tell a matrix expression from a scalar."""
    return getattr(expr, "is_Matrix", False)


def entry(expr, i, j):
    """Return entry (i, j) of a matrix expression; a scalar is its own entry."""
    if isinstance(expr, MatAdd):
        return Add(*[entry(part, i, j) for part in expr.args])
    if isinstance(expr, HadamardProduct):
        return Mul(*[entry(part, i, j) for part in expr.args])
    if isinstance(expr, HadamardPower):
        return entry(expr.base, i, j) ** expr.exp
    if isinstance(expr, Transpose):
        return entry(expr.arg, j, i)
    if isinstance(expr, MatMul):
        return product_entry(*expr.as_coeff_matrices(), i, j)
    if isinstance(expr, MatPow) and expr.shape == (1, 1):
        return entry(expr.base, i, j) ** expr.exp
    if isinstance(expr, MatPow) and expr.exp.is_Integer and expr.exp > 0:
        return product_entry(Integer(1), [expr.base] * int(expr.exp), i, j)
    if isinstance(expr, ElementwiseApplyFunction):
        return apply(expr.function, entry(expr.expr, i, j))
    if isinstance(expr, FunctionMatrix):
        return apply(expr.lamda, i, j)
    if isinstance(expr, DiagMatrix):
        vector = expr.args[0] if expr.args[0].cols == 1 else expr.args[0].T
        return entry(vector, i, 0) * KroneckerDelta(i, j, (0, expr.rows - 1))
    return expr[i, j] if is_matrix(expr) else sympify(expr)


def product_entry(number, matrices, i, j):
    """Return entry (i, j) of a product: Σ over k of A[i, k] B[k, j], with a new k."""
    first, *rest = matrices
    if not rest:
        return number * entry(first, i, j)
    k = Dummy("k", integer=True)
    body = without_cases(entry(first, i, k) * product_entry(Integer(1), rest, k, j))
    return number * add_up(body, [(k, Integer(0), sympify(first.cols - 1))])


def the_only_one(x):
    """Write index 0 for any row of a matrix of one row, and for any column of one."""
    place = [
        0 if size == 1 and k in (any_row, any_col) else k
        for k, size in zip((x.i, x.j), x.parent.shape)
    ]
    return x.parent[tuple(place)]


def apply(function, *values):
    """Put values for the letters of a Lambda; sums inside keep letters of their own."""
    return own_letters(function.expr).xreplace(dict(zip(function.variables, values)))


def own_letters(expr):
    """Give every sum and every Lambda in ``expr`` letters that no other one has."""
    if not expr.has(Sum, Lambda):
        return expr
    expr = rebuilt(expr, [own_letters(arg) for arg in expr.args])
    if isinstance(expr, Sum):
        return expr.xreplace(
            {k: Dummy(k.name, integer=True) for k in expr.bound_symbols}
        )
    if isinstance(expr, Lambda):
        names = {z: z.as_dummy() for z in expr.variables}
        return Lambda(tuple(names.values()), expr.expr.xreplace(names))
    return expr


def rebuilt(expr, args):
    """Return an expression with other parts."""
    if isinstance(
        expr, ElementwiseApplyFunction
    ):  # SymPy would call it on a 1 by 1 matrix
        return MatrixExpr.__new__(ElementwiseApplyFunction, *args)
    if isinstance(expr, MatrixElement):
        return args[0][tuple(args[1:])]
    return expr.func(*args)


def add_up(body, limits):
    """Return Σ body, as an addition where both bounds are numbers."""
    if not limits:
        return body
    *inner, (index, low, high) = limits
    if not (low.is_Integer and high.is_Integer):
        return Sum(add_up(body, inner), (index, low, high))
    values = [{index: Integer(n)} for n in range(low, high + 1)]
    return Add(
        *[
            add_up(body.xreplace(n), [limit.xreplace(n) for limit in inner])
            for n in values
        ]
    )


def total(matrix):
    """Sum all entries of a matrix.

    Parameters
    ----------
    matrix : matrix expression
        Of any shape, symbolic or not.

    Returns
    -------
    scalar expression
        A sum over rows and columns, with index letters of its own.

    Raises
    ------
    TypeError
        If it is no matrix.
    """
    if not is_matrix(matrix):
        raise TypeError(f"total adds the entries of a matrix, and {matrix} is none")
    rows, cols = matrix.shape
    i, j = [
        0 if size == 1 else Dummy(letter, integer=True)
        for letter, size in (("i", rows), ("j", cols))
    ]
    limits = [(k, 0, size - 1) for k, size in ((j, cols), (i, rows)) if size != 1]
    body = entry(matrix, i, j)
    return Sum(body, *limits) if limits else body
