"""Answers to derivation questions: proved, refuted by numbers, or neither."""

from functools import cache

from mlp.checks import check_choice
from mlp.grader.objections import Unreadable
from mlp.grader.questions import DERIVATIONS, QUESTIONS
from mlp.grader.result import graded, unreadable


def derivation(question):
    """Return the record of a derivation question."""
    return QUESTIONS[check_choice("question", question, DERIVATIONS)]


def symbols(question):
    """Return what an answer is written in.

    Parameters
    ----------
    question : str
        A key of `QUESTIONS`, derivation.

    Returns
    -------
    SimpleNamespace
        For Problem 1 the columns and matrices h0, W1, b1, a1, h1, W2, b2, a2, h2, y of
        the network with three inputs and three hidden nodes; ``odot`` for the element-
        wise product; ``one`` and ``ones``, a column of one and of three ones; f,
        f_prime and sigmoid, which work entry by entry. For Problem 3 theta and g, one
        entry of each, and the positive numbers eta and lam.

    Raises
    ------
    ValueError
        For any other question.
    """
    return derivation(question).symbols()


def check_derivation(question, answer):
    """Grade the answer to a derivation question.

    Parameters
    ----------
    question : str
        As for `symbols`.
    answer : SymPy expression, number, dict, pair or function
        A gradient in the names of `symbols`; for Q1.5 both, as ``{"b1": …, "W1": …}``
        or in this order; for Problem 3 the new theta, as an expression or as a function
        of (theta, g, eta, lam).

    Returns
    -------
    Result
        Wrong answers have a counterexample. An answer that can't be read, such as one
        in other names, is not decided, and the hint says why.

    Raises
    ------
    ValueError
        For any other question.
    """
    record = derivation(question)
    try:
        correct, *why = record.grade(record.asked, answer)
    except Unreadable as error:
        if error.__cause__:
            confirm(question)
        return unreadable(question, error)
    if correct is None:
        confirm(question)
    return graded(question, correct, *why)


@cache
def confirm(question):
    """Raise an error if the model answer is not proved: the fault is the grader's."""
    record = derivation(question)
    try:
        correct, _, why = record.grade(record.asked, record.model_answer())
    except Unreadable as error:
        correct, why = False, error
    if not correct:
        cause = getattr(why, "__cause__", None)
        raise RuntimeError(
            f"the model answer to {question} in mlp/grader/questions.py is not "
            f"proved: {why}"
        ) from cause
