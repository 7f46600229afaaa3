"""Gradients in NumPy, proved: `prove_backward` and `prove_gradient`.

In the order in which they build on each other: `sums` (numbers with indices in one
normal form), `functions`, `slopes` (derivatives), `masks` (almost everywhere);
`axes`, `arrays`, `items`, `maxima` and `numpy_names` (arrays that remember); `copying`
(a copy of the program runs on them); `values`, `audit` and `numbers` (trace and program
in numbers); `names` (for what would get long); `shapes`, `programs`, `prove`, `result`.
`from_sympy` reads the entries of `mlp.proof`'s matrices.
"""

from mlp.tracing.prove import prove_backward, prove_gradient
from mlp.tracing.result import NotProved

__all__ = ["NotProved", "prove_backward", "prove_gradient"]
