"""What the tests of `mlp.tracing` share."""

import numpy as np

from mlp.tracing.audit import compared
from mlp.tracing.programs import read_program
from mlp.tracing.prove import drawn
from mlp.tracing.values import DECLARED


def same_as_numpy(function, sizes=None, scale=1.0, positive=False, **shapes):
    """Trace a function, and compare it with NumPy at random numbers.

    Returns
    -------
    Comparison or None
    """
    program = read_program(function, lambda *args, **options: {}, True, shapes, {})
    outputs, _, _ = program.trace()
    rng = np.random.RandomState(0)
    lengths = sizes or dict(zip(program.sizes, (2, 3, 4, 5)))
    world = drawn(program, lengths, rng, scale, positive)
    world.axes = {**world.axes, **DECLARED}
    return compared(outputs, lambda w: {"out": program.real_outputs(w)[0][0]}, world)
