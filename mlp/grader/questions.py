"""The questions of the problem set: a record for each, which carries all that differs.

A new question is one more record in QUESTIONS. The tests name the pages that must know
it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import ClassVar

import sympy

from mlp.grader import gradients, program_checks, update_rules


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the three kinds of questions have in common.

    Attributes
    ----------
    name : str
        Such as ``"Q1.3"``.
    points : int
        What it is worth.
    kind : str
        ``"derivation"``, ``"programming"`` or ``"open"``.
    ground : str
        What the verdict on a right answer rests on.
    asks : str
        One sentence.
    introduction : sequence of pairs
        Cells of the starter's notebook that come before it, kind and text.
    """

    kind: ClassVar[str]
    ground: ClassVar[str] = ""
    name: str
    points: int
    asks: str
    introduction: tuple = ()


@dataclass(frozen=True, kw_only=True)
class Derivation(Question):
    """A question that is answered by an expression, which is proved or refuted.

    Attributes
    ----------
    symbols : callable
        Returns what an answer is written in.
    grade : callable
        Takes asked and an answer; returns correct, counterexample and hint.
    asked : object
        What is asked for, as grade understands it.
    answer : str
        A model answer, in Python: s and r are the symbols of Problems 1 and 3.
    before : str
        Lines that come before it.
    """

    kind = "derivation"
    ground = "proved"
    symbols: Callable[[], SimpleNamespace]
    grade: Callable
    asked: object
    answer: str
    before: str = ""

    def model_answer(self):
        """Return the model answer as an object."""
        names = {"s": self.symbols(), "r": self.symbols(), "sympy": sympy}
        exec(self.before, names)
        return eval(self.answer, names)


@dataclass(frozen=True, kw_only=True)
class Program(Question):
    """A question that is answered by a program, which is tested.

    Attributes
    ----------
    activation : str
        A key of `mlp.activations.ACTIVATIONS`.
    make_checks : callable
        Takes the activation and full, see `check_program`; returns the checks in order.
    asks_gradients : bool
        Whether it asks for gradients, so that a proof of them is worth a line.
    """

    kind = "programming"
    ground = "no test network refuted it"
    activation: str = "sigmoid"
    make_checks: Callable
    asks_gradients: bool = False

    def checks(self, *, full):
        """Return the checks that a right program passes."""
        return self.make_checks(self.activation, full=full)


@dataclass(frozen=True, kw_only=True)
class OpenQuestion(Question):
    """A question that is answered by a text, of which the reader ticks what it says.

    Attributes
    ----------
    rubric : tuple of (int, str)
        For each item the points it is worth, and what the answer has to say.
    answer : str
        A model answer.
    """

    kind = "open"
    rubric: tuple
    answer: str


@dataclass(frozen=True, kw_only=True)
class Gradient(Derivation):
    """A question of Problem 1."""

    symbols: Callable[[], SimpleNamespace] = gradients.network_symbols
    grade: Callable = gradients.grade_gradients


@dataclass(frozen=True, kw_only=True)
class UpdateRule(Derivation):
    """A question of Problem 3."""

    symbols: Callable[[], SimpleNamespace] = update_rules.step_symbols
    grade: Callable = update_rules.grade_step


PROBLEM_2 = """\
**Problem 2.** Write the class `TwoLayerMLP` in `mlp.py`. After a change of the file,
restart the notebook's kernel before you use the class here; `check` reads the file each
time. `utils.py` has what the assignment's cells import from there."""
PROBLEM_3 = """\
**Problem 3.** One entry theta of the parameters; g is the gradient of L by it, eta the
learning rate, lam the weight of the penalty. Answer with the new theta."""

