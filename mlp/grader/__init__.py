"""Answer the problem set, and be told at once: proofs, counterexamples, tests."""

from mlp.checks import check_choice
from mlp.grader.answers.bug_hunt import BUG_QUESTIONS, bug, check_bug
from mlp.grader.answers.derivations import check_derivation, symbols
from mlp.grader.answers.open_questions import check_open, rubric
from mlp.grader.programs.asking import PROOF_TIME, check_program
from mlp.grader.questions import QUESTIONS, Derivation, OpenQuestion, Program
from mlp.grader.result import Result

__all__ = ["QUESTIONS", "Result", "bug", "check", "rubric", "symbols"]


def check(question, answer, *, proof_time=PROOF_TIME):
    """Grade an answer.

    Parameters
    ----------
    question : str
        A key of QUESTIONS, or ``"bug 1"`` to ``"bug 10"``.
    answer : object
        For a derivation a SymPy expression in the names of `symbols`, or an update rule
        as a Python function; for a program the hand-in; for an open question the ticks;
        for a bug its name.
    proof_time : float
        Seconds for a try to prove the gradients of a program, where the question asks
        for them; 0 for no try. The points don't depend on it.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        For an unknown question, or a negative proof_time.
    """
    if (
        check_choice("question", question, [*QUESTIONS, *BUG_QUESTIONS])
        in BUG_QUESTIONS
    ):
        return check_bug(BUG_QUESTIONS[question], answer)
    match QUESTIONS[question]:
        case Derivation():
            return check_derivation(question, answer)
        case Program():
            return check_program(question, answer, proof_time=proof_time)
        case OpenQuestion():
            return check_open(question, answer)
