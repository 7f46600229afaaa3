"""Answer the problem set, and be told at once: proofs, counterexamples, tests."""

from mlp.checks import check_choice
from mlp.grader.bug_hunt import bug, check_bug
from mlp.grader.derivations import check_derivation, symbols
from mlp.grader.open_questions import check_open, rubric
from mlp.grader.questions import QUESTIONS
from mlp.grader.result import Result

__all__ = ["QUESTIONS", "Result", "bug", "check", "rubric", "symbols"]


def check(question, answer):
    """Grade an answer.

    Parameters
    ----------
    question : str
        A key of QUESTIONS, or ``"bug 1"`` to ``"bug 10"``.
    answer : object
        For a derivation a SymPy expression in the names of `symbols`, or an update rule
        as a Python function; for a program the hand-in; for an open question the ticks;
        for a bug its name.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        For an unknown question.
    """
    bugs = [f"bug {k}" for k in range(1, 11)]
    if check_choice("question", question, [*QUESTIONS, *bugs]) in bugs:
        return check_bug(int(question.split()[1]), answer)
    kind = QUESTIONS[question].kind
    if kind == "programming":
        from mlp.grader.programs import check_program as check_kind
    elif kind == "open":
        check_kind = check_open
    else:
        check_kind = check_derivation
    return check_kind(question, answer)
