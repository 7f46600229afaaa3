"""Answers to derivation questions: proved, refuted by numbers, or neither."""

from mlp.checks import check_choice
from mlp.grader import gradients, update_rules
from mlp.grader.questions import DERIVATIONS
from mlp.grader.reading import Unreadable
from mlp.grader.result import graded, unreadable


def topic(question):
    """Return the module that knows the question."""
    check_choice("question", question, DERIVATIONS)
    return update_rules if question in update_rules.ASKED else gradients


def symbols(question):
    """Return what an answer is written in.

    Parameters
    ----------
    question : str
        ``"Q1.1"`` … ``"Q1.5"``, ``"Q3.1"`` or ``"Q3.2"``.

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
    return topic(question).symbols()


def check_derivation(question, answer):
    """Grade the answer to a derivation question.

    Parameters
    ----------
    question : str
        As for `symbols`.
    answer : SymPy expression, number, dict, pair or function
        A gradient in the names of `symbols`; for Q1.5 both, as ``{"b1": …, "W1": …}`` or
        in this order; for Problem 3 the new theta, as an expression or as a function of
        (theta, g, eta, lam).

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
    grade = topic(question).grade
    try:
        return graded(question, *grade(question, answer))
    except Unreadable as error:
        return unreadable(question, error)
    except (Exception, SystemExit) as error:
        return unreadable(question, f"working with it raises {type(error).__name__}")
