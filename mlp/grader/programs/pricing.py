"""The verdicts on a hand-in's checks: one slip has one price.

The verdicts on a question depend on the hand-in alone, not on what else is asked:
where a check fails, the questions before are looked at, too.
"""

from dataclasses import dataclass, replace

from mlp.grader.objections import Refused
from mlp.grader.programs import inputs, losses, own_loss
from mlp.grader.programs.bounds import DOUBLE
from mlp.grader.programs.comparing import Slip, activation_of, judge_answer, key_of
from mlp.grader.programs.following import Failure
from mlp.grader.programs.precision import precision, precision_requests

ASKED_BY_ALL = "Q2.1", "Q2.2"
WITH_GRADIENTS = "Q2.2"


@dataclass(frozen=True)
class Verdict:
    """The verdict on a check.

    Attributes
    ----------
    question : str
    check : Check
    refusal : Refused or None
        Why it failed, or a part of it.
    slip : str
        The mistake's name, if it has one.
    source : str
        The earlier mistake from which the failure follows.
    """

    question: str
    check: object
    refusal: Refused | None = None
    slip: str = ""
    source: str = ""

    @property
    def cost(self):
        """Points that are lost."""
        return self.check.points if self.refusal and not self.source else 0

    @property
    def place(self):
        """Say where it is charged."""
        return self.source or f"{self.question}, {self.check.name}"


class Marking:
    """The verdicts on a hand-in, question by question.

    Parameters
    ----------
    dialogue : Dialogue
    records : dict
        The programming questions, {name: Program}, in order.
    full : bool
        As for `check_program`.
    """

    def __init__(self, dialogue, records, full):
        self.dialogue, self.records, self.full = dialogue, records, full
        self.table, self.precisions = {}, {}
        self.looks, self.own = {}, {}

    def cases(self, question):
        """Return pairs of checks and their cases."""
        record = self.records[question]
        return [
            (check, check.cases(record.activation, self.full))
            for check in record.checks
        ]

    def ask(self, questions):
        """Put all requests of the questions to the hand-in, at once."""
        pairs = [pair for question in questions for pair in self.cases(question)]
        self.dialogue.ask([case.request for _, cases in pairs for case in cases])

    def verdicts(self, question):
        """Return the verdict on each check of a question."""
        if question not in self.table:
            self.ask([question])
            self.table[question] = []
            for check, cases in self.cases(question):
                self.table[question].append(self.judge(question, check, cases))
        return self.table[question]

    def before(self, question):
        """Return the verdicts that failed in the questions before, and in it so far."""
        names = list(self.records)
        earlier = names[: names.index(question)]
        found = [v for name in earlier for v in self.verdicts(name)]
        return [v for v in [*found, *self.table[question]] if v.refusal]

    def judge(self, question, check, cases):
        """Return the verdict on a check.

        An error that was met before may be the same mistake; but then another case has
        to pass, or to fail by what is known.
        """
        known, first = 0, None
        for case in cases:
            refusal, eps = self.refusal(case)
            if refusal is None:
                known += 1
                continue
            slip = name_of(refusal, case)
            failure = Failure(self, question, case, refusal, eps)
            can_follow = not check.is_of_loss or self.looks_at_data(
                activation_of(case.request)
            )
            source = check.follows(failure) if can_follow and check.follows else ""
            known += bool(source) or not is_error(slip)
            if can_follow:
                source = source or self.source_of_slip(question, slip)
            verdict = Verdict(question, check, refusal, slip, source)
            if not source:
                return verdict
            first = first or verdict
        if first and not known:
            return replace(first, source="")
        return first or Verdict(question, check)

    def refusal(self, case):
        """Return why a case fails, or nothing; and the rounding of the numbers.

        What fails in float64 is judged once more if the program computes in float32.
        """
        try:
            answer = self.dialogue.answer(case)
        except Refused as refusal:
            return refusal, DOUBLE
        try:
            judge_answer(case, answer)
        except Refused as refusal:
            eps = self.precision(activation_of(case.request))
            return (refusal, eps) if eps == DOUBLE else refusal_in(case, answer, eps)
        return None, DOUBLE

    def precision(self, activation):
        """Return the rounding of the program's numbers."""
        if activation not in self.precisions:
            groups = precision_requests(activation)
            answers = self.dialogue.answers([r for group in groups for r in group])
            self.precisions[activation] = precision(groups, iter(answers))
        return self.precisions[activation]

    def looks_at_data(self, activation):
        """Tell whether the loss depends on its data: else nothing follows from it."""
        if activation not in self.looks:
            requests = inputs.other_data(activation)
            answers = self.dialogue.answers(requests)
            self.looks[activation] = losses.are_of_data(answers)
        return self.looks[activation]

    def own_gradients(self, request, less_reg=None):
        """Return which gradients are those of the student's own loss."""
        key = key_of(request), less_reg
        if key not in self.own:
            self.own[key] = own_loss.agreeing(self.dialogue, request, less_reg)
        return self.own[key]

    def has_gradients(self):
        """Tell whether any of the gradients is right, or right for the own loss."""
        return any(
            not verdict.cost
            for verdict in self.verdicts(WITH_GRADIENTS)
            if verdict.check.name.startswith("the gradient by")
        )

    def ask_with_help(self, question):
        """Put all small trainings of a question to the hand-in, with each help."""
        cases = [case for _, cases in self.cases(question) for case in cases]
        self.dialogue.ask(
            replace(case.request, helped_by=by)
            for case in cases
            if case.request.ask == "train"
            for by in ["a right loss", "a walk over its loss"]
        )

    def source_of_slip(self, question, slip):
        """Return where this mistake was charged, or nothing."""
        for verdict in self.before(question):
            if slip and verdict.slip == slip and verdict.check.points:
                return verdict.place
        return ""

    def has_slip(self, question, check, slips):
        """Tell whether a check, here or before, failed by one of the mistakes."""
        return any(
            verdict.check.name == check and verdict.slip in slips
            for verdict in self.before(question)
        )

    def source(self, question, names):
        """Return the first mistake in checks of these names, up to this question."""
        found = [v for v in self.before(question) if v.check.name in names]
        return found[0].place if found else ""

    def charged(self, question, names):
        """Return the first of these checks, up to this question, that cost points."""
        found = [v for v in self.before(question) if v.check.name in names and v.cost]
        return found[0].place if found else ""

    def source_of_gradients(self, question):
        """Return the first mistake in the loss or the gradients that training uses."""
        activation = self.records[question].activation
        for verdict in self.before(question):
            asked = self.records[verdict.question]
            is_used = verdict.question in ASKED_BY_ALL or activation == asked.activation
            if verdict.check.is_of_loss and is_used:
                return verdict.place
        return ""


def refusal_in(case, answer, eps):
    """Return why a case fails for a program of this rounding, or nothing."""
    try:
        judge_answer(case, answer, eps)
    except Refused as refusal:
        return refusal, eps
    return None, eps


def name_of(refusal, case):
    """Return the name of the mistake: the case's, or its own; none where there is none.

    An error, and a wrong shape, are the same mistake wherever they are met.

    What is no number at all, or ends the process, is more than a slip.
    """
    if not isinstance(refusal, Slip):
        return ""
    is_own = is_error(refusal.slip) or refusal.slip.startswith("shape of")
    return refusal.slip if is_own else case.slip or refusal.slip


def is_error(slip):
    """Tell whether the mistake is an error that was raised."""
    return slip.startswith("raises")
