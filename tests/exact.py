"""The activations once more, as formulas: a key of `ACTIVATIONS` each, and no code of
`mlp`.

`FORMULAS` are SymPy expressions in z; `EXACT` are the same as functions of mpmath
numbers, as exact as `mpmath.workdps` asks for.
"""

import sympy
from sympy import Max, exp, log, tanh

z = sympy.Symbol("z")
FORMULAS = {
    "sigmoid": 1 / (1 + exp(-z)),
    "tanh": tanh(z),
    "relu": Max(z, 0),
    "softplus": log(1 + exp(z)),
    "identity": z,
}
EXACT = {
    name: sympy.lambdify(z, formula, "mpmath") for name, formula in FORMULAS.items()
}