RECORDS = [
    Gradient(
        name="Q1.1",
        points=5,
        asks="What is the gradient of J by a2, the input of the output's activation?",
        asked=("a2",),
        answer="s.h2 - s.y",
    ),
    Gradient(
        name="Q1.2",
        points=5,
        asks="What is the gradient of J by b2, the bias of the output?",
        asked=("b2",),
        answer="s.h2 - s.y",
    ),
    Gradient(
        name="Q1.3",
        points=5,
        asks="What is the gradient of J by W2, the weights of the output?",
        asked=("W2",),
        answer="(s.h2 - s.y) * s.h1.T",
    ),
    Gradient(
        name="Q1.4",
        points=5,
        asks="What is the gradient of J by h1, the hidden layer's output?",
        asked=("h1",),
        answer="s.W2.T * (s.h2 - s.y)",
    ),
    Gradient(
        name="Q1.5",
        points=5,
        asks="What are the gradients of J by b1 and by W1, the first layer's "
        "parameters?",
        asked=("b1", "W1"),
        before="g1 = s.odot(s.W2.T * (s.h2 - s.y), s.h1, s.ones - s.h1)\n",
        answer='{"b1": g1, "W1": g1 * s.h0.T}',
    ),
    OpenQuestion(
        name="Q1.6",
        points=5,
        asks="How slow would backprop become without the values of a forward pass?",
        rubric=(
            (
                2,
                "At every layer the way back reads two results of the forward pass: "
                "the layer's input, and the slope of its activation.",
            ),
            (
                2,
                "Without them each layer has to be computed from x again: of the "
                "order of l² layer evaluations, where one forward pass needs l.",
            ),
            (1, "What is saved in exchange is memory: the stored values of l layers."),
        ),
        answer="The gradient by the weights of layer k is a product with the layer's "
        "input, and to get there the gradient is multiplied by the slope at a "
        "of layer k. Both come from the forward pass. If they are not stored, "
        "layer k must be reached from x again, which takes k layer "
        "evaluations. For all layers this makes 1 + 2 + … + l = l (l + 1) / 2, "
        "which grows as the square of the depth, where a stored forward pass "
        "needs l. The price of storing is memory for the values of l layers.",
    ),
    Program(
        name="Q2.1",
        points=5,
        asks="Compute the loss of a two-layer network with a sigmoid hidden layer.",
        introduction=(("markdown", PROBLEM_2), ("code", "from mlp import TwoLayerMLP")),
        make_checks=program_checks.loss_checks,
    ),
    Program(
        name="Q2.2",
        points=10,
        asks="Compute its gradients, and compare them with numeric ones.",
        make_checks=program_checks.gradient_checks,
        asks_gradients=True,
    ),
    Program(
        name="Q2.3",
        points=5,
        asks="Train it on the toy data by minibatch gradient descent.",
        make_checks=program_checks.training_checks,
    ),
    Program(
        name="Q2.4",
        points=5,
        asks="Do all this for a ReLU hidden layer.",
        activation="relu",
        make_checks=program_checks.toy_checks,
        asks_gradients=True,
    ),
    Program(
        name="Q2.5.1",
        points=10,
        asks="Train a network with a sigmoid hidden layer on MNIST.",
        make_checks=program_checks.mnist_checks,
    ),
    Program(
        name="Q2.5.2",
        points=10,
        asks="Train a network with a ReLU hidden layer on MNIST.",
        activation="relu",
        make_checks=program_checks.mnist_checks,
    ),
    OpenQuestion(
        name="Q2.5.3",
        points=5,
        asks="Which of the two activations would you pick, and why?",
        rubric=(
            (
                1,
                "The choice is made by the accuracy on the validation set, not the "
                "test set.",
            ),
            (
                2,
                "The slope of the sigmoid is at most 1/4 and near 0 where it "
                "saturates, so little of the gradient reaches the first layer; that "
                "of an active ReLU is 1.",
            ),
            (1, "The hidden values of a ReLU are sparse: many are exactly 0."),
            (
                1,
                "A drawback of the choice is named, such as units that never become "
                "active.",
            ),
        ),
        answer="ReLU: after as many epochs its accuracy on the validation set is "
        "higher. On pixels that are not scaled the sums a are large, most "
        "sigmoids are saturated, and their slope is near 0, so the first layer "
        "learns slowly. A ReLU passes the whole gradient where it is active, "
        "and is 0 elsewhere, which makes the hidden code sparse. The drawback: "
        "a unit that is 0 for all images gets no gradient and stays so.",
    ),
    UpdateRule(
        name="Q3.1",
        points=10,
        asks="How does a gradient step update theta if J = L + lam * (sum of theta ** "
        "2)?",
        introduction=(("markdown", PROBLEM_3),),
        asked=update_rules.L2,
        answer="r.theta - r.eta * (r.g + 2 * r.lam * r.theta)",
    ),
    UpdateRule(
        name="Q3.2",
        points=10,
        asks="How does a subgradient step update theta if J = L + lam * (sum of "
        "|theta|)?",
        asked=update_rules.L1,
        answer="r.theta - r.eta * (r.g + r.lam * sympy.sign(r.theta))",
    ),
]
QUESTIONS = {question.name: question for question in RECORDS}
DERIVATIONS, PROGRAMS, OPEN_QUESTIONS = (
    [name for name, question in QUESTIONS.items() if isinstance(question, kind)]
    for kind in (Derivation, Program, OpenQuestion)
)
