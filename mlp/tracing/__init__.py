"""Gradients in NumPy, proved: `prove_backward` and `prove_gradient`.

In the order in which they build on each other: `sums` (numbers with indices in one
normal form), `functions`, `slopes` (derivatives), `masks` (almost everywhere);
`axes`, `arrays`, `contractions`, `operators`, `items`, `maxima` (arrays that remember)
and `numpy_names` (what NumPy does with them, in the files `numpy_...`); `libraries`,
`stand_ins`, `python_names` (what a copy of the program finds for np, math, len, float),
`classes`, `copying` (the copy), `spies`, `catching`, `snapshots`, `states` (what it
must not look at, catch or change); `values`, `audit` and `numbers` (trace and program
in numbers); `names` (for what would get long); `shapes`, `calls`, `programs`,
`domains`, `prove`, `result`. `from_sympy` reads the entries of `mlp.proof`'s matrices.
"""

from mlp.tracing.prove import prove_backward, prove_gradient
from mlp.tracing.result import NotProved

__all__ = ["NotProved", "prove_backward", "prove_gradient"]
