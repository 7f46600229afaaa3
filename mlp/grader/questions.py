"""The questions of the problem set: points, kind, and what they ask."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question of the problem set.

    Attributes
    ----------
    name : str
        Such as ``"Q1.3"``.
    points : int
        What it is worth.
    kind : str
        ``"derivation"``, ``"programming"`` or ``"open"``.
    asks : str
        One sentence.
    """

    name: str
    points: int
    kind: str
    asks: str


QUESTIONS = {
    question.name: question
    for question in [
        Question("Q1.1", 5, "derivation",
                 "What is the gradient of J by a2, the input of the output's activation?"),
        Question("Q1.2", 5, "derivation",
                 "What is the gradient of J by b2, the bias of the output?"),
        Question("Q1.3", 5, "derivation",
                 "What is the gradient of J by W2, the weights of the output?"),
        Question("Q1.4", 5, "derivation",
                 "What is the gradient of J by h1, the hidden layer's output?"),
        Question("Q1.5", 5, "derivation",
                 "What are the gradients of J by b1 and by W1, the first layer's parameters?"),
        Question("Q1.6", 5, "open",
                 "How slow would backprop become without the values of a forward pass?"),
        Question("Q2.1", 5, "programming",
                 "Compute the loss of a two-layer network with a sigmoid hidden layer."),
        Question("Q2.2", 10, "programming",
                 "Compute its gradients, and compare them with numeric ones."),
        Question("Q2.3", 5, "programming",
                 "Train it on the toy data by minibatch gradient descent."),
        Question("Q2.4", 5, "programming",
                 "Do all this for a ReLU hidden layer."),
        Question("Q2.5.1", 10, "programming",
                 "Train a network with a sigmoid hidden layer on MNIST."),
        Question("Q2.5.2", 10, "programming",
                 "Train a network with a ReLU hidden layer on MNIST."),
        Question("Q2.5.3", 5, "open",
                 "Which of the two activations would you pick, and why?"),
        Question("Q3.1", 10, "derivation",
                 "How does a gradient step update theta if J = L + lam * (sum of theta ** 2)?"),
        Question("Q3.2", 10, "derivation",
                 "How does a subgradient step update theta if J = L + lam * (sum of |theta|)?"),
    ]
}  # fmt: skip
DERIVATIONS, PROGRAMS, OPEN = (
    [name for name, question in QUESTIONS.items() if question.kind == kind]
    for kind in ("derivation", "programming", "open")
)
