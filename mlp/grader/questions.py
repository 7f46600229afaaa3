"""The questions of the problem set: a record for each, which carries all that differs.

A new question is one more record in QUESTIONS. The tests name the pages that must know
it.
"""

from mlp.grader.answers import update_rules
from mlp.grader.kinds import Derivation, Gradient, OpenQuestion, Program, UpdateRule
from mlp.grader.programs import checks, following, losses, training
from mlp.grader.programs.checks import Check

PROBLEM_2 = """\
**Problem 2.** Fill in the class `TwoLayerMLP` in `mlp.py`, or write your own there.
After a change of the file, restart the notebook's kernel before you use the class here;
`check` reads the file each time. `utils.py` has what the assignment's cells import from
there."""
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
        checks=(
            Check(
                name="the interface",
                points=0.5,
                cases=checks.interface_cases,
            ),
            Check(
                name="the data loss",
                points=1.5,
                cases=checks.data_loss_cases,
                follows=following.of_changed_inputs,
                is_of_loss=True,
            ),
            Check(
                name="the penalty",
                points=1,
                cases=checks.penalty_cases,
                follows=following.of_the_penalty_in_the_loss,
                is_of_loss=True,
            ),
            Check(
                name="the shift",
                points=1,
                cases=checks.shift_cases,
                remark="At large scores an exponential overflows, or a probability "
                "is 0 before its logarithm is taken.",
                follows=following.of_a_loss_at_large_scores,
                is_of_loss=True,
            ),
            Check(
                name="the far range",
                points=1,
                cases=checks.far_cases,
                remark="What does the activation tend to on either side?",
                follows=following.after("the data loss", where=losses.judge_readable),
                is_of_loss=True,
            ),
            Check(name="a loop", points=0, cases=checks.loop_cases),
        ),
    ),
    Program(
        name="Q2.2",
        points=10,
        asks="Compute its gradients, and compare them with numeric ones.",
        checks=(
            *(
                Check(
                    name=f"the gradient by {name}",
                    points=2,
                    cases=checks.array_cases(name),
                    follows=following.of_an_array,
                    is_of_loss=True,
                )
                for name in ["b2", "W2", "b1", "W1"]
            ),
            Check(
                name="the penalty's gradient",
                points=1,
                cases=checks.penalty_gradient_cases,
                follows=following.of_the_penalty,
                is_of_loss=True,
            ),
            Check(
                name="the far range of the gradients",
                points=1,
                cases=checks.far_gradient_cases,
                remark="Where do numbers far from 0 overflow, or become 0, on the way?",
                follows=following.of_far_gradients,
                is_of_loss=True,
            ),
        ),
        asks_gradients=True,
    ),
    Program(
        name="Q2.3",
        points=5,
        asks="Train it on the toy data by minibatch gradient descent.",
        checks=(
            Check(
                name="the labels",
                points=0.5,
                cases=checks.label_cases,
                follows=following.after(
                    "the data loss", "the shift", where=training.judge_form_of_labels
                ),
            ),
            Check(
                name="the steps",
                points=1.5,
                cases=checks.step_cases,
                follows=following.of_training(),
            ),
            Check(
                name="the batches",
                points=1,
                cases=checks.batch_cases,
                remark="Which examples are in the first minibatch of an epoch?",
                follows=following.of_training("the steps"),
            ),
            Check(
                name="the decay",
                points=0.5,
                cases=checks.decay_cases,
                remark="When, and how often, does the learning rate decay?",
                follows=following.of_training("the steps", "the batches"),
            ),
            Check(
                name="the histories",
                points=1,
                cases=checks.history_cases,
                follows=following.of_histories,
            ),
            Check(
                name="the published end",
                points=0.5,
                cases=checks.published_end_cases,
                follows=following.of_training(
                    "the steps", "the batches", "the decay", "the histories"
                ),
            ),
            Check(name="the defaults", points=0, cases=checks.default_cases),
        ),
    ),
    Program(
        name="Q2.4",
        points=5,
        asks="Do all this for a ReLU hidden layer.",
        activation="relu",
        checks=(
            Check(
                name="the ReLU",
                points=1,
                cases=checks.relu_loss_cases,
                follows=following.of_a_relu_loss,
                is_of_loss=True,
            ),
            Check(
                name="the output layer",
                points=0.5,
                cases=checks.array_cases("b2", "W2"),
                follows=following.of_an_array,
                is_of_loss=True,
            ),
            Check(
                name="the hidden layer",
                points=1.5,
                cases=checks.array_cases("b1", "W1"),
                follows=following.of_an_array,
                is_of_loss=True,
            ),
            Check(
                name="the ReLU's far range",
                points=0.5,
                cases=checks.far_relu_cases,
                follows=following.of_far_relu,
                is_of_loss=True,
            ),
            Check(
                name="units at the kink",
                points=0.5,
                cases=checks.kink_cases,
                remark="At 0 each slope from 0 to 1 is right.",
                follows=following.of_far_gradients,
                is_of_loss=True,
            ),
            Check(
                name="the labels of a ReLU net",
                points=0.5,
                cases=checks.label_cases,
                follows=following.after(
                    "the labels", "the ReLU", "the data loss", "the shift"
                ),
            ),
            Check(
                name="the training",
                points=0.5,
                cases=checks.relu_training_cases,
                follows=following.of_training(*following.STEP_CHECKS),
            ),
        ),
        asks_gradients=True,
    ),
    Program(
        name="Q2.5.1",
        points=10,
        asks="Train a network with a sigmoid hidden layer on MNIST.",
        checks=(
            Check(name="the default std", points=1, cases=checks.std_cases),
            Check(
                name="the log",
                points=5,
                cases=checks.log_cases,
                follows=following.of_mnist,
            ),
            Check(
                name="the accuracies",
                points=4,
                cases=checks.accuracy_cases,
                follows=following.of_mnist,
            ),
        ),
    ),
    Program(
        name="Q2.5.2",
        points=10,
        asks="Train a network with a ReLU hidden layer on MNIST.",
        activation="relu",
        checks=(
            Check(
                name="the log",
                points=6,
                cases=checks.log_cases,
                follows=following.of_mnist,
            ),
            Check(
                name="the accuracies",
                points=4,
                cases=checks.accuracy_cases,
                follows=following.of_mnist,
            ),
        ),
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
