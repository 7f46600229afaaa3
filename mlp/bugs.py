# Made by `make generate` from book/explore/broken_gradients.ipynb: edit it there.
import numpy as np

from mlp.activations import ACTIVATIONS
from mlp.checks import check_choice
from mlp.losses import OUTPUTS, PENALTIES, softmax
from mlp.model import MLP
from mlp.network import forward


class LineByLine(MLP):
    """An `MLP` whose backward pass is made of methods of one line each.

    A bug is a subclass that replaces one of them. The loss is always the right one.

    Attributes
    ----------
    options : dict
        Of the class: the settings of `MLP` that its bug is about, if not the usual.
    """

    options = {}

    def loss_and_grads(self, X, y, reg):
        """As `MLP.loss_and_grads`, with the parts below."""
        f, penalty = ACTIVATIONS[self.activation][0], PENALTIES[self.penalty][0]
        scores, hidden = forward(self.params, X, f)
        loss, dZ = self.data_loss(scores, y)
        grads = {}
        for k in range(len(hidden), 0, -1):
            H, W = hidden[k - 1], self.params[f"W{k}"]
            loss += reg * penalty(W)
            grads[f"W{k}"] = self.dW(H, dZ) + reg * self.dpenalty(f"W{k}")
            grads[f"b{k}"] = self.db(dZ) + reg * self.dpenalty(f"b{k}")
            if k > 1:
                dZ = self.dH(dZ, W) * self.slope(H)  # (N, width of H)
        return loss, grads

    def data_loss(self, scores, y):
        """Loss without penalty, and its gradient by the scores, (N, K)."""
        return OUTPUTS[self.output](scores, y)

    def dW(self, H, dZ):
        """Gradient by a layer's weights, from its input H and its dZ."""
        return H.T @ dZ

    def db(self, dZ):
        """Gradient by a layer's biases."""
        return dZ.sum(axis=0)

    def dH(self, dZ, W):
        """Gradient by a layer's input."""
        return dZ @ W.T

    def slope(self, H):
        """Derivative of the activation, written in its output H."""
        return ACTIVATIONS[self.activation][1](H)

    def dpenalty(self, name):
        """Gradient of the penalty by the parameter of this name; 0 for a bias."""
        p = self.params[name]
        is_weight = name.startswith("W")
        return PENALTIES[self.penalty][1](p) if is_weight else np.zeros_like(p)


class MaskFromOutput(LineByLine):
    """ReLU's mask taken from the output with ≥. As h ≥ 0 always, no mask is left."""

    def slope(self, H):
        """Ones in the shape of H."""
        return H >= 0


class ValueForSlope(LineByLine):
    """The activation itself, f, where its derivative f' belongs."""

    def slope(self, H):
        """H itself."""
        return H


class SlopeAtOutput(LineByLine):
    """A derivative written for z, but given h: f'(f(z)). ReLU does not show it."""

    options = {"activation": "tanh"}

    def slope(self, H):
        """The slope at the point H, not at the Z that H came from."""
        f, f_prime_of_h = ACTIVATIONS[self.activation]
        return f_prime_of_h(f(H))


class TransposedProduct(LineByLine):
    """W for its transpose on the way back, wherever the sizes agree.

    It needs two neighboring layers of the same width.
    """

    def dH(self, dZ, W):
        """dZ @ W where W is square."""
        return dZ @ (W if W.shape[0] == W.shape[1] else W.T)


class FlippedSign(LineByLine):
    """A minus sign too many in the gradient by a layer's input."""

    def dH(self, dZ, W):
        """The right gradient, times -1."""
        return -super().dH(dZ, W)


class OneSumForAllBiases(LineByLine):
    """The sum over the examples without its axis: one number for all biases."""

    def db(self, dZ):
        """The sum of all entries of dZ, for each bias."""
        return np.full(dZ.shape[1], dZ.sum())


class SumForMean(LineByLine):
    """The 1/N is missing: the loss is a mean, the gradient that of a sum."""

    def data_loss(self, scores, y):
        """The right loss, and N times its gradient."""
        loss, dscores = super().data_loss(scores, y)
        return loss, len(y) * dscores


class AnotherLoss(LineByLine):
    """The loss is cross-entropy, the gradient that of the squared error.

    For softmax outputs only.
    """

    def data_loss(self, scores, y):
        """Cross-entropy, and the gradient of Σ (P - Y)² / 2N."""
        loss, dscores = super().data_loss(scores, y)  # dscores = (P - Y) / N
        P = softmax(scores)  # (N, K)
        inner = (dscores * P).sum(axis=1, keepdims=True)  # (N, 1)
        return loss, P * (dscores - inner)


class PenalizedBiases(LineByLine):
    """The penalty's gradient goes to the biases, too; the loss has only weights."""

    def dpenalty(self, name):
        """The penalty's gradient, whether weight or bias."""
        return PENALTIES[self.penalty][1](self.params[name])


class L1WithoutSign(LineByLine):
    """The L1 penalty's gradient has lost the sign of the weight."""

    options = {"penalty": "l1"}

    def dpenalty(self, name):
        """1 where sign(W) belongs."""
        return np.abs(super().dpenalty(name))


BUGS = {  # name: (class, what is wrong)
    "mask h >= 0": (MaskFromOutput, "ReLU's mask is taken from the output with ≥"),
    "f for f'": (ValueForSlope, "the activation stands where its slope belongs"),
    "h for z": (SlopeAtOutput, "the slope, a function of z, is given h"),
    "W for its transpose": (TransposedProduct, "dZ W for dZ Wᵀ if the sizes agree"),
    "flipped sign": (FlippedSign, "a minus sign too many on the way back"),
    "one sum for all b": (OneSumForAllBiases, "the sum by the biases has no axis"),
    "no 1/N": (SumForMean, "the loss is a mean, the gradient that of a sum"),
    "another loss": (AnotherLoss, "the gradient is that of the squared error"),
    "penalized biases": (PenalizedBiases, "the biases get a penalty's gradient"),
    "L1 without sign": (L1WithoutSign, "the L1 penalty's gradient lost sign(W)"),
}


def broken(name, sizes, **options):
    """Make a network with one of the bugs.

    Parameters
    ----------
    name : str
        A key of BUGS.
    sizes : sequence of int
        [D, H1, …, K] with a hidden layer; two hidden ones of equal width show all ten.
    **options
        As for `MLP`. What is not given is taken from the bug's class.

    Returns
    -------
    net : LineByLine
        Its loss is right, its gradients are not.

    Raises
    ------
    ValueError
        For a name that is not in BUGS.
    """
    bug = BUGS[check_choice("name", name, BUGS)][0]
    return bug(sizes, **{**bug.options, **options})
