"""Names in the field for one thing: the search takes each for the others of its line.

At least one name of a line stands in the book; a name has up to three words.
"""

GROUPS = """
attention, transformer
backprop, backpropagation
batch, minibatch
batch norm, batchnorm, batch normalization
bias, intercept, offset
big, large, high
clipped, cut
corrupt, damaged, broken file
denormal, subnormal
derivative, slope, prime
diverge, blow up, explode
download, file
dying, dead
eigenvalue, curvature
finite differences, numerical gradient, centered difference, numerical differentiation
grade, mark
hadamard, element-wise
improve, raise, better
initialization, first weights
initialize, start
install, set up
jacobian, local derivative
layer norm, layernorm, layer normalization
l1, lasso
l2, ridge, weight decay
learning rate, step size, lr
load, read
matmul, matrix product
max, maximum, largest
mse, squared error
nabla, gradient
nan, inf, infinite, non-finite
nonlinear, bend
normalize, scale
overflow, inf
penalty, regularization
plot, draw
recurrence, recurrent, rnn
residual, skip connection, shortcut
resume, continue
rms norm, rmsnorm
same seed, reproducible
save, store
silu, swish
subtract, shift
test, check
token, word
too big, too long, too far
""".strip().splitlines()
