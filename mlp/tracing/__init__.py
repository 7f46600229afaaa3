"""Gradients in NumPy, proved: `prove_backward` and `prove_gradient`."""

from mlp.tracing.prove import prove_backward, prove_gradient
from mlp.tracing.result import NotProved

__all__ = ["NotProved", "prove_backward", "prove_gradient"]
