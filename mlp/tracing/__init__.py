"""Gradients in NumPy, proved: `prove_backward` and `prove_gradient`.

In the order in which they build on each other: `sums` (numbers with indices in one
normal form), `functions`, `slopes` (derivatives), `masks` (almost everywhere);
`axes`, `arrays`, `contractions`, `operators`, `items`, `maxima` (arrays that remember)
and `numpy_names` (what NumPy does with them, in the files `numpy_...`); `copying` and
`states` (a copy of the program runs on them); `values`, `audit` and `numbers` (trace
and program in numbers); `names` (for what would get long); `shapes`, `programs`,
`domains`, `prove`, `result`. `from_sympy` reads the entries of `mlp.proof`'s matrices.
"""

from mlp.tracing.prove import prove_backward, prove_gradient
from mlp.tracing.result import NotProved

__all__ = ["NotProved", "prove_backward", "prove_gradient"]
